/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drawings in a page. Horizontal positions are shares of the width, so a drawing fits every screen;
 * texts and lines keep their size. Colours come from the classes of the page's style.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"

#define LABEL_LINE 15 /* least distance of the names of curves */
#define LABEL_MOST 22 /* bytes of one */
#define TICKS_MOST 24

/* From this ratio of the largest to the smallest value, the axis is logarithmic. */
#define SPREAD_LINEAR 20

/* The position of @value on @axis, from 0 to @length. */
static double place(const struct axis *axis, double value, double length)
{
	const double share = axis->logarithmic
				     ? log(value / axis->low) / log(axis->high / axis->low)
				     : (value - axis->low) / (axis->high - axis->low);

	return isfinite(share) ? length * fmin(1, fmax(0, share)) : 0;
}

/* Outside this range no figure makes sense, and axes overflow. */
static bool is_drawable(double value, bool logarithmic)
{
	return value > -1e30 && value < 1e30 && (!logarithmic || value > 1e-30);
}

static void widen(struct axis *axis, double value)
{
	if (!is_drawable(value, axis->logarithmic))
		return;
	axis->low = fmin(axis->low, value);
	axis->high = fmax(axis->high, value);
}

/* A round as a share of the median, cut so that it does not hide the others. */
static double round_share(const struct mark *mark, size_t round)
{
	return fmax(0.5, fmin(2, mark->rounds[round] / mark->value));
}

/* The ends of a noisy interval widen the axis to at most half and twice its value. */
static void widen_by_column(struct axis *axis, const struct sheet *sheet, size_t column)
{
	const bool rounds = sheet->columns[column].kind == COLUMN_ROUNDS;

	for (size_t r = 0; r < sheet->row_count; r++) {
		const struct mark *mark = &sheet->rows[r].cells[column].mark;

		if (!is_drawable(mark->value, axis->logarithmic))
			continue;
		for (size_t i = 0; i < mark->round_count && rounds; i++)
			widen(axis, round_share(mark, i));
		widen(axis, rounds ? 1 : mark->value);
		if (!rounds && mark->low <= mark->high) {
			widen(axis, fmax(mark->low, mark->value / 2));
			widen(axis, fmin(mark->high, mark->value * 2));
		}
	}
}

/* Adds room at both ends; at the high end only if the axis begins at zero. */
static void give_room(struct axis *axis, double share)
{
	if (!(axis->low <= axis->high))
		axis->low = axis->high = 1;
	if (axis->logarithmic) {
		axis->low /= 1 + share;
		axis->high *= 1 + share;
	} else {
		axis->high += axis->high > axis->low ? share * (axis->high - axis->low) : 1;
	}
}

struct axis svg_column_axis(const struct sheet *sheet, size_t column)
{
	const enum column_kind kind = sheet->columns[column].kind;
	struct axis axis = { INFINITY, -INFINITY, true };

	widen_by_column(&axis, sheet, column);
	if (kind != COLUMN_RANGE) {
		widen(&axis, kind == COLUMN_RATIO ? 1 : 0.95);
		widen(&axis, kind == COLUMN_RATIO ? 1 : 1.05);
	} else if (!(axis.high > SPREAD_LINEAR * axis.low)) {
		axis.logarithmic = false;
		axis.low = 0;
	}
	give_room(&axis, 0.06);
	return axis;
}

static void write_rounds(FILE *out, const struct axis *axis, const struct mark *mark)
{
	const double step = 1000.0 / (double)(mark->round_count + 1);

	fprintf(out, "<path class=\"axis\" d=\"M0 %.1fH1000\"/><path class=\"dots\" d=\"",
		36 - place(axis, 1, 32));
	for (size_t i = 0; i < mark->round_count; i++)
		if (isfinite(mark->rounds[i]))
			fprintf(out, "M%.0f %.1fh.01", step * (double)(i + 1),
				36 - place(axis, round_share(mark, i), 32));
	fputs("\"/>", out);
}

static void write_rect(FILE *out, const char *class, double from, double to)
{
	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"3\" width=\"%.1f\" height=\"6\"/>", class,
		fmin(from, to), fabs(to - from));
}

static void write_range(FILE *out, bool ratio, const struct axis *axis, const struct mark *mark)
{
	const double from = ratio ? place(axis, 1, 1000) : 0, at = place(axis, mark->value, 1000);

	fprintf(out, "<path class=\"axis\" d=\"M0 11.5H1000M%.1f 0V12\"/>", from);
	if (ratio || !axis->logarithmic)
		write_rect(out, "bar", from, at);
	if (mark->low <= mark->high)
		write_rect(
			out, "band", place(axis, mark->low, 1000), place(axis, mark->high, 1000));
	fputs("<path class=\"rounds\" d=\"M0 0", out);
	for (size_t i = 0; i < mark->round_count; i++)
		if (isfinite(mark->rounds[i]))
			fprintf(out, "M%.1f 1v10", place(axis, mark->rounds[i], 1000));
	fprintf(out, "\"/><path class=\"value\" d=\"M%.1f 0V12\"/>", at);
}

