/* SPDX-License-Identifier: BSD-2-Clause */
#include "results/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/samples.h"

const struct metric_description metrics[METRIC_COUNT] = {
	[METRIC_NS] = { "ns_per_event", SUMMING_MEDIAN, true, "ns/op" },
	[METRIC_PRODUCER_NS] = { "producer_ns_per_event", SUMMING_MEDIAN, true, "producer-ns/op" },
	[METRIC_CPU_NS] = { "consumer_cpu_ns_per_event", SUMMING_MEDIAN, true, "cpu-ns/op" },
	[METRIC_CPU_PERCENT] = { "consumer_cpu_percent", SUMMING_MEDIAN, false, NULL },
	[METRIC_ELAPSED_NS] = { "elapsed_ns", SUMMING_SUM, false, NULL },
	[METRIC_CPU_TIME_NS] = { "consumer_cpu_ns", SUMMING_SUM, false, NULL },
	[METRIC_OFF_CPU_NS] = { "consumer_off_cpu_ns", SUMMING_SUM, false, NULL },
	[METRIC_PRODUCED] = { "produced", SUMMING_SUM, false, NULL },
	[METRIC_CONSUMED] = { "consumed", SUMMING_SUM, false, NULL },
	[METRIC_LOST] = { "lost", SUMMING_SUM, false, "lost" },
	[METRIC_DISCARDED] = { "discarded", SUMMING_SUM, false, NULL },
	[METRIC_OUT_OF_ORDER] = { "out_of_order", SUMMING_SUM, false, "out-of-order" },
	[METRIC_SLEEPS] = { "sleeps", SUMMING_SUM, false, NULL },
	[METRIC_WAKEUPS] = { "wakeups", SUMMING_SUM, false, NULL },
	[METRIC_HIGH_WATER] = { "high_water", SUMMING_MOST, false, NULL },
	[METRIC_SLOWDOWN_UNATTACHED] = { "slowdown_unattached", SUMMING_MEDIAN, false,
		"x-unattached" },
	[METRIC_SLOWDOWN_ALONE] = { "slowdown_alone", SUMMING_MEDIAN, false, "x-alone" },
	[METRIC_BURSTS] = { "bursts", SUMMING_SUM, false, NULL },
	[METRIC_BURSTS_LOSING] = { "bursts_losing", SUMMING_SUM, false, NULL },
	[METRIC_BURST_LOST] = { "burst_lost", SUMMING_MOST, false, NULL },
	[METRIC_BURST_LATENCY] = { "burst_latency_ns", SUMMING_MEDIAN, false, "burst-ns" },
	[METRIC_BURST_LATENCY_MOST] = { "burst_latency_most_ns", SUMMING_MOST, false, NULL },
	[METRIC_CYCLES] = { "cycles_per_event", SUMMING_WHOLE, false, NULL },
	[METRIC_INSTRUCTIONS] = { "instructions_per_event", SUMMING_WHOLE, false, NULL },
	[METRIC_CACHE_MISSES] = { "cache_misses_per_event", SUMMING_WHOLE, false, NULL },
};

const char *const latency_names[LATENCIES] = { "p50", "p90", "p99", "p999", "max" };

/* Room for one more, of an array that doubles. False: none is left. */
static bool make_room(struct table *table, void **array, size_t count, size_t size)
{
	void *grown = *array;

	if ((count & (count - 1)) == 0)
		grown = reallocarray(*array, count ? 2 * count : 1, size);
	if (grown)
		*array = grown;
	else
		table->failed = true;
	return grown;
}

size_t table_add_group(struct table *table, const char *question, json_t *workload)
{
	struct row_group *group;

	if (!make_room(table, (void **)&table->groups, table->group_count, sizeof(*table->groups)))
		return 0;
	group = &table->groups[table->group_count++];
	*group = (struct row_group){ .first = table->row_count, .workload = workload };
	snprintf(group->question, sizeof(group->question), "%s", question);
	return table->group_count - 1;
}

struct row *table_add_row(struct table *table, const char *path, size_t rounds)
{
	static struct row nobody;
	struct row *row = &nobody;

	if (table->group_count > 0 &&
		make_room(table, (void **)&table->rows, table->row_count, sizeof(*table->rows))) {
		row = &table->rows[table->row_count++];
		table->groups[table->group_count - 1].count++;
	}
	*row = (struct row){ .group = table->group_count - 1, .rounds = rounds };
	snprintf(row->path, sizeof(row->path), "%s", path);
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		row->cells[metric].value = NAN;
	return row;
}

