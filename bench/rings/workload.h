/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a run measures: which events are produced, by whom, into which rings, and what the reader
 * does with them.
 */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"
#include "events.h"
#include "live_producer.h"

#define RECORD_HEADER 8 /* BPF_RINGBUF_HDR_SZ */

#define MIX_NAME_SIZE 48
#define MIX_NAMED "mixed" /* stands for 16+24+64+200+1000 */

/* drain reads the first two, live the last. */
enum event_kind {
	EVENT_SKB_META, /* struct skb_meta */
	EVENT_SIZED,    /* any size, starts with its sequence number */
	EVENT_TIMED,    /* any size, starts with struct live_event */
};

enum source_kind { SOURCE_BPF, SOURCE_MEMORY };

/* How much of each event drain's readers load. */
enum touch {
	TOUCH_NONE,   /* nothing: the record's address and length only */
	TOUCH_HEADER, /* the first 8 bytes: skb_meta's address, sized's sequence number */
	TOUCH_FIELDS, /* every field: skb_meta's 18, sized's 64-bit words */
	TOUCH_BYTES,  /* every byte */
};

/* Where the ring's lines are when drain reads them. */
enum caches {
	CACHES_COLD,  /* in memory: the caches were flushed */
	CACHES_OWN,   /* in the cache of the reader's CPU, which produced the events */
	CACHES_OTHER, /* in the cache of another CPU, which produced the events */
};

/* When live's producers notify: as the kernel decides (flags 0), BPF_RB_NO_WAKEUP,
 * BPF_RB_FORCE_WAKEUP, or, sampled, by force once notify_events events wait and else never. */
enum live_notify {
	NOTIFY_DEFAULT = RINGVIEW_NOTIFY_ADAPTIVE,
	NOTIFY_NEVER = RINGVIEW_NOTIFY_NEVER,
	NOTIFY_FORCE = RINGVIEW_NOTIFY_FORCE,
	NOTIFY_SAMPLED = RINGVIEW_NOTIFY_AT_LEAST,
};

/* What runs the BPF program. */
enum live_producer { PRODUCER_RUN, PRODUCER_SYSCALL };

/* Streams of events of different sizes: at random, or in the order of a file. */
struct mix {
	char name[MIX_NAME_SIZE]; /* in results: "24+40+56", "@FILE" without its folder */
	const char *path;         /* of @FILE; or NULL */
	uint32_t *sizes;          /* a size of weight n is there n times */
	uint32_t count;
	bool in_order;             /* events have these sizes in turn; else one at random */
	uint32_t kinds[MIX_KINDS]; /* the different sizes, if there are at most MIX_KINDS */
	uint32_t kind_count;       /* 0: there are more */
	uint32_t largest;
	uint64_t size_sum;   /* of all @sizes */
	uint64_t stride_sum; /* bytes that records of all @sizes take in a ring */
	double mean;         /* size, bytes */
	uint32_t digest;     /* of all @sizes: files of one name may differ */
};

struct workload {
	enum source_kind source;
	enum event_kind event;
	uint32_t event_size;   /* bytes; 0: as the mix says */
	const struct mix *mix; /* or NULL */
	double discard;        /* share of the events that the producer discards, 0 to 1 */
	uint64_t ring_size;    /* bytes of each ring */
	uint32_t rings;        /* producer i writes to ring i modulo rings */
	uint32_t producers;
	enum live_producer producer;
	enum live_way write;
	enum live_notify notify;
	uint64_t notify_events; /* of NOTIFY_SAMPLED */
	int consumer_cpu;       /* -1: any */

	/* drain */
	uint64_t events; /* to be produced in each round */
	enum caches caches;
	int writer_cpu; /* of CACHES_OTHER */
	enum touch touch;
	uint64_t batch;          /* records a release of reader batch; 0: all that are ready */
	int64_t read_timeout_ns; /* of each read that finds nothing */

	/* live */
	uint64_t rate;       /* events a second of all producers together; PARSE_RATE_MAX */
	int64_t duration_ns; /* of one combination in one round */
	uint64_t burst;      /* events of a burst, a burst each */
	int64_t burst_ns;    /* 0: no bursts, events are evenly spaced */
	/* The consumer's thread alternates: produces this many events, then reads them. 0: producers
	 * have threads of their own and write while it reads. */
	uint64_t back_to_back;
	bool overwrite; /* full rings overwrite their oldest records */
	bool order;     /* counts events that are read out of the order of time */
	bool same_cpu;  /* producers run on the consumer's CPU */
	int64_t latency_budget_ns;
	int64_t timer_slack_ns; /* of the consumer's thread; 0 keeps the current value */
	int64_t work_ns;        /* that the consumer works on each event */
};

/* NULL-terminated, in the order of the enums. EVENT_TIMED has no name. */
extern const char *const event_names[];
extern const char *const source_names[];
extern const char *const touch_names[];
extern const char *const caches_names[];
extern const char *const live_notify_names[];
extern const char *const live_producer_names[];
extern const char *const live_write_names[];

/* A figure that a reader of another process does not report. */
#define LIVE_UNKNOWN UINT64_MAX

/* Bytes from one record to the next. */
static inline uint64_t record_stride(uint32_t size)
{
	return (size + (uint64_t)RECORD_HEADER + 7) & ~7ull;
}

/* Whether @text is a mix, not a single size. */
bool mix_is_meant(const char *text);

/* Parses "24+40+56"; "64*9+1024", with weights; "@FILE", with a size a line; or MIX_NAMED. Raises
 * sizes of a file that are below SIZED_EVENT_MIN, and says so on standard error. Returns 0, or a
 * negative errno with @why. The mix is valid until arena_free(). */
int mix_parse(const char *text, const struct mix **result, struct complaint *why);

/* The path of the recorded stream that is part of this program. Returns 0 or a negative errno. */
int mix_recorded(char *path, size_t size);

/* The size of event @id. */
static inline uint32_t mix_size(const struct mix *mix, uint64_t id)
{
	return mix->sizes[mix_index(id, mix->count, mix->in_order)];
}

/* Bytes of event @id. */
static inline uint32_t workload_size(const struct workload *workload, uint64_t id)
{
	return workload->event_size ? workload->event_size : mix_size(workload->mix, id);
}

/* Of the largest event. */
static inline uint64_t workload_largest_stride(const struct workload *workload)
{
	return record_stride(workload->mix ? workload->mix->largest : workload->event_size);
}

/* The share for event_is_discarded(): 2^32 is all events. */
static inline uint64_t workload_discard(const struct workload *workload)
{
	return (uint64_t)(workload->discard * 4294967296.0);
}

static inline double workload_mean_stride(const struct workload *workload)
{
	return workload->mix ? (double)workload->mix->stride_sum / workload->mix->count
			     : (double)record_stride(workload->event_size);
}

/* The workload for the BPF programs, and for the producers in user space. */
struct live_plan live_plan_of(const struct workload *workload);

/* Nanoseconds from the first event of a producer to its event @sequence. Exact. */
uint64_t live_due_offset(const struct live_interval *interval, uint64_t sequence);

/* How many events of a producer are due @elapsed ns after the first. */
uint64_t live_due_count(const struct live_interval *interval, uint64_t elapsed);

#endif
