/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "foreign.h"
#include "linger.h"
#include "lock.h"
#include "reader.h"
#include "ring.h"

/*
 * libbpf releases each record after its callback, which moves a cache line from CPU to CPU. Here
 * records are released in portions: a part of the ring, so that a full ring holds nearly as much as
 * with libbpf, and at most 16 KiB, as more would gain little. And always before a pass ends.
 */
#define RELEASE_PART 64
#define RELEASE_MOST 16384

#define LINGERS 64 /* in one poll, which has to return */

/* include/uapi/linux/bpf.h of Linux 6.19; the headers that we are built with may be older. */
#define MAP_FLAG_OVERWRITE (1u << 19)

static struct ring *all_rings;

static int describe_map(struct ring *r)
{
	struct bpf_map_info info;
	union bpf_attr attributes;

	memset(&info, 0, sizeof(info));
	memset(&attributes, 0, sizeof(attributes));
	attributes.info.bpf_fd = (uint32_t)r->map_fd;
	attributes.info.info_len = sizeof(info);
	attributes.info.info = (uintptr_t)&info;
	if (syscall(__NR_bpf, BPF_OBJ_GET_INFO_BY_FD, &attributes, sizeof(attributes)) < 0)
		return -errno;
	if (info.type != BPF_MAP_TYPE_RINGBUF)
		return -EINVAL;
	/* Its records cannot be passed on in place. */
	if (info.map_flags & MAP_FLAG_OVERWRITE)
		return -EOPNOTSUPP;
	r->size = info.max_entries;
	r->map_id = info.id;
	return 0;
}

/* The first page of a ring holds the consumer position, the second the producer position. */
static int map_positions(struct ring *r)
{
	void *pages;

	r->page_size = (size_t)sysconf(_SC_PAGESIZE);
	pages = mmap(NULL, 2 * r->page_size, PROT_READ, MAP_SHARED, r->map_fd, 0);
	if (pages == MAP_FAILED)
		/* Linux 6.18 does not map a read-only descriptor, which libbpf maps for writing. */
		return errno == EINVAL ? -EACCES : -errno;
	r->positions = pages;
	return 0;
}

static uint64_t consumer_position(const struct ring *r)
{
	/* Acquire: pairs with the release in ringview_release(). */
	return __atomic_load_n((const uint64_t *)r->positions, __ATOMIC_ACQUIRE);
}

static uint64_t producer_position(const struct ring *r)
{
	const char *page = (const char *)r->positions + r->page_size;

	/* Acquire: pairs with smp_store_release(&rb->producer_pos) in __bpf_ringbuf_reserve(). */
	return __atomic_load_n((const uint64_t *)page, __ATOMIC_ACQUIRE);
}

/* Negative if something else has moved the consumer position ahead. libbpf finds nothing then. */
static int64_t available(const struct ring *r)
{
	/* Consumer first: a producer position read after it is never behind it. */
	const uint64_t consumer = consumer_position(r);

	return (int64_t)(producer_position(r) - consumer);
}

unsigned long ring__producer_pos(const struct ring *r)
{
	HAND_ON(r, ring__producer_pos, 0, r);
	return producer_position(r);
}

size_t ring__size(const struct ring *r)
{
	HAND_ON(r, ring__size, 0, r);
	return r->size;
}

int ring__map_fd(const struct ring *r)
{
	HAND_ON(r, ring__map_fd, -EOPNOTSUPP, r);
	return r->map_fd;
}

/* Fails while the positions in the ring are impossible. */
static int open_reader(struct ring *r, int map_fd)
{
	int err = ringview_open(&r->reader, map_fd, NULL);

	if (err || !r->set->group)
		return err;
	err = ringview_group_add(r->set->group, r->reader);
	if (err) {
		ringview_close(r->reader);
		r->reader = NULL;
	}
	return err;
}

static bool is_shared(const struct ring *r)
{
	return __atomic_load_n(&r->is_shared, __ATOMIC_RELAXED);
}

/* Whether the reader must hold no record back between calls. */
static bool holds_nothing(const struct ring *r)
{
	return is_shared(r) || __atomic_load_n(&r->set->is_watched, __ATOMIC_RELAXED);
}

