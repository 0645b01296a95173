/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cold half of ringview_peek().
 */
#include "reader.h"

_Static_assert(FORESIGHT_REACH < RING_DISCARD,
	"no busy or discarded header fits before the end that ringview_peek() knows");

void reader_add_up(struct reader *r)
{
	r->statistics.records += r->hot.returned >> 32;
	r->statistics.bytes += (uint32_t)r->hot.returned;
	r->hot.returned = 0;
}

void reader_ask_first(struct reader *r)
{
	r->hot.end = r->hot.next;
}

void reader_go_to(struct reader *r, uint64_t position)
{
	struct ringview *rv = &r->hot;
	const uint64_t offset = rv->offset;

	rv->next = r->data + (position & r->mask);
	rv->offset = position - (uintptr_t)rv->next;
	/* It may lie outside of the ring, so pointer arithmetic would be undefined. */
	rv->last = (const unsigned char *)((uintptr_t)rv->last + (uintptr_t)(offset - rv->offset));
	reader_ask_first(r);
}

int reader_fail(struct reader *r, int error)
{
	r->error = error;
	reader_ask_first(r);
	return error;
}

/* Loads the producer position. Returns 1 if there is more, 0 if not, or an error. */
static int refresh(struct reader *r)
{
	/* Acquire: the header of every record up to there has been written. Pairs with
	 * smp_store_release(&rb->producer_pos) in __bpf_ringbuf_reserve(). */
	uint64_t end = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	const uint64_t position = reader_position(r), start = reader_published(r);

	if (r->overwrite)
		return overwrite_refresh(r);
	if (reader_check_consumer(r))
		return r->error;
	/* Unsigned, so that a position that went backwards also is too far. */
	if (end - position > r->mask + 1 - (position - start) || end % RING_ALIGNMENT != 0)
		return reader_fail(r, -EBADMSG);
	if (end - start > r->statistics.high_water)
		r->statistics.high_water = end - start;
	r->produced = end;
	if (end != position)
		return 1;
	/* Also if a position that went back says so: peek knows of no record any more. */
	reader_ask_first(r);
	return 0;
}

/*
 * Sets hot.end, up to which ringview_peek() returns records without calling the library: the known
 * end, the end of the pass, the end of the ring's first mapping, or where foresee() is due again.
 */
static void set_end(struct reader *r)
{
	struct ringview *rv = &r->hot;
	const uint64_t position = reader_position(r);
	uint64_t reach = r->produced - position;

	if (r->overwrite)
		return; /* no record is returned in place */
	reach = less(reach, r->mask + 1 - (uint64_t)(rv->next - r->data));
	if (r->pass != PASS_NONE)
		reach = less(reach, r->pass_end - position);
	rv->end = rv->next + foresee(r, reach);
}

bool reader_pass_is_over(struct reader *r)
{
	if (r->pass == PASS_NONE || (int64_t)(reader_position(r) - r->pass_end) < 0)
		return false;
	if (r->pass == PASS_OF_WAIT)
		r->pass = PASS_NONE;
	return true;
}

/* EVENT: what comes before the user releases notifies nobody, and the next wait finds it. */
static void linger_after_pass(struct reader *r)
{
	/* Not in a group, where other rings would wait meanwhile. */
	if (!r->group && r->waiter.strategy == RINGVIEW_WAIT_EVENT && !reader_has_left(r))
		linger(&r->hot);
}

/* As seek(), but releases nothing. */
static int find(struct reader *r)
{
	struct ringview *rv = &r->hot;

	r->busy = false;
	while (!reader_pass_is_over(r)) {
		uint64_t stride;
		uint32_t header;

		if (reader_position(r) == r->produced) {
			const int more = refresh(r);

			if (more <= 0) {
				foresight_pause(r);
				return more;
			}
		}
		/* The second mapping holds only the end of a record that begins in the first. */
		if ((uint64_t)(rv->next - r->data) > r->mask)
			reader_go_to(r, reader_position(r));
		/* Pairs with the xchg() in bpf_ringbuf_commit(). */
		header = __atomic_load_n((const uint32_t *)rv->next, __ATOMIC_ACQUIRE);
		if (header & RING_BUSY) {
			r->busy = true;
			r->statistics.busy_stops++;
			foresight_pause(r);
			return 0;
		}
		if (r->place == PLACE_ARMED)
			waiter_touch(r->in_charge, r);
		stride = ringview_internal_stride(header & ~RING_DISCARD);
		if (stride > r->produced - reader_position(r))
			return reader_fail(r, -EBADMSG);
		if (!(header & RING_DISCARD)) {
			rv->found = ringview_internal_expect(header, rv->expected);
			set_end(r);
			return 1;
		}
		r->statistics.discarded++;
		rv->last = rv->next;
		rv->next += stride;
	}
	linger_after_pass(r);
	return 0;
}

/* Moves the reader to the next record that can be returned. Returns 1 if there is one, 0 if not, or
 * an error. */
static int seek(struct reader *r)
{
	struct ringview *rv = &r->hot;
	const bool all_released = reader_position(r) == rv->released;
	const int found = find(r);

	/* Discarded records were skipped. A wait, or a loop of ringview_read_into(), releases
	 * nothing else until there is a record, for which there may be no room. */
	if (found == 0 && all_released && reader_position(r) != rv->released) {
		ringview_release(rv);
		return r->error;
	}
	return found;
}

int reader_seek(struct reader *r)
{
	reader_add_up(r);
	if (r->error)
		return r->error;
	return r->overwrite ? overwrite_next(r, NULL) : seek(r);
}

int ringview_internal_seek(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	return r->overwrite ? -EOPNOTSUPP : reader_seek(r);
}

int ringview_internal_next(struct ringview *rv)
{
	const int found = ringview_internal_seek(rv);

	if (found > 0)
		ringview_internal_pass(rv, rv->next, rv->found);
	return found;
}

void reader_begin_pass(struct reader *r, enum pass pass)
{
	const uint64_t position = reader_position(r);

	r->pass = pass;
	r->pass_end = position + less(r->produced - position, pass_bytes(r));
	set_end(r);
}

int reader_look(struct reader *r, enum pass pass)
{
	int found = r->error;

	r->pass = PASS_NONE;
	/* Even if known records are left: the waiter needs to know how much has come. */
	if (found == 0)
		found = refresh(r);
	if (found > 0)
		found = reader_seek(r);
	if (found > 0)
		reader_begin_pass(r, pass);
	return found;
}

int reader_look_at_rest(struct reader *r, enum pass pass)
{
	int found = r->error;

	r->pass = PASS_NONE;
	if (found == 0 && reader_has_left(r))
		found = reader_seek(r);
	if (found > 0)
		reader_begin_pass(r, pass);
	return found;
}
