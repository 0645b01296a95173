/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue of readers, linked through themselves: each is in one at most.
 */
#ifndef RINGVIEW_QUEUE_H
#define RINGVIEW_QUEUE_H

#include "reader.h"

static inline void queue_push(struct queue *q, struct reader *r)
{
	r->next = NULL;
	if (q->first)
		q->last->next = r;
	else
		q->first = r;
	q->last = r;
}

static inline struct reader *queue_pop(struct queue *q)
{
	struct reader *r = q->first;

	if (r)
		q->first = r->next;
	return r;
}

static inline void queue_remove(struct queue *q, const struct reader *r)
{
	struct queue rest = { NULL, NULL };
	struct reader *other;

	while ((other = queue_pop(q)))
		if (other != r)
			queue_push(&rest, other);
	*q = rest;
}

#endif
