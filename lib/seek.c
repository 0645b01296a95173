/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cold half of ringview_peek(): everything but one more record of the same length.
 */
#include "reader.h"

/* Strides for which ringview_peek() prefetches. Measured on Zen 4, the first 8 bytes of each event
 * read: 80 B 4.7 -> 2.9 ns, 128 B 6.3 -> 4.4 ns; from 216 B on it costs, as too many lines are
 * fetched in vain, and up to 64 B each line is read anyway. */
#define PREFETCH_ABOVE 64
#define PREFETCH_UP_TO 192

/* A late reader publishes each time that it has released so much of the ring, so that producers of
 * a full one need not wait for the whole. */
#define PUBLISH_AFTER(rv) (((rv)->mask + 1) / 8)

void reader_count_run(const struct reader *r, struct ringview_statistics *statistics)
{
	uint64_t bytes = r->hot.position - r->run_start;
	uint64_t records;

	if (bytes == 0)
		return;
	/* Streams of mixed lengths have runs of one: spare them the division. */
	records = bytes == r->hot.stride ? 1 : bytes / r->hot.stride;
	statistics->records += records;
	statistics->bytes += records * r->hot.header;
}

static void end_run(struct reader *r)
{
	if (r->hot.position == r->run_start)
		return;
	reader_count_run(r, &r->statistics);
	r->last = r->hot.position - r->hot.stride;
	r->run_start = r->hot.position;
}

/* Leaves ringview_peek() nothing but seek: no ring has so many bytes. */
static void forget_stride(struct ringview *rv)
{
	rv->fast = UINT64_MAX;
	rv->stride = UINT32_MAX;
}

static void remember_stride(struct ringview *rv, uint64_t stride)
{
	rv->stride = (uint32_t)stride;
	rv->fast = stride > PREFETCH_ABOVE && stride <= PREFETCH_UP_TO ? UINT64_MAX : stride;
}

static int fail(struct reader *r, int error)
{
	r->error = error;
	forget_stride(&r->hot);
	return error;
}

void ringview_internal_conflict(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	end_run(r);
	fail(r, -EBUSY);
	/* Detached: further releases go to a word of our own, never into the other's ring. */
	r->detached = rv->released;
	rv->consumer = &r->detached;
}

/* What the producers know as the consumer position, unless another consumer moved it. */
static uint64_t published(const struct reader *r)
{
	return r->late ? r->published : r->hot.released;
}

/* Looks how far producers have come. 1 there is more, 0 not, or an error. */
static int refresh(struct reader *r)
{
	struct ringview *rv = &r->hot;
	/* Acquire: the header of every record up to there has been written. Pairs with
	 * smp_store_release(&rb->producer_pos) in __bpf_ringbuf_reserve(). */
	uint64_t end = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	const uint64_t start = published(r);

	if (__atomic_load_n(r->ring_consumer, __ATOMIC_RELAXED) != start) {
		ringview_internal_conflict(rv);
		return r->error;
	}
	/* Unsigned, so that a position that went backwards is too far as well. */
	if (end - rv->position > rv->mask + 1 - (rv->position - start) || end % RING_ALIGNMENT != 0)
		return fail(r, -EBADMSG);
	if (end - start > r->statistics.high_water)
		r->statistics.high_water = end - start;
	r->produced = end;
	return end != rv->position;
}

/* How far ringview_peek() may go by itself from a record of @stride bytes on: to the end of what is
 * known, but a late reader comes back to publish, and one in a group when its turn is over. */
static void set_end(struct reader *r, uint64_t stride)
{
	struct ringview *rv = &r->hot;
	uint64_t reach = r->produced - rv->position;

	if (r->late && reach > PUBLISH_AFTER(rv))
		reach = PUBLISH_AFTER(rv);
	if (r->in_turn && reach > r->turn_end - rv->position)
		reach = r->turn_end - rv->position;
	rv->end = rv->position + (reach > stride ? reach : stride);
}

static bool turn_is_over(const struct reader *r)
{
	return r->in_turn && (int64_t)(r->hot.position - r->turn_end) >= 0;
}

/*
 * Puts the reader before the next record that can be shown, its length and stride remembered.
 * 1 found, 0 none, or an error.
 */
