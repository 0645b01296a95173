/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many rings: one wait, and turns.
 *
 * A round of turns begins with a wait, which looks at every ring, and ends when all that was found
 * has been handed out. A ring that is through is looked at again as long as others are not: events
 * of a quiet ring need not wait until a flooded one has been read. The last ring that is left is
 * not: by then all are due for a look, which the wait makes when its strategy says so.
 */
#include <stdlib.h>

#include "reader.h"
#include "sized.h"

#define TURN(r) (((r)->mask + 1) / 8)

struct ringview_group {
	struct waiter waiter;
	struct reader **readers;
	size_t count;
	size_t next; /* whose turn it is */
};

int ringview_group_open(struct ringview_group **group, const struct ringview_options *options)
{
	struct ringview_options taken;
	struct ringview_group *g;
	int err = waiter_take_options(&taken, options);

	if (err)
		return err;
	g = calloc(1, sizeof(*g));
	if (!g)
		return -ENOMEM;
	g->waiter.epoll_fd = g->waiter.interrupt_fd = -1;
	g->waiter.many = true;
	err = waiter_open(&g->waiter, &taken);
	if (err) {
		ringview_group_close(g);
		return err;
	}
	*group = g;
	return 0;
}

/* Gives the reader back to its own strategy. */
static void release_member(struct ringview_group *g, struct reader *r)
{
	waiter_forget(&g->waiter, r);
	r->group = NULL;
	r->in_turn = r->rest = false;
	reader_set_late(r, r->waiter.strategy == RINGVIEW_WAIT_BUSY);
}

void ringview_group_close(struct ringview_group *group)
{
	if (!group)
		return;
	for (size_t i = 0; i < group->count; i++)
		release_member(group, group->readers[i]);
	waiter_close(&group->waiter);
	free(group->readers);
	free(group);
}

int ringview_group_add(struct ringview_group *group, struct ringview *rv)
{
	struct reader *r = reader_of(rv), **grown;
	int err;

	if (r->group)
		return -EEXIST;
	grown = realloc(group->readers, (group->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	group->readers = grown;
	err = waiter_watch(&group->waiter, r);
	if (err)
		return err;
	grown[group->count++] = r;
	r->group = group;
	r->seen = r->produced;
	reader_set_late(r, group->waiter.strategy == RINGVIEW_WAIT_BUSY);
	return 0;
}

int ringview_group_remove(struct ringview_group *group, struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	size_t at = 0;

	while (at < group->count && group->readers[at] != r)
		at++;
	if (at == group->count)
		return -ENOENT;
	release_member(group, r);
	group->count--;
	memmove(&group->readers[at], &group->readers[at + 1],
		(group->count - at) * sizeof(*group->readers));
	if (group->next > at)
		group->next--;
	if (group->next == group->count)
		group->next = 0;
	return 0;
}

int ringview_group_wait(struct ringview_group *group, int64_t timeout_ns)
{
	return waiter_wait(&group->waiter, group->readers, group->count, timeout_ns);
}

/* Whether any other ring still has records that the last look found. One that is not yet submitted
 * is none: this ring would be looked at for as long as that takes, record by record. */
static bool others_have_left(const struct ringview_group *group, const struct reader *r)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct reader *other = group->readers[i];

		if (other != r && reader_has_left(other) && !other->busy)
			return true;
	}
	return false;
}

/* Whether the reader can have a turn, and then its turn has begun. */
static bool begin_turn(const struct ringview_group *group, struct reader *r)
{
	int found = 0;

	if (r->error) {
		/* Its user is told, once a round. */
		const bool told = r->in_turn;

		r->in_turn = true;
		return !told;
	}
	r->in_turn = true;
	r->turn_end = reader_position(r) + TURN(r);
	r->rest = true;
	/* What is left may be discards only, or not yet submitted. */
	if (reader_has_left(r))
		found = ringview_internal_seek(&r->hot);
	if (found == 0 && others_have_left(group, r))
		found = reader_look(r);
	r->rest = r->in_turn = found != 0;
	return found != 0;
}

int ringview_group_next(struct ringview_group *group, struct ringview **rv)
{
	/* Of two rings that are never both empty, the turns have no end by themselves. */
	if (waiter_is_interrupted(&group->waiter))
		return 0;
	for (size_t tried = 0; tried < group->count; tried++) {
		struct reader *r = group->readers[group->next];

		group->next = (group->next + 1) % group->count;
		if (begin_turn(group, r)) {
			*rv = &r->hot;
			return 1;
		}
	}
	return 0;
}

void ringview_group_interrupt(struct ringview_group *group)
{
	waiter_interrupt(&group->waiter);
}

void ringview_group_get_statistics_sized(
	const struct ringview_group *group, struct ringview_statistics *statistics, size_t size)
{
	struct ringview_statistics all = { 0 };

	for (size_t i = 0; i < group->count; i++) {
		struct ringview_statistics one;

		ringview_get_statistics(&group->readers[i]->hot, &one);
		all.records += one.records;
		all.bytes += one.bytes;
		all.discarded += one.discarded;
		all.busy_stops += one.busy_stops;
		if (one.high_water > all.high_water)
			all.high_water = one.high_water;
	}
	waiter_count(&group->waiter, &all);
	sized_give(statistics, size, &all, sizeof(all));
}
