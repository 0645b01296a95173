/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Result files as `compare` reads them: files that may hold anything. The input is a byte of
 * choices, then OLD and NEW, with a line "====" between; without it NEW is OLD again, and then
 * nothing may be called slower.
 */
#include <string.h>

#include "commands/commands.h"
#include "demand.h"
#include "results/result_file.h"
#include "sink.h"

#define SEPARATOR "\n====\n"

/* What OLD and NEW are to the functions that open them. */
static struct {
	const unsigned char *data;
	size_t size;
} files[2];

/* fopen() by its name for large files, as meson has it; not the fuzzer's own. */
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

/* What is read can be counted on. */
static void check_series(const struct result_file *file, const struct series *series)
{
	demand(series->path && series->way && series->rounds > 0 && series->runs > 0 &&
			series->runs <= series->rounds,
		"a series of nothing");
	demand(series->median > 0, "a median of %g", series->median);
	for (size_t i = 0; i < series->rounds; i++)
		demand(series->ns_per_event[i] > 0, "a time of %g", series->ns_per_event[i]);
	demand(result_file_find(file, series) == series, "a series is there twice");
}

static void check_file(void)
{
	struct complaint why = { "" };
	struct result_file file;
	const int err = result_file_read(&file, "OLD", &why);

	demand(err == 0 || has_byte(why.text, sizeof(why.text)), "it says nothing of error %d",
		err);
	if (err == 0) {
		demand(json_array_size(file.runs) > 0 && file.series_count > 0,
			"a file of nothing");
		for (size_t i = 0; i < file.series_count; i++)
			check_series(&file, &file.series[i]);
	}
	result_file_free(&file);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *argv[] = { "compare", "OLD", "NEW", "-force", NULL };
	size_t length;
	int status;

	if (size < 2)
		return 0;
	split(data + 1, size - 1);
	if (files[0].size == 0 || files[1].size == 0)
		return 0;
	check_file();
	sink_begin();
	status = command_compare(data[0] & 1 ? 4 : 3, argv);
	sink_end(&length);
	demand(status >= 0 && status <= 3, "status %d", status);
	demand(files[0].data != files[1].data || status != 1, "it is slower than itself");
	return 0;
}
