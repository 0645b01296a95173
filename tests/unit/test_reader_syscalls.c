/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replaces some system calls: answers of other kernels, or about maps that this test cannot create
 * (tests/kernel uses the real ones), and how long the library sleeps. Link with the static library
 * and -Wl,--wrap=syscall,--wrap=epoll_wait,--wrap=ppoll,--wrap=nanosleep,--wrap=read,--wrap=eventfd.
 */
#include <limits.h>
#include <poll.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "btf.h"
#include "clock.h"
#include "reader.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/sleeper.h"

#define FLAG_OVERWRITE (1u << 19)
#define MASK_BYTES 8 /* of a sigset_t, those that the kernel knows */

/* The answer of BPF_OBJ_GET_INFO_BY_FD, or its error. */
static struct bpf_map_info answer;
static int answer_error;

/* The thread's timer slack, how often it was read and set, and the last value set. */
static int64_t slack_ns, slack_set[20];
static int slack_reads, slack_sets;

static int membarriers;
static bool membarrier_fails;

static int epoll_calls, epoll_ms; /* the longest time-out of epoll_wait() */

/* ppoll() and nanosleep(), none of whose times is slept through: what they were called with. The last
 * call, or the one that is said, fails. */
static struct {
	int fd; /* -1: nanosleep() */
	int64_t ns;
	int64_t slack_ns;
	bool endless;
	sigset_t mask, blocked; /* for the sleep of ppoll(), and outside of it */
} polled[200];
static int ppoll_calls, failing_call, ppoll_error;
static int (*during_ppoll)(int call); /* returns how many descriptors are ready; NULL: none */

/* The number of the read() call during which, before it reads, a record is submitted; 0: none. */
static struct fixture *put_into;
static int put_at_read, read_calls;

/* Interrupted while its descriptors are made. */
static struct ringview *interrupted;

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);
int __real_eventfd(unsigned value, int flags);
int __wrap_eventfd(unsigned value, int flags);
long __wrap_syscall(long number, long command, union bpf_attr *attributes, size_t size);
int __wrap_ppoll(
	struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __real_epoll_wait(int fd, struct epoll_event *events, int count, int ms);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int count, int ms);

/* Replaces syscall(). */
long __wrap_syscall(long number, long command, union bpf_attr *attributes, size_t size)
{
	(void)size;
	if (number == SYS_prctl && command == PR_GET_TIMERSLACK) {
		slack_reads++;
		return slack_ns;
	}
	if (number == SYS_prctl && command == PR_SET_TIMERSLACK) {
		slack_ns = (int64_t)(uintptr_t)attributes;
		slack_set[slack_sets++ % (int)COUNT(slack_set)] = slack_ns;
		return 0;
	}
	if (number == SYS_membarrier) {
		assert_int_equal(command, 1); /* MEMBARRIER_CMD_GLOBAL */
		membarriers++;
		errno = EPERM;
		return membarrier_fails ? -1 : 0;
	}
	assert_int_equal(number, __NR_bpf);
	assert_int_equal(command, BPF_OBJ_GET_INFO_BY_FD);
	if (answer_error) {
		errno = answer_error;
		return -1;
	}
	assert_true(attributes->info.info_len >= sizeof(answer));
	memcpy((void *)(uintptr_t)attributes->info.info, &answer, sizeof(answer));
	return 0;
}

int __wrap_epoll_wait(int fd, struct epoll_event *events, int count, int ms)
{
	epoll_calls++;
	if (ms > epoll_ms)
		epoll_ms = ms;
	return __real_epoll_wait(fd, events, count, ms);
}

static int note_sleep(int fd, const struct timespec *timeout, const sigset_t *mask)
{
	const int number = ppoll_calls++;
	const int call = number < (int)COUNT(polled) ? number : (int)COUNT(polled) - 1;

	polled[call].fd = fd;
	polled[call].endless = !timeout;
	polled[call].ns = timeout ? clock_ns(*timeout) : INT64_MAX;
	polled[call].slack_ns = slack_ns;
	if (mask)
		polled[call].mask = *mask;
	pthread_sigmask(SIG_SETMASK, NULL, &polled[call].blocked);
	if (number != failing_call)
		return during_ppoll ? during_ppoll(number) : 0;
	errno = ppoll_error;
	return -1;
}