/* If not, what it holds back is the parent's. */
static bool is_used_here(const struct ring *r)
{
	return __atomic_load_n(&r->forks, __ATOMIC_RELAXED) == forks();
}

/* A record that is held back counts as released: its callback has returned. */
unsigned long ring__consumer_pos(const struct ring *r)
{
	HAND_ON(r, ring__consumer_pos, 0, r);
	if (!r->set->group || !r->reader || holds_nothing(r) || !is_used_here(r))
		return consumer_position(r);
	/* Relaxed: another thread may be reading, and moves it at any time. */
	return __atomic_load_n(&reader_of(r->reader)->hot.released, __ATOMIC_RELAXED);
}

size_t ring__avail_data_size(const struct ring *r)
{
	unsigned long consumed;

	HAND_ON(r, ring__avail_data_size, 0, r);
	/* In this order, as in available(). */
	consumed = ring__consumer_pos(r);
	return producer_position(r) - consumed;
}

static struct ring_flags *flags_of(const struct ring *r)
{
	return &r->set->flags[r->index];
}

static void note_consumed(struct ring *r)
{
	r->consumed = consumer_position(r);
}

static void close_own_fd(struct ring *r)
{
	if (r->own_fd >= 0)
		close(r->own_fd);
	r->own_fd = -1;
}

/* Opens the reader of a ring whose positions were impossible. */
static int open_late(struct ring *r)
{
	const int err = open_reader(r, r->own_fd);

	if (!err) {
		close_own_fd(r);
		note_consumed(r);
	}
	return err;
}

/* Also polls once more, in a way that cannot miss a record that does not notify. */
static int arm(struct ring *r)
{
	const int found = ringview_arm(r->reader);

	note_consumed(r);
	return found;
}

int ring_fd(const struct ring *r)
{
	return r->reader ? ringview_fd(r->reader) : r->own_fd;
}

/* Releases the records that the readers of @set hold back, or leaves that to the call that uses them.
 * The caller holds the lock. */
static void publish(struct ring_set *set)
{
	enum rings_use use = RINGS_UNUSED;

	/* Acquire: pairs with the release in ring_end_use(). */
	while (!__atomic_compare_exchange_n(&set->use, &use,
		use == RINGS_UNUSED ? RINGS_PUBLISHED : RINGS_OWED, false, __ATOMIC_ACQ_REL,
		__ATOMIC_RELAXED))
		;
	if (use != RINGS_UNUSED) {
		ringview_group_interrupt(set->group);
		return;
	}
	for (struct ring *r = all_rings; r; r = r->next)
		if (r->set == set && holds_nothing(r) && is_used_here(r) && r->reader &&
			!r->in_pass)
			arm(r);
	/* Release: pairs with the acquire in ring_begin_use(). */
	__atomic_store_n(&set->use, RINGS_UNUSED, __ATOMIC_RELEASE);
}

void ring_publish(struct ring_set *set)
{
	lock();
	publish(set);
	unlock();
}

static bool is_in_use(const struct ring_set *set)
{
	const enum rings_use use = __atomic_load_n(&set->use, __ATOMIC_RELAXED);

	return !set->group || use == RINGS_USED || use == RINGS_OWED;
}

