/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/complaint.h"
#include "report/report.h"

void page_add(struct page *page, enum block_kind kind, const char *name, const char *words)
{
	struct block *block = arena_allocate(sizeof(*block));

	*block = (struct block){ kind, ++page->numbers[kind], name, words, NULL, NULL };
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
	page_add(page, BLOCK_SHEET, NULL, "");
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

void sheet_row(struct sheet *sheet, int style, unsigned dash, const char *const *texts)
{
	struct cell *cells = arena_allocate(sheet->column_count * sizeof(*cells));

	for (size_t i = 0; i < sheet->column_count; i++)
		cells[i] = (struct cell){ .text = "", .mark = NO_MARK };
	sheet->rows = arena_grow(sheet->rows, sheet->row_count, sizeof(*sheet->rows));
	sheet->rows[sheet->row_count++] = (struct sheet_row){ style, dash, cells };
	sheet->filled = 0;
	sheet_cells(sheet, texts);
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

	while (cell->tone < TONE_UNCLEAR && strcmp(words[cell->tone], verdict) != 0)
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