int __wrap_ppoll(
	struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	assert_int_equal(count, 1);
	assert_int_equal(fds->events, POLLIN);
	return note_sleep(fds->fd, timeout, mask);
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	assert_null(left);
	return note_sleep(-1, time, NULL);
}

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	if (++read_calls == put_at_read)
		put(put_into, 1, 20);
	return __real_read(fd, buffer, size);
}

int __wrap_eventfd(unsigned value, int flags)
{
	if (interrupted)
		ringview_interrupt(interrupted);
	return __real_eventfd(value, flags);
}

static int reset(void **state)
{
	answer = (struct bpf_map_info){ .type = BPF_MAP_TYPE_RINGBUF,
		.max_entries = (__u32)sysconf(_SC_PAGESIZE) };
	answer_error = slack_reads = slack_sets = 0;
	slack_ns = 1;
	epoll_calls = ppoll_calls = put_at_read = read_calls = 0;
	epoll_ms = -1;
	failing_call = 19;
	ppoll_error = EINTR;
	during_ppoll = NULL;
	interrupted = NULL;
	return fixture_open(state);
}

#define answering(test) cmocka_unit_test_setup_teardown(test, reset, fixture_close)

/* Opens a map that the kernel describes like this. The descriptor is no map. */
static int open_answered(void **state)
{
	struct fixture *f = *state;
	struct ringview *rv = NULL;
	int before = open_descriptors();
	int err = ringview_open(&rv, f->ring.notify_fd, NULL);

	assert_null(rv);
	assert_int_equal(open_descriptors(), before);
	return err;
}

/* With the struct bpf_ringbuf of the running kernel. */
static void a_ring_that_overwrites_is_refused_where_its_position_is_unknown(void **state)
{
	const bool is_known = btf_overwrite_distance() > 0;

	answer.map_flags = FLAG_OVERWRITE;
	/* Opening proceeds to the mapping, which fails for an eventfd. */
	assert_int_equal(open_answered(state), is_known ? -ENODEV : -EOPNOTSUPP);
}

static void a_snapshot_orders_its_check_where_stores_have_no_order(void **state)
{
	struct fixture *f = *state;
	static uint64_t memory[16];
	struct ringview_window window;

	memory_ring_let_overwrite(&f->ring);
	reopen(f);
	put(f, 0, 24);
	membarriers = 0;
	membarrier_fails = false;
	reader_of(f->rv)->in_order = true;
	assert_int_equal(ringview_snapshot(f->rv, memory, sizeof(memory), &window), 0);
	assert_int_equal(membarriers, 0);
	reader_of(f->rv)->in_order = false;
	assert_int_equal(ringview_snapshot(f->rv, memory, sizeof(memory), &window), 0);
	assert_int_equal(membarriers, 1);
	membarrier_fails = true;
	assert_int_equal(ringview_snapshot(f->rv, memory, sizeof(memory), &window), -EPERM);
}

static void other_flags_of_a_ring_are_not_refused_for_themselves(void **state)
{
	answer.map_flags = BPF_F_NUMA_NODE;
	/* Opening proceeds to the mapping, which fails for an eventfd. */
	assert_int_equal(open_answered(state), -ENODEV);
}

static void a_map_of_another_type_is_refused(void **state)
{
	answer.type = BPF_MAP_TYPE_RINGBUF + 4; /* BPF_MAP_TYPE_USER_RINGBUF */
	assert_int_equal(open_answered(state), -EINVAL);
}

