/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings that overwrite (BPF_F_RB_OVERWRITE). Producers do not wait for the reader, so it copies a
 * record first, and then checks that no part of it had been overwritten. docs/design.md has the
 * argument.
 */
#include "copy_words.h"
#include "reader.h"

/* At most this many records of one call are copied in vain because they are overwritten. */
#define TRIES_MOST 64

/* If stores become visible in any order: the oldest part of the ring, which the producer of the
 * next record may be writing to. */
#define UNSAFE_PART 8

/* The distance of two marks, as a part of the ring. */
#define MARK_PART 4

void overwrite_start(struct reader *r)
{
	r->marks[0] = r->marks[1] = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
}

/*
 * If stores become visible in any order, a payload may be visible before the positions that its
 * reservation has moved. That holds for the last reservation only: the producers' lock makes those
 * before it visible. So the part of the ring that it may write to counts as overwritten. A later
 * boundary of records is known only if it was a producer position once: a mark.
 *
 * Returns the oldest position that is safe.
 */
static uint64_t oldest_by_distance(struct reader *r)
{
	const uint64_t size = r->mask + 1, safe = size - size / UNSAFE_PART;
	const uint64_t produced = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	const uint64_t position = reader_position(r);

	if (produced - r->marks[1] >= size / MARK_PART) {
		r->marks[0] = r->marks[1];
		r->marks[1] = produced;
	}
	if (produced - position <= safe)
		return position;
	for (int i = 0; i < 2; i++)
		if (produced - r->marks[i] <= safe)
			return r->marks[i];
	return produced;
}

/* Call it after loading from the record at the reader's position. If that may have been overwritten
 * before the loads, moves the reader to the oldest whole record and returns 1; 0 if not; or an
 * error. */
static int leave_overwritten(struct reader *r)
{
	const uint64_t position = reader_position(r);
	/* Acquire: for the headers from there on. The loads that it checks are acquires, too, so
	 * they come before: see copy_words(). */
	const uint64_t oldest = r->in_order ? __atomic_load_n(r->overwrite, __ATOMIC_ACQUIRE)
					    : oldest_by_distance(r);
	uint64_t produced;

	if (oldest == position || (r->in_order && (int64_t)(oldest - position) < 0))
		return 0;
	/* Loaded later, so it is not behind. */
	produced = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	if ((int64_t)(produced - oldest) < 0 || (int64_t)(oldest - position) < 0 ||
		(produced | oldest) % RING_ALIGNMENT != 0)
		return reader_fail(r, -EBADMSG);
	r->statistics.overwritten += oldest - position;
	r->statistics.overruns++;
	if (r->place == PLACE_ARMED)
		waiter_touch(r->in_charge, r);
	reader_go_to(r, oldest);
	r->hot.last = r->hot.next;
	r->produced = produced;
	return 1;
}

int overwrite_refresh(struct reader *r)
{
	/* Acquire as in refresh(). Loaded before the overwrite position, which is then at most a
	 * ring's size behind. */
	const uint64_t end = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	uint64_t waiting;
	int64_t ahead;
	int left;

	if (reader_check_consumer(r))
		return r->error;
	left = leave_overwritten(r);
	if (left < 0)
		return left;
	ahead = (int64_t)(end - reader_position(r));
	/* @end is behind the reader if it has moved to a newer position. */
	if (ahead > (int64_t)r->mask + 1 || (ahead < 0 && left == 0) || end % RING_ALIGNMENT != 0)
		return reader_fail(r, -EBADMSG);
	if (left == 0)
		r->produced = end;
	/* More, if the overwrite position was loaded before more was overwritten. */
	waiting = less(r->produced - reader_position(r), r->mask + 1 - RINGVIEW_HEADER_SIZE);
	if (waiting > r->statistics.high_water)
		r->statistics.high_water = waiting;
	return waiting > 0;
}

int overwrite_next(struct reader *r, const struct overwrite_copy *copy)
{
	struct ringview *rv = &r->hot;
	uint64_t skipped = 0;

	reader_add_up(r);
	r->busy = false;
	for (int tries = 0; tries < TRIES_MOST && skipped <= r->mask;) {
		uint32_t header, length;
		uint64_t stride;
		int left;

		if (reader_pass_is_over(r))
			return 0;
		if (reader_position(r) == r->produced) {
			const int more = overwrite_refresh(r);

			if (more <= 0)
				return more;
		}
		if ((uint64_t)(rv->next - r->data) > r->mask)
			reader_go_to(r, reader_position(r));
		/* Not to be believed before leave_overwritten() has checked it. */
		header = __atomic_load_n((const uint32_t *)rv->next, __ATOMIC_ACQUIRE);
		length = header & ~(RING_BUSY | RING_DISCARD);
		stride = ringview_internal_stride(length);
		if (copy && header == length && length <= copy->room && stride <= r->mask + 1)
			copy_words(copy->to, rv->next + RINGVIEW_HEADER_SIZE, length);
		left = leave_overwritten(r);
		if (left < 0)
			return left;
		if (left > 0) {
			tries++;
			continue;
		}
		if (header & RING_BUSY) {
			r->busy = true;
			r->statistics.busy_stops++;
			return 0;
		}
		if (r->place == PLACE_ARMED)
			waiter_touch(r->in_charge, r);
		if (stride > less(r->produced - reader_position(r), r->mask + 1))
			return reader_fail(r, -EBADMSG);
		if (!(header & RING_DISCARD)) {
			rv->found = length;
			return 1;
		}
		r->statistics.discarded++;
		rv->last = rv->next;
		rv->next += stride;
		skipped += stride;
	}
	return copy == NULL;
}

int ringview_internal_read_copy(struct ringview *rv, void *buffer, size_t capacity, size_t *length)
{
	const struct overwrite_copy copy = { buffer, capacity };
	struct reader *r = reader_of(rv);
	const int found = r->error ? r->error : overwrite_next(r, &copy);

	if (found <= 0)
		return found;
	*length = rv->found;
	if (rv->found > capacity)
		return -EMSGSIZE;
	ringview_internal_pass(rv, rv->next, rv->found);
	ringview_release(rv);
	return 1;
}
