/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/monotonic.h"
#include "base/values.h"
#include "readers/live_check.h"
#include "readers/peer.h"
#include "readers/peer_live.h"
#include "readers/peer_process.h"
#include "readers/peers.h"

/* The slowest that a reader may be, for how long to wait; far slower than any is. */
#define SLOWEST_NS_PER_EVENT 2000

struct peer_state {
	struct peer_process *process;
	int interrupt_fd;
	struct peer_live answer; /* to live */
};

#define TOUCHING_NAME(name, argument) [TOUCHING_##name] = #name,

static const char *const touching_names[TOUCHING_COUNT] = { FOR_EACH_TOUCHING(TOUCHING_NAME, ) };

int peer_find(const struct reader *reader, struct complaint *why)
{
	return peers_find(reader->program, why);
}

struct obstacle peer_obstacle(const struct workload *workload)
{
	if (workload->rings > 1)
		return (struct obstacle){ "reads one ring", "leave out -rings" };
	if (workload->back_to_back > 0)
		return (struct obstacle){ "reads in a process of its own",
			"leave out -back-to-back" };
	return (struct obstacle){ 0 };
}

static void free_state(struct peer_state *s)
{
	if (s->interrupt_fd >= 0)
		close(s->interrupt_fd);
	free(s);
}

/* A command and its answer. */
static int ask(struct reading *r, const char *command, int64_t patience_ns, json_t **answer)
{
	struct peer_state *s = r->state;
	int err = peer_send(s->process, command, &r->why);

	return err ? err : peer_receive(s->process, patience_ns, answer, &r->why);
}

/* Lets it open its reader. */
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
		return complain(&r->why, err, "cannot tell the sizes: %s", strerror(-err));
	snprintf(command, sizeof(command), "live %s %" PRIu32 " %s %" PRId64,
		reader_spoken(r->reader), workload->producers, size, workload->work_ns);
	err = ask(r, command, peer_patience_ns(0), &answer);
	if (err)
		return err;
	err = peer_answer_ready(answer, &r->why);
	json_decref(answer);
	return err;
}

/* Starts it, on this thread's CPU. */
static int begin(struct reading *r)
{
	struct peer_state *s = r->state;
	const char *program = r->reader->program;
	struct peer_hello hello;
	int err = peers_start(&s->process, program, r->rings->map_fds[0], &hello, &r->why);

	if (!err && !peer_hello_has(&hello, reader_spoken(r->reader)))
		err = complain(
			&r->why, -EPROTO, "%s %s does not have this path", program, hello.version);
	return !err && r->live ? begin_live(r) : err;
}

int peer_open(struct reading *r)
{
	struct peer_state *s = calloc(1, sizeof(*s));
	struct complaint ignored;
	int err = 0;

	if (!s)
		return complain(&r->why, -ENOMEM, "out of memory");
	r->state = s;
	s->interrupt_fd = eventfd(0, EFD_CLOEXEC);
	if (s->interrupt_fd < 0)
		err = complain(&r->why, -errno, "cannot wait for a peer: %s", strerror(errno));
	if (!err)
		err = begin(r);
	if (err) {
		peer_end(s->process, &ignored);
		free_state(s);
	}
	return err;
}

static int64_t patience_of(const struct reading *r, int64_t timeout_ns)
{
	const int64_t reading_ns = (int64_t)r->wanted * SLOWEST_NS_PER_EVENT;

	return peer_patience_ns(
		timeout_ns < INT64_MAX - reading_ns ? timeout_ns + reading_ns : INT64_MAX);
}

/* It opens its reader anew, unless it is to read again, and waits itself. */
static int drain(struct reading *r, int64_t timeout_ns)
{
	const int64_t before = monotonic_ns();
	char command[160];
	json_t *answer;
	int err;

	if (r->again)
		snprintf(command, sizeof(command), "again %" PRIu64, r->wanted);
	else
		snprintf(command, sizeof(command), "drain %s %" PRIu64 " %s %" PRId64,
			reader_spoken(r->reader), r->wanted, touching_names[r->work], timeout_ns);
	err = ask(r, command, patience_of(r, timeout_ns), &answer);
	if (err)
		return err;
	err = peer_answer_drain(answer, &r->found, &r->own_ns, &r->why);
	json_decref(answer);
	if (!err && (r->own_ns == 0 || r->own_ns > monotonic_ns() - before))
		err = complain(&r->why, -EPROTO,
			"says that it took %" PRId64 " ns, where %" PRId64 " passed", r->own_ns,
			monotonic_ns() - before);
	return err;
}

/* In live: waits until it is to stop, or has something to say, which is too early. */
int peer_read(struct reading *r, int64_t timeout_ns)
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
	return complain(&r->why, -EPROTO, "spoke without being asked");
}

/* Whether the figures are possible: times that have not come yet would make any result better. With
 * work that was not done but added they may have. */
static int check_times(const struct workload *workload, const struct peer_live *answer,
	int64_t now_ns, struct complaint *why)
{
	if (answer->last_ns > now_ns && workload->work_ns == 0)
		return complain(why, -EPROTO, "says that it last read %" PRId64 " ns from now",
			answer->last_ns - now_ns);
	if (workload->rate != PARSE_RATE_MAX && answer->latency.count != answer->consumed)
		return complain(why, -EPROTO,
			"says how late %" PRIu64 " events were, of %" PRIu64 " that it read",
			answer->latency.count, answer->consumed);
	return 0;
}

static void take_answer(struct reading *r, const struct peer_live *answer)
{
	struct live_check *c = r->live;

	for (uint32_t i = 0; i < c->workload->producers; i++)
		c->streams[i] = (struct consumer_stream){ answer->next[i], answer->read[i] };
	c->consumed = answer->consumed;
	if (answer->consumed > 0)
		c->last_ns = answer->last_ns;
	c->cpu_ns = answer->cpu_ns;
	r->sleeps = answer->sleeps;
	r->wakeups = answer->wakeups;
	histogram_merge(c->latency, &answer->latency);
}

int peer_finish(struct reading *r)
{
	struct peer_state *s = r->state;
	const struct workload *workload = r->live->workload;
	json_t *answer;
	int err;

	if (interrupted())
		return -EINTR;
	err = ask(r, "stop", peer_patience_ns(0), &answer);
	if (err)
		return err;
	err = peer_answer_live(answer, workload->producers, &s->answer, &r->why);
	json_decref(answer);
	if (!err)
		err = check_times(workload, &s->answer, monotonic_ns(), &r->why);
	if (!err)
		take_answer(r, &s->answer);
	return err;
}

void peer_interrupt(struct reading *r)
{
	const struct peer_state *s = r->state;
	const uint64_t one = 1;

	/* Cannot fail: nothing else was written to it. */
	if (write(s->interrupt_fd, &one, sizeof(one)) < 0)
		abort();
}

/* A wrong end after a correct reading is reported, and spoils no result. */
void peer_close(struct reading *r)
{
	struct peer_state *s = r->state;
	struct complaint why;

	if (peer_end(s->process, &why) && !r->why.text[0] && !interrupted())
		peers_complain_of_end(r->reader, &why);
	free_state(s);
}

#define RELEASE(id, ...) const struct reader id##_reader = { PEER_FUNCTIONS, __VA_ARGS__ };

FOR_EACH_RELEASE(RELEASE)
