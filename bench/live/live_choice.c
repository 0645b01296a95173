/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live/live_checks.h"
#include "live/live_choice.h"

void chosen_names_add(struct chosen_names *list, int value)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->chosen[i] == value)
			return;
	list->chosen[list->count++] = value;
}

bool chosen_names_has(const struct chosen_names *list, int value)
{
	return list->named & 1u << value;
}

bool chosen_names_add_name(struct chosen_names *list, const char *name)
{
	const bool all = strcmp(name, "all") == 0;
	bool found = all;

	for (int i = 0; list->names[i]; i++) {
		if (!all && strcmp(name, list->names[i]) != 0)
			continue;
		chosen_names_add(list, i);
		if (!all)
			list->named |= 1u << i;
		found = true;
	}
	return found;
}

static void write_names(char *text, size_t size, const char *const *names)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; names[i] && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", names[i]);
}

int live_choice_parse(const char *text, void *target, char *error, size_t error_size)
{
	struct chosen_names *list = target;
	char *copy = strdup(text), *next = copy, *name, known[192];
	int err = 0;

	if (!copy)
		return -ENOMEM;
	list->count = 0;
	list->named = 0;
	while (!err && (name = strsep(&next, ","))) {
		if (chosen_names_add_name(list, name))
			continue;
		write_names(known, sizeof(known), list->names);
		snprintf(error, error_size, "unknown %s \"%.48s\"; choose all, or some of %s",
			list->what, name, known);
		err = -EINVAL;
	}
	free(copy);
	return err;
}

static bool is_of_libbpf(int wait)
{
	return wait == WAIT_LIBBPF_POLL || wait == WAIT_LIBBPF_SPIN;
}

/* Whether the modes or waits of libbpf were named, all brings them not. */
static bool names_libbpf(const struct live_choice *choice)
{
	return chosen_names_has(&choice->modes, MODE_LIBBPF) ||
	       chosen_names_has(&choice->waits, WAIT_LIBBPF_POLL) ||
	       chosen_names_has(&choice->waits, WAIT_LIBBPF_SPIN);
}

static void add_combination(struct live_settings *settings, int mode, int wait)
{
	settings->combinations[settings->combination_count++] = (struct live_combination){
		.mode = (enum live_mode)mode,
		.wait = (enum live_wait)wait,
	};
}

/* The loops of libbpf come whatever the mode is, unless only modes were named that wait themselves:
 * then the default brings them not. */
static bool wants_libbpf(const struct live_choice *choice, int wait)
{
	if (chosen_names_has(&choice->waits, wait) || chosen_names_has(&choice->modes, MODE_LIBBPF))
		return true;
	for (size_t m = 0; m < choice->modes.count; m++)
		if (!live_mode_waits_itself((enum live_mode)choice->modes.chosen[m]))
			return true;
	return false;
}

void live_choice_combine(const struct live_choice *choice, struct live_settings *settings)
{
	const struct chosen_names *modes = &choice->modes, *waits = &choice->waits;

	settings->combination_count = 0;
	for (size_t m = 0; m < modes->count; m++)
		for (size_t w = 0; w < waits->count && modes->chosen[m] < MODE_LIBBPF; w++)
			if (live_mode_has_wait((enum live_mode)modes->chosen[m],
				    (enum live_wait)waits->chosen[w]))
				add_combination(settings, modes->chosen[m], waits->chosen[w]);
	for (size_t w = 0; w < waits->count; w++)
		if (is_of_libbpf(waits->chosen[w]) && wants_libbpf(choice, waits->chosen[w]))
			add_combination(settings, MODE_LIBBPF, waits->chosen[w]);
	for (size_t m = 0; m < modes->count; m++)
		if (live_mode_waits_itself((enum live_mode)modes->chosen[m]))
			add_combination(settings, modes->chosen[m], WAIT_OWN);
}

