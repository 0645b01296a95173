/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands beside the results of a run: what was asked, its rounds one by one, every metric, its
 * noise, its peers; advice; what others have published.
 */
#include <math.h>
#include <string.h>

#include "report/sections.h"

/* "duration" for duration_ns. */
static const char *words_of(const char *name)
{
	static const char *const units[] = { "_ns_per_event", "_ns", "_bytes" };
	size_t length = text_length(name, 60);
	char *words = page_allocate(length + 1);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (length > strlen(units[i]) &&
			strcmp(name + length - strlen(units[i]), units[i]) == 0)
			length -= strlen(units[i]);
	for (size_t i = 0; i < length; i++)
		words[i] = name[i] == '_' ? ' ' : name[i];
	return words;
}

const char *value_text(const char *name, const json_t *value)
{
	const double number = json_number_value(value);

	if (json_is_string(value))
		return json_string_value(value);
	if (!json_is_number(value))
		return json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "unknown";
	if (strstr(name, "_ns"))
		return text_time(number);
	if (strcmp(name, "event_size") == 0 && number == 0)
		return "mixed";
	return strstr(name, "_size") || strstr(name, "_bytes") || strstr(name, "high_water")
		       ? text_bytes(number)
		       : text_number(number);
}

/* A row an object, a column a member of the first. */
static void add_objects(
	struct page *page, const char *caption, const json_t *list, const char *question)
{
	const json_t *first = json_array_get(list, 0), *element;
	struct column *columns = page_allocate((json_object_size(first) + 1) * sizeof(*columns));
	struct sheet *sheet = sheet_make(caption, columns, 0);
	const char *name;
	json_t *value;
	size_t i;

	json_object_foreach((json_t *)first, name, value)
	{
		if (strcmp(name, "question") != 0)
			columns[sheet->column_count++] = (struct column){ words_of(name),
				json_is_number(value) ? COLUMN_NUMBER : COLUMN_TEXT, false, 0 };
	}
	json_array_foreach(list, i, element)
	{
		const json_t *of = json_object_get(element, "question");

		if (of && strcmp(json_string_value(of) ? json_string_value(of) : "", question) != 0)
			continue;
		sheet_row(sheet, STYLE_NONE, 0);
		json_object_foreach((json_t *)first, name, value)
		{
			if (strcmp(name, "question") != 0)
				sheet_cell(sheet, value_text(name, json_object_get(element, name)));
		}
	}
	page_add_sheet(page, sheet, false);
}

static const char *workload_text(const struct run *run)
{
	const char *name, *words = "Workload", *separator = ":";
	json_t *value;

	json_object_foreach((json_t *)run->workload, name, value)
	{
		if (json_is_null(value))
			continue;
		words = text(
			"%s%s %s %s", words, separator, words_of(name), value_text(name, value));
		separator = ";";
	}
	return text("%s. %s", words,
		run->live ? "Every event was accounted for, in each round: produced = consumed + "
			    "lost + discarded."
			  : "Every reading was verified by an independent walk over the ring: "
			    "count, order, checksum.");
}

#define METRICS_MOST 40

/* Whatever metrics there are. */
static struct sheet *metrics_sheet(const struct run *run)
{
	struct column *columns = page_allocate(METRICS_MOST * sizeof(*columns));
	const char *names[METRICS_MOST], *name;
	struct sheet *sheet;
	size_t count = 1;
	json_t *value;

