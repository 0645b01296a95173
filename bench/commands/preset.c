/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/monotonic.h"
#include "base/process.h"
#include "commands/commands.h"
#include "results/style.h"

#define PRODUCERS_AT_LEAST 4
#define WORDS_MAX 16

static const char data[] =
#include "kernel-selftests.preset.inc"
	;

/* The workload of flags of live; @shared has what is the same in all parts. */
static struct workload workload_of(char *flags, const struct workload *shared)
{
	static struct settings settings;
	char *words[WORDS_MAX] = { (char *)"live", (char *)"-ring-size", (char *)"512KiB",
		(char *)"-event-size", (char *)"16" };
	struct workload *w = &settings.workload;
	struct complaint why;

	for (int count = 5; count + 1 < WORDS_MAX && (words[count] = strsep(&flags, " "));)
		count += words[count][0] != '\0';
	if (settings_parse(&settings, COMMAND_LIVE, words, &why))
		abort(); /* the file is part of this program */
	w->duration_ns = shared->duration_ns;
	w->latency_budget_ns = shared->latency_budget_ns;
	w->timer_slack_ns = shared->timer_slack_ns;
	w->consumer_cpu = w->overwrite ? -1 : shared->consumer_cpu;
	return *w;
}

static void add_part(struct preset *preset, const struct settings *settings, uint32_t cpus,
	char *const fields[3])
{
	struct preset_part *part = &preset->parts[preset->part_count++];
	const bool writes = strstr(fields[1], "-write");
	const struct workload *w = &part->workload;

	part->name = fields[0];
	part->title = fields[2];
	part->source = &preset->sources[preset->source_count - 1];
	part->workload = workload_of(fields[1], &settings->workload);
	for (size_t i = 0; i < settings->combination_count && !w->overwrite; i++) {
		const struct combination c = settings->combinations[i];

		/* A paced reader would only sleep between turns of its own, and a perf buffer is
		 * written in one way only. */
		if (!(c.wait == WAIT_PACED && w->back_to_back > 0) &&
			!(c.reader->reads_perf && writes))
			part->combinations[part->combination_count++] = c;
	}
	part->asked = (w->overwrite || part->combination_count > 0) &&
		      w->producers <= (cpus < PRODUCERS_AT_LEAST ? PRODUCERS_AT_LEAST : cpus);
	preset->asked += part->asked;
}

static void add_figure(struct preset_part *part, const char *line)
{
	struct preset_figure *f = &part->figures[part->figure_count++];

	/* This program never leaves the locale C. */
	sscanf(line, "%15s %lf %lf %lf %lf", f->reader, &f->consumed, &f->consumed_deviation,
		&f->lost, &f->lost_deviation);
}

/* @text: "NAME READER" */
static struct preset_place place_of(const struct preset *preset, char *text)
{
	const struct preset_part *part = preset->parts;
	const char *name = strsep(&text, " ");

	while (strcmp(part->name, name) != 0)
		part++;
	return (struct preset_place){ part, text };
}

void preset_read(struct preset *preset, const struct settings *settings, uint32_t cpus)
{
	static char text[sizeof(data)]; /* which the names refer to */
	char *next = text, *line;

	memcpy(text, data, sizeof(data));
	*preset = (struct preset){ .part_count = 0 };
	while ((line = strsep(&next, "\n"))) {
		char *rest = line + (line[0] == '@' || line[0] == '?'), *fields[3];

		if (line[0] == '=')
			add_figure(&preset->parts[preset->part_count - 1], line + 1);
		if (strchr("=#", line[0])) /* or empty */
			continue;
		for (int i = 0; i < 3; i++)
			fields[i] = strsep(&rest, "|");
		if (line[0] == '@')
			preset->sources[preset->source_count++] =
				(struct preset_source){ fields[0], fields[1], fields[2] };
		else if (line[0] == '?')
			preset->remarks[preset->remark_count++] = (struct preset_remark){
				{ place_of(preset, fields[0]), place_of(preset, fields[1]) },
				fields[2]
			};
		else
			add_part(preset, settings, cpus, fields);
	}
}

