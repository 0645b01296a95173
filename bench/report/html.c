/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a page as one HTML file that loads nothing. Its script is optional: it adds copy buttons, and
 * unfolds everything for paper if the style alone cannot.
 */
#include <ctype.h>
#include <string.h>

#include "base/controls.h"
#include "report/page.h"

static const char style_sheet[] =
#include "page.css.inc"
	;

static const char script[] =
#include "page.js.inc"
	;

/* Of the script: browsers run no other. */
#define SCRIPT_SHA256 "YREVjfS6+fg3SfrkVHbLRgEVjCYx2miR9E8v3jof1hg="

/* The sign is for readers who do not see the colour. */
static const struct {
	const char *class, *sign;
} tones[] = {
	[TONE_PLAIN] = { "plain", "" },
	[TONE_FASTER] = { "faster", "\u25b2 " },
	[TONE_SLOWER] = { "slower", "\u25bc " },
	[TONE_SAME] = { "same", "= " },
	[TONE_UNCLEAR] = { "unclear", "? " },
};

void html_text(FILE *out, const char *words)
{
	const size_t length = text_length(words, PAGE_TEXT_MOST);

	for (size_t i = 0; i < length; i++) {
		const char c = words[i];
		const size_t control = c == '\n' || c == '\t' ? 0 : control_length(&words[i]);

		if (strchr("&<>\"'", c))
			fprintf(out, "&#%d;", c);
		else if (control == 0)
			fputc(c, out);
		else
			fputs("\ufffd", out);
		i += control > 1 ? control - 1 : 0;
	}
	if (words[length])
		fputs("\u2026", out);
}

void html_style(FILE *out, int style, unsigned dash)
{
	if (style == STYLE_LIMIT)
		fputs(" class=\"cl\"", out);
	else if (style != STYLE_NONE)
		fprintf(out, " class=\"c%d d%u\"", style % STYLE_COLOURS,
			(dash + (unsigned)style / STYLE_COLOURS) % 5);
}

