/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: what each way of reading and waiting gets, and what it costs whom.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/values.h"
#include "report/sections.h"

static const struct figure {
	const char *title, *axis, *metric;
} figures[] = {
	{ "Events consumed", "million a second", "ns_per_event" }, /* turned over */
	{ "What an event costs its producer", "ns an event", "producer_ns_per_event" },
	{ "CPU time of the consumer", "ns an event consumed", "consumer_cpu_ns_per_event" },
	{ "CPU time of the consumer", "per cent of one CPU", "consumer_cpu_percent" },
	{ "Events lost", "per cent", "lost" },
};

#define FIGURES (sizeof(figures) / sizeof(figures[0]))

static bool is_median(const struct figure *figure)
{
	return figure != &figures[FIGURES - 1];
}

/* Of what was to be kept. */
static double lost_percent(double lost, double consumed)
{
	return lost + consumed > 0 ? 100 * lost / (lost + consumed) : NAN;
}

static double value_of(const struct figure *figure, const json_t *result)
{
	if (figure == figures)
		return run_throughput(result);
	if (!is_median(figure))
		return lost_percent(run_amount(result, "lost"), run_amount(result, "consumed"));
	return run_amount(result, figure->metric);
}

static double round_value(const struct figure *figure, const json_t *result, size_t round)
{
	const double value = run_round(result, figure->metric, round);

	if (figure == figures)
		return 1e3 / value;
	return is_median(figure) ? value
				 : lost_percent(value, run_round(result, "consumed", round));
}

/* The interval of the median over the rounds; NAN where there is none. */
static void interval_of(
	const struct figure *figure, const json_t *result, double *low, double *high)
{
	const json_t *cell = run_object(result, figure->metric);
	const bool turned = figure == figures;

	*low = turned ? 1e3 / run_number(cell, "high") : run_number(cell, "low");
	*high = turned ? 1e3 / run_number(cell, "low") : run_number(cell, "high");
}

static const char *name_of(const json_t *result, char text[96])
{
	return run_combination(run_text(result, "path"), run_text(result, "wait"), text);
}

static void describe_begin(struct plot *plot, FILE **out, size_t *size)
{
	*out = open_memstream(&plot->description, size);
	plot->failed |= !*out;
	if (*out)
		fprintf(*out, "%s, %s:", plot->title, plot->axis);
}

static void describe(FILE *out, const char *name, double value, bool first)
{
	char number[NUMBER_SIZE];

	if (out)
		fprintf(out, "%s %s %s", first ? "" : ";", name, number_text(number, value));
}

static void describe_end(struct plot *plot, FILE *out)
{
	if (out)
		plot->failed |= fclose(out) != 0;
}

/* Where one is so many times another, a common axis from zero would show the large ones only. */
#define SPREAD_LINEAR 20

static bool is_spread(const json_t *results, const struct figure *figure)
{
	double low = INFINITY, high = 0;
	const json_t *result;
	size_t i;

	json_array_foreach(results, i, result)
	{
		const double value = value_of(figure, result);

		if (value > 0) {
			low = fmin(low, value);
			high = fmax(high, value);
		}
	}
	return is_median(figure) && high > SPREAD_LINEAR * low;
}

static void write_figure(struct page *page, const struct grid *grid, const struct figure *figure)
{
	const json_t *results = run_list(grid->run->json, "results"), *result;
	struct plot plot;
	FILE *description;
	size_t i, size;

	plot_begin(&plot, PLOT_ROWS, figure->axis);
	plot.small = true;
	plot.logarithmic = is_spread(results, figure);
	plot.from_zero = !plot.logarithmic;
	snprintf(plot.title, sizeof(plot.title), "%s%s", figure->title,
		plot.logarithmic ? ", logarithmic" : "");
	describe_begin(&plot, &description, &size);
	json_array_foreach(results, i, result)
	{
		const size_t rounds = run_round_count(result);
		struct plot_point point = { .value = value_of(figure, result) };
		char name[96], note[NUMBER_SIZE];

		point.series = plot_series(&plot, "", run_wait_style(run_text(result, "wait")));
		point.at = (double)plot_category(
			&plot, name_of(result, name), number_text(note, point.value));
		interval_of(figure, result, &point.low, &point.high);
		describe(description, name, point.value, i == 0);
		plot_point(&plot, point);
		for (size_t r = 0; r < rounds; r++)
			plot_dot(&plot, point.series, plot_place(point.at, r, rounds),
				round_value(figure, result, r));
	}
	describe_end(&plot, description);
	if (figure == &figures[1])
		plot_line(&plot, "nobody reads",
			run_number(run_object(grid->run->json, "workload"),
				"producer_alone_ns_per_event"));
	if (plot.point_count > 0)
		page_plot(page, &plot);
	plot_end(&plot);
}

