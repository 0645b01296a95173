/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "cli/settings.h"
#include "watch/watch_settings.h"

#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

#define INTERVAL_DEFAULT (500 * MS)
#define SAMPLE_DEFAULT (10 * MS)

static const char *const formats[] = { "text", "json", NULL };

/* What was typed; 0 where it was not. */
struct watch_typed {
	uint64_t id, count;
	const char *path;
	int64_t interval_ns, sample_ns;
	int format;
};

static int conclude(
	struct watch_settings *settings, const struct watch_typed *typed, struct complaint *why)
{
	settings->list = typed->id == 0 && !typed->path;
	settings->target = (struct ring_target){ (uint32_t)typed->id, typed->path };
	settings->interval_ns = typed->interval_ns ? typed->interval_ns : INTERVAL_DEFAULT;
	settings->sample_ns = typed->sample_ns ? typed->sample_ns : SAMPLE_DEFAULT;
	settings->count = typed->count;
	settings->json = typed->format == 1;
	if (typed->path && typed->path[0] == '\0')
		return complain(
			why, -EINVAL, "-pinned: the path is empty; give one, or leave out -pinned");
	if (typed->id && typed->path)
		return complain(why, -EINVAL,
			"-map and -pinned: either of them chooses the ring; leave one out");
	if (settings->list && (typed->interval_ns || typed->sample_ns || typed->count))
		return complain(why, -EINVAL,
			"%s: there is nothing to watch; give -map ID or -pinned PATH, or no flag "
			"but -format to list the ring buffers",
			typed->count         ? "-count"
			: typed->interval_ns ? "-interval"
					     : "-sample");
	/* One that was not given has to fit the other. */
	if (settings->sample_ns > settings->interval_ns && typed->sample_ns)
		return complain(why, -EINVAL,
			"-sample: no sample falls into each interval; give a shorter one, or a "
			"longer -interval");
	if (settings->sample_ns > settings->interval_ns)
		settings->sample_ns = settings->interval_ns;
	return 0;
}

/* Where the flags' values go. */
static struct watch_typed typed;

static const struct flag flags[] = {
	{ .name = "map",
		.kind = FLAG_COUNT,
		.target = &typed.id,
		.placeholder = "ID",
		.help = "The ring buffer with this map id.",
		.default_text = "",
		.example = "42",
		.minimal = 1,
		.maximal = UINT32_MAX },
	{ .name = "pinned",
		.kind = FLAG_STRING,
		.target = &typed.path,
		.placeholder = "PATH",
		.help = "The ring buffer that is pinned there." },
	{ .name = "interval",
		.kind = FLAG_DURATION,
		.target = &typed.interval_ns,
		.placeholder = "TIME",
		.help = "From one update to the next, 10ms to 1h.",
		.default_text = "500ms",
		.example = "500ms",
		.minimal = 10 * MS,
		.maximal = 3600 * S },
	{ .name = "sample",
		.kind = FLAG_DURATION,
		.target = &typed.sample_ns,
		.placeholder = "TIME",
		.help = "From one look at the ring to the next, 100us or more: shorter "
			"peaks are not seen. Each takes some cache lines away from the "
			"producers and the consumer.",
		.default_text = "10ms",
		.example = "10ms",
		.minimal = MS / 10,
		.maximal = 3600 * S },
	{ .name = "count",
		.kind = FLAG_COUNT,
		.target = &typed.count,
		.placeholder = "COUNT",
		.help = "End after so many updates.",
		.default_text = "without end",
		.example = "10",
		.minimal = 1,
		.maximal = FLAG_UNLIMITED },
	{ .name = "format",
		.kind = FLAG_CHOICE,
		.target = &typed.format,
		.placeholder = "FORMAT",
		.choices = formats,
		.help = "text: in place on a terminal, else a line for each update; json: "
			"an object on a line." },
};

const struct flag_command watch_command = {
	.name = PROGRAM " watch",
	.summary = "Shows how a ring buffer of any running program fares: positions, fill "
		   "level, rates, stalls. It only reads: nothing is consumed, and the program "
		   "does not notice. Without -map and -pinned it lists the ring buffers of "
		   "the system. Maps are found by their id with CAP_SYS_ADMIN; -pinned takes "
		   "read and write permission on the file. Ends with status 0 by Ctrl-C, "
		   "after -count updates, or when the ring is gone (1 if before -count).",
	.flags = flags,
	.flag_count = sizeof(flags) / sizeof(flags[0]),
};

int watch_settings_parse(
	struct watch_settings *settings, int argc, char **argv, struct complaint *why)
{
	int result;

	typed = (struct watch_typed){ 0 };
	result = flags_parse(&watch_command, flag_commands, argc, argv, NULL, NULL, why);
	return result ? result : conclude(settings, &typed, why);
}
