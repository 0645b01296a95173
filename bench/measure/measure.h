/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measures combinations of a reader and its wait on one workload, in balanced rounds: drain reads
 * rings that were filled before, live reads while producers write.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"
#include "machine/machine.h"
#include "readers/live_check.h"
#include "readers/peers.h"
#include "readers/reader.h"
#include "rings/workload.h"
#include "statistics/histogram.h"
#include "statistics/statistics.h"

#define ROUNDS_MAX STATISTICS_ROUNDS_MAX

/* When to stop. Rounds are whole schedules: each combination is equally often in each place. */
struct measure_plan {
	uint64_t rounds;     /* at least */
	int64_t duration_ns; /* instead, if not 0: rounds that fit into it, warm-up included */
	double precision;    /* instead, if not 0: until the interval of each median is at most this
			      * share of it on either side, for ROUNDS_MAX rounds or PRECISION_TIME
			      * at most */
};

#define PRECISION_TIME_NS INT64_C(120000000000)

/* One combination in one round. Of drain: only elapsed_ns, the time of reading, and consumed. */
struct round {
	/* Of live: from the start of the producers until they had stopped and the last event was
	 * read, as is consumer_cpu_ns. */
	int64_t elapsed_ns;
	uint64_t consumed;
	uint64_t produced; /* attempted: = consumed + lost + discarded */
	uint64_t lost;     /* no room, or overwritten */
	uint64_t discarded;
	uint64_t out_of_order;        /* of -order: read after an event that was written later */
	double producer_ns_per_event; /* of the program and its notifications */
	int64_t consumer_cpu_ns;      /* CPU time of the consumer's thread */
	uint64_t off_cpu_ns; /* in which that thread was ready and did not run; LIVE_UNKNOWN */
	uint64_t sleeps;     /* system calls of the consumer that may sleep; LIVE_UNKNOWN */
	uint64_t wakeups;    /* sleeps that a notification ended; LIVE_UNKNOWN */
	uint64_t high_water; /* the largest backlog of a ring, bytes with headers; LIVE_UNKNOWN */
	struct bursts_sum bursts; /* all 0 without bursts, and of a reader in another process */
};

struct samples {
	struct combination combination;
	struct round rounds[ROUNDS_MAX];
	/* Of drain. */
	uint64_t checksum;              /* of the last round */
	struct counters_values counted; /* over all rounds, if counters are open */
	/* Of live, over all rounds: from when an event was due until it was handled, ns. At -rate
	 * max, from when it was written, of one in LIVE_STAMP_EVERY events. */
	struct histogram latency;
};

struct measurement {
	struct workload workload;
	size_t count; /* combinations: those asked for, without peers that failed */
	bool twin;    /* samples[count] repeats the reference, to show the noise */
	size_t reference;
	size_t rounds;       /* complete ones */
	uint64_t own_memory; /* bytes at the peak, without the rings */
	/* Of live: what an event costs its producer while nobody reads, and the system call of
	 * PRODUCER_SYSCALL without a program (else 0): medians. */
	double alone_ns, unattached_ns;
	struct samples samples[COMBINATIONS_MAX + 1];
};

struct observer;

struct request {
	const struct workload *workload;
	const struct combination *combinations; /* of drain with WAIT_OWN */
	size_t count;
	const char *baseline; /* a combination or a reader; NULL: the usual one */
	struct measure_plan plan;
	/* Called before each round of drain, and before each run of live: @done of @total
	 * (0: unknown) are complete. May print. */
	void (*progress)(void *context, size_t done, size_t total);
	void *progress_context;
	struct peers *peers;       /* where peers that fail are noted; NULL: there are no peers */
	struct counters *counters; /* of drain; NULL: none */
	struct observer *observer; /* of live (measure/trial.h); NULL: none */
};

/*
 * Measures. @m is large (some MiB), and only its used part is written: allocate it by calloc() or
 * statically.
 *
 * drain: each round fills the ring, and every reader reads the same bytes, in the balanced order of
 * statistics/schedule.h, from cold caches (or as workload->caches says). After each reading an
 * independent walk finds what the reader must have found. A warm-up round on each ring is not
 * counted; in it each reader proves, by a digest of all bytes in order, that it returns exactly the
 * records in the ring.
 *
 * live: each round runs each combination for workload->duration_ns, and then checks that each event
 * was read once, whole and in order, or was counted as lost or discarded.
 *
 * Each of the first eight schedules, and then every eighth, has new rings: where their pages lie
 * makes a reader up to a tenth faster or slower.
 *
 * If a peer fails, it is noted in request->peers and the measurement starts again without it; if
 * nothing else is left, @m->count is 0. Returns 0; -EINTR if the user asked to stop (complete rounds
 * are in @m); -EBADMSG if events are missing, damaged, out of order or came twice; -ETIME if events
 * did not come; or another negative errno. Fills @why in all cases but -EINTR.
 */
int measure_drain(const struct request *request, struct measurement *m, struct complaint *why);
int measure_live(const struct request *request, struct measurement *m, struct complaint *why);

#endif