static void sizes_that_no_ring_has_are_refused(void **state)
{
	const uint32_t page = (uint32_t)sysconf(_SC_PAGESIZE);
	const uint32_t sizes[] = { 0, 1, page / 2, page + 8, 3 * page, UINT32_MAX };
	size_t i;

	for (i = 0; i < COUNT(sizes); i++) {
		answer.max_entries = sizes[i];
		assert_int_equal(open_answered(state), -EINVAL);
	}
}

static void a_descriptor_that_is_not_open_is_said_to_be_so(void **state)
{
	answer_error = EBADFD; /* as Linux 5.8 to 6.18 have it */
	assert_int_equal(open_answered(state), -EBADF);
	answer_error = EBADF;
	assert_int_equal(open_answered(state), -EBADF);
}

static void other_errors_are_passed_on(void **state)
{
	answer_error = EPERM;
	assert_int_equal(open_answered(state), -EPERM);
	answer_error = EINVAL;
	assert_int_equal(open_answered(state), -EINVAL);
}

/* Sleeps. */

static void reopen_paced(struct fixture *f, int64_t linger_ns, int64_t timer_slack_ns)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = RINGVIEW_WAIT_PACED;
	options.linger_ns = linger_ns;
	options.timer_slack_ns = timer_slack_ns;
	reopen_with(f, &options);
}

/* PACED in an endless stream, without the system calls of its first polls. */
static void begin_stream(struct fixture *f, int64_t timer_slack_ns)
{
	reopen_paced(f, INT64_MAX, timer_slack_ns);
	put_range(f, 0, 1, 20);
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	assert_shows_range(f, 0, 1, 20);
	ppoll_calls = 0;
	failing_call = 19;
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	ppoll_calls = 0;
	reader_of(f->rv)->waiter.sleeps = 0;
}

static void a_time_out_is_one_sleep(void **state)
{
	struct fixture *f = *state;

	failing_call = 0;
	assert_int_equal(ringview_wait(f->rv, 5500001), -EINTR);
	assert_int_equal(ppoll_calls, 1);
	assert_in_range(polled[0].ns, 5500001 - 5500000 / 2, 5500001);
	assert_int_equal(polled[0].fd, reader_of(f->rv)->waiter.epoll_fd);
	assert_int_equal(statistics_of(f).sleeps, 1);
}

static void a_time_out_of_months_is_not_cut(void **state)
{
	struct fixture *f = *state;
	const int64_t months = INT64_C(1000000) * INT_MAX * 3;

	failing_call = 0;
	assert_int_equal(ringview_wait(f->rv, months), -EINTR);
	assert_in_range(polled[0].ns, months - NS_PER_SECOND, months);
}

static void a_sleep_without_end_has_no_time_out(void **state)
{
	struct fixture *f = *state;

	failing_call = 0;
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_true(polled[0].endless);
}

static void taking_notifications_never_sleeps(void **state)
{
	struct fixture *f = *state;

	ringview_wait(f->rv, -1);
	ringview_fd(f->rv);
	ringview_arm(f->rv);
	assert_true(epoll_calls > 0);
	assert_int_equal(epoll_ms, 0);
}

static void errors_of_a_sleep_are_passed_on(void **state)
{
	const int errors[] = { EINTR, EBADF, EINVAL, ENOMEM };
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(errors); i++) {
		/* In epoll: EVENT, and PACED in silence. */
		reopen(f);
		ppoll_calls = 0;
		failing_call = 3;
		ppoll_error = errors[i];
		reserve(f, 1, 20);
		assert_int_equal(ringview_wait(f->rv, -1), -errors[i]);
		assert_int_equal(ppoll_calls, 4);
		reopen_paced(f, 1, 0);
		ppoll_calls = 0;
		assert_int_equal(ringview_wait(f->rv, -1), -errors[i]);
		assert_int_equal(ppoll_calls, 4);
		set_producer_position(f, consumer_position(f));
		/* Beside the ring. */
		ppoll_error = EINTR;
		begin_stream(f, 0);
		failing_call = 3;
		ppoll_error = errors[i];
		assert_int_equal(ringview_wait(f->rv, -1), -errors[i]);
		assert_int_equal(ppoll_calls, 4);
		assert_int_equal(polled[3].fd, -1);
	}
}

