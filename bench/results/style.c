/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/values.h"
#include "results/style.h"

bool style_colour_wanted(void)
{
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

const char *style_start(bool colour, enum verdict verdict)
{
	if (!colour)
		return "";
	switch (verdict) {
	case VERDICT_FASTER:
		return "\x1b[32m";
	case VERDICT_SLOWER:
		return "\x1b[31m";
	case VERDICT_SAME:
		return "";
	default:
		return "\x1b[33m";
	}
}

const char *style_end(bool colour)
{
	return colour ? "\x1b[0m" : "";
}

char *style_fill(char text[STYLE_FILL_SIZE], double share)
{
	const int eighths = share > 0 ? (int)(fmin(share, 1) * STYLE_FILL_COLUMNS * 8 + 0.5) : 0;
	struct style_text all = { .text = text, .size = STYLE_FILL_SIZE };

	style_append(&all, "[");
	/* U+2588 is a full block, U+2589 to U+258F take an eighth less each. */
	for (int column = 0; column < STYLE_FILL_COLUMNS; column++) {
		const int filled = eighths - 8 * column;

		if (filled <= 0)
			style_append(&all, " ");
		else
			style_append(&all, "\xe2\x96%c", 0x88 + (filled < 8 ? 8 - filled : 0));
	}
	style_append(&all, "]");
	return text;
}

void style_write_ratio(FILE *out, const struct ratio *ratio, bool colour)
{
	char interval[32] = "";

	if (!ratio) {
		fprintf(out, "%*s", STYLE_RATIO_COLUMNS, "");
		return;
	}
	if (!ratio->valid) {
		fprintf(out, "%-*s", STYLE_RATIO_COLUMNS, "-");
		return;
	}
	if (ratio->has_interval)
		snprintf(interval, sizeof(interval),
			ratio->interval.high < 9.995 ? "[%.2f %.2f]" : "[%.1f %.1f]",
			ratio->interval.low, ratio->interval.high);
	fprintf(out, "%s%4.*f %-11s %s%s", style_start(colour, ratio->verdict),
		ratio->median < 99.95 ? 2 : 0, ratio->median, interval,
		verdict_sign(ratio->verdict), style_end(colour));
}

char *style_ratio(char *text, size_t size, const struct ratio *ratio, const char *name)
{
	struct style_text all = { .text = text, .size = size };

	if (ratio->valid)
		style_append(&all, "%.2fx ", ratio->median);
	style_append(&all, "%s", name);
	if (ratio->has_interval)
		style_append(&all, " [%.2f %.2f]", ratio->interval.low, ratio->interval.high);
	return text;
}

char *style_percent(char *text, size_t size, double fraction)
{
	if (!isfinite(fraction))
		snprintf(text, size, "unknown");
	else
		snprintf(text, size, fraction < 0.995 ? "%.2g %%" : "%.0f %%",
			fmin(fraction * 100, 9999));
	return text;
}

int style_width(const struct row *const *rows, size_t count)
{
	char name[2 * ROW_NAME_SIZE];
	size_t width = 12;

	for (size_t i = 0; i < count; i++)
		if (strlen(row_name(rows[i], name)) > width)
			width = strlen(name);
	return (int)width;
}

void style_append(struct style_text *text, const char *format, ...)
{
	const size_t left = text->size - text->used;
	va_list arguments;
	int written;

	va_start(arguments, format);
	written = vsnprintf(text->text + text->used, left, format, arguments);
	va_end(arguments);
	if (written >= 0 && (size_t)written < left)
		text->used += (size_t)written;
	else if (left > 0)
		text->text[text->used] = '\0';
}

/* Counts bytes, not characters, so a line may be too short and never is too long. */
void style_write_wrapped(FILE *out, const char *text)
{
	size_t column = 0;

	while (*text) {
		const size_t word = strcspn(text, " ");

		if (column > 0 && column + 1 + word > STYLE_COLUMNS) {
			fputs("\n ", out);
			column = 1;
		}
		column += (size_t)fprintf(out, "%s%.*s", column > 0 ? " " : "", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* The largest noise of all workloads. NAN: no reader ran twice. */
static double noise_of_table(const struct table *table)
{
	double noise = NAN;

	for (size_t i = 0; i < table->group_count; i++)
		if (table->groups[i].twin)
			noise = fmax(noise, table->groups[i].noise[METRIC_NS].own);
	return noise;
}

void style_append_rounds(struct style_text *text, const struct table *table)
{
	const size_t rounds = table->rows[0].rounds;
	const double noise = noise_of_table(table);
	char percent[16];

	style_append(text, "%zu round%s", rounds, rounds > 1 ? "s" : "");
	if (table->runs > 1)
		style_append(text, " in %zu runs (intervals include the differences between them)",
			table->runs);
	if (table->asked > 0 && table->asked != rounds)
		style_append(text, " (%zu asked)", table->asked);
	style_append(text, "%s", ", verified");
	if (isinf(noise))
		style_append(text, "; noise unknown below %d rounds", INTERVAL_ROUNDS_MIN);
	else if (!isnan(noise))
		style_append(text, "; noise %s", style_percent(percent, sizeof(percent), noise));
}

static const struct row *two_humped(const struct table *table, size_t *count)
{
	const struct row *example = NULL;

	*count = 0;
	for (size_t i = 0; i < table->row_count; i++) {
		if (!row_summary(&table->rows[i], METRIC_NS)->two_humped)
			continue;
		example = example ? example : &table->rows[i];
		(*count)++;
	}
	return example;
}

/* The beginning of a warning, and its flag: "not pinned (-cpu 1)" of "not pinned, ...: give -cpu 1". */
static void append_short(struct style_text *text, const char *warning)
{
	const char *flag = strstr(warning, "give -cpu");

	style_append(
		text, "%s%.*s", text->used > 2 ? "; " : "", (int)strcspn(warning, ",:("), warning);
	while (text->used > 0 && text->text[text->used - 1] == ' ')
		text->text[--text->used] = '\0';
	if (flag)
		style_append(text, " (%s)", flag + strlen("give "));
}

void style_write_cautions(FILE *out, const struct table *table, bool verbose)
{
	static const char more[] = "; -v says more";
	static struct machine_warnings warnings;
	char line[STYLE_COLUMNS + 1 - sizeof(more)] = "", name[2 * ROW_NAME_SIZE];
	struct style_text text = { .text = line, .size = sizeof(line) };
	const struct row *humped;
	size_t count;

	if (table->partial)
		fprintf(out, "! interrupted: only the complete rounds are reported\n");
	machine_warnings(table->machine, &warnings);
	if (verbose) {
		for (size_t i = 0; i < warnings.count; i++)
			fprintf(out, "Caution: %s.\n", warnings.text[i]);
		return;
	}
	style_append(&text, "! ");
	humped = two_humped(table, &count);
	if (humped)
		style_append(&text, "%s%s ran at two speeds", row_name(humped, name),
			count > 1 ? " and others" : "");
	for (size_t i = 0; i < warnings.count; i++)
		append_short(&text, warnings.text[i]);
	if (text.used > 2)
		fprintf(out, "%s%s\n", line, more);
}

void style_write_oddities(FILE *out, const struct table *table)
{
	size_t outliers = 0, humped, readings = 0;
	const struct row *example = two_humped(table, &humped);
	char name[2 * ROW_NAME_SIZE], line[320] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };

	for (size_t i = 0; i < table->row_count; i++) {
		outliers += row_summary(&table->rows[i], METRIC_NS)->outliers;
		readings += table->rows[i].rounds;
	}
	if (outliers > 0)
		fprintf(out, "Outliers: %zu of %zu readings, included in all figures above.\n",
			outliers, readings);
	if (humped == 0)
		return;
	style_append(&text, "Two humps: %s", row_name(example, name));
	if (!example->wait[0])
		style_append(&text, " (%s B)", example->size_text);
	style_append(&text, "%s ran at two speeds (a virtual CPU moved?); trust ratios only.",
		humped > 1 ? " and others" : "");
	style_write_wrapped(out, line);
}

void style_write_peers(FILE *out, const struct peers *peers, const char *what)
{
	char line[PEERS_MAX * 4 * PEER_WORD_SIZE] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };
	bool any = false;

	for (size_t i = 0; peers && i < peers->count; i++) {
		const struct peer *peer = &peers->peers[i];

		if (peer->err)
			continue;
		style_append(&text, "%s%s %s %s (%s)", any ? "" : what, any ? "," : ":",
			peer_program_name(peer), peer->hello.version, peer->hello.language);
		any = true;
	}
	if (any) {
		style_append(&text, ".");
		style_write_wrapped(out, line);
	}
}

void style_write_place(FILE *out, const struct table *table)
{
	const struct machine *e = table->machine;
	const char *model = machine_text(e, FACT_CPU_MODEL),
		   *kernel = machine_text(e, FACT_KERNEL_RELEASE),
		   *hypervisor = machine_text(e, FACT_HYPERVISOR);

	fprintf(out, "On: %s, %.0f CPUs; may run on CPU %s.\n", model[0] ? model : "unknown",
		machine_number(e, FACT_CPUS_ONLINE), machine_text(e, FACT_AFFINITY_GIVEN));
	fprintf(out, "Kernel: Linux %s", kernel[0] ? kernel : "unknown");
	if (machine_number(e, FACT_VIRTUAL_MACHINE) == 1)
		fprintf(out, " in a virtual machine (%s)", hypervisor[0] ? hypervisor : "unknown");
	fputs(".\n", out);
	if (table->no_counters)
		fprintf(out, "Hardware counters: %s.\n", table->no_counters);
}
