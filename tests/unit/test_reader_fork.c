/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a child of fork() may do with the readers that it inherits, on a ring in memory that both
 * share.
 */
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reader.h"
#include "support/fixture.h"

#define LENGTH 16
#define STRIDE 24
#define SECOND INT64_C(1000000000)

/* Runs @work in a child. Returns its result, 0 to 127. */
static int in_child(int (*work)(struct fixture *f), struct fixture *f)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(work(f));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void open_as(struct fixture *f, enum ringview_wait_strategy strategy)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = strategy;
	options.linger_ns = INT64_MAX;
	reopen_with(f, &options);
}

static int close_it(struct fixture *f)
{
	ringview_close(f->rv);
	return 0;
}

/* Reads two records. PACED and BUSY hold back the last one. */
static void read_two(struct fixture *f)
{
	put_range(f, 0, 1, LENGTH);
	assert_int_equal(ringview_wait(f->rv, SECOND), 1);
	assert_shows_range(f, 0, 1, LENGTH);
	ringview_release(f->rv);
}

static void a_close_in_a_child_leaves_the_ring_alone(void **state)
{
	struct fixture *f = *state;

	for (int strategy = RINGVIEW_WAIT_EVENT; strategy <= RINGVIEW_WAIT_BUSY; strategy++) {
		uint64_t before;

		open_as(f, (enum ringview_wait_strategy)strategy);
		read_two(f);
		before = consumer_position(f);
		assert_int_equal(in_child(close_it, f), 0);
		assert_int_equal(consumer_position(f), before);
		put(f, 2, LENGTH);
		assert_int_equal(ringview_wait(f->rv, SECOND), 1);
		assert_shows(f, 2, LENGTH);
		ringview_release(f->rv);
	}
}

static struct ringview_group *group;

static int close_group(struct fixture *f)
{
	ringview_group_close(group);
	ringview_close(f->rv);
	return 0;
}

static int close_member(struct fixture *f)
{
	ringview_close(f->rv);
	ringview_group_close(group);
	return 0;
}

/* Adds the reader, reads two records, and waits for more. */
static void read_two_in_group(struct fixture *f)
{
	struct ringview *rv;

	assert_int_equal(ringview_group_add(group, f->rv), 0);
	put_range(f, 0, 1, LENGTH);
	assert_int_equal(ringview_group_wait(group, SECOND), 1);
	assert_int_equal(ringview_group_next(group, &rv), 1);
	assert_shows_range(f, 0, 1, LENGTH);
	assert_int_equal(ringview_group_wait(group, 1), 0);
}

static void a_close_in_a_child_leaves_the_group_alone(void **state)
{
	int (*const ways[])(struct fixture *) = { close_group, close_member };
	struct fixture *f = *state;

	for (int strategy = RINGVIEW_WAIT_EVENT; strategy <= RINGVIEW_WAIT_BUSY; strategy++) {
		for (size_t way = 0; way < COUNT(ways); way++) {
			struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
			struct ringview *rv;
			uint64_t before;

			options.wait = (enum ringview_wait_strategy)strategy;
			reopen(f);
			assert_int_equal(ringview_group_open(&group, &options), 0);
			read_two_in_group(f);
			before = consumer_position(f);
			assert_int_equal(in_child(ways[way], f), 0);
			assert_int_equal(consumer_position(f), before);
			put(f, 2, LENGTH);
			assert_int_equal(ringview_group_wait(group, -1), 1);
			assert_int_equal(ringview_group_next(group, &rv), 1);
			assert_shows(f, 2, LENGTH);
			ringview_release(f->rv);
			ringview_group_close(group);
		}
	}
}

static int interrupt_it(struct fixture *f)
{
	ringview_interrupt(f->rv);
	return 0;
}

static void an_interrupt_in_a_child_is_the_childs(void **state)
{
	struct fixture *f = *state;
	uint64_t value;

	assert_int_equal(ringview_wait(f->rv, 1), 0);
	assert_int_equal(in_child(interrupt_it, f), 0);
	assert_int_equal(read(reader_of(f->rv)->waiter.interrupt_fd, &value, sizeof(value)), -1);
	assert_int_equal(ringview_wait(f->rv, 1), 0);
}

/* As a daemon whose parent has exited: it sleeps, and its own producer wakes it. */
static int go_on(struct fixture *f)
{
	const int fd = reader_of(f->rv)->waiter.epoll_fd;
	const int held = reader_of(f->rv)->holds;
	struct ringview_record record;

	if (ringview_wait(f->rv, 1) != held || reader_of(f->rv)->waiter.owner == 0)
		return 1;
	if (ringview_peek(f->rv, &record) != held)
		return 5;
	if (fd >= 0 && reader_of(f->rv)->waiter.epoll_fd < 0)
		return 2;
	put(f, 2, LENGTH);
	if (ringview_wait(f->rv, SECOND) != 1 || ringview_peek(f->rv, &record) != 1)
		return 3;
	ringview_close(f->rv);
	return consumer_position(f) == producer_position(f) - STRIDE ? 0 : 4;
}

