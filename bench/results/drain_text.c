/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The seed's lines, then how the paths compare and how sure that is.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "readers/path.h"
#include "results/style.h"
#include "results/texts.h"

#define BAR_COLUMNS 20

/* How wide the tables are: the names of peers are longer, and take from the bars. */
struct layout {
	int name;
	size_t bar;
	bool libbpf17; /* the column of ratios to it */
};

static struct layout layout_of(const struct table *table)
{
	struct layout layout = { .name = 10, .bar = BAR_COLUMNS };

	for (size_t i = 0; i < table->row_count; i++) {
		const int length = (int)strlen(table->rows[i].path);

		layout.name = length > layout.name ? length : layout.name;
		layout.libbpf17 |= strcmp(table->rows[i].path, "libbpf-1.7") == 0;
	}
	layout.bar -= (size_t)layout.name - 10 + (layout.libbpf17 ? 9 : 0);
	return layout;
}

static double events_of(const struct row *row)
{
	return row->cells[METRIC_CONSUMED].rounds[0];
}

static void write_seed_line(FILE *out, const struct row *row)
{
	const struct path *path = path_find(row->path);
	char duration[FORMAT_SIZE];

	fprintf(out, "%s%.0f events in %s (%.2f Mevents/s), checksum=%s\n",
		path ? path->label : row->path, events_of(row),
		format_duration_short((int64_t)(row_value(row, METRIC_NS) * events_of(row)),
			duration, sizeof(duration)),
		row_mevents_per_s(row), row->checksum);
}

/* "batch is 2.61x as fast as copy [2.55, 2.70]: faster" */
static void write_ratio_line(
	FILE *out, const struct table *table, const struct row_ratio *r, bool colour)
{
	fprintf(out, "%s is %.2fx as fast as %s", table->rows[r->row].path, r->ratio.median,
		table->rows[r->baseline].path);
	if (r->ratio.has_interval)
		fprintf(out, " [%.2f, %.2f]", r->ratio.interval.low, r->ratio.interval.high);
	fprintf(out, ": %s%s%s\n", style_start(colour, r->ratio.verdict),
		verdict_name(r->ratio.verdict), style_end(colour));
}

/* How the peers compare with each other is left to the table. */
static void write_ratio_lines(FILE *out, const struct table *table, bool colour)
{
	for (size_t i = 0; i < table->ratio_count; i++) {
		const struct row_ratio *r = &table->ratios[i];
		const struct row *row = &table->rows[r->row], *baseline = &table->rows[r->baseline];
		const struct path *path = path_find(row->path);

		if (r->ratio.valid && !baseline->limit && !row->limit &&
			!(strcmp(baseline->path, "libbpf-1.7") == 0 && path && path->program))
			write_ratio_line(out, table, r, colour);
	}
}

static const char *ratio_to(
	char text[16], const struct table *table, const struct row *row, const char *baseline)
{
	const struct row_ratio *r = table_ratio(table, row, baseline, METRIC_NS);

	return style_ratio(text, 16, r ? &r->ratio : NULL);
}

static void write_row(FILE *out, const struct table *table, const struct layout *layout,
	const struct row *row, double fastest)
{
	const struct row_ratio *to_floor = table_ratio(table, row, "floor", METRIC_NS);
	const struct summary *ns = row_summary(row, METRIC_NS);
	char interval[32] = "", ratios[3][16], floor[16] = "-", bar[BAR_COLUMNS * 3 + 1];

	if (ns->has_interval)
		snprintf(interval, sizeof(interval), "[%.2f, %.2f]", ns->interval.low,
			ns->interval.high);
	if (to_floor && to_floor->ratio.valid)
		snprintf(floor, sizeof(floor), "%.0f %%", to_floor->ratio.median * 100);
	else if (strcmp(row->path, "floor") == 0)
		snprintf(floor, sizeof(floor), "100 %%");
	fprintf(out, "%-*s %8.2f %-18s %8.2f %8s %8s", layout->name, row->path, ns->median,
		interval, row_mevents_per_s(row), ratio_to(ratios[0], table, row, NULL),
		ratio_to(ratios[1], table, row, "libbpf"));
	if (layout->libbpf17)
		fprintf(out, " %8s", ratio_to(ratios[2], table, row, "libbpf-1.7"));
	fprintf(out, " %8s  %s\n", floor,
		style_bar(bar, sizeof(bar), row_mevents_per_s(row), fastest, layout->bar));
}

