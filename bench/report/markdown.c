/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page as Markdown of the kind that code hosts read (GFM), to be pasted into a pull request: the
 * tables without the plots.
 */
#include <ctype.h>
#include <string.h>

#include "base/controls.h"
#include "report/page.h"

static const char *const tone_words[] = {
	[TONE_FASTER] = "**faster**",
	[TONE_SLOWER] = "**slower**",
	[TONE_SAME] = "same",
	[TONE_UNCLEAR] = "unclear",
};

/* Something harmless in place of a control character. Returns how many bytes more it has than one.
 */
static size_t write_control(FILE *out, const char *control)
{
	const size_t length = control_length(control);

	fputc(length > 1 ? '?' : ' ', out);
	return length - 1;
}

/* Every character that could be a mark is escaped. A name or number behind @ or # would call a
 * person or another thread, which no backslash prevents, but a comment between does. */
static void write_text(FILE *out, const char *text)
{
	const size_t length = page_text_length(text);

	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c == '&')
			fputs("&amp;", out);
		else if (c == '<')
			fputs("&lt;", out);
		else if (c == '@' || c == '#')
			fprintf(out, "\\%c<!-- -->", c);
		else if (c && strchr("\\`*_{}[]>|~!$", c))
			fprintf(out, "\\%c", c);
		else if (c == ':' && i + 1 < length && text[i + 1] == '/')
			/* No address becomes a link. */
			fputs(":<!-- -->", out);
		else if (control_length(&text[i]) > 0)
			i += write_control(out, &text[i]);
		else
			fputc(c, out);
	}
	if (text[length])
		fputs("\u2026", out);
}

static void begin(struct page *page, const char *title)
{
	(void)page;
	(void)title;
}

static void end(struct page *page)
{
	(void)page;
}

/* Below the headings of where it is pasted. */
static void heading(struct page *page, int level, unsigned number, const char *text)
{
	(void)number;
	fprintf(page->out, "%.*s ", level + 1, "######");
	write_text(page->out, text);
	fputs("\n\n", page->out);
}

static void paragraph(struct page *page, const char *text)
{
	write_text(page->out, text);
	fputs("\n\n", page->out);
}

static void list(struct page *page, bool begins)
{
	if (!begins)
		fputc('\n', page->out);
}

static void item(
	struct page *page, unsigned section, enum tone tone, const char *lead, const char *text)
{
	FILE *out = page->out;

	(void)section;
	fputs("- ", out);
	if (lead) {
		fputs("**", out);
		write_text(out, lead);
		fputs("**: ", out);
	}
	if (tone != TONE_PLAIN)
		fprintf(out, "%s ", tone_words[tone]);
	write_text(out, text);
	fputc('\n', out);
}

static void caution(struct page *page, const char *text)
{
	fputs("> **Caution:** ", page->out);
	write_text(page->out, text);
	fputs("\n\n", page->out);
}

/* A fence that is longer than any in the text. */
static void code(struct page *page, const char *text)
{
	const size_t length = page_text_length(text);
	size_t run = 0, longest = 2;

	for (size_t i = 0; i < length; i++) {
		run = text[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		fputc('`', page->out);
	fputc('\n', page->out);
	for (size_t i = 0; i < length; i++) {
		if (control_length(&text[i]) > 0)
			i += write_control(page->out, &text[i]);
		else
			fputc(text[i], page->out);
	}
	fputc('\n', page->out);
	for (size_t i = 0; i <= longest; i++)
		fputc('`', page->out);
	fputs("\n\n", page->out);
}

static void details(struct page *page, const char *summary)
{
	if (!summary) {
		fputs("</details>\n\n", page->out);
		return;
	}
	fputs("<details><summary>", page->out);
	write_text(page->out, summary);
	fputs("</summary>\n\n", page->out);
}

static void table_begin(struct page *page, const char *caption, const struct column *columns)
{
	paragraph(page, caption);
	for (size_t i = 0; i < page->columns; i++) {
		fputs("| ", page->out);
		write_text(page->out, columns[i].title);
		fputc(' ', page->out);
	}
	fputs("|\n", page->out);
	for (size_t i = 0; i < page->columns; i++)
		fputs(columns[i].number ? "|---:" : "|---", page->out);
	fputs("|\n", page->out);
}

static void row(struct page *page, bool begins)
{
	fputs(begins ? "|" : "\n", page->out);
}

static void cell(struct page *page, enum tone tone, const char *text)
{
	fputc(' ', page->out);
	if (tone == TONE_PLAIN)
		write_text(page->out, text);
	else
		fputs(tone_words[tone], page->out);
	fputs(" |", page->out);
}

static void table_end(struct page *page)
{
	fputc('\n', page->out);
}

static void figure(struct page *page, const char *title)
{
	if (!title)
		return;
	fputs("**", page->out);
	write_text(page->out, title);
	fputs("**\n\n", page->out);
}

static void plot(struct page *page, const struct plot *plot)
{
	(void)page;
	(void)plot;
}

const struct page_writer markdown_writer = {
	.begin = begin,
	.end = end,
	.heading = heading,
	.paragraph = paragraph,
	.list = list,
	.item = item,
	.caution = caution,
	.code = code,
	.details = details,
	.table_begin = table_begin,
	.row = row,
	.cell = cell,
	.table_end = table_end,
	.figure = figure,
	.plot = plot,
};
