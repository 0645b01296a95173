/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which combination is best and how it compares with libbpf's loop, what each costs, and what
 * limits it.
 */
#include <inttypes.h>
#include <math.h>

#include "cli/values.h"
#include "live/live_writers.h"
#include "results/style.h"

#define NAME_SIZE 32
#define CELL_SIZE 32

/* At a given rate all that keep up consume the same, up to an event here or there. */
#define RATES_ALIKE 0.98

static const char *name_of(const struct live_result *result, char *text)
{
	return live_combination_name(result->combination, text, NAME_SIZE);
}

/* What an event costs its producer and its consumer together. */
static double cost_of(const struct live_result *result)
{
	return result->cpu_ns.median + result->producer_ns.median;
}

/* The combination that consumes most, and of those that consume as much the cheapest. @except is
 * left out. NULL: nothing was consumed. */
static const struct live_result *best_of(const struct live_results *results, size_t except)
{
	const struct live_result *best = NULL;
	double most = 0;

	for (size_t i = 0; i < results->result_count; i++)
		if (i != except)
			most = fmax(most, live_mevents_per_s(&results->results[i]));
	for (size_t i = 0; i < results->result_count; i++) {
		const struct live_result *result = &results->results[i];

		if (i == except || !result->ns_per_event.valid ||
			live_mevents_per_s(result) < RATES_ALIKE * most)
			continue;
		if (!best || cost_of(result) < cost_of(best))
			best = result;
	}
	return best;
}

static const struct live_ratio *ratio_of(const struct live_results *results, size_t index)
{
	for (size_t i = 0; i < results->ratio_count; i++)
		if (results->ratios[i].result == index)
			return &results->ratios[i];
	return NULL;
}

