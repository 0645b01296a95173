/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of live: which combination is best and how it compares, what each costs, and what limits
 * it.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/values.h"
#include "results/live_table.h"
#include "results/style.h"

#define NAME_SIZE (2 * ROW_NAME_SIZE)
#define CELL_SIZE 32

/* Smaller differences rank rows equal, and the next criterion decides. */
#define LOSS_ALIKE 1e-4
#define LATENCY_ALIKE 1.1
#define CPU_ALIKE 1.05

static double lost_share(const struct row *row)
{
	const double lost = row_value(row, METRIC_LOST);

	return lost > 0 ? lost / (lost + row_value(row, METRIC_CONSUMED)) : 0;
}

/* With -rate, throughput is given and ranks nothing. */
static bool has_rate(const struct workload *workload)
{
	return workload->rate != PARSE_RATE_MAX;
}

/* Rounds to steps, which makes being equal transitive. */
static double step_of(double value, double factor)
{
	return isfinite(value) && value > 0 ? round(log(value) / log(factor)) : 1e9;
}

static int less_first(double x, double y)
{
	return (x > y) - (x < y);
}

static int by_speed(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;

	return less_first(-row_mevents_per_s(x), -row_mevents_per_s(y));
}

/* At a rate: loss, then p99, then CPU, then the producer's cost. */
static int by_service(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
	int order = less_first(row_mevents_per_s(x) == 0, row_mevents_per_s(y) == 0);

	if (!order)
		order = less_first(
			round(lost_share(x) / LOSS_ALIKE), round(lost_share(y) / LOSS_ALIKE));
	if (!order)
		order = less_first(step_of((double)x->latencies[2], LATENCY_ALIKE),
			step_of((double)y->latencies[2], LATENCY_ALIKE));
	if (!order)
		order = less_first(step_of(row_value(x, METRIC_CPU_NS), CPU_ALIKE),
			step_of(row_value(y, METRIC_CPU_NS), CPU_ALIKE));
	return order ? order
		     : less_first(
			       row_value(x, METRIC_PRODUCER_NS), row_value(y, METRIC_PRODUCER_NS));
}

/* "950ns", "20.3us", "1.02ms": at most six columns. */
static const char *time_text(char text[CELL_SIZE], double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	int unit = 0;

	for (; ns >= 999.5 && unit < 3; unit++)
		ns /= 1000;
	if (!isfinite(ns))
		snprintf(text, CELL_SIZE, "-");
	else
		snprintf(text, CELL_SIZE, "%.*f%s",
			unit == 0 || ns >= 99.95 ? 0
			: ns >= 9.995            ? 1
						 : 2,
			ns, units[unit]);
	return text;
}

/* @value in at most six columns, with the digits that matter. */
static const char *figure(char *text, double value)
{
	const int decimals = value <= 0 || value >= 1000 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;

	if (!isfinite(value))
		snprintf(text, CELL_SIZE, "-");
	else if (value > 0 && value < 0.001)
		snprintf(text, CELL_SIZE, "%.0e", value);
	else
		snprintf(text, CELL_SIZE, "%.*f", decimals, value);
	return text;
}

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

