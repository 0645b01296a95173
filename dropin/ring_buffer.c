/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libbpf's ring_buffer__*: many rings and one epoll descriptor.
 *
 * The epoll descriptor is for the caller to wait on, so it is like libbpf's: level-triggered, on
 * the maps themselves. ring_buffer__poll() does not use it. With EVENT it waits on an
 * edge-triggered one: each pass that finds a ring empty arms it, so a wait needs one system call.
 * With the other strategies a group of ringview waits.
 */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "environment.h"
#include "foreign.h"
#include "lock.h"
#include "ring.h"

/* A signal ends libbpf's poll without a time-out, and programs set a flag in the handler. BUSY does
 * not see signals, so it returns once in a while. */
#define LONGEST_BUSY_WAIT_NS 100000000

/* EVENT: between polls of a busy record, each twice the one before. It may be submitted without a
 * notification. */
#define BUSY_FIRST_MS 1
#define BUSY_LAST_MS 16

struct ring_buffer {
	const void *maker; /* &made_here */
	struct ring **rings;
	struct epoll_event *events;
	int count;
	int epoll_fd;   /* for the caller to wait on */
	int edge_fd;    /* EVENT: the same maps, edge-triggered */
	unsigned forks; /* of the process that @edge_fd belongs to */
	bool was_left;  /* EVENT: a poll was left as it waited: any ring may have had an edge */
	struct ring_set set;
	int64_t longest_ns; /* of the group's waits; negative means no limit */
};

int libbpf_result(long long result)
{
	if (result < 0)
		errno = (int)-result;
	return result > INT_MAX ? INT_MAX : (int)result;
}

/* Options of a later libbpf may be longer; unknown fields have to be zero. */
static bool options_are_valid(const struct ring_buffer_opts *opts)
{
	const char *bytes = (const char *)opts;

	if (!opts)
		return true;
	if (opts->sz < sizeof(*opts))
		return false;
	for (size_t i = sizeof(*opts); i < opts->sz; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* Makes room for one ring more. */
static int grow(struct ring_buffer *rb)
{
	const size_t count = (size_t)rb->count + 1;
	struct ring_flags *flags = realloc(rb->set.flags, count * sizeof(*flags));
	struct epoll_event *events;
	struct ring **rings;

	if (!flags)
		return -ENOMEM;
	rb->set.flags = flags;
	flags[count - 1] = (struct ring_flags){ false, false };
	rings = realloc(rb->rings, count * sizeof(*rings));
	if (!rings)
		return -ENOMEM;
	rb->rings = rings;
	events = realloc(rb->events, count * sizeof(*events));
	if (!events)
		return -ENOMEM;
	rb->events = events;
	return 0;
}

static int watch_edges(int edge_fd, int map_fd, int index)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)index };

	return epoll_ctl(edge_fd, EPOLL_CTL_ADD, map_fd, &event) < 0 ? -errno : 0;
}

static void unwatch(struct ring_buffer *rb, struct ring *r)
{
	epoll_ctl(rb->epoll_fd, EPOLL_CTL_DEL, r->map_fd, NULL);
	if (!rb->set.group)
		epoll_ctl(rb->edge_fd, EPOLL_CTL_DEL, r->map_fd, NULL);
}

/* Adds a ring to the epoll descriptors of the caller and of poll. */
static int watch(struct ring_buffer *rb, struct ring *r)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)rb->count };
	int err;

	if (epoll_ctl(rb->epoll_fd, EPOLL_CTL_ADD, r->map_fd, &event) < 0)
		return -errno;
	if (rb->set.group)
		return 0;
	err = watch_edges(rb->edge_fd, r->map_fd, rb->count);
	if (err)
		unwatch(rb, r);
	return err;
}

static int add(struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn callback, void *context)
{
	struct ring *r;
	int err = grow(rb);

	if (err)
		return err;
	ring_begin_use(&rb->set);
	err = ring_make(&r, map_fd, callback, context, &rb->set, rb->count);
	if (!err) {
		err = watch(rb, r);
		if (!err) {
			err = ring_open(r);
			if (err)
				unwatch(rb, r);
		}
		if (err)
			ring_close(r);
	}
	ring_end_use(&rb->set);
	if (err)
		return err;
	rb->rings[rb->count++] = r;
	/* A poll in progress must not look for more of the first one only. */
	rb->rings[0]->lingers = 0;
	return 0;
}

