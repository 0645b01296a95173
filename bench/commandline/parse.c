/* SPDX-License-Identifier: BSD-2-Clause */
#include "commandline/parse.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define KIBI (UINT64_C(1) << 10)
#define MEBI (UINT64_C(1) << 20)
#define GIBI (UINT64_C(1) << 30)

/* The magnitude of INT64_MIN, the largest that any duration can have. */
#define DURATION_MAGNITUDE_MAX (UINT64_C(1) << 63)

#define MICROSECOND UINT64_C(1000)
#define MILLISECOND UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit count_units[] = {
	{ "", 1 },
	{ "k", 1000 },
	{ "K", 1000 },
	{ "M", 1000000 },
	{ "G", 1000000000 },
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "K", KIBI },
	{ "M", MEBI },
	{ "G", GIBI },
	{ "KiB", KIBI },
	{ "MiB", MEBI },
	{ "GiB", GIBI },
	{ "KB", 1000 },
	{ "MB", 1000000 },
	{ "GB", 1000000000 },
};

static const struct unit duration_units[] = {
	{ "ns", 1 },
	{ "us", MICROSECOND },
	{ "\xc2\xb5s", MICROSECOND }, /* U+00B5, the micro sign */
	{ "\xce\xbcs", MICROSECOND }, /* U+03BC, the Greek letter mu */
	{ "ms", MILLISECOND },
	{ "s", SECOND },
	{ "m", 60 * SECOND },
	{ "h", 3600 * SECOND },
};

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A decimal number inside a text: its digits before and after the point. */
struct decimal {
	const char *whole;
	const char *whole_end;
	const char *fraction;
	const char *fraction_end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *text, const char *end)
{
	while (text < end && is_digit(*text))
		text++;
	return text;
}

/* Returns where the number at the front of the text ends, or NULL when there is none. */
static const char *scan_decimal(const char *text, const char *end, struct decimal *number)
{
	number->whole = text;
	number->whole_end = skip_digits(text, end);
	number->fraction = number->whole_end;
	number->fraction_end = number->whole_end;
	if (number->whole_end == text)
		return NULL;
	if (number->whole_end == end || *number->whole_end != '.')
		return number->whole_end;
	number->fraction = number->whole_end + 1;
	number->fraction_end = skip_digits(number->fraction, end);
	if (number->fraction_end == number->fraction)
		return NULL;
	return number->fraction_end;
}

static int digits_to_integer(const char *digits, const char *end, uint64_t *value)
{
	uint64_t result = 0;

	for (; digits < end; digits++) {
		if (__builtin_mul_overflow(result, UINT64_C(10), &result) ||
			__builtin_add_overflow(result, (uint64_t)(*digits - '0'), &result))
			return -ERANGE;
	}
	*value = result;
	return 0;
}

/*
 * The fraction times the factor, by hand multiplication from the last digit on: this is exact for
 * any number of digits, where a floating point number would round.
 */
static int scale_fraction(const struct decimal *number, uint64_t factor, uint64_t *value)
{
	uint64_t carry = 0;

	for (const char *digit = number->fraction_end; digit > number->fraction; digit--) {
		carry += (uint64_t)(digit[-1] - '0') * factor;
		if (carry % 10 != 0)
			return -EINVAL;
		carry /= 10;
	}
	*value = carry;
	return 0;
}

static int scale_decimal(const struct decimal *number, uint64_t factor, uint64_t *value)
{
	uint64_t fraction;
	uint64_t whole;
	int error;

	error = scale_fraction(number, factor, &fraction);
	if (error)
		return error;
	error = digits_to_integer(number->whole, number->whole_end, &whole);
	if (error)
		return error;
	if (__builtin_mul_overflow(whole, factor, &whole) ||
		__builtin_add_overflow(whole, fraction, &whole))
		return -ERANGE;
	*value = whole;
	return 0;
}

int parse_count(const char *text, uint64_t *count)
{
	struct decimal number;
	const char *suffix = scan_decimal(text, text + strlen(text), &number);

	if (!suffix)
		return -EINVAL;
	for (size_t i = 0; i < LENGTH_OF(count_units); i++) {
		if (strcmp(suffix, count_units[i].name) == 0)
			return scale_decimal(&number, count_units[i].factor, count);
	}
	return -EINVAL;
}

