/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All pairs of threads that the library permits: producers against each way to read and to wait,
 * for single rings and groups, and interrupts from another thread. This program checks the records;
 * the thread sanitizer, under which it also runs, checks for races. The sanitizer takes the two
 * mappings of the ring for different memory, so it sees no race in the record that wraps. Link with
 * -Wl,--wrap=read,--wrap=write: the sanitizer assumes that reading a descriptor synchronizes with
 * the write to it. That would hide whether anything else orders the two, so it must not see these
 * calls.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/fixture.h"
#include "support/pattern.h"

#define US INT64_C(1000)
#define PRODUCERS 2 /* of each ring */
#define RINGS 3
#define LONGEST 200  /* bytes of a record's payload */
#define RECORDS 1000 /* of each producer */
#define DISCARDED (PRODUCERS * (RECORDS / 5))
#define SHOWN (PRODUCERS * RECORDS - DISCARDED)

ssize_t __wrap_read(int fd, void *buffer, size_t size);
ssize_t __wrap_write(int fd, const void *buffer, size_t size);

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	return syscall(__NR_read, fd, buffer, size);
}

ssize_t __wrap_write(int fd, const void *buffer, size_t size)
{
	return syscall(__NR_write, fd, buffer, size);
}

/* Writes records with their number; discards every fifth. */
struct producer {
	struct memory_ring *ring;
	uint32_t index;
	pthread_t thread;
};

/* The start of each payload; pattern bytes of the number follow. */
struct stamp {
	uint32_t producer;
	uint32_t number;
};

static uint32_t length_of(uint64_t number)
{
	/* Runs of records of equal length, and sometimes another length. */
	return number % 7 < 5 ? 16 : (uint32_t)(sizeof(struct stamp) + number * 31 % LONGEST);
}

static bool is_discarded(uint64_t number)
{
	return number % 5 == 4;
}

static void *reserve_at_last(struct memory_ring *ring, uint32_t length)
{
	void *payload;

	/* Overwriting a record while it is copied is a race by design (the copy is discarded), so
	 * the test avoids it. */
	while (ring->overwrite &&
		__atomic_load_n(ring->producer, __ATOMIC_RELAXED) -
				__atomic_load_n(ring->consumer, __ATOMIC_RELAXED) >
			ring->size / 2)
		sched_yield();
	while (!(payload = memory_ring_reserve(ring, length)))
		sched_yield();
	return payload;
}

static void *produce(void *argument)
{
	const struct producer *p = argument;

	for (uint64_t number = 0; number < RECORDS; number++) {
		const uint32_t length = length_of(number);
		const struct stamp stamp = { p->index, (uint32_t)number };
		unsigned char *payload = reserve_at_last(p->ring, length);

		memcpy(payload, &stamp, sizeof(stamp));
		for (uint32_t i = sizeof(stamp); i < length; i++)
			payload[i] = pattern_byte(number, i);
		if (is_discarded(number))
			memory_ring_discard(p->ring, payload, 0);
		else
			memory_ring_submit(p->ring, payload, 0);
	}
	return NULL;
}

/* What the thread that reads a ring has seen. */
struct seen {
	uint64_t next[PRODUCERS]; /* of each producer: the next number */
	uint64_t records;
	bool wrong;
};

static uint64_t next_shown(uint64_t number)
{
	return is_discarded(number) ? number + 1 : number;
}

/* Asserts nothing: threads that outlive a failed test would write to freed memory. */
static void see(struct seen *seen, const void *data, size_t length)
{
	const unsigned char *payload = data;
	struct stamp stamp;

	seen->records++;
	memcpy(&stamp, payload, sizeof(stamp));
	if (stamp.producer >= PRODUCERS || stamp.number != seen->next[stamp.producer] ||
		length != length_of(stamp.number)) {
		seen->wrong = true;
		return;
	}
	for (uint32_t i = sizeof(stamp); i < length; i++)
		seen->wrong |= payload[i] != pattern_byte(stamp.number, i);
	seen->next[stamp.producer] = next_shown(stamp.number + 1);
}