/* Signals. */

static void assert_masks(int sleeps, const sigset_t *own)
{
	static const int raised[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGABRT };

	for (int i = 0; i < sleeps; i++) {
		if (polled[i].fd >= 0)
			assert_memory_equal(&polled[i].mask, own, MASK_BYTES);
		assert_int_equal(sigismember(&polled[i].blocked, SIGUSR1), 1);
		assert_int_equal(sigismember(&polled[i].blocked, SIGTERM), 1);
		for (size_t k = 0; k < COUNT(raised); k++)
			assert_int_equal(sigismember(&polled[i].blocked, raised[k]), 0);
	}
}

static void assert_own_mask(const sigset_t *own)
{
	sigset_t now;

	pthread_sigmask(SIG_SETMASK, NULL, &now);
	assert_memory_equal(&now, own, MASK_BYTES);
}

static void an_interrupt_before_there_are_descriptors_prevents_the_sleep(void **state)
{
	struct fixture *f = *state;

	interrupted = f->rv;
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(ppoll_calls, 0);
}

/* With each return value of a wait. */
static void signals_are_blocked_but_in_sleeps(void **state)
{
	struct fixture *f = *state;
	sigset_t own, saved;

	sigemptyset(&own);
	sigaddset(&own, SIGUSR2);
	pthread_sigmask(SIG_SETMASK, &own, &saved);
	pthread_sigmask(SIG_SETMASK, NULL, &own);
	for (int paced = 0; paced < 2; paced++) {
		const int64_t timeouts[] = { -1, INT64_C(60000000000) };

		for (size_t i = 0; i < COUNT(timeouts); i++) {
			if (paced)
				begin_stream(f, 0);
			else
				reopen(f);
			ppoll_calls = 0;
			failing_call = 19;
			assert_int_equal(ringview_wait(f->rv, timeouts[i]), -EINTR);
			assert_masks(20, &own);
			assert_own_mask(&own);
		}
		reader_of(f->rv)->waiter.interrupted = 1;
		assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
		assert_own_mask(&own);
		assert_int_equal(ringview_wait(f->rv, 0), 0);
		assert_own_mask(&own);
		ppoll_calls = 0;
		failing_call = -1;
		assert_int_equal(ringview_wait(f->rv, 100000), 0);
		assert_masks(1, &own);
		assert_true(ppoll_calls > 0);
		assert_own_mask(&own);
		put(f, 2, 20);
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		assert_own_mask(&own);
		assert_shows(f, 2, 20);
		ringview_release(f->rv);
		assert_int_equal(ringview_arm(f->rv), 0);
	}
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
}

/* The timer slack. */

static void the_slack_is_read_once_in_64_sleeps(void **state)
{
	struct fixture *f = *state;

	begin_stream(f, 0);
	slack_reads = 0;
	failing_call = 192;
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_int_equal(ppoll_calls, 193);
	assert_in_range(slack_reads, 3, 4);
	assert_int_equal(slack_sets, 0);
}

/* Sleeps that lower the slack, and a program that has changed it since the last one. */
static void a_slack_that_was_lowered_is_that_of_the_thread_again(void **state)
{
	struct fixture *f = *state;

	slack_ns = 1000000000;
	begin_stream(f, 0);
	failing_call = 1;
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_int_equal(slack_ns, 1000000000);
	slack_ns = 7;
	failing_call = ppoll_calls + 1;
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_int_equal(slack_ns, 7);
}

static void the_slack_that_is_asked_for_is_set_as_often(void **state)
{
	struct fixture *f = *state;

	begin_stream(f, 4321);
	slack_sets = 0;
	failing_call = 192;
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_in_range(slack_sets, 3, 4);
	for (int i = 0; i < slack_sets; i++)
		assert_int_equal(slack_set[i], 4321);
}

