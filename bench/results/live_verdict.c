/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What limits a combination. Losses come first, then a rate that was not reached, then a latency
 * beyond the budget, then what an event costs its producer.
 */
#include <inttypes.h>
#include <math.h>

#include "base/values.h"
#include "results/live_situation.h"

/* A consumer with a CPU to itself that never waits is charged nearly all of it; the rest goes to
 * interrupts and, on a virtual machine, to the host. */
#define CPU_BUSY 0.85

/* Threads start late and stop early, which is some per mille of a second. */
#define RATE_REACHED 0.95

/* A ring that is always full makes each event wait until all before it are read. Where half of them
 * waited for less than this share of that, it was full for moments only. */
#define ALWAYS_FULL 0.25

/* Of so much of their time producers run that make all they can; the rest is the loop around. */
#define PRODUCERS_BUSY 0.2

/* A paced consumer looks after the budget, and then has to be run; others are held to as much. */
#define LATENCY_IN_BUDGETS 2

/* Each sleep ends with some time in which the thread is ready and does not run yet. */
#define WAKING_NS 10000

/* Losses that take longer than this many times the time the consumer was kept off its CPU have another
 * reason. */
#define OFF_CPU_EXPLAINS 2
#define OFF_CPU_LEAST_NS 1e6

/* max_entries of a map is a 32-bit number. */
#define RING_MOST (UINT64_C(1) << 31)

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static double cheapest_of(const struct table *table, const struct row *row)
{
	const struct row_group *group = &table->groups[row->group];
	double cheapest = INFINITY;

	for (size_t i = group->first; i < group->first + group->count; i++)
		cheapest = fmin(cheapest, row_value(&table->rows[i], METRIC_PRODUCER_NS));
	return cheapest;
}

static struct situation situation_of(const struct table *table, const struct row *row,
	const struct workload *workload, double alone)
{
	const double consumed = row_value(row, METRIC_CONSUMED);
	const double lost = row_value(row, METRIC_LOST);
	const double cpu_seconds = row_value(row, METRIC_CPU_TIME_NS) / 1e9;
	struct situation s = {
		.workload = workload,
		.row = row,
		.alone = alone,
		.cheapest = cheapest_of(table, row),
		.producer = row_value(row, METRIC_PRODUCER_NS),
		.seconds = row_value(row, METRIC_ELAPSED_NS) / 1e9,
		.lost = share(lost, lost + consumed),
		.wakeups = isnan(row_value(row, METRIC_WAKEUPS))
				   ? NAN
				   : share(row_value(row, METRIC_WAKEUPS), consumed),
		.cpu_ns = row_value(row, METRIC_CPU_NS),
		.mevents_per_s = row_mevents_per_s(row),
	};

	s.cpu = share(cpu_seconds, s.seconds);
	/* In a round nothing was consumed: there are no medians. */
	if (!row_summary(row, METRIC_NS)->valid) {
		s.cpu_ns = cpu_seconds * 1e9 / consumed;
		s.mevents_per_s = consumed / s.seconds / 1e6;
	}
	return s;
}

/* Bytes from one record to the next, on average. */
static double mean_stride(const struct workload *workload)
{
	const struct mix *mix = workload->mix;

	return mix ? (double)mix->stride_sum / mix->count
		   : (double)record_stride(workload->event_size);
}

static void say_nothing_consumed(struct style_text *text, const struct situation *s)
{
	const struct row *row = s->row;

	if (row_value(row, METRIC_LOST) > 0)
		style_append(text,
			"Nothing was consumed, and %.0f"
			" events were lost: the consumer never came to read. Give it a CPU of its "
			"own, or wait otherwise.",
			row_value(row, METRIC_LOST));
	else
		style_append(text,
			"Nothing was consumed: of %.0f events none was to be kept. Give a "
			"higher -rate, more time, or discard fewer.",
			row_value(row, METRIC_PRODUCED));
}

/* Whether the consumer is behind all the time, not now and then. What a loop takes of a CPU that
 * never sleeps does not tell. */
static bool is_always_behind(const struct situation *s)
{
	const double records = (double)s->workload->ring_size / mean_stride(s->workload);
	const double ns_to_read_all = records * s->workload->rings * 1e3 / s->mevents_per_s;

	if (!never_sleeps(s) || s->row->latency_count == 0)
		return s->cpu >= CPU_BUSY;
	return (double)s->row->latencies[0] >= ALWAYS_FULL * ns_to_read_all;
}

