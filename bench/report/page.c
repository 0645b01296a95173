/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <string.h>

#include "report/page.h"

/* The pieces of a sentence may each be as long as a text of a file. */
#define SENTENCE_SIZE (2 * PAGE_TEXT_MOST)

#define FORMAT_SENTENCE(text, format)                             \
	do {                                                      \
		va_list arguments;                                \
                                                                  \
		va_start(arguments, format);                      \
		vsnprintf(text, sizeof(text), format, arguments); \
		va_end(arguments);                                \
	} while (0)

size_t page_text_length(const char *text)
{
	size_t length = strnlen(text, PAGE_TEXT_MOST + 1);

	if (length <= PAGE_TEXT_MOST)
		return length;
	length = PAGE_TEXT_MOST;
	/* Not within a character of UTF-8. */
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return length;
}

void page_begin(struct page *page, enum page_format format, FILE *out, const char *title)
{
	*page = (struct page){
		.out = out,
		.writer = format == PAGE_HTML ? &html_writer : &markdown_writer,
		.brief = format == PAGE_MARKDOWN,
	};
	page->writer->begin(page, title);
}

void page_end(struct page *page)
{
	page->writer->end(page);
}

void page_heading(struct page *page, int level, const char *text)
{
	page->sections += level == 2;
	page->writer->heading(page, level, page->sections, text);
}

void page_paragraph(struct page *page, const char *format, ...)
{
	char text[SENTENCE_SIZE];

	FORMAT_SENTENCE(text, format);
	page->writer->paragraph(page, text);
}

void page_caution(struct page *page, const char *format, ...)
{
	char text[SENTENCE_SIZE];

	FORMAT_SENTENCE(text, format);
	page->writer->caution(page, text);
}

void page_list_begin(struct page *page)
{
	page->writer->list(page, true);
}

void page_item(
	struct page *page, unsigned section, enum tone tone, const char *lead, const char *text)
{
	page->writer->item(page, section, tone, lead, text);
}

void page_list_end(struct page *page)
{
	page->writer->list(page, false);
}

void page_code(struct page *page, const char *text)
{
	page->writer->code(page, text);
}

void page_details_begin(struct page *page, const char *summary)
{
	page->writer->details(page, summary);
}

void page_details_end(struct page *page)
{
	page->writer->details(page, NULL);
}

void page_table_begin(
	struct page *page, const char *caption, const struct column *columns, size_t count)
{
	page->columns = count < PAGE_COLUMNS_MAX ? count : PAGE_COLUMNS_MAX;
	page->column = 0;
	for (size_t i = 0; i < page->columns; i++)
		page->numbers[i] = columns[i].number;
	page->writer->table_begin(page, caption, columns);
}

static void add_cell(struct page *page, enum tone tone, const char *text)
{
	if (page->column == 0)
		page->writer->row(page, true);
	page->writer->cell(page, tone, text);
	if (++page->column == page->columns) {
		page->writer->row(page, false);
		page->column = 0;
	}
}

void page_cell(struct page *page, const char *format, ...)
{
	char text[SENTENCE_SIZE];

	FORMAT_SENTENCE(text, format);
	add_cell(page, TONE_PLAIN, text);
}

void page_verdict_cell(struct page *page, enum tone verdict)
{
	add_cell(page, verdict, "");
}

void page_table_end(struct page *page)
{
	page->writer->table_end(page);
}

void page_figure_begin(struct page *page, const char *title)
{
	page->writer->figure(page, title);
}

void page_plot(struct page *page, const struct plot *plot)
{
	if (page->err == 0)
		page->writer->plot(page, plot);
}

void page_figure_end(struct page *page)
{
	page->writer->figure(page, NULL);
}
