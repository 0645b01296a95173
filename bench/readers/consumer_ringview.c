/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading with ringview, as its header says a user would: one reader, or a group of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "readers/consumer_event.h"
#include "readers/touch.h"

struct ringview_engine_state {
	struct ringview_group *group; /* NULL: one ring */
	uint32_t count;
	struct ringview *readers[LIVE_RINGS_MAX];
};

static struct ringview_options options_of(const struct consumer *c)
{
	static const enum ringview_wait_strategy strategies[] = {
		[WAIT_EVENT] = RINGVIEW_WAIT_EVENT,
		[WAIT_PACED] = RINGVIEW_WAIT_PACED,
		[WAIT_BUSY] = RINGVIEW_WAIT_BUSY,
	};
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = strategies[c->combination.wait];
	options.latency_budget_ns = c->workload->latency_budget_ns;
	options.timer_slack_ns = c->workload->timer_slack_ns;
	return options;
}

static void ringview_engine_close(struct consumer *c)
{
	struct ringview_engine_state *s = c->state;
	struct ringview_statistics statistics;

	if (s->count > 0 && !s->group) {
		ringview_get_statistics(s->readers[0], &statistics);
	} else if (s->group) {
		ringview_group_get_statistics(s->group, &statistics);
	} else {
		statistics = (struct ringview_statistics){ 0 };
	}
	c->sleeps = statistics.sleeps;
	c->wakeups = statistics.wakeups;
	c->high_water = statistics.high_water;
	ringview_group_close(s->group);
	for (uint32_t i = 0; i < s->count; i++)
		ringview_close(s->readers[i]);
	free(s);
}

static int ringview_engine_open(struct consumer *c)
{
	const struct ringview_options options = options_of(c);
	struct ringview_engine_state *s = calloc(1, sizeof(*s));
	int err = 0;

	if (!s)
		return complain(&c->why, -ENOMEM, "out of memory");
	c->state = s;
	if (c->source->rings > 1)
		err = ringview_group_open(&s->group, &options);
	while (!err && s->count < c->source->rings) {
		struct ringview **reader = &s->readers[s->count];

		err = c->source->operations->open_reader(c->source, s->count, &options, reader);
		if (!err) {
			s->count++;
			if (s->group)
				err = ringview_group_add(s->group, *reader);
		}
	}
	if (err) {
		complain(&c->why, err, "cannot open a reader: %s", strerror(-err));
		ringview_engine_close(c);
	}
	return err;
}

ALWAYS_INLINE int read_ring(struct consumer *c, struct ringview *rv, enum live_mode mode)
{
	struct ringview_record record;
	size_t length;
	int found, err = 0;

	c->clock_left = 0;
	if (mode == MODE_COPY) {
		while (!err &&
			(found = ringview_read_into(rv, c->buffer, SIZED_EVENT_MAX, &length)) > 0)
			err = consumer_handle(c, c->buffer, length);
		return err ? err : found;
	}
	while (!err && (found = ringview_peek(rv, &record)) > 0) {
		err = consumer_handle(c, record.data, record.length);
		if (mode == MODE_VIEW)
			ringview_release(rv);
	}
	ringview_release(rv);
	return err ? err : found;
}

/* 0, or a negative errno. */
static int read_in_mode(struct consumer *c, struct ringview *rv)
{
	switch (c->combination.mode) {
	case MODE_COPY:
		return read_ring(c, rv, MODE_COPY);
	case MODE_VIEW:
		return read_ring(c, rv, MODE_VIEW);
	default:
		return read_ring(c, rv, MODE_BATCH);
	}
}

/* Reads what a wait found. 1 something was there, 0 nothing was, or a negative errno. */
static int wait_and_read(struct consumer *c, int64_t timeout_ns)
{
	struct ringview_engine_state *s = c->state;
	struct ringview *rv = s->readers[0];
	int found, err;

	found = s->group ? ringview_group_wait(s->group, timeout_ns)
			 : ringview_wait(rv, timeout_ns);
	if (found <= 0)
		return found == -ECANCELED || found == -EINTR ? 0 : found;
	if (!s->group) {
		err = read_in_mode(c, rv);
		return err < 0 ? err : 1;
	}
	while (ringview_group_next(s->group, &rv) > 0) {
		err = read_in_mode(c, rv);
		if (err < 0)
			return err;
	}
	return 1;
}

/* Without a limit, nobody would look for events that never notify. */
#define LONGEST_WAIT_NS 100000000

static int ringview_engine_read(struct consumer *c)
{
	int result = wait_and_read(c, LONGEST_WAIT_NS);

	return result < 0 ? result : 0;
}

static int ringview_engine_finish(struct consumer *c)
{
	int empty = 0;

	/* Twice: an interrupt that came after the wait that it was for ends another. */
	while (empty < 2) {
		int result = wait_and_read(c, 0);

		if (result < 0)
			return result;
		empty = result > 0 ? 0 : empty + 1;
	}
	return 0;
}

static void ringview_engine_interrupt(struct consumer *c)
{
	struct ringview_engine_state *s = c->state;

	if (s->group)
		ringview_group_interrupt(s->group);
	else
		ringview_interrupt(s->readers[0]);
}

const struct consumer_engine ringview_engine = {
	.open = ringview_engine_open,
	.read = ringview_engine_read,
	.finish = ringview_engine_finish,
	.interrupt = ringview_engine_interrupt,
	.close = ringview_engine_close,
};
