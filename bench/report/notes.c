/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows the results of a run: its workload, every round, every metric, its peers; advice;
 * published figures.
 */
#include <math.h>
#include <string.h>

#include "report/report.h"

/* "duration" for duration_ns. */
static const char *words_of(const char *name)
{
	static const char *const units[] = { "_ns_per_event", "_ns", "_bytes" };
	size_t length = strlen(name);
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

/* Adds a row for each object of @list that is of @question, or of none; a column for each member of the
 * first object. */
static void add_objects(
	struct page *page, const char *caption, const json_t *list, const char *question)
{
	struct sheet *sheet = sheet_make(caption, (const struct column[]){ { .title = NULL } });
	json_t *first = json_copy(json_array_get(list, 0)), *element, *value;
	const char *name;
	size_t i;

	json_object_del(first, "question");
	json_object_foreach(first, name, value)
	{
		sheet_column(sheet,
			(struct column){ .title = words_of(name),
				.kind = json_is_number(value) ? COLUMN_NUMBER : COLUMN_TEXT });
	}
	json_array_foreach(list, i, element)
	{
		const json_t *of = json_object_get(element, "question");

		if (sheet->column_count == 0 ||
			(of && strcmp(text_in(element, "question"), question) != 0))
			continue;
		sheet_row(sheet, STYLE_NONE, 0, "");
		sheet->filled = 0; /* the name is a member, too */
		json_object_foreach(first, name, value)
		{
			sheet_cell(sheet, value_text(name, json_object_get(element, name)));
		}
	}
	json_decref(first);
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

static void fill_metrics(struct sheet *sheet, const struct run *run, const struct result *result)
{
	(void)run;
	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		const struct mark mark = mark_of(result->row, (enum metric)metric);
		const char *interval = text_interval(&mark, text_number);

		sheet_cell(sheet,
			text("%s%s%s", text_number(mark.value), *interval ? " " : "", interval));
	}
}

static struct sheet *metrics_sheet(const struct run *run)
{
	struct sheet *sheet =
		SHEET("Every metric: medians with 95 % intervals, or sums over all rounds",
			COLUMN("reader", TEXT));

	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		const char *name = metrics[metric].name;

		sheet_column(
			sheet, (struct column){ .title = text("%s%s%s", words_of(name),
							strstr(name, "_ns") ? ", ns" : "",
							strstr(name, "_ns_per") ? " an event" : ""),
				       .kind = COLUMN_NUMBER });
	}
	return add_rows(sheet, run, fill_metrics);
}

static void fill_rounds(struct sheet *sheet, const struct run *run, const struct result *result)
{
	const struct summary *ns = row_summary(result->row, METRIC_NS);

	sheet_mark(sheet, "", mark_of(result->row, METRIC_NS));
	SHEET_CELLS(sheet, text_number(ns->valid ? ns->min : NAN),
		text_number(ns->valid ? ns->max : NAN),
		text_number(ns->valid ? ns->deviation : NAN), text_number((double)ns->outliers),
		ns->two_humped ? "two speeds: a virtual CPU may have moved" : "",
		run->live ? "" : result->row->checksum);
}

static struct sheet *rounds_sheet(const struct run *run)
{
	return add_rows(
		SHEET("Every round in the order measured, from left to right; nothing was dropped",
			COLUMN("reader", TEXT),
			COLUMN("each round as a share of the median", ROUNDS),
			COLUMN("min, ns", NUMBER), COLUMN("max, ns", NUMBER),
			COLUMN("deviation, ns", NUMBER), COLUMN("outliers", NUMBER),
			COLUMN("note", TEXT), COLUMN("checksum", TEXT)),
		run, fill_rounds);
}

double run_noise(const struct run *run)
{
	double largest = 0;

	for (size_t i = 0; i < run->result_count; i++) {
		const struct row *row = run->results[i].row;

		if (row->noise_unknown)
			return NAN;
		largest = fmax(largest, row->noise);
	}
	return largest;
}

void add_notes(struct page *page, const struct run *run)
{
	page_add_sheet(page, rounds_sheet(run), true);
	page_add_sheet(page, metrics_sheet(run), true);
	page_add(page, BLOCK_TEXT, NULL, workload_text(run));
	add_objects(page, "Peers", json_object_get(run->json, "peers"), "");
	add_objects(page, "Peers that failed, so none of their readings is here",
		json_object_get(run->json, "failed_peers"), "");
	page_add(page, BLOCK_TEXT, NULL,
		text("Peak memory of the benchmark without the ring: %s.",
			text_bytes(number_in(run->json, "own_memory_bytes"))));
}

const char *advice_verdict(const json_t *advice)
{
	if (json_is_integer(json_object_get(advice, "ring_size")))
		return text("Recommended ring: %s; the smallest that lost nothing: %s.",
			text_bytes(number_in(advice, "ring_size")),
			text_bytes(number_in(advice, "smallest")));
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
		if (strcmp(text_in(figure, "question"), question) == 0)
			return json_object_get(figure, "source") ? figure : published;
	}
	return published;
}

void add_advice(struct page *page, const struct run *run)
{
	const json_t *published = json_object_get(run->json, "published");
	const json_t *source = source_of(published, run->question);

	add_objects(page, "Ring sizes that were tried",
		json_object_get(json_object_get(run->json, "advice"), "tries"), "");
	add_objects(page,
		text("Published by %s, on %s", text_in(source, "source"),
			text_in(source, "machine")),
		json_object_get(published, "figures"), run->question);
}
