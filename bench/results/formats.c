/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv and gobench: a line for each row of the table and round.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "results/table.h"

const char *const format_names[] = { "text", "json", "csv", "gobench", NULL };

/* Fields hold no comma, quote or line end. An unknown value is empty. */
static const char *field(const json_t *value, char text[AMOUNT_SIZE])
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		snprintf(text, AMOUNT_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		snprintf(text, AMOUNT_SIZE, "%.9g", json_real_value(value));
	else if (json_is_boolean(value))
		return json_is_true(value) ? "1" : "0";
	return text;
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
	static const struct row names = { .path = "path",
		.wait = "wait",
		.touch = "touch",
		.question = "question",
		.size_text = "event_size" };
	const struct row *first = table->row_count > 0 ? &table->rows[0] : NULL;
	const struct row *line = row ? row : &names;
	const char *way = strcmp(table->command, "live") == 0 ? line->wait : line->touch, *name;
	json_t *settings = table->workload, *value;

	if (first)
		settings = (json_t *)row_workload(table, row ? row : first);
	if (first && first->question[0])
		fprintf(out, "%s,", line->question);
	fprintf(out, "%s,%.*s,%s", line->path, (int)strcspn(way, ROW_CACHES), way, line->size_text);
	json_object_foreach(settings, name, value)
	{
		/* The event size is a column of the row; measured values are no settings. */
		if (strcmp(name, "event_size") == 0 || strstr(name, "_ns_per_event"))
			continue;
		fprintf(out, ",%s", row ? field(value, (char[AMOUNT_SIZE]){ 0 }) : name);
	}
	if (row)
		fprintf(out, ",%zu", round + 1);
	else
		fputs(",round", out);
	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		const double *rounds = line->cells[metric].rounds;
		char number[AMOUNT_SIZE] = "";

		if (rounds && isfinite(rounds[round]))
			snprintf(number, sizeof(number), "%.10g", rounds[round]);
		if (has_metric(table, metric))
			fprintf(out, ",%s", row ? number : metrics[metric].name);
	}
	if (row)
		fprintf(out, ",%.4f\n", per_second(row, round) / 1e6);
	else
		fputs(",mevents_per_s\n", out);
}

static const char *go_architecture(const char *name)
{
	if (strcmp(name, "x86_64") == 0)
		return "amd64";
	return strcmp(name, "aarch64") == 0 ? "arm64" : name;
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
	if (lost)
		fprintf(out, " %.6f lost/op", lost[round] / consumed);
	else
		fprintf(out, " %.2f MB/s", row->mean_size * per_second(row, round) / 1e6);
	fprintf(out, " %.0f events/s", per_second(row, round));
	if (row->latency_count > 0)
		fprintf(out, " %" PRIu64 " p99-ns", row->latencies[2]);
	fputc('\n', out);
}

int table_write(FILE *out, const struct table *table, enum format format)
{
	const char *cpu = machine_text(table->machine, "cpu_model");
	const char *kernel = machine_text(table->machine, "kernel_release");

	if (format == FORMAT_JSON)
		return table_write_json(out, table);
	if (table->failed)
		return -ENOMEM;
	if (format == FORMAT_CSV)
		write_csv_line(out, table, NULL, 0);
	else
		fprintf(out, "goos: linux\ngoarch: %s\npkg: ringview\n",
			go_architecture(machine_text(table->machine, "architecture")));
	if (format == FORMAT_GOBENCH && cpu[0])
		fprintf(out, "cpu: %s\n", cpu);
	if (format == FORMAT_GOBENCH && kernel[0])
		fprintf(out, "kernel: %s\n", kernel);
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		for (size_t round = 0; round < row->rounds; round++)
			if (format == FORMAT_CSV)
				write_csv_line(out, table, row, round);
			else
				write_gobench_line(out, row, round);
	return 0;
}
