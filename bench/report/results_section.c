/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a run measured: how fast each reader is and what it costs, against the others and against the
 * limits; curves by event size.
 */
#include <math.h>
#include <string.h>

#include "report/sections.h"

/* The fewest sizes that are drawn as curves. */
#define SIZES_FOR_CURVES 3

struct mark mark_of(const json_t *result, const char *metric)
{
	const json_t *cell = json_object_get(result, metric);
	const json_t *list = json_object_get(cell, "rounds"), *round;
	double *rounds = page_allocate((json_array_size(list) + 1) * sizeof(*rounds));
	size_t i;

	json_array_foreach(list, i, round) rounds[i] =
		json_is_number(round) ? json_number_value(round) : NAN;
	return (struct mark){ run_amount(result, metric), run_number(cell, "low"),
		run_number(cell, "high"), rounds, json_array_size(list) };
}

/* The reciprocal of the time an event, in million events a second. */
static struct mark rate_mark(const struct result *result)
{
	struct mark mark = mark_of(result->json, "ns_per_event");
	double *rounds = page_allocate((mark.round_count + 1) * sizeof(*rounds));

	for (size_t i = 0; i < mark.round_count; i++)
		rounds[i] = 1e3 / mark.rounds[i];
	return (struct mark){ result->mevents_per_s, 1e3 / mark.high, 1e3 / mark.low, rounds,
		mark.round_count };
}

struct mark ratio_mark(const json_t *ratio)
{
	return (struct mark){ run_number(ratio, "median"), run_number(ratio, "low"),
		run_number(ratio, "high"), NULL, 0 };
}

static double floor_share(const struct result *result)
{
	return run_number(result->floor, "median");
}

/* Of live a combination: any of its ratios knows the wait. */
static const char *baseline_name(const struct run *run)
{
	const json_t *ratio = json_array_get(run->ratios, 0);

	return run->live ? run_combination(run->baseline, run_text(ratio, "baseline_wait"))
			 : run->baseline;
}

/* ", 1.17x libbpf [1.15, 1.21] (faster)" */
static const char *against_text(const struct run *run, const struct result *result)
{
	const struct mark mark = ratio_mark(result->ratio);

	return isfinite(mark.value)
		       ? text(", %s %s %s (%s)", text_ratio(mark.value), baseline_name(run),
				 text_ratio_interval(mark.low, mark.high),
				 run_text(result->ratio, "verdict"))
		       : "";
}

static const char *costs_text(const struct result *result)
{
	return text("lost %s, p99 %s, %s of one CPU, %s an event to the producer",
		text_percent(result->lost_percent), text_time(result->p99),
		text_percent(run_amount(result->json, "consumer_cpu_percent")),
		text_time(run_amount(result->json, "producer_ns_per_event")));
}

/* The fastest of a size that is no limit, or NULL. */
static const struct result *fastest_of(const struct run *run, size_t size, size_t way)
{
	const struct result *best = NULL;

	for (size_t p = 0; p < json_object_size(run->paths); p++) {
		const struct result *result = run_at(run, p, way, size);

		if (result && !result->limit &&
			(!best || result->mevents_per_s > best->mevents_per_s))
			best = result;
	}
	return best;
}

/* ", 1.17x to 3.4x libbpf" and ", 80 % to 98 % of the floor", from size to size. */
static const char *range_text(const struct run *run, const struct result *like, bool of_floor)
{
	const char *(*const write)(double) = of_floor ? text_share : text_ratio;
	double low = INFINITY, high = -INFINITY;

	for (size_t s = 0; s < run->size_count; s++) {
		const struct result *r = run_at(run, like->path_number, like->way_number, s);
		const double value = !r         ? NAN
				     : of_floor ? floor_share(r)
						: run_number(r->ratio, "median");

		low = fmin(low, value);
		high = fmax(high, value);
	}
	return low <= high
		       ? text(", %s to %s %s%s", write(low), write(high), of_floor ? "of the " : "",
				 of_floor ? run->floor : run->baseline)
		       : "";
}

/* The reader that is fastest at most sizes. */
static const char *sweep_verdict(const struct run *run, size_t way)
{
	size_t wins[PAGE_PATHS_MAX] = { 0 }, most = 0;
	const struct result *winner = NULL;

	for (size_t s = 0; s < run->size_count; s++) {
		const struct result *best = fastest_of(run, s, way);

		if (best && ++wins[best->path_number] > most) {
			most = wins[best->path_number];
			winner = best;
		}
	}
	if (!winner)
		return "Only limits were measured.";
	return text("%s is fastest at %zu of %zu sizes%s%s.", winner->path, most, run->size_count,
		range_text(run, winner, false), range_text(run, winner, true));
}