static void the_slack_of_another_thread_is_another(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	begin_stream(f, 0);
	slack_reads = 0;
	failing_call = 1;
	sleeper_start(&s, f->rv, -1);
	assert_int_equal(sleeper_join(&s), -EINTR);
	assert_int_equal(slack_reads, 1);
}

static void a_slack_of_half_a_sleep_is_taken_off(void **state)
{
	struct fixture *f = *state;

	slack_ns = RINGVIEW_LATENCY_BUDGET_NS / 2;
	begin_stream(f, 0);
	slack_sets = 0;
	failing_call = 0;
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_int_equal(polled[0].ns, RINGVIEW_LATENCY_BUDGET_NS - slack_ns);
	assert_int_equal(slack_sets, 0);
}

static void a_larger_slack_is_lowered_for_the_sleep(void **state)
{
	const int64_t larger = RINGVIEW_LATENCY_BUDGET_NS / 2 + 1;
	struct fixture *f = *state;

	slack_ns = larger;
	begin_stream(f, 0);
	slack_sets = 0;
	failing_call = 1;
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	for (int i = 0; i < 2; i++) {
		/* They end within a budget. */
		assert_int_equal(polled[i].slack_ns, RINGVIEW_LATENCY_BUDGET_NS / 8 + 1);
		assert_in_range(polled[i].ns, RINGVIEW_LATENCY_BUDGET_NS / 2,
			RINGVIEW_LATENCY_BUDGET_NS - RINGVIEW_LATENCY_BUDGET_NS / 8);
	}
	assert_int_equal(slack_ns, larger);
	assert_int_equal(slack_sets, 4);
}

/* A time-out may be late by the slack; when the awaited record comes is unknown. */
static void the_slack_is_left_alone_by_sleeps_to_the_time_out(void **state)
{
	struct fixture *f = *state;

	slack_ns = 50000;
	failing_call = 0;
	assert_int_equal(ringview_wait(f->rv, 10000), -EINTR);
	assert_int_equal(slack_sets, 0);
	assert_int_equal(slack_reads, 0);
}

static struct fixture *producing;

/* Or the record that ends the silence would not notify. */
static int expect_all_released(int call)
{
	if (polled[call].fd == reader_of(producing->rv)->waiter.epoll_fd)
		assert_int_equal(consumer_position(producing), 2 * stride_of(20));
	return 0;
}

static void nothing_is_held_back_in_the_first_sleep_of_silence(void **state)
{
	producing = *state;
	reopen_paced(producing, 1, 0);
	put_range(producing, 0, 1, 20);
	assert_int_equal(ringview_wait(producing->rv, -1), 1);
	assert_shows_range(producing, 0, 1, 20);
	during_ppoll = expect_all_released;
	assert_int_equal(ringview_wait(producing->rv, -1), -EINTR);
	assert_int_equal(polled[ppoll_calls - 1].fd, reader_of(producing->rv)->waiter.epoll_fd);
}

/* Busy records: the first sleeps are short, because producers usually submit soon. */

