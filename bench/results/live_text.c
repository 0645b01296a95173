/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of live: which combination is best and how it compares, what each costs, and what limits
 * it.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "results/style.h"

/* Smaller differences rank rows equal, and the next criterion decides. */
#define LOSS_ALIKE 1e-4
#define LATENCY_ALIKE 1.1
#define CPU_ALIKE 1.05

#define TIME_OF(row, metric) AMOUNT_NS(row_value(row, METRIC_##metric))
#define FIGURE_OF(row, metric) figure(row_value(row, METRIC_##metric))

/* Rounds to steps, which makes being equal transitive. */
static double step_of(double value, double factor)
{
	return isfinite(value) && value > 0 ? round(log(value) / log(factor)) : 1e9;
}

/* At a rate: loss, then p99, then CPU, then the producer's cost. */
static int by_service(const void *a, const void *b)
{
	const void *const sides[] = { a, b };
	double criteria[2][5];
	int order = 0;

	for (int side = 0; side < 2; side++) {
		const struct row *row = *(const struct row *const *)sides[side];
		double *criterion = criteria[side];

		*criterion++ = row_mevents_per_s(row) == 0;
		*criterion++ = round(row_lost_share(row) / LOSS_ALIKE);
		*criterion++ = step_of((double)row->latencies[2], LATENCY_ALIKE);
		*criterion++ = step_of(row_value(row, METRIC_CPU_NS), CPU_ALIKE);
		*criterion++ = row_value(row, METRIC_PRODUCER_NS);
	}
	for (int i = 0; i < 5 && order == 0; i++)
		order = (criteria[0][i] > criteria[1][i]) - (criteria[0][i] < criteria[1][i]);
	return order;
}

/* @value in at most six columns, with the digits that matter. */
static const char *figure(double value)
{
	const int decimals = value <= 0 || value >= 1000 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;

	if (!isfinite(value))
		return "-";
	return value > 0 && value < 0.001 ? text("%.0e", value) : text("%.*f", decimals, value);
}

/* Million events a second, with digits that show a low rate. */
static const char *speed_text(const struct row *row)
{
	const double speed = row_mevents_per_s(row);

	return text("%.*f", speed < 0.1 ? 4 : 2, speed);
}

/* "batch/paced is best: 14.00 Mev/s, 7.00x libbpf-poll [6.95 7.05], 9.0 % of a CPU" */
static void write_headline(
	FILE *out, const struct table *table, const struct row *const *sorted, bool rate)
{
	const struct row *best = sorted[0], *reference = &table->rows[table->groups[0].reference];
	const struct row *other = best == reference && table->row_count > 1 ? sorted[1] : best;
	const struct ratio ratio =
		table_ratio(table, other, reference, rate ? METRIC_CPU_NS : METRIC_NS);
	const bool compared = other != reference && ratio.valid;
	/* At a rate, rows are ranked by figures of which only the last needs to be measured well. */
	const bool decided = compared && (rate ? ratio.verdict != VERDICT_TOO_FEW
					       : verdict_decides(ratio.verdict));

	if (row_mevents_per_s(best) == 0) {
		fputs("Nothing was consumed.\n", out);
		return;
	}
	style_write_wrapped(
		out, TEXTS(decided || other == reference ? ""
			     : compared ? text("undecided, %s: ", verdicts[ratio.verdict].name)
					: "undecided, rounds without events: ",
			     row_name(best), decided ? " is best" : "",
			     text(": %s Mev/s", speed_text(best)),
			     decided && !rate ? table_rival(table, best, sorted[1]) : "",
			     TEXT_IF(row_lost_share(best) > 0, ", %s lost",
				     style_percent(row_lost_share(best))),
			     TEXT_IF(rate && best->latency_count > 0, ", p99 %s",
				     AMOUNT_NS(row_latency(best, 2))),
			     text(", %.1f %% of a CPU", row_value(best, METRIC_CPU_PERCENT)),
			     TEXT_IF(other != best, "; then %s", row_name(other)),
			     !compared ? ""
			     : rate    ? text(" (%.2fx the CPU time of %s)", 1 / ratio.median,
						 row_name(reference))
				       : text(", %s", style_ratio(&ratio, row_name(reference)))));
	if (rate && table->row_count > 1)
		fputs("ranked by loss, p99, CPU, producer's cost, as the rate is fixed\n", out);
}