/* A ring of another library's ring_buffer. */
static struct ring *ring_of_foreign(
	__typeof__(ring_buffer__ring) *foreign, struct ring_buffer *rb, unsigned int index)
{
	struct ring *r = foreign(rb, index);

	if (r)
		foreign_remember(r, rb, (foreign_function *)foreign);
	return r;
}

/*
 * Called mostly by ring_buffer__new() of that library, and the only sign of what it made. Its rings
 * are remembered too: ring__consume() jumps to ring__consume_n(), which leaves no return address.
 */
static int add_to_foreign(__typeof__(ring_buffer__add) *foreign, struct ring_buffer *rb, int map_fd,
	ring_buffer_sample_fn callback, void *context)
{
	__typeof__(ring_buffer__ring) *ring;
	int result, error;

	if (!foreign)
		return libbpf_result(-EOPNOTSUPP);
	foreign_remember(rb, rb, (foreign_function *)foreign);
	result = foreign(rb, map_fd, callback, context);
	error = errno;
	ring = (__typeof__(ring))foreign_find(rb, "ring_buffer__ring", NULL);
	for (unsigned int i = 0; ring && ring_of_foreign(ring, rb, i);)
		i++;
	errno = error;
	return result;
}

int ring_buffer__add(
	struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn callback, void *context)
{
	if (is_foreign(rb))
		return add_to_foreign(FOREIGN(rb, ring_buffer__add), rb, map_fd, callback, context);
	return libbpf_result(add(rb, map_fd, callback, context));
}

static void free_all(struct ring_buffer *rb)
{
	ring_begin_use(&rb->set);
	/* Before their group, which other threads find through them. */
	for (int i = 0; i < rb->count; i++)
		ring_close(rb->rings[i]);
	ringview_group_close(rb->set.group);
	if (rb->epoll_fd >= 0)
		close(rb->epoll_fd);
	if (rb->edge_fd >= 0)
		close(rb->edge_fd);
	free(rb->events);
	free(rb->set.flags);
	free(rb->rings);
	free(rb);
}

void ring_buffer__free(struct ring_buffer *rb)
{
	__typeof__(ring_buffer__free) *foreign;

	if (!rb)
		return;
	if (!is_foreign(rb)) {
		free_all(rb);
		return;
	}
	foreign = FOREIGN(rb, ring_buffer__free);
	/* Before another thread can be given its address. */
	foreign_forget(rb);
	if (foreign)
		foreign(rb);
}

static int open_waits(struct ring_buffer *rb)
{
	const struct ringview_options options = environment_options();

	rb->edge_fd = -1;
	rb->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (rb->epoll_fd < 0)
		return -errno;
	rb->longest_ns = options.wait == RINGVIEW_WAIT_BUSY ? LONGEST_BUSY_WAIT_NS : -1;
	if (options.wait != RINGVIEW_WAIT_EVENT)
		return ringview_group_open(&rb->set.group, &options);
	rb->edge_fd = epoll_create1(EPOLL_CLOEXEC);
	rb->forks = forks();
	return rb->edge_fd < 0 ? -errno : 0;
}

struct ring_buffer *ring_buffer__new(int map_fd, ring_buffer_sample_fn callback, void *context,
	const struct ring_buffer_opts *opts)
{
	struct ring_buffer *rb;
	int err;

	if (!options_are_valid(opts)) {
		errno = EINVAL;
		return NULL;
	}
	rb = calloc(1, sizeof(*rb));
	if (!rb) {
		errno = ENOMEM;
		return NULL;
	}
	rb->maker = &made_here;
	err = open_waits(rb);
	if (!err)
		err = add(rb, map_fd, callback, context);
	if (!err)
		return rb;
	free_all(rb);
	errno = -err;
	return NULL;
}

int ring_buffer__epoll_fd(const struct ring_buffer *rb)
{
	struct ring_set *set = (struct ring_set *)(uintptr_t)&rb->set;

	HAND_ON(rb, ring_buffer__epoll_fd, -EOPNOTSUPP, rb);
	/* No record is held back between calls any more: it would keep the descriptor readable. */
	if (!__atomic_exchange_n(&set->is_watched, true, __ATOMIC_RELAXED) && set->group)
		ring_publish(set);
	return rb->epoll_fd;
}

struct ring *ring_buffer__ring(struct ring_buffer *rb, unsigned int index)
{
	if (is_foreign(rb)) {
		__typeof__(ring_buffer__ring) *foreign = FOREIGN(rb, ring_buffer__ring);

		if (foreign)
			return ring_of_foreign(foreign, rb, index);
		errno = EOPNOTSUPP;
		return NULL;
	}
	if (index < (unsigned int)rb->count)
		return rb->rings[index];
	errno = ERANGE;
	return NULL;
}

