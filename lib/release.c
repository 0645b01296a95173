/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Releasing and cancelling: everything that moves the consumer position, except the inline half of
 * ringview_release().
 *
 * PACED and BUSY readers release all but the last record returned. The kernel notifies only for the
 * record at the consumer position, which then is never the next one, so no producer notifies. The
 * record held back is released before a sleep that needs a notification.
 */
#include "descriptor.h"
#include "order.h"
#include "process.h"
#include "reader.h"

/* A record of more than this part of the ring is not held back from the producers. */
#define HOLD_PART 8

uint64_t reader_published(const struct reader *r)
{
	return r->holds ? r->published : r->hot.released;
}

int reader_check_consumer(struct reader *r)
{
	if (r->error == -EBUSY)
		return -EBUSY;
	if (__atomic_load_n(r->ring_consumer, __ATOMIC_RELAXED) == reader_published(r))
		return 0;
	/* Every release now calls ringview_internal_release(), and writes nothing. */
	r->hot.consumer = &r->no_consumer;
	return reader_fail(r, -EBUSY);
}

/* Returns the position to release up to: the start of the last record if it can be held back, else
 * its end. */
static uint64_t hold_back(const struct reader *r)
{
	const uint64_t position = reader_position(r), last = reader_last(r);

	if (r->error || position - last > (r->mask + 1) / HOLD_PART)
		return position;
	/* It may have been released since it was returned. */
	return (int64_t)(last - r->published) > 0 ? last : r->published;
}

static void publish(struct reader *r, uint64_t to)
{
	/* As in ringview_release(). */
	__atomic_store_n(r->ring_consumer, to, __ATOMIC_RELEASE);
	r->published = to;
}

void ringview_internal_release(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	uint64_t to;

	if (reader_check_consumer(r))
		return;
	to = hold_back(r);
	if (to != r->published)
		publish(r, to);
	rv->released = reader_position(r);
}

void reader_release_to(struct reader *r, uint64_t to)
{
	if (reader_check_consumer(r))
		return;
	if ((int64_t)(to - reader_published(r)) > 0)
		publish(r, to);
	else
		to = reader_published(r);
	r->hot.released = to;
}

bool reader_is_ours(const struct reader *r)
{
	return r->waiter.owner == process_number();
}

void reader_release_held(struct reader *r)
{
	if (r->holds && reader_is_ours(r) && r->hot.released != r->published &&
		reader_check_consumer(r) == 0)
		publish(r, r->hot.released);
}

int reader_arm(struct reader *r)
{
	struct ringview *rv = &r->hot;
	uint64_t position;
	int found;

	r->pass = PASS_NONE;
	do {
		ringview_release(rv);
		reader_release_held(r);
		if (r->clears_fd)
			clear_eventfd(r->map_fd);
		/*
		 * Orders our store of the consumer position before our load of the header. The
		 * kernel's xchg() of the header comes before its load of the consumer position in
		 * bpf_ringbuf_commit(). At least one side sees the other's store: either the record
		 * is found here, or it notifies.
		 */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		position = reader_position(r);
		found = reader_seek(r);
		/* Discarded records that were skipped have to be released too, with a fence behind
		 * that: otherwise the next record is not at the consumer position and does not
		 * notify. */
	} while (found == 0 && reader_position(r) != position);
	return found;
}

/* The word that the inline half of ringview_release() compares and stores to. */
static uint64_t *consumer_of(struct reader *r)
{
	return r->holds || r->error == -EBUSY ? &r->no_consumer : r->ring_consumer;
}

void reader_set_holds(struct reader *r, bool holds)
{
	struct ringview *rv = &r->hot;

	reader_release_held(r);
	/* An inherited ring stays as the parent left it: the record held back is returned again. */
	if (r->holds && !reader_is_ours(r))
		reader_go_to(r, rv->released = r->published);
	r->holds = holds;
	r->published = rv->released;
	rv->last = rv->next;
	rv->consumer = consumer_of(r);
	/* hot.end is no longer valid. */
	reader_ask_first(r);
}

/*
 * Subtracts the records that were returned and not released from the statistics, by walking them in
 * the ring. Returns false if the headers do not add up to what was counted: something wrote to
 * them.
 */
static bool uncount_shown(struct reader *r)
{
	const uint64_t end = reader_position(r);
	uint64_t records = 0, bytes = 0, discarded = 0, position = r->hot.released;

	while (position != end) {
		uint32_t header = __atomic_load_n(reader_header(r, position), __ATOMIC_RELAXED);
		uint32_t length = header & ~(RING_BUSY | RING_DISCARD);

		if (ringview_internal_stride(length) > end - position)
			return false;
		if (header & RING_DISCARD) {
			discarded++;
		} else {
			records++;
			bytes += length;
		}
		position += ringview_internal_stride(length);
	}
	reader_add_up(r);
	if (records > r->statistics.records || bytes > r->statistics.bytes ||
		discarded > r->statistics.discarded)
		return false;
	r->statistics.records -= records;
	r->statistics.bytes -= bytes;
	r->statistics.discarded -= discarded;
	return true;
}

void ringview_cancel(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	/* A ring that overwrites releases each record when it is read. */
	if (r->overwrite)
		return;
	/* After a conflict these records belong to the other consumer, and stay counted. */
	if (r->error != -EBUSY && !uncount_shown(r))
		reader_fail(r, -EBADMSG);
	reader_go_to(r, rv->released);
	rv->last = rv->next - (rv->released - reader_published(r));
	if (r->in_charge->order)
		order_forget(r->in_charge->order);
}

void reader_take_over(struct reader *r)
{
	if (r->overwrite || r->error)
		return;
	r->hot.released = reader_published(r);
	ringview_cancel(&r->hot);
	/* The parent has read on, or closed its reader, since. */
	if (__atomic_load_n(r->ring_consumer, __ATOMIC_RELAXED) != r->hot.released)
		ringview_restart(&r->hot);
}

int ringview_restart(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	/* Producers of a ring that overwrites do not wait for the consumer. */
	const uint64_t most = r->overwrite ? INT64_MAX : r->mask + 1;
	uint64_t consumer, producer;

	if (r->in_charge->order)
		order_forget(r->in_charge->order);
	reader_release_held(r);
	do {
		/* Consumer first: a producer position read after it is never behind it. It is too
		 * far ahead if another reader released a whole ring in between. */
		consumer = __atomic_load_n(r->ring_consumer, __ATOMIC_ACQUIRE);
		producer = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	} while (producer - consumer > most &&
		 __atomic_load_n(r->ring_consumer, __ATOMIC_ACQUIRE) != consumer);
	r->error = 0;
	rv->consumer = consumer_of(r);
	rv->released = r->produced = r->published = r->seen = consumer;
	r->pass = PASS_NONE;
	foresight_move(&r->foresight, consumer - reader_position(r));
	reader_go_to(r, consumer);
	rv->last = rv->next;
	if (producer - consumer > most || (consumer | producer) % RING_ALIGNMENT != 0)
		return reader_fail(r, -EBADMSG);
	overwrite_start(r);
	return 0;
}
