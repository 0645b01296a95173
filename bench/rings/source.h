/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings and the producers that write to them: BPF programs and rings of the kernel, or threads in
 * user space and rings in plain memory.
 *
 * drain fills the ring on the calling thread (source_produce()), and so does live between
 * back-to-back reads. Otherwise live starts a pinned thread for each producer. With a rate they are
 * an open loop: an event is due at its time whether or not the events before it have been written,
 * and a late one keeps its due time. So a stall shows in the latency of all events that it delayed.
 *
 * A function that returns an int returns 0, or a negative errno with @why, if it has that.
 */
#ifndef BENCH_SOURCE_H
#define BENCH_SOURCE_H

#include <pthread.h>

#include "base/monotonic.h"
#include "ringview/ringview.h"
#include "rings/memory_ring.h"
#include "rings/workload.h"

/* What producers write to. */
enum target { TARGET_RINGS, TARGET_PERF_BUFFERS, TARGET_COUNT };

/* The rings that readers read. */
struct ring_set {
	uint32_t count;
	uint64_t size;               /* bytes of each */
	int map_fds[LIVE_RINGS_MAX]; /* of rings of the kernel */
	struct memory_ring *made;    /* rings in plain memory; NULL: rings of the kernel */
	int perf_fd;                 /* the map of perf buffers; -1: none */
};

/* A mapping of a ring, for the limits and the check, which read it without a reader. */
struct ring_bytes {
	uint64_t *consumer;
	const uint64_t *producer;
	const unsigned char *data; /* mapped twice in a row */
	uint64_t size;
};

/* The backlog in bytes: what bpf_ringbuf_query(BPF_RB_AVAIL_DATA) returns. */
static inline uint64_t ring_waiting(
	const uint64_t *consumer, const uint64_t *producer, uint64_t size)
{
	/* First, so that it is not ahead. Pairs with the store-release of the readers. */
	const uint64_t released = __atomic_load_n(consumer, __ATOMIC_ACQUIRE);
	const uint64_t waiting = __atomic_load_n(producer, __ATOMIC_ACQUIRE) - released;

	/* The producer of a ring that overwrites may be more than its size ahead. */
	return waiting < size ? waiting : size;
}

/* Opens a reader on ring @index. */
int ring_set_open_reader(const struct ring_set *rings, uint32_t index,
	const struct ringview_options *options, struct ringview **reader);

/* Maps ring @index. Each user has a mapping of its own, as page tables in the caches make a mapping
 * faster that was just used; but a ring in memory has only one. */
int ring_set_map(const struct ring_set *rings, uint32_t index, struct ring_bytes *bytes);
void ring_set_unmap(const struct ring_set *rings, struct ring_bytes *bytes);

struct producer {
	struct source *source;
	uint32_t index;
	int cpu;      /* -1: not pinned */
	bool crowded; /* shares its CPU: yields it while no event is due */
	pthread_t thread;
	uint64_t origin; /* when its first event is due; ns, CLOCK_MONOTONIC */
	double ns;       /* that its events took */
	int err;
	struct complaint why;           /* of @err */
	struct ringview_account counts; /* of SOURCE_MEMORY; others may read them */
} __attribute__((aligned(128)));

struct source {
	const struct source_operations *operations;
	enum target target; /* from the next start on; set by the caller */
	bool perf;          /* perf buffers exist too */
	struct workload workload;
	struct live_plan plan;
	struct ring_set rings;
	struct ring_bytes mapped[LIVE_RINGS_MAX]; /* the rings, as long as the source */
	struct live_state *states;                /* of each producer */
	struct ringview_account before;           /* the counts at the last start */
	uint32_t running;                         /* threads */
	uint32_t ready;                           /* threads that wait for the command */
	int command;
	struct producer producers[LIVE_PRODUCERS_MAX];

	/* Of SOURCE_BPF. */
	struct producers_bpf *skeleton;
	struct bpf_program *programs[TARGET_COUNT];
	struct bpf_program *attached; /* of PRODUCER_SYSCALL, to the system call; NULL: none */
	struct bpf_link *link;        /* of @attached */

	/* Of SOURCE_MEMORY. */
	struct memory_ring made[LIVE_RINGS_MAX];
	struct live_notified notified[LIVE_RINGS_MAX];
	struct live_state made_states[LIVE_PRODUCERS_MAX];
};

/* What the two kinds of source differ in. */
struct source_operations {
	/* Makes the rings, counting them in source->rings.count, and sets source->states. */
	int (*open)(struct source *source, struct complaint *why);
	/* Makes up to @events events and adds their time to me->ns, or sets me->why. */
	int (*produce)(struct producer *me, uint64_t events);
	/* Adds what producer @index has counted since the rings were made; also while it runs. */
	int (*count)(const struct source *source, uint32_t index, struct ringview_account *sum);
	/* Attaches the program that the target needs to the system call, or detaches it. NULL: no
	 * system call runs the producers. */
	int (*attach)(struct source *source, bool attached, struct complaint *why);
	/* Closes what open() has made, also if it failed. */
	void (*close)(struct source *source);
};

extern const struct source_operations bpf_source, memory_source;

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

/* Makes empty rings of @workload, and its producers; with @perf they can write to perf buffers too. */
int source_open(
	struct source **result, const struct workload *workload, bool perf, struct complaint *why);
void source_close(struct source *source); /* NULL is fine */

/* Whether rings of the kernel can be made and filled here. */
int source_bpf_available(struct complaint *why);

/* Sums up what all producers have counted since the rings were made. */
int source_count(const struct source *source, struct ringview_account *sum, struct complaint *why);

/* Starts the producers with sequence number 0; the target has to be empty. They write until
 * source_stop(), which is due after an error too; with workload->back_to_back, in source_produce(). */
int source_start(struct source *source, struct complaint *why);

/* Stops the producers and says what they did; each record has been submitted or discarded then. */
int source_stop(struct source *source, struct produced *produced, struct complaint *why);

/* Ends the producers' threads: all that source_stop() does to them. */
void source_end_threads(struct source *source);

/* Producer 0 makes @events events on the calling thread. -EINTR: the user asked to stop. */
int source_produce(struct source *source, uint64_t events, struct complaint *why);

/* The same with the events from number @first on, for which the ring must have room. */
int source_fill(struct source *source, uint64_t first, uint64_t events, struct complaint *why);

/* Measures the nanoseconds that an event takes its producer while nobody reads: the median of many
 * fills. With @unattached, the system call without a program; 0 if no system call runs the
 * producers. The rings have to be empty and without a reader. */
int source_measure_alone(struct source *source, bool unattached, double *ns, struct complaint *why);

/* Sets on which CPU each producer runs. */
void producers_place(struct source *source);

/* The sequence number of the next event of producer @index; also while it runs. */
static inline uint64_t producers_attempted(const struct source *source, uint32_t index)
{
	return __atomic_load_n(&source->states[index].sequence, __ATOMIC_RELAXED);
}

/* CPUs that this process was allowed to use when it started; 0: unknown. */
uint32_t producers_cpus(void);

/* A CPU that neither the producers nor the consumer of @workload use; -1: there is none. */
int producers_spare_cpu(const struct workload *workload);

/* Adds the account @index of the map @map_fd on all CPUs to @sum. */
int bpf_accounts_add(int map_fd, uint32_t index, struct ringview_account *sum);

#endif
