/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "peers/peers.h"
#include "settings.h"

/* Of -precision. 0 would be a value that somebody gave. */
#define NOT_GIVEN (-1)

void settings_init(struct settings *settings)
{
	*settings = (struct settings){
		.events = 50000,
		.paths = { &copy_path, &view_path },
		.path_count = 2,
		.read_timeout_ns = 5000000,
		.event = EVENT_SKB_META,
		.touches = { TOUCH_FIELDS },
		.touch_count = 1,
		.ring_size = 512 << 20,
		.source = SOURCE_BPF,
		.plan = { .rounds = 20, .precision = NOT_GIVEN },
		.cpu = -1,
	};
}

static int add_path(struct settings *settings, const struct path *path)
{
	for (size_t i = 0; i < settings->path_count; i++)
		if (settings->paths[i] == path)
			return 0;
	if (settings->path_count == PATHS_MAX)
		return -E2BIG;
	settings->paths[settings->path_count++] = path;
	return 0;
}

static void write_path_names(char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; all_paths[i] && used < size; i++)
		used += (size_t)snprintf(
			text + used, size - used, "%s%s", i ? ", " : "", all_paths[i]->name);
}

static void list_path_names(const char *names[PATHS_MAX + 1])
{
	size_t count = 0;

	for (; all_paths[count]; count++)
		names[count] = all_paths[count]->name;
	names[count] = NULL;
}

/* -mode: copy, view, both, all, or names of paths with commas between. */
static int parse_mode(const char *text, void *target, char *error, size_t error_size)
{
	struct settings *settings = target;
	char *copy, *name, *next, known[160];
	struct complaint why;
	int err = 0;

	settings->path_count = 0;
	settings->all_paths = false;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	for (next = copy; (name = strsep(&next, ",")) && !err;) {
		const struct path *path = path_find(name);

		if (strcmp(name, "both") == 0) {
			add_path(settings, &copy_path);
			add_path(settings, &view_path);
		} else if (strcmp(name, "all") == 0) {
			settings->all_paths = true;
			for (size_t i = 0; all_paths[i]; i++)
				add_path(settings, all_paths[i]);
		} else if (path) {
			err = path->program ? peers_find(path->program, &why) : 0;
			if (err)
				snprintf(error, error_size, "%s", why.text);
			else
				err = add_path(settings, path);
		} else {
			write_path_names(known, sizeof(known));
			snprintf(error, error_size,
				"unknown mode \"%s\"; choose both, all, or some of %s", name,
				known);
			err = -EINVAL;
		}
	}
	free(copy);
	return err;
}

/* What is named twice is measured once. */
static void add_touch(struct settings *settings, enum touch touch)
{
	for (size_t i = 0; i < settings->touch_count; i++)
		if (settings->touches[i] == touch)
			return;
	settings->touches[settings->touch_count++] = touch;
}

static void drop_repeated_sizes(struct settings *settings)
{
	size_t kept = 0;

	for (size_t i = 0; i < settings->size_count; i++) {
		size_t at = 0;

		while (at < kept && settings->sizes[at] != settings->sizes[i])
			at++;
		if (at == kept)
			settings->sizes[kept++] = settings->sizes[i];
	}
	settings->size_count = kept;
}

static int parse_touches(const char *text, void *target, char *error, size_t error_size)
{
	struct settings *settings = target;
	char copy[64], *name, *next = copy;

	settings->touch_count = 0;
	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		copy[0] = '\0';
	while ((name = strsep(&next, ","))) {
		int touch = 0;

		while (touch_names[touch] && strcmp(touch_names[touch], name) != 0)
			touch++;
		if (!touch_names[touch]) {
			snprintf(error, error_size,
				"\"%s\" is not a list of none, header, fields, bytes; for example "
				"-touch fields",
				text);
			return -EINVAL;
		}
		add_touch(settings, (enum touch)touch);
	}
	return 0;
}

