/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No wakeup is lost, whenever a record is submitted: a reader goes to sleep again and again while a
 * thread submits a record. RINGVIEW_SLEEPS sets the number of sleeps.
 */
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "reader.h"
#include "support/fixture.h"
#include "support/handover.h"

#define US INT64_C(1000)

static int epoll_fd = -1;

static int watch(const struct ringview *rv)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd >= 0 && epoll_ctl(fd, EPOLL_CTL_ADD, ringview_fd(rv), &event) == 0)
		return fd;
	close(fd);
	return -1;
}

static int open_with_epoll(void **state)
{
	if (fixture_open(state))
		return -1;
	epoll_fd = watch(((struct fixture *)*state)->rv);
	return epoll_fd < 0 ? -1 : 0;
}

static int close_with_epoll(void **state)
{
	close(epoll_fd);
	return fixture_close(state);
}

#define polling(test) cmocka_unit_test_setup_teardown(test, open_with_epoll, close_with_epoll)

static void no_edge_triggered_wakeup_is_lost(void **state)
{
	struct fixture *f = *state;
	struct handover h = { .put = handover_put, .context = &f->ring, .longest = 4096 };

	hand_over_by_arming(&h, f->rv, epoll_fd, handover_sleeps(1000000));
}

static void no_edge_triggered_wakeup_is_lost_among_discards(void **state)
{
	struct fixture *f = *state;
	struct handover h = {
		.put = handover_put_with_discards, .context = &f->ring, .longest = 4096
	};

	hand_over_by_arming(&h, f->rv, epoll_fd, handover_sleeps(200000));
}

static void wait_with(
	struct fixture *f, enum ringview_wait_strategy strategy, uint64_t longest, uint64_t sleeps)
{
	struct handover h = { .put = handover_put, .context = &f->ring, .longest = longest };
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = strategy;
	/* Only a notification ends the silence, and silence comes soon, however short the delays
	 * are on a fast processor. */
	options.latency_budget_ns = 5 * US;
	options.linger_ns = 1;
	options.timer_slack_ns = 1;
	options.always_notified = 1;
	reopen_with(f, &options);
	hand_over_by_waiting(&h, f->rv, strategy != RINGVIEW_WAIT_BUSY, handover_sleeps(sleeps));
}

static void no_wakeup_of_an_event_wait_is_lost(void **state)
{
	wait_with(*state, RINGVIEW_WAIT_EVENT, 4096, 200000);
}

/* Delays of many budgets, for silence, or of a fraction of a budget. */
static void no_wakeup_of_a_paced_wait_is_lost(void **state)
{
	wait_with(*state, RINGVIEW_WAIT_PACED, 65536, 50000);
}

static void no_record_of_a_busy_wait_is_lost(void **state)
{
	wait_with(*state, RINGVIEW_WAIT_BUSY, 8192, 20000);
}

/* A record that is held back is released before the caller sleeps in its own event loop. */
static void no_edge_triggered_wakeup_of_a_busy_reader_is_lost(void **state)
{
	struct fixture *f = *state;
	struct handover h = { .put = handover_put, .context = &f->ring, .longest = 4096 };
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = RINGVIEW_WAIT_BUSY;
	reopen_with(f, &options);
	close(epoll_fd);
	epoll_fd = watch(f->rv);
	hand_over_by_arming(&h, f->rv, epoll_fd, handover_sleeps(100000));
}

/*
 * The reader releases and loads the next header, while a thread submits that record and loads the
 * consumer position. Both do so at the same time, so that a processor may load before its store is
 * visible.
 */
struct submitter {
	struct memory_ring *ring;
	void *record;
	uint64_t rounds;
	uint64_t round,
		submitted; /* the last round that began, and the last one that the thread finished */
};

/* Spins first: a system call takes longer than the race. */
static void wait_for_round(const uint64_t *word, uint64_t round)
{
	int spins;

	for (spins = 0; __atomic_load_n(word, __ATOMIC_ACQUIRE) != round; spins++)
		if (spins > 2000)
			sched_yield();
}

static void delay(uint64_t spins)
{
	volatile uint64_t spin;

	for (spin = 0; spin < spins; spin++)
		;
}

static void *submit_each_round(void *argument)
{
	struct submitter *s = argument;
	uint64_t round;

	for (round = 1; round <= s->rounds; round++) {
		wait_for_round(&s->round, round);
		memory_ring_submit(s->ring, s->record, 0);
		__atomic_store_n(&s->submitted, round, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void a_record_submitted_while_arming_is_seen_or_notified(void **state)
{
	struct fixture *f = *state;
	struct submitter s = { .ring = &f->ring, .rounds = handover_sleeps(300000) };
	struct ringview_record record;
	uint64_t round, missed = 0;
	pthread_t thread;

	/* Reading the notification is a system call, which is a full barrier. It is left out, as it
	 * is for a ring of the kernel. */
	reader_of(f->rv)->clears_fd = false;
	assert_int_equal(pthread_create(&thread, NULL, submit_each_round, &s), 0);
	for (round = 1; round <= s.rounds; round++) {
		int armed;
		bool told;

		put(f, 0, 8);
		s.record = reserve(f, 0, 8);
		ringview_peek(f->rv, &record);
		while (ring_notified(f))
			;
		__atomic_store_n(&s.round, round, __ATOMIC_RELEASE);
		delay(round % 128);
		armed = ringview_arm(f->rv);
		wait_for_round(&s.submitted, round);
		told = ring_notified(f);
		missed += armed == 0 && !told;
		ringview_peek(f->rv, &record);
		ringview_release(f->rv);
	}
	pthread_join(thread, NULL);
	assert_int_equal(missed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		polling(a_record_submitted_while_arming_is_seen_or_notified),
		polling(no_edge_triggered_wakeup_is_lost),
		polling(no_edge_triggered_wakeup_is_lost_among_discards),
		polling(no_edge_triggered_wakeup_of_a_busy_reader_is_lost),
		polling(no_wakeup_of_an_event_wait_is_lost),
		polling(no_wakeup_of_a_paced_wait_is_lost),
		polling(no_record_of_a_busy_wait_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
