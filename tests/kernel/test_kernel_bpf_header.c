/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview.bpf.h on the running kernel: accounts and notifications. Needs CAP_BPF and
 * CAP_NET_ADMIN.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "header.skel.h"
#include "ringview/ringview.bpf.h"
#include "support/fixture.h"
#include "support/skipping.h"

#define RECORD 16             /* bytes that each takes in the ring */
#define LAST_DITCH_MS 20000   /* ends a wait that nothing else would end */
#define UNKNOWN_ACCOUNT 12345 /* no account has this index */

struct header {
	struct header_bpf *skeleton;
	struct ringview *rv;
	uint64_t fit; /* records that the empty ring holds */
	int epoll_fd; /* edge-triggered, on the reader's descriptor */
	char unavailable[256];
};

static struct header the_header;
static bool with_dynptrs;

static int print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

static int header_open(void **state)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	const uint32_t size = (uint32_t)sysconf(_SC_PAGESIZE);
	struct header *h = &the_header;
	int err;

	*state = h;
	*h = (struct header){ .fit = (size - 1) / RECORD, .epoll_fd = -1 };
	libbpf_set_print(print_nothing);
	h->skeleton = header_bpf__open();
	if (!h->skeleton)
		return -1;
	bpf_program__set_autoload(h->skeleton->progs.submit_dynptr, with_dynptrs);
	bpf_program__set_autoload(h->skeleton->progs.discard_dynptr, with_dynptrs);
	err = bpf_map__set_max_entries(h->skeleton->maps.ring, size);
	if (!err)
		err = header_bpf__load(h->skeleton);
	if (err) {
		snprintf(h->unavailable, sizeof(h->unavailable),
			"the BPF programs cannot be loaded: %s", strerror(-err));
		return err == -EPERM || err == -ENOMEM ? 0 : err;
	}
	if (ringview_open(&h->rv, bpf_map__fd(h->skeleton->maps.ring), NULL))
		return -1;
	h->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return h->epoll_fd < 0 ? -1
			       : epoll_ctl(h->epoll_fd, EPOLL_CTL_ADD, ringview_fd(h->rv), &event);
}

static int header_close(void **state)
{
	struct header *h = *state;

	if (h->epoll_fd >= 0)
		close(h->epoll_fd);
	ringview_close(h->rv);
	header_bpf__destroy(h->skeleton);
	return 0;
}

static struct header *available(void **state)
{
	struct header *h = *state;

	if (h->unavailable[0])
		skip_because("%s", h->unavailable);
	return h;
}

/* Runs @program @times times, also if signals interrupt it. */
static void run(struct header *h, const struct bpf_program *program, uint64_t times)
{
	const uint64_t until = h->skeleton->bss->runs + times;
	unsigned char packet[64] = { 0 };

	while (h->skeleton->bss->runs < until) {
		LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet,
			.data_size_in = sizeof(packet),
			.repeat = (int)(until - h->skeleton->bss->runs));
		int err = bpf_prog_test_run_opts(bpf_program__fd(program), &options);

		assert_true(err == 0 || err == -EINTR || err == -EAGAIN);
	}
}

static void submit(struct header *h, uint64_t times)
{
	run(h, h->skeleton->progs.submit_one, times);
}

static void discard(struct header *h, uint64_t times)
{
	run(h, h->skeleton->progs.discard_one, times);
}

static void output(struct header *h, uint64_t times)
{
	run(h, h->skeleton->progs.output_one, times);
}

static void set_policy(struct header *h, enum ringview_notify policy, uint64_t bytes)
{
	h->skeleton->bss->policy = policy;
	h->skeleton->bss->bytes = bytes;
}

static struct ringview_account account(struct header *h, uint32_t index)
{
	const int cpus = libbpf_num_possible_cpus();
	struct ringview_account *values, sum = { 0 };

