/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "commandline/flags.h"
#include "commandline/parse.h"

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A value that no good input of the tables gives, to see that errors leave the target alone. */
#define UNTOUCHED 987654321

/* ---- parsers ---- */

struct unsigned_case {
	const char *text;
	int error;
	uint64_t value;
};

static void check_unsigned(
	int (*parse)(const char *, uint64_t *), const struct unsigned_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value = UNTOUCHED;
		int error = parse(cases[i].text, &value);
		uint64_t wanted = cases[i].error ? UNTOUCHED : cases[i].value;

		if (error != cases[i].error || value != wanted)
			fail_msg("\"%s\": error %d value %llu", cases[i].text, error,
				(unsigned long long)value);
	}
}

static void test_parse_count(void **state)
{
	static const struct unsigned_case cases[] = {
		{ "0", 0, 0 }, { "1", 0, 1 }, { "007", 0, 7 }, { "50000", 0, 50000 },
		{ "500k", 0, 500000 }, { "500K", 0, 500000 }, { "1.5M", 0, 1500000 },
		{ "0.001k", 0, 1 }, { "1.0", 0, 1 },
		{ "2.50000000000000000000000000000k", 0, 2500 }, { "3G", 0, 3000000000 },
		{ "1.000000001G", 0, 1000000001 }, { "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073.709551615G", 0, UINT64_MAX },
		{ "000000000000000000000000000000000001", 0, 1 },
		{ "18446744073709551616", -ERANGE, 0 }, { "18446744073.709551616G", -ERANGE, 0 },
		{ "99999999999999999999999999999999", -ERANGE, 0 },
		{ "18446744073709551615k", -ERANGE, 0 }, { "", -EINVAL, 0 }, { " ", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 }, { "1 ", -EINVAL, 0 }, { "1\n", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 }, { "+1", -EINVAL, 0 }, { "k", -EINVAL, 0 },
		{ ".5k", -EINVAL, 0 }, { "5.k", -EINVAL, 0 }, { "5.", -EINVAL, 0 },
		{ "1.5", -EINVAL, 0 }, { "1.0001k", -EINVAL, 0 }, { "1.2.3k", -EINVAL, 0 },
		{ "1,000", -EINVAL, 0 }, { "1_000", -EINVAL, 0 }, { "0x10", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 }, { "1kk", -EINVAL, 0 }, { "1m", -EINVAL, 0 },
		{ "1g", -EINVAL, 0 }, { "12abc", -EINVAL, 0 }, { "1k2", -EINVAL, 0 },
		{ "\xd9\xa1", -EINVAL, 0 }, /* an Arabic digit one */
	};

	(void)state;
	check_unsigned(parse_count, cases, LENGTH_OF(cases));
}

static void test_parse_size(void **state)
{
	static const struct unsigned_case cases[] = {
		{ "0", 0, 0 },
		{ "80", 0, 80 },
		{ "80B", 0, 80 },
		{ "80b", 0, 80 },
		{ "4KiB", 0, 4096 },
		{ "4kib", 0, 4096 },
		{ "4K", 0, 4096 },
		{ "4k", 0, 4096 },
		{ "4KB", 0, 4000 },
		{ "4kB", 0, 4000 },
		{ "64MiB", 0, 67108864 },
		{ "64M", 0, 67108864 },
		{ "64MB", 0, 64000000 },
		{ "1.5MiB", 0, 1572864 },
		{ "0.5K", 0, 512 },
		{ "2GiB", 0, 2147483648 },
		{ "2G", 0, 2147483648 },
		{ "2GB", 0, 2000000000 },
		{ "0.000000000931322574615478515625GiB", 0, 1 },
		{ "18446744073709551615B", 0, UINT64_MAX },
		{ "17179869183GiB", 0, UINT64_C(17179869183) << 30 },
		{ "17179869184GiB", -ERANGE, 0 },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "0.3KiB", -EINVAL, 0 },
		{ "1.5", -EINVAL, 0 },
		{ "0.000000000931322574615478515626GiB", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "KiB", -EINVAL, 0 },
		{ "-4KiB", -EINVAL, 0 },
		{ "4 KiB", -EINVAL, 0 },
		{ "4KiBs", -EINVAL, 0 },
		{ "4Ki", -EINVAL, 0 },
		{ "4TiB", -EINVAL, 0 },
		{ "4KiB ", -EINVAL, 0 },
		{ "4KiB,", -EINVAL, 0 },
		{ "0x1000", -EINVAL, 0 },
	};

	(void)state;
	check_unsigned(parse_size, cases, LENGTH_OF(cases));
}

