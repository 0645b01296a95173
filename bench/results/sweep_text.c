/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables by event size, and in words from which size on a path wins.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "peers/peer_path.h"
#include "results/style.h"

#define PATHS_WIDE 9 /* most that fit a line with wide columns */

/* The event sizes of a run, in the order in which they were measured. */
struct sizes {
	uint32_t *values;
	size_t count;
};

static struct sizes sizes_of(const struct results *results)
{
	struct sizes sizes = { calloc(results->path_count + 1, sizeof(uint32_t)), 0 };

	for (size_t i = 0; sizes.values && i < results->path_count; i++) {
		const uint32_t size = results->paths[i].event_size;
		size_t at = 0;

		while (at < sizes.count && sizes.values[at] != size)
			at++;
		if (at == sizes.count)
			sizes.values[sizes.count++] = size;
	}
	return sizes;
}

/* Columns of a path: fewer where there are more paths than a line has room for. */
static int width_of(const struct results *results)
{
	int paths = 0;

	for (size_t i = 0; all_paths[i]; i++)
		paths += results_have(results, all_paths[i]);
	return paths > PATHS_WIDE ? 7 : 9;
}

static const char *column_of(const struct path *path)
{
	return path->column ? path->column : path->name;
}

/* What the short names stand for. */
static void write_short_names(FILE *out, const struct results *results)
{
	bool any = false;

	for (size_t i = 0; all_paths[i]; i++) {
		const struct path *path = all_paths[i];

		if (!results_have(results, path) || strcmp(column_of(path), path->name) == 0)
			continue;
		fprintf(out, "%s%s is %s", any ? ", " : "\n", path->column, path->name);
		any = true;
	}
	if (any)
		fputs(".\n", out);
}

static void write_columns(FILE *out, const struct results *results, const struct path *except)
{
	fputs("  size", out);
	for (size_t i = 0; all_paths[i]; i++)
		if (all_paths[i] != except && results_have(results, all_paths[i]))
			fprintf(out, " %*s", width_of(results), column_of(all_paths[i]));
	fputc('\n', out);
}

static void write_throughput(
	FILE *out, const struct results *results, const struct sizes *sizes, enum touch touch)
{
	const int width = width_of(results);

	fprintf(out, "\nMillion events a second, touched: %s\n", touch_names[touch]);
	write_columns(out, results, NULL);
	for (size_t s = 0; s < sizes->count; s++) {
		fprintf(out, "%6" PRIu32, sizes->values[s]);
		for (size_t i = 0; all_paths[i]; i++) {
			const struct path_result *result =
				results_find(results, all_paths[i], sizes->values[s], touch);

			if (result)
				fprintf(out, " %*.2f", width, result_mevents_per_s(result));
		}
		fputc('\n', out);
	}
}

/* As fast as @baseline, or per cent of it; a colour says what is sure. */
static void write_ratios(FILE *out, const struct report *report, const struct sizes *sizes,
	const struct path *baseline, enum touch touch)
{
	const struct results *results = report->results;
	const bool percent = baseline->role == PATH_LIMIT;
	const int width = width_of(results);

	if (!results_have(results, baseline) || results->ratio_count == 0)
		return;
	fprintf(out,
		percent ? "\nPer cent of %s, touched: %s\n"
			: "\nTimes as fast as %s, touched: %s\n",
		baseline->name, touch_names[touch]);
	write_columns(out, results, baseline);
	for (size_t s = 0; s < sizes->count; s++) {
		fprintf(out, "%6" PRIu32, sizes->values[s]);
		for (size_t i = 0; all_paths[i]; i++) {
			const struct ratio_result *r = results_find_ratio(
				results, all_paths[i], baseline, sizes->values[s], touch);

			if (!r)
				continue;
			if (!r->ratio.valid)
				fprintf(out, " %*s", width, "-");
			else if (percent)
				fprintf(out, " %*.0f %%", width - 2, r->ratio.median * 100);
			else
				fprintf(out, " %s%*.2fx%s",
					style_start(report->colour, r->ratio.verdict), width - 1,
					r->ratio.median, style_end(report->colour));
		}
		fputc('\n', out);
	}
}