static void write_result_row(struct page *page, const json_t *result)
{
	char name[96], text[INTERVAL_SIZE], number[NUMBER_SIZE];

	page_cell(page, "%s", name_of(result, name));
	for (size_t i = 0; i < FIGURES; i++) {
		const double value = value_of(&figures[i], result);
		double low, high;

		interval_of(&figures[i], result, &low, &high);
		page_cell(page, "%s%s%s", number_text(number, value), isfinite(low) ? " " : "",
			interval_text(text, low, high));
	}
}

static void write_amounts_row(struct page *page, const json_t *result)
{
	static const char *const amounts[] = { "produced", "consumed", "lost", "discarded",
		"sleeps", "wakeups", "high_water" };
	char name[96], number[NUMBER_SIZE];

	page_cell(page, "%s", name_of(result, name));
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		page_cell(page, "%s", number_text(number, run_amount(result, amounts[i])));
}

/* Where producers are system calls: what all this does to the program that makes them. */
static void write_slowdowns(struct page *page, const struct grid *grid)
{
	static const struct column columns[] = { { "path / wait", false },
		{ "to no program attached", true }, { "to nobody reading", true } };
	const json_t *results = run_list(grid->run->json, "results"), *result;
	size_t i;

	if (!json_object_get(json_array_get(results, 0), "slowdown_unattached"))
		return;
	page_table_begin(page, "Slowdown of the system call, times as long", columns, 3);
	json_array_foreach(results, i, result)
	{
		char name[96], number[NUMBER_SIZE];

		page_cell(page, "%s", name_of(result, name));
		page_cell(
			page, "%s", number_text(number, run_amount(result, "slowdown_unattached")));
		page_cell(page, "%s", number_text(number, run_amount(result, "slowdown_alone")));
	}
	page_table_end(page);
}

static void write_costs(struct page *page, const struct grid *grid)
{
	static const struct column columns[] = { { "path / wait", false }, { "Mev/s", true },
		{ "producer, ns an event", true }, { "CPU, ns an event", true }, { "CPU, %", true },
		{ "lost, %", true } };
	static const struct column amounts[] = { { "path / wait", false }, { "produced", true },
		{ "consumed", true }, { "lost", true }, { "discarded", true }, { "sleeps", true },
		{ "wakeups", true }, { "most bytes waiting", true } };
	const json_t *results = run_list(grid->run->json, "results"), *result;
	size_t i;

	page_figure_begin(page, "What each way of reading and waiting gets, and what it costs");
	for (i = 0; i < FIGURES; i++)
		write_figure(page, grid, &figures[i]);
	page_table_begin(page, "Medians over the rounds, with 95 % intervals", columns, 6);
	json_array_foreach(results, i, result) write_result_row(page, result);
	page_table_end(page);
	write_slowdowns(page, grid);
	if (page->crowded) {
		page_figure_end(page);
		return;
	}
	page_details_begin(page, "Every event accounted for");
	page_table_begin(
		page, "Of all rounds: produced = consumed + lost + discarded, exactly", amounts, 8);
	json_array_foreach(results, i, result) write_amounts_row(page, result);
	page_table_end(page);
	page_details_end(page);
	page_figure_end(page);
}

static const struct {
	const char *name, *title;
} quantiles[] = { { "p50", "p50" }, { "p90", "p90" }, { "p99", "p99" }, { "p999", "p99.9" },
	{ "max", "max" } };

#define QUANTILES (sizeof(quantiles) / sizeof(quantiles[0]))

static const char *latency_text(double ns, char text[FORMAT_SIZE])
{
	if (ns >= 0 && ns < 1e18)
		return format_duration_short((int64_t)ns, text, FORMAT_SIZE);
	return "-";
}

static void write_latency_plot(struct page *page, const struct grid *grid)
{
	const json_t *results = run_list(grid->run->json, "results"), *result;
	char name[96], text[FORMAT_SIZE];
	FILE *description;
	struct plot plot;
	size_t i, size;

	plot_begin(&plot, PLOT_ROWS, "microseconds");
	plot.key = plot.logarithmic = true;
	snprintf(plot.title, sizeof(plot.title), "Latency");
	describe_begin(&plot, &description, &size);
	for (size_t q = 0; q < QUANTILES; q++)
		plot_series(&plot, quantiles[q].title, (unsigned)q);
	json_array_foreach(results, i, result)
	{
		const json_t *latency = run_object(result, "latency_ns");
		const double p99 = run_number(latency, "p99");
		const double at = (double)plot_category(
			&plot, name_of(result, name), latency_text(p99, text));

		describe(description, name, p99 / 1e3, i == 0);
		for (size_t q = 0; q < QUANTILES; q++)
			plot_point(&plot,
				(struct plot_point){ .series = q,
					.at = at,
					.value = run_number(latency, quantiles[q].name) / 1e3,
					.low = NAN,
					.high = NAN });
	}
	describe_end(&plot, description);
	if (plot.point_count > 0)
		page_plot(page, &plot);
	plot_end(&plot);
}

