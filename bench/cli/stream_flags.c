/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sizes of events, and when they come.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cli/settings.h"

#define RATE_MOST 1000000000 /* one a nanosecond: more is a mistake */

/* One size, or a mix: then *@size is 0. */
static int parse_one(
	const char *text, uint64_t *size, const struct mix **mix, struct complaint *why)
{
	*size = 0;
	*mix = NULL;
	if (mix_is_meant(text))
		return mix_parse(text, mix, why);
	if (parse_size(text, size) || *size < SIZED_EVENT_MIN || *size > SIZED_EVENT_MAX)
		return complain(why, -EINVAL,
			"\"%.48s\" is not a size of %d to %d B, or a mix; give for example "
			"-event-size 64, 24+40+56, 64*9+1024, " MIX_NAMED " or @FILE",
			text, SIZED_EVENT_MIN, SIZED_EVENT_MAX);
	return 0;
}

int parse_event_size(const char *text, void *target, struct complaint *why)
{
	struct settings *s = target;

	s->size_count = 1;
	return parse_one(text, &s->sizes[0], &s->mixes[0], why);
}

int parse_live_event_size(const char *text, void *target, struct complaint *why)
{
	struct workload *workload = target;
	uint64_t size;
	int err = parse_one(text, &size, &workload->mix, why);

	workload->event_size = (uint32_t)size;
	return err;
}

/* What is named twice is measured once. */
static int add_size(struct settings *s, uint64_t size, const struct mix *mix)
{
	if (!mix && (size < SIZED_EVENT_MIN || size > SIZED_EVENT_MAX))
		return -ERANGE;
	for (size_t i = 0; i < s->size_count; i++)
		if (mix ? s->mixes[i] && strcmp(s->mixes[i]->name, mix->name) == 0
			: s->sizes[i] == size)
			return 0;
	if (s->size_count == SIZES_MAX)
		return -ERANGE;
	s->sizes[s->size_count] = size;
	s->mixes[s->size_count++] = mix;
	return 0;
}

int parse_sizes(const char *text, void *target, struct complaint *why)
{
	static uint64_t sizes[SIZES_MAX];
	struct settings *s = target;
	const char *rest = text;
	char part[PATH_MAX];
	size_t length, count = 0;
	int err = 0;

	s->size_count = 0;
	do {
		const struct mix *mix = NULL;

		length = strcspn(rest, ",");
		snprintf(part, sizeof(part), "%.*s", (int)length, rest);
		rest += length + 1;
		if (mix_is_meant(part)) {
			err = mix_parse(part, &mix, why);
			if (err)
				return err;
			err = add_size(s, 0, mix);
			continue;
		}
		err = parse_size_list(part, sizes, SIZES_MAX, &count);
		for (size_t i = 0; i < count && !err; i++)
			err = add_size(s, sizes[i], NULL);
	} while (!err && rest[-1]);
	if (err == -EINVAL && strchr(text, ':'))
		return complain(why, err,
			"\"%.48s\" is not first:last:step, from the smaller size to the larger; give "
			"for example -sizes 16:80:16",
			text);
	return err ? complain(why, err,
			     "\"%.48s\" is not a list of at most %d sizes of %d to %d B, or mixes; "
			     "for example 16,64 or 80:2048:16 or 64,24+40+56",
			     text, SIZES_MAX, SIZED_EVENT_MIN, SIZED_EVENT_MAX)
		   : 0;
}

void settings_default_sizes(struct settings *s)
{
	static const uint64_t sizes[] = { 16, 32, 48, 64, 80, 96, 128, 256, 512, 1024, 2048, 4096 };
	static char recorded[PATH_MAX + 1] = "@";
	const char *mixes[] = { "48+80", "64*9+1024", MIX_NAMED };
	struct complaint ignored;
	const struct mix *mix;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		add_size(s, sizes[i], NULL);
	if (mix_recorded(recorded + 1, PATH_MAX) == 0)
		mixes[2] = recorded;
	for (size_t i = 0; i < sizeof(mixes) / sizeof(mixes[0]); i++)
		if (mix_parse(mixes[i], &mix, &ignored) == 0)
			add_size(s, 0, mix);
}

/* burst:EVENTS/TIME */
static int parse_burst(const char *text, struct workload *workload)
{
	const size_t length = strcspn(text, "/");
	char events[32];
	int err;

	if (length >= sizeof(events) || text[length] != '/')
		return -EINVAL;
	snprintf(events, sizeof(events), "%.*s", (int)length, text);
	err = parse_count(events, &workload->burst);
	if (!err)
		err = parse_duration(text + length + 1, &workload->burst_ns);
	if (err || workload->burst == 0 || workload->burst > UINT32_MAX || workload->burst_ns <= 0)
		return -EINVAL;
	workload->rate = (uint64_t)((double)workload->burst * 1e9 / (double)workload->burst_ns);
	return workload->rate == 0 ? -ERANGE : 0;
}

int parse_live_rate(const char *text, void *target, struct complaint *why)
{
	struct workload *workload = target;
	const bool burst = strncmp(text, "burst:", 6) == 0;
	uint64_t rate;
	int err;

	workload->burst = 0;
	err = burst ? parse_burst(text + 6, workload) : parse_rate(text, &rate);
	if (!burst && !err)
		workload->rate = rate;
	if (err && text[0] && strchr("mg", text[strlen(text) - 1]))
		return complain(why, -EINVAL,
			"\"%.48s\": mega is M and giga is G; give for example -rate 1M", text);
	if (err || workload->rate > RATE_MOST)
		return complain(why, -EINVAL,
			"\"%.48s\" is not max, 1 to 1G events a second, or burst:EVENTS/TIME; give "
			"for example -rate 500k or -rate burst:2000/20ms",
			text);
	return 0;
}
