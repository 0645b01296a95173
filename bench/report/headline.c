/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What came out of a run, in words: the first thing that is read, and often the last.
 */
#include <math.h>
#include <string.h>

#include "report/sections.h"
#include "report/verdicts.h"

#define WORDS_SIZE 640

/* The fastest that is no limit, for one size and way; NULL where there is none. */
static const json_t *fastest_of(const struct grid *grid, size_t size, size_t way)
{
	const json_t *fastest = NULL;

	for (size_t path = 0; path < grid->path_count; path++) {
		const json_t *result = grid_cell(grid, path, size, way);

		if (result && !grid_is_limit(grid->paths[path]) &&
			(!fastest || run_throughput(result) > run_throughput(fastest)))
			fastest = result;
	}
	return fastest;
}

static void write_fastest(struct page *page, const struct grid *grid, size_t size, size_t way)
{
	const json_t *fastest = fastest_of(grid, size, way);
	char text[WORDS_SIZE], of_floor[64] = "", numbers[2][NUMBER_SIZE];
	double share;

	if (!fastest)
		return;
	share = 100 * run_number(grid_ratio(grid, fastest, grid_baseline(grid, "floor")), "median");
	if (isfinite(share))
		snprintf(of_floor, sizeof(of_floor), ", %s %% of the floor",
			number_text(numbers[0], share));
	snprintf(text, sizeof(text),
		"%s million events a second of %" JSON_INTEGER_FORMAT " B, %.64s touched%s.",
		number_text(numbers[1], run_throughput(fastest)), grid->sizes[size],
		grid->ways[way], of_floor);
	page_item(page, 0, TONE_PLAIN, run_text(fastest, "path"), text);
}

/* All that is told of one size: the fastest, then how the paths compare. */
static void write_size(struct page *page, const struct grid *grid, size_t size, size_t way)
{
	write_fastest(page, grid, size, way);
	for (size_t baseline = 0; baseline < grid->baseline_count; baseline++) {
		static struct verdicts verdicts;

		verdicts.count = 0;
		for (size_t path = 0; path < grid->path_count; path++) {
			const json_t *result = grid_cell(grid, path, size, way);
			const json_t *ratio = result ? grid_ratio(grid, result, baseline) : NULL;

			if (ratio && !grid_is_limit(grid->paths[path]))
				verdicts_add(&verdicts, grid->paths[path],
					run_number(ratio, "median"),
					tone_of(run_text(ratio, "verdict")));
		}
		if (!grid_is_limit(grid->baselines[baseline]))
			verdicts_write(page, &verdicts, grid->baselines[baseline]);
	}
}

struct tally {
	size_t sizes, faster, slower;
	const json_t *first, *last; /* ratios of the smallest and largest size */
	json_int_t first_size, last_size;
};

static struct tally tally_of(const struct grid *grid, size_t path, size_t way, size_t baseline)
{
	struct tally tally = { 0 };

	for (size_t s = 0; s < grid->size_count; s++) {
		const json_t *result = grid_cell(grid, path, s, way);
		const json_t *ratio = result ? grid_ratio(grid, result, baseline) : NULL;

		if (!ratio)
			continue;
		tally.sizes++;
		tally.faster += tone_of(run_text(ratio, "verdict")) == TONE_FASTER;
		tally.slower += tone_of(run_text(ratio, "verdict")) == TONE_SLOWER;
		if (!tally.first) {
			tally.first = ratio;
			tally.first_size = grid->sizes[s];
		}
		tally.last = ratio;
		tally.last_size = grid->sizes[s];
	}
	return tally;
}

/* "batch is faster than libbpf at 9 of 10 sizes, slower at 0: 4.2 times as fast at 16 B, ..." */
static void write_tally(
	struct page *page, const struct grid *grid, size_t path, size_t way, size_t baseline)
{
	const struct tally tally = tally_of(grid, path, way, baseline);
	char text[WORDS_SIZE], numbers[2][NUMBER_SIZE];

	if (tally.sizes == 0)
		return;
	snprintf(text, sizeof(text),
		"%.64s, %.64s touched, is faster than %.64s at %zu of %zu sizes and slower at %zu: "
		"%s times as fast at %" JSON_INTEGER_FORMAT " B, %s times at %" JSON_INTEGER_FORMAT
		" B.",
		grid->paths[path], grid->ways[way], grid->baselines[baseline], tally.faster,
		tally.sizes, tally.slower,
		ratio_text(numbers[0], run_number(tally.first, "median")), tally.first_size,
		ratio_text(numbers[1], run_number(tally.last, "median")), tally.last_size);
	page_item(page, 0, TONE_PLAIN, NULL, text);
}

void write_drain_headline(struct page *page, const struct grid *grid)
{
	for (size_t way = 0; way < grid->way_count; way++) {
		if (grid->size_count == 1) {
			write_size(page, grid, 0, way);
			continue;
		}
		for (size_t baseline = 0; baseline < grid->baseline_count; baseline++)
			for (size_t path = 0; path < grid->path_count; path++)
				if (!grid_is_limit(grid->baselines[baseline]) &&
					!grid_is_limit(grid->paths[path]) &&
					!grid_is_peer(grid->paths[path]) &&
					(baseline == 0 || strcmp(grid->paths[path], "batch") == 0))
					write_tally(page, grid, path, way, baseline);
	}
}

