/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What programs may rely on in the ring buffer consumer of libbpf 1.1 and later. The program uses
 * libbpf, or the drop-in with LD_PRELOAD: the same assertions hold for both.
 */
#include <bpf/bpf.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "consumer.h"
#include "support/descriptors.h"
#include "support/pattern.h"
#include "support/skipping.h"

static void the_library_is_the_one_that_is_meant(void **state)
{
	const char *meant = getenv("RINGVIEW_TEST_LIBRARY");
	Dl_info info;

	(void)state;
	assert_true(dladdr(dlsym(RTLD_DEFAULT, "ring_buffer__poll"), &info));
	if (!strstr(info.dli_fname, meant ? meant : "libbpf.so"))
		fail_msg("bound to %s", info.dli_fname);
}

static void nothing_is_read_of_an_empty_ring(void **state)
{
	struct consumer *c = consumer_of(state);

	assert_int_equal(ring_buffer__consume(c->rb), 0);
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
	assert_int_equal(c->count, 0);
}

static void consume_reads_all_that_is_there(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 5);
	assert_int_equal(ring_buffer__consume(c->rb), 5);
	assert_int_equal(c->count, 5);
	assert_int_equal(ring_buffer__consume(c->rb), 0);
}

static void poll_reads_all_that_is_there(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 5);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 5);
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
	produce(c, 0, 1);
	assert_int_equal(ring_buffer__poll(c->rb, 1000), 1);
	assert_int_equal(c->count, 6);
}

static int count_record(void *context, void *data, size_t size)
{
	(void)data;
	(void)size;
	++*(size_t *)context;
	return 0;
}

/* A turn of the drop-in's group is at most 256 KiB. */
static void one_poll_reads_a_large_ring(void **state)
{
	struct consumer *c = consumer_of(state);
	struct kernel large;
	size_t count = 0;

	assert_int_equal(kernel_ring_open_sized(&large, 8 << 20), 0);
	assert_int_equal(ring_buffer__add(c->rb, bpf_map__fd(large.skeleton->maps.ring),
				 count_record, &count),
		0);
	assert_int_equal(run(&large, 1000, 0, false, 8000), 0);
	assert_int_equal(ring_buffer__poll(c->rb, 0), 8000);
	assert_int_equal(count, 8000);
	kernel_ring_close(&large);
}

static void records_of_all_lengths_are_read_wherever_the_ring_wraps(void **state)
{
	static const uint32_t lengths[] = { 0, 1, 8, 76, 1000 };
	struct consumer *c = consumer_of(state);

	for (uint64_t number = 0; number < 2000;) {
		c->count = 0;
		for (int i = 0; i < 3; i++, number++)
			submit(&c->rings[0].kernel, lengths[(number * 7 + number / 9) % 5], 0);
		assert_int_equal(ring_buffer__consume(c->rb), 3);
		for (uint64_t i = 0; i < 3; i++)
			assert_int_equal(c->seen[i].length,
				lengths[((number - 3 + i) * 7 + (number - 3 + i) / 9) % 5]);
	}
}

/* A discarded record has no callback and no longer takes room. */
static void discarded_records_are_not_counted(void **state)
{
	struct consumer *c = consumer_of(state);
	struct kernel *kernel = &c->rings[0].kernel;

	assert_int_equal(run(kernel, 1000, 0, true, 2), 0);
	c->rings[0].next = 2;
	produce(c, 0, 1);
	assert_int_equal(run(kernel, 1000, 0, true, 1), 0);
	assert_int_equal(ring_buffer__consume(c->rb), 1);
	assert_int_equal(run(kernel, 1000, 0, true, 3), 0);
	assert_int_equal(ring_buffer__consume(c->rb), 0);
	assert_int_equal(kernel->skeleton->bss->failed, 0);
	assert_int_equal(run(kernel, 1000, 0, false, 4), 0);
	assert_int_equal(kernel->skeleton->bss->failed, 0);
}

static void a_read_record_makes_room(void **state)
{
	struct consumer *c = consumer_of(state);
	struct kernel *kernel = &c->rings[0].kernel;

	submit(kernel, 4080, 0);
	assert_int_equal(ring_buffer__consume(c->rb), 1);
	submit(kernel, 4080, 0);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 1);
	submit(kernel, 4080, 0);
}

/* A negative return value stops after that record, and is returned. */

static void consume_returns_what_the_callback_says(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 5);
	c->stop_after = 2;
	c->stop_with = -ENOTTY;
	errno = 0;
	assert_int_equal(ring_buffer__consume(c->rb), -ENOTTY);
	assert_int_equal(errno, ENOTTY);
	assert_int_equal(c->count, 2);
	assert_int_equal(ring_buffer__consume(c->rb), 3);
}

static void poll_returns_what_the_callback_says(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 5);
	c->stop_after = 2;
	c->stop_with = -1;
	errno = 0;
	assert_int_equal(ring_buffer__poll(c->rb, -1), -1);
	assert_int_equal(errno, 1);
	assert_int_equal(c->count, 2);
	/* Nothing new was submitted: records that are left wake the next poll. */
	assert_int_equal(ring_buffer__poll(c->rb, -1), 3);
}

/* Also what an error of the ring, an interrupt or a signal would be. */
static void a_callback_may_return_any_error(void **state)
{
	static const int errors[] = { -EBUSY, -ECANCELED, -EINTR, -EBADMSG, -EAGAIN, -EOPNOTSUPP };
	struct consumer *c = consumer_of(state);

	for (size_t i = 0; i < 2 * COUNT(errors); i++) {
		const bool poll = i % 2;

		produce(c, 0, 5);
		c->count = 0;
		c->stop_after = 2;
		c->stop_with = errors[i / 2];
		assert_int_equal(poll ? ring_buffer__poll(c->rb, -1) : ring_buffer__consume(c->rb),
			errors[i / 2]);
		assert_int_equal(c->count, 2);
		while (c->count < 5)
			assert_true(ring_buffer__poll(c->rb, -1) > 0);
	}
}

static void consume_reads_on_where_poll_stopped(void **state)
{
	struct consumer *c = consumer_of(state);

	/* Most of the ring. */
	produce(c, 0, 200);
	c->stop_after = 2;
	c->stop_with = -1;
	assert_int_equal(ring_buffer__poll(c->rb, -1), -1);
	assert_int_equal(ring_buffer__consume(c->rb), 198);
}