static void test_parse_rate(void **state)
{
	static const struct unsigned_case cases[] = {
		{ "max", 0, PARSE_RATE_MAX },
		{ "1", 0, 1 },
		{ "500k", 0, 500000 },
		{ "1M", 0, 1000000 },
		{ "0", -ERANGE, 0 },
		{ "0k", -ERANGE, 0 },
		{ "99999999999G", -ERANGE, 0 },
		{ "Max", -EINVAL, 0 },
		{ "maximum", -EINVAL, 0 },
		{ "500k/s", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
	};

	(void)state;
	check_unsigned(parse_rate, cases, LENGTH_OF(cases));
}

static void test_parse_long_texts(void **state)
{
	enum { LENGTH = 100000 };
	char *text = malloc(LENGTH + 2);
	uint64_t value = UNTOUCHED;
	int64_t duration = UNTOUCHED;
	double fraction = 1;

	(void)state;
	assert_non_null(text);
	memset(text, '9', LENGTH);
	text[LENGTH] = '\0';
	assert_int_equal(parse_count(text, &value), -ERANGE);
	assert_int_equal(parse_size(text, &value), -ERANGE);
	assert_int_equal(parse_percent(text, &fraction), -ERANGE);
	assert_int_equal(parse_duration(text, &duration), -ERANGE);
	memset(text, '0', LENGTH);
	assert_int_equal(parse_count(text, &value), 0);
	assert_int_equal(value, 0);
	text[1] = '.';
	assert_int_equal(parse_size(text, &value), 0);
	assert_int_equal(parse_percent(text, &fraction), 0);
	assert_true(fraction == 0.0);
	text[LENGTH] = 's';
	text[LENGTH + 1] = '\0';
	assert_int_equal(parse_duration(text, &duration), 0);
	assert_int_equal(duration, 0);
	memset(text, '.', LENGTH);
	assert_int_equal(parse_count(text, &value), -EINVAL);
	assert_int_equal(parse_duration(text, &duration), -EINVAL);
	free(text);
}

static void test_parse_integer(void **state)
{
	static const struct {
		const char *text;
		int error;
		int value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "-0", 0, 0 },
		{ "42", 0, 42 },
		{ "-42", 0, -42 },
		{ "2147483647", 0, INT_MAX },
		{ "-2147483648", 0, INT_MIN },
		{ "2147483648", -ERANGE, 0 },
		{ "-2147483649", -ERANGE, 0 },
		{ "99999999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-", -EINVAL, 0 },
		{ "--1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ "1.0", -EINVAL, 0 },
		{ "1k", -EINVAL, 0 },
		{ "1 2", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		int value = UNTOUCHED;
		int error = parse_integer(cases[i].text, &value);

		if (error != cases[i].error || value != (error ? UNTOUCHED : cases[i].value))
			fail_msg("\"%s\": error %d value %d", cases[i].text, error, value);
	}
}

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S INT64_C(1000000000)
#define MINUTE (60 * S)
#define HOUR (3600 * S)

static void test_parse_duration(void **state)
{
	static const struct {
		const char *text;
		int error;
		int64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "+0", 0, 0 },
		{ "-0", 0, 0 },
		{ "0ms", 0, 0 },
		{ "0.0s", 0, 0 },
		{ "5ms", 0, 5 * MS },
		{ "+5ms", 0, 5 * MS },
		{ "-5ms", 0, -5 * MS },
		{ "1.5s", 0, 1500 * MS },
		{ "1.s", 0, S },
		{ ".25s", 0, 250 * MS },
		{ "1h2m3s", 0, HOUR + 2 * MINUTE + 3 * S },
		{ "3s2m1h", 0, HOUR + 2 * MINUTE + 3 * S },
		{ "1s1s", 0, 2 * S },
		{ "200us", 0, 200 * US },
		{ "200\xc2\xb5s", 0, 200 * US },
		{ "200\xce\xbcs", 0, 200 * US },
		{ "10ns", 0, 10 },
		{ "1.9ns", 0, 1 },
		{ "0.1h", 0, 6 * MINUTE },
		{ "-1m0.5s", 0, -60500 * MS },
		{ "2h3m4s5ms6us7ns", 0, 2 * HOUR + 3 * MINUTE + 4 * S + 5 * MS + 6 * US + 7 },
		{ "0.3333333333333333333h", 0, 20 * MINUTE },
		{ "0.100000000000000000000h", 0, 6 * MINUTE },
		{ "0.830103483285477580700h", 0, 49 * MINUTE + 48 * S + 372539827 },
		{ "0.9223372036854775809h", 0, INT64_C(3320413933267) },
		{ "9007199254740993ns", 0, INT64_C(9007199254740993) },
		{ "9223372036854775807ns", 0, INT64_MAX },
		{ "9223372036854775.807us", 0, INT64_MAX },
		{ "9223372036s854ms775us807ns", 0, INT64_MAX },
		{ "-9223372036854775808ns", 0, INT64_MIN },
		{ "-9223372036854775.808us", 0, INT64_MIN },
		{ "-2562047h47m16.854775808s", 0, INT64_MIN },
		{ "9223372036854775808ns", -ERANGE, 0 },
		{ "-9223372036854775809ns", -ERANGE, 0 },
		{ "9223372036854775810ns", -ERANGE, 0 },
		{ "99999999999999999999999ns", -ERANGE, 0 },
		{ "9223372036854776us", -ERANGE, 0 },
		{ "9223372036854775.808us", -ERANGE, 0 },
		{ "-9223372036854775.809us", -ERANGE, 0 },
		{ "9223372036854ms775us808ns", -ERANGE, 0 },
		{ "3000000h", -ERANGE, 0 },
		/* Go lets these two wrap around to zero. */
		{ "9223372036854775808ns9223372036854775808ns", -ERANGE, 0 },
		{ "-9223372036854775808ns9223372036854775808ns", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "3", -EINVAL, 0 },
		{ "00", -EINVAL, 0 },
		{ "-", -EINVAL, 0 },
		{ "+-1s", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ ".", -EINVAL, 0 },
		{ "-.", -EINVAL, 0 },
		{ ".s", -EINVAL, 0 },
		{ "+.s", -EINVAL, 0 },
		{ "1d", -EINVAL, 0 },
		{ "1S", -EINVAL, 0 },
		{ "1 s", -EINVAL, 0 },
		{ " 1s", -EINVAL, 0 },
		{ "1s ", -EINVAL, 0 },
		{ "1h30", -EINVAL, 0 },
		{ "1h-30m", -EINVAL, 0 },
		{ "1..5s", -EINVAL, 0 },
		{ "1.5.5s", -EINVAL, 0 },
		{ "1e3s", -EINVAL, 0 },
		{ "1,5s", -EINVAL, 0 },
		{ "\x85\x85", -EINVAL, 0 },
		{ "1\xc2s", -EINVAL, 0 },
		{ "5ms junk", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		int64_t value = UNTOUCHED;
		int error = parse_duration(cases[i].text, &value);

		if (error != cases[i].error || value != (error ? UNTOUCHED : cases[i].value))
			fail_msg("\"%s\": error %d value %lld", cases[i].text, error,
				(long long)value);
	}
}

static void test_format_duration(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
		const char *rounded;
	} cases[] = {
		{ 0, "0s", "0s" },
		{ 1, "1ns", "1ns" },
		{ 999, "999ns", "999ns" },
		{ 1000, "1\xc2\xb5s", "1\xc2\xb5s" },
		{ 1100, "1.1\xc2\xb5s", "1.1\xc2\xb5s" },
		{ 1500, "1.5\xc2\xb5s", "1.5\xc2\xb5s" },
		{ 12345, "12.345\xc2\xb5s", "12.35\xc2\xb5s" },
		{ 999949, "999.949\xc2\xb5s", "999.9\xc2\xb5s" },
		{ 999950, "999.95\xc2\xb5s", "1ms" },
		{ 2200 * US, "2.2ms", "2.2ms" },
		{ 33310123, "33.310123ms", "33.31ms" },
		{ 33314999, "33.314999ms", "33.31ms" },
		{ 33315000, "33.315ms", "33.32ms" },
		{ 999999999, "999.999999ms", "1s" },
		{ 3300 * MS, "3.3s", "3.3s" },
		{ 1234567890, "1.23456789s", "1.235s" },
		{ 59999 * MS, "59.999s", "1m0s" },
		{ 60500 * MS, "1m0.5s", "1m0.5s" },
		{ 60256 * MS, "1m0.256s", "1m0.26s" },
		{ 4 * MINUTE + 5 * S, "4m5s", "4m5s" },
		{ 8 * MINUTE + 1, "8m0.000000001s", "8m0s" },
		{ 1234560 * MS, "20m34.56s", "20m35s" },
		{ 123456700 * MS, "34h17m36.7s", "34h17m37s" },
		{ 100 * HOUR, "100h0m0s", "100h0m0s" },
		{ INT64_MAX, "2562047h47m16.854775807s", "2562047h47m17s" },
		{ INT64_MIN, "-2562047h47m16.854775808s", "-2562047h47m17s" },
		{ -1, "-1ns", "-1ns" },
		{ -1500 * MS, "-1.5s", "-1.5s" },
		{ -33310123, "-33.310123ms", "-33.31ms" },
	};
	char text[FORMAT_SIZE];

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		int64_t back = UNTOUCHED;

		assert_string_equal(
			format_duration(cases[i].value, text, sizeof(text)), cases[i].text);
		assert_int_equal(parse_duration(text, &back), 0);
		assert_true(back == cases[i].value);
		assert_string_equal(format_duration_short(cases[i].value, text, sizeof(text)),
			cases[i].rounded);
	}
}

