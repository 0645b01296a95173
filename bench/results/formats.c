/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv and gobench: a line for each row of the table and round. json: ringview.result/2, which
 * docs/result.md and docs/result.schema.json describe.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "results/table.h"

const char *const format_names[] = { "text", "json", "csv", "gobench", NULL };

/* Fields hold no comma, quote or line end. An unknown value is empty. */
static const char *field(const json_t *value)
{
	if (json_is_integer(value))
		return text("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (json_is_real(value))
		return text("%.9g", json_real_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "1" : "0";
	return json_is_string(value) ? json_string_value(value) : "";
}

static bool has_metric(const struct table *table, int metric)
{
	for (size_t i = 0; i < table->row_count; i++)
		if (table->rows[i].cells[metric].rounds)
			return true;
	return false;
}

/* Events; 0 if none was read. */
static double per_second(const struct row *row, size_t round)
{
	const double ns = row->cells[METRIC_NS].rounds[round];

	return ns > 0 ? 1e9 / ns : 0;
}

/* The header, or with a @row the line of one of its rounds. */
static void write_csv_line(
	FILE *out, const struct table *table, const struct row *row, size_t round)
{
	static const struct row names = {
		.path = "path", .wait = "wait", .touch = "touch", .size_text = "event_size"
	};
	const struct row *line = row ? row : &names;
	const char *way = strcmp(table->command, "live") == 0 ? line->wait : line->touch, *name;
	json_t *settings = table->workload, *value;

	if (table->row_count > 0)
		settings = (json_t *)row_workload(table, row ? row : table->rows);
	fprintf(out, "%s,%.*s,%s", line->path, (int)strcspn(way, ROW_CACHES), way, line->size_text);
	json_object_foreach(settings, name, value)
	{
		/* The event size is a column of the row; measured values are no settings. */
		if (strcmp(name, "event_size") == 0 || strstr(name, "_ns_per_event"))
			continue;
		fprintf(out, ",%s", row ? field(value) : name);
	}
	fprintf(out, ",%s", row ? text("%zu", round + 1) : "round");
	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		const double *rounds = line->cells[metric].rounds;

		if (has_metric(table, metric))
			fprintf(out, ",%s",
				!row                                ? metrics[metric].name
				: rounds && isfinite(rounds[round]) ? text("%.10g", rounds[round])
								    : "");
	}
	fprintf(out, ",%s\n", row ? text("%.4f", per_second(row, round) / 1e6) : "mevents_per_s");
}

/* A line of the Go benchmark format (golang.org/design/14313-benchmark-format), for benchstat -col
 * /path. The latency is of all rounds, and so the same in each line. */
static void write_gobench_line(FILE *out, const struct row *row, size_t round)
{
	const double consumed = row->cells[METRIC_CONSUMED].rounds[round];
	const double *lost = row->cells[METRIC_LOST].rounds;

	/* Without events there is no time per event. */
	if (!(consumed > 0))
		return;
	fprintf(out, "%s %.0f", row->benchmark, consumed);
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		if (metrics[metric].unit && row->cells[metric].rounds && metric != METRIC_LOST)
			fprintf(out, " %.4f %s", row->cells[metric].rounds[round],
				metrics[metric].unit);
	fprintf(out, " %s %.0f events/s%s\n",
		lost ? text("%.6f lost/op", lost[round] / consumed)
		     : text("%.2f MB/s", row->mean_size * per_second(row, round) / 1e6),
		per_second(row, round),
		TEXT_IF(row->latency_count > 0, " %" PRIu64 " p99-ns", row->latencies[2]));
}

/* Whole numbers without a point. */
static json_t *number(double value)
{
	return isfinite(value) && value == floor(value) && fabs(value) < 1e15
		       ? json_integer((json_int_t)value)
		       : json_value_real(value);
}

static json_t *cell_json(const struct row *row, enum metric metric)
{
	static const char *const names[] = { "median", "sum", "most", "whole" };
	const struct metric_cell *cell = &row->cells[metric];
	const struct summary *s = &cell->summary;
	json_t *object = json_object(), *rounds = cell->rounds ? json_array() : NULL;

	json_object_set_new(object, names[metrics[metric].summing], number(cell->value));
	if (metrics[metric].summing == SUMMING_MEDIAN)
		json_object_update_new(object,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:b}", "low",
				json_value_real(s->interval.low), "high",
				json_value_real(s->interval.high), "min", number(s->min), "max",
				number(s->max), "mad", number(s->deviation), "outliers",
				(json_int_t)s->outliers, "two_humped", s->two_humped));
	for (size_t i = 0; i < row->rounds && rounds; i++)
		json_array_append_new(rounds, number(cell->rounds[i]));
	if (rounds)
		json_object_set_new(object, "rounds", rounds);
	return object;
}

