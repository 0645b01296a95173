/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page: verdict, cautions and facts, a line each; then what changed, what was measured, the
 * details, and where the runs ran.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"

static const json_t *facts_of(const struct run *run)
{
	return json_object_get(run->json, "environment");
}

static bool is_shared(const struct runs *runs, const char *name)
{
	const json_t *first = json_object_get(facts_of(&runs->runs[0]), name);

	for (size_t r = 1; r < runs->run_count; r++)
		if (!json_equal((json_t *)first, json_object_get(facts_of(&runs->runs[r]), name)))
			return false;
	return true;
}

/* A fact that is known, between @before and @after. */
static const char *known(
	const struct runs *runs, const char *before, const char *name, const char *after)
{
	const json_t *fact = json_object_get(facts_of(&runs->runs[0]), name);

	if (!fact || json_is_null(fact))
		return "";
	return text("%s%s%s", before, is_shared(runs, name) ? value_text(name, fact) : "several",
		after);
}

static const char *last_time(const struct runs *runs)
{
	return text_in(facts_of(&runs->runs[runs->run_count - 1]), "timestamp");
}

/* The largest noise of a run, relative. 0: nothing ran twice; INFINITY: unknown. */
static double noise_of(const struct run *run)
{
	double largest = 0;

	for (size_t i = 0; i < run->result_count; i++)
		largest = fmax(largest, run->results[i].row->noise);
	return largest;
}

/* Where the runs ran, in a line. */
static const char *facts_line(const struct runs *runs)
{
	const struct run *run = &runs->runs[0];
	const size_t rounds = run->result_count > 0 ? run->results[0].row->rounds : 0;
	const double noise = noise_of(run);
	const char *time = last_time(runs);
	const char *of_run = "";

	if (strlen(time) > 16)
		time = text("%.10s %.5s UTC", time, time + 11);
	if (runs->run_count == 1 && rounds > 0)
		of_run = text("; %zu round%s, all verified%s%s", rounds, rounds == 1 ? "" : "s",
			noise == 0 ? "" : "; noise ",
			isinf(noise) ? "unknown: too few rounds"
			: noise == 0 ? ""
				     : text_share(noise));
	return text("%s%s%s%s%s%s; %s%s.", known(runs, "", "cpu_model", ""),
		known(runs, ", ", "cpus_online", " CPUs"), known(runs, ", ", "hypervisor", ""),
		known(runs, "; Linux ", "kernel_release", ""),
		known(runs, "; ringview ", "ringview_version", ""),
		known(runs, ", commit ", "ringview_commit", ""), time, of_run);
}

static void add_caution(struct page *page, const char *words)
{
	page->cautions = page->cautions ? text("%s; %s", page->cautions, words) : words;
}

/* Adds each warning once: its first words to the page's cautions, all of it to the sheet. */
static void add_cautions(struct page *page, const struct runs *runs, struct sheet *sheet)
{
	struct names seen = { NULL, 0 };
	const json_t *element;
	size_t i;

	for (size_t r = 0; r < runs->run_count; r++) {
		const struct run *run = &runs->runs[r];

		if (json_is_true(json_object_get(run->json, "partial")))
			add_caution(page, text("%s was stopped early", run->name));
		json_array_foreach(json_object_get(run->json, "failed_peers"), i, element)
		{
			add_caution(page, text("%s failed", text_in(element, "name")));
		}
		json_array_foreach(json_object_get(run->json, "warnings"), i, element)
		{
			const char *warning = json_string_value(element);
			const size_t before = seen.count;

			if (!warning || names_add(&seen, warning) < before)
				continue;
			add_caution(page, text("%.*s", (int)strcspn(warning, ":"), warning));
			SHEET_ROW(sheet, run->name, warning);
		}
	}
}

static struct sheet *facts_sheet(const struct runs *runs)
{
	struct sheet *sheet = SHEET("The machine", COLUMN("fact", TEXT), COLUMN("value", TEXT),
		COLUMN("only of", TEXT));

	for (size_t r = 0; r < runs->run_count; r++) {
		const char *name;
		json_t *fact;

		json_object_foreach((json_t *)facts_of(&runs->runs[r]), name, fact)
		{
			const bool shared = is_shared(runs, name);

			if (shared && r > 0)
				continue;
			SHEET_ROW(sheet, name, value_text(name, fact),
				shared ? "" : runs->runs[r].name);
		}
	}
	return sheet;
}

