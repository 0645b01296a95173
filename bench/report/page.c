/* SPDX-License-Identifier: BSD-2-Clause */
#include <obstack.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/complaint.h"
#include "report/report.h"

#define obstack_chunk_alloc malloc
#define obstack_chunk_free free

/* All memory of the page that is made. */
static struct obstack memory;

static void exit_without_memory(void)
{
	need(NULL);
}

void page_begin(void)
{
	obstack_alloc_failed_handler = exit_without_memory;
	obstack_init(&memory);
}

void page_free(void)
{
	obstack_free(&memory, NULL);
}

void *page_allocate(size_t size)
{
	return memset(obstack_alloc(&memory, size), 0, size);
}

/* The room doubles at every power of two. */
void *page_grow(void *array, size_t count, size_t size)
{
	void *grown;

	if ((count & (count - 1)) != 0)
		return array;
	grown = page_allocate((count ? 2 * count : 1) * size);
	return count ? memcpy(grown, array, count * size) : grown;
}

const char *text(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	obstack_vprintf(&memory, format, arguments);
	va_end(arguments);
	obstack_1grow(&memory, '\0');
	return obstack_finish(&memory);
}

void page_add(struct page *page, enum block_kind kind, const char *name, const char *words)
{
	struct block *block = page_allocate(sizeof(*block));

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
	struct sheet *sheet = page_allocate(sizeof(*sheet));

	sheet->caption = caption;
	for (; columns->title; columns++)
		sheet_column(sheet, *columns);
	return sheet;
}

void sheet_column(struct sheet *sheet, struct column column)
{
	sheet->columns = page_grow(sheet->columns, sheet->column_count, sizeof(column));
	sheet->columns[sheet->column_count++] = column;
}

void sheet_row(struct sheet *sheet, int style, unsigned dash, const char *name)
{
	struct cell *cells = page_allocate(sheet->column_count * sizeof(*cells));

	for (size_t i = 0; i < sheet->column_count; i++)
		cells[i] = (struct cell){ .text = "", .mark = NO_MARK };
	sheet->rows = page_grow(sheet->rows, sheet->row_count, sizeof(*sheet->rows));
	sheet->rows[sheet->row_count++] = (struct sheet_row){ style, dash, cells };
	sheet->filled = 0;
	sheet_cell(sheet, name);
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

void sheet_mark(struct sheet *sheet, const char *words, struct mark mark)
{
	sheet_cell(sheet, words)->mark = mark;
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
