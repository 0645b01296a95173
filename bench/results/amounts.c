/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/values.h"
#include "results/amounts.h"

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
	static const char *const units[] = { "", "k", "M", "G", "T", NULL };

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

char *amount_time(char *text, size_t size, int64_t ns)
{
	const int64_t ms = 1000000, s = 1000 * ms;
	const int64_t unit = ns >= 10 * s ? s
			     : ns >= s    ? s / 10
			     : ns >= ms   ? ms
			     : ns >= 1000 ? 1000
					  : 1;

	return format_duration((ns + unit / 2) / unit * unit, text, size);
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