static void write_table(FILE *out, const struct table *table, const struct row *const *sorted,
	bool rate, bool colour)
{
	const int width = style_width(sorted, table->row_count);

	fprintf(out, "%-*s %6s %7s %6s %6s %6s %5s %6s %7s\n", width, "", "",
		rate ? "CPU" : "speed", "lost", "", "", "CPU", "prod.", "off");
	fprintf(out, "%-*s %6s %7s %6s %6s %6s %5s %6s %7s\n", width, "reader", "Mev/s",
		table->row_count > 1 ? "ratio" : "", "%", "p50", "p99", "%", "ns/ev", "CPU");
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = sorted[i], *baseline = table_baseline(table, row, NULL);
		const struct ratio ratio = table_ratio(
			table, row, baseline ? baseline : row, rate ? METRIC_CPU_NS : METRIC_NS);

		fprintf(out, "%-*s %6s ", width, row_name(row),
			row_summary(row, METRIC_NS)->valid ? speed_text(row) : "-");
		if (baseline && ratio.valid)
			fprintf(out, "%s%6.2f%s%s", style_start(colour, ratio.verdict),
				rate ? 1 / ratio.median : ratio.median,
				verdicts[ratio.verdict].sign, style_end(colour));
		else
			fprintf(out, "%7s", baseline ? "-" : "");
		fprintf(out, " %6s %6s %6s %5s %6s %7s\n", figure(100 * row_lost_share(row)),
			AMOUNT_NS(row_latency(row, 0)), AMOUNT_NS(row_latency(row, 2)),
			FIGURE_OF(row, CPU_PERCENT), FIGURE_OF(row, PRODUCER_NS),
			TIME_OF(row, OFF_CPU_NS));
	}
}

/* A line for all rows that share a limit. */
static void write_limits(FILE *out, const struct table *table, const struct row *const *sorted)
{
	for (size_t i = 0; i < table->row_count; i++) {
		const char *line = text("limit: %s:", sorted[i]->limited);
		size_t first = 0;

		while (strcmp(sorted[first]->limited, sorted[i]->limited) != 0)
			first++;
		if (first < i)
			continue;
		for (size_t j = i; j < table->row_count; j++)
			if (strcmp(sorted[i]->limited, sorted[j]->limited) == 0)
				line = text("%s %s", line, row_name(sorted[j]));
		style_write_wrapped(out, line);
	}
}

static double sum_of(const struct table *table, enum metric metric)
{
	double sum = 0;

	for (size_t i = 0; i < table->row_count; i++)
		sum += row_value(&table->rows[i], metric);
	return sum;
}

/* These sums balance: otherwise the run has failed. */
static void write_account(FILE *out, const struct table *table, const struct workload *workload)
{
	const double discarded = sum_of(table, METRIC_DISCARDED);

	fprintf(out, "events: %.0f produced = %.0f read + %.0f %s%s%s\n",
		sum_of(table, METRIC_PRODUCED), sum_of(table, METRIC_CONSUMED),
		sum_of(table, METRIC_LOST), workload->overwrite ? "overwritten" : "lost",
		TEXT_IF(discarded > 0, " + %.0f discarded", discarded),
		workload->overwrite ? "; none torn" : "");
	for (size_t i = 0; i < table->row_count && workload->order; i++)
		fprintf(out, "out of order: %.0f of %s\n",
			row_value(&table->rows[i], METRIC_OUT_OF_ORDER), row_name(&table->rows[i]));
}

static void write_slowdowns(FILE *out, const struct table *table, const struct measurement *m)
{
	if (!(m->unattached_ns > 0))
		return;
	fprintf(out,
		"\n"
		"Slowdown of the system call: it takes %.0f ns without a BPF program, and %.2fx as\n"
		"long with the program and no reader\n"
		"%-20s %13s %15s\n",
		m->unattached_ns, m->alone_ns / m->unattached_ns, "reader", "vs no program",
		"vs no reader");
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		fprintf(out, "%-20s %12sx %14sx\n", row_name(row),
			FIGURE_OF(row, SLOWDOWN_UNATTACHED), FIGURE_OF(row, SLOWDOWN_ALONE));
}

