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
	struct ringview_state *s;
	int err = ringview_reader_open(r);

	if (err)
		return err;
	s = r->state;
	order.timestamp_offset = offsetof(struct live_event, due);
	err = ringview_group_set_order(s->group, &order);
	if (!err)
		return 0;
	ringview_reader_close(r);
	return complain(&r->why, err, "cannot set an order: %s", strerror(-err));
}

static int ordered_read(struct reading *r, int64_t timeout_ns)
{
	struct ringview_state *s = r->state;
	struct reading_result found = on_event_begin(WORK_LIVE, r);
	struct ringview_record record;
	/* After the end, the records that are left have to become old enough. */
	const int64_t last = 2 * r->live->workload->latency_budget_ns;
	int more = ringview_group_wait(s->group, timeout_ns > 0 ? timeout_ns : last);

	if (more <= 0)
		return more == -ECANCELED ? 0 : more;
	while ((more = ringview_group_peek_ordered(s->group, &record, NULL)) > 0) {
		const int err = on_event(WORK_LIVE, r, &found, record.data, record.length);

		if (err)
			return err;
	}
	return more;
}

const struct reader ordered_reader = {
	.name = "ordered",
	.summary =
		"ringview_group_peek_ordered: the records of all rings by time, with live -order",
	.lives = true,
	.waits = WAITS_OF_RINGVIEW,
	.orders = true,
	.open = ordered_open,
	.read = ordered_read,
	.interrupt = ringview_reader_interrupt,
	.close = ringview_reader_close,
};
