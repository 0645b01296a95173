/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses and formats values of the command line.
 *
 * Every parse_ function parses the whole text, without blanks around it. It returns 0 and stores
 * the value; or -EINVAL if the text does not have the described form, -ERANGE if the value does not
 * fit, and leaves the value unchanged. They keep no state, and ignore the locale's decimal point.
 */
#ifndef BENCH_CLI_VALUES_H
#define BENCH_CLI_VALUES_H

#include <stddef.h>
#include <stdint.h>

/* What parse_rate() stores for "max": no pacing at all. No other text gives this value. */
#define PARSE_RATE_MAX UINT64_C(0)

/* Bytes that hold every text of the format_ functions below, its final zero byte included. */
#define FORMAT_SIZE 32

/*
 * A count: decimal digits, with an optional fraction and an optional suffix k or K (1000), M or G.
 * The result must be a whole number: "500k" and "1.5M" are counts, "1.5" is not. There is no m or
 * g: a small m is read as milli by too many people.
 */
int parse_count(const char *text, uint64_t *count);

/* Decimal digits, with an optional minus in front. */
int parse_integer(const char *text, int *value);

/*
 * A whole number of bytes: decimal digits, with an optional fraction and an optional unit in small
 * or capital letters: B; K, M, G, T or KiB, MiB, GiB, TiB, powers of 1024; KB, MB, GB, TB, powers
 * of 1000.
 */
int parse_size(const char *text, uint64_t *bytes);

/*
 * Nanoseconds: an optional minus, then "0", or one or more decimal numbers each with its unit h, m,
 * s, ms, us (also µs) or ns, such as "5ms", "1.5s", "1h2m3s". Fractions of a nanosecond are
 * dropped.
 */
int parse_duration(const char *text, int64_t *nanoseconds);

/*
 * A share, stored as a fraction: a decimal number with a percent sign ("1%", "150%"), or a plain
 * fraction below 1 ("0.02"). A plain number from 1 up is -ERANGE: it could be meant as either.
 */
int parse_percent(const char *text, double *fraction);

/*
 * Sizes separated by commas, each as in parse_size(), or first:last:step, which gives first, first
 * + step, ... up to last: "16,80:2048:16". At most @capacity sizes, else -ERANGE. After an error
 * @sizes is undefined.
 */
int parse_size_list(const char *text, uint64_t *sizes, size_t capacity, size_t *count);

/* "max", which stores PARSE_RATE_MAX, or a count from 1 up. */
int parse_rate(const char *text, uint64_t *per_second);

/*
 * The format_ functions write a text and return @buffer, so that they can be arguments of printf.
 * When the text does not fit into @size bytes the buffer gets the empty text: a cut number would be
 * a wrong number.
 */

/* "33.310123ms", "1m0.5s", "1.5µs". */
char *format_duration(int64_t nanoseconds, char *buffer, size_t size);

/* The same rounded to four significant digits, but never coarser than to a second. */
char *format_duration_short(int64_t nanoseconds, char *buffer, size_t size);

/* In the largest of TiB, GiB, MiB, KiB and B that gives a whole number: "64MiB", "80B". */
char *format_size(uint64_t bytes, char *buffer, size_t size);

/* At most six significant digits: 0.01 is "1%", 0.0025 is "0.25%". */
char *format_percent(double fraction, char *buffer, size_t size);

#endif
