/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef COMMANDLINE_PARSE_H
#define COMMANDLINE_PARSE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Values as people write them on a command line, to numbers and back.
 *
 * Every parse_ function takes the whole text or nothing: no blanks around it, nothing left over.
 * It returns 0 and stores the value, or leaves the value as it was and returns
 *   -EINVAL  when the text is not of the described form,
 *   -ERANGE  when the form is right but the value does not fit the type or the stated range.
 * The functions keep no state, print nothing and do not look at the locale's decimal point.
 */

/* What parse_rate() stores for "max": no pacing at all. No other text gives this value. */
#define PARSE_RATE_MAX UINT64_C(0)

/* Bytes that hold every text of the format_ functions below, its final zero byte included. */
#define FORMAT_SIZE 32

/*
 * A count: decimal digits, with an optional fraction and an optional suffix k or K (1000),
 * M (1000 000) or G (1000 000 000). The result must be a whole number: "500k" and "1.5M" are
 * counts, "1.5" and "1.0001k" are -EINVAL. Signs and a bare point (".5k", "5.k") are -EINVAL.
 * There is no m or g: a small m is read as milli by too many people.
 * Range 0 to UINT64_MAX.
 */
int parse_count(const char *text, uint64_t *count);

/* An integer: decimal digits, with an optional minus in front. Range INT_MIN to INT_MAX. */
int parse_integer(const char *text, int *value);

/*
 * A size in bytes: decimal digits, with an optional fraction and an optional unit in small or
 * capital letters:
 *   none, B         bytes
 *   K, M, G         1024, 1024^2, 1024^3 bytes, like KiB, MiB, GiB
 *   KiB, MiB, GiB   the same
 *   KB, MB, GB      1000, 1000^2, 1000^3 bytes
 * The result must be a whole number of bytes: "1.5MiB" is a size, "1.5" and "0.3KiB" are -EINVAL.
 * Range 0 to UINT64_MAX.
 */
int parse_size(const char *text, uint64_t *bytes);

/*
 * A duration in nanoseconds, in the form of Go's time.ParseDuration: an optional sign, then "0"
 * or one or more decimal numbers each with its unit h, m, s, ms, us (also µs with either of the
 * two Unicode letters) or ns, such as "5ms", "1.5s", "1h2m3s". Digits below a nanosecond are
 * dropped. Range INT64_MIN to INT64_MAX; whether a negative one makes sense is up to the caller.
 *
 * The one difference: two parts of exactly 2^63 ns each are -ERANGE here, while in Go their sum
 * wraps around to zero.
 */
int parse_duration(const char *text, int64_t *nanoseconds);

/*
 * A share, stored as a fraction (0.01 for one percent): a decimal number with a percent sign
 * ("1%", "0.5%", "150%"), or a plain fraction from 0 to below 1 ("0.02"). A plain number from 1
 * up is -ERANGE, because "1" could be meant as one percent or as the whole. Signs are -EINVAL.
 * Up to 15 digits count, further digits after the point are dropped, a larger number is -ERANGE.
 */
int parse_percent(const char *text, double *fraction);

/*
 * A list of sizes: items separated by commas, each a size as in parse_size() or a range
 * first:last:step of three sizes, which gives first, first + step, ... up to and, if met,
 * including last: "16,80:2048:16". The sizes keep the order and the repetitions of the text.
 *
 * @sizes:    array of @capacity sizes; after an error its content is undefined
 * @count:    where the number of sizes is stored, at least 1
 *
 * -EINVAL for an empty list or item, a range whose last is below its first or whose step is 0;
 * -ERANGE for more than @capacity sizes or a size that does not fit.
 */
int parse_size_list(const char *text, uint64_t *sizes, size_t capacity, size_t *count);

/*
 * A rate per second: "max", which stores PARSE_RATE_MAX, or a count as in parse_count().
 * Range 1 to UINT64_MAX; a rate of 0 is -ERANGE.
 */
int parse_rate(const char *text, uint64_t *per_second);

/*
 * The format_ functions write a text and return @buffer, so that they can be used as a printf
 * argument. When the text does not fit into @size bytes the buffer gets the empty text (a cut
 * number would be a wrong number); FORMAT_SIZE bytes are always enough.
 */

/* A duration exactly as Go's Duration.String() prints it: "33.310123ms", "1m0.5s", "1.5µs". */
char *format_duration(int64_t nanoseconds, char *buffer, size_t size);

/*
 * The same rounded to four significant digits, halves away from zero: "33.31ms", "1.235s". It is
 * never rounded coarser than to a whole second, as decimal digits mean little in hours and minutes.
 */
char *format_duration_short(int64_t nanoseconds, char *buffer, size_t size);

/* A size in the largest of GiB, MiB, KiB and B that gives a whole number: "64MiB", "80B". */
char *format_size(uint64_t bytes, char *buffer, size_t size);

/* A fraction as a percentage of at most six significant digits: 0.01 is "1%", 0.0025 is "0.25%". */
char *format_percent(double fraction, char *buffer, size_t size);

#endif
