/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command line of `live` asks for.
 */
#ifndef BENCH_LIVE_SETTINGS_H
#define BENCH_LIVE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "complaint.h"
#include "live/live.h"

struct live_settings {
	struct live_workload workload;
	struct live_combination combinations[LIVE_COMBINATIONS_MAX];
	size_t combination_count;
	unsigned int named_modes; /* bits of those that "all" alone did not bring */
	uint64_t rounds;          /* at least so many: whole schedules are run */
	int format;               /* enum format */
	const char *output;
	bool preset; /* the questions of preset.h, for which workload has what they share */
	bool watch;  /* show each run while it is under way */
	bool advise; /* find the ring's size for the one combination; ring_size says nothing */
};

/* The defaults. The consumer's CPU among them is the last that the process may run on now, if it
 * may run on several: the producers have the others. */
void live_settings_init(struct live_settings *settings);

/*
 * Parses the flags into @settings, checks what they mean together, and makes the combinations: each
 * mode with each wait, libbpf's own loops, and what waits in its own way. Loops of libbpf that came
 * by "all" and cannot run with -source memory are left out, which a line on standard error says. 0;
 * 1 when help was asked for, and printed; or -EINVAL with @why.
 */
int live_settings_parse(
	struct live_settings *settings, int argc, char **argv, struct complaint *why);

#endif
