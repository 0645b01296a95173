/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare: what changed between two result files.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commandline/flags.h"
#include "commandline/parse.h"
#include "commands.h"
#include "environment/environment.h"
#include "paths/path.h"
#include "results/output.h"
#include "results/result_file.h"
#include "results/style.h"
#include "settings.h"
#include "statistics/ratio.h"

/* compare's own: 0 same or better, 1 worse, 2 not comparable (or wrong usage). */
enum { COMPARE_FINE = 0, COMPARE_WORSE = 1, COMPARE_IMPOSSIBLE = 2 };

/* With so many runs on both sides their medians are compared: that takes in what differs between
 * runs of the same program, which the rounds of one run cannot show. */
#define RUNS_TO_COMPARE INTERVAL_ROUNDS_MIN

struct compare {
	double threshold; /* relative */
	bool force;
	struct result_file old, new;
	double drift; /* the largest of any size and way */
	size_t matched, worse, better, unclear;
};

/* What has to be equal in the workloads. Sizes and touches, or waits, are matched one by one. */
static const char *const drain_settings[] = { "source", "event", "events", "ring_size", "batch",
	"caches", NULL };
static const char *const live_settings[] = { "preset", "source", "producer", "write",
	"back_to_back", "same_cpu", "producers", "rate", "duration_ns", "discard", "ring_size",
	"rings", "notify", "latency_budget_ns", "timer_slack_ns", "work_ns", "consumer_cpu", NULL };

/* The values are of files that may hold anything. */
static void write_difference(FILE *out, const char *name, const char *old, const char *new)
{
	struct complaint line;

	complain(&line, 0, "%s differs: %.200s, now %.200s", name, old, new);
	fprintf(out, PROGRAM ": %s\n", line.text);
}

static void report_environment(void *context, const struct environment_difference *difference)
{
	(void)context;
	if (difference->kind == ENVIRONMENT_NOT_COMPARABLE)
		write_difference(
			stderr, difference->name, difference->old_value, difference->new_value);
}

/* Settings that there was no choice of once, and what they were then: files from before do not have
 * them. */
static const struct {
	const char *name;
	const char *value; /* JSON */
} once[] = { { "write", "\"reserve\"" }, { "back_to_back", "0" }, { "same_cpu", "false" } };

/* A new reference, or NULL: it is neither there nor known. */
static json_t *setting_of(const json_t *workload, const char *name)
{
	json_t *value = json_object_get(workload, name);

	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]) && !value; i++)
		if (strcmp(once[i].name, name) == 0)
			return json_loads(once[i].value, JSON_DECODE_ANY, NULL);
	return json_incref(value);
}

static size_t report_settings(const char *const *settings, const json_t *old, const json_t *new)
{
	size_t differences = 0;

	for (size_t i = 0; settings[i]; i++) {
		const char *name = settings[i];
		json_t *before = setting_of(old, name), *after = setting_of(new, name);
		const bool equal = json_equal(before, after);
		char *texts[2];

		if (equal || (!before && !after)) {
			json_decref(before);
			json_decref(after);
			continue;
		}
		texts[0] = before ? json_dumps(before, JSON_ENCODE_ANY) : NULL;
		texts[1] = after ? json_dumps(after, JSON_ENCODE_ANY) : NULL;
		write_difference(stderr, name, texts[0] ? texts[0] : "absent",
			texts[1] ? texts[1] : "absent");
		free(texts[0]);
		free(texts[1]);
		json_decref(before);
		json_decref(after);
		differences++;
	}
	return differences;
}

/* How many differences forbid comparing the run with the first run of OLD; each is named. */
static size_t differences_from(const char *const *settings, const json_t *first, const json_t *run)
{
	int environment = environment_differences(json_object_get(first, "environment"),
		json_object_get(run, "environment"), report_environment, NULL);

	return (environment > 0 ? (size_t)environment : 0) +
	       report_settings(settings, json_object_get(first, "workload"),
		       json_object_get(run, "workload"));
}

static bool comparable(const struct compare *c)
{
	const struct result_file *files[] = { &c->old, &c->new };
	const char *const *settings = c->old.live ? live_settings : drain_settings;
	const json_t *first = json_array_get(c->old.runs, 0), *run;
	size_t differences = 0, i;

	for (int f = 0; f < 2; f++)
		json_array_foreach(files[f]->runs, i, run)
		{
			if (run != first)
				differences += differences_from(settings, first, run);
		}
	return differences == 0;
}

/* Limits run nothing of the library: what they changed by is the machine's doing. live has none. */
static bool is_limit(const struct compare *c, const struct series *series)
{
	const struct path *path = path_find(series->path);

	return !c->new.live &&path && path->role == PATH_LIMIT;
}

/* How much the machine may have changed between the files for events like @like, as far as limits
 * that both have can tell: relative. Half as much again as they did: they are measured no better
 * than the paths are. */
static double drift_of(const struct compare *c, const struct series *like)
{
	double drift = 0;

	for (size_t i = 0; i < c->new.series_count; i++) {
		const struct series *new = &c->new.series[i], *old;

		if (!is_limit(c, new) || new->event_size != like->event_size ||
			strcmp(new->way, like->way) != 0)
			continue;
		old = result_file_find(&c->old, new);
		if (old)
			drift = fmax(drift, expm1(fabs(log(old->median / new->median))));
	}
	return 1.5 * drift;
}

