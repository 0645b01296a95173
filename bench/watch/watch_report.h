/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the figures of watched rings for people and programs. The caller checks the stream for
 * errors.
 */
#ifndef BENCH_WATCH_REPORT_H
#define BENCH_WATCH_REPORT_H

#include <stdio.h>
#include <time.h>

#include "base/complaint.h"
#include "base/values.h"
#include "watch/rings.h"

/* Amounts within an expression. The text lives as long as the enclosing block. */
#define AMOUNT(value) amount_text((char[AMOUNT_SIZE]){ 0 }, AMOUNT_SIZE, value)
#define EXACT(value) amount_exact((char[AMOUNT_SIZE]){ 0 }, AMOUNT_SIZE, value)
#define BYTES(value) amount_bytes((char[AMOUNT_SIZE]){ 0 }, AMOUNT_SIZE, value)
#define SHARE(value) amount_share((char[AMOUNT_SIZE]){ 0 }, AMOUNT_SIZE, value)
#define TIME(ns) amount_time((char[AMOUNT_SIZE]){ 0 }, AMOUNT_SIZE, ns)

/* A terminal of this many columns shows every line whole, except long lists of holders. */
#define WATCH_COLUMNS 80

struct watch_style {
	bool colour;
	int64_t interval_ns, sample_ns;
	time_t time; /* of the update */
};

/* What the state is and what causes it, each at most WATCH_COLUMNS - 12 wide; may be empty. */
struct ring_words {
	char what[128], cause[128];
};

void ring_words_of(const struct ring *ring, struct ring_words *words);

/* The evidence that it loses records. */
char *ring_losing_text(const struct ring *ring, char *text, size_t size);

/* Escape sequences that begin and end the colour of a state; empty without @colour. */
const char *watch_colour(enum ring_state state, bool colour);
const char *watch_colour_end(enum ring_state state, bool colour);

/* One ring, in lines that are updated in place. */
void watch_write_view(FILE *out, const struct ring *ring, const struct watch_style *style);

/* Without a terminal: what the lines are about, and a line for each update. */
void watch_write_introduction(FILE *out, const struct ring *ring, const struct watch_style *style);
void watch_write_line(FILE *out, const struct ring *ring, const struct watch_style *style);

/* An object on a line. */
void watch_write_json(FILE *out, const struct ring *ring, const struct watch_style *style);

/* Metrics in the text format of Prometheus. */
void watch_write_metrics(FILE *out, struct ring *const *rings, size_t count);

/* The list of all rings. */
enum list_order { LIST_BY_ATTENTION, LIST_BY_FILL, LIST_BY_RECORDS, LIST_BY_LOST, LIST_BY_ID };

#define LIST_ORDERS 5

struct watch_list {
	struct ring *const *rings; /* set by list_arrange() */
	size_t count;
	size_t unused;    /* of them, at the end */
	bool with_unused; /* shows unused rings; if not, one line for all of them */
	enum list_order order;
	uint32_t selected; /* id; 0: none */
	bool paused;
	size_t rows; /* of the terminal; 0: no terminal, and no keys */
};

/* Sorts @rings and sets the first three members of @list. Rings without figures come last and are not
 * counted. */
void list_arrange(struct watch_list *list, struct ring **rings, size_t count);

/* Rings that are listed. */
static inline size_t list_shown(const struct watch_list *list)
{
	return list->count - (list->with_unused ? 0 : list->unused);
}

void watch_write_list(FILE *out, const struct watch_list *list, const struct watch_style *style);

/* The conditions of -check. Each fails at its value or more; 0: not asked for. */
struct watch_check {
	bool wanted; /* any of them */
	double fill;
	int64_t stalled_ns, stuck_ns;
	bool losing;
};

/* Parses "fill=80%,stalled=1s,stuck=1s,losing" into a struct watch_check, for a flag. */
int watch_check_parse(const char *text, void *target, struct complaint *why);

/* How long a ring has to be watched for these conditions. */
int64_t watch_check_interval(const struct watch_check *check);

/* The longest time of a condition, in ns; 0: none has one. */
int64_t watch_check_longest(const struct watch_check *check);

/* Writes a line for each condition that fails, and returns how many fail. An impossible ring fails
 * any check. */
size_t watch_check_ring(FILE *out, const struct watch_check *check, const struct ring *ring);

#endif
