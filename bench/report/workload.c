/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a run was asked to do, whatever settings it has: newer commands have more of them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/values.h"
#include "report/sections.h"

/* "duration 1s" for duration_ns: 1e9; "ring size 1MiB" for ring_size: 1048576. */
static void write_setting(FILE *out, const char *name, const json_t *value)
{
	const double number = json_is_number(value) ? json_number_value(value) : NAN;
	const bool in_ns = ends_with(name, "_ns"), per_event = ends_with(name, "_ns_per_event");
	int length = (int)strlen(name) - (in_ns ? 3 : 0) - (per_event ? 13 : 0);
	char text[NUMBER_SIZE + FORMAT_SIZE];

	length = length < 60 ? length : 60;
	for (int i = 0; i < length; i++)
		fputc(name[i] == '_' ? ' ' : name[i], out);
	fputc(' ', out);
	if (json_is_string(value))
		fprintf(out, "%.200s", json_string_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "yes" : "no", out);
	else if (in_ns && number >= 0 && number < 1e18)
		fputs(format_duration((int64_t)number, text, FORMAT_SIZE), out);
	else if (ends_with(name, "ring_size") && number >= 0 && number < 1e18)
		fputs(format_size((uint64_t)number, text, FORMAT_SIZE), out);
	else if (ends_with(name, "event_size") && number == 0)
		fputs("mixed", out);
	else if (json_is_number(value))
		fprintf(out, "%s%s%s", number_text(text, number),
			ends_with(name, "event_size") ? " B" : "", per_event ? " ns an event" : "");
	else
		fputs(json_is_null(value) ? "any" : "?", out);
}

void write_workload(struct page *page, const struct run *run)
{
	const json_t *first = json_array_get(run_list(run->json, "results"), 0);
	const char *name;
	char *text = NULL;
	json_t *value;
	size_t size = 0, rounds;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	json_object_foreach((json_t *)run_object(run->json, "workload"), name, value)
	{
		fputs(ftell(out) > 0 ? "; " : "", out);
		write_setting(out, name, value);
	}
	if (fclose(out) == 0)
		page_paragraph(page, "Workload: %s.", text);
	free(text);
	rounds = run_round_count(first);
	if (rounds > 0)
		page_paragraph(page, "%zu rounds in balanced order. %s", rounds,
			run->live ? "Every event was checked and accounted for, in each round: "
				    "produced = consumed + lost + discarded."
				  : "Every reading was verified by an independent walk over the "
				    "ring: count, order, checksum.");
}
