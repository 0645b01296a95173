/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>

#include "base/values.h"
#include "report/report.h"

const char *text_number(double value)
{
	double size;
	char digits[AMOUNT_SIZE];

	if (!isfinite(value))
		return "-";
	/* To the digits of a result file, so that a median of rounds is rounded as the one there. */
	if (value != round(value)) {
		snprintf(digits, sizeof(digits), "%.9g", value);
		value = strtod(digits, NULL);
	}
	size = fabs(value);
	if (size > 1e15)
		return text("%.3g", value);
	if (size < 99.95 && value != round(value))
		return text(size >= 9.995 ? "%.1f" : size >= 0.9995 ? "%.2f" : "%#.3g", value);
	return text("%s%s", value < 0 ? "-" : "",
		amount_exact(digits, sizeof(digits), (uint64_t)nearbyint(size)));
}

const char *text_interval(const struct mark *mark, const char *(*write)(double))
{
	return isfinite(mark->low) && isfinite(mark->high)
		       ? text("[%s, %s]", write(mark->low), write(mark->high))
		       : "";
}

const char *text_factor(double ratio)
{
	if (!isfinite(ratio) || fabs(ratio) >= 99.95)
		return text_number(ratio);
	return text(fabs(ratio) < 0.0995 ? "%#.2g" : "%.2f", ratio);
}

const char *text_ratio(double ratio)
{
	return isfinite(ratio) ? text("%sx", text_factor(ratio)) : "-";
}

const char *text_percent(double percent)
{
	if (!isfinite(percent) || fabs(percent) > 1e15)
		return "-";
	if (percent > 99 && percent < 100)
		return text("%.1f %%", fmin(percent, 99.9));
	return text(percent > 0 && percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
}

const char *text_share(double share)
{
	return text_percent(100 * share);
}

const char *text_time(double ns)
{
	static const char *const units[] = { "ns", "\u00b5s", "ms", "s" };
	size_t unit = 0;

	if (!isfinite(ns) || ns < 0 || ns > 1e18)
		return "-";
	for (; ns >= 999.5 && unit < 3; unit++)
		ns /= 1000;
	return text("%s %s", text_number(ns), units[unit]);
}

const char *text_bytes(double bytes)
{
	char size[AMOUNT_SIZE];

	if (!isfinite(bytes) || bytes < 0 || bytes > 1e18)
		return "-";
	return text("%s", amount_bytes(size, sizeof(size), (uint64_t)bytes));
}

const char *text_count(double count)
{
	char amount[AMOUNT_SIZE];

	return isfinite(count) && fabs(count) < 1e15
		       ? text("%s", amount_text(amount, sizeof(amount), count))
		       : "-";
}
