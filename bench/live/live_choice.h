/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What -mode and -wait of `live` choose, and the combinations that follow.
 */
#ifndef BENCH_LIVE_CHOICE_H
#define BENCH_LIVE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "complaint.h"
#include "live/live_settings.h"

#define NAMES_MAX 16

/* What a list of names chooses from, and what it has chosen. */
struct chosen_names {
	const char *what; /* "mode" */
	const char *const *names;
	int chosen[NAMES_MAX]; /* each once, in the order of the list */
	size_t count;          /* 0: the flag was not given */
	unsigned int named;    /* bits of those that "all" alone did not bring */
};

void chosen_names_add(struct chosen_names *list, int value);

/* Chooses all names, or the one. False when there is no such name. */
bool chosen_names_add_name(struct chosen_names *list, const char *name);

/* Whether the value was named: "all" names none. */
bool chosen_names_has(const struct chosen_names *list, int value);

/* Parses all, or names with commas between, into the struct chosen_names at @target: as a flag's
 * parser does. */
int live_choice_parse(const char *text, void *target, char *error, size_t error_size);

struct live_choice {
	struct chosen_names modes, waits;
};

/* Each mode with each wait, then the loops of libbpf, then what waits in its own way. */
void live_choice_combine(const struct live_choice *choice, struct live_settings *settings);

/* Whether what was named can run, and makes a combination. 0, or -EINVAL with @why. */
int live_choice_check(const struct live_choice *choice, const struct live_settings *settings,
	struct complaint *why);

/* Leaves out what came by "all", and cannot take part: a line on standard error for each mode, and
 * for each loop of libbpf. Peers stay: they are asked first whether they are there (live_peers.c).
 */
void live_choice_leave_out(struct live_settings *settings);

/* Leaves out the peers that came by "all". */
void live_choice_leave_out_peers(struct live_settings *settings);

#endif
