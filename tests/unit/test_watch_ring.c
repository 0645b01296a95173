/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Samples and walks of a ring that may be hostile: what waits, what the head is, and that nothing
 * changes.
 */
#include <linux/bpf.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/fixture.h"
#include "watch/watched_ring.h"

#define MOST 1024

#define PAST_THE_LAP (UINT64_C(1) << 40)

static const unsigned char *data_of(void *context, uint64_t offset, size_t length)
{
	const struct memory_ring *ring = context;

	assert_true(offset < ring->size);
	assert_true(offset + length <= 2 * ring->size);
	return ring->data + offset;
}

static struct ring_access access_of(struct fixture *f)
{
	return (struct ring_access){
		.consumer = f->ring.consumer,
		.producer = f->ring.producer,
		.overwrite = f->ring.overwrite,
		.size = f->ring.size,
		.data = data_of,
		.context = &f->ring,
	};
}

static struct ring_sample sample_of(struct fixture *f)
{
	const struct ring_access access = access_of(f);
	struct ring_sample sample;

	ring_sample(&sample, &access, 7);
	assert_int_equal(sample.time_ns, 7);
	return sample;
}

static struct ring_waiting waiting_of(struct fixture *f)
{
	const struct ring_access access = access_of(f);
	const struct ring_sample sample = sample_of(f);

	return ring_count_waiting(&access, &sample, MOST);
}

/* The records that a walk visited. */
static struct ring_record visited[64];
static size_t visited_count;

static void visit(void *context, const struct ring_record *record)
{
	(void)context;
	assert_true(visited_count < COUNT(visited));
	visited[visited_count++] = *record;
}

static enum ring_walk_end walk(struct fixture *f, uint64_t *at, uint64_t most)
{
	const struct ring_access access = access_of(f);
	struct ring_walk walk = {
		.at = *at, .end = producer_position(f), .most = most, .visit = visit
	};
	enum ring_walk_end end;

	visited_count = 0;
	end = ring_walk(&walk, &access);
	*at = walk.at;
	return end;
}

static void assert_head(struct fixture *f, enum ring_head head, uint32_t stride)
{
	const struct ring_sample sample = sample_of(f);

	assert_int_equal(sample.fault, FAULT_NONE);
	assert_true(sample.settled);
	assert_int_equal(sample.head, head);
	assert_int_equal(sample.head_stride, stride);
}

static void an_empty_ring_has_no_head(void **state)
{
	struct fixture *f = *state;

	assert_head(f, HEAD_NONE, 0);
	assert_int_equal(sample_of(f).waiting, 0);
	assert_true(waiting_of(f).known);
	assert_true(waiting_of(f).all);
	assert_int_equal(waiting_of(f).records, 0);
}

static void the_head_is_ready_busy_or_discarded(void **state)
{
	struct fixture *f = *state;
	void *payload = reserve(f, 0, 20);

	assert_head(f, HEAD_BUSY, 32);
	memory_ring_submit(&f->ring, payload, 0);
	assert_head(f, HEAD_READY, 32);
	assert_shows(f, 0, 20);
	ringview_release(f->rv);
	put_discarded(f, 8);
	assert_head(f, HEAD_DISCARDED, 16);
}

static void looking_changes_nothing(void **state)
{
	struct fixture *f = *state;
	const size_t pages = 2 * f->ring.size;
	unsigned char *before = malloc(pages);
	uint64_t consumer, producer;

	put_range(f, 0, 9, 24);
	assert_non_null(before);
	memcpy(before, f->ring.data, pages);
	consumer = consumer_position(f);
	producer = producer_position(f);
	sample_of(f);
	waiting_of(f);
	assert_memory_equal(before, f->ring.data, pages);
	assert_int_equal(consumer_position(f), consumer);
	assert_int_equal(producer_position(f), producer);
	free(before);
	assert_shows_range(f, 0, 9, 24);
}

static void what_waits_is_counted(void **state)
{
	struct fixture *f = *state;
	struct ring_waiting waiting;
	void *payload;

	put_range(f, 0, 4, 24);
	put_discarded(f, 100);
	payload = reserve(f, 5, 8);
	put(f, 6, 0);
	waiting = waiting_of(f);
	assert_true(waiting.known);
	assert_true(waiting.all);
	assert_int_equal(waiting.records, 8);
	assert_int_equal(waiting.discarded, 1);
	assert_int_equal(waiting.busy, 1);
	memory_ring_submit(&f->ring, payload, 0);
}

