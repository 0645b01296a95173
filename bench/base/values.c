/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/values.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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
	{ "\xc2\xb5s", MICROSECOND }, { "\xce\xbcs", MICROSECOND }, /* micro sign, Greek mu */
	{ "ms", MILLISECOND }, { "s", SECOND }, { "m", 60 * SECOND }, { "h", 3600 * SECOND },
	{ NULL, 0 } };

/* A decimal number: whole + fraction / scale. Digits of the fraction beyond 18 are lost. */
struct decimal {
	uint64_t whole, fraction, scale;
	bool lost;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Parses it at the front of the text. Returns 0; -EINVAL if there is none; or -ERANGE. */
static int scan_decimal(const char **text, struct decimal *number)
{
	char *end;

	*number = (struct decimal){ .scale = 1 };
	if (!is_digit(**text))
		return -EINVAL;
	errno = 0;
	number->whole = strtoull(*text, &end, 10);
	if (errno)
		return -errno;
	*text = end;
	if (*end != '.')
		return 0;
	if (!is_digit(*++*text))
		return -EINVAL;
	for (; is_digit(**text); (*text)++)
		if (number->scale < UINT64_C(1000000000000000000)) {
			number->fraction = number->fraction * 10 + (uint64_t)(**text - '0');
			number->scale *= 10;
		} else {
			number->lost |= **text != '0';
		}
	return 0;
}

/* Parses a number and its unit, which is everything up to one of @ends, at the front of the text. In
 * a duration a fraction below one is dropped; elsewhere it is an error. */
static int scan_amount(
	const char **text, const struct unit *units, const char *ends, uint64_t *value)
{
	struct decimal number;
	int err = scan_decimal(text, &number);
	const size_t length = err ? 0 : strcspn(*text, ends);
	const bool any_case = units == size_units;
	wide product;

	for (; !err && units->name; units++)
		if (strlen(units->name) == length &&
			(any_case ? strncasecmp : strncmp)(units->name, *text, length) == 0)
			break;
	if (err || !units->name)
		return err ? err : -EINVAL;
	product = (wide)number.fraction * units->factor;
	if (!ends[0] && (number.lost || product % number.scale != 0))
		return -EINVAL;
	product = product / number.scale + (wide)number.whole * units->factor;
	if (product > UINT64_MAX)
		return -ERANGE;
	*text += length;
	*value = (uint64_t)product;
	return 0;
}

int parse_count(const char *text, uint64_t *count)
{
	return scan_amount(&text, count_units, "", count);
}

int parse_size(const char *text, uint64_t *bytes)
{
	return scan_amount(&text, size_units, "", bytes);
}

int parse_duration(const char *text, int64_t *nanoseconds)
{
	uint64_t sum = 0, part = 0;

	if (strcmp(text, "0") == 0)
		text = "0s";
	do {
		int err = scan_amount(&text, duration_units, ".0123456789", &part);

		if (err)
			return err;
		if (part > INT64_MAX - sum)
			return -ERANGE;
		sum += part;
	} while (*text);
	*nanoseconds = (int64_t)sum;
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

/* Appends @units / 10^@decimals without the zeros at its end, and @unit. Integers only: the decimal
 * point of printf depends on the locale. */
static void append_decimal(char *text, size_t size, uint64_t units, int decimals, const char *unit)
{
	const size_t used = strlen(text);
	uint64_t scale = 1;

	for (; decimals > 0 && units % 10 == 0; decimals--)
		units /= 10;
	for (int i = 0; i < decimals; i++)
		scale *= 10;
	if (decimals == 0)
		snprintf(text + used, size - used, "%" PRIu64 "%s", units, unit);
	else
		snprintf(text + used, size - used, "%" PRIu64 ".%0*" PRIu64 "%s", units / scale,
			decimals, units % scale, unit);
}

char *format_duration(int64_t nanoseconds, char *buffer, size_t size)
{
	const uint64_t ns = (uint64_t)nanoseconds, minutes = ns / (60 * SECOND);

	buffer[0] = '\0';
	if (ns > 0 && ns < MICROSECOND)
		append_decimal(buffer, size, ns, 0, "ns");
	else if (ns > 0 && ns < MILLISECOND)
		append_decimal(buffer, size, ns, 3, "\xc2\xb5s");
	else if (ns > 0 && ns < SECOND)
		append_decimal(buffer, size, ns, 6, "ms");
	else {
		if (minutes >= 60)
			append_decimal(buffer, size, minutes / 60, 0, "h");
		if (minutes > 0)
			append_decimal(buffer, size, minutes % 60, 0, "m");
		append_decimal(buffer, size, ns % (60 * SECOND), 9, "s");
	}
	return buffer;
}

char *format_duration_short(int64_t nanoseconds, char *buffer, size_t size)
{
	const uint64_t ns = (uint64_t)nanoseconds;
	uint64_t grain = 1;

	while (grain < SECOND && ns / grain >= 10000)
		grain *= 10;
	return format_duration((int64_t)((ns + grain / 2) / grain * grain), buffer, size);
}

char *format_size(uint64_t bytes, char *buffer, size_t size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	int unit = 0;

	for (; bytes > 0 && bytes % 1024 == 0 && unit < 4; unit++)
		bytes /= 1024;
	snprintf(buffer, size, "%" PRIu64 "%s", bytes, units[unit]);
	return buffer;
}

char *format_percent(double fraction, char *buffer, size_t size)
{
	snprintf(buffer, size, "%.6g%%", fraction * 100);
	return buffer;
}

/* Three digits of @value, in the last of @units (NULL-terminated, each @base times the one before)
 * that it fills. A whole number of bytes, or in the first unit, has no decimals. */
static char *three_digits(
	char *text, size_t size, double value, double base, const char *const *units)
{
	const char *const *unit = units;
	int decimals;

	for (; value >= 999.5 && isfinite(value) && unit[1]; unit++)
		value /= base;
	decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	if ((base == 1024 || unit == units) && value == floor(value))
		decimals = 0;
	snprintf(text, size, isfinite(value) ? "%.*f%s" : "-", decimals, value, *unit);
	return text;
}

char *amount_text(char *text, size_t size, double value)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E", NULL };

	return three_digits(text, size, value, 1000, units);
}

char *amount_ns(char *text, size_t size, double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s", NULL };

	return three_digits(text, size, ns < 1000 ? round(ns) : ns, 1000, units);
}

char *amount_bytes(char *text, size_t size, uint64_t bytes)
{
	static const char *const units[] = { " KiB", " MiB", " GiB", NULL };

	if (bytes >= 10240)
		return three_digits(text, size, (double)bytes / 1024, 1024, units);
	snprintf(text, size, "%" PRIu64 " B", bytes);
	return text;
}

char *amount_share(char *text, size_t size, double share)
{
	const double percent = share * 100;

	if (!isfinite(percent))
		snprintf(text, size, "-");
	else if (percent >= 99.5 && percent < 100)
		snprintf(text, size, "%.4g %%", fmin(percent, 99.99));
	else
		snprintf(text, size, percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
	return text;
}

char *amount_time(char *text, size_t size, int64_t nanoseconds)
{
	const uint64_t ns = (uint64_t)nanoseconds;
	const uint64_t grain = ns >= 10 * SECOND   ? SECOND
			       : ns >= SECOND      ? SECOND / 10
			       : ns >= MILLISECOND ? MILLISECOND
			       : ns >= MICROSECOND ? MICROSECOND
						   : 1;

	return format_duration((int64_t)((ns + grain / 2) / grain * grain), text, size);
}

char *amount_exact(char *text, size_t size, uint64_t value)
{
	char digits[24];
	const int count = snprintf(digits, sizeof(digits), "%" PRIu64, value);
	int used = 0;

	for (int i = 0; i < count && used < (int)size; i++)
		used += snprintf(text + used, size - (size_t)used, "%s%c",
			i > 0 && (count - i) % 3 == 0 ? "," : "", digits[i]);
	return text;
}