/* "batch/paced is best: 14.00 Mev/s, 7.00x libbpf-poll [6.95 7.05], 9.0 % of a CPU" */
static void write_headline(FILE *out, const struct table *table, const struct row *const *sorted,
	const struct workload *workload)
{
	const struct row *best = sorted[0], *reference = &table->rows[table->groups[0].reference];
	const enum metric metric = has_rate(workload) ? METRIC_CPU_NS : METRIC_NS;
	const struct row *other = best == reference && table->row_count > 1 ? sorted[1] : best;
	const struct ratio ratio = table_ratio(table, other, reference, metric);
	const bool compared = other != reference && ratio.valid;
	char line[512] = "", name[NAME_SIZE], text[256], cell[CELL_SIZE];
	struct style_text all = { .text = line, .size = sizeof(line) };

	if (row_mevents_per_s(best) == 0) {
		fputs("Nothing was consumed.\n", out);
		return;
	}
	if (compared && !has_rate(workload) && !verdict_decides(ratio.verdict))
		style_append(&all, "undecided, %s: %s", verdict_name(ratio.verdict),
			row_name(best, name));
	else
		style_append(
			&all, "%s%s", row_name(best, name), table->row_count > 1 ? " is best" : "");
	style_append(&all, ": %.2f Mev/s", row_mevents_per_s(best));
	if (lost_share(best) > 0)
		style_append(
			&all, ", %s lost", style_percent(cell, sizeof(cell), lost_share(best)));
	if (has_rate(workload) && best->latency_count > 0)
		style_append(&all, ", p99 %s", time_text(cell, (double)best->latencies[2]));
	style_append(&all, ", %.1f %% of a CPU", row_value(best, METRIC_CPU_PERCENT));
	if (other != best)
		style_append(&all, "; then %s", row_name(other, name));
	if (compared && has_rate(workload))
		style_append(
			&all, " (%.2fx that of %s)", 1 / ratio.median, row_name(reference, name));
	else if (compared)
		style_append(&all, ", %s",
			style_ratio(text, sizeof(text), &ratio, row_name(reference, name)));
	style_write_wrapped(out, line);
	if (has_rate(workload) && table->row_count > 1)
		fputs("ranked by loss, p99, CPU, producer's cost, as the rate is fixed\n", out);
}

#define COLUMNS_FORMAT " %6s %7s %6s %6s %6s %5s %6s %7s\n"

static void write_row(FILE *out, const struct table *table, const struct row *row, int width,
	enum metric metric, bool colour)
{
	const struct row *baseline = table_baseline(table, row, NULL);
	const struct ratio ratio = table_ratio(table, row, baseline ? baseline : row, metric);
	const double lost = lost_share(row);
	char name[NAME_SIZE], cells[7][CELL_SIZE];

	fprintf(out, "%-*s ", width, row_name(row, name));
	if (row_summary(row, METRIC_NS)->valid)
		fprintf(out, "%6.2f ", row_mevents_per_s(row));
	else
		fprintf(out, "%6s ", "-");
	if (baseline && ratio.valid)
		fprintf(out, "%s%6.2f%s%s", style_start(colour, ratio.verdict),
			metric == METRIC_CPU_NS ? 1 / ratio.median : ratio.median,
			verdict_sign(ratio.verdict), style_end(colour));
	else
		fprintf(out, "%7s", baseline ? "-" : "");
	fprintf(out, " %6s %6s %6s %5s %6s %7s\n", lost > 0 ? figure(cells[0], 100 * lost) : "0",
		row->latency_count ? time_text(cells[1], (double)row->latencies[0]) : "-",
		row->latency_count ? time_text(cells[2], (double)row->latencies[2]) : "-",
		figure(cells[3], row_value(row, METRIC_CPU_PERCENT)),
		figure(cells[4], row_value(row, METRIC_PRODUCER_NS)),
		time_text(cells[5], row_value(row, METRIC_OFF_CPU_NS)));
}

static void write_table(FILE *out, const struct table *table, const struct row *const *sorted,
	const struct workload *workload, bool colour)
{
	const enum metric metric = has_rate(workload) ? METRIC_CPU_NS : METRIC_NS;
	const int width = style_width(sorted, table->row_count);

	fprintf(out, "%-*s" COLUMNS_FORMAT, width, "", "",
		metric == METRIC_CPU_NS ? "CPU" : "speed", "lost", "", "", "CPU", "prod.", "off");
	fprintf(out, "%-*s" COLUMNS_FORMAT, width, "reader", "Mev/s",
		table->row_count > 1 ? "ratio" : "", "%", "p50", "p99", "%", "ns/ev", "CPU");
	for (size_t i = 0; i < table->row_count; i++)
		write_row(out, table, sorted[i], width, metric, colour);
}