static void counting_ends_somewhere(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	assert_int_equal(memory_ring_open(&f.ring, (size_t)1 << 20), 0);
	for (uint64_t i = 0; i < MOST + 5; i++)
		memory_ring_submit(&f.ring, memory_ring_reserve(&f.ring, 8), 0);
	assert_true(waiting_of(&f).known);
	assert_false(waiting_of(&f).all);
	assert_int_equal(waiting_of(&f).records, MOST);
	memory_ring_close(&f.ring);
}

/* The headers of consumed records stay in the ring. */
static void a_walk_sees_what_was_consumed(void **state)
{
	struct fixture *f = *state;
	uint64_t at = PAST_THE_LAP + f->ring.size - 16;

	start_at(f, at);
	put_range(f, 0, 2, 24);
	put_discarded(f, 7);
	assert_shows_range(f, 0, 2, 24);
	ringview_release(f->rv);
	assert_int_equal(walk(f, &at, 0), WALK_WHOLE);
	assert_int_equal(at, producer_position(f));
	assert_int_equal(visited_count, 4);
	assert_int_equal(visited[2].length, 24);
	assert_int_equal(visited[2].position, PAST_THE_LAP + f->ring.size - 16 + 2 * 32);
	assert_false(visited[2].discarded);
	assert_int_equal(visited[3].length, 7);
	assert_true(visited[3].discarded);
	assert_int_equal(walk(f, &at, 0), WALK_WHOLE);
	assert_int_equal(visited_count, 0);
}

static void a_walk_stands_before_a_busy_record(void **state)
{
	struct fixture *f = *state;
	uint64_t at = 0;
	void *payload;

	put(f, 0, 24);
	payload = reserve(f, 1, 8);
	put(f, 2, 0);
	assert_int_equal(walk(f, &at, 0), WALK_BUSY);
	assert_int_equal(visited_count, 1);
	assert_int_equal(at, 32);
	memory_ring_submit(&f->ring, payload, 0);
	assert_int_equal(walk(f, &at, 0), WALK_WHOLE);
	assert_int_equal(visited_count, 2);
	assert_int_equal(visited[0].length, 8);
}

static void a_walk_visits_no_more_than_it_may(void **state)
{
	struct fixture *f = *state;
	uint64_t at = 0;

	put_range(f, 0, 9, 24);
	assert_int_equal(walk(f, &at, 4), WALK_MOST);
	assert_int_equal(visited_count, 4);
	assert_int_equal(at, 4 * 32);
	assert_int_equal(walk(f, &at, 6), WALK_WHOLE);
}

/* A lap later, producers may be overwriting the first header. */
static void a_walk_visits_nothing_that_was_overwritten(void **state)
{
	struct fixture *f = *state;
	uint64_t at = 0;

	put_range(f, 0, 9, 24);
	set_producer_position(f, f->ring.size);
	assert_int_equal(walk(f, &at, 0), WALK_OVERTAKEN);
	assert_int_equal(visited_count, 0);
	assert_int_equal(at, 0);
}

/* Producers write during the walk. */
static const unsigned char *data_of_overtaken_one(void *context, uint64_t offset, size_t length)
{
	struct memory_ring *ring = context;

	__atomic_store_n(ring->producer, ring->size, __ATOMIC_RELEASE);
	return data_of(context, offset, length);
}

static void a_walk_that_is_overtaken_visits_nothing(void **state)
{
	struct fixture *f = *state;
	struct ring_access access = access_of(f);
	struct ring_walk walk = { .visit = visit };

	put_range(f, 0, 9, 24);
	walk.end = producer_position(f);
	access.data = data_of_overtaken_one;
	visited_count = 0;
	assert_int_equal(ring_walk(&walk, &access), WALK_OVERTAKEN);
	assert_int_equal(visited_count, 0);
}

/* Writes the pages into the headers, as the kernel does; the ring in memory needs none. */
static void set_pages(struct fixture *f, uint64_t first, uint64_t last, uint64_t stride)
{
	for (uint64_t at = first; at < last; at += stride) {
		const uint64_t offset = at % f->ring.size;
		const uint32_t page = 3 + (uint32_t)(offset / (uint64_t)sysconf(_SC_PAGESIZE));

		memcpy(f->ring.data + offset + 4, &page, sizeof(page));
	}
}

