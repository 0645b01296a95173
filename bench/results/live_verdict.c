/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What limits a combination and what to change. Losses come first, then a rate that was not
 * reached, then a latency beyond the budget, then what an event costs its producer.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "measure/measure.h"
#include "results/style.h"

/* The rest goes to interrupts and to the host of a virtual machine. */
#define CPU_BUSY 0.85
/* Threads start late and stop early, by some per mille of a second. */
#define RATE_REACHED 0.95
/* If half of the events waited for less of the time to read a full ring, it was full for moments. */
#define ALWAYS_FULL 0.25
/* Producers at full rate run for at least this share of their time; the rest is the loop around. */
#define PRODUCERS_BUSY 0.2
/* A paced consumer polls after the budget and then has to be scheduled. */
#define LATENCY_IN_BUDGETS 2
/* Run delay explains losses and late events that take at most this many times as long. A wakeup
 * that preempts at once has none: docs/measuring.md. */
#define OFF_CPU_EXPLAINS 2
#define OFF_CPU_LEAST_NS 1e6
#define RING_MOST (UINT64_C(1) << 31) /* max_entries of a map is a 32-bit number */

/* Any reader on another CPU takes cache lines away from the producer: up to twice the cost alone and
 * some tens of ns. At a rate, clock reads and cold caches add more, also without a reader. */
#define COST_FACTOR 2
#define COST_MIN_NS 30
#define COST_MIN_AT_RATE_NS 200
#define NOTIFICATION_NS 10000   /* where its interrupt leaves a virtual machine */
#define NOTIFICATIONS_SHARE 0.5 /* of the cost: if they explain it, they are the reason */
#define COST_LIKE_CHEAPEST 1.25 /* within this, a cost is not due to how it reads */
/* Notifying once in N events leaves each event this share of the cost of a notification. Below the
 * least it is not worth the flag; above the most it only adds latency. */
#define SAMPLED_SHARE 0.1
#define SAMPLED_LEAST 16
#define SAMPLED_MOST 1024

/* Why an event costs its producer more than alone: without a reader and with one producer, so
 * without what several producers do to each other. */
enum cost { COST_FINE, COST_NOTIFICATIONS, COST_LOCK, COST_LOOKING, COST_READER, COST_PERF };

static const char *const cost_words[] = {
	[COST_FINE] = "",
	[COST_NOTIFICATIONS] = "; notifications",
	[COST_LOCK] = "; their lock",
	[COST_LOOKING] = "; polls too often",
	[COST_READER] = "; how it reads",
	[COST_PERF] = "; notifications of perf",
};

/* One row and its workload. */
struct situation {
	const struct workload *w;
	struct row *row;
	enum cost cost;
	bool is_batch, is_perf, never_sleeps, notifies_always;
	bool paces; /* polls after the latency budget, notified or not */
	bool has_latency;
	bool kept_off; /* run delay explains the losses, or the latency */

	/* ns an event costs its producer: without a reader, with the combination that costs it
	 * least, with this one, and how much more this is than without a reader. */
	double alone, cheapest, producer, extra;
	double elapsed, off_cpu; /* ns of all rounds; off_cpu may be NAN: unknown */
	double cpu;              /* share of one CPU */
	double produced, consumed, lost, lost_share;
	double wakeups, cpu_ns; /* per event consumed; wakeups may be NAN: unknown */
	double speed;           /* million events consumed a second */
};

static bool waits(const struct row *row, const char *wait)
{
	return strcmp(row->wait, wait) == 0;
}

static enum cost cost_of(const struct situation *s)
{
	const double least = s->w->rate == PARSE_RATE_MAX ? COST_MIN_NS : COST_MIN_AT_RATE_NS;

