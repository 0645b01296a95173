/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tournament tree over the rings of a group. Each ring enters with the timestamp of its next
 * record, and each node keeps the loser of its match. The winner's record is returned next; its
 * ring then enters again and plays the losers on its path: log2(rings) comparisons, without
 * branches, and nothing is copied.
 *
 * An empty ring may still get a record, but only one that is younger than the lateness. So a pass
 * reads the clock, polls all rings once, and returns the records that were at least the lateness
 * old at that time.
 */
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "order.h"
#include "reader.h"
#include "sized.h"

#define LATENESS_MOST_NS (10 * NS_PER_SECOND)
#define OFFSET_MOST (RING_DISCARD - 8) /* of a timestamp in a record */

#define NEVER UINT64_MAX /* the time of a ring without a record */
#define NOBODY ((size_t)-1)

/* The next record of a ring. */
struct head {
	struct reader *reader;
	const unsigned char *at; /* its header, and what makes it a position in the ring */
	uint64_t offset;
	uint64_t time; /* its own, or that of the record before it if it is too short; not 0 */
	uint32_t length;
	bool loaded; /* there is a next record */
	bool failed; /* the ring's error has to be returned */

	uint64_t seen_end; /* records before this position were there at @seen_ns */
	uint64_t seen_ns;  /* 0: nothing is known */
};

/* The loser of each node. Two arrays: the compiler would make a vector of two fields of a struct,
 * which is slower. */
struct losers {
	uint64_t *times;
	size_t *rings;
};

struct order {
	uint64_t first_time; /* of the next record */
	size_t first;        /* its ring */
	uint64_t bound;      /* records with earlier times can be returned now */
	struct head *heads;
	struct losers losers;       /* by node: the root is 1, and ring i enters at leaves + i */
	size_t leaves;              /* power of two */
	uint64_t time_at, time_end; /* of the timestamp in a record */
	uint64_t latest;            /* time returned so far */

	size_t count;
	uint64_t horizon; /* @bound, unless a ring's pass has ended */
	uint64_t looked;  /* time of the last poll */
	uint64_t until;   /* when the records found by polls that returned none are old enough */
	bool cut_short;   /* a ring's pass has ended, and it has records left */
	bool failed;      /* a head has failed */
	bool over;        /* the pass has ended, and peek has returned 0 for it */

	int64_t lateness_ns;
	clockid_t clock;
};

int order_open(struct order **order, const struct ringview_order *given, int64_t budget_ns)
{
	static const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI };
	struct ringview_order taken = RINGVIEW_ORDER_DEFAULT;
	struct order *o;

	if (given->size < sizeof(given->size) ||
		sized_take(&taken, sizeof(taken), given, given->size))
		return -EINVAL;
	if (taken.timestamp_offset > OFFSET_MOST || taken.lateness_ns < 0 ||
		taken.lateness_ns > LATENESS_MOST_NS)
		return -EINVAL;
	if ((unsigned)taken.clock >= sizeof(clocks) / sizeof(clocks[0]))
		return -EINVAL;
	o = calloc(1, sizeof(*o));
	if (!o)
		return -ENOMEM;
	o->time_at = taken.timestamp_offset;
	o->time_end = o->time_at + sizeof(uint64_t);
	o->lateness_ns = taken.lateness_ns ? taken.lateness_ns : budget_ns;
	o->clock = clocks[taken.clock];
	order_forget(o);
	*order = o;
	return 0;
}

void order_close(struct order *o)
{
	if (!o)
		return;
	free(o->heads);
	free(o->losers.times);
	free(o->losers.rings);
	free(o);
}

int order_make_room(struct order *o, size_t count)
{
	size_t leaves = 1;
	struct losers losers;
	struct head *heads;

	while (leaves < count)
		leaves *= 2;
	if (leaves <= o->leaves)
		return 0;
	heads = calloc(leaves, sizeof(*heads));
	losers.times = calloc(leaves, sizeof(*losers.times));
	losers.rings = calloc(leaves, sizeof(*losers.rings));
	if (!heads || !losers.times || !losers.rings) {
		free(heads);
		free(losers.times);
		free(losers.rings);
		return -ENOMEM;
	}
	free(o->heads);
	free(o->losers.times);
	free(o->losers.rings);
	o->heads = heads;
	o->losers = losers;
	o->leaves = leaves;
	order_forget(o);
	return 0;
}

int order_check(const struct reader *r)
{
	return r->overwrite ? -EOPNOTSUPP : 0;
}

