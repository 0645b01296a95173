/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads keys as they are pressed, without Enter and without echo. Ctrl-C and Ctrl-Z work as usual and
 * restore the terminal's settings; only SIGKILL leaves them changed.
 */
#ifndef BENCH_WATCH_KEYS_H
#define BENCH_WATCH_KEYS_H

#include <stddef.h>
#include <stdint.h>

enum key { KEY_NONE, KEY_UP = 256, KEY_DOWN, KEY_ENTER, KEY_BACK };

/* If standard input is a terminal with this process in its foreground, reads keys from it until
 * keys_end(). */
void keys_begin(void);
void keys_end(void);

/* Sleeps until a key is pressed, a signal comes, or a time of CLOCK_MONOTONIC. Returns an enum key, a
 * character, or KEY_NONE. Without keys_begin() there are no keys. */
int keys_wait(int64_t until_ns);

/* Returns the first key of what a terminal sent; @used is set to its bytes. Pure. */
int keys_decode(const char *bytes, size_t length, size_t *used);

#endif