static void test_format_into_little_room(void **state)
{
	char text[8] = "unused";

	(void)state;
	assert_string_equal(format_duration(5 * MS, text, 4), "5ms");
	assert_string_equal(format_duration(5 * MS, text, 3), "");
	memcpy(text, "unused", 7);
	assert_ptr_equal(format_duration(5 * MS, text, 0), text);
	assert_string_equal(text, "unused");
	assert_string_equal(format_size(1024, text, 4), "");
	assert_string_equal(format_percent(0.01, text, 2), "");
}

static void test_format_size(void **state)
{
	static const struct {
		uint64_t value;
		const char *text;
	} cases[] = {
		{ 0, "0B" },
		{ 80, "80B" },
		{ 1000, "1000B" },
		{ 1024, "1KiB" },
		{ 1572864, "1536KiB" },
		{ 67108864, "64MiB" },
		{ UINT64_C(3) << 30, "3GiB" },
		{ UINT64_MAX, "18446744073709551615B" },
	};
	char text[FORMAT_SIZE];

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		uint64_t back = UNTOUCHED;

		assert_string_equal(format_size(cases[i].value, text, sizeof(text)), cases[i].text);
		assert_int_equal(parse_size(text, &back), 0);
		assert_true(back == cases[i].value);
	}
}

static void test_parse_percent(void **state)
{
	static const struct {
		const char *text;
		int error;
		double value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "0%", 0, 0 },
		{ "1%", 0, 0.01 },
		{ "0.5%", 0, 0.005 },
		{ "7%", 0, 0.07 },
		{ "99.9%", 0, 0.999 },
		{ "100%", 0, 1 },
		{ "150%", 0, 1.5 },
		{ "0.02", 0, 0.02 },
		{ "0.999", 0, 0.999 },
		{ "0.33333333333333333333", 0, 0.333333333333333 },
		{ "1", -ERANGE, 0 },
		{ "1.0", -ERANGE, 0 },
		{ "5", -ERANGE, 0 },
		{ "1000000000000000%", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "%", -EINVAL, 0 },
		{ "-1%", -EINVAL, 0 },
		{ "+1%", -EINVAL, 0 },
		{ ".5%", -EINVAL, 0 },
		{ "5.%", -EINVAL, 0 },
		{ "1%%", -EINVAL, 0 },
		{ "1 %", -EINVAL, 0 },
		{ "1% ", -EINVAL, 0 },
		{ "nan", -EINVAL, 0 },
		{ "inf%", -EINVAL, 0 },
		{ "1e1%", -EINVAL, 0 },
		{ "0,5%", -EINVAL, 0 },
	};
	char text[FORMAT_SIZE];

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		double value = UNTOUCHED;
		int error = parse_percent(cases[i].text, &value);

		/* Exact: the parser promises the double of the same constant. */
		if (error != cases[i].error || value != (error ? UNTOUCHED : cases[i].value))
			fail_msg("\"%s\": error %d value %.17g", cases[i].text, error, value);
	}
	assert_string_equal(format_percent(0.01, text, sizeof(text)), "1%");
	assert_string_equal(format_percent(0.07, text, sizeof(text)), "7%");
	assert_string_equal(format_percent(0.0025, text, sizeof(text)), "0.25%");
}

