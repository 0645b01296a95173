/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What limits a combination. Losses come first, then a rate that was not reached, then a latency
 * beyond the budget, then what an event costs its producer.
 */
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "results/live_situation.h"

/* A consumer that never sleeps on a CPU of its own is charged nearly all of it; the rest goes to
 * interrupts and to the host of a virtual machine. */
#define CPU_BUSY 0.85

/* Threads start late and stop early, by some per mille of a second. */
#define RATE_REACHED 0.95

/* In a ring that is always full, an event waits until all before it are read. If half of the events
 * waited for less than this share of that, the ring was full for moments only. */
#define ALWAYS_FULL 0.25

/* Producers at full rate run for at least this share of their time; the rest is the loop around. */
#define PRODUCERS_BUSY 0.2

/* A paced consumer polls after the budget and then has to be scheduled. */
#define LATENCY_IN_BUDGETS 2

/* Run delay explains losses and late events that take at most this many times as long. A wakeup that
 * preempts at once has none: docs/measuring.md. */
#define OFF_CPU_EXPLAINS 2
#define OFF_CPU_LEAST_NS 1e6

/* max_entries of a map is a 32-bit number. */
#define RING_MOST (UINT64_C(1) << 31)

/* A reader on another CPU takes cache lines away from the producer, whatever the wait: up to twice
 * the cost alone and some tens of ns. */
#define COST_FACTOR 2
#define COST_MIN_NS 30
/* At a rate, a run of the program produces few events: clock reads and cold caches add this much,
 * also without a reader. */
#define COST_MIN_AT_RATE_NS 200

/* A notification costs its producer microseconds, about ten where its interrupt leaves a virtual
 * machine. Notifications are the reason if they explain this share of the cost. */
#define NOTIFICATION_NS 10000
#define NOTIFICATIONS_SHARE 0.5

/* Within this of the cheapest combination, a cost is not due to how it reads. */
#define COST_LIKE_CHEAPEST 1.25

/* Notifying once in N events leaves each event this share of the cost of a notification. Below the
 * least it is not worth the flag; above the most it only adds latency. */
#define SAMPLED_SHARE 0.1
#define SAMPLED_LEAST 16
#define SAMPLED_MOST 1024

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static bool is_path(const struct row *row, const char *path)
{
	return strcmp(row->path, path) == 0;
}

static bool waits(const struct row *row, const char *wait)
{
	return strcmp(row->wait, wait) == 0;
}

static double cheapest_of(const struct table *table, const struct row *row)
{
	const struct row_group *group = &table->groups[row->group];
	double cheapest = INFINITY;

	for (size_t i = group->first; i < group->first + group->count; i++)
		cheapest = fmin(cheapest, row_value(&table->rows[i], METRIC_PRODUCER_NS));
	return cheapest;
}

/* The smallest power of two from @least on that is no less than @value, but no more than @most. */
static double power_of_two(double value, double least, double most)
{
	double power = least;

	while (power < most && power < value)
		power *= 2;
	return power;
}

static unsigned int when(bool holds, unsigned int trait)
{
	return holds ? trait : 0;
}

static unsigned int traits_of(const struct row *row, const struct workload *w)
{
	const bool perf = is_path(row, "perfbuf");

	return when(is_path(row, "batch"), IS_BATCH) | when(perf, IS_PERF) |
	       when(waits(row, "busy") || waits(row, "libbpf-spin"), NEVER_SLEEPS) |
	       when(waits(row, "paced") || waits(row, "libbpf-sleep"), PACES) |
	       /* Of a perf buffer a full one is always notified of. */
	       when(waits(row, "event") || waits(row, "libbpf-poll") ||
			       (waits(row, "own") && !perf),
		       NEEDS_NOTIFICATIONS) |
	       when(w->notify == NOTIFY_DEFAULT, NOTIFIES_BY_DEFAULT) |
	       when(w->notify == NOTIFY_DEFAULT || w->notify == NOTIFY_FORCE, NOTIFIES_ALWAYS) |
	       when(row_value(row, METRIC_LOST) > 0, LOSES) | when(w->work_ns > 0, WORKS) |
	       when(row->latency_count > 0, HAS_LATENCY) | when(w->rings == 1, ONE_RING);
}