/* "batch/paced consumes 6.73x as many events a second as libbpf-poll [6.51, 6.98]: faster" */
static void write_speed(FILE *out, const struct live_report *report, const struct live_ratio *r)
{
	const struct live_result *results = report->results->results;
	const struct ratio *ratio = &r->ratio;
	char name[NAME_SIZE], baseline[NAME_SIZE];

	if (!ratio->valid)
		return;
	fprintf(out, "%s consumes %.2fx as many events a second as %s",
		name_of(&results[r->result], name), ratio->median,
		name_of(&results[r->baseline], baseline));
	if (ratio->has_interval)
		fprintf(out, " [%.2f, %.2f]", ratio->interval.low, ratio->interval.high);
	fprintf(out, ": %s%s%s\n", style_start(report->colour, ratio->verdict),
		verdict_name(ratio->verdict), style_end(report->colour));
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
static void write_cost(
	FILE *out, const struct live_report *report, const char *what, const struct ratio *ratio)
{
	if (!ratio->valid)
		return;
	fprintf(out, "  %s %.1f %% of that", what, 100 / ratio->median);
	if (ratio->has_interval)
		fprintf(out, " [%.1f, %.1f]", 100 / ratio->interval.high,
			100 / ratio->interval.low);
	fprintf(out, ": %s%s%s\n", style_start(report->colour, ratio->verdict),
		cost_verdict(ratio->verdict), style_end(report->colour));
}

static void write_headline(FILE *out, const struct live_report *report)
{
	const struct live_results *results = report->results;
	const struct live_result *best = best_of(results, SIZE_MAX), *other = best;
	const struct live_ratio *ratio;
	char name[NAME_SIZE];

	if (!best) {
		fputs("Nothing was consumed.\n", out);
		return;
	}
	fprintf(out, "Best of %zu: %s, %.2f Mev/s for %.1f %% of a CPU", results->result_count,
		name_of(best, name), live_mevents_per_s(best), best->cpu_percent.median);
	if (best == &results->results[results->reference]) {
		other = best_of(results, results->reference);
		if (other)
			fprintf(out, "; then %s", name_of(other, name));
	}
	fputs(".\n", out);
	ratio = other ? ratio_of(results, (size_t)(other - results->results)) : NULL;
	if (!ratio)
		return;
	write_speed(out, report, ratio);
	write_cost(out, report, "CPU time of the consumer, an event:", &ratio->cpu);
	write_cost(out, report, "time of the producer, an event:", &ratio->producer);
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

static double median_of(const struct summary *summary)
{
	return summary->valid ? summary->median : NAN;
}

static double share(uint64_t part, uint64_t whole)
{
	if (part == LIVE_UNKNOWN)
		return NAN;
	return whole > 0 ? (double)part / (double)whole : NAN;
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

static const char *speed_of(char *text, const struct live_result *result)
{
	if (result->ns_per_event.valid)
		snprintf(text, CELL_SIZE, "%.2f", live_mevents_per_s(result));
	else
		snprintf(text, CELL_SIZE, "-");
	return text;
}

#define COMBINATION_FORMAT "%-6s %-12s"
#define OWN_FORMAT "%-19s" /* as wide */
#define COSTS_FORMAT " %5s %6s %5s %6s %7s %7s %6s\n"

static void write_combination(FILE *out, const struct live_result *result)
{
	const struct live_combination combination = result->combination;

	if (combination.wait == WAIT_OWN)
		fprintf(out, OWN_FORMAT, live_mode_names[combination.mode]);
	else
		fprintf(out, COMBINATION_FORMAT, live_mode_names[combination.mode],
			live_wait_name(combination.wait));
}

static void write_throughput_row(FILE *out, const struct live_report *report, size_t index)
{
	const struct live_results *results = report->results;
	const struct live_result *result = &results->results[index];
	const struct live_ratio *ratio = ratio_of(results, index);
	const enum verdict verdict = ratio ? ratio->ratio.verdict : VERDICT_SAME;
	const struct live_workload *workload = &results->measurement->workload;
	char speed[CELL_SIZE], interval[CELL_SIZE], times[CELL_SIZE], lost[CELL_SIZE],
		producer[CELL_SIZE], cpu[CELL_SIZE], cpu_ns[CELL_SIZE], sleeps[CELL_SIZE],
		wakeups[CELL_SIZE], high_water[CELL_SIZE];

	write_combination(out, result);
	fprintf(out, " %6s %-14s", speed_of(speed, result),
		interval_of(interval, &result->ns_per_event));
	fprintf(out, " %s%7s%s", style_start(report->colour, verdict),
		style_ratio(times, sizeof(times), ratio ? &ratio->ratio : NULL),
		style_end(report->colour));
	fprintf(out, COSTS_FORMAT,
		figure(lost, 100 * share(result->lost, result->lost + result->consumed)),
		figure(producer, median_of(&result->producer_ns)),
		figure(cpu, median_of(&result->cpu_percent)),
		figure(cpu_ns, median_of(&result->cpu_ns)),
		figure(sleeps, share(result->sleeps, result->consumed)),
		figure(wakeups, share(result->wakeups, result->consumed)),
		figure(high_water, 100 * share(result->high_water, workload->ring_size)));
}

static void write_throughput(FILE *out, const struct live_report *report)
{
	const struct live_results *results = report->results;
	const double alone = results->measurement->alone_ns;
	char name[NAME_SIZE];

	fputs("\nThroughput, and what it costs", out);
	if (results->ratio_count > 0)
		fprintf(out, "; ratio: events a second to those of %s",
			name_of(&results->results[results->reference], name));
	if (alone > 0)
		fprintf(out, ";\nwith nobody reading an event costs its producer %.1f ns", alone);
	fputc('\n', out);
	fprintf(out, COMBINATION_FORMAT " %6s %-14s %7s" COSTS_FORMAT, "", "", "", "", "", "lost",
		"prod.", "CPU", "CPU", "sleeps", "wakeups", "ring");
	fprintf(out, COMBINATION_FORMAT " %6s %-14s %7s" COSTS_FORMAT, "path", "wait", "Mev/s",
		"95 % interval", "ratio", "%", "ns/ev", "%", "ns/ev", "/ev", "/ev", "% full");
	for (size_t i = 0; i < results->result_count; i++)
		write_throughput_row(out, report, i);
}

static void write_slowdowns(FILE *out, const struct live_results *results)
{
	const struct live_measurement *m = results->measurement;
	char unattached[CELL_SIZE], alone[CELL_SIZE];

	if (!(m->unattached_ns > 0))
		return;
	fprintf(out,
		"\nSlowdown of the system call; it takes %.0f ns with no program attached, and "
		"%.2fx as\nlong with one and nobody reading\n" COMBINATION_FORMAT " %13s %15s\n",
		m->unattached_ns, live_slowdown_unattached(m, m->alone_ns), "path", "wait",
		"to no program", "to nobody reads");
	for (size_t i = 0; i < results->result_count; i++) {
		const double ns = median_of(&results->results[i].producer_ns);

		write_combination(out, &results->results[i]);
		fprintf(out, " %12sx %14sx\n", figure(unattached, live_slowdown_unattached(m, ns)),
			figure(alone, live_slowdown_alone(m, ns)));
	}
}

static void write_latency_row(FILE *out, const struct live_result *result)
{
	static const double quantiles[] = { 0.5, 0.9, 0.99, 0.999, 1 };

	write_combination(out, result);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		if (result->latency->count > 0)
			fprintf(out, " %10.1f",
				(double)histogram_quantile(result->latency, quantiles[i]) / 1e3);
		else
			fprintf(out, " %10s", "-");
	}
	fprintf(out, " %12" PRIu64 "\n", result->latency->count);
}

static void write_latency(FILE *out, const struct live_results *results)
{
	fprintf(out, "\nLatency in µs\n" COMBINATION_FORMAT " %10s %10s %10s %10s %10s %12s\n",
		"path", "wait", "p50", "p90", "p99", "p99.9", "max", "events");
	for (size_t i = 0; i < results->result_count; i++)
		write_latency_row(out, &results->results[i]);
}

static void write_balance(FILE *out, const struct live_results *results)
{
	fprintf(out, "\nEvents of all rounds\n" COMBINATION_FORMAT " %15s   %15s   %15s   %15s\n",
		"path", "wait", "produced", "consumed", "lost", "discarded");
	for (size_t i = 0; i < results->result_count; i++) {
		const struct live_result *result = &results->results[i];

		write_combination(out, result);
		fprintf(out, " %15" PRIu64 " = %15" PRIu64 " + %15" PRIu64 " + %15" PRIu64 "\n",
			result->produced, result->consumed, result->lost, result->discarded);
	}
}

static void write_verdicts(FILE *out, const struct live_results *results)
{
	char verdict[LIVE_VERDICT_SIZE], name[NAME_SIZE],
		paragraph[LIVE_VERDICT_SIZE + NAME_SIZE + 2];

	fputc('\n', out);
	for (size_t i = 0; i < results->result_count; i++) {
		snprintf(paragraph, sizeof(paragraph), "%s: %s",
			name_of(&results->results[i], name),
			live_verdict(results, i, verdict, sizeof(verdict)));
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

static void write_oddities(FILE *out, const struct live_results *results)
{
	const struct live_result *example = NULL;
	size_t outliers = 0, humped = 0, rounds = 0;
	char name[NAME_SIZE];

	for (size_t i = 0; i < results->result_count; i++) {
		const struct live_result *result = &results->results[i];

		outliers += result->ns_per_event.outliers;
		rounds += result->round_count;
		if (result->ns_per_event.two_humped) {
			example = example ? example : result;
			humped++;
		}
	}
	style_write_outliers(out, outliers, rounds);
	if (humped > 0)
		style_write_humps(out, name_of(example, name), humped > 1);
}

static void write_notes(FILE *out, const struct live_report *report)
{
	const struct live_results *results = report->results;
	const struct live_measurement *measurement = results->measurement;
	const struct live_workload *workload = &measurement->workload;
	char duration[FORMAT_SIZE], name[NAME_SIZE];

	fprintf(out, "\nRun: %zu rounds in balanced order, each combination %s in each.\n",
		measurement->rounds,
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
	if (measurement->twin_of < measurement->count)
		style_write_noise(out, name_of(&results->results[measurement->twin_of], name),
			results->noise_floor);
	write_oddities(out, results);
	style_write_peers(out, report->peers, "Peers");
	style_write_place(out, report->environment, NULL);
}

void live_write_text(FILE *out, const struct live_report *report)
{
	if (report->advice) {
		write_advice(out, report->advice);
		fputc('\n', out);
	}
	/* No ring was large enough, so nothing was measured. */
	if (report->results->result_count == 0) {
		write_workload(out, &report->results->measurement->workload);
		style_write_place(out, report->environment, NULL);
		return;
	}
	write_headline(out, report);
	write_throughput(out, report);
	write_slowdowns(out, report->results);
	write_latency(out, report->results);
	write_balance(out, report->results);
	write_verdicts(out, report->results);
	write_notes(out, report);
}
