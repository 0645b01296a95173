/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/live_writers.h"
#include "live/preset.h"
#include "results/gobench_header.h"

static void write_csv(FILE *out, const struct preset_report *report)
{
	char name[PRESET_NAME_SIZE];

	fputs("question,", out);
	live_write_csv_header(out);
	for (size_t i = 0; i < report->preset->count; i++) {
		const struct preset_part *part = &report->preset->parts[i];

		live_write_csv_rows(out, part->results, preset_part_name(part, name));
	}
}

static void write_gobench(FILE *out, const struct preset_report *report)
{
	char name[PRESET_NAME_SIZE];

	gobench_write_header(out, report->environment);
	for (size_t i = 0; i < report->preset->count; i++) {
		const struct preset_part *part = &report->preset->parts[i];

		live_write_gobench_lines(out, part->results, preset_part_name(part, name));
	}
}

int preset_report_write(FILE *out, const struct preset_report *report, enum format format)
{
	switch (format) {
	case FORMAT_JSON:
		return preset_write_json(out, report);
	case FORMAT_CSV:
		write_csv(out, report);
		return 0;
	case FORMAT_GOBENCH:
		write_gobench(out, report);
		return 0;
	case FORMAT_TEXT:
		break;
	}
	preset_write_text(out, report);
	return 0;
}
