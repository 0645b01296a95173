/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One order over the rings of a group: which record is next, and whether it may be shown yet.
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

/* @budget_ns: the lateness, unless @given says one. 0, -EINVAL or -ENOMEM. */
int order_open(struct order **order, const struct ringview_order *given, int64_t budget_ns);
void order_close(struct order *o);

/* 0, or -EOPNOTSUPP: nothing of a ring that overwrites can be shown where it lies. */
int order_check(const struct reader *r);

/* Makes room for @count rings. 0 or -ENOMEM. */
int order_make_room(struct order *o, size_t count);

/* A reader came, left, or moved: nothing is known of the next records until the next look. */
void order_forget(struct order *o);

/* Looks at all rings of the waiter. Whether ringview_group_peek_ordered() has something to return.
 */
bool order_look(struct waiter *w);

/* The same by what the last look found and the user has not read. */
bool order_has_rest(struct waiter *w);

/* Nothing may be shown: how long until all that was found may. */
int64_t order_pause(const struct order *o);

#endif
