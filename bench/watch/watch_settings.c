/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "cli/settings.h"
#include "watch/peek.h"
#include "watch/watch.h"

#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

#define INTERVAL_DEFAULT S
#define SAMPLE_DEFAULT (10 * MS)
#define SAMPLE_OF_SIZES MS /* fewer records are overwritten before they are read */

static const char *const formats[] = { "text", "json", "prometheus", "names", NULL };

/* As typed; 0: not given. */
struct watch_typed {
	const char *map;
	uint64_t pid;
	int64_t interval_ns, sample_ns;
};

/* A map's id, or a name that is no number. */
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

/* Flags that contradict each other. */
static int check(
	const struct watch_settings *s, const struct watch_typed *typed, struct complaint *why)
{
	const char *path = s->wanted.target.path;
	const bool one = typed->map || path, is_text = s->format == WATCH_TEXT;
	const struct rule rules[] = {
		{ typed->map && path,
			"-map and -pinned each choose a ring; give only one of them" },
		{ typed->pid && one,
			"-pid, -map and -pinned each choose rings; give only one of them" },
		{ s->peek && !one, "-peek reads one ring; give -map ID or -pinned PATH" },
		{ s->sizes && !one, "-sizes reads one ring; give -map ID or -pinned PATH" },
		{ s->type && !s->peek, "-type needs -peek; give for example -peek 5" },
		{ s->peek && s->check.wanted, "-peek prints records and exits; leave out -check" },
		{ s->peek && s->sizes, "-peek prints records and exits; leave out -sizes" },
		{ s->peek && !is_text, "-format: -peek writes text only; leave out -format" },
		{ s->check.wanted && !is_text,
			"-format: -check writes text only; leave out -format" },
		/* Division, as the product may overflow. */
		{ s->check.wanted && typed->interval_ns &&
				watch_check_longest(&s->check) / s->interval_ns >=
					(int64_t)(s->count ? s->count : 1),
			"-interval: no condition of -check can last that long within it; give a "
			"longer one, a larger -count, or leave it out" },
		{ s->sizes && s->output && strcmp(s->sizes, s->output) == 0,
			"-sizes and -o each write a file; give two different ones" },
		{ s->format == WATCH_NAMES &&
				(one || typed->pid || s->output || s->count || typed->interval_ns ||
					typed->sample_ns || s->all),
			"-format: names lists all ring buffers for completion; leave out the other "
			"flags" },
		{ typed->sample_ns > s->interval_ns,
			"-sample is longer than -interval; give a shorter one, or a longer "
			"-interval" },
		{ false, NULL },
	};

	return settings_check_rules(rules, why);
}

static int conclude(
	struct watch_settings *s, const struct watch_typed *typed, struct complaint *why)
{
	const int err = typed->map ? conclude_map(s, typed->map, why) : 0;

	s->wanted.pid = (uint32_t)typed->pid;
	s->interval_ns = typed->interval_ns ? typed->interval_ns
			 : s->check.wanted  ? watch_check_interval(&s->check)
					    : INTERVAL_DEFAULT;
	s->sample_ns = typed->sample_ns ? typed->sample_ns
		       : s->sizes       ? SAMPLE_OF_SIZES
					: SAMPLE_DEFAULT;
	/* A default fits the interval. */
	if (s->sample_ns > s->interval_ns)
		s->sample_ns = s->interval_ns;
	return err ? err : check(s, typed, why);
}

/* The targets of the flags. */
static struct watch_settings chosen;
static struct watch_typed typed;

