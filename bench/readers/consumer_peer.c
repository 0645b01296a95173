/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading by a peer (peers/README.md): it is told to begin and to stop, and says what it found. The
 * producers' counts, which it does not know, are what its answer has to agree with.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/values.h"
#include "base/interrupt.h"
#include "readers/consumer.h"
#include "base/monotonic.h"
#include "readers/found_peers.h"
#include "readers/peer_live.h"
#include "readers/peer_process.h"
#include "readers/peers.h"

struct peer_engine_state {
	struct peer_process *process;
	int interrupt_fd;
	struct peer_live answer;
};

static const char *path_of(const struct consumer *c)
{
	return found_peer_spoken(live_mode_names[c->combination.mode]);
}

static void free_state(struct peer_engine_state *s)
{
	if (s->interrupt_fd >= 0)
		close(s->interrupt_fd);
	free(s);
}

/* Starts it, on this thread's CPU, and lets it open its reader. */
static int begin(struct consumer *c, struct peer_engine_state *s)
{
	const struct live_workload *workload = c->workload;
	const char *program = live_mode_program(c->combination.mode);
	struct peer_hello hello;
	char command[160];
	json_t *answer;
	int err;

	err = peers_start(&s->process, program, c->source->map_fds[0], &hello, &c->why);
	if (!err && !peer_hello_has(&hello, path_of(c)))
		err = complain(
			&c->why, -EPROTO, "%s %s does not have this path", program, hello.version);
	if (err)
		return err;
	snprintf(command, sizeof(command), "live %s %" PRIu32 " %" PRIu32 " %" PRId64, path_of(c),
		workload->producers, workload->event_size, workload->work_ns);
	err = peer_send(s->process, command, &c->why);
	if (!err)
		err = peer_receive(s->process, peer_patience_ns(0), &answer, &c->why);
	if (err)
		return err;
	err = peer_answer_ready(answer, &c->why);
	json_decref(answer);
	return err;
}

static int peer_engine_open(struct consumer *c)
{
	struct peer_engine_state *s = calloc(1, sizeof(*s));
	struct complaint ignored;
	int err = 0;

	if (!s)
		return complain(&c->why, -ENOMEM, "out of memory");
	s->interrupt_fd = eventfd(0, EFD_CLOEXEC);
	if (s->interrupt_fd < 0)
		err = complain(&c->why, -errno, "cannot wait for a peer: %s", strerror(errno));
	if (!err)
		err = begin(c, s);
	if (err) {
		peer_end(s->process, &ignored);
		free_state(s);
		return err;
	}
	c->state = s;
	return 0;
}

/* Waits until it is to stop, or has something to say, which is too early. */
static int peer_engine_read(struct consumer *c)
{
	struct peer_engine_state *s = c->state;
	struct pollfd polled[] = {
		{ .fd = s->interrupt_fd, .events = POLLIN },
		{ .fd = peer_output(s->process), .events = POLLIN },
	};
	json_t *answer;
	int err;

	if (poll(polled, 2, -1) <= 0 || polled[0].revents)
		return 0;
	err = peer_receive(s->process, peer_patience_ns(0), &answer, &c->why);
	if (err)
		return err;
	json_decref(answer);
	return complain(&c->why, -EPROTO, "spoke without being asked");
}

/* Whether the figures are possible: times that have not come yet would make any result better. With
 * work that was not done but added they may have. */
static int check_times(const struct consumer *c, const struct peer_live *answer, int64_t now_ns,
	struct complaint *why)
{
	if (answer->last_ns > now_ns && c->workload->work_ns == 0)
		return complain(why, -EPROTO, "says that it last read %" PRId64 " ns from now",
			answer->last_ns - now_ns);
	if (c->workload->rate != PARSE_RATE_MAX && answer->latency.count != answer->consumed)
		return complain(why, -EPROTO,
			"says how late %" PRIu64 " events were, of %" PRIu64 " that it read",
			answer->latency.count, answer->consumed);
	return 0;
}

static void take_answer(struct consumer *c, const struct peer_live *answer)
{
	for (uint32_t i = 0; i < c->workload->producers; i++)
		c->streams[i] = (struct consumer_stream){ answer->next[i], answer->read[i] };
	c->consumed = answer->consumed;
	if (answer->consumed > 0)
		c->last_ns = answer->last_ns;
	c->cpu_ns = answer->cpu_ns;
	c->sleeps = answer->sleeps;
	c->wakeups = answer->wakeups;
	histogram_merge(c->latency, &answer->latency);
}

static int peer_engine_finish(struct consumer *c)
{
	struct peer_engine_state *s = c->state;
	json_t *answer;
	int err;

	if (interrupted())
		return -EINTR;
	err = peer_send(s->process, "stop", &c->why);
	if (!err)
		err = peer_receive(s->process, peer_patience_ns(0), &answer, &c->why);
	if (err)
		return err;
	err = peer_answer_live(answer, c->workload->producers, &s->answer, &c->why);
	json_decref(answer);
	if (!err)
		err = check_times(c, &s->answer, monotonic_ns(), &c->why);
	if (!err)
		take_answer(c, &s->answer);
	return err;
}

static void peer_engine_interrupt(struct consumer *c)
{
	const struct peer_engine_state *s = c->state;
	const uint64_t one = 1;

	/* Cannot fail: nothing else was written to it. */
	if (write(s->interrupt_fd, &one, sizeof(one)) < 0)
		abort();
}

static void peer_engine_close(struct consumer *c)
{
	struct peer_engine_state *s = c->state;
	struct complaint why;

	/* Where it has read rightly, that it does not end as it should is told, and harms no
	 * result. */
	if (peer_end(s->process, &why) && !c->err && !interrupted())
		peers_complain_of_end(path_of(c), live_mode_program(c->combination.mode), &why);
	free_state(s);
}

const struct consumer_engine peer_engine = {
	.open = peer_engine_open,
	.read = peer_engine_read,
	.finish = peer_engine_finish,
	.interrupt = peer_engine_interrupt,
	.close = peer_engine_close,
	.measures_itself = true,
};
