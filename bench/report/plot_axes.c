/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The axes of a plot, for gnuplot: it does not know how wide a text is, and so writes as many
 * numbers in a narrow place as in a wide one.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "report/plot_axes.h"
#include "report/svg.h"

/* About as wide are a letter and a digit, in a font of that size; a line of numbers is as high. */
#define LETTER 8
#define DIGIT 8
#define LINE 24

/* The values need room too: in a narrow place a long name is cut. */
#define NAME_NARROW 22

static size_t name_length(const struct plot_category *category, int width)
{
	const size_t length = strlen(category->name);

	return width < PLOT_WIDE && length > NAME_NARROW ? NAME_NARROW : length;
}

static size_t longest_name(const struct plot *plot, int width)
{
	size_t longest = 0;

	for (size_t i = 0; i < plot->category_count; i++)
		if (name_length(&plot->categories[i], width) > longest)
			longest = name_length(&plot->categories[i], width);
	return longest;
}

static size_t longest_note(const struct plot *plot)
{
	size_t longest = 0;

	for (size_t i = 0; i < plot->category_count; i++)
		if (strlen(plot->categories[i].note) > longest)
			longest = strlen(plot->categories[i].note);
	return longest;
}

/* What rows leave to the left and right of the values. */
static int left_of(const struct plot *plot, int width)
{
	return LETTER * (int)longest_name(plot, width) + 16;
}

static int right_of(const struct plot *plot)
{
	return DIGIT * (int)longest_note(plot) + 22;
}

/* Of the axis with the values, "x" or "y". */
static const char *value_axis(const struct plot *plot)
{
	return plot->kind == PLOT_ROWS ? "x" : "y";
}

/* Of all that is drawn; infinite and 0 where nothing is. */
static void range_of(const struct plot *plot, double *low, double *high)
{
	*low = INFINITY;
	*high = 0;
	for (size_t i = 0; i < plot->point_count; i++) {
		const struct plot_point *point = &plot->points[i];

		*low = fmin(*low, fmin(point->value, point->low));
		*high = fmax(*high, fmax(point->value, point->high));
	}
	for (size_t i = 0; i < plot->dot_count; i++) {
		*low = fmin(*low, plot->dots[i].value);
		*high = fmax(*high, plot->dots[i].value);
	}
	for (size_t i = 0; i < plot->line_count; i++) {
		*low = fmin(*low, plot->lines[i].value);
		*high = fmax(*high, plot->lines[i].value);
	}
}

/* So many numbers up to @most, or down to @least, have room on the axis of the values. */
static double room_for(const struct plot *plot, int width, double least, double most)
{
	const double digits =
		fmax(fabs(floor(log10(fmax(most, 1)))), -floor(log10(fmin(least, 1))) + 1);
	const int height = plot->kind == PLOT_CURVES ? PLOT_CURVES_HEIGHT : PLOT_SLOTS_HEIGHT;
	const int lines = height / LINE;

	if (plot->kind != PLOT_ROWS)
		return lines / 1.5;
	return fmax(1, (width - left_of(plot, width) - right_of(plot)) / (DIGIT * (digits + 2.5)));
}

/* gnuplot itself would only name the powers of ten, of which there may be one or none. */
static void write_logarithmic(FILE *out, const struct plot *plot, int width)
{
	static const double steps[] = { 1, 2, 5 };
	const char *axis = value_axis(plot);
	double low, high, decades, room;
	bool any = false;
	int every;

	range_of(plot, &low, &high);
	if (!(low > 0 && high >= low))
		low = high = 1;
	low /= 1.15;
	high *= 1.15;
	decades = log10(high / low);
	room = room_for(plot, width, low, high);
	every = (int)ceil(decades / room);
	fprintf(out, "set logscale %s 10\nset %srange [%.10g:%.10g]\nset %stics (", axis, axis, low,
		high, axis);
	for (int power = (int)floor(log10(low)); power <= (int)ceil(log10(high)); power++)
		for (int i = 0; i < (3 * decades <= room ? 3 : 1); i++) {
			const double tic = steps[i] * pow(10, power);

			if (tic < low || tic > high || power % every != 0)
				continue;
			fprintf(out, "%s%.10g", any ? ", " : "", tic);
			any = true;
		}
	/* An axis within a single step has its ends. */
	if (!any)
		fprintf(out, "%.3g, %.3g", low, high);
	fputs(")\n", out);
}

/* The first @length bytes of a tic's name, and "..", where it is longer. To gnuplot it is a format:
 * a per cent sign is one only twice. */
static void write_tic(FILE *out, const char *name, size_t length, size_t at, bool first)
{
	const bool whole = length >= strlen(name);

	fputs(first ? "'" : ", '", out);
	for (size_t i = 0; name[i] && (whole || i + 2 < length); i++)
		fprintf(out, "%s%c", name[i] == '%' ? "%" : "", name[i]);
	fprintf(out, "%s' %zu", whole ? "" : "..", at);
}

