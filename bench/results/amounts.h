/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers for display. Each function writes at most @size bytes and returns @text.
 */
#ifndef BENCH_RESULTS_AMOUNTS_H
#define BENCH_RESULTS_AMOUNTS_H

#include <stddef.h>
#include <stdint.h>

#define AMOUNT_SIZE 32

/* "17.9k", "1.21M": three digits; "-" if it is not a number. */
char *amount_text(char *text, size_t size, double value);

/* "335 KiB", "1.5 MiB": three digits; exact below 10 KiB. */
char *amount_bytes(char *text, size_t size, uint64_t bytes);

/* "32 %", "0.5 %"; never "100 %" for less than all. */
char *amount_share(char *text, size_t size, double share);

/* "85ms", "3.2s", "4m10s": two digits below 10 s, then whole seconds. */
char *amount_time(char *text, size_t size, int64_t ns);

/* "17,200,412" */
char *amount_exact(char *text, size_t size, uint64_t value);

#endif
