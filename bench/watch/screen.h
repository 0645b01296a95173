/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Some lines on a terminal that are rewritten in place, with nothing but plain escapes. Between two
 * updates the output of the terminal is as a shell wants it: whatever signal ends the program,
 * nothing of it has to be restored. Its input is for keys.h.
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

/* Whether @fd is a terminal that moves its cursor where it is told (TERM is not dumb). */
bool screen_is_possible(int fd);

/* Watches for changes of the window's size, and for the program being continued. */
void screen_begin(struct screen *screen, int fd);

/* Rows of the window. */
size_t screen_rows(const struct screen *screen);

/* Shows @text, lines with their ends, in place of what was shown; cut to what fits the window. 0 or
 * a negative errno. */
int screen_show(struct screen *screen, const char *text);

/* Shows the last text again if the window has changed meanwhile. 0 or a negative errno. */
int screen_refresh(struct screen *screen);

/* Leaves what is shown, or takes it away. */
void screen_end(struct screen *screen, bool erase);

/* The first bytes of @line, up to its end, that take @columns at most. Characters of UTF-8 take one
 * each, escape sequences none. Pure. */
size_t screen_fitting(const char *line, size_t columns);

#endif
