/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "report/svg.h"

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* After the next @end; the end of the text where there is none. */
static const char *behind(const char *text, const char *end)
{
	const char *found = strstr(text, end);

	return found ? found + strlen(end) : text + strlen(text);
}

void svg_write_markers(FILE *out, const char *drawn)
{
	const char *line = strstr(drawn, "<defs>"), *end = line ? strstr(line, "</defs>") : NULL;

	if (!end)
		return;
	for (; line < end; line = behind(line, "\n")) {
		const size_t length = strcspn(line, "\n");

		/* The others are filters that no plot here uses. */
		if (memmem(line, length, "id='gp", 6))
			fprintf(out, "%.*s\n", (int)length, line);
	}
}

/* A group that only sets a pen, and draws nothing: the text after it. Else @text. */
static const char *behind_empty_group(const char *text)
{
	const char *end = behind(text, ">");

	end += strspn(end, " \t\n");
	return begins(end, "</g>") ? end + 4 : text;
}

/* "rgb(  1,   0,   3)" is the theme's colour 3. 0: it is another. */
static int write_colour(FILE *out, const char *text)
{
	unsigned red, green, colour;
	int length = 0;

	if (sscanf(text, "rgb( %u , %u , %u )%n", &red, &green, &colour, &length) != 3)
		return 0;
	if (length == 0 || red != 1 || green != 0 || colour > SVG_GRID)
		return 0;
	fprintf(out, "var(--c%u)", colour);
	return length;
}

static const char *write_tag_or_text(FILE *out, const char *text)
{
	int length;

	if (begins(text, "<title>"))
		return behind(text, "</title>");
	if (begins(text, "<desc>"))
		return behind(text, "</desc>");
	if (begins(text, "<defs>"))
		return behind(text, "</defs>");
	if (begins(text, "<g ") && behind_empty_group(text) != text)
		return behind_empty_group(text);
	if (begins(text, "<g id=\"")) {
		fputs("<g", out);
		return behind(text + 7, "\"");
	}
	if (begins(text, "rgb(")) {
		length = write_colour(out, text);
		if (length > 0)
			return text + length;
	}
	/* gnuplot indents, and breaks lines, within the data of a path. */
	if (strchr(" \t\n", *text)) {
		fputc(' ', out);
		return text + strspn(text, " \t\n");
	}
	fputc(*text, out);
	return text + 1;
}

const char *svg_write_inside(FILE *out, const char *drawn, int *width, int *height)
{
	const char *text = strstr(drawn, "<svg"), *end, *box;

	end = text ? strstr(text, "</svg>") : NULL;
	box = text ? strstr(text, "viewBox=\"") : NULL;
	if (!end || !box || sscanf(box, "viewBox=\"0 0 %d %d\"", width, height) != 2)
		return NULL;
	for (text = behind(text, ">"); text < end;)
		text = write_tag_or_text(out, text);
	return end + strlen("</svg>");
}
