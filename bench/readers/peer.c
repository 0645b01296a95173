/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/process.h"
#include "base/monotonic.h"
#include "base/values.h"
#include "readers/live_check.h"
#include "readers/peer.h"
#include "readers/peers.h"

/* The time-out assumes at most this; no reader is nearly as slow. */
#define SLOWEST_NS_PER_EVENT 2000

struct peer_state {
	struct peer_process *process;
	int interrupt_fd;
	struct peer_live answer;
};

#define TOUCHING_NAME(name, argument) [TOUCHING_##name] = #name,

static const char *const touching_names[TOUCHING_COUNT] = { FOR_EACH_TOUCHING(TOUCHING_NAME, ) };

static int peer_find(const struct reader *reader, struct complaint *why)
{
	return peers_find(reader->program, why);
}

static struct obstacle peer_obstacle(const struct workload *workload)
{
	if (workload->rings > 1)
		return (struct obstacle){ "reads one ring", "leave out -rings" };
	if (workload->back_to_back > 0)
		return (struct obstacle){ "reads in a process of its own",
			"leave out -back-to-back" };
	return (struct obstacle){ 0 };
}

/* Sends a command and receives the answer. */
static int ask(struct reading *r, const char *command, int64_t patience_ns, json_t **answer)
{
	struct peer_state *s = r->state;
	int err = peer_send(s->process, command, &r->why);

	return err ? err : peer_receive(s->process, patience_ns, answer, &r->why);
}

static int begin_live(struct reading *r)
{
	const struct workload *workload = r->live->workload;
	char command[192], size[64];
	json_t *answer;
	int err = 0;

	snprintf(size, sizeof(size), "%" PRIu32, workload->event_size);
	if (workload->mix)
		err = mix_for_peers(workload->mix, size, sizeof(size));
	if (err)
		return complain(&r->why, err, "cannot pass the sizes on: %s", strerror(-err));
	snprintf(command, sizeof(command), "live %s %" PRIu32 " %s %" PRId64,
		reader_spoken(r->reader), workload->producers, size, workload->work_ns);
	err = ask(r, command, peer_patience_ns(0), &answer);
	if (err)
		return err;
	err = peer_answer_ready(answer, &r->why);
	json_decref(answer);
	return err;
}

/* A wrong end after a correct reading is reported, and spoils no result. */
static void peer_close(struct reading *r)
{
	struct peer_state *s = r->state;
	struct complaint why;

	if (peer_end(s->process, &why) && !r->why.text[0] && !interrupted())
		peers_complain_of_end(r->reader, &why);
	if (s->interrupt_fd >= 0)
		close(s->interrupt_fd);
	free(s);
}

/* Starts the peer on this thread's CPU. */
static int peer_open(struct reading *r)
{
	const char *program = r->reader->program;
	struct peer_state *s = calloc(1, sizeof(*s));
	struct peer_hello hello;
	int err = 0;

	if (!s)
		return complain(&r->why, -ENOMEM, "out of memory");
	r->state = s;
	s->interrupt_fd = eventfd(0, EFD_CLOEXEC);
	if (s->interrupt_fd < 0)
		err = complain(&r->why, -errno, "cannot wait for a peer: %s", strerror(errno));
	if (!err)
		err = peers_start(&s->process, program, r->rings->map_fds[0], &hello, &r->why);
	if (!err && !peer_hello_has(&hello, reader_spoken(r->reader)))
		err = complain(
			&r->why, -EPROTO, "%s %s does not have this path", program, hello.version);
	if (!err && r->live)
		err = begin_live(r);
	if (err)
		peer_close(r);
	return err;
}