static void a_record_that_stopped_makes_room(void **state)
{
	struct consumer *c = consumer_of(state);

	submit(&c->rings[0].kernel, 4080, 0);
	c->stop_after = 1;
	c->stop_with = -1;
	assert_int_equal(ring_buffer__consume(c->rb), -1);
	submit(&c->rings[0].kernel, 4080, 0);
}

static void a_positive_return_stops_nothing(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 5);
	c->stop_after = 2;
	c->stop_with = 1;
	assert_int_equal(ring_buffer__consume(c->rb), 5);
}

static void errno_is_left_alone_by_success(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 1);
	errno = ENOTTY;
	assert_int_equal(ring_buffer__poll(c->rb, 0), 1);
	assert_int_equal(ring_buffer__consume(c->rb), 0);
	assert_int_equal(errno, ENOTTY);
}

/* Several rings. */

static void consume_reads_rings_in_the_order_in_which_they_were_added(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 2);
	produce(c, 2, 1);
	produce(c, 0, 2);
	produce(c, 1, 1);
	assert_int_equal(ring_buffer__consume(c->rb), 4);
	assert_int_equal(c->seen[0].ring, 0);
	assert_int_equal(c->seen[1].ring, 0);
	assert_int_equal(c->seen[2].ring, 1);
	assert_int_equal(c->seen[3].ring, 2);
}

static void poll_reads_each_ring_that_has_something(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 2);
	produce(c, 2, 100);
	produce(c, 1, 1);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 101);
	produce(c, 0, 3);
	produce(c, 1, 1);
	produce(c, 2, 2);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 6);
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
}

static void an_error_leaves_the_rings_behind_it(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 2);
	produce(c, 0, 1);
	produce(c, 1, 2);
	produce(c, 2, 1);
	c->stop_after = 2;
	c->stop_with = -5;
	assert_int_equal(ring_buffer__consume(c->rb), -5);
	assert_int_equal(c->count, 2);
	assert_int_equal(ring_buffer__consume(c->rb), 2);
}

static void add_next_ring(struct consumer *c)
{
	if (c->count == 1)
		consumer_add(c, 2);
}

static void a_callback_may_add_a_ring(void **state)
{
	struct consumer *c = consumer_of(state);

	/* This came with it. */
	if (!dlsym(RTLD_DEFAULT, "ring_buffer__ring"))
		skip_because("libbpf before 1.3 moves the ring that it reads");
	c->meanwhile = add_next_ring;
	produce(c, 0, 2);
	produce(c, 1, 1);
	assert_in_range(ring_buffer__poll(c->rb, -1), 2, 3);
	assert_in_range(ring_buffer__consume(c->rb), 0, 1);
	assert_int_equal(c->count, 3);
}

/* What cannot be opened. */

static void assert_refused(int map_fd, const struct ring_buffer_opts *opts, int error)
{
	errno = 0;
	assert_null(ring_buffer__new(map_fd, consumer_see, NULL, opts));
	assert_int_equal(errno, error);
}

static void other_maps_are_refused(void **state)
{
	struct consumer *c = consumer_of(state);
	const int user = bpf_map_create(BPF_MAP_TYPE_USER_RINGBUF, "user", 0, 0, 4096, NULL);
	const int array = bpf_map_create(BPF_MAP_TYPE_ARRAY, "array", 4, 4, 1, NULL);
	const int file = open("/dev/null", O_RDONLY);

	assert_true(array >= 0);
	assert_refused(array, NULL, EINVAL);
	if (user >= 0)
		assert_refused(user, NULL, EINVAL);
	assert_refused(file, NULL, EINVAL);
	assert_refused(
		bpf_program__fd(c->rings[0].kernel.skeleton->progs.write_record), NULL, EINVAL);
	errno = 0;
	assert_int_equal(ring_buffer__add(c->rb, array, consumer_see, &c->rings[0]), -EINVAL);
	assert_int_equal(errno, EINVAL);
	close(file);
	close(array);
	close(user);
	produce(c, 0, 1);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 1);
}

static void descriptors_that_are_not_open_are_refused(void **state)
{
	struct consumer *c = consumer_of(state);
	const int closed = 1 << 20; /* a small number may be reused meanwhile */

	assert_refused(closed, NULL, EBADFD);
	assert_refused(-1, NULL, EBADFD);
	assert_int_equal(ring_buffer__add(c->rb, closed, consumer_see, NULL), -EBADFD);
}

static void a_map_can_be_added_once(void **state)
{
	struct consumer *c = consumer_of(state);
	uint64_t consumer;

	errno = 0;
	assert_int_equal(
		ring_buffer__add(c->rb, map_fd_of(c, 0), consumer_see, &c->rings[0]), -EEXIST);
	assert_int_equal(errno, EEXIST);
	produce(c, 0, 1);
	assert_int_equal(ring_buffer__consume(c->rb), 1);
	consumer = __atomic_load_n(consumer_word(c, 0), __ATOMIC_RELAXED);
	produce(c, 0, 1);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 1);
	/* The drop-in still holds the last record back: nothing else reads this map. */
	consumer = __atomic_load_n(consumer_word(c, 0), __ATOMIC_RELAXED) - consumer;
	assert_int_equal(consumer, looks_itself() ? 0 : 16);
}

/* As libbpf, which maps the consumer position for writing. */
static void a_read_only_descriptor_is_refused(void **state)
{
	struct consumer *c = consumer_of(state);
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, read_only, .open_flags = BPF_F_RDONLY);
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);
	int fd;

	assert_int_equal(bpf_obj_get_info_by_fd(map_fd_of(c, 1), &info, &size), 0);
	fd = bpf_map_get_fd_by_id_opts(info.id, &read_only);
	assert_true(fd >= 0);
	assert_refused(fd, NULL, EACCES);
	close(fd);
}

/* The drop-in holds records back as before. */
static void what_cannot_be_made_changes_nothing(void **state)
{
	struct consumer *c = consumer_of(state);
	const uint64_t *consumer = consumer_word(c, 0);
	struct ring_buffer *rb = NULL;
	struct rlimit limit, few;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = limit;
	few.rlim_cur = (rlim_t)dup(0);
	close((int)few.rlim_cur);
	for (; !rb; few.rlim_cur++) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		rb = ring_buffer__new(map_fd_of(c, 0), consumer_see, &c->rings[0], NULL);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		if (rb)
			break;
		assert_int_equal(errno, EMFILE);
		c->count = 0;
		produce(c, 0, 3);
		assert_int_equal(ring_buffer__poll(c->rb, 1000), 3);
		assert_int_equal(
			c->rings[0].next * 16 - __atomic_load_n(consumer, __ATOMIC_RELAXED),
			looks_itself() ? 16 : 0);
	}
	ring_buffer__free(rb);
}