/* A line for all rows that share a limit. */
static void write_limits(FILE *out, const struct table *table, const struct row *const *sorted)
{
	char name[NAME_SIZE], line[512];

	for (size_t i = 0; i < table->row_count; i++) {
		struct style_text text = { .text = line, .size = sizeof(line) };
		size_t first = 0;

		while (strcmp(sorted[first]->limited, sorted[i]->limited) != 0)
			first++;
		if (first < i)
			continue;
		style_append(&text, "limit: %s:", sorted[i]->limited);
		for (size_t j = i; j < table->row_count; j++)
			if (strcmp(sorted[i]->limited, sorted[j]->limited) == 0)
				style_append(&text, " %s", row_name(sorted[j], name));
		style_write_wrapped(out, line);
	}
}

/* These sums balance: otherwise the run has failed. */
static void write_account(FILE *out, const struct table *table, const struct workload *workload)
{
	char name[NAME_SIZE];
	double sums[4] = { 0 };
	static const enum metric parts[] = { METRIC_PRODUCED, METRIC_CONSUMED, METRIC_LOST,
		METRIC_DISCARDED };

	for (size_t i = 0; i < table->row_count; i++)
		for (int part = 0; part < 4; part++)
			sums[part] += row_value(&table->rows[i], parts[part]);
	fprintf(out, "events: %.0f produced = %.0f read + %.0f %s", sums[0], sums[1], sums[2],
		workload->overwrite ? "overwritten" : "lost");
	if (sums[3] > 0)
		fprintf(out, " + %.0f discarded", sums[3]);
	fputs(workload->overwrite ? "; none torn\n" : "\n", out);
	for (size_t i = 0; i < table->row_count && workload->order; i++)
		fprintf(out, "out of order: %.0f of %s\n",
			row_value(&table->rows[i], METRIC_OUT_OF_ORDER),
			row_name(&table->rows[i], name));
}

static void write_slowdowns(FILE *out, const struct table *table, const struct measurement *m)
{
	char unattached[CELL_SIZE], alone[CELL_SIZE], name[NAME_SIZE];

	if (!(m->unattached_ns > 0))
		return;
	fprintf(out,
		"\n"
		"Slowdown of the system call: it takes %.0f ns without a BPF program, and %.2fx "
		"as\n"
		"long with the program and no reader\n"
		"%-20s %13s %15s\n",
		m->unattached_ns, m->alone_ns / m->unattached_ns, "reader", "vs no program",
		"vs no reader");
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		fprintf(out, "%-20s %12sx %14sx\n", row_name(row, name),
			figure(unattached, row_value(row, METRIC_SLOWDOWN_UNATTACHED)),
			figure(alone, row_value(row, METRIC_SLOWDOWN_ALONE)));
	}
}

static void write_bursts(FILE *out, const struct table *table)
{
	char name[NAME_SIZE], cells[5][CELL_SIZE];

	if (!(row_value(&table->rows[0], METRIC_BURSTS) > 0))
		return;
	fprintf(out,
		"\nBy burst: time until its last event was read, and events lost\n"
		"%-20s %9s %9s %9s %12s %9s\n",
		"reader", "p50", "max", "bursts", "with losses", "most lost");
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		fprintf(out, "%-20s %9s %9s %9s %12s %9s\n", row_name(row, name),
			time_text(cells[0], row_value(row, METRIC_BURST_LATENCY)),
			time_text(cells[1], row_value(row, METRIC_BURST_LATENCY_MOST)),
			figure(cells[2], row_value(row, METRIC_BURSTS)),
			figure(cells[3], row_value(row, METRIC_BURSTS_LOSING)),
			figure(cells[4], row_value(row, METRIC_BURST_LOST)));
	}
}

