/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups of rings: one wait, and turns.
 *
 * A wait finds the rings that are ready; each then gets a turn. While others have records left, a
 * ring whose turn is over is polled again, and so is a ring that notifies meanwhile: a record of a
 * quiet ring does not wait until a flooded ring is empty. The last ring is not polled again: the
 * next wait does it. A wait touches only rings that were read or that epoll names, unless it polls
 * all.
 */
#include <stdlib.h>

#include "order.h"
#include "reader.h"
#include "sized.h"

int ringview_group_open(struct ringview_group **group, const struct ringview_options *options)
{
	struct ringview_options taken;
	struct ringview_group *g;
	int err = options_take(&taken, options);

	if (err)
		return err;
	g = calloc(1, sizeof(*g));
	if (!g)
		return -ENOMEM;
	err = waiter_open(&g->waiter, &taken);
	g->waiter.many = true;
	if (!err)
		err = waiter_descriptor(&g->waiter);
	if (err < 0) {
		ringview_group_close(g);
		return err;
	}
	*group = g;
	return 0;
}

/* Removes a member, which then waits by its own strategy again. */
static void release_member(struct ringview_group *g, struct reader *r)
{
	if (g->waiter.order)
		order_forget(g->waiter.order);
	waiter_remove(&g->waiter, r);
	r->group = NULL;
	r->pass = PASS_NONE;
	reader_set_holds(r, r->waiter.strategy != RINGVIEW_WAIT_EVENT);
	r->in_charge = &r->waiter;
	waiter_touch(&r->waiter, r);
}

void ringview_group_close(struct ringview_group *group)
{
	if (!group)
		return;
	while (group->waiter.count > 0)
		release_member(group, group->waiter.readers[group->waiter.count - 1]);
	waiter_close(&group->waiter);
	order_close(group->waiter.order);
	free(group->waiter.readers);
	free(group);
}

int ringview_group_add(struct ringview_group *group, struct ringview *rv)
{
	struct waiter *w = &group->waiter;
	struct reader *r = reader_of(rv), **grown;
	int err;

	if (r->group)
		return -EEXIST;
	/* In a child of fork(), each may have been inherited. */
	waiter_take_over(w);
	waiter_take_over(&r->waiter);
	/* Grows at each power of two. */
	if ((w->count & (w->count - 1)) == 0) {
		grown = realloc(w->readers, (w->count ? 2 * w->count : 1) * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		w->readers = grown;
	}
	err = w->order ? order_check(r) : 0;
	if (!err && w->order)
		err = order_make_room(w->order, w->count + 1);
	if (err)
		return err;
	waiter_forget(&r->waiter, r);
	err = waiter_add(w, r);
	if (err) {
		waiter_touch(&r->waiter, r);
		return err;
	}
	if (w->order)
		order_forget(w->order);
	r->group = group;
	r->seen = r->produced;
	reader_set_holds(r, w->strategy != RINGVIEW_WAIT_EVENT);
	return 0;
}

int ringview_group_remove(struct ringview_group *group, struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	if (r->group != group)
		return -ENOENT;
	release_member(group, r);
	return 0;
}

int ringview_group_wait(struct ringview_group *group, int64_t timeout_ns)
{
	return waiter_wait(&group->waiter, timeout_ns);
}

int ringview_group_next(struct ringview_group *group, struct ringview **rv)
{
	struct reader *r;

	if (group->waiter.order)
		return -EINVAL;
	/* If two rings are never both empty, turns do not end by themselves. */
	if (waiter_is_interrupted(&group->waiter))
		return 0;
	r = waiter_next_turn(&group->waiter);
	if (r)
		*rv = &r->hot;
	return r != NULL;
}

void ringview_group_interrupt(struct ringview_group *group)
{
	waiter_interrupt(&group->waiter);
}

void ringview_group_get_statistics_sized(
	const struct ringview_group *group, struct ringview_statistics *statistics, size_t size)
{
	struct ringview_statistics all = { 0 };

	for (size_t i = 0; i < group->waiter.count; i++) {
		struct ringview_statistics one;

		ringview_get_statistics(&group->waiter.readers[i]->hot, &one);
		all.records += one.records;
		all.bytes += one.bytes;
		all.discarded += one.discarded;
		all.busy_stops += one.busy_stops;
		all.overwritten += one.overwritten;
		all.overruns += one.overruns;
		all.late += one.late;
		if (one.high_water > all.high_water)
			all.high_water = one.high_water;
	}
	waiter_count(&group->waiter, &all);
	sized_give(statistics, size, &all, sizeof(all));
}