/* Reads a ring after a wait that returned 1. */
typedef void reading_way(struct ringview *rv, struct seen *seen);

static void peek_and_release_each(struct ringview *rv, struct seen *seen)
{
	struct ringview_record record;

	while (ringview_peek(rv, &record) > 0) {
		see(seen, record.data, record.length);
		ringview_release(rv);
	}
}

static void peek_all_and_release(struct ringview *rv, struct seen *seen)
{
	struct ringview_record record;

	while (ringview_peek(rv, &record) > 0)
		see(seen, record.data, record.length);
	ringview_release(rv);
}

/* Cancelled once, and shown again. */
static void peek_twice_and_release(struct ringview *rv, struct seen *seen)
{
	struct ringview_record record;

	if (ringview_peek(rv, &record) <= 0)
		return;
	ringview_cancel(rv);
	peek_all_and_release(rv, seen);
}

static void read_into(struct ringview *rv, struct seen *seen)
{
	unsigned char buffer[sizeof(struct stamp) + LONGEST];
	size_t length;

	while (ringview_read_into(rv, buffer, sizeof(buffer), &length) > 0)
		see(seen, buffer, length);
}

static int see_in_callback(void *context, const void *data, size_t length)
{
	see(context, data, length);
	return 0;
}

static void drain(struct ringview *rv, struct seen *seen)
{
	const struct ringview_limits limits = { .records = 100 };

	while (ringview_drain(rv, see_in_callback, seen, &limits) > 0)
		;
}

/* As a program that watches the descriptor in its own event loop. */
static void arm_and_peek(struct ringview *rv, struct seen *seen)
{
	struct ringview_record record;

	while (ringview_arm(rv) > 0)
		while (ringview_peek(rv, &record) > 0)
			see(seen, record.data, record.length);
}

static reading_way *const ways[] = {
	peek_and_release_each,
	peek_all_and_release,
	peek_twice_and_release,
	read_into,
	drain,
	arm_and_peek,
};

static struct ringview_options waiting_by(enum ringview_wait_strategy strategy)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = strategy;
	options.latency_budget_ns = 20 * US;
	options.timer_slack_ns = 1;
	return options;
}

static void start_producers(struct producer *producers, struct memory_ring *ring)
{
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){ .ring = ring, .index = i };
		assert_int_equal(
			pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
	}
}

static void look_at_reader(void *reader)
{
	ringview_wait(reader, 0);
}

static void look_at_group(void *group)
{
	ringview_group_wait(group, 0);
}

/* Polls until the producers are done: their last records, which are discarded, may wait for room,
 * and a busy reader publishes what it released only when it polls. */
static void join_producers(
	const struct producer *producers, void (*look)(void *context), void *context)
{
	for (uint32_t i = 0; i < PRODUCERS; i++)
		while (pthread_tryjoin_np(producers[i].thread, NULL) == EBUSY) {
			look(context);
			sched_yield();
		}
}

/* Asserts that all was read and counted. */
static void assert_complete(const struct seen *seen, const struct ringview_statistics *statistics)
{
	assert_false(seen->wrong);
	assert_int_equal(seen->records, SHOWN);
	assert_int_equal(statistics->records, SHOWN);
	assert_int_equal(statistics->discarded, DISCARDED);
	for (int i = 0; i < PRODUCERS; i++)
		assert_int_equal(seen->next[i], next_shown(RECORDS));
}

/* Reads until all records have come or something is wrong. */
static void read_all(struct ringview *rv, reading_way *read, struct seen *seen, uint64_t shown)
{
	struct ringview_statistics before = { 0 }, now;

	while (seen->records < shown && !seen->wrong) {
		seen->wrong |= ringview_wait(rv, -1) != 1;
		read(rv, seen);
		ringview_get_statistics(rv, &now);
		seen->wrong |= now.records < before.records || now.waits != before.waits + 1;
		before = now;
	}
}

