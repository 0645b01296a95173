/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libbpf's ring_buffer as a peer (peers/README.md), linked with the libbpf that it is built on.
 * What the callbacks do with an event is in the benchmark's own headers.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "statistics/histogram.h"
#include "readers/work.h"
#include "live_events.h"
#include "base/monotonic.h"
#include "readers/touch.h"
#include "sized_fill.h"

#ifndef PEER_NAME
#define PEER_NAME "libbpf"
#endif
#ifndef PEER_VERSION
#define PEER_VERSION ""
#endif

#define LONGEST_POLL_MS 20 /* ring_buffer__poll() cannot be interrupted */
#define PRODUCERS_MAX 64

/* For drain. ring_buffer__consume() reads everything unless the callback fails, so the callback
 * fails at the last event wanted, without a branch. */
struct found {
	uint64_t checksum;
	int64_t left; /* events to read before the last one; below 0: all are read */
};

#define CALLBACK(name, unused)                                                                  \
	static int touch_##name(void *context, void *data, size_t length)                       \
	{                                                                                       \
		struct found *found = context;                                                  \
                                                                                                \
		found->checksum =                                                               \
			touch_record(TOUCHING_##name, found->checksum, data, (uint32_t)length); \
		found->left--;                                                                  \
		return (int)(found->left >> 63);                                                \
	}

FOR_EACH_TOUCHING(CALLBACK, )

static const struct {
	const char *name;
	ring_buffer_sample_fn callback;
} touchings[] = {
#define ENTRY(name, unused) { #name, touch_##name },
	FOR_EACH_TOUCHING(ENTRY, )
};

static int64_t process_cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * INT64_C(1000000000) + used.tv_nsec;
}

