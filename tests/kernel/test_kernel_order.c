/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One order over rings of the kernel, one ring per CPU, with BPF programs that write on two CPUs at
 * once. Needs CAP_BPF and CAP_NET_ADMIN. RINGVIEW_ORDER_RECORDS=N sets the number of records.
 */
#include <bpf/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "percpu.skel.h"
#include "ringview/ringview.h"
#include "support/percpu.h"
#include "support/skipping.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define RECORDS 500000 /* of each CPU */
#define RING_SIZE(cpu) ((cpu) < 2 ? 1u << 24 : 1u << 16)
#define MS INT64_C(1000000)

static struct {
	struct percpu_bpf *skeleton;
	int cpus;
	struct ringview *readers[PERCPU_MOST];
	struct ringview_group *group;
	char unavailable[200];
	uint64_t shown[PERCPU_MOST];
	uint64_t latest, out_of_order;
} order;

static int open_rings(void)
{
	const __u32 cpus = (__u32)order.cpus;

	for (__u32 cpu = 0; cpu < cpus; cpu++) {
		const int fd =
			bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, RING_SIZE(cpu), NULL);

		if (fd < 0 ||
			bpf_map_update_elem(
				bpf_map__fd(order.skeleton->maps.rings), &cpu, &fd, BPF_ANY) ||
			ringview_open(&order.readers[cpu], fd, NULL) ||
			ringview_group_add(order.group, order.readers[cpu]))
			return -1;
		close(fd);
	}
	return 0;
}

static int open_order(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	int err;

	(void)state;
	memset(&order, 0, sizeof(order));
	order.cpus = libbpf_num_possible_cpus();
	options.wait = RINGVIEW_WAIT_PACED;
	if (order.cpus > PERCPU_MOST || ringview_group_open(&order.group, &options))
		return -1;
	libbpf_set_print(NULL);
	order.skeleton = percpu_bpf__open();
	if (!order.skeleton)
		return -1;
	err = bpf_map__set_max_entries(order.skeleton->maps.rings, (__u32)order.cpus);
	if (!err)
		err = percpu_bpf__load(order.skeleton);
	if (!err)
		return open_rings();
	snprintf(order.unavailable, sizeof(order.unavailable),
		"the BPF program cannot be loaded: %s", strerror(-err));
	return 0;
}

static int close_order(void **state)
{
	(void)state;
	ringview_group_close(order.group);
	for (int cpu = 0; cpu < order.cpus; cpu++)
		ringview_close(order.readers[cpu]);
	percpu_bpf__destroy(order.skeleton);
	return 0;
}

static void set_order(int64_t lateness_ns)
{
	struct ringview_order of = RINGVIEW_ORDER_DEFAULT;

	if (order.unavailable[0])
		skip_because("%s", order.unavailable);
	of.timestamp_offset = offsetof(struct percpu_record, time);
	of.lateness_ns = lateness_ns;
	assert_int_equal(ringview_group_set_order(order.group, &of), 0);
}

static int run_on(int cpu, int times)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .repeat = times);
	unsigned char packet[64] = { 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (pthread_setaffinity_np(pthread_self(), sizeof(set), &set))
		return -1;
	options.data_in = packet;
	options.data_size_in = sizeof(packet);
	return bpf_prog_test_run_opts(
		bpf_program__fd(order.skeleton->progs.write_percpu), &options);
}

struct writer {
	pthread_t thread;
	int cpu;
	uint64_t records;
};

static volatile int writing;