static void options_of_other_versions_are_understood(void **state)
{
	struct consumer *c = consumer_of(state);
	struct {
		struct ring_buffer_opts known;
		char more[24];
	} later = { .known.sz = sizeof(later) };
	struct ring_buffer_opts small = { .sz = sizeof(size_t) - 1 };
	struct ring_buffer *rb;

	assert_refused(map_fd_of(c, 1), &small, EINVAL);
	rb = ring_buffer__new(map_fd_of(c, 1), consumer_see, &c->rings[1], &later.known);
	assert_non_null(rb);
	ring_buffer__free(rb);
	later.more[23] = 1;
	assert_refused(map_fd_of(c, 1), &later.known, EINVAL);
}

static void freeing_leaves_nothing_behind(void **state)
{
	struct consumer *c = consumer_of(state);
	int descriptors, mappings;

	map_fd_of(c, 1);
	map_fd_of(c, 2);
	descriptors = open_descriptors();
	mappings = mappings_of("bpf");
	for (int i = 0; i < 3; i++) {
		struct ring_buffer *rb =
			ring_buffer__new(map_fd_of(c, 1), consumer_see, &c->rings[1], NULL);

		assert_non_null(rb);
		assert_int_equal(
			ring_buffer__add(rb, map_fd_of(c, 2), consumer_see, &c->rings[2]), 0);
		assert_int_equal(ring_buffer__add(rb, -1, consumer_see, NULL), -EBADFD);
		ring_buffer__free(rb);
	}
	ring_buffer__free(NULL);
	assert_int_equal(open_descriptors(), descriptors);
	assert_int_equal(mappings_of("bpf"), mappings);
}

/* Waiting. */

static bool is_readable(const struct consumer *c)
{
	struct epoll_event event = { .events = EPOLLIN };
	const int outer = epoll_create1(0);
	int ready;

	assert_int_equal(epoll_ctl(outer, EPOLL_CTL_ADD, ring_buffer__epoll_fd(c->rb), &event), 0);
	ready = epoll_wait(outer, &event, 1, 0);
	assert_true(ready >= 0);
	close(outer);
	return ready > 0;
}

static void the_descriptor_is_readable_until_all_is_read(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 1);
	assert_false(is_readable(c));
	produce(c, 1, 3);
	assert_true(is_readable(c));
	assert_true(is_readable(c));
	c->stop_after = 1;
	c->stop_with = -1;
	assert_int_equal(ring_buffer__consume(c->rb), -1);
	assert_true(is_readable(c));
	assert_int_equal(ring_buffer__consume(c->rb), 2);
	assert_false(is_readable(c));
	produce(c, 0, 1);
	assert_true(is_readable(c));
}

/* Or a level-triggered loop outside would spin, and events that come later would be lost. */
static void a_poll_reads_why_the_descriptor_is_readable(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 1);
	for (int ring = 0; ring < 2; ring++) {
		produce(c, ring, 1);
		assert_true(is_readable(c));
		assert_int_equal(ring_buffer__poll(c->rb, 0), 1);
		assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
		submit(&c->rings[ring].kernel, 8, BPF_RB_NO_WAKEUP);
		while (is_readable(c))
			assert_int_equal(ring_buffer__poll(c->rb, 0), 1);
		assert_true(ring_buffer__consume(c->rb) >= 0);
	}
}

static void discarded_records_do_not_keep_the_descriptor_readable(void **state)
{
	struct consumer *c = consumer_of(state);

	assert_false(is_readable(c));
	produce(c, 0, 3);
	assert_int_equal(ring_buffer__poll(c->rb, 0), 3);
	assert_int_equal(run(&c->rings[0].kernel, 8, 0, true, 2), 0);
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
	assert_false(is_readable(c));
}

static void *poll_until_counted(void *argument)
{
	struct consumer *c = argument;

	while (__atomic_load_n(&c->count, __ATOMIC_RELAXED) < 3)
		ring_buffer__poll(c->rb, 10000);
	return NULL;
}

/* What the thread that polls has read and holds back must not keep the descriptor readable. */
static void the_descriptor_may_be_asked_for_while_another_thread_polls(void **state)
{
	struct consumer *c = consumer_of(state);
	const time_t end = time(NULL) + 10;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, poll_until_counted, c), 0);
	produce(c, 0, 2);
	while (__atomic_load_n(&c->count, __ATOMIC_RELAXED) < 2 && time(NULL) < end)
		;
	while (is_readable(c) && time(NULL) < end)
		;
	assert_false(is_readable(c));
	produce(c, 0, 1);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

/* The program's own event loop waits on the descriptor and then reads, repeatedly. */
static void wait_outside(struct consumer *c, int (*read)(struct consumer *c))
{
	struct epoll_event event = { .events = EPOLLIN };
	const int outer = epoll_create1(0);
	int total = 0;

	assert_int_equal(epoll_ctl(outer, EPOLL_CTL_ADD, ring_buffer__epoll_fd(c->rb), &event), 0);
	for (int i = 0; i < 20; i++) {
		c->count = 0;
		produce(c, i % 2, 1 + i);
		for (total = 0; total < 1 + i;) {
			int count;

			assert_int_equal(epoll_wait(outer, &event, 1, 10000), 1);
			count = read(c);
			assert_true(count >= 0);
			total += count;
		}
		assert_int_equal(total, 1 + i);
	}
	close(outer);
}

static int read_by_consume(struct consumer *c)
{
	return ring_buffer__consume(c->rb);
}

static int read_by_poll(struct consumer *c)
{
	return ring_buffer__poll(c->rb, 0);
}

static void an_event_loop_outside_is_woken_and_consumes(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 1);
	wait_outside(c, read_by_consume);
	assert_false(is_readable(c));
}

static void an_event_loop_outside_is_woken_and_polls(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 1);
	wait_outside(c, read_by_poll);
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
	assert_false(is_readable(c));
}