static void the_last_records_are_found_without_a_boundary(void **state)
{
	const uint64_t begin = 5 * 32 * 1000;
	struct fixture *f = *state;
	const struct ring_access access = access_of(f);
	struct ring_record found[64];

	start_at(f, begin);
	put_range(f, 0, 39, 24);
	set_pages(f, begin, begin + UINT64_C(40) * 32, 32);
	assert_int_equal(
		ring_tail(&access, producer_position(f), producer_position(f), found, 5), 5);
	for (uint64_t i = 0; i < 5; i++) {
		assert_int_equal(found[i].position, begin + (39 - i) * 32);
		assert_int_equal(found[i].length, 24);
	}
	/* Too few records precede the first ones. */
	assert_int_equal(ring_tail(&access, producer_position(f), producer_position(f), found, 64),
		40 - RING_TAIL_DEPTH + 1);
}

static void the_first_record_of_a_ring_is_certain(void **state)
{
	struct fixture *f = *state;
	const struct ring_access access = access_of(f);
	struct ring_record found[64];

	put_range(f, 0, 2, 24);
	set_pages(f, 0, 96, 32);
	assert_int_equal(
		ring_tail(&access, producer_position(f), producer_position(f), found, 64), 3);
	assert_int_equal(found[2].position, 0);
}

/* Payloads hold a chain of headers of the previous lap that ends at the same place. */
static void where_two_chains_end_nothing_is_certain(void **state)
{
	const uint64_t begin = 4096 * 1000;
	struct fixture *f = *state;
	const struct ring_access access = access_of(f);
	struct ring_record found[64];

	start_at(f, begin);
	put_range(f, 0, 19, 56);
	set_pages(f, begin, begin + UINT64_C(20) * 64, 64);
	for (uint64_t i = 0; i < 20; i++) {
		const uint32_t length = i == 19 ? 24 : 56;

		memcpy(f->ring.data + i * 64 + 32, &length, sizeof(length));
	}
	set_pages(f, begin + 32, begin + UINT64_C(20) * 64, 64);
	assert_int_equal(
		ring_tail(&access, producer_position(f), producer_position(f), found, 64), 0);
}

static void positions_count_on_past_all_bounds(void **state)
{
	struct fixture *f = *state;

	start_at(f, UINT64_MAX - 15);
	put_range(f, 0, 2, 24);
	assert_head(f, HEAD_READY, 32);
	assert_int_equal(sample_of(f).waiting, 96);
	assert_int_equal(waiting_of(f).records, 3);
}

static void a_ring_is_full_when_another_such_record_has_no_room(void **state)
{
	struct fixture *f = *state;
	uint64_t records = 0;

	while (memory_ring_reserve(&f->ring, 56)) {
		const struct ring_sample sample = sample_of(f);

		records++;
		assert_int_equal(ring_sample_has_no_room(&sample, f->ring.size, 64),
			sample.waiting + 64 > f->ring.size - 1);
	}
	assert_int_equal(records, (f->ring.size - 1) / 64);
}

static void assert_fault(struct fixture *f, enum ring_fault fault, const char *word)
{
	const struct ring_sample sample = sample_of(f);
	char text[RING_FAULT_SIZE];

	assert_int_equal(sample.fault, fault);
	assert_int_equal(sample.head, HEAD_UNKNOWN);
	assert_int_equal(sample.head_stride, 0);
	ring_fault_text(&sample, f->ring.size, text, sizeof(text));
	if (!strstr(text, word))
		fail_msg("\"%s\" does not say %s", text, word);
	assert_false(ring_sample_has_no_room(&sample, f->ring.size, f->ring.size));
	assert_false(waiting_of(f).known);
}

static void impossible_positions_are_told(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 24);
	set_consumer_position(f, 40);
	assert_fault(f, FAULT_CONSUMER_AHEAD, "beyond the producer's, 32");
	set_consumer_position(f, UINT64_MAX - 7);
	set_producer_position(f, f->ring.size);
	assert_fault(f, FAULT_OVERFULL, "behind the producer's");
	set_consumer_position(f, 0);
	assert_fault(f, FAULT_OVERFULL, "the ring holds");
	set_consumer_position(f, 4);
	assert_fault(f, FAULT_CONSUMER_ALIGNMENT, "the consumer position 4 ");
	set_consumer_position(f, 8);
	set_producer_position(f, 12);
	assert_fault(f, FAULT_PRODUCER_ALIGNMENT, "the producer position 12 ");
}

static void impossible_headers_are_told(void **state)
{
	static const uint32_t headers[] = { 25, 0x3fffffff, 25 | BPF_RINGBUF_BUSY_BIT,
		0x3fffffff | BPF_RINGBUF_DISCARD_BIT, UINT32_MAX };
	struct fixture *f = *state;

	put(f, 0, 24);
	for (size_t i = 0; i < COUNT(headers); i++) {
		set_header(f, 0, headers[i]);
		assert_fault(f, FAULT_HEADER, "longer than the 32 B that wait");
	}
	set_header(f, 0, 24);
	assert_head(f, HEAD_READY, 32);
}