static struct situation situation_of(
	const struct table *table, const struct row *row, const struct workload *w, double alone)
{
	const double consumed = row_value(row, METRIC_CONSUMED), lost = row_value(row, METRIC_LOST);
	const double elapsed = row_value(row, METRIC_ELAPSED_NS);
	struct situation s = {
		.workload = w,
		.row = row,
		.is = traits_of(row, w),
		.alone = alone,
		.cheapest = cheapest_of(table, row),
		.producer = row_value(row, METRIC_PRODUCER_NS),
		.elapsed = elapsed,
		.cpu = share(row_value(row, METRIC_CPU_TIME_NS), elapsed),
		.produced = row_value(row, METRIC_PRODUCED),
		.lost = lost,
		.lost_share = share(lost, lost + consumed),
		.wakeups = share(row_value(row, METRIC_WAKEUPS), consumed),
		.cpu_ns = row_value(row, METRIC_CPU_NS),
		.speed = row_mevents_per_s(row),
		.off_cpu = row_value(row, METRIC_OFF_CPU_NS),
		.p50 = (double)row->latencies[0],
		.p99 = (double)row->latencies[2],
		.longest = (double)row->latencies[4],
		.asked = (double)w->rate / 1e6,
		.rings_needed = fmin(w->producers, LIVE_RINGS_MAX),
		.budget = (double)w->latency_budget_ns,
		.work = (double)w->work_ns,
		.ring = (double)w->ring_size,
		.stride = workload_mean_stride(w),
		.producers = w->producers,
		.rings = w->rings,
	};

	if (isnan(row_value(row, METRIC_WAKEUPS)))
		s.wakeups = NAN;
	/* A round without events leaves no medians. */
	if (!row_summary(row, METRIC_NS)->valid) {
		s.cpu_ns = row_value(row, METRIC_CPU_TIME_NS) / consumed;
		s.speed = consumed / (elapsed / 1e3);
	}
	s.extra = s.producer - alone;
	s.ran = share(s.produced * s.producer, elapsed * w->producers);
	/* The producers' time, which is shorter than the elapsed time. */
	s.reached = s.produced * 1e3 / ((double)w->duration_ns * (double)row->rounds);
	s.rate_share = s.reached / s.asked;
	/* The longest wait of an event is about the longest pause of the consumer; the events produced
	 * meanwhile have to fit. */
	s.ring_needed = share(s.produced * s.stride * s.longest / w->rings, elapsed);
	if (s.ring_needed > RING_MOST || 2 * s.ring > RING_MOST)
		s.is |= NO_RING_FITS;
	s.ring_needed = power_of_two(s.ring_needed, 2 * s.ring, RING_MOST);
	s.sampled =
		power_of_two((s.producer / alone - 1) / SAMPLED_SHARE, SAMPLED_LEAST, SAMPLED_MOST);
	if (w->notify == NOTIFY_SAMPLED && s.sampled <= (double)w->notify_events)
		s.sampled = 4 * (double)w->notify_events;
	/* Of events that are late at p99, 1 % has to be explained. */
	s.is |= when(s.off_cpu >= OFF_CPU_LEAST_NS &&
				s.off_cpu * OFF_CPU_EXPLAINS >=
					(lost > 0 ? s.lost_share : 0.01) * elapsed,
			KEPT_OFF) |
		when(s.cpu >= CPU_BUSY, BUSY);
	return s;
}

/* Whether the consumer is behind all the time, not now and then. The CPU of a loop that never sleeps
 * does not show that; its latency does. */
