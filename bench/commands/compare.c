/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare: what changed between two result files.
 */
#include <errno.h>
#include <math.h>

#include "cli/flags.h"
#include "base/values.h"
#include "commands/commands.h"
#include "base/interrupt.h"
#include "results/comparison.h"
#include "results/output.h"
#include "results/style.h"
#include "cli/settings.h"

/* compare's own: 0 same or better, 1 worse, 2 not comparable (or wrong usage). */
enum { COMPARE_FINE = 0, COMPARE_WORSE = 1, COMPARE_IMPOSSIBLE = 2 };

struct compare {
	bool force;
	struct result_file old, new;
	struct comparison comparison; /* of these two */
	double drift;                 /* the largest of any size and way */
	size_t matched, worse, better, unclear;
};

/* The values may be as long as a file. */
static void write_difference(void *context, const char *name, const char *old, const char *new)
{
	struct complaint line;

	(void)context;
	complain(&line, 0, "%s differs: %.200s, now %.200s", name, old, new);
	fprintf(stderr, PROGRAM ": %s\n", line.text);
}

/* What the waits of live are called is longer than any touch. */
static int way_width(const struct compare *c)
{
	return c->new.live ? 11 : 7;
}

#define QUESTION_FORMAT "%-24s "

static const char *way_name(const struct compare *c)
{
	return c->new.live ? "wait" : "touch";
}

/* "-" where in half of the rounds nothing was consumed. */
static const char *time_text(char *text, size_t size, double ns)
{
	if (isfinite(ns))
		snprintf(text, size, "%.2f", ns);
	else
		snprintf(text, size, "-");
	return text;
}

static void write_row(struct compare *c, FILE *out, bool colour, const struct comparison_row *row)
{
	const struct series *old = row->old, *new = row->new;
	const struct ratio *ratio = &row->ratio;
	char interval[32] = "", times[2][32];

	if (ratio->has_interval)
		snprintf(interval, sizeof(interval), "[%.3f, %.3f]", ratio->interval.low,
			ratio->interval.high);
	if (c->new.has_questions)
		fprintf(out, QUESTION_FORMAT, new->question);
	fprintf(out, "%-12s %6" JSON_INTEGER_FORMAT " %-*s %9s %9s", new->path, new->event_size,
		way_width(c), new->way, time_text(times[0], sizeof(times[0]), old->median),
		time_text(times[1], sizeof(times[1]), new->median));
	if (ratio->valid)
		fprintf(out, " %7.3fx %-16s %s%s%s%s\n", ratio->median, interval,
			style_start(colour, ratio->verdict),
			row->limit ? "(the machine)" : verdict_name(ratio->verdict),
			style_end(colour), row->by_runs ? " (by runs)" : "");
	else if (old->rounds > STATISTICS_ROUNDS_MAX || new->rounds > STATISTICS_ROUNDS_MAX)
		fprintf(out, " %8s %-16s more than %d rounds\n", "-", "", STATISTICS_ROUNDS_MAX);
	else
		fprintf(out, " %8s %-16s rounds without a usable time\n", "-", "");
	c->matched++;
	c->drift = fmax(c->drift, row->drift);
	if (row->limit)
		return;
	c->worse += ratio->verdict == VERDICT_SLOWER;
	c->better += ratio->verdict == VERDICT_FASTER;
	c->unclear += ratio->verdict == VERDICT_UNCLEAR;
}

static void write_comparison(struct compare *c, FILE *out)
{
	const bool colour = style_colour_wanted();
	const double floor = comparison_noise(&c->comparison);
	const double least = fmax(c->comparison.threshold, floor);
	struct comparison_row row;
	char threshold[FORMAT_SIZE];

	if (c->new.has_questions)
		fprintf(out, QUESTION_FORMAT, "question");
	fprintf(out, "%-12s %6s %-*s %9s %9s %8s %-16s %s\n", "path", "size", way_width(c),
		way_name(c), "old ns", "new ns", "speed", "95 % interval", "verdict");
	for (size_t i = 0; i < c->new.series_count; i++)
		if (comparison_row(&c->comparison, &c->new.series[i], &row))
			write_row(c, out, colour, &row);
	fprintf(out,
		"\n%zu compared: %zu faster, %zu slower, %zu unclear, the others the same. Below "
		"%s nothing is\ncalled faster or slower%s.\n",
		c->matched, c->better, c->worse, c->unclear,
		format_percent(round(least * 1e4) / 1e4, threshold, sizeof(threshold)),
		floor > c->comparison.threshold ? ": that was the noise in the runs"
		: c->new.has_questions          ? ", nor below the noise of its question"
						: "");
	if (c->drift > least)
		fprintf(out,
			"Floor or memory, which no reader changes, moved too: this raises the "
			"threshold to "
			"up to %s.\n",
			format_percent(round(c->drift * 1e4) / 1e4, threshold, sizeof(threshold)));
	fprintf(out, "Only in OLD: %zu, only in NEW: %zu.\n", c->old.series_count - c->matched,
		c->new.series_count - c->matched);
}

static int compare(struct compare *c, const char *const *names, struct complaint *why)
{
	struct output output;
	int err;

	err = result_file_read(&c->old, names[0], why);
	if (!err)
		err = result_file_read(&c->new, names[1], why);
	if (err)
		return COMPARE_IMPOSSIBLE;
	/* Not even by force: the time to read an event is not the time from one to the next. */
	if (c->old.live != c->new.live) {
		complain(why, -EINVAL,
			"%s is of live and %s is not, so their figures mean different things; "
			"compare live with live, drain with drain",
			names[c->old.live ? 0 : 1], names[c->old.live ? 1 : 0]);
		return COMPARE_IMPOSSIBLE;
	}
	if (comparison_differences(&c->comparison, write_difference, NULL) > 0 && !c->force) {
		complain(why, -EINVAL,
			"%s and %s are not comparable, as the lines above say; -force compares "
			"them all the same",
			names[0], names[1]);
		return COMPARE_IMPOSSIBLE;
	}
	err = output_begin(&output);
	if (err) {
		complain(why, err, "out of memory");
		return COMPARE_IMPOSSIBLE;
	}
	write_comparison(c, output.stream);
	if (c->matched == 0) {
		output_abandon(&output);
		complain(why, -EINVAL, "%s and %s have no path, size and %s in common", names[0],
			names[1], way_name(c));
		return COMPARE_IMPOSSIBLE;
	}
	if (output_commit(&output, NULL, why))
		return COMPARE_IMPOSSIBLE;
	why->text[0] = '\0';
	return c->worse > 0 ? COMPARE_WORSE : COMPARE_FINE;
}

int command_compare(int argc, char **argv)
{
	static struct settings settings;
	struct complaint why = { "" };
	int status = settings_parse(&settings, COMMAND_COMPARE, argc, argv, &why);
	struct compare c = {
		.force = settings.force,
		.comparison = { settings.threshold, &c.old, &c.new },
	};

	if (status > 0)
		return COMPARE_FINE;
	status = status ? COMPARE_IMPOSSIBLE : compare(&c, settings.files, &why);
	if (why.text[0])
		status = interrupted() ? command_end(-EINTR, &why)
				       : (command_end(-EINVAL, &why), COMPARE_IMPOSSIBLE);
	result_file_free(&c.old);
	result_file_free(&c.new);
	return status;
}
