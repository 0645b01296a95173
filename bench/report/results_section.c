/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a run measured: how fast each reader is, what it costs whom, against the others and against
 * the limits; by event size where there are several.
 */
#include <math.h>
#include <string.h>

#include "report/sections.h"

/* The fewest sizes that are drawn as curves. */
#define SIZES_FOR_CURVES 3

struct mark mark_of(const json_t *result, const char *metric)
{
	const json_t *cell = run_object(result, metric);
	const size_t count = json_array_size(run_list(cell, "rounds"));
	double *rounds = page_allocate((count + 1) * sizeof(*rounds));

	for (size_t i = 0; i < count; i++)
		rounds[i] = run_round(result, metric, i);
	return (struct mark){ run_amount(result, metric), run_number(cell, "low"),
		run_number(cell, "high"), rounds, count };
}

/* Times, turned over. */
static struct mark rate_mark(const json_t *result)
{
	struct mark mark = mark_of(result, "ns_per_event");
	double *rounds = page_allocate((mark.round_count + 1) * sizeof(*rounds));

	for (size_t i = 0; i < mark.round_count; i++)
		rounds[i] = 1e3 / mark.rounds[i];
	return (struct mark){ run_throughput(result), 1e3 / mark.high, 1e3 / mark.low, rounds,
		mark.round_count };
}

struct mark ratio_mark(const json_t *ratio)
{
	return (struct mark){ run_number(ratio, "median"), run_number(ratio, "low"),
		run_number(ratio, "high"), NULL, 0 };
}

static double floor_percent(const struct run *run, const json_t *result)
{
	return 100 * run_number(run_ratio(run, result, run->floor), "median");
}

static double p99(const json_t *result)
{
	return run_number(run_object(result, "latency_ns"), "p99");
}

/* Of live a combination, of which any of its ratios knows the wait. */
static const char *baseline_name(const struct run *run)
{
	const json_t *ratio = json_array_get(run->ratios, 0);

	return run->live ? run_combination(run->baseline, run_text(ratio, "baseline_wait"))
			 : run->baseline;
}

/* ", 1.17x libbpf [1.15, 1.21] (faster)" */
static const char *against_text(const struct run *run, const json_t *result)
{
	const json_t *ratio = run_ratio(run, result, run->baseline);
	const struct mark mark = ratio_mark(ratio);

	return isfinite(mark.value)
		       ? text(", %s %s %s (%s)", text_ratio(mark.value), baseline_name(run),
				 text_ratio_interval(mark.low, mark.high),
				 run_text(ratio, "verdict"))
		       : "";
}

static const char *costs_text(const json_t *result)
{
	return text("lost %s, p99 %s, %s of one CPU, %s an event to the producer",
		text_percent(run_lost_percent(result)), text_time(p99(result)),
		text_percent(run_amount(result, "consumer_cpu_percent")),
		text_time(run_amount(result, "producer_ns_per_event")));
}

/* The fastest of a size that is no limit, or NULL. */
static const json_t *fastest_of(const struct run *run, json_int_t size, const char *way)
{
	const json_t *best = NULL;
	const char *path;
	json_t *number;

	json_object_foreach(run->paths, path, number)
	{
		const json_t *result = run_result(run, path, size, way);

		if (result && !run_is_limit(result) &&
			(!best || run_throughput(result) > run_throughput(best)))
			best = result;
	}
	return best;
}

/* ", 1.17x to 3.4x libbpf" or ", 80 % to 98 % of the floor", from size to size. */
static const char *range_text(const struct run *run, const char *path, const char *way,
	const char *baseline, const char *(*write)(double value), double unit)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t s = 0; s < run->size_count; s++) {
		const json_t *result = run_result(run, path, run->sizes[s], way);
		const double value = unit * run_number(run_ratio(run, result, baseline), "median");

		low = fmin(low, value);
		high = fmax(high, value);
	}
	return low <= high ? text(", %s to %s %s%s", write(low), write(high),
				     unit == 1 ? "" : "of the ", baseline)
			   : "";
}

/* The reader that is fastest at most sizes. */
static const char *sweep_verdict(const struct run *run, const char *way)
{
	size_t wins[PAGE_PATHS_MAX] = { 0 }, most = 0;
	const char *winner = "nobody";

	for (size_t s = 0; s < run->size_count; s++) {
		const char *path = run_text(fastest_of(run, run->sizes[s], way), "path");
		const json_t *number = json_object_get(run->paths, path);

		if (number && ++wins[json_integer_value(number)] > most) {
			most = wins[json_integer_value(number)];
			winner = path;
		}
	}
	return text("%s is fastest at %zu of %zu sizes%s%s.", winner, most, run->size_count,
		range_text(run, winner, way, run->baseline, text_ratio, 1),
		range_text(run, winner, way, run->floor, text_percent, 100));
}

