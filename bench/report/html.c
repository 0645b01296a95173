/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page as one HTML file that refers to nothing outside of it, and needs no script.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/controls.h"
#include "report/gnuplot.h"
#include "report/page.h"
#include "report/svg.h"

static const char style[] =
#include "page.css.inc"
	;

static const char *const tone_classes[] = {
	[TONE_PLAIN] = NULL,
	[TONE_FASTER] = "faster",
	[TONE_SLOWER] = "slower",
	[TONE_SAME] = "same",
	[TONE_UNCLEAR] = "unclear",
};

/* Colour alone says nothing to who does not see it. */
static const char *const tone_signs[] = {
	[TONE_PLAIN] = "",
	[TONE_FASTER] = "\u25b2 ",
	[TONE_SLOWER] = "\u25bc ",
	[TONE_SAME] = "= ",
	[TONE_UNCLEAR] = "? ",
};

/* Returns how many bytes more it has than one. */
static size_t write_control(FILE *out, const char *control)
{
	fputs("\ufffd", out);
	return control_length(control) - 1;
}

static void write_text(FILE *out, const char *text)
{
	const size_t length = page_text_length(text);

	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c == '&')
			fputs("&amp;", out);
		else if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else if (c == '\'')
			fputs("&#39;", out);
		else if (c != '\n' && c != '\t' && control_length(&text[i]) > 0)
			i += write_control(out, &text[i]);
		else
			fputc(c, out);
	}
	if (text[length])
		fputs("\u2026", out);
}

