/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Updates lines of a terminal in place. Between two updates the terminal's output is in the state that
 * a shell expects, so signals leave nothing to restore.
 */
#ifndef BENCH_SCREEN_H
#define BENCH_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

struct screen {
	int fd;
	size_t lines; /* of the last update, above the cursor */
	char *text;   /* the last update; NULL: none */
};

/* Whether @fd is a terminal with a movable cursor (TERM is not dumb). */
bool screen_is_possible(int fd);

/* Catches the signals of a window that changed its size, and of a program that was continued. */
void screen_begin(struct screen *screen, int fd);

/* Rows of the window. */
size_t screen_rows(const struct screen *screen);

/* Shows @text, complete lines, in place of the last update, cut to the window. Returns 0 or a negative
 * errno. */
int screen_show(struct screen *screen, const char *text);

/* Shows the last update again if the window has changed. Returns 0 or a negative errno. */
int screen_refresh(struct screen *screen);

/* Ends the updates, and leaves the last one there unless @erase. */
void screen_end(struct screen *screen, bool erase);

/* Returns how many bytes of @line, up to its end, take at most @columns. A character of UTF-8 takes
 * one, an escape sequence none. Pure. */
size_t screen_fitting(const char *line, size_t columns);

#endif