const char *run_verdict(const struct run *run)
{
	const json_t *advice = json_object_get(run->whole, "advice");
	const struct result *best = &run->results[0];
	const size_t way =
		(size_t)json_integer_value(json_object_iter_value(json_object_iter(run->ways)));
	const char *share = "";

	if (json_is_object(advice))
		return advice_verdict(advice);
	if (run->live && run_amount(best->json, "consumed") == 0)
		return run_text(best->json, "verdict"); /* it says why */
	if (run->live && isfinite(run->rate))
		return text("%s is best at %s events a second: %s.", best->name,
			text_count(run->rate), costs_text(best));
	if (run->live)
		return text("%s reads most: %s million events a second%s; %s.", best->name,
			text_number(best->mevents_per_s), against_text(run, best),
			costs_text(best));
	if (run->size_count > 1)
		return sweep_verdict(run, way);
	best = fastest_of(run, 0, way);
	if (!best)
		return "Only limits were measured.";
	if (isfinite(floor_share(best)))
		share = text(", %s of the %s", text_share(floor_share(best)), run->floor);
	return text("%s is fastest: %s million events a second%s%s.", best->name,
		text_number(best->mevents_per_s), against_text(run, best), share);
}

struct sheet *add_rows(struct sheet *sheet, const struct run *run,
	void (*fill)(struct sheet *sheet, const struct run *run, const struct result *result))
{
	for (size_t i = 0; i < run->result_count; i++) {
		const struct result *result = &run->results[i];

		sheet_row(sheet, result->style, result->dash, result->name);
		fill(sheet, run, result);
	}
	return sheet;
}

static void fill_main(struct sheet *sheet, const struct run *run, const struct result *result)
{
	static const char *const costs[] = { "consumer_cpu_percent", "producer_ns_per_event" };
	const json_t *ns = json_object_get(result->json, "ns_per_event");
	const struct mark ratio = ratio_mark(result->ratio);

	sheet_mark(sheet, text_number(result->mevents_per_s), rate_mark(result));
	SHEET_CELLS(sheet, run->live ? "" : text_number(run_number(ns, "median")),
		run->live ? "" : text_interval(run_number(ns, "low"), run_number(ns, "high")),
		text_share(floor_share(result)), text_percent(result->lost_percent),
		text_time(result->p99));
	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		sheet_mark(sheet, text_number(run_amount(result->json, costs[i])),
			mark_of(result->json, costs[i]));
	sheet_cell(sheet, text_time(run_amount(result->json, "consumer_off_cpu_ns")));
	sheet_mark(sheet, text_ratio(ratio.value), ratio);
	if (result->ratio && !result->limit)
		sheet_verdict(sheet, run_text(result->ratio, "verdict"));
	else
		sheet_cell(sheet, result->limit ? "(limit)" : "(baseline)");
}

/* Whatever was measured: columns without content are removed later. */
static struct sheet *main_sheet(const struct run *run)
{
	static const struct column columns[] = { COLUMN("reader", TEXT), COLUMN("Mev/s", RANGE),
		COLUMN("ns/event", NUMBER), DETAIL("95 % interval", NUMBER),
		COLUMN("of the floor", NUMBER), COLUMN("lost", NUMBER), COLUMN("p99", NUMBER),
		COLUMN("CPU, %", RANGE), COLUMN("producer, ns/event", RANGE),
		DETAIL("off CPU", NUMBER), COLUMN("", RATIO), COLUMN("verdict", TEXT) };
	struct sheet *sheet = SHEET(
		isfinite(run->rate)
			? "By loss, then p99, CPU and the producer's cost; medians of the rounds"
			: "The fastest first; medians of the rounds",
		columns);

	if (run->baseline)
		sheet->columns[sheet->column_count - 2].title =
			text("speed vs %s", baseline_name(run));
	return add_rows(sheet, run, fill_main);
}

static struct mark floor_mark(const struct result *result)
{
	return ratio_mark(result->floor);
}

static struct mark baseline_mark(const struct result *result)
{
	return ratio_mark(result->ratio);
}

/* Readers by size: what @mark takes of each result. @line: where a line is drawn, or NAN. */
static void add_curves(struct page *page, const struct run *run, size_t way, const char *title,
	struct mark (*mark)(const struct result *), const char *(*write)(double), double line)
{
	struct curves *curves = page_allocate(sizeof(*curves));
	struct sheet *sheet = sheet_make(title, NULL, 0);
	const char *path;
	json_t *number;

