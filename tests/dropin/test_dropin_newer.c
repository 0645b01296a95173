/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As test_dropin.c, for the functions that libbpf has since 1.3 and 1.5. They are looked up,
 * because the linked libbpf may be older.
 */
#include <dlfcn.h>
#include <errno.h>
#include <sys/epoll.h>

#include "consumer.h"
#include "support/skipping.h"

static struct functions newer;

static struct consumer *with_newer(void **state)
{
	struct consumer *c = consumer_of(state);
	const char *missing;

	newer = functions_of(RTLD_DEFAULT);
	missing = !newer.ring        ? "ring_buffer__ring"
		  : !newer.consume_n ? "ring_buffer__consume_n"
				     : NULL;
	if (missing && !is_dropin())
		skip_because("libbpf %s has no %s", libbpf_version_string(), missing);
	assert_null(missing);
	return c;
}

static void rings_have_an_index(void **state)
{
	struct consumer *c = with_newer(state);

	consumer_add(c, 2);
	for (unsigned int i = 0; i < 3; i++) {
		assert_non_null(newer.ring(c->rb, i));
		assert_int_equal(newer.map_fd(newer.ring(c->rb, i)), map_fd_of(c, (int)i));
		assert_int_equal(newer.size(newer.ring(c->rb, i)), c->rings[i].kernel.size);
	}
	errno = 0;
	assert_null(newer.ring(c->rb, 3));
	assert_int_equal(errno, ERANGE);
	assert_null(newer.ring(c->rb, UINT32_MAX));
}

static void positions_are_those_of_the_ring(void **state)
{
	struct consumer *c = with_newer(state);
	struct ring *ring = newer.ring(c->rb, 0);

	assert_int_equal(newer.consumer_pos(ring), 0);
	assert_int_equal(newer.producer_pos(ring), 0);
	assert_int_equal(newer.avail_data_size(ring), 0);
	produce(c, 0, 3);
	assert_int_equal(newer.consumer_pos(ring), 0);
	assert_int_equal(newer.producer_pos(ring), 48);
	assert_int_equal(newer.avail_data_size(ring), 48);
	assert_int_equal(newer.ring_consume(ring), 3);
	assert_int_equal(newer.consumer_pos(ring), 48);
	assert_int_equal(newer.avail_data_size(ring), 0);
	assert_int_equal(run(&c->rings[0].kernel, 8, 0, true, 1), 0);
	assert_int_equal(newer.avail_data_size(ring), 16);
	assert_int_equal(newer.ring_consume(ring), 0);
	assert_int_equal(newer.consumer_pos(ring), 64);
}

/* PACED and BUSY hold the last record back from the kernel. */
static void nothing_is_available_after_a_poll(void **state)
{
	struct consumer *c = with_newer(state);
	struct ring *ring = newer.ring(c->rb, 0);

	produce(c, 0, 3);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 3);
	assert_int_equal(newer.avail_data_size(ring), 0);
	assert_int_equal(newer.consumer_pos(ring), 48);
	produce(c, 0, 1);
	assert_int_equal(newer.avail_data_size(ring), 16);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 1);
	assert_int_equal(newer.avail_data_size(ring), 0);
}

static void an_error_leaves_the_position_behind_its_record(void **state)
{
	struct consumer *c = with_newer(state);
	struct ring *ring = newer.ring(c->rb, 0);

	produce(c, 0, 5);
	c->stop_after = 2;
	c->stop_with = -7;
	errno = 0;
	assert_int_equal(newer.ring_consume(ring), -7);
	assert_int_equal(errno, 7);
	assert_int_equal(newer.consumer_pos(ring), 32);
	c->stop_after = 3;
	assert_int_equal(ring_buffer__poll(c->rb, -1), -7);
	c->stop_after = 4;
	assert_int_equal(newer.ring_consume_n(ring, 4), -7);
	assert_int_equal(newer.ring_consume_n(ring, 4), 1);
}

static void one_ring_is_read_of_several(void **state)
{
	struct consumer *c = with_newer(state);

	consumer_add(c, 1);
	produce(c, 0, 2);
	produce(c, 1, 3);
	assert_int_equal(newer.ring_consume(newer.ring(c->rb, 1)), 3);
	assert_int_equal(newer.ring_consume(newer.ring(c->rb, 1)), 0);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 2);
}

