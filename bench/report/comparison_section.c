/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changed from file to file, by the verdicts of compare.
 */
#include <math.h>
#include <string.h>

#include "report/sections.h"
#include "report/verdicts.h"
#include "results/comparison.h"
#include "results/style.h"

static struct comparison comparison_of(const struct comparison_summary *summary)
{
	return (struct comparison){ COMPARISON_THRESHOLD, &summary->old->results,
		&summary->new->results };
}

static void tell_nobody(void *context, const char *name, const char *old, const char *new)
{
	(void)context;
	(void)name;
	(void)old;
	(void)new;
}

static struct comparison_summary summarise(const struct run_group *old, const struct run_group *new)
{
	struct comparison_summary summary = { .old = old, .new = new };
	const struct comparison comparison = comparison_of(&summary);
	struct comparison_row row;

	for (size_t i = 0; i < new->results.series_count; i++) {
		if (!comparison_row(&comparison, &new->results.series[i], &row))
			continue;
		summary.matched++;
		if (row.limit)
			continue;
		summary.better += row.ratio.verdict == VERDICT_FASTER;
		summary.worse += row.ratio.verdict == VERDICT_SLOWER;
		summary.unclear += !verdict_decides(row.ratio.verdict);
	}
	if (summary.matched > 0)
		summary.differences = comparison_differences(&comparison, tell_nobody, NULL);
	return summary;
}

static bool may_match(const struct run_group *old, const struct run_group *new)
{
	return old->file < new->file &&strcmp(old->question, new->question) == 0 &&
	       old->results.series_count > 0 && new->results.series_count > 0 &&
	       old->results.live == new->results.live;
}

/* The first of the older groups that can be compared with @new; else the first that has something
 * in common with it, whose differences are then told. */
static bool find_older(
	const struct runs *runs, const struct run_group *new, struct comparison_summary *found)
{
	bool any = false;

	for (size_t g = 0; g < runs->group_count; g++) {
		struct comparison_summary summary;

		if (!may_match(&runs->groups[g], new))
			continue;
		summary = summarise(&runs->groups[g], new);
		if (summary.matched > 0 && (!any || summary.differences == 0)) {
			*found = summary;
			any = true;
		}
		if (any && found->differences == 0)
			break;
	}
	return any;
}

size_t comparisons_of(const struct runs *runs, struct comparison_summary *summaries, size_t most)
{
	size_t count = 0;

	for (size_t g = 0; g < runs->group_count && count < most; g++)
		count += find_older(runs, &runs->groups[g], &summaries[count]);
	return count;
}

static void tell_page(void *context, const char *name, const char *old, const char *new)
{
	char text[512];

	snprintf(text, sizeof(text), "%.160s, now %.160s", old, new);
	page_item(context, 0, TONE_PLAIN, name, text);
}

/* Whether all series have the size, or the way, of the first. */
static void find_common(const struct result_file *file, bool *size, bool *way)
{
	*size = *way = true;
	for (size_t i = 1; i < file->series_count; i++) {
		*size &= file->series[i].event_size == file->series[0].event_size;
		*way &= strcmp(file->series[i].way, file->series[0].way) == 0;
	}
}

/* "batch", with what not all have in common: "batch, 80 B, fields"; of live "batch/paced". */
static const char *name_of(
	const struct comparison_summary *summary, const struct series *series, char text[128])
{
	char name[RUN_COMBINATION_SIZE], size[32];
	bool one_size, one_way;

	if (summary->new->results.live) {
		snprintf(text, 128, "%s", run_combination(series->path, series->way, name));
		return text;
	}
	find_common(&summary->new->results, &one_size, &one_way);
	snprintf(size, sizeof(size), ", %" JSON_INTEGER_FORMAT " B", series->event_size);
	snprintf(text, 128, "%.50s%s%s%.40s", series->path, one_size ? "" : size,
		one_way ? "" : ", ", one_way ? "" : series->way);
	return text;
}

static void write_verdicts(struct page *page, const struct comparison_summary *summary)
{
	const struct comparison comparison = comparison_of(summary);
	static struct verdicts verdicts;
	struct comparison_row row;
	char name[128];

	verdicts.count = 0;
	for (size_t i = 0; i < summary->new->results.series_count; i++)
		if (comparison_row(&comparison, &summary->new->results.series[i], &row) &&
			!row.limit)
			verdicts_add(&verdicts, name_of(summary, row.new, name), row.ratio.median,
				tone_of(verdict_name(row.ratio.verdict)));
	verdicts_write(page, &verdicts, "before");
}

void write_comparison_headline(
	struct page *page, const struct comparison_summary *summary, unsigned section)
{
	char lead[360], text[256];