static size_t count_of(const struct live_settings *settings, enum live_mode mode)
{
	size_t count = 0;

	for (size_t i = 0; i < settings->combination_count; i++)
		count += settings->combinations[i].mode == mode;
	return count;
}

void live_choice_leave_out(struct live_settings *settings)
{
	enum live_mode told = MODE_COUNT;
	size_t kept = 0;

	for (size_t i = 0; i < settings->combination_count; i++) {
		const struct live_combination combination = settings->combinations[i];
		const enum live_mode mode = combination.mode;
		const char *reason = live_obstacle_of(&settings->workload, mode).reason;

		if (!reason || live_mode_program(mode)) {
			settings->combinations[kept++] = combination;
			continue;
		}
		if (mode != told || mode == MODE_LIBBPF)
			fprintf(stderr, "%s: left out: it %s\n",
				mode == MODE_LIBBPF ? live_wait_names[combination.wait]
						    : live_mode_names[mode],
				reason);
		told = mode;
	}
	settings->combination_count = kept;
}

static bool has_mode_for(const struct live_choice *choice, enum live_wait wait)
{
	for (size_t m = 0; m < choice->modes.count; m++)
		if (live_mode_has_wait((enum live_mode)choice->modes.chosen[m], wait))
			return true;
	return false;
}

/* A wait of ringview was named, and no mode that has it was chosen. */
static bool has_waits_without_mode(const struct live_choice *choice)
{
	for (int wait = WAIT_EVENT; wait <= WAIT_BUSY; wait++)
		if (chosen_names_has(&choice->waits, wait) &&
			!has_mode_for(choice, (enum live_wait)wait))
			return true;
	return false;
}

/* A reader of others that was named has to be able to run. */
static int check_named_mode(
	const struct live_workload *workload, enum live_mode mode, struct complaint *why)
{
	const struct live_obstacle obstacle = live_obstacle_of(workload, mode);

	if (!obstacle.reason)
		return 0;
	return complain(why, -EINVAL, "-mode: %s %s; leave it out, or %s", live_mode_names[mode],
		obstacle.reason, obstacle.remedy);
}

static int check_named_modes(const struct live_choice *choice, const struct live_workload *workload,
	struct complaint *why)
{
	int err = 0;

	for (int mode = 0; mode < MODE_COUNT && !err; mode++)
		if (chosen_names_has(&choice->modes, mode))
			err = check_named_mode(workload, (enum live_mode)mode, why);
	return err;
}

int live_choice_check(const struct live_choice *choice, const struct live_settings *settings,
	struct complaint *why)
{
	if (chosen_names_has(&choice->modes, MODE_LIBBPF) &&
		(count_of(settings, MODE_LIBBPF) == 0 || has_waits_without_mode(choice)))
		return complain(why, -EINVAL,
			"-mode: libbpf waits with libbpf-poll or libbpf-spin; give these as -wait, "
			"or another -mode");
	if (has_waits_without_mode(choice))
		return complain(why, -EINVAL,
			"-wait: event, paced and busy are for copy, view and batch, the last two "
			"also for dropin; give one of these as -mode too, or leave out -wait");
	if (chosen_names_has(&choice->modes, MODE_DROPIN) && count_of(settings, MODE_DROPIN) == 0)
		return complain(why, -EINVAL,
			"-mode: dropin waits with libbpf-poll, libbpf-spin, paced or busy; give "
			"these as -wait, or another -mode");
	if (settings->workload.source == SOURCE_MEMORY && names_libbpf(choice))
		return complain(why, -EINVAL,
			"-mode and -wait: libbpf reads only rings of the kernel; leave it out, or "
			"leave out -source memory");
	return check_named_modes(choice, &settings->workload, why);
}

void live_choice_leave_out_peers(struct live_settings *settings)
{
	size_t kept = 0;

	for (size_t i = 0; i < settings->combination_count; i++)
		if (!live_mode_program(settings->combinations[i].mode))
			settings->combinations[kept++] = settings->combinations[i];
	settings->combination_count = kept;
}