/* What the table above has no room for. */
static void write_details(FILE *out, const struct table *table, const struct workload *workload)
{
	static const int more[] = { 1, 3, 4 }; /* of latency_names: p90, p99.9, max */
	char name[NAME_SIZE], cells[8][CELL_SIZE] = { "" };

	fprintf(out, "\n%-19s %6s %6s %6s %13s %6s %6s %6s %5s\n", "reader", "p90", "p99.9", "max",
		"Mev/s, 95 %", "CPU ns", "sleeps", "woken", "full%");
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];
		const struct summary *ns = row_summary(row, METRIC_NS);
		const double consumed = row_value(row, METRIC_CONSUMED);

		for (int q = 0; q < 3; q++)
			time_text(cells[q],
				row->latency_count ? (double)row->latencies[more[q]] : NAN);
		if (ns->has_interval)
			snprintf(cells[3], CELL_SIZE, "[%.2f %.2f]", 1e3 / ns->interval.high,
				1e3 / ns->interval.low);
		fprintf(out, "%-19s %6s %6s %6s %13s %6s %6s %6s %5s\n", row_name(row, name),
			cells[0], cells[1], cells[2], ns->has_interval ? cells[3] : "",
			figure(cells[4], row_value(row, METRIC_CPU_NS)),
			figure(cells[5], share(row_value(row, METRIC_SLEEPS), consumed)),
			figure(cells[6], share(row_value(row, METRIC_WAKEUPS), consumed)),
			figure(cells[7], 100 * share(row_value(row, METRIC_HIGH_WATER),
						       (double)workload->ring_size)));
	}
}

static void write_verdicts(FILE *out, const struct table *table)
{
	char name[NAME_SIZE], paragraph[1024];

	fputc('\n', out);
	for (size_t i = 0; i < table->row_count; i++) {
		snprintf(paragraph, sizeof(paragraph), "%s: %s", row_name(&table->rows[i], name),
			table->rows[i].verdict);
		style_write_wrapped(out, paragraph);
	}
}

static void write_tries(FILE *out, const struct live_advice *advice)
{
	char size[FORMAT_SIZE], full[CELL_SIZE];

	fprintf(out, "\n%-9s %5s %15s %15s %7s\n", "ring size", "runs", "produced", "lost",
		"% full");
	for (size_t i = 0; i < advice->try_count; i++) {
		const struct live_try *try = &advice->tries[i];

		fprintf(out, "%-9s %5" PRIu32 " %15" PRIu64 " %15" PRIu64 " %7s\n",
			format_size(try->ring_size, size, sizeof(size)), try->runs, try->produced,
			try->lost,
			figure(full, 100 * (double)try->high_water / (double)try->ring_size));
	}
}

static void write_advice(FILE *out, const struct live_advice *advice)
{
	char size[FORMAT_SIZE], smallest[FORMAT_SIZE], line[256] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };

	if (advice->ring_size > 0)
		style_append(&text,
			"Advice: -ring-size %s, verified; the smallest size that lost nothing was "
			"%s, the rest is margin.",
			format_size(advice->ring_size, size, sizeof(size)),
			format_size(advice->smallest, smallest, sizeof(smallest)));
	else
		style_append(&text, "Advice: none; rings of up to %s lost events.",
			format_size(LIVE_ADVICE_MOST, size, sizeof(size)));
	style_write_wrapped(out, line);
	if (advice->saturated)
		style_write_wrapped(out,
			"The consumer is busy all the time, so a ring of any size fills up: "
			"do less for each event, or read with more consumers.");
	if (advice->off_cpu)
		style_write_wrapped(out,
			"The consumer was kept off its CPU when events were lost: repeat on an idle "
			"machine, or give it a CPU of its own (-cpu).");
	write_tries(out, advice);
	fputc('\n', out);
}

static void append_duration(struct style_text *text, const char *what, int64_t ns)
{
	char duration[FORMAT_SIZE];

	if (ns > 0)
		style_append(text, ", %s %s", what,
			format_duration_short(ns, duration, sizeof(duration)));
}

