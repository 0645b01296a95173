/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cold half of ringview_peek(): everything but one more record of the same length.
 */
#include "reader.h"

/* A late reader publishes each time that it has released so much of the ring, so that producers of
 * a full one need not wait for the whole. */
#define PUBLISH_AFTER(r) (((r)->mask + 1) / 8)

_Static_assert(FORESIGHT_REACH < RING_DISCARD,
	"before the end that ringview_peek() knows, no header fits that is busy or discarded");

/* Leaves ringview_peek() nothing but seek. */
static void ask_first(struct ringview *rv)
{
	rv->end = rv->next;
}

/* Puts the reader before the record at @position, in the first mapping of the ring. */
static void go_to(struct reader *r, uint64_t position)
{
	struct ringview *rv = &r->hot;
	const uint64_t offset = rv->offset;

	rv->next = r->data + (position & r->mask);
	rv->offset = position - (uintptr_t)rv->next;
	rv->last += offset - rv->offset;
	ask_first(rv);
}

static int fail(struct reader *r, int error)
{
	r->error = error;
	ask_first(&r->hot);
	return error;
}

void ringview_internal_conflict(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

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
	const uint64_t position = reader_position(r), start = published(r);

	if (__atomic_load_n(r->ring_consumer, __ATOMIC_RELAXED) != start) {
		ringview_internal_conflict(rv);
		return r->error;
	}
	/* Unsigned, so that a position that went backwards is too far as well. */
	if (end - position > r->mask + 1 - (position - start) || end % RING_ALIGNMENT != 0)
		return fail(r, -EBADMSG);
	if (end - start > r->statistics.high_water)
		r->statistics.high_water = end - start;
	r->produced = end;
	return end != position;
}

/*
 * How far ringview_peek() may go by itself: to the end of what is known, and of the ring's first
 * mapping, but a late reader comes back to publish, one in a group when its turn is over, and all
 * when foresight wants to look again.
 */
static void set_end(struct reader *r)
{
	struct ringview *rv = &r->hot;
	const uint64_t position = reader_position(r);
	uint64_t reach = r->produced - position;

	reach = less(reach, r->mask + 1 - (uint64_t)(rv->next - r->data));
	if (r->late)
		reach = less(reach, PUBLISH_AFTER(r));
	if (r->in_turn)
		reach = less(reach, r->turn_end - position);
	rv->end = rv->next + foresee(r, reach);
}

static bool turn_is_over(const struct reader *r)
{
	return r->in_turn && (int64_t)(reader_position(r) - r->turn_end) >= 0;
}

/* Puts the reader before the next record that can be shown. 1 found, 0 none, or an error. */
static int seek(struct reader *r)
{
	struct ringview *rv = &r->hot;

	r->busy = false;
	if (r->late && rv->released - r->published >= PUBLISH_AFTER(r) && reader_publish(r, false))
		return r->error;
	while (!turn_is_over(r)) {
		uint64_t stride;
		uint32_t header;

		if (reader_position(r) == r->produced) {
			int more;

			if (r->rest) {
				r->rest = false;
				return 0;
			}
			more = r->late ? reader_publish(r, false) : 0;
			if (more == 0)
				more = refresh(r);
			if (more <= 0) {
				foresight_pause(r);
				return more;
			}
		}
		/* The second mapping is for the end of a record that begins in the first. */
		if ((uint64_t)(rv->next - r->data) > r->mask)
			go_to(r, reader_position(r));
		/* Pairs with the xchg() in bpf_ringbuf_commit(). */
		header = __atomic_load_n((const uint32_t *)rv->next, __ATOMIC_ACQUIRE);
		if (header & RING_BUSY) {
			r->busy = true;
			r->statistics.busy_stops++;
			foresight_pause(r);
			return 0;
		}
		stride = ringview_internal_stride(header & ~RING_DISCARD);
		if (stride > r->produced - reader_position(r))
			return fail(r, -EBADMSG);
		if (!(header & RING_DISCARD)) {
			rv->found = ringview_internal_expect(header, rv->expected);
			set_end(r);
			return 1;
		}
		r->statistics.discarded++;
		rv->next += stride;
	}
	return 0;
}

int ringview_internal_seek(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	return r->error ? r->error : seek(r);
}

int reader_look(struct reader *r)
{
	int found;

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
	if (records > r->hot.records || bytes > r->hot.bytes || discarded > r->statistics.discarded)
		return false;
	r->hot.records -= records;
	r->hot.bytes -= bytes;
	r->statistics.discarded -= discarded;
	return true;
}

void ringview_cancel(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	/* After a conflict, what was shown is the other consumer's, and stays counted. */
	if (r->error != -EBUSY && !uncount_shown(r))
		fail(r, -EBADMSG);
	go_to(r, rv->released);
}

int reader_publish(struct reader *r, bool all)
{
	struct ringview *rv = &r->hot;
	const uint64_t last = reader_last(r);
	uint64_t to = rv->released;

	/* After -EBADMSG, as with other readers, what was shown before can still be given back. */
	if (!r->late || r->error == -EBUSY)
		return r->error;
	/* Not where the record held back would take much of the ring from the producers. */
	if (!all && !r->error && (int64_t)(to - last) > 0 && to - last <= PUBLISH_AFTER(r))
		to = last;
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
	r->published = r->released_here = rv->released;
	rv->last = rv->next;
	if (r->error != -EBUSY)
		rv->consumer = late ? &r->released_here : r->ring_consumer;
	/* What peek may do by itself has changed: ask seek first. */
	ask_first(rv);
}

int ringview_restart(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	uint64_t consumer, producer;

	reader_publish(r, true);
	/* Consumer first: a producer position read after it is never behind it. */
	consumer = __atomic_load_n(r->ring_consumer, __ATOMIC_ACQUIRE);
	producer = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	rv->consumer = r->late ? &r->released_here : r->ring_consumer;
	rv->released = r->produced = r->published = r->released_here = r->seen = consumer;
	r->rest = false;
	foresight_move(&r->foresight, consumer - reader_position(r));
	go_to(r, consumer);
	rv->last = rv->next;
	if (producer - consumer > r->mask + 1 || (consumer | producer) % RING_ALIGNMENT != 0)
		return fail(r, -EBADMSG);
	r->error = 0;
	return 0;
}
