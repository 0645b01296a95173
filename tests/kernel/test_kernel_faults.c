/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults while a ring of the kernel is read: a second consumer in another process or thread, a
 * replaced program, closed descriptors, a removed pin. Needs CAP_BPF and CAP_NET_ADMIN.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/bpf_files.h"
#include "support/kernel_ring.h"
#include "support/skipping.h"
#include "support/sleeper.h"

#define MS INT64_C(1000000)

static const enum ringview_wait_strategy strategies[] = { RINGVIEW_WAIT_EVENT, RINGVIEW_WAIT_PACED,
	RINGVIEW_WAIT_BUSY };

static void reopen_waiting(struct kernel *k, enum ringview_wait_strategy strategy)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = strategy;
	kernel_reopen_with(k, &options);
}

static char path[128]; /* where the ring is pinned, or "" */

static void pin(struct kernel *k)
{
	bpf_files_path(path, sizeof(path), "faults");
	assert_int_equal(bpf_obj_pin(bpf_map__fd(k->skeleton->maps.ring), path), 0);
}

static void unpin(void)
{
	if (path[0])
		unlink(path);
	path[0] = '\0';
}

static int close_pinned(void **state)
{
	unpin();
	return kernel_close(state);
}

#define pinned(test) cmocka_unit_test_setup_teardown(test, kernel_open, close_pinned)

/* A second consumer. */

/* Another process consumes @records of the pinned ring. */
static void take_in_another_process(int records)
{
	struct ringview_record record;
	struct ringview *rv;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (ringview_open_pinned(&rv, path, NULL))
			_exit(1);
		for (; records > 0; records--)
			if (ringview_peek(rv, &record) != 1)
				_exit(2);
		ringview_release(rv);
		ringview_close(rv);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Continues to read until it gets -EBUSY: at the next release, or at the end of the records that it
 * knew of. */
static void read_until_told(struct kernel *k, enum ringview_wait_strategy strategy, int known)
{
	struct ringview_record record;
	int count = 0, found, ends;

	ringview_release(k->rv);
	/* Twice: the first 0 may end a pass. */
	for (ends = 0; ends < 2; ends++) {
		while ((found = ringview_peek(k->rv, &record)) > 0) {
			count++;
			ringview_release(k->rv);
		}
	}
	assert_int_equal(found, -EBUSY);
	assert_in_range(count, 0, strategy == RINGVIEW_WAIT_BUSY ? known : 0);
	assert_int_equal(ringview_wait(k->rv, 0), -EBUSY);
}

static void a_consumer_in_another_process_is_told(void **state)
{
	struct kernel *k = available(state);
	uint64_t number = 0;
	size_t i;

	pin(k);
	for (i = 0; i < COUNT(strategies); i++, number += 8) {
		reopen_waiting(k, strategies[i]);
		assert_int_equal(run(k, 8, 0, false, 8), 0);
		assert_int_equal(ringview_wait(k->rv, -1), 1);
		assert_record(k, number, 8);
		take_in_another_process(3);
		/* It does not change the position of the other consumer, which continues. */
		read_until_told(k, strategies[i], 7);
		take_in_another_process(1);
		assert_int_equal(ringview_restart(k->rv), 0);
		assert_record(k, number + 4, 8);
		assert_record(k, number + 5, 8);
		assert_record(k, number + 6, 8);
		assert_record(k, number + 7, 8);
		assert_no_record(k);
		ringview_release(k->rv);
	}
}

/* Two threads and a producer, until one of them gets -EBUSY. */
struct rivals {
	struct kernel *kernel;
	struct rival {
		struct rivals *all;
		pthread_t thread;
		struct ringview *rv;
		int result;
	} rival[2];
	pthread_t producer;
	int producer_result;
	bool stop;
};

static bool is_to_stop(const struct rivals *r)
{
	return __atomic_load_n(&r->stop, __ATOMIC_ACQUIRE);
}

static void *compete(void *argument)
{
	struct rival *me = argument;
	struct ringview_record record;

	while (me->result >= 0 && !is_to_stop(me->all)) {
		me->result = ringview_peek(me->rv, &record);
		ringview_release(me->rv);
	}
	__atomic_store_n(&me->all->stop, true, __ATOMIC_RELEASE);
	return NULL;
}

static void *produce(void *argument)
{
	struct rivals *r = argument;

	while (!r->producer_result && !is_to_stop(r))
		r->producer_result = run(r->kernel, 8, 0, false, 100);
	return NULL;
}

/* A release that is preempted between its check and its write may set the position back so far that
 * it is impossible, which is reported too. */
static bool is_told(int result)
{
	return result == -EBUSY || result == -EBADMSG;
}

static void of_two_threads_one_is_told(void **state)
{
	struct kernel *k = available(state);
	struct rivals r = { .kernel = k };
	struct ringview_record record = { NULL, 0 };
	uint64_t number;
	int i, result;

	for (i = 0; i < 2; i++) {
		r.rival[i].all = &r;
		assert_int_equal(
			ringview_open(&r.rival[i].rv, bpf_map__fd(k->skeleton->maps.ring), NULL),
			0);
	}
	assert_int_equal(pthread_create(&r.producer, NULL, produce, &r), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&r.rival[i].thread, NULL, compete, &r.rival[i]), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_join(r.rival[i].thread, NULL), 0);
	assert_int_equal(pthread_join(r.producer, NULL), 0);
	assert_int_equal(r.producer_result, 0);
	assert_true(is_told(r.rival[0].result) || is_told(r.rival[1].result));
	ringview_close(r.rival[1].rv);

	/* Alone again, it reads to the end. */
	result = ringview_restart(r.rival[0].rv);
	if (result) {
		assert_int_equal(result, -EBADMSG);
		ringview_close(r.rival[0].rv);
		return;
	}
	while ((i = ringview_peek(r.rival[0].rv, &record)) > 0)
		ringview_release(r.rival[0].rv);
	assert_int_equal(i, 0);
	number = k->skeleton->bss->number;
	assert_int_equal(run(k, 8, 0, false, 1), 0);
	assert_int_equal(ringview_peek(r.rival[0].rv, &record), 1);
	assert_payload(record.data, number, 8);
	ringview_close(r.rival[0].rv);
}