/* Settings that differ from the default; with @verbose all. */
static void append_workload(struct style_text *text, const struct workload *w, bool verbose)
{
	char size[FORMAT_SIZE], duration[FORMAT_SIZE], notify[LIVE_TEXT_SIZE];

	style_append(text, "%" PRIu32 " producer%s", w->producers, w->producers > 1 ? "s" : "");
	if (verbose || w->producer != PRODUCER_RUN)
		style_append(text, " (%s)", live_producer_names[w->producer]);
	if (w->burst > 0)
		style_append(text, " in bursts of %" PRIu64 " each %s", w->burst,
			format_duration(w->burst_ns, duration, sizeof(duration)));
	else if (has_rate(w))
		style_append(text, " at %" PRIu64 "/s together", w->rate);
	else
		style_append(text, " at full rate");
	if (w->event_size > 0)
		style_append(text, ", %" PRIu32 " B", w->event_size);
	else
		style_append(text, strcmp(w->mix->name, MIX_NAMED) == 0 ? ", %s sizes" : ", %s B",
			w->mix->name);
	if (w->write == LIVE_OUTPUT)
		style_append(text, ", written by bpf_ringbuf_output");
	if (w->discard > 0)
		style_append(text, ", %g %% discarded", w->discard * 100);
	style_append(text, ", %" PRIu32 " ring%s of %s%s", w->rings, w->rings > 1 ? "s" : "",
		format_size(w->ring_size, size, sizeof(size)),
		w->source == SOURCE_MEMORY ? " in memory" : "");
	if (w->overwrite)
		style_append(text, ", overwriting");
	if (verbose || w->notify != NOTIFY_DEFAULT)
		style_append(text, ", notify %s", live_notify_text(w, notify));
	if (w->back_to_back > 0)
		style_append(text, ", back to back, %" PRIu64 " events a turn", w->back_to_back);
	if (verbose || has_rate(w))
		append_duration(text, "budget", w->latency_budget_ns);
	append_duration(text, "timer slack", w->timer_slack_ns);
	append_duration(text, "work", w->work_ns);
	if (verbose && w->consumer_cpu >= 0)
		style_append(text, ", consumer on CPU %d", w->consumer_cpu);
	if (w->same_cpu)
		style_append(text, ", all on one CPU");
}

/* What was run; if nothing was measured, what would have been. */
static void write_facts(
	FILE *out, const struct table *table, const struct workload *workload, bool verbose)
{
	char line[512] = "", duration[FORMAT_SIZE];
	struct style_text text = { .text = line, .size = sizeof(line) };

	append_workload(&text, workload, verbose);
	style_append(&text, "; %s each",
		format_duration_short(workload->duration_ns, duration, sizeof(duration)));
	if (table->row_count > 0) {
		style_append(&text, "; ");
		style_append_rounds(&text, table);
	}
	style_write_wrapped(out, line);
}

static void write_notes(
	FILE *out, const struct table *table, const struct workload *workload, double alone)
{
	fputc('\n', out);
	if (alone > 0)
		fprintf(out, "Without a reader an event costs its producer %.1f ns.\n", alone);
	fputs("Verified: each event was read once, whole and in order, or counts as lost or\n  discarded.\n",
		out);
	if (workload->order)
		fputs("Latency: from when an event was written until it was handled.\n", out);
	else if (has_rate(workload))
		fputs("Latency: from when an event was due until it was handled.\n", out);
	else
		fprintf(out,
			"Latency: from when an event was written until it was handled; measured "
			"for one in %d.\n",
			LIVE_STAMP_EVERY);
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

	if (advice)
		write_advice(out, advice);
	/* No ring was large enough, so nothing was measured. */
	if (table->row_count == 0) {
		write_facts(out, table, &m->workload, verbose);
		style_write_cautions(out, table, verbose);
		return;
	}
	for (size_t i = 0; i < table->row_count; i++)
		sorted[i] = &table->rows[i];
	qsort(sorted, table->row_count, sizeof(*sorted),
		has_rate(&m->workload) ? by_service : by_speed);
	write_headline(out, table, sorted, &m->workload);
	write_facts(out, table, &m->workload, verbose);
	write_table(out, table, sorted, &m->workload, colour);
	write_limits(out, table, sorted);
	write_account(out, table, &m->workload);
	write_slowdowns(out, table, m);
	write_bursts(out, table);
	if (!verbose) {
		style_write_cautions(out, table, false);
		return;
	}
	write_details(out, table, &m->workload);
	write_verdicts(out, table);
	write_notes(out, table, &m->workload, m->alone_ns);
}
