/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which combination is best and how it compares with libbpf's loop, what each costs, and what
 * limits it.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "results/live_table.h"
#include "rings/plan.h"
#include "results/style.h"

#define NAME_SIZE (2 * ROW_NAME_SIZE)
#define CELL_SIZE 32

/* At a given rate all that keep up consume the same, up to an event here or there. */
#define RATES_ALIKE 0.98

/* What an event costs its producer and its consumer together. */
static double cost_of(const struct row *row)
{
	return row_value(row, METRIC_CPU_NS) + row_value(row, METRIC_PRODUCER_NS);
}

/* The row that consumes most, and of those that consume as much the cheapest. @except is left out.
 * NULL: nothing was consumed. */
static const struct row *best_of(const struct table *table, size_t except)
{
	const struct row *best = NULL;
	double most = 0;

	for (size_t i = 0; i < table->row_count; i++)
		if (i != except)
			most = fmax(most, row_mevents_per_s(&table->rows[i]));
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		if (i == except || !row_summary(row, METRIC_NS)->valid ||
			row_mevents_per_s(row) < RATES_ALIKE * most)
			continue;
		if (!best || cost_of(row) < cost_of(best))
			best = row;
	}
	return best;
}

/* "batch/paced consumes 6.73x as many events a second as libbpf-poll [6.51, 6.98]: faster" */
static void write_speed(
	FILE *out, const struct table *table, const struct row_ratio *r, bool colour)
{
	const struct ratio *ratio = &r->ratio;
	char name[NAME_SIZE], baseline[NAME_SIZE];

	if (!ratio->valid)
		return;
	fprintf(out, "%s consumes %.2fx as many events a second as %s",
		row_name(&table->rows[r->row], name), ratio->median,
		row_name(&table->rows[r->baseline], baseline));
	if (ratio->has_interval)
		fprintf(out, " [%.2f, %.2f]", ratio->interval.low, ratio->interval.high);
	fprintf(out, ": %s%s%s\n", style_start(colour, ratio->verdict),
		verdict_name(ratio->verdict), style_end(colour));
}

static const char *cost_verdict(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_FASTER:
		return "less";
	case VERDICT_SLOWER:
		return "more";
	case VERDICT_SAME:
	case VERDICT_UNCLEAR:
		break;
	}
	return verdict_name(verdict);
}

/* "  its consumer's CPU time an event: 11.0 % of that [10.6, 11.4]: less" */
static void write_cost(FILE *out, const char *what, const struct row_ratio *r, bool colour)
{
	const struct ratio *ratio = &r->ratio;

	if (!ratio->valid)
		return;
	fprintf(out, "  %s %.1f %% of that", what, 100 / ratio->median);
	if (ratio->has_interval)
		fprintf(out, " [%.1f, %.1f]", 100 / ratio->interval.high,
			100 / ratio->interval.low);
	fprintf(out, ": %s%s%s\n", style_start(colour, ratio->verdict),
		cost_verdict(ratio->verdict), style_end(colour));
}

static void write_headline(FILE *out, const struct table *table, bool colour)
{
	const size_t reference = table->groups[0].reference;
	const struct row *best = best_of(table, SIZE_MAX), *other = best;
	char name[NAME_SIZE];

	if (!best) {
		fputs("Nothing was consumed.\n", out);
		return;
	}
	fprintf(out, "Best of %zu: %s, %.2f Mev/s for %.1f %% of a CPU", table->row_count,
		row_name(best, name), row_mevents_per_s(best), row_value(best, METRIC_CPU_PERCENT));
	if (best == &table->rows[reference]) {
		other = best_of(table, reference);
		if (other)
			fprintf(out, "; then %s", row_name(other, name));
	}
	fputs(".\n", out);
	if (!other || !table_ratio(table, other, NULL, METRIC_NS))
		return;
	write_speed(out, table, table_ratio(table, other, NULL, METRIC_NS), colour);
	write_cost(out, "CPU time of the consumer, an event:",
		table_ratio(table, other, NULL, METRIC_CPU_NS), colour);
	write_cost(out, "time of the producer, an event:",
		table_ratio(table, other, NULL, METRIC_PRODUCER_NS), colour);
}

/* @value in at most seven columns, with the digits that matter. */
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

/* Of Mev/s: the times' own, turned over. */
static const char *interval_of(char *text, const struct summary *ns)
{
	if (ns->has_interval)
		snprintf(text, CELL_SIZE, "[%.2f, %.2f]", 1e3 / ns->interval.high,
			1e3 / ns->interval.low);
	else
		text[0] = '\0';
	return text;
}

#define COMBINATION_FORMAT "%-6s %-12s"
#define OWN_FORMAT "%-19s" /* as wide */
#define COSTS_FORMAT " %5s %6s %5s %6s %7s %7s %6s\n"

static void write_combination(FILE *out, const struct row *row)
{
	if (strcmp(row->wait, "own") == 0)
		fprintf(out, OWN_FORMAT, row->path);
	else
		fprintf(out, COMBINATION_FORMAT, row->path, row->wait);
}