static void a_child_goes_on_in_place_of_its_parent(void **state)
{
	struct fixture *f = *state;

	for (int strategy = RINGVIEW_WAIT_EVENT; strategy <= RINGVIEW_WAIT_PACED; strategy++) {
		open_as(f, (enum ringview_wait_strategy)strategy);
		read_two(f);
		assert_int_equal(ringview_wait(f->rv, 1), 0);
		assert_int_equal(in_child(go_on, f), 0);
		/* The reader belongs to the child now: here the parent reads too, too late. */
		assert_int_equal(ringview_restart(f->rv), 0);
		assert_shows(f, 2, LENGTH);
		ringview_release(f->rv);
	}
}

/* Records of different lengths: 8 * (number + 1). Returns the number of the first one that the child
 * gets, or 100. Reads all. */
static int first_of_child(struct fixture *f)
{
	struct ringview_record record;
	uint32_t first = 0, expected;

	if (ringview_wait(f->rv, SECOND) != 1)
		return 100;
	for (expected = 0; ringview_peek(f->rv, &record) > 0; expected = record.length + 8) {
		if (first == 0)
			first = record.length;
		else if (record.length != expected)
			return 100;
	}
	ringview_release(f->rv);
	ringview_close(f->rv);
	if (expected != 8 * 5 || consumer_position(f) != producer_position(f))
		return 100;
	return (int)first / 8 - 1;
}

static void a_child_gets_what_its_parent_has_not_released(void **state)
{
	struct fixture *f = *state;

	for (int strategy = RINGVIEW_WAIT_EVENT; strategy <= RINGVIEW_WAIT_BUSY; strategy++) {
		for (uint64_t released = 1; released <= 3; released++) {
			const uint64_t held = strategy == RINGVIEW_WAIT_EVENT ? 0 : 1;

			fixture_close((void **)&f);
			fixture_open((void **)&f);
			*state = f;
			open_as(f, (enum ringview_wait_strategy)strategy);
			for (uint64_t i = 0; i < 4; i++)
				put(f, i, (uint32_t)(8 * (i + 1)));
			assert_int_equal(ringview_wait(f->rv, SECOND), 1);
			for (uint64_t i = 0; i < 3; i++) {
				assert_shows(f, i, (uint32_t)(8 * (i + 1)));
				if (i + 1 == released)
					ringview_release(f->rv);
			}
			assert_int_equal(in_child(first_of_child, f), released - held);
		}
	}
}

/* Returns 0 if the child gets a new record and nothing else, once the parent has closed its reader. */
static int go_on_after_the_parent(struct fixture *f, int closed)
{
	struct ringview_record record;
	char byte;

	if (read(closed, &byte, 1) != 1)
		return 1;
	put(f, 3, 8);
	if (ringview_wait(f->rv, SECOND) != 1 || ringview_peek(f->rv, &record) != 1)
		return 2;
	return record.length == 8 && ringview_peek(f->rv, &record) == 0 ? 0 : 3;
}

static void a_child_goes_on_where_its_parent_has_closed(void **state)
{
	struct fixture *f = *state;

	for (int strategy = RINGVIEW_WAIT_EVENT; strategy <= RINGVIEW_WAIT_BUSY; strategy++) {
		int ends[2], status;
		pid_t child;

		open_as(f, (enum ringview_wait_strategy)strategy);
		read_two(f);
		put(f, 2, LENGTH);
		assert_int_equal(ringview_wait(f->rv, SECOND), 1);
		assert_shows(f, 2, LENGTH);
		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			_exit(go_on_after_the_parent(f, ends[0]));
		assert_true(child > 0);
		ringview_release(f->rv);
		reopen(f); /* closes it */
		assert_int_equal(write(ends[1], "", 1), 1);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		close(ends[0]);
		close(ends[1]);
		assert_int_equal(ringview_restart(f->rv), 0);
		assert_shows(f, 3, 8);
		ringview_release(f->rv);
	}
}

/* As a daemon that opens its readers before it starts, and makes the group then. */
static int add_to_group(struct fixture *f)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_record record;
	struct ringview *rv;

	options.wait = reader_of(f->rv)->waiter.strategy;
	if (ringview_group_open(&group, &options) != 0 || ringview_group_add(group, f->rv) != 0)
		return 1;
	/* What the parent had not released. */
	if (ringview_group_wait(group, SECOND) != 1 || ringview_group_next(group, &rv) != 1 ||
		ringview_peek(rv, &record) != 1)
		return 2;
	ringview_release(rv);
	ringview_group_close(group);
	ringview_close(f->rv);
	return consumer_position(f) == producer_position(f) ? 0 : 3;
}