static void test_parse_size_list(void **state)
{
	static const struct {
		const char *text;
		int error;
		size_t count;
		uint64_t sizes[8];
	} cases[] = {
		{ "16", 0, 1, { 16 } },
		{ "16,32,64", 0, 3, { 16, 32, 64 } },
		{ "64,16,16", 0, 3, { 64, 16, 16 } },
		{ "80:112:16", 0, 3, { 80, 96, 112 } },
		{ "80:111:16", 0, 2, { 80, 96 } },
		{ "80:80:16", 0, 1, { 80 } },
		{ "0:7:1", 0, 8, { 0, 1, 2, 3, 4, 5, 6, 7 } },
		{ "16,80:96:16,1KiB", 0, 4, { 16, 80, 96, 1024 } },
		{ "1KiB:2KiB:0.5KiB", 0, 3, { 1024, 1536, 2048 } },
		{ "18446744073709551614:18446744073709551615:1", 0, 2,
			{ UINT64_MAX - 1, UINT64_MAX } },
		{ "0:18446744073709551615:18446744073709551615", 0, 2, { 0, UINT64_MAX } },
		{ "0:8:1", -ERANGE, 0, { 0 } },
		{ "1,2,3,4,5,6,7,8,9", -ERANGE, 0, { 0 } },
		{ "1,2,3,4,5,6,7,8,1:2:1", -ERANGE, 0, { 0 } },
		{ "0:18446744073709551615:1", -ERANGE, 0, { 0 } },
		{ "18446744073709551616", -ERANGE, 0, { 0 } },
		{ "", -EINVAL, 0, { 0 } },
		{ ",", -EINVAL, 0, { 0 } },
		{ "16,", -EINVAL, 0, { 0 } },
		{ ",16", -EINVAL, 0, { 0 } },
		{ "16,,32", -EINVAL, 0, { 0 } },
		{ "16, 32", -EINVAL, 0, { 0 } },
		{ "16;32", -EINVAL, 0, { 0 } },
		{ "32:16:8", -EINVAL, 0, { 0 } },
		{ "16:32:0", -EINVAL, 0, { 0 } },
		{ "16:32", -EINVAL, 0, { 0 } },
		{ "16:32:", -EINVAL, 0, { 0 } },
		{ ":32:8", -EINVAL, 0, { 0 } },
		{ "16::8", -EINVAL, 0, { 0 } },
		{ "16:32:8:4", -EINVAL, 0, { 0 } },
		{ "16:32:-8", -EINVAL, 0, { 0 } },
		{ "16,x", -EINVAL, 0, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		/* From the heap, for the address sanitizer to see a write behind the end. */
		uint64_t *sizes = calloc(8, sizeof(*sizes));
		size_t count = UNTOUCHED;
		int error;

		assert_non_null(sizes);
		error = parse_size_list(cases[i].text, sizes, 8, &count);
		if (error != cases[i].error || count != (error ? UNTOUCHED : cases[i].count))
			fail_msg("\"%s\": error %d count %zu", cases[i].text, error, count);
		if (!error)
			assert_memory_equal(sizes, cases[i].sizes, count * sizeof(*sizes));
		free(sizes);
	}
}

static void test_parse_size_list_capacity(void **state)
{
	uint64_t sizes[125];
	size_t count = UNTOUCHED;

	(void)state;
	assert_int_equal(parse_size_list("16,80:2048:16", sizes, 125, &count), 0);
	assert_int_equal(count, 125);
	assert_int_equal(sizes[0], 16);
	assert_int_equal(sizes[1], 80);
	assert_int_equal(sizes[124], 2048);
	assert_int_equal(parse_size_list("16,80:2048:16", sizes, 124, &count), -ERANGE);
	assert_int_equal(parse_size_list("16", sizes, 0, &count), -ERANGE);
}

/* ---- flags ---- */

struct targets {
	uint64_t count;
	int rounds;
	uint64_t ring;
	int64_t timeout;
	double tolerance;
	const char *output;
	int mode;
	bool force;
	int parity;
	uint64_t free_count;
	int64_t free_duration;
};

static const struct targets defaults = {
	.count = 50000,
	.rounds = 5,
	.ring = 64 << 20,
	.timeout = 200 * US,
	.tolerance = 0.02,
	.mode = 2,
};

static struct targets t;

static const char *const modes[] = { "copy", "view", "both", NULL };

static int parse_parity(const char *text, void *target, char *error, size_t error_size)
{
	if (strcmp(text, "silent") == 0)
		return -1;
	if (strcmp(text, "even") != 0 && strcmp(text, "odd") != 0) {
		snprintf(error, error_size, "\"%s\" is no parity; give even or odd", text);
		return -EINVAL;
	}
	*(int *)target = text[0] == 'e' ? 2 : 1;
	return 0;
}

static const struct flag flags[] = {
	{ .name = "n",
		.kind = FLAG_COUNT,
		.target = &t.count,
		.placeholder = "COUNT",
		.help = "records per round",
		.minimal = 1 },
	{ .name = "rounds",
		.kind = FLAG_INTEGER,
		.target = &t.rounds,
		.placeholder = "N",
		.help = "rounds of each path",
		.minimal = -3,
		.maximal = 64 },
	{ .name = "ring",
		.kind = FLAG_SIZE,
		.target = &t.ring,
		.placeholder = "SIZE",
		.help = "size of the ring",
		.minimal = 4096,
		.maximal = 1 << 30 },
	{ .name = "timeout",
		.kind = FLAG_DURATION,
		.target = &t.timeout,
		.placeholder = "TIME",
		.help = "how long to wait for a record before the round is given up as lost, for a "
			"source that may stop",
		.minimal = 0,
		.maximal = FLAG_UNLIMITED },
	{ .name = "tolerance",
		.kind = FLAG_PERCENT,
		.target = &t.tolerance,
		.placeholder = "PERCENT",
		.help = "change that is not reported",
		.minimal = 0,
		.maximal = 7 },
	{ .name = "output",
		.kind = FLAG_STRING,
		.target = &t.output,
		.placeholder = "FILE",
		.help = "where the results go" },
	{ .name = "mode",
		.kind = FLAG_CHOICE,
		.target = &t.mode,
		.placeholder = "MODE",
		.help = "copy, view or both",
		.choices = modes },
	{ .name = "force", .kind = FLAG_BOOLEAN, .target = &t.force, .help = "overwrite the file" },
	{ .name = "parity-of-the-record-numbers",
		.kind = FLAG_CUSTOM,
		.target = &t.parity,
		.placeholder = "PARITY",
		.help = "even or odd",
		.default_text = "neither",
		.words = "even odd",
		.list = true,
		.parse = parse_parity },
	{ .name = "free-count",
		.kind = FLAG_COUNT,
		.target = &t.free_count,
		.placeholder = "COUNT",
		.help = "any count",
		.example = "1M",
		.default_text = "" },
	{ .name = "free-duration",
		.kind = FLAG_DURATION,
		.target = &t.free_duration,
		.placeholder = "TIME",
		.help = "any duration" },
};

static const struct flag_command command = {
	.name = "bpf_ringbuf_zc_benchmark",
	.arguments = "[OLD NEW]",
	.summary =
		"Measures how fast records come out of a ring buffer, for readers that copy them "
		"and readers that look at them in place.",
	.flags = flags,
	.flag_count = LENGTH_OF(flags),
};

static const char *values[2];
static struct flag_arguments arguments;
static char error_text[256];

/* Parses the words, which end with NULL, from the defaults on. */
static int parse_words(const char *const *words)
{
	char *argv[32] = { (char *)(uintptr_t) "program" };
	int argc = 1;

	for (; words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	t = defaults;
	arguments = (struct flag_arguments){ .values = values, .capacity = 2, .count = 99 };
	memset(error_text, 'x', sizeof(error_text));
	return flags_parse(&command, argc, argv, &arguments, error_text, sizeof(error_text));
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define PARSE(...) parse_words(WORDS(__VA_ARGS__))

#define ASSERT_GOOD(...)                             \
	do {                                         \
		int parsed = PARSE(__VA_ARGS__);     \
		assert_string_equal(error_text, ""); \
		assert_int_equal(parsed, 0);         \
	} while (0)

#define ASSERT_ERROR(text, ...)                                \
	do {                                                   \
		assert_int_equal(PARSE(__VA_ARGS__), -EINVAL); \
		assert_string_equal(error_text, text);         \
	} while (0)

static void test_flags_none(void **state)
{
	static const char *const none[] = { NULL };
	char *argv[] = { NULL };

	(void)state;
	assert_int_equal(parse_words(none), 0);
	assert_memory_equal(&t, &defaults, sizeof(t));
	assert_int_equal(arguments.count, 0);
	assert_string_equal(error_text, "");
	assert_int_equal(flags_parse(&command, 0, argv, NULL, error_text, sizeof(error_text)), 0);
}

static void test_flags_spellings(void **state)
{
	(void)state;
	ASSERT_GOOD("-n", "7");
	assert_int_equal(t.count, 7);
	ASSERT_GOOD("-n=8");
	assert_int_equal(t.count, 8);
	ASSERT_GOOD("--n", "9");
	assert_int_equal(t.count, 9);
	ASSERT_GOOD("--n=10");
	assert_int_equal(t.count, 10);
	ASSERT_GOOD("-n", "1", "-n=2", "--n", "3");
	assert_int_equal(t.count, 3);
	ASSERT_GOOD("-output=a=b");
	assert_string_equal(t.output, "a=b");
	ASSERT_GOOD("-output=");
	assert_string_equal(t.output, "");
	ASSERT_GOOD("-output", "");
	assert_string_equal(t.output, "");
}

static void test_flags_kinds(void **state)
{
	(void)state;
	ASSERT_GOOD("-n", "1.5M", "-rounds", "-3", "-ring", "4KiB", "-timeout", "1h2m3s",
		"-tolerance", "7%", "-output", "file", "-mode", "view", "-force",
		"-parity-of-the-record-numbers", "even");
	assert_int_equal(t.count, 1500000);
	assert_int_equal(t.rounds, -3);
	assert_int_equal(t.ring, 4096);
	assert_int_equal(t.timeout, 3723 * S);
	assert_true(t.tolerance == 0.07);
	assert_string_equal(t.output, "file");
	assert_int_equal(t.mode, 1);
	assert_true(t.force);
	assert_int_equal(t.parity, 2);
	ASSERT_GOOD("-free-count", "18446744073709551615", "-free-duration", "-5ms");
	assert_true(t.free_count == UINT64_MAX);
	assert_int_equal(t.free_duration, -5 * MS);
	ASSERT_GOOD("-n", "18446744073709551615");
	assert_true(t.count == UINT64_MAX);
	ASSERT_GOOD("-timeout", "0", "-rounds", "64", "-ring", "1GiB", "-tolerance", "0");
	assert_int_equal(t.timeout, 0);
	assert_int_equal(t.rounds, 64);
}

static void test_flags_boolean(void **state)
{
	static const char *const yes[] = { "1", "t", "T", "true", "True", "TRUE" };
	static const char *const no[] = { "0", "f", "F", "false", "False", "FALSE" };
	char word[32];

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		snprintf(word, sizeof(word), "-force=%s", yes[i]);
		ASSERT_GOOD(word);
		assert_true(t.force);
		snprintf(word, sizeof(word), "--force=%s", no[i]);
		ASSERT_GOOD("-force", word);
		assert_false(t.force);
	}
	/* The word behind is no value, as in Go. */
	ASSERT_GOOD("-force", "false");
	assert_true(t.force);
	assert_string_equal(arguments.values[0], "false");
	ASSERT_ERROR("-force: \"maybe\" is not true or false; give -force or -force=false",
		"-force=maybe");
	ASSERT_ERROR("-force: \"\" is not true or false; give -force or -force=false", "-force=");
}

static void test_flags_bad_values(void **state)
{
	(void)state;
	ASSERT_ERROR(
		"-n: \"0\" is not a count of at least 1; give for example -n 50000", "-n", "0");
	ASSERT_ERROR(
		"-n: \"-5\" is not a count of at least 1; give for example -n 50000", "-n", "-5");
	ASSERT_ERROR("-n: \"\" is not a count of at least 1; give for example -n 50000", "-n=");
	ASSERT_ERROR("-n: \"-force\" is not a count of at least 1; give for example -n 50000", "-n",
		"-force");
	ASSERT_ERROR(
		"-n: \"--\" is not a count of at least 1; give for example -n 50000", "-n", "--");
	ASSERT_ERROR("-free-count: \"x\" is not a count; give for example -free-count 1M",
		"-free-count", "x");
	ASSERT_ERROR("-rounds: \"65\" is not an integer from -3 to 64; give for example -rounds 5",
		"-rounds", "65");
	ASSERT_ERROR("-rounds: \"-4\" is not an integer from -3 to 64; give for example -rounds 5",
		"-rounds=-4");
	ASSERT_ERROR("-ring: \"4095\" is not a size from 4KiB to 1GiB; give for example "
		     "-ring 64MiB",
		"-ring", "4095");
	ASSERT_ERROR("-ring: \"17179869184GiB\" is not a size from 4KiB to 1GiB; give for example "
		     "-ring 64MiB",
		"-ring", "17179869184GiB");
	ASSERT_ERROR("-timeout: \"-5ms\" is not a duration of at least 0s; give for example "
		     "-timeout 200\xc2\xb5s",
		"-timeout", "-5ms");
	ASSERT_ERROR("-timeout: \"5\" is not a duration of at least 0s; give for example "
		     "-timeout 200\xc2\xb5s",
		"-timeout", "5");
	ASSERT_ERROR("-free-duration: \"soon\" is not a duration; give for example "
		     "-free-duration 0s",
		"-free-duration", "soon");
	ASSERT_ERROR("-tolerance: \"7.1%\" is not a percentage from 0% to 7%; give for example "
		     "-tolerance 2%",
		"-tolerance", "7.1%");
	ASSERT_ERROR("-tolerance: \"2\" is not a percentage from 0% to 7%; give for example "
		     "-tolerance 2%",
		"-tolerance", "2");
	ASSERT_ERROR(
		"-mode: unknown value \"fast\"; choose one of copy, view, both", "-mode", "fast");
	ASSERT_ERROR(
		"-mode: unknown value \"vie\"; choose one of copy, view, both", "-mode", "vie");
	ASSERT_ERROR("-parity-of-the-record-numbers: \"x\" is no parity; give even or odd",
		"-parity-of-the-record-numbers", "x");
	ASSERT_ERROR("-parity-of-the-record-numbers: \"silent\" is not accepted; "
		     "see bpf_ringbuf_zc_benchmark -help",
		"-parity-of-the-record-numbers=silent");
	/* A bad value leaves its target alone. */
	assert_int_equal(t.parity, 0);
	ASSERT_ERROR("-rounds: \"x\" is not an integer from -3 to 64; give for example -rounds 8",
		"-rounds", "8", "-rounds", "x");
	assert_int_equal(t.rounds, 8);
}

static void test_flags_example_within_limits(void **state)
{
	static uint64_t target;
	static const struct flag only = {
		.name = "n", .kind = FLAG_COUNT, .target = &target, .minimal = 10
	};
	static const struct flag_command small = {
		.name = "small", .flags = &only, .flag_count = 1
	};
	char *argv[] = { (char[]){ "small" }, (char[]){ "-n=1" }, NULL };

	(void)state;
	target = 3;
	assert_int_equal(
		flags_parse(&small, 2, argv, NULL, error_text, sizeof(error_text)), -EINVAL);
	assert_string_equal(
		error_text, "-n: \"1\" is not a count of at least 10; give for example -n 10");
}

static void test_flags_unlimited_percent(void **state)
{
	static double target;
	static const struct flag only = { .name = "p", .kind = FLAG_PERCENT, .target = &target };
	static const struct flag_command small = {
		.name = "small", .flags = &only, .flag_count = 1
	};
	char *good[] = { (char[]){ "small" }, (char[]){ "-p=250%" }, NULL };
	char *bad[] = { (char[]){ "small" }, (char[]){ "-p=3" }, NULL };

	(void)state;
	target = 0.5;
	assert_int_equal(
		flags_parse(&small, 2, bad, NULL, error_text, sizeof(error_text)), -EINVAL);
	assert_string_equal(error_text, "-p: \"3\" is not a percentage; give for example -p 50%");
	assert_int_equal(flags_parse(&small, 2, good, NULL, error_text, sizeof(error_text)), 0);
	assert_true(target == 2.5);
}

static void test_flags_missing_value(void **state)
{
	(void)state;
	ASSERT_ERROR("-rounds needs a value; give for example -rounds 5", "-rounds");
	ASSERT_ERROR("-rounds needs a value; give for example -rounds 5", "-n", "5", "--rounds");
	ASSERT_ERROR("-mode needs a value; choose one of copy, view, both", "-mode");
	ASSERT_ERROR(
		"-output needs a value; see bpf_ringbuf_zc_benchmark -help", "-force", "-output");
}

static void test_flags_unknown(void **state)
{
	(void)state;
	ASSERT_ERROR("unknown flag -foo; see bpf_ringbuf_zc_benchmark -help", "-foo");
	ASSERT_ERROR("unknown flag -foo; see bpf_ringbuf_zc_benchmark -help", "--foo=5");
	ASSERT_ERROR("unknown flag -x; see bpf_ringbuf_zc_benchmark -help", "-x");
	ASSERT_ERROR("unknown flag -:; see bpf_ringbuf_zc_benchmark -help", "-:");
	ASSERT_ERROR("unknown flag -5; see bpf_ringbuf_zc_benchmark -help", "-5");
	/* Abbreviations are no flags. */
	ASSERT_ERROR("unknown flag -round; did you mean -rounds?", "-round");
	ASSERT_ERROR("unknown flag -round; did you mean -rounds?", "-round=3");
	ASSERT_ERROR("unknown flag -out; did you mean -output?", "--out", "x");
	ASSERT_ERROR("unknown flag -hel; did you mean -help?", "-hel");
	/* Typos. */
	ASSERT_ERROR("unknown flag -ronuds; did you mean -rounds?", "-ronuds", "3");
	ASSERT_ERROR("unknown flag -time0ut; did you mean -timeout?", "-time0ut");
	ASSERT_ERROR("unknown flag -Force; did you mean -force?", "-Force");
	ASSERT_ERROR("unknown flag -hlep; did you mean -help?", "-hlep");
	ASSERT_ERROR("unknown flag -nn; did you mean -n?", "-nn");
	/* Of two flags at the same distance the first in the table, of others the nearer. */
	ASSERT_ERROR("unknown flag -free-; did you mean -free-count?", "-free-");
	ASSERT_ERROR("unknown flag -rinsg; did you mean -ring?", "-rinsg");
	ASSERT_ERROR("bad flag syntax \"-=5\"; see bpf_ringbuf_zc_benchmark -help", "-=5");
	ASSERT_ERROR("bad flag syntax \"---n\"; see bpf_ringbuf_zc_benchmark -help", "---n");
	ASSERT_ERROR("bad flag syntax \"--=\"; see bpf_ringbuf_zc_benchmark -help", "--=");
}

static void test_flags_arguments(void **state)
{
	(void)state;
	ASSERT_GOOD("old", "new");
	assert_int_equal(arguments.count, 2);
	assert_string_equal(arguments.values[0], "old");
	assert_string_equal(arguments.values[1], "new");
	ASSERT_GOOD("-n", "3", "old", "-force", "new", "-rounds=4");
	assert_int_equal(arguments.count, 2);
	assert_string_equal(arguments.values[0], "old");
	assert_string_equal(arguments.values[1], "new");
	assert_int_equal(t.count, 3);
	assert_int_equal(t.rounds, 4);
	assert_true(t.force);
	ASSERT_GOOD("-n", "3", "--", "-n", "4");
	assert_int_equal(t.count, 3);
	assert_string_equal(arguments.values[0], "-n");
	assert_string_equal(arguments.values[1], "4");
	ASSERT_GOOD("-", "--", "--");
	assert_int_equal(arguments.count, 2);
	assert_string_equal(arguments.values[0], "-");
	assert_string_equal(arguments.values[1], "--");
	ASSERT_GOOD("--", "-help");
	assert_string_equal(arguments.values[0], "-help");
	ASSERT_GOOD("");
	assert_string_equal(arguments.values[0], "");
	ASSERT_ERROR("unexpected argument \"third\"; see bpf_ringbuf_zc_benchmark -help", "a", "b",
		"-force", "third");
	ASSERT_ERROR("unexpected argument \"third\"; see bpf_ringbuf_zc_benchmark -help", "a", "--",
		"b", "third");
}

static void test_flags_no_arguments_allowed(void **state)
{
	char *argv[] = { (char[]){ "program" }, (char[]){ "extra" }, NULL };

	(void)state;
	assert_int_equal(
		flags_parse(&command, 2, argv, NULL, error_text, sizeof(error_text)), -EINVAL);
	assert_string_equal(
		error_text, "unexpected argument \"extra\"; see bpf_ringbuf_zc_benchmark -help");
}

static void test_flags_help(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-h"), 1);
	assert_string_equal(error_text, "");
	assert_int_equal(PARSE("-help"), 1);
	assert_int_equal(PARSE("--help"), 1);
	assert_int_equal(PARSE("--h"), 1);
	/* The targets stay at the defaults for the help to show, even behind good or bad values. */
	assert_int_equal(PARSE("-n", "7", "-force", "a", "b", "c", "-h"), 1);
	assert_memory_equal(&t, &defaults, sizeof(t));
	assert_int_equal(arguments.count, 0);
	assert_int_equal(PARSE("-n", "0", "-help"), 1);
	/* Taken as a value, or behind something unknown, it is no call for help. */
	ASSERT_GOOD("-output", "-help");
	assert_string_equal(t.output, "-help");
	ASSERT_ERROR("unknown flag -foo; see bpf_ringbuf_zc_benchmark -help", "-foo", "-help");
}

static void test_flags_own_help_flag(void **state)
{
	static bool target;
	static const struct flag only = { .name = "h", .kind = FLAG_BOOLEAN, .target = &target };
	static const struct flag_command small = {
		.name = "small", .flags = &only, .flag_count = 1
	};
	char *argv[] = { (char[]){ "small" }, (char[]){ "-h" }, NULL };

	(void)state;
	assert_int_equal(flags_parse(&small, 2, argv, NULL, error_text, sizeof(error_text)), 0);
	assert_true(target);
}

static void test_flags_again_after_errors(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		ASSERT_ERROR("-rounds needs a value; give for example -rounds 5", "a", "-n", "3",
			"-rounds");
		ASSERT_GOOD("-n", "4", "a");
		assert_int_equal(t.count, 4);
		assert_int_equal(arguments.count, 1);
		ASSERT_ERROR(
			"unknown flag -foo; see bpf_ringbuf_zc_benchmark -help", "-n", "3", "-foo");
		assert_int_equal(PARSE("-h"), 1);
	}
}

static void test_flags_long_and_odd_texts(void **state)
{
	char word[1000];

	(void)state;
	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	ASSERT_ERROR(
		"-n: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\" is not a count of "
		"at least 1; give for example -n 50000",
		"-n", word);
	word[0] = '-';
	ASSERT_ERROR("unknown flag -aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...; "
		     "see bpf_ringbuf_zc_benchmark -help",
		word);
	/* Not cut within a character: 47 bytes, then one of two bytes. */
	memset(word, 'a', 47);
	memcpy(word + 47, "\xc2\xb5sss", 6);
	ASSERT_ERROR("-n: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\" is not a count of "
		     "at least 1; give for example -n 50000",
		"-n", word);
	/* One line, and nothing for the terminal to act on. */
	ASSERT_ERROR("-mode: unknown value \"a?b?[1m\"; choose one of copy, view, both", "-mode",
		"a\nb\033[1m");
}

static void test_flags_short_error_buffer(void **state)
{
	char *argv[] = { (char[]){ "program" }, (char[]){ "-foo" }, NULL };
	char text[8];

	(void)state;
	assert_int_equal(flags_parse(&command, 2, argv, NULL, text, sizeof(text)), -EINVAL);
	assert_string_equal(text, "unknown");
	assert_int_equal(flags_parse(&command, 2, argv, NULL, NULL, 0), -EINVAL);
}

static char *print_help(const struct flag_command *printed)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	flags_print_help(stream, printed);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void test_print_help(void **state)
{
	static const char wanted[] =
		"usage: bpf_ringbuf_zc_benchmark [flags] [OLD NEW]\n"
		"\n"
		"Measures how fast records come out of a ring buffer, for readers that copy them "
		"and\n"
		"readers that look at them in place.\n"
		"\n"
		"flags:\n"
		"  -n COUNT             records per round (default 50000)\n"
		"  -rounds N            rounds of each path (default 5)\n"
		"  -ring SIZE           size of the ring (default 64MiB)\n"
		"  -timeout TIME        how long to wait for a record before the round is given up "
		"as lost,\n"
		"                       for a source that may stop (default 200\xc2\xb5s)\n"
		"  -tolerance PERCENT   change that is not reported (default 2%)\n"
		"  -output FILE         where the results go\n"
		"  -mode MODE           copy, view or both (default both)\n"
		"  -force               overwrite the file\n"
		"  -parity-of-the-record-numbers PARITY\n"
		"                       even or odd (default neither)\n"
		"  -free-count COUNT    any count\n"
		"  -free-duration TIME  any duration (default 0s)\n"
		"  -help                print this help\n";
	char *text;

	(void)state;
	t = defaults;
	text = print_help(&command);
	assert_string_equal(text, wanted);
	free(text);
	t.output = "results.json";
	t.force = true;
	t.mode = 17;
	text = print_help(&command);
	assert_non_null(strstr(text, "where the results go (default results.json)\n"));
	assert_non_null(strstr(text, "overwrite the file (default true)\n"));
	assert_non_null(strstr(text, "copy, view or both\n"));
	free(text);
}

static void test_print_help_minimum(void **state)
{
	static const struct flag_command bare = { .name = "bare" };
	char *text = print_help(&bare);

	(void)state;
	assert_string_equal(text, "usage: bare [flags]\n\nflags:\n  -help  print this help\n");
	free(text);
}

static void test_print_help_width(void **state)
{
	char *text;

	(void)state;
	t = defaults;
	text = print_help(&command);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_in_range(strlen(line), 1, 91); /* one byte more for the micro sign */
	free(text);
}

/* Asked for until the next parse, and by this word alone. */
static void test_print_table(void **state)
{
	char *text;

	(void)state;
	t = defaults;
	assert_int_equal(PARSE("-n", "7", "-help=table"), 1);
	text = print_help(&command);
	assert_memory_equal(text, "bpf_ringbuf_zc_benchmark\t[OLD NEW]\tMeasures how", 47);
	assert_non_null(strstr(text, "\nn\tCOUNT\t50000\t\t\trecords per round\n"));
	assert_non_null(strstr(text, "\nmode\tMODE\tboth\tcopy view both\t\tcopy, view or both\n"));
	assert_non_null(strstr(text, "\nforce\t\t\t\t\toverwrite the file\n"));
	assert_non_null(
		strstr(text, "\nparity-of-the-record-numbers\tPARITY\tneither\teven odd\tlist"
			     "\teven or odd\n"));
	free(text);
	assert_int_equal(PARSE("-help=tables"), 1);
	text = print_help(&command);
	assert_memory_equal(text, "usage:", 6);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_count),
		cmocka_unit_test(test_parse_size),
		cmocka_unit_test(test_parse_rate),
		cmocka_unit_test(test_parse_long_texts),
		cmocka_unit_test(test_parse_integer),
		cmocka_unit_test(test_parse_duration),
		cmocka_unit_test(test_format_duration),
		cmocka_unit_test(test_format_into_little_room),
		cmocka_unit_test(test_format_size),
		cmocka_unit_test(test_parse_percent),
		cmocka_unit_test(test_parse_size_list),
		cmocka_unit_test(test_parse_size_list_capacity),
		cmocka_unit_test(test_flags_none),
		cmocka_unit_test(test_flags_spellings),
		cmocka_unit_test(test_flags_kinds),
		cmocka_unit_test(test_flags_boolean),
		cmocka_unit_test(test_flags_bad_values),
		cmocka_unit_test(test_flags_example_within_limits),
		cmocka_unit_test(test_flags_unlimited_percent),
		cmocka_unit_test(test_flags_missing_value),
		cmocka_unit_test(test_flags_unknown),
		cmocka_unit_test(test_flags_arguments),
		cmocka_unit_test(test_flags_no_arguments_allowed),
		cmocka_unit_test(test_flags_help),
		cmocka_unit_test(test_flags_own_help_flag),
		cmocka_unit_test(test_flags_again_after_errors),
		cmocka_unit_test(test_flags_long_and_odd_texts),
		cmocka_unit_test(test_flags_short_error_buffer),
		cmocka_unit_test(test_print_help),
		cmocka_unit_test(test_print_table),
		cmocka_unit_test(test_print_help_minimum),
		cmocka_unit_test(test_print_help_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