	snprintf(lead, sizeof(lead), "%s against %s", summary->new->name, summary->old->name);
	if (summary->differences > 0)
		snprintf(text, sizeof(text),
			"not comparable, %zu settings or facts of the machine differ.",
			summary->differences);
	else
		snprintf(text, sizeof(text),
			"%zu compared, %zu faster, %zu slower, %zu undecided, the others the same.",
			summary->matched, summary->better, summary->worse, summary->unclear);
	page_item(page, section, TONE_PLAIN, lead, text);
	if (summary->differences == 0)
		write_verdicts(page, summary);
}

static void write_plot(struct page *page, const struct comparison_summary *summary)
{
	const struct comparison comparison = comparison_of(summary);
	struct comparison_row row;
	struct plot plot;
	char name[128], number[NUMBER_SIZE];

	plot_begin(&plot, PLOT_ROWS, "times as fast as before");
	plot.logarithmic = true;
	snprintf(plot.title, sizeof(plot.title), "%.90s against %.90s", summary->new->name,
		summary->old->name);
	plot_line(&plot, "", 1);
	plot_series(&plot, "", 0);
	plot_series(&plot, "", PLOT_STYLE_LIMIT);
	for (size_t i = 0; i < summary->new->results.series_count; i++) {
		struct plot_point point;

		if (!comparison_row(&comparison, &summary->new->results.series[i], &row) ||
			!row.ratio.valid)
			continue;
		point = (struct plot_point){ .series = row.limit,
			.value = row.ratio.median,
			.low = row.ratio.has_interval ? row.ratio.interval.low : NAN,
			.high = row.ratio.has_interval ? row.ratio.interval.high : NAN };
		point.at = (double)plot_category(
			&plot, name_of(summary, row.new, name), ratio_text(number, point.value));
		plot_point(&plot, point);
	}
	if (plot.point_count > 0)
		page_plot(page, &plot);
	plot_end(&plot);
}

static void write_row(struct page *page, const struct comparison_summary *summary,
	const struct comparison_row *row)
{
	const struct ratio *ratio = &row->ratio;
	char name[128], number[NUMBER_SIZE], interval[INTERVAL_SIZE];

	page_cell(page, "%s", name_of(summary, row->new, name));
	page_cell(page, "%s", number_text(number, row->old->median));
	page_cell(page, "%s", number_text(number, row->new->median));
	page_cell(page, "%s", ratio->valid ? ratio_text(number, ratio->median) : "-");
	page_cell(page, "%s",
		ratio->has_interval
			? ratio_interval_text(interval, ratio->interval.low, ratio->interval.high)
			: "");
	if (row->limit)
		page_cell(page, "%s", "(the machine)");
	else
		page_verdict_cell(page, tone_of(verdict_name(ratio->verdict)));
	page_cell(page, "%s", row->by_runs ? "medians of runs" : "rounds");
}

static void write_table(struct page *page, const struct comparison_summary *summary)
{
	static const struct column columns[] = { { "what", false }, { "before, ns", true },
		{ "now, ns", true }, { "times as fast", true }, { "95 % interval", true },
		{ "verdict", false }, { "compared by", false } };
	const struct comparison comparison = comparison_of(summary);
	struct comparison_row row;
	char percent[16];
	double drift = 0;

	page_table_begin(page, "Medians, ns an event; nothing of the two is paired", columns, 7);
	for (size_t i = 0; i < summary->new->results.series_count; i++)
		if (comparison_row(&comparison, &summary->new->results.series[i], &row)) {
			write_row(page, summary, &row);
			drift = fmax(drift, row.drift);
		}
	page_table_end(page);
	page_paragraph(page, "Below %s nothing is called faster or slower.",
		style_percent(percent, sizeof(percent), comparison.threshold));
	if (drift > comparison.threshold)
		page_paragraph(page,
			"Floor or memory, which no reader changes, moved by %s too: that much may "
			"be the machine's.",
			style_percent(percent, sizeof(percent), drift));
	page_paragraph(page, "Only in %s: %zu; only in %s: %zu.", summary->old->name,
		summary->old->results.series_count - summary->matched, summary->new->name,
		summary->new->results.series_count - summary->matched);
}

void write_comparison_section(struct page *page, const struct comparison_summary *summary)
{
	const struct comparison comparison = comparison_of(summary);
	char title[360];

	snprintf(title, sizeof(title), "%s against %s", summary->new->name, summary->old->name);
	page_heading(page, 2, title);
	if (summary->differences > 0) {
		page_paragraph(page, "These differ, so there is no verdict:");
		page_list_begin(page);
		comparison_differences(&comparison, tell_page, page);
		page_list_end(page);
		return;
	}
	page_figure_begin(page, "What changed");
	write_plot(page, summary);
	write_table(page, summary);
	page_figure_end(page);
}