/* A member that json_pack() leaves out if it is NULL. */
static const char *text_or_none(const char *text)
{
	return text && text[0] ? text : NULL;
}

/* What a row is of. */
static json_t *name_json(const struct row *row)
{
	const bool mix = row->event_size == 0;
	const size_t touch = strcspn(row->touch, ROW_CACHES);

	return json_pack("{s:s, s:s*, s:o*, s:s*, s:I, s:s*, s:o*, s:o*}", "path", row->path,
		"wait", text_or_none(row->wait), "touch",
		touch > 0 ? json_stringn(row->touch, touch) : NULL, "caches",
		row->touch[touch] ? row->touch + touch + 1 : NULL, "event_size",
		(json_int_t)row->event_size, "event_sizes", mix ? row->size_text : NULL,
		"event_size_mean", mix ? json_value_real(row->mean_size) : NULL,
		"event_sizes_digest", mix ? json_integer(row->digest) : NULL);
}

static json_t *latency_json(const struct row *row)
{
	json_t *object = json_object();

	for (int i = 0; i < LATENCIES; i++)
		json_object_set_new(object, latency_names[i], number(row_latency(row, i)));
	json_object_set_new(object, "count", json_integer((json_int_t)row->latency_count));
	return object;
}

static json_t *row_json(const struct table *table, const struct row *row)
{
	const bool valid = row_summary(row, METRIC_NS)->valid;
	json_t *object = name_json(row);

	json_object_update_new(object,
		json_pack("{s:O*, s:o*, s:o}", "workload", table->groups[row->group].workload,
			"limit", row->limit ? json_true() : NULL, "mevents_per_s",
			json_value_real(valid ? row_mevents_per_s(row) : NAN)));
	for (int m = 0; m < METRIC_COUNT; m++)
		if (row->cells[m].rounds || isfinite(row->cells[m].value))
			json_object_set_new(
				object, metrics[m].name, cell_json(row, (enum metric)m));
	/* A reading that differs from what was written fails the run. */
	json_object_update_new(object, json_pack("{s:o*, s:o*, s:s*, s:s*, s:b}", "counters_scaled",
					       row->scaled ? json_true() : NULL, "latency_ns",
					       row->wait[0] ? latency_json(row) : NULL, "checksum",
					       text_or_none(row->checksum), "verdict",
					       text_or_none(row->verdict), "verified", 1));
	return object;
}

static json_t *ratio_json(
	const struct table *table, const struct row *row, const struct row *to, enum metric metric)
{
	const struct ratio ratio = table_ratio(table, row, to, metric);
	json_t *object = name_json(row);

	json_object_update_new(
		object, json_pack("{s:s, s:s*, s:s, s:o, s:o, s:o, s:s}", "baseline", to->path,
				"baseline_wait", text_or_none(to->wait), "metric",
				metrics[metric].name, "median", json_value_real(ratio.median),
				"low", json_value_real(ratio.interval.low), "high",
				json_value_real(ratio.interval.high), "verdict",
				verdicts[ratio.verdict].name));
	return object;
}

