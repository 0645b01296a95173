/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loops with libbpf's functions: ring_buffer__poll(); ring_buffer__consume() without end; and
 * ring_buffer__consume() with a sleep after it. The same with the drop-in's functions in place of
 * libbpf's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "readers/consumer_event.h"
#include "readers/live_dropin.h"

/* How late ring_buffer__poll() may find that it is to stop: it cannot be interrupted. */
#define LONGEST_POLL_MS 20

struct libbpf_engine_state {
	const struct libbpf_calls *calls;
	struct ring_buffer *rings;
	struct timespec sleep; /* of WAIT_LIBBPF_SLEEP */
};

static const struct libbpf_calls libbpf_calls = {
	.open = ring_buffer__new,
	.add = ring_buffer__add,
	.poll = ring_buffer__poll,
	.consume = ring_buffer__consume,
	.close = ring_buffer__free,
};

static int handle_sample(void *context, void *data, size_t length)
{
	return consumer_handle(context, data, length);
}

static int open_rings(struct consumer *c, struct libbpf_engine_state *s)
{
	int err;

	s->rings = s->calls->open(c->source->map_fds[0], handle_sample, c, NULL);
	err = s->rings ? 0 : -errno;
	for (uint32_t i = 1; i < c->source->rings && !err; i++)
		err = s->calls->add(s->rings, c->source->map_fds[i], handle_sample, c);
	if (err) {
		complain(&c->why, err, "%s cannot read the ring: %s",
			live_mode_names[c->combination.mode], strerror(-err));
		s->calls->close(s->rings);
	}
	return err;
}

/*
 * As long as the latency budget from look to look, as a paced reader: the kernel adds up to the
 * timer slack of the thread to a sleep, which is therefore taken off. For the consumer's thread.
 */
static struct timespec sleep_of(const struct live_workload *workload)
{
	const int64_t budget = workload->latency_budget_ns;
	int64_t slack = workload->timer_slack_ns, ns;

	if (slack > 0)
		prctl(PR_SET_TIMERSLACK, (unsigned long)slack, 0, 0, 0);
	else
		slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	ns = slack < budget / 2 ? budget - slack : budget / 2;
	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

static int libbpf_engine_open(struct consumer *c)
{
	struct libbpf_engine_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return complain(&c->why, -ENOMEM, "out of memory");
	s->calls = c->combination.mode == MODE_DROPIN
			   ? live_dropin_calls(c->combination.wait, c->workload->latency_budget_ns)
			   : &libbpf_calls;
	err = open_rings(c, s);
	if (err) {
		free(s);
		return err;
	}
	if (c->combination.wait == WAIT_LIBBPF_SLEEP)
		s->sleep = sleep_of(c->workload);
	c->state = s;
	return 0;
}

static int libbpf_engine_read(struct consumer *c)
{
	const struct libbpf_engine_state *s = c->state;
	int count;

	c->clock_left = 0;
	if (c->combination.wait == WAIT_LIBBPF_SPIN || c->combination.wait == WAIT_LIBBPF_SLEEP) {
		count = s->calls->consume(s->rings);
	} else {
		c->sleeps++;
		count = s->calls->poll(s->rings, LONGEST_POLL_MS);
		c->wakeups += count > 0;
	}
	if (c->combination.wait == WAIT_LIBBPF_SLEEP && count >= 0) {
		c->sleeps++;
		nanosleep(&s->sleep, NULL);
	}
	return count < 0 && count != -EINTR ? count : 0;
}

static int libbpf_engine_finish(struct consumer *c)
{
	const struct libbpf_engine_state *s = c->state;
	int count = s->calls->consume(s->rings);

	return count < 0 ? count : 0;
}

static void libbpf_engine_interrupt(struct consumer *c)
{
	(void)c;
}

static void libbpf_engine_close(struct consumer *c)
{
	struct libbpf_engine_state *s = c->state;

	/* One poll of a drop-in that paces or spins is any number of sleeps. */
	if (c->combination.wait == WAIT_PACED || c->combination.wait == WAIT_BUSY)
		c->sleeps = c->wakeups = LIVE_UNKNOWN;
	s->calls->close(s->rings);
	free(s);
}

const struct consumer_engine libbpf_engine = {
	.open = libbpf_engine_open,
	.read = libbpf_engine_read,
	.finish = libbpf_engine_finish,
	.interrupt = libbpf_engine_interrupt,
	.close = libbpf_engine_close,
};
