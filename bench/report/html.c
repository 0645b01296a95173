/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a page as one HTML file that loads nothing. Its script is optional: it adds copy buttons, and
 * unfolds everything for paper if the style alone cannot.
 */
#include <ctype.h>
#include <string.h>

#include "report/report.h"

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

static bool escape(FILE *out, const char *c)
{
	return strchr("&<>\"'", *c) && fprintf(out, "&#%d;", *c) > 0;
}

void html_put(FILE *out, const char *before, const char *words, const char *after)
{
	page_put(out, before, words, after, "\ufffd", escape);
}

const char *html_class(int style, unsigned dash)
{
	if (style == STYLE_LIMIT)
		return " class=\"cl\"";
	return TEXT_IF(style != STYLE_NONE, " class=\"c%d d%u\"", style % STYLE_COLOURS,
		(dash + (unsigned)style / STYLE_COLOURS) % 5);
}

/* The end of a heading or caption: a link to itself. */
static const char *anchor(char kind, unsigned number, const char *tag)
{
	return text(" <a class=\"anchor\" href=\"#%c%u\" aria-label=\"Link to this\">#</a></%s>\n",
		kind, number, tag);
}

static bool is_number(const struct column *column)
{
	return column->kind != COLUMN_TEXT && column->kind != COLUMN_ROUNDS;
}

static void write_row(
	FILE *out, const struct sheet *sheet, const struct sheet_row *row, const struct axis *axes)
{
	const struct cell *cell = &row->cells[0];
	const char *link = sheet->contents ? text("<a href=\"#s%zu\">", row - sheet->rows + 1) : "";

	fprintf(out, "<tr%s><th scope=\"row\">%s", html_class(row->style, 0),
		row->style != STYLE_NONE ? "<i></i>" : "");
	html_put(out, link, cell->text, sheet->contents ? "</a></th>" : "</th>");
	for (size_t i = 1; i < sheet->column_count; i++) {
		const struct column *column = &sheet->columns[i];

		cell = &row->cells[i];
		html_put(out,
			text("<td class=\"%s%s\">%s", is_number(column) ? "number " : "",
				tones[cell->tone].class, tones[cell->tone].sign),
			cell->text, "");
		if (column->kind > COLUMN_NUMBER)
			svg_mark(out, column->kind, &axes[i], &cell->mark);
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

static void write_sheet(FILE *out, const struct sheet *sheet, unsigned number)
{
	struct axis *axes = arena_allocate(sheet->column_count * sizeof(*axes));
	const bool drawn = sheet->curves.across, folded = sheet->folded && !drawn;
	const char *caption = folded ? "summary" : "figcaption";

	fprintf(out, "<figure id=\"f%u\">%s", number, folded ? "<details>" : "");
	html_put(out, text("<%s id=\"f%u-name\">", caption, number), sheet->caption,
		anchor('f', number, caption));
	if (drawn) {
		svg_curves(out, sheet, number);
		fputs("<details><summary>The figures</summary>\n", out);
	}
	/* tabindex: what scrolls must be reachable by keyboard. */
	fprintf(out,
		"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"f%u-name\">"
		"<table aria-labelledby=\"f%u-name\">\n<thead><tr>",
		number, number);
	for (size_t i = 0; i < sheet->column_count; i++) {
		const struct column *column = &sheet->columns[i];

		axes[i] = svg_column_axis(sheet, i);
		html_put(out,
			is_number(column) ? "<th scope=\"col\" class=\"number\">"
					  : "<th scope=\"col\">",
			column->title,
			TEXT_IF(column->kind == COLUMN_RANGE || column->kind == COLUMN_RATIO,
				" <small>%s to %s%s</small>", text_number(axes[i].low),
				text_number(axes[i].high), axes[i].logarithmic ? ", log" : ""));
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < sheet->row_count; i++)
		write_row(out, sheet, &sheet->rows[i], axes);
	fprintf(out, "</tbody></table></div>%s</figure>\n", drawn || folded ? "</details>" : "");
}

/* A link to download the file; percent-encodes what no address may contain. */
static void write_file(FILE *out, const struct block *block)
{
	html_put(out, "<p><a download=\"", block->file, "\" href=\"data:application/json,");
	for (const char *c = block->text; *c; c++)
		fprintf(out, isalnum((unsigned char)*c) || strchr("-_.,:[]", *c) ? "%c" : "%%%02X",
			(unsigned char)*c);
	html_put(out, "\">Download ", block->file, "</a></p>\n");
}

static void write_block(FILE *out, const struct block *block)
{
	switch (block->kind) {
	case BLOCK_HEADING:
		html_put(out, text("<h2 id=\"s%u\">", block->number), block->text,
			anchor('s', block->number, "h2"));
		break;
	case BLOCK_TEXT:
		html_put(out, "<p>", block->text, "</p>\n");
		break;
	case BLOCK_CODE:
		html_put(out, "<div class=\"code\"><pre><code>", block->text,
			"</code></pre></div>\n");
		break;
	case BLOCK_FILE:
		write_file(out, block);
		break;
	case BLOCK_SHEET:
		write_sheet(out, block->sheet, block->number);
		break;
	}
}

void page_write_html(FILE *out, const struct page *page)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; "
	      "script-src 'sha256-" SCRIPT_SHA256 "'\">\n",
		out);
	html_put(out, "<title>", page->title, "</title>\n");
	fprintf(out, "\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", style_sheet);
	html_put(out, "<h1>", page->title, "</h1>\n");
	html_put(out, "<p class=\"verdict\">", page->verdict, "</p>\n");
	if (page->cautions)
		html_put(out, "<p class=\"cautions\"><b>Caution:</b> ", page->cautions, "</p>\n");
	html_put(out, "<p class=\"facts\">", page->facts, "</p>\n");
	for (const struct block *block = page->first; block; block = block->next)
		write_block(out, block);
	fprintf(out, "</main>\n<script>%s</script>\n</body>\n</html>\n", script);
}