/* Every row to every baseline of its group, in each metric that both have. */
static json_t *ratios_json(const struct table *table)
{
	json_t *array = json_array();

	for (size_t g = 0; g < table->group_count; g++) {
		const struct row *rows = &table->rows[table->groups[g].first];
		const size_t count = table->groups[g].count;

		for (int m = 0; m < METRICS_COMPARED; m++)
			for (size_t i = 0; i < count * count; i++) {
				const struct row *to = &rows[i / count], *row = &rows[i % count];

				if (to != row && to->baseline && to->cells[m].rounds &&
					row->cells[m].rounds)
					json_array_append_new(
						array, ratio_json(table, row, to, (enum metric)m));
			}
	}
	return array;
}

static json_t *noise_json(const struct table *table)
{
	json_t *array = json_array();

	for (size_t i = 0; i < table->group_count; i++) {
		const struct row_group *group = &table->groups[i];
		json_t *object;

		if (!group->twin)
			continue;
		object = name_json(&table->rows[group->reference]);
		json_object_set_new(object, "floor", json_value_real(group->noise[METRIC_NS].own));
		json_array_append_new(array, object);
	}
	return array;
}

static void add_peers(json_t *root, const struct peers *peers)
{
	json_t *well = json_array(), *failed = json_array();

	for (size_t i = 0; i < peers->count; i++) {
		const struct peer *peer = &peers->peers[i];

		if (peer->err == 0)
			json_array_append_new(
				well, json_pack("{s:s, s:s, s:s}", "name", basename(peer->program),
					      "version", peer->hello.version, "language",
					      peer->hello.language));
	}
	for (size_t i = 0; i < peers->failure_count; i++)
		json_array_append_new(
			failed, json_pack("{s:s, s:s}", "name", peers->failures[i].path, "reason",
					peers->failures[i].reason.text));
	json_object_set_new(root, "peers", well);
	json_object_set_new(root, "failed_peers", failed);
}

static void write_json(FILE *out, const struct table *table)
{
	json_t *root, *rows = json_array();

	for (size_t i = 0; i < table->row_count; i++)
		json_array_append_new(rows, row_json(table, &table->rows[i]));
	root = need(json_pack("{s:s, s:s, s:s, s:O, s:O, s:O, s:o, s:o, s:o}", "schema",
		RESULT_SCHEMA, "command", table->command, "command_line", table->command_line,
		"environment", table->machine, "warnings", table->warnings, "workload",
		table->workload, "results", rows, "ratios", ratios_json(table), "noise",
		noise_json(table)));
	if (table->peers)
		add_peers(root, table->peers);
	json_object_update_new(root,
		json_pack("{s:o*, s:o*, s:I, s:s*}", "partial", table->partial ? json_true() : NULL,
			"runs", table->runs > 1 ? json_integer((json_int_t)table->runs) : NULL,
			"own_memory_bytes", (json_int_t)table->own_memory, "counters_unavailable",
			text_or_none(table->no_counters)));
	if (table->more)
		json_object_update(root, table->more);
	if (json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) && !ferror(out))
		need(NULL);
	fputc('\n', out);
	json_decref(root);
}

void table_write(FILE *out, const struct table *table, enum format format)
{
	const char *architecture = machine_text(table->machine, "architecture");
	const char *cpu = machine_text(table->machine, "cpu_model");
	const char *kernel = machine_text(table->machine, "kernel_release");

	if (format == FORMAT_JSON) {
		write_json(out, table);
		return;
	}
	if (format == FORMAT_CSV)
		write_csv_line(out, table, NULL, 0);
	else
		fprintf(out, "goos: linux\ngoarch: %s\npkg: ringview\n%s%s",
			strcmp(architecture, "x86_64") == 0    ? "amd64"
			: strcmp(architecture, "aarch64") == 0 ? "arm64"
							       : architecture,
			TEXT_IF(cpu[0], "cpu: %s\n", cpu),
			TEXT_IF(kernel[0], "kernel: %s\n", kernel));
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		for (size_t round = 0; round < row->rounds; round++)
			if (format == FORMAT_CSV)
				write_csv_line(out, table, row, round);
			else
				write_gobench_line(out, row, round);
}
