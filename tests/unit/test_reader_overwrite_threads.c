/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Producer threads write at full rate to a ring that overwrites and is always full; one thread
 * reads it. Each record is read whole, in order and once, and the bytes read and overwritten add up
 * to the bytes produced. RINGVIEW_RECORDS sets the number of records.
 */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "support/fixture.h"
#include "support/slowness.h"

#define PRODUCERS 2
#define WORDS_MOST 64
#define RECORDS 400000

/* Of all producers, divided by @part. */
static uint64_t wanted_records(uint64_t part)
{
	const char *wanted = getenv("RINGVIEW_RECORDS");

	return (wanted ? strtoull(wanted, NULL, 10) : RECORDS / slowness()) / part;
}

struct producer {
	struct memory_ring *ring;
	uint64_t index, records;
	pthread_t thread;
};

static bool is_discarded(uint64_t number)
{
	return number % 11 == 10;
}

/* Returns the length of a record: 1 word to WORDS_MOST, mostly short; 1 if it is discarded, so that
 * the skipped bytes are known. */
static uint32_t words_of(uint64_t number)
{
	const uint64_t mixed = number * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	if (is_discarded(number))
		return 1;
	return 1 + (uint32_t)(mixed % 16 == 0 ? mixed / 16 % WORDS_MOST : mixed / 16 % 8);
}

/* Each word contains the record's number, so no two records share a word. */
static uint64_t word_of(uint64_t index, uint64_t number, uint32_t at)
{
	return number << 16 | index << 8 | at;
}

static void *produce(void *argument)
{
	const struct producer *p = argument;

	for (uint64_t number = 0; number < p->records;) {
		const uint32_t words = words_of(number);
		uint64_t *payload = memory_ring_reserve(p->ring, words * 8);

		/* The other producer's record, one ring before, may still be unfinished. */
		if (!payload) {
			sched_yield();
			continue;
		}
		for (uint32_t i = 0; i < words; i++)
			payload[i] = word_of(p->index, number, i);
		if (is_discarded(number))
			memory_ring_discard(p->ring, payload, 0);
		else
			memory_ring_submit(p->ring, payload, 0);
		number++;
	}
	return NULL;
}

struct seen {
	uint64_t next[PRODUCERS];
	uint64_t bytes, torn, misordered;
};

static void see(struct seen *seen, const uint64_t *payload, size_t length)
{
	const uint64_t index = payload[0] >> 8 & 0xff, number = payload[0] >> 16;
	bool whole = index < PRODUCERS && length == words_of(number) * 8 && !is_discarded(number);

	for (uint32_t i = 0; whole && i < length / 8; i++)
		whole = payload[i] == word_of(index, number, i);
	seen->bytes += length + RINGVIEW_HEADER_SIZE;
	if (!whole) {
		seen->torn++;
		return;
	}
	seen->misordered += number < seen->next[index];
	seen->next[index] = number + 1;
}

/* Returns the bytes produced. */
static uint64_t produce_and_read(struct fixture *f, struct seen *seen, uint64_t records)
{
	struct producer producers[PRODUCERS];
	uint64_t payload[WORDS_MOST] = { 0 }, produced = 0;
	size_t length;
	int found;

	for (uint64_t i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){ &f->ring, i, records / PRODUCERS, 0 };
		assert_int_equal(
			pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
		for (uint64_t number = 0; number < producers[i].records; number++)
			produced += words_of(number) * 8 + RINGVIEW_HEADER_SIZE;
	}
	/* Something is overwritten, however the threads are scheduled. */
	while (producer_position(f) < 2 * f->ring.size)
		sched_yield();
	do {
		while ((found = ringview_read_into(f->rv, payload, sizeof(payload), &length)) > 0)
			see(seen, payload, length);
		found = found < 0 ? found : ringview_wait(f->rv, INT64_C(100000000));
	} while (found >= 0 && reader_position(reader_of(f->rv)) < produced);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(producers[i].thread, NULL);
	assert_true(found >= 0);
	return produced;
}

struct run {
	size_t size; /* of the ring */
	enum ringview_wait_strategy wait;
	bool without_order; /* of stores, as on arm64 */
	uint64_t part;      /* of the records */
};

static void check(struct fixture *f, struct run run)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_statistics all;
	struct seen seen = { 0 };
	uint64_t records, produced;

	memory_ring_close(&f->ring);
	assert_int_equal(memory_ring_open(&f->ring, run.size), 0);
	memory_ring_let_overwrite(&f->ring);
	options.wait = run.wait;
	reopen_with(f, &options);
	if (run.without_order)
		reader_of(f->rv)->in_order = false;
	/* At least some laps, with records of 54 bytes on average. */
	records = wanted_records(run.part);
	if (records < run.size / 8)
		records = run.size / 8;
	produced = produce_and_read(f, &seen, records);
	all = statistics_of(f);
	print_message(
		"%llu records read, %llu discarded, %llu of %llu bytes overwritten in %llu places, "
		"%llu records torn, %llu out of order\n",
		(unsigned long long)all.records, (unsigned long long)all.discarded,
		(unsigned long long)all.overwritten, (unsigned long long)produced,
		(unsigned long long)all.overruns, (unsigned long long)seen.torn,
		(unsigned long long)seen.misordered);
	assert_int_equal(seen.torn, 0);
	assert_int_equal(seen.misordered, 0);
	assert_int_equal(producer_position(f), produced);
	assert_int_equal(all.bytes + all.records * RINGVIEW_HEADER_SIZE, seen.bytes);
	assert_int_equal(seen.bytes + all.discarded * 16 + all.overwritten, produced);
	assert_true(all.overwritten > 0);
	/* Without an order of stores, a reader that is too late continues with the next record, and may
	 * be too late each time. */
	assert_true(!reader_of(f->rv)->in_order || all.records > 0);
}

static void all_is_read_or_counted(void **state)
{
	check(*state, (struct run){ 1 << 16, RINGVIEW_WAIT_EVENT, false, 1 });
}

static void all_is_read_or_counted_in_a_ring_of_a_page(void **state)
{
	struct fixture *f = *state;

	check(f, (struct run){ f->ring.size, RINGVIEW_WAIT_EVENT, false, 10 });
}

static void all_is_read_or_counted_when_paced(void **state)
{
	check(*state, (struct run){ 1 << 18, RINGVIEW_WAIT_PACED, false, 10 });
}

static void all_is_read_or_counted_without_an_order_of_stores(void **state)
{
	check(*state, (struct run){ 1 << 16, RINGVIEW_WAIT_EVENT, true, 10 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(all_is_read_or_counted),
		reading(all_is_read_or_counted_in_a_ring_of_a_page),
		reading(all_is_read_or_counted_when_paced),
		reading(all_is_read_or_counted_without_an_order_of_stores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