	*curves = (struct curves){ "bytes an event",
		"medians of the rounds; a band is a 95 % interval", run->sizes[0].at > 0,
		write != text_share, line, write };
	sheet->curves = curves;
	sheet_column(sheet, (struct column)COLUMN("reader", TEXT));
	for (size_t s = 0; s < run->size_count; s++)
		sheet_column(sheet, (struct column){ run->sizes[s].text, COLUMN_NUMBER, false,
					    run->sizes[s].at });
	json_object_foreach(run->paths, path, number)
	{
		sheet_row(sheet, STYLE_LIMIT, 0, path);
		for (size_t s = 0; s < run->size_count; s++) {
			const struct result *r =
				run_at(run, (size_t)json_integer_value(number), way, s);
			const struct mark of =
				r ? mark(r) : (struct mark){ NAN, NAN, NAN, NULL, 0 };

			if (r)
				sheet->rows[sheet->row_count - 1].style = r->style;
			sheet_mark(sheet, isfinite(of.value) ? write(of.value) : "", of);
		}
	}
	page_add_sheet(page, sheet, false);
}

static void add_sizes(struct page *page, const struct run *run)
{
	const char *name;
	json_t *number;

	json_object_foreach(run->ways, name, number)
	{
		const size_t way = (size_t)json_integer_value(number);
		const char *of = json_object_size(run->ways) > 1 ? text(", %s touched", name) : "";

		if (run->floor)
			add_curves(page, run, way, text("Share of the %s%s", run->floor, of),
				floor_mark, text_share, 1);
		if (run->baseline)
			add_curves(page, run, way, text("Times as fast as %s%s", run->baseline, of),
				baseline_mark, text_ratio, 1);
		add_curves(page, run, way, text("Million events a second%s", of), rate_mark,
			text_number, NAN);
	}
}

static void fill_latency(struct sheet *sheet, const struct run *run, const struct result *result)
{
	static const char *const names[] = { "p50", "p90", "p99", "p999", "max" };
	const json_t *latency = json_object_get(result->json, "latency_ns");

	(void)run;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		sheet_mark(sheet, text_time(run_number(latency, names[i])),
			(struct mark){ run_number(latency, names[i]), NAN, NAN, NULL, 0 });
}

static void add_latency(struct page *page, const struct run *run)
{
	static const struct column columns[] = { COLUMN("reader", TEXT),
		{ "p50", COLUMN_NUMBER, false, 0.3 }, { "p90", COLUMN_NUMBER, false, 1 },
		{ "p99", COLUMN_NUMBER, false, 2 }, { "p99.9", COLUMN_NUMBER, false, 3 },
		{ "max", COLUMN_NUMBER, false, 4 } };
	static const struct curves curves = { "percentile of the events",
		"from the time an event was due (at full rate: was written) until it was handled",
		false, true, NAN, text_time };
	struct sheet *sheet =
		add_rows(SHEET("Latency: how long events waited", columns), run, fill_latency);

	sheet->curves = &curves;
	page_add_sheet(page, sheet, false);
}

/* Of live there are ratios of several metrics. */
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
	struct sheet *sheet = SHEET("Every ratio, paired by round; above 1 is better", columns);
	const json_t *ratio;
	size_t i;

	json_array_foreach(run->ratios, i, ratio)
	{
		const struct result *result = run_find(run, ratio);
		const char *baseline = run_text(ratio, "baseline");
		const struct mark mark = ratio_mark(ratio);

		if (!result)
			continue;
		sheet_row(sheet, result->style, 0, result->name);
		SHEET_CELLS(sheet,
			run->live ? run_combination(baseline, run_text(ratio, "baseline_wait"))
				  : baseline,
			run->live ? metric_title(run_text(ratio, "metric")) : "");
		sheet_mark(sheet, text_ratio(mark.value), mark);
		sheet_cell(sheet, text_ratio_interval(mark.low, mark.high));
		sheet_verdict(sheet, run_text(ratio, "verdict"));
	}
	page_add_sheet(page, sheet, true);
}

static void fill_limit(struct sheet *sheet, const struct run *run, const struct result *result)
{
	sheet_cell(sheet, run->live ? run_text(result->json, "verdict") : "");
}

const struct sheet *add_results(struct page *page, const struct run *run)
{
	static const struct column limits[] = { COLUMN("reader", TEXT),
		COLUMN("what limits it, and what to change", TEXT) };
	const bool curves = run->size_count >= SIZES_FOR_CURVES;
	struct sheet *sheet = main_sheet(run);

	if (curves)
		add_sizes(page, run);
	page_add_sheet(page, sheet, curves);
	add_latency(page, run);
	add_advice(page, run);
	page_add_sheet(page,
		add_rows(SHEET("What limits each, and what to change", limits), run, fill_limit),
		true);
	add_ratios(page, run);
	add_notes(page, run);
	return sheet;
}
