/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/monotonic.h"
#include "readers/found_peers.h"
#include "readers/peer_answer.h"
#include "readers/peer_path.h"
#include "readers/peer_process.h"
#include "readers/peers.h"

/* The slowest that a reader may be, for how long to wait; far slower than any is. */
#define SLOWEST_NS_PER_EVENT 2000

struct peer_state {
	const struct path *path;
	struct peer_process *process;
	int64_t ns; /* of the last reading, as the peer says */
};

#define TOUCHING_NAME(name, argument) [TOUCHING_##name] = #name,

static const char *const touching_names[TOUCHING_COUNT] = { FOR_EACH_TOUCHING(TOUCHING_NAME, ) };

static void peer_path_close(void *state)
{
	struct peer_state *s = state;
	struct complaint why;

	/* It has read rightly: that it does not end as it should is told, and harms no result. */
	if (peer_end(s->process, &why) && !interrupted())
		peers_complain_of_end(s->path->name, s->path->program, &why);
	free(s);
}

int peer_path_open(
	const struct path *path, void **state, struct source *source, struct complaint *why)
{
	struct peer_state *s = calloc(1, sizeof(*s));
	struct peer_hello hello;
	int err;

	if (!s)
		return complain(why, -ENOMEM, "out of memory");
	s->path = path;
	err = peers_start(&s->process, path->program, source->map_fd, &hello, why);
	if (!err && !peer_hello_has(&hello, found_peer_spoken(path->name)))
		err = complain(why, -EPROTO, "%s %s does not have this path", path->program,
			hello.version);
	if (err) {
		struct complaint ignored;

		peer_end(s->process, &ignored);
		free(s);
		return err;
	}
	*state = s;
	return 0;
}

static int64_t patience_ns(const struct reading *reading)
{
	const int64_t reading_ns = (int64_t)reading->events * SLOWEST_NS_PER_EVENT;

	return peer_patience_ns(reading->read_timeout_ns < INT64_MAX - reading_ns
					? reading->read_timeout_ns + reading_ns
					: INT64_MAX);
}

static int peer_path_read(void *state, const struct reading *reading, struct reading_result *result)
{
	struct peer_state *s = state;
	const int64_t before = monotonic_ns();
	char command[160];
	json_t *answer;
	int err;

	snprintf(command, sizeof(command), "drain %s %" PRIu64 " %s %" PRId64,
		found_peer_spoken(s->path->name), reading->events,
		touching_names[reading->touching], reading->read_timeout_ns);
	err = peer_send(s->process, command, reading->why);
	if (!err)
		err = peer_receive(s->process, patience_ns(reading), &answer, reading->why);
	if (err)
		return err;
	err = peer_answer_drain(answer, result, &s->ns, reading->why);
	json_decref(answer);
	if (!err && (s->ns == 0 || s->ns > monotonic_ns() - before))
		err = complain(reading->why, -EPROTO,
			"says that it took %" PRId64 " ns, where %" PRId64 " passed", s->ns,
			monotonic_ns() - before);
	return err;
}

/* It opens its reader anew for each reading. */
static int peer_path_rewind(void *state)
{
	(void)state;
	return 0;
}

static int64_t peer_path_own_ns(void *state)
{
	return ((struct peer_state *)state)->ns;
}

const struct path peer_path_template = {
	.role = PATH_READER,
	.needs_map = true,
	.read = peer_path_read,
	.own_ns = peer_path_own_ns,
	.rewind = peer_path_rewind,
	.close = peer_path_close,
};

/* A path's functions know only its state, so there is an opening a path. */
#define PEER_PATH(id, ...)                                                               \
	static int id##_open(void **state, struct source *source, struct complaint *why) \
	{                                                                                \
		return peer_path_open(&id##_path, state, source, why);                   \
	}                                                                                \
	const struct path id##_path = { .role = PATH_READER,                             \
		.needs_map = true,                                                       \
		.open = id##_open,                                                       \
		.read = peer_path_read,                                                  \
		.own_ns = peer_path_own_ns,                                              \
		.rewind = peer_path_rewind,                                              \
		.close = peer_path_close,                                                \
		__VA_ARGS__ }

PEER_PATH(cilium_ebpf, .name = "cilium-ebpf", .program = "cilium-ebpf", .column = "cilium",
	.label = "cilium-ebpf (Go):      ",
	.summary = "github.com/cilium/ebpf, ringbuf.Reader.ReadInto");

PEER_PATH(aya, .name = "aya", .program = "aya", .column = "aya",
	.label = "aya (Rust):            ", .summary = "aya, maps::RingBuf::next");

PEER_PATH(libbpf17, .name = "libbpf-1.7", .program = "libbpf-1.7", .column = "bpf1.7",
	.label = "libbpf-1.7 (consume):  ",
	.summary = "ring_buffer__consume of libbpf 1.7, as libbpf-sys builds it");

PEER_PATH(libbpf17_n, .name = "libbpf-1.7-n", .program = "libbpf-1.7", .column = "bpf1.7n",
	.label = "libbpf-1.7-n:          ",
	.summary = "ring_buffer__consume_n of libbpf 1.7, as libbpf-sys builds it");