	if (!(s->alone > 0) || s->producer <= COST_FACTOR * s->alone || s->extra <= least)
		return COST_FINE;
	/* Perf notifies as asked for, however it is read. */
	if (s->is_perf)
		return s->notifies_always ? COST_PERF : COST_FINE;
	if (s->wakeups * NOTIFICATION_NS >= NOTIFICATIONS_SHARE * s->extra)
		return COST_NOTIFICATIONS;
	/* It costs this much however it is read, so the producers cost each other. */
	if (s->w->producers > s->w->rings && s->cheapest > COST_FACTOR * s->alone &&
		s->producer <= COST_LIKE_CHEAPEST * s->cheapest)
		return COST_LOCK;
	/* Unknown wakeups: it may be notifications or polls. */
	return isnan(s->wakeups) ? COST_READER : COST_LOOKING;
}

static struct situation situation_of(
	const struct table *table, struct row *row, const struct workload *w, double alone)
{
	const struct row_group *group = &table->groups[row->group];
	struct situation s = {
		.w = w,
		.row = row,
		.is_batch = strcmp(row->path, "batch") == 0,
		.is_perf = strcmp(row->path, "perfbuf") == 0,
		.never_sleeps = waits(row, "busy") || waits(row, "libbpf-spin"),
		.paces = waits(row, "paced") || waits(row, "libbpf-sleep"),
		.notifies_always = w->notify == NOTIFY_DEFAULT || w->notify == NOTIFY_FORCE,
		.has_latency = row->latency_count > 0,
		.alone = alone,
		.cheapest = INFINITY,
		.producer = row_value(row, METRIC_PRODUCER_NS),
		.elapsed = row_value(row, METRIC_ELAPSED_NS),
		.off_cpu = row_value(row, METRIC_OFF_CPU_NS),
		.produced = row_value(row, METRIC_PRODUCED),
		.consumed = row_value(row, METRIC_CONSUMED),
		.lost = row_value(row, METRIC_LOST),
		.lost_share = row_lost_share(row),
		.cpu_ns = row_value(row, METRIC_CPU_NS),
		.speed = row_mevents_per_s(row),
	};

	for (size_t i = group->first; i < group->first + group->count; i++)
		s.cheapest = fmin(s.cheapest, row_value(&table->rows[i], METRIC_PRODUCER_NS));
	s.extra = s.producer - alone;
	s.cpu = row_value(row, METRIC_CPU_TIME_NS) / s.elapsed;
	s.wakeups = row_value(row, METRIC_WAKEUPS) / s.consumed;
	/* A round without events leaves no medians. */
	if (!row_summary(row, METRIC_NS)->valid) {
		s.cpu_ns = row_value(row, METRIC_CPU_TIME_NS) / s.consumed;
		s.speed = s.consumed / (s.elapsed / 1e3);
	}
	/* Of events that are late at p99, 1 % has to be explained. */
	s.kept_off = s.off_cpu >= OFF_CPU_LEAST_NS &&
		     s.off_cpu * OFF_CPU_EXPLAINS >= (s.lost > 0 ? s.lost_share : 0.01) * s.elapsed;
	s.cost = cost_of(&s);
	return s;
}

/* Adds a sentence, and a few words that rows may share: "the producers", "; notifications". */
__attribute__((format(printf, 3, 4))) static void say(
	const struct situation *s, const char *words, const char *format, ...)
{
	va_list arguments;

	s->row->limited = text("%s%s", s->row->limited, words);
	va_start(arguments, format);
	s->row->verdict = text("%s%s", s->row->verdict, vtext(format, arguments));
	va_end(arguments);
}