/* Every path measured with one touch. */
static void write_group(FILE *out, const struct table *table, const struct row_group *group)
{
	const struct layout layout = layout_of(table);
	const struct row *first = &table->rows[group->first];
	char reference[16];
	double fastest = 0;

	for (size_t i = 0; i < group->count; i++)
		fastest = fmax(fastest, row_mevents_per_s(&first[i]));
	fprintf(out, "\n%s events of %" PRIu32 " B, touched: %s\n",
		json_string_value(json_object_get(table->workload, "event")), first->event_size,
		first->touch);
	snprintf(reference, sizeof(reference), "/%.7s", table->rows[group->reference].path);
	fprintf(out, "%-*s %8s %-18s %8s %8s %8s%s %8s\n", layout.name, "path", "ns/event",
		"95 % interval", "Mev/s", reference, "/libbpf", layout.libbpf17 ? " /bpf-1.7" : "",
		"of floor");
	for (size_t i = 0; i < group->count; i++)
		write_row(out, table, &layout, &first[i], fastest);
}

static void write_counters(FILE *out, const struct table *table)
{
	if (table->no_counters)
		return;
	fprintf(out, "\n%-10s %12s %18s %18s\n", "path", "cycles/event", "instructions/event",
		"cache misses/event");
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		/* A peer's process has its own, which are not read. */
		if (isfinite(row_value(row, METRIC_CYCLES)))
			fprintf(out, "%-10s %12.1f %18.1f %18.2f\n", row->path,
				row_value(row, METRIC_CYCLES), row_value(row, METRIC_INSTRUCTIONS),
				row_value(row, METRIC_CACHE_MISSES));
	}
}

/* The largest noise of the run: what is said of it is true for every workload in it. */
static const struct row_group *noisiest(const struct table *table)
{
	const struct row_group *found = NULL;

	for (size_t i = 0; i < table->group_count; i++)
		if (table->groups[i].twin && (!found || !(table->groups[i].noise <= found->noise)))
			found = &table->groups[i];
	return found;
}

void drain_write_notes(FILE *out, const struct table *table)
{
	const json_t *ring = json_object_get(table->workload, "ring_size");
	const char *source = json_string_value(json_object_get(table->workload, "source"));
	const struct row_group *noise = noisiest(table);
	char size[FORMAT_SIZE];

	fprintf(out,
		"Run: %zu rounds in balanced order, each path over the same bytes of a %s ring%s.\n",
		table->rows[0].rounds,
		format_size((uint64_t)json_integer_value(ring), size, sizeof(size)),
		source && strcmp(source, "memory") == 0 ? " in plain memory" : "");
	fputs("Verified: every reading, by an independent walk over the ring (count, order, "
	      "checksum).\n",
		out);
	style_write_peers(out, table->peers, "Peers, each by its own clock");
	if (noise)
		style_write_noise(out, table->rows[noise->reference].path, noise->noise);
	style_write_oddities(out, table);
	style_write_place(out, table->machine, table->no_counters);
}

void drain_write_text(FILE *out, const struct table *table, bool colour)
{
	for (size_t i = 0; i < table->groups[0].count; i++)
		write_seed_line(out, &table->rows[i]);
	write_ratio_lines(out, table, colour);
	for (size_t i = 0; i < table->group_count; i++)
		write_group(out, table, &table->groups[i]);
	write_counters(out, table);
	fputc('\n', out);
	drain_write_notes(out, table);
}