static void poll_is_not_woken_by_what_notifies_nobody(void **state)
{
	struct consumer *c = consumer_of(state);

	/* The first poll finds nothing. */
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
	submit(&c->rings[0].kernel, 8, BPF_RB_NO_WAKEUP);
	if (looks_itself()) {
		int count;

		while ((count = ring_buffer__poll(c->rb, -1)) == 0)
			;
		assert_int_equal(count, 1);
		return;
	}
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
	assert_int_equal(ring_buffer__poll(c->rb, 1), 0);
	assert_int_equal(ring_buffer__consume(c->rb), 1);
	submit(&c->rings[0].kernel, 8, BPF_RB_NO_WAKEUP);
	submit(&c->rings[0].kernel, 8, BPF_RB_FORCE_WAKEUP);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 2);
}

/* As level-triggered epoll does, and again while it finds some. */
static void poll_looks_again_at_a_ring_that_it_has_read(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 1);
	produce(c, 1, 1);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 1);
	for (int i = 1; i <= 3; i++) {
		for (int j = 0; j < i; j++)
			submit(&c->rings[1].kernel, 8, BPF_RB_NO_WAKEUP);
		assert_int_equal(ring_buffer__poll(c->rb, -1), i);
	}
	submit(&c->rings[1].kernel, 8, BPF_RB_NO_WAKEUP);
	produce(c, 1, 1);
	produce(c, 0, 1);
	for (int count = 0; count < 3;) {
		const int more = ring_buffer__poll(c->rb, -1);

		assert_true(more > 0);
		count += more;
	}
}

static void poll_looks_again_at_a_ring_that_it_could_not_read(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 3);
	c->stop_with = -5;
	for (c->stop_after = 1; c->stop_after <= 2; c->stop_after++)
		assert_int_equal(ring_buffer__poll(c->rb, -1), -5);
	c->stop_with = 0;
	assert_int_equal(ring_buffer__consume(c->rb), 1);
	submit(&c->rings[0].kernel, 8, BPF_RB_NO_WAKEUP);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 1);
	assert_int_equal(run(&c->rings[0].kernel, 8, BPF_RB_NO_WAKEUP, true, 1), 0);
	c->rings[0].next++;
	assert_int_equal(ring_buffer__poll(c->rb, looks_itself() ? 0 : -1), 0);
	submit(&c->rings[0].kernel, 8, BPF_RB_NO_WAKEUP);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 1);
}

#define HANDOVERS 5000

static unsigned handovers;

static void count_handover(struct consumer *c)
{
	c->count = 0;
	__atomic_add_fetch(&handovers, 1, __ATOMIC_RELEASE);
}

/* Each record comes while the one before is about to be released. */
static void *produce_at_each_callback(void *argument)
{
	struct kernel *kernel = argument;

	for (unsigned i = 0; i < HANDOVERS; i++) {
		while (__atomic_load_n(&handovers, __ATOMIC_ACQUIRE) != i)
			;
		run(kernel, 8, 0, false, 1);
	}
	return NULL;
}

static void poll_misses_no_record_that_comes_as_it_ends(void **state)
{
	struct consumer *c = consumer_of(state);
	pthread_t producer;

	handovers = 0;
	c->meanwhile = count_handover;
	assert_int_equal(
		pthread_create(&producer, NULL, produce_at_each_callback, &c->rings[0].kernel), 0);
	while (__atomic_load_n(&handovers, __ATOMIC_ACQUIRE) < HANDOVERS)
		if (ring_buffer__poll(c->rb, 10000) == 0)
			fail_msg("a record was missed after %u", handovers);
	assert_int_equal(pthread_join(producer, NULL), 0);
}

static void *produce_ahead(void *argument)
{
	struct kernel *kernel = argument;

	for (unsigned i = 0; i < HANDOVERS; i++) {
		while (i - __atomic_load_n(&handovers, __ATOMIC_ACQUIRE) > i % 64)
			;
		run(kernel, 8, 0, false, 1);
	}
	return NULL;
}

/* An edge-triggered loop outside is woken once for all that a call leaves. libbpf's calls may leave
 * records that do not notify. */
static void read_at_edges(void **state, int (*read)(struct consumer *c))
{
	struct consumer *c = consumer_of(state);
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	const int outer = epoll_create1(EPOLL_CLOEXEC);
	pthread_t producer;

	if (!is_dropin())
		skip_because("libbpf's calls may leave records that do not notify");
	handovers = 0;
	c->meanwhile = count_handover;
	assert_int_equal(epoll_ctl(outer, EPOLL_CTL_ADD, ring_buffer__epoll_fd(c->rb), &event), 0);
	assert_int_equal(pthread_create(&producer, NULL, produce_ahead, &c->rings[0].kernel), 0);
	while (__atomic_load_n(&handovers, __ATOMIC_ACQUIRE) < HANDOVERS) {
		if (epoll_wait(outer, &event, 1, 10000) != 1)
			fail_msg("nothing was notified after %u", handovers);
		assert_true(read(c) >= 0);
	}
	assert_int_equal(pthread_join(producer, NULL), 0);
	close(outer);
}

static void an_edge_triggered_loop_outside_consumes_all(void **state)
{
	read_at_edges(state, read_by_consume);
}

static void an_edge_triggered_loop_outside_polls_all(void **state)
{
	read_at_edges(state, read_by_poll);
}

static void on_alarm(int number)
{
	(void)number;
}

static void a_signal_ends_poll(void **state)
{
	struct consumer *c = consumer_of(state);
	const struct sigaction action = { .sa_handler = on_alarm };
	/* Repeatedly: the first signal may come before the wait. */
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } }, never = { { 0, 0 }, { 0, 0 } };
	int result;

	if (is_busy())
		skip_because("a busy wait does not sleep, so signals do not end it");
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	do {
		errno = 0;
		result = ring_buffer__poll(c->rb, -1);
	} while (result == 0);
	setitimer(ITIMER_REAL, &never, NULL);
	assert_int_equal(result, -EINTR);
	assert_int_equal(errno, EINTR);
}

/* Callbacks that do more. */

static void produce_five(struct consumer *c)
{
	if (c->count <= 5)
		produce(c, 0, 1);
}

static void what_a_callback_causes_is_read_by_the_same_call(void **state)
{
	struct consumer *c = consumer_of(state);

	c->meanwhile = produce_five;
	produce(c, 0, 1);
	assert_int_equal(ring_buffer__consume(c->rb), 6);
}