void order_forget(struct order *o)
{
	if (o->leaves)
		memset(o->heads, 0, o->leaves * sizeof(*o->heads));
	o->count = 0;
	o->first_time = NEVER;
	o->first = 0;
	o->bound = o->horizon = 0;
	o->cut_short = o->failed = false;
	o->over = true;
}

/* The ring enters with the time of its next record. If times are equal, the ring that was added
 * first wins: the other side of a node has only rings before it, or only rings after it. No branch
 * could be predicted here: the asm keeps the compiler from making one. */
static inline void play(struct order *o, size_t ring, uint64_t time)
{
	const struct losers losers = o->losers;

	for (size_t node = o->leaves + ring; node > 1; node /= 2) {
		uint64_t *loser_time = &losers.times[node / 2];
		size_t *loser = &losers.rings[node / 2];
		uint64_t swap = -(uint64_t)(*loser_time - (node & 1) < time);
		uint64_t swapped, swapped_ring;

		__asm__("" : "+r"(swap));
		swapped = (*loser_time ^ time) & swap;
		swapped_ring = (*loser ^ ring) & swap;
		*loser_time ^= swapped;
		*loser ^= swapped_ring;
		time ^= swapped;
		ring ^= swapped_ring;
	}
	o->first_time = time;
	o->first = ring;
}

/* All rings enter: the first at a node waits there for the second. */
static void play_all(struct order *o)
{
	const struct losers losers = o->losers;

	for (size_t node = 1; node < o->leaves; node++)
		losers.rings[node] = NOBODY;
	for (size_t entered = 0; entered < o->leaves; entered++) {
		uint64_t time = o->heads[entered].loaded ? o->heads[entered].time : NEVER;
		size_t node = o->leaves + entered, ring = entered;

		for (; node > 1 && losers.rings[node / 2] != NOBODY; node /= 2) {
			const uint64_t other_time = losers.times[node / 2];
			const size_t other = losers.rings[node / 2];

			if (other_time - (node & 1) >= time)
				continue;
			losers.times[node / 2] = time;
			losers.rings[node / 2] = ring;
			time = other_time;
			ring = other;
		}
		if (node > 1) {
			losers.times[node / 2] = time;
			losers.rings[node / 2] = ring;
		} else {
			o->first_time = time;
			o->first = ring;
		}
	}
}

/* Makes the record at @at, at the reader's position, the next one of its ring. */
static inline uint64_t load(
	const struct order *o, struct head *h, const unsigned char *at, uint32_t length)
{
	const struct ringview *rv = &h->reader->hot;
	const unsigned char *following = at + ringview_internal_stride(length);

	/* The processor prefetches fewer streams than there are rings. */
	if (following < rv->end)
		__builtin_prefetch(following + RINGVIEW_HEADER_SIZE + o->time_at);
	h->at = at;
	h->offset = rv->offset;
	h->length = length;
	if (RINGVIEW_LIKELY(o->time_end <= length)) {
		memcpy(&h->time, at + RINGVIEW_HEADER_SIZE + o->time_at, sizeof(h->time));
		h->time += h->time == 0;
	}
	return h->time;
}

/* Makes the ring one without a next record. */
static __attribute__((noinline)) uint64_t unload(struct order *o, struct head *h, int found)
{
	const struct reader *r = h->reader;

	h->loaded = false;
	if (found < 0) {
		h->failed = o->failed = true;
	} else if (!r->busy && reader_has_left(r)) {
		/* Its next record is found by its next pass. */
		o->cut_short = true;
		o->bound = 0;
	}
	return NEVER;
}

/* Loads the next record of each ring that the waiter has found ready. */
static void load_all(struct order *o, const struct waiter *w)
{
	o->failed = false;
	o->count = w->count;
	for (size_t i = 0; i < o->count; i++) {
		struct head *h = &o->heads[i];
		struct reader *r = w->readers[i];

		if (h->time == 0)
			h->time = 1;
		h->reader = r;
		h->failed = r->place == PLACE_READY && r->error;
		o->failed |= h->failed;
		h->loaded = r->place == PLACE_READY && !r->error;
		if (h->loaded)
			load(o, h, r->hot.next, r->hot.found);
		if (h->seen_ns == 0 || (int64_t)(reader_position(r) - h->seen_end) >= 0) {
			h->seen_end = r->produced;
			h->seen_ns = o->looked;
		}
	}
	o->bound = o->horizon;
	o->cut_short = false;
	play_all(o);
}

static bool may_show(const struct order *o)
{
	return o->first_time < o->bound;
}

/* A time that is still in the future when the record has been there for the lateness is wrong: the
 * time at which the record was found replaces it. Returns whether there was such a record. */
