/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One order over the rings of a group: which record is next, and whether it is old enough to
 * return.
 */
#ifndef RINGVIEW_ORDER_H
#define RINGVIEW_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ringview/ringview.h"

struct order;
struct reader;
struct waiter;

/* @budget_ns is the lateness if @given has none. Returns 0, -EINVAL or -ENOMEM. */
int order_open(struct order **order, const struct ringview_order *given, int64_t budget_ns);
void order_close(struct order *o);

/* Returns 0, or -EOPNOTSUPP if the ring overwrites: its records cannot be returned in place. */
int order_check(const struct reader *r);

/* Makes room for @count rings. Returns 0 or -ENOMEM. */
int order_make_room(struct order *o, size_t count);

/* Call it when a reader is added, removed or moved: forgets all next records until the next poll.
 */
void order_forget(struct order *o);

/* Polls all rings of the waiter. Returns whether ringview_group_peek_ordered() has something to
 * return. */
bool order_look(struct waiter *w);

/* The same, by what the last poll found and the user has not read. */
bool order_has_rest(struct waiter *w);

/* No record is old enough: the time in ns until all that were found are. */
int64_t order_pause(const struct order *o);

#endif
