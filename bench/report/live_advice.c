/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: what to do about it, and what others have found.
 */
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "report/sections.h"

void write_live_limits(struct page *page, const struct grid *grid)
{
	const json_t *result;
	char name[RUN_COMBINATION_SIZE];
	size_t i;

	if (page->crowded)
		return;
	page_heading(page, 3, "What limits each, and what to change");
	page_list_begin(page);
	json_array_foreach(run_list(grid->run->json, "results"), i, result)
		page_item(page, 0, TONE_PLAIN,
			run_combination(run_text(result, "path"), run_text(result, "wait"), name),
			run_text(result, "verdict"));
	page_list_end(page);
}

/* Of -advise: ring sizes, up to the first without a loss. */
void write_live_advice(struct page *page, const struct grid *grid)
{
	static const struct column columns[] = { { "ring", false }, { "runs", true },
		{ "produced", true }, { "lost", true }, { "most bytes waiting", true } };
	const json_t *advice = run_object(grid->run->json, "advice"), *try;
	char size[FORMAT_SIZE], number[NUMBER_SIZE];
	size_t i;

	if (!advice)
		return;
	if (json_is_integer(json_object_get(advice, "ring_size")))
		page_paragraph(page, "The smallest ring that lost nothing: %s.",
			format_size((uint64_t)run_number(advice, "ring_size"), size, sizeof(size)));
	else
		page_paragraph(page, "No ring was large enough%s.",
			json_is_true(json_object_get(advice, "saturated"))
				? ": the consumer was busy all the time"
				: "");
	page_table_begin(page, "Ring sizes that were tried", columns, 5);
	json_array_foreach(run_list(advice, "tries"), i, try)
	{
		page_cell(page, "%s",
			format_size((uint64_t)fmax(0, fmin(1e18, run_number(try, "ring_size"))),
				size, sizeof(size)));
		page_cell(page, "%s", number_text(number, run_number(try, "runs")));
		page_cell(page, "%s", number_text(number, run_number(try, "produced")));
		page_cell(page, "%s", number_text(number, run_number(try, "lost")));
		page_cell(page, "%s", number_text(number, run_number(try, "high_water")));
	}
	page_table_end(page);
}

/* What others have measured of the same question, elsewhere. */
void write_live_published(struct page *page, const struct grid *grid)
{
	static const struct column columns[] = { { "reader", false }, { "Mev/s", true },
		{ "deviation", true }, { "lost, million a second", true } };
	const json_t *published = run_object(grid->run->json, "published"), *figure;
	bool any = false;
	char caption[512], number[NUMBER_SIZE];
	size_t i;

	json_array_foreach(run_list(published, "figures"), i, figure)
	{
		if (strcmp(run_text(figure, "question"), grid->run->question) != 0)
			continue;
		snprintf(caption, sizeof(caption), "Published by %.200s, on %.200s",
			run_text(published, "source"), run_text(published, "machine"));
		if (!any)
			page_table_begin(page, caption, columns, 4);
		any = true;
		page_cell(page, "%s", run_text(figure, "reader"));
		page_cell(page, "%s", number_text(number, run_number(figure, "mevents_per_s")));
		page_cell(page, "%s",
			number_text(number, run_number(figure, "mevents_per_s_deviation")));
		page_cell(page, "%s", number_text(number, run_number(figure, "mlost_per_s")));
	}
	if (any)
		page_table_end(page);
}