static void write_bursts(FILE *out, const struct table *table)
{
	if (!(row_value(&table->rows[0], METRIC_BURSTS) > 0))
		return;
	fprintf(out,
		"\nBy burst: time until its last event was read, and events lost\n"
		"%-20s %9s %9s %9s %12s %9s\n",
		"reader", "p50", "max", "bursts", "with losses", "most lost");
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		fprintf(out, "%-20s %9s %9s %9s %12s %9s\n", row_name(row),
			TIME_OF(row, BURST_LATENCY), TIME_OF(row, BURST_LATENCY_MOST),
			FIGURE_OF(row, BURSTS), FIGURE_OF(row, BURSTS_LOSING),
			FIGURE_OF(row, BURST_LOST));
}

/* What the table above has no room for. */
static void write_details(FILE *out, const struct table *table, const struct workload *workload)
{
	fprintf(out, "\n%-19s %6s %6s %6s %13s %6s %5s %5s %5s\n", "reader", "p90", "p99.9", "max",
		"Mev/s, 95 %", "CPU ns", "sleep", "woken", "full%");
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++) {
		const struct summary *ns = row_summary(row, METRIC_NS);
		const double consumed = row_value(row, METRIC_CONSUMED);

		fprintf(out, "%-19s %6s %6s %6s %13s %6s %5s %5s %5s\n", row_name(row),
			AMOUNT_NS(row_latency(row, 1)), AMOUNT_NS(row_latency(row, 3)),
			AMOUNT_NS(row_latency(row, 4)),
			TEXT_IF(ns->has_interval, "[%.2f %.2f]", 1e3 / ns->interval.high,
				1e3 / ns->interval.low),
			FIGURE_OF(row, CPU_NS), figure(row_value(row, METRIC_SLEEPS) / consumed),
			figure(row_value(row, METRIC_WAKEUPS) / consumed),
			figure(100 * row_value(row, METRIC_HIGH_WATER) /
				(double)workload->ring_size));
	}
}

static void write_advice(FILE *out, const struct live_advice *advice)
{
	const struct live_try *last = &advice->tries[advice->try_count - 1];
	const bool stored = advice->saturated && last->lost == 0;

	style_write_wrapped(out,
		advice->ring_size > 0
			? text("Advice: -ring-size %s, verified; the smallest size that lost "
			       "nothing was %s, the rest is margin.",
				  SIZE_TEXT(advice->ring_size), SIZE_TEXT(advice->smallest))
			: text(!stored ? "Advice: none; rings of up to %s lost events."
				       : "Advice: none; a ring of %s only stored what was "
					 "not read in time.",
				  SIZE_TEXT(
					  advice->saturated ? last->ring_size : LIVE_ADVICE_MOST)));
	if (advice->saturated)
		style_write_wrapped(out,
			"The consumer is busy all the time, so a ring of any size fills up: do "
			"less for each event, or read with more consumers.");
	if (advice->off_cpu)
		style_write_wrapped(out,
			"The consumer was kept off its CPU when events were lost: repeat on an "
			"idle machine, or give it a CPU of its own (-cpu).");
	fprintf(out, "\n%-9s %5s %15s %15s %7s\n", "ring size", "runs", "produced", "lost",
		"% full");
	for (size_t i = 0; i < advice->try_count; i++) {
		const struct live_try *try = &advice->tries[i];

		fprintf(out, "%-9s %5" PRIu32 " %15" PRIu64 " %15" PRIu64 " %7s\n",
			SIZE_TEXT(try->ring_size), try->runs, try->produced, try->lost,
			figure(100 * (double)try->high_water / (double)try->ring_size));
	}
	fputc('\n', out);
}

static const char *duration(const char *what, int64_t ns)
{
	return TEXT_IF(ns > 0, ", %s %s", what, DURATION_TEXT(ns));
}

