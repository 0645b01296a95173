/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the runs ran, what makes their figures unsafe, and what was typed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/sections.h"

static const json_t *facts_of(const struct run *run)
{
	return run_object(run->whole, "environment");
}

static bool is_shared(const struct runs *runs, const char *name)
{
	const json_t *first = json_object_get(facts_of(&runs->runs[0]), name);

	for (size_t r = 1; r < runs->run_count; r++)
		if (!json_equal((json_t *)first, json_object_get(facts_of(&runs->runs[r]), name)))
			return false;
	return true;
}

static const char *fact_text(const json_t *fact)
{
	const char *copy;
	char *dumped;

	if (!fact || json_is_null(fact))
		return "unknown";
	if (json_is_string(fact))
		return json_string_value(fact);
	if (json_is_boolean(fact))
		return json_is_true(fact) ? "yes" : "no";
	dumped = json_dumps(fact, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
	copy = text("%s", dumped ? dumped : "?");
	free(dumped);
	return copy;
}

/* A fact that is known, between @before and @after. */
static const char *known(
	const struct runs *runs, const char *before, const char *name, const char *after)
{
	const json_t *fact = json_object_get(facts_of(&runs->runs[0]), name);

	if (!fact || json_is_null(fact))
		return "";
	return text("%s%s%s", before, is_shared(runs, name) ? fact_text(fact) : "several", after);
}

const char *place_title(const struct runs *runs)
{
	return text("%s%.10s", known(runs, "", "cpu_model", ", "),
		run_text(facts_of(&runs->runs[runs->run_count - 1]), "timestamp"));
}

const char *place_facts(const struct runs *runs)
{
	const struct run *run = &runs->runs[0];
	const size_t rounds = run_round_count(json_array_get(run->results, 0));
	const double noise = noise_of(run);
	const char *time = run_text(facts_of(&runs->runs[runs->run_count - 1]), "timestamp");
	const char *of_run = "";

	if (strlen(time) > 16)
		time = text("%.10s %.5s UTC", time, time + 11);
	if (runs->run_count == 1 && rounds > 0)
		of_run = text("; %zu round%s, all verified%s%s", rounds, rounds == 1 ? "" : "s",
			noise == 0 ? "" : "; noise ",
			noise == 0     ? ""
			: isnan(noise) ? "unknown"
				       : text_percent(100 * noise));
	return text("%s%s%s%s%s%s; %s%s.", known(runs, "", "cpu_model", ""),
		known(runs, ", ", "cpus_online", " CPUs"), known(runs, ", ", "hypervisor", ""),
		known(runs, "; Linux ", "kernel_release", ""),
		known(runs, "; ringview ", "ringview_version", ""),
		known(runs, ", commit ", "ringview_commit", ""), time, of_run);
}

static bool has_warning(const struct run *run, const char *warning)
{
	const json_t *element;
	size_t i;

	json_array_foreach(run_list(run->whole, "warnings"), i, element)
	{
		if (json_is_string(element) && strcmp(json_string_value(element), warning) == 0)
			return true;
	}
	return false;
}

/* Each that a run is the first to have: in short, the trouble without what to do about it; or in
 * full, with the name of that run. */
static void add_warnings(struct page *page, const struct runs *runs, bool full)
{
	const json_t *element;
	size_t i;

	for (size_t r = 0; r < runs->run_count; r++)
		json_array_foreach(run_list(runs->runs[r].whole, "warnings"), i, element)
		{
			const char *warning = json_string_value(element);
			size_t before = 0;

			while (warning && before < r && !has_warning(&runs->runs[before], warning))
				before++;
			if (!warning || before < r)
				continue;
			if (full)
				page_item(page, runs->runs[r].name, warning);
			else
				page_caution(
					page, text("%.*s", (int)strcspn(warning, ":"), warning));
		}
}

void add_cautions(struct page *page, const struct runs *runs)
{
	const json_t *peer;
	size_t i;

	for (size_t r = 0; r < runs->run_count; r++) {
		if (json_is_true(json_object_get(runs->runs[r].whole, "partial")))
			page_caution(page, text("%s was stopped early", runs->runs[r].name));
		json_array_foreach(run_list(runs->runs[r].whole, "failed_peers"), i, peer)
			page_caution(page, text("%s failed", run_text(peer, "name")));
	}
	add_warnings(page, runs, false);
}

static struct sheet *facts_sheet(const struct runs *runs)
{
	static const struct column columns[] = { { "fact", COLUMN_TEXT, false, 0 },
		{ "value", COLUMN_TEXT, false, 0 }, { "only of", COLUMN_TEXT, false, 0 } };
	struct sheet *sheet = sheet_make("The machine", columns, 3);

	for (size_t r = 0; r < runs->run_count; r++) {
		const char *name;
		json_t *fact;

		json_object_foreach((json_t *)facts_of(&runs->runs[r]), name, fact)
		{
			const bool shared = is_shared(runs, name);

			if (shared && r > 0)
				continue;
			sheet_row(sheet, STYLE_NONE, 0);
			sheet_cell(sheet, name);
			sheet_cell(sheet, fact_text(fact));
			sheet_cell(sheet, shared ? "" : runs->runs[r].name);
		}
	}
	return sheet;
}

void add_place(struct page *page, const struct runs *runs)
{
	page_heading(page, 2, "What makes the figures unsafe");
	add_warnings(page, runs, true);
	page_heading(page, 2, "Where it ran, and how to repeat it");
	for (size_t r = 0; r < runs->run_count; r++)
		if (r == 0 || runs->runs[r].whole != runs->runs[r - 1].whole)
			page_code(page, run_text(runs->runs[r].whole, "command_line"));
	page_fold(page, "Every fact of the environment");
	page_sheet(page, facts_sheet(runs));
	page_fold(page, NULL);
	for (size_t f = 0; f < runs->file_count; f++) {
		const json_t *file = runs->files[f];
		char *dumped = json_dumps(
			json_array_size(file) == 1 ? json_array_get(file, 0) : file, JSON_COMPACT);

		page_file(page, basename(runs->names[f]), text("%s", dumped ? dumped : ""));
		free(dumped);
	}
}