static void *write_all(void *argument)
{
	struct writer *w = argument;

	/* In parts: a long run of a program delays other tasks on that CPU. */
	for (uint64_t left = w->records; left > 0; left -= left < 1000 ? left : 1000)
		if (run_on(w->cpu, left < 1000 ? (int)left : 1000))
			break;
	__atomic_fetch_sub(&writing, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void read_pass(void)
{
	struct ringview_record record;

	while (ringview_group_peek_ordered(order.group, &record, NULL) > 0) {
		const struct percpu_record *r = record.data;

		assert_int_equal(record.length, sizeof(*r));
		assert_in_range(r->cpu, 0, order.cpus - 1);
		assert_int_equal(r->number, order.shown[r->cpu]++);
		if (r->time < order.latest)
			order.out_of_order++;
		else
			order.latest = r->time;
	}
}

static uint64_t written(void)
{
	uint64_t sum = 0;

	for (int cpu = 0; cpu < order.cpus; cpu++)
		sum += order.skeleton->bss->numbers[cpu];
	return sum;
}

static uint64_t shown(void)
{
	uint64_t sum = 0;

	for (int cpu = 0; cpu < order.cpus; cpu++)
		sum += order.shown[cpu];
	return sum;
}

/* Two CPUs, if there are two, write while this thread reads. */
static void read_while_written(void)
{
	const char *value = getenv("RINGVIEW_ORDER_RECORDS");
	const uint64_t records = value ? strtoull(value, NULL, 0) : RECORDS;
	struct writer writers[2];
	struct ringview_statistics statistics;
	cpu_set_t allowed;
	int cpu = 0;
	size_t i;

	assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
	writing = COUNT(writers);
	for (i = 0; i < COUNT(writers); i++, cpu++) {
		while (!CPU_ISSET(cpu % CPU_SETSIZE, &allowed))
			cpu++;
		writers[i] = (struct writer){ .cpu = cpu % CPU_SETSIZE, .records = records };
		assert_int_equal(
			pthread_create(&writers[i].thread, NULL, write_all, &writers[i]), 0);
	}
	while (__atomic_load_n(&writing, __ATOMIC_ACQUIRE) > 0 || shown() < written()) {
		assert_true(ringview_group_wait(order.group, 100 * MS) >= 0);
		read_pass();
	}
	for (i = 0; i < COUNT(writers); i++)
		assert_int_equal(pthread_join(writers[i].thread, NULL), 0);
	assert_int_equal(order.skeleton->bss->missing, 0);
	assert_int_equal(shown() + order.skeleton->bss->failed, COUNT(writers) * records);
	ringview_group_get_statistics(order.group, &statistics);
	assert_int_equal(statistics.records, shown());
	assert_int_equal(statistics.late, order.out_of_order);
}

static uint64_t longest_delay(void)
{
	uint64_t longest = 0;

	for (int cpu = 0; cpu < order.cpus; cpu++)
		if (order.skeleton->bss->delayed_ns[cpu] > longest)
			longest = order.skeleton->bss->delayed_ns[cpu];
	return longest;
}

static void none_is_out_of_order_within_the_lateness(void **state)
{
	const int64_t lateness = 20 * MS;

	(void)state;
	set_order(lateness);
	read_while_written();
	print_message(
		"%llu records shown, %llu had no room, %llu out of order; at most %llu ns from "
		"timestamp to submission\n",
		(unsigned long long)shown(), (unsigned long long)order.skeleton->bss->failed,
		(unsigned long long)order.out_of_order, (unsigned long long)longest_delay());
	assert_true(shown() > 0);
	/* A hypervisor may preempt a CPU for any time. */
	if (longest_delay() < (uint64_t)lateness / 2)
		assert_int_equal(order.out_of_order, 0);
}

static void those_out_of_order_are_counted(void **state)
{
	(void)state;
	set_order(1);
	read_while_written();
	print_message("%llu records shown, %llu out of order\n", (unsigned long long)shown(),
		(unsigned long long)order.out_of_order);
}

/* A kernel that is busy may write the records so far apart that not all are due at once. */
static void read_until_shown(uint64_t count)
{
	while (shown() < count) {
		assert_int_equal(ringview_group_wait(order.group, -1), 1);
		read_pass();
	}
	assert_int_equal(shown(), count);
}

static void a_record_that_is_late_is_counted(void **state)
{
	struct ringview_statistics statistics;

	(void)state;
	set_order(MS);
	assert_int_equal(run_on(sched_getcpu(), 10), 0);
	read_until_shown(10);
	order.skeleton->bss->shift_ns = -1000 * MS;
	assert_int_equal(run_on(sched_getcpu(), 1), 0);
	read_until_shown(11);
	assert_int_equal(order.out_of_order, 1);
	ringview_group_get_statistics(order.group, &statistics);
	assert_int_equal(statistics.late, 1);
}

#define in_order(test) cmocka_unit_test_setup_teardown(test, open_order, close_order)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(none_is_out_of_order_within_the_lateness),
		in_order(those_out_of_order_are_counted),
		in_order(a_record_that_is_late_is_counted),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
