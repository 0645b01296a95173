/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare: what changed between two result files.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/values.h"
#include "commands/commands.h"
#include "results/comparison.h"
#include "results/output.h"
#include "results/style.h"

/* Exit statuses: 0, all the same or better; something is worse; something is undecided. 2: not
 * comparable. */
enum { COMPARE_WORSE = 1, COMPARE_UNDECIDED = 3 };

struct compare {
	bool undecided_is_fine;
	double threshold;
	struct result_file old, new;
	struct comparison_rows all;
};

static void write_difference(void *context, const char *name, const char *old, const char *new)
{
	struct complaint line;

	(void)context;
	complain(&line, 0, "%s differs: %.200s, now %.200s", name, old, new);
	fprintf(stderr, PROGRAM ": %s\n", line.text);
}

#define NAME_SIZE 224

/* "batch/paced": of drain it is "batch/fields". */
static const char *name_of(const struct row *row, char text[NAME_SIZE])
{
	const bool own = strcmp(row_way(row), "own") == 0;

	snprintf(text, NAME_SIZE, "%s%s%s%s%s", row->question, row->question[0] ? " " : "",
		row->path, own ? "" : "/", own ? "" : row_way(row));
	return text;
}

/* "-": in half of the rounds nothing was consumed. */
static const char *time_text(char *text, size_t size, double ns)
{
	if (isfinite(ns))
		snprintf(text, size, "%.2f", ns);
	else
		snprintf(text, size, "-");
	return text;
}

static const char *ratio_text(char *text, size_t size, const struct ratio *ratio)
{
	snprintf(text, size, ratio->valid ? "%.3f" : "-", ratio->median);
	if (ratio->has_interval)
		snprintf(text, size, "%.3f [%.3f %.3f]", ratio->median, ratio->interval.low,
			ratio->interval.high);
	return text;
}

static void write_row(FILE *out, int width, bool colour, const struct comparison_row *row)
{
	const struct row *old = row->old, *new = row->new;
	const struct ratio *ratio = &row->ratio;
	char name[NAME_SIZE], times[2][32], text[64];

	fprintf(out, "%-*s %5s %7s %7s  %-19s ", width, name_of(new, name), new->size_text,
		time_text(times[0], sizeof(times[0]), row_value(old, METRIC_NS)),
		time_text(times[1], sizeof(times[1]), row_value(new, METRIC_NS)),
		ratio_text(text, sizeof(text), ratio));
	if (ratio->valid)
		fprintf(out, "%s%s %s%s%s\n", style_start(colour, ratio->verdict),
			row->limit ? " " : verdict_sign(ratio->verdict),
			row->limit ? "(the machine)" : verdict_name(ratio->verdict),
			style_end(colour), row->by_runs ? " (by runs)" : "");
	else if (old->rounds > STATISTICS_ROUNDS_MAX || new->rounds > STATISTICS_ROUNDS_MAX)
		fprintf(out, "? more than %d rounds\n", STATISTICS_ROUNDS_MAX);
	else
		fputs("? rounds without a usable time\n", out);
}

static size_t undecided(const struct compare *c)
{
	const size_t *found = c->all.found;

	return found[VERDICT_TOO_FEW] + found[VERDICT_TOO_NOISY] + found[VERDICT_WITHIN_NOISE];
}

/* "Slower: 2 slower, 3 same; worst batch/fields, 80 B: 0.900x." */
static void write_headline(const struct compare *c, FILE *out)
{
	static const enum verdict order[] = { VERDICT_SLOWER, VERDICT_FASTER, VERDICT_SAME,
		VERDICT_WITHIN_NOISE, VERDICT_TOO_NOISY, VERDICT_TOO_FEW };
	const size_t *found = c->all.found;
	const struct comparison_row *worst = NULL;
	const char *separator = "";
	char name[NAME_SIZE];

	fputs(found[VERDICT_SLOWER] > 0     ? "Slower: "
		: undecided(c) > 0          ? "Undecided: "
		: found[VERDICT_FASTER] > 0 ? "Faster: "
					    : "Same: ",
		out);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (found[order[i]] == 0)
			continue;
		fprintf(out, "%s%zu %s", separator, found[order[i]], verdict_name(order[i]));
		separator = ", ";
	}
	fputs(*separator ? "" : "only limits", out);
	for (size_t i = 0; i < c->all.count && found[VERDICT_SLOWER] > 0; i++) {
		const struct comparison_row *row = &c->all.rows[i];

		if (!row->limit && row->ratio.valid &&
			(!worst || row->ratio.median < worst->ratio.median))
			worst = row;
	}
	if (worst)
		fprintf(out, "; worst %s, %s B: %.3fx", name_of(worst->new, name),
			worst->new->size_text, worst->ratio.median);
	fputs(".\n\n", out);
}

