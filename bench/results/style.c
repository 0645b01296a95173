/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/arena.h"
#include "results/style.h"

const char *style_percent(double fraction)
{
	if (!isfinite(fraction))
		return "unknown";
	return text(fraction < 0.995 ? "%.2g %%" : "%.0f %%", fmin(fraction * 100, 9999));
}

bool style_colour_wanted(void)
{
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

const char *style_start(bool colour, enum verdict verdict)
{
	if (!colour || verdict == VERDICT_SAME)
		return "";
	return verdict == VERDICT_FASTER   ? "\x1b[32m"
	       : verdict == VERDICT_SLOWER ? "\x1b[31m"
					   : "\x1b[33m";
}

const char *style_end(bool colour)
{
	return colour ? "\x1b[0m" : "";
}

char *style_fill(char text[STYLE_FILL_SIZE], double share)
{
	static const char *const eighths[] = { " ", "\u258f", "\u258e", "\u258d", "\u258c",
		"\u258b", "\u258a", "\u2589", "\u2588" };
	int left = share > 0 ? (int)(fmin(share, 1) * STYLE_FILL_COLUMNS * 8 + 0.5) : 0;
	char *end = stpcpy(text, "[");

	for (int column = 0; column < STYLE_FILL_COLUMNS; column++, left -= 8)
		end = stpcpy(end, eighths[left < 0 ? 0 : left > 8 ? 8 : left]);
	strcpy(end, "]");
	return text;
}

const char *style_interval(const struct ratio *ratio)
{
	return ratio->has_interval ? text(" [%.2f %.2f]", ratio->interval.low, ratio->interval.high)
				   : "";
}

const char *style_ratio(const struct ratio *ratio, const char *name)
{
	return ratio->valid ? text("%.2fx %s%s", ratio->median, name, style_interval(ratio)) : name;
}

const char *style_rounds(const struct table *table)
{
	const size_t rounds = table->rows[0].rounds;
	double noise = NAN; /* the largest of all workloads; NAN: no reader ran twice */

	for (size_t i = 0; i < table->group_count; i++)
		if (table->groups[i].twin)
			noise = fmax(noise, table->groups[i].noise[METRIC_NS].own);
	return TEXTS(text("%zu round%s", rounds, rounds > 1 ? "s" : ""),
		TEXT_IF(table->runs > 1,
			" in %zu runs (intervals include the differences between them)",
			table->runs),
		TEXT_IF(table->asked > 0 && table->asked != rounds, " (%zu asked)", table->asked),
		", verified",
		isinf(noise)   ? text("; noise unknown below %d rounds", INTERVAL_ROUNDS_MIN)
		: isnan(noise) ? ""
			       : text("; noise %s", style_percent(noise)));
}

size_t style_wrap(FILE *out, const char *text, size_t column, size_t margin)
{
	bool begun = column > margin;

	for (size_t length; text += strspn(text, " "), length = strcspn(text, " ");
		text += length) {
		size_t columns = 0;

		if (strncmp(text + length, " %", 2) == 0) /* stays with its number */
			length += 1 + strcspn(text + length + 1, " ");
		for (size_t i = 0; i < length; i++)
			columns += ((unsigned char)text[i] & 0xc0) != 0x80; /* UTF-8 characters */
		if (begun && column + 1 + columns > STYLE_COLUMNS) {
			fprintf(out, "\n%*s", (int)margin, "");
			column = margin;
			begun = false;
		}
		fprintf(out, "%s%.*s", begun ? " " : "", (int)length, text);
		column += begun + columns;
		begun = true;
	}
	return column;
}

void style_write_wrapped(FILE *out, const char *text)
{
	style_wrap(out, text, 0, 2);
	fputc('\n', out);
}

/* "batch (80 B) and others": the first that ran at two speeds. NULL: none did. */
static const char *two_humped(const struct table *table, bool with_size)
{
	const struct row *first = NULL;
	size_t count = 0;

	for (size_t i = table->row_count; i-- > 0;)
		if (row_summary(&table->rows[i], METRIC_NS)->two_humped) {
			first = &table->rows[i];
			count++;
		}
	return first ? text("%s%s%s", row_name(first),
			       TEXT_IF(with_size, " (%s B)", first->size_text),
			       count > 1 ? " and others" : "")
		     : NULL;
}

void style_write_cautions(FILE *out, const struct table *table, bool verbose)
{
	static const char more[] = "; -v says more";
	const char *humped = two_humped(table, false), *line = "", *piece;
	const json_t *value;
	size_t i;

	if (table->partial)
		fprintf(out, "! interrupted: only the complete rounds are reported\n");
	if (verbose) {
		json_array_foreach(table->warnings, i, value)
			style_write_wrapped(out, text("Caution: %s.", json_string_value(value)));
		return;
	}
	if (humped)
		line = text("! %s ran at two speeds", humped);
	/* "not pinned (-cpu 1)" of "not pinned, ...: give -cpu 1". */
	json_array_foreach(table->warnings, i, value)
	{
		const char *warning = json_string_value(value),
			   *flag = strstr(warning, "give -cpu");
		size_t length = strcspn(warning, ",:(");

		length -= length > 0 && warning[length - 1] == ' ';
		piece = text("%s%.*s%s%s%s", *line ? "; " : "! ", (int)length, warning,
			flag ? " (" : "", flag ? flag + strlen("give ") : "", flag ? ")" : "");
		if (strlen(line) + strlen(piece) + strlen(more) <= STYLE_COLUMNS)
			line = text("%s%s", line, piece);
	}
	if (*line)
		fprintf(out, "%s%s\n", line, more);
}

void style_write_oddities(FILE *out, const struct table *table)
{
	const char *humped = two_humped(table, !table->rows[0].wait[0]);
	size_t outliers = 0, readings = 0;

	for (size_t i = 0; i < table->row_count; i++) {
		outliers += row_summary(&table->rows[i], METRIC_NS)->outliers;
		readings += table->rows[i].rounds;
	}
	if (outliers > 0)
		fprintf(out, "Outliers: %zu of %zu readings, included in all figures above.\n",
			outliers, readings);
	if (humped)
		style_write_wrapped(out,
			text("Bimodal: %s ran at two speeds (a virtual CPU moved?); trust ratios "
			     "only.",
				humped));
}

void style_write_peers(FILE *out, const struct peers *peers, const char *what)
{
	const char *line = "";

	for (size_t i = 0; peers && i < peers->count; i++) {
		const struct peer *peer = &peers->peers[i];

		if (!peer->err)
			line = text("%s%s %s %s (%s)", line[0] ? line : what, line[0] ? "," : ":",
				basename(peer->program), peer->hello.version, peer->hello.language);
	}
	if (line[0])
		style_write_wrapped(out, text("%s.", line));
}

/* A fact of the machine, or "unknown". */
static const char *fact(const struct table *table, const char *name)
{
	const char *text = machine_text(table->machine, name);

	return text[0] ? text : "unknown";
}

void style_write_place(FILE *out, const struct table *table)
{
	const json_t *machine = table->machine;

	fprintf(out, "On: %s, %.0f CPUs; may run on CPU %s.\n", fact(table, "cpu_model"),
		machine_number(machine, "cpus_online"), machine_text(machine, "affinity_given"));
	fprintf(out, "Kernel: Linux %s%s.\n", fact(table, "kernel_release"),
		TEXT_IF(machine_number(machine, "virtual_machine") == 1,
			" in a virtual machine (%s)", fact(table, "hypervisor")));
	if (table->no_counters)
		style_write_wrapped(out, text("Hardware counters: %s.", table->no_counters));
}

static int fastest_first(const void *a, const void *b)
{
	const double x = row_mevents_per_s(*(const struct row *const *)a),
		     y = row_mevents_per_s(*(const struct row *const *)b);

	return (x < y) - (x > y);
}

size_t style_sort(const struct table *table, const struct row_group *group,
	int (*order)(const void *, const void *), const struct row *sorted[COMBINATIONS_MAX])
{
	size_t count = 0;

	for (size_t i = group->first; i < group->first + group->count; i++)
		if (!table->rows[i].limit && count < COMBINATIONS_MAX)
			sorted[count++] = &table->rows[i];
	qsort(sorted, count, sizeof(*sorted), order ? order : fastest_first);
	return count;
}

int style_width(const struct row *const *rows, size_t count)
{
	size_t width = 12;

	for (size_t i = 0; i < count; i++)
		width = MAX(width, strlen(row_name(rows[i])));
	return (int)width;
}
