/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_wait(): when it sleeps, what wakes it, time-outs, and the pass that follows. Interrupts
 * are in test_reader_interrupt.c.
 */
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "support/fixture.h"
#include "support/sleeper.h"

#define MS INT64_C(1000000)
#define LONGEST (5000 * MS) /* a scenario that takes longer has failed */

static void a_wait_of_0_on_an_empty_ring_only_looks(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ringview_wait(f->rv, 0), 0);
	assert_int_equal(statistics_of(f).waits, 1);
	assert_int_equal(statistics_of(f).timeouts, 1);
	assert_int_equal(statistics_of(f).sleeps, 0);
}

static void a_wait_of_0_finds_a_record(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	assert_int_equal(statistics_of(f).timeouts, 0);
	assert_shows(f, 1, 20);
}

static void a_wait_for_a_record_that_is_there_does_not_sleep(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(statistics_of(f).sleeps, 0);
}

static void a_wait_shows_nothing_itself(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(statistics_of(f).records, 0);
	assert_shows(f, 1, 20);
}

static void a_wait_releases_what_was_shown(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 20);
	assert_shows_range(f, 0, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(consumer_position(f), 2 * stride_of(20));
	assert_shows(f, 2, 20);
}

static void a_wait_for_a_ring_of_discards_times_out(void **state)
{
	struct fixture *f = *state;

	put_discarded(f, 20);
	put_discarded(f, 30);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void a_time_out_lets_its_time_pass(void **state)
{
	struct fixture *f = *state;
	int64_t start = clock_now();

	assert_int_equal(ringview_wait(f->rv, 5 * MS), 0);
	assert_true(clock_now() - start >= 5 * MS);
	assert_int_equal(statistics_of(f).timeouts, 1);
	assert_true(statistics_of(f).sleeps <= 1);
}

static void a_time_out_below_a_microsecond_ends(void **state)
{
	assert_int_equal(ringview_wait(((struct fixture *)*state)->rv, 1), 0);
}

static void a_time_out_in_the_last_second_of_time_is_for_ever(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, INT64_MAX);
	assert_true(sleeper_is_asleep(&s));
	put(f, 1, 20);
	assert_int_equal(sleeper_join(&s), 1);
}

static void a_record_ends_a_sleep(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	put(f, 1, 20);
	assert_int_equal(sleeper_join(&s), 1);
	assert_int_equal(statistics_of(f).sleeps, 1);
	assert_int_equal(statistics_of(f).wakeups, 1);
	assert_int_equal(statistics_of(f).timeouts, 0);
	assert_shows(f, 1, 20);
}

static void a_discarded_record_does_not_end_a_wait(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	put_discarded(f, 20);
	/* Its notification is consumed when the discarded record is released. */
	while (consumer_position(f) != stride_of(20) && !sleeper_is_done(&s))
		sched_yield();
	assert_true(sleeper_is_asleep(&s));
	put(f, 1, 20);
	assert_int_equal(sleeper_join(&s), 1);
	assert_shows(f, 1, 20);
}

static void a_sleep_after_a_notification_sleeps_again(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 1, 20);
	assert_int_equal(sleeps_until_time_out(f), 1);
	assert_int_equal(statistics_of(f).wakeups, 0);
}

/* Retries with longer time-outs until the record comes before the time-out. */
static void a_record_without_wakeup_is_found_after_the_time_out(void **state)
{
	struct fixture *f = *state;
	int64_t timeout = 20 * MS;
	int found;

	do {
		struct sleeper s;
		void *payload;

		sleeper_start(&s, f->rv, timeout);
		payload = sleeper_is_asleep(&s) ? reserve(f, 1, 20) : NULL;
		if (payload)
			memory_ring_submit(&f->ring, payload, BPF_RB_NO_WAKEUP);
		found = sleeper_join(&s);
		if (payload && !found) {
			assert_shows(f, 1, 20);
			ringview_release(f->rv);
		}
		timeout *= 2;
	} while (found == 0 && timeout < LONGEST);
	assert_int_equal(found, 1);
	assert_int_equal(statistics_of(f).wakeups, 0);
	assert_shows(f, 1, 20);
}

static void a_forced_wakeup_ends_a_sleep_behind_a_record_without(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	memory_ring_submit(&f->ring, reserve(f, 1, 20), BPF_RB_NO_WAKEUP);
	assert_true(sleeper_is_asleep(&s));
	memory_ring_submit(&f->ring, reserve(f, 2, 20), BPF_RB_FORCE_WAKEUP);
	assert_int_equal(sleeper_join(&s), 1);
	assert_shows_range(f, 1, 2, 20);
}

/* Busy records. */

static void a_wait_at_a_busy_record_times_out(void **state)
{
	struct fixture *f = *state;

	reserve(f, 1, 20);
	put(f, 2, 20);
	assert_int_equal(ringview_wait(f->rv, 3 * MS), 0);
	assert_int_equal(statistics_of(f).timeouts, 1);
	assert_int_equal(statistics_of(f).wakeups, 0);
}