/* All facts and cautions, and the commands. */
static void add_place(struct page *page, const struct runs *runs)
{
	struct sheet *cautions = SHEET("Every caution", COLUMN("run", TEXT),
		COLUMN("what makes its figures unsafe, and what to do", TEXT));

	add_cautions(page, runs, cautions);
	page_add(page, BLOCK_HEADING, "Where it ran, and how to repeat it");
	for (size_t r = 0; r < runs->run_count; r++)
		if (r == 0 || runs->runs[r].json != runs->runs[r - 1].json)
			page_add(page, BLOCK_CODE, text_in(runs->runs[r].json, "command_line"));
	page_add_sheet(page, cautions, false);
	page_add_sheet(page, facts_sheet(runs), true);
	for (size_t f = 0; f < runs->file_count; f++) {
		const json_t *file = runs->files[f];
		char *dumped = json_dumps(
			json_array_size(file) == 1 ? json_array_get(file, 0) : file, JSON_COMPACT);

		page_add(page, BLOCK_FILE, text("%s", dumped ? dumped : ""));
		page->last->file = basename(runs->names[f]);
		free(dumped);
	}
}

/* How the runs of one workload in a file compare with those of an earlier file, as compare says. */
struct change {
	const char *name, *verdict, *old, *new; /* old, new: groups */
	bool comparable;
	size_t slower;
	struct sheet *sheet;
	const char *note; /* below the sheet, or NULL */
};

static void add_change_row(struct sheet *sheet, const struct comparison *c,
	const struct comparison_row *row, int style)
{
	const struct row *new = row->new;
	const struct ratio *ratio = &row->ratio;
	const struct mark mark = MARK(ratio->median, ratio->interval.low, ratio->interval.high);

	SHEET_ROW(sheet,
		c->new->live ? row_name(new)
			     : text("%s, %s B, %s", new->path, new->size_text, new->touch),
		text_number(row_value(row->old, c->metric)), text_number(row_value(new, c->metric)))
		->style = style;
	sheet_mark(sheet, mark, text_ratio);
	sheet_cell(sheet, text_interval(&mark, text_factor));
	sheet_verdict(sheet, new->limit ? "(the\u00a0machine)" : verdicts[ratio->verdict].name);
	sheet_cell(sheet, row->by_runs ? "medians of runs" : "rounds");
}

static void show_differences(struct change *change, const json_t *differences)
{
	const char *name, *old, *new;
	json_t *difference;
	size_t i;

	change->verdict = text("not comparable, %zu settings or facts of the machine differ.",
		json_array_size(differences));
	change->sheet = SHEET("These differ, so there is no verdict",
		COLUMN("fact or setting", TEXT), COLUMN("before", TEXT), COLUMN("now", TEXT));
	json_array_foreach(differences, i, difference)
	{
		json_unpack(difference, "[s, s, s]", &name, &old, &new);
		SHEET_ROW(change->sheet, text("%s", name), text("%s", old), text("%s", new));
	}
}

static void show_rows(struct change *change, const struct runs *runs, const struct comparison *c)
{
	const size_t faster = c->found[VERDICT_FASTER], slower = c->found[VERDICT_SLOWER],
		     same = c->found[VERDICT_SAME];
	const bool cpu = c->metric != METRIC_NS;

	change->slower = slower;
	change->verdict = text("%zu compared: %zu faster, %zu slower, %zu the same, %zu undecided.",
		faster + slower + same + c->undecided, faster, slower, same, c->undecided);
	change->sheet = SHEET("What changed: medians, ns an event, not paired",
		COLUMN("reader", TEXT), COLUMN(cpu ? "before, CPU ns" : "before, ns", NUMBER),
		COLUMN(cpu ? "now, CPU ns" : "now, ns", NUMBER),
		COLUMN(cpu ? "times as cheap" : "times as fast", RATIO),
		COLUMN("95 % interval", NUMBER), COLUMN("verdict", TEXT),
		DETAIL("compared by", TEXT));
	for (size_t i = 0; i < c->count; i++)
		add_change_row(change->sheet, c, &c->rows[i], style_of(runs, c->rows[i].new->path));
	change->note = text(
		"Changes below %s are the same.%s Only in %s: %zu rows; only in %s: %zu.",
		text_share(c->threshold),
		TEXT_IF(c->drift > 0, " The limits, which run no reader, changed by up to %s.",
			text_share(c->drift)),
		change->old, c->old->table.row_count - c->count, change->new,
		c->new->table.row_count - c->count);
	for (size_t i = 0; i < c->count; i++)
		if (c->rows[i].worse)
			change->note = text("%s %s: %s.", change->note, row_name(c->rows[i].new),
				c->rows[i].worse);
}

