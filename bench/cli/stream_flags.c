/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flags of the events: their sizes, when they are produced, and when producers notify.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "cli/settings.h"

#define RATE_MOST 1000000000 /* an event each nanosecond: more is a mistake */

int parse_event_size(const char *text, void *target, struct complaint *why)
{
	struct settings *s = target;

	s->size_count = 1;
	s->sizes[0] = 0;
	s->mixes[0] = NULL;
	if (mix_is_meant(text))
		return mix_parse(text, &s->mixes[0], why);
	if (parse_size(text, &s->sizes[0]) || s->sizes[0] < SIZED_EVENT_MIN ||
		s->sizes[0] > SIZED_EVENT_MAX)
		return complain(why, -EINVAL,
			"\"%.48s\" is not a size of %d to %d B, or a mix; give for example "
			"-event-size 64, 24+40+56, 64*9+1024, " MIX_NAMED " or @FILE",
			text, SIZED_EVENT_MIN, SIZED_EVENT_MAX);
	return 0;
}

/* Each size once. */
static int add_size(struct settings *s, uint64_t size, const struct mix *mix)
{
	if (!mix && (size < SIZED_EVENT_MIN || size > SIZED_EVENT_MAX))
		return -ERANGE;
	for (size_t i = 0; i < s->size_count; i++) {
		const struct mix *other = s->mixes[i];

		if (!mix && s->sizes[i] == size)
			return 0;
		if (mix && other && strcmp(other->name, mix->name) == 0)
			return other->size_sum == mix->size_sum ? 0 : -EEXIST;
	}
	if (s->size_count == SIZES_MAX)
		return -ERANGE;
	s->sizes[s->size_count] = size;
	s->mixes[s->size_count++] = mix;
	return 0;
}

/* SIZE, or FIRST:LAST:STEP. Changes @text. */
static int add_range(struct settings *s, char *text)
{
	uint64_t range[3];
	int fields = 0;

	for (char *field; (field = strsep(&text, ":")); fields++)
		if (fields == 3 || parse_size(field, &range[fields]))
			return -EINVAL;
	if (fields == 1)
		return add_size(s, range[0], NULL);
	if (fields != 3 || range[2] == 0 || range[1] < range[0])
		return -EINVAL;
	for (uint64_t size = range[0];; size += range[2]) {
		const int err = add_size(s, size, NULL);

		if (err || range[1] - size < range[2])
			return err;
	}
}

int parse_sizes(const char *text, void *target, struct complaint *why)
{
	struct settings *s = target;
	const char *rest = text;
	char part[PATH_MAX];
	size_t length;
	int err = 0;

	s->size_count = 0;
	do {
		const struct mix *mix = NULL;

		length = strcspn(rest, ",");
		snprintf(part, sizeof(part), "%.*s", (int)length, rest);
		rest += length + 1;
		if (mix_is_meant(part) && mix_parse(part, &mix, why))
			return -EINVAL;
		err = mix ? add_size(s, 0, mix) : add_range(s, part);
	} while (!err && rest[-1]);
	if (err == -EEXIST)
		return complain(why, err,
			"two mixes would be called \"%.48s\" in the results; rename one of the files",
			part);
	if (err == -EINVAL && strchr(text, ':'))
		return complain(why, err,
			"\"%.48s\" is not first:last:step, from the smaller size to the larger; give "
			"for example -sizes 16:80:16",
			text);
	return err ? complain(why, err,
			     "\"%.48s\" is not a list of at most %d sizes of %d to %d B, or mixes; "
			     "give for example -sizes 16,64 or 80:2048:16 or 64,24+40+56",
			     text, SIZES_MAX, SIZED_EVENT_MIN, SIZED_EVENT_MAX)
		   : 0;
}

void settings_default_sizes(struct settings *s)
{
	static const char sizes[] = "16,32,48,64,80,96,128,256,512,1024,2048,4096,48+80,64*9+1024,";
	char list[sizeof(sizes) + PATH_MAX + 1], path[PATH_MAX];
	struct complaint ignored;

	snprintf(list, sizeof(list), "%s@%s", sizes, mix_recorded(path, sizeof(path)) ? "" : path);
	if (parse_sizes(list, s, &ignored)) {
		snprintf(list, sizeof(list), "%s" MIX_NAMED, sizes);
		parse_sizes(list, s, &ignored);
	}
}

/* "burst:EVENTS/TIME" */
static int parse_burst(const char *burst, struct workload *w)
{
	const char *slash = strchr(burst, '/');

	if (!slash || parse_count(text("%.*s", (int)(slash - burst), burst), &w->burst) ||
		w->burst == 0 || w->burst > UINT32_MAX || parse_duration(slash + 1, &w->burst_ns) ||
		w->burst_ns == 0)
		return -EINVAL;
	w->rate = (uint64_t)((double)w->burst * 1e9 / (double)w->burst_ns);
	return w->rate == 0 ? -ERANGE : 0;
}

int parse_live_rate(const char *text, void *target, struct complaint *why)
{
	struct workload *w = target;
	int err = 0;

	w->burst = 0;
	if (strcmp(text, "max") == 0)
		w->rate = PARSE_RATE_MAX;
	else if (strncmp(text, "burst:", 6) == 0)
		err = parse_burst(text + 6, w);
	else
		err = parse_count(text, &w->rate) || w->rate == 0;
	if (err && text[0] && strchr("mg", text[strlen(text) - 1]))
		return complain(why, -EINVAL,
			"\"%.48s\": for mega write M, for giga G; give for example -rate 1M", text);
	if (err || w->rate > RATE_MOST)
		return complain(why, -EINVAL,
			"\"%.48s\" is not max, a rate of 1 to 1G events per second, or "
			"burst:EVENTS/TIME; give for example -rate 500k or -rate burst:2000/20ms",
			text);
	return 0;
}

/* default, never, force, or sampled:N */
int parse_notify(const char *text, void *target, struct complaint *why)
{
	struct workload *w = target;
	uint64_t events = 0;
	int notify = 0;

	if (strncmp(text, "sampled:", 8) == 0 && parse_count(text + 8, &events) == 0 && events > 0)
		notify = NOTIFY_SAMPLED;
	else
		while (notify < NOTIFY_SAMPLED && strcmp(live_notify_names[notify], text) != 0)
			notify++;
	if (notify == NOTIFY_SAMPLED && events == 0)
		return complain(why, -EINVAL,
			"\"%.48s\" is not default, never, force, or sampled:N, where N is a "
			"number of events; give for example -notify sampled:100",
			text);
	w->notify = (enum live_notify)notify;
	w->notify_events = events;
	return 0;
}