static void produce_against_each_way(struct fixture *f, enum ringview_wait_strategy strategy)
{
	const struct ringview_options options = waiting_by(strategy);

	for (size_t i = 0; i < COUNT(ways); i++) {
		struct producer producers[PRODUCERS];
		struct seen seen = { 0 };
		struct ringview_statistics statistics;

		reopen_with(f, &options);
		start_producers(producers, &f->ring);
		read_all(f->rv, ways[i], &seen, SHOWN);
		if (seen.wrong)
			fail_msg("way %zu reads wrongly after %llu records", i,
				(unsigned long long)seen.records);
		join_producers(producers, look_at_reader, f->rv);
		/* Discarded records may be last; they must not be left to the next reader. */
		ringview_wait(f->rv, 0);
		ringview_release(f->rv);
		statistics = statistics_of(f);
		assert_complete(&seen, &statistics);
	}
}

static void producers_meet_each_way_to_read_by_events(void **state)
{
	produce_against_each_way(*state, RINGVIEW_WAIT_EVENT);
}

static void producers_meet_each_way_to_read_paced(void **state)
{
	produce_against_each_way(*state, RINGVIEW_WAIT_PACED);
}

static void producers_meet_each_way_to_read_busily(void **state)
{
	produce_against_each_way(*state, RINGVIEW_WAIT_BUSY);
}

static void producers_meet_copies_from_a_ring_that_overwrites(void **state)
{
	struct fixture *f = *state;

	memory_ring_let_overwrite(&f->ring);
	for (int strategy = RINGVIEW_WAIT_EVENT; strategy <= RINGVIEW_WAIT_BUSY; strategy++) {
		const struct ringview_options options =
			waiting_by((enum ringview_wait_strategy)strategy);
		struct producer producers[PRODUCERS];
		struct seen seen = { 0 };
		struct ringview_statistics statistics;

		reopen_with(f, &options);
		start_producers(producers, &f->ring);
		read_all(f->rv, read_into, &seen, SHOWN);
		join_producers(producers, look_at_reader, f->rv);
		ringview_wait(f->rv, 0);
		ringview_release(f->rv);
		statistics = statistics_of(f);
		assert_complete(&seen, &statistics);
		assert_int_equal(statistics.overwritten, 0);
	}
}

/*
 * Interrupts by a thread that writes a message before each. A thread that sees the interrupt must
 * see the message. Only the interrupt may order the two, so the answer synchronizes only in the
 * other direction.
 */
struct interrupter {
	void (*interrupt)(void *reader);
	void *reader;
	uint64_t message;  /* the number of the interrupt; not atomic */
	uint64_t answered; /* by the waiting thread */
	pthread_t thread;
};

static void *interrupt_again_and_again(void *argument)
{
	struct interrupter *i = argument;

	for (uint64_t number = 1; number <= RECORDS; number++) {
		i->message = number;
		i->interrupt(i->reader);
		/* Pairs with the release in answer(): the message has been read. */
		while (__atomic_load_n(&i->answered, __ATOMIC_ACQUIRE) != number)
			sched_yield();
	}
	return NULL;
}

/* Returns false if the message is not that of the next interrupt. */
static bool answer(struct interrupter *i)
{
	const uint64_t next = i->answered + 1;
	const bool right = i->message == next;

	__atomic_store_n(&i->answered, next, __ATOMIC_RELEASE);
	return right;
}

static void start_interrupter(struct interrupter *i)
{
	assert_int_equal(pthread_create(&i->thread, NULL, interrupt_again_and_again, i), 0);
}

static void interrupt_reader(void *reader)
{
	ringview_interrupt(reader);
}

static void interrupt_while_records_come(struct fixture *f, enum ringview_wait_strategy strategy)
{
	const struct ringview_options options = waiting_by(strategy);
	struct producer producers[PRODUCERS];
	struct interrupter interrupter = { .interrupt = interrupt_reader };
	struct ringview_statistics statistics;
	struct seen seen = { 0 };

	reopen_with(f, &options);
	interrupter.reader = f->rv;
	start_producers(producers, &f->ring);
	start_interrupter(&interrupter);
	/* Whichever ends first, the other continues alone: interrupts in silence, or no
	 * interrupts. */
	while (seen.records < SHOWN || interrupter.answered < RECORDS) {
		const int found = ringview_wait(f->rv, -1);

		if (found == -ECANCELED)
			seen.wrong |= !answer(&interrupter);
		else
			seen.wrong |= found != 1;
		peek_all_and_release(f->rv, &seen);
	}
	pthread_join(interrupter.thread, NULL);
	join_producers(producers, look_at_reader, f->rv);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
	statistics = statistics_of(f);
	assert_complete(&seen, &statistics);
}