/* Lets producers overwrite a ring that nobody reads, for the duration of a round. */
static int produce_unread(
	const struct workload *workload, struct round *round, struct complaint *why)
{
	struct produced produced;
	struct source *source;
	struct complaint ignored;
	int64_t started_ns;
	int err = source_open(&source, workload, false, why), stop_err;

	if (err)
		return err;
	err = source_start(source, why);
	started_ns = monotonic_ns();
	while (!err && !interrupted() && monotonic_sleep_until(started_ns + workload->duration_ns))
		;
	stop_err = source_stop(source, &produced, err ? &ignored : why);
	*round = (struct round){
		.elapsed_ns = monotonic_ns() - started_ns,
		.produced = produced.attempted,
		.lost = produced.failed,
		.producer_ns_per_event =
			produced.attempted > 0 ? produced.ns / (double)produced.attempted : 0,
	};
	source_close(source);
	if (err || stop_err)
		return err ? err : stop_err;
	if (produced.submitted + produced.failed != produced.attempted)
		return complain(why, -EBADMSG,
			"the producers tried %" PRIu64 " events, but count %" PRIu64
			" submitted and %" PRIu64 " failed",
			produced.attempted, produced.submitted, produced.failed);
	return interrupted() ? complain(why, -EINTR, "interrupted") : 0;
}

static void add_unread_row(struct table *table, const struct measurement *m, const char *name)
{
	struct row *row;

	table_add_group(table, live_workload_json(m));
	row = table_add_row(table, "no-consumer", m->rounds);
	row->wait = live_wait_name(WAIT_OWN);
	row->question = text("%s", name);
	row_set_size(row, m->workload.event_size, m->workload.mix);
	for (size_t i = 0; i < m->rounds; i++) {
		const struct round *round = &m->samples[0].rounds[i];
		const double submitted = (double)(round->produced - round->lost);

		row_set(row, METRIC_NS, i,
			submitted > 0 ? (double)round->elapsed_ns / submitted : INFINITY);
		row_set(row, METRIC_PRODUCER_NS, i, round->producer_ns_per_event);
		row_set(row, METRIC_ELAPSED_NS, i, (double)round->elapsed_ns);
		row_set(row, METRIC_PRODUCED, i, (double)round->produced);
		row_set(row, METRIC_CONSUMED, i, 0);
		row_set(row, METRIC_LOST, i, (double)round->lost);
	}
	table_end_group(table, 0, false);
	row->verdict =
		text("No consumer: the producers submit as fast as they can, at %.0f ns per event.",
			row_value(row, METRIC_PRODUCER_NS));
}

static int measure_unread(const struct request *request, struct measurement *m, struct table *table,
	const char *name, struct complaint *why)
{
	const uint64_t rounds = request->plan.rounds;

	for (m->rounds = 0; m->rounds < rounds; m->rounds++) {
		int err;

		request->progress(request->progress_context, m->rounds, rounds);
		err = produce_unread(request->workload, &m->samples[0].rounds[m->rounds], why);
		if (err)
			return err;
	}
	add_unread_row(table, m, name);
	return 0;
}

static int measure_part(const struct preset_part *part, struct request request, struct table *table,
	struct complaint *why)
{
	static struct measurement m;
	struct complaint said;
	int err;

	request.workload = &part->workload;
	request.combinations = part->combinations;
	request.count = part->combination_count;
	m.workload = part->workload;
	m.alone_ns = m.unattached_ns = 0;
	if (part->workload.overwrite) {
		err = measure_unread(&request, &m, table, part->name, why);
	} else {
		err = measure_live(&request, &m, why);
		if (!err)
			live_add_group(table, &m, part->name);
	}
	if (m.own_memory > table->own_memory)
		table->own_memory = m.own_memory;
	if (err && err != -EINTR) {
		said = *why;
		complain(why, err, "%s: %s", part->name, said.text);
	}
	return err;
}

/* Opens the rings of each question's first part. Leaves out a question whose rings or producers cannot
 * be had, such as a tracepoint or rings that overwrite: it would end the run after minutes. Returns
 * an error of the first. */
static int leave_out(struct preset *preset, struct complaint *why)
{
	struct source *source;
	int err = 0;

	for (size_t i = 0; i < preset->part_count; i++) {
		struct preset_part *part = &preset->parts[i];

		if (part->title[0]) {
			err = part->asked ? source_open(&source, &part->workload, false, why) : 0;
			if (err && i == 0)
				return err;
			if (err)
				fprintf(stderr, "%.*s: left out: %.*s\n",
					(int)strcspn(part->name, ":"), part->name,
					(int)strcspn(
						why->text, part->workload.overwrite ? ";" : ""),
					why->text);
			else if (part->asked)
				source_close(source);
		}
		preset->asked -= part->asked && err;
		part->asked &= !err;
	}
	return 0;
}

