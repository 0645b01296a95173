/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/process.h"
#include "base/monotonic.h"
#include "base/values.h"
#include "readers/live_check.h"
#include "readers/peers.h"

/* The time-out assumes at most this; no reader is nearly as slow. */
#define SLOWEST_NS_PER_EVENT 2000

struct peer_state {
	struct peer_process process;
	int interrupt_fd;
	FILE *sizes; /* of a mix, a size a line; NULL: there is none */
};

#define TOUCHING_NAME(name, argument) [TOUCHING_##name] = #name,

static const char *const touching_names[TOUCHING_COUNT] = { FOR_EACH_TOUCHING(TOUCHING_NAME, ) };

/* Sends @command, unless it is NULL, and lets @read read the answer. */
static int ask(struct reading *r, const char *command, int64_t expected_ns,
	int (*read)(const json_t *answer, struct reading *r))
{
	struct peer_state *s = r->state;
	json_auto_t *answer = NULL;
	int err = peer_ask(&s->process, command, peer_patience_ns(expected_ns), &answer, &r->why);

	return err ? err : read(answer, r);
}

/* Writes the mix as peers/README.md says: "random:PATH". False, with errno: it cannot. */
static bool pass_mix(struct peer_state *s, const struct mix *mix, char *text, size_t size)
{
	const int fd = memfd_create("sizes", MFD_CLOEXEC);

	s->sizes = fd < 0 ? NULL : fdopen(fd, "w");
	for (uint32_t i = 0; i < mix->count && s->sizes; i++)
		fprintf(s->sizes, "%" PRIu32 "\n", mix->sizes[i]);
	snprintf(text, size, "%s:/proc/%d/fd/%d", mix->in_order ? "in-order" : "random", getpid(),
		fd);
	return s->sizes && fflush(s->sizes) == 0;
}

static int begin_live(struct reading *r)
{
	const struct workload *workload = r->live->workload;
	char command[192], size[64];

	snprintf(size, sizeof(size), "%" PRIu32, workload->event_size);
	if (workload->mix && !pass_mix(r->state, workload->mix, size, sizeof(size)))
		return complain(&r->why, -errno, "cannot pass the sizes on: %s", strerror(errno));
	snprintf(command, sizeof(command), "live %s %" PRIu32 " %s %" PRId64,
		reader_spoken(r->reader), workload->producers, size, workload->work_ns);
	return ask(r, command, 0, peer_answer_ready);
}

/* Writes to standard error, once for each reader, that its peer did not exit as it should. */
static void complain_of_end(const struct reader *reader, const struct complaint *why)
{
	static const struct reader *told[READERS_MAX];
	size_t i = 0;

	while (told[i] && told[i] != reader)
		i++;
	if (told[i])
		return;
	told[i] = reader;
	fprintf(stderr, "%s: peer %s %s\n", reader->name, reader->program, why->text);
}

/* A wrong end after a correct reading is reported, and spoils no result. */
static void peer_close(struct reading *r)
{
	struct peer_state *s = r->state;
	struct complaint why;

	if (peer_end(&s->process, &why) && !r->why.text[0] && !interrupted())
		complain_of_end(r->reader, &why);
	close(s->interrupt_fd);
	if (s->sizes)
		fclose(s->sizes);
}

/* Starts the peer on this thread's CPU. */
static int peer_open(struct reading *r)
{
	struct peer_state *s = r->state;
	struct peer_hello hello;
	int err;

	s->interrupt_fd = eventfd(0, EFD_CLOEXEC);
	if (s->interrupt_fd < 0)
		return complain(&r->why, -errno, "cannot wait for a peer: %s", strerror(errno));
	err = peers_start(&s->process, r->reader->program, r->rings->map_fds[0], &hello, &r->why);
	return !err && r->live ? begin_live(r) : err;
}

/* The peer opens a new reader, unless it is to read again, and waits itself. */
static int drain(struct reading *r, int64_t timeout_ns)
{
	const int64_t before = monotonic_ns();
	int64_t most_ns = (int64_t)r->fill->wanted * SLOWEST_NS_PER_EVENT, passed_ns;
	char command[160];
	int err;

	if (r->fill->again)
		snprintf(command, sizeof(command), "again %" PRIu64, r->fill->wanted);
	else
		snprintf(command, sizeof(command), "drain %s %" PRIu64 " %s %" PRId64,
			reader_spoken(r->reader), r->fill->wanted, touching_names[r->work],
			timeout_ns);
	if (__builtin_add_overflow(most_ns, timeout_ns, &most_ns))
		most_ns = INT64_MAX;
	err = ask(r, command, most_ns, peer_answer_drain);
	passed_ns = monotonic_ns() - before;
	if (!err && (r->own_ns == 0 || r->own_ns > passed_ns))
		err = complain(&r->why, -EPROTO,
			"reports that it took %" PRId64 " ns, but %" PRId64 " ns passed", r->own_ns,
			passed_ns);
	return err;
}

static int refuse_line(const json_t *answer, struct reading *r)
{
	(void)answer;
	return complain(&r->why, -EPROTO, "wrote a line without a command");
}

/* In live, waits until the peer is to stop. If it writes or exits before, that is an error. */
static int peer_read(struct reading *r, int64_t timeout_ns)
{
	const struct peer_state *s = r->state;
	struct pollfd polled[] = {
		{ .fd = s->interrupt_fd, .events = POLLIN },
		{ .fd = s->process.output, .events = POLLIN },
	};

	if (!r->live)
		return drain(r, timeout_ns);
	if (poll(polled, 2, -1) <= 0 || polled[0].revents)
		return 0;
	return ask(r, NULL, 0, refuse_line);
}

/* Refuses times in the future, which would improve any result. */
static int peer_finish(struct reading *r)
{
	struct live_check *c = r->live;
	const uint64_t before = c->latency->count;
	const int err = interrupted() ? -EINTR : ask(r, "stop", 0, peer_answer_live);
	const uint64_t latencies = c->latency->count - before;
	const int64_t ahead_ns = c->last_ns - monotonic_ns();

	if (err)
		return err;
	if (ahead_ns > 0 && c->workload->work_ns == 0)
		return complain(&r->why, -EPROTO,
			"reports a last read %" PRId64 " ns in the future", ahead_ns);
	if (c->workload->rate != PARSE_RATE_MAX && latencies != c->consumed)
		return complain(&r->why, -EPROTO,
			"reports latencies of %" PRIu64 " events, but read %" PRIu64, latencies,
			c->consumed);
	if (c->consumed == 0)
		c->last_ns = 0;
	return 0;
}

static void peer_interrupt(struct reading *r)
{
	const struct peer_state *s = r->state;

	/* Cannot fail: nothing else was written to it. */
	if (eventfd_write(s->interrupt_fd, 1) < 0)
		abort();
}

#define RELEASE(id, ...)                                    \
	const struct reader id##_reader = { .drains = true, \
		.state_size = sizeof(struct peer_state),    \
		.needs_kernel = true,                       \
		.itself = true,                             \
		.find = peers_find,                         \
		.open = peer_open,                          \
		.read = peer_read,                          \
		.interrupt = peer_interrupt,                \
		.finish = peer_finish,                      \
		.close = peer_close,                        \
		__VA_ARGS__ };

FOR_EACH_RELEASE(RELEASE)
RELEASE(peer, .lives = true)
