/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/values.h"
#include "results/amounts.h"

/* For three digits of a @value below 1000. */
static int digits_behind_point(double value)
{
	return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

char *amount_text(char *text, size_t size, double value)
{
	static const char *const suffixes[] = { "", "k", "M", "G", "T" };
	size_t i = 0;

	if (!isfinite(value)) {
		snprintf(text, size, "-");
		return text;
	}
	for (; value >= 999.5 && i < 4; i++)
		value /= 1000;
	snprintf(text, size, "%.*f%s",
		i == 0 && value == floor(value) ? 0 : digits_behind_point(value), value,
		suffixes[i]);
	return text;
}

char *amount_bytes(char *text, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB" };
	double value = (double)bytes / 1024;
	size_t i = 0;

	if (bytes < 10240) {
		snprintf(text, size, "%" PRIu64 " B", bytes);
		return text;
	}
	for (; value >= 999.5 && i < 2; i++)
		value /= 1024;
	snprintf(text, size, "%.*f %s", value == floor(value) ? 0 : digits_behind_point(value),
		value, units[i]);
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
	int64_t unit = 1;

	if (ns >= 10 * s)
		unit = s;
	else if (ns >= s)
		unit = s / 10;
	else if (ns >= ms)
		unit = ms;
	else if (ns >= 1000)
		unit = 1000;
	return format_duration((ns + unit / 2) / unit * unit, text, size);
}

char *amount_exact(char *text, size_t size, uint64_t value)
{
	char digits[24];
	const size_t count = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value);
	size_t used = 0;

	text[0] = '\0';
	if (size < count + count / 3 + 1)
		return text;
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	return text;
}