	assert_true(cpus > 0);
	values = calloc((size_t)cpus, sizeof(*values));
	assert_non_null(values);
	assert_int_equal(
		bpf_map_lookup_elem(bpf_map__fd(h->skeleton->maps.accounts), &index, values), 0);
	for (int i = 0; i < cpus; i++) {
		sum.attempted += values[i].attempted;
		sum.submitted += values[i].submitted;
		sum.failed += values[i].failed;
		sum.discarded += values[i].discarded;
	}
	free(values);
	return sum;
}

static void assert_account(
	struct header *h, uint32_t index, uint64_t submitted, uint64_t failed, uint64_t discarded)
{
	const struct ringview_account sum = account(h, index);

	assert_int_equal(sum.attempted, submitted + failed + discarded);
	assert_int_equal(sum.submitted, submitted);
	assert_int_equal(sum.failed, failed);
	assert_int_equal(sum.discarded, discarded);
}

/* Reads and releases all records. Returns their number. */
static uint64_t read_all(struct header *h)
{
	struct ringview_record record;
	uint64_t records = 0;

	while (ringview_peek(h->rv, &record) > 0) {
		assert_int_equal(record.length, sizeof(uint64_t));
		records++;
	}
	ringview_release(h->rv);
	return records;
}

/* Reads and releases @records. */
static void read_some(struct header *h, uint64_t records)
{
	struct ringview_record record;

	for (uint64_t i = 0; i < records; i++)
		assert_int_equal(ringview_peek(h->rv, &record), 1);
	ringview_release(h->rv);
}

/* Whether the epoll descriptor tells of a notification since the last call, within @timeout_ms. */
static bool notified(struct header *h, int timeout_ms)
{
	struct epoll_event event;

	return epoll_wait(h->epoll_fd, &event, 1, timeout_ms) == 1;
}

/* A notification is an interrupt on the CPU that runs the program. It has been handled when
 * BPF_PROG_RUN returns, so there is no need to wait. */
static void assert_not_notified(struct header *h)
{
	assert_false(notified(h, 0));
}

static void accounts_start_at_zero(void **state)
{
	struct header *h = available(state);

	assert_account(h, 0, 0, 0, 0);
	assert_account(h, 1, 0, 0, 0);
}

static void submitted_events_are_counted(void **state)
{
	struct header *h = available(state);

	submit(h, 7);
	assert_account(h, 0, 7, 0, 0);
	assert_int_equal(read_all(h), 7);
}

static void discarded_events_are_counted(void **state)
{
	struct header *h = available(state);

	submit(h, 3);
	discard(h, 5);
	assert_account(h, 0, 3, 0, 5);
	assert_int_equal(read_all(h), 3);
}

static void events_without_room_are_counted(void **state)
{
	struct header *h = available(state);

	submit(h, h->fit + 11);
	assert_account(h, 0, h->fit, 11, 0);
	discard(h, 2);
	assert_account(h, 0, h->fit, 13, 0);
	assert_int_equal(read_all(h), h->fit);
	submit(h, 1);
	assert_account(h, 0, h->fit + 1, 13, 0);
}

static void events_that_are_copied_in_are_counted(void **state)
{
	struct header *h = available(state);

	output(h, h->fit);
	assert_int_equal(h->skeleton->bss->result, 0);
	assert_account(h, 0, h->fit, 0, 0);
	output(h, 4);
	assert_int_equal(h->skeleton->bss->result, -EAGAIN);
	assert_account(h, 0, h->fit, 4, 0);
	assert_int_equal(read_all(h), h->fit);
}

static void accounts_are_apart(void **state)
{
	struct header *h = available(state);

	submit(h, 2);
	h->skeleton->bss->account_index = 1;
	submit(h, 3);
	discard(h, 1);
	assert_account(h, 0, 2, 0, 0);
	assert_account(h, 1, 3, 0, 1);
}