int ringview_internal_seek(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	if (r->error)
		return r->error;
	end_run(r);
	r->busy = false;
	if (r->late && rv->released - r->published >= PUBLISH_AFTER(rv) && reader_publish(r, false))
		return r->error;
	while (!turn_is_over(r)) {
		uint32_t header;
		uint64_t stride;

		if (rv->position == r->produced) {
			int more;

			if (r->rest) {
				r->rest = false;
				return 0;
			}
			more = r->late ? reader_publish(r, false) : 0;
			if (more == 0)
				more = refresh(r);
			if (more <= 0)
				return more;
		}
		/* Pairs with the xchg() in bpf_ringbuf_commit(). */
		header = __atomic_load_n(
			(const uint32_t *)(rv->data + (rv->position & rv->mask)), __ATOMIC_ACQUIRE);
		if (header & RING_BUSY) {
			r->busy = true;
			r->statistics.busy_stops++;
			return 0;
		}
		stride = record_stride(header & ~RING_DISCARD);
		if (stride > r->produced - rv->position)
			return fail(r, -EBADMSG);
		if (!(header & RING_DISCARD)) {
			rv->header = header;
			remember_stride(rv, stride);
			set_end(r, stride);
			return 1;
		}
		r->statistics.discarded++;
		rv->position += stride;
		r->run_start = rv->position;
		/* It may have passed the end that peek knows, which must not look far ahead then.
		 */
		rv->end = rv->position;
	}
	return 0;
}

int reader_look(struct reader *r)
{
	int found;

	end_run(r);
	r->rest = false;
	found = reader_publish(r, false);
	/* Not only at the end of what is known: the waiter wants to know how much has come. */
	if (found == 0)
		found = refresh(r);
	if (found > 0)
		found = ringview_internal_seek(&r->hot);
	r->rest = found > 0;
	return found;
}

/*
 * What was shown is still in the ring, unreleased: counted again to take it back from the
 * statistics. False where that cannot be what was counted: something else wrote to a header.
 */
static bool uncount_shown(struct reader *r)
{
	struct ringview_statistics *counted = &r->statistics;
	uint64_t records = 0, bytes = 0, discarded = 0, position = r->hot.released;

	while (position != r->hot.position) {
		uint32_t header =
			__atomic_load_n((const uint32_t *)(r->hot.data + (position & r->hot.mask)),
				__ATOMIC_RELAXED);
		uint32_t length = header & ~(RING_BUSY | RING_DISCARD);

		if (record_stride(length) > r->hot.position - position)
			return false;
		if (header & RING_DISCARD) {
			discarded++;
		} else {
			records++;
			bytes += length;
		}
		position += record_stride(length);
	}
	if (records > counted->records || bytes > counted->bytes || discarded > counted->discarded)
		return false;
	counted->records -= records;
	counted->bytes -= bytes;
	counted->discarded -= discarded;
	return true;
}

void ringview_cancel(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	end_run(r);
	/* After a conflict, what was shown is the other consumer's, and stays counted. */
	if (r->error != -EBUSY && !uncount_shown(r))
		fail(r, -EBADMSG);
	rv->position = rv->released;
	r->run_start = rv->released;
}

int reader_publish(struct reader *r, bool all)
{
	struct ringview *rv = &r->hot;
	uint64_t to = rv->released;

	/* After -EBADMSG, as with other readers, what was shown before can still be given back. */
	if (!r->late || r->error == -EBUSY)
		return r->error;
	end_run(r);
	/* Not where the record held back would take much of the ring from the producers. */
	if (!all && !r->error && (int64_t)(to - r->last) > 0 && to - r->last <= PUBLISH_AFTER(rv))
		to = r->last;
	if ((int64_t)(to - r->published) <= 0)
		return r->error;
	if (__atomic_load_n(r->ring_consumer, __ATOMIC_RELAXED) != r->published) {
		ringview_internal_conflict(rv);
		return r->error;
	}
	/* As in ringview_release(). */
	__atomic_store_n(r->ring_consumer, to, __ATOMIC_RELEASE);
	r->published = to;
	return r->error;
}

void reader_set_late(struct reader *r, bool late)
{
	struct ringview *rv = &r->hot;

	if (r->late)
		reader_publish(r, true);
	r->late = late;
	r->published = r->last = r->released_here = rv->released;
	if (r->error != -EBUSY)
		rv->consumer = late ? &r->released_here : r->ring_consumer;
	/* What peek may do by itself has changed: ask seek first. */
	end_run(r);
	forget_stride(rv);
}

int ringview_restart(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	uint64_t consumer, producer;

	end_run(r);
	reader_publish(r, true);
	/* Consumer first: a producer position read after it is never behind it. */
	consumer = __atomic_load_n(r->ring_consumer, __ATOMIC_ACQUIRE);
	producer = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	rv->consumer = r->late ? &r->released_here : r->ring_consumer;
	rv->position = rv->end = rv->released = consumer;
	r->produced = r->run_start = r->last = r->published = r->released_here = consumer;
	r->seen = consumer;
	r->rest = false;
	forget_stride(rv);
	if (producer - consumer > rv->mask + 1 || (consumer | producer) % RING_ALIGNMENT != 0)
		return fail(r, -EBADMSG);
	r->error = 0;
	return 0;
}
