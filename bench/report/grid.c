/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "readers/path.h"
#include "report/grid.h"
#include "results/amounts.h"

static json_int_t size_of(const json_t *result)
{
	return json_integer_value(json_object_get(result, "event_size"));
}

static size_t find_text(const char *const *texts, size_t count, const char *text)
{
	size_t i = 0;

	while (i < count && strcmp(texts[i], text) != 0)
		i++;
	return i;
}

/* Sizes are sorted: where @size is, or belongs. */
static size_t find_size(const struct grid *grid, json_int_t size)
{
	size_t low = 0, high = grid->size_count;

	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (grid->sizes[middle] < size)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool add_text(const char **texts, size_t *count, size_t most, const char *text)
{
	if (find_text(texts, *count, text) < *count)
		return true;
	if (*count == most || strlen(text) > GRID_NAME_MAX)
		return false;
	texts[(*count)++] = text;
	return true;
}

static bool add_size(struct grid *grid, json_int_t size)
{
	const size_t at = find_size(grid, size);

	if (at < grid->size_count && grid->sizes[at] == size)
		return true;
	if (grid->size_count == GRID_SIZES_MAX)
		return false;
	memmove(&grid->sizes[at + 1], &grid->sizes[at],
		(grid->size_count - at) * sizeof(grid->sizes[0]));
	grid->sizes[at] = size;
	grid->size_count++;
	return true;
}

static bool add_names(struct grid *grid)
{
	const json_t *element;
	bool fits = true;
	size_t i;

	json_array_foreach(run_list(grid->run->json, "results"), i, element)
	{
		fits &= add_text(
			grid->paths, &grid->path_count, GRID_PATHS_MAX, run_text(element, "path"));
		fits &= add_text(grid->ways, &grid->way_count, GRID_WAYS_MAX, run_way(element));
		fits &= add_size(grid, size_of(element));
	}
	json_array_foreach(run_list(grid->run->json, "ratios"), i, element)
	{
		if (run_is_of_speed(element))
			fits &= add_text(grid->baselines, &grid->baseline_count, GRID_PATHS_MAX,
				run_text(element, "baseline"));
	}
	return fits;
}

/* The number of the cell that @result, or a ratio, belongs to; there may be none for a ratio. */
static size_t cell_of(const struct grid *grid, const json_t *result)
{
	const size_t path = find_text(grid->paths, grid->path_count, run_text(result, "path"));
	const size_t way = find_text(grid->ways, grid->way_count, run_way(result));
	const size_t size = find_size(grid, size_of(result));

	if (path == grid->path_count || way == grid->way_count || size == grid->size_count)
		return grid->cell_count;
	return (way * grid->size_count + size) * grid->path_count + path;
}

static void fill(struct grid *grid)
{
	const json_t *element;
	size_t i;

	json_array_foreach(run_list(grid->run->json, "results"), i, element)
		grid->cells[cell_of(grid, element)] = element;
	json_array_foreach(run_list(grid->run->json, "ratios"), i, element)
	{
		const size_t baseline = find_text(
			grid->baselines, grid->baseline_count, run_text(element, "baseline"));
		const size_t cell = cell_of(grid, element);

		if (cell < grid->cell_count && run_is_of_speed(element))
			grid->ratios[baseline * grid->cell_count + cell] = element;
	}
}

int grid_begin(struct grid *grid, const struct run *run, struct complaint *why)
{
	*grid = (struct grid){ .run = run };
	if (!add_names(grid) ||
		grid->path_count * grid->way_count * grid->size_count > GRID_CELLS_MAX)
		return complain(why, -E2BIG,
			"%s has more than %d paths, %d sizes or %d touches or waits, %d of all "
			"together, or a name of more than %d bytes, which no run has",
			run->name, GRID_PATHS_MAX, GRID_SIZES_MAX, GRID_WAYS_MAX, GRID_CELLS_MAX,
			GRID_NAME_MAX);
	grid->cell_count = grid->path_count * grid->size_count * grid->way_count;
	grid->cells = calloc(grid->cell_count + 1, sizeof(*grid->cells));
	grid->ratios = calloc(grid->cell_count * grid->baseline_count + 1, sizeof(*grid->ratios));
	if (!grid->cells || !grid->ratios)
		return complain(why, -ENOMEM, "out of memory");
	fill(grid);
	return 0;
}

void grid_end(struct grid *grid)
{
	free(grid->cells);
	free(grid->ratios);
	grid->cells = grid->ratios = NULL;
}

const json_t *grid_cell(const struct grid *grid, size_t path, size_t size, size_t way)
{
	return grid->cells[(way * grid->size_count + size) * grid->path_count + path];
}

const json_t *grid_ratio(const struct grid *grid, const json_t *result, size_t baseline)
{
	const size_t cell = cell_of(grid, result);

	if (baseline >= grid->baseline_count || cell == grid->cell_count)
		return NULL;
	return grid->ratios[baseline * grid->cell_count + cell];
}

size_t grid_baseline(const struct grid *grid, const char *name)
{
	return find_text(grid->baselines, grid->baseline_count, name);
}

bool grid_is_limit(const char *name)
{
	const struct path *path = path_find(name);

	return path && path->role == PATH_LIMIT;
}

bool grid_is_peer(const char *name)
{
	const struct path *path = path_find(name);

	return path && path->program;
}

/* Known paths look the same on every page; others take what is left. */
unsigned grid_style(const struct grid *grid, size_t path)
{
	unsigned style = 0;

	for (size_t i = 0; all_paths[i]; i++) {
		const bool found = strcmp(all_paths[i]->name, grid->paths[path]) == 0;

		if (found && all_paths[i]->role == PATH_LIMIT)
			return PLOT_STYLE_LIMIT + (all_paths[i] != &floor_path);
		if (found)
			return style;
		style += all_paths[i]->role != PATH_LIMIT;
	}
	return style + (unsigned)path;
}

char *number_text(char text[NUMBER_SIZE], double value)
{
	const double size = fabs(value);
	char digits[NUMBER_SIZE];

	if (!isfinite(value) || size > 1e15) {
		snprintf(text, NUMBER_SIZE, isfinite(value) ? "%.3g" : "-", value);
		return text;
	}
	if (size < 99.95 && value != round(value)) {
		snprintf(text, NUMBER_SIZE,
			size >= 9.995    ? "%.1f"
			: size >= 0.9995 ? "%.2f"
					 : "%#.3g",
			value);
		return text;
	}
	snprintf(text, NUMBER_SIZE, "%s%s", value < 0 ? "-" : "",
		amount_exact(digits, sizeof(digits), (uint64_t)nearbyint(size)));
	return text;
}

char *ratio_text(char text[NUMBER_SIZE], double ratio)
{
	if (!isfinite(ratio) || fabs(ratio) >= 99.95)
		return number_text(text, ratio);
	snprintf(text, NUMBER_SIZE, fabs(ratio) < 0.0995 ? "%#.2g" : "%.2f", ratio);
	return text;
}

static char *ends_text(char text[INTERVAL_SIZE], double low, double high,
	char *end_text(char text[NUMBER_SIZE], double end))
{
	char ends[2][NUMBER_SIZE];

	text[0] = '\0';
	if (isfinite(low) && isfinite(high))
		snprintf(text, INTERVAL_SIZE, "[%s, %s]", end_text(ends[0], low),
			end_text(ends[1], high));
	return text;
}

char *interval_text(char text[INTERVAL_SIZE], double low, double high)
{
	return ends_text(text, low, high, number_text);
}

char *ratio_interval_text(char text[INTERVAL_SIZE], double low, double high)
{
	return ends_text(text, low, high, ratio_text);
}

enum tone tone_of(const char *verdict)
{
	static const char *const names[] = {
		[TONE_FASTER] = "faster", [TONE_SLOWER] = "slower", [TONE_SAME] = "same"
	};

	for (int tone = TONE_FASTER; tone <= TONE_SAME; tone++)
		if (strcmp(names[tone], verdict) == 0)
			return (enum tone)tone;
	return verdict[0] ? TONE_UNCLEAR : TONE_PLAIN;
}
