/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a run measured: how fast each reader is and what it costs, against the others and against the
 * limits; curves by event size; advice and published figures; its workload, every round, every
 * metric, its peers.
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

	return (struct mark){ metrics[metric].summing == SUMMING_MEDIAN ? s->median : cell->value,
		s->interval.low, s->interval.high, cell->rounds, cell->rounds ? row->rounds : 0 };
}

/* How a figure of DRAWN_... is written. */
static const char *(*const write_drawn[])(double) = { text_number, text_ratio, text_share };

static const char *baseline_name(const struct run *run, const struct row *baseline)
{
	return run->live ? row_name(baseline) : baseline->path;
}

static const char *costs_text(const struct result *result)
{
	return text("lost %s, p99 %s, %s of one CPU, %s an event to the producer",
		text_percent(result->lost_percent), text_time(row_latency(result->row, 2)),
		text_percent(mark_of(result->row, METRIC_CPU_PERCENT).value),
		text_time(mark_of(result->row, METRIC_PRODUCER_NS).value));
}

/* ", 1.17x to 3.4x libbpf" and ", 80 % to 98 % of the floor": of results like @like, by size. */
static const char *range_text(
	const struct run *run, const struct result *like, enum drawn drawn, const char *of)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < run->result_count; i++) {
		const struct result *r = &run->results[i];

		if (r->path != like->path || r->way != like->way)
			continue;
		low = fmin(low, r->drawn[drawn].value);
		high = fmax(high, r->drawn[drawn].value);
	}
	return TEXT_IF(low <= high, ", %s to %s %s", write_drawn[drawn](low),
		write_drawn[drawn](high), of);
}

/* Whether the fastest result of a size is shown to be it: against the baseline or the next one. */
static bool is_shown_to_win(const struct run *run, size_t i)
{
	const struct result *r = &run->results[i], *next = r + 1;

	if (r->verdict)
		return strcmp(r->verdict, verdicts[VERDICT_FASTER].name) == 0;
	if (i + 1 == run->result_count || next->size != r->size || !next->verdict)
		return run->paths.count == 1;
	return strcmp(next->verdict, verdicts[VERDICT_SLOWER].name) == 0;
}

/* The reader that is fastest at most sizes: of each size and way the fastest result is the first. */
static const char *sweep_verdict(const struct run *run)
{
	size_t wins[PAGE_PATHS_MAX] = { 0 }, most = 0, sizes = 0, last = SIZE_MAX;
	const struct result *winner = NULL;

	for (size_t i = 0; i < run->result_count; i++) {
		const struct result *r = &run->results[i];

		if (r->row->limit || r->way != 0 || r->size == last)
			continue;
		last = r->size;
		sizes++;
		if (!is_shown_to_win(run, i))
			continue;
		if (++wins[r->path] > most) {
			most = wins[r->path];
			winner = r;
		}
	}
	if (sizes == 0)
		return "Only limits were measured.";
	if (!winner)
		return "Undecided at all sizes: too few rounds, or too noisy.";
	return text("%s%s is fastest at %zu of %zu sizes%s%s.",
		TEXT_IF(run->ways.count > 1, "%s: ", winner->row->touch), winner->row->path, most,
		run->sizes.count,
		range_text(run, winner, DRAWN_RATIO, run->baseline ? run->baseline->path : ""),
		range_text(run, winner, DRAWN_FLOOR, TEXT_IF(run->floor, "of the %s", run->floor)));
}

static const char *advice_verdict(const json_t *advice)
{
	if (json_is_integer(json_object_get(advice, "ring_size")))
		return text("Recommended ring: %s; the smallest that lost nothing: %s.",
			text_bytes(number_in(advice, "ring_size")),
			text_bytes(number_in(advice, "smallest")));
	return text(
		"No ring was large enough%s.", json_is_true(json_object_get(advice, "saturated"))
						       ? ": the consumer was busy all the time"
					       : json_is_true(json_object_get(advice, "off_cpu"))
						       ? ": the consumer was kept off its CPU"
						       : "");
}