static void sleeps_at_a_busy_record_double_from_20_us_to_20_ms(void **state)
{
	struct fixture *f = *state;
	int64_t expected = 20000;

	reserve(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	for (int i = 0; i < ppoll_calls; i++) {
		assert_int_equal(polled[i].ns, expected - 1); /* the slack */
		expected = expected * 2 < 20480000 ? expected * 2 : 20480000;
	}
}

static void *reserved;

/* The busy record is discarded during the fourth sleep. During the fifth, another one is reserved,
 * and a notification comes, of a record after it. */
static int discard_then_reserve(int call)
{
	if (call == 3)
		memory_ring_discard(&producing->ring, reserved, 0);
	if (call != 4)
		return 0;
	reserve(producing, 2, 20);
	memory_ring_submit(&producing->ring, reserve(producing, 3, 20), BPF_RB_FORCE_WAKEUP);
	return 1;
}

static void sleeps_at_the_next_busy_record_begin_at_20_us_again(void **state)
{
	producing = *state;
	reserved = reserve(producing, 1, 20);
	during_ppoll = discard_then_reserve;
	assert_int_equal(ringview_wait(producing->rv, -1), -EINTR);
	assert_int_equal(polled[3].ns, 160000 - 1);
	assert_true(polled[4].endless);
	assert_int_equal(polled[5].ns, 20000 - 1);
	assert_int_equal(polled[6].ns, 40000 - 1);
}

static void each_sleep_at_a_busy_record_is_a_stop_and_a_sleep(void **state)
{
	struct fixture *f = *state;

	reserve(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_int_equal(statistics_of(f).busy_stops, 20);
	assert_int_equal(statistics_of(f).sleeps, 20);
	assert_int_equal(statistics_of(f).wakeups, 0);
}

/* Sleeps until the record's notification, or that of another ring. */
static void sleeps_at_a_busy_record_are_in_epoll_and_armed(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 20);
	reserve(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 0, 20);
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_int_equal(consumer_position(f), stride_of(20));
	for (int i = 0; i < ppoll_calls; i++)
		assert_int_equal(polled[i].fd, reader_of(f->rv)->waiter.epoll_fd);
}

static void no_sleep_at_a_busy_record_outlasts_the_time_out(void **state)
{
	struct fixture *f = *state;
	int i;

	failing_call = -1;
	reserve(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, 800), 0);
	for (i = 0; i < ppoll_calls; i++)
		assert_in_range(polled[i].ns, 1, 800);
}

/* Reading the descriptor takes the record's notification with the earlier ones, so the library must
 * poll afterwards. */
static void a_record_put_while_arm_reads_the_notification_is_not_missed(void **state)
{
	struct fixture *f = *state;
	uint64_t value;

	put_into = f;
	for (put_at_read = 1; put_at_read <= 3; put_at_read++) {
		int armed;

		read_calls = 0;
		armed = ringview_arm(f->rv);
		if (read_calls < put_at_read)
			break; /* no further read */
		if (armed == 0)
			assert_int_equal(__real_read(ringview_fd(f->rv), &value, sizeof(value)),
				sizeof(value));
		assert_shows(f, 1, 20);
	}
	assert_true(put_at_read > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		answering(a_ring_that_overwrites_is_refused_where_its_position_is_unknown),
		answering(a_snapshot_orders_its_check_where_stores_have_no_order),
		answering(other_flags_of_a_ring_are_not_refused_for_themselves),
		answering(a_map_of_another_type_is_refused),
		answering(sizes_that_no_ring_has_are_refused),
		answering(a_descriptor_that_is_not_open_is_said_to_be_so),
		answering(other_errors_are_passed_on),
		answering(a_time_out_is_one_sleep),
		answering(a_time_out_of_months_is_not_cut),
		answering(a_sleep_without_end_has_no_time_out),
		answering(taking_notifications_never_sleeps),
		answering(errors_of_a_sleep_are_passed_on),
		answering(an_interrupt_before_there_are_descriptors_prevents_the_sleep),
		answering(signals_are_blocked_but_in_sleeps),
		answering(the_slack_is_read_once_in_64_sleeps),
		answering(a_slack_that_was_lowered_is_that_of_the_thread_again),
		answering(the_slack_that_is_asked_for_is_set_as_often),
		answering(the_slack_of_another_thread_is_another),
		answering(a_slack_of_half_a_sleep_is_taken_off),
		answering(a_larger_slack_is_lowered_for_the_sleep),
		answering(the_slack_is_left_alone_by_sleeps_to_the_time_out),
		answering(sleeps_at_a_busy_record_double_from_20_us_to_20_ms),
		answering(nothing_is_held_back_in_the_first_sleep_of_silence),
		answering(sleeps_at_the_next_busy_record_begin_at_20_us_again),
		answering(each_sleep_at_a_busy_record_is_a_stop_and_a_sleep),
		answering(sleeps_at_a_busy_record_are_in_epoll_and_armed),
		answering(no_sleep_at_a_busy_record_outlasts_the_time_out),
		answering(a_record_put_while_arm_reads_the_notification_is_not_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
