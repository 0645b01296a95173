/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening and closing without privileges. tests/kernel has the rest.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "reader.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/sleeper.h"

/* Asserts that opening fails with @error, does not set the reader and leaks no descriptor. */
static void assert_refused(
	const struct ringview_memory *memory, const struct ringview_options *options, int error)
{
	struct ringview *const untouched = (struct ringview *)memory;
	struct ringview *rv = untouched;
	int before = open_descriptors();

	assert_int_equal(ringview_open_memory(&rv, memory, options), error);
	assert_ptr_equal(rv, untouched);
	assert_int_equal(open_descriptors(), before);
}

static void assert_opens(
	const struct ringview_memory *memory, const struct ringview_options *options)
{
	struct ringview *rv = NULL;

	assert_int_equal(ringview_open_memory(&rv, memory, options), 0);
	assert_non_null(rv);
	ringview_close(rv);
}

/* The fixture's ring with one field changed. */
#define memory_with(state, field, value)                                       \
	__extension__({                                                        \
		struct ringview_memory with =                                  \
			memory_ring_view(&((struct fixture *)*(state))->ring); \
                                                                               \
		with.field = (value);                                          \
		with;                                                          \
	})

static void a_ring_without_a_consumer_position_is_refused(void **state)
{
	struct ringview_memory memory = memory_with(state, consumer, NULL);

	assert_refused(&memory, NULL, -EINVAL);
}

static void a_ring_without_a_producer_position_is_refused(void **state)
{
	struct ringview_memory memory = memory_with(state, producer, NULL);

	assert_refused(&memory, NULL, -EINVAL);
}

static void a_ring_without_data_is_refused(void **state)
{
	struct ringview_memory memory = memory_with(state, data, NULL);

	assert_refused(&memory, NULL, -EINVAL);
}

static void sizes_that_no_ring_has_are_refused(void **state)
{
	const size_t sizes[] = { 0, 1, 8, 2048, 4095, 4097, 6144, ((size_t)1 << 31) + 4096,
		(size_t)1 << 32, SIZE_MAX };
	size_t i;

	for (i = 0; i < COUNT(sizes); i++) {
		struct ringview_memory memory = memory_with(state, size, sizes[i]);

		assert_refused(&memory, NULL, -EINVAL);
	}
}

/* Opening touches only the positions of the ring, so the data need not exist. */
static void sizes_from_4_kib_to_2_gib_are_taken(void **state)
{
	size_t size;

	for (size = 4096; size <= (size_t)1 << 31; size *= 2) {
		struct ringview_memory memory = memory_with(state, size, size);

		assert_opens(&memory, NULL);
	}
}

static void a_closed_notification_descriptor_is_refused(void **state)
{
	struct ringview_memory memory = memory_with(state, notify_fd, eventfd(0, EFD_CLOEXEC));

	close(memory.notify_fd);
	assert_refused(&memory, NULL, -EBADF);
	memory.notify_fd = -1;
	assert_refused(&memory, NULL, -EBADF);
}

/* Reading these would block, or not reset them. */
static void a_notification_descriptor_that_is_no_non_blocking_eventfd_is_refused(void **state)
{
	int pipe_fds[2], others[4];

	assert_int_equal(pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC), 0);
	others[0] = pipe_fds[0];
	others[1] = pipe_fds[1];
	others[2] = eventfd(0, EFD_CLOEXEC);
	others[3] = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < COUNT(others); i++) {
		struct ringview_memory memory = memory_with(state, notify_fd, others[i]);

		assert_refused(&memory, NULL, -EINVAL);
		close(others[i]);
	}
}

static void impossible_positions_are_refused(void **state)
{
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	set_consumer_position(*state, 8);
	assert_refused(&memory, NULL, -EBADMSG);
}

/* Options. */

static void default_options_are_taken(void **state)
{
	const struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	assert_opens(&memory, &options);
}

/* Structs of a program built with another version of the header. */
static void options_of_another_size_are_taken(void **state)
{
	struct {
		struct ringview_options known;
		uint64_t more[4];
	} options = { RINGVIEW_OPTIONS_DEFAULT, { 0 } };
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	for (size_t size = sizeof(size_t); size <= sizeof(options); size += 8) {
		options.known.size = size;
		assert_opens(&memory, &options.known);
	}
}

static void what_smaller_options_lack_is_the_default(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	options.latency_budget_ns = -1; /* after the end */
	options.size = offsetof(struct ringview_options, latency_budget_ns);
	assert_opens(&memory, &options);
	options.size += sizeof(options.latency_budget_ns);
	assert_refused(&memory, &options, -EINVAL);
}