int parse_integer(const char *text, int *value)
{
	bool negative = *text == '-';
	const char *digits = text + negative;
	const char *end = digits + strlen(digits);
	uint64_t limit = negative ? (uint64_t)INT_MAX + 1 : (uint64_t)INT_MAX;
	uint64_t magnitude;
	int error;

	if (digits == end || skip_digits(digits, end) != end)
		return -EINVAL;
	error = digits_to_integer(digits, end, &magnitude);
	if (error)
		return error;
	if (magnitude > limit)
		return -ERANGE;
	*value = (int)(negative ? -(int64_t)magnitude : (int64_t)magnitude);
	return 0;
}

static int parse_size_until(const char *text, const char *end, uint64_t *bytes)
{
	struct decimal number;
	const char *unit = scan_decimal(text, end, &number);

	if (!unit)
		return -EINVAL;
	for (size_t i = 0; i < LENGTH_OF(size_units); i++) {
		const char *name = size_units[i].name;
		size_t length = strlen(name);

		if (length == (size_t)(end - unit) && strncasecmp(unit, name, length) == 0)
			return scale_decimal(&number, size_units[i].factor, bytes);
	}
	return -EINVAL;
}

int parse_size(const char *text, uint64_t *bytes)
{
	return parse_size_until(text, text + strlen(text), bytes);
}

/*
 * Digits of a duration in front of the point. Returns the first character after them, or NULL
 * when they exceed 2^63.
 */
static const char *scan_duration_whole(const char *text, uint64_t *value)
{
	const char *end = skip_digits(text, text + strlen(text));

	if (digits_to_integer(text, end, value) || *value > DURATION_MAGNITUDE_MAX)
		return NULL;
	return end;
}

/*
 * Digits of a duration after the point, as a number and the power of ten to divide it by. Those
 * that do not fit add nothing to a nanosecond, so they are passed over as Go does.
 */
static const char *scan_duration_fraction(const char *text, uint64_t *value, double *scale)
{
	bool full = false;

	*value = 0;
	*scale = 1;
	for (; is_digit(*text); text++) {
		uint64_t next;

		if (full || *value > (uint64_t)INT64_MAX / 10) {
			full = true;
			continue;
		}
		next = *value * 10 + (uint64_t)(*text - '0');
		if (next > DURATION_MAGNITUDE_MAX) {
			full = true;
			continue;
		}
		*value = next;
		*scale *= 10;
	}
	return text;
}

/* The unit at the front of the text: everything up to the next number. 0 when it is unknown. */
static uint64_t scan_duration_unit(const char **text)
{
	size_t length = strcspn(*text, ".0123456789");

	for (size_t i = 0; i < LENGTH_OF(duration_units); i++) {
		const char *name = duration_units[i].name;

		if (strlen(name) == length && memcmp(*text, name, length) == 0) {
			*text += length;
			return duration_units[i].factor;
		}
	}
	return 0;
}

/* One number with its unit, such as the "1.5h" of "1.5h30m". Moves the text behind it. */
static int parse_duration_part(const char **text, uint64_t *nanoseconds)
{
	const char *start = *text;
	const char *at;
	uint64_t whole;
	uint64_t fraction = 0;
	double scale = 1;
	bool has_digits;
	uint64_t unit;

	if (*start != '.' && !is_digit(*start))
		return -EINVAL;
	at = scan_duration_whole(start, &whole);
	if (!at)
		return -ERANGE;
	has_digits = at > start;
	if (*at == '.') {
		const char *digits = at + 1;

		at = scan_duration_fraction(digits, &fraction, &scale);
		has_digits = has_digits || at > digits;
	}
	if (!has_digits)
		return -EINVAL;
	unit = scan_duration_unit(&at);
	if (unit == 0)
		return -EINVAL;
	if (whole > DURATION_MAGNITUDE_MAX / unit)
		return -ERANGE;
	/* The same floating point steps as in Go, so that the last nanosecond is the same too. */
	whole = whole * unit + (uint64_t)((double)fraction * ((double)unit / scale));
	if (whole > DURATION_MAGNITUDE_MAX)
		return -ERANGE;
	*nanoseconds = whole;
	*text = at;
	return 0;
}