static void produce_hundred(struct consumer *c)
{
	if (c->count <= 100)
		produce(c, 0, 1);
}

/* It notifies nobody, as its reader has not released the record before. */
static void what_a_callback_causes_is_read_or_wakes_a_loop_outside(void **state)
{
	struct consumer *c = consumer_of(state);
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	const int outer = epoll_create1(EPOLL_CLOEXEC);

	c->meanwhile = produce_hundred;
	assert_int_equal(epoll_ctl(outer, EPOLL_CTL_ADD, ring_buffer__epoll_fd(c->rb), &event), 0);
	produce(c, 0, 1);
	while (c->count <= 100) {
		assert_int_equal(epoll_wait(outer, &event, 1, 10000), 1);
		assert_true(ring_buffer__poll(c->rb, 0) > 0);
	}
	close(outer);
}

static void produce_large(struct consumer *c)
{
	struct kernel *kernel = &c->rings[0].kernel;

	/* The first one still has its record; later ones take the room of the one before. */
	if (c->count <= 4)
		assert_int_equal(run(kernel, 1000, 0, false, 1), 0);
	assert_int_equal(kernel->skeleton->bss->failed, 1);
}

static void each_record_makes_room_before_the_next_is_shown(void **state)
{
	struct consumer *c = consumer_of(state);

	assert_int_equal(run(&c->rings[0].kernel, 1000, 0, false, 4), 0);
	c->meanwhile = produce_large;
	assert_int_equal(ring_buffer__consume(c->rb), 7);
}

static void skip_discards_then_produce(struct consumer *c)
{
	if (c->count == 1)
		c->rings[0].next += c->rings[0].kernel.size / 16 - 3;
	else if (c->count == 2)
		produce(c, 0, 100);
}

static void discarded_records_make_room_before_the_next_is_shown(void **state)
{
	struct consumer *c = consumer_of(state);
	struct kernel *kernel = &c->rings[0].kernel;
	const int discards = (int)(kernel->size / 16) - 3;

	produce(c, 0, 1);
	assert_int_equal(run(kernel, 8, 0, true, discards), 0);
	produce(c, 0, 1);
	assert_int_equal(kernel->skeleton->bss->failed, 0);
	c->meanwhile = skip_discards_then_produce;
	assert_int_equal(ring_buffer__consume(c->rb), 102);
}

static int see_anything(void *context, void *data, size_t size)
{
	struct consumer *c = context;

	(void)data;
	(void)size;
	c->count++;
	if (c->depth < 2) {
		c->depth++;
		assert_true(ring_buffer__consume(c->rb) >= 0);
		assert_true(ring_buffer__poll(c->rb, 0) >= 0);
		c->depth--;
	}
	return 0;
}

static void a_callback_that_reads_its_own_ring_crashes_nothing(void **state)
{
	struct consumer *c = consumer_of(state);
	const size_t before = 5;

	ring_buffer__free(c->rb);
	c->rb = ring_buffer__new(map_fd_of(c, 0), see_anything, c, NULL);
	assert_non_null(c->rb);
	produce(c, 0, (int)before);
	assert_true(ring_buffer__poll(c->rb, -1) >= 1);
	assert_int_equal(ring_buffer__consume(c->rb), 0);
	/* Some of them several times. */
	assert_true(c->count >= before);
	produce(c, 0, 1);
	assert_true(ring_buffer__consume(c->rb) >= 1);
}

/* Callbacks that do not return. Their record is passed on once more, and nothing else changes. */

#define LEFT 3 /* the number of that record, of TOTAL */
#define TOTAL 10

static jmp_buf before_poll;

static bool is_to_be_left(struct consumer *c)
{
	if (c->count != LEFT || c->stop_after == LEFT)
		return false;
	c->stop_after = LEFT; /* once */
	c->count--;
	c->rings[0].next--;
	c->depth--;
	return true;
}

static void leave_by_longjmp(struct consumer *c)
{
	if (is_to_be_left(c))
		longjmp(before_poll, 1);
}

static void leave_with_thread(struct consumer *c)
{
	if (is_to_be_left(c))
		pthread_exit(NULL);
}

static void *poll_once(void *argument)
{
	struct consumer *c = argument;

	assert_true(ring_buffer__poll(c->rb, -1) >= 0);
	return NULL;
}

static void poll_in_thread(struct consumer *c)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, poll_once, c), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

/* Overwrites the stack frame of the poll that was left. */
/* NOLINTNEXTLINE(misc-no-recursion): the depth is given */
static __attribute__((noinline)) void poll_further_down(struct consumer *c, int depth)
{
	volatile char room[4096];

	room[depth] = 1;
	if (depth > 0)
		poll_further_down(c, depth - 1);
	else
		poll_once(c);
	room[depth]++;
}

static void poll_until_all_is_read(struct consumer *c)
{
	assert_int_equal(c->count, LEFT - 1);
	for (int i = 0; c->count < TOTAL; i++) {
		if (i == 100)
			fail_msg("%zu records of %d", c->count, TOTAL);
		if (i % 2)
			poll_in_thread(c);
		else
			poll_further_down(c, 8);
	}
	assert_int_equal(c->count, TOTAL);
	/* All of it has been released. */
	for (int i = 0; i < 4; i++) {
		submit(&c->rings[0].kernel, 1000, 0);
		c->count = 0;
		while (c->count == 0)
			poll_once(c);
	}
}

static void a_callback_may_be_left_by_longjmp(void **state)
{
	struct consumer *c = consumer_of(state);

	c->meanwhile = leave_by_longjmp;
	produce(c, 0, TOTAL);
	if (setjmp(before_poll) == 0)
		poll_once(c);
	poll_until_all_is_read(c);
}

static void a_callback_may_end_its_thread(void **state)
{
	struct consumer *c = consumer_of(state);

	c->meanwhile = leave_with_thread;
	produce(c, 0, TOTAL);
	poll_in_thread(c);
	poll_until_all_is_read(c);
}

static void rings_behind_one_that_was_left_are_read(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 2);
	c->meanwhile = leave_by_longjmp;
	for (int i = 0; i < 3; i++)
		produce(c, i, i == 0 ? TOTAL - 2 : 1);
	if (setjmp(before_poll) == 0)
		while (true)
			poll_once(c);
	for (int i = 0; i < 100 && c->count < TOTAL; i++)
		poll_once(c);
	assert_int_equal(c->count, TOTAL);
}