const char *run_verdict(const struct run *run)
{
	const json_t *advice = json_object_get(run->json, "advice");
	const struct result *best = &run->results[0];
	const struct mark *ratio = &best->drawn[DRAWN_RATIO];
	const double floor = best->drawn[DRAWN_FLOOR].value;

	if (json_is_object(advice))
		return advice_verdict(advice);
	if (run->live && row_value(best->row, METRIC_CONSUMED) == 0)
		return text_in(best->json, "verdict"); /* it says why */
	if (run->live && isfinite(run->rate))
		return text("%s is best at %s events a second: %s.", best->name,
			text_count(run->rate), costs_text(best));
	if (!run->live && run->sizes.count > 1)
		return sweep_verdict(run);
	if (!run->live && best->row->limit)
		return "Only limits were measured.";
	return text("%s %s: %s million events a second%s%s%s.", best->name,
		run->live ? "reads most" : "is fastest",
		text_number(best->drawn[DRAWN_SPEED].value),
		table_rival(run->table, best->row, run->result_count > 1 ? best[1].row : NULL),
		TEXT_IF(isfinite(ratio->value), ", %s %s %s (%s)", text_ratio(ratio->value),
			baseline_name(run, run->baseline), text_interval(ratio, text_factor),
			best->verdict),
		run->live ? text("; %s", costs_text(best))
			  : TEXT_IF(isfinite(floor), ", %s of the %s", text_share(floor),
				    run->floor));
}

/* Begins a row with the result's name. */
static void add_result_row(struct sheet *sheet, const struct result *result)
{
	struct sheet_row *row = SHEET_ROW(sheet, result->name);

	row->style = result->style;
	row->dash = result->dash;
}

static void add_main_row(struct sheet *sheet, const struct run *run, const struct result *result)
{
	const struct mark ns = mark_of(result->row, METRIC_NS), *drawn = result->drawn;

	add_result_row(sheet, result);
	sheet_mark(sheet, drawn[DRAWN_SPEED], text_number);
	SHEET_CELLS(sheet, run->live ? "" : text_number(ns.value),
		run->live ? "" : text_interval(&ns, text_number),
		text_share(drawn[DRAWN_FLOOR].value), text_percent(result->lost_percent),
		text_time(row_latency(result->row, 2)));
	sheet_mark(sheet, mark_of(result->row, METRIC_CPU_PERCENT), text_number);
	sheet_mark(sheet, mark_of(result->row, METRIC_PRODUCER_NS), text_number);
	sheet_cell(sheet, text_time(row_value(result->row, METRIC_OFF_CPU_NS)));
	sheet_mark(sheet, drawn[DRAWN_RATIO], text_ratio);
	sheet_verdict(sheet, result->row->limit ? "(limit)"
			     : result->verdict  ? result->verdict
						: "(baseline)");
}

/* Whatever was measured: columns without content are removed later. */
static struct sheet *main_sheet(const struct run *run)
{
	const char *speed =
		TEXT_IF(run->baseline, "speed vs %s", baseline_name(run, run->baseline));
	struct sheet *sheet = SHEET(
		isfinite(run->rate)
			? "By loss, then p99, CPU and the producer's cost; medians of the rounds"
			: "The fastest first; medians of the rounds",
		COLUMN("reader", TEXT), COLUMN("Mev/s", RANGE), COLUMN("ns/event", NUMBER),
		DETAIL("95 % interval", NUMBER), COLUMN("of the floor", NUMBER),
		COLUMN("lost", NUMBER), COLUMN("p99", NUMBER), COLUMN("CPU, %", RANGE),
		COLUMN("producer, ns/event", RANGE), DETAIL("off CPU", NUMBER),
		COLUMN(speed, RATIO), COLUMN("verdict", TEXT));

	for (size_t i = 0; i < run->result_count; i++)
		add_main_row(sheet, run, &run->results[i]);
	return sheet;
}

/* Readers by size. */
static void add_curves(
	struct page *page, const struct run *run, size_t way, enum drawn drawn, const char *title)
{
	const char *(*write)(double) = write_drawn[drawn];
	struct sheet *sheet = SHEET(title, COLUMN("reader", TEXT));

	sheet->curves = (struct curves){ "bytes an event",
		"medians of the rounds; a band is a 95 % interval",
		size_bytes(run->sizes.list[0]) > 0, drawn != DRAWN_FLOOR,
		drawn == DRAWN_SPEED ? NAN : 1, write };
	for (size_t s = 0; s < run->sizes.count; s++)
		sheet_column(sheet, (struct column){ .title = run->sizes.list[s],
					    .kind = COLUMN_NUMBER,
					    .at = size_bytes(run->sizes.list[s]) });
	for (size_t p = 0; p < run->paths.count; p++)
		SHEET_ROW(sheet, run->paths.list[p])->style = STYLE_LIMIT;
	for (size_t i = 0; i < run->result_count; i++) {
		const struct result *r = &run->results[i];
		struct cell *cell = &sheet->rows[r->path].cells[r->size + 1];

		if (r->way != way)
			continue;
		cell->mark = r->drawn[drawn];
		cell->text = isfinite(cell->mark.value) ? write(cell->mark.value) : "";
		sheet->rows[r->path].style = r->style;
	}
	page_add_sheet(page, sheet, false);
}

