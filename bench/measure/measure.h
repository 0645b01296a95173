/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measures combinations of a reader and its wait on one workload, in balanced rounds: drain reads
 * rings that were filled before, live reads while producers write.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "machine/machine.h"
#include "readers/live_check.h"
#include "readers/peers.h"
#include "readers/reader.h"
#include "statistics/statistics.h"

#define ROUNDS_MAX STATISTICS_ROUNDS_MAX

/* When to stop. Rounds are whole schedules: each combination is equally often in each place. */
struct measure_plan {
	uint64_t rounds;     /* at least */
	int64_t duration_ns; /* instead, if not 0: rounds that fit into it, warm-up included */
	double precision;    /* instead, if not 0: until the interval of each median is at most this
			      * share of it on either side; at most PRECISION_TIME_NS */
};

#define PRECISION_TIME_NS INT64_C(120000000000)

/* The number of bursts; of those that lost events, and the most lost by one; how long after a burst
 * its last event was handled, at the median and at most, in ns, or NAN. */
struct bursts_sum {
	uint64_t bursts, losing, lost_most;
	double late_ns, late_most_ns;
};

/* One combination in one round. Of drain: elapsed_ns, the time of reading, consumed and checksum. */
struct round {
	/* Of live: from the start of the producers until they had stopped and the last event was
	 * read, as is consumer_cpu_ns. */
	int64_t elapsed_ns;
	uint64_t consumed;
	uint64_t checksum;
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
	struct counters_values counted; /* of drain, over all rounds, if counters are open */
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

/* A run of live under way; the values are not of one instant. LIVE_UNKNOWN: unknown. */
struct observation {
	struct combination combination;
	int64_t elapsed_ns; /* of this run */
	uint64_t produced;  /* attempted */
	uint64_t lost;
	uint64_t consumed; /* of a peer unknown until it has ended, as its CPU time and latency */
	uint64_t cpu_ns;   /* of the consumer's thread */
	uint64_t waiting, capacity;            /* bytes, of all rings */
	uint64_t produced_before, lost_before; /* in earlier rounds */
	uint64_t latency_p50, latency_p99;     /* of all rounds; ns */
};

/* Called by the thread that waits for the run to end. */
struct observer {
	void (*observe)(void *context, const struct observation *observation);
	void *context;
	int64_t interval_ns;
	int64_t last_ns; /* CLOCK_MONOTONIC, of the last call; 0 at first */
};

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
	struct observer *observer; /* of live; NULL: none */
};

/*
 * Measures. @m is some MiB: allocate it by calloc() or statically, as only its used part is written.
 *
 * drain: in each round every reader reads the same bytes, in a balanced order, from cold caches (or
 * as workload->caches says), and an independent walk checks what it found. In a warm-up round on
 * each ring, each reader proves by a digest that it returns exactly the records in the ring.
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

#define LIVE_STORED 1.5 /* times the producers' time: who reads for longer is too slow */
#define LIVE_ADVICE_MOST ((uint64_t)512 << 20) /* bytes; a larger ring only delays a loss */
#define LIVE_ADVICE_SIZES_MAX 40
#define LIVE_ADVICE_MARGIN 4 /* times the smallest that lost nothing */

struct live_try {
	uint64_t ring_size;
	uint32_t runs;           /* up to the first that lost events */
	uint64_t produced, lost; /* in all runs */
	uint64_t high_water;     /* the largest backlog of all runs, bytes */
};

/* The size of a ring that loses no events, found by trial. */
struct live_advice {
	uint64_t ring_size; /* recommended: verified, with a margin; 0: all sizes lost events */
	uint64_t smallest;  /* that lost nothing; 0: none */
	bool off_cpu;       /* events were lost while the consumer was ready and did not run */
	bool saturated;     /* the consumer is always busy: a ring of any size becomes full */
	size_t try_count;
	struct live_try tries[LIVE_ADVICE_SIZES_MAX];
};

/* Doubles the ring size, from a page on, until the first combination loses nothing in
 * request->plan.rounds runs. Then verifies LIVE_ADVICE_MARGIN times that size, or the next larger
 * one that loses nothing, and leaves it in @workload, to which request->workload must point. Returns
 * as measure_live(). */
int live_advise(const struct request *request, struct workload *workload,
	struct live_advice *advice, struct complaint *why);

/* If a measurement with the recommended size lost events: doubles it, also in @workload, and returns
 * true, to measure again; at LIVE_ADVICE_MOST, sets the recommendation to 0 and returns false. */
bool live_advise_again(const struct measurement *measurement, struct workload *workload,
	struct live_advice *advice);

/* Whether drain can flush the caches, so that every reading starts alike: lines that an earlier
 * reading left make one up to four times as fast. */
#if defined(__x86_64__) || defined(__aarch64__)
#define CACHE_CAN_FLUSH true
#else
#define CACHE_CAN_FLUSH false
#endif

/* The CPUs that write and read a ring in a cache. */
struct cache_place {
	int reader, writer; /* writer -1: this process may use one CPU only */
	bool same_core;     /* both are threads of one core, which share its caches */
	double line_ns;     /* to transfer a cache line between them; NAN: unknown */
};

/* Chooses among this thread's CPUs; @cpu is the reader's, unless negative. Pins this thread to it. */
struct cache_place cache_place_find(int cpu);

/* The size of a ring that stays in a cache: half of the second level; 1 MiB if that is unknown. */
uint64_t cache_ring_size(void);

#endif
