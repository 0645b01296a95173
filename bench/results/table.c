/* SPDX-License-Identifier: BSD-2-Clause */
#include "results/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "statistics/statistics.h"

#define DESCRIPTION_OF(id, name, summing, unit) { name, SUMMING_##summing, unit },
const struct metric_description metrics[METRIC_COUNT] = { METRICS(DESCRIPTION_OF) };

const char *const latency_names[LATENCIES] = { "p50", "p90", "p99", "p999", "max" };

void table_add_group(struct table *table, json_t *workload)
{
	table->groups = arena_grow(table->groups, table->group_count, sizeof(*table->groups));
	table->groups[table->group_count++] =
		(struct row_group){ .first = table->row_count, .workload = workload };
}

struct row *table_add_row(struct table *table, const char *path, size_t rounds)
{
	struct row *row;

	table->rows = arena_grow(table->rows, table->row_count, sizeof(*table->rows));
	row = &table->rows[table->row_count++];
	table->groups[table->group_count - 1].count++;
	*row = (struct row){ text("%s", path), "", "", .checksum = "", .benchmark = "" };
	row->group = table->group_count - 1;
	row->rounds = rounds;
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		row->cells[metric] = (struct metric_cell){ NULL, NAN, summary_of(NULL, 0, 1) };
	return row;
}

void row_set_size(struct row *row, uint32_t event_size, const struct mix *mix)
{
	row->event_size = event_size;
	row->mean_size = mix ? mix->mean : event_size;
	row->digest = mix ? mix->digest : 0;
	row->size_text = mix ? text("%s", mix->name) : text("%" PRIu32, event_size);
}

void row_set(struct row *row, enum metric metric, size_t round, double value)
{
	struct metric_cell *cell = &row->cells[metric];

	if (!cell->rounds)
		cell->rounds = arena_allocate(row->rounds * sizeof(*cell->rounds));
	cell->rounds[round] = value;
}

static void sum_up(struct metric_cell *cell, enum summing summing, size_t rounds, size_t runs)
{
	if (summing == SUMMING_MEDIAN) {
		cell->summary = summary_of(cell->rounds, rounds, runs);
		cell->value = cell->summary.median;
		return;
	}
	cell->value = 0;
	/* Unknown in one round is unknown; fmax() would ignore it. */
	for (size_t i = 0; i < rounds; i++)
		if (summing == SUMMING_SUM || isnan(cell->value + cell->rounds[i]))
			cell->value += cell->rounds[i];
		else
			cell->value = fmax(cell->value, cell->rounds[i]);
}

void row_sum_up(struct row *row, size_t runs)
{
	for (int m = 0; m < METRIC_COUNT; m++)
		if (row->cells[m].rounds)
			sum_up(&row->cells[m], metrics[m].summing, row->rounds, runs);
}

void table_end_group(struct table *table, size_t reference, bool twin)
{
	struct row_group *group = &table->groups[table->group_count - 1];
	const struct row *of, *last;

	if (group->count == 0)
		return;
	of = &table->rows[group->first + reference];
	last = &table->rows[table->row_count - 1];
	group->reference = group->first + reference;
	table->rows[group->reference].baseline = true;
	for (size_t i = group->first; i < table->row_count; i++)
		row_sum_up(&table->rows[i], table->runs);
	group->twin = twin;
	group->count -= twin;
	for (int m = 0; m < METRICS_COMPARED; m++) {
		const double *once = of->cells[m].rounds, *again = last->cells[m].rounds;

		group->noise[m] = twin && once && again ? noise_between(once, again, of->rounds)
							: (struct noise){ INFINITY, INFINITY };
	}
	table->row_count -= twin;
}

void table_remove(struct table *table, const char *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->row_count; i++) {
		struct row *row = &table->rows[i];
		struct row_group *group = &table->groups[row->group];
		const bool removed = strcmp(row->path, path) == 0;

		if (i == group->first)
			group->first = kept;
		if (i == group->reference) {
			group->reference = kept;
			group->twin &= !removed;
		}
		if (removed) {
			group->count--;
			json_decref(row->results);
		} else {
			table->rows[kept++] = *row;
		}
	}
	table->row_count = kept;
}

void table_free(struct table *table)
{
	for (size_t i = 0; i < table->row_count; i++)
		json_decref(table->rows[i].results);
	for (size_t i = 0; i < table->group_count; i++)
		json_decref(table->groups[i].workload);
	json_decref(table->workload);
	json_decref(table->machine);
	json_decref(table->warnings);
	json_decref(table->more);
	*table = (struct table){ 0 };
}

double row_mevents_per_s(const struct row *row)
{
	return row_value(row, METRIC_NS) > 0 ? 1e3 / row_value(row, METRIC_NS) : 0;
}

const char *row_name(const struct row *row)
{
	if (!row->wait[0] || strcmp(row->wait, "own") == 0)
		return row->path;
	/* The names of libbpf's waits begin with the reader. */
	return strcmp(row->path, "libbpf") == 0 ? row->wait : text("%s/%s", row->path, row->wait);
}

const struct row *table_baseline(
	const struct table *table, const struct row *row, const char *baseline)
{
	const struct row_group *group = &table->groups[row->group];

	for (size_t i = group->first; i < group->first + group->count; i++) {
		const struct row *other = &table->rows[i];

		if (other->baseline && other != row &&
			(baseline ? strcmp(other->path, baseline) == 0 : i == group->reference))
			return other;
	}
	return NULL;
}

struct ratio table_ratio(const struct table *table, const struct row *row,
	const struct row *baseline, enum metric metric)
{
	const struct row_group *group = &table->groups[row->group];
	const struct row *reference = &table->rows[group->reference];
	const struct noise noise = group->noise[metric];
	const double *of = row->cells[metric].rounds, *to = baseline->cells[metric].rounds;

	if (!of || !to)
		return RATIO_UNKNOWN;
	return ratio_paired(to, of, row->rounds, table->runs,
		row == reference || baseline == reference ? noise.own : noise.shared);
}

const char *table_rival(const struct table *table, const struct row *best, const struct row *next)
{
	const size_t reference = table->groups[best->group].reference;
	enum verdict verdict;

	if (!next || next->limit)
		return "";
	verdict = table_ratio(table, best, next, METRIC_NS).verdict;
	return TEXT_IF(verdict == VERDICT_SAME ||
			       (verdict != VERDICT_FASTER && next != &table->rows[reference]),
		" (%s: %s)", row_name(next), verdicts[verdict].name);
}

bool row_is_alike(const struct row *a, const struct row *b)
{
	return a->event_size == b->event_size && strcmp(a->size_text, b->size_text) == 0 &&
	       strcmp(a->touch, b->touch) == 0;
}

const struct row *table_find(const struct table *table, const struct row *like)
{
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		if (row_is_alike(row, like) && strcmp(row->path, like->path) == 0 &&
			strcmp(row->wait, like->wait) == 0)
			return row;
	}
	return NULL;
}