static struct ratio ratio_of(const struct compare *c, const struct series *old,
	const struct series *new, double drift, bool *by_runs)
{
	static struct statistics_scratch scratch;
	double noise = fmax(fmax(c->old.noise_floor, c->new.noise_floor),
		fmax(old->noise_floor, new->noise_floor));
	double floor = fmax(fmax(c->threshold, noise), drift);

	*by_runs = old->runs >= RUNS_TO_COMPARE && new->runs >= RUNS_TO_COMPARE;
	if (*by_runs)
		return ratio_unpaired(
			old->run_medians, old->runs, new->run_medians, new->runs, floor, &scratch);
	return ratio_unpaired(
		old->ns_per_event, old->rounds, new->ns_per_event, new->rounds, floor, &scratch);
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

static void write_row(struct compare *c, FILE *out, bool colour, const struct series *old,
	const struct series *new)
{
	bool by_runs;
	const double drift = drift_of(c, new);
	struct ratio ratio = ratio_of(c, old, new, drift, &by_runs);
	char interval[32] = "", times[2][32];

	if (ratio.has_interval)
		snprintf(interval, sizeof(interval), "[%.3f, %.3f]", ratio.interval.low,
			ratio.interval.high);
	if (c->new.has_questions)
		fprintf(out, QUESTION_FORMAT, new->question);
	fprintf(out, "%-12s %6" JSON_INTEGER_FORMAT " %-*s %9s %9s", new->path, new->event_size,
		way_width(c), new->way, time_text(times[0], sizeof(times[0]), old->median),
		time_text(times[1], sizeof(times[1]), new->median));
	if (ratio.valid)
		fprintf(out, " %7.3fx %-16s %s%s%s%s\n", ratio.median, interval,
			style_start(colour, ratio.verdict),
			is_limit(c, new) ? "(the machine)" : verdict_name(ratio.verdict),
			style_end(colour), by_runs ? " (by runs)" : "");
	else if (old->rounds > STATISTICS_ROUNDS_MAX || new->rounds > STATISTICS_ROUNDS_MAX)
		fprintf(out, " %8s %-16s more than %d rounds\n", "-", "", STATISTICS_ROUNDS_MAX);
	else
		fprintf(out, " %8s %-16s rounds without a usable time\n", "-", "");
	c->matched++;
	c->drift = fmax(c->drift, drift);
	if (is_limit(c, new))
		return;
	c->worse += ratio.verdict == VERDICT_SLOWER;
	c->better += ratio.verdict == VERDICT_FASTER;
	c->unclear += ratio.verdict == VERDICT_UNCLEAR;
}

static void write_comparison(struct compare *c, FILE *out)
{
	const bool colour = style_colour_wanted();
	double floor = fmax(c->old.noise_floor, c->new.noise_floor);
	char threshold[FORMAT_SIZE];

	if (c->new.has_questions)
		fprintf(out, QUESTION_FORMAT, "question");
	fprintf(out, "%-12s %6s %-*s %9s %9s %8s %-16s %s\n", "path", "size", way_width(c),
		way_name(c), "old ns", "new ns", "speed", "95 % interval", "verdict");
	for (size_t i = 0; i < c->new.series_count; i++) {
		const struct series *new = &c->new.series[i];
		const struct series *old = result_file_find(&c->old, new);

		if (old)
			write_row(c, out, colour, old, new);
	}
	fprintf(out,
		"\n%zu compared: %zu faster, %zu slower, %zu unclear, the others the same. Below "
		"%s nothing is\ncalled faster or slower%s.\n",
		c->matched, c->better, c->worse, c->unclear,
		format_percent(
			round(fmax(c->threshold, floor) * 1e4) / 1e4, threshold, sizeof(threshold)),
		floor > c->threshold   ? ": that was the noise in the runs"
		: c->new.has_questions ? ", nor below the noise of its question"
				       : "");
	if (c->drift > fmax(c->threshold, floor))
		fprintf(out,
			"Floor or memory, which no reader changes, moved too: this raises the "
			"threshold to "
			"up to %s.\n",
			format_percent(round(c->drift * 1e4) / 1e4, threshold, sizeof(threshold)));
	fprintf(out, "Only in OLD: %zu, only in NEW: %zu.\n", c->old.series_count - c->matched,
		c->new.series_count - c->matched);
}

static int compare(struct compare *c, const char *const names[2], struct complaint *why)
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
	if (!comparable(c) && !c->force) {
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
	struct compare c = { .threshold = 0.02 };
	const char *names[2];
	struct flag_arguments arguments = { .values = names, .capacity = 2 };
	const struct flag flags[] = {
		{ .name = "threshold",
			.kind = FLAG_PERCENT,
			.target = &c.threshold,
			.placeholder = "PERCENT",
			.help = "Differences smaller than this are the same." },
		{ .name = "force",
			.kind = FLAG_BOOLEAN,
			.target = &c.force,
			.help = "Compare results of different machines or settings too." },
	};
	const struct flag_command command = {
		.name = PROGRAM " compare",
		.arguments = "OLD.json NEW.json",
		.summary =
			"Compares two results of -format json. Each file may hold several runs. "
			"The exit status is 0 for the same or faster, 1 if anything became slower, 2 "
			"if they cannot be compared.",
		.flags = flags,
		.flag_count = sizeof(flags) / sizeof(flags[0]),
	};
	struct complaint why = { "" };
	char error[256];
	int status = flags_parse(&command, argc, argv, &arguments, error, sizeof(error));

	if (status > 0) {
		flags_print_help(stdout, &command);
		return COMPARE_FINE;
	}
	if (status == 0 && arguments.count != 2)
		snprintf(error, sizeof(error), "compare needs two files, OLD.json and NEW.json");
	if (status < 0 || arguments.count != 2) {
		complain(&why, -EINVAL, "%s", error);
		command_end(-EINVAL, &why);
		return COMPARE_IMPOSSIBLE;
	}
	status = compare(&c, names, &why);
	if (why.text[0])
		command_end(-EINVAL, &why);
	result_file_free(&c.old);
	result_file_free(&c.new);
	return status;
}
