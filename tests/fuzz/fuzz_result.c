/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Result files of any bytes, as `compare` reads them. The input is a byte of choices, then OLD and
 * NEW, separated by a line "====". Without that line NEW equals OLD, and nothing may be reported as
 * slower.
 */
#include <string.h>

#include "commands/commands.h"
#include "demand.h"
#include "results/result_file.h"
#include "sink.h"

#define SEPARATOR "\n====\n"

/* The names of OLD and NEW, for the functions that open them. */
static struct {
	const unsigned char *data;
	size_t size;
} files[2];

/* The name of fopen() with large files, as meson configures it. The fuzzer's own calls are not
 * replaced. */
FILE *__wrap_fopen64(const char *name, const char *mode);

FILE *__wrap_fopen64(const char *name, const char *mode)
{
	const int which = strcmp(name, "NEW") == 0;

	demand(which || strcmp(name, "OLD") == 0, "%s is opened", name);
	return fmemopen((void *)files[which].data, files[which].size, mode);
}

static void split(const unsigned char *data, size_t size)
{
	const unsigned char *at = memmem(data, size, SEPARATOR, strlen(SEPARATOR));

	files[0].data = files[1].data = data;
	files[0].size = files[1].size = size;
	if (!at)
		return;
	files[0].size = (size_t)(at - data);
	files[1].data = at + strlen(SEPARATOR);
	files[1].size = size - files[0].size - strlen(SEPARATOR);
}

static bool has_byte(const char *text, size_t size)
{
	return strnlen(text, size) < size && text[0] != '\0';
}

/* A file that was read is consistent. */
static void check_row(const struct table *table, const struct row *row)
{
	const double *rounds = row->cells[METRIC_NS].rounds;

	demand(row->path[0] && row_way(row)[0] && row->rounds > 0 && row->runs > 0 &&
			row->runs <= row->rounds,
		"a row of nothing");
	demand(row_value(row, METRIC_NS) > 0, "a median of %g", row_value(row, METRIC_NS));
	for (size_t i = 0; i < row->rounds; i++)
		demand(rounds[i] > 0, "a time of %g", rounds[i]);
	demand(table_find(table, row) == row, "a row is there twice");
}

static void check_file(void)
{
	struct complaint why = { "" };
	struct result_file file;
	const int err = result_file_read(&file, "OLD", &why);

	demand(err == 0 || has_byte(why.text, sizeof(why.text)), "it says nothing of error %d",
		err);
	if (err == 0) {
		/* Advice of live may have no results. */
		demand(json_array_size(file.runs) > 0 &&
				(file.table.row_count > 0 ||
					json_object_get(json_array_get(file.runs, 0), "advice")),
			"a file of nothing");
		for (size_t i = 0; i < file.table.row_count; i++)
			check_row(&file.table, &file.table.rows[i]);
	}
	result_file_free(&file);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *argv[] = { "compare", "OLD", "NEW", NULL, NULL };
	size_t length;
	int status;

	if (size < 2)
		return 0;
	argv[3] = data[0] & 1 ? "-force" : NULL;
	split(data + 1, size - 1);
	if (files[0].size == 0 || files[1].size == 0)
		return 0;
	check_file();
	sink_begin();
	status = command_run("compare", argv);
	sink_end(&length);
	demand(status >= 0 && status <= 3, "status %d", status);
	demand(files[0].data != files[1].data || status != 1, "it is slower than itself");
	return 0;
}
