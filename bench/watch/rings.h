/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rings that are watched: one that was chosen, or all of the system.
 */
#ifndef BENCH_WATCH_RINGS_H
#define BENCH_WATCH_RINGS_H

#include "watch/accounts.h"
#include "watch/holders.h"
#include "watch/ring_model.h"
#include "watch/watched_ring.h"

/* A ring, and all that the writers of text, JSON and metrics read of it. */
struct ring {
	uint32_t id;
	char name[RING_NAME_SIZE];
	uint64_t size;
	struct holders holders;
	struct ring_model model;
	struct ring_figures figures; /* of the last interval */
	bool is_new;                 /* has no figures yet */
	bool is_unwanted;            /* the process that was asked for does not have it open */

	uint64_t headers; /* that may be read in the next sample */
	struct watched_ring watched;
	struct account_maps accounts;
};

/* Which rings; all of the system where nothing is set. */
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

/* Finds and attaches them. 0, or a negative errno with @why. */
int rings_open(struct rings *rings, const struct rings_wanted *wanted, struct complaint *why);

/*
 * Detaches all rings, which frees those that nobody else holds; attaches the remaining and the new
 * ones; and finds their holders if that is due. Call it between two intervals: while attached, this
 * process keeps a ring alive. Does nothing if it did so less than a second ago. Returns 0, or a
 * negative errno with @why: -ENOENT if the chosen ring is gone.
 */
int rings_refresh(struct rings *rings, struct complaint *why);

/* Takes a sample of each. @visit, or NULL: called for the records that pass, of one ring. */
void rings_sample(struct rings *rings,
	void (*visit)(void *context, const struct ring_record *record), void *context);

/* Ends the interval: the figures of each. */
void rings_conclude(struct rings *rings);

void rings_close(struct rings *rings);

/* Prints the ids and names of all rings, a word a line, for completion. 0, or a negative errno with
 * @why. */
int rings_print_names(FILE *out, struct complaint *why);

#endif
