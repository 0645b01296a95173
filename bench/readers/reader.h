/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader: one way of reading rings. Each that reads in this process is one file in this folder,
 * and one line in the list of meson.build; the readers of peers are what their greetings name.
 */
#ifndef BENCH_READER_H
#define BENCH_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/complaint.h"
#include "readers/touching.h"
#include "rings/workload.h"

/* How live waits. Three are loops with libbpf's functions, and the last is no choice: so waits who
 * knows no other way. */
enum live_wait {
	WAIT_EVENT,
	WAIT_PACED,
	WAIT_BUSY,
	WAIT_LIBBPF_POLL,
	WAIT_LIBBPF_SPIN,
	WAIT_LIBBPF_SLEEP,
	WAIT_OWN
};

/* NULL-terminated, in the order of the enum; WAIT_OWN is not among them. */
extern const char *const live_wait_names[];

#define WAITS_OF_RINGVIEW (1u << WAIT_EVENT | 1u << WAIT_PACED | 1u << WAIT_BUSY)
#define WAITS_OF_LIBBPF (1u << WAIT_LIBBPF_POLL | 1u << WAIT_LIBBPF_SPIN | 1u << WAIT_LIBBPF_SLEEP)

/* Whether it is one of the loops with libbpf's functions. */
static inline bool live_wait_is_of_libbpf(enum live_wait wait)
{
	return WAITS_OF_LIBBPF >> wait & 1;
}

/* In place of a touching: what live does with each event (readers/live_check.h). */
#define WORK_LIVE TOUCHING_COUNT
#define WORK_COUNT (TOUCHING_COUNT + 1)

/* Marks those of a fill's lengths that are of discarded records. */
#define LENGTH_DISCARDED (UINT32_C(1) << 31)

struct reader;
struct live_check;

/* A reader at work on rings. */
struct reading {
	/* Set before it is opened. */
	const struct reader *reader;
	const struct ring_set *rings;
	struct live_check *live; /* of live; NULL: drain */
	enum live_wait wait;     /* of live */

	/* Set before each reading. */
	int work;                /* enum touching, or WORK_LIVE */
	uint64_t wanted;         /* events that are to be read */
	uint64_t first;          /* number of the first event in the ring */
	uint64_t produced;       /* events there, discarded ones too: never the last */
	uint64_t bytes;          /* that all take in the ring */
	uint64_t stride;         /* from one to the next; only the limits use it, and */
	const uint32_t *lengths; /* this, of each event that was produced; NULL: all are alike */
	uint64_t start;          /* consumer position before the reading */
	uint64_t batch;          /* records a release; 0: all that are there */
	bool again;              /* it goes on where it has read to before */

	/* Left by the reader. */
	struct reading_result found;          /* of drain, since it was last set to 0 */
	int64_t own_ns;                       /* of drain, where it measures itself */
	uint64_t sleeps, wakeups, high_water; /* of live; LIVE_UNKNOWN */
	uint64_t skipped, overwritten;        /* of rings that overwrite: records, and bytes */
	struct complaint why;                 /* of the last error; "": its errno says all */

	void *state; /* the reader's */
};

/* Why a reader cannot take part, as half a sentence ("reads one ring"), and what would help ("leave
 * out -rings"). NULL: it can. */
struct obstacle {
	const char *reason, *remedy;
};

struct reader {
	const char *name, *summary;
	const char *label;  /* its line of drain's output begins with, as the seed writes it */
	const char *column; /* its name where a table has many readers; NULL: its name */
	bool drains, lives; /* the commands that have it */
	bool limit;         /* reads what no reader could: shows what is possible */
	bool by_lines;      /* its sum is that of check_cache_lines(), whatever is touched */
	int baseline; /* above 0: others are compared with it, first with the one that has most */
	bool by_default;    /* of drain, as -mode both */
	bool overwritten;   /* reads rings that overwrite */
	bool needs_kernel;  /* reads only what the kernel has */
	bool reads_perf;    /* perf's buffers, in place of rings */
	bool itself;        /* in another process, which says when it read, and what it took */
	unsigned int waits; /* bits of enum live_wait; 0: in its own way, and only so */
	bool orders;        /* reads by time: takes part in live with an order only */
	bool by_wait;       /* takes part in live by the wait that is asked for, which names it */

	/* Of a peer (readers/peers.h); else NULL and false. */
	const char *program, *spoken; /* spoken: what it is called there; NULL: as here */
	bool named;                   /* by -peer */

	/* Why not here, in whatever run: 0, or a negative errno with @why. May be NULL, as all
	 * below it but open, read and close. */
	int (*find)(const struct reader *reader, struct complaint *why);
	/* What keeps it from a workload of live. */
	struct obstacle (*obstacle)(const struct workload *workload);
	/* 0, or a negative errno with r->why. */
	int (*open)(struct reading *r);
	/*
	 * Reads what is there; with a time-out it waits before that, or after. Adds to r->found, or
	 * to r->live. 0 (also when nothing came), -EINTR when a signal did, or another negative
	 * errno.
	 */
	int (*read)(struct reading *r, int64_t timeout_ns);
	/* Called after the consumer position was set back to r->start. 0 or a negative errno. */
	int (*rewind)(struct reading *r);
	/* Ends a waiting of read(). For another thread. Whom nothing interrupts waits for
	 * READER_LONGEST_WAIT_NS at most. */
	void (*interrupt)(struct reading *r);
	/* Called once all is read. 0, or a negative errno. */
	int (*finish)(struct reading *r);
	void (*close)(struct reading *r);
};

static inline const char *reader_spoken(const struct reader *reader)
{
	return reader->spoken ? reader->spoken : reader->name;
}

#define READER_LONGEST_WAIT_NS 20000000

#define READERS_MAX 48

/* All of them, in the order in which they are shown, the limits last; NULL-terminated. */
extern const struct reader *readers[];

/* NULL when there is none of that name. */
const struct reader *reader_find(const char *name);

/* Adds one before the limits. @reader stays. False: there is no room. */
bool reader_add(const struct reader *reader);

/* @workload: NULL in drain. */
struct obstacle reader_obstacle(
	const struct reader *reader, enum source_kind source, const struct workload *workload);

/* A reader that waits so. */
struct combination {
	const struct reader *reader;
	enum live_wait wait;
};

#define COMBINATIONS_MAX 80

const char *live_wait_name(enum live_wait wait);

/* "batch/paced" is its name in text; its path in results is the reader's name. */
const char *combination_name(struct combination combination, char *text, size_t size);

/* The first that @name, of a combination or a reader, means. SIZE_MAX: none, or @name is NULL. */
size_t combination_find(const struct combination *combinations, size_t count, const char *name);

static inline bool combination_equal(struct combination a, struct combination b)
{
	return a.reader == b.reader && a.wait == b.wait;
}

#endif
