/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drain and sweep: throughput by path, and by event size where there are several.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/sections.h"

/* From so many sizes on there are curves; before, rows. */
#define SIZES_FOR_CURVES 3

/* An interval of times, turned into one of rates. */
static void rate_interval(const json_t *result, double *low, double *high)
{
	const json_t *ns = run_object(result, "ns_per_event");

	*low = 1e3 / run_number(ns, "high");
	*high = 1e3 / run_number(ns, "low");
}

/* What is measured by a way: "header touched", "fields touched". */
static const char *touched(const struct grid *grid, size_t way, char text[64])
{
	snprintf(text, 64, "%.40s touched", grid->ways[way]);
	return text;
}

/* "batch", or with several sizes "batch, 16 B". */
static const char *name_of(const struct grid *grid, size_t path, size_t size, char text[96])
{
	if (grid->size_count == 1)
		snprintf(text, 96, "%.60s", grid->paths[path]);
	else
		snprintf(text, 96, "%.60s, %" JSON_INTEGER_FORMAT " B", grid->paths[path],
			grid->sizes[size]);
	return text;
}

/* A value of a result, with its interval; false: there is none. */
typedef bool value_fn(const struct grid *grid, const json_t *result, size_t baseline, double *value,
	double *low, double *high);

static bool throughput(const struct grid *grid, const json_t *result, size_t baseline,
	double *value, double *low, double *high)
{
	(void)grid;
	(void)baseline;
	*value = run_throughput(result);
	rate_interval(result, low, high);
	return isfinite(*value);
}

static bool ratio(const struct grid *grid, const json_t *result, size_t baseline, double *value,
	double *low, double *high)
{
	const json_t *found = grid_ratio(grid, result, baseline);

	*value = run_number(found, "median");
	*low = run_number(found, "low");
	*high = run_number(found, "high");
	return isfinite(*value);
}

static void describe(
	struct plot *plot, const struct grid *grid, value_fn *value_of, size_t way, size_t baseline)
{
	size_t size = 0;
	FILE *out = open_memstream(&plot->description, &size);

	if (!out) {
		plot->failed = true;
		return;
	}
	fprintf(out, "%s:", plot->axis);
	for (size_t path = 0; path < grid->path_count; path++) {
		const char *separator = path ? ";" : "";
		bool any = false;

		for (size_t s = 0; s < grid->size_count; s++) {
			const json_t *result = grid_cell(grid, path, s, way);
			double value, low, high;
			char number[NUMBER_SIZE];

			/* Of a curve its ends. */
			if (!result || (s > 0 && s + 1 < grid->size_count) ||
				!value_of(grid, result, baseline, &value, &low, &high))
				continue;
			if (!any)
				fprintf(out, "%s %.60s", separator, grid->paths[path]);
			fprintf(out, "%s %s", any ? "," : "", ratio_text(number, value));
			if (grid->size_count > 1)
				fprintf(out, " at %" JSON_INTEGER_FORMAT " B", grid->sizes[s]);
			any = true;
		}
	}
	fputs(".", out);
	plot->failed |= fclose(out) != 0;
}

static void fill_rows(
	struct plot *plot, const struct grid *grid, value_fn *value_of, size_t way, size_t baseline)
{
	for (size_t path = 0; path < grid->path_count; path++) {
		const size_t series = plot_series(plot, grid->paths[path], grid_style(grid, path));

		for (size_t s = 0; s < grid->size_count; s++) {
			const json_t *result = grid_cell(grid, path, s, way);
			struct plot_point point = { .series = series };
			char name[96], note[NUMBER_SIZE];
			size_t rounds;

			if (!result || !value_of(grid, result, baseline, &point.value, &point.low,
					       &point.high))
				continue;
			point.at = (double)plot_category(plot, name_of(grid, path, s, name),
				value_of == ratio ? ratio_text(note, point.value)
						  : number_text(note, point.value));
			plot_point(plot, point);
			if (value_of == ratio)
				continue;
			rounds = run_round_count(result);
			for (size_t i = 0; i < rounds; i++)
				plot_dot(plot, series, plot_place(point.at, i, rounds),
					1e3 / run_round(result, "ns_per_event", i));
		}
	}
}

