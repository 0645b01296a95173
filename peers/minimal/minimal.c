/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest peer (peers/README.md): copy it, and put your agent's reader in place of libbpf's.
 * cc -O2 minimal.c -lbpf -o my-reader, then: drain -mode view,my-reader -peer ./my-reader
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char touching[16];
static uint64_t sum, found, wanted;

static uint64_t word(const unsigned char *at, size_t count)
{
	uint64_t value = 0;

	memcpy(&value, at, count < 8 ? count : 8);
	return value;
}

/* Adds to the sum what peers/README.md says for each TOUCHING. */
static void touch(const unsigned char *event, size_t length)
{
	if (strcmp(touching, "HEADER") == 0) {
		sum += word(event, 8);
	} else if (strcmp(touching, "SKB_FIELDS") == 0 && length != 80) {
		sum += 1;
	} else if (strcmp(touching, "SKB_FIELDS") == 0) {
		sum += word(event, 8);
		for (size_t i = 8; i < 76; i += 4)
			sum += word(event + i, 4);
	} else if (strcmp(touching, "BYTES") == 0) {
		for (size_t i = 0; i < length; i++)
			sum += event[i];
	} else if (strcmp(touching, "PROOF") == 0) {
		sum = (sum ^ length) * 0x100000001b3;
		for (size_t i = 0; i < length; i += 8)
			sum = (sum ^ word(event + i, length - i)) * 0x100000001b3;
	} else if (strncmp(touching, "WORDS", 5) == 0) {
		for (size_t i = 0; i < length; i += 8)
			sum += word(event + i, length - i);
	}
}

/* Your handler. A value other than 0 ends the reading after this event. */
static int handle(void *context, void *data, size_t length)
{
	(void)context;
	touch(data, length);
	return ++found == wanted ? -ECANCELED : 0;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Your reader, open until the next drain: reads until @wanted events came, or none for @timeout_ns.
 */
static int drain(struct ring_buffer *ring, int64_t timeout_ns)
{
	const int timeout_ms = (int)((timeout_ns + 999999) / 1000000);
	int64_t start;
	int count;

	if (!ring)
		return -EINVAL;
	sum = found = 0;
	start = now_ns();
	count = ring_buffer__consume(ring);
	while (count >= 0 && found < wanted && timeout_ms > 0 &&
		(count = ring_buffer__poll(ring, timeout_ms)) > 0)
		;
	start = now_ns() - start;
	if (count < 0 && count != -ECANCELED)
		return count;
	printf("{\"events\": %" PRIu64 ", \"ns\": %" PRId64 ", \"checksum\": \"%" PRIu64 "\"}\n",
		found, start, sum);
	return 0;
}

int main(int argc, char **argv)
{
	struct ring_buffer *ring = NULL;
	int64_t timeout_ns;
	char line[256];

	if (argc != 2)
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("{\"peer\": \"minimal\", \"version\": \"1\", \"language\": \"C\", \"paths\": "
	       "[\"minimal\"], \"protocol\": 1}\n");
	while (fgets(line, sizeof(line), stdin)) {
		int err = -ENOSYS; /* live, too */

		if (sscanf(line, "drain minimal %" SCNu64 " %15s %" SCNd64, &wanted, touching,
			    &timeout_ns) == 3) {
			ring_buffer__free(ring);
			ring = ring_buffer__new(atoi(argv[1]), handle, NULL, NULL);
			err = drain(ring, timeout_ns);
		} else if (sscanf(line, "again %" SCNu64, &wanted) == 1) {
			err = drain(ring, timeout_ns);
		}
		if (err)
			printf("{\"error\": \"%s\"}\n", strerror(-err));
	}
	return 0;
}