int preset_measure(struct preset *preset, const struct request *request, struct table *table,
	struct complaint *why)
{
	int err = leave_out(preset, why);

	for (size_t i = 0; i < preset->part_count && !err; i++)
		if (preset->parts[i].asked) {
			err = measure_part(&preset->parts[i], *request, table, why);
			preset->done++;
		}
	return err;
}

/* Their code of its own releases once for all that it found, as batch does. Some figures of perf
 * are of one of its two readers only. */
const struct preset_figure *preset_figure_for(const struct preset_part *part, const char *name)
{
	static const char *const pairs[][2] = { { "libbpf-poll", "rb-libbpf" },
		{ "batch/event", "rb-custom" }, { "perfbuf", "pb-libbpf" },
		{ "perfbuf", "pb-custom" }, { "no-consumer", "rb-prod" } };

	for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++)
		for (size_t i = 0; i < part->figure_count && strcmp(pairs[p][0], name) == 0; i++)
			if (strcmp(part->figures[i].reader, pairs[p][1]) == 0)
				return &part->figures[i];
	return NULL;
}

json_t *preset_published_json(const struct preset *preset)
{
	const struct preset_source *first = &preset->sources[0];
	json_t *figures = json_array();

	for (size_t p = 0; p < preset->part_count; p++)
		for (size_t i = 0; i < preset->parts[p].figure_count; i++) {
			const struct preset_source *source = preset->parts[p].source;
			const struct preset_figure *f = &preset->parts[p].figures[i];
			const bool other = source != first;

			json_array_append_new(figures,
				json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:s*, s:s*}", "question",
					preset->parts[p].name, "reader", f->reader, "mevents_per_s",
					f->consumed, "mevents_per_s_deviation",
					f->consumed_deviation, "mlost_per_s", f->lost,
					"mlost_per_s_deviation", f->lost_deviation, "source",
					other ? source->text : NULL, "machine",
					other ? source->machine : NULL));
		}
	return json_pack("{s:{s:s, s:s, s:o}}", "published", "source", first->text, "machine",
		first->machine, "figures", figures);
}

/* A table for each question, with the published figures beside it; then what the figures say: ratios
 * within one machine, which carry over to others. */

#define OURS_FORMAT "%-11s %-12s %8s %-16s %6s  |"

/* @row, or NULL: not measured here; @figure, or NULL: not published. */
static void write_row(FILE *out, const struct preset_part *part, const struct row *row,
	const struct preset_figure *figure)
{
	const char *colon = strchr(part->name, ':');
	const char *name = "-", *speed = "-", *interval = "", *lost = "-";

	if (row) {
		const struct summary *ns = row_summary(row, METRIC_NS);
		const double produced = row_value(row, METRIC_PRODUCED);

		name = row_name(row);
		if (ns->valid)
			speed = text("%.3f", row_mevents_per_s(row));
		if (ns->has_interval)
			interval = text(
				"[%.3f, %.3f]", 1e3 / ns->interval.high, 1e3 / ns->interval.low);
		if (produced > 0)
			lost = text("%.1f", 100 * row_value(row, METRIC_LOST) / produced);
	}
	fprintf(out, OURS_FORMAT, colon ? colon + 1 : "", name, speed, interval, lost);
	if (figure) {
		speed = text("%.3f \u00b1 %.3f", figure->consumed, figure->consumed_deviation);
		/* The plus-minus sign is one column and two bytes. */
		fprintf(out, " %-9s %17s %7.3f", figure->reader, speed, figure->lost);
	}
	fputc('\n', out);
}

/* Writes the rows of @part, then the published figures that no row corresponds to. Writes nothing if
 * it was not measured. */