__attribute__((format(printf, 1, 2))) static void answer(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

static void fail(const char *what, int err)
{
	answer("{\"error\": \"%s: %s\"}", what, strerror(-err));
}

/* Waits until the ring has events; false if none came for @timeout_ns. */
static bool wait_for_events(struct ring_buffer *ring, int64_t timeout_ns)
{
	struct pollfd waited = { .fd = ring_buffer__epoll_fd(ring), .events = POLLIN };
	/* poll() waits in milliseconds: rounded up. */
	const int64_t ms = timeout_ns / 1000000 + (timeout_ns % 1000000 > 0);

	return timeout_ns > 0 && poll(&waited, 1, ms < INT32_MAX ? (int)ms : INT32_MAX) > 0;
}

/* The reader of the last drain, for "again". */
static struct {
	struct ring_buffer *ring;
	struct found found;
	bool by_n;
	int64_t timeout_ns;
} kept;

static void read_events(uint64_t events)
{
	const bool by_n = kept.by_n;
	/* ring_buffer__consume_n() stops by itself, so its callback never fails. */
	const int64_t left = by_n ? INT64_MAX : (int64_t)events - 1;
	struct ring_buffer *ring = kept.ring;
	struct found *found = &kept.found;
	uint64_t read = 0, before = 0;
	int64_t start, ns;
	int err = 0;

	*found = (struct found){ .left = left };
	start = monotonic_ns();
	while (read < events) {
		int count = by_n ? ring_buffer__consume_n(ring, events - read)
				 : ring_buffer__consume(ring);

		read = (uint64_t)(left - found->left);
		if (read >= events)
			break;
		if (count < 0) {
			err = count;
			break;
		}
		if (read == before && !wait_for_events(ring, kept.timeout_ns))
			break;
		before = read;
	}
	ns = monotonic_ns() - start;
	if (err)
		fail("reading failed", err);
	else
		answer("{\"events\": %" PRIu64 ", \"ns\": %" PRId64 ", \"checksum\": \"%" PRIu64
		       "\"}",
			read, ns, found->checksum);
}

static void close_kept(void)
{
	ring_buffer__free(kept.ring);
	kept.ring = NULL;
}

static void drain(int map_fd, bool by_n, uint64_t events, size_t touching, int64_t timeout_ns)
{
	close_kept();
	kept.by_n = by_n;
	kept.timeout_ns = timeout_ns;
	kept.ring = ring_buffer__new(map_fd, touchings[touching].callback, &kept.found, NULL);
	if (kept.ring)
		read_events(events);
	else
		fail("libbpf cannot read the ring", -errno);
}

/* EVENT_SIZE: one size, or a mix with its sizes in a file. */
struct sizes {
	uint64_t one; /* 0: a mix */
	uint32_t *list, count;
	bool in_order;
};

static bool read_list(struct sizes *sizes, const char *path)
{
	FILE *file = fopen(path, "re");
	uint32_t size, room = 0, *grown;

	while (file && fscanf(file, "%" SCNu32, &size) == 1) {
		if (sizes->count == room) {
			room = room ? 2 * room : 1024;
			grown = reallocarray(sizes->list, room, sizeof(*grown));
			if (!grown)
				abort();
			sizes->list = grown;
		}
		sizes->list[sizes->count++] = size;
	}
	if (file)
		fclose(file);
	return sizes->count > 0;
}

static bool read_sizes(struct sizes *sizes, const char *word)
{
	const char *path = strchr(word, ':');
	char *end;

	free(sizes->list);
	*sizes = (struct sizes){ .in_order = strncmp(word, "in-order:", 9) == 0 };
	if (path)
		return (sizes->in_order || strncmp(word, "random:", 7) == 0) &&
		       read_list(sizes, path + 1);
	sizes->one = strtoull(word, &end, 10);
	return *word && !*end && sizes->one >= sizeof(struct live_event);
}

static uint64_t size_of(const struct sizes *sizes, uint64_t id)
{
	return sizes->one ? sizes->one : sizes->list[mix_index(id, sizes->count, sizes->in_order)];
}

struct live {
	uint64_t producers;
	struct sizes sizes;
	int64_t work_ns, saved_ns, last_ns;
	uint64_t work_steps;
	bool finishing, wrong;
	int stop; /* set by listen() */
	uint64_t consumed, read[PRODUCERS_MAX], next[PRODUCERS_MAX];
	struct histogram latency;
};

/* The check of bench/readers/live_check.h, but reads the clock for each event: the callback costs
 * more. */
static int handle(void *context, void *data, size_t length)
{
	struct live *live = context;
	const uint64_t *words = data;
	const uint64_t id = words[0], producer = id >> LIVE_SEQUENCE_BITS;
	const uint64_t sequence = id & ((UINT64_C(1) << LIVE_SEQUENCE_BITS) - 1);
	const uint64_t size = size_of(&live->sizes, id);

	if (length < sizeof(struct live_event) || producer >= live->producers ||
		sequence < live->next[producer] || length != size ||
		(length >= 24 && words[length / 8 - 1] != sized_word(id, length / 8 - 1))) {
		live->wrong = true;
		return 0;
	}
	live->next[producer] = sequence + 1;
	live->read[producer]++;
	live->consumed++;
	if (words[1]) {
		const int64_t late = monotonic_ns() + live->saved_ns - (int64_t)words[1];

		histogram_add(&live->latency, late > 0 ? (uint64_t)late : 0);
	}
	if (live->work_ns > 0) {
		/* Also in the middle of a read. */
		live->finishing |= __atomic_load_n(&live->stop, __ATOMIC_ACQUIRE);
		if (live->finishing)
			live->saved_ns += live->work_ns;
		else
			work_do(live->work_steps);
	}
	return 0;
}

/* Until a line "stop", or the end of input. */
static void *listen(void *context)
{
	struct live *live = context;
	char line[256];

	while (fgets(line, sizeof(line), stdin) && strcmp(line, "stop\n") != 0)
		answer("{\"error\": \"only stop can follow live\"}");
	__atomic_store_n(&live->stop, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void write_list(const char *name, const uint64_t *values, uint64_t count)
{
	printf("\"%s\": [", name);
	for (uint64_t i = 0; i < count; i++)
		printf("%s%" PRIu64, i ? ", " : "", values[i]);
	printf("], ");
}

static void write_live(const struct live *live, int64_t cpu_ns, uint64_t sleeps, uint64_t wakeups)
{
	const struct histogram *latency = &live->latency;
	bool any = false;

	printf("{\"consumed\": %" PRIu64 ", ", live->consumed);
	write_list("read", live->read, live->producers);
	write_list("next", live->next, live->producers);
	printf("\"last_ns\": %" PRId64 ", \"cpu_ns\": %" PRId64 ", \"sleeps\": %" PRIu64
	       ", \"wakeups\": %" PRIu64 ", \"latency\": [",
		live->last_ns, cpu_ns + live->saved_ns, sleeps, wakeups);
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (latency->buckets[i] > 0) {
			printf("%s[%u, %" PRIu64 "]", any ? ", " : "", i, latency->buckets[i]);
			any = true;
		}
	answer("], \"latency_max\": %" PRIu64 ", \"latency_min\": %" PRIu64 "}", latency->max,
		latency->count > 0 ? latency->min : 0);
}

static void live(int map_fd, uint64_t producers, const struct sizes *sizes, int64_t work_ns)
{
	static struct live live;
	struct ring_buffer *ring;
	uint64_t sleeps = 0, wakeups = 0;
	int64_t cpu_ns;
	pthread_t listener;
	bool is_last = false;
	int count = 0;

	live = (struct live){ .producers = producers,
		.sizes = *sizes,
		.work_ns = work_ns,
		.work_steps = work_calibrate(work_ns),
		.latency.min = UINT64_MAX };
	ring = ring_buffer__new(map_fd, handle, &live, NULL);
	if (!ring) {
		fail("libbpf cannot read the ring", -errno);
		return;
	}
	answer("{\"ready\": true}");
	cpu_ns = process_cpu_ns();
	if (pthread_create(&listener, NULL, listen, &live))
		abort();
	while (!is_last && (count >= 0 || count == -EINTR)) {
		const uint64_t before = live.consumed;

		is_last = __atomic_load_n(&live.stop, __ATOMIC_ACQUIRE);
		live.finishing |= is_last;
		count = is_last ? ring_buffer__consume(ring)
				: ring_buffer__poll(ring, LONGEST_POLL_MS);
		if (live.consumed != before)
			live.last_ns = monotonic_ns() + live.saved_ns;
		sleeps += !is_last;
		wakeups += !is_last && count > 0;
	}
	cpu_ns = process_cpu_ns() - cpu_ns;
	pthread_join(listener, NULL);
	ring_buffer__free(ring);
	if (count < 0 && count != -EINTR)
		fail("reading failed", count);
	else if (live.wrong)
		answer("{\"error\": \"an event is not as its producer wrote it\"}");
	else
		write_live(&live, cpu_ns, sleeps, wakeups);
}

static void obey(int map_fd, const char *line)
{
	static struct sizes sizes;
	char path[32], touching[32], size[128], end;
	uint64_t a;
	int64_t c;
	const bool is_drain = sscanf(line, "drain %31s %" SCNu64 " %31s %" SCNd64 "%c", path, &a,
				      touching, &c, &end) == 4;
	const bool is_live = !is_drain && sscanf(line, "live %31s %" SCNu64 " %127s %" SCNd64 "%c",
						  path, &a, size, &c, &end) == 4;
	const bool by_n = (is_drain || is_live) && strcmp(path, PEER_NAME "-n") == 0;

	if (sscanf(line, "again %" SCNu64 "%c", &a, &end) == 1 && kept.ring) {
		read_events(a);
		return;
	}
	if (!is_drain && !is_live) {
		answer("{\"error\": \"unknown command; there are drain, again after it, and "
		       "live\"}");
		return;
	}
	if (!by_n && strcmp(path, PEER_NAME) != 0) {
		answer("{\"error\": \"unknown path; there are " PEER_NAME ", " PEER_NAME "-n\"}");
		return;
	}
	if (is_live) {
		close_kept();
		if (a == 0 || a > PRODUCERS_MAX)
			answer("{\"error\": \"PRODUCERS has to be 1 to 64\"}");
		else if (!read_sizes(&sizes, size))
			answer("{\"error\": \"EVENT_SIZE is neither a size nor a file of them\"}");
		else
			live(map_fd, a, &sizes, c);
		return;
	}
	for (size_t i = 0; i < sizeof(touchings) / sizeof(touchings[0]); i++)
		if (strcmp(touchings[i].name, touching) == 0) {
			drain(map_fd, by_n, a, i, c);
			return;
		}
	answer("{\"error\": \"unknown TOUCHING\"}");
}

int main(int argc, char **argv)
{
	char line[256];

	if (argc != 2) {
		fprintf(stderr, "give one argument, the number of a ring buffer's descriptor\n");
		return 1;
	}
	answer("{\"peer\": \"" PEER_NAME "\", \"version\": \"%s%s\", \"language\": \"C, gcc "
	       "%s\", \"paths\": [\"" PEER_NAME "\", \"" PEER_NAME "-n\"], \"protocol\": 1}",
		libbpf_version_string(), PEER_VERSION, __VERSION__);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		obey(atoi(argv[1]), line);
	}
	return 0;
}