static int parse_sizes(const char *text, void *target, char *error, size_t error_size)
{
	struct settings *settings = target;
	int err = parse_size_list(text, settings->sizes, SIZES_MAX, &settings->size_count);

	for (size_t i = 0; i < settings->size_count && !err; i++)
		if (settings->sizes[i] < SIZED_EVENT_MIN || settings->sizes[i] > SIZED_EVENT_MAX)
			err = -ERANGE;
	if (!err) {
		drop_repeated_sizes(settings);
		return 0;
	}
	snprintf(error, error_size,
		"\"%s\" is not a list of at most %d sizes of %d to %d B; for example 16,64 or "
		"80:2048:16",
		text, SIZES_MAX, SIZED_EVENT_MIN, SIZED_EVENT_MAX);
	return err;
}

/* -event-size: one size. */
static int parse_event_size(const char *text, void *target, char *error, size_t error_size)
{
	struct settings *settings = target;
	uint64_t size;
	int err = parse_size(text, &size);

	if (err || size < SIZED_EVENT_MIN || size > SIZED_EVENT_MAX) {
		snprintf(error, error_size,
			"\"%s\" is not a size of %d to %d B; give for example -event-size 64", text,
			SIZED_EVENT_MIN, SIZED_EVENT_MAX);
		return -EINVAL;
	}
	settings->sizes[0] = size;
	settings->size_count = 1;
	return 0;
}

/* What no flag can see of itself alone. */
static int check(struct settings *settings, struct complaint *why)
{
	const int ways = (settings->plan.duration_ns > 0) + (settings->plan.precision > 0);
	int err = check_ring_size(settings->ring_size, "512MiB", why);

	if (err)
		return err;
	if (settings->event == EVENT_SKB_META) {
		if (settings->size_count > 0 && settings->sizes[0] != sizeof(struct skb_meta))
			return complain(why, -EINVAL,
				"-event-size: skb_meta events have %zu B; add -event sized for "
				"others",
				sizeof(struct skb_meta));
		settings->sizes[0] = sizeof(struct skb_meta);
		settings->size_count = 1;
	} else if (settings->size_count == 0) {
		settings->sizes[0] = sizeof(struct skb_meta);
		settings->size_count = 1;
	}
	for (size_t i = 0; i < settings->size_count && !err; i++)
		err = check_ring_holds(settings->ring_size, settings->sizes[i], why);
	if (!err)
		err = check_output(settings->output, why);
	if (err)
		return err;
	if (settings->plan.precision == 0)
		return complain(why, -EINVAL,
			"-precision: an interval of width 0 is never reached; give for example "
			"-precision 1%%");
	if (ways > 1)
		return complain(why, -EINVAL,
			"-duration and -precision: each says when to stop; give one of them");
	if (settings->source == SOURCE_MEMORY && !settings->all_paths)
		for (size_t i = 0; i < settings->path_count; i++)
			if (settings->paths[i]->needs_map)
				return complain(why, -EINVAL,
					"-mode: %s reads only rings of the kernel; leave it out, "
					"or leave out -source memory",
					settings->paths[i]->name);
	return 0;
}