void ring_begin_use(struct ring_set *set)
{
	while (!is_in_use(set)) {
		enum rings_use unused = RINGS_UNUSED;

		/* Acquire: pairs with the release in publish(). */
		if (__atomic_compare_exchange_n(&set->use, &unused, RINGS_USED, false,
			    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return;
		/* The thread that publishes holds the lock. */
		lock();
		unlock();
	}
}

static void begin_use(struct ring *r)
{
	__atomic_store_n(&r->forks, forks(), __ATOMIC_RELAXED);
	ring_begin_use(r->set);
}

bool ring_end_use(struct ring_set *set)
{
	bool owed;

	if (!set->group)
		return false;
	/* Release: pairs with the acquire in publish(); acquire: with its release. */
	owed = __atomic_exchange_n(&set->use, RINGS_UNUSED, __ATOMIC_ACQ_REL) == RINGS_OWED;
	if (owed)
		ring_publish(set);
	return owed;
}

static void share_with(struct ring *other)
{
	if (__atomic_exchange_n(&other->is_shared, true, __ATOMIC_RELAXED))
		return;
	/* The record held back would be read twice. */
	if (other->set->group && is_used_here(other))
		publish(other->set);
}

static void enter(struct ring *r)
{
	lock();
	for (struct ring *other = all_rings; other; other = other->next)
		if (other->map_id == r->map_id) {
			share_with(other);
			r->is_shared = true;
		}
	r->next = all_rings;
	all_rings = r;
	unlock();
}

static void leave(struct ring *r)
{
	struct ring **at = &all_rings;

	lock();
	while (*at && *at != r)
		at = &(*at)->next;
	if (*at)
		*at = r->next;
	unlock();
}

int ring_make(struct ring **ring, int map_fd, ring_buffer_sample_fn callback, void *context,
	struct ring_set *set, int index)
{
	struct ring *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->maker = &made_here;
	r->map_fd = map_fd;
	r->own_fd = -1;
	r->callback = callback;
	r->context = context;
	r->set = set;
	r->index = index;
	r->forks = forks();
	err = describe_map(r);
	if (!err)
		err = map_positions(r);
	if (err) {
		ring_close(r);
		return err;
	}
	r->release_after = less(r->size / RELEASE_PART, RELEASE_MOST);
	*ring = r;
	return 0;
}

int ring_open(struct ring *r)
{
	int err = open_reader(r, r->map_fd);

	if (err == -EBADMSG) {
		r->own_fd = fcntl(r->map_fd, F_DUPFD_CLOEXEC, 3);
		err = r->own_fd < 0 ? -errno : 0;
	}
	if (err)
		return err;
	note_consumed(r);
	/* Only now, as it changes how others read. That may move the position: each pass looks. */
	enter(r);
	return 0;
}

size_t ring_turns(const struct ring *r)
{
	return r->reader ? r->size / pass_bytes(reader_of(r->reader)) : 1;
}

bool ring_has_more(const struct ring *r)
{
	return available(r) > 0;
}

void ring_close(struct ring *r)
{
	leave(r);
	ringview_close(r->reader);
	close_own_fd(r);
	if (r->positions)
		munmap((void *)(uintptr_t)r->positions, 2 * r->page_size);
	free(r);
}

static void release(struct ring *r)
{
	ringview_release(r->reader);
	note_consumed(r);
}

static int restart(struct ring *r)
{
	const int err = ringview_restart(r->reader);

	note_consumed(r);
	r->in_pass = false;
	return err;
}

static void release_to(struct ring *r, uint64_t position)
{
	reader_release_to(reader_of(r->reader), position);
	note_consumed(r);
}

/* Makes ringview_peek() return what the callbacks have not returned from once more. */
static void resume(struct ring *r)
{
	if (!r->in_pass)
		return;
	r->in_pass = false;
	release_to(r, r->unread);
	ringview_cancel(r->reader);
}

/* Whether another record has come soon after the last one. */
static bool has_come_soon(struct ring *r)
{
	if (r->lingers == 0)
		return false;
	r->lingers = linger(r->reader) ? r->lingers - 1 : 0;
	return r->lingers > 0;
}

/* Passes records on until there is none, or the callback stops, which may return what an error of the
 * ring is: only *@stopped tells. */
static int64_t pass_on(struct ring *r, size_t most, bool *stopped)
{
	struct ringview *const rv = r->reader;
	struct ringview_record record;
	struct ring_set *const set = r->set;
	const ring_buffer_sample_fn callback = r->callback;
	void *const context = r->context;
	const size_t release_after = r->release_after;
	unsigned pass = r->pass;
	int found, result = 0;
	int64_t count = 0;

	r->unread = reader_position(const_reader_of(rv));
	r->in_pass = true;
	/* The handler of a signal may leave the pass from here on. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	while ((found = ringview_peek(rv, &record)) > 0 || (found == 0 && has_come_soon(r))) {
		if (found == 0)
			continue;
		/* A portion of records that were passed on, or discarded, however many. */
		if (reader_last(const_reader_of(rv)) - rv->released >= release_after)
			release_to(r, reader_last(const_reader_of(rv)));
		result = callback(context, (void *)(uintptr_t)record.data, record.length);
		/* The callback may have used the ring_buffer, which ended this use, */
		if (!RINGVIEW_LIKELY(is_in_use(set)))
			ring_begin_use(set);
		/* and may have read its own ring, this record included. */
		if (!RINGVIEW_LIKELY(r->pass == pass)) {
			pass = r->pass;
			resume(r);
		}
		r->unread = reader_position(const_reader_of(rv));
		r->in_pass = true;
		if (result < 0 || (size_t)++count >= most)
			break;
	}
	r->in_pass = false;
	*stopped = result < 0;
	if (*stopped)
		return result;
	/* An error of the ring is sticky: the next call returns it. */
	return found < 0 && count == 0 ? found : count;
}

/* Starts at the ring's consumer position if another consumer has moved it, as each pass of libbpf.
 */
static void catch_up(struct ring *r)
{
	/* A group's reader may hold records back, unless it shares its ring. */
	if ((!r->set->group || is_shared(r)) && consumer_position(r) != r->consumed)
		restart(r);
	resume(r);
}

bool ring_end_wait(struct ring *r)
{
	return holds_nothing(r) && r->reader && !r->in_pass && arm(r) > 0;
}

static void begin_pass(struct ring *r, bool in_turn)
{
	r->pass++;
	catch_up(r);
	/* Ends the turn that a poll may have left in the middle. */
	if (r->set->group && !in_turn)
		arm(r);
}

static void end_pass(struct ring *r, bool in_turn)
{
	release(r);
	/* Releases the record held back: the caller may sleep next, or another consumer read. */
	if (r->set->group && (!in_turn || holds_nothing(r)))
		arm(r);
}

static int64_t read_pass(struct ring *r, size_t most, bool in_turn)
{
	bool stopped = false;
	int64_t result;

	begin_pass(r, in_turn);
	result = pass_on(r, most, &stopped);
	/* Another consumer has moved the position. */
	if (result == -EBUSY && !stopped && restart(r) == 0)
		result = pass_on(r, most, &stopped);
	end_pass(r, in_turn);
	return result;
}

/* Reads until every further record notifies. */
static int64_t read_all(struct ring *r, size_t most)
{
	int64_t total = 0;

	flags_of(r)->is_pending = true;
	do {
		const int64_t count = read_pass(r, most - (size_t)total, false);

		if (count < 0)
			return count;
		total += count;
		if ((size_t)total >= most)
			return total;
	} while (arm(r) > 0);
	/* A busy record may be submitted without a notification. */
	flags_of(r)->is_pending = available(r) > 0;
	return total;
}

int64_t ring_read_turn(struct ring *r)
{
	return read_pass(r, INT32_MAX, true);
}

static int64_t read_ring(struct ring *r, size_t most, unsigned lingers)
{
	const int64_t left = available(r);
	int64_t result;

	/* A program that spins must not write the consumer position's cache line each time. */
	if (left < 0 || (left == 0 && (!r->reader || (!r->set->group && !flags_of(r)->is_pending))))
		return 0;
	begin_use(r);
	r->lingers = lingers;
	result = r->reader ? 0 : open_late(r);
	if (result == 0)
		result = r->set->group && !holds_nothing(r) ? read_pass(r, most, false)
							    : read_all(r, most);
	ring_end_use(r->set);
	return result;
}

int64_t ring_read(struct ring *r, size_t most)
{
	return read_ring(r, most, 0);
}

int64_t ring_read_lingering(struct ring *r)
{
	return read_ring(r, INT32_MAX, LINGERS);
}

void ring_begin_wait(struct ring *r)
{
	begin_use(r);
	if (r->reader)
		catch_up(r);
	else if (available(r) > 0)
		open_late(r);
}

int ring__consume_n(struct ring *r, size_t n)
{
	HAND_ON(r, ring__consume_n, -EOPNOTSUPP, r, n);
	return libbpf_result(ring_read(r, n));
}

int ring__consume(struct ring *r)
{
	HAND_ON(r, ring__consume, -EOPNOTSUPP, r);
	return libbpf_result(ring_read(r, INT32_MAX));
}