/* Below, the arrays are loaded again for each ring: a callback may add one. */

static int64_t consume(struct ring_buffer *rb)
{
	int64_t total = 0;

	for (int i = 0; i < rb->count && total <= INT_MAX; i++) {
		const int64_t count = ring_read(rb->rings[i], INT_MAX);

		if (count < 0)
			return count;
		total += count;
	}
	return total;
}

int ring_buffer__consume(struct ring_buffer *rb)
{
	HAND_ON(rb, ring_buffer__consume, -EOPNOTSUPP, rb);
	return libbpf_result(consume(rb));
}

int ring_buffer__consume_n(struct ring_buffer *rb, size_t n)
{
	int64_t total = 0;

	HAND_ON(rb, ring_buffer__consume_n, -EOPNOTSUPP, rb, n);

	for (int i = 0; i < rb->count; i++) {
		const int64_t count = ring_read(rb->rings[i], n);

		if (count < 0)
			return libbpf_result(count);
		total += count;
		/* As in libbpf: with 0 a ring passes on one record, and the next ring all it has.
		 */
		n -= (size_t)count;
		if (n == 0)
			break;
	}
	return libbpf_result(total);
}

static bool has_pending(const struct ring_buffer *rb)
{
	for (int i = 0; i < rb->count; i++)
		if (rb->set.flags[i].is_pending)
			return true;
	return false;
}

static int64_t read_polled(struct ring_buffer *rb, uint32_t i)
{
	/* Other rings must not wait for more of this one. */
	return rb->count == 1 ? ring_read_lingering(rb->rings[i])
			      : ring_read(rb->rings[i], INT_MAX);
}

/* Reads the rings that are pending. Sets *@found if one had records, even if all were discarded. */
static int64_t read_pending(struct ring_buffer *rb, bool *found)
{
	int64_t total = 0;

	for (int i = 0; i < rb->count; i++)
		if (rb->set.flags[i].is_pending) {
			int64_t count;

			*found |= ring_has_more(rb->rings[i]);
			rb->set.flags[i].was_read = true;
			count = read_polled(rb, (uint32_t)i);
			if (count < 0)
				return count;
			total += count;
		}
	return total;
}

/* Reads the rings of the first @ready events. */
static int64_t read_ready(struct ring_buffer *rb, int ready)
{
	int64_t total = 0;

	for (int i = 0; i < ready; i++) {
		const int64_t count = read_polled(rb, rb->events[i].data.u32);

		if (count < 0)
			return count;
		total += count;
	}
	return total;
}

/* Gives a child a descriptor of its own: each edge is reported once, and the parent would miss
 * those reported to the child. */
static int own_edges(struct ring_buffer *rb)
{
	const int edge_fd = epoll_create1(EPOLL_CLOEXEC);
	int err = edge_fd < 0 ? -errno : 0;

	for (int i = 0; i < rb->count && !err; i++)
		err = watch_edges(edge_fd, ring_fd(rb->rings[i]), i);
	if (err) {
		if (edge_fd >= 0)
			close(edge_fd);
		return err;
	}
	close(rb->edge_fd);
	rb->edge_fd = edge_fd;
	rb->forks = forks();
	return 0;
}

/* Each edge is reported once only: a callback may have stopped the last poll, or left it. And libbpf's
 * descriptor is level-triggered: a poll looks once more at the rings that the last one read, and finds
 * records that do not notify. If the caller waits on it, at all rings, as any may be why it is readable.
 */
static void look_again(struct ring_buffer *rb)
{
	const bool all = rb->was_left || __atomic_load_n(&rb->set.is_watched, __ATOMIC_RELAXED);

	for (int i = 0; i < rb->count; i++) {
		if ((all || rb->set.flags[i].was_read) && ring_has_more(rb->rings[i]))
			rb->set.flags[i].is_pending = true;
		rb->set.flags[i].was_read = false;
	}
	rb->was_left = false;
}

