/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/complaint.h"
#include "base/values.h"
#include "report/report.h"

void page_add(struct page *page, enum block_kind kind, const char *words)
{
	struct block *block = arena_allocate(sizeof(*block));

	*block = (struct block){ kind, ++page->numbers[kind], words, NULL, NULL, NULL };
	if (page->last)
		page->last->next = block;
	else
		page->first = block;
	page->last = block;
}

static bool says_something(const struct sheet *sheet, size_t column)
{
	for (size_t r = 0; r < sheet->row_count; r++) {
		const char *words = sheet->rows[r].cells[column].text;

		if (words[0] && strcmp(words, "-") != 0)
			return true;
	}
	return column == 0 || sheet->columns[column].kind == COLUMN_ROUNDS;
}

void page_add_sheet(struct page *page, struct sheet *sheet, bool folded)
{
	size_t count = 0;

	for (size_t c = 0; c < sheet->column_count; c++) {
		if (!says_something(sheet, c))
			continue;
		for (size_t r = 0; r < sheet->row_count; r++)
			sheet->rows[r].cells[count] = sheet->rows[r].cells[c];
		sheet->columns[count++] = sheet->columns[c];
	}
	sheet->column_count = count;
	sheet->folded = folded;
	if (sheet->row_count == 0 || count < 2)
		return;
	page_add(page, BLOCK_SHEET, "");
	page->last->sheet = sheet;
}

struct sheet *sheet_make(const char *caption, const struct column *columns)
{
	struct sheet *sheet = arena_allocate(sizeof(*sheet));

	sheet->caption = caption;
	for (; columns->title; columns++)
		sheet_column(sheet, *columns);
	return sheet;
}

void sheet_column(struct sheet *sheet, struct column column)
{
	sheet->columns = arena_grow(sheet->columns, sheet->column_count, sizeof(column));
	sheet->columns[sheet->column_count++] = column;
}

struct sheet_row *sheet_row(struct sheet *sheet, const char *const *texts)
{
	struct cell *cells = arena_allocate(sheet->column_count * sizeof(*cells));

	for (size_t i = 0; i < sheet->column_count; i++)
		cells[i] = (struct cell){ .text = "", .mark = NO_MARK };
	sheet->rows = arena_grow(sheet->rows, sheet->row_count, sizeof(*sheet->rows));
	sheet->rows[sheet->row_count++] = (struct sheet_row){ STYLE_NONE, 0, cells };
	sheet->filled = 0;
	sheet_cells(sheet, texts);
	return &sheet->rows[sheet->row_count - 1];
}

struct cell *sheet_cell(struct sheet *sheet, const char *words)
{
	struct cell *cell = &sheet->rows[sheet->row_count - 1].cells[sheet->filled++];

	cell->text = words;
	return cell;
}

void sheet_cells(struct sheet *sheet, const char *const *texts)
{
	for (; *texts; texts++)
		sheet_cell(sheet, *texts);
}

void sheet_mark(struct sheet *sheet, struct mark mark, const char *(*write)(double value))
{
	sheet_cell(sheet, write(mark.value))->mark = mark;
}

void sheet_verdict(struct sheet *sheet, const char *verdict)
{
	static const char *const words[] = { [TONE_PLAIN] = "", "faster", "slower", "same" };
	struct cell *cell = sheet_cell(sheet, verdict);

	while (verdict[0] != '(' && cell->tone < TONE_UNCLEAR &&
		strcmp(words[cell->tone], verdict) != 0)
		cell->tone++;
}

void page_put(FILE *out, const char *before, const char *words, const char *after,
	const char *control, bool (*escape)(FILE *out, const char *c))
{
	fputs(before, out);
	for (; *words; words++) {
		const size_t controls = control_length(words);

		if (controls > 0)
			fputs(control, out);
		else if (!escape || !escape(out, words))
			fputc(*words, out);
		words += controls > 1 ? controls - 1 : 0;
	}
	fputs(after, out);
}

/* Figures. */

const char *text_number(double value)
{
	double size;
	char digits[AMOUNT_SIZE];

	if (!isfinite(value))
		return "-";
	/* To the digits of a result file, so that a median of rounds is rounded as the one there. */
	if (value != round(value)) {
		snprintf(digits, sizeof(digits), "%.9g", value);
		value = strtod(digits, NULL);
	}
	size = fabs(value);
	if (size > 1e15)
		return text("%.3g", value);
	if (size < 99.95 && value != round(value))
		return text(size >= 9.995 ? "%.1f" : size >= 0.9995 ? "%.2f" : "%#.3g", value);
	return text("%s%s", value < 0 ? "-" : "",
		amount_exact(digits, sizeof(digits), (uint64_t)nearbyint(size)));
}

const char *text_interval(const struct mark *mark, const char *(*write)(double))
{
	return TEXT_IF(isfinite(mark->low) && isfinite(mark->high), "[%s, %s]", write(mark->low),
		write(mark->high));
}

const char *text_factor(double ratio)
{
	if (!isfinite(ratio) || fabs(ratio) >= 99.95)
		return text_number(ratio);
	return text(fabs(ratio) < 0.0995 ? "%#.2g" : "%.2f", ratio);
}

const char *text_ratio(double ratio)
{
	return isfinite(ratio) ? text("%sx", text_factor(ratio)) : "-";
}

const char *text_percent(double percent)
{
	if (!isfinite(percent) || fabs(percent) > 1e15)
		return "-";
	if (percent > 99 && percent < 100)
		return text("%.1f %%", fmin(percent, 99.9));
	return text(percent > 0 && percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
}

const char *text_share(double share)
{
	return text_percent(100 * share);
}

const char *text_time(double ns)
{
	static const char *const units[] = { "ns", "\u00b5s", "ms", "s" };
	size_t unit = 0;

	if (!isfinite(ns) || ns < 0 || ns > 1e18)
		return "-";
	for (; ns >= 999.5 && unit < 3; unit++)
		ns /= 1000;
	return text("%s %s", text_number(ns), units[unit]);
}

const char *text_bytes(double bytes)
{
	char size[AMOUNT_SIZE];

	if (!isfinite(bytes) || bytes < 0 || bytes > 1e18)
		return "-";
	return text("%s", amount_bytes(size, sizeof(size), (uint64_t)bytes));
}

const char *text_count(double count)
{
	char amount[AMOUNT_SIZE];

	return isfinite(count) && fabs(count) < 1e15
		       ? text("%s", amount_text(amount, sizeof(amount), count))
		       : "-";
}