static void a_wait_at_a_busy_record_ends_with_its_submission(void **state)
{
	struct fixture *f = *state;
	void *busy = reserve(f, 1, 20);
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	memory_ring_submit(&f->ring, busy, 0);
	assert_int_equal(sleeper_join(&s), 1);
	assert_shows(f, 1, 20);
}

static void a_wait_at_a_busy_record_finds_it_without_a_wakeup(void **state)
{
	struct fixture *f = *state;
	void *busy = reserve(f, 1, 20);
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	memory_ring_submit(&f->ring, busy, BPF_RB_NO_WAKEUP);
	assert_int_equal(sleeper_join(&s), 1);
	assert_shows(f, 1, 20);
}

/* It sleeps in epoll again, once; it does not poll at intervals. */
static void a_sleep_after_a_busy_record_is_one(void **state)
{
	struct fixture *f = *state;
	void *busy = reserve(f, 1, 20);

	assert_int_equal(ringview_wait(f->rv, 0), 0);
	memory_ring_submit(&f->ring, busy, 0);
	assert_shows(f, 1, 20);
	assert_int_equal(sleeps_until_time_out(f), 1);
}

/* Passes: what is shown after a wait, before peek returns 0 once. */

static const enum ringview_wait_strategy strategies[] = { RINGVIEW_WAIT_EVENT, RINGVIEW_WAIT_PACED,
	RINGVIEW_WAIT_BUSY };

static struct fixture *waiting(void **state, size_t strategy)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct fixture *f = *state;

	options.wait = strategies[strategy];
	/* Rings in their initial state. */
	start_at(f, 0);
	reopen_with(f, &options);
	return f;
}

/* Reads until peek returns 0. Returns the number of records. */
static uint64_t read_pass(struct ringview *rv, uint64_t first)
{
	struct ringview_record record;
	uint64_t number = first;

	while (ringview_peek(rv, &record) > 0)
		assert_payload(record.data, number++, record.length);
	return number - first;
}

static void a_pass_ends_at_what_the_wait_found(void **state)
{
	for (size_t i = 0; i < COUNT(strategies); i++) {
		struct fixture *f = waiting(state, i);

		put_range(f, 0, 4, 16);
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		assert_shows(f, 0, 16);
		put_range(f, 5, 6, 16);
		assert_shows_range(f, 1, 4, 16);
		assert_shows_nothing(f);
		/* Once. */
		assert_shows_range(f, 5, 6, 16);
		assert_shows_nothing(f);
		put(f, 7, 16);
		assert_shows(f, 7, 16);
	}
}

static void a_pass_ends_after_an_eighth_of_the_ring(void **state)
{
	for (size_t i = 0; i < COUNT(strategies); i++) {
		struct fixture *f = waiting(state, i);
		const uint64_t count = f->ring.size / 24 - 1, most = (f->ring.size / 8 + 23) / 24;
		uint64_t seen = 0, passes = 0;

		put_range(f, 0, count - 1, 16);
		for (; seen < count; passes++) {
			uint64_t shown;

			assert_int_equal(ringview_wait(f->rv, -1), 1);
			shown = read_pass(f->rv, seen);
			assert_int_equal(shown, count - seen < most ? count - seen : most);
			seen += shown;
		}
		assert_int_equal(passes, (count + most - 1) / most);
	}
}

/* The loop of the documentation, with a producer of the same speed: the ring never fills up. */
static void a_loop_that_keeps_up_releases(void **state)
{
	for (size_t i = 0; i < COUNT(strategies); i++) {
		struct fixture *f = waiting(state, i);
		uint64_t number = 0;

		put(f, number++, 16);
		while (number < 10 * f->ring.size / 24) {
			struct ringview_record record;

			assert_int_equal(ringview_wait(f->rv, -1), 1);
			while (ringview_peek(f->rv, &record) > 0)
				put(f, number++, 16); /* fails when there is no room */
			ringview_release(f->rv);
		}
	}
}

static void a_pass_ends_after_256_kib(void **state)
{
	const size_t size = 8 * 1024 * 1024, most = 262144;
	struct fixture *f = *state;
	struct memory_ring small = f->ring;
	uint64_t number = 0;

	/* A ring an eighth of which is more. */
	assert_int_equal(memory_ring_open(&f->ring, size), 0);
	for (size_t i = 0; i < COUNT(strategies); i++) {
		waiting(state, i);
		for (number = 0; number < 3 * most / 1024; number++)
			put(f, number, 1016);
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		assert_int_equal(read_pass(f->rv, 0), most / 1024);
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		assert_int_equal(read_pass(f->rv, most / 1024), most / 1024);
	}
	ringview_close(f->rv);
	f->rv = NULL;
	memory_ring_close(&f->ring);
	f->ring = small;
}

