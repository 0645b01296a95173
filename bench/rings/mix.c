/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/process.h"
#include "base/values.h"
#include "rings/mix.h"
#include "rings/workload.h"

#define RECORDED "files-and-processes.sizes"

/* The mixes of the command line, the last one first. */
static struct mix *all;

bool mix_is_meant(const char *text)
{
	return *text == '@' || strpbrk(text, "+*") || strcmp(text, MIX_NAMED) == 0;
}

static int add_size(struct mix *mix, uint64_t size, uint64_t weight)
{
	uint32_t *grown;

	if (size < SIZED_EVENT_MIN || size > SIZED_EVENT_MAX || weight == 0 ||
		weight > MIX_SIZES_MAX - mix->count)
		return -ERANGE;
	for (; weight > 0; weight--) {
		if ((mix->count & (mix->count - 1)) == 0) {
			grown = reallocarray(
				mix->sizes, mix->count ? 2 * mix->count : 1, sizeof(*grown));
			if (!grown)
				return -ENOMEM;
			mix->sizes = grown;
		}
		mix->sizes[mix->count++] = (uint32_t)size;
	}
	return 0;
}

/* Scans "64+64*9". */
static int scan_terms(struct mix *mix, const char *text)
{
	char *copy = strdup(text), *rest = copy, *term;
	int err = copy ? 0 : -ENOMEM;

	while (!err && (term = strsep(&rest, "+"))) {
		char *weight = strchr(term, '*');
		uint64_t size, count = 1;

		if (weight)
			*weight++ = '\0';
		err = parse_size(term, &size);
		if (!err && weight)
			err = parse_count(weight, &count);
		if (!err)
			err = add_size(mix, size, count);
	}
	free(copy);
	return err;
}

/* Reads a size a line, as watch -sizes writes them. */
static int read_lines(struct mix *mix, const char *path, FILE *file, struct complaint *why)
{
	char line[32];
	uint64_t size, raised = 0;
	int err;

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		err = parse_size(line, &size);
		raised += !err && size < SIZED_EVENT_MIN;
		if (!err && mix->count < MIX_SIZES_MAX)
			err = add_size(mix, size < SIZED_EVENT_MIN ? SIZED_EVENT_MIN : size, 1);
		else if (!err)
			return complain(
				why, -E2BIG, "%s has more than %d sizes", path, MIX_SIZES_MAX);
		if (err == -ENOMEM)
			return complain(why, err, "out of memory");
		if (err)
			return complain(why, -EINVAL,
				"%s, line %" PRIu32
				": \"%s\" is not a size of an event, up to %d B",
				path, mix->count + 1, line, SIZED_EVENT_MAX);
	}
	if (ferror(file))
		return complain(why, -EIO, "cannot read %s: %s", path, strerror(errno));
	if (mix->count == 0)
		return complain(why, -EINVAL,
			"%s has no sizes; watch -sizes records those of a program's ring", path);
	if (raised > 0)
		fprintf(stderr,
			"%s: %" PRIu64 " of %" PRIu32 " sizes are below %d B, and were "
			"raised to it\n",
			path, raised, mix->count, SIZED_EVENT_MIN);
	return 0;
}

static int read_file(struct mix *mix, const char *path, struct complaint *why)
{
	FILE *file = fopen(path, "re");
	int err;

	if (!file)
		return complain(why, -errno, "cannot open %s: %s", path, strerror(errno));
	mix->in_order = true;
	err = read_lines(mix, path, file, why);
	fclose(file);
	return err;
}

/* Names the mix without characters that separate fields of results, and cuts long names. */
static void name_mix(struct mix *mix, const char *text)
{
	const char *slash = *text == '@' ? strrchr(text, '/') : NULL;

	snprintf(mix->name, sizeof(mix->name), "%s%.40s", slash ? "@" : "",
		slash ? slash + 1 : text);
	for (char *c = mix->name; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr(",\"/\\", *c))
			*c = '_';
}

static int by_size(const void *a, const void *b)
{
	return (*(const uint32_t *)a > *(const uint32_t *)b) -
	       (*(const uint32_t *)a < *(const uint32_t *)b);
}

/* Finds the different sizes, and sums. */
static int find_kinds(struct mix *mix)
{
	uint32_t *sorted = malloc(mix->count * sizeof(*sorted)), kinds = 0;
	uint64_t sum = 0;

	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, mix->sizes, mix->count * sizeof(*sorted));
	qsort(sorted, mix->count, sizeof(*sorted), by_size);
	for (uint32_t i = 0; i < mix->count; i++) {
		sum += sorted[i];
		mix->stride_sum += record_stride(sorted[i]);
		if (i > 0 && sorted[i] == sorted[i - 1])
			continue;
		if (kinds < MIX_KINDS)
			mix->kinds[kinds] = sorted[i];
		kinds++;
	}
	mix->kind_count = kinds <= MIX_KINDS ? kinds : 0;
	mix->smallest = sorted[0];
	mix->largest = sorted[mix->count - 1];
	mix->mean = (double)sum / mix->count;
	free(sorted);
	return 0;
}

int mix_parse(const char *text, const struct mix **result, struct complaint *why)
{
	const bool named = strcmp(text, MIX_NAMED) == 0;
	struct mix *mix = calloc(1, sizeof(*mix));
	int err;

	if (!mix)
		return complain(why, -ENOMEM, "out of memory");
	mix->fd = -1;
	mix->next = all;
	all = mix;
	name_mix(mix, text);
	if (*text == '@')
		err = read_file(mix, text + 1, why);
	else
		err = scan_terms(mix, named ? "16+24+64+200+1000" : text);
	if (!err)
		err = find_kinds(mix);
	if (err == -ENOMEM)
		return complain(why, err, "out of memory");
	if (err && *text != '@')
		return complain(why, -EINVAL,
			"\"%.48s\" is not a mix of sizes of %d to %d B; give for example 24+40+56, "
			"64*9+1024 with weights, " MIX_NAMED ", or @FILE with one size per line",
			text, SIZED_EVENT_MIN, SIZED_EVENT_MAX);
	*result = mix;
	return err;
}

void mixes_forget(void)
{
	while (all) {
		struct mix *mix = all;

		all = mix->next;
		if (mix->fd >= 0)
			close(mix->fd);
		free(mix->sizes);
		free(mix);
	}
}

/* A built program has it in its own folder, an installed one in share/. */
int mix_recorded(char *path, size_t size)
{
	static const char *const places[] = { RECORDED, "../share/ringview/" RECORDED };
	char folder[PATH_MAX];
	int err = build_folder_own(folder);

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !err; i++)
		if (snprintf(path, size, "%s/%s", folder, places[i]) < (int)size &&
			access(path, R_OK) == 0)
			return 0;
	return err ? err : -ENOENT;
}

static int write_sizes(const struct mix *mix, int fd)
{
	FILE *file = fdopen(fd, "w");

	for (uint32_t i = 0; i < mix->count && file; i++)
		fprintf(file, "%" PRIu32 "\n", mix->sizes[i]);
	return file && fclose(file) == 0 ? 0 : -errno;
}

int mix_for_peers(const struct mix *mix, char *text, size_t size)
{
	struct mix *own = all;
	int err = 0;

	while (own != mix)
		own = own->next;
	if (own->fd < 0) {
		own->fd = memfd_create("sizes", MFD_CLOEXEC);
		err = own->fd < 0 ? -errno : write_sizes(own, dup(own->fd));
	}
	snprintf(text, size, "%s:/proc/%d/fd/%d", mix->in_order ? "in-order" : "random", getpid(),
		own->fd);
	return err;
}