/* Descriptors and files. */

/* Closes the map's descriptor and occupies its number with another file. */
static void close_map(struct kernel *k)
{
	int other = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(other >= 0);
	assert_true(dup2(other, bpf_map__fd(k->skeleton->maps.ring)) >= 0);
	close(other);
}

static void read_without_descriptor(struct kernel *k, enum ringview_wait_strategy strategy)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct sleeper s;
	uint64_t i;

	options.wait = strategy;
	pin(k);
	ringview_close(k->rv);
	k->rv = NULL;
	assert_int_equal(ringview_open_pinned(&k->rv, path, &options), 0);
	submit(k, 8, 0);
	assert_int_equal(ringview_wait(k->rv, -1), 1);
	assert_record(k, 0, 8);
	unpin();
	close_map(k);
	for (i = 1; i < 1000; i++) {
		sleeper_start(&s, k->rv, -1);
		submit(k, 8, 0);
		assert_int_equal(sleeper_join(&s), 1);
		assert_record(k, i, 8);
	}
}

#define WITHOUT_DESCRIPTOR(name, strategy)                           \
	static void name(void **state)                               \
	{                                                            \
		read_without_descriptor(available(state), strategy); \
	}

WITHOUT_DESCRIPTOR(the_map_closed_and_its_file_removed_event, RINGVIEW_WAIT_EVENT)
WITHOUT_DESCRIPTOR(the_map_closed_and_its_file_removed_paced, RINGVIEW_WAIT_PACED)
WITHOUT_DESCRIPTOR(the_map_closed_and_its_file_removed_busy, RINGVIEW_WAIT_BUSY)