/* 1, 2 or 5 times a power of ten, so that there are about @count of them up to @most. */
static double nice_step(double most, double count)
{
	const double rough = most / count, power = pow(10, floor(log10(rough)));

	return power * (rough <= power ? 1 : rough <= 2 * power ? 2 : rough <= 5 * power ? 5 : 10);
}

static void write_value_axis(FILE *out, const struct plot *plot, int width)
{
	const char *axis = value_axis(plot);
	double low, most;

	fprintf(out, "set %slabel '%s'\nset grid %stics lc rgb '#0100%02x' lw 1 dt 1\n", axis,
		plot->axis, axis, SVG_GRID);
	fprintf(out, "set format %s '%%.10g'\n", axis);
	range_of(plot, &low, &most);
	if (plot->logarithmic)
		write_logarithmic(out, plot, width);
	if (plot->from_zero)
		fprintf(out, "set %srange [0:*]\n", axis);
	if (plot->kind == PLOT_ROWS && plot->from_zero && most > 0)
		fprintf(out, "set xtics %.10g\n",
			nice_step(most, fmin(7, room_for(plot, width, 1, most))));
}

static void write_rows_axis(FILE *out, const struct plot *plot, int width)
{
	fprintf(out, "set lmargin at screen %.4f\nset rmargin at screen %.4f\nset ytics scale 0 (",
		(double)left_of(plot, width) / width, 1 - (double)right_of(plot) / width);
	for (size_t i = 0; i < plot->category_count; i++) {
		const struct plot_category *category = &plot->categories[i];

		write_tic(out, category->name, name_length(category, width), i, i == 0);
	}
	fputs(")\nset y2tics scale 0 (", out);
	for (size_t i = 0; i < plot->category_count; i++)
		write_tic(out, plot->categories[i].note, SIZE_MAX, i, i == 0);
	fprintf(out,
		")\nset yrange [%zu-0.5:-0.5]\nset y2range [%zu-0.5:-0.5]\nset border 1\n"
		"set xtics nomirror scale 0.5,0.2\nset xlabel offset 0,0.5\n",
		plot->category_count, plot->category_count);
}

/* Sizes that lie apart by doubling have room for their names; of others every second, third... */
static void write_curves_axis(FILE *out, const struct plot *plot, int width)
{
	double low = INFINITY, high = 0, last = 0;
	double gap;
	bool any = false;

	for (size_t i = 0; i < plot->point_count; i++) {
		low = fmin(low, plot->points[i].at);
		high = fmax(high, plot->points[i].at);
	}
	/* A number takes so much of the octaves that lie side by side. */
	gap = exp2(44 * log2(high / low) / (width - 80));
	fprintf(out,
		"set logscale x 2\nset xlabel '%s' offset 0,0.5\nset border 3\nset xtics nomirror scale 0.5 (",
		plot->across);
	/* In the order of the sizes, whatever the order measured. */
	for (double at = low; at <= high;) {
		double next = INFINITY;

		if (at >= last * gap) {
			fprintf(out, "%s'%.10g' %.10g", any ? ", " : "", at, at);
			any = true;
			last = at;
		}
		for (size_t i = 0; i < plot->point_count; i++)
			if (plot->points[i].at > at)
				next = fmin(next, plot->points[i].at);
		at = next;
	}
	fprintf(out, ")\nset ytics nomirror scale 0.5\nset xrange [%.10g:%.10g]\n", low / 1.06,
		high * 1.06);
}

/* So many names have room side by side: upright, or else turned. */
static void write_slots_axis(FILE *out, const struct plot *plot, int width)
{
	const size_t letters = plot->category_count * (longest_name(plot, width) + 1);
	const bool turned = letters * LETTER > (size_t)width - 80;
	const size_t room = (size_t)width / 24, step = turned ? plot->category_count / room + 1 : 1;

	fprintf(out, "set xtics nomirror scale 0 %s (", turned ? "rotate by 90 right" : "");
	for (size_t i = 0; i < plot->category_count; i += step)
		write_tic(out, plot->categories[i].name, SIZE_MAX, i, i == 0);
	fprintf(out, ")\nset xrange [-0.6:%zu-0.4]\nset border 2\nset ytics nomirror scale 0.5\n",
		plot->category_count);
}

void plot_write_axes(FILE *out, const struct plot *plot, int width)
{
	write_value_axis(out, plot, width);
	switch (plot->kind) {
	case PLOT_ROWS:
		write_rows_axis(out, plot, width);
		break;
	case PLOT_CURVES:
		write_curves_axis(out, plot, width);
		break;
	case PLOT_SLOTS:
		write_slots_axis(out, plot, width);
		break;
	}
}

int plot_height(const struct plot *plot, int width)
{
	switch (plot->kind) {
	case PLOT_ROWS:
		return PLOT_ROW_HEIGHT * (int)plot->category_count + 64 +
		       (plot->line_count > 0 ? 16 : 0);
	case PLOT_CURVES:
		return PLOT_CURVES_HEIGHT;
	case PLOT_SLOTS:
		break;
	}
	return PLOT_SLOTS_HEIGHT + LETTER * (int)longest_name(plot, width);
}