/* Signals without a handler: a process stopped and continued, and a debugger. */

static char state_of(pid_t pid)
{
	char path[64], line[256], *name_end;
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	assert_non_null(file);
	length = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[length] = '\0';
	name_end = strrchr(line, ')');
	return name_end && name_end[1] == ' ' ? name_end[2] : '\0';
}

static void await_sleep(pid_t pid)
{
	while (state_of(pid) != 'S' && state_of(pid) != 'Z')
		sched_yield();
}

/* A child that waits for a record, with long sleeps of PACED, in silence or not. */
static pid_t start_waiting_child(struct fixture *f, size_t strategy, bool in_stream)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	const pid_t pid = fork();

	if (pid != 0)
		return pid;
	options.wait = strategies[strategy];
	options.latency_budget_ns = NS_PER_SECOND;
	options.always_notified = 1;
	reopen_with(f, &options);
	if (in_stream) {
		/* Too large to be a single record's. */
		put_range(f, 0, 1, 16);
		if (ringview_wait(f->rv, -1) != 1 || read_pass(f->rv, 0) != 2)
			_exit(99);
	}
	_exit(ringview_wait(f->rv, -1) == 1 ? 0 : 1);
}

static void stop_and_continue(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(kill(pid, SIGCONT), 0);
}

static void attach_and_detach(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0) {
		print_message("# no process may be traced here\n");
		return;
	}
	assert_int_equal(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(ptrace(PTRACE_DETACH, pid, NULL, NULL), 0);
}

static void a_stop_or_a_debugger_ends_no_wait(void **state)
{
	struct fixture *f = *state;
	int status;

	for (int i = 0; i < 3; i++) {
		pid_t pid;

		start_at(f, 0);
		pid = start_waiting_child(f, i > 0, i > 1);
		assert_true(pid > 0);
		await_sleep(pid);
		for (int k = 0; k < 3; k++) {
			stop_and_continue(pid);
			await_sleep(pid);
			attach_and_detach(pid);
			await_sleep(pid);
		}
		put(f, 2, 16);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

/* A thread that is in libbpf's poll. */
static void a_thread_can_be_cancelled_while_it_waits(void **state)
{
	const int64_t time_outs[] = { -1, 1000 * NS_PER_SECOND };
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(time_outs); i++) {
		struct sleeper s;
		void *result;

		sleeper_start(&s, f->rv, time_outs[i]);
		assert_true(sleeper_is_asleep(&s));
		assert_int_equal(pthread_cancel(s.thread), 0);
		assert_int_equal(pthread_join(s.thread, &result), 0);
		assert_ptr_equal(result, PTHREAD_CANCELED);
	}
}

static void *slack_after_a_wait(void *context)
{
	ringview_wait(context, 1);
	return (void *)(intptr_t)syscall(SYS_prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0);
}

/* glibc gives a thread the pthread_t of one that has ended. */
static void each_thread_gets_the_timer_slack(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct fixture *f = *state;

	options.timer_slack_ns = 1000;
	reopen_with(f, &options);
	for (int i = 0; i < 3; i++) {
		pthread_t thread;
		void *slack;

		assert_int_equal(pthread_create(&thread, NULL, slack_after_a_wait, f->rv), 0);
		assert_int_equal(pthread_join(thread, &slack), 0);
		assert_int_equal((intptr_t)slack, 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(a_wait_of_0_on_an_empty_ring_only_looks),
		reading(a_wait_of_0_finds_a_record),
		reading(a_wait_for_a_record_that_is_there_does_not_sleep),
		reading(a_wait_shows_nothing_itself),
		reading(a_wait_releases_what_was_shown),
		reading(a_wait_for_a_ring_of_discards_times_out),
		reading(a_time_out_lets_its_time_pass),
		reading(a_time_out_below_a_microsecond_ends),
		reading(a_time_out_in_the_last_second_of_time_is_for_ever),
		reading(a_record_ends_a_sleep),
		reading(a_discarded_record_does_not_end_a_wait),
		reading(a_sleep_after_a_notification_sleeps_again),
		reading(a_record_without_wakeup_is_found_after_the_time_out),
		reading(a_forced_wakeup_ends_a_sleep_behind_a_record_without),
		reading(a_wait_at_a_busy_record_times_out),
		reading(a_wait_at_a_busy_record_ends_with_its_submission),
		reading(a_wait_at_a_busy_record_finds_it_without_a_wakeup),
		reading(a_sleep_after_a_busy_record_is_one),
		reading(a_pass_ends_at_what_the_wait_found),
		reading(a_pass_ends_after_an_eighth_of_the_ring),
		reading(a_loop_that_keeps_up_releases),
		reading(a_pass_ends_after_256_kib),
		reading(a_stop_or_a_debugger_ends_no_wait),
		reading(a_thread_can_be_cancelled_while_it_waits),
		reading(each_thread_gets_the_timer_slack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