void svg_mark(FILE *out, enum column_kind kind, const struct axis *axis, const struct mark *mark)
{
	if (!is_drawable(mark->value, axis->logarithmic))
		return;
	fprintf(out,
		"<svg class=\"mark\" viewBox=\"0 0 1000 %d\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\">",
		kind == COLUMN_ROUNDS ? 40 : 12);
	if (kind == COLUMN_ROUNDS)
		write_rounds(out, axis, mark);
	else
		write_range(out, kind == COLUMN_RATIO, axis, mark);
	fputs("</svg>", out);
}

/* 1, 2 or 5 times a power of ten. */
static double nice_step(double rough)
{
	const double power = pow(10, floor(log10(rough)));

	return power * (rough <= power ? 1 : rough <= 2 * power ? 2 : rough <= 5 * power ? 5 : 10);
}

/* The labelled values of @axis. */
static size_t ticks_of(const struct axis *axis, double ticks[TICKS_MOST])
{
	static const double steps[] = { 1, 2, 5 };
	const double decades = axis->logarithmic ? log10(axis->high / axis->low) : 0;
	const double step = nice_step((axis->high - axis->low) / 6);
	size_t count = 0;

	if (decades < 1)
		for (long i = (long)ceil(axis->low / step);
			(double)i * step <= axis->high && count < 8; i++)
			ticks[count++] = (double)i * step;
	for (int power = (int)floor(log10(axis->low)); decades >= 1 && power <= log10(axis->high);
		power++)
		for (int i = 0; i < (decades < 3 ? 3 : 1); i++) {
			const double at = steps[i] * pow(10, power);

			if (at >= axis->low && at <= axis->high && count < TICKS_MOST)
				ticks[count++] = at;
		}
	return count;
}

/* A drawing of curves; each column is a point of them. */
struct drawing {
	FILE *out;
	const struct sheet *sheet;
	const struct curves *curves;
	struct axis across, up;
	double height;
};

static double x_of(const struct drawing *d, size_t column)
{
	return place(&d->across, d->sheet->columns[column].at, 100);
}

static double y_of(const struct drawing *d, double value)
{
	return d->height - place(&d->up, value, d->height);
}

static bool is_drawn(const struct drawing *d, const struct sheet_row *row, size_t column)
{
	return is_drawable(row->cells[column].mark.value, d->up.logarithmic);
}

static void find_axes(struct drawing *d)
{
	d->across = (struct axis){ INFINITY, -INFINITY, d->curves->log_across };
	d->up = (struct axis){ d->curves->log_up ? INFINITY : 0, -INFINITY, d->curves->log_up };
	widen(&d->up, d->curves->line);
	for (size_t c = 1; c < d->sheet->column_count; c++) {
		widen(&d->across, d->sheet->columns[c].at);
		widen_by_column(&d->up, d->sheet, c);
	}
	give_room(&d->up, 0.05);
	if (!(d->across.low < d->across.high))
		give_room(&d->across, 0.5);
}

static void write_line(const struct drawing *d, const char *class, double y)
{
	fprintf(d->out, "<line class=\"%s\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>", class, y, y);
}

static void write_grid(const struct drawing *d)
{
	double ticks[TICKS_MOST], last = -INFINITY, last_wide = -INFINITY;
	const size_t count = ticks_of(&d->up, ticks);

	for (size_t i = 0; i < count; i++) {
		const double y = y_of(d, ticks[i]);

		write_line(d, "grid", y);
		html_put(d->out, text("<text x=\"-6\" y=\"%.1f\" text-anchor=\"end\">", y + 4),
			d->curves->text(ticks[i]), "</text>\n");
	}
	if (isfinite(d->curves->line))
		write_line(d, "line", y_of(d, d->curves->line));
	/* A narrow screen shows every second or third. */
	for (size_t i = 1; i < d->sheet->column_count; i++) {
		const double x = x_of(d, i);
		const bool narrow = x >= last + 24;

		if (!narrow && x < last_wide + 7)
			continue;
		last = narrow ? x : last;
		last_wide = x;
		html_put(d->out,
			text("<text x=\"%.2f%%\" y=\"%.0f\" text-anchor=\"middle\"%s>", x,
				d->height + 18, narrow ? "" : " class=\"wide\""),
			d->sheet->columns[i].title, "</text>\n");
	}
}