/* Files that are too noisy, and a machine that changed. */
static void write_doubts(const struct compare *c, FILE *out)
{
	const struct result_file *const files[] = { &c->old, &c->new };
	const double drift = c->all.drift;
	char percent[16], name[NAME_SIZE];

	for (int f = 0; f < 2; f++) {
		const struct row *noisiest = NULL;

		for (size_t i = 0; i < files[f]->table.row_count; i++)
			if (!noisiest || files[f]->table.rows[i].noise > noisiest->noise)
				noisiest = &files[f]->table.rows[i];
		if (noisiest && noisiest->noise > VERDICT_NOISE_MOST)
			fprintf(out, "! %s is too noisy to compare: %s differs from itself by %s\n",
				files[f]->name, name_of(noisiest, name),
				style_percent(percent, sizeof(percent), noisiest->noise));
	}
	if (drift > c->threshold)
		fprintf(out,
			"! the limits floor and memory, which run no reader, changed by up "
			"to %s: %s\n",
			style_percent(percent, sizeof(percent), drift),
			drift > VERDICT_NOISE_MOST ? "the machine changed, so nothing is decided"
						   : "differences of this size may come from the "
						     "machine");
	if (undecided(c) > 0 && !c->undecided_is_fine)
		fputs("? Undecided, so the exit status is 3 (0 with -undecided ok): measure with "
		      "more -rounds\n"
		      "  and -runs, on an idle machine.\n",
			out);
}

static void write_comparison(const struct compare *c, FILE *out)
{
	const bool colour = style_colour_wanted();
	char name[NAME_SIZE], threshold[FORMAT_SIZE];
	int width = 6;

	for (size_t i = 0; i < c->all.count; i++) {
		const int length = (int)strlen(name_of(c->all.rows[i].new, name));

		width = length > width ? length : width;
	}
	write_headline(c, out);
	fprintf(out, "%-*s %5s %7s %7s  %-19s   verdict\n", width, "reader", "size", "old ns",
		"new ns", "speed [95 %]");
	for (size_t i = 0; i < c->all.count; i++)
		write_row(out, width, colour, &c->all.rows[i]);
	fputc('\n', out);
	write_doubts(c, out);
	fprintf(out, "Same: shown to differ by less than %s. Only in OLD: %zu, only in NEW: %zu.\n",
		format_percent(c->threshold, threshold, sizeof(threshold)),
		c->old.table.row_count - c->all.count, c->new.table.row_count - c->all.count);
}

static int compare(struct compare *c, const char *const *names, bool force, struct complaint *why)
{
	const struct comparison comparison = { c->threshold, &c->old, &c->new };
	struct output output;
	int err = result_file_read(&c->old, names[0], why);

	if (!err)
		err = result_file_read(&c->new, names[1], why);
	if (err)
		return err;
	/* Not even with -force: drain measures the time to read an event, live the time from one to
	 * the next. */
	if (c->old.live != c->new.live)
		return complain(why, -EINVAL,
			"%s is a result of live and %s is not, so their figures mean different "
			"things; compare live with live, drain with drain",
			names[c->old.live ? 0 : 1], names[c->old.live ? 1 : 0]);
	if (comparison_differences(&comparison, write_difference, NULL) > 0 && !force)
		return complain(why, -EINVAL,
			"%s and %s are not comparable because of the differences above; -force "
			"compares them anyway",
			names[0], names[1]);
	err = comparison_find(&comparison, &c->all);
	if (!err && c->all.count == 0)
		return complain(why, -EINVAL,
			"%s and %s have no results of the same path, size "
			"and %s",
			names[0], names[1], c->new.live ? "wait" : "touch");
	if (!err)
		err = output_begin(&output);
	if (err)
		return complain(why, err, "out of memory");
	write_comparison(c, output.stream);
	err = output_commit(&output, NULL, why);
	if (err)
		return err;
	if (c->all.found[VERDICT_SLOWER] > 0)
		return COMPARE_WORSE;
	return undecided(c) > 0 && !c->undecided_is_fine ? COMPARE_UNDECIDED : 0;
}

static int run(const struct call *call)
{
	const struct settings *settings = call->settings;
	struct compare c = {
		.undecided_is_fine = settings->undecided,
		.threshold = settings->threshold,
	};
	const int status = compare(&c, settings->files, settings->force, call->why);

	result_file_free(&c.old);
	result_file_free(&c.new);
	free(c.all.rows);
	return status;
}

int command_compare(int argc, char **argv)
{
	return command_run("compare", COMMAND_COMPARE, run, EXIT_USAGE, argc, argv);
}