/* False: the groups have no rows in common. */
static bool compare(struct change *change, const struct runs *runs, const struct run_group *old,
	const struct run_group *new)
{
	struct comparison c = {
		.threshold = COMPARISON_THRESHOLD, .old = &old->results, .new = &new->results
	};
	json_t *differences;

	if (c.old->live != c.new->live)
		return false;
	comparison_find(&c);
	differences = comparison_differences(&c);
	*change = (struct change){
		.name = text("%s against %s", new->name, old->name),
		.old = old->name,
		.new = new->name,
		.comparable = json_array_size(differences) == 0,
	};
	if (change->comparable)
		show_rows(change, runs, &c);
	else
		show_differences(change, differences);
	json_decref(differences);
	return c.count > 0;
}

/* Compares each group of a later file with the first group of an earlier file that is comparable, or
 * at least has rows in common. Returns how many there are; @changes has room for one a group. */
static size_t find_changes(const struct runs *runs, struct change *changes)
{
	size_t count = 0;

	for (size_t n = 0; n < runs->group_count; n++) {
		const struct run_group *new = &runs->groups[n], *old = runs->groups;
		struct change change;
		bool any = false;

		for (; old->file < new->file && !(any && changes[count].comparable); old++)
			if (compare(&change, runs, old, new) && (!any || change.comparable)) {
				changes[count] = change;
				any = true;
			}
		count += any;
	}
	return count;
}

static const char *run_title(const struct run *run)
{
	return text("%s: %s", text_in(run->json, "command"), run->name);
}

void write_report(FILE *out, enum page_format format, const struct runs *runs)
{
	struct change *changes = arena_allocate(runs->group_count * sizeof(*changes));
	const size_t change_count = find_changes(runs, changes);
	const struct change *worst = changes;
	const struct run *first = &runs->runs[0];
	const bool several = runs->run_count > 1;
	struct page page = {
		.title = text("ringview %s: %s%.10s",
			runs->file_count == 1 ? text_in(first->json, "command")
					      : text("%zu result files", runs->file_count),
			known(runs, "", "cpu_model", ", "), last_time(runs)),
		.verdict = several ? text("%zu runs, each with its own verdict.", runs->run_count)
				   : run_verdict(first),
		.facts = facts_line(runs),
	};

	if (several) {
		struct sheet *contents =
			SHEET("Contents", COLUMN("part", TEXT), COLUMN("what came out", TEXT));

		/* A line with a link for each part, which are numbered in order. */
		contents->contents = true;
		for (size_t i = 0; i < change_count; i++) {
			SHEET_ROW(contents, changes[i].name, changes[i].verdict);
			worst = changes[i].slower > worst->slower ? &changes[i] : worst;
			page.verdict = text("%s: %s", worst->name, worst->verdict);
		}
		for (size_t i = 0; i < runs->run_count; i++)
			SHEET_ROW(contents, run_title(&runs->runs[i]), run_verdict(&runs->runs[i]));
		page_add_sheet(&page, contents, false);
		page.summary = change_count == 1 ? changes->sheet : contents;
	}
	for (size_t i = 0; i < change_count; i++) {
		page_add(&page, BLOCK_HEADING, changes[i].name);
		page_add_sheet(&page, changes[i].sheet, false);
		if (changes[i].note)
			page_add(&page, BLOCK_TEXT, changes[i].note);
	}
	for (size_t i = 0; i < runs->run_count; i++) {
		const struct sheet *sheet;

		if (several)
			page_add(&page, BLOCK_HEADING, run_title(&runs->runs[i]));
		sheet = add_results(&page, &runs->runs[i]);
		if (!several)
			page.summary = sheet;
	}
	add_place(&page, runs);
	(format == PAGE_HTML ? page_write_html : page_write_markdown)(out, &page);
}
