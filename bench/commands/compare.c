/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare: what changed between two result files.
 */
#include <errno.h>
#include <math.h>
#include <sys/param.h>

#include "base/arena.h"
#include "commands/commands.h"
#include "results/result_file.h"
#include "results/style.h"

/* Exit statuses. 0: all is the same or better; 2: not comparable. */
enum { COMPARE_WORSE = 1, COMPARE_UNDECIDED = 3 };

static struct result_file old, new;
static struct comparison all;

/* Returns how many there are. */
static size_t write_differences(void)
{
	json_t *differences = comparison_differences(&all), *difference;
	const size_t count = json_array_size(differences);
	const char *name, *before, *now;
	struct complaint line;
	size_t i;

	json_array_foreach(differences, i, difference)
	{
		json_unpack(difference, "[s, s, s]", &name, &before, &now);
		complain(&line, 0, "%s differs: %.200s, now %.200s", name, before, now);
		fprintf(stderr, PROGRAM ": %s\n", line.text);
	}
	json_decref(differences);
	return count;
}

/* "batch/paced": of drain it is "batch/fields". */
static const char *name_of(const struct row *row)
{
	return strcmp(row_way(row), "own") == 0 ? row->path
						: text("%s/%s", row->path, row_way(row));
}

static void write_row(FILE *out, int width, bool colour, const struct comparison_row *row)
{
	const struct row *both[] = { row->old, row->new };
	const struct ratio *ratio = &row->ratio;
	const char *speed = ratio->valid ? text("%.3f", ratio->median) : "-";

	fprintf(out, "%-*s %5s", width, name_of(row->new), row->new->size_text);
	for (int i = 0; i < 2; i++) {
		const double ns = row_value(both[i], all.metric);

		/* "-": in half of the rounds nothing was consumed. */
		fprintf(out, " %7s",
			!isfinite(ns) ? "-"
			: ns < 99999  ? text("%.2f", ns)
				      : text("%.3g", ns));
	}
	if (ratio->has_interval)
		speed = text("%.3f [%.3f %.3f]", ratio->median, ratio->interval.low,
			ratio->interval.high);
	fprintf(out, "  %-19s ", speed);
	if (ratio->valid)
		fprintf(out, "%s%s %s%s%s\n", style_start(colour, ratio->verdict),
			row->new->limit ? " " : verdicts[ratio->verdict].sign,
			row->new->limit ? "(the machine)" : verdicts[ratio->verdict].name,
			style_end(colour), row->by_runs ? " (by runs)" : "");
	else if (row->old->rounds > STATISTICS_ROUNDS_MAX ||
		 row->new->rounds > STATISTICS_ROUNDS_MAX)
		fprintf(out, "? more than %d rounds\n", STATISTICS_ROUNDS_MAX);
	else
		fputs("? rounds without a usable time\n", out);
}

/* A line for each peer that failed in NEW. */
static const char *failures(void)
{
	const json_t *run, *peer;
	const char *lines = "", *name, *reason;
	size_t i, j;

	json_array_foreach(new.runs, i, run)
	{
		json_array_foreach(json_object_get(run, "failed_peers"), j, peer)
		{
			if (json_unpack(
				    (json_t *)peer, "{s:s, s:s}", "name", &name, "reason", &reason))
				continue;
			lines = text("%s! %s failed in NEW: %.200s\n", lines, name, reason);
		}
	}
	return lines;
}

/* "Slower: 2 slower, 3 same; worst batch/fields, 80 B: 0.900x." */
static void write_headline(FILE *out)
{
	static const enum verdict order[] = { VERDICT_SLOWER, VERDICT_FASTER, VERDICT_SAME,
		VERDICT_WITHIN_NOISE, VERDICT_TOO_NOISY, VERDICT_TOO_FEW };
	const struct comparison_row *worst = NULL;
	const char *separator = "";

	fputs(all.found[VERDICT_SLOWER] > 0     ? "Slower: "
		: *failures()                   ? "Failed: "
		: all.doubtful                  ? "Undecided: "
		: all.found[VERDICT_FASTER] > 0 ? "Faster: "
						: "Same: ",
		out);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (all.found[order[i]] == 0)
			continue;
		fprintf(out, "%s%zu %s", separator, all.found[order[i]], verdicts[order[i]].name);
		separator = ", ";
	}
	fputs(*separator ? "" : "only limits", out);
	for (size_t i = 0; i < all.count; i++) {
		const struct comparison_row *row = &all.rows[i];

		if (!row->new->limit && row->ratio.verdict == VERDICT_SLOWER &&
			row->ratio.median < 1 &&
			(!worst || row->ratio.median < worst->ratio.median))
			worst = row;
	}
	if (worst)
		fprintf(out, "; worst %s, %s B: %.3fx", name_of(worst->new), worst->new->size_text,
			worst->ratio.median);
	fputs(".\n\n", out);
}

