/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands beside the results of a run: what was asked, its rounds one by one, every metric, its
 * noise, its peers; advice; what others have published.
 */
#include <math.h>
#include <string.h>

#include "report/sections.h"
#include "statistics/verdict.h"

/* "cpu model" for cpu_model. */
static const char *words_of(const char *name, size_t length)
{
	char *words = page_allocate(length + 1);

	for (size_t i = 0; i < length; i++)
		words[i] = name[i] == '_' ? ' ' : name[i];
	return words;
}

/* Text after the length of @text without @end; 0: it does not end so. */
static size_t length_before(const char *name, const char *end)
{
	const size_t length = strlen(name), behind = strlen(end);

	return length > behind && strcmp(name + length - behind, end) == 0 ? length - behind : 0;
}

/* "duration 1 s" for duration_ns: 1e9; "ring size 1 MiB" for ring_size: 1048576. */
static const char *setting_text(const char *name, const json_t *value)
{
	const size_t per_event = length_before(name, "_ns_per_event");
	const size_t time = per_event ? per_event : length_before(name, "_ns");
	const char *words = words_of(name, time ? time : text_length(name, 60));
	const double number = json_number_value(value);

	if (json_is_string(value))
		return text("%s %s", words, json_string_value(value));
	if (!json_is_number(value))
		return text("%s %s", words,
			json_is_true(value)    ? "yes"
			: json_is_false(value) ? "no"
					       : "any");
	if (time)
		return text("%s %s%s", words, text_time(number), per_event ? " an event" : "");
	if (strcmp(name, "event_size") == 0 && number == 0)
		return "event size mixed";
	return text("%s %s", words,
		strcmp(name, "event_size") == 0 || strcmp(name, "ring_size") == 0
			? text_bytes(number)
			: text_number(number));
}

static const char *workload_text(const struct run *run)
{
	const char *name, *words = "Workload";
	json_t *value;

	json_object_foreach((json_t *)run->workload, name, value) words = text("%s%s %s", words,
		strcmp(words, "Workload") == 0 ? ":" : ";", setting_text(name, value));
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

	columns[0] = (struct column){ "reader", COLUMN_TEXT, false, 0 };
	json_object_foreach(json_array_get(run->results, 0), name, value)
	{
		if (!run_is_metric(value) || count == METRICS_MOST)
			continue;
		names[count] = name;
		columns[count++] = (struct column){ words_of(name, text_length(name, 60)),
			COLUMN_NUMBER, false, 0 };
	}
	sheet = sheet_make("Every metric: medians with 95 % intervals, or sums over all rounds",
		columns, count);
	for (const json_t **at = run_sorted(run); *at; at++) {
		sheet_row(sheet, run_style(run, *at), 0);
		sheet_cell(sheet, run_result_name(run, *at));
		for (size_t i = 1; i < count; i++) {
			const json_t *cell = run_object(*at, names[i]);

			sheet_cell(sheet, text("%s %s", text_number(run_amount(*at, names[i])),
						  text_interval(run_number(cell, "low"),
							  run_number(cell, "high"))));
		}
	}
	return sheet;
}

static struct sheet *rounds_sheet(const struct run *run)
{
	static const struct column columns[] = { { "reader", COLUMN_TEXT, false, 0 },
		{ "each round as a share of the median", COLUMN_ROUNDS, false, 0 },
		{ "min, ns", COLUMN_NUMBER, false, 0 }, { "max, ns", COLUMN_NUMBER, false, 0 },
		{ "deviation, ns", COLUMN_NUMBER, false, 0 },
		{ "outliers", COLUMN_NUMBER, false, 0 }, { "note", COLUMN_TEXT, false, 0 },
		{ "checksum", COLUMN_TEXT, false, 0 } };
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

static const char *noise_text(const struct run *run)
{
	const double noise = noise_of(run);

	if (isnan(noise))
		return text("Noise: too few rounds to measure it, so nothing is decided; "
			    "give -rounds %d or more.",
			INTERVAL_ROUNDS_MIN);
	if (noise == 0)
		return "";
	return text("Noise: %s, measured twice in each round, differs from itself by up to %s; no "
		    "difference below %s is called faster or slower.",
		run_text(json_array_get(run->noise, 0), "path"), text_percent(100 * noise),
		text_percent(100 * verdict_threshold(noise, TOLERANCE_PAIRED)));
}

void add_notes(struct page *page, const struct run *run)
{
	struct sheet *const sheets[] = { rounds_sheet(run), metrics_sheet(run) };
	const json_t *peer;
	size_t i;

	for (i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++) {
		page_fold(page, i == 0 ? "Every round" : "Every metric");
		page_sheet(page, sheets[i]);
		page_fold(page, NULL);
	}
	page_text(page, workload_text(run));
	page_text(page, noise_text(run));
	json_array_foreach(run_list(run->whole, "peers"), i, peer) page_item(page, "Peer",
		text("%s %s (%s)", run_text(peer, "name"), run_text(peer, "version"),
			run_text(peer, "language")));
	json_array_foreach(run_list(run->whole, "failed_peers"), i, peer)
		page_item(page, "Failed peer",
			text("%s failed, so none of its readings is here: %s",
				run_text(peer, "name"), run_text(peer, "reason")));
	page_text(page, text("Peak memory of the benchmark without the ring: %s.",
				text_bytes(run_number(run->whole, "own_memory_bytes"))));
}

/* Sheets of objects with the same numbers: a row each. */
static void add_numbers(struct page *page, const char *caption, const struct column *columns,
	const char *const *names, const json_t *list, const char *question)
{
	struct sheet *sheet = sheet_make(caption, columns, 5);
	const json_t *element;
	size_t i;

	json_array_foreach(list, i, element)
	{
		const char *of = json_string_value(json_object_get(element, "question"));

		if (of && strcmp(of, question) != 0)
			continue;
		sheet_row(sheet, STYLE_NONE, 0);
		sheet_cell(sheet, of ? run_text(element, names[0])
				     : text_bytes(run_number(element, names[0])));
		for (size_t n = 1; n < 5; n++)
			sheet_cell(sheet, text_number(run_number(element, names[n])));
	}
	page_sheet(page, sheet);
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
	static const struct column columns[] = { { "ring", COLUMN_TEXT, false, 0 },
		{ "runs", COLUMN_NUMBER, false, 0 }, { "produced", COLUMN_NUMBER, false, 0 },
		{ "lost", COLUMN_NUMBER, false, 0 },
		{ "most bytes waiting", COLUMN_NUMBER, false, 0 } };
	static const char *const names[] = { "ring_size", "runs", "produced", "lost",
		"high_water" };

	add_numbers(page, "Ring sizes that were tried", columns, names,
		run_list(run_object(run->whole, "advice"), "tries"), "");
}

void add_published(struct page *page, const struct run *run)
{
	static const struct column columns[] = { { "reader", COLUMN_TEXT, false, 0 },
		{ "Mev/s", COLUMN_NUMBER, false, 0 }, { "deviation", COLUMN_NUMBER, false, 0 },
		{ "lost, million a second", COLUMN_NUMBER, false, 0 },
		{ "deviation", COLUMN_NUMBER, false, 0 } };
	static const char *const names[] = { "reader", "mevents_per_s", "mevents_per_s_deviation",
		"mlost_per_s", "mlost_per_s_deviation" };
	const json_t *published = run_object(run->whole, "published");

	add_numbers(page,
		text("Published by %s, on %s", run_text(published, "source"),
			run_text(published, "machine")),
		columns, names, run_list(published, "figures"), run->question);
}
