/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "cli/settings.h"
#include "watch/peek.h"
#include "watch/watch_settings.h"

#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

#define INTERVAL_DEFAULT S
#define SAMPLE_DEFAULT (10 * MS)
#define SAMPLE_OF_SIZES MS /* so that less is overwritten before it is seen */

static const char *const formats[] = { "text", "json", "prometheus", "names", NULL };

/* What was typed; 0 where it was not. */
struct watch_typed {
	const char *map;
	uint64_t pid;
	int64_t interval_ns, sample_ns;
};

/* An id, or else a name: those of maps that are digits only are taken for ids. */
static int conclude_map(struct watch_settings *s, const char *map, struct complaint *why)
{
	uint64_t id;

	if (map[strspn(map, "0123456789")] != '\0') {
		s->wanted.name = map;
		return 0;
	}
	if (parse_count(map, &id) || id == 0 || id > UINT32_MAX)
		return complain(why, -EINVAL,
			"-map: \"%s\" is neither an id, 1 to 4294967295, nor a name; watch without "
			"-map lists the ring buffers",
			map);
	s->wanted.target.id = (uint32_t)id;
	return 0;
}

static int check_choice(
	const struct watch_settings *s, const struct watch_typed *typed, struct complaint *why)
{
	const char *path = s->wanted.target.path;

	if (path && path[0] == '\0')
		return complain(
			why, -EINVAL, "-pinned: the path is empty; give one, or leave out -pinned");
	if (typed->map && path)
		return complain(why, -EINVAL,
			"-map and -pinned: either of them chooses the ring; leave one out");
	if (typed->pid && (typed->map || path))
		return complain(why, -EINVAL,
			"-pid: the ring is chosen already; leave out -pid, or the other flag");
	if (!typed->map && !path && (s->peek || s->sizes))
		return complain(why, -EINVAL, "%s: it is of one ring; give -map ID or -pinned PATH",
			s->peek ? "-peek" : "-sizes");
	if (s->type && !s->peek)
		return complain(why, -EINVAL, "-type: it is for -peek; give for example -peek 5");
	if (s->peek && (s->check.wanted || s->sizes))
		return complain(why, -EINVAL,
			"-peek: it prints what is there and ends; leave out %s",
			s->sizes ? "-sizes" : "-check");
	return 0;
}

static int check_output_of(const struct watch_settings *s, struct complaint *why)
{
	const bool other = s->check.wanted || s->peek;

	if (s->format != WATCH_TEXT && other)
		return complain(why, -EINVAL, "-format: %s has text only; leave out -format",
			s->peek ? "-peek" : "-check");
	if (s->output && s->output[0] == '\0')
		return complain(why, -EINVAL,
			"-o: the name of the file is empty; give one, or leave out -o");
	return 0;
}

static int conclude_times(
	struct watch_settings *s, const struct watch_typed *typed, struct complaint *why)
{
	const int64_t needed = s->check.wanted ? watch_check_interval(&s->check) : 0;

	s->interval_ns = typed->interval_ns ? typed->interval_ns
			 : needed           ? needed
					    : INTERVAL_DEFAULT;
	s->sample_ns = typed->sample_ns ? typed->sample_ns
		       : s->sizes       ? SAMPLE_OF_SIZES
					: SAMPLE_DEFAULT;
	/* One that was not given has to fit the other. */
	if (s->sample_ns > s->interval_ns && typed->sample_ns)
		return complain(why, -EINVAL,
			"-sample: no sample falls into each interval; give a shorter one, or a "
			"longer -interval");
	if (s->sample_ns > s->interval_ns)
		s->sample_ns = s->interval_ns;
	return 0;
}

static int conclude(
	struct watch_settings *s, const struct watch_typed *typed, struct complaint *why)
{
	int err = typed->map ? conclude_map(s, typed->map, why) : 0;

	s->wanted.pid = (uint32_t)typed->pid;
	if (!err)
		err = check_choice(s, typed, why);
	if (!err)
		err = check_output_of(s, why);
	return err ? err : conclude_times(s, typed, why);
}

/* Where the flags' values go. */
static struct watch_settings chosen;
static struct watch_typed typed;

