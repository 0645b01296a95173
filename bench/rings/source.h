/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings and the producers that write to them: BPF programs and rings of the kernel, or threads in
 * user space and rings in plain memory.
 *
 * drain fills the ring on the calling thread (source_produce()), and so does live between
 * back-to-back reads. Otherwise live starts a pinned thread for each producer. With a rate they are
 * an open loop: an event is due at its time whether or not the events before it have been written,
 * and a late one keeps its due time. So a stall shows in the latency of all events that it delayed.
 */
#ifndef BENCH_SOURCE_H
#define BENCH_SOURCE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/complaint.h"
#include "base/monotonic.h"
#include "ringview/ringview.bpf.h"
#include "rings/ring_set.h"
#include "rings/workload.h"

/* What producers write to. */
enum target { TARGET_RINGS, TARGET_PERF_BUFFERS, TARGET_COUNT };

struct source;

struct producer {
	struct source *source;
	uint32_t index;
	int cpu;      /* -1: not pinned */
	bool crowded; /* shares its CPU: yields it while no event is due */
	pthread_t thread;
	uint64_t origin; /* when its first event is due; ns, CLOCK_MONOTONIC */
	double ns;       /* that its events took */
	int err;
	struct complaint why; /* of @err */
} __attribute__((aligned(128)));

struct source {
	const struct source_operations *operations;
	enum target target; /* from the next start on; set by the caller */
	bool perf;          /* perf buffers exist too */
	struct workload workload;
	struct live_plan plan;
	struct ring_set rings;
	struct ring_bytes mapped[LIVE_RINGS_MAX];           /* see source_ring() */
	struct live_state *states;                          /* of each producer */
	struct ringview_account before[LIVE_PRODUCERS_MAX]; /* the counts at the last start */
	uint32_t running;                                   /* threads */
	uint32_t ready;                                     /* threads that wait for the command */
	int command;
	struct producer producers[LIVE_PRODUCERS_MAX];
};

/* What the two kinds of source differ in. Each returns 0, or a negative errno with @why. */
struct source_operations {
	size_t size; /* of the kind's own struct, which begins with struct source */
	/* Makes the rings and sets source->rings and ->states. */
	int (*open)(struct source *source, struct complaint *why);
	/* Makes up to @events events of producer @index, and adds the time that they took to *@ns.
	 * Each producer is called by one thread at a time. */
	int (*produce)(struct source *source, uint32_t index, uint64_t events, double *ns,
		struct complaint *why);
	/* What producer @index has attempted since the rings were made; also while it runs. Returns
	 * 0 or a negative errno. */
	int (*count)(const struct source *source, uint32_t index, struct ringview_account *account);
	/* Attaches the program that the target needs to the system call, or detaches it. NULL: no
	 * system call runs the producers. */
	int (*attach)(struct source *source, bool attached, struct complaint *why);
	void (*close)(struct source *source);
};

/* What was produced between start and stop. */
struct produced {
	uint64_t attempted; /* = submitted + failed + discarded */
	uint64_t submitted;
	uint64_t failed; /* no room */
	uint64_t discarded;
	double ns;           /* that all events took: program and notifications */
	uint64_t high_water; /* the largest backlog that a producer saw, bytes */
	uint64_t sequences[LIVE_PRODUCERS_MAX]; /* of each producer's next event */
};

/* Makes empty rings of @workload, and its producers; with @perf they can write to perf buffers too.
 * Returns 0, or a negative errno with @why. */
int source_open(
	struct source **source, const struct workload *workload, bool perf, struct complaint *why);
void source_close(struct source *source); /* NULL is fine */

/* Returns 0 if rings of the kernel can be made and filled here, or a negative errno with @why: what
 * is missing, and the remedy. */
int source_bpf_available(struct complaint *why);

/* A mapping of ring @index that lasts as long as the source. NULL if it cannot be mapped; the one
 * of ring 0 always exists. */
const struct ring_bytes *source_ring(struct source *source, uint32_t index);

/*
 * Starts the producers with sequence number 0; the target has to be empty. They write until
 * source_stop(). With workload->back_to_back they write only in source_produce(). Returns 0, or a
 * negative errno with @why; source_stop() is to be called in either case.
 */
int source_start(struct source *source, struct complaint *why);

/* Stops the producers and returns what they did; every record has been submitted or discarded then.
 * Returns 0, or a negative errno with @why if a producer failed. */
int source_stop(struct source *source, struct produced *produced, struct complaint *why);

/* Producer 0 makes @events events on the calling thread. Returns 0, -EINTR if the user asked to
 * stop, or another negative errno with @why. */
int source_produce(struct source *source, uint64_t events, struct complaint *why);

/* The same with the events from number @first on, for which the ring must have room. */
int source_fill(struct source *source, uint64_t first, uint64_t events, struct complaint *why);

/* What the producers have attempted and lost so far, while they run, and the backlog of all rings
 * in bytes; LIVE_UNKNOWN if unknown. */
void source_observe(struct source *source, uint64_t *attempted, uint64_t *lost, uint64_t *waiting);

/*
 * Measures the nanoseconds that an event takes its producer while nobody reads: fills the ring many
 * times, releases everything in between (untimed), and takes the median. With @unattached, measures
 * the system call without a program; 0 if no system call runs the producers. The rings have to be
 * empty and without a reader. Returns 0, or a negative errno with @why.
 */
int source_measure_alone(struct source *source, bool unattached, double *ns, struct complaint *why);

/* CPUs that this process was allowed to use when it started; 0: unknown. */
uint32_t producers_cpus(void);

/* A CPU that neither the producers nor the consumer of @workload use; -1: there is none. */
int producers_spare_cpu(const struct workload *workload);

/* monotonic_ns(), unsigned as the times in events are. */
static inline uint64_t producers_clock(void)
{
	return (uint64_t)monotonic_ns();
}

/* For source.c: the threads (producers.c). */
void producers_init(struct source *source);
int producers_start(struct source *source, struct complaint *why);
int producers_stop(struct source *source, double *ns, struct complaint *why);
int producers_produce(struct producer *me, uint64_t events, double *ns);
uint64_t producers_attempted(const struct source *source, uint32_t index);
/* Events of one call of produce(), so that it returns promptly if it is to stop. */
#define PRODUCERS_BULK_MAX 16384

extern const struct source_operations bpf_source, memory_source;

#endif