static void say_ring(const struct situation *s)
{
	const double doubled = 2 * (double)s->w->ring_size;
	/* What is produced in the consumer's longest pause, about the longest wait, has to fit. */
	const double rate = fmin(s->produced / s->elapsed, s->w->producers / s->alone);
	const double needed =
		rate * workload_mean_stride(s->w) * (double)s->row->latencies[4] / s->w->rings;
	const char *waited = text(" Events waited up to %s", DURATION_TEXT(s->row->latencies[4]));

	say(s, text("the ring is too small%s", cost_words[s->cost]),
		"A %s of %s is too small for the bursts: it filled up, and %s of the events were "
		"lost, %s.",
		s->is_perf ? "buffer" : "ring", SIZE_TEXT(s->w->ring_size),
		style_percent(s->lost_share),
		s->never_sleeps ? text("although half of the events read waited less than %s",
					  DURATION_TEXT(s->row->latencies[0]))
				: text("with the consumer busy for only %s of a CPU",
					  style_percent(s->cpu)));
	if (needed > RING_MOST || doubled > RING_MOST)
		say(s, "",
			"%s; no ring is large enough for that. Find what keeps the consumer from "
			"running.",
			waited);
	else
		say(s, "", "%s -ring-size %s%s%s.",
			s->has_latency ? text("%s, which needs about", waited)
				       : " It needs at least",
			SIZE_TEXT(fmax(doubled, exp2(ceil(log2(needed))))),
			s->paces ? ", or a smaller -latency-budget" : "",
			s->is_perf ? "" : "; -advise finds the size");
}

/* Say what is the case and what to change. True: the cost of producers is also to be said. */
static bool say_loss(const struct situation *s)
{
	const struct workload *w = s->w;
	/* A perf buffer notifies when it is full, in any case. */
	const bool needs_notifications = waits(s->row, "event") || waits(s->row, "libbpf-poll") ||
					 (waits(s->row, "own") && !s->is_perf);
	const double ns_to_read_all =
		(double)w->ring_size / workload_mean_stride(w) * w->rings * 1e3 / s->speed;
	/* All the time. Of a loop that never sleeps, only the latency shows that. */
	const bool is_behind =
		s->never_sleeps && s->has_latency
			? (double)s->row->latencies[0] >= ALWAYS_FULL * ns_to_read_all
			: s->cpu >= CPU_BUSY;

	if (w->same_cpu && !w->overwrite) {
		say(s, "one CPU for all",
			"Producers and consumer share one CPU, and the consumer got %s of it: %s "
			"of the events were lost while the scheduler ran the producers. Give the "
			"consumer a CPU of its own.",
			style_percent(s->cpu), style_percent(s->lost_share));
	} else if (needs_notifications && w->notify == NOTIFY_NEVER) {
		say(s, "nothing wakes the consumer",
			"Nothing wakes the consumer: it sleeps until notified, and with -notify "
			"never producers do not notify; %s of the events were lost. Use -wait "
			"paced, which needs no notifications, or another -notify.",
			style_percent(s->lost_share));
	} else if (w->overwrite) {
		say(s, "the ring overwrites",
			"The ring overwrites its oldest events, as -overwrite asks: %s of the "
			"events were overwritten unread, and %.3g Mev/s were read with %s of a "
			"CPU. A larger -ring-size keeps more events.",
			style_percent(s->lost_share), s->speed, style_percent(s->cpu));
		return true;
	} else if (s->kept_off) {
		say(s, "kept off its CPU",
			"The consumer was kept off its CPU for %s of %s: it was ready to run, and "
			"the scheduler did not run it; %s of the events were lost. Give it a CPU "
			"of its own (-cpu), or repeat on an idle machine; a larger ring would only "
			"hide it.",
			DURATION_TEXT(s->off_cpu), DURATION_TEXT(s->elapsed),
			style_percent(s->lost_share));
	} else if (is_behind) {
		say(s, "the consumer",
			"The consumer is the limit: it was busy for %s of a CPU, and %s of the "
			"events were lost; it takes %.*f ns per event",
			style_percent(s->cpu), style_percent(s->lost_share), s->cpu_ns < 100,
			s->cpu_ns);
		say(s, "",
			"%s. %s less work per event, or read with more consumers, each with rings "
			"of its own.",
			TEXT_IF(w->work_ns > 0, ", %" PRId64 " ns of which are -work", w->work_ns),
			s->is_batch ? "Do" : "Use -mode batch, do");
	} else {
		say_ring(s);
	}
	return false;
}