const char *run_verdict(const struct run *run)
{
	const char *way = json_object_iter_key(json_object_iter(run->ways)), *share = "";
	const json_t *best = run_sorted(run)[0], *advice = run_object(run->whole, "advice");

	if (advice)
		return advice_verdict(advice);
	if (run->live && isfinite(run_rate(run)))
		return text("%s is best at %s events a second: %s.", run_result_name(run, best),
			text_count(run_rate(run)), costs_text(best));
	if (run->live)
		return text("%s reads most: %s million events a second%s; %s.",
			run_result_name(run, best), text_number(run_throughput(best)),
			against_text(run, best), costs_text(best));
	if (run->size_count > 1)
		return sweep_verdict(run, way);
	best = fastest_of(run, run->sizes[0], way);
	if (!best)
		return "Only limits were measured.";
	if (isfinite(floor_percent(run, best)))
		share = text(", %s of the %s", text_percent(floor_percent(run, best)), run->floor);
	return text("%s is fastest: %s million events a second%s%s.", run_result_name(run, best),
		text_number(run_throughput(best)), against_text(run, best), share);
}

/* Whatever of it was measured: columns in which there is nothing are taken out later. */
static struct sheet *results_sheet(const struct run *run)
{
	static const struct column fixed[] = { COLUMN("reader", TEXT), COLUMN("Mev/s", RANGE),
		COLUMN("ns/event", NUMBER), DETAIL("95 % interval", NUMBER),
		COLUMN("of the floor", NUMBER), COLUMN("lost", NUMBER), COLUMN("p99", NUMBER),
		COLUMN("CPU, %", RANGE), COLUMN("producer, ns/event", RANGE),
		DETAIL("off CPU", NUMBER), COLUMN("", RATIO), COLUMN("verdict", TEXT) };
	static const char *const costs[] = { "consumer_cpu_percent", "producer_ns_per_event" };
	const size_t count = sizeof(fixed) / sizeof(fixed[0]);
	struct column *columns = page_allocate(sizeof(fixed));
	struct sheet *sheet = sheet_make(
		isfinite(run_rate(run))
			? "By loss, then p99, CPU and the producer's cost; medians of the rounds"
			: "The fastest first; medians of the rounds",
		columns, count);

	memcpy(columns, fixed, sizeof(fixed));
	if (run->baseline)
		columns[count - 2].title = text("speed vs %s", baseline_name(run));
	for (const json_t **at = run_sorted(run); *at; at++) {
		const json_t *ns = run_object(*at, "ns_per_event");
		const json_t *ratio = run_ratio(run, *at, run->baseline);

		sheet_row(sheet, run_style(run, *at), 0);
		sheet_cell(sheet, run_result_name(run, *at));
		sheet_mark(sheet, text_number(run_throughput(*at)), rate_mark(*at));
		sheet_cell(sheet, run->live ? "" : text_number(run_number(ns, "median")));
		sheet_cell(sheet,
			run->live ? ""
				  : text_interval(run_number(ns, "low"), run_number(ns, "high")));
		sheet_cell(sheet, text_percent(floor_percent(run, *at)));
		sheet_cell(sheet, text_percent(run_lost_percent(*at)));
		sheet_cell(sheet, text_time(p99(*at)));
		for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
			sheet_mark(sheet, text_number(run_amount(*at, costs[i])),
				mark_of(*at, costs[i]));
		sheet_cell(sheet, text_time(run_amount(*at, "consumer_off_cpu_ns")));
		sheet_mark(sheet, text_ratio(run_number(ratio, "median")), ratio_mark(ratio));
		if (ratio && !run_is_limit(*at))
			sheet_verdict(sheet, run_text(ratio, "verdict"));
		else
			sheet_cell(sheet, run_is_limit(*at) ? "(limit)" : "(baseline)");
	}
	return sheet;
}

/* Readers by size: the ratio to @baseline, in @unit; or throughput (NULL). */
static void add_curves(struct page *page, const struct run *run, const char *way,
	const char *baseline, double unit, const char *(*write)(double value), const char *title)
{
	struct column *columns = page_allocate((run->size_count + 1) * sizeof(*columns));
	struct curves *curves = page_allocate(sizeof(*curves));
	struct sheet *sheet = sheet_make(
		json_object_size(run->ways) > 1 ? text("%s, %s touched", title, way) : title,
		columns, run->size_count + 1);
	const char *path;
	json_t *number;

	*curves = (struct curves){ "bytes an event",
		"medians of the rounds; a band is a 95 % interval", run->sizes[0] > 0, unit == 1,
		baseline ? unit : NAN, write };
	sheet->curves = curves;
	columns[0] = (struct column)COLUMN("reader", TEXT);
	for (size_t s = 0; s < run->size_count; s++)
		columns[s + 1] = (struct column){ run_size_text(run, run->sizes[s]), COLUMN_NUMBER,
			false, run->sizes[s] < RUN_MIX ? (double)run->sizes[s] : NAN };
	json_object_foreach(run->paths, path, number)
	{
		for (size_t s = 0; s < run->size_count; s++) {
			const json_t *result = run_result(run, path, run->sizes[s], way);
			struct mark mark = baseline ? ratio_mark(run_ratio(run, result, baseline))
						    : rate_mark(result);

			if (s == 0)
				sheet_row(sheet, run_style(run, result), 0);
			if (s == 0)
				sheet_cell(sheet, path);
			mark.value *= unit;
			mark.low *= unit;
			mark.high *= unit;
			sheet_mark(sheet, isfinite(mark.value) ? write(mark.value) : "", mark);
		}
	}
	page_add_sheet(page, sheet, false);
}

