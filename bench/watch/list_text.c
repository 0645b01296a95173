/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/values.h"
#include "watch/watch_report.h"

/* Columns of the fill's history in the list. */
#define HISTORY_SHOWN 6

/* Lines above and below the rings. */
#define LINES_AROUND 4

static const char *const order_names[LIST_ORDERS] = { "attention", "fill", "records", "lost",
	"id" };

/* Unused rings come last, and behind them those that are never shown. */
static int place_of(const struct ring *ring)
{
	if (ring->is_new || ring->is_unwanted)
		return 2;
	return ring->figures.state == STATE_UNUSED;
}

/* Rings with a larger key come first. */
static double key_of(const struct ring *ring, enum list_order order)
{
	const struct ring_figures *f = &ring->figures;
	enum ring_state state = f->state;
	double key = -(double)ring->id;

	/* A ring that nobody reads and that loses records is as bad as any that does. */
	if (state == STATE_NO_READER && f->losing)
		state = STATE_LOSING;
	if (order == LIST_BY_ATTENTION)
		key = f->no_room / 2 - state; /* no_room is at most 1 */
	else if (order == LIST_BY_FILL)
		key = f->interval_fill;
	else if (order == LIST_BY_RECORDS)
		key = f->records_per_s;
	else if (order == LIST_BY_LOST)
		key = f->lost_per_s;
	return isnan(key) ? (double)-INFINITY : key;
}

static int compare(const void *left, const void *right, void *order)
{
	const struct ring *a = *(struct ring *const *)left, *b = *(struct ring *const *)right;
	const double x = key_of(a, *(const enum list_order *)order);
	const double y = key_of(b, *(const enum list_order *)order);

	if (place_of(a) != place_of(b))
		return place_of(a) - place_of(b);
	return x != y ? (x < y) - (x > y) : (a->id > b->id) - (a->id < b->id);
}

void list_arrange(struct watch_list *list, struct ring **rings, size_t count)
{
	qsort_r(rings, count, sizeof(struct ring *), compare, &list->order);
	list->rings = rings;
	list->count = list->unused = 0;
	for (size_t i = 0; i < count; i++) {
		list->count += place_of(rings[i]) < 2;
		list->unused += place_of(rings[i]) == 1;
	}
}

static void write_summary(FILE *out, const struct watch_list *list, const struct watch_style *style)
{
	size_t states[STATE_UNUSED + 1] = { 0 };
	char when[16] = "";
	struct tm local;

	for (size_t i = 0; i < list->count; i++)
		states[list->rings[i]->figures.state]++;
	if (localtime_r(&style->time, &local))
		strftime(when, sizeof(when), "%H:%M:%S", &local);
	fprintf(out, "%zu ring%s", list->count, list->count == 1 ? "" : "s");
	for (int i = 0; i <= STATE_SLOW; i++)
		if (states[i] > 0)
			fprintf(out, ", %s%zu %s%s",
				watch_colour((enum ring_state)i, style->colour), states[i],
				ring_state_names[i],
				watch_colour_end((enum ring_state)i, style->colour));
	fprintf(out, "; by %s%s  %s\n", order_names[list->order], list->paused ? ", PAUSED" : "",
		when);
}

/* "agent", "agent+2": the processes that have it open, or if there are none the programs. */
static const char *owner_of(const struct ring *ring)
{
	static char text[HOLDER_NAME_SIZE + 8];
	const struct holders *h = &ring->holders;
	const bool process = h->process_count > 0;
	const size_t count = process ? h->process_count : h->program_count;
	const char *name = process ? h->processes[0].name : h->programs[0].name;

	if (count == 0)
		return "-";
	snprintf(text, sizeof(text), count > 1 ? "%.8s+%zu" : "%.11s", name, count - 1);
	return text;
}

static void write_row(FILE *out, const struct ring *ring, bool selected, bool colour)
{
	const struct ring_figures *f = &ring->figures;
	char fill[16] = "?", average[16] = "-", blocks[HISTORY_SHOWN * 3 + 1];
	int blanks = HISTORY_SHOWN - (int)ring->model.history_count;

	if (f->state != STATE_BROKEN)
		snprintf(fill, sizeof(fill), "%.0f%%", f->interval_fill * 100);
	if (isfinite(f->average))
		snprintf(average, sizeof(average), "%.0f", f->average);
	fprintf(out, "%s%s%c%6" PRIu32 " %-12.12s %-11.11s %6s %4s %s%*s %5s %5s %5s %s%s\n",
		selected && colour ? "\x1b[7m" : "", watch_colour(f->state, colour),
		selected ? '>' : ' ', ring->id, ring->name, owner_of(ring), SIZE_TEXT(ring->size),
		fill, ring_history_text(&ring->model, HISTORY_SHOWN, blocks),
		blanks > 0 ? blanks : 0, "", AMOUNT(f->records_per_s), average,
		AMOUNT(f->lost_per_s), ring_state_names[f->state], colour ? "\x1b[0m" : "");
}

static void write_unused(FILE *out, const struct watch_list *list)
{
	uint64_t bytes = 0;

	for (size_t i = list->count - list->unused; i < list->count; i++)
		bytes += list->rings[i]->size;
	fprintf(out, "       and %zu that no process and no program holds, %s%s\n", list->unused,
		BYTES(bytes), list->rows ? " (a shows them)" : "");
}

/* The first ring to show, so that the selected one is among those that fit. */
static size_t first_shown(const struct watch_list *list, size_t shown, size_t fit)
{
	for (size_t i = 0; i < shown; i++)
		if (list->rings[i]->id == list->selected)
			return i < fit ? 0 : i + 1 - fit;
	return 0;
}

void watch_write_list(FILE *out, const struct watch_list *list, const struct watch_style *style)
{
	const bool folded = list->unused > 0 && !list->with_unused;
	const size_t shown = list_shown(list);
	const size_t around = LINES_AROUND + folded;
	const size_t fit = list->rows == 0 ? shown : list->rows > around ? list->rows - around : 1;
	const size_t first = first_shown(list, shown, fit);

	if (list->count == 0) {
		fputs("There are no ring buffers.\n", out);
	} else {
		write_summary(out, list, style);
		fputs("     ID NAME         OWNER         SIZE FILL        REC/S BYTES  LOST STATE\n",
			out);
	}
	for (size_t i = first; i < shown && i < first + fit; i++)
		write_row(out, list->rings[i], list->rows && list->rings[i]->id == list->selected,
			style->colour);
	if (folded)
		write_unused(out, list);
	if (list->rows > 0)
		fputs("up, down, Enter: view  s: sort  a: all  p: pause  q: quit\n", out);
}