static void say_consumer_limits(struct style_text *text, const struct situation *s)
{
	char cpu[16], lost[16];

	style_append(text,
		"The consumer limits: %s of the events were lost with it busy for %s of a CPU; an "
		"event takes it %.*f ns",
		style_percent(lost, sizeof(lost), s->lost), style_percent(cpu, sizeof(cpu), s->cpu),
		s->cpu_ns < 100 ? 1 : 0, s->cpu_ns);
	if (s->workload->work_ns > 0)
		style_append(text, ", %" PRId64 " ns of them -work", s->workload->work_ns);
	style_append(text, ". %s, or read with more consumers, each with rings of its own.",
		is_path(s, "batch") ? "Do less for each event"
				    : "Use path batch, do less for each event");
}

/* The longest that an event waited is about the longest that nobody read. What was made meanwhile
 * has to fit. 0: no such figure. */
static double bytes_needed(const struct situation *s)
{
	const struct row *row = s->row;
	const double bytes_per_s =
		row_value(row, METRIC_PRODUCED) / s->seconds * mean_stride(s->workload);

	if (!(s->seconds > 0))
		return 0;
	return bytes_per_s * (double)row->latencies[4] / 1e9 / s->workload->rings;
}

static void say_size(struct style_text *text, const struct situation *s)
{
	const uint64_t least = 2 * s->workload->ring_size;
	const double needed = bytes_needed(s);
	char gap[FORMAT_SIZE], size[FORMAT_SIZE];

	if (needed > RING_MOST || least > RING_MOST) {
		style_append(text,
			" An event waited up to %s, for which no ring is large enough: find what "
			"keeps the consumer from running.",
			format_duration_short((int64_t)s->row->latencies[4], gap, sizeof(gap)));
		return;
	}
	if (needed > 0)
		style_append(text, " An event waited up to %s;",
			format_duration_short((int64_t)s->row->latencies[4], gap, sizeof(gap)));
	style_append(text, " %s -ring-size %s", needed > 0 ? "that needs about" : "Give at least",
		format_size(live_power_of_two(needed, least, RING_MOST), size, sizeof(size)));
	style_append(text, "%s%s.", sleeps_by_itself(s) ? ", or a smaller -latency-budget" : "",
		is_path(s, "perfbuf") ? "" : "; -advise works it out");
}

static void say_ring_too_small(struct style_text *text, const struct situation *s)
{
	char cpu[16], lost[16], ring[FORMAT_SIZE], wait[FORMAT_SIZE];

	style_append(text,
		"A %s of %s is too small for the bursts: it was full, and %s of the events were "
		"lost, ",
		is_path(s, "perfbuf") ? "buffer" : "ring",
		format_size(s->workload->ring_size, ring, sizeof(ring)),
		style_percent(lost, sizeof(lost), s->lost));
	if (never_sleeps(s))
		style_append(text, "though half of those read waited for less than %s.",
			format_duration_short((int64_t)s->row->latencies[0], wait, sizeof(wait)));
	else
		style_append(text, "with the consumer busy for only %s of a CPU.",
			style_percent(cpu, sizeof(cpu), s->cpu));
	say_size(text, s);
}

static void say_nobody_wakes(struct style_text *text, const struct situation *s)
{
	char lost[16];

	style_append(text,
		"Nobody wakes the consumer: it waits for notifications, and with -notify never "
		"there are none; %s of the events were lost. Wait paced, which needs none, or let "
		"the producers notify.",
		style_percent(lost, sizeof(lost), s->lost));
}

/* Nobody is to blame for the losses but the scheduler. */
static void say_shared_cpu(struct style_text *text, const struct situation *s)
{
	char cpu[16], lost[16];

	style_append(text,
		"Producers and consumer compete for one CPU, of which the consumer got %s: %s of "
		"the events were lost while it was not its turn. Give it a CPU of its own.",
		style_percent(cpu, sizeof(cpu), s->cpu),
		style_percent(lost, sizeof(lost), s->lost));
}

static void say_back_to_back(struct style_text *text, const struct situation *s)
{
	char lost[16];

	style_append(text,
		"One thread does it all, in turns: %.3g Mev/s, where an event takes its producer "
		"%.0f ns, and then its reader %.*f ns.",
		s->mevents_per_s, s->producer, s->cpu_ns < 100 ? 1 : 0, s->cpu_ns);
	if (s->lost > 0)
		style_append(text,
			" %s were lost: it was not notified of a turn, and made the next ones "
			"before it looked.",
			style_percent(lost, sizeof(lost), s->lost));
	live_cost_say(text, s);
}

/* In ns, of all rounds: ready, and not run, but for what waking takes. 0: not known. */
static double off_cpu(const struct situation *s)
{
	const double off = row_value(s->row, METRIC_OFF_CPU_NS);
	const double sleeps = row_value(s->row, METRIC_SLEEPS);

	return fmax(off - WAKING_NS * (isnan(sleeps) ? 0 : sleeps), 0);
}