static void without_an_account_events_are_written_all_the_same(void **state)
{
	struct header *h = available(state);

	h->skeleton->bss->account_index = UNKNOWN_ACCOUNT;
	submit(h, 2);
	discard(h, 1);
	output(h, 1);
	assert_account(h, 0, 0, 0, 0);
	assert_account(h, 1, 0, 0, 0);
	assert_int_equal(read_all(h), 3);
}

static void adaptive_notifies_who_has_read_everything(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_ADAPTIVE, 0);
	submit(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
	submit(h, 1);
	assert_not_notified(h);
	assert_int_equal(read_all(h), 2);
	submit(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
}

static void never_does_not_notify_and_silences_adaptive(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_NEVER, 0);
	submit(h, 1);
	assert_not_notified(h);
	set_policy(h, RINGVIEW_NOTIFY_ADAPTIVE, 0);
	submit(h, 1);
	assert_not_notified(h);
	assert_int_equal(read_all(h), 2);
}

static void force_notifies_whatever_came_before(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_NEVER, 0);
	submit(h, 1);
	set_policy(h, RINGVIEW_NOTIFY_FORCE, 0);
	submit(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
	discard(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
	output(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
}

static void at_least_notifies_once_so_many_bytes_wait(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, 10 * RECORD);
	submit(h, 9);
	assert_not_notified(h);
	submit(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
	assert_int_equal(read_all(h), 10);
	submit(h, 9);
	assert_not_notified(h);
	submit(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
}

static void at_least_notifies_once_for_those_past_the_bound(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, 10 * RECORD);
	submit(h, 10);
	assert_true(notified(h, LAST_DITCH_MS));
	submit(h, 30);
	assert_not_notified(h);
	discard(h, 30);
	assert_not_notified(h);
	output(h, 30);
	assert_true(notified(h, LAST_DITCH_MS)); /* another place in the program */
	output(h, 30);
	assert_not_notified(h);
	assert_int_equal(read_all(h), 100);
	discard(h, 9);
	assert_not_notified(h);
	discard(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
}

static void at_least_notifies_again_where_some_were_left(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, 10 * RECORD);
	submit(h, 10);
	assert_true(notified(h, LAST_DITCH_MS));
	read_some(h, 1);
	submit(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
	read_some(h, 10);
	submit(h, 9);
	assert_not_notified(h);
	submit(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
}

/* A reader that takes one record per wakeup. */
static void at_least_leaves_nobody_asleep_with_a_full_ring(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, 10 * RECORD);
	submit(h, 100);
	assert_true(notified(h, LAST_DITCH_MS));
	for (int i = 0; i < 300; i++) {
		read_some(h, 1);
		submit(h, h->fit); /* as many as fit: one, from the second time on */
		assert_true(notified(h, LAST_DITCH_MS));
	}
}

static void at_least_notifies_of_each_large_record_to_who_reads_all(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, 10 * RECORD);
	for (int i = 0; i < 3; i++) {
		run(h, h->skeleton->progs.submit_large, 1);
		assert_true(notified(h, LAST_DITCH_MS));
		run(h, h->skeleton->progs.submit_large, 1);
		assert_not_notified(h);
		read_some(h, 2);
	}
}

/* ringview_output() computes the flags before its record is in the ring, so one more record is
 * needed. */
static void at_least_counts_what_waits_before_a_copy(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, 10 * RECORD);
	output(h, 10);
	assert_not_notified(h);
	output(h, 1);
	assert_true(notified(h, LAST_DITCH_MS));
}

/* The copy that should notify finds no room, so the next one notifies. */
static void at_least_notifies_after_a_copy_that_failed(void **state)
{
	struct header *h = available(state);
	const uint64_t large = 85 * RECORD; /* with its header; a third of the smallest ring */

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, h->fit * RECORD - large);
	submit(h, h->fit - large / RECORD - 1);
	assert_not_notified(h);
	h->skeleton->data->size = large - RINGVIEW_HEADER_SIZE;
	output(h, 1); /* its flags are computed when the bound is exceeded already */
	assert_int_equal(h->skeleton->bss->result, 0);
	assert_not_notified(h);
	output(h, 1);
	assert_int_equal(h->skeleton->bss->result, -EAGAIN);
	assert_not_notified(h);
	h->skeleton->data->size = sizeof(uint64_t);
	output(h, 1);
	assert_int_equal(h->skeleton->bss->result, 0);
	assert_true(notified(h, LAST_DITCH_MS));
}