/* The peer opens a new reader, unless it is to read again, and waits itself. */
static int drain(struct reading *r, int64_t timeout_ns)
{
	const int64_t before = monotonic_ns();
	int64_t most_ns = (int64_t)r->fill->wanted * SLOWEST_NS_PER_EVENT, passed_ns;
	char command[160];
	json_t *answer;
	int err;

	if (r->fill->again)
		snprintf(command, sizeof(command), "again %" PRIu64, r->fill->wanted);
	else
		snprintf(command, sizeof(command), "drain %s %" PRIu64 " %s %" PRId64,
			reader_spoken(r->reader), r->fill->wanted, touching_names[r->work],
			timeout_ns);
	if (__builtin_add_overflow(most_ns, timeout_ns, &most_ns))
		most_ns = INT64_MAX;
	err = ask(r, command, peer_patience_ns(most_ns), &answer);
	if (err)
		return err;
	err = peer_answer_drain(answer, &r->found, &r->own_ns, &r->why);
	json_decref(answer);
	passed_ns = monotonic_ns() - before;
	if (!err && (r->own_ns == 0 || r->own_ns > passed_ns))
		err = complain(&r->why, -EPROTO,
			"reports that it took %" PRId64 " ns, but %" PRId64 " ns passed", r->own_ns,
			passed_ns);
	return err;
}

/* In live, waits until the peer is to stop. If it writes or exits before, that is an error. */
static int peer_read(struct reading *r, int64_t timeout_ns)
{
	const struct peer_state *s = r->state;
	struct pollfd polled[] = {
		{ .fd = s->interrupt_fd, .events = POLLIN },
		{ .fd = peer_output(s->process), .events = POLLIN },
	};
	json_t *answer;
	int err;

	if (!r->live)
		return drain(r, timeout_ns);
	if (poll(polled, 2, -1) <= 0 || polled[0].revents)
		return 0;
	err = peer_receive(s->process, peer_patience_ns(0), &answer, &r->why);
	if (err)
		return err;
	json_decref(answer);
	return complain(&r->why, -EPROTO, "wrote a line without a command");
}

/* Refuses times in the future, which would improve any result. Work that was added instead of done
 * may lead there. */
static int check_times(const struct workload *workload, const struct peer_live *answer,
	int64_t now_ns, struct complaint *why)
{
	if (answer->last_ns > now_ns && workload->work_ns == 0)
		return complain(why, -EPROTO, "reports a last read %" PRId64 " ns in the future",
			answer->last_ns - now_ns);
	if (workload->rate != PARSE_RATE_MAX && answer->latency.count != answer->consumed)
		return complain(why, -EPROTO,
			"reports latencies of %" PRIu64 " events, but read %" PRIu64,
			answer->latency.count, answer->consumed);
	return 0;
}

static int peer_finish(struct reading *r)
{
	struct peer_live *live = &((struct peer_state *)r->state)->answer;
	struct live_check *c = r->live;
	json_t *answer;
	int err;

	if (interrupted())
		return -EINTR;
	err = ask(r, "stop", peer_patience_ns(0), &answer);
	if (err)
		return err;
	err = peer_answer_live(answer, c->workload->producers, live, &r->why);
	json_decref(answer);
	if (!err)
		err = check_times(c->workload, live, monotonic_ns(), &r->why);
	if (err)
		return err;
	for (uint32_t i = 0; i < c->workload->producers; i++)
		c->streams[i] = (struct consumer_stream){ live->next[i], live->read[i] };
	c->consumed = live->consumed;
	if (live->consumed > 0)
		c->last_ns = live->last_ns;
	c->cpu_ns = live->cpu_ns;
	r->sleeps = live->sleeps;
	r->wakeups = live->wakeups;
	histogram_merge(c->latency, &live->latency);
	return 0;
}

static void peer_interrupt(struct reading *r)
{
	const struct peer_state *s = r->state;
	const uint64_t one = 1;

	/* Cannot fail: nothing else was written to it. */
	if (write(s->interrupt_fd, &one, sizeof(one)) < 0)
		abort();
}

#define RELEASE(id, ...)                                    \
	const struct reader id##_reader = { .drains = true, \
		.needs_kernel = true,                       \
		.itself = true,                             \
		.find = peer_find,                          \
		.obstacle = peer_obstacle,                  \
		.open = peer_open,                          \
		.read = peer_read,                          \
		.interrupt = peer_interrupt,                \
		.finish = peer_finish,                      \
		.close = peer_close,                        \
		__VA_ARGS__ };

FOR_EACH_RELEASE(RELEASE)
RELEASE(peer, .lives = true)
