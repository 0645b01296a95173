/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "results/report.h"

const char *const format_names[] = { "text", "json", "csv", "gobench", NULL };

int report_write(FILE *out, const struct report *report, enum format format)
{
	switch (format) {
	case FORMAT_JSON:
		return report_write_json(out, report);
	case FORMAT_CSV:
		report_write_csv(out, report);
		return 0;
	case FORMAT_GOBENCH:
		report_write_gobench(out, report);
		return 0;
	case FORMAT_TEXT:
		break;
	}
	if (strcmp(report->command, "sweep") == 0)
		report_write_sweep_text(out, report);
	else
		report_write_drain_text(out, report);
	return 0;
}
