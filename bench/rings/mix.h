/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams whose events differ in size: drawn at random, or in the order of a file.
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
	uint32_t *sizes;          /* one of them at random, a size with more weight more often; */
	uint32_t count;
	bool in_order;             /* or one after the other, and again from the first */
	uint32_t kinds[MIX_KINDS]; /* the sizes that occur, if they are no more; else */
	uint32_t kind_count;       /* 0 */
	uint32_t smallest, largest;
	uint64_t stride_sum; /* bytes that all of @sizes take in a ring */
	double mean;         /* size */
	int fd;              /* a file with all sizes, one a line, for peers; -1: not made yet */
	struct mix *next;
};

/* The mix that goes by this name: "mixed" is 16+24+64+200+1000. */
#define MIX_NAMED "mixed"

/* Whether it is to be read as a mix, and not as one size. */
bool mix_is_meant(const char *text);

/*
 * "24+40+56"; "64*9+1024" with weights; "@FILE", one size a line, smaller ones than events can have
 * raised, with a line on standard error; or MIX_NAMED. 0, or a negative errno with @why. The mix is
 * there until mixes_forget().
 */
int mix_parse(const char *text, const struct mix **mix, struct complaint *why);
void mixes_forget(void);

/* Where a recorded stream lies that came with this program. 0, or a negative errno. */
int mix_recorded(char *path, size_t size);

/* How peers/README.md writes it: "random:PATH". 0, or a negative errno. */
int mix_for_peers(const struct mix *mix, char *text, size_t size);

/* Of event @id. */
static inline uint32_t mix_size(const struct mix *mix, uint64_t id)
{
	return mix->sizes[mix_index(id, mix->count, mix->in_order)];
}

#endif
