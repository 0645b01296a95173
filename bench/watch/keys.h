/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys as they are pressed, without Enter and without an echo. Ctrl-C and Ctrl-Z do what they
 * always do, and the terminal is then as it was; only what cannot be caught (SIGKILL) leaves it
 * changed.
 */
#ifndef BENCH_WATCH_KEYS_H
#define BENCH_WATCH_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key { KEY_NONE, KEY_UP = 256, KEY_DOWN, KEY_ENTER, KEY_BACK };

/* Whether standard input is a terminal in whose foreground this process is: keys then come from
 * there until keys_end(). */
bool keys_begin(void);
void keys_end(void);

/* Waits for a key until then, of CLOCK_MONOTONIC, or until a signal comes. An enum key, a
 * character, or KEY_NONE. Without keys_begin() it just sleeps. */
int keys_wait(int64_t until_ns);

/* The first key of what a terminal sent, and how many of the bytes it is. Pure. */
int keys_decode(const char *bytes, size_t length, size_t *used);

#endif
