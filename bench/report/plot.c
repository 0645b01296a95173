/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot.h"

/* Dots fill so much of their category. */
#define DOTS_SHARE 0.76

void plot_begin(struct plot *plot, enum plot_kind kind, const char *axis)
{
	*plot = (struct plot){ .kind = kind, .axis = axis };
}

void plot_end(struct plot *plot)
{
	free(plot->description);
	free(plot->series);
	free(plot->categories);
	free(plot->points);
	free(plot->dots);
	*plot = (struct plot){ 0 };
}

/* Makes room for one more in an array of @count, which doubles. @array points to the pointer to it.
 * False, and the plot has failed, without memory. */
static bool make_room(struct plot *plot, void *array, size_t count, size_t size)
{
	void *old, *grown;

	/* At every power of two it is full. */
	if ((count & (count - 1)) != 0)
		return true;
	memcpy(&old, array, sizeof(old));
	grown = reallocarray(old, count ? 2 * count : 1, size);
	if (grown)
		memcpy(array, &grown, sizeof(grown));
	else
		plot->failed = true;
	return grown;
}

#define MICRO "\xc2\xb5" /* of durations, in UTF-8 */

/* What gnuplot draws as it is: anything else of a name from a file is shown as "?". So no name can
 * be more than a name to it, and none is wider than it reckons. */
static void copy_name(char name[PLOT_NAME_SIZE], const char *text)
{
	size_t length = 0;

	while (length < PLOT_NAME_SIZE - 1 && *text) {
		const unsigned char c = (unsigned char)*text;
		const bool fine = (c < 0x80 && isalnum(c)) || strchr(" .,:+-/()%_=<>", c);

		if (strncmp(text, MICRO, sizeof(MICRO) - 1) == 0) {
			name[length++] = 'u';
			text += sizeof(MICRO) - 1;
			continue;
		}
		name[length++] = fine ? *text : '?';
		text++;
	}
	name[length] = '\0';
}

size_t plot_series(struct plot *plot, const char *name, unsigned style)
{
	struct plot_series *series;

	if (!make_room(plot, &plot->series, plot->series_count, sizeof(*series)))
		return 0;
	series = &plot->series[plot->series_count++];
	*series = (struct plot_series){ .style = style };
	copy_name(series->name, name);
	return plot->series_count - 1;
}

size_t plot_category(struct plot *plot, const char *name, const char *note)
{
	struct plot_category *category;

	if (!make_room(plot, &plot->categories, plot->category_count, sizeof(*category)))
		return 0;
	category = &plot->categories[plot->category_count++];
	copy_name(category->name, name);
	copy_name(category->note, note);
	return plot->category_count - 1;
}

/* Beyond it no time, rate or share makes sense, and axes would overflow. */
static bool is_drawable(const struct plot *plot, double value)
{
	return isfinite(value) && fabs(value) < 1e30 && (!plot->logarithmic || value > 1e-30);
}

void plot_point(struct plot *plot, struct plot_point point)
{
	if (!is_drawable(plot, point.value) || !isfinite(point.at) ||
		point.series >= plot->series_count)
		return;
	if (!is_drawable(plot, point.low) || !is_drawable(plot, point.high) ||
		point.low > point.high)
		point.low = point.high = NAN;
	if (make_room(plot, &plot->points, plot->point_count, sizeof(point)))
		plot->points[plot->point_count++] = point;
}

void plot_dot(struct plot *plot, size_t series, double at, double value)
{
	if (!is_drawable(plot, value) || series >= plot->series_count)
		return;
	if (make_room(plot, &plot->dots, plot->dot_count, sizeof(*plot->dots)))
		plot->dots[plot->dot_count++] = (struct plot_dot){ series, at, value };
}

void plot_line(struct plot *plot, const char *name, double value)
{
	if (!is_drawable(plot, value) || plot->line_count == PLOT_LINES_MAX)
		return;
	plot->lines[plot->line_count].value = value;
	copy_name(plot->lines[plot->line_count++].name, name);
}

double plot_place(double category, size_t index, size_t count)
{
	if (count < 2)
		return category;
	return category + DOTS_SHARE * ((double)index / (double)(count - 1) - 0.5);
}