static void each_interrupt_of_an_event_wait_brings_its_message(void **state)
{
	interrupt_while_records_come(*state, RINGVIEW_WAIT_EVENT);
}

static void each_interrupt_of_a_paced_wait_brings_its_message(void **state)
{
	interrupt_while_records_come(*state, RINGVIEW_WAIT_PACED);
}

static void each_interrupt_of_a_busy_wait_brings_its_message(void **state)
{
	interrupt_while_records_come(*state, RINGVIEW_WAIT_BUSY);
}

/* One of several threads that interrupt once. */
struct messenger {
	struct ringview *rv;
	bool message; /* not atomic */
	int *done;    /* how many threads have interrupted; atomic and relaxed */
	pthread_t thread;
};

static void *leave_message(void *argument)
{
	struct messenger *m = argument;

	m->message = true;
	ringview_interrupt(m->rv);
	__atomic_fetch_add(m->done, 1, __ATOMIC_RELAXED);
	return NULL;
}

/* A thread that sees both interrupts at once must see what both threads did before. */
static void interrupts_that_are_taken_at_once_bring_each_message(void **state)
{
	struct fixture *f = *state;
	struct messenger messengers[2];
	int done = 0;

	for (size_t i = 0; i < COUNT(messengers); i++) {
		messengers[i] = (struct messenger){ .rv = f->rv, .done = &done };
		assert_int_equal(
			pthread_create(&messengers[i].thread, NULL, leave_message, &messengers[i]),
			0);
	}
	while (__atomic_load_n(&done, __ATOMIC_RELAXED) < (int)COUNT(messengers))
		sched_yield();
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	for (size_t i = 0; i < COUNT(messengers); i++)
		assert_true(messengers[i].message);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
	for (size_t i = 0; i < COUNT(messengers); i++)
		pthread_join(messengers[i].thread, NULL);
}

/* Several rings in a group, each with several producers, and the group's interrupts. */
struct many {
	struct memory_ring rings[RINGS];
	struct ringview *readers[RINGS];
	struct producer producers[RINGS][PRODUCERS];
	struct seen seen[RINGS];
	struct ringview_group *group;
};

static struct many the_many;

static int many_close(void **state)
{
	(void)state;
	ringview_group_close(the_many.group);
	for (int i = 0; i < RINGS; i++) {
		ringview_close(the_many.readers[i]);
		memory_ring_close(&the_many.rings[i]);
	}
	return 0;
}

static int many_open(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t size = page > 16384 ? page : 16384;

	(void)state;
	the_many = (struct many){ 0 };
	for (int i = 0; i < RINGS; i++) {
		struct ringview_memory memory;

		if (memory_ring_open(&the_many.rings[i], size))
			return -1;
		memory = memory_ring_view(&the_many.rings[i]);
		if (ringview_open_memory(&the_many.readers[i], &memory, NULL))
			return -1;
	}
	return 0;
}

static void interrupt_group(void *group)
{
	ringview_group_interrupt(group);
}

static struct seen *seen_of(const struct ringview *rv)
{
	int i = 0;

	while (the_many.readers[i] != rv)
		i++;
	return &the_many.seen[i];
}

static void read_turns(reading_way *read)
{
	struct ringview *rv;

	while (ringview_group_next(the_many.group, &rv) > 0)
		read(rv, seen_of(rv));
}

static uint64_t records_seen(void)
{
	uint64_t records = 0;

	for (int i = 0; i < RINGS; i++)
		records += the_many.seen[i].records;
	return records;
}

