/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a run measured: how fast each reader is and what it costs, against the others and against the
 * limits; curves by event size.
 */
#include <math.h>
#include <string.h>

#include "report/report.h"

/* The fewest sizes that are drawn as curves. */
#define SIZES_FOR_CURVES 3

struct mark mark_of(const struct row *row, enum metric metric)
{
	const struct metric_cell *cell = &row->cells[metric];
	const struct summary *s = &cell->summary;
	const struct interval unknown = { NAN, NAN };
	const struct interval interval = s->has_interval ? s->interval : unknown;

	return (struct mark){ metrics[metric].summing != SUMMING_MEDIAN ? cell->value
			      : s->valid                                ? s->median
									: NAN,
		interval.low, interval.high, cell->rounds, cell->rounds ? row->rounds : 0 };
}

/* The reciprocal of the time an event, in million events a second. */
static struct mark rate_mark(const struct result *result)
{
	const struct mark ns = mark_of(result->row, METRIC_NS);
	double *rounds = page_allocate(ns.round_count * sizeof(*rounds));

	for (size_t i = 0; i < ns.round_count; i++)
		rounds[i] = isfinite(ns.rounds[i]) ? 1e3 / ns.rounds[i] : NAN;
	return (struct mark){ result->mevents_per_s, 1e3 / ns.high, 1e3 / ns.low, rounds,
		ns.round_count };
}

static struct mark ratio_mark(const struct result *result)
{
	return result->ratio;
}

static struct mark floor_mark(const struct result *result)
{
	return result->floor;
}

static const char *baseline_name(const struct run *run, const struct row *baseline)
{
	return run->live ? row_title(baseline) : baseline->path;
}

/* ", 1.17x libbpf [1.15, 1.21] (faster)" */
static const char *against_text(const struct run *run, const struct result *result)
{
	const struct mark *ratio = &result->ratio;

	return isfinite(ratio->value) ? text(", %s %s %s (%s)", text_ratio(ratio->value),
						baseline_name(run, run->baseline),
						text_interval(ratio, text_factor), result->verdict)
				      : "";
}

static const char *costs_text(const struct result *result)
{
	return text("lost %s, p99 %s, %s of one CPU, %s an event to the producer",
		text_percent(result->lost_percent), text_time(result->p99),
		text_percent(mark_of(result->row, METRIC_CPU_PERCENT).value),
		text_time(mark_of(result->row, METRIC_PRODUCER_NS).value));
}

/* ", 1.17x to 3.4x libbpf" and ", 80 % to 98 % of the floor": of results like @like, from size to
 * size. */
static const char *range_text(const struct run *run, const struct result *like,
	struct mark (*mark)(const struct result *), const char *(*write)(double), const char *of)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < run->result_count; i++) {
		const struct result *r = &run->results[i];

		if (r->path != like->path || r->way != like->way)
			continue;
		low = fmin(low, mark(r).value);
		high = fmax(high, mark(r).value);
	}
	return low <= high ? text(", %s to %s %s", write(low), write(high), of) : "";
}

/* The reader that is fastest at most sizes: of each size and way the fastest result is the first. */
static const char *sweep_verdict(const struct run *run)
{
	size_t wins[PAGE_PATHS_MAX] = { 0 }, most = 0, last = SIZE_MAX;
	const struct result *winner = NULL;

	for (size_t i = 0; i < run->result_count; i++) {
		const struct result *r = &run->results[i];

		if (r->row->limit || r->way != 0 || r->size == last)
			continue;
		last = r->size;
		if (++wins[r->path] > most) {
			most = wins[r->path];
			winner = r;
		}
	}
	if (!winner)
		return "Only limits were measured.";
	return text("%s is fastest at %zu of %zu sizes%s%s.", winner->row->path, most,
		run->sizes.count,
		range_text(run, winner, ratio_mark, text_ratio,
			run->baseline ? run->baseline->path : ""),
		range_text(run, winner, floor_mark, text_share,
			run->floor ? text("of the %s", run->floor) : ""));
}