static void larger_options_that_ask_for_the_unknown_are_refused(void **state)
{
	struct {
		struct ringview_options known;
		unsigned char more[16];
	} options = { RINGVIEW_OPTIONS_DEFAULT, { 0 } };
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	options.known.size = sizeof(options);
	for (size_t i = 0; i < sizeof(options.more); i++) {
		options.more[i] = 1;
		assert_refused(&memory, &options.known, -EINVAL);
		options.more[i] = 0;
	}
}

static void options_without_a_size_are_refused(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	options.size = 0;
	assert_refused(&memory, &options, -EINVAL);
	options.size = sizeof(size_t) - 1;
	assert_refused(&memory, &options, -EINVAL);
	options.size = SIZE_MAX;
	assert_refused(&memory, &options, -EINVAL);
}

static void memory_of_another_size_is_taken(void **state)
{
	struct {
		struct ringview_memory known;
		uint64_t more;
	} memory = { memory_ring_view(&((struct fixture *)*state)->ring), 0 };
	struct ringview *rv;

	assert_int_equal(ringview_open_memory_sized(&rv, &memory.known, sizeof(memory), NULL), 0);
	ringview_close(rv);
	memory.more = 1;
	assert_int_equal(
		ringview_open_memory_sized(&rv, &memory.known, sizeof(memory), NULL), -EINVAL);
	/* Smaller than the first version of the struct. */
	assert_int_equal(ringview_open_memory_sized(&rv, &memory.known, 24, NULL), -EINVAL);
}

static void an_unknown_wait_strategy_is_refused(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	options.wait = (enum ringview_wait_strategy)(RINGVIEW_WAIT_BUSY + 1);
	assert_refused(&memory, &options, -EINVAL);
	options.wait = (enum ringview_wait_strategy) - 1;
	assert_refused(&memory, &options, -EINVAL);
}

static void every_wait_strategy_is_taken(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	options.wait = RINGVIEW_WAIT_EVENT;
	assert_opens(&memory, &options);
	options.wait = RINGVIEW_WAIT_PACED;
	assert_opens(&memory, &options);
	options.wait = RINGVIEW_WAIT_BUSY;
	assert_opens(&memory, &options);
}

static void latency_budgets_up_to_a_second_are_taken(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	options.wait = RINGVIEW_WAIT_PACED;
	options.latency_budget_ns = 1;
	assert_opens(&memory, &options);
	options.latency_budget_ns = 1000000000;
	assert_opens(&memory, &options);
	options.latency_budget_ns = 1000000001;
	assert_refused(&memory, &options, -EINVAL);
	options.latency_budget_ns = INT64_MAX;
	assert_refused(&memory, &options, -EINVAL);
	options.latency_budget_ns = -1;
	assert_refused(&memory, &options, -EINVAL);
	options.latency_budget_ns = INT64_MIN;
	assert_refused(&memory, &options, -EINVAL);
}

static void a_latency_budget_of_0_is_the_default(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct fixture *f = *state;

	options.wait = RINGVIEW_WAIT_PACED;
	reopen_with(f, &options);
	assert_int_equal(reader_of(f->rv)->waiter.pacing.budget_ns, RINGVIEW_LATENCY_BUDGET_NS);
}

static void a_negative_timer_slack_is_refused(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);

	options.timer_slack_ns = -1;
	assert_refused(&memory, &options, -EINVAL);
	options.timer_slack_ns = INT64_MIN;
	assert_refused(&memory, &options, -EINVAL);
	options.timer_slack_ns = 1;
	assert_opens(&memory, &options);
}

/* Also with strategies that do not use them. */
static void options_out_of_range_are_refused_with_every_strategy(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);
	int strategy;

	options.latency_budget_ns = -1;
	for (strategy = RINGVIEW_WAIT_EVENT; strategy <= RINGVIEW_WAIT_BUSY; strategy++) {
		options.wait = (enum ringview_wait_strategy)strategy;
		assert_refused(&memory, &options, -EINVAL);
	}
}

/* What opening a map checks first. */
static void bad_options_are_refused_before_the_map_is_looked_at(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview *rv = NULL;

	(void)state;
	options.size = 0;
	assert_int_equal(ringview_open(&rv, -1, &options), -EINVAL);
	assert_null(rv);
}

/* Descriptors. */

static void a_reader_holds_one_descriptor_and_two_more_when_it_sleeps(void **state)
{
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);
	int before = open_descriptors();
	struct ringview *rv;

	assert_int_equal(ringview_open_memory(&rv, &memory, NULL), 0);
	assert_int_equal(ringview_wait(rv, 0), 0);
	assert_int_equal(open_descriptors(), before + 1);
	assert_int_equal(ringview_wait(rv, 1), 0);
	assert_int_equal(open_descriptors(), before + 3);
	assert_int_equal(ringview_wait(rv, 1), 0);
	assert_true(ringview_fd(rv) >= 0);
	assert_int_equal(open_descriptors(), before + 3);
	ringview_close(rv);
	assert_int_equal(open_descriptors(), before);
}