static void at_least_notifies_always_of_a_ring_that_is_not_known(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, 10 * RECORD);
	run(h, h->skeleton->progs.submit_to_some_ring, 10);
	assert_true(notified(h, LAST_DITCH_MS));
	run(h, h->skeleton->progs.submit_to_some_ring, 1);
	assert_true(notified(h, LAST_DITCH_MS));
	assert_int_equal(read_all(h), 11);
	run(h, h->skeleton->progs.submit_to_the_ring_of, 10);
	assert_true(notified(h, LAST_DITCH_MS));
	run(h, h->skeleton->progs.submit_to_the_ring_of, 1);
	assert_not_notified(h);
}

struct producing {
	struct header *h;
	const struct bpf_program *program;
	int done;
};

static void *produce_until_done(void *context)
{
	struct producing *p = context;
	unsigned char packet[64] = { 0 };

	while (!__atomic_load_n(&p->done, __ATOMIC_RELAXED)) {
		LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet,
			.data_size_in = sizeof(packet), .repeat = 100);

		bpf_prog_test_run_opts(bpf_program__fd(p->program), &options);
	}
	return NULL;
}

#define PRODUCERS 3
#define WAKEUPS 5000

/*
 * Several producers submit, discard and write large records. The reader depends on their
 * notifications and takes a varying number of records per wakeup, at least one: if the first one is
 * not submitted yet, it polls until it is.
 */
static void at_least_leaves_nobody_asleep_with_several_producers(void **state)
{
	struct header *h = available(state);
	struct producing producing[PRODUCERS] = {
		{ .h = h, .program = h->skeleton->progs.submit_one },
		{ .h = h, .program = h->skeleton->progs.discard_one },
		{ .h = h, .program = h->skeleton->progs.submit_large },
	};
	pthread_t threads[PRODUCERS];
	uint64_t random = 1;
	int wakeups = 0;

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, 10 * RECORD);
	for (int i = 0; i < PRODUCERS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, produce_until_done, &producing[i]), 0);
	while (wakeups < WAKEUPS && notified(h, LAST_DITCH_MS)) {
		struct ringview_record record;
		uint64_t left = (random = random * 6364136223846793005u + 1) >> 57;

		while (ringview_peek(h->rv, &record) <= 0) {
			ringview_release(h->rv); /* releases the discarded records */
			sched_yield();
		}
		while (left-- > 0 && ringview_peek(h->rv, &record) > 0)
			;
		ringview_release(h->rv);
		wakeups++;
	}
	for (int i = 0; i < PRODUCERS; i++)
		__atomic_store_n(&producing[i].done, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(wakeups, WAKEUPS);
}

/* A kernel without dynptrs refuses an object that uses them, so it is loaded only here. */
static int header_open_with_dynptrs(void **state)
{
	with_dynptrs = libbpf_probe_bpf_helper(
			       BPF_PROG_TYPE_SCHED_CLS, BPF_FUNC_ringbuf_reserve_dynptr, NULL) == 1;
	const int err = header_open(state);

	if (!with_dynptrs && !the_header.unavailable[0])
		snprintf(the_header.unavailable, sizeof(the_header.unavailable),
			"the kernel has no dynptr in a ring (Linux 5.19)");
	with_dynptrs = false;
	return err;
}

