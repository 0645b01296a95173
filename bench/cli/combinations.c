/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: which readers run with which waits.
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

/* A reader that takes part by its wait does so with any mode. But if only readers with one way to
 * wait were named, the default waits do not include it. */
static bool wants_by_wait(const struct settings *s, const struct reader *reader, int wait)
{
	if (flag_names_has(&s->waits, wait) || settings_names(s, reader))
		return true;
	for (size_t m = 0; m < s->modes.count; m++)
		if (settings_mode(s->modes.chosen[m])->waits)
			return true;
	return false;
}

/* Each mode with each wait, then the loops of libbpf, then readers with one way to wait. */
static void combine(struct settings *s)
{
	const struct flag_names *modes = &s->modes, *waits = &s->waits;
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
				wants_by_wait(s, reader, waits->chosen[w]))
				add(s, reader, waits->chosen[w]);
	for (size_t m = 0; m < modes->count; m++) {
		reader = settings_mode(modes->chosen[m]);
		if (!reader->waits && !(s->preset && reader->program))
			add(s, reader, WAIT_OWN);
	}
}

static bool takes_part(const struct settings *s, const struct reader *reader)
{
	for (size_t i = 0; i < s->combination_count; i++)
		if (s->combinations[i].reader == reader)
			return true;
	return false;
}

/* Whether a wait of ringview was named that no reader of -mode has. */
static bool has_unused_wait(const struct settings *s)
{
	unsigned int waits = 0;

	for (size_t m = 0; m < s->modes.count; m++)
		waits |= settings_mode(s->modes.chosen[m])->waits;
	return s->waits.named & WAITS_OF_RINGVIEW & ~waits;
}

static int fail_waits(const struct reader *reader, struct complaint *why)
{
	char names[96];
	size_t used = 0;

	for (int wait = 0; reader->waits >> wait && used < sizeof(names); wait++)
		if (has_wait(reader, wait))
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
				used ? ", " : "", live_wait_names[wait]);
	return complain(why, -EINVAL,
		"-mode: %s supports no wait of -wait; give one or more of %s, or another -mode",
		reader->name, names);
}

/* Whether everything that was named can run, and takes part. */
static int check(const struct settings *s, struct complaint *why)
{
	const bool unused = has_unused_wait(s);
	const struct reader *reader;

	for (int i = 0; (reader = settings_mode(i)); i++)
		if (flag_names_has(&s->modes, i) && reader->by_wait &&
			(unused || !takes_part(s, reader)))
			return fail_waits(reader, why);
	if (unused)
		return complain(why, -EINVAL,
			"-wait: no reader of -mode supports this wait; add one that does, such as "
			"batch, or leave out -wait");
	for (int i = 0; (reader = settings_mode(i)); i++) {
		const bool named = flag_names_has(&s->modes, i);
		const struct obstacle obstacle =
			reader_obstacle(reader, s->workload.source, &s->workload);

		if (named && reader->waits & WAITS_OF_LIBBPF && !takes_part(s, reader))
			return fail_waits(reader, why);
		if (obstacle.reason &&
			(named || (reader->by_wait && s->waits.named & reader->waits)))
			return settings_fail_obstacle(
				named ? "mode" : "wait", reader, obstacle, why);
	}
	return 0;
}

void settings_leave_out(struct settings *s)
{
	const struct reader *reported = NULL;
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
		if (!reader->orders && (reader != reported || reader->by_wait))
			fprintf(stderr, "%s: left out: it %s\n",
				reader->by_wait ? live_wait_names[combination.wait] : reader->name,
				reason);
		reported = reader;
	}
	s->combination_count = kept;
}

int settings_combine(struct settings *s, struct complaint *why)
{
	combine(s);
	return check(s, why);
}