static bool say_limit(const struct situation *s)
{
	const struct workload *w = s->w;
	/* Of the producers' time, which is shorter than the elapsed time. */
	const double produced_ns = (double)w->duration_ns * (double)s->row->rounds;
	const double reached = s->produced * 1e3 / produced_ns;
	const double asked = (double)w->rate / 1e6;
	const bool is_below = w->rate != PARSE_RATE_MAX && reached / asked < RATE_REACHED;
	/* Share of the time that the producers' programs ran. */
	const double ran = s->produced * s->producer / (produced_ns * w->producers);

	if (s->consumed == 0 && s->lost > 0) {
		say(s, "nothing was consumed",
			"Nothing was consumed, and %.0f events were lost: the consumer never ran. "
			"Give it a CPU of its own (-cpu), or choose another -wait.",
			s->lost);
		return false;
	}
	if (s->consumed == 0) {
		say(s, "nothing was consumed",
			"Nothing was consumed: the producers discarded all of %.0f events. Raise "
			"-rate or -duration, or lower -discard.",
			s->produced);
		return false;
	}
	if (w->back_to_back > 0) {
		say(s, "one thread produces and reads",
			"One thread produces and reads in turns: %.3g Mev/s; each takes %.0f ns to "
			"produce and %.*f ns to read.",
			s->speed, s->producer, s->cpu_ns < 100, s->cpu_ns);
		if (s->lost > 0)
			say(s, "",
				" %s were lost: a turn did not notify, and the next ones were "
				"produced before the consumer polled.",
				style_percent(s->lost_share));
	} else if (s->lost > 0) {
		const bool has_cost = say_loss(s);

		if (is_below)
			say(s, "; below the rate", " The producers reached %.3g of %.3g Mev/s.",
				reached, asked);
		return has_cost;
	} else if (w->rate == PARSE_RATE_MAX && s->cpu >= CPU_BUSY &&
		   s->elapsed > LIVE_STORED * produced_ns) {
		say(s, "the consumer",
			"The consumer is the limit: with %s of a CPU it read for %s what came in "
			"%s. The ring stored that; in a longer run it fills up.",
			style_percent(s->cpu), DURATION_TEXT(s->elapsed),
			DURATION_TEXT(produced_ns));
	} else if (w->rate == PARSE_RATE_MAX && s->producer > 0 && ran < PRODUCERS_BUSY) {
		say(s, "producers kept off their CPUs",
			"The producers were kept off their CPUs: they ran for %s of the time, and "
			"all of their %.3g Mev/s were read. Give them CPUs of their own, or repeat "
			"on an idle machine.",
			style_percent(ran), s->speed);
		return false;
	} else if (w->rate == PARSE_RATE_MAX) {
		say(s, "the producers",
			"The producers are the limit: at full rate they produced %.3g Mev/s, %.0f "
			"ns per event (%.0f ns alone%s), and all events were read with %s of a "
			"CPU.",
			s->speed, s->producer, s->alone, s->is_perf ? ", to a ring" : "",
			style_percent(s->cpu));
		if (!s->cost)
			say(s, "", "%s More -producers show the consumer's limit.",
				s->cpu >= CPU_BUSY ? "" : " The consumer could read more.");
	} else if (is_below) {
		say(s, "the producers, below the rate",
			"The producers cannot sustain the rate: %.3g of %.3g Mev/s (%s), at %.0f "
			"ns per event; none was lost.%s",
			reached, asked, style_percent(reached / asked), s->producer,
			s->cost ? "" : " Lower -rate, or raise -producers.");
	} else if (s->has_latency && (double)s->row->latencies[2] >
					     LATENCY_IN_BUDGETS * (double)w->latency_budget_ns) {
		say(s, "latency exceeds the budget",
			"Latency exceeds the budget: p99 is %s, the budget %s; none was lost.",
			DURATION_TEXT(s->row->latencies[2]), DURATION_TEXT(w->latency_budget_ns));
		if (s->kept_off) {
			say(s, "; kept off its CPU",
				" The consumer was kept off its CPU for %s: give it one of its own "
				"(-cpu), or repeat on an idle machine.",
				DURATION_TEXT(s->off_cpu));
			return false;
		}
		if (!s->cost)
			say(s, "", "%s",
				s->paces ? " Lower -latency-budget, or -timer-slack."
					 : " Use -wait paced or busy.");
	} else {
		say(s, "nothing",
			"Nothing limits it: all of %.3g Mev/s were read, with %s of a CPU%s%s.%s",
			s->speed, style_percent(s->cpu), s->has_latency ? ", p99 " : "",
			s->has_latency ? DURATION_TEXT(s->row->latencies[2]) : "",
			s->cost ? ""
			: s->never_sleeps
				? " It never sleeps: -wait paced leaves the CPU to others."
				: " A higher -rate shows the limit.");
	}
	return true;
}

