/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "fixture.h"
#include "pattern.h"

static struct fixture the_fixture;

int fixture_open(void **state)
{
	struct fixture *f = &the_fixture;
	struct ringview_memory memory;

	f->rv = NULL;
	if (memory_ring_open(&f->ring, (size_t)sysconf(_SC_PAGESIZE)))
		return -1;
	memory = memory_ring_view(&f->ring);
	if (ringview_open_memory(&f->rv, &memory, NULL))
		return -1;
	*state = f;
	return 0;
}

int fixture_open_settled(void **state)
{
	struct fixture *f;

	if (fixture_open(state))
		return -1;
	f = *state;
	put_range(f, 0, 39, 24);
	assert_shows_range(f, 0, 39, 24);
	ringview_release(f->rv);
	memset(f->ring.data, 0, f->ring.size);
	start_at(f, 0);
	return 0;
}

int fixture_close(void **state)
{
	struct fixture *f = *state;

	ringview_close(f->rv);
	memory_ring_close(&f->ring);
	return 0;
}

void reopen_with(struct fixture *f, const struct ringview_options *options)
{
	struct ringview_memory memory = memory_ring_view(&f->ring);

	ringview_close(f->rv);
	f->rv = NULL;
	assert_int_equal(ringview_open_memory(&f->rv, &memory, options), 0);
}

void reopen(struct fixture *f)
{
	reopen_with(f, NULL);
}

void start_at(struct fixture *f, uint64_t position)
{
	set_consumer_position(f, position);
	set_producer_position(f, position);
	assert_int_equal(ringview_restart(f->rv), 0);
}

void *reserve(struct fixture *f, uint64_t number, uint32_t length)
{
	unsigned char *payload = memory_ring_reserve(&f->ring, length);
	uint32_t i;

	assert_non_null(payload);
	for (i = 0; i < length; i++)
		payload[i] = pattern_byte(number, i);
	return payload;
}

void put(struct fixture *f, uint64_t number, uint32_t length)
{
	memory_ring_submit(&f->ring, reserve(f, number, length), 0);
}

void put_discarded(struct fixture *f, uint32_t length)
{
	memory_ring_discard(&f->ring, reserve(f, UINT64_MAX, length), 0);
}

void put_range(struct fixture *f, uint64_t first, uint64_t last, uint32_t length)
{
	for (; first <= last; first++)
		put(f, first, length);
}

void assert_payload(const void *data, uint64_t number, uint32_t length)
{
	const unsigned char *bytes = data;
	uint32_t i;

	for (i = 0; i < length; i++)
		if (bytes[i] != pattern_byte(number, i))
			fail_msg("byte %u of record %llu is %#x, not %#x", i,
				(unsigned long long)number, bytes[i], pattern_byte(number, i));
}

void assert_shows(struct fixture *f, uint64_t number, uint32_t length)
{
	struct ringview_record record = { NULL, 0 };

	assert_int_equal(ringview_peek(f->rv, &record), 1);
	assert_int_equal(record.length, length);
	assert_int_equal((uintptr_t)record.data % 8, 0);
	assert_payload(record.data, number, length);
}

void assert_shows_range(struct fixture *f, uint64_t first, uint64_t last, uint32_t length)
{
	for (; first <= last; first++)
		assert_shows(f, first, length);
}

void assert_peek_returns(struct fixture *f, int result)
{
	struct ringview_record record = { f, 1234567 };

	assert_int_equal(ringview_peek(f->rv, &record), result);
	assert_ptr_equal(record.data, f);
	assert_int_equal(record.length, 1234567);
}

bool ring_notified(struct fixture *f)
{
	uint64_t value;

	return read(f->ring.notify_fd, &value, sizeof(value)) > 0;
}

uint64_t consumer_position(const struct fixture *f)
{
	return __atomic_load_n(f->ring.consumer, __ATOMIC_ACQUIRE);
}

uint64_t producer_position(const struct fixture *f)
{
	return __atomic_load_n(f->ring.producer, __ATOMIC_ACQUIRE);
}

void set_consumer_position(struct fixture *f, uint64_t position)
{
	__atomic_store_n(f->ring.consumer, position, __ATOMIC_RELEASE);
}

void set_producer_position(struct fixture *f, uint64_t position)
{
	__atomic_store_n(f->ring.producer, position, __ATOMIC_RELEASE);
}

void set_header(struct fixture *f, uint64_t position, uint32_t header)
{
	uint32_t *word = (uint32_t *)(f->ring.data + (position & (f->ring.size - 1)));

	__atomic_store_n(word, header, __ATOMIC_RELEASE);
}

uint64_t sleeps_until_time_out(struct fixture *f)
{
	int64_t timeout_ns;

	for (timeout_ns = 1000000; timeout_ns < 5000000000; timeout_ns *= 2) {
		uint64_t before = statistics_of(f).sleeps;

		assert_int_equal(ringview_wait(f->rv, timeout_ns), 0);
		if (statistics_of(f).sleeps != before)
			return statistics_of(f).sleeps - before;
	}
	return 0;
}

struct ringview_statistics statistics_of(const struct fixture *f)
{
	struct ringview_statistics statistics;

	ringview_get_statistics(f->rv, &statistics);
	return statistics;
}
