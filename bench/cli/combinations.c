/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which readers run, in live with which waits.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/settings.h"
#include "results/style.h"

bool settings_names(const struct settings *s, const struct reader *reader)
{
	for (int i = 0; settings_modes[i]; i++)
		if (settings_modes[i] == reader)
			return flag_names_has(&s->modes, i);
	return false;
}

static struct obstacle obstacle_of(const struct settings *s, const struct reader *reader)
{
	return reader_obstacle(
		reader, s->workload.source, s->command == COMMAND_LIVE ? &s->workload : NULL);
}

static bool has_wait(const struct reader *reader, int wait)
{
	return reader->waits >> wait & 1;
}

static void add(struct settings *s, const struct reader *reader, int wait)
{
	s->combinations[s->combination_count++] =
		(struct combination){ reader, (enum live_wait)wait };
}

/* The bits of all waits that the readers of -mode have. */
static unsigned int waits_of_modes(const struct settings *s)
{
	unsigned int waits = 0;

	for (size_t m = 0; m < s->modes.count; m++)
		waits |= settings_modes[s->modes.chosen[m]]->waits;
	return waits;
}

/* Each mode with each wait, then the loops of libbpf, then readers with one way to wait. A reader
 * that takes part by its wait does so with any mode. But if only readers with one way to wait were
 * named, the default waits do not include it. */
void settings_combine(struct settings *s)
{
	const struct flag_names *modes = &s->modes, *waits = &s->waits;
	const bool live = s->command == COMMAND_LIVE;
	const struct reader *reader;

	for (size_t m = 0; m < modes->count; m++)
		for (size_t w = 0; w < waits->count; w++) {
			reader = settings_modes[modes->chosen[m]];
			if (!reader->by_wait && has_wait(reader, waits->chosen[w]) &&
				(!reader->orders || s->workload.order))
				add(s, reader, waits->chosen[w]);
		}
	for (int m = 0; (reader = settings_modes[m]); m++)
		for (size_t w = 0; w < waits->count && reader->by_wait; w++)
			if (has_wait(reader, waits->chosen[w]) &&
				(flag_names_has(waits, waits->chosen[w]) ||
					settings_names(s, reader) || waits_of_modes(s)))
				add(s, reader, waits->chosen[w]);
	for (size_t m = 0; m < modes->count; m++) {
		reader = settings_modes[modes->chosen[m]];
		if (!live || (!reader->waits && !(s->preset && reader->program)))
			add(s, reader, WAIT_OWN);
	}
}

static bool takes_part(const struct settings *s, const struct reader *reader)
{
	return combination_find(s->combinations, s->combination_count, reader->name) != SIZE_MAX;
}

static int fail_waits(const struct reader *reader, struct complaint *why)
{
	struct style_text names = STYLE_TEXT(96);

	for (int wait = 0; live_wait_names[wait]; wait++)
		if (has_wait(reader, wait))
			style_append(&names, "%s%s", names.used ? ", " : "", live_wait_names[wait]);
	return complain(why, -EINVAL,
		"-mode: %s supports no wait of -wait; give one or more of %s, or another -mode",
		reader->name, names.text);
}

int settings_check_readers(const struct settings *s, struct complaint *why)
{
	/* A wait of ringview was named that no reader of -mode has. */
	const bool unused = s->waits.named & WAITS_OF_RINGVIEW & ~waits_of_modes(s);
	const struct reader *reader;

	for (int i = 0; (reader = settings_modes[i]); i++)
		if (flag_names_has(&s->modes, i) && reader->by_wait &&
			(unused || !takes_part(s, reader)))
			return fail_waits(reader, why);
	if (unused)
		return complain(why, -EINVAL,
			"-wait: no reader of -mode supports this wait; add one that does, such as "
			"batch, or leave out -wait");
	for (int i = 0; (reader = settings_modes[i]); i++) {
		const bool named = flag_names_has(&s->modes, i);
		const struct obstacle obstacle = obstacle_of(s, reader);

		if (named && reader->waits & WAITS_OF_LIBBPF && !takes_part(s, reader))
			return fail_waits(reader, why);
		if (obstacle.reason &&
			(named || (reader->by_wait && s->waits.named & reader->waits)))
			return complain(why, -EINVAL, "-%s: %s %s; leave it out, or %s",
				named ? "mode" : "wait", reader->name, obstacle.reason,
				obstacle.remedy);
	}
	return 0;
}

int settings_check_named(const struct settings *s, struct complaint *why)
{
	const struct reader *reader;
	struct complaint said;

	for (int i = 0; (reader = settings_modes[i]); i++)
		if (flag_names_has(&s->modes, i) && reader->find && reader->find(reader, &said))
			return complain(why, -EINVAL, "-mode: %s", said.text);
	return 0;
}

int settings_choose(struct settings *s, struct peers *peers, struct complaint *why)
{
	const struct reader *last = NULL;
	bool chosen = false;
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < s->combination_count && !err; i++) {
		const struct reader *reader = s->combinations[i].reader;

		/* The combinations of a reader follow one another. */
		if (reader != last)
			err = peers_choose(peers, reader, !settings_names(s, reader),
				obstacle_of(s, reader), &chosen, why);
		last = reader;
		if (chosen)
			s->combinations[kept++] = s->combinations[i];
	}
	s->combination_count = kept;
	return err;
}
