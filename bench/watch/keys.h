/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads keys as they are pressed, without Enter and echo. Ctrl-C and Ctrl-Z work as usual, and the
 * terminal's settings are restored then; only SIGKILL, which cannot be caught, leaves them changed.
 */
#ifndef BENCH_WATCH_KEYS_H
#define BENCH_WATCH_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key { KEY_NONE, KEY_UP = 256, KEY_DOWN, KEY_ENTER, KEY_BACK };

/* Returns whether standard input is a terminal with this process in its foreground: keys then come
 * from there until keys_end(). */
bool keys_begin(void);
void keys_end(void);

/* Waits for a key until a time of CLOCK_MONOTONIC, or until a signal comes. Returns an enum key, a
 * character, or KEY_NONE. Without keys_begin() it only sleeps. */
int keys_wait(int64_t until_ns);

/* The first key of what a terminal sent, and how many of the bytes it is. Pure. */
int keys_decode(const char *bytes, size_t length, size_t *used);

#endif
