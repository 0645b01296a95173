/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/values.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MICROSECOND UINT64_C(1000)
#define MILLISECOND UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

__extension__ typedef unsigned __int128 wide;

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit count_units[] = { { "", 1 }, { "k", 1000 }, { "K", 1000 },
	{ "M", 1000000 }, { "G", 1000000000 }, { NULL, 0 } };

/* In small or capital letters. */
static const struct unit size_units[] = { { "", 1 }, { "B", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 },
	{ "G", 1 << 30 }, { "T", UINT64_C(1) << 40 }, { "KiB", 1 << 10 }, { "MiB", 1 << 20 },
	{ "GiB", 1 << 30 }, { "TiB", UINT64_C(1) << 40 }, { "KB", 1000 }, { "MB", 1000000 },
	{ "GB", 1000000000 }, { "TB", UINT64_C(1000000000000) }, { NULL, 0 } };

static const struct unit duration_units[] = { { "ns", 1 }, { "us", MICROSECOND },
	{ "\xc2\xb5s", MICROSECOND }, /* U+00B5, the micro sign */
	{ "\xce\xbcs", MICROSECOND }, /* U+03BC, the Greek letter mu */
	{ "ms", MILLISECOND }, { "s", SECOND }, { "m", 60 * SECOND }, { "h", 3600 * SECOND },
	{ NULL, 0 } };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A decimal number: whole + fraction / scale. Digits of the fraction beyond 18 are lost. */
struct decimal {
	uint64_t whole, fraction, scale;
	bool lost;
};

/* Parses it at the front of the text. Returns 0; -EINVAL if there is none; or -ERANGE. */
static int scan_decimal(const char **text, struct decimal *number)
{
	const char *start = *text;

	*number = (struct decimal){ .scale = 1 };
	for (; is_digit(**text); (*text)++)
		if (__builtin_mul_overflow(number->whole, UINT64_C(10), &number->whole) ||
			__builtin_add_overflow(
				number->whole, (uint64_t)(**text - '0'), &number->whole))
			return -ERANGE;
	if (*text == start)
		return -EINVAL;
	if (**text != '.')
		return 0;
	if (!is_digit(*++*text))
		return -EINVAL;
	for (; is_digit(**text); (*text)++) {
		if (number->scale < UINT64_C(1000000000000000000)) {
			number->fraction = number->fraction * 10 + (uint64_t)(**text - '0');
			number->scale *= 10;
		} else {
			number->lost |= **text != '0';
		}
	}
	return 0;
}

/* Parses a number and its unit, which is everything up to one of @ends, at the front of the text. A
 * fraction below one is dropped, or with @whole refused. */
static int scan_amount(const char **text, const struct unit *units, const char *ends, bool whole,
	bool any_case, uint64_t *value)
{
	struct decimal number;
	int err = scan_decimal(text, &number);
	const size_t length = err ? 0 : strcspn(*text, ends);
	wide product;

	for (; !err && units->name; units++)
		if (strlen(units->name) == length &&
			(any_case ? strncasecmp(units->name, *text, length)
				  : strncmp(units->name, *text, length)) == 0)
			break;
	if (err || !units->name)
		return err ? err : -EINVAL;
	product = (wide)number.fraction * units->factor;
	if (whole && (number.lost || product % number.scale != 0))
		return -EINVAL;
	product = product / number.scale + (wide)number.whole * units->factor;
	if (product > UINT64_MAX)
		return -ERANGE;
	*text += length;
	*value = (uint64_t)product;
	return 0;
}

static int parse_amount(const char *text, const struct unit *units, bool any_case, uint64_t *value)
{
	uint64_t parsed;
	const int err = scan_amount(&text, units, "", true, any_case, &parsed);

	if (!err)
		*value = parsed;
	return err;
}

int parse_count(const char *text, uint64_t *count)
{
	return parse_amount(text, count_units, false, count);
}

int parse_size(const char *text, uint64_t *bytes)
{
	return parse_amount(text, size_units, true, bytes);
}

int parse_integer(const char *text, int *value)
{
	const bool negative = *text == '-';
	struct decimal number;
	int err;

	text += negative;
	err = scan_decimal(&text, &number);
	if (err || *text || number.scale > 1)
		return err ? err : -EINVAL;
	if (number.whole > (uint64_t)INT_MAX + negative)
		return -ERANGE;
	*value = (int)(negative ? -(int64_t)number.whole : (int64_t)number.whole);
	return 0;
}

int parse_duration(const char *text, int64_t *nanoseconds)
{
	const bool negative = *text == '-';
	uint64_t sum = 0, part = 0;

	text += negative;
	if (strcmp(text, "0") == 0)
		text = "0s";
	do {
		int err = scan_amount(&text, duration_units, ".0123456789", false, false, &part);

		if (err)
			return err;
		if (part > INT64_MAX - sum)
			return -ERANGE;
		sum += part;
	} while (*text);
	*nanoseconds = negative ? -(int64_t)sum : (int64_t)sum;
	return 0;
}