static const struct flag flags[] = {
	{ .name = "map",
		.kind = FLAG_STRING,
		.target = &typed.map,
		.placeholder = "RING",
		.help = "The ring buffer with this map id, or those of this name.",
		.example = "42" },
	{ .name = "pinned",
		.kind = FLAG_STRING,
		.target = &chosen.wanted.target.path,
		.placeholder = "PATH",
		.help = "The ring buffer that is pinned there." },
	{ .name = "pid",
		.kind = FLAG_COUNT,
		.target = &typed.pid,
		.placeholder = "PID",
		.help = "Only those that this process has open.",
		.default_text = "",
		.example = "812",
		.minimal = 1,
		.maximal = INT32_MAX },
	{ .name = "all",
		.kind = FLAG_BOOLEAN,
		.target = &chosen.all,
		.help = "List those too that no process and no program holds." },
	{ .name = "interval",
		.kind = FLAG_DURATION,
		.target = &typed.interval_ns,
		.placeholder = "TIME",
		.help = "From one update to the next, 10ms to 1h; with -check, how long it "
			"is watched.",
		.default_text = "1s",
		.example = "1s",
		.minimal = 10 * MS,
		.maximal = 3600 * S },
	{ .name = "sample",
		.kind = FLAG_DURATION,
		.target = &typed.sample_ns,
		.placeholder = "TIME",
		.help = "Time between two samples of the ring, 100us or more: shorter "
			"peaks are not seen. Each takes some cache lines away from the "
			"producers and the consumer.",
		.default_text = "10ms; with -sizes 1ms",
		.example = "10ms",
		.minimal = MS / 10,
		.maximal = 3600 * S },
	{ .name = "count",
		.kind = FLAG_COUNT,
		.target = &chosen.count,
		.placeholder = "COUNT",
		.help = "End after this many updates.",
		.default_text = "without end; 1 for the list without a terminal, -check "
				"and -format prometheus",
		.example = "10",
		.minimal = 1,
		.maximal = FLAG_UNLIMITED },
	{ .name = "format",
		.kind = FLAG_CHOICE,
		.target = &chosen.format,
		.placeholder = "FORMAT",
		.choices = formats,
		.help = "text: in place on a terminal, else lines; json: an object on a "
			"line for each ring and update; prometheus: metrics; names: ids "
			"and names of all rings, for completion." },
	{ .name = "o",
		.kind = FLAG_STRING,
		.target = &chosen.output,
		.placeholder = "FILE",
		.help = "Write to a file instead of standard output, whole or not at all." },
	{ .name = "check",
		.kind = FLAG_CUSTOM,
		.target = &chosen.check,
		.placeholder = "LIST",
		.help = "Exit with status 1, and say why, if one of these holds: "
			"fill=80%: at least so full in any sample; stalled=1s: the reader "
			"stands still for so long while records are ready; stuck=1s: the "
			"oldest record is reserved for so long; losing: records are "
			"almost surely lost.",
		.default_text = "",
		.example = "fill=80%,stalled=1s,losing",
		.words = "fill=80% stalled=1s stuck=1s losing",
		.parse = watch_check_parse },
	{ .name = "peek",
		.kind = FLAG_COUNT,
		.target = &chosen.peek,
		.placeholder = "COUNT",
		.help = "Print the last records, consumed or not, and end; where fewer "
			"wait, it looks for one -interval at what passes.",
		.default_text = "",
		.example = "5",
		.minimal = 1,
		.maximal = PEEK_MOST },
	{ .name = "type",
		.kind = FLAG_STRING,
		.target = &chosen.type,
		.placeholder = "NAME",
		.help = "Print what they contain by this BTF type of the programs that "
			"use the ring, or of the kernel; without, in hexadecimal and "
			"text." },
	{ .name = "sizes",
		.kind = FLAG_STRING,
		.target = &chosen.sizes,
		.placeholder = "FILE",
		.help = "Write the sizes of the records that pass to this file, one a "
			"line." },
};

const struct flag_command watch_command = {
	.name = PROGRAM " watch",
	.arguments = "[RING]",
	.summary = "Shows how the ring buffers of running programs fare: records a second, "
		   "fill level, losses, stalls. It only reads: nothing is consumed, and the "
		   "programs do not notice. Without -map and -pinned it lists all of the "
		   "system, those that need attention first; RING is one of either, a path if it has "
		   "a slash. Maps are found by their id with "
		   "CAP_SYS_ADMIN; -pinned takes read and write permission on the file. Ends "
		   "with status 0 by Ctrl-C, after -count updates, or when the ring is gone "
		   "(1 if before -count).",
	.flags = flags,
	.flag_count = sizeof(flags) / sizeof(flags[0]),
};

int watch_settings_parse(
	struct watch_settings *settings, int argc, char **argv, struct complaint *why)
{
	const char *stray[1];
	struct flag_arguments arguments = { .values = stray, .capacity = 1 };
	int result;

	chosen = (struct watch_settings){ 0 };
	typed = (struct watch_typed){ 0 };
	result = flags_parse(&watch_command, flag_commands, argc, argv, &arguments, NULL, why);
	if (result)
		return result;
	if (arguments.count > 0 && (typed.map || chosen.wanted.target.path))
		return complain(why, -EINVAL, "the ring is chosen already; leave out \"%s\"",
			stray[0]);
	if (arguments.count > 0)
		*(strchr(stray[0], '/') ? &chosen.wanted.target.path : &typed.map) = stray[0];
	result = conclude(&chosen, &typed, why);
	*settings = chosen;
	return result;
}