static void write_latency(struct page *page, const struct grid *grid)
{
	struct column columns[QUANTILES + 2] = { { "path / wait", false } };
	const json_t *results = run_list(grid->run->json, "results"), *result;
	char name[96], text[FORMAT_SIZE], number[NUMBER_SIZE];
	size_t i;

	for (size_t q = 0; q < QUANTILES; q++)
		columns[q + 1] = (struct column){ quantiles[q].title, true };
	columns[QUANTILES + 1] = (struct column){ "events timed", true };
	page_figure_begin(page, "Latency: how long events waited; p99 to the right");
	write_latency_plot(page, grid);
	page_table_begin(page,
		"From when an event was due, or at full rate written, to when it "
		"was handled",
		columns, QUANTILES + 2);
	json_array_foreach(results, i, result)
	{
		const json_t *latency = run_object(result, "latency_ns");

		page_cell(page, "%s", name_of(result, name));
		for (size_t q = 0; q < QUANTILES; q++)
			page_cell(page, "%s",
				latency_text(run_number(latency, quantiles[q].name), text));
		page_cell(page, "%s", number_text(number, run_number(latency, "count")));
	}
	page_table_end(page);
	page_figure_end(page);
}

/* What a ratio of live is of. */
static const struct {
	const char *metric, *title;
} aspects[] = { { "ns_per_event", "Events a second" },
	{ "consumer_cpu_ns_per_event", "CPU time of the consumer" },
	{ "producer_ns_per_event", "Cost to the producer" } };

#define ASPECTS (sizeof(aspects) / sizeof(aspects[0]))

static bool is_of(const json_t *ratio, size_t aspect)
{
	return strcmp(run_text(ratio, "metric"), aspects[aspect].metric) == 0;
}

static void write_aspect_plot(struct page *page, const struct grid *grid, size_t aspect)
{
	const json_t *ratios = run_list(grid->run->json, "ratios"), *ratio;
	char name[96], text[NUMBER_SIZE];
	FILE *description;
	struct plot plot;
	size_t i, size;

	plot_begin(&plot, PLOT_ROWS, "times as good");
	plot.small = plot.logarithmic = true;
	snprintf(plot.title, sizeof(plot.title), "%s", aspects[aspect].title);
	describe_begin(&plot, &description, &size);
	plot_line(&plot, "", 1);
	json_array_foreach(ratios, i, ratio)
	{
		struct plot_point point = { .value = run_number(ratio, "median"),
			.low = run_number(ratio, "low"),
			.high = run_number(ratio, "high") };

		if (!is_of(ratio, aspect))
			continue;
		point.series = plot_series(&plot, "", run_wait_style(run_text(ratio, "wait")));
		point.at = (double)plot_category(
			&plot, name_of(ratio, name), ratio_text(text, point.value));
		describe(description, name, point.value, plot.category_count == 1);
		plot_point(&plot, point);
	}
	describe_end(&plot, description);
	if (plot.point_count > 0)
		page_plot(page, &plot);
	plot_end(&plot);
}

static void write_ratios(struct page *page, const struct grid *grid)
{
	static const struct column columns[] = { { "path / wait", false }, { "what", false },
		{ "times as good", true }, { "95 % interval", true }, { "verdict", false } };
	const json_t *ratios = run_list(grid->run->json, "ratios"), *ratio;
	char name[96], title[192], number[NUMBER_SIZE], interval[INTERVAL_SIZE];
	size_t i;

	if (json_array_size(ratios) == 0 || page->crowded)
		return;
	ratio = json_array_get(ratios, 0);
	snprintf(title, sizeof(title), "Held against %.90s; above 1 is always better",
		run_combination(
			run_text(ratio, "baseline"), run_text(ratio, "baseline_wait"), name));
	page_figure_begin(page, title);
	for (size_t aspect = 0; aspect < ASPECTS; aspect++)
		write_aspect_plot(page, grid, aspect);
	page_details_begin(page, "Every ratio");
	page_table_begin(page, "Paired by round", columns, 5);
	json_array_foreach(ratios, i, ratio) for (size_t aspect = 0; aspect < ASPECTS; aspect++)
	{
		if (!is_of(ratio, aspect))
			continue;
		page_cell(page, "%s", name_of(ratio, name));
		page_cell(page, "%s", aspects[aspect].title);
		page_cell(page, "%s", ratio_text(number, run_number(ratio, "median")));
		page_cell(page, "%s",
			ratio_interval_text(
				interval, run_number(ratio, "low"), run_number(ratio, "high")));
		page_verdict_cell(page, tone_of(run_text(ratio, "verdict")));
	}
	page_table_end(page);
	page_details_end(page);
	page_figure_end(page);
}

void write_live_section(struct page *page, const struct grid *grid)
{
	write_workload(page, grid->run);
	write_live_advice(page, grid);
	if (json_array_size(run_list(grid->run->json, "results")) > 0) {
		write_costs(page, grid);
		write_live_published(page, grid);
		write_latency(page, grid);
		write_ratios(page, grid);
		write_live_limits(page, grid);
		write_rounds(page, grid);
	}
	write_run_notes(page, grid);
}