static int wait_for_edges(struct ring_buffer *rb, int timeout_ms)
{
	const bool was_left = rb->was_left;
	int ready;

	rb->was_left = true;
	ready = epoll_wait(rb->edge_fd, rb->events, rb->count, timeout_ms);
	for (int i = 0; i < ready; i++)
		rb->set.flags[rb->events[i].data.u32].was_read = true;
	/* The edges are known now. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	rb->was_left = was_left;
	return ready < 0 ? -errno : ready;
}

static int64_t ns_until(int64_t deadline)
{
	const int64_t left = deadline - clock_now();

	return left > 0 ? left : 0;
}

static int64_t poll_event(struct ring_buffer *rb, int timeout_ms)
{
	const int err = rb->forks == forks() ? 0 : own_edges(rb);
	int wait_ms, left_ms = timeout_ms, busy_ms = BUSY_FIRST_MS;
	int64_t deadline = 0;

	if (err)
		return err;
	look_again(rb);
	wait_ms = has_pending(rb) ? 0 : timeout_ms;
	if (wait_ms != timeout_ms && timeout_ms > 0)
		deadline = clock_now() + timeout_ms * INT64_C(1000000);
	for (;;) {
		const bool pending = has_pending(rb);
		const int ready = wait_for_edges(rb, wait_ms);
		bool found = false;
		int64_t total;

		if (ready < 0)
			return ready;
		total = read_ready(rb, ready);
		if (pending && total >= 0) {
			const int64_t more = read_pending(rb, &found);

			total = more < 0 ? more : total + more;
		}
		/* As libbpf, 0 also if all records were discarded. */
		if (total != 0 || ready > 0 || wait_ms == left_ms || (found && !has_pending(rb)))
			return total;
		/* Only busy records are left now. */
		if (timeout_ms > 0)
			left_ms = (int)((ns_until(deadline) + 999999) / 1000000);
		wait_ms = left_ms;
		if (has_pending(rb) && (left_ms < 0 || left_ms > busy_ms)) {
			wait_ms = busy_ms;
			busy_ms = 2 * busy_ms > BUSY_LAST_MS ? BUSY_LAST_MS : 2 * busy_ms;
		}
	}
}

static struct ring *ring_of(const struct ring_buffer *rb, const struct ringview *reader)
{
	int i = 0;

	while (rb->rings[i]->reader != reader)
		i++;
	return rb->rings[i];
}

/* If two rings are never both empty, turns never end, but poll has to return: after as many for each
 * ring as the largest takes if it is full. */
static int64_t read_turns(struct ring_buffer *rb)
{
	struct ringview *reader;
	int64_t total = 0;
	size_t left = 0;

	for (int i = 0; i < rb->count; i++)
		left = ring_turns(rb->rings[i]) > left ? ring_turns(rb->rings[i]) : left;
	for (left *= (size_t)rb->count; left > 0 && ringview_group_next(rb->set.group, &reader) > 0;
		left--) {
		const int64_t count = ring_read_turn(ring_of(rb, reader));

		if (count < 0)
			return count;
		total += count;
	}
	return total;
}

/* Until another thread adds a ring on one of the maps, or asks for the descriptor: then the records that
 * are held back have to be released at once. */
static int64_t wait_once(struct ring_buffer *rb, int64_t timeout_ns, bool *interrupted)
{
	int64_t result;

	for (int i = 0; i < rb->count; i++)
		ring_begin_wait(rb->rings[i]);
	result = ringview_group_wait(rb->set.group, timeout_ns);
	/* A callback may return the same. */
	*interrupted = result == -ECANCELED;
	if (*interrupted)
		result = 0;
	if (result > 0)
		result = read_turns(rb);
	for (int i = 0; i < rb->count; i++)
		if (ring_end_wait(rb->rings[i]) && result >= 0) {
			const int64_t count = ring_read(rb->rings[i], INT_MAX);

			/* That ended this use. */
			ring_begin_use(&rb->set);
			result = count < 0 ? count : result + count;
		}
	return result;
}

static int64_t poll_group(struct ring_buffer *rb, int timeout_ms)
{
	const int64_t timeout_ns = timeout_ms < 0 ? rb->longest_ns : timeout_ms * INT64_C(1000000);
	const int64_t deadline = timeout_ns > 0 ? clock_now() + timeout_ns : 0;
	int64_t result, left = timeout_ns;
	bool again;

	/* As libbpf's epoll_wait(), also if no wait of this poll sleeps. */
	pthread_testcancel();
	do {
		ring_begin_use(&rb->set);
		result = wait_once(rb, left, &again);
		again = (ring_end_use(&rb->set) || again) && result == 0;
		if (again && timeout_ns > 0)
			left = ns_until(deadline);
	} while (again);
	return result;
}

int ring_buffer__poll(struct ring_buffer *rb, int timeout_ms)
{
	HAND_ON(rb, ring_buffer__poll, -EOPNOTSUPP, rb, timeout_ms);
	return libbpf_result(
		rb->set.group ? poll_group(rb, timeout_ms) : poll_event(rb, timeout_ms));
}