/* Calls of epoll_wait(), and after how many of them the test leaves the poll; 0: never. */
static unsigned epoll_waits, leave_after;
static int waited_ms; /* the last one's time-out */

/* Replaces that of the C library, for libbpf and the drop-in. */
int epoll_wait(int fd, struct epoll_event *events, int count, int timeout_ms)
{
	int (*real)(int, struct epoll_event *, int, int), ready;

	*(void **)&real = dlsym(RTLD_NEXT, "epoll_wait");
	ready = real(fd, events, count, timeout_ms);
	__atomic_store_n(&waited_ms, timeout_ms, __ATOMIC_RELAXED);
	if (__atomic_add_fetch(&epoll_waits, 1, __ATOMIC_RELAXED) == leave_after)
		longjmp(before_poll, 1);
	return ready;
}

/* As by the handler of a signal, or the end of its thread. */
static void poll_may_be_left_as_it_waits(void **state)
{
	struct consumer *c = consumer_of(state);
	volatile unsigned left = 0, wait;

	consumer_add(c, 2);
	for (wait = 1; wait <= 4; wait++) {
		for (int i = 0; i < 3; i++)
			produce(c, i, 100);
		c->count = 0;
		epoll_waits = 0;
		leave_after = wait;
		if (setjmp(before_poll) == 0)
			for (int i = 0; i < 10; i++)
				assert_true(ring_buffer__poll(c->rb, 0) >= 0);
		else
			left++;
		leave_after = 0;
		for (int i = 0; i < 10 && c->count < 300; i++)
			assert_true(ring_buffer__poll(c->rb, 100) >= 0);
		assert_int_equal(c->count, 300);
	}
	assert_true(left > 0);
}

static void poll_waits_after_a_callback_that_stopped_at_the_last_record(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 1);
	c->stop_after = 1;
	c->stop_with = -7;
	assert_int_equal(ring_buffer__poll(c->rb, -1), -7);
	waited_ms = 0;
	assert_int_equal(ring_buffer__poll(c->rb, 20), 0);
	if (!looks_itself())
		assert_in_range(waited_ms, 1, 20);
}

static jmp_buf first_callback;
static enum { POLLS, JUMPS, SKIPS, ENDS } next_callback;

/* The first ring's callback polls, and that of the second one jumps back into it. */
static void jump_into_first_ring(struct consumer *c)
{
	const int ring = c->seen[c->count - 1].ring;

	if (next_callback == POLLS) {
		next_callback = JUMPS;
		c->rings[0].next = 0; /* it comes once more */
		if (setjmp(first_callback) == 0)
			ring_buffer__poll(c->rb, 0);
	} else if (ring == 1 && next_callback == JUMPS) {
		next_callback = SKIPS;
		assert_int_equal(run(&c->rings[1].kernel, 8, 0, true, 1), 0);
		produce(c, 1, 1);
		c->rings[1].next = 0;
		c->depth = 1;
		longjmp(first_callback, 1);
	} else if (ring == 1 && next_callback == SKIPS) {
		next_callback = ENDS;
		c->rings[1].next = 2; /* behind the discarded one */
	}
}

static void a_callback_may_jump_into_that_of_another_ring(void **state)
{
	struct consumer *c = consumer_of(state);

	consumer_add(c, 1);
	next_callback = POLLS;
	c->meanwhile = jump_into_first_ring;
	produce(c, 0, 1);
	produce(c, 1, 1);
	for (int i = 0; i < 10 && c->rings[1].next < 3; i++)
		assert_true(ring_buffer__poll(c->rb, 1) >= 0);
	assert_int_equal(c->rings[1].next, 3);
}

static void *poll_forever(void *argument)
{
	struct consumer *c = argument;

	while (ring_buffer__poll(c->rb, 0) >= 0)
		;
	return NULL;
}

static void a_thread_that_polls_can_be_cancelled(void **state)
{
	struct consumer *c = consumer_of(state);
	struct timespec until;
	pthread_t thread;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	assert_int_equal(pthread_create(&thread, NULL, poll_forever, c), 0);
	assert_int_equal(pthread_cancel(thread), 0);
	assert_int_equal(pthread_timedjoin_np(thread, NULL, &until), 0);
	produce(c, 0, 2);
	while (c->count < 2)
		poll_once(c);
}

/* Other consumers of the same ring. */

static void several_consumers_of_a_ring_take_turns(void **state)
{
	struct consumer *c = consumer_of(state);
	struct ring_buffer *other;

	other = ring_buffer__new(map_fd_of(c, 0), consumer_see, &c->rings[0], NULL);
	assert_non_null(other);
	produce(c, 0, 6);
	c->stop_after = 2;
	c->stop_with = -1;
	assert_int_equal(ring_buffer__consume(c->rb), -1);
	c->stop_after = 4;
	assert_int_equal(ring_buffer__consume(other), -1);
	assert_int_equal(ring_buffer__consume(c->rb), 2);
	produce(c, 0, 1);
	assert_int_equal(ring_buffer__consume(other), 1);
	produce(c, 0, 1);
	assert_int_equal(ring_buffer__consume(c->rb), 1);
	ring_buffer__free(other);
}

/* Polls until @count records have come. Asserts that nothing is left for either consumer. */
static void poll_for(
	struct consumer *c, struct ring_buffer *rb, struct ring_buffer *other, size_t count)
{
	c->count = 0;
	for (int i = 0; i < 100 && c->count < count; i++)
		assert_true(ring_buffer__poll(rb, 100) >= 0);
	assert_int_equal(c->count, count);
	assert_int_equal(ring_buffer__poll(other, 0), 0);
	assert_int_equal(ring_buffer__poll(rb, 0), 0);
}

static void several_consumers_of_a_ring_poll_in_turns(void **state)
{
	struct consumer *c = consumer_of(state);
	struct ring_buffer *other;

	/* When the other consumer comes, no record is held back that it would read again. */
	produce(c, 0, 3);
	while (c->count < 3)
		poll_once(c);
	other = ring_buffer__new(map_fd_of(c, 0), consumer_see, &c->rings[0], NULL);
	assert_non_null(other);
	assert_int_equal(ring_buffer__consume(other), 0);
	for (int i = 0; i < 6; i++) {
		produce(c, 0, 6);
		poll_for(c, i % 3 ? other : c->rb, i % 2 ? other : c->rb, 6);
	}
	/* What comes while nobody polls is read once, by the first one that polls. */
	produce(c, 0, 2);
	assert_int_equal(ring_buffer__consume(other), 2);
	produce(c, 0, 4);
	poll_for(c, c->rb, other, 4);
	ring_buffer__free(other);
	produce(c, 0, 2);
	poll_for(c, c->rb, c->rb, 2);
}