/* @edge: 0: the curve, from left to right; -1: its band's lower edge; 1: the upper, from right to left. */
static void write_points(const struct drawing *d, const struct sheet_row *row, int edge)
{
	const size_t count = d->sheet->column_count;

	for (size_t n = 1; n < count; n++) {
		const size_t i = edge > 0 ? count - n : n;
		const struct mark *mark = &row->cells[i].mark;

		if (is_drawn(d, row, i))
			fprintf(d->out, "%.1f,%.1f ", 10 * x_of(d, i),
				y_of(d, edge == 0 || !(mark->low <= mark->high) ? mark->value
					: edge < 0                              ? mark->low
										: mark->high));
	}
}

static void write_curve(const struct drawing *d, const struct sheet_row *row)
{
	fprintf(d->out,
		"<g%s><svg viewBox=\"0 0 1000 %.0f\" preserveAspectRatio=\"none\" width=\"100%%\" "
		"height=\"%.0f\"><polygon class=\"band\" points=\"",
		html_class(row->style, row->dash), d->height, d->height);
	write_points(d, row, -1);
	write_points(d, row, 1);
	fputs("\"/><polyline class=\"curve\" points=\"", d->out);
	write_points(d, row, 0);
	fputs("\"/></svg>", d->out);
	for (size_t i = 1; i < d->sheet->column_count; i++)
		if (is_drawn(d, row, i))
			html_put(d->out,
				text("<circle cx=\"%.2f%%\" cy=\"%.1f\" r=\"2.5\"><title>",
					x_of(d, i), y_of(d, row->cells[i].mark.value)),
				text("%s, %s: %s", row->cells[0].text, d->sheet->columns[i].title,
					row->cells[i].text),
				"</title></circle>");
	fputs("</g>\n", d->out);
}

struct label {
	const struct sheet_row *row;
	double end, at; /* of the curve; of the name */
};

static int upper_first(const void *a, const void *b)
{
	const struct label *x = a, *y = b;

	return (x->end > y->end) - (x->end < y->end);
}

/* The name of each curve, at its end. */
static size_t find_labels(const struct drawing *d, struct label *labels)
{
	size_t count = 0;

	for (size_t r = 0; r < d->sheet->row_count; r++) {
		const struct sheet_row *row = &d->sheet->rows[r];
		size_t last = d->sheet->column_count - 1;

		while (last > 0 && !is_drawn(d, row, last))
			last--;
		if (last > 0)
			labels[count++] =
				(struct label){ row, y_of(d, row->cells[last].mark.value), 0 };
	}
	qsort(labels, count, sizeof(*labels), upper_first);
	/* None overlap, and all are in the drawing, which is high enough. */
	for (size_t i = 0; i < count; i++)
		labels[i].at = fmax(labels[i].end, i > 0 ? labels[i - 1].at + LABEL_LINE : 4);
	for (size_t i = count; i-- > 0;)
		labels[i].at = fmin(labels[i].at,
			i + 1 < count ? labels[i + 1].at - LABEL_LINE : d->height - 4);
	return count;
}

static void write_labels(const struct drawing *d)
{
	struct label *labels = arena_allocate(d->sheet->row_count * sizeof(*labels));
	const size_t count = find_labels(d, labels);

	fputs("<svg x=\"100%\" class=\"labels\">", d->out);
	for (size_t i = 0; i < count; i++) {
		const struct label *label = &labels[i];
		const char *name = label->row->cells[0].text;

		html_put(d->out,
			text("<g%s><path class=\"leader\" d=\"M3 %.1fL11 %.1f\"/><text x=\"14\" "
			     "y=\"%.1f\">",
				html_class(label->row->style, 0), label->end, label->at,
				label->at + 4),
			text("%.*s%s", LABEL_MOST, name, strlen(name) > LABEL_MOST ? ".." : ""),
			"</text></g>");
	}
	fputs("</svg>\n", d->out);
}

void svg_curves(FILE *out, const struct sheet *sheet, unsigned number)
{
	struct drawing d = { .out = out, .sheet = sheet, .curves = &sheet->curves };
	double longest = 0;

	d.height = fmax(300, 16 * (double)sheet->row_count);
	find_axes(&d);
	for (size_t r = 0; r < sheet->row_count; r++)
		longest = fmax(longest, (double)strnlen(sheet->rows[r].cells[0].text, LABEL_MOST));
	html_put(out, "<p class=\"up\">", d.curves->up, "</p>\n");
	fprintf(out,
		"<div class=\"chart\" style=\"padding-right:%.1fem\">"
		"<svg height=\"%.0f\" role=\"img\" aria-labelledby=\"f%u-name\">\n",
		1.5 + 0.6 * longest, d.height, number);
	write_grid(&d);
	for (size_t r = 0; r < sheet->row_count; r++)
		write_curve(&d, &sheet->rows[r]);
	write_labels(&d);
	html_put(out, "</svg></div>\n<p class=\"across\">", d.curves->across, "</p>\n");
}
