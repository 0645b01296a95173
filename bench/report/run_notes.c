/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every run has: its rounds one by one, its noise, its peers.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/sections.h"
#include "results/style.h"
#include "statistics/interval.h"

/* An axis from half to double is linear; more has to be logarithmic to show what is near 1. */
#define SPREAD_LINEAR 1.6

/* "batch, paced"; waits of libbpf and of peers say enough alone. */
static void name_slot(
	const struct grid *grid, size_t path, size_t size, size_t way, bool by_size, char name[96])
{
	if (by_size)
		snprintf(name, 96, "%" JSON_INTEGER_FORMAT, grid->sizes[size]);
	else if (grid->run->live)
		snprintf(name, 96, "%s", run_combination(grid->paths[path], grid->ways[way], name));
	else
		snprintf(name, 96, "%.60s", grid->paths[path]);
}

/* 0 where in half of the rounds there is no time. */
static double median_of_rounds(const json_t *result)
{
	const double median = run_amount(result, "ns_per_event");

	return isfinite(median) ? median : 0;
}

static void add_slot(struct plot *plot, const json_t *result, const char *name, size_t series)
{
	const double median = median_of_rounds(result);
	const double slot = (double)plot_category(plot, name, "");
	const size_t count = run_round_count(result);

	for (size_t i = 0; i < count && median > 0; i++)
		plot_dot(plot, series, plot_place(slot, i, count),
			run_round(result, "ns_per_event", i) / median);
}

static void finish_slots(struct page *page, struct plot *plot)
{
	double low = 1, high = 1;

	for (size_t i = 0; i < plot->dot_count; i++) {
		low = fmin(low, plot->dots[i].value);
		high = fmax(high, plot->dots[i].value);
	}
	plot->logarithmic = high > SPREAD_LINEAR || low < 1 / SPREAD_LINEAR;
	plot_line(plot, "", 1);
	if (asprintf(&plot->description,
		    "A dot a round, in the order measured, as a share of the median: from %.2f to "
		    "%.2f.",
		    low, high) < 0) {
		plot->description = NULL;
		plot->failed = true;
	}
	if (plot->dot_count > 0)
		page_plot(page, plot);
	plot_end(plot);
}

/* One plot for each path, its sizes side by side. */
static void write_by_size(struct page *page, const struct grid *grid, size_t way)
{
	for (size_t path = 0; path < grid->path_count; path++) {
		struct plot plot;
		char name[96];
		size_t series;

		plot_begin(&plot, PLOT_SLOTS, "round / median");
		plot.small = true;
		snprintf(plot.title, sizeof(plot.title), "%.60s, %.40s touched, by bytes an event",
			grid->paths[path], grid->ways[way]);
		series = plot_series(&plot, "", grid_style(grid, path));
		for (size_t s = 0; s < grid->size_count; s++) {
			const json_t *result = grid_cell(grid, path, s, way);

			if (!result)
				continue;
			name_slot(grid, path, s, way, true, name);
			add_slot(&plot, result, name, series);
		}
		finish_slots(page, &plot);
	}
}

/* One plot for each touch, the paths side by side; of live one for all. */
static void write_by_path(struct page *page, const struct grid *grid, size_t way, size_t ways)
{
	struct plot plot;
	char name[96];

	plot_begin(&plot, PLOT_SLOTS, "time of the round / median");
	snprintf(plot.title, sizeof(plot.title), "Every round%s%.40s%s",
		grid->run->live ? "" : ", ", grid->run->live ? "" : grid->ways[way],
		grid->run->live ? "" : " touched");
	for (size_t path = 0; path < grid->path_count; path++)
		for (size_t w = way; w < way + ways; w++)
			for (size_t s = 0; s < grid->size_count; s++) {
				const json_t *result = grid_cell(grid, path, s, w);
				size_t series;

				if (!result)
					continue;
				series = plot_series(&plot, "",
					grid->run->live ? run_wait_style(grid->ways[w])
							: grid_style(grid, path));
				name_slot(grid, path, s, w, false, name);
				add_slot(&plot, result, name, series);
			}
	finish_slots(page, &plot);
}

