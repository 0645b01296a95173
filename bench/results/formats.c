/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv and gobench: a line for each row of the table and round.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "results/table.h"

const char *const format_names[] = { "text", "json", "csv", "gobench", NULL };

/* Fields hold no comma, quote or line end. An unknown value is empty. */
static void write_scalar(FILE *out, const json_t *value)
{
	if (json_is_string(value))
		fputs(json_string_value(value), out);
	else if (json_is_integer(value))
		fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		fprintf(out, "%.9g", json_real_value(value));
	else if (json_is_boolean(value))
		fputc(json_is_true(value) ? '1' : '0', out);
}

static bool has_metric(const struct table *table, int metric)
{
	for (size_t i = 0; i < table->row_count; i++)
		if (table->rows[i].cells[metric].rounds)
			return true;
	return false;
}

/* The event size is a column of the row; measured values are no settings. */
static bool is_column(const char *name)
{
	return strcmp(name, "event_size") != 0 && !strstr(name, "_ns_per_event");
}

static void write_csv(FILE *out, const struct table *table)
{
	const bool live = strcmp(table->command, "live") == 0;
	const bool questions = table->row_count > 0 && table->rows[0].question[0];
	const json_t *settings =
		table->row_count > 0 ? row_workload(table, &table->rows[0]) : table->workload;
	const char *name;
	json_t *value;

	fprintf(out, "%spath,%s,event_size", questions ? "question," : "", live ? "wait" : "touch");
	json_object_foreach((json_t *)settings, name, value)
	{
		if (is_column(name))
			fprintf(out, ",%s", name);
	}
	fputs(",round", out);
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		if (has_metric(table, metric))
			fprintf(out, ",%s", metrics[metric].name);
	fputs(",mevents_per_s\n", out);
	for (size_t i = 0; i < table->row_count; i++)
		for (size_t round = 0; round < table->rows[i].rounds; round++) {
			const struct row *row = &table->rows[i];
			const double ns = row->cells[METRIC_NS].rounds[round];

			if (questions)
				fprintf(out, "%s,", row->question);
			fprintf(out, "%s,%.*s,%s", row->path,
				(int)strcspn(live ? row->wait : row->touch, ROW_CACHES),
				live ? row->wait : row->touch, row->size_text);
			json_object_foreach((json_t *)row_workload(table, row), name, value)
			{
				if (!is_column(name))
					continue;
				fputc(',', out);
				write_scalar(out, value);
			}
			fprintf(out, ",%zu", round + 1);
			for (int metric = 0; metric < METRIC_COUNT; metric++) {
				const double *rounds = row->cells[metric].rounds;

				if (!has_metric(table, metric))
					continue;
				fputc(',', out);
				if (rounds && isfinite(rounds[round]))
					fprintf(out, "%.10g", rounds[round]);
			}
			fprintf(out, ",%.4f\n", ns > 0 ? 1e3 / ns : 0);
		}
}

static const char *go_architecture(const char *name)
{
	if (strcmp(name, "x86_64") == 0)
		return "amd64";
	return strcmp(name, "aarch64") == 0 ? "arm64" : name;
}

/* The Go benchmark format (golang.org/design/14313-benchmark-format), for benchstat -col /path. The
 * latency is of all rounds, and so the same in each line. */
static void write_gobench(FILE *out, const struct table *table)
{
	const struct machine *m = table->machine;

	fprintf(out, "goos: linux\ngoarch: %s\npkg: ringview\n",
		go_architecture(machine_text(m, FACT_ARCHITECTURE)));
	if (machine_text(m, FACT_CPU_MODEL)[0])
		fprintf(out, "cpu: %s\n", machine_text(m, FACT_CPU_MODEL));
	if (machine_text(m, FACT_KERNEL_RELEASE)[0])
		fprintf(out, "kernel: %s\n", machine_text(m, FACT_KERNEL_RELEASE));
	for (size_t i = 0; i < table->row_count; i++)
		for (size_t round = 0; round < table->rows[i].rounds; round++) {
			const struct row *row = &table->rows[i];
			const double consumed = row->cells[METRIC_CONSUMED].rounds[round];
			const double ns = row->cells[METRIC_NS].rounds[round];

			/* Without events there is no time per event. */
			if (!(consumed > 0))
				continue;
			fprintf(out, "%s %.0f", row->benchmark, consumed);
			for (int metric = 0; metric < METRIC_COUNT; metric++)
				if (metrics[metric].unit && row->cells[metric].rounds &&
					metric != METRIC_LOST)
					fprintf(out, " %.4f %s", row->cells[metric].rounds[round],
						metrics[metric].unit);
			if (row->cells[METRIC_LOST].rounds)
				fprintf(out, " %.6f lost/op",
					row->cells[METRIC_LOST].rounds[round] / consumed);
			else
				fprintf(out, " %.2f MB/s", ns > 0 ? row->mean_size * 1e3 / ns : 0);
			fprintf(out, " %.0f events/s", ns > 0 ? 1e9 / ns : 0);
			if (row->latency_count > 0)
				fprintf(out, " %llu p99-ns", (unsigned long long)row->latencies[2]);
			fputc('\n', out);
		}
}

int table_write(FILE *out, const struct table *table, enum format format)
{
	if (format == FORMAT_JSON)
		return table_write_json(out, table);
	if (table->failed)
		return -ENOMEM;
	(format == FORMAT_CSV ? write_csv : write_gobench)(out, table);
	return 0;
}