static void write_throughput_row(FILE *out, const struct table *table, const struct row *row,
	const struct live_workload *workload, bool colour)
{
	const struct row_ratio *ratio = table_ratio(table, row, NULL, METRIC_NS);
	const enum verdict verdict = ratio ? ratio->ratio.verdict : VERDICT_SAME;
	const double consumed = row_value(row, METRIC_CONSUMED), lost = row_value(row, METRIC_LOST);
	char speed[CELL_SIZE] = "-", interval[CELL_SIZE], times[CELL_SIZE], cells[7][CELL_SIZE];

	if (row_summary(row, METRIC_NS)->valid)
		snprintf(speed, sizeof(speed), "%.2f", row_mevents_per_s(row));
	write_combination(out, row);
	fprintf(out, " %6s %-14s", speed, interval_of(interval, row_summary(row, METRIC_NS)));
	fprintf(out, " %s%7s%s", style_start(colour, verdict),
		style_ratio(times, sizeof(times), ratio ? &ratio->ratio : NULL), style_end(colour));
	fprintf(out, COSTS_FORMAT, figure(cells[0], 100 * share(lost, lost + consumed)),
		figure(cells[1], row_value(row, METRIC_PRODUCER_NS)),
		figure(cells[2], row_value(row, METRIC_CPU_PERCENT)),
		figure(cells[3], row_value(row, METRIC_CPU_NS)),
		figure(cells[4], share(row_value(row, METRIC_SLEEPS), consumed)),
		figure(cells[5], share(row_value(row, METRIC_WAKEUPS), consumed)),
		figure(cells[6], 100 * share(row_value(row, METRIC_HIGH_WATER),
					       (double)workload->ring_size)));
}

static void write_throughput(FILE *out, const struct table *table,
	const struct live_workload *workload, double alone, bool colour)
{
	char name[NAME_SIZE];

	fputs("\nThroughput, and what it costs", out);
	if (table->ratio_count > 0)
		fprintf(out, "; ratio: events a second to those of %s",
			row_name(&table->rows[table->groups[0].reference], name));
	if (alone > 0)
		fprintf(out, ";\nwith nobody reading an event costs its producer %.1f ns", alone);
	fputc('\n', out);
	fprintf(out, COMBINATION_FORMAT " %6s %-14s %7s" COSTS_FORMAT, "", "", "", "", "", "lost",
		"prod.", "CPU", "CPU", "sleeps", "wakeups", "ring");
	fprintf(out, COMBINATION_FORMAT " %6s %-14s %7s" COSTS_FORMAT, "path", "wait", "Mev/s",
		"95 % interval", "ratio", "%", "ns/ev", "%", "ns/ev", "/ev", "/ev", "% full");
	for (size_t i = 0; i < table->row_count; i++)
		write_throughput_row(out, table, &table->rows[i], workload, colour);
}

static void write_slowdowns(FILE *out, const struct table *table, const struct live_measurement *m)
{
	char unattached[CELL_SIZE], alone[CELL_SIZE];

	if (!(m->unattached_ns > 0))
		return;
	fprintf(out,
		"\nSlowdown of the system call; it takes %.0f ns with no program attached, and "
		"%.2fx as\nlong with one and nobody reading\n" COMBINATION_FORMAT " %13s %15s\n",
		m->unattached_ns, m->alone_ns / m->unattached_ns, "path", "wait", "to no program",
		"to nobody reads");
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		write_combination(out, row);
		fprintf(out, " %12sx %14sx\n",
			figure(unattached, row_value(row, METRIC_SLOWDOWN_UNATTACHED)),
			figure(alone, row_value(row, METRIC_SLOWDOWN_ALONE)));
	}
}

static void write_latency(FILE *out, const struct table *table)
{
	fprintf(out, "\nLatency in µs\n" COMBINATION_FORMAT " %10s %10s %10s %10s %10s %12s\n",
		"path", "wait", "p50", "p90", "p99", "p99.9", "max", "events");
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		write_combination(out, row);
		for (int q = 0; q < LATENCIES; q++)
			if (row->latency_count > 0)
				fprintf(out, " %10.1f", (double)row->latencies[q] / 1e3);
			else
				fprintf(out, " %10s", "-");
		fprintf(out, " %12" PRIu64 "\n", row->latency_count);
	}
}

static void write_balance(FILE *out, const struct table *table)
{
	fprintf(out, "\nEvents of all rounds\n" COMBINATION_FORMAT " %15s   %15s   %15s   %15s\n",
		"path", "wait", "produced", "consumed", "lost", "discarded");
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		write_combination(out, row);
		fprintf(out, " %15.0f = %15.0f + %15.0f + %15.0f\n",
			row_value(row, METRIC_PRODUCED), row_value(row, METRIC_CONSUMED),
			row_value(row, METRIC_LOST), row_value(row, METRIC_DISCARDED));
	}
}

