/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plot as a program for gnuplot. Colours are placeholders, which svg.c turns into those of the
 * page's theme. All that comes from a file is numbers, and names that plot.c has made harmless.
 */
#include <math.h>

#include "report/plot_axes.h"
#include "report/svg.h"

#define FONT_SIZE 13

/* A key entry is about as wide, a line of them as high. */
#define KEY_WIDTH 170
#define KEY_HEIGHT 20

/* Filled markers first; of the same shape, hollow, afterwards. gnuplot's numbers. */
static const int markers[] = { 7, 5, 9, 11, 13, 15, 6, 4, 8, 10, 12, 14, 2, 1 };

static unsigned colour_of(const struct plot_series *series)
{
	if (series->style >= PLOT_STYLE_LIMIT)
		return SVG_LIMIT;
	return series->style % SVG_COLOURS;
}

static int marker_of(const struct plot_series *series)
{
	return markers[series->style % (sizeof(markers) / sizeof(markers[0]))];
}

static bool is_limit(const struct plot_series *series)
{
	return series->style >= PLOT_STYLE_LIMIT;
}

static int key_lines(const struct plot *plot, int width)
{
	const int columns = width / KEY_WIDTH;

	return plot->key ? ((int)plot->series_count + columns - 1) / columns : 0;
}

static void write_lines(FILE *out, const struct plot *plot)
{
	for (size_t i = 0; i < plot->line_count; i++) {
		const struct plot_line *line = &plot->lines[i];
		char arrow[128];

		snprintf(arrow, sizeof(arrow),
			plot->kind == PLOT_ROWS
				? "from first %.10g, graph 0 to first %.10g, graph 1"
				: "from graph 0, first %.10g to graph 1, first %.10g",
			line->value, line->value);
		fprintf(out, "set arrow %s nohead back lw 1.5 dt 2 lc rgb '#0100%02x'\n", arrow,
			SVG_LIMIT);
		if (plot->kind == PLOT_ROWS && line->name[0])
			fprintf(out,
				"set label '%s' at first %.10g, graph 1 center offset 0, 0.6\n",
				line->name, line->value);
	}
}

/* Named blocks: $P0 the points of series 0, $I0 those with an interval, $D0 its dots. */
static void write_data(FILE *out, const struct plot *plot)
{
	for (size_t s = 0; s < plot->series_count; s++) {
		fprintf(out, "$P%zu << E\n", s);
		for (size_t i = 0; i < plot->point_count; i++)
			if (plot->points[i].series == s)
				fprintf(out, "%.10g %.10g\n", plot->points[i].at,
					plot->points[i].value);
		fprintf(out, "E\n$I%zu << E\n", s);
		for (size_t i = 0; i < plot->point_count; i++)
			if (plot->points[i].series == s && !isnan(plot->points[i].low))
				fprintf(out, "%.10g %.10g %.10g %.10g\n", plot->points[i].at,
					plot->points[i].value, plot->points[i].low,
					plot->points[i].high);
		fprintf(out, "E\n$D%zu << E\n", s);
		for (size_t i = 0; i < plot->dot_count; i++)
			if (plot->dots[i].series == s)
				fprintf(out, "%.10g %.10g\n", plot->dots[i].at,
					plot->dots[i].value);
		fputs("E\n", out);
	}
}

static size_t count_points(const struct plot *plot, size_t series, bool with_interval)
{
	size_t count = 0;

	for (size_t i = 0; i < plot->point_count; i++)
		count += plot->points[i].series == series &&
			 (!with_interval || !isnan(plot->points[i].low));
	return count;
}

static bool has_dots(const struct plot *plot, size_t series)
{
	for (size_t i = 0; i < plot->dot_count; i++)
		if (plot->dots[i].series == series)
			return true;
	return false;
}

static void write_band(FILE *out, const struct plot *plot, size_t s)
{
	const unsigned colour = colour_of(&plot->series[s]);

	if (count_points(plot, s, true) == 0)
		return;
	if (plot->kind == PLOT_ROWS)
		fprintf(out,
			"$I%zu using 2:1:3:4:($1-0.38):($1+0.38) with boxxyerror fs transparent "
			"solid 0.3 noborder lc rgb '#0100%02x' notitle, \\\n",
			s, colour);
	else if (plot->kind == PLOT_CURVES)
		fprintf(out,
			"$I%zu using 1:3:4 with filledcurves fs transparent solid 0.2 noborder lc "
			"rgb '#0100%02x' notitle, \\\n",
			s, colour);
}

/* Lines of almost no length and with round ends: thousands of them are one short element. */
static void write_dots(FILE *out, const struct plot *plot, size_t s)
{
	if (has_dots(plot, s))
		fprintf(out,
			"$D%zu using %s with vectors nohead lw 3 lc rgb '#0100%02x' notitle, \\\n",
			s, plot->kind == PLOT_ROWS ? "2:1:(0):(0.004)" : "1:2:(0.004):(0)",
			colour_of(&plot->series[s]));
}

static void write_points(FILE *out, const struct plot *plot, size_t s)
{
	const struct plot_series *series = &plot->series[s];
	const unsigned colour = colour_of(series);
	char title[PLOT_NAME_SIZE + 16] = "notitle";

	if (plot->key)
		snprintf(title, sizeof(title), "title '%s'", series->name);
	if (count_points(plot, s, false) == 0)
		return;
	if (plot->kind == PLOT_ROWS)
		fprintf(out, "$P%zu using 2:1 with points pt %d ps 0.8 lc rgb '#0100%02x' %s, \\\n",
			s, is_limit(series) ? 2 : marker_of(series), colour, title);
	else if (plot->kind == PLOT_CURVES && is_limit(series))
		fprintf(out, "$P%zu using 1:2 with lines lw 2 dt %s lc rgb '#0100%02x' %s, \\\n", s,
			series->style == PLOT_STYLE_LIMIT ? "2" : "3", colour, title);
	else if (plot->kind == PLOT_CURVES)
		fprintf(out,
			"$P%zu using 1:2 with linespoints lw 1.6 pt %d ps 0.7 lc rgb '#0100%02x' "
			"%s, \\\n",
			s, marker_of(series), colour, title);
}

void plot_write_script(FILE *out, const struct plot *plot, bool wide)
{
	const int width = wide ? PLOT_WIDE : PLOT_NARROW;

	fprintf(out,
		"reset\nset encoding utf8\nset terminal svg size %d,%d dynamic noenhanced font "
		"'sans-serif,%d' rounded\nset key %s\n",
		width, plot_height(plot, width) + KEY_HEIGHT * key_lines(plot, width), FONT_SIZE,
		plot->key ? "bmargin center horizontal samplen 1.5 spacing 1.1" : "off");
	plot_write_axes(out, plot, width);
	write_lines(out, plot);
	write_data(out, plot);
	fputs("plot ", out);
	for (size_t s = 0; s < plot->series_count; s++)
		write_band(out, plot, s);
	for (size_t s = 0; s < plot->series_count; s++)
		write_dots(out, plot, s);
	for (size_t s = 0; s < plot->series_count; s++)
		write_points(out, plot, s);
	/* Whatever there is to see, the axes are drawn. */
	fputs("NaN notitle\n", out);
}