void row_set_size(struct row *row, uint32_t event_size, const struct mix *mix)
{
	row->event_size = event_size;
	row->mean_size = mix ? mix->mean : event_size;
	if (mix)
		snprintf(row->size_text, sizeof(row->size_text), "%s", mix->name);
	else
		snprintf(row->size_text, sizeof(row->size_text), "%" PRIu32, event_size);
}

void row_set(struct row *row, enum metric metric, size_t round, double value)
{
	struct cell *cell = &row->cells[metric];

	if (!cell->rounds)
		cell->rounds = calloc(row->rounds, sizeof(*cell->rounds));
	if (cell->rounds)
		cell->rounds[round] = value;
}

void row_set_whole(struct row *row, enum metric metric, double value)
{
	row->cells[metric].value = value;
}

/* Of rounds of several runs: what differs between these is in the interval. */
static void widen_by_runs(struct cell *cell, size_t rounds, size_t runs)
{
	double logs[TABLE_RUNS_MAX];
	const size_t each = rounds / runs;
	struct interval between, *interval = &cell->summary.interval;

	if (!cell->summary.has_interval || !samples_positive(cell->rounds, rounds))
		return;
	for (size_t i = 0; i < runs; i++) {
		double run[STATISTICS_ROUNDS_MAX];

		memcpy(run, &cell->rounds[i * each], each * sizeof(*run));
		samples_sort(run, each);
		logs[i] = log(sorted_median(run, each));
	}
	between = interval_of_runs(logs, runs);
	*interval = (struct interval){ fmin(interval->low, exp(between.low)),
		fmax(interval->high, exp(between.high)) };
}

static void sum_up(struct row *row, enum metric metric, size_t runs)
{
	static struct statistics_scratch scratch;
	struct cell *cell = &row->cells[metric];

	if (!cell->rounds)
		return;
	if (metrics[metric].summing == SUMMING_MEDIAN) {
		cell->summary = summary_of(cell->rounds, row->rounds, &scratch);
		cell->value = cell->summary.valid ? cell->summary.median : NAN;
		if (runs > 1)
			widen_by_runs(cell, row->rounds, runs);
		return;
	}
	cell->value = 0;
	/* What is not known of one round is not known of all. */
	for (size_t i = 0; i < row->rounds; i++)
		if (metrics[metric].summing == SUMMING_SUM)
			cell->value += cell->rounds[i];
		else
			cell->value =
				isnan(cell->rounds[i]) ? NAN : fmax(cell->value, cell->rounds[i]);
}

static void add_ratio(
	struct table *table, size_t row, size_t baseline, enum metric metric, double noise)
{
	static struct statistics_scratch scratch;
	const struct cell *of = &table->rows[row].cells[metric];
	const struct cell *to = &table->rows[baseline].cells[metric];

	if (!of->rounds || !to->rounds ||
		!make_room(
			table, (void **)&table->ratios, table->ratio_count, sizeof(*table->ratios)))
		return;
	table->ratios[table->ratio_count++] = (struct row_ratio){
		.row = row,
		.baseline = baseline,
		.metric = metric,
		.ratio = ratio_paired(to->rounds, of->rounds, table->rows[row].rounds, table->runs,
			noise, &scratch),
	};
}

/* How far the row that ran twice seems to be from itself. Infinite where none did: nothing is sure.
 */
static struct noise noise_in(
	const struct table *table, const struct row_group *group, enum metric metric)
{
	static struct statistics_scratch scratch;
	const struct cell *first = &table->rows[group->reference].cells[metric];
	const struct cell *second = &table->rows[group->first + group->count].cells[metric];

	if (!group->twin || !first->rounds || !second->rounds)
		return (struct noise){ INFINITY, INFINITY };
	return noise_between(
		first->rounds, second->rounds, table->rows[group->reference].rounds, &scratch);
}

static void add_ratios(
	struct table *table, const struct row_group *group, enum metric metric, struct noise noise)
{
	for (size_t b = group->first; b < group->first + group->count; b++)
		for (size_t i = group->first; i < group->first + group->count; i++)
			if (i != b && table->rows[b].baseline)
				add_ratio(table, i, b, metric,
					i == group->reference || b == group->reference
						? noise.own
						: noise.shared);
}

static void free_row(struct row *row)
{
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		free(row->cells[metric].rounds);
	free(row->verdict);
}