static const struct flag flags[] = {
	{ .name = "map",
		.kind = FLAG_STRING,
		.target = &typed.map,
		.placeholder = "RING",
		.help = "Watch the ring buffer with this map id, or those with this name.",
		.example = "42" },
	{ .name = "pinned",
		.kind = FLAG_STRING,
		.target = &chosen.wanted.target.path,
		.placeholder = "PATH",
		.help = "Watch the ring buffer that is pinned at this path." },
	{ .name = "pid",
		.kind = FLAG_COUNT,
		.target = &typed.pid,
		.placeholder = "PID",
		.help = "List only ring buffers that this process has open.",
		.default_text = "",
		.example = "812",
		.minimal = 1,
		.maximal = INT32_MAX },
	{ .name = "all",
		.kind = FLAG_BOOLEAN,
		.target = &chosen.all,
		.help = "Also list ring buffers that no process and no program holds." },
	{ .name = "interval",
		.kind = FLAG_DURATION,
		.target = &typed.interval_ns,
		.placeholder = "TIME",
		.help = "Time between two updates, 10ms to 1h; with -check, how long to watch "
			"before the conditions are checked.",
		.default_text = "1s; with -check the longest time in its LIST, but at least 1s",
		.example = "1s",
		.minimal = 10 * MS,
		.maximal = 3600 * S },
	{ .name = "sample",
		.kind = FLAG_DURATION,
		.target = &typed.sample_ns,
		.placeholder = "TIME",
		.help = "Time between two samples of the ring, at least 100us. Peaks shorter than "
			"this can be missed. Each sample takes some cache lines away from the "
			"producers and the consumer.",
		.default_text = "10ms; with -sizes 1ms",
		.example = "10ms",
		.minimal = MS / 10,
		.maximal = 3600 * S },
	{ .name = "count",
		.kind = FLAG_COUNT,
		.target = &chosen.count,
		.placeholder = "COUNT",
		.help = "Exit after this many updates.",
		.default_text = "unlimited; 1 with -check, with -format prometheus, and for the "
				"list without a terminal",
		.example = "10",
		.minimal = 1 },
	{ .name = "format",
		.kind = FLAG_CHOICE,
		.target = &chosen.format,
		.placeholder = "FORMAT",
		.choices = formats,
		.help = "text (updated in place on a terminal, otherwise as lines), json (per "
			"ring and update one object on a line), prometheus (metrics) or names "
			"(ids and names of all rings, for completion)." },
	{ .name = "o",
		.kind = FLAG_STRING,
		.target = &chosen.output,
		.placeholder = "FILE",
		.help = "Write to this file instead of standard output. Each update replaces the "
			"file atomically." },
	{ .name = "check",
		.kind = FLAG_CUSTOM,
		.target = &chosen.check,
		.placeholder = "LIST",
		.help = "Exit with status 1 and print the reason if a condition of LIST holds; "
			"several are separated by commas. fill=80%: the ring was at least 80 % "
			"full in a sample. stalled=1s: the reader released nothing for 1 s while "
			"records were ready. stuck=1s: the oldest record has been reserved for 1 "
			"s and is not submitted. losing: records are almost certainly lost.",
		.default_text = "",
		.example = "fill=80%,stalled=1s,losing",
		.words = "fill=80% stalled=1s stuck=1s losing",
		.parse = watch_check_parse },
	{ .name = "peek",
		.kind = FLAG_COUNT,
		.target = &chosen.peek,
		.placeholder = "COUNT",
		.help = "Print the last COUNT records, consumed or not, and exit. If there are "
			"fewer, wait one -interval for more.",
		.default_text = "",
		.example = "5",
		.minimal = 1,
		.maximal = PEEK_MOST },
	{ .name = "type",
		.kind = FLAG_STRING,
		.target = &chosen.type,
		.placeholder = "NAME",
		.help = "Print the records of -peek as this BTF type of the kernel or of a "
			"program that uses the ring. Without it, they are printed in hexadecimal "
			"and text." },
	{ .name = "sizes",
		.kind = FLAG_STRING,
		.target = &chosen.sizes,
		.placeholder = "FILE",
		.help = "Write the sizes of the records that pass to this file, one per line, for "
			"-event-size @FILE of drain and live." },
};

const struct flag_command watch_command = {
	.name = PROGRAM " watch",
	.arguments = "[RING]",
	.summary =
		"Monitors the BPF ring buffers of running programs: records per second, fill "
		"level, losses, stalls. It only reads: it consumes no records and does not change "
		"the programs. RING is a map id or name (as -map) or, if it contains a slash, a "
		"pinned path (as -pinned). Without RING, -map and -pinned, it lists all ring "
		"buffers of the system, those that need attention first. Opening maps by id needs "
		"CAP_SYS_ADMIN; -pinned needs read and write permission on the file. Exits with "
		"status 0 at Ctrl-C (with -check, 130) or after -count updates; if the ring is gone "
		"earlier, with 0, or with 1 if -count is given.",
	.flags = flags,
	.flag_count = sizeof(flags) / sizeof(flags[0]),
};

int watch_settings_parse(struct watch_settings *settings, char **argv, struct complaint *why)
{
	const char *stray[1];
	struct flag_arguments arguments = { .values = stray, .capacity = 1 };
	int result;

	chosen = (struct watch_settings){ 0 };
	typed = (struct watch_typed){ 0 };
	result = flags_parse(&watch_command, flag_commands, argv, &arguments, NULL, why);
	if (result)
		return result;
	if (arguments.count > 0 && (typed.map || chosen.wanted.target.path))
		return complain(why, -EINVAL, "two rings are chosen; leave out \"%s\"", stray[0]);
	if (arguments.count > 0)
		*(strchr(stray[0], '/') ? &chosen.wanted.target.path : &typed.map) = stray[0];
	result = conclude(&chosen, &typed, why);
	*settings = chosen;
	return result;
}
