/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs read paths over the same fills of one ring, in rounds, and checks each reading.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"
#include "machine/counters.h"
#include "readers/reader.h"
#include "statistics/samples.h"
#include "rings/workload.h"

#define ROUNDS_MAX STATISTICS_ROUNDS_MAX

/* When to stop. The rounds are whole schedules: every path equally often in each place. */
struct measure_plan {
	uint64_t rounds;     /* at least this many */
	int64_t duration_ns; /* instead, not 0: as many as fit into this time, the warm-up included
			      */
	double precision;    /* instead, not 0: until the interval of each median is this narrow,
			      * relative to the median, or ROUNDS_MAX or PRECISION_TIME is reached */
};

#define PRECISION_TIME_NS INT64_C(120000000000)

/* Of one reader. */
struct reader_samples {
	const struct reader *reader;
	double rounds_ns[ROUNDS_MAX];   /* the time of each round's reading */
	uint64_t checksum;              /* of the last round */
	struct counters_values counted; /* over all rounds, where counters are open */
};

/*
 * All readers of a workload. The first @reader_count are what was asked for. One more follows, if
 * @twin_of is a reader's index and not SIZE_MAX: the same reader a second time, so that the
 * difference between the two shows what the noise is.
 */
struct measurement {
	struct workload workload;
	size_t reader_count;
	size_t twin_of;
	size_t rounds;
	const struct reader *failed; /* a peer's reader that made it fail; else NULL */
	uint64_t events;             /* that were read, of the last round */
	uint64_t round_events[ROUNDS_MAX];
	uint64_t own_memory; /* bytes at the peak, without the rings */
	struct reader_samples samples[READERS_MAX + 1];
};

/* Told how far a run is: rounds done of those expected (0: not known yet). May print. */
typedef void (*measure_progress)(void *context, size_t done, size_t expected);

struct measure_request {
	const struct workload *workload;
	const struct reader *const *readers;
	size_t reader_count;
	size_t twin_of;
	const struct measure_plan *plan;
	struct counters *counters; /* NULL: none */
	measure_progress progress;
	void *progress_context;
};

/*
 * Measures. @measurement is large (about 300 KiB): allocate it.
 *
 * Each round fills the ring once, and every path reads the same bytes, in the balanced order of
 * statistics/schedule.h, out of cold caches (cache.h). After each reading an independent walk says
 * what it must have found.
 *
 * Each of the first eight whole schedules has a ring of its own, later every eighth. The warm-up
 * round on each ring is not counted; in it each path also has to prove, by a digest of all bytes in
 * order, that it hands out just the records that are in the ring.
 *
 * 0; -EINTR when the user asked to stop; -EBADMSG when a path found something else than the walk
 * did, -ETIME when events did not come; or another negative errno. @why is filled with all but
 * -EINTR. Where measurement->failed names a peer's path, the rest can be measured without it.
 */
int measure(const struct measure_request *request, struct measurement *measurement,
	struct complaint *why);

#endif
