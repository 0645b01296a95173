/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records of all rings in the order of their timestamps, by ringview_group_peek_ordered().
 * scan.c does it by hand, for comparison.
 */
#include <stddef.h>
#include <string.h>

#include "readers/ringview_reader.h"

static int ordered_open(struct reading *r)
{
	struct ringview_order order = RINGVIEW_ORDER_DEFAULT;
	const struct ringview_state *s = r->state;
	int err = ringview_reader_open(r);

	if (err)
		return err;
	order.timestamp_offset = offsetof(struct live_event, due);
	err = ringview_group_set_order(s->group, &order);
	return err ? complain(&r->why, err, "cannot set an order: %s", strerror(-err)) : 0;
}

static int ordered_read(struct reading *r, int64_t timeout_ns)
{
	const struct ringview_state *s = r->state;
	struct reading_result found = on_event_begin(WORK_LIVE, r);
	struct ringview_record record;
	/* After the end, the records that are left have to become old enough. */
	const int64_t last = 2 * r->live->workload->latency_budget_ns;
	int more = ringview_reader_wait(s, timeout_ns > 0 ? timeout_ns : last);

	if (more <= 0)
		return more;
	while ((more = ringview_group_peek_ordered(s->group, &record, NULL)) > 0) {
		const int err = on_event(WORK_LIVE, r, &found, record.data, record.length);

		if (err)
			return err;
	}
	return more;
}

const struct reader ordered_reader = { RINGVIEW_READER(ordered_open, ordered_read),
	.name = "ordered",
	.summary =
		"ringview_group_peek_ordered: the records of all rings by time, with live -order",
	.orders = true };
