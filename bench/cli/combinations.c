/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: each mode with each wait, then the loops of libbpf, then what waits in its own way.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/settings.h"

static bool has_wait(const struct reader *reader, int wait)
{
	return reader->waits >> wait & 1;
}

static void add(struct settings *s, const struct reader *reader, int wait)
{
	s->combinations[s->combination_count++] =
		(struct combination){ reader, (enum live_wait)wait };
}

/* Readers by their wait come whatever the mode is, unless only modes were named that wait
 * themselves: then the default brings them not. */
static bool wants_by_wait(
	const struct settings *s, const struct typed *typed, const struct reader *reader, int wait)
{
	if (flag_names_has(&typed->waits, wait) || settings_names(s, reader))
		return true;
	for (size_t m = 0; m < typed->modes.count; m++)
		if (settings_mode(typed->modes.chosen[m])->waits)
			return true;
	return false;
}

static void combine(struct settings *s, const struct typed *typed)
{
	const struct flag_names *modes = &typed->modes, *waits = &typed->waits;
	const struct reader *reader;

	for (size_t m = 0; m < modes->count; m++)
		for (size_t w = 0; w < waits->count; w++) {
			reader = settings_mode(modes->chosen[m]);
			if (!reader->by_wait && has_wait(reader, waits->chosen[w]))
				add(s, reader, waits->chosen[w]);
		}
	for (int m = 0; (reader = settings_mode(m)); m++)
		for (size_t w = 0; w < waits->count && reader->by_wait; w++)
			if (has_wait(reader, waits->chosen[w]) &&
				wants_by_wait(s, typed, reader, waits->chosen[w]))
				add(s, reader, waits->chosen[w]);
	for (size_t m = 0; m < modes->count; m++) {
		reader = settings_mode(modes->chosen[m]);
		if (!reader->waits && !(s->preset && reader->program))
			add(s, reader, WAIT_OWN);
	}
}

/* How many ways a reader takes part in. */
static size_t count_of(const struct settings *s, const struct reader *reader)
{
	size_t count = 0;

	for (size_t i = 0; i < s->combination_count; i++)
		count += s->combinations[i].reader == reader;
	return count;
}

/* A wait of ringview was named, and no mode that has it was chosen. */
static bool has_waits_without_mode(const struct typed *typed)
{
	unsigned int waits = 0;

	for (size_t m = 0; m < typed->modes.count; m++)
		waits |= settings_mode(typed->modes.chosen[m])->waits;
	return typed->waits.named & WAITS_OF_RINGVIEW & ~waits;
}

/* "event, paced or busy" */
static const char *names_of(unsigned int waits, char *text, size_t size)
{
	size_t used = 0;

	for (int wait = 0; waits >> wait && used < size; wait++)
		if (waits >> wait & 1)
			used += (size_t)snprintf(text + used, size - used, "%s%s",
				used == 0            ? ""
				: waits >> wait == 1 ? " or "
						     : ", ",
				live_wait_names[wait]);
	return text;
}

/* Whether what was named can run, and makes a combination. */
static int check(const struct settings *s, const struct typed *typed, struct complaint *why)
{
	const struct reader *reader;
	char names[96];

	for (int i = 0; (reader = settings_mode(i)); i++)
		if (s->named >> i & 1 && reader->by_wait &&
			(count_of(s, reader) == 0 || has_waits_without_mode(typed)))
			return complain(why, -EINVAL,
				"-mode: %s waits with %s; give these as -wait, or another -mode",
				reader->name, names_of(reader->waits, names, sizeof(names)));
	if (has_waits_without_mode(typed))
		return complain(why, -EINVAL,
			"-wait: no reader of -mode waits so; give one that does, such as batch, or "
			"leave out -wait");
	for (int i = 0; (reader = settings_mode(i)); i++) {
		const struct obstacle obstacle =
			reader_obstacle(reader, s->workload.source, &s->workload);

		if (s->named >> i & 1 && count_of(s, reader) == 0 &&
			reader->waits & WAITS_OF_LIBBPF)
			return complain(why, -EINVAL,
				"-mode: %s waits with %s; give these as -wait, or another -mode",
				reader->name, names_of(reader->waits, names, sizeof(names)));
		if (reader->by_wait && obstacle.reason &&
			(s->named >> i & 1 || typed->waits.named & reader->waits))
			return complain(why, -EINVAL, "-mode and -wait: %s %s; leave it out, or %s",
				reader->name, obstacle.reason, obstacle.remedy);
		if (s->named >> i & 1 && obstacle.reason)
			return complain(why, -EINVAL, "-mode: %s %s; leave it out, or %s",
				reader->name, obstacle.reason, obstacle.remedy);
	}
	return 0;
}

void settings_leave_out(struct settings *s)
{
	const struct reader *told = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < s->combination_count; i++) {
		const struct combination combination = s->combinations[i];
		const struct reader *reader = combination.reader;
		const char *reason =
			reader_obstacle(reader, s->workload.source, &s->workload).reason;

		if (!reason || reader->program) {
			s->combinations[kept++] = combination;
			continue;
		}
		if (!reader->orders && (reader != told || reader->by_wait))
			fprintf(stderr, "%s: left out: it %s\n",
				reader->by_wait ? live_wait_names[combination.wait] : reader->name,
				reason);
		told = reader;
	}
	s->combination_count = kept;
}

int settings_combine(struct settings *s, const struct typed *typed, struct complaint *why)
{
	combine(s, typed);
	return check(s, typed, why);
}