static void events_of_a_run_time_size_are_counted(void **state)
{
	struct header *h = available(state);
	struct ringview_record record;

	for (uint64_t size = 8; size <= 1000; size += 31) {
		h->skeleton->data->size = size;
		run(h, h->skeleton->progs.submit_dynptr, 1);
		assert_int_equal(h->skeleton->bss->result, 0);
		assert_int_equal(ringview_peek(h->rv, &record), 1);
		assert_int_equal(record.length, size);
		assert_memory_equal(
			record.data, &h->skeleton->bss->runs, sizeof(h->skeleton->bss->runs));
		ringview_release(h->rv);
	}
	assert_account(h, 0, 33, 0, 0);
	run(h, h->skeleton->progs.discard_dynptr, 2);
	assert_account(h, 0, 33, 0, 2);
	assert_int_equal(ringview_peek(h->rv, &record), 0);
}

static void events_of_a_run_time_size_that_do_not_fit_are_counted(void **state)
{
	struct header *h = available(state);

	h->skeleton->data->size = sizeof(uint64_t);
	run(h, h->skeleton->progs.submit_dynptr, h->fit + 3);
	assert_int_equal(h->skeleton->bss->result, -EAGAIN);
	assert_account(h, 0, h->fit, 3, 0);
	h->skeleton->data->size = UINT32_MAX; /* larger than any record */
	run(h, h->skeleton->progs.submit_dynptr, 1);
	assert_int_equal(h->skeleton->bss->result, -EAGAIN);
	assert_account(h, 0, h->fit, 4, 0);
	assert_int_equal(read_all(h), h->fit);
}

static void events_of_a_run_time_size_notify(void **state)
{
	struct header *h = available(state);

	set_policy(h, RINGVIEW_NOTIFY_AT_LEAST, 10 * RECORD);
	run(h, h->skeleton->progs.submit_dynptr, 9);
	assert_not_notified(h);
	run(h, h->skeleton->progs.submit_dynptr, 1);
	assert_true(notified(h, LAST_DITCH_MS));
	run(h, h->skeleton->progs.discard_dynptr, 1);
	assert_not_notified(h);
}

#define in_kernel(test) cmocka_unit_test_setup_teardown(test, header_open, header_close)
#define with_dynptr(test) \
	cmocka_unit_test_setup_teardown(test, header_open_with_dynptrs, header_close)

/* Without them it refuses programs with callbacks, timers and locks, and loads others. */
static void the_kernel_takes_the_types(void **state)
{
	struct header *h = available(state);

	assert_true(bpf_object__btf_fd(h->skeleton->obj) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_kernel(the_kernel_takes_the_types),
		in_kernel(accounts_start_at_zero),
		in_kernel(submitted_events_are_counted),
		in_kernel(discarded_events_are_counted),
		in_kernel(events_without_room_are_counted),
		in_kernel(events_that_are_copied_in_are_counted),
		in_kernel(accounts_are_apart),
		in_kernel(without_an_account_events_are_written_all_the_same),
		in_kernel(adaptive_notifies_who_has_read_everything),
		in_kernel(never_does_not_notify_and_silences_adaptive),
		in_kernel(force_notifies_whatever_came_before),
		in_kernel(at_least_notifies_once_so_many_bytes_wait),
		in_kernel(at_least_notifies_once_for_those_past_the_bound),
		in_kernel(at_least_notifies_again_where_some_were_left),
		in_kernel(at_least_leaves_nobody_asleep_with_a_full_ring),
		in_kernel(at_least_notifies_of_each_large_record_to_who_reads_all),
		in_kernel(at_least_counts_what_waits_before_a_copy),
		in_kernel(at_least_notifies_after_a_copy_that_failed),
		in_kernel(at_least_notifies_always_of_a_ring_that_is_not_known),
		in_kernel(at_least_leaves_nobody_asleep_with_several_producers),
		with_dynptr(events_of_a_run_time_size_are_counted),
		with_dynptr(events_of_a_run_time_size_that_do_not_fit_are_counted),
		with_dynptr(events_of_a_run_time_size_notify),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
