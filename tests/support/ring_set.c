/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "ring_set.h"
#include "virtual_time.h"

static struct ring_set the_rings;

struct ringview_options options_of(enum ringview_wait_strategy strategy)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = strategy;
	options.latency_budget_ns = RING_SET_BUDGET;
	options.timer_slack_ns = 1;
	return options;
}

int open_group(void **state)
{
	struct ring_set *r = &the_rings;
	struct ringview_options options;

	memset(r, 0, sizeof(*r));
	r->strategy = (enum ringview_wait_strategy)(intptr_t)*state;
	options = options_of(r->strategy);
	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	*state = r;
	return ringview_group_open(&r->group, &options);
}

int close_rings(void **state)
{
	struct ring_set *r = *state;

	virtual_time_end();
	if (r->strategy == RINGVIEW_WAIT_PACED)
		ringview_group_close(r->group);
	while (r->count-- > 0) {
		ringview_close(r->of[r->count].rv);
		memory_ring_close(&r->of[r->count].ring);
	}
	if (r->strategy != RINGVIEW_WAIT_PACED)
		ringview_group_close(r->group);
	return 0;
}

struct fixture *add_ring(struct ring_set *r, size_t size)
{
	struct fixture *f = &r->of[r->count];

	f->rv = NULL;
	assert_int_equal(memory_ring_open(&f->ring, size), 0);
	r->count++;
	reopen(f);
	assert_int_equal(ringview_group_add(r->group, f->rv), 0);
	return f;
}

void add_rings(struct ring_set *r, size_t count)
{
	while (r->count < count)
		add_ring(r, (size_t)sysconf(_SC_PAGESIZE));
}

void assert_found(struct ring_set *r)
{
	assert_int_equal(ringview_group_wait(r->group, -1), 1);
}

struct ringview_statistics statistics_of_group(const struct ring_set *r)
{
	struct ringview_statistics statistics;

	ringview_group_get_statistics(r->group, &statistics);
	return statistics;
}
