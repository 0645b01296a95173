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
			assert_int_equal(ringview_group_add(group, f->rv), 0);
			put_range(f, 0, 1, LENGTH);
			assert_int_equal(ringview_group_wait(group, SECOND), 1);
			assert_int_equal(ringview_group_next(group, &rv), 1);
			assert_shows_range(f, 0, 1, LENGTH);
			assert_int_equal(ringview_group_wait(group, 1), 0);
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
	struct ringview_record record;

	if (ringview_wait(f->rv, 1) != 0 || reader_of(f->rv)->waiter.owner == 0)
		return 1;
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
		reading(a_wait_in_a_child_takes_nothing_from_the_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