static void an_impossible_header_behind_the_head_ends_the_count(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 3, 24);
	set_header(f, 64, 0x3fffffff);
	assert_head(f, HEAD_READY, 32);
	assert_false(waiting_of(f).known);
}

/* Any positions and headers: the result is a fault, or figures within the ring. */
static void anything_can_be_looked_at(void **state)
{
	struct fixture *f = *state;
	uint64_t word = 20;

	for (int i = 0; i < 20000; i++) {
		struct ring_sample sample;

		word = word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		set_consumer_position(f, i % 3 ? word >> 50 : word);
		word = word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		set_producer_position(f, i % 5 ? word >> 50 & ~UINT64_C(7) : word);
		set_header(f, word >> 40 & ~UINT64_C(7), (uint32_t)(word >> 32));
		sample = sample_of(f);
		assert_true(sample.waiting < f->ring.size);
		assert_true(waiting_of(f).records <= sample.waiting / RING_HEADER);
		assert_true(sample.head_stride <= sample.waiting);
	}
}

/* If nothing can be mapped, the head is unknown. */
static const unsigned char *no_data(void *context, uint64_t offset, size_t length)
{
	(void)context;
	(void)offset;
	(void)length;
	return NULL;
}

static void data_that_cannot_be_had_leaves_the_positions(void **state)
{
	struct fixture *f = *state;
	struct ring_access access = access_of(f);
	struct ring_sample sample;

	put(f, 0, 24);
	access.data = no_data;
	ring_sample(&sample, &access, 0);
	assert_int_equal(sample.waiting, 32);
	assert_int_equal(sample.head, HEAD_UNKNOWN);
	assert_int_equal(sample.fault, FAULT_NONE);
	assert_false(ring_count_waiting(&access, &sample, MOST).known);
}

/* A consumer that moves at each load. */
static const unsigned char *data_of_quick_one(void *context, uint64_t offset, size_t length)
{
	struct memory_ring *ring = context;

	__atomic_add_fetch(ring->consumer, 32, __ATOMIC_RELEASE);
	return data_of(context, offset, length);
}

static void a_quick_consumer_is_no_fault(void **state)
{
	struct fixture *f = *state;
	struct ring_access access = access_of(f);
	struct ring_sample sample;

	put_range(f, 0, 19, 24);
	access.data = data_of_quick_one;
	ring_sample(&sample, &access, 0);
	assert_false(sample.settled);
	assert_int_equal(sample.fault, FAULT_NONE);
	assert_int_equal(sample.head, HEAD_UNKNOWN);
	assert_int_equal(sample.waiting, sample.producer - sample.consumer);
	assert_false(ring_count_waiting(&access, &sample, MOST).known);
}

/* Records that were overwritten since the sample are not counted. */
static void an_overtaken_count_is_not_known(void **state)
{
	struct fixture *f = *state;
	const struct ring_access access = access_of(f);
	struct ring_sample sample;

	put(f, 0, 24);
	sample = sample_of(f);
	set_producer_position(f, f->ring.size);
	assert_false(ring_count_waiting(&access, &sample, MOST).known);
	set_producer_position(f, f->ring.size - 8);
	assert_true(ring_count_waiting(&access, &sample, MOST).known);
}

static int check_map(uint32_t type, uint32_t flags, const char *word)
{
	const struct bpf_map_info info = {
		.id = 12,
		.type = type,
		.map_flags = flags,
		.name = "sixteen_letters",
	};
	struct complaint why = { "" };
	const int err = watched_ring_check(&info, &why);

	if (err && !strstr(why.text, word))
		fail_msg("\"%s\" does not say %s", why.text, word);
	return err;
}

/* Rings that overwrite. */

static void what_waits_in_a_ring_that_overwrites_is_what_is_left(void **state)
{
	struct fixture *f = *state;
	const uint64_t full = (f->ring.size - 1) / stride_of(24);
	struct ring_sample sample;

	memory_ring_let_overwrite(&f->ring);
	put_range(f, 0, 2 * full + 4, 24);
	sample = sample_of(f);
	assert_int_equal(sample.fault, FAULT_NONE);
	assert_true(sample.settled);
	assert_int_equal(sample.consumer, 0);
	assert_int_equal(sample.oldest, (full + 5) * stride_of(24));
	assert_int_equal(sample.waiting, full * stride_of(24));
	assert_int_equal(sample.head, HEAD_READY);
	assert_int_equal(waiting_of(f).records, full < MOST ? full : MOST);
	set_consumer_position(f, producer_position(f) - stride_of(24));
	assert_int_equal(sample_of(f).waiting, stride_of(24));
	/* Something wrote to it. */
	*f->ring.overwrite = 8;
	set_consumer_position(f, 0);
	assert_int_equal(sample_of(f).fault, FAULT_OVERFULL);
}