static void fill_curves(
	struct plot *plot, const struct grid *grid, value_fn *value_of, size_t way, size_t baseline)
{
	for (size_t path = 0; path < grid->path_count; path++) {
		size_t series = SIZE_MAX;

		for (size_t s = 0; s < grid->size_count; s++) {
			const json_t *result = grid_cell(grid, path, s, way);
			struct plot_point point = { .at = (double)grid->sizes[s] };

			if (!result || point.at <= 0 ||
				!value_of(grid, result, baseline, &point.value, &point.low,
					&point.high))
				continue;
			if (series == SIZE_MAX)
				series = plot_series(
					plot, grid->paths[path], grid_style(grid, path));
			point.series = series;
			plot_point(plot, point);
		}
	}
}

/* A line for the floor, where all is of one size. */
static void add_floor(struct plot *plot, const struct grid *grid, size_t way)
{
	for (size_t path = 0; path < grid->path_count; path++) {
		const json_t *result = grid_cell(grid, path, 0, way);

		if (strcmp(grid->paths[path], "floor") == 0 && result)
			plot_line(plot, "floor", run_throughput(result));
	}
}

static void write_throughput_plot(struct page *page, const struct grid *grid, size_t way)
{
	const bool curves = grid->size_count >= SIZES_FOR_CURVES;
	char words[64];
	struct plot plot;

	plot_begin(&plot, curves ? PLOT_CURVES : PLOT_ROWS, "million events a second");
	plot.across = "bytes an event";
	snprintf(plot.title, sizeof(plot.title), "Throughput of %.80s, %s", grid->run->name,
		touched(grid, way, words));
	plot.key = plot.logarithmic = curves;
	plot.from_zero = !curves;
	if (curves)
		fill_curves(&plot, grid, throughput, way, 0);
	else
		fill_rows(&plot, grid, throughput, way, 0);
	if (grid->size_count == 1)
		add_floor(&plot, grid, way);
	describe(&plot, grid, throughput, way, 0);
	page_plot(page, &plot);
	plot_end(&plot);
}

static void write_ratio_plot(
	struct page *page, const struct grid *grid, size_t way, size_t baseline)
{
	const bool curves = grid->size_count >= SIZES_FOR_CURVES;
	struct plot plot;

	plot_begin(&plot, curves ? PLOT_CURVES : PLOT_ROWS, "times as fast");
	plot.across = "bytes an event";
	snprintf(plot.title, sizeof(plot.title), "Times as fast as %.60s",
		grid->baselines[baseline]);
	plot.small = true;
	plot.key = curves;
	plot.logarithmic = true;
	plot_line(&plot, "", 1);
	if (curves)
		fill_curves(&plot, grid, ratio, way, baseline);
	else
		fill_rows(&plot, grid, ratio, way, baseline);
	describe(&plot, grid, ratio, way, baseline);
	if (plot.point_count > 0)
		page_plot(page, &plot);
	plot_end(&plot);
}

static void write_result_row(
	struct page *page, const struct grid *grid, const json_t *result, const char *name)
{
	const json_t *ns = run_object(result, "ns_per_event");
	const json_t *reference = grid_ratio(grid, result, 0);
	const json_t *floor = grid_ratio(grid, result, grid_baseline(grid, "floor"));
	const double of_floor = run_number(floor, "median");
	char text[INTERVAL_SIZE], number[NUMBER_SIZE];

	page_cell(page, "%s", name);
	page_cell(page, "%s", number_text(number, run_throughput(result)));
	page_cell(page, "%s", number_text(number, run_number(ns, "median")));
	page_cell(page, "%s", interval_text(text, run_number(ns, "low"), run_number(ns, "high")));
	if (grid->baseline_count > 0) {
		page_cell(page, "%s",
			reference ? ratio_text(number, run_number(reference, "median")) : "");
		page_verdict_cell(page, grid_is_limit(run_text(result, "path"))
						? TONE_PLAIN
						: tone_of(run_text(reference, "verdict")));
	}
	if (grid_baseline(grid, "floor") < grid->baseline_count) {
		if (isfinite(of_floor))
			page_cell(page, "%s %%", number_text(number, 100 * of_floor));
		else
			page_cell(page, "%s", "");
	}
}

