/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers for display. Each function writes at most @size bytes and returns @text.
 */
#ifndef BENCH_RESULTS_AMOUNTS_H
#define BENCH_RESULTS_AMOUNTS_H

#include <stddef.h>
#include <stdint.h>

#define AMOUNT_SIZE 32
char *amount_text(char *text, size_t size, double value);    /* "17.9k", "1.21M"; "-": not finite */
char *amount_ns(char *text, size_t size, double ns);         /* "950ns", "20.3us"; "-" likewise */
char *amount_bytes(char *text, size_t size, uint64_t bytes); /* "335 KiB"; exact below 10 KiB */
char *amount_share(char *text, size_t size, double share);   /* "0.5 %"; no "100 %" for less */
char *amount_time(char *text, size_t size, int64_t ns);      /* "85ms", "3.2s", "4m10s" */
char *amount_exact(char *text, size_t size, uint64_t value); /* "17,200,412" */

#endif