static bool off_cpu_explains_loss(const struct situation *s)
{
	const double lost_ns = s->lost * s->seconds * 1e9;

	return off_cpu(s) >= OFF_CPU_LEAST_NS && off_cpu(s) * OFF_CPU_EXPLAINS >= lost_ns;
}

static void say_off_cpu(struct style_text *text, const struct situation *s)
{
	char off[FORMAT_SIZE], all[FORMAT_SIZE], lost[16];

	style_append(text,
		"The consumer was kept off its CPU for %s of %s, though it was ready to run, and %s of "
		"the events were lost. Give it a CPU of its own (-cpu), or repeat on an idle "
		"machine; a larger ring would only hide it.",
		format_duration_short((int64_t)off_cpu(s), off, sizeof(off)),
		format_duration_short((int64_t)(s->seconds * 1e9), all, sizeof(all)),
		style_percent(lost, sizeof(lost), s->lost));
}

/* The producers' time, not the elapsed time, in which the last events are read. */
static double rate_reached(const struct situation *s)
{
	const double seconds = (double)s->workload->duration_ns / 1e9 * (double)s->row->rounds;

	return row_value(s->row, METRIC_PRODUCED) / ((double)s->workload->rate * seconds);
}

static void say_rate_missed(struct style_text *text, const struct situation *s)
{
	const double asked = (double)s->workload->rate / 1e6;
	char reached[16];

	style_append(text,
		"The producers cannot make the rate: %.3g of %.3g Mev/s (%s), at %.0f ns an event; "
		"none was lost.",
		asked * rate_reached(s), asked,
		style_percent(reached, sizeof(reached), rate_reached(s)), s->producer);
	if (!live_cost_say(text, s))
		style_append(text, " Ask for less, or give more producers: -rate, -producers.");
}

static bool is_late(const struct situation *s)
{
	return s->row->latency_count > 0 &&
	       (double)s->row->latencies[2] >
		       LATENCY_IN_BUDGETS * (double)s->workload->latency_budget_ns;
}

static void say_late(struct style_text *text, const struct situation *s)
{
	char latency[FORMAT_SIZE], budget[FORMAT_SIZE], off[FORMAT_SIZE];

	style_append(text,
		"Latency is beyond the budget: 99 %% of the events within %s, of %s; none was lost.",
		format_duration_short((int64_t)s->row->latencies[2], latency, sizeof(latency)),
		format_duration_short(s->workload->latency_budget_ns, budget, sizeof(budget)));
	if (off_cpu(s) >= OFF_CPU_LEAST_NS)
		style_append(text,
			" The consumer was kept off its CPU for %s: give it one of its own (-cpu), or "
			"repeat on an idle machine.",
			format_duration_short((int64_t)off_cpu(s), off, sizeof(off)));
	else if (!live_cost_say(text, s))
		style_append(text, " %s",
			sleeps_by_itself(s) ? "Give a smaller -latency-budget, or -timer-slack."
					    : "Wait paced, or busy.");
}

static bool is_starved(const struct situation *s)
{
	const double ran = row_value(s->row, METRIC_PRODUCED) * s->producer / 1e9;

	return s->producer > 0 && ran < PRODUCERS_BUSY * s->seconds * s->workload->producers;
}

static void say_starved(struct style_text *text, const struct situation *s)
{
	const double ran = row_value(s->row, METRIC_PRODUCED) * s->producer / 1e9;
	char part[16];

	style_append(text,
		"The producers were kept off their CPUs: they ran for %s of the time, and all of "
		"their %.3g Mev/s were read. Give them CPUs of their own, or repeat on an idle "
		"machine.",
		style_percent(part, sizeof(part), ran / s->seconds / s->workload->producers),
		s->mevents_per_s);
}

static void say_nothing_limits(struct style_text *text, const struct situation *s)
{
	char cpu[16], latency[FORMAT_SIZE];

	style_append(text, "Nothing limits it: all of %.3g Mev/s were read, for %s of a CPU",
		s->mevents_per_s, style_percent(cpu, sizeof(cpu), s->cpu));
	if (s->row->latency_count > 0)
		style_append(text, ", 99 %% of the events within %s",
			format_duration_short(
				(int64_t)s->row->latencies[2], latency, sizeof(latency)));
	style_append(text, ".");
	if (live_cost_say(text, s))
		return;
	style_append(text, never_sleeps(s)
				   ? " It never sleeps: wait paced leaves the CPU to others."
				   : " A higher -rate shows what does.");
}