	columns[0] = (struct column)COLUMN("reader", TEXT);
	json_object_foreach(json_array_get(run->results, 0), name, value)
	{
		if (!run_is_metric(value) || count == METRICS_MOST)
			continue;
		names[count] = name;
		columns[count++] = (struct column){
			text("%s%s%s", words_of(name), strstr(name, "_ns") ? ", ns" : "",
				strstr(name, "_ns_per") ? " an event" : ""),
			COLUMN_NUMBER, false, 0
		};
	}
	sheet = sheet_make("Every metric: medians with 95 % intervals, or sums over all rounds",
		columns, count);
	for (const json_t **at = run_sorted(run); *at; at++) {
		sheet_row(sheet, run_style(run, *at), 0);
		sheet_cell(sheet, run_result_name(run, *at));
		for (size_t i = 1; i < count; i++) {
			const json_t *cell = run_object(*at, names[i]);
			const char *interval =
				text_interval(run_number(cell, "low"), run_number(cell, "high"));

			sheet_cell(sheet, text("%s%s%s", text_number(run_amount(*at, names[i])),
						  *interval ? " " : "", interval));
		}
	}
	return sheet;
}

static struct sheet *rounds_sheet(const struct run *run)
{
	static const struct column columns[] = { COLUMN("reader", TEXT),
		COLUMN("each round as a share of the median", ROUNDS), COLUMN("min, ns", NUMBER),
		COLUMN("max, ns", NUMBER), COLUMN("deviation, ns", NUMBER),
		COLUMN("outliers", NUMBER), COLUMN("note", TEXT), COLUMN("checksum", TEXT) };
	static const char *const figures[] = { "min", "max", "mad", "outliers" };
	struct sheet *sheet = sheet_make(
		"Every round in the order measured, from left to right; nothing was dropped",
		columns, 8);

	for (const json_t **at = run_sorted(run); *at; at++) {
		const json_t *ns = run_object(*at, "ns_per_event");

		sheet_row(sheet, run_style(run, *at), 0);
		sheet_cell(sheet, run_result_name(run, *at));
		sheet_mark(sheet, "", mark_of(*at, "ns_per_event"));
		for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
			sheet_cell(sheet, text_number(run_number(ns, figures[i])));
		sheet_cell(sheet, json_is_true(json_object_get(ns, "two_humped"))
					  ? "two speeds: a virtual CPU may have moved"
					  : "");
		sheet_cell(sheet, run->live ? "" : run_text(*at, "checksum"));
	}
	return sheet;
}

double noise_of(const struct run *run)
{
	const json_t *noise;
	double largest = 0;
	size_t i;

	json_array_foreach(run->noise, i, noise)
	{
		if (isnan(run_number(noise, "floor")))
			return NAN;
		largest = fmax(largest, run_number(noise, "floor"));
	}
	return largest;
}

void add_notes(struct page *page, const struct run *run)
{
	page_add_sheet(page, rounds_sheet(run), true);
	page_add_sheet(page, metrics_sheet(run), true);
	page_add(page, BLOCK_TEXT, NULL, workload_text(run));
	add_objects(page, "Peers", run_list(run->whole, "peers"), "");
	add_objects(page, "Peers that failed, so none of their readings is here",
		run_list(run->whole, "failed_peers"), "");
	page_add(page, BLOCK_TEXT, NULL,
		text("Peak memory of the benchmark without the ring: %s.",
			text_bytes(run_number(run->whole, "own_memory_bytes"))));
}

const char *advice_verdict(const json_t *advice)
{
	if (json_is_integer(json_object_get(advice, "ring_size")))
		return text("Recommended ring: %s; the smallest that lost nothing: %s.",
			text_bytes(run_number(advice, "ring_size")),
			text_bytes(run_number(advice, "smallest")));
	return text(
		"No ring was large enough%s.", json_is_true(json_object_get(advice, "saturated"))
						       ? ": the consumer was busy all the time"
					       : json_is_true(json_object_get(advice, "off_cpu"))
						       ? ": the consumer was kept off its CPU"
						       : "");
}

void add_advice(struct page *page, const struct run *run)
{
	const json_t *published = run_object(run->whole, "published");

	add_objects(page, "Ring sizes that were tried",
		run_list(run_object(run->whole, "advice"), "tries"), "");
	add_objects(page,
		text("Published by %s, on %s", run_text(published, "source"),
			run_text(published, "machine")),
		run_list(published, "figures"), run->question);
}