/* What the median hides. */
static void write_spread_row(struct page *page, const json_t *result, const char *name)
{
	const json_t *ns = run_object(result, "ns_per_event");
	char number[NUMBER_SIZE];

	page_cell(page, "%s", name);
	page_cell(page, "%s", number_text(number, run_number(ns, "min")));
	page_cell(page, "%s", number_text(number, run_number(ns, "max")));
	page_cell(page, "%s", number_text(number, run_number(ns, "mad")));
	page_cell(page, "%s", number_text(number, run_number(ns, "outliers")));
	page_cell(page, "%s", json_is_true(json_object_get(ns, "two_humped")) ? "two" : "one");
	page_cell(page, "%s", number_text(number, run_round(result, "consumed", 0)));
	page_cell(page, "%s", run_text(result, "checksum"));
}

static void write_spread_table(struct page *page, const struct grid *grid, size_t way)
{
	static const struct column columns[] = { { "path", false }, { "min, ns", true },
		{ "max, ns", true }, { "MAD, ns", true }, { "outliers", true }, { "humps", false },
		{ "events a round", true }, { "checksum of the last", true } };

	page_details_begin(page, "Spread of the rounds");
	page_table_begin(page, "MAD: median absolute deviation; outliers are kept", columns, 8);
	for (size_t s = 0; s < grid->size_count; s++)
		for (size_t path = 0; path < grid->path_count; path++) {
			const json_t *result = grid_cell(grid, path, s, way);
			char name[96];

			if (result)
				write_spread_row(page, result, name_of(grid, path, s, name));
		}
	page_table_end(page);
	page_details_end(page);
}

static void write_results_table(struct page *page, const struct grid *grid, size_t way)
{
	char caption[128], words[64], reference[64] = "";
	struct column columns[7];
	size_t count = 0;

	columns[count++] = (struct column){ "path", false };
	columns[count++] = (struct column){ "Mev/s", true };
	columns[count++] = (struct column){ "ns an event", true };
	columns[count++] = (struct column){ "95 % interval", true };
	if (grid->baseline_count > 0) {
		snprintf(reference, sizeof(reference), "times %.40s", grid->baselines[0]);
		columns[count++] = (struct column){ reference, true };
		columns[count++] = (struct column){ "verdict", false };
	}
	if (grid_baseline(grid, "floor") < grid->baseline_count)
		columns[count++] = (struct column){ "of the floor", true };
	snprintf(
		caption, sizeof(caption), "Medians over the rounds, %s", touched(grid, way, words));
	page_table_begin(page, caption, columns, count);
	for (size_t s = 0; s < grid->size_count; s++)
		for (size_t path = 0; path < grid->path_count; path++) {
			const json_t *result = grid_cell(grid, path, s, way);
			char name[96];

			if (result)
				write_result_row(page, grid, result, name_of(grid, path, s, name));
		}
	page_table_end(page);
}

/* Sizes downwards, paths to the right: throughput, or with a @baseline times as fast as it. */
static void write_sizes_table(
	struct page *page, const struct grid *grid, value_fn *value_of, size_t way, size_t baseline)
{
	struct column columns[GRID_PATHS_MAX + 1] = { { "bytes", false } };
	char words[64], caption[192], number[NUMBER_SIZE];

	for (size_t path = 0; path < grid->path_count; path++)
		columns[path + 1] = (struct column){ grid->paths[path], true };
	snprintf(caption, sizeof(caption), "%s%.64s, %s",
		value_of == ratio ? "Times as fast as " : "Million events a second",
		value_of == ratio ? grid->baselines[baseline] : "", touched(grid, way, words));
	page_table_begin(page, caption, columns, grid->path_count + 1);
	for (size_t s = 0; s < grid->size_count; s++) {
		page_cell(page, "%" JSON_INTEGER_FORMAT, grid->sizes[s]);
		for (size_t path = 0; path < grid->path_count; path++) {
			const json_t *result = grid_cell(grid, path, s, way);
			double value = NAN, low, high;

			if (result)
				value_of(grid, result, baseline, &value, &low, &high);
			if (!isfinite(value))
				page_cell(page, "%s", "");
			else
				page_cell(page, "%s",
					value_of == ratio ? ratio_text(number, value)
							  : number_text(number, value));
		}
	}
	page_table_end(page);
}