static bool is_always_behind(const struct situation *s)
{
	const double ns_to_read_all = s->ring / s->stride * s->rings * 1e3 / s->speed;

	if ((s->is & (NEVER_SLEEPS | HAS_LATENCY)) != (NEVER_SLEEPS | HAS_LATENCY))
		return s->is & BUSY;
	return s->p50 >= ALWAYS_FULL * ns_to_read_all;
}

static enum topic limit_of_loss(const struct situation *s)
{
	if (s->workload->same_cpu && !s->workload->overwrite)
		return LIMIT_SHARED_CPU;
	if ((s->is & NEEDS_NOTIFICATIONS) && s->workload->notify == NOTIFY_NEVER)
		return LIMIT_DEAF;
	if (s->workload->overwrite)
		return LIMIT_OVERWRITES;
	if (s->is & KEPT_OFF)
		return LIMIT_OFF_CPU;
	return is_always_behind(s) ? LIMIT_CONSUMER : LIMIT_RING;
}

static enum topic limit_of(const struct situation *s)
{
	if (row_value(s->row, METRIC_CONSUMED) == 0)
		return LIMIT_EMPTY;
	if (s->workload->back_to_back > 0)
		return LIMIT_TURNS;
	if (s->is & LOSES)
		return limit_of_loss(s);
	if (s->workload->rate == PARSE_RATE_MAX)
		return s->producer > 0 && s->ran < PRODUCERS_BUSY ? LIMIT_STARVED : LIMIT_PRODUCERS;
	if (s->rate_share < RATE_REACHED)
		return LIMIT_RATE;
	return (s->is & HAS_LATENCY) && s->p99 > LATENCY_IN_BUDGETS * s->budget ? LIMIT_LATENCY
										: LIMIT_NOTHING;
}

static enum topic cost_of(const struct situation *s)
{
	const double least =
		s->workload->rate == PARSE_RATE_MAX ? COST_MIN_NS : COST_MIN_AT_RATE_NS;

	if (!(s->alone > 0) || s->producer <= COST_FACTOR * s->alone || s->extra <= least)
		return COST_FINE;
	/* Perf notifies as asked for, however it is read. */
	if (s->is & IS_PERF)
		return s->is & NOTIFIES_ALWAYS ? COST_PERF : COST_FINE;
	if (s->wakeups * NOTIFICATION_NS >= NOTIFICATIONS_SHARE * s->extra)
		return COST_NOTIFICATIONS;
	/* It costs this much however it is read, so the producers cost each other. */
	if (s->producers > s->rings && s->cheapest > COST_FACTOR * s->alone &&
		s->producer <= COST_LIKE_CHEAPEST * s->cheapest)
		return COST_LOCK;
	/* Unknown wakeups: it may be notifications or polls. */
	return isnan(s->wakeups) ? COST_READER : COST_LOOKING;
}

/* Whether what an event costs its producers is part of the verdict. */
static bool has_cost(const struct situation *s, enum topic limit)
{
	return limit == LIMIT_TURNS || limit == LIMIT_RING || limit == LIMIT_OVERWRITES ||
	       limit == LIMIT_PRODUCERS || limit == LIMIT_RATE || limit == LIMIT_NOTHING ||
	       (limit == LIMIT_LATENCY && !(s->is & KEPT_OFF));
}

void live_judge(
	struct table *table, struct row *row, const struct workload *workload, double alone_ns)
{
	struct situation s = situation_of(table, row, workload, alone_ns);
	const enum topic limit = limit_of(&s), cost = cost_of(&s);
	size_t size;
	FILE *out = open_memstream(&row->verdict, &size);

	s.is |= when(cost != COST_FINE, COSTS);
	snprintf(row->limited, sizeof(row->limited), "%s%s", topic_names[limit],
		has_cost(&s, limit)      ? topic_names[cost]
		: limit == LIMIT_LATENCY ? "; kept off its CPU"
					 : "");
	if (out) {
		situation_say(out, &s, limit);
		if (has_cost(&s, limit) && limit != LIMIT_RING)
			situation_say(out, &s, cost);
	}
	table->failed |= !out || fclose(out) != 0;
}