static void open_group(enum ringview_wait_strategy strategy)
{
	const struct ringview_options options = waiting_by(strategy);

	assert_int_equal(ringview_group_open(&the_many.group, &options), 0);
	for (int i = 0; i < RINGS; i++)
		assert_int_equal(ringview_group_add(the_many.group, the_many.readers[i]), 0);
}

static void assert_group_is_complete(void)
{
	struct ringview_statistics statistics;

	for (int i = 0; i < RINGS; i++) {
		ringview_get_statistics(the_many.readers[i], &statistics);
		assert_complete(&the_many.seen[i], &statistics);
	}
	ringview_group_get_statistics(the_many.group, &statistics);
	assert_int_equal(statistics.records, RINGS * SHOWN);
}

static void wait_in_a_group(enum ringview_wait_strategy strategy)
{
	struct interrupter interrupter = { .interrupt = interrupt_group };
	bool wrong = false;

	open_group(strategy);
	interrupter.reader = the_many.group;
	for (int i = 0; i < RINGS; i++)
		start_producers(the_many.producers[i], &the_many.rings[i]);
	start_interrupter(&interrupter);
	for (size_t turn = 0; records_seen() < RINGS * SHOWN || interrupter.answered < RECORDS;
		turn++) {
		const int found = ringview_group_wait(the_many.group, -1);

		if (found == -ECANCELED)
			wrong |= !answer(&interrupter);
		else
			wrong |= found != 1;
		read_turns(turn % 2 ? peek_all_and_release : read_into);
	}
	pthread_join(interrupter.thread, NULL);
	for (int i = 0; i < RINGS; i++)
		join_producers(the_many.producers[i], look_at_group, the_many.group);
	assert_false(wrong);
	assert_int_equal(ringview_group_wait(the_many.group, 0), 0);
	assert_group_is_complete();
}

static void a_group_waits_for_events(void **state)
{
	(void)state;
	wait_in_a_group(RINGVIEW_WAIT_EVENT);
}

static void a_group_waits_paced(void **state)
{
	(void)state;
	wait_in_a_group(RINGVIEW_WAIT_PACED);
}

static void a_group_waits_busily(void **state)
{
	(void)state;
	wait_in_a_group(RINGVIEW_WAIT_BUSY);
}

/* Readers share nothing, so each may have its own thread. */
static void *read_own_ring(void *argument)
{
	struct ringview **reader = argument;

	read_all(*reader, peek_all_and_release, seen_of(*reader), SHOWN);
	return NULL;
}

static void readers_of_several_threads_share_nothing(void **state)
{
	pthread_t threads[RINGS];

	(void)state;
	for (int i = 0; i < RINGS; i++) {
		start_producers(the_many.producers[i], &the_many.rings[i]);
		assert_int_equal(
			pthread_create(&threads[i], NULL, read_own_ring, &the_many.readers[i]), 0);
	}
	for (int i = 0; i < RINGS; i++) {
		struct ringview_statistics statistics;

		pthread_join(threads[i], NULL);
		if (the_many.seen[i].wrong)
			fail_msg("reader %d reads wrongly", i);
		join_producers(the_many.producers[i], look_at_reader, the_many.readers[i]);
		ringview_wait(the_many.readers[i], 0);
		ringview_get_statistics(the_many.readers[i], &statistics);
		assert_complete(&the_many.seen[i], &statistics);
	}
}

#define of_many(test) cmocka_unit_test_setup_teardown(test, many_open, many_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(producers_meet_each_way_to_read_by_events),
		reading(producers_meet_each_way_to_read_paced),
		reading(producers_meet_each_way_to_read_busily),
		reading(producers_meet_copies_from_a_ring_that_overwrites),
		reading(each_interrupt_of_an_event_wait_brings_its_message),
		reading(each_interrupt_of_a_paced_wait_brings_its_message),
		reading(each_interrupt_of_a_busy_wait_brings_its_message),
		reading(interrupts_that_are_taken_at_once_bring_each_message),
		of_many(a_group_waits_for_events),
		of_many(a_group_waits_paced),
		of_many(a_group_waits_busily),
		of_many(readers_of_several_threads_share_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