static void say_cost(const struct situation *s)
{
	const struct workload *w = s->w;
	const double wanted = exp2(ceil(log2((s->producer / s->alone - 1) / SAMPLED_SHARE)));
	double sampled = fmin(SAMPLED_MOST, fmax(SAMPLED_LEAST, wanted));

	if (w->notify == NOTIFY_SAMPLED && sampled <= (double)w->notify_events)
		sampled = 4 * (double)w->notify_events;
	if (s->cost == COST_NOTIFICATIONS)
		say(s, cost_words[s->cost],
			" Notifications cost the producers %.0f ns per event more than alone (%.0f "
			"ns), with %.2g wakeups per event. %s less often: -notify sampled:%.0f.",
			s->extra, s->alone, s->wakeups,
			s->paces ? "Notify" : "Use -wait paced, or notify", sampled);
	else if (s->cost == COST_LOCK)
		say(s, cost_words[s->cost],
			" %" PRIu32 " producers share %" PRIu32 " ring%s and wait for each other's "
			"lock: an event costs at least %.0f ns with any reader, and %.0f ns with "
			"one producer and no reader. Give each producer a ring of its own: -rings "
			"%.0f.",
			w->producers, w->rings, w->rings > 1 ? "s" : "", s->cheapest, s->alone,
			fmin(w->producers, LIVE_RINGS_MAX));
	else if (s->cost == COST_LOOKING)
		say(s, cost_words[s->cost],
			" The consumer polls too often: an event costs its producer %.0f ns more "
			"than alone (%.0f ns), with few wakeups; both access the same cache lines. "
			"%s%s.",
			s->extra, s->alone,
			!s->paces     ? "Use -wait paced with -mode batch"
			: s->is_batch ? "Raise -latency-budget"
				      : "Use -mode batch, which releases many records at once",
			s->never_sleeps && w->notify == NOTIFY_DEFAULT
				? ", or -notify never, as this consumer never sleeps"
				: "");
	else if (s->cost == COST_READER)
		say(s, cost_words[s->cost],
			" The way it reads and waits costs the producers %.0f ns per event more "
			"than alone (%.0f ns). Use -mode batch with -wait paced%s.",
			s->extra, s->alone,
			s->notifies_always ? ", or notify less often: -notify sampled:16" : "");
	else if (s->cost == COST_PERF) /* a rarer notification gains little: docs/measuring.md */
		say(s, cost_words[s->cost],
			" Perf notifies for each event, whether or not the reader sleeps: %.0f ns "
			"per event; writing one to a ring without a reader costs %.0f ns. Use "
			"-notify sampled:500, or a ring instead of a perf buffer.",
			s->producer, s->alone);
}

void live_judge(
	struct table *table, struct row *row, const struct workload *workload, double alone_ns)
{
	const struct situation s = situation_of(table, row, workload, alone_ns);

	row->verdict = row->limited = "";
	if (say_limit(&s))
		say_cost(&s);
}
