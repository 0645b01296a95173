/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Producers and a consumer at the same time: what is asked for, and what was found.
 */
#ifndef BENCH_LIVE_H
#define BENCH_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "statistics/histogram.h"
#include "live_producer.h"
#include "statistics/scratch.h"
#include "rings/workload.h"

/* How the consumer waits. Three are loops with libbpf's functions, and the last is no choice: so
 * waits who knows no other way. */
enum live_wait {
	WAIT_EVENT,
	WAIT_PACED,
	WAIT_BUSY,
	WAIT_LIBBPF_POLL,
	WAIT_LIBBPF_SPIN,
	WAIT_LIBBPF_SLEEP,
	WAIT_OWN
};

/* How it reads: the paths of drain. The drop-in has libbpf's loops, which paced and busy make it
 * wait otherwise. libbpf goes with the waits of libbpf, and only with them; those after it wait in
 * their own way. */
enum live_mode {
	MODE_COPY,
	MODE_VIEW,
	MODE_BATCH,
	MODE_DROPIN, /* libringview-libbpf */
	MODE_LIBBPF,
	MODE_PERFBUF, /* libbpf's perf_buffer, which is no ring */
	MODE_LIBBPF17,
	MODE_AYA,
	MODE_CILIUM_EBPF,
	MODE_COUNT,
	/* From MODE_COUNT on, those of peers that were found: live_mode_add(). */
	MODE_MAX = MODE_COUNT + 16
};

/* When the producers notify: BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP, neither, or, sampled, force
 * once so many events wait and else not. */
enum live_notify { NOTIFY_DEFAULT, NOTIFY_NEVER, NOTIFY_FORCE, NOTIFY_SAMPLED };

/* What makes the producing program run. */
enum live_producer { PRODUCER_RUN, PRODUCER_SYSCALL };

/* NULL-terminated, in the order of the enums; WAIT_OWN is not among the waits. */
extern const char *const live_wait_names[];
extern const char *live_mode_names[];
extern const char *const live_notify_names[];
extern const char *const live_producer_names[];
extern const char *const live_write_names[];
extern const char *const live_preset_names[];

#define LIVE_COMBINATIONS_MAX (3 * 3 + 5 + 3 + MODE_MAX - MODE_PERFBUF)
#define LIVE_PRODUCERS_MAX 64
#define LIVE_RINGS_MAX 64
#define LIVE_ROUNDS_MAX STATISTICS_ROUNDS_MAX

/* What all combinations have in common. */
struct live_workload {
	enum source_kind source;
	enum live_producer producer;
	uint32_t producers;
	uint64_t rate;       /* events a second of all producers together; PARSE_RATE_MAX */
	int64_t duration_ns; /* of one combination in one round */
	uint32_t event_size; /* bytes; 0: mixed (live_mixed_size()) */
	double discard;      /* share of events that the producer discards, 0 to 1 */
	uint64_t ring_size;  /* of each ring */
	enum live_way write;
	uint32_t rings; /* producer i writes to ring i modulo rings */
	enum live_notify notify;
	uint64_t notify_events; /* of NOTIFY_SAMPLED */
	int64_t latency_budget_ns;
	int64_t timer_slack_ns; /* of the consumer's thread; 0: as it is */
	int64_t work_ns;        /* what the consumer does with each event */
	int consumer_cpu;       /* -1: any */
	bool same_cpu;          /* the producers are on the consumer's */
	/* The consumer's thread makes so many events, reads them, and so on; 0: producers have
	 * threads of their own, and write while it reads. */
	uint64_t back_to_back;
};

struct live_combination {
	enum live_mode mode;
	enum live_wait wait;
};

/* A reader of others does not tell. */
#define LIVE_UNKNOWN UINT64_MAX

/* One combination in one round. produced = consumed + lost + discarded, or the run has failed. */
struct live_round {
	/* From the start of the producers until they had stopped and the last event was read, as
	 * consumer_cpu_ns is. */
	int64_t elapsed_ns;
	uint64_t produced;  /* tried: the program ran so often */
	uint64_t consumed;
	uint64_t lost; /* there was no room */
	uint64_t discarded;
	double producer_ns_per_event; /* that the program and its notifications took */
	int64_t consumer_cpu_ns;      /* of the consumer's thread */
	uint64_t off_cpu_ns; /* in which that was ready to run, and did not; LIVE_UNKNOWN */
	uint64_t sleeps;     /* system calls of the consumer that could sleep; LIVE_UNKNOWN */
	uint64_t wakeups;    /* of them, ended by a notification; LIVE_UNKNOWN */
	uint64_t high_water; /* most bytes that waited in a ring, headers included; LIVE_UNKNOWN */
};

struct live_samples {
	struct live_combination combination;
	struct histogram latency; /* ns, over all rounds: from when an event was due to when it
				   * was handled. At -rate max, when it was written, one of
				   * LIVE_STAMP_EVERY events. */
	struct live_round rounds[LIVE_ROUNDS_MAX];
};

/*
 * The first @count are what was asked for. One more follows, if @twin_of is the index of one and
 * not SIZE_MAX: the same combination a second time, to show the noise.
 */
struct live_measurement {
	struct live_workload workload;
	size_t count;
	size_t twin_of;
	size_t rounds;
	double alone_ns; /* what an event costs its producer when nobody reads: the median */
	/* Of PRODUCER_SYSCALL: what the call takes with no program attached, the median; else 0. */
	double unattached_ns;
	uint64_t own_memory; /* bytes at the peak, without the rings */
	struct live_samples samples[LIVE_COMBINATIONS_MAX + 1];
};

/* Adds a mode of the peer @program; both strings stay. False where there is one of that name, or no
 * room. */
bool live_mode_add(const char *name, const char *program);

/* The program in peers/ that reads in this mode; NULL: this one does. */
const char *live_mode_program(enum live_mode mode);

/* Whether it is one of the loops with libbpf's functions. */
bool live_wait_is_of_libbpf(enum live_wait wait);

/* Whether it can wait so. */
bool live_mode_has_wait(enum live_mode mode, enum live_wait wait);

/* Whether it waits in its own way, and only so. */
bool live_mode_waits_itself(enum live_mode mode);

const char *live_wait_name(enum live_wait wait);

/* "batch/paced" is its name in text; its path in results is the mode's name. */
const char *live_combination_name(struct live_combination combination, char *text, size_t size);

bool live_combination_equal(struct live_combination a, struct live_combination b);

/* Whether it is the one that others are compared with: the first loop of libbpf. Where it does not
 * take part, they are compared with the first that does. */
bool live_combination_is_reference(struct live_combination combination);

#endif
