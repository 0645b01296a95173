/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the figures of watched rings for people and programs. The caller has to check for errors
 * of the stream (ferror).
 */
#ifndef BENCH_WATCH_REPORT_H
#define BENCH_WATCH_REPORT_H

#include <stdio.h>
#include <time.h>

#include "watch/rings.h"

/* A terminal of this many columns shows every line whole, but for long lists of holders. */
#define WATCH_COLUMNS 80

struct watch_style {
	bool colour;
	int64_t interval_ns, sample_ns;
	time_t time; /* of the update */
};

/* What the state is and what causes it, in up to two lines of WATCH_COLUMNS less 12; empty where
 * there is nothing to say. */
struct ring_words {
	char what[128], cause[128];
};

void ring_words_of(const struct ring *ring, struct ring_words *words);

/* The evidence that it loses records. */
char *ring_losing_text(const struct ring *ring, char *text, size_t size);

/* Escape sequences that start and end the colour of a state; empty without @colour. */
const char *watch_colour(enum ring_state state, bool colour);
const char *watch_colour_end(enum ring_state state, bool colour);

/* One ring, in lines for a terminal that the next ones take the place of. */
void watch_write_view(FILE *out, const struct ring *ring, const struct watch_style *style);

/* What the lines that follow are about; and one of them. */
void watch_write_introduction(FILE *out, const struct ring *ring, const struct watch_style *style);
void watch_write_line(FILE *out, const struct ring *ring, const struct watch_style *style);

/* An object on one line. 0 or -ENOMEM. */
int watch_write_json(FILE *out, const struct ring *ring, const struct watch_style *style);

/* Metrics in Prometheus' text format. */
void watch_write_metrics(FILE *out, struct ring *const *rings, size_t count);

/* The list of all rings. */
enum list_order { LIST_BY_ATTENTION, LIST_BY_FILL, LIST_BY_RECORDS, LIST_BY_LOST, LIST_BY_ID };

#define LIST_ORDERS 5

struct watch_list {
	struct ring *const *rings; /* as list_arrange() has them */
	size_t count;
	size_t unused;    /* of them, at the end: nobody holds them */
	bool with_unused; /* shows them, else one line for all */
	enum list_order order;
	uint32_t selected; /* the id; 0: none */
	bool paused;
	size_t rows; /* of the terminal; 0: no terminal, without what is for keys */
};

/* Sorts @rings, and fills @list's first three members: those without figures are behind the others
 * and not counted. */
void list_arrange(struct watch_list *list, struct ring **rings, size_t count);

void watch_write_list(FILE *out, const struct watch_list *list, const struct watch_style *style);

#endif
