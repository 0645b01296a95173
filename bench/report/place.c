/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the runs ran, what makes their figures unsafe, and what was typed.
 */
#include <stdlib.h>
#include <string.h>

#include "report/sections.h"

/* Which runs carry the same warning: named only where not all do. */
static bool has_warning(const struct run *run, const char *text)
{
	const json_t *warning;
	size_t i;

	json_array_foreach(run_list(run->json, "warnings"), i, warning)
	{
		if (json_is_string(warning) && strcmp(json_string_value(warning), text) == 0)
			return true;
	}
	return false;
}

static void write_warning(
	struct page *page, const struct runs *runs, size_t first, const char *text)
{
	size_t count = 0, size = 0;
	char *names = NULL;
	FILE *out;

	/* It was written with the first run that has it. */
	for (size_t r = 0; r < first; r++)
		if (has_warning(&runs->runs[r], text))
			return;
	out = open_memstream(&names, &size);
	for (size_t r = 0; out && r < runs->run_count; r++)
		if (has_warning(&runs->runs[r], text))
			fprintf(out, "%s%s", count++ ? "; " : "", runs->runs[r].name);
	if (out && fclose(out) == 0 && count < runs->run_count)
		page_caution(page, "%s (%s).", text, names);
	else
		page_caution(page, "%s.", text);
	free(names);
}

void write_warnings(struct page *page, const struct runs *runs)
{
	const json_t *warning;
	size_t i;

	for (size_t r = 0; r < runs->run_count; r++)
		json_array_foreach(run_list(runs->runs[r].json, "warnings"), i, warning)
		{
			if (json_is_string(warning))
				write_warning(page, runs, r, json_string_value(warning));
		}
}

static const json_t *fact_of(const struct run *run, const char *name)
{
	return json_object_get(run_object(run->json, "environment"), name);
}

static bool is_shared(const struct runs *runs, const char *name)
{
	for (size_t r = 1; r < runs->run_count; r++)
		if (!json_equal((json_t *)fact_of(&runs->runs[0], name),
			    (json_t *)fact_of(&runs->runs[r], name)))
			return false;
	return true;
}

static void write_fact(struct page *page, const json_t *fact)
{
	char *text;

	if (!fact || json_is_null(fact)) {
		page_cell(page, "%s", "unknown");
	} else if (json_is_string(fact)) {
		page_cell(page, "%s", json_string_value(fact));
	} else if (json_is_boolean(fact)) {
		page_cell(page, "%s", json_is_true(fact) ? "yes" : "no");
	} else {
		text = json_dumps(fact, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
		page_cell(page, "%s", text ? text : "?");
		free(text);
	}
}

/* "cpu model" for cpu_model. */
static void write_fact_name(struct page *page, const char *name)
{
	char words[80];
	size_t i;

	for (i = 0; i < sizeof(words) - 1 && name[i]; i++)
		words[i] = name[i] == '_' ? ' ' : name[i];
	words[i] = '\0';
	page_cell(page, "%s", words);
}

static void write_shared_facts(struct page *page, const struct runs *runs)
{
	static const struct column columns[] = { { "fact", false }, { "value", false } };
	const char *name;
	json_t *fact;

	page_table_begin(
		page, runs->run_count > 1 ? "The same for all runs" : "The machine", columns, 2);
	json_object_foreach((json_t *)run_object(runs->runs[0].json, "environment"), name, fact)
	{
		if (!is_shared(runs, name))
			continue;
		write_fact_name(page, name);
		write_fact(page, fact);
	}
	page_table_end(page);
}

/* Facts to the right: runs are many, what differs between them is not. */
static void write_other_facts(struct page *page, const struct runs *runs)
{
	struct column columns[] = { { "run", false }, { "fact", false }, { "value", false } };
	bool any = false;
	const char *name;
	json_t *fact;

	for (size_t r = 0; r < runs->run_count; r++)
		json_object_foreach(
			(json_t *)run_object(runs->runs[r].json, "environment"), name, fact)
		{
			if (is_shared(runs, name))
				continue;
			if (!any)
				page_table_begin(page, "What differs from run to run", columns, 3);
			any = true;
			page_cell(page, "%s", runs->runs[r].name);
			write_fact_name(page, name);
			write_fact(page, fact);
		}
	if (any)
		page_table_end(page);
}

void write_place(struct page *page, const struct runs *runs)
{
	page_heading(page, 2, "The commands");
	for (size_t r = 0; r < runs->run_count; r++) {
		if (r > 0 && runs->runs[r].whole == runs->runs[r - 1].whole)
			continue;
		page_paragraph(page, "%s, %s:", runs->runs[r].name,
			run_text(run_object(runs->runs[r].json, "environment"), "timestamp"));
		page_code(page, run_text(runs->runs[r].json, "command_line"));
	}
	page_heading(page, 2, "Where it ran");
	page_details_begin(page, "Every fact of the environment");
	write_shared_facts(page, runs);
	write_other_facts(page, runs);
	page_details_end(page);
}