/* <@tag>@words</@tag>; a tag may have attributes. */
static void write_element(FILE *out, const char *tag, const char *words)
{
	fprintf(out, "<%s>", tag);
	html_text(out, words);
	fprintf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

static void write_anchor(FILE *out, char kind, unsigned number)
{
	fprintf(out, " <a class=\"anchor\" href=\"#%c%u\" aria-label=\"Link to this\">#</a>", kind,
		number);
}

static bool is_number(const struct column *column)
{
	return column->kind != COLUMN_TEXT && column->kind != COLUMN_ROUNDS;
}

static void write_column(FILE *out, const struct column *column, const struct axis *axis)
{
	fprintf(out, "<th scope=\"col\"%s>", is_number(column) ? " class=\"number\"" : "");
	html_text(out, column->title);
	if (column->kind == COLUMN_RANGE || column->kind == COLUMN_RATIO)
		fprintf(out, " <small>%s to %s%s</small>", text_number(axis->low),
			text_number(axis->high), axis->logarithmic ? ", log" : "");
	fputs("</th>", out);
}

static void write_cell(
	FILE *out, const struct column *column, const struct axis *axis, const struct cell *cell)
{
	fprintf(out, "<td class=\"%s%s\">%s", is_number(column) ? "number " : "",
		tones[cell->tone].class, tones[cell->tone].sign);
	html_text(out, cell->text);
	if (cell->mark && column->kind > COLUMN_NUMBER)
		svg_mark(out, column->kind, axis, cell->mark);
	fputs("</td>", out);
}

static void write_row(
	FILE *out, const struct sheet *sheet, const struct sheet_row *row, const struct axis *axes)
{
	const struct cell *name = &row->cells[0];

	fputs("<tr", out);
	html_style(out, row->style, 0);
	fprintf(out, "><th scope=\"row\">%s", row->style != STYLE_NONE ? "<i></i>" : "");
	if (name->section > 0)
		fprintf(out, "<a href=\"#s%u\">", name->section);
	html_text(out, name->text);
	fprintf(out, "%s</th>", name->section > 0 ? "</a>" : "");
	for (size_t i = 1; i < sheet->column_count; i++)
		write_cell(out, &sheet->columns[i], &axes[i], &row->cells[i]);
	fputs("</tr>\n", out);
}

static void write_sheet(FILE *out, const struct sheet *sheet, unsigned number)
{
	struct axis *axes = page_allocate(sheet->column_count * sizeof(*axes));

	const bool folded = sheet->folded && !sheet->curves;
	const char *caption = folded ? "summary" : "figcaption";

	fprintf(out, "<figure id=\"f%u\">%s<%s id=\"f%u-name\">", number, folded ? "<details>" : "",
		caption, number);
	html_text(out, sheet->caption);
	write_anchor(out, 'f', number);
	fprintf(out, "</%s>\n", caption);
	if (sheet->curves) {
		svg_curves(out, sheet, number);
		fputs("<details><summary>The figures</summary>\n", out);
	}
	/* tabindex: what scrolls must be reachable by keyboard. */
	fprintf(out,
		"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"f%u-name\">"
		"<table aria-labelledby=\"f%u-name\">\n<thead><tr>",
		number, number);
	for (size_t i = 0; i < sheet->column_count; i++) {
		axes[i] = svg_column_axis(sheet, i);
		write_column(out, &sheet->columns[i], &axes[i]);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < sheet->row_count; i++)
		write_row(out, sheet, &sheet->rows[i], axes);
	fprintf(out, "</tbody></table></div>%s</figure>\n",
		sheet->curves || folded ? "</details>" : "");
}

/* A link to download the file; percent-encodes what no address may contain. */
static void write_file(FILE *out, const struct block *block)
{
	fputs("<p><a download=\"", out);
	html_text(out, block->name);
	fputs("\" href=\"data:application/json,", out);
	for (const char *c = block->text; *c; c++)
		fprintf(out, isalnum((unsigned char)*c) || strchr("-_.,:[]", *c) ? "%c" : "%%%02X",
			(unsigned char)*c);
	fputs("\">Download ", out);
	html_text(out, block->name);
	fputs("</a></p>\n", out);
}

static void write_block(FILE *out, const struct block *block)
{
	switch (block->kind) {
	case BLOCK_HEADING:
		fprintf(out, "<h2 id=\"s%u\">", block->number);
		html_text(out, block->text);
		write_anchor(out, 's', block->number);
		fputs("</h2>\n", out);
		break;
	case BLOCK_TEXT:
		write_element(out, "p", block->text);
		break;
	case BLOCK_CODE:
		fputs("<div class=\"code\"><pre><code>", out);
		html_text(out, block->text);
		fputs("</code></pre></div>\n", out);
		break;
	case BLOCK_FILE:
		write_file(out, block);
		break;
	case BLOCK_SHEET:
		write_sheet(out, block->sheet, block->number);
		break;
	}
}

static void write_top(FILE *out, const struct page *page)
{
	write_element(out, "h1", page->title);
	write_element(out, "p class=\"verdict\"", page->verdict);
	if (page->cautions) {
		fputs("<p class=\"cautions\"><b>Caution:</b> ", out);
		html_text(out, page->cautions);
		fputs("</p>\n", out);
	}
	write_element(out, "p class=\"facts\"", page->facts);
}

void page_write_html(FILE *out, const struct page *page)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; "
	      "script-src 'sha256-" SCRIPT_SHA256 "'\">\n",
		out);
	write_element(out, "title", page->title);
	fprintf(out, "\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", style_sheet);
	write_top(out, page);
	for (const struct block *block = page->first; block; block = block->next)
		write_block(out, block);
	fprintf(out, "</main>\n<script>%s</script>\n</body>\n</html>\n", script);
}
