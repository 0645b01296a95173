/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was found, ready to be written in any format: one result a path and workload, and the
 * ratios between them.
 */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "machine/counters.h"
#include "measure.h"
#include "statistics/ratio.h"
#include "statistics/summary.h"
#include "workload.h"

struct path_result {
	const struct path *path;
	uint32_t event_size;
	enum touch touch;
	uint64_t events; /* a round */
	size_t rounds;
	double *rounds_ns;              /* the time of each round's reading */
	struct summary ns_per_event;    /* over the rounds */
	uint64_t checksum;              /* of the last round */
	struct counters_values counted; /* over all rounds; all 0 where there are no counters */
};

/* How fast @path is compared with @baseline: above 1 is faster. */
struct ratio_result {
	const struct path *path;
	const struct path *baseline;
	uint32_t event_size;
	enum touch touch;
	struct ratio ratio;
};

/* What a difference has to exceed, for one workload. */
struct noise_result {
	const struct path *path; /* was measured twice */
	uint32_t event_size;
	enum touch touch;
	double floor;       /* relative: 0.01 is 1 % */
	struct ratio ratio; /* of the path to itself */
};

struct results {
	struct path_result *paths;
	size_t path_count;
	struct ratio_result *ratios;
	size_t ratio_count;
	struct noise_result *noises;
	size_t noise_count;
};

/* Adds what @measurement found; it is copied. 0 or -ENOMEM. */
int results_add(struct results *results, const struct measurement *measurement);

/* Forgets what was found of @path, and all that was compared with it. */
void results_remove(struct results *results, const struct path *path);

void results_free(struct results *results);

/* The path that the others are compared with first: copy, or the first one measured. It also runs
 * twice, to show the noise. NULL when nothing was measured. */
const struct path *results_reference(const struct results *results);

/* Whether there is any result of @path. */
bool results_have(const struct results *results, const struct path *path);

/* NULL when there is none. */
const struct path_result *results_find(const struct results *results, const struct path *path,
	uint32_t event_size, enum touch touch);
const struct ratio_result *results_find_ratio(const struct results *results,
	const struct path *path, const struct path *baseline, uint32_t event_size,
	enum touch touch);
const struct noise_result *results_find_noise(
	const struct results *results, uint32_t event_size, enum touch touch);

/* Million events a second at the median. */
double result_mevents_per_s(const struct path_result *result);

#endif
