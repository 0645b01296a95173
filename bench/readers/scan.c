/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An order by hand: for each event, compares the next records of all rings. A record that is
 * submitted after a newer one in another ring comes out of order.
 */
#include <stdbool.h>

#include "readers/ringview_reader.h"

#define EVENTS_MOST 4096 /* between two releases */

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
	.name = "scan",
	.summary = "for each record, hand-written code scans the next one of every ring; for "
		   "-order",
	.orders = true };