/* False where there is nothing to sum up. */
static bool begin_end(struct table *table, struct row_group *group, size_t reference)
{
	if (table->failed || group->count == 0)
		return false;
	group->reference = group->first + reference;
	table->rows[group->reference].baseline = true;
	for (size_t i = group->first; i < table->row_count; i++)
		for (int metric = 0; metric < METRIC_COUNT; metric++)
			sum_up(&table->rows[i], (enum metric)metric, table->runs);
	return true;
}

void table_end_group(struct table *table, size_t reference, bool twin)
{
	struct row_group *group = &table->groups[table->group_count - 1];

	if (!begin_end(table, group, reference))
		return;
	group->twin = twin;
	group->count -= twin;
	group->noise = noise_in(table, group, METRIC_NS).own;
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		if (metrics[metric].compared)
			add_ratios(table, group, (enum metric)metric,
				noise_in(table, group, (enum metric)metric));
	if (twin)
		free_row(&table->rows[--table->row_count]);
}

void table_end_group_with(struct table *table, size_t reference, double noise)
{
	struct row_group *group = &table->groups[table->group_count - 1];

	if (!begin_end(table, group, reference))
		return;
	group->twin = group->count > 1;
	group->noise = noise;
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		if (metrics[metric].compared)
			add_ratios(table, group, (enum metric)metric,
				(struct noise){ .own = noise, .shared = 0 });
}

static void move_row(struct table *table, size_t from, size_t to)
{
	if (from != to)
		table->rows[to] = table->rows[from];
	for (size_t i = 0; i < table->ratio_count; i++) {
		struct row_ratio *ratio = &table->ratios[i];

		ratio->row = ratio->row == from ? to : ratio->row;
		ratio->baseline = ratio->baseline == from ? to : ratio->baseline;
	}
	for (size_t i = 0; i < table->group_count; i++)
		if (table->groups[i].reference == from)
			table->groups[i].reference = to;
}

void table_remove(struct table *table, const char *path)
{
	size_t kept = 0, ratios = 0;

	for (size_t i = 0; i < table->ratio_count; i++)
		if (strcmp(table->rows[table->ratios[i].row].path, path) != 0 &&
			strcmp(table->rows[table->ratios[i].baseline].path, path) != 0)
			table->ratios[ratios++] = table->ratios[i];
	table->ratio_count = ratios;
	for (size_t i = 0; i < table->row_count; i++) {
		struct row *row = &table->rows[i];
		struct row_group *group = &table->groups[row->group];

		if (i == group->first)
			group->first = kept;
		if (strcmp(row->path, path) != 0) {
			move_row(table, i, kept++);
			continue;
		}
		if (group->reference == i) {
			group->reference = kept;
			group->twin = false;
		}
		group->count--;
		free_row(row);
	}
	table->row_count = kept;
}

void table_free(struct table *table)
{
	for (size_t i = 0; i < table->row_count; i++)
		free_row(&table->rows[i]);
	for (size_t i = 0; i < table->group_count; i++)
		json_decref(table->groups[i].workload);
	free(table->rows);
	free(table->groups);
	free(table->ratios);
	json_decref(table->workload);
	json_decref(table->more);
	*table = (struct table){ 0 };
}

double row_mevents_per_s(const struct row *row)
{
	return row_value(row, METRIC_NS) > 0 ? 1e3 / row_value(row, METRIC_NS) : 0;
}

const char *row_name(const struct row *row, char text[2 * ROW_NAME_SIZE])
{
	if (!row->wait[0] || strcmp(row->wait, "own") == 0)
		return strcpy(text, row->path);
	/* The waits of libbpf say already who reads. */
	if (strcmp(row->path, "libbpf") == 0)
		return strcpy(text, row->wait);
	snprintf(text, 2 * ROW_NAME_SIZE, "%s/%s", row->path, row->wait);
	return text;
}

const struct row_ratio *table_ratio(
	const struct table *table, const struct row *row, const char *baseline, enum metric metric)
{
	const size_t number = (size_t)(row - table->rows);

	for (size_t i = 0; i < table->ratio_count; i++) {
		const struct row_ratio *ratio = &table->ratios[i];

		if (ratio->row == number && ratio->metric == metric &&
			(baseline ? strcmp(table->rows[ratio->baseline].path, baseline) == 0
				  : ratio->baseline == table->groups[row->group].reference))
			return ratio;
	}
	return NULL;
}