static void consume_n_of_a_ring_reads_no_more(void **state)
{
	struct consumer *c = with_newer(state);
	struct ring *ring = newer.ring(c->rb, 0);

	produce(c, 0, 5);
	assert_int_equal(newer.ring_consume_n(ring, 2), 2);
	assert_int_equal(c->count, 2);
	assert_int_equal(newer.consumer_pos(ring), 32);
	assert_int_equal(newer.ring_consume_n(ring, 1), 1);
	assert_int_equal(newer.ring_consume_n(ring, 100), 2);
	assert_int_equal(newer.ring_consume_n(ring, 100), 0);
	produce(c, 0, 4);
	assert_int_equal(newer.ring_consume_n(ring, SIZE_MAX), 4);
}

static void a_bound_leaves_the_discards_behind_it(void **state)
{
	struct consumer *c = with_newer(state);
	struct ring *ring = newer.ring(c->rb, 0);

	produce(c, 0, 2);
	assert_int_equal(run(&c->rings[0].kernel, 8, 0, true, 2), 0);
	assert_int_equal(newer.ring_consume_n(ring, 2), 2);
	if (looks_itself())
		skip_because("a reader that holds records back releases what it has skipped");
	assert_int_equal(newer.avail_data_size(ring), 32);
	assert_int_equal(newer.ring_consume_n(ring, 2), 0);
	assert_int_equal(newer.avail_data_size(ring), 0);
}

static void consume_n_shares_its_bound_among_rings(void **state)
{
	struct consumer *c = with_newer(state);

	consumer_add(c, 2);
	for (int i = 0; i < 3; i++)
		produce(c, i, 3);
	assert_int_equal(newer.consume_n(c->rb, 4), 4);
	assert_int_equal(c->rings[0].next, 3);
	assert_int_equal(c->rings[1].next, 1);
	assert_int_equal(newer.consume_n(c->rb, 2), 2);
	assert_int_equal(c->rings[1].next, 3);
	assert_int_equal(newer.consume_n(c->rb, SIZE_MAX), 3);
	assert_int_equal(newer.consume_n(c->rb, 1), 0);
}

/* Surprising, but libbpf's behaviour. */
static void a_bound_of_0_reads_a_record_and_then_whole_rings(void **state)
{
	struct consumer *c = with_newer(state);

	consumer_add(c, 1);
	produce(c, 0, 3);
	produce(c, 1, 3);
	assert_int_equal(newer.ring_consume_n(newer.ring(c->rb, 0), 0), 1);
	assert_int_equal(newer.consume_n(c->rb, 0), 4);
	assert_int_equal(newer.consume_n(c->rb, 0), 1);
	assert_int_equal(newer.consume_n(c->rb, 0), 0);
}

static void what_a_bound_leaves_wakes_by_itself(void **state)
{
	struct consumer *c = with_newer(state);
	struct epoll_event event;

	produce(c, 0, 5);
	assert_int_equal(newer.consume_n(c->rb, 2), 2);
	assert_int_equal(epoll_wait(ring_buffer__epoll_fd(c->rb), &event, 1, 0), 1);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 3);
}

static void ways_of_reading_may_be_mixed(void **state)
{
	struct consumer *c = with_newer(state);

	consumer_add(c, 1);
	for (int i = 0; i < 200; i++) {
		int total = 0;

		c->count = 0;
		produce(c, 0, 1 + i % 7);
		produce(c, 1, 1 + i % 3);
		total += newer.consume_n(c->rb, (size_t)(1 + i % 4));
		total += newer.ring_consume_n(newer.ring(c->rb, 1), (size_t)(1 + i % 2));
		if (i % 2)
			total += ring_buffer__poll(c->rb, 0);
		if (i % 3)
			total += newer.ring_consume(newer.ring(c->rb, 0));
		total += ring_buffer__consume(c->rb);
		assert_int_equal(total, 2 + i % 7 + i % 3);
		assert_int_equal(c->count, (size_t)total);
		assert_int_equal(newer.avail_data_size(newer.ring(c->rb, 0)), 0);
		assert_int_equal(newer.avail_data_size(newer.ring(c->rb, 1)), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		consuming(rings_have_an_index),
		consuming(positions_are_those_of_the_ring),
		consuming(nothing_is_available_after_a_poll),
		consuming(an_error_leaves_the_position_behind_its_record),
		consuming(one_ring_is_read_of_several),
		consuming(consume_n_of_a_ring_reads_no_more),
		consuming(a_bound_leaves_the_discards_behind_it),
		consuming(consume_n_shares_its_bound_among_rings),
		consuming(a_bound_of_0_reads_a_record_and_then_whole_rings),
		consuming(what_a_bound_leaves_wakes_by_itself),
		consuming(ways_of_reading_may_be_mixed),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
