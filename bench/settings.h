/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command line of `drain` and `sweep` asks for.
 */
#ifndef BENCH_SETTINGS_H
#define BENCH_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "common_settings.h"
#include "complaint.h"
#include "measure.h"
#include "paths/path.h"
#include "workload.h"

#define SIZES_MAX 512
#define TOUCHES_MAX 4
#define EVENTS_MAX 1000000000000 /* hours: more is a mistake */

struct settings {
	uint64_t events; /* 0: as many as sweep chooses for each size */
	const struct path *paths[PATHS_MAX];
	size_t path_count;
	bool all_paths; /* leave out those that cannot run here, and say so */
	int64_t read_timeout_ns;
	int event; /* enum event_kind */
	uint64_t sizes[SIZES_MAX];
	size_t size_count; /* 0: the event's own */
	enum touch touches[TOUCHES_MAX];
	size_t touch_count;
	uint64_t ring_size;
	uint64_t batch;
	int source; /* enum source_kind */
	struct measure_plan plan;
	int format; /* enum format */
	const char *output;
	int cpu; /* -1: where the caller's affinity lets it run */
};

/* The defaults of drain. */
void settings_init(struct settings *settings);

/*
 * Parses the flags of @command into @settings and checks what they mean together. @sweep: with
 * -sizes instead of -event and -event-size. 0; 1 when help was asked for, and printed; or -EINVAL
 * with @why.
 */
int settings_parse(
	struct settings *settings, bool sweep, int argc, char **argv, struct complaint *why);

#endif