static void only_ring_buffers_are_watched(void **state)
{
	(void)state;
	assert_int_equal(check_map(BPF_MAP_TYPE_RINGBUF, 0, ""), 0);
	assert_int_equal(check_map(BPF_MAP_TYPE_RINGBUF, BPF_F_NUMA_NODE, ""), 0);
	assert_int_equal(check_map(BPF_MAP_TYPE_RINGBUF, 1u << 19, ""), 0);
	assert_int_equal(check_map(BPF_MAP_TYPE_ARRAY, 0, "of type array"), -EMEDIUMTYPE);
	assert_int_equal(check_map(UINT32_MAX, 0, "of type unknown"), -EMEDIUMTYPE);
}

/* Producers and a consumer run: no sample is impossible, and every record that is visited was written,
 * in this order. */
static void *consume(void *context)
{
	struct fixture *f = context;
	struct ringview_record record;

	for (int seen = 0; seen < 200000;) {
		const int found = ringview_peek(f->rv, &record);

		assert_true(found >= 0);
		seen += found;
		ringview_release(f->rv);
	}
	return NULL;
}

static void *produce(void *context)
{
	struct fixture *f = context;

	for (int i = 0; i < 200000;) {
		void *payload = memory_ring_reserve(&f->ring, 8 + i % 100);

		if (!payload)
			continue;
		memory_ring_submit(&f->ring, payload, 0);
		i++;
	}
	return NULL;
}

struct following {
	bool begun;
	uint32_t length; /* of the next record */
};

static void follow(void *context, const struct ring_record *record)
{
	struct following *following = context;

	if (following->begun)
		assert_int_equal(record->length, following->length);
	following->begun = true;
	following->length = 8 + (record->length - 8 + 1) % 100;
}

static void a_ring_at_work_is_never_impossible(void **state)
{
	struct fixture *f = *state;
	const struct ring_access access = access_of(f);
	struct following following = { 0 };
	struct ring_walk walk = { .visit = follow, .context = &following };
	pthread_t consumer, producer;

	assert_int_equal(pthread_create(&consumer, NULL, consume, f), 0);
	assert_int_equal(pthread_create(&producer, NULL, produce, f), 0);
	while (pthread_tryjoin_np(consumer, NULL) != 0) {
		const struct ring_sample sample = sample_of(f);

		assert_int_equal(sample.fault, FAULT_NONE);
		assert_true(sample.waiting < f->ring.size);
		walk.end = sample.producer;
		if (ring_walk(&walk, &access) == WALK_OVERTAKEN) {
			walk.at = sample.producer;
			following.begun = false;
		}
	}
	pthread_join(producer, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(an_empty_ring_has_no_head),
		reading(the_head_is_ready_busy_or_discarded),
		reading(looking_changes_nothing),
		reading(what_waits_is_counted),
		reading(counting_ends_somewhere),
		reading(a_walk_sees_what_was_consumed),
		reading(a_walk_stands_before_a_busy_record),
		reading(a_walk_visits_no_more_than_it_may),
		reading(a_walk_visits_nothing_that_was_overwritten),
		reading(a_walk_that_is_overtaken_visits_nothing),
		reading(the_last_records_are_found_without_a_boundary),
		reading(the_first_record_of_a_ring_is_certain),
		reading(where_two_chains_end_nothing_is_certain),
		reading(positions_count_on_past_all_bounds),
		reading(a_ring_is_full_when_another_such_record_has_no_room),
		reading(impossible_positions_are_told),
		reading(impossible_headers_are_told),
		reading(an_impossible_header_behind_the_head_ends_the_count),
		reading(anything_can_be_looked_at),
		reading(data_that_cannot_be_had_leaves_the_positions),
		reading(a_quick_consumer_is_no_fault),
		reading(an_overtaken_count_is_not_known),
		reading(what_waits_in_a_ring_that_overwrites_is_what_is_left),
		reading(only_ring_buffers_are_watched),
		reading(a_ring_at_work_is_never_impossible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