static void write_rounds_table(struct page *page, const struct grid *grid)
{
	static const struct column columns[] = { { "what", false },
		{ "ns an event, round by round", false } };
	const json_t *result;
	size_t i;

	page_details_begin(page, "Every round, in numbers");
	page_table_begin(page, "In the order measured; nothing was dropped", columns, 2);
	json_array_foreach(run_list(grid->run->json, "results"), i, result)
	{
		const size_t count = run_round_count(result);
		char *text = NULL, number[NUMBER_SIZE];
		size_t size = 0;
		FILE *out;

		page_cell(page, "%s, %" JSON_INTEGER_FORMAT " B, %s", run_text(result, "path"),
			json_integer_value(json_object_get(result, "event_size")), run_way(result));
		out = open_memstream(&text, &size);
		for (size_t r = 0; out && r < count; r++)
			fprintf(out, "%s%s", r ? " " : "",
				number_text(number, run_round(result, "ns_per_event", r)));
		if (!out || fclose(out) != 0)
			page->err = complain(&page->why, -ENOMEM, "out of memory");
		page_cell(page, "%s", text ? text : "");
		free(text);
	}
	page_table_end(page);
	page_details_end(page);
}

void write_rounds(struct page *page, const struct grid *grid)
{
	/* They are many numbers, and without the plot say nothing. */
	if (page->brief)
		return;
	page_figure_begin(page, "Every round in the order measured, from left to right");
	if (grid->run->live)
		write_by_path(page, grid, 0, grid->way_count);
	for (size_t way = 0; way < grid->way_count && !grid->run->live; way++)
		if (grid->size_count > 1)
			write_by_size(page, grid, way);
		else
			write_by_path(page, grid, way, 1);
	write_rounds_table(page, grid);
	page_figure_end(page);
}

/* The largest of the run; NAN: too few rounds; negative: nothing ran twice. */
static double noise_of(const struct run *run, const char **path)
{
	const json_t *list = run_list(run->json, "noise"), *noise;
	double largest = -1;
	size_t i;

	json_array_foreach(list, i, noise)
	{
		const double floor = run_number(noise, "floor");

		if (isnan(floor) || floor > largest) {
			largest = floor;
			*path = run_text(noise, "path");
		}
		if (isnan(floor))
			break;
	}
	return largest;
}

static void write_noise(struct page *page, const struct run *run)
{
	const char *path = "?";
	const double floor = noise_of(run, &path);
	char percent[16], threshold[16];

	if (isnan(floor))
		page_paragraph(page,
			"Noise: too few rounds to measure it, so nothing is decided; "
			"give -rounds %d or more.",
			INTERVAL_ROUNDS_MIN);
	else if (floor >= 0)
		page_paragraph(page,
			"Noise: %s, measured twice in each round, differs from itself by up to %s; "
			"below %s nothing is called faster or slower.",
			path, style_percent(percent, sizeof(percent), floor),
			style_percent(threshold, sizeof(threshold),
				verdict_threshold(floor, TOLERANCE_PAIRED)));
}

static void write_oddities(struct page *page, const struct run *run)
{
	const json_t *result;
	double outliers = 0;
	const char *humped = NULL;
	size_t i, humps = 0, readings = 0;

	json_array_foreach(run_list(run->json, "results"), i, result)
	{
		const json_t *ns = run_object(result, "ns_per_event");
		const double found = run_number(ns, "outliers");

		outliers += isfinite(found) ? found : 0;
		readings += run_round_count(result);
		if (json_is_true(json_object_get(ns, "two_humped"))) {
			humped = humped ? humped : run_text(result, "path");
			humps++;
		}
	}
	if (outliers > 0)
		page_paragraph(page, "Outliers: %.0f of %zu readings, kept in every figure.",
			outliers, readings);
	if (humped)
		page_caution(page,
			"%s%s ran at two speeds (a virtual CPU moved?); trust ratios only.", humped,
			humps > 1 ? " and others" : "");
}

static void write_peers(struct page *page, const struct run *run)
{
	const json_t *peer;
	char text[400];
	size_t i;

	json_array_foreach(run_list(run->json, "peers"), i, peer)
	{
		if (i == 0)
			page_list_begin(page);
		snprintf(text, sizeof(text), "%.100s %.100s (%.100s)", run_text(peer, "name"),
			run_text(peer, "version"), run_text(peer, "language"));
		page_item(page, 0, TONE_PLAIN, "Peer", text);
	}
	if (json_array_size(run_list(run->json, "peers")) > 0)
		page_list_end(page);
	json_array_foreach(run_list(run->json, "failed_peers"), i, peer)
		page_caution(page, "%s failed, so none of its readings is here: %s",
			run_text(peer, "name"), run_text(peer, "reason"));
}

void write_run_notes(struct page *page, const struct grid *grid)
{
	const double memory = run_number(grid->run->json, "own_memory_bytes");
	char number[NUMBER_SIZE];

	write_noise(page, grid->run);
	write_oddities(page, grid->run);
	write_peers(page, grid->run);
	if (isfinite(memory))
		page_paragraph(page, "Peak memory of the benchmark without the ring: %s MiB.",
			number_text(number, memory / (1 << 20)));
}
