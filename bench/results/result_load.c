/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "results/result_file.h"

/* Ten times a sweep of all sizes and paths with a thousand rounds. */
#define SIZE_MOST (256 << 20)

/* Jansson reports a string that it has no memory for as a syntax error. */
static json_malloc_t allocate_before;
static bool out_of_memory;

static void *allocate(size_t size)
{
	void *memory = allocate_before(size);

	out_of_memory |= !memory;
	return memory;
}

/* The documents of a stream in one array; an array in it stands for its elements. NULL with @error, or
 * out of memory. */
static json_t *read_documents(FILE *stream, json_error_t *error)
{
	json_t *runs = json_array(), *document;
	int next, err = runs ? 0 : -1;

	while (!err) {
		while ((next = getc(stream)) == ' ' || next == '\n' || next == '\t' || next == '\r')
			;
		if (next == EOF)
			return runs;
		ungetc(next, stream);
		document =
			json_loadf(stream, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, error);
		err = json_is_array(document) ? json_array_extend(runs, document)
					      : json_array_append(runs, document);
		json_decref(document);
	}
	json_decref(runs);
	return NULL;
}

static json_t *load(FILE *stream, const char *name, struct complaint *why)
{
	json_error_t error = { .line = 0 }; /* not set if out of memory */
	json_free_t free_before;
	json_t *runs;
	int err;

	json_get_alloc_funcs(&allocate_before, &free_before);
	json_set_alloc_funcs(allocate, free_before);
	out_of_memory = false;
	errno = 0;
	runs = read_documents(stream, &error);
	err = ferror(stream) ? errno ? errno : EIO : 0;
	json_set_alloc_funcs(allocate_before, free_before);
	if (!err && runs && json_array_size(runs) > 0)
		return runs;
	if (err)
		complain(why, -err, "cannot read %s: %s", name, strerror(err));
	else if (!runs && out_of_memory)
		complain(why, -ENOMEM, "cannot read %s: out of memory", name);
	else if (!runs)
		complain(why, -EINVAL, "%s is not JSON: line %d: %s", name, error.line, error.text);
	else
		complain(why, -EINVAL, "%s is empty; make one with -format json -o %s", name, name);
	json_decref(runs);
	return NULL;
}

json_t *result_file_load(const char *name, struct complaint *why)
{
	FILE *stream = fopen(name, "re"); /* a pipe may let it wait */
	struct stat status;
	json_t *runs = NULL;

	if (!stream) {
		complain(why, -errno, "cannot open %s: %s", name, strerror(errno));
		return NULL;
	}
	if (fstat(fileno(stream), &status) == 0 && status.st_size > SIZE_MOST)
		complain(why, -EFBIG, "%s is larger than %d MiB, so it is not a result file", name,
			SIZE_MOST >> 20);
	else
		runs = load(stream, name, why);
	fclose(stream);
	return runs;
}
