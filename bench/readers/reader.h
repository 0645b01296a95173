/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader: one way of reading rings. Each that reads in this process is a struct in a file of this
 * folder, and a word in the list of meson.build; the readers of peers are what their greetings name.
 */
#ifndef BENCH_READER_H
#define BENCH_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/complaint.h"
#include "readers/touch.h"
#include "rings/source.h"

/* How live waits: by a strategy of ringview.h; in a loop of libbpf's functions; or its own way. */
enum live_wait {
	WAIT_EVENT = RINGVIEW_WAIT_EVENT,
	WAIT_PACED = RINGVIEW_WAIT_PACED,
	WAIT_BUSY = RINGVIEW_WAIT_BUSY,
	WAIT_LIBBPF_POLL,
	WAIT_LIBBPF_SPIN,
	WAIT_LIBBPF_SLEEP,
	WAIT_OWN
};

/* In the order of the enum, without WAIT_OWN; NULL-terminated. */
extern const char *const live_wait_names[];

#define WAITS_OF_RINGVIEW (1u << WAIT_EVENT | 1u << WAIT_PACED | 1u << WAIT_BUSY)
#define WAITS_OF_LIBBPF (1u << WAIT_LIBBPF_POLL | 1u << WAIT_LIBBPF_SPIN | 1u << WAIT_LIBBPF_SLEEP)

#define READER_DECLARE(name, ...) extern const struct reader name##_reader;

/* In place of a touching: the check of live (readers/live_check.h). */
#define WORK_LIVE TOUCHING_COUNT
#define WORK_COUNT (TOUCHING_COUNT + 1)

/* Set in a length of reading.lengths if the record is discarded. */
#define LENGTH_DISCARDED (UINT32_C(1) << 31)

struct reader;
struct live_check;

/* The events that drain has written before a reading. */
struct fill {
	uint64_t first;    /* number of the first event */
	uint64_t produced; /* events; discarded ones count, but the last one is not discarded */
	uint64_t wanted;   /* events that are to be read */
	uint64_t bytes;    /* that the records take in the ring */
	uint64_t stride;   /* from one record to the next; only limits use it, and lengths */
	const uint32_t *lengths; /* of each event produced; NULL: all are alike */
	uint64_t start;          /* consumer position before the reading */
	bool again;              /* the reader continues where it is, without a rewind */
};

/* A reader at work on rings. */
struct reading {
	/* Set before it is opened. */
	const struct reader *reader;
	const struct ring_set *rings;
	struct live_check *live; /* of live; NULL: drain */
	enum live_wait wait;     /* of live */

	const struct fill *fill; /* of drain, it changes between readings */
	uint64_t batch;          /* records a release; 0: all that are ready */

	/* Set before each reading. */
	int work; /* enum touching, or WORK_LIVE */

	/* Left by the reader. */
	struct reading_result found; /* of drain, since it was last set to 0 */
	int64_t own_ns;              /* of drain, if the reader measures itself */
	/* Of live: sleeps, wakeups and high_water, LIVE_UNKNOWN if not counted; and discarded and
	 * overwritten, of rings that overwrite. */
	struct ringview_statistics statistics;
	struct complaint why; /* of the last error; "": only its errno */

	void *state; /* the reader's: its state_size bytes, at first 0 */
};

/* Why a reader cannot take part ("reads one ring"), or NULL; what would help ("leave out -rings"). */
struct obstacle {
	const char *reason, *remedy;
};

struct reader {
	const char *name, *summary;
	const char *column; /* its name in tables of many readers; NULL: its name */
	bool drains, lives; /* the commands that have it */
	bool limit;         /* not a real reader: shows what is possible */
	bool by_lines;      /* its sum is that of check_cache_lines(), whatever is touched */
	int baseline;       /* above 0: others are compared with it; the highest comes first */
	bool by_default;    /* drain has it by default, as -mode both */
	bool overwritten;   /* reads rings that overwrite */
	bool needs_kernel;  /* reads only rings of the kernel */
	bool reads_perf;    /* reads perf's buffers in place of rings */
	bool itself;        /* reads in another process, which measures its own times */
	unsigned int waits; /* bits of enum live_wait; 0: WAIT_OWN only */
	bool orders;        /* reads by time: takes part only in live with an order */
	bool by_wait;       /* live has it by its waits, which name it */

	/* Of a peer (readers/peers.h); else NULL and false. */
	const char *program, *spoken; /* spoken: its path there; NULL: its name */
	bool named;                   /* by -peer */

	/* All but open, read and close may be NULL. int: 0, or a negative errno with the reason. */

	/* Whether the reader is there. */
	int (*find)(const struct reader *reader, struct complaint *why);
	/* What keeps it from a workload. */
	struct obstacle (*obstacle)(const struct workload *workload);
	size_t state_size;
	/* If it fails, close() is called all the same. */
	int (*open)(struct reading *r);
	/* Reads what is there; with a time-out, waits before or after that. Adds to r->found or
	 * r->live. Returns 0 also if nothing came; -EINTR after a signal. */
	int (*read)(struct reading *r, int64_t timeout_ns);
	/* Of ringview_reader_read(): reads a ring. */
	int (*loop)(struct reading *r, struct ringview *ring);
	/* Called after the consumer position was set back to r->fill->start. */
	int (*rewind)(struct reading *r);
	/* In another thread: ends a wait, which else takes at most READER_LONGEST_WAIT_NS. */
	void (*interrupt)(struct reading *r);
	/* Called when everything is read. */
	int (*finish)(struct reading *r);
	void (*close)(struct reading *r);
};

static inline const char *reader_spoken(const struct reader *reader)
{
	return reader->spoken ? reader->spoken : reader->name;
}

#define READER_LONGEST_WAIT_NS 20000000

/* Opens the reader on the rings, with a state of its own: not from the heap, which would fragment,
 * and populated, so that no page fault is measured. Returns 0, or a negative errno with r->why. */
int reading_open(struct reading *r);
void reading_close(struct reading *r);

#define READERS_MAX 48

/* All readers in the order of lists and tables, the limits last; NULL-terminated. */
extern const struct reader *readers[];

/* NULL if there is none of that name. */
const struct reader *reader_find(const char *name);

/* Adds a reader before the limits, and keeps the pointer. False: there is no room. */
bool reader_add(const struct reader *reader);

struct obstacle reader_obstacle(const struct reader *reader, const struct workload *workload);

struct combination {
	const struct reader *reader;
	enum live_wait wait;
};

#define COMBINATIONS_MAX 80

const char *live_wait_name(enum live_wait wait);

/* Its name in text, such as "batch/paced". */
const char *combination_name(struct combination combination, char *text, size_t size);

/* The first that @name, of a combination or a reader, means. SIZE_MAX: none, or @name is NULL. */
size_t combination_find(const struct combination *combinations, size_t count, const char *name);

static inline bool combination_equal(struct combination a, struct combination b)
{
	return a.reader == b.reader && a.wait == b.wait;
}

#endif