static void add_sizes(struct page *page, const struct run *run)
{
	for (size_t way = 0; way < run->ways.count; way++) {
		const char *of = TEXT_IF(run->ways.count > 1, ", %s touched", run->ways.list[way]);

		if (run->floor)
			add_curves(page, run, way, DRAWN_FLOOR,
				text("Share of the %s%s", run->floor, of));
		if (run->baseline)
			add_curves(page, run, way, DRAWN_RATIO,
				text("Times as fast as %s%s", run->baseline->path, of));
		add_curves(page, run, way, DRAWN_SPEED, text("Million events a second%s", of));
	}
}

static void add_latency(struct page *page, const struct run *run)
{
	struct sheet *sheet = SHEET("Latency: how long events waited", COLUMN("reader", TEXT),
		{ "p50", COLUMN_NUMBER, false, 0.3 }, { "p90", COLUMN_NUMBER, false, 1 },
		{ "p99", COLUMN_NUMBER, false, 2 }, { "p99.9", COLUMN_NUMBER, false, 3 },
		{ "max", COLUMN_NUMBER, false, 4 });

	sheet->curves = (struct curves){ "percentile of the events",
		"from the time an event was due (at full rate: was written) until it was handled",
		false, true, NAN, text_time };
	for (size_t i = 0; i < run->result_count; i++) {
		add_result_row(sheet, &run->results[i]);
		for (int q = 0; q < LATENCIES; q++)
			sheet_mark(sheet, MARK(row_latency(run->results[i].row, q), NAN, NAN),
				text_time);
	}
	page_add_sheet(page, sheet, false);
}

static void add_ratios(struct page *page, const struct run *run)
{
	struct sheet *sheet =
		SHEET("Every ratio, paired by round; above 1 is better", COLUMN("reader", TEXT),
			COLUMN("against", TEXT), COLUMN("in", TEXT), COLUMN("times as good", RATIO),
			COLUMN("95 % interval", NUMBER), COLUMN("verdict", TEXT));

	for (size_t i = 0; i < run->ratio_count; i++) {
		const struct run_ratio *ratio = &run->ratios[i];

		/* Of live there are ratios of several metrics. */
		SHEET_ROW(sheet, ratio->result->name, baseline_name(run, ratio->to),
			!run->live                                            ? ""
			: strcmp(ratio->metric, metrics[METRIC_NS].name) == 0 ? "events a second"
			: strcmp(ratio->metric, metrics[METRIC_CPU_NS].name) == 0
				? "CPU time of the consumer"
				: "cost to the producer")
			->style = ratio->result->style;
		sheet_mark(sheet, ratio->mark, text_ratio);
		sheet_cell(sheet, text_interval(&ratio->mark, text_factor));
		sheet_verdict(sheet, ratio->verdict);
	}
	page_add_sheet(page, sheet, true);
}

/* "duration" for duration_ns. */
static const char *words_of(const char *name)
{
	static const char *const units[] = { "_ns_per_event", "_ns", "_bytes" };
	size_t length = strlen(name);
	char *words = arena_allocate(length + 1);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (length > strlen(units[i]) &&
			strcmp(name + length - strlen(units[i]), units[i]) == 0)
			length -= strlen(units[i]);
	for (size_t i = 0; i < length; i++)
		words[i] = name[i] == '_' ? ' ' : name[i];
	return words;
}

const char *value_text(const char *name, const json_t *value)
{
	const double number = json_number_value(value);

	if (json_is_string(value))
		return json_string_value(value);
	if (!json_is_number(value))
		return json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "unknown";
	if (strstr(name, "_ns"))
		return text_time(number);
	if (strcmp(name, "event_size") == 0 && number == 0)
		return "mixed";
	return strstr(name, "_size") || strstr(name, "_bytes") || strstr(name, "high_water")
		       ? text_bytes(number)
		       : text_number(number);
}

/* Adds a row for each object of @list, a column for each member of the first one. */
static void add_objects(struct page *page, const char *caption, const json_t *list)
{
	struct sheet *sheet = sheet_make(caption, (const struct column[]){ { .title = NULL } });
	json_t *first = json_array_get(list, 0), *element, *value;
	const char *name;
	size_t i;

	json_object_foreach(first, name, value)
	{
		sheet_column(sheet,
			(struct column){ .title = words_of(name),
				.kind = json_is_number(value) ? COLUMN_NUMBER : COLUMN_TEXT });
	}
	json_array_foreach(list, i, element)
	{
		if (sheet->column_count == 0)
			continue;
		SHEET_ROW(sheet, NULL); /* the name is a member, too */
		json_object_foreach(first, name, value)
		{
			sheet_cell(sheet, value_text(name, json_object_get(element, name)));
		}
	}
	page_add_sheet(page, sheet, false);
}

