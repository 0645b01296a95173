/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "cli/values.h"
#include "live/live_writers.h"

const char *live_notify_text(const struct live_workload *workload, char *text, size_t size)
{
	if (workload->notify == NOTIFY_SAMPLED)
		snprintf(text, size, "%s:%" PRIu64, live_notify_names[workload->notify],
			workload->notify_events);
	else
		snprintf(text, size, "%s", live_notify_names[workload->notify]);
	return text;
}

const char *live_rate_text(const struct live_workload *workload, char *text, size_t size)
{
	if (workload->rate == PARSE_RATE_MAX)
		snprintf(text, size, "max");
	else
		snprintf(text, size, "%" PRIu64, workload->rate);
	return text;
}

int live_report_write(FILE *out, const struct live_report *report, enum format format)
{
	switch (format) {
	case FORMAT_JSON:
		return live_write_json(out, report);
	case FORMAT_CSV:
		live_write_csv(out, report);
		return 0;
	case FORMAT_GOBENCH:
		live_write_gobench(out, report);
		return 0;
	case FORMAT_TEXT:
		break;
	}
	live_write_text(out, report);
	return 0;
}
