/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With some system calls replaced: what kernels answer that we are not running on, or about maps
 * that we may not make (tests/kernel asks the real one), and how long the library wants to sleep.
 *
 * To be linked with the library's objects (not with its shared library) and with
 *	-Wl,--wrap=syscall,--wrap=epoll_wait,--wrap=ppoll,--wrap=read
 */
#include <limits.h>
#include <poll.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "reader.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/sleeper.h"

#define FLAG_OVERWRITE (1u << 19)

/* What BPF_OBJ_GET_INFO_BY_FD says, or the error that it fails with. */
static struct bpf_map_info answer;
static int answer_error;

/* What epoll_pwait2() fails with. */
static int refusal, refused_calls;

static int wait_calls, last_ms;
static bool wait_is_cut_short; /* epoll_wait() fails with EINTR at once */

/* Time-outs that ppoll() was called with; none of them is slept through. The last call fails with
 * EINTR. */
static int64_t ppoll_ns[20];
static int ppoll_calls, ppoll_fd;

/* The call of read() during which a record is put, before anything was read; 0 for none. */
static struct fixture *put_into;
static int put_at_read, read_calls;

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);
long __wrap_syscall(long number, long command, union bpf_attr *attributes, size_t size);
int __wrap_ppoll(
	struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);
int __real_epoll_wait(int fd, struct epoll_event *events, int count, int ms);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int count, int ms);

/* The library's calls by number. */
long __wrap_syscall(long number, long command, union bpf_attr *attributes, size_t size)
{
	(void)size;
	if (number == SYS_epoll_pwait2) {
		refused_calls++;
		errno = refusal;
		return -1;
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
	wait_calls++;
	last_ms = ms;
	if (wait_is_cut_short) {
		errno = EINTR;
		return -1;
	}
	return __real_epoll_wait(fd, events, count, ms);
}

int __wrap_ppoll(
	struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	(void)mask;
	ppoll_fd = count == 1 && fds->events == POLLIN ? fds->fd : -1;
	ppoll_ns[ppoll_calls++] = timeout->tv_sec * NS_PER_SECOND + timeout->tv_nsec;
	if (ppoll_calls < (int)COUNT(ppoll_ns))
		return 0;
	errno = EINTR;
	return -1;
}

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	if (++read_calls == put_at_read)
		put(put_into, 1, 20);
	return __real_read(fd, buffer, size);
}

static int reset(void **state)
{
	answer = (struct bpf_map_info){ .type = BPF_MAP_TYPE_RINGBUF,
		.max_entries = (__u32)sysconf(_SC_PAGESIZE) };
	answer_error = refused_calls = 0;
	refusal = ENOSYS;
	wait_calls = last_ms = ppoll_calls = put_at_read = read_calls = 0;
	wait_is_cut_short = false;
	return fixture_open(state);
}

#define answering(test) cmocka_unit_test_setup_teardown(test, reset, fixture_close)

/* Opens what the kernel describes so; the descriptor itself is none of a map. */
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

static void a_ring_that_overwrites_is_refused(void **state)
{
	answer.map_flags = FLAG_OVERWRITE;
	assert_int_equal(open_answered(state), -EOPNOTSUPP);
}

static void other_flags_of_a_ring_are_not_refused_for_themselves(void **state)
{
	answer.map_flags = BPF_F_NUMA_NODE;
	/* It comes as far as the mapping, which an eventfd has none of. */
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

/* Without epoll_pwait2(). */

static void a_record_ends_a_sleep_without_epoll_pwait2(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	put(f, 1, 20);
	assert_int_equal(sleeper_join(&s), 1);
	assert_int_equal(wait_calls, 1);
	assert_int_equal(last_ms, -1);
	assert_int_equal(statistics_of(f).wakeups, 1);
}

static void a_time_out_lets_its_time_pass_without_epoll_pwait2(void **state)
{
	struct fixture *f = *state;
	int64_t start = clock_now();

	assert_int_equal(ringview_wait(f->rv, 5500000), 0);
	assert_true(clock_now() - start >= 5500000);
}

/* Rounded down, the last part of a millisecond would be spun through. */
static void a_time_out_is_one_sleep_without_epoll_pwait2(void **state)
{
	assert_int_equal(sleeps_until_time_out(*state), 1);
	assert_int_equal(wait_calls, 1);
}

static void a_time_out_of_months_is_cut_without_epoll_pwait2(void **state)
{
	struct fixture *f = *state;

	wait_is_cut_short = true;
	assert_int_equal(ringview_wait(f->rv, INT64_C(1000000) * INT_MAX * 3), -EINTR);
	assert_int_equal(wait_calls, 1);
	assert_int_equal(last_ms, INT_MAX);
}

/* By Linux 5.8 to 5.10, by seccomp filters that do not know the call, and by LSMs. */
static void each_refusal_of_epoll_pwait2_is_remembered(void **state)
{
	const int refusals[] = { ENOSYS, EPERM, EACCES };
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(refusals); i++) {
		reopen(f);
		refusal = refusals[i];
		refused_calls = wait_calls = 0;
		for (int waits = 1; waits <= 3; waits++) {
			assert_int_equal(ringview_wait(f->rv, 1000), 0);
			assert_int_equal(refused_calls, 1);
			assert_int_equal(wait_calls, waits);
		}
	}
}