int parse_percent(const char *text, double *fraction)
{
	struct decimal number;
	int err = scan_decimal(&text, &number);
	const bool has_sign = !err && strcmp(text, "%") == 0;
	double value;

	if (err || (*text && !has_sign))
		return err ? err : -EINVAL;
	/* Of whole numbers only: 7 / 100 is 0.07, and 0.07 * 100 / 100 is not. */
	if ((double)number.whole * (double)number.scale > 1e18)
		return -ERANGE;
	value = (double)(number.whole * number.scale + number.fraction) /
		((double)number.scale * (has_sign ? 100 : 1));
	if (!has_sign && value >= 1)
		return -ERANGE;
	*fraction = value;
	return 0;
}

/* One size, which is a range of one, or first:last:step. */
static int scan_range(const char **text, uint64_t range[3])
{
	int fields = 0, err;

	do {
		*text += fields > 0;
		err = scan_amount(text, size_units, ":,", true, true, &range[fields++]);
	} while (!err && **text == ':' && fields < 3);
	if (err || **text == ':' || fields == 2)
		return err ? err : -EINVAL;
	if (fields == 1) {
		range[1] = range[0];
		range[2] = 1;
	}
	return range[1] < range[0] || range[2] == 0 ? -EINVAL : 0;
}

int parse_size_list(const char *text, uint64_t *sizes, size_t capacity, size_t *count)
{
	size_t used = 0;

	do {
		uint64_t range[3], steps;
		int err;

		text += used > 0;
		err = scan_range(&text, range);
		if (err)
			return err;
		steps = (range[1] - range[0]) / range[2];
		/* Not steps + 1 > ..., which can wrap around. */
		if (steps >= capacity - used)
			return -ERANGE;
		for (uint64_t i = 0; i <= steps; i++)
			sizes[used++] = range[0] + i * range[2];
	} while (*text == ',');
	*count = used;
	return 0;
}

int parse_rate(const char *text, uint64_t *per_second)
{
	uint64_t count;
	int err;

	if (strcmp(text, "max") == 0) {
		*per_second = PARSE_RATE_MAX;
		return 0;
	}
	err = parse_count(text, &count);
	if (!err && count == 0)
		err = -ERANGE;
	if (!err)
		*per_second = count;
	return err;
}

/* @value without the zeros at its end. */
static void append_decimal(char text[FORMAT_SIZE], double value, int decimals, const char *unit)
{
	char digits[FORMAT_SIZE];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%.*f", decimals, value);

	for (size_t i = 0; i < length; i++)
		if (digits[i] == ',') /* of some locales */
			digits[i] = '.';
	while (decimals > 0 && digits[length - 1] == '0')
		length--;
	length -= decimals > 0 && digits[length - 1] == '.';
	snprintf(text + strlen(text), FORMAT_SIZE - strlen(text), "%.*s%s", (int)length, digits,
		unit);
}

static char *copy_text(const char *text, char *buffer, size_t size)
{
	if (strlen(text) < size)
		strcpy(buffer, text);
	else if (size > 0)
		buffer[0] = '\0';
	return buffer;
}

static char *format_magnitude(bool negative, uint64_t ns, char *buffer, size_t size)
{
	const uint64_t minutes = ns / (60 * SECOND);
	char text[FORMAT_SIZE] = "";

	if (negative)
		strcpy(text, "-");
	if (ns == 0)
		strcat(text, "0s");
	else if (ns < MICROSECOND)
		append_decimal(text, (double)ns, 0, "ns");
	else if (ns < MILLISECOND)
		append_decimal(text, (double)ns / 1e3, 3, "\xc2\xb5s");
	else if (ns < SECOND)
		append_decimal(text, (double)ns / 1e6, 6, "ms");
	else {
		if (minutes >= 60)
			snprintf(text + strlen(text), FORMAT_SIZE - strlen(text), "%" PRIu64 "h",
				minutes / 60);
		if (minutes > 0)
			snprintf(text + strlen(text), FORMAT_SIZE - strlen(text), "%" PRIu64 "m",
				minutes % 60);
		append_decimal(text, (double)(ns % (60 * SECOND)) / 1e9, 9, "s");
	}
	return copy_text(text, buffer, size);
}

static uint64_t magnitude_of(int64_t value)
{
	/* Negated as unsigned, where INT64_MIN has an opposite. */
	return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

char *format_duration(int64_t nanoseconds, char *buffer, size_t size)
{
	return format_magnitude(nanoseconds < 0, magnitude_of(nanoseconds), buffer, size);
}

char *format_duration_short(int64_t nanoseconds, char *buffer, size_t size)
{
	uint64_t magnitude = magnitude_of(nanoseconds), grain = 1;

	while (grain < SECOND && magnitude / grain >= 10000)
		grain *= 10;
	magnitude = (magnitude + grain / 2) / grain * grain;
	return format_magnitude(nanoseconds < 0, magnitude, buffer, size);
}

char *format_size(uint64_t bytes, char *buffer, size_t size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	char text[FORMAT_SIZE];
	int unit = 0;

	for (; bytes > 0 && bytes % 1024 == 0 && unit < 4; unit++)
		bytes /= 1024;
	snprintf(text, sizeof(text), "%" PRIu64 "%s", bytes, units[unit]);
	return copy_text(text, buffer, size);
}

char *format_percent(double fraction, char *buffer, size_t size)
{
	char text[FORMAT_SIZE];

	snprintf(text, sizeof(text), "%.6g%%", fraction * 100);
	return copy_text(text, buffer, size);
}
