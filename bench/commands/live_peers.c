/* SPDX-License-Identifier: BSD-2-Clause */
#include "readers/live_checks.h"
#include "commands/live_peers.h"

static struct peer_wish wish_of(const struct settings *settings, enum live_mode mode)
{
	return (struct peer_wish){
		.path = live_mode_names[mode],
		.program = live_mode_program(mode),
		.by_all = !(settings->named_modes & 1u << mode),
	};
}

static int choose(const struct settings *settings, struct peers *peers, enum live_mode mode,
	bool *chosen, struct complaint *why)
{
	const struct peer_wish wish = wish_of(settings, mode);
	const char *reason = live_obstacle_of(&settings->workload, mode).reason;

	*chosen = false;
	if (wish.by_all && !peers_has_program(&wish, !reason))
		return 0;
	if (!reason)
		return peers_choose(peers, &wish, chosen, why);
	if (!wish.optional)
		fprintf(stderr, "%s: left out: it %s\n", wish.path, reason);
	return 0;
}

int live_peers_check(const struct settings *settings, struct complaint *why)
{
	int err = 0;

	for (size_t i = 0; i < settings->combination_count && !err; i++) {
		const enum live_mode mode = settings->combinations[i].mode;

		if (live_mode_program(mode) && settings->named_modes & 1u << mode)
			err = peers_find(live_mode_program(mode), why);
	}
	return err;
}

int live_peers_choose(struct settings *settings, struct peers *peers, struct complaint *why)
{
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < settings->combination_count && !err; i++) {
		const struct live_combination combination = settings->combinations[i];
		bool chosen = true;

		if (live_mode_program(combination.mode))
			err = choose(settings, peers, combination.mode, &chosen, why);
		if (chosen)
			settings->combinations[kept++] = combination;
	}
	settings->combination_count = kept;
	return err;
}