static void write_part(FILE *out, const struct preset_part *part, const struct table *table)
{
	bool shown[PRESET_FIGURES_MAX] = { false }, any = false;

	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];
		const struct preset_figure *figure;

		if (strcmp(row->question, part->name) != 0)
			continue;
		if (!any && part->title[0])
			fprintf(out, "%s%s\n" OURS_FORMAT " %-9s %16s %7s\n", i > 0 ? "\n" : "",
				part->title, "", "reader", "Mev/s", "95 % interval", "lost %",
				part->source->year, "published Mev/s", "lost");
		any = true;
		figure = preset_figure_for(part, row_name(row));
		write_row(out, part, row, figure);
		if (figure)
			shown[figure - part->figures] = true;
	}
	for (size_t i = 0; i < part->figure_count && any; i++)
		if (!shown[i])
			write_row(out, part, NULL, &part->figures[i]);
}

/* NULL: it was not measured. */
static const struct row *row_of(const struct table *table, const struct preset_place *place)
{
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		if (strcmp(row->question, place->part->name) == 0 &&
			strcmp(row_name(row), place->reader) == 0)
			return row;
	}
	return NULL;
}

static bool is_clear(const struct summary *a, const struct summary *b)
{
	return a->has_interval && b->has_interval &&
	       (a->interval.high < b->interval.low || b->interval.high < a->interval.low);
}

static void write_remarks(FILE *out, const struct preset *preset, const struct table *table)
{
	bool any = false;

	for (size_t i = 0; i < preset->remark_count; i++) {
		const struct preset_remark *remark = &preset->remarks[i];
		const struct preset_place *first = &remark->places[0], *second = &remark->places[1];
		const struct row *this = row_of(table, first), *that = row_of(table, second);
		const struct preset_figure *our = preset_figure_for(first->part, first->reader),
					   *other = preset_figure_for(second->part, second->reader);
		char theirs[16] = "-";
		double ratio;

		if (!this || !that)
			continue;
		if (!any)
			fputs("What the figures say: how many times as fast is ...\n"
			      "     here published\n",
				out);
		any = true;
		if (our && other)
			snprintf(theirs, sizeof(theirs), "%.2fx", our->consumed / other->consumed);
		/* "-": in some round nothing was consumed. */
		ratio = row_value(that, METRIC_NS) / row_value(this, METRIC_NS);
		fprintf(out, "%9s %8s  %s%s\n", isfinite(ratio) ? text("%.2fx", ratio) : "-",
			theirs, remark->words,
			is_clear(row_summary(this, METRIC_NS), row_summary(that, METRIC_NS))
				? ""
				: "; undecided");
	}
	if (any)
		fputs("Undecided: the two intervals overlap, or there are too few rounds.\n", out);
}

static void write_notes(FILE *out, const struct preset *preset, const struct table *table,
	const struct workload *shared)
{
	const struct workload *workload = &preset->parts[0].workload;
	size_t fewest = SIZE_MAX;

	for (size_t i = 0; i < table->row_count; i++)
		fewest = table->rows[i].rounds < fewest ? table->rows[i].rounds : fewest;
	for (size_t i = 0; i < preset->source_count; i++) {
		const struct preset_source *source = &preset->sources[i];

		style_write_wrapped(
			out, text("Published in %s: figures of another machine (%s), from %s.",
				     source->year, source->machine, source->text));
	}
	style_write_wrapped(out,
		"They are means with deviations, for events of 8 B; lost is in million events per "
		"second. Compare figures only within a column.");
	style_write_wrapped(out,
		text("Run: %zu workloads, each in at least %zu rounds in balanced order; each reader "
		     "runs for %s in a round. Events of %" PRIu32
		     " B; a ring of %s, a perf buffer of that size for each CPU; latency budget %s%s.",
			table->group_count, fewest, DURATION_TEXT(shared->duration_ns),
			workload->event_size, SIZE_TEXT(workload->ring_size),
			DURATION_TEXT(shared->latency_budget_ns),
			shared->consumer_cpu < 0
				? ""
				: text("; consumer on CPU %d", shared->consumer_cpu)));
	fputs("Verified: each event was read once, whole and in order, or counts as lost.\n", out);
	style_write_place(out, table);
	style_write_cautions(out, table, true);
}

void preset_write_text(FILE *out, const struct preset *preset, const struct table *table,
	const struct workload *shared)
{
	for (size_t i = 0; i < preset->part_count; i++)
		write_part(out, &preset->parts[i], table);
	fputc('\n', out);
	write_remarks(out, preset, table);
	fputc('\n', out);
	write_notes(out, preset, table, shared);
}