const char *run_verdict(const struct run *run)
{
	const json_t *advice = json_object_get(run->json, "advice");
	const struct result *best = &run->results[0];

	if (json_is_object(advice))
		return advice_verdict(advice);
	if (run->live && row_value(best->row, METRIC_CONSUMED) == 0)
		return text_in(best->json, "verdict"); /* it says why */
	if (run->live && isfinite(run->rate))
		return text("%s is best at %s events a second: %s.", best->name,
			text_count(run->rate), costs_text(best));
	if (run->live)
		return text("%s reads most: %s million events a second%s; %s.", best->name,
			text_number(best->mevents_per_s), against_text(run, best),
			costs_text(best));
	if (run->sizes.count > 1)
		return sweep_verdict(run);
	if (best->row->limit)
		return "Only limits were measured.";
	return text("%s is fastest: %s million events a second%s%s.", best->name,
		text_number(best->mevents_per_s), against_text(run, best),
		isfinite(best->floor.value)
			? text(", %s of the %s", text_share(best->floor.value), run->floor)
			: "");
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
	static const enum metric costs[] = { METRIC_CPU_PERCENT, METRIC_PRODUCER_NS };
	const struct mark ns = mark_of(result->row, METRIC_NS);

	sheet_mark(sheet, text_number(result->mevents_per_s), rate_mark(result));
	SHEET_CELLS(sheet, run->live ? "" : text_number(ns.value),
		run->live ? "" : text_interval(&ns, text_number), text_share(result->floor.value),
		text_percent(result->lost_percent), text_time(result->p99));
	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		const struct mark cost = mark_of(result->row, costs[i]);

		sheet_mark(sheet, text_number(cost.value), cost);
	}
	sheet_cell(sheet, text_time(row_value(result->row, METRIC_OFF_CPU_NS)));
	sheet_mark(sheet, text_ratio(result->ratio.value), result->ratio);
	if (result->verdict && !result->row->limit)
		sheet_verdict(sheet, result->verdict);
	else
		sheet_cell(sheet, result->row->limit ? "(limit)" : "(baseline)");
}

/* Whatever was measured: columns without content are removed later. */
static struct sheet *main_sheet(const struct run *run)
{
	const char *speed =
		run->baseline ? text("speed vs %s", baseline_name(run, run->baseline)) : "";
	struct sheet *sheet = SHEET(
		isfinite(run->rate)
			? "By loss, then p99, CPU and the producer's cost; medians of the rounds"
			: "The fastest first; medians of the rounds",
		COLUMN("reader", TEXT), COLUMN("Mev/s", RANGE), COLUMN("ns/event", NUMBER),
		DETAIL("95 % interval", NUMBER), COLUMN("of the floor", NUMBER),
		COLUMN("lost", NUMBER), COLUMN("p99", NUMBER), COLUMN("CPU, %", RANGE),
		COLUMN("producer, ns/event", RANGE), DETAIL("off CPU", NUMBER),
		COLUMN(speed, RATIO), COLUMN("verdict", TEXT));

	return add_rows(sheet, run, fill_main);
}

/* Readers by size: what @mark takes of each result. @line: where a line is drawn, or NAN. */
static void add_curves(struct page *page, const struct run *run, size_t way, const char *title,
	struct mark (*mark)(const struct result *), const char *(*write)(double), double line)
{
	struct sheet *sheet = SHEET(title, COLUMN("reader", TEXT));
	struct curves *curves = page_allocate(sizeof(*curves));

	*curves = (struct curves){ "bytes an event",
		"medians of the rounds; a band is a 95 % interval",
		size_bytes(run->sizes.list[0]) > 0, write != text_share, line, write };
	sheet->curves = curves;
	for (size_t s = 0; s < run->sizes.count; s++)
		sheet_column(sheet, (struct column){ .title = run->sizes.list[s],
					    .kind = COLUMN_NUMBER,
					    .at = size_bytes(run->sizes.list[s]) });
	for (size_t p = 0; p < run->paths.count; p++)
		sheet_row(sheet, STYLE_LIMIT, 0, run->paths.list[p]);
	for (size_t i = 0; i < run->result_count; i++) {
		const struct result *r = &run->results[i];
		struct cell *cell = &sheet->rows[r->path].cells[r->size + 1];

		if (r->way != way)
			continue;
		cell->mark = mark(r);
		cell->text = isfinite(cell->mark.value) ? write(cell->mark.value) : "";
		sheet->rows[r->path].style = r->style;
	}
	page_add_sheet(page, sheet, false);
}