/* Files that are too noisy, and a machine that changed. */
static void write_doubts(const struct settings *s, int status, FILE *out)
{
	const struct result_file *const files[] = { &old, &new };
	/* A file is often compared with itself, to see how noisy it is. */
	const int count = strcmp(old.name, new.name) == 0 ? 1 : 2;

	for (int f = 0; f < count; f++) {
		const struct table *table = &files[f]->table;
		const struct row *noisiest = table->rows;

		for (size_t i = 0; i < table->row_count; i++)
			if (table->rows[i].noise > noisiest->noise)
				noisiest = &table->rows[i];
		for (size_t i = 0; i < json_array_size(files[f]->runs); i++)
			if (json_is_true(
				    json_object_get(json_array_get(files[f]->runs, i), "partial")))
				fprintf(out, "! %s: run %zu was interrupted\n", files[f]->name,
					i + 1);
		if (table->row_count && noisiest->noise > VERDICT_NOISE_MOST &&
			isfinite(noisiest->noise))
			fprintf(out, "! %s is too noisy to compare: %s differs from itself by %s\n",
				files[f]->name, name_of(noisiest), style_percent(noisiest->noise));
	}
	for (size_t i = 0; i < all.count; i++)
		if (all.rows[i].worse)
			style_write_wrapped(
				out, text("! %s, %s B: %s", name_of(all.rows[i].new),
					     all.rows[i].new->size_text, all.rows[i].worse));
	for (size_t i = 0; i < old.table.row_count; i++)
		if (!old.table.rows[i].limit && !comparison_find_row(&new, &old.table.rows[i]))
			style_write_wrapped(
				out, text("? %s, %s B is not in NEW", name_of(&old.table.rows[i]),
					     old.table.rows[i].size_text));
	if (all.drift > s->threshold)
		style_write_wrapped(out,
			text("! the limits floor and memory, which run no reader, changed by up "
			     "to %s: %s",
				style_percent(all.drift),
				all.drift > comparison_drift_most(&all)
					? "the machine changed, so nothing is decided"
					: "differences of this size may come from the machine"));
	if (status == COMPARE_UNDECIDED)
		style_write_wrapped(out,
			"? Undecided, so the exit status is 3 (0 with -undecided ok): measure with "
			"more -rounds and -runs, on an idle machine.");
}

static int write_comparison(struct call *call, FILE *out)
{
	const struct settings *s = &call->settings;
	const bool colour = style_colour_wanted(), cpu = all.metric != METRIC_NS;
	const char *failed = failures();
	const int status = all.found[VERDICT_SLOWER] > 0 || *failed ? COMPARE_WORSE
			   : all.doubtful && !s->undecided          ? COMPARE_UNDECIDED
								    : 0;
	char threshold[FORMAT_SIZE];
	int width = 6;

	for (size_t i = 0; i < all.count; i++)
		width = MAX(width, (int)strlen(name_of(all.rows[i].new)));
	write_headline(out);
	fprintf(out, "%-*s %5s %7s %7s  %-19s   verdict\n", width, "reader", "size",
		cpu ? "old CPU" : "old ns", cpu ? "new CPU" : "new ns",
		cpu ? "per CPU [95 %]" : "speed [95 %]");
	for (size_t i = 0; i < all.count; i++)
		write_row(out, width, colour, &all.rows[i]);
	fputc('\n', out);
	write_doubts(s, status, out);
	fputs(failed, out);
	fprintf(out, "Same: shown to differ by less than %s. Only in OLD: %zu, only in NEW: %zu.\n",
		format_percent(s->threshold, threshold, sizeof(threshold)),
		old.table.row_count - all.count, new.table.row_count - all.count);
	return status;
}

static int compare(struct call *call)
{
	const struct settings *s = &call->settings;
	const char *const *names = s->files;
	struct complaint *why = &call->why;
	int err;

	all = (struct comparison){ .threshold = s->threshold, .old = &old, .new = &new };
	err = result_file_read(&old, names[0], why);
	if (!err)
		err = result_file_read(&new, names[1], why);
	if (err)
		return err;
	/* Not even with -force: drain measures how long reading takes, live from event to event. */
	if (old.live != new.live)
		return complain(why, -EINVAL,
			"%s is a result of live and %s is not, so their figures mean different "
			"things; compare live with live, drain with drain",
			names[old.live ? 0 : 1], names[old.live ? 1 : 0]);
	if (write_differences() > 0 && !s->force)
		return complain(why, -EINVAL,
			"%s and %s are not comparable because of the differences above; -force "
			"compares them anyway",
			names[0], names[1]);
	comparison_find(&all);
	if (all.count == 0)
		return complain(why, -EINVAL,
			"%s and %s have no results of the same path, size and %s", names[0],
			names[1], new.live ? "wait" : "touch");
	return command_write(call, write_comparison);
}

int command_compare(struct call *call)
{
	const int status = compare(call);

	result_file_free(&old);
	result_file_free(&new);
	return status;
}
