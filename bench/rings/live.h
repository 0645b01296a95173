/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Producers and a consumer at the same time: what is asked for.
 */
#ifndef BENCH_LIVE_H
#define BENCH_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live_producer.h"
#include "rings/ring_set.h"
#include "rings/workload.h"

/* When the producers notify: BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP, neither, or, sampled, force
 * once this many events wait, and not otherwise. */
enum live_notify { NOTIFY_DEFAULT, NOTIFY_NEVER, NOTIFY_FORCE, NOTIFY_SAMPLED };

/* What makes the producing program run. */
enum live_producer { PRODUCER_RUN, PRODUCER_SYSCALL };

/* NULL-terminated, in the order of the enums. */
extern const char *const live_notify_names[];
extern const char *const live_producer_names[];
extern const char *const live_write_names[];
extern const char *const live_preset_names[];

#define LIVE_PRODUCERS_MAX 64

/* What all combinations have in common. */
struct live_workload {
	enum source_kind source;
	enum live_producer producer;
	uint32_t producers;
	uint64_t rate;         /* events a second of all producers together; PARSE_RATE_MAX */
	int64_t duration_ns;   /* of one combination in one round */
	uint64_t burst;        /* events at once, and then after each period */
	int64_t burst_ns;      /* so long; 0: each has a time of its own */
	uint32_t event_size;   /* bytes; 0: those of the mix */
	const struct mix *mix; /* or NULL */
	double discard;        /* share of events that the producer discards, 0 to 1 */
	uint64_t ring_size;    /* of each ring */
	enum live_way write;
	bool overwrite; /* rings overwrite their oldest events, and lose them so */
	uint32_t rings; /* producer i writes to ring i modulo rings */
	bool order;     /* events out of the order of time are counted */
	enum live_notify notify;
	uint64_t notify_events; /* of NOTIFY_SAMPLED */
	int64_t latency_budget_ns;
	int64_t timer_slack_ns; /* of the consumer's thread; 0: as it is */
	int64_t work_ns;        /* what the consumer does with each event */
	int consumer_cpu;       /* -1: any */
	bool same_cpu;          /* the producers are on the consumer's */
	/* The consumer's thread alternates: produces this many events, then reads them; 0: producers have
	 * threads of their own, and write while it reads. */
	uint64_t back_to_back;
};

/* Of event @id. */
static inline uint32_t live_event_size(const struct live_workload *workload, uint64_t id)
{
	return workload->event_size ? workload->event_size : mix_size(workload->mix, id);
}

/* A reader of others does not tell. */
#define LIVE_UNKNOWN UINT64_MAX

#endif