static void add_sizes(struct page *page, const struct run *run)
{
	const char *way;
	json_t *number;

	json_object_foreach(run->ways, way, number)
	{
		if (run->floor)
			add_curves(page, run, way, run->floor, 100, text_percent,
				text("Share of the %s", run->floor));
		if (run->baseline)
			add_curves(page, run, way, run->baseline, 1, text_ratio,
				text("Times as fast as %s", run->baseline));
		add_curves(page, run, way, NULL, 1, text_number, "Million events a second");
	}
}

static void add_latency(struct page *page, const struct run *run)
{
	static const struct column columns[] = { COLUMN("reader", TEXT),
		{ "p50", COLUMN_NUMBER, false, 0.3 }, { "p90", COLUMN_NUMBER, false, 1 },
		{ "p99", COLUMN_NUMBER, false, 2 }, { "p99.9", COLUMN_NUMBER, false, 3 },
		{ "max", COLUMN_NUMBER, false, 4 } };
	static const char *const names[] = { "p50", "p90", "p99", "p999", "max" };
	static const struct curves curves = { "share of the events that waited no longer",
		"from when an event was due, or at full rate written, to when it was handled",
		false, true, NAN, text_time };
	struct sheet *sheet = sheet_make("Latency: how long events waited", columns, 6);

	sheet->curves = &curves;
	for (const json_t **at = run_sorted(run); *at; at++) {
		const json_t *latency = run_object(*at, "latency_ns");

		if (!latency)
			continue;
		sheet_row(sheet, run_style(run, *at), run_dash(run, *at));
		sheet_cell(sheet, run_result_name(run, *at));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			sheet_mark(sheet, text_time(run_number(latency, names[i])),
				(struct mark){ run_number(latency, names[i]), NAN, NAN, NULL, 0 });
	}
	page_add_sheet(page, sheet, false);
}

/* Of live ratios are of several metrics. */
static const char *metric_title(const char *metric)
{
	return strcmp(metric, "ns_per_event") == 0                ? "events a second"
	       : strcmp(metric, "consumer_cpu_ns_per_event") == 0 ? "CPU time of the consumer"
								  : "cost to the producer";
}

static void add_ratios(struct page *page, const struct run *run)
{
	static const struct column columns[] = { COLUMN("reader", TEXT), COLUMN("against", TEXT),
		COLUMN("in", TEXT), COLUMN("times as good", RATIO), COLUMN("95 % interval", NUMBER),
		COLUMN("verdict", TEXT) };
	struct sheet *sheet =
		sheet_make("Every ratio, paired by round; above 1 is always better", columns, 6);
	const json_t *ratio;
	size_t i;

	json_array_foreach(run->ratios, i, ratio)
	{
		const char *baseline = run_text(ratio, "baseline");

		sheet_row(sheet, run_style(run, ratio), 0);
		sheet_cell(sheet, run_result_name(run, ratio));
		sheet_cell(sheet,
			run->live ? run_combination(baseline, run_text(ratio, "baseline_wait"))
				  : baseline);
		sheet_cell(sheet, run->live ? metric_title(run_text(ratio, "metric")) : "");
		sheet_mark(sheet, text_ratio(run_number(ratio, "median")), ratio_mark(ratio));
		sheet_cell(sheet,
			text_ratio_interval(run_number(ratio, "low"), run_number(ratio, "high")));
		sheet_verdict(sheet, run_text(ratio, "verdict"));
	}
	page_add_sheet(page, sheet, true);
}

static void add_limits(struct page *page, const struct run *run)
{
	static const struct column columns[] = { COLUMN("reader", TEXT),
		COLUMN("what limits it, and what to change", TEXT) };
	struct sheet *sheet = sheet_make("What limits each, and what to change", columns, 2);

	for (const json_t **at = run_sorted(run); *at; at++) {
		sheet_row(sheet, run_style(run, *at), 0);
		sheet_cell(sheet, run_result_name(run, *at));
		sheet_cell(sheet, run->live ? run_text(*at, "verdict") : "");
	}
	page_add_sheet(page, sheet, true);
}

const struct sheet *add_results(struct page *page, const struct run *run)
{
	const bool curves = run->size_count >= SIZES_FOR_CURVES;
	struct sheet *sheet = results_sheet(run);

	if (curves)
		add_sizes(page, run);
	page_add_sheet(page, sheet, curves);
	add_latency(page, run);
	add_advice(page, run);
	add_limits(page, run);
	add_ratios(page, run);
	add_notes(page, run);
	return sheet;
}