/* With room for 0 more descriptors, opening fails; with room for 1 and 2, the first sleep. */
static void a_reader_that_runs_out_of_descriptors_leaves_none_behind(void **state)
{
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);
	struct rlimit saved, limited;
	int before = open_descriptors(), room, opened[3], slept[3];
	int lowest = dup(0);

	assert_true(lowest >= 0);
	close(lowest);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &saved), 0);
	limited = saved;
	for (room = 0; room < 3; room++) {
		struct ringview *rv = NULL;

		/* If descriptors above the lowest free one are open, there is less room, and
		 * another of the three fails. */
		limited.rlim_cur = (rlim_t)(lowest + room);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limited), 0);
		opened[room] = ringview_open_memory(&rv, &memory, NULL);
		slept[room] = rv ? ringview_wait(rv, 1000000) : -EMFILE;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &saved), 0);
		assert_int_equal(opened[room], room == 0 ? -EMFILE : 0);
		assert_int_equal(slept[room], -EMFILE);
		if (rv)
			assert_int_equal(ringview_wait(rv, 1), 0);
		ringview_close(rv);
		assert_int_equal(open_descriptors(), before);
	}
}

static void the_descriptors_are_closed_on_exec(void **state)
{
	const struct reader *r = const_reader_of(((struct fixture *)*state)->rv);

	assert_true(ringview_fd(((struct fixture *)*state)->rv) >= 0);
	assert_int_equal(fcntl(r->map_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(r->waiter.epoll_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(r->waiter.interrupt_fd, F_GETFD), FD_CLOEXEC);
}

static void the_callers_descriptor_may_be_closed_after_opening(void **state)
{
	struct fixture *f = *state;

	int producers = fcntl(f->ring.notify_fd, F_DUPFD_CLOEXEC, 0);
	struct sleeper s;

	assert_true(producers >= 0);
	close(f->ring.notify_fd);
	f->ring.notify_fd = producers;
	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	put(f, 0, 20);
	assert_int_equal(sleeper_join(&s), 1);
}

static void closing_the_reader_leaves_the_callers_descriptor_open(void **state)
{
	struct fixture *f = *state;

	ringview_close(f->rv);
	f->rv = NULL;
	assert_true(fcntl(f->ring.notify_fd, F_GETFD) >= 0);
}

static void closing_no_reader_is_fine(void **state)
{
	(void)state;
	ringview_close(NULL);
}

static void closing_gives_nothing_back(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 20);
	assert_shows(f, 0, 20);
	ringview_close(f->rv);
	f->rv = NULL;
	assert_int_equal(consumer_position(f), 0);
}

static void opening_writes_nothing_to_the_ring(void **state)
{
	struct fixture *f = *state;

	start_at(f, 8 * 1234);
	assert_int_equal(consumer_position(f), 8 * 1234);
}

static void the_version_is_that_of_the_header(void **state)
{
	(void)state;
	assert_string_equal(ringview_version(), RINGVIEW_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(a_ring_without_a_consumer_position_is_refused),
		reading(a_ring_without_a_producer_position_is_refused),
		reading(a_ring_without_data_is_refused),
		reading(sizes_that_no_ring_has_are_refused),
		reading(sizes_from_4_kib_to_2_gib_are_taken),
		reading(a_closed_notification_descriptor_is_refused),
		reading(a_notification_descriptor_that_is_no_non_blocking_eventfd_is_refused),
		reading(impossible_positions_are_refused),
		reading(default_options_are_taken),
		reading(options_of_another_size_are_taken),
		reading(what_smaller_options_lack_is_the_default),
		reading(larger_options_that_ask_for_the_unknown_are_refused),
		reading(options_without_a_size_are_refused),
		reading(memory_of_another_size_is_taken),
		reading(an_unknown_wait_strategy_is_refused),
		reading(every_wait_strategy_is_taken),
		reading(latency_budgets_up_to_a_second_are_taken),
		reading(a_latency_budget_of_0_is_the_default),
		reading(a_negative_timer_slack_is_refused),
		reading(options_out_of_range_are_refused_with_every_strategy),
		cmocka_unit_test(bad_options_are_refused_before_the_map_is_looked_at),
		reading(a_reader_holds_one_descriptor_and_two_more_when_it_sleeps),
		reading(a_reader_that_runs_out_of_descriptors_leaves_none_behind),
		reading(the_descriptors_are_closed_on_exec),
		reading(the_callers_descriptor_may_be_closed_after_opening),
		reading(closing_the_reader_leaves_the_callers_descriptor_open),
		cmocka_unit_test(closing_no_reader_is_fine),
		reading(closing_gives_nothing_back),
		reading(opening_writes_nothing_to_the_ring),
		cmocka_unit_test(the_version_is_that_of_the_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