int parse_duration(const char *text, int64_t *nanoseconds)
{
	bool negative = *text == '-';
	uint64_t sum = 0;

	if (*text == '-' || *text == '+')
		text++;
	if (strcmp(text, "0") == 0) {
		*nanoseconds = 0;
		return 0;
	}
	if (*text == '\0')
		return -EINVAL;
	while (*text != '\0') {
		uint64_t part;
		int error = parse_duration_part(&text, &part);

		if (error)
			return error;
		if (part > DURATION_MAGNITUDE_MAX - sum)
			return -ERANGE;
		sum += part;
	}
	if (!negative && sum == DURATION_MAGNITUDE_MAX)
		return -ERANGE;
	/* Negated as unsigned, where 2^63 has an opposite. */
	*nanoseconds = (int64_t)(negative ? -sum : sum);
	return 0;
}

/*
 * Up to 15 digits and the power of ten they are divided by: both are exact as a double, so one
 * division gives the same number as the compiler does for a constant.
 */
static int parse_percent_number(const struct decimal *number, double scale, double *value)
{
	const double limit = 1e14;
	double digits = 0;

	for (const char *at = number->whole; at < number->whole_end; at++) {
		if (digits >= limit)
			return -ERANGE;
		digits = digits * 10 + (*at - '0');
	}
	for (const char *at = number->fraction; at < number->fraction_end; at++) {
		/* A long run of zeros behind the point must not take the scale to infinity. */
		if (digits >= limit || scale >= 1e22)
			break;
		digits = digits * 10 + (*at - '0');
		scale *= 10;
	}
	*value = digits / scale;
	return 0;
}

int parse_percent(const char *text, double *fraction)
{
	struct decimal number;
	const char *suffix = scan_decimal(text, text + strlen(text), &number);
	bool has_sign;
	double value;
	int error;

	if (!suffix)
		return -EINVAL;
	has_sign = strcmp(suffix, "%") == 0;
	if (!has_sign && *suffix != '\0')
		return -EINVAL;
	error = parse_percent_number(&number, has_sign ? 100 : 1, &value);
	if (error)
		return error;
	if (!has_sign && value >= 1)
		return -ERANGE;
	*fraction = value;
	return 0;
}

struct size_range {
	uint64_t first;
	uint64_t last;
	uint64_t step;
};

/* An item of a list: one size, which is a range of one, or first:last:step. */
static int parse_size_range(const char *text, const char *end, struct size_range *range)
{
	uint64_t *fields[] = { &range->first, &range->last, &range->step };
	size_t count = 0;

	for (;;) {
		const char *colon = memchr(text, ':', (size_t)(end - text));
		int error;

		if (count == LENGTH_OF(fields))
			return -EINVAL;
		error = parse_size_until(text, colon ? colon : end, fields[count]);
		if (error)
			return error;
		count++;
		if (!colon)
			break;
		text = colon + 1;
	}
	if (count == 1) {
		range->last = range->first;
		range->step = 1;
		return 0;
	}
	if (count != LENGTH_OF(fields) || range->last < range->first || range->step == 0)
		return -EINVAL;
	return 0;
}

int parse_size_list(const char *text, uint64_t *sizes, size_t capacity, size_t *count)
{
	size_t used = 0;

	for (;;) {
		const char *end = text + strcspn(text, ",");
		struct size_range range;
		uint64_t steps;
		int error = parse_size_range(text, end, &range);

		if (error)
			return error;
		steps = (range.last - range.first) / range.step;
		/* Not steps + 1 > ..., which can wrap around. */
		if (steps >= capacity - used)
			return -ERANGE;
		for (uint64_t i = 0; i <= steps; i++)
			sizes[used++] = range.first + i * range.step;
		if (*end == '\0')
			break;
		text = end + 1;
	}
	*count = used;
	return 0;
}

int parse_rate(const char *text, uint64_t *per_second)
{
	uint64_t count;
	int error;

	if (strcmp(text, "max") == 0) {
		*per_second = PARSE_RATE_MAX;
		return 0;
	}
	error = parse_count(text, &count);
	if (error)
		return error;
	if (count == 0)
		return -ERANGE;
	*per_second = count;
	return 0;
}

/* A text that grows from its last character to its first, as digits come out of a division. */
struct backward_text {
	char characters[FORMAT_SIZE];
	size_t start;
};

static void prepend(struct backward_text *text, const char *addition)
{
	size_t length = strlen(addition);

	text->start -= length;
	memcpy(text->characters + text->start, addition, length);
}