int settings_parse(
	struct settings *settings, bool sweep, int argc, char **argv, struct complaint *why)
{
	const char *path_names[PATHS_MAX + 1];
	const struct flag flags[] = {
		{ .name = "n",
			.kind = FLAG_COUNT,
			.target = &settings->events,
			.placeholder = "COUNT",
			.help = sweep ? "Events of each size. Default: what fills 64MiB."
				      : "Events to produce and read.",
			.default_text = sweep ? "" : NULL,
			.example = "50000",
			.minimal = 1,
			.maximal = EVENTS_MAX },
		{ .name = "mode",
			.kind = FLAG_CUSTOM,
			.target = settings,
			.placeholder = "PATHS",
			.parse = parse_mode,
			.choices = path_names,
			.words = "both all",
			.list = true,
			.help = "Read paths: copy, view, both, all, or a list of names with "
				"commas; the list command explains them.",
			.default_text = sweep ? "all" : "both" },
		{ .name = "read-timeout",
			.kind = FLAG_DURATION,
			.target = &settings->read_timeout_ns,
			.placeholder = "TIME",
			.help = "How long a read waits when nothing is there.",
			.example = "5ms",
			.minimal = 0,
			.maximal = FLAG_UNLIMITED },
		{ .name = "ring-size",
			.kind = FLAG_SIZE,
			.target = &settings->ring_size,
			.placeholder = "SIZE",
			.help = "Size of the ring: a power of two, a page to 2GiB. More events "
				"than it holds are written and read in several goes." },
		{ .name = "touch",
			.kind = FLAG_CUSTOM,
			.target = settings,
			.placeholder = "LIST",
			.parse = parse_touches,
			.choices = touch_names,
			.list = true,
			.help = "What is read of each event: none, header (its first 8 bytes), "
				"fields or bytes (all); or several with commas.",
			.default_text = "fields" },
		{ .name = "batch",
			.kind = FLAG_COUNT,
			.target = &settings->batch,
			.placeholder = "COUNT",
			.help = "Records for each release in path batch; 0: all that are there.",
			.maximal = FLAG_UNLIMITED },
		source_flag(&settings->source),
		{ .name = "rounds",
			.kind = FLAG_COUNT,
			.target = &settings->plan.rounds,
			.placeholder = "COUNT",
			.help = "Rounds, each with every path once; rounded up so that every path "
				"is equally often in every place.",
			.minimal = 1,
			.maximal = ROUNDS_MAX },
		{ .name = "duration",
			.kind = FLAG_DURATION,
			.target = &settings->plan.duration_ns,
			.placeholder = "TIME",
			.help = "Instead of -rounds: as many as fit into this time for each size "
				"and touch.",
			.default_text = "",
			.example = "10s",
			.minimal = 1000000,
			.maximal = FLAG_UNLIMITED },
		{ .name = "precision",
			.kind = FLAG_PERCENT,
			.target = &settings->plan.precision,
			.placeholder = "PERCENT",
			.help = "Instead of -rounds: until the 95 % interval of every median is no "
				"wider than plus or minus this (1024 rounds or two minutes at "
				"most).",
			.default_text = "",
			.example = "1%" },
		format_flag(&settings->format),
		output_flag(&settings->output),
		{ .name = "cpu",
			.kind = FLAG_INTEGER,
			.target = &settings->cpu,
			.placeholder = "CPU",
			.help = "Run on this CPU only.",
			.default_text = "any that taskset allows",
			.example = "0",
			.minimal = 0,
			.maximal = 65535 },
		/* The last ones differ: a sweep has events of many sizes. */
		{ .name = sweep ? "sizes" : "event-size",
			.kind = FLAG_CUSTOM,
			.target = settings,
			.placeholder = sweep ? "LIST" : "SIZE",
			.parse = sweep ? parse_sizes : parse_event_size,
			.help = sweep ? "Event sizes, 16 to 65536 B: a list with commas of sizes "
					"and of first:last:step."
				      : "Size of sized events, 16 to 65536 B.",
			.default_text = sweep ? "16 to 4096 in 17 steps" : "80" },
		{ .name = "event",
			.kind = FLAG_CHOICE,
			.target = &settings->event,
			.placeholder = "EVENT",
			.choices = event_names,
			.help = "skb_meta: metadata of a packet, 80 B. sized: a sequence number "
				"and a pattern, of any size." },
	};
	const struct flag_command command = {
		.name = sweep ? PROGRAM " sweep" : PROGRAM,
		.arguments = sweep ? NULL : "[COMMAND]",
		.summary = sweep ? "Reads events of many sizes: where copying loses, and where it "
				   "does not matter."
				 : "Fills a BPF ring buffer through BPF_PROG_TEST_RUN and measures "
				   "how fast it can be read. Commands: drain (the default), sweep, "
				   "live, compare, report, list, watch; each has -help.",
		.flags = flags,
		.flag_count = sizeof(flags) / sizeof(flags[0]) - sweep,
	};
	char error[256];
	int result;

	list_path_names(path_names);
	result = flags_parse(&command, argc, argv, NULL, error, sizeof(error));
	if (result > 0) {
		flags_print_help(stdout, &command);
		return 1;
	}
	if (result < 0)
		return complain(why, result, "%s", error);
	return check(settings, why);
}