static int add_to_inherited_group(struct fixture *f)
{
	return ringview_group_add(group, f->rv) == 0 ? 0 : 1;
}

static void a_child_may_start_by_adding_to_a_group(void **state)
{
	struct ringview_statistics statistics;
	struct fixture *f = *state;

	for (int strategy = RINGVIEW_WAIT_EVENT; strategy <= RINGVIEW_WAIT_BUSY; strategy++) {
		open_as(f, (enum ringview_wait_strategy)strategy);
		put(f, 0, LENGTH);
		assert_shows(f, 0, LENGTH);
		assert_int_equal(in_child(add_to_group, f), 0);
	}
	reopen(f);
	assert_int_equal(ringview_group_open(&group, NULL), 0);
	assert_int_equal(in_child(add_to_inherited_group, f), 0);
	put(f, 1, LENGTH);
	assert_int_equal(ringview_group_wait(group, 1), 0);
	ringview_group_get_statistics(group, &statistics);
	assert_int_equal(statistics.wakeups, 0);
	ringview_group_close(group);
}

/* The child's own descriptors, once the reader has left the group. */
static int arm_a_member(struct fixture *f)
{
	struct ringview_record record;
	struct ringview *rv;

	if (ringview_arm(f->rv) != 0)
		return 1;
	put(f, 2, LENGTH);
	if (ringview_group_wait(group, SECOND) != 1 || ringview_group_next(group, &rv) != 1 ||
		ringview_peek(f->rv, &record) != 1)
		return 2;
	ringview_release(f->rv);
	if (ringview_group_remove(group, f->rv) != 0 || reader_of(f->rv)->waiter.epoll_fd >= 0)
		return 3;
	return ringview_wait(f->rv, 0) == 0 ? 0 : 4;
}

static void a_child_may_start_by_arming_a_member(void **state)
{
	struct fixture *f = *state;

	for (int own = 0; own < 2; own++) {
		reopen(f);
		assert_int_equal(ringview_group_open(&group, NULL), 0);
		if (own)
			assert_true(ringview_fd(f->rv) >= 0);
		read_two_in_group(f);
		assert_int_equal(in_child(arm_a_member, f), 0);
		assert_int_equal(ringview_restart(f->rv), 0);
		ringview_group_close(group);
	}
}

/* It takes over the reader's own descriptors, too. */
static int leave_group(struct fixture *f)
{
	if (reader_of(f->rv)->waiter.epoll_fd < 0 || ringview_group_wait(group, 1) != 0 ||
		ringview_group_remove(group, f->rv) != 0)
		return 1;
	return reader_of(f->rv)->waiter.epoll_fd < 0 ? 0 : 2;
}

static void a_member_that_a_child_takes_out_has_descriptors_of_its_own(void **state)
{
	struct fixture *f = *state;

	assert_true(ringview_fd(f->rv) >= 0);
	assert_int_equal(ringview_group_open(&group, NULL), 0);
	assert_int_equal(ringview_group_add(group, f->rv), 0);
	assert_int_equal(in_child(leave_group, f), 0);
	ringview_group_close(group);
}

/* The events of the shared descriptor belong to the parent. */
static int wait_in_child(struct fixture *f)
{
	return ringview_wait(f->rv, 1) == 1 ? 0 : 1;
}

static void a_wait_in_a_child_takes_nothing_from_the_parent(void **state)
{
	struct fixture *f = *state;
	struct pollfd poll_fd = { .fd = ringview_fd(f->rv), .events = POLLIN };

	assert_int_equal(ringview_arm(f->rv), 0);
	put(f, 0, LENGTH);
	assert_int_equal(in_child(wait_in_child, f), 0);
	assert_int_equal(poll(&poll_fd, 1, 0), 1);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(a_close_in_a_child_leaves_the_ring_alone),
		reading(a_close_in_a_child_leaves_the_group_alone),
		reading(an_interrupt_in_a_child_is_the_childs),
		reading(a_child_goes_on_in_place_of_its_parent),
		reading(a_child_gets_what_its_parent_has_not_released),
		reading(a_child_goes_on_where_its_parent_has_closed),
		reading(a_child_may_start_by_adding_to_a_group),
		reading(a_child_may_start_by_arming_a_member),
		reading(a_member_that_a_child_takes_out_has_descriptors_of_its_own),
		reading(a_wait_in_a_child_takes_nothing_from_the_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
