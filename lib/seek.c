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
	reader_count_run(r, &r->statistics);
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

/* Looks how far producers have come. 1 further than before, 0 not, or an error. */
static int refresh(struct reader *r)
{
	struct ringview *rv = &r->hot;
	/* Acquire: the header of every record up to there has been written. Pairs with
	 * smp_store_release(&rb->producer_pos) in __bpf_ringbuf_reserve(). */
	uint64_t end = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	uint64_t unreleased = rv->position - rv->released;

	if (__atomic_load_n(rv->consumer, __ATOMIC_RELAXED) != rv->released) {
		ringview_internal_conflict(rv);
		return r->error;
	}
	/* Unsigned, so that a position that went backwards is too far as well. */
	if (end - rv->position > rv->mask + 1 - unreleased || end % RING_ALIGNMENT != 0)
		return fail(r, -EBADMSG);
	if (end - rv->released > r->statistics.high_water)
		r->statistics.high_water = end - rv->released;
	rv->end = end;
	return end != rv->position;
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
	for (;;) {
		uint32_t header;
		uint64_t stride;

		if (rv->position == rv->end) {
			int more = refresh(r);

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
		if (stride > rv->end - rv->position)
			return fail(r, -EBADMSG);
		if (!(header & RING_DISCARD)) {
			rv->header = header;
			remember_stride(rv, stride);
			return 1;
		}
		r->statistics.discarded++;
		rv->position += stride;
		r->run_start = rv->position;
	}
}

void ringview_cancel(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	uint64_t position = rv->released;

	end_run(r);
	/* After a conflict, what was shown is the other consumer's, and stays counted. */
	if (r->error == -EBUSY)
		position = rv->position;
	/* What was shown is still in the ring, unreleased: count it again to take it back. Only an
	 * impossible header, written by something else, can end this walk early. */
	while (position != rv->position) {
		uint32_t header = __atomic_load_n(
			(const uint32_t *)(rv->data + (position & rv->mask)), __ATOMIC_RELAXED);
		uint32_t length = header & ~(RING_BUSY | RING_DISCARD);

		if (record_stride(length) > rv->position - position) {
			fail(r, -EBADMSG);
			break;
		}
		if (header & RING_DISCARD) {
			r->statistics.discarded--;
		} else {
			r->statistics.records--;
			r->statistics.bytes -= length;
		}
		position += record_stride(length);
	}
	rv->position = rv->released;
	r->run_start = rv->released;
}

int ringview_restart(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	uint64_t consumer, producer;

	end_run(r);
	/* Consumer first: a producer position read after it is never behind it. */
	consumer = __atomic_load_n(r->ring_consumer, __ATOMIC_ACQUIRE);
	producer = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	rv->consumer = r->ring_consumer;
	rv->position = rv->end = rv->released = r->run_start = consumer;
	forget_stride(rv);
	if (producer - consumer > rv->mask + 1 || (consumer | producer) % RING_ALIGNMENT != 0)
		return fail(r, -EBADMSG);
	r->error = 0;
	return 0;
}