#define ARRIVALS 3000

struct arrivals {
	struct consumer *c;
	unsigned begun, ended;
};

/* Other consumers come and go, and read nothing. */
static void *arrive(void *argument)
{
	struct arrivals *a = argument;

	for (unsigned i = 1; i <= ARRIVALS; i++) {
		while (__atomic_load_n(&a->begun, __ATOMIC_ACQUIRE) != i)
			;
		ring_buffer__free(
			ring_buffer__new(map_fd_of(a->c, 1), consumer_see, &a->c->rings[1], NULL));
		__atomic_store_n(&a->ended, i, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void another_consumer_may_come_while_one_reads(void **state)
{
	struct consumer *c = consumer_of(state);
	struct arrivals a = { c, 0, 0 };
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, arrive, &a), 0);
	for (unsigned i = 1; i <= ARRIVALS; i++) {
		struct ring_buffer *rb =
			ring_buffer__new(map_fd_of(c, 1), consumer_see, &c->rings[1], NULL);

		assert_non_null(rb);
		produce(c, 1, 2);
		__atomic_store_n(&a.begun, i, __ATOMIC_RELEASE);
		for (c->count = 0; c->count < 6;) {
			assert_true(ring_buffer__poll(rb, 10000) > 0);
			if (c->count < 6)
				produce(c, 1, 2);
		}
		while (__atomic_load_n(&a.ended, __ATOMIC_ACQUIRE) != i)
			;
		assert_int_equal(ring_buffer__poll(rb, 0), 0);
		ring_buffer__free(rb);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void a_map_can_be_added_again_by_another_descriptor(void **state)
{
	struct consumer *c = consumer_of(state);
	const int copy = fcntl(map_fd_of(c, 0), F_DUPFD_CLOEXEC, 0);

	assert_int_equal(ring_buffer__add(c->rb, copy, consumer_see, &c->rings[0]), 0);
	for (int i = 0; i < 6; i++) {
		produce(c, 0, 4);
		poll_for(c, c->rb, c->rb, 4);
		produce(c, 0, 2);
		c->count = 0;
		assert_int_equal(ring_buffer__consume(c->rb), 2);
		assert_int_equal(c->count, 2);
	}
	close(copy);
}

static void nothing_is_read_while_the_consumer_position_is_ahead(void **state)
{
	struct consumer *c = consumer_of(state);
	uint64_t *position = consumer_word(c, 0);

	ring_buffer__free(c->rb);
	*position = 1024;
	c->rb = ring_buffer__new(map_fd_of(c, 0), consumer_see, &c->rings[0], NULL);
	assert_non_null(c->rb);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ring_buffer__consume(c->rb), 0);
		assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
	}
	*position = 0;
	produce(c, 0, 2);
	assert_int_equal(ring_buffer__consume(c->rb), 2);
	produce(c, 0, 2);
	poll_for(c, c->rb, c->rb, 2);
}

static void a_ring_is_read_later_by_a_descriptor_of_its_own(void **state)
{
	struct consumer *c = consumer_of(state);
	uint64_t *position = consumer_word(c, 1);
	const int copy = fcntl(map_fd_of(c, 1), F_DUPFD_CLOEXEC, 0);

	*position = 1024;
	assert_int_equal(ring_buffer__add(c->rb, copy, consumer_see, &c->rings[1]), 0);
	/* The number now means another ring. */
	assert_int_equal(dup2(map_fd_of(c, 2), copy), copy);
	produce(c, 2, 3);
	*position = 0;
	produce(c, 1, 2);
	assert_int_equal(ring_buffer__consume(c->rb), 2);
	assert_int_equal(c->rings[1].next, 2);
	close(copy);
}

/* Makes the first ring's next record a reserved one. */
static void make_busy(struct consumer *c)
{
	uint64_t number = 0;

	ring_buffer__free(c->rb);
	/* The payload of the last record is at the consumer position: a header with the busy bit. */
	while (pattern_byte(number, 3) < 0x80)
		number++;
	produce(c, 0, (int)number + 1);
	*consumer_word(c, 0) = number * 16 + 8;
	c->rb = ring_buffer__new(map_fd_of(c, 0), consumer_see, &c->rings[0], NULL);
	assert_non_null(c->rb);
	/* Takes the edge. */
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
}

/* libbpf returns at once, over and over. */
static void poll_sleeps_while_a_record_is_busy(void **state)
{
	struct consumer *c = consumer_of(state);

	if (!is_dropin() || looks_itself())
		skip_because("neither libbpf nor a wait that polls sleeps for a given time");
	make_busy(c);
	epoll_waits = 0;
	assert_int_equal(ring_buffer__poll(c->rb, 200), 0);
	assert_in_range(epoll_waits, 2, 40);
}

static void poll_looks_again_at_a_ring_beside_a_busy_one(void **state)
{
	struct consumer *c = consumer_of(state);
	int count = 0;

	make_busy(c);
	consumer_add(c, 1);
	produce(c, 1, 1);
	assert_int_equal(run(&c->rings[1].kernel, 8, BPF_RB_NO_WAKEUP, true, 1), 0);
	c->stop_after = 1;
	c->stop_with = -1;
	assert_int_equal(ring_buffer__poll(c->rb, 0), -1);
	c->stop_with = 0;
	assert_int_equal(ring_buffer__poll(c->rb, 20), 0); /* reads the discarded record */
	c->rings[1].next = 2;
	submit(&c->rings[1].kernel, 8, BPF_RB_NO_WAKEUP);
	for (int i = 0; i < 100 && count == 0; i++)
		count = ring_buffer__poll(c->rb, 1);
	assert_int_equal(count, 1);
}

static void what_is_not_read_is_there_for_the_next(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 3);
	c->stop_after = 1;
	c->stop_with = -1;
	assert_int_equal(ring_buffer__poll(c->rb, -1), -1);
	ring_buffer__free(c->rb);
	c->rb = ring_buffer__new(map_fd_of(c, 0), consumer_see, &c->rings[0], NULL);
	assert_non_null(c->rb);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 2);
}

