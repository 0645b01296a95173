/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "readers/ringview_reader.h"

void ringview_reader_close(struct reading *r)
{
	const struct ringview_state *s = r->state;

	if (s->group)
		ringview_group_get_statistics(s->group, &r->statistics);
	else if (s->count > 0)
		ringview_get_statistics(s->readers[0], &r->statistics);
	ringview_group_close(s->group);
	for (uint32_t i = 0; i < s->count; i++)
		ringview_close(s->readers[i]);
}

int ringview_reader_open(struct reading *r)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_state *s = r->state;
	int err = 0;

	if (r->live) {
		options.wait = (enum ringview_wait_strategy)r->wait;
		options.latency_budget_ns = r->live->workload->latency_budget_ns;
		options.timer_slack_ns = r->live->workload->timer_slack_ns;
	}
	if (r->rings->count > 1)
		err = ringview_group_open(&s->group, &options);
	while (!err && s->count < r->rings->count) {
		err = ring_set_open_reader(r->rings, s->count, &options, &s->readers[s->count]);
		if (!err && s->group)
			err = ringview_group_add(s->group, s->readers[s->count]);
		s->count += s->readers[s->count] != NULL;
	}
	return err ? complain(&r->why, err, "cannot open a reader: %s", strerror(-err)) : 0;
}

int ringview_reader_wait(const struct ringview_state *s, int64_t timeout_ns)
{
	const int found = s->group ? ringview_group_wait(s->group, timeout_ns)
				   : ringview_wait(s->readers[0], timeout_ns);

	return found == -ECANCELED ? 0 : found;
}

int ringview_reader_read(struct reading *r, int64_t timeout_ns)
{
	const struct ringview_state *s = r->state;
	struct ringview *rv = s->readers[0];
	int found = 1;

	/* The wait of a group finds the rings that have records. */
	if (timeout_ns > 0 || s->group)
		found = ringview_reader_wait(s, timeout_ns);
	if (found > 0 && !s->group)
		return r->reader->loop(r, rv);
	while (found > 0 && ringview_group_next(s->group, &rv) > 0) {
		const int err = r->reader->loop(r, rv);

		if (err)
			return err;
	}
	return found < 0 ? found : 0;
}

int ringview_reader_rewind(struct reading *r)
{
	return ringview_restart(((struct ringview_state *)r->state)->readers[0]);
}

void ringview_reader_interrupt(struct reading *r)
{
	struct ringview_state *s = r->state;

	if (s->group)
		ringview_group_interrupt(s->group);
	else
		ringview_interrupt(s->readers[0]);
}