/* The program replaced. */

struct sender {
	pthread_t thread;
	int socket;
	bool stop;
};

/* Stays on one CPU, as do the programs that its packets run, so that the numbers are in order. */
static void *send_packets(void *argument)
{
	struct sender *s = argument;
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	while (!__atomic_load_n(&s->stop, __ATOMIC_ACQUIRE))
		sendto(s->socket, "", 1, 0, (const struct sockaddr *)&to, sizeof(to));
	return NULL;
}

static void start_sender(struct sender *s)
{
	pthread_attr_t attributes;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(pthread_attr_setaffinity_np(&attributes, sizeof(one), &one), 0);
	assert_int_equal(pthread_create(&s->thread, &attributes, send_packets, s), 0);
	pthread_attr_destroy(&attributes);
}

/* Enters a new network namespace with only a loopback device. Returns 0 or -1. @before gets the
 * previous namespace. */
static int leave_network(int *before, int *sock)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	*before = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (*before < 0 || unshare(CLONE_NEWNET) < 0)
		return -1;
	*sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return *sock < 0 ? -1 : ioctl(*sock, SIOCSIFFLAGS, &request);
}

/* Reads until @count records of @version were seen. Asserts that none is missing and no older
 * version follows. */
static void read_version(struct kernel *k, uint64_t version, uint64_t count, uint64_t *next)
{
	struct ringview_record record;
	uint64_t payload[2], newest = version - 1;

	while (count > 0) {
		assert_int_equal(ringview_wait(k->rv, 60000 * MS), 1);
		while (count > 0 && ringview_peek(k->rv, &record) > 0) {
			assert_int_equal(record.length, sizeof(payload));
			memcpy(payload, record.data, sizeof(payload));
			assert_int_equal(payload[0], (*next)++);
			assert_in_range(payload[1], newest, version);
			newest = payload[1];
			count -= newest == version;
		}
		ringview_release(k->rv);
	}
}

static void replace_program(struct kernel *k, enum ringview_wait_strategy strategy)
{
	struct sender s = { .socket = -1 };
	struct bpf_link *link;
	uint64_t next = 0;
	int before;

	reopen_waiting(k, strategy);
	if (leave_network(&before, &s.socket) < 0)
		skip_because("no network namespace can be made: %s", strerror(errno));
	link = bpf_program__attach_xdp(
		k->skeleton->progs.write_version_1, (int)if_nametoindex("lo"));
	if (!link) {
		setns(before, CLONE_NEWNET);
		skip_because("no XDP program can be attached: %s", strerror(errno));
	}
	start_sender(&s);
	read_version(k, 1, 1000, &next);
	assert_int_equal(bpf_link__update_program(link, k->skeleton->progs.write_version_2), 0);
	read_version(k, 2, 1000, &next);
	__atomic_store_n(&s.stop, true, __ATOMIC_RELEASE);
	assert_int_equal(pthread_join(s.thread, NULL), 0);
	assert_int_equal(bpf_link__destroy(link), 0);
	close(s.socket);
	assert_int_equal(setns(before, CLONE_NEWNET), 0);
	close(before);
}

static void a_program_is_replaced_in_mid_stream(void **state)
{
	struct kernel *k = available(state);
	size_t i;

	for (i = 0; i < COUNT(strategies); i++) {
		/* What came after the last poll. */
		ringview_close(k->rv);
		k->rv = NULL;
		kernel_ring_close(k);
		assert_int_equal(kernel_ring_open(k), 0);
		replace_program(k, strategies[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pinned(a_consumer_in_another_process_is_told),
		in_kernel(of_two_threads_one_is_told),
		pinned(the_map_closed_and_its_file_removed_event),
		pinned(the_map_closed_and_its_file_removed_paced),
		pinned(the_map_closed_and_its_file_removed_busy),
		in_kernel(a_program_is_replaced_in_mid_stream),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, bpf_files_teardown), COUNT(tests));
}
