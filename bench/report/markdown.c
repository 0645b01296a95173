/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a page as GitHub-flavoured Markdown, for a pull request: a few lines, and the rest folded.
 * It has the tables, but no charts.
 */
#include <stdlib.h>
#include <string.h>

#include "report/report.h"

/* Bytes that a comment may have on a code host, less what ends it. */
#define COMMENT_MOST 60000

/* Rows above the fold, which makes it 15 lines. */
#define SUMMARY_ROWS 7

/* Escapes every character that could be markup. After @ and # an empty comment prevents a mention of a
 * person or an issue, which a backslash does not; after the colon of an address, a link. */
static bool escape(FILE *out, const char *c)
{
	if (*c == '&' || *c == '<')
		fputs(*c == '&' ? "&amp;" : "&lt;", out);
	else if (*c == '@' || *c == '#')
		fprintf(out, "\\%c<!-- -->", *c);
	else if (strchr("\\`*_{}[]>|~!$", *c))
		fprintf(out, "\\%c", *c);
	else if (*c == ':' && c[1] == '/')
		fputs(":<!-- -->", out);
	else
		return false;
	return true;
}

static void put(FILE *out, const char *before, const char *words, const char *after)
{
	page_put(out, before, words, after, "?", escape);
}

/* Columns that are only drawn are left out. */
static bool is_shown(const struct column *column, bool brief)
{
	return column->kind != COLUMN_ROUNDS && !(brief && column->detail);
}

/* With at most @rows rows. */
static void write_sheet(FILE *out, const struct sheet *sheet, size_t rows, bool brief)
{
	const struct column *columns = sheet->columns;

	for (size_t i = 0; i < sheet->column_count; i++)
		if (is_shown(&columns[i], brief))
			put(out, "| ", columns[i].title, " ");
	fputs("|\n", out);
	for (size_t i = 0; i < sheet->column_count; i++)
		if (is_shown(&columns[i], brief))
			fputs(columns[i].kind == COLUMN_TEXT ? "|---" : "|---:", out);
	fputs("|\n", out);
	for (size_t r = 0; r < sheet->row_count && r < rows; r++) {
		fputc('|', out);
		for (size_t i = 0; i < sheet->column_count; i++) {
			const struct cell *cell = &sheet->rows[r].cells[i];
			const bool strong = cell->tone == TONE_FASTER || cell->tone == TONE_SLOWER;

			if (is_shown(&columns[i], brief))
				put(out, strong ? " **" : " ", cell->text, strong ? "** |" : " |");
		}
		fputc('\n', out);
	}
	fputc('\n', out);
}

static void write_block(FILE *out, const struct block *block)
{
	const struct sheet *sheet = block->sheet;

	switch (block->kind) {
	case BLOCK_HEADING: /* below the headings of the comment */
		put(out, "### ", block->text, "\n\n");
		break;
	case BLOCK_TEXT:
		put(out, "", block->text, "\n\n");
		break;
	case BLOCK_CODE: /* an indented line, in which nothing is markup */
		page_put(out, "    ", block->text, "\n\n", "?", NULL);
		break;
	case BLOCK_FILE:
		break;
	case BLOCK_SHEET:
		put(out, sheet->folded ? "<details><summary>" : "**", sheet->caption,
			sheet->folded ? "</summary>\n\n" : "**\n\n");
		write_sheet(out, sheet, sheet->row_count, false);
		fputs(sheet->folded ? "</details>\n\n" : "", out);
		break;
	}
}

/* Writes the blocks that fit a comment. */
static void write_rest(FILE *out, const struct page *page)
{
	size_t room = COMMENT_MOST;
	bool all = true;

	for (const struct block *block = page->first; block; block = block->next) {
		char *written;
		size_t size;
		FILE *one = need(open_memstream(&written, &size));

		write_block(one, block);
		if (fclose(one))
			need(NULL);
		if (size <= room)
			room -= fwrite(written, 1, size, out);
		else
			all = false;
		free(written);
	}
	if (!all)
		fputs("Some tables have no room in a comment: see the page in HTML.\n\n", out);
}

void page_write_markdown(FILE *out, const struct page *page)
{
	put(out, "## ", page->title, "\n\n");
	put(out, "**", page->verdict, "**  \n");
	put(out, "", page->facts, "");
	if (page->cautions)
		put(out, "  \nCaution: ", page->cautions, "");
	fputs("\n\n", out);
	if (page->summary)
		write_sheet(out, page->summary, SUMMARY_ROWS, true);
	fputs("<details><summary>Every figure, and where it ran</summary>\n\n", out);
	write_rest(out, page);
	fputs("</details>\n", out);
}