static void prepend_digit(struct backward_text *text, uint64_t digit)
{
	text->characters[--text->start] = (char)('0' + digit);
}

static void prepend_integer(struct backward_text *text, uint64_t value)
{
	do {
		prepend_digit(text, value % 10);
		value /= 10;
	} while (value != 0);
}

/* Takes that many decimals off the value, prints them without the zeros at their end. */
static uint64_t prepend_fraction(struct backward_text *text, uint64_t value, int decimals)
{
	bool print = false;

	for (int i = 0; i < decimals; i++) {
		print = print || value % 10 != 0;
		if (print)
			prepend_digit(text, value % 10);
		value /= 10;
	}
	if (print)
		prepend(text, ".");
	return value;
}

static void prepend_below_second(struct backward_text *text, uint64_t nanoseconds)
{
	const char *unit = "ms";
	int decimals = 6;

	if (nanoseconds == 0) {
		unit = "s";
		decimals = 0;
	} else if (nanoseconds < MICROSECOND) {
		unit = "ns";
		decimals = 0;
	} else if (nanoseconds < MILLISECOND) {
		unit = "\xc2\xb5s";
		decimals = 3;
	}
	prepend(text, unit);
	prepend_integer(text, prepend_fraction(text, nanoseconds, decimals));
}

static void prepend_from_second(struct backward_text *text, uint64_t nanoseconds)
{
	uint64_t seconds;
	uint64_t minutes;

	prepend(text, "s");
	seconds = prepend_fraction(text, nanoseconds, 9);
	prepend_integer(text, seconds % 60);
	minutes = seconds / 60;
	if (minutes == 0)
		return;
	prepend(text, "m");
	prepend_integer(text, minutes % 60);
	if (minutes < 60)
		return;
	prepend(text, "h");
	prepend_integer(text, minutes / 60);
}

static char *copy_text(const char *text, char *buffer, size_t size)
{
	size_t needed = strlen(text) + 1;

	if (needed <= size)
		memcpy(buffer, text, needed);
	else if (size > 0)
		buffer[0] = '\0';
	return buffer;
}

static uint64_t magnitude_of(int64_t value)
{
	/* Negated as unsigned, where INT64_MIN has an opposite. */
	return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static char *format_magnitude(bool negative, uint64_t nanoseconds, char *buffer, size_t size)
{
	struct backward_text text = { .start = FORMAT_SIZE - 1 };

	text.characters[text.start] = '\0';
	if (nanoseconds < SECOND)
		prepend_below_second(&text, nanoseconds);
	else
		prepend_from_second(&text, nanoseconds);
	if (negative)
		prepend(&text, "-");
	return copy_text(text.characters + text.start, buffer, size);
}

char *format_duration(int64_t nanoseconds, char *buffer, size_t size)
{
	return format_magnitude(nanoseconds < 0, magnitude_of(nanoseconds), buffer, size);
}

char *format_duration_short(int64_t nanoseconds, char *buffer, size_t size)
{
	uint64_t magnitude = magnitude_of(nanoseconds);
	uint64_t grain = 1;

	while (grain < SECOND && magnitude / grain >= 10000)
		grain *= 10;
	/* The largest magnitude is 2^63, so half a second on top of it still fits. */
	magnitude = (magnitude + grain / 2) / grain * grain;
	return format_magnitude(nanoseconds < 0, magnitude, buffer, size);
}

char *format_size(uint64_t bytes, char *buffer, size_t size)
{
	static const struct unit units[] = { { "GiB", GIBI }, { "MiB", MEBI }, { "KiB", KIBI } };
	struct backward_text text = { .start = FORMAT_SIZE - 1 };
	const char *name = "B";
	uint64_t factor = 1;

	for (size_t i = 0; i < LENGTH_OF(units) && bytes != 0; i++) {
		if (bytes % units[i].factor == 0) {
			name = units[i].name;
			factor = units[i].factor;
			break;
		}
	}
	text.characters[text.start] = '\0';
	prepend(&text, name);
	prepend_integer(&text, bytes / factor);
	return copy_text(text.characters + text.start, buffer, size);
}

char *format_percent(double fraction, char *buffer, size_t size)
{
	char text[FORMAT_SIZE];

	snprintf(text, sizeof(text), "%.6g%%", fraction * 100);
	return copy_text(text, buffer, size);
}
