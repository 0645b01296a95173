/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: each mode with each wait, then the loops of libbpf, then what waits in its own way.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/settings.h"
#include "readers/live_checks.h"

static void add(struct settings *s, int mode, int wait)
{
	s->combinations[s->combination_count++] = (struct live_combination){
		.mode = (enum live_mode)mode,
		.wait = (enum live_wait)wait,
	};
}

/* The loops of libbpf come whatever the mode is, unless only modes were named that wait themselves:
 * then the default brings them not. */
static bool wants_libbpf(const struct typed *typed, int wait)
{
	if (flag_names_has(&typed->waits, wait) || flag_names_has(&typed->modes, MODE_LIBBPF))
		return true;
	for (size_t m = 0; m < typed->modes.count; m++)
		if (!live_mode_waits_itself((enum live_mode)typed->modes.chosen[m]))
			return true;
	return false;
}

static void combine(struct settings *s, const struct typed *typed)
{
	const struct flag_names *modes = &typed->modes, *waits = &typed->waits;

	for (size_t m = 0; m < modes->count; m++)
		for (size_t w = 0; w < waits->count && modes->chosen[m] < MODE_LIBBPF; w++)
			if (live_mode_has_wait((enum live_mode)modes->chosen[m],
				    (enum live_wait)waits->chosen[w]))
				add(s, modes->chosen[m], waits->chosen[w]);
	for (size_t w = 0; w < waits->count; w++)
		if (live_wait_is_of_libbpf((enum live_wait)waits->chosen[w]) &&
			wants_libbpf(typed, waits->chosen[w]))
			add(s, MODE_LIBBPF, waits->chosen[w]);
	for (size_t m = 0; m < modes->count; m++)
		if (live_mode_waits_itself((enum live_mode)modes->chosen[m]) &&
			!(s->preset && live_mode_program((enum live_mode)modes->chosen[m])))
			add(s, modes->chosen[m], WAIT_OWN);
}

static size_t count_of(const struct settings *s, enum live_mode mode)
{
	size_t count = 0;

	for (size_t i = 0; i < s->combination_count; i++)
		count += s->combinations[i].mode == mode;
	return count;
}

static bool has_mode_for(const struct typed *typed, enum live_wait wait)
{
	for (size_t m = 0; m < typed->modes.count; m++)
		if (live_mode_has_wait((enum live_mode)typed->modes.chosen[m], wait))
			return true;
	return false;
}

/* A wait of ringview was named, and no mode that has it was chosen. */
static bool has_waits_without_mode(const struct typed *typed)
{
	for (int wait = WAIT_EVENT; wait <= WAIT_BUSY; wait++)
		if (flag_names_has(&typed->waits, wait) &&
			!has_mode_for(typed, (enum live_wait)wait))
			return true;
	return false;
}

static bool names_wait_of_libbpf(const struct typed *typed)
{
	for (int wait = WAIT_LIBBPF_POLL; wait <= WAIT_LIBBPF_SLEEP; wait++)
		if (flag_names_has(&typed->waits, wait))
			return true;
	return false;
}

/* Whether what was named can run, and makes a combination. */
static int check(const struct settings *s, const struct typed *typed, struct complaint *why)
{
	const bool libbpf = flag_names_has(&typed->modes, MODE_LIBBPF);

	if (libbpf && (count_of(s, MODE_LIBBPF) == 0 || has_waits_without_mode(typed)))
		return complain(why, -EINVAL,
			"-mode: libbpf waits with libbpf-poll, libbpf-spin or libbpf-sleep; give "
			"these as -wait, or another -mode");
	if (has_waits_without_mode(typed))
		return complain(why, -EINVAL,
			"-wait: event, paced and busy are for copy, view and batch, the last two "
			"also for dropin; give one of these as -mode too, or leave out -wait");
	if (flag_names_has(&typed->modes, MODE_DROPIN) && count_of(s, MODE_DROPIN) == 0)
		return complain(why, -EINVAL,
			"-mode: dropin waits with libbpf-poll, libbpf-spin, libbpf-sleep, paced or "
			"busy; give these as -wait, or another -mode");
	if (s->workload.source == SOURCE_MEMORY && (libbpf || names_wait_of_libbpf(typed)))
		return complain(why, -EINVAL,
			"-mode and -wait: libbpf reads only rings of the kernel; leave it out, or "
			"leave out -source memory");
	for (int mode = 0; live_mode_names[mode]; mode++) {
		const struct live_obstacle obstacle =
			live_obstacle_of(&s->workload, (enum live_mode)mode);

		if (flag_names_has(&typed->modes, mode) && obstacle.reason)
			return complain(why, -EINVAL, "-mode: %s %s; leave it out, or %s",
				live_mode_names[mode], obstacle.reason, obstacle.remedy);
	}
	return 0;
}

void settings_leave_out(struct settings *s)
{
	enum live_mode told = MODE_MAX;
	size_t kept = 0;

	for (size_t i = 0; i < s->combination_count; i++) {
		const struct live_combination combination = s->combinations[i];
		const enum live_mode mode = combination.mode;
		const char *reason = live_obstacle_of(&s->workload, mode).reason;

		if (!reason || live_mode_program(mode)) {
			s->combinations[kept++] = combination;
			continue;
		}
		if (mode != told || mode == MODE_LIBBPF)
			fprintf(stderr, "%s: left out: it %s\n",
				mode == MODE_LIBBPF ? live_wait_names[combination.wait]
						    : live_mode_names[mode],
				reason);
		told = mode;
	}
	s->combination_count = kept;
}

int settings_combine(struct settings *s, const struct typed *typed, struct complaint *why)
{
	combine(s, typed);
	s->named_modes = (unsigned int)typed->modes.named;
	return check(s, typed, why);
}
