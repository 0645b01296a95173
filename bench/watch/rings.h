/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rings that are watched: one, some, or all of the system.
 */
#ifndef BENCH_WATCH_RINGS_H
#define BENCH_WATCH_RINGS_H

#include "watch/holders.h"
#include "watch/watched_ring.h"

/* A ring, and all that the writers of text, JSON and metrics read. */
struct ring {
	uint32_t id;
	char name[RING_NAME_SIZE];
	uint64_t size;
	struct holders holders;
	struct ring_model model;
	struct ring_figures figures; /* of the last interval */
	bool is_new;                 /* has no figures yet */
	bool is_unwanted;            /* the chosen process does not have it open */

	uint64_t headers; /* that the next sample may read */
	struct watched_ring watched;
	struct account_maps accounts;
};

/* Which rings; all of the system if nothing is set. */
struct rings_wanted {
	struct ring_target target; /* this one */
	const char *name;          /* those of this name */
	uint32_t pid;              /* those that this process has open */
};

struct rings {
	struct rings_wanted wanted;
	struct ring **items;
	size_t count;
	uint32_t last_id;                /* maps up to it are known */
	int64_t attached_ns, holders_ns; /* the last time */
	bool holders_known;              /* of all rings */
	size_t turn;
};

/* Finds and attaches them. Returns 0, or a negative errno with @why. */
int rings_open(struct rings *rings, const struct rings_wanted *wanted, struct complaint *why);

/*
 * Call it between two intervals. Once a second at most, it detaches all rings, which frees those that
 * nobody else holds, attaches the others and new ones, and finds their holders if that is due.
 * Returns 0, or a negative errno with @why: -ENOENT if the chosen ring is gone.
 */
int rings_refresh(struct rings *rings, struct complaint *why);

/* Takes a sample of each. @visit, if not NULL, is called for the records that pass. */
void rings_sample(struct rings *rings,
	void (*visit)(void *context, const struct ring_record *record), void *context);

/* Ends the interval, and computes the figures of each. */
void rings_conclude(struct rings *rings);

void rings_close(struct rings *rings);

/* Prints the ids and names of all rings, a word a line, for completion. Returns 0, or a negative
 * errno with @why. */
int rings_print_names(FILE *out, struct complaint *why);

#endif
