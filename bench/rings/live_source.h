/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings and the threads that write to them: BPF programs and rings of the kernel, or user space and
 * plain memory.
 */
#ifndef BENCH_LIVE_SOURCE_H
#define BENCH_LIVE_SOURCE_H

#include "base/complaint.h"
#include "rings/workload.h"
#include "rings/ring_set.h"

/* What producers write to. */
enum live_target { TARGET_RINGS, TARGET_PERF_BUFFERS, TARGET_COUNT };

struct live_source {
	const struct live_source_operations *operations;
	enum live_target target; /* from the next start on; for the user to set */
	struct ring_set rings;
};

/* What was produced between start and stop. */
struct live_produced {
	uint64_t attempted; /* = submitted + failed + discarded */
	uint64_t submitted;
	uint64_t failed; /* no room */
	uint64_t discarded;
	double ns;           /* that all events took: program and notifications */
	uint64_t high_water; /* bytes; the most that a producer saw waiting */
	uint64_t sequences[LIVE_PRODUCERS_MAX]; /* of each producer's next event: its attempts */
};

struct live_source_operations {
	/* Starts the producers: threads, pinned, that write until stop. Sequences begin at 0 again.
	 * The target has to be empty. 0 or a negative errno with @why. */
	int (*start)(struct live_source *source, struct complaint *why);
	/* For workload->back_to_back, in place of threads that start would have started: makes the
	 * events of one turn, on the calling thread. 0 or a negative errno with @why. */
	int (*turn)(struct live_source *source, struct complaint *why);
	/* Stops them and says what they did; every record is submitted or discarded then. 0, or a
	 * negative errno with @why when one of them failed. Also after a failed start. */
	int (*stop)(
		struct live_source *source, struct live_produced *produced, struct complaint *why);
	/* Nanoseconds an event takes its producer with nobody reading: fills the ring many times,
	 * sets the consumer position back in between (untimed), and takes the median. The rings
	 * have to be empty and without a reader; they are empty afterwards. */
	int (*measure_alone)(
		struct live_source *source, double *ns_per_event, struct complaint *why);
	/* Nanoseconds that what makes the program run takes with no program attached; 0 where it
	 * does nothing else. */
	int (*measure_unattached)(struct live_source *source, double *ns, struct complaint *why);
	/* What the producers have tried and lost so far, while they run, and how many bytes wait in
	 * all rings; LIVE_UNKNOWN where it cannot be known. */
	void (*observe)(
		struct live_source *source, uint64_t *attempted, uint64_t *lost, uint64_t *waiting);
	void (*close)(struct live_source *source);
};

/* Makes the rings and prepares the producers, which can write to perf's buffers too if @perf. 0, or
 * a negative errno with @why. */
int live_source_open(struct live_source **source, const struct workload *workload, bool perf,
	struct complaint *why);

/* NULL is fine. */
void live_source_close(struct live_source *source);

/* Each kind's own opening, for live_source_open(). */
int live_bpf_source_open(struct live_source **source, const struct workload *workload, bool perf,
	struct complaint *why);
int live_memory_source_open(
	struct live_source **source, const struct workload *workload, struct complaint *why);

#endif