static void say_producers_limit(struct style_text *text, const struct situation *s)
{
	char cpu[16];

	style_append(text,
		"The producers limit: they made all they can, %.3g Mev/s at %.0f ns an event "
		"(%.0f ns alone%s), and all of it was read for %s of a CPU.",
		s->mevents_per_s, s->producer, s->alone, is_path(s, "perfbuf") ? ", to a ring" : "",
		style_percent(cpu, sizeof(cpu), s->cpu));
	if (live_cost_say(text, s))
		return;
	style_append(text, "%s More producers (-producers) show the consumer's limit.",
		s->cpu < CPU_BUSY ? " The consumer could take more." : "");
}

/* In the order of their names. */
enum limit {
	LIMIT_EMPTY,
	LIMIT_TURNS,
	LIMIT_SHARED_CPU,
	LIMIT_DEAF,
	LIMIT_OFF_CPU,
	LIMIT_CONSUMER,
	LIMIT_RING,
	LIMIT_STARVED,
	LIMIT_PRODUCERS,
	LIMIT_RATE,
	LIMIT_LATENCY,
	LIMIT_NOTHING
};

static const struct {
	const char *name;
	void (*say)(struct style_text *text, const struct situation *s);
	bool costs; /* what an event costs its producers is said, too */
} limits[] = {
	[LIMIT_EMPTY] = { "nothing was consumed", say_nothing_consumed, false },
	[LIMIT_TURNS] = { "one thread does it all", say_back_to_back, true },
	[LIMIT_SHARED_CPU] = { "one CPU for all", say_shared_cpu, false },
	[LIMIT_DEAF] = { "nobody wakes it", say_nobody_wakes, false },
	[LIMIT_OFF_CPU] = { "kept off its CPU", say_off_cpu, false },
	[LIMIT_CONSUMER] = { "the consumer", say_consumer_limits, false },
	[LIMIT_RING] = { "the ring is too small", say_ring_too_small, true },
	[LIMIT_STARVED] = { "producers kept off their CPUs", say_starved, false },
	[LIMIT_PRODUCERS] = { "the producers", say_producers_limit, true },
	[LIMIT_RATE] = { "the producers, below the rate", say_rate_missed, true },
	[LIMIT_LATENCY] = { "latency beyond the budget", say_late, true },
	[LIMIT_NOTHING] = { "nothing", say_nothing_limits, true },
};

static enum limit limit_of_loss(const struct situation *s)
{
	if (s->workload->same_cpu)
		return LIMIT_SHARED_CPU;
	if (waits_for_notifications(s) && s->workload->notify == NOTIFY_NEVER)
		return LIMIT_DEAF;
	if (off_cpu_explains_loss(s))
		return LIMIT_OFF_CPU;
	return is_always_behind(s) ? LIMIT_CONSUMER : LIMIT_RING;
}

static enum limit limit_of(const struct situation *s)
{
	if (row_value(s->row, METRIC_CONSUMED) == 0)
		return LIMIT_EMPTY;
	if (s->workload->back_to_back > 0)
		return LIMIT_TURNS;
	if (row_value(s->row, METRIC_LOST) > 0)
		return limit_of_loss(s);
	if (s->workload->rate == PARSE_RATE_MAX)
		return is_starved(s) ? LIMIT_STARVED : LIMIT_PRODUCERS;
	if (rate_reached(s) < RATE_REACHED)
		return LIMIT_RATE;
	return is_late(s) ? LIMIT_LATENCY : LIMIT_NOTHING;
}

char *live_verdict(const struct table *table, const struct row *row,
	const struct workload *workload, double alone_ns, char *text, size_t size)
{
	const struct situation s = situation_of(table, row, workload, alone_ns);
	struct style_text said = { .text = text, .size = size };

	style_append(&said, "%s", "");
	limits[limit_of(&s)].say(&said, &s);
	return text;
}

const char *live_limit(const struct table *table, const struct row *row,
	const struct workload *workload, double alone_ns, char text[LIVE_LIMIT_SIZE])
{
	static const char *const costs[] = { [COST_FINE] = "",
		[COST_NOTIFICATIONS] = "; notifications",
		[COST_LOCK] = "; their lock",
		[COST_LOOKING] = "; looks too often",
		[COST_READER] = "; how it reads",
		[COST_PERF] = "; notifications of perf" };
	const struct situation s = situation_of(table, row, workload, alone_ns);
	const enum limit limit = limit_of(&s);

	snprintf(text, LIVE_LIMIT_SIZE, "%s%s", limits[limit].name,
		limit == LIMIT_LATENCY && off_cpu(&s) >= OFF_CPU_LEAST_NS ? "; kept off its CPU"
		: limits[limit].costs                                     ? costs[live_cost_of(&s)]
									  : "");
	return text;
}