static void write_throughput(struct page *page, const struct grid *grid, size_t way)
{
	char title[96], words[64];
	const bool curves = grid->size_count >= SIZES_FOR_CURVES;

	snprintf(title, sizeof(title), "Throughput%s, %s", curves ? " by event size" : "",
		touched(grid, way, words));
	page_figure_begin(page, title);
	write_throughput_plot(page, grid, way);
	if (curves)
		write_sizes_table(page, grid, throughput, way, 0);
	if (curves && !page->brief) {
		page_details_begin(page, "Every figure, with its interval");
		write_results_table(page, grid, way);
		page_details_end(page);
	} else if (!curves) {
		write_results_table(page, grid, way);
	}
	if (!page->brief)
		write_spread_table(page, grid, way);
	page_figure_end(page);
}

static void write_ratio_row(struct page *page, const struct grid *grid, const json_t *found,
	const char *name, size_t baseline)
{
	char text[INTERVAL_SIZE], number[NUMBER_SIZE];

	page_cell(page, "%s", name);
	page_cell(page, "%s", grid->baselines[baseline]);
	page_cell(page, "%s", ratio_text(number, run_number(found, "median")));
	page_cell(page, "%s",
		ratio_interval_text(text, run_number(found, "low"), run_number(found, "high")));
	page_verdict_cell(page, tone_of(run_text(found, "verdict")));
}

static void write_ratios(struct page *page, const struct grid *grid, size_t way)
{
	static const struct column columns[] = { { "path", false }, { "held against", false },
		{ "times as fast", true }, { "95 % interval", true }, { "verdict", false } };
	char title[96], words[64], name[96];

	snprintf(title, sizeof(title), "Held against each baseline, %s", touched(grid, way, words));
	page_figure_begin(page, title);
	for (size_t baseline = 0; baseline < grid->baseline_count; baseline++)
		write_ratio_plot(page, grid, way, baseline);
	if (page->brief && grid->size_count >= SIZES_FOR_CURVES) {
		for (size_t baseline = 0; baseline < grid->baseline_count; baseline++)
			write_sizes_table(page, grid, ratio, way, baseline);
		page_figure_end(page);
		return;
	}
	page_details_begin(page, "Every ratio");
	page_table_begin(page, "Paired by round; above 1 the path is faster", columns, 5);
	for (size_t baseline = 0; baseline < grid->baseline_count; baseline++)
		for (size_t s = 0; s < grid->size_count; s++)
			for (size_t path = 0; path < grid->path_count; path++) {
				const json_t *result = grid_cell(grid, path, s, way);
				const json_t *found =
					result ? grid_ratio(grid, result, baseline) : NULL;

				if (found)
					write_ratio_row(page, grid, found,
						name_of(grid, path, s, name), baseline);
			}
	page_table_end(page);
	page_details_end(page);
	page_figure_end(page);
}

static void write_counters(struct page *page, const struct grid *grid)
{
	static const struct column columns[] = { { "path", false }, { "touched", false },
		{ "cycles", true }, { "instructions", true }, { "cache misses", true } };
	const json_t *result;
	bool any = false;
	size_t i;

	json_array_foreach(run_list(grid->run->json, "results"), i, result)
	{
		char number[NUMBER_SIZE];

		if (!run_object(result, "cycles_per_event"))
			continue;
		if (!any)
			page_table_begin(page, "Hardware counters, an event", columns, 5);
		any = true;
		page_cell(page, "%s, %" JSON_INTEGER_FORMAT " B", run_text(result, "path"),
			json_integer_value(json_object_get(result, "event_size")));
		page_cell(page, "%s", run_way(result));
		page_cell(page, "%s", number_text(number, run_amount(result, "cycles_per_event")));
		page_cell(page, "%s",
			number_text(number, run_amount(result, "instructions_per_event")));
		page_cell(page, "%s",
			number_text(number, run_amount(result, "cache_misses_per_event")));
	}
	if (any)
		page_table_end(page);
}

void write_drain_section(struct page *page, const struct grid *grid)
{
	write_workload(page, grid->run);
	for (size_t way = 0; way < grid->way_count; way++) {
		write_throughput(page, grid, way);
		if (grid->baseline_count > 0)
			write_ratios(page, grid, way);
	}
	write_rounds(page, grid);
	write_counters(page, grid);
	write_run_notes(page, grid);
}
