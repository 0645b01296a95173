/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses and formats values of the command line; formats numbers for display.
 *
 * Each parse_ function parses the whole text, without blanks around it; numbers are decimal, also with a
 * fraction. It returns 0 and stores the value; -EINVAL if the text does not have the described form; or
 * -ERANGE if the value does not fit. Errors leave it unchanged. The locale does not matter.
 */
#ifndef BENCH_BASE_VALUES_H
#define BENCH_BASE_VALUES_H

#include <stddef.h>
#include <stdint.h>

/* The rate "max": as fast as possible. */
#define PARSE_RATE_MAX UINT64_C(0)

/* A whole number, with an optional suffix k or K (1000), M or G: "500k", "1.5M". Not m or g. */
int parse_count(const char *text, uint64_t *count);

/* A whole number of bytes, with an optional unit in small or capital letters: B; K, M, G, T or KiB,
 * MiB, GiB, TiB, powers of 1024; KB, MB, GB, TB, powers of 1000. */
int parse_size(const char *text, uint64_t *bytes);

/* Nanoseconds: "0", or numbers each with its unit h, m, s, ms, us (also µs) or ns: "1.5s", "1h2m3s".
 * Fractions of a nanosecond are dropped. */
int parse_duration(const char *text, int64_t *nanoseconds);

/* A share, stored as a fraction: a number with a percent sign ("150%"), or one below 1 ("0.02"). From 1
 * up without a sign is -ERANGE: it could mean either. */
int parse_percent(const char *text, double *fraction);

/* The format_ functions return @buffer. @size is FORMAT_SIZE or more, enough for every text. */
#define FORMAT_SIZE 32

/* Not negative: "33.310123ms", "1m0.5s"; short: four significant digits, or whole seconds. */
char *format_duration(int64_t nanoseconds, char *buffer, size_t size);
char *format_duration_short(int64_t nanoseconds, char *buffer, size_t size);

/* In the largest of TiB, GiB, MiB, KiB and B that gives a whole number: "64MiB", "80B". */
char *format_size(uint64_t bytes, char *buffer, size_t size);

/* At most six significant digits: 0.01 is "1%", 0.0025 is "0.25%". */
char *format_percent(double fraction, char *buffer, size_t size);

/* Texts within an expression, which live as long as the enclosing block. */
#define DURATION_TEXT(ns) \
	format_duration_short((int64_t)(ns), (char[FORMAT_SIZE]){ 0 }, FORMAT_SIZE)
#define SIZE_TEXT(bytes) format_size((uint64_t)(bytes), (char[FORMAT_SIZE]){ 0 }, FORMAT_SIZE)

/* Numbers for display. Each function writes at most @size bytes and returns @text. */
#define AMOUNT_SIZE 32
char *amount_text(char *text, size_t size, double value); /* "17.9k", "1.21M"; "-": not finite */
char *amount_ns(char *text, size_t size, double ns);      /* "950ns", "20.3us"; "-" likewise */
#define AMOUNT_NS(ns) amount_ns((char[AMOUNT_SIZE]){ 0 }, AMOUNT_SIZE, ns)
char *amount_bytes(char *text, size_t size, uint64_t bytes);     /* "335 KiB"; exact below 10 KiB */
char *amount_share(char *text, size_t size, double share);       /* "0.5 %"; no "100 %" for less */
char *amount_time(char *text, size_t size, int64_t nanoseconds); /* "85ms", "3.2s", "4m10s" */
char *amount_exact(char *text, size_t size, uint64_t value);     /* "17,200,412" */

#endif