static void other_errors_of_epoll_pwait2_are_passed_on(void **state)
{
	struct fixture *f = *state;
	const int errors[] = { EINTR, EBADF, EINVAL };

	for (size_t i = 0; i < COUNT(errors); i++) {
		refusal = errors[i];
		assert_int_equal(ringview_wait(f->rv, 1000), -errors[i]);
		assert_int_equal(refused_calls, (int)i + 1);
		assert_int_equal(wait_calls, 0);
	}
}

/* Busy records: the first sleeps are short, as the record is about to be submitted. */

static void the_first_sleep_at_a_busy_record_is_below_10_us(void **state)
{
	struct fixture *f = *state;

	reserve(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_in_range(ppoll_ns[0], 1, 9999);
}

static void sleeps_at_a_busy_record_grow_to_a_millisecond(void **state)
{
	struct fixture *f = *state;
	size_t i;

	reserve(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	for (i = 1; i < COUNT(ppoll_ns); i++)
		assert_in_range(ppoll_ns[i], ppoll_ns[i - 1], 1000000);
	assert_int_equal(ppoll_ns[COUNT(ppoll_ns) - 1], 1000000);
}

static void each_sleep_at_a_busy_record_is_a_stop_and_a_sleep(void **state)
{
	struct fixture *f = *state;

	reserve(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_int_equal(statistics_of(f).busy_stops, COUNT(ppoll_ns));
	assert_int_equal(statistics_of(f).sleeps, COUNT(ppoll_ns));
	assert_int_equal(statistics_of(f).wakeups, 0);
}

static void a_sleep_at_a_busy_record_ends_with_an_interrupt(void **state)
{
	struct fixture *f = *state;

	reserve(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), -EINTR);
	assert_int_equal(ppoll_fd, reader_of(f->rv)->waiter.interrupt_fd);
}

static void no_sleep_at_a_busy_record_outlasts_the_time_out(void **state)
{
	struct fixture *f = *state;
	int i;

	reserve(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, 800), 0);
	for (i = 0; i < ppoll_calls; i++)
		assert_in_range(ppoll_ns[i], 1, 800);
}

/* The notification is read away with what was there before: the record has to be looked for after
 * that. */
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
		answering(a_ring_that_overwrites_is_refused),
		answering(other_flags_of_a_ring_are_not_refused_for_themselves),
		answering(a_map_of_another_type_is_refused),
		answering(sizes_that_no_ring_has_are_refused),
		answering(a_descriptor_that_is_not_open_is_said_to_be_so),
		answering(other_errors_are_passed_on),
		answering(a_record_ends_a_sleep_without_epoll_pwait2),
		answering(a_time_out_lets_its_time_pass_without_epoll_pwait2),
		answering(a_time_out_is_one_sleep_without_epoll_pwait2),
		answering(a_time_out_of_months_is_cut_without_epoll_pwait2),
		answering(each_refusal_of_epoll_pwait2_is_remembered),
		answering(other_errors_of_epoll_pwait2_are_passed_on),
		answering(the_first_sleep_at_a_busy_record_is_below_10_us),
		answering(sleeps_at_a_busy_record_grow_to_a_millisecond),
		answering(each_sleep_at_a_busy_record_is_a_stop_and_a_sleep),
		answering(a_sleep_at_a_busy_record_ends_with_an_interrupt),
		answering(a_record_put_while_arm_reads_the_notification_is_not_missed),
		answering(no_sleep_at_a_busy_record_outlasts_the_time_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
