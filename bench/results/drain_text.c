/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The seed's lines, then how the paths compare and how sure that is.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/values.h"
#include "peers/peer_path.h"
#include "results/style.h"

#define BAR_COLUMNS 20

/* How wide the tables are: the names of peers are longer, and take from the bars. */
struct layout {
	int name;
	size_t bar;
	bool libbpf17; /* the column of ratios to it */
};

static struct layout layout_of(const struct results *results)
{
	struct layout layout = {
		.name = 10, .bar = BAR_COLUMNS, .libbpf17 = results_have(results, &libbpf17_path)
	};

	for (size_t i = 0; i < results->path_count; i++)
		if ((int)strlen(results->paths[i].path->name) > layout.name)
			layout.name = (int)strlen(results->paths[i].path->name);
	layout.bar -= (size_t)layout.name - 10 + (layout.libbpf17 ? 9 : 0);
	return layout;
}

static void write_seed_line(FILE *out, const struct path_result *result)
{
	char duration[FORMAT_SIZE];
	double ns = result->ns_per_event.median * (double)result->events;

	fprintf(out, "%s%" PRIu64 " events in %s (%.2f Mevents/s), checksum=%" PRIu64 "\n",
		result->path->label, result->events,
		format_duration_short((int64_t)ns, duration, sizeof(duration)),
		result_mevents_per_s(result), result->checksum);
}

/* "batch is 2.61x as fast as copy [2.55, 2.70]: faster" */
static void write_ratio_line(FILE *out, const struct report *report, const struct ratio_result *r)
{
	if (!r->ratio.valid)
		return;
	fprintf(out, "%s is %.2fx as fast as %s", r->path->name, r->ratio.median,
		r->baseline->name);
	if (r->ratio.has_interval)
		fprintf(out, " [%.2f, %.2f]", r->ratio.interval.low, r->ratio.interval.high);
	fprintf(out, ": %s%s%s\n", style_start(report->colour, r->ratio.verdict),
		verdict_name(r->ratio.verdict), style_end(report->colour));
}

static void write_table_row(FILE *out, const struct report *report, const struct layout *layout,
	const struct path_result *result, double fastest)
{
	const struct results *results = report->results;
	const struct ratio_result *to_reference = results_find_ratio(results, result->path,
		results_reference(results), result->event_size, result->touch);
	const struct ratio_result *to_libbpf = results_find_ratio(
		results, result->path, &libbpf_path, result->event_size, result->touch);
	const struct ratio_result *to_libbpf17 = results_find_ratio(
		results, result->path, &libbpf17_path, result->event_size, result->touch);
	const struct ratio_result *to_floor = results_find_ratio(
		results, result->path, &floor_path, result->event_size, result->touch);
	const struct summary *ns = &result->ns_per_event;
	char interval[32] = "", reference[16], libbpf[16], floor[16] = "-",
	     bar[BAR_COLUMNS * 3 + 1];

	if (ns->has_interval)
		snprintf(interval, sizeof(interval), "[%.2f, %.2f]", ns->interval.low,
			ns->interval.high);
	if (to_floor && to_floor->ratio.valid)
		snprintf(floor, sizeof(floor), "%.0f %%", to_floor->ratio.median * 100);
	else if (result->path == &floor_path)
		snprintf(floor, sizeof(floor), "100 %%");
	fprintf(out, "%-*s %8.2f %-18s %8.2f %8s %8s", layout->name, result->path->name, ns->median,
		interval, result_mevents_per_s(result),
		style_ratio(
			reference, sizeof(reference), to_reference ? &to_reference->ratio : NULL),
		style_ratio(libbpf, sizeof(libbpf), to_libbpf ? &to_libbpf->ratio : NULL));
	if (layout->libbpf17)
		fprintf(out, " %8s",
			style_ratio(
				libbpf, sizeof(libbpf), to_libbpf17 ? &to_libbpf17->ratio : NULL));
	fprintf(out, " %8s  %s\n", floor,
		style_bar(bar, sizeof(bar), result_mevents_per_s(result), fastest, layout->bar));
}

/* Every path measured with one touch. */
static void write_table(FILE *out, const struct report *report, enum touch touch)
{
	const struct results *results = report->results;
	const struct layout layout = layout_of(results);
	const struct path_result *first = NULL;
	char reference[16];
	double fastest = 0;

	for (size_t i = 0; i < results->path_count; i++) {
		const struct path_result *result = &results->paths[i];

		if (result->touch != touch)
			continue;
		first = first ? first : result;
		if (result_mevents_per_s(result) > fastest)
			fastest = result_mevents_per_s(result);
	}
	if (!first)
		return;
	fprintf(out, "\n%s events of %" PRIu32 " B, touched: %s\n",
		event_names[report->workload->event], first->event_size, touch_names[touch]);
	snprintf(reference, sizeof(reference), "/%.7s", results_reference(results)->name);
	fprintf(out, "%-*s %8s %-18s %8s %8s %8s%s %8s\n", layout.name, "path", "ns/event",
		"95 % interval", "Mev/s", reference, "/libbpf", layout.libbpf17 ? " /bpf-1.7" : "",
		"of floor");
	for (size_t i = 0; i < results->path_count; i++)
		if (results->paths[i].touch == touch)
			write_table_row(out, report, &layout, &results->paths[i], fastest);
}

static void write_counters(FILE *out, const struct report *report)
{
	const struct results *results = report->results;

	if (report->no_counters)
		return;
	fprintf(out, "\n%-10s %12s %18s %18s\n", "path", "cycles/event", "instructions/event",
		"cache misses/event");
	for (size_t i = 0; i < results->path_count; i++) {
		const struct path_result *result = &results->paths[i];
		double events = (double)result->events * (double)result->rounds;

		/* A peer's process has its own, which are not read. */
		if (result->path->program)
			continue;
		fprintf(out, "%-10s %12.1f %18.1f %18.2f\n", result->path->name,
			(double)result->counted.cycles / events,
			(double)result->counted.instructions / events,
			(double)result->counted.cache_misses / events);
	}
}

void report_write_drain_text(FILE *out, const struct report *report)
{
	const struct results *results = report->results;
	size_t i;

	for (i = 0; i < results->path_count; i++)
		if (results->paths[i].touch == results->paths[0].touch)
			write_seed_line(out, &results->paths[i]);
	/* How the peers compare with each other is left to the table. */
	for (i = 0; i < results->ratio_count; i++)
		if (results->ratios[i].baseline != &floor_path &&
			results->ratios[i].path->role == PATH_READER &&
			!(results->ratios[i].baseline == &libbpf17_path &&
				results->ratios[i].path->program))
			write_ratio_line(out, report, &results->ratios[i]);
	for (int touch = 0; touch_names[touch]; touch++)
		write_table(out, report, (enum touch)touch);
	write_counters(out, report);
	fputc('\n', out);
	style_write_notes(out, report);
}
