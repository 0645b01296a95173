/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What limits a combination. Losses come first, then a rate that was not reached, then what an
 * event costs its producer: that is what a strategy of reading can change for whom it reads from.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "results/live_table.h"
#include "results/style.h"

/* A consumer with a CPU to itself that never waits is charged nearly all of it; the rest goes to
 * interrupts and, on a virtual machine, to the host. */
#define CPU_BUSY 0.85

/* Threads start late and stop early, which is some per mille of a second. */
#define RATE_REACHED 0.95

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

/* A ring that is always full makes each event wait until all before it are read. Where half of them
 * waited for less than this share of that, it was full for moments only. */
#define ALWAYS_FULL 0.25

/* Notifying once in so many events leaves this share of its cost to each; fewer than the least are
 * not worth the flag, and more than the most only add to the latency. */
#define SAMPLED_SHARE 0.1
#define SAMPLED_LEAST 16
#define SAMPLED_MOST 1024

/* From then on a perf buffer gains little: docs/measuring.md. */
#define SAMPLED_OF_PERF 500

/* max_entries of a map is a 32-bit number. */
#define RING_MOST (UINT64_C(1) << 31)

/* So many mixed events show their mean size to within a few per cent. */
#define MIXED_EVENTS 1024

enum cost { COST_FINE, COST_NOTIFICATIONS, COST_LOCK, COST_LOOKING, COST_READER, COST_PERF };

struct situation {
	const struct live_workload *workload;
	const struct row *row;
	double alone;         /* ns that an event costs its producer: with nobody reading, */
	double cheapest;      /* with the combination that costs it least, */
	double producer;      /* and with this one */
	double seconds;       /* of all rounds */
	double cpu;           /* share of one CPU */
	double lost;          /* share of the events that were not discarded */
	double wakeups;       /* an event; NAN: not known */
	double cpu_ns;        /* of the consumer, an event */
	double mevents_per_s; /* consumed */
};

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static bool is_path(const struct situation *s, const char *path)
{
	return strcmp(s->row->path, path) == 0;
}

static bool waits(const struct situation *s, const char *wait)
{
	return strcmp(s->row->wait, wait) == 0;
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
	const struct live_workload *workload, double alone)
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

static bool never_sleeps(const struct situation *s)
{
	return waits(s, "busy") || waits(s, "libbpf-spin");
}

/* Looks again after the latency budget, whether or not it is notified. */
static bool sleeps_by_itself(const struct situation *s)
{
	return waits(s, "paced") || waits(s, "libbpf-sleep");
}

static bool waits_for_notifications(const struct situation *s)
{
	/* Of a perf buffer a full one is always notified of. */
	return waits(s, "event") || waits(s, "libbpf-poll") ||
	       (waits(s, "own") && !is_path(s, "perfbuf"));
}

/* Bytes from one record to the next, on average. */
static double mean_stride(const struct live_workload *workload)
{
	uint64_t sum = 0;

	if (workload->event_size > 0)
		return (double)((workload->event_size + (uint64_t)RECORD_HEADER + 7) & ~7ull);
	for (uint64_t id = 0; id < MIXED_EVENTS; id++)
		sum += (live_mixed_size(id) + RECORD_HEADER + 7) & ~7ull;
	return (double)sum / MIXED_EVENTS;
}

/* The smallest power of two from @least on that is no less than @value, but no more than @most. */
static uint64_t power_of_two(double value, uint64_t least, uint64_t most)
{
	uint64_t power = least;

	while (power < most && (double)power < value)
		power *= 2;
	return power;
}

static bool notifies_always(const struct live_workload *workload)
{
	return workload->notify == NOTIFY_DEFAULT || workload->notify == NOTIFY_FORCE;
}

/* Why an event costs its producer much more than alone, as far as the figures can tell. Alone means
 * one producer: what several do to each other is not in it. */
static enum cost cost_of(const struct situation *s)
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
	const struct live_workload *workload = s->workload;
	uint64_t events = power_of_two(
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
	const struct live_workload *workload = s->workload;

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

/* False: an event costs no more than it has to, so nothing was said. */
static bool say_cost(struct style_text *text, const struct situation *s)
{
	switch (cost_of(s)) {
	case COST_NOTIFICATIONS:
		say_notifications(text, s);
		return true;
	case COST_LOCK:
		say_lock(text, s);
		return true;
	case COST_LOOKING:
		say_looking(text, s);
		return true;
	case COST_READER:
		say_reader(text, s);
		return true;
	case COST_PERF:
		say_perf(text, s);
		return true;
	case COST_FINE:
		break;
	}
	return false;
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
		format_size(power_of_two(needed, least, RING_MOST), size, sizeof(size)));
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
	say_cost(text, s);
}

static void say_loss(struct style_text *text, const struct situation *s)
{
	if (s->workload->same_cpu) {
		say_shared_cpu(text, s);
	} else if (waits_for_notifications(s) && s->workload->notify == NOTIFY_NEVER) {
		say_nobody_wakes(text, s);
	} else if (is_always_behind(s)) {
		say_consumer_limits(text, s);
	} else {
		say_ring_too_small(text, s);
		say_cost(text, s);
	}
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
	if (!say_cost(text, s))
		style_append(text, " Ask for less, or give more producers: -rate, -producers.");
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
	if (say_cost(text, s))
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
	if (say_cost(text, s))
		return;
	style_append(text, "%s More producers (-producers) show the consumer's limit.",
		s->cpu < CPU_BUSY ? " The consumer could take more." : "");
}

char *live_verdict(const struct table *table, const struct row *row,
	const struct live_workload *workload, double alone_ns, char *text, size_t size)
{
	const struct situation s = situation_of(table, row, workload, alone_ns);
	const bool lost = row_value(row, METRIC_LOST) > 0;
	struct style_text said = { .text = text, .size = size };

	style_append(&said, "%s", "");
	if (row_value(row, METRIC_CONSUMED) == 0)
		say_nothing_consumed(&said, &s);
	else if (workload->back_to_back > 0)
		say_back_to_back(&said, &s);
	else if (lost)
		say_loss(&said, &s);
	else if (workload->rate == PARSE_RATE_MAX)
		say_producers_limit(&said, &s);
	else if (rate_reached(&s) < RATE_REACHED)
		say_rate_missed(&said, &s);
	else
		say_nothing_limits(&said, &s);
	return text;
}