static const char *workload_text(const struct run *run)
{
	const char *name, *words = "Workload", *separator = ":";
	json_t *value;

	json_object_foreach((json_t *)run->workload, name, value)
	{
		/* Settings that are off say nothing. */
		if (json_is_null(value) || json_is_false(value) ||
			(json_is_number(value) && json_number_value(value) == 0 &&
				!strstr(name, "cpu")))
			continue;
		words = text(
			"%s%s %s %s", words, separator, words_of(name), value_text(name, value));
		separator = ";";
	}
	return text("%s. %s", words,
		run->live ? "Every event was accounted for, in each round: produced = consumed + "
			    "lost + discarded."
			  : "Every reading was verified by an independent walk over the ring: "
			    "count, order, checksum.");
}

static void add_metrics(struct page *page, const struct run *run)
{
	struct sheet *sheet =
		SHEET("Every metric: medians with 95 % intervals, or sums over all rounds",
			COLUMN("reader", TEXT));

	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		const char *name = metrics[metric].name;

		sheet_column(
			sheet, (struct column){ .title = text("%s%s%s", words_of(name),
							strstr(name, "_ns") ? ", ns" : "",
							strstr(name, "_ns_per") ? " an event" : ""),
				       .kind = COLUMN_NUMBER });
	}
	for (size_t i = 0; i < run->result_count; i++) {
		add_result_row(sheet, &run->results[i]);
		for (int metric = 0; metric < METRIC_COUNT; metric++) {
			const struct mark mark = mark_of(run->results[i].row, (enum metric)metric);

			sheet_cell(sheet, text("%s%s%s", text_number(mark.value),
						  isfinite(mark.low) ? " " : "",
						  text_interval(&mark, text_number)));
		}
	}
	page_add_sheet(page, sheet, true);
}

static void add_rounds(struct page *page, const struct run *run)
{
	struct sheet *sheet = SHEET(
		"Every round in the order measured, from left to right; nothing was dropped",
		COLUMN("reader", TEXT), COLUMN("each round as a share of the median", ROUNDS),
		COLUMN("min, ns", NUMBER), COLUMN("max, ns", NUMBER),
		COLUMN("deviation, ns", NUMBER), COLUMN("outliers", NUMBER), COLUMN("note", TEXT),
		COLUMN("checksum", TEXT));

	for (size_t i = 0; i < run->result_count; i++) {
		const struct row *row = run->results[i].row;
		const struct summary *ns = row_summary(row, METRIC_NS);

		add_result_row(sheet, &run->results[i]);
		sheet_cell(sheet, "")->mark = mark_of(row, METRIC_NS);
		SHEET_CELLS(sheet, text_number(ns->min), text_number(ns->max),
			text_number(ns->deviation), text_number((double)ns->outliers),
			ns->two_humped ? "two speeds: a virtual CPU may have moved" : "",
			run->live ? "" : row->checksum);
	}
	page_add_sheet(page, sheet, true);
}

static void add_limits(struct page *page, const struct run *run)
{
	struct sheet *sheet = SHEET("What limits each, and what to change", COLUMN("reader", TEXT),
		COLUMN("what limits it, and what to change", TEXT));

	for (size_t i = 0; i < run->result_count && run->live; i++) {
		add_result_row(sheet, &run->results[i]);
		sheet_cell(sheet, text_in(run->results[i].json, "verdict"));
	}
	page_add_sheet(page, sheet, true);
}

const struct sheet *add_results(struct page *page, const struct run *run)
{
	const bool curves = run->sizes.count >= SIZES_FOR_CURVES;
	struct sheet *sheet = main_sheet(run);

	if (curves)
		add_sizes(page, run);
	page_add_sheet(page, sheet, curves);
	add_latency(page, run);
	add_objects(page, "Ring sizes that were tried",
		json_object_get(json_object_get(run->json, "advice"), "tries"));
	add_limits(page, run);
	add_ratios(page, run);
	add_rounds(page, run);
	add_metrics(page, run);
	page_add(page, BLOCK_TEXT, workload_text(run));
	add_objects(page, "Peers", json_object_get(run->json, "peers"));
	add_objects(page, "Peers that failed, so none of their readings is here",
		json_object_get(run->json, "failed_peers"));
	page_add(page, BLOCK_TEXT,
		text("Peak memory of the benchmark without the ring: %s.",
			text_bytes(number_in(run->json, "own_memory_bytes"))));
	return sheet;
}
