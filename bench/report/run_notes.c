/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows the results of a run: its workload, every round, every metric, its peers; advice;
 * published figures.
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

/* A row an object, a column a member of the first one. */
static void add_objects(
	struct page *page, const char *caption, const json_t *list, const char *question)
{
	const json_t *first = json_array_get(list, 0), *element;
	struct sheet *sheet = sheet_make(caption, NULL, 0);
	const char *name;
	json_t *value;
	size_t i;

	json_object_foreach((json_t *)first, name, value)
	{
		if (strcmp(name, "question") != 0)
			sheet_column(
				sheet, (struct column){ words_of(name),
					       json_is_number(value) ? COLUMN_NUMBER : COLUMN_TEXT,
					       false, 0 });
	}
	json_array_foreach(list, i, element)
	{
		const json_t *of = json_object_get(element, "question");
		bool begun = false;

		if (of && strcmp(json_string_value(of) ? json_string_value(of) : "", question) != 0)
			continue;
		json_object_foreach((json_t *)first, name, value)
		{
			const char *words = value_text(name, json_object_get(element, name));

			if (strcmp(name, "question") == 0)
				continue;
			if (begun)
				sheet_cell(sheet, words);
			else
				sheet_row(sheet, STYLE_NONE, 0, words);
			begun = true;
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
		/* Settings that are off say nothing. */
		if (json_is_null(value) || json_is_false(value) ||
			(json_is_number(value) && json_number_value(value) == 0))
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

/* The metrics that the first result has. */
static void fill_metrics(struct sheet *sheet, const struct run *run, const struct result *result)
{
	const char *name;
	json_t *value;

	json_object_foreach(json_array_get(run->json_results, 0), name, value)
	{
		const json_t *cell = json_object_get(result->json, name);
		const char *interval =
			text_interval(run_number(cell, "low"), run_number(cell, "high"));

		if (run_is_metric(value))
			sheet_cell(
				sheet, text("%s%s%s", text_number(run_amount(result->json, name)),
					       *interval ? " " : "", interval));
	}
}

static struct sheet *metrics_sheet(const struct run *run)
{
	struct sheet *sheet = sheet_make(
		"Every metric: medians with 95 % intervals, or sums over all rounds", NULL, 0);
	const char *name;
	json_t *value;

	sheet_column(sheet, (struct column)COLUMN("reader", TEXT));
	json_object_foreach(json_array_get(run->json_results, 0), name, value)
	{
		if (run_is_metric(value))
			sheet_column(
				sheet, (struct column){
					       text("%s%s%s", words_of(name),
						       strstr(name, "_ns") ? ", ns" : "",
						       strstr(name, "_ns_per") ? " an event" : ""),
					       COLUMN_NUMBER, false, 0 });
	}
	return add_rows(sheet, run, fill_metrics);
}

static void fill_rounds(struct sheet *sheet, const struct run *run, const struct result *result)
{
	const json_t *ns = json_object_get(result->json, "ns_per_event");

	sheet_mark(sheet, "", mark_of(result->json, "ns_per_event"));
	SHEET_CELLS(sheet, text_number(run_number(ns, "min")), text_number(run_number(ns, "max")),
		text_number(run_number(ns, "mad")), text_number(run_number(ns, "outliers")),
		json_is_true(json_object_get(ns, "two_humped"))
			? "two speeds: a virtual CPU may have moved"
			: "",
		run->live ? "" : run_text(result->json, "checksum"));
}

static struct sheet *rounds_sheet(const struct run *run)
{
	static const struct column columns[] = { COLUMN("reader", TEXT),
		COLUMN("each round as a share of the median", ROUNDS), COLUMN("min, ns", NUMBER),
		COLUMN("max, ns", NUMBER), COLUMN("deviation, ns", NUMBER),
		COLUMN("outliers", NUMBER), COLUMN("note", TEXT), COLUMN("checksum", TEXT) };

	return add_rows(
		SHEET("Every round in the order measured, from left to right; nothing was dropped",
			columns),
		run, fill_rounds);
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
	add_objects(page, "Peers", json_object_get(run->whole, "peers"), "");
	add_objects(page, "Peers that failed, so none of their readings is here",
		json_object_get(run->whole, "failed_peers"), "");
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

/* A question's figures may have a source of their own. */
static const json_t *source_of(const json_t *published, const char *question)
{
	const json_t *figures = json_object_get(published, "figures"), *figure;
	size_t i;

	json_array_foreach(figures, i, figure)
	{
		if (strcmp(run_text(figure, "question"), question) == 0)
			return json_object_get(figure, "source") ? figure : published;
	}
	return published;
}

void add_advice(struct page *page, const struct run *run)
{
	const json_t *published = json_object_get(run->whole, "published");
	const json_t *source = source_of(published, run->question);

	add_objects(page, "Ring sizes that were tried",
		json_object_get(json_object_get(run->whole, "advice"), "tries"), "");
	add_objects(page,
		text("Published by %s, on %s", run_text(source, "source"),
			run_text(source, "machine")),
		json_object_get(published, "figures"), run->question);
}
