/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records of all rings in the order of their timestamps: by ringview_group_peek_ordered(), and
 * by hand, for comparison.
 */
#include <stdbool.h>
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
	.name = "ordered", .summary = "ringview_group_peek_ordered: all rings by time; for -order",
	.orders = true };

#define EVENTS_MOST 4096 /* between two releases */

/* For each event, compares the next records of all rings. A record that is submitted after a newer one
 * in another ring comes out of order. */
static int scan_read(struct reading *r, int64_t timeout_ns)
{
	const struct ringview_state *s = r->state;
	struct reading_result found = on_event_begin(WORK_LIVE, r);
	struct ringview_record next[LIVE_RINGS_MAX];
	bool there[LIVE_RINGS_MAX] = { false };
	int err = ringview_reader_wait(s, timeout_ns);

	if (err <= 0)
		return err;
	for (uint64_t events = 0;; events++) {
		uint32_t oldest = s->count;
		uint64_t time = UINT64_MAX;

		for (uint32_t i = 0; i < s->count; i++) {
			if (!there[i] && events < EVENTS_MOST) {
				err = ringview_peek(s->readers[i], &next[i]);
				if (err < 0)
					return err;
				there[i] = err > 0;
			}
			if (there[i] && ((const struct live_event *)next[i].data)->due < time) {
				time = ((const struct live_event *)next[i].data)->due;
				oldest = i;
			}
		}
		if (oldest == s->count)
			return 0;
		err = on_event(WORK_LIVE, r, &found, next[oldest].data, next[oldest].length);
		if (err)
			return err;
		there[oldest] = false;
	}
}

const struct reader scan_reader = { RINGVIEW_READER(ringview_reader_open, scan_read),
	.name = "scan", .summary = "hand-written scan of all rings for each record; for -order",
	.orders = true };
