/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/arena.h"
#include "machine/machine.h"
#include "results/result_file.h"
#include "results/style.h"

/* With as many runs a file, their medians are compared, which contain what differs between runs. */
#define RUNS_TO_COMPARE INTERVAL_ROUNDS_MIN

/* Settings that may differ: measured values, and the size, by which rows are matched. */
static const char *const free_settings[] = { "event_size", "read_timeout_ns", "line_transfer_ns",
	"producer_alone_ns_per_event", "producer_unattached_ns_per_event" };

/* A value as text, strings without quotes. */
static json_t *value_text(const json_t *value)
{
	char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
	json_t *text = json_is_string(value)            ? json_incref((json_t *)value)
		       : json_is_null(value) || !dumped ? json_string("absent")
							: json_string(dumped);

	free(dumped);
	return text;
}

/* Facts of the machine, which have to be known of both, or settings. */
static void add_differences(
	json_t *differences, const json_t *old, const json_t *new, bool of_machine)
{
	json_t *both = json_copy((json_t *)old), *value;
	const char *name;

	json_object_update_missing(both, (json_t *)new);
	for (size_t i = 0; i < sizeof(free_settings) / sizeof(free_settings[0]); i++)
		json_object_del(both, free_settings[i]);
	json_object_foreach(both, name, value)
	{
		const json_t *before = json_object_get(old, name);
		const json_t *after = json_object_get(new, name);
		const bool known = before && after && !json_is_null(before) && !json_is_null(after);

		if (!json_equal(before, after) && (!of_machine || (known && machine_decides(name))))
			json_array_append_new(
				differences, json_pack("[s, o, o]", name, value_text(before),
						     value_text(after)));
	}
	json_decref(both);
}

json_t *comparison_differences(const struct comparison *c)
{
	const struct result_file *files[] = { c->old, c->new };
	const json_t *first = json_array_get(c->old->runs, 0), *run;
	json_t *differences = json_array();
	size_t i;

	for (int f = 0; f < 2; f++)
		json_array_foreach(files[f]->runs, i, run)
		{
			add_differences(differences, json_object_get(first, "environment"),
				json_object_get(run, "environment"), true);
			add_differences(differences, json_object_get(first, "workload"),
				json_object_get(run, "workload"), false);
		}
	return differences;
}

const struct row *comparison_find_row(const struct result_file *file, const struct row *like)
{
	const struct row *row = table_find(&file->table, like);
	/* Files of sizes of one name may differ, and long mixes have the same first letters. */
	const bool alike = row && row->digest == like->digest;

	return alike && fabs(row->mean_size - like->mean_size) <= 1e-6 * row->mean_size ? row
											: NULL;
}

/* The relative change of the machine between the files, by the limits for events like @like. */
static double drift_of(const struct comparison *c, const struct row *like)
{
	double drift = 0;

	for (size_t i = 0; i < c->new->table.row_count; i++) {
		const struct row *new = &c->new->table.rows[i], *old;

		if (!new->limit || !row_is_alike(new, like))
			continue;
		old = table_find(&c->old->table, new);
		if (old)
			drift = fmax(drift, expm1(fabs(log(row_value(old, METRIC_NS) /
							   row_value(new, METRIC_NS)))));
	}
	return drift;
}

/* The largest noise of any row in either file. */
static double noise_of(const struct comparison *c)
{
	const struct result_file *files[] = { c->old, c->new };
	double noise = 0;

	for (int f = 0; f < 2; f++)
		for (size_t i = 0; i < files[f]->table.row_count; i++)
			noise = fmax(noise, files[f]->table.rows[i].noise);
	return noise;
}

/* Beside the time: what became worse by far, as it has no interval. NULL: nothing. */
static const char *worse_service(const struct row *old, const struct row *new, bool rate)
{
	const double lost = row_lost_share(new), p99 = row_latency(new, 2);
	const double cost = row_value(new, METRIC_PRODUCER_NS);

	if (lost > 1.5 * row_lost_share(old) + 0.001)
		return text("%.2f %% lost, before %.2f %%", lost * 100, row_lost_share(old) * 100);
	if (rate && p99 > 3 * row_latency(old, 2))
		return text("p99 %s, before %s", AMOUNT_NS(p99), AMOUNT_NS(row_latency(old, 2)));
	if (rate && cost > 2 * row_value(old, METRIC_PRODUCER_NS))
		return text("%.4g ns of the producer an event, before %.4g ns", cost,
			row_value(old, METRIC_PRODUCER_NS));
	return NULL;
}

static struct ratio ratio_of(const struct comparison *c, const struct comparison_row *row)
{
	/* On a noisy machine, the change of the limits and half as much again is not a reader's. */
	const double drift = noise_of(c) > c->threshold ? 1.5 * row->drift : 0;
	const struct tolerance tolerance = { fmax(c->threshold, drift), c->threshold };
	const struct row *old = row->old, *new = row->new;
	const double noise = fmax(old->noise, new->noise);

	if (row->by_runs)
		return ratio_unpaired(
			old->run_medians, old->runs, new->run_medians, new->runs, noise, tolerance);
	if (!old->cells[c->metric].rounds || !new->cells[c->metric].rounds)
		return RATIO_UNKNOWN;
	return ratio_unpaired(old->cells[c->metric].rounds, old->rounds,
		new->cells[c->metric].rounds, new->rounds, noise, tolerance);
}

void comparison_find(struct comparison *c)
{
	const struct table *table = &c->new->table;
	const char *rate = json_string_value(json_object_get(
		json_object_get(json_array_get(c->new->runs, 0), "workload"), "rate"));

	/* A given rate decides the time an event. */
	if (c->new->live && strcmp(rate ? rate : "", "max") != 0)
		c->metric = METRIC_CPU_NS;
	c->rows = arena_allocate(table->row_count * sizeof(*c->rows));
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *new = &table->rows[i], *old = comparison_find_row(c->old, new);
		struct comparison_row *row = &c->rows[c->count];

		if (!old)
			continue;
		*row = (struct comparison_row){
			.old = old,
			.new = new,
			.drift = drift_of(c, new),
			.by_runs = c->metric ==
				   METRIC_NS &&MIN(old->runs, new->runs) >= RUNS_TO_COMPARE,
			.worse = worse_service(old, new, c->metric != METRIC_NS),
		};
		row->ratio = ratio_of(c, row);
		if (row->drift > comparison_drift_most(c) && row->ratio.has_interval)
			row->ratio.verdict = VERDICT_TOO_NOISY;
		if (row->worse)
			row->ratio.verdict = VERDICT_SLOWER;
		c->count++;
		c->found[row->ratio.verdict] += !new->limit;
		c->undecided += !new->limit && !verdict_decides(row->ratio.verdict);
		c->drift = fmax(c->drift, row->drift);
	}
	c->doubtful = c->undecided > 0 || noise_of(c) > comparison_drift_most(c);
	for (size_t i = 0; i < c->old->table.row_count; i++)
		c->doubtful |= !c->old->table.rows[i].limit &&
			       !comparison_find_row(c->new, &c->old->table.rows[i]);
}