/* What copying costs, by how much of the event is looked at: one column a touch. */
static void write_by_touch(FILE *out, const struct report *report, const struct sizes *sizes)
{
	const struct results *results = report->results;
	bool several[TOUCH_BYTES + 1] = { false };
	int touches = 0;

	for (size_t i = 0; i < results->path_count; i++)
		several[results->paths[i].touch] = true;
	for (int touch = TOUCH_NONE; touch <= TOUCH_BYTES; touch++)
		touches += several[touch];
	if (touches < 2 || !results_have(results, &copy_path) || !results_have(results, &view_path))
		return;
	fputs("\nview, times as fast as copy, by what is touched\n  size", out);
	for (int touch = TOUCH_NONE; touch <= TOUCH_BYTES; touch++)
		if (several[touch])
			fprintf(out, " %9s", touch_names[touch]);
	fputc('\n', out);
	for (size_t s = 0; s < sizes->count; s++) {
		fprintf(out, "%6" PRIu32, sizes->values[s]);
		for (int touch = TOUCH_NONE; touch <= TOUCH_BYTES; touch++) {
			const struct ratio_result *r;

			if (!several[touch])
				continue;
			r = results_find_ratio(results, &view_path, &copy_path, sizes->values[s],
				(enum touch)touch);
			if (r && r->ratio.valid)
				fprintf(out, " %s%8.2fx%s",
					style_start(report->colour, r->ratio.verdict),
					r->ratio.median, style_end(report->colour));
			else
				fprintf(out, " %9s", "-");
		}
		fputc('\n', out);
	}
}

static int by_size(const void *a, const void *b)
{
	const struct ratio_result *const *x = a, *const *y = b;

	return ((*x)->event_size > (*y)->event_size) - ((*x)->event_size < (*y)->event_size);
}

/* "view beats copy from 16 B on: by 1.9x at 16 B, by 5.1x at 4096 B." */
static void write_crossover(FILE *out, const struct results *results, const struct sizes *sizes,
	const struct path *path, const struct path *baseline, enum touch touch)
{
	const struct ratio_result **sorted = calloc(sizes->count, sizeof(*sorted));
	const struct ratio_result *first, *last;
	size_t count = 0, from, wins = 0;

	for (size_t s = 0; sorted && s < sizes->count; s++) {
		sorted[count] =
			results_find_ratio(results, path, baseline, sizes->values[s], touch);
		count += sorted[count] && sorted[count]->ratio.valid;
	}
	if (count > 0) {
		qsort(sorted, count, sizeof(*sorted), by_size);
		for (size_t i = 0; i < count; i++)
			wins += sorted[i]->ratio.verdict == VERDICT_FASTER;
		for (from = count; from > 0; from--)
			if (sorted[from - 1]->ratio.verdict != VERDICT_FASTER)
				break;
		first = from < count ? sorted[from] : NULL;
		last = sorted[count - 1];
		if (wins == 0)
			fprintf(out, "%s beats %s at no size (touched: %s).\n", path->name,
				baseline->name, touch_names[touch]);
		else if (!first)
			fprintf(out,
				"%s beats %s at %zu of %zu sizes, not at the largest (touched: "
				"%s).\n",
				path->name, baseline->name, wins, count, touch_names[touch]);
		else
			fprintf(out,
				"%s beats %s from %" PRIu32 " B on: by %.1fx at %" PRIu32
				" B, by %.1fx at %" PRIu32 " B (touched: %s).\n",
				path->name, baseline->name, first->event_size, first->ratio.median,
				first->event_size, last->ratio.median, last->event_size,
				touch_names[touch]);
	}
	free(sorted);
}

void report_write_sweep_text(FILE *out, const struct report *report)
{
	const struct results *results = report->results;
	const struct path *const references[] = { results_reference(results), &libbpf_path,
		&libbpf17_path, &floor_path };
	struct sizes sizes = sizes_of(results);
	enum touch touch = results->paths[0].touch;

	for (size_t i = 0; i < results->path_count; i++) {
		/* Results of one touch stand together. */
		if (i > 0 && results->paths[i].touch == touch)
			continue;
		touch = results->paths[i].touch;
		write_throughput(out, results, &sizes, touch);
		for (size_t r = 0; r < sizeof(references) / sizeof(references[0]); r++)
			if (r == 0 || references[r] != references[0])
				write_ratios(out, report, &sizes, references[r], touch);
	}
	write_by_touch(out, report, &sizes);
	write_short_names(out, results);
	fputc('\n', out);
	for (int t = 0; touch_names[t]; t++) {
		write_crossover(out, results, &sizes, &view_path, &copy_path, (enum touch)t);
		write_crossover(out, results, &sizes, &batch_path, &libbpf_path, (enum touch)t);
		write_crossover(out, results, &sizes, &batch_path, &libbpf17_path, (enum touch)t);
	}
	fputc('\n', out);
	style_write_notes(out, report);
	free(sizes.values);
}