static bool admit_future(struct order *o)
{
	bool admitted = false;

	if (o->bound == 0)
		return false;
	for (size_t i = 0; i < o->count; i++) {
		struct head *h = &o->heads[i];

		if (h->loaded && h->time > o->looked && h->seen_ns < o->horizon &&
			(int64_t)((uintptr_t)h->at + h->offset - h->seen_end) < 0) {
			h->time = h->seen_ns;
			admitted = true;
		}
	}
	if (admitted)
		play_all(o);
	return admitted;
}

/* Begins a pass if a record or an error can be returned. */
static bool begin(struct order *o)
{
	o->over = !may_show(o) && !o->failed && !admit_future(o);
	return !o->over;
}

bool order_look(struct waiter *w)
{
	struct order *o = w->order;
	const uint64_t looked = (uint64_t)clock_read(o->clock);

	/* CLOCK_TAI has been set back. */
	if (looked < o->looked) {
		order_forget(o);
		o->until = o->latest = 0;
	}
	o->looked = looked;
	waiter_put_back(w);
	waiter_look_at_all(w);
	o->horizon = 0;
	if (o->looked >= (uint64_t)o->lateness_ns)
		o->horizon = o->looked - (uint64_t)o->lateness_ns + 1;
	load_all(o, w);
	if (begin(o))
		o->until = 0;
	else if (w->ready.first && o->looked >= o->until)
		o->until = o->looked + (uint64_t)o->lateness_ns;
	return !o->over;
}

bool order_has_rest(struct waiter *w)
{
	struct order *o = w->order;

	if (!o->cut_short && !may_show(o))
		return false;
	waiter_look_at_rest(w);
	load_all(o, w);
	return begin(o);
}

int64_t order_pause(const struct order *o)
{
	return (int64_t)(o->until - o->looked);
}

static int fail_first(struct order *o, struct ringview **rv)
{
	for (size_t i = 0; i < o->count; i++) {
		struct head *h = &o->heads[i];

		if (!h->failed)
			continue;
		h->failed = false;
		if (rv)
			*rv = &h->reader->hot;
		return h->reader->error;
	}
	return o->failed = false;
}

static bool is_in_place(const struct head *h)
{
	return h->at == h->reader->hot.next && h->offset == h->reader->hot.offset &&
	       !h->reader->error;
}

/* No record can be returned now. Returns 1 if one can be after all, 0 if not, or an error. */
static __attribute__((noinline)) int next_pass(struct ringview_group *group, struct ringview **rv)
{
	struct waiter *w = &group->waiter;
	struct order *o = w->order;
	int err;

	/* The user has read the ring by its own reader. */
	if (may_show(o))
		order_forget(o);
	err = o->failed ? fail_first(o, rv) : 0;
	if (err)
		return err;
	if (admit_future(o))
		return 1;
	if (!o->over) {
		o->over = true;
		return 0;
	}
	return !waiter_is_interrupted(w) && order_look(w);
}

int ringview_group_peek_ordered(
	struct ringview_group *group, struct ringview_record *record, struct ringview **rv)
{
	struct order *o = group->waiter.order;
	const unsigned char *at;
	struct ringview *shown;
	struct head *h;
	uint32_t length;
	int found;

	if (!o)
		return -EINVAL;
	while (!RINGVIEW_LIKELY(may_show(o) && is_in_place(&o->heads[o->first]))) {
		found = next_pass(group, rv);
		if (found <= 0)
			return found;
	}
	h = &o->heads[o->first];
	shown = &h->reader->hot;
	record->data = h->at + RINGVIEW_HEADER_SIZE;
	record->length = h->length;
	if (rv)
		*rv = shown;
	if (h->time < o->latest)
		h->reader->statistics.late++;
	else
		o->latest = h->time;
	ringview_internal_pass(shown, h->at, h->length);
	found = ringview_internal_find(shown, &at, &length);
	play(o, o->first, found > 0 ? load(o, h, at, length) : unload(o, h, found));
	return 1;
}

int ringview_group_set_order(struct ringview_group *group, const struct ringview_order *order)
{
	struct waiter *w = &group->waiter;
	struct order *o = NULL;
	int err = order ? order_open(&o, order, w->pacing.budget_ns) : 0;

	for (size_t i = 0; i < w->count && !err && o; i++)
		err = order_check(w->readers[i]);
	if (!err && o)
		err = order_make_room(o, w->count);
	if (err) {
		order_close(o);
		return err;
	}
	waiter_put_back(w);
	order_close(w->order);
	w->order = o;
	return 0;
}