/* The combination that is best by @figure, which nobody else's NAN beats. */
static const json_t *best_of(
	const json_t *results, double (*figure)(const json_t *result), double sign)
{
	const json_t *result, *best = NULL;
	size_t i;

	json_array_foreach(results, i, result)
	{
		if (isfinite(figure(result)) &&
			(!best || sign * figure(result) > sign * figure(best)))
			best = result;
	}
	return best;
}

static double p99(const json_t *result)
{
	return run_number(run_object(result, "latency_ns"), "p99") / 1e3;
}

static double producer_cost(const json_t *result)
{
	return run_amount(result, "producer_ns_per_event");
}

static double consumer_cpu(const json_t *result)
{
	return run_amount(result, "consumer_cpu_ns_per_event");
}

static void write_best(struct page *page, const json_t *results, const char *what,
	double (*figure)(const json_t *result), double sign, const char *unit)
{
	const json_t *best = best_of(results, figure, sign);
	char text[WORDS_SIZE], name[RUN_COMBINATION_SIZE], number[NUMBER_SIZE];

	if (!best)
		return;
	snprintf(text, sizeof(text), "%s, %s %s.",
		run_combination(run_text(best, "path"), run_text(best, "wait"), name),
		number_text(number, figure(best)), unit);
	page_item(page, 0, TONE_PLAIN, what, text);
}

static void write_losses(struct page *page, const json_t *results)
{
	const json_t *result;
	size_t i, losing = 0;
	char text[WORDS_SIZE];

	json_array_foreach(results, i, result) losing += run_amount(result, "lost") > 0;
	snprintf(text, sizeof(text), "by %zu of %zu combinations.", losing,
		json_array_size(results));
	page_item(page, 0, TONE_PLAIN, "Events were lost", text);
}

void write_live_headline(struct page *page, const struct grid *grid)
{
	const json_t *results = run_list(grid->run->json, "results"), *ratio = NULL;
	static struct verdicts verdicts;
	char name[RUN_COMBINATION_SIZE];
	size_t i;

	if (json_array_size(results) == 0)
		return;
	write_best(page, results, "Most events", run_throughput, 1, "million a second");
	write_best(page, results, "Cheapest for the producer", producer_cost, -1, "ns an event");
	write_best(
		page, results, "Least CPU time of the consumer", consumer_cpu, -1, "ns an event");
	write_best(page, results, "Shortest p99 latency", p99, -1, "us");
	write_losses(page, results);
	verdicts.count = 0;
	json_array_foreach(run_list(grid->run->json, "ratios"), i, ratio)
	{
		if (run_is_of_speed(ratio))
			verdicts_add(&verdicts,
				run_combination(
					run_text(ratio, "path"), run_text(ratio, "wait"), name),
				run_number(ratio, "median"), tone_of(run_text(ratio, "verdict")));
	}
	ratio = json_array_get(run_list(grid->run->json, "ratios"), 0);
	verdicts_write(page, &verdicts,
		run_combination(
			run_text(ratio, "baseline"), run_text(ratio, "baseline_wait"), name));
}

/* ", 1.78 times libbpf-poll: faster", of a combination of live that is held against another. */
static void append_verdict(char text[WORDS_SIZE], const json_t *ratios, const json_t *best)
{
	const size_t used = strlen(text);
	char name[RUN_COMBINATION_SIZE], number[NUMBER_SIZE];
	const json_t *ratio;
	size_t i;

	json_array_foreach(ratios, i, ratio)
	{
		if (!run_is_of_speed(ratio) ||
			!json_equal(
				json_object_get(ratio, "path"), json_object_get(best, "path")) ||
			!json_equal(json_object_get(ratio, "wait"), json_object_get(best, "wait")))
			continue;
		snprintf(text + used, WORDS_SIZE - used, " %s times %s: %.16s.",
			ratio_text(number, run_number(ratio, "median")),
			run_combination(run_text(ratio, "baseline"),
				run_text(ratio, "baseline_wait"), name),
			run_text(ratio, "verdict"));
		return;
	}
}

/* In a sweep at the smallest size. */
void write_run_line(struct page *page, const struct grid *grid, const char *lead, unsigned section)
{
	const json_t *results = run_list(grid->run->json, "results");
	const json_t *best;
	char text[WORDS_SIZE] = "no result.", name[RUN_COMBINATION_SIZE], number[NUMBER_SIZE];

	best = grid->run->live                       ? best_of(results, run_throughput, 1)
	       : grid->size_count && grid->way_count ? fastest_of(grid, 0, 0)
						     : NULL;
	if (best)
		snprintf(text, sizeof(text), "%s is the fastest, %s million events a second%s.",
			grid->run->live ? run_combination(run_text(best, "path"),
						  run_text(best, "wait"), name)
					: run_text(best, "path"),
			number_text(number, run_throughput(best)),
			grid->size_count > 1 ? ", at the smallest size" : "");
	if (best && grid->run->live)
		append_verdict(text, run_list(grid->run->json, "ratios"), best);
	page_item(page, section, TONE_PLAIN, lead, text);
}