static void write_verdicts(FILE *out, const struct table *table)
{
	char name[NAME_SIZE], paragraph[LIVE_VERDICT_SIZE + NAME_SIZE + 2];

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
	char size[FORMAT_SIZE];

	if (advice->ring_size > 0)
		fprintf(out, "Advice: -ring-size %s, the smallest that lost nothing%s.\n",
			format_size(advice->ring_size, size, sizeof(size)),
			advice->saturated ? ", though with no time to spare" : "");
	else
		fprintf(out, "Advice: none; rings of up to %s lost events.\n",
			format_size(LIVE_ADVICE_MOST, size, sizeof(size)));
	if (advice->saturated)
		style_write_wrapped(out,
			"The consumer is busy all the time, and then a ring of any size fills up: "
			"do less for each event, or read with more consumers.");
	write_tries(out, advice);
}

static void append_producers(struct style_text *text, const struct live_workload *workload)
{
	style_append(text, "%" PRIu32 " producer%s (%s)", workload->producers,
		workload->producers > 1 ? "s" : "", live_producer_names[workload->producer]);
	if (workload->rate == PARSE_RATE_MAX)
		style_append(text, " as fast as they can");
	else
		style_append(text, " at %" PRIu64 " events a second together", workload->rate);
	if (workload->event_size > 0)
		style_append(text, ", events of %" PRIu32 " B", workload->event_size);
	else
		style_append(text, ", events of mixed sizes");
	if (workload->write == LIVE_OUTPUT)
		style_append(text, ", written by bpf_ringbuf_output");
	if (workload->discard > 0)
		style_append(text, ", %g %% discarded", workload->discard * 100);
}

static void append_duration(struct style_text *text, const char *what, int64_t ns)
{
	char duration[FORMAT_SIZE];

	if (ns > 0)
		style_append(text, ", %s %s", what,
			format_duration_short(ns, duration, sizeof(duration)));
}

static void write_workload(FILE *out, const struct live_workload *workload)
{
	char workload_text[512] = "", size[FORMAT_SIZE], notify[LIVE_NOTIFY_SIZE];
	struct style_text text = { .text = workload_text, .size = sizeof(workload_text) };

	style_append(&text, "Workload: ");
	append_producers(&text, workload);
	style_append(&text, ", %" PRIu32 " ring%s of %s%s", workload->rings,
		workload->rings > 1 ? "s" : "",
		format_size(workload->ring_size, size, sizeof(size)),
		workload->source == SOURCE_MEMORY ? " in plain memory" : "");
	style_append(&text, ", notify %s", live_notify_text(workload, notify, sizeof(notify)));
	if (workload->back_to_back > 0)
		style_append(
			&text, ", back to back, %" PRIu64 " events a turn", workload->back_to_back);
	append_duration(&text, "latency budget", workload->latency_budget_ns);
	append_duration(&text, "timer slack", workload->timer_slack_ns);
	append_duration(&text, "work an event", workload->work_ns);
	if (workload->consumer_cpu >= 0)
		style_append(&text, ", consumer on CPU %d", workload->consumer_cpu);
	if (workload->same_cpu)
		style_append(&text, ", with the producers");
	style_append(&text, ".");
	style_write_wrapped(out, workload_text);
}

static void write_notes(FILE *out, const struct table *table, const struct live_workload *workload)
{
	const struct row_group *group = &table->groups[0];
	char duration[FORMAT_SIZE], name[NAME_SIZE];

	fprintf(out, "\nRun: %zu rounds in balanced order, each combination %s in each.\n",
		table->rows[0].rounds,
		format_duration_short(workload->duration_ns, duration, sizeof(duration)));
	write_workload(out, workload);
	fputs("Verified: each event was read once, whole and in order, or counts as lost or discarded.\n",
		out);
	if (workload->rate == PARSE_RATE_MAX)
		fprintf(out,
			"Latency: from when an event was written until it was handled; one of %d.\n",
			LIVE_STAMP_EVERY);
	else
		fputs("Latency: from when an event was due until it was handled.\n", out);
	if (group->twin)
		style_write_noise(
			out, row_name(&table->rows[group->reference], name), group->noise);
	style_write_oddities(out, table);
	style_write_peers(out, table->peers, "Peers");
	style_write_place(out, table->machine, NULL);
}

void live_write_text(FILE *out, const struct table *table, const struct live_measurement *m,
	const struct live_advice *advice, bool colour)
{
	if (advice) {
		write_advice(out, advice);
		fputc('\n', out);
	}
	/* No ring was large enough, so nothing was measured. */
	if (table->row_count == 0) {
		write_workload(out, &m->workload);
		style_write_place(out, table->machine, NULL);
		return;
	}
	write_headline(out, table, colour);
	write_throughput(out, table, &m->workload, m->alone_ns, colour);
	write_slowdowns(out, table, m);
	write_latency(out, table);
	write_balance(out, table);
	write_verdicts(out, table);
	write_notes(out, table, &m->workload);
}