static void make_one_in_a_child(struct consumer *c)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(ring_buffer__new(map_fd_of(c, 0), consumer_see, NULL, NULL) ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	c->meanwhile = NULL;
}

static void a_child_may_make_one_on_the_map_that_its_parent_reads(void **state)
{
	struct consumer *c = consumer_of(state);

	produce(c, 0, 3);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 3);
	produce(c, 0, 2);
	c->meanwhile = make_one_in_a_child;
	assert_int_equal(ring_buffer__poll(c->rb, -1), 2);
	/* Each once. */
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
	produce(c, 0, 1);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 1);
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
}

/* Notifications of the child must reach the parent too. */
static void a_child_leaves_its_parent_what_it_has_not_read(void **state)
{
	struct consumer *c = consumer_of(state);
	const int copy = fcntl(map_fd_of(c, 1), F_DUPFD_CLOEXEC, 0);
	int status;
	pid_t child;

	if (looks_itself())
		skip_because("what was read last is held back, and so read again by the parent");
	assert_int_equal(ring_buffer__add(c->rb, copy, consumer_see, &c->rings[1]), 0);
	close(copy);
	assert_int_equal(ring_buffer__poll(c->rb, 0), 0);
	produce(c, 0, 3);
	child = fork();
	if (child == 0) {
		c->stop_after = 1;
		c->stop_with = -7;
		_exit(ring_buffer__poll(c->rb, 10000) == -7 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	c->rings[0].next = 1;
	assert_int_equal(ring_buffer__poll(c->rb, 10000), 2);
	/* A daemon whose parent no longer reads. */
	child = fork();
	if (child == 0) {
		for (int i = 1; i <= 3; i++) {
			produce(c, i % 2, i);
			if (ring_buffer__poll(c->rb, 10000) != i)
				_exit(i);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void the_map_descriptor_may_be_closed(void **state)
{
	struct consumer *c = consumer_of(state);
	const int copy = fcntl(map_fd_of(c, 1), F_DUPFD_CLOEXEC, 0);

	assert_int_equal(ring_buffer__add(c->rb, copy, consumer_see, &c->rings[1]), 0);
	close(copy);
	produce(c, 1, 2);
	assert_int_equal(ring_buffer__poll(c->rb, -1), 2);
	produce(c, 1, 1);
	assert_int_equal(ring_buffer__consume(c->rb), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_library_is_the_one_that_is_meant),
		consuming(nothing_is_read_of_an_empty_ring),
		consuming(consume_reads_all_that_is_there),
		consuming(poll_reads_all_that_is_there),
		consuming(one_poll_reads_a_large_ring),
		consuming(records_of_all_lengths_are_read_wherever_the_ring_wraps),
		consuming(discarded_records_are_not_counted),
		consuming(a_read_record_makes_room),
		consuming(consume_returns_what_the_callback_says),
		consuming(poll_returns_what_the_callback_says),
		consuming(a_callback_may_return_any_error),
		consuming(consume_reads_on_where_poll_stopped),
		consuming(a_record_that_stopped_makes_room),
		consuming(a_positive_return_stops_nothing),
		consuming(errno_is_left_alone_by_success),
		consuming(consume_reads_rings_in_the_order_in_which_they_were_added),
		consuming(poll_reads_each_ring_that_has_something),
		consuming(an_error_leaves_the_rings_behind_it),
		consuming(a_callback_may_add_a_ring),
		consuming(other_maps_are_refused),
		consuming(descriptors_that_are_not_open_are_refused),
		consuming(a_map_can_be_added_once),
		consuming(a_read_only_descriptor_is_refused),
		consuming(what_cannot_be_made_changes_nothing),
		consuming(options_of_other_versions_are_understood),
		consuming(freeing_leaves_nothing_behind),
		consuming(the_descriptor_is_readable_until_all_is_read),
		consuming(a_poll_reads_why_the_descriptor_is_readable),
		consuming(discarded_records_do_not_keep_the_descriptor_readable),
		consuming(the_descriptor_may_be_asked_for_while_another_thread_polls),
		consuming(an_event_loop_outside_is_woken_and_consumes),
		consuming(an_event_loop_outside_is_woken_and_polls),
		consuming(poll_is_not_woken_by_what_notifies_nobody),
		consuming(poll_looks_again_at_a_ring_that_it_has_read),
		consuming(poll_looks_again_at_a_ring_that_it_could_not_read),
		consuming(poll_misses_no_record_that_comes_as_it_ends),
		consuming(an_edge_triggered_loop_outside_consumes_all),
		consuming(an_edge_triggered_loop_outside_polls_all),
		consuming(a_signal_ends_poll),
		consuming(what_a_callback_causes_is_read_by_the_same_call),
		consuming(what_a_callback_causes_is_read_or_wakes_a_loop_outside),
		consuming(each_record_makes_room_before_the_next_is_shown),
		consuming(discarded_records_make_room_before_the_next_is_shown),
		consuming(a_callback_that_reads_its_own_ring_crashes_nothing),
		consuming(a_callback_may_be_left_by_longjmp),
		consuming(a_callback_may_end_its_thread),
		consuming(rings_behind_one_that_was_left_are_read),
		consuming(poll_may_be_left_as_it_waits),
		consuming(poll_waits_after_a_callback_that_stopped_at_the_last_record),
		consuming(a_callback_may_jump_into_that_of_another_ring),
		consuming(a_thread_that_polls_can_be_cancelled),
		consuming(several_consumers_of_a_ring_take_turns),
		consuming(several_consumers_of_a_ring_poll_in_turns),
		consuming(another_consumer_may_come_while_one_reads),
		consuming(a_map_can_be_added_again_by_another_descriptor),
		consuming(nothing_is_read_while_the_consumer_position_is_ahead),
		consuming(a_ring_is_read_later_by_a_descriptor_of_its_own),
		consuming(poll_sleeps_while_a_record_is_busy),
		consuming(poll_looks_again_at_a_ring_beside_a_busy_one),
		consuming(what_is_not_read_is_there_for_the_next),
		consuming(a_child_leaves_its_parent_what_it_has_not_read),
		consuming(a_child_may_make_one_on_the_map_that_its_parent_reads),
		consuming(the_map_descriptor_may_be_closed),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