/* What was run, or would have been: settings that differ from the default; with @verbose all. */
static void write_facts(
	FILE *out, const struct table *table, const struct workload *w, bool verbose)
{
	char each[FORMAT_SIZE];

	style_write_wrapped(out,
		TEXTS(text("%" PRIu32 " producer%s", w->producers, w->producers > 1 ? "s" : ""),
			TEXT_IF(verbose || w->producer != PRODUCER_RUN, " (%s)",
				live_producer_names[w->producer]),
			w->burst > 0 ? text(" in bursts of %" PRIu64 " each %s", w->burst,
					       format_duration(w->burst_ns, each, sizeof(each)))
			: w->rate != PARSE_RATE_MAX ? text(" at %" PRIu64 "/s together", w->rate)
						    : " at full rate",
			w->event_size > 0 ? text(", %" PRIu32 " B", w->event_size)
					  : text(", %s", w->mix->name),
			w->event_size > 0                      ? ""
			: strcmp(w->mix->name, MIX_NAMED) == 0 ? " sizes"
			: w->mix->path                         ? ""
							       : " B",
			w->write == LIVE_OUTPUT ? ", written by bpf_ringbuf_output" : "",
			TEXT_IF(w->discard > 0, ", %g %% discarded", w->discard * 100),
			text(", %" PRIu32 " ring%s of ", w->rings, w->rings > 1 ? "s" : ""),
			SIZE_TEXT(w->ring_size), w->source == SOURCE_MEMORY ? " in memory" : "",
			w->overwrite ? ", overwriting" : "",
			TEXT_IF(verbose || w->notify != NOTIFY_DEFAULT, ", notify %s",
				live_notify_text(w)),
			TEXT_IF(w->back_to_back > 0, ", back to back, %" PRIu64 " events a turn",
				w->back_to_back),
			verbose || w->rate != PARSE_RATE_MAX
				? duration("budget", w->latency_budget_ns)
				: "",
			duration("timer slack", w->timer_slack_ns), duration("work", w->work_ns),
			TEXT_IF(verbose && w->consumer_cpu >= 0, ", consumer on CPU %d",
				w->consumer_cpu),
			w->same_cpu ? ", all on one CPU" : "",
			text("; %s each", DURATION_TEXT(w->duration_ns)),
			table->row_count > 0 ? "; " : "",
			table->row_count > 0 ? style_rounds(table) : ""));
}

static void write_notes(FILE *out, const struct table *table, const struct measurement *m)
{
	if (m->alone_ns > 0)
		fprintf(out, "Without a reader an event costs its producer %.1f ns.\n",
			m->alone_ns);
	style_write_wrapped(out,
		"Verified: each event was read once, whole and in order, or counts as lost or "
		"discarded.");
	if (m->workload.order)
		fputs("Latency: from when an event was written until it was handled.\n", out);
	else if (m->workload.rate != PARSE_RATE_MAX)
		fputs("Latency: from when an event was due until it was handled.\n", out);
	else
		style_write_wrapped(out,
			text("Latency: from when an event was written until it was handled; for one in %d.",
				LIVE_STAMP_EVERY));
	fputs("Off CPU: run delay, the time ready to run but not running; sum of all rounds.\n",
		out);
	style_write_oddities(out, table);
	style_write_peers(out, table->peers, "Peers");
	style_write_place(out, table);
	style_write_cautions(out, table, true);
}

void live_write_text(FILE *out, const struct table *table, const struct measurement *m,
	const struct live_advice *advice, bool colour, bool verbose)
{
	const struct row *sorted[COMBINATIONS_MAX];
	/* With -rate, throughput is given and ranks nothing. */
	const bool rate = m->workload.rate != PARSE_RATE_MAX;

	if (advice)
		write_advice(out, advice);
	/* No ring was large enough, so nothing was measured. */
	if (table->row_count == 0) {
		write_facts(out, table, &m->workload, verbose);
		style_write_cautions(out, table, verbose);
		return;
	}
	style_sort(table, &table->groups[0], rate ? by_service : NULL, sorted);
	write_headline(out, table, sorted, rate);
	write_facts(out, table, &m->workload, verbose);
	write_table(out, table, sorted, rate, colour);
	write_limits(out, table, sorted);
	write_account(out, table, &m->workload);
	write_slowdowns(out, table, m);
	write_bursts(out, table);
	if (!verbose) {
		style_write_cautions(out, table, false);
		return;
	}
	write_details(out, table, &m->workload);
	fputc('\n', out);
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		style_write_wrapped(out, text("%s: %s", row_name(row), row->verdict));
	fputc('\n', out);
	write_notes(out, table, m);
}