/* <@tag>@text</@tag>, with a class unless it is NULL. */
static void write_element(FILE *out, const char *tag, const char *class, const char *text)
{
	fprintf(out, "<%s", tag);
	if (class)
		fprintf(out, " class=\"%s\"", class);
	fputc('>', out);
	write_text(out, text);
	fprintf(out, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static void begin(struct page *page, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      /* Not even a picture: whatever got into it, a browser loads and runs nothing. */
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'\">\n",
		page->out);
	write_element(page->out, "title", NULL, title);
	fprintf(page->out, "\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
}

static void end(struct page *page)
{
	fputs("</main>\n</body>\n</html>\n", page->out);
}

static void heading(struct page *page, int level, unsigned number, const char *text)
{
	char tag[32];

	if (level == 2)
		snprintf(tag, sizeof(tag), "h2 id=\"s%u\"", number);
	else
		snprintf(tag, sizeof(tag), "h%d", level);
	write_element(page->out, tag, NULL, text);
	fputc('\n', page->out);
}

static void paragraph(struct page *page, const char *text)
{
	write_element(page->out, "p", NULL, text);
	fputc('\n', page->out);
}

static void list(struct page *page, bool begins)
{
	fputs(begins ? "<ul>\n" : "</ul>\n", page->out);
}

static void item(
	struct page *page, unsigned section, enum tone tone, const char *lead, const char *text)
{
	FILE *out = page->out;

	fputs("<li>", out);
	if (lead && section > 0) {
		fprintf(out, "<a href=\"#s%u\">", section);
		write_text(out, lead);
		fputs("</a>: ", out);
	} else if (lead) {
		write_element(out, "b", NULL, lead);
		fputs(": ", out);
	}
	if (tone != TONE_PLAIN)
		fprintf(out, "<span class=\"%s\">%s%s</span> ", tone_classes[tone],
			tone_signs[tone], tone_classes[tone]);
	write_text(out, text);
	fputs("</li>\n", out);
}

static void caution(struct page *page, const char *text)
{
	fputs("<p class=\"caution\"><b>Caution:</b> ", page->out);
	write_text(page->out, text);
	fputs("</p>\n", page->out);
}

static void code(struct page *page, const char *text)
{
	fputs("<pre><code>", page->out);
	write_text(page->out, text);
	fputs("</code></pre>\n", page->out);
}

static void details(struct page *page, const char *summary)
{
	if (!summary) {
		fputs("</details>\n", page->out);
		return;
	}
	fputs("<details>", page->out);
	write_element(page->out, "summary", NULL, summary);
	fputc('\n', page->out);
}

static void table_begin(struct page *page, const char *caption, const struct column *columns)
{
	/* What can be scrolled has to be reached by keys too. */
	fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", page->out);
	write_text(page->out, caption);
	fputs("\"><table>", page->out);
	write_element(page->out, "caption", NULL, caption);
	fputs("\n<thead><tr>", page->out);
	for (size_t i = 0; i < page->columns; i++)
		write_element(page->out, "th scope=\"col\"", columns[i].number ? "number" : NULL,
			columns[i].title);
	fputs("</tr></thead>\n<tbody>\n", page->out);
}

static void row(struct page *page, bool begins)
{
	fputs(begins ? "<tr>" : "</tr>\n", page->out);
}

static void cell(struct page *page, enum tone tone, const char *text)
{
	if (page->column == 0) {
		write_element(page->out, "th scope=\"row\"", NULL, text);
		return;
	}
	if (tone == TONE_PLAIN) {
		write_element(page->out, "td", page->numbers[page->column] ? "number" : NULL, text);
		return;
	}
	fprintf(page->out, "<td class=\"%s\">%s%s</td>", tone_classes[tone], tone_signs[tone],
		tone_classes[tone]);
}

static void table_end(struct page *page)
{
	fputs("</tbody></table></div>\n", page->out);
}

static void figure(struct page *page, const char *title)
{
	if (!title) {
		fputs("</figure>\n", page->out);
		return;
	}
	fputs("<figure>", page->out);
	write_element(page->out, "figcaption", NULL, title);
	fputc('\n', page->out);
}

/* One drawing of @plot. Returns where the next begins in @drawn. */
static const char *write_drawing(
	struct page *page, const struct plot *plot, const char *class, const char *drawn)
{
	FILE *out = page->out, *inside;
	const char *next;
	char *text = NULL;
	size_t size = 0;
	int width, height;

	inside = open_memstream(&text, &size);
	next = inside ? svg_write_inside(inside, drawn, &width, &height) : NULL;
	if (inside && fclose(inside) != 0)
		next = NULL;
	if (!next) {
		page->err = complain(&page->why, -EIO,
			"gnuplot has drawn something else than a plot; version 5.4 and 6 do well");
		free(text);
		return NULL;
	}
	page->plots++;
	if (plot->small) {
		fputs("<div class=\"small\">", out);
		write_element(out, "p", NULL, plot->title);
	}
	fprintf(out,
		"<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t%u d%u\">"
		"<title id=\"t%u\">",
		class, width, height, page->plots, page->plots, page->plots);
	write_text(out, plot->title);
	fprintf(out, "</title><desc id=\"d%u\">", page->plots);
	write_text(out, plot->description ? plot->description : plot->title);
	fputs("</desc>", out);
	fwrite(text, 1, size, out);
	fputs(plot->small ? "</svg></div>\n" : "</svg>\n", out);
	free(text);
	return next;
}

/* 0 or -ENOMEM. @script is to be freed in any case. */
static int write_script(const struct plot *plot, char **script, size_t *size)
{
	FILE *stream;

	*script = NULL;
	if (plot->failed)
		return -ENOMEM;
	stream = open_memstream(script, size);
	if (!stream)
		return -ENOMEM;
	if (!plot->small)
		plot_write_script(stream, plot, true);
	plot_write_script(stream, plot, false);
	return fclose(stream) != 0 ? -ENOMEM : 0;
}

/* A plot takes some 10 ms: who takes so long is never done. */
#define PLOT_LIMIT_NS (60 * INT64_C(1000000000))

static int draw(const struct plot *plot, char **drawn, struct complaint *why)
{
	char *script;
	size_t size;
	int err = write_script(plot, &script, &size);

	if (err)
		complain(why, err, "out of memory");
	else
		err = gnuplot_run(script, size, PLOT_LIMIT_NS, drawn, why);
	free(script);
	return err;
}

static void write_plot(struct page *page, const struct plot *plot)
{
	char *drawn;
	const char *next;

	page->err = draw(plot, &drawn, &page->why);
	if (page->err)
		return;
	if (page->plots == 0) {
		fputs("<svg class=\"markers\" aria-hidden=\"true\" width=\"0\" height=\"0\">",
			page->out);
		svg_write_markers(page->out, drawn);
		fputs("</svg>\n", page->out);
	}
	next = drawn;
	if (!plot->small)
		next = write_drawing(page, plot, "broad", next);
	if (next)
		write_drawing(page, plot, plot->small ? "single" : "slim", next);
	free(drawn);
}

const struct page_writer html_writer = {
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
	.plot = write_plot,
};