static void add_sizes(struct page *page, const struct run *run)
{
	for (size_t way = 0; way < run->ways.count; way++) {
		const char *of =
			run->ways.count > 1 ? text(", %s touched", run->ways.list[way]) : "";

		if (run->floor)
			add_curves(page, run, way, text("Share of the %s%s", run->floor, of),
				floor_mark, text_share, 1);
		if (run->baseline)
			add_curves(page, run, way,
				text("Times as fast as %s%s", run->baseline->path, of), ratio_mark,
				text_ratio, 1);
		add_curves(page, run, way, text("Million events a second%s", of), rate_mark,
			text_number, NAN);
	}
}

static void fill_latency(struct sheet *sheet, const struct run *run, const struct result *result)
{
	(void)run;
	for (int q = 0; q < LATENCIES; q++) {
		const double ns =
			result->row->latency_count > 0 ? (double)result->row->latencies[q] : NAN;

		sheet_mark(sheet, text_time(ns), (struct mark){ ns, NAN, NAN, NULL, 0 });
	}
}

static void add_latency(struct page *page, const struct run *run)
{
	static const struct curves curves = { "percentile of the events",
		"from the time an event was due (at full rate: was written) until it was handled",
		false, true, NAN, text_time };
	struct sheet *sheet = SHEET("Latency: how long events waited", COLUMN("reader", TEXT),
		{ "p50", COLUMN_NUMBER, false, 0.3 }, { "p90", COLUMN_NUMBER, false, 1 },
		{ "p99", COLUMN_NUMBER, false, 2 }, { "p99.9", COLUMN_NUMBER, false, 3 },
		{ "max", COLUMN_NUMBER, false, 4 });

	sheet->curves = &curves;
	page_add_sheet(page, add_rows(sheet, run, fill_latency), false);
}

/* Of live there are ratios of several metrics. */
static const char *metric_title(const char *metric)
{
	return strcmp(metric, metrics[METRIC_NS].name) == 0       ? "events a second"
	       : strcmp(metric, metrics[METRIC_CPU_NS].name) == 0 ? "CPU time of the consumer"
								  : "cost to the producer";
}

static void add_ratios(struct page *page, const struct run *run)
{
	struct sheet *sheet =
		SHEET("Every ratio, paired by round; above 1 is better", COLUMN("reader", TEXT),
			COLUMN("against", TEXT), COLUMN("in", TEXT), COLUMN("times as good", RATIO),
			COLUMN("95 % interval", NUMBER), COLUMN("verdict", TEXT));

	for (size_t i = 0; i < run->ratio_count; i++) {
		const struct run_ratio *ratio = &run->ratios[i];

		sheet_row(sheet, ratio->result->style, 0, ratio->result->name);
		SHEET_CELLS(sheet, baseline_name(run, ratio->to),
			run->live ? metric_title(ratio->metric) : "");
		sheet_mark(sheet, text_ratio(ratio->mark.value), ratio->mark);
		sheet_cell(sheet, text_interval(&ratio->mark, text_factor));
		sheet_verdict(sheet, ratio->verdict);
	}
	page_add_sheet(page, sheet, true);
}

static void fill_limit(struct sheet *sheet, const struct run *run, const struct result *result)
{
	sheet_cell(sheet, run->live ? text_in(result->json, "verdict") : "");
}

const struct sheet *add_results(struct page *page, const struct run *run)
{
	const bool curves = run->sizes.count >= SIZES_FOR_CURVES;
	struct sheet *sheet = main_sheet(run);
	struct sheet *limits = SHEET("What limits each, and what to change", COLUMN("reader", TEXT),
		COLUMN("what limits it, and what to change", TEXT));

	if (curves)
		add_sizes(page, run);
	page_add_sheet(page, sheet, curves);
	add_latency(page, run);
	add_advice(page, run);
	page_add_sheet(page, add_rows(limits, run, fill_limit), true);
	add_ratios(page, run);
	add_notes(page, run);
	return sheet;
}
