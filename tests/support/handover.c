/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "fixture.h"
#include "handover.h"
#include "pattern.h"
#include "slowness.h"
#include "statistics/random.h"

#define LAST_DITCH_MS 10000 /* ends a sleep that nothing else would end */
#define LAST_DITCH_NS (LAST_DITCH_MS * INT64_C(1000000))

uint64_t handover_sleeps(uint64_t usual)
{
	const char *wanted = getenv("RINGVIEW_SLEEPS");

	if (wanted)
		return strtoull(wanted, NULL, 10);
	return usual / slowness();
}

static void delay(uint64_t rounds)
{
	volatile uint64_t round;

	for (round = 0; round < rounds; round++)
		;
}

/* Returns a random delay; each order of magnitude is equally likely. */
static uint64_t some_delay(struct random_stream *noise, uint64_t longest)
{
	const uint64_t limit = longest >> random_below(noise, 12);

	return limit ? random_bits(noise) % limit : 0;
}

bool handover_put(void *ring, uint64_t number)
{
	unsigned char *payload = memory_ring_reserve(ring, HANDOVER_LENGTH);
	unsigned i;

	if (!payload)
		return false;
	for (i = 0; i < HANDOVER_LENGTH; i++)
		payload[i] = pattern_byte(number, i);
	delay(number % 13 * 8);
	memory_ring_submit(ring, payload, 0);
	return true;
}

bool handover_put_with_discards(void *ring, uint64_t number)
{
	if (number % 3 != 0) {
		void *discarded = memory_ring_reserve(ring, 16);

		if (!discarded)
			return false;
		memory_ring_discard(ring, discarded, 0);
	}
	return handover_put(ring, number);
}

static bool is_stopped(const struct handover *h)
{
	return __atomic_load_n(&h->stop, __ATOMIC_ACQUIRE);
}

static void *produce(void *argument)
{
	struct handover *h = argument;
	struct random_stream noise = { 1 };
	uint64_t i;

	for (i = 0; !is_stopped(h); i++) {
		int spins = 0;

		delay(some_delay(&noise, h->longest));
		if (!h->put(h->context, i)) {
			__atomic_store_n(&h->failed, true, __ATOMIC_RELEASE);
			return NULL;
		}
		/* Spins first, because the reader usually answers soon; a system call would let the
		 * processor run something else. */
		while (__atomic_load_n(&h->seen, __ATOMIC_ACQUIRE) == i && !is_stopped(h))
			if (++spins > 1000)
				sched_yield();
	}
	return NULL;
}

static void start(struct handover *h)
{
	h->seen = 0;
	h->stop = h->failed = false;
	assert_int_equal(pthread_create(&h->thread, NULL, produce, h), 0);
}

/* Called before anything is asserted: a thread that outlives a failed test would write to freed
 * memory. */
static void stop(struct handover *h)
{
	__atomic_store_n(&h->stop, true, __ATOMIC_RELEASE);
	pthread_join(h->thread, NULL);
}

static bool is_record(const struct ringview_record *record, uint64_t number)
{
	const unsigned char *payload = record->data;
	unsigned i;

	if (record->length != HANDOVER_LENGTH)
		return false;
	for (i = 0; i < HANDOVER_LENGTH; i++)
		if (payload[i] != pattern_byte(number, i))
			return false;
	return true;
}

/* Reads all records and publishes each in @seen at once. Returns false if a record is not the next
 * one. */
static bool see(struct handover *h, struct ringview *rv)
{
	struct ringview_record record;
	const uint64_t number = h->seen;
	uint64_t seen = number;

	while (ringview_peek(rv, &record) > 0) {
		if (!is_record(&record, seen))
			return false;
		__atomic_store_n(&h->seen, ++seen, __ATOMIC_RELEASE);
	}
	return true;
}

static void assert_complete(const struct handover *h, const char *what, uint64_t slept)
{
	if (what)
		fail_msg("%s, after %llu sleeps and %llu records", what, (unsigned long long)slept,
			(unsigned long long)h->seen);
	if (h->failed)
		fail_msg("record %llu could not be put", (unsigned long long)h->seen);
}

void hand_over_by_arming(struct handover *h, struct ringview *rv, int epoll_fd, uint64_t sleeps)
{
	const char *what = NULL;
	uint64_t slept = 0;

	start(h);
	while (slept < sleeps && !what) {
		const int armed = ringview_arm(rv);
		struct epoll_event event;

		if (armed < 0)
			what = "arming fails";
		else if (armed == 0 && epoll_wait(epoll_fd, &event, 1, LAST_DITCH_MS) != 1)
			what = "a wakeup is lost";
		else if (!see(h, rv))
			what = "a record is not the next one";
		slept += armed == 0;
	}
	stop(h);
	assert_complete(h, what, slept);
}

void hand_over_by_waiting(struct handover *h, struct ringview *rv, bool notified, uint64_t sleeps)
{
	struct ringview_statistics statistics = { 0 };
	const char *what = NULL;
	int64_t timeout_ns = LAST_DITCH_NS;
	int given_up = 0;

	/* Valgrind runs one thread at a time and switches at system calls: the reader must stop
	 * spinning now and then to let the producer run. */
	if (!notified && is_in_valgrind())
		timeout_ns = LAST_DITCH_NS / 10000;
	start(h);
	while ((notified ? statistics.wakeups : h->seen) < sleeps && !what) {
		const int found = ringview_wait(rv, timeout_ns);

		given_up = found == 0 ? given_up + 1 : 0;
		if (found == 0)
			sched_yield();
		if (found < 0)
			what = "waiting fails";
		else if (given_up >= LAST_DITCH_NS / timeout_ns)
			what = "a wakeup is lost";
		else if (!see(h, rv))
			what = "a record is not the next one";
		ringview_get_statistics(rv, &statistics);
	}
	stop(h);
	assert_complete(h, what, statistics.wakeups);
}
