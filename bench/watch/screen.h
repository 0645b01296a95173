/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rewrites some lines on a terminal in place, with plain escapes only. Between two updates the
 * terminal's output is in the state that a shell expects: no signal leaves anything to restore.
 * keys.h handles its input.
 */
#ifndef BENCH_SCREEN_H
#define BENCH_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

struct screen {
	int fd;
	size_t lines; /* above the cursor, from the last update */
	char *text;   /* of the last update; NULL: none */
};

/* Whether @fd is a terminal with a movable cursor (TERM is not dumb). */
bool screen_is_possible(int fd);

/* Watches for changes of the window's size, and for the program being continued. */
void screen_begin(struct screen *screen, int fd);

/* Rows of the window. */
size_t screen_rows(const struct screen *screen);

/* Shows @text, complete lines, in place of the last one, cut to the window. Returns 0 or a negative
 * errno. */
int screen_show(struct screen *screen, const char *text);

/* Shows the last text again if the window has changed meanwhile. 0 or a negative errno. */
int screen_refresh(struct screen *screen);

/* Ends the updates, and leaves the last one or removes it. */
void screen_end(struct screen *screen, bool erase);

/* The first bytes of @line, up to its end, that take @columns at most. Characters of UTF-8 take one
 * each, escape sequences none. Pure. */
size_t screen_fitting(const char *line, size_t columns);

#endif
