/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/process.h"
#include "base/values.h"
#include "rings/workload.h"

#define NS_PER_S UINT64_C(1000000000)

/* Without a rate, a query of the backlog costs a tenth of an event. */
#define QUERY_EVERY 256

__extension__ typedef unsigned __int128 wide;

const char *const event_names[] = { "skb_meta", "sized", NULL };
const char *const source_names[] = { "bpf", "memory", NULL };
const char *const touch_names[] = { "none", "header", "fields", "bytes", NULL };
const char *const caches_names[] = { "cold", "own", "other", NULL };
const char *const live_notify_names[] = { "default", "never", "force", "sampled", NULL };
const char *const live_producer_names[] = { "run", "syscall", NULL };
const char *const live_write_names[] = { "reserve", "output", NULL };

/* producers / rate seconds; in bursts 0, and after each burst its whole period. */
static struct live_interval interval_of(const struct workload *workload)
{
	const uint64_t ns = workload->producers * NS_PER_S, rate = workload->rate;

	if (rate == PARSE_RATE_MAX)
		return (struct live_interval){ .step = 1 };
	if (workload->burst > 0)
		return (struct live_interval){ .remainder = 1,
			.divisor = workload->burst / workload->producers,
			.step = (uint64_t)workload->burst_ns };
	return (struct live_interval){
		.ns = ns / rate, .remainder = ns % rate, .divisor = rate, .step = 1
	};
}

struct live_plan live_plan_of(const struct workload *workload)
{
	return (struct live_plan){
		.discard = workload_discard(workload),
		.notify_bytes = (uint64_t)((double)workload->notify_events *
					   workload_mean_stride(workload)),
		.query_mask = workload->rate == PARSE_RATE_MAX ? QUERY_EVERY - 1 : 0,
		.interval = interval_of(workload),
	};
}

uint64_t live_due_offset(const struct live_interval *interval, uint64_t sequence)
{
	return sequence * interval->ns +
	       (uint64_t)((wide)sequence * interval->remainder / interval->divisor) *
		       interval->step;
}

/* Event n is due at the whole part of n * length / divisor: counts the n with
 * n * length / divisor < elapsed + 1. Of bursts, all events of those that have begun. */
uint64_t live_due_count(const struct live_interval *interval, uint64_t elapsed)
{
	const wide length = (wide)interval->ns * interval->divisor + interval->remainder;

	if (interval->step > 1)
		return (elapsed / interval->step + 1) * interval->divisor;
	return (uint64_t)((((wide)elapsed + 1) * interval->divisor + length - 1) / length);
}

#define SIZES_MAX (1 << 20)
#define RECORDED "files-and-processes.sizes"

bool mix_is_meant(const char *text)
{
	return *text == '@' || strpbrk(text, "+*") || strcmp(text, MIX_NAMED) == 0;
}

/* Adds @weight events of a size. */
static int add_size(struct mix *mix, uint64_t size, uint64_t weight)
{
	uint32_t kind = 0;

	if (size < SIZED_EVENT_MIN || size > SIZED_EVENT_MAX || weight == 0 ||
		weight > SIZES_MAX - mix->count)
		return -ERANGE;
	for (uint64_t i = 0; i < weight; i++) {
		mix->sizes = arena_grow(mix->sizes, mix->count, sizeof(*mix->sizes));
		mix->sizes[mix->count++] = (uint32_t)size;
	}
	mix->largest = MAX(mix->largest, (uint32_t)size);
	mix->size_sum += weight * size;
	mix->stride_sum += weight * record_stride((uint32_t)size);
	while (kind < mix->kind_count && kind < MIX_KINDS && mix->kinds[kind] != size)
		kind++;
	if (kind == MIX_KINDS)
		mix->kind_count = MIX_KINDS + 1; /* too many: mix_parse() makes it 0 */
	else if (kind == mix->kind_count)
		mix->kinds[mix->kind_count++] = (uint32_t)size;
	return 0;
}

/* Scans "64+64*9". */
static int scan_terms(struct mix *mix, const char *text)
{
	char *copy = need(strdup(text)), *rest = copy, *term;
	int err = 0;

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

	mix->in_order = true;
	while (fgets(line, sizeof(line), file)) {
		if (mix->count == SIZES_MAX)
			return complain(why, -E2BIG, "%s has more than %d sizes: keep the first",
				path, SIZES_MAX);
		line[strcspn(line, "\r\n")] = '\0';
		err = parse_size(line, &size);
		raised += !err && size < SIZED_EVENT_MIN;
		if (!err)
			err = add_size(mix, MAX(size, SIZED_EVENT_MIN), 1);
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
	mix->path = text("%s", path);
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

int mix_parse(const char *text, const struct mix **result, struct complaint *why)
{
	const bool named = strcmp(text, MIX_NAMED) == 0;
	struct mix *mix = arena_allocate(sizeof(*mix));
	int err;

	name_mix(mix, text);
	if (*text == '@')
		err = read_file(mix, text + 1, why);
	else
		err = scan_terms(mix, named ? "16+24+64+200+1000" : text);
	if (err && *text != '@')
		return complain(why, -EINVAL,
			"\"%.48s\" is not a mix of sizes of %d to %d B; give for example 24+40+56, "
			"64*9+1024 with weights, " MIX_NAMED ", or @FILE with one size per line",
			text, SIZED_EVENT_MIN, SIZED_EVENT_MAX);
	mix->mean = (double)mix->size_sum / mix->count;
	for (uint32_t i = 0; i < mix->count; i++)
		mix->digest = mix->digest * 31 + mix->sizes[i];
	if (mix->kind_count > MIX_KINDS)
		mix->kind_count = 0;
	*result = mix;
	return err;
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
