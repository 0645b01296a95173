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
	case VERDICT_UNCLEAR:
		return "\x1b[33m";
	case VERDICT_SAME:
		break;
	}
	return "";
}

const char *style_end(bool colour)
{
	return colour ? "\x1b[0m" : "";
}

char *style_bar(char *bar, size_t size, double value, double full, size_t width)
{
	/* U+2588 is a full block, U+2589 to U+258F take an eighth less each. */
	size_t eighths = 0, used = 0;

	bar[0] = '\0';
	if (full > 0 && value > 0 && isfinite(value / full))
		eighths = (size_t)(fmin(value / full, 1) * (double)width * 8 + 0.5);
	while (eighths > 0 && used + 4 <= size) {
		size_t take = eighths < 8 ? eighths : 8;

		bar[used++] = '\xe2';
		bar[used++] = '\x96';
		bar[used++] = (char)(0x88 + (8 - take));
		bar[used] = '\0';
		eighths -= take;
	}
	return bar;
}

char *style_fill(char text[STYLE_FILL_SIZE], double share)
{
	struct style_text all = { .text = text, .size = STYLE_FILL_SIZE };
	char bar[STYLE_FILL_SIZE];
	size_t columns = 0;

	style_bar(bar, sizeof(bar), share, 1, STYLE_FILL_COLUMNS);
	for (const char *c = bar; *c; c++)
		columns += ((unsigned char)*c & 0xc0) != 0x80;
	text[0] = '\0';
	style_append(&all, "[%s", bar);
	for (; columns < STYLE_FILL_COLUMNS; columns++)
		style_append(&all, " ");
	style_append(&all, "]");
	return text;
}

char *style_ratio(char *text, size_t size, const struct ratio *ratio)
{
	if (!ratio || !ratio->valid)
		snprintf(text, size, "-");
	else
		snprintf(text, size, "%.2fx", ratio->median);
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

/* Bytes are counted, not characters: a line is rather too short than too long. */
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

void style_write_noise(FILE *out, const char *name, double floor)
{
	char percent[16], threshold[16], line[160] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };

	if (!isfinite(floor)) {
		fprintf(out,
			"Noise: too few rounds to measure it, so no verdict is more than unclear; "
			"give -rounds %d or more.\n",
			INTERVAL_ROUNDS_MIN);
		return;
	}
	style_append(&text,
		"Noise: %s differs from itself by up to %s; below %s nothing is called faster or "
		"slower.",
		name, style_percent(percent, sizeof(percent), floor),
		style_percent(threshold, sizeof(threshold), verdict_threshold(floor)));
	style_write_wrapped(out, line);
}

/* How many readings lie far from the others, and who ran at two speeds. */
void style_write_oddities(FILE *out, const struct table *table)
{
	const struct row *example = NULL;
	size_t outliers = 0, humped = 0, readings = 0;
	char name[2 * ROW_NAME_SIZE], line[320] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };

	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		outliers += row_summary(row, METRIC_NS)->outliers;
		readings += row->rounds;
		if (row_summary(row, METRIC_NS)->two_humped) {
			example = example ? example : row;
			humped++;
		}
	}
	if (outliers > 0)
		fprintf(out, "Outliers: %zu of %zu readings, kept in every figure above.\n",
			outliers, readings);
	if (humped == 0)
		return;
	style_append(&text, "Two humps: %s", row_name(example, name));
	if (!example->wait[0])
		style_append(&text, " (%" PRIu32 " B)", example->event_size);
	style_append(&text, "%s ran at two speeds (a virtual CPU moved?); trust ratios only.",
		humped > 1 ? " and others" : "");
	style_write_wrapped(out, line);
}

void style_write_peers(FILE *out, const struct peers *peers, const char *what)
{
	char line[PEERS_MAX * 4 * PEER_WORD_SIZE] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };
	bool any = false;

	for (size_t i = 0; i < peers->count; i++) {
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

void style_write_place(FILE *out, const struct machine *e, const char *no_counters)
{
	static struct machine_warnings warnings;
	const char *model = machine_text(e, FACT_CPU_MODEL),
		   *kernel = machine_text(e, FACT_KERNEL_RELEASE),
		   *hypervisor = machine_text(e, FACT_HYPERVISOR);

	fprintf(out, "On: %s, %.0f CPUs; may run on CPU %s.\n", model[0] ? model : "unknown",
		machine_number(e, FACT_CPUS_ONLINE), machine_text(e, FACT_AFFINITY_GIVEN));
	fprintf(out, "Kernel: Linux %s", kernel[0] ? kernel : "unknown");
	if (machine_number(e, FACT_VIRTUAL_MACHINE) == 1)
		fprintf(out, " in a virtual machine (%s)", hypervisor[0] ? hypervisor : "unknown");
	fputs(".\n", out);
	if (no_counters)
		fprintf(out, "Hardware counters: %s.\n", no_counters);
	machine_warnings(e, &warnings);
	for (size_t i = 0; i < warnings.count; i++)
		fprintf(out, "Caution: %s.\n", warnings.text[i]);
}
