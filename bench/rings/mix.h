/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams of events of different sizes: at random, or in the order of a file.
 */
#ifndef BENCH_MIX_H
#define BENCH_MIX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/complaint.h"
#include "events.h"

#define MIX_NAME_SIZE 48
#define MIX_SIZES_MAX (1 << 20)

struct mix {
	char name[MIX_NAME_SIZE]; /* in results: "24+40+56", "@FILE" without its folder */
	uint32_t *sizes;          /* a size of weight n is there n times */
	uint32_t count;
	bool in_order;             /* events have these sizes in turn; else one at random */
	uint32_t kinds[MIX_KINDS]; /* the different sizes, if there are at most MIX_KINDS */
	uint32_t kind_count;       /* 0: there are more */
	uint32_t smallest, largest;
	uint64_t stride_sum; /* bytes that records of all @sizes take in a ring */
	double mean;         /* size, bytes */
	int fd;              /* for peers: a file with a size a line; -1: not made yet */
	struct mix *next;
};

/* Stands for 16+24+64+200+1000. */
#define MIX_NAMED "mixed"

/* Whether @text is a mix, not a single size. */
bool mix_is_meant(const char *text);

/*
 * Parses "24+40+56"; "64*9+1024", with weights; "@FILE", with a size a line; or MIX_NAMED. Raises
 * sizes of a file that are below SIZED_EVENT_MIN, and says so on standard error. Returns 0, or a
 * negative errno with @why. The mix is valid until mixes_forget().
 */
int mix_parse(const char *text, const struct mix **mix, struct complaint *why);
void mixes_forget(void);

/* The path of the recorded stream that is part of this program. Returns 0 or a negative errno. */
int mix_recorded(char *path, size_t size);

/* The mix as peers/README.md writes it: "random:PATH". Returns 0 or a negative errno. */
int mix_for_peers(const struct mix *mix, char *text, size_t size);

/* The size of event @id. */
static inline uint32_t mix_size(const struct mix *mix, uint64_t id)
{
	return mix->sizes[mix_index(id, mix->count, mix->in_order)];
}

#endif
