/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an event costs its producer beyond what it has to: that is what a strategy of reading can
 * change for whom it reads from.
 */
#include <inttypes.h>
#include <math.h>

#include "base/values.h"
#include "results/live_situation.h"

/* A reader on another CPU takes cache lines away, which no strategy avoids: up to twice the cost
 * alone, and some tens of nanoseconds, is what reading costs. */
#define COST_FACTOR 2
#define COST_MIN_NS 30
/* At a rate the program runs for a few events at a time: the clock around each run and what has
 * left the caches meanwhile add up to so much, with nobody reading. */
#define COST_MIN_AT_RATE_NS 200

/* A notification costs its producer microseconds, ten where its interrupt leaves a virtual machine.
 * They are to blame where so much for each wakeup is half of the cost, or more. */
#define NOTIFICATION_NS 10000
#define NOTIFICATIONS_SHARE 0.5

/* Within this of the cheapest combination a cost is not the strategy's. */
#define COST_LIKE_CHEAPEST 1.25

/* Notifying once in this many events leaves this share of its cost to each; fewer than the least are
 * not worth the flag, and more than the most only add to the latency. */
#define SAMPLED_SHARE 0.1
#define SAMPLED_LEAST 16
#define SAMPLED_MOST 1024

/* From then on a perf buffer gains little: docs/measuring.md. */
#define SAMPLED_OF_PERF 500

uint64_t live_power_of_two(double value, uint64_t least, uint64_t most)
{
	uint64_t power = least;

	while (power < most && (double)power < value)
		power *= 2;
	return power;
}

static bool notifies_always(const struct workload *workload)
{
	return workload->notify == NOTIFY_DEFAULT || workload->notify == NOTIFY_FORCE;
}

enum live_cost live_cost_of(const struct situation *s)
{
	const double least =
		s->workload->rate == PARSE_RATE_MAX ? COST_MIN_NS : COST_MIN_AT_RATE_NS;

	if (!(s->alone > 0) || s->producer <= COST_FACTOR * s->alone ||
		s->producer - s->alone <= least)
		return COST_FINE;
	/* Perf notifies when told to, however it is read. */
	if (is_path(s, "perfbuf"))
		return notifies_always(s->workload) ? COST_PERF : COST_FINE;
	if (s->wakeups * NOTIFICATION_NS >= NOTIFICATIONS_SHARE * (s->producer - s->alone))
		return COST_NOTIFICATIONS;
	/* However it is read, it costs so much: the producers do it to each other. */
	if (s->workload->producers > s->workload->rings && s->cheapest > COST_FACTOR * s->alone &&
		s->producer <= COST_LIKE_CHEAPEST * s->cheapest)
		return COST_LOCK;
	/* It may be notifications or looks. */
	return isnan(s->wakeups) ? COST_READER : COST_LOOKING;
}

static void say_notifications(struct style_text *text, const struct situation *s)
{
	const struct workload *workload = s->workload;
	uint64_t events = live_power_of_two(
		(s->producer / s->alone - 1) / SAMPLED_SHARE, SAMPLED_LEAST, SAMPLED_MOST);

	if (workload->notify == NOTIFY_SAMPLED && events <= workload->notify_events)
		events = 4 * workload->notify_events;
	style_append(text,
		" Notifications cost the producers %.0f ns an event more than alone (%.0f ns), "
		"with %.2g wakeups an event.",
		s->producer - s->alone, s->alone, s->wakeups);
	style_append(text, " %s notify less often: -notify sampled:%" PRIu64 ".",
		sleeps_by_itself(s) ? "Let them" : "Wait paced, or", events);
}

static void say_lock(struct style_text *text, const struct situation *s)
{
	const struct workload *workload = s->workload;

	style_append(text,
		" The producers wait for each other: %" PRIu32 " share %" PRIu32
		" ring%s and its lock; an event costs %.0f ns at the least, however it is read, "
		"and %.0f ns with one producer and nobody reading.",
		workload->producers, workload->rings, workload->rings > 1 ? "s" : "", s->cheapest,
		s->alone);
	style_append(text, " Give each a ring of its own: -rings %" PRIu32 ".",
		workload->producers < LIVE_RINGS_MAX ? workload->producers : LIVE_RINGS_MAX);
}

static const char *how_to_look_less(const struct situation *s)
{
	if (!sleeps_by_itself(s))
		return "Wait paced, with path batch";
	return is_path(s, "batch") ? "Allow a larger -latency-budget"
				   : "Use path batch, which releases many at once";
}

static void say_looking(struct style_text *text, const struct situation *s)
{
	style_append(text,
		" The consumer looks too often: an event costs its producer %.0f ns more than "
		"alone (%.0f ns), with few wakeups; both want the same cache lines.",
		s->producer - s->alone, s->alone);
	style_append(text, " %s%s.", how_to_look_less(s),
		never_sleeps(s) && s->workload->notify == NOTIFY_DEFAULT
			? "; or give -notify never too, as nobody sleeps here"
			: "");
}

static void say_reader(struct style_text *text, const struct situation *s)
{
	style_append(text,
		" How it reads and waits costs the producers %.0f ns an event more than alone "
		"(%.0f ns). Read with path batch, waiting paced",
		s->producer - s->alone, s->alone);
	if (notifies_always(s->workload))
		style_append(
			text, ", or let them notify less often: -notify sampled:%d", SAMPLED_LEAST);
	style_append(text, ".");
}

static void say_perf(struct style_text *text, const struct situation *s)
{
	style_append(text,
		" Perf notifies of each event, whether or not anybody sleeps: %.0f ns an event, "
		"where one to a ring that nobody reads costs %.0f ns. Give -notify sampled:%d, or "
		"write to a ring.",
		s->producer, s->alone, SAMPLED_OF_PERF);
}

bool live_cost_say(struct style_text *text, const struct situation *s)
{
	static void (*const say[])(struct style_text *, const struct situation *) = {
		[COST_NOTIFICATIONS] = say_notifications,
		[COST_LOCK] = say_lock,
		[COST_LOOKING] = say_looking,
		[COST_READER] = say_reader,
		[COST_PERF] = say_perf,
	};
	const enum live_cost cost = live_cost_of(s);

	if (cost != COST_FINE)
		say[cost](text, s);
	return cost != COST_FINE;
}
