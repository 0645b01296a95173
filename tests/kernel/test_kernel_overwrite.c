/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of the kernel that overwrite (Linux 6.19 and later, else skipped): two CPUs write at full
 * rate, and each record is read whole, in order and once. RINGVIEW_RECORDS sets the number of
 * records.
 */
#include <bpf/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "reader.h"
#include "support/kernel_ring.h"
#include "support/skipping.h"

#define FLAG_OVERWRITE (1u << 19)
#define PRODUCERS 2
#define RECORDS 1000000
#define BATCH 500 /* runs of a program in one system call */

static struct kernel the_kernel;
static uint64_t payload[1024];

static int overwriting_open(void **state)
{
	*state = &the_kernel;
	return kernel_ring_open_with(
		&the_kernel, (uint64_t)sysconf(_SC_PAGESIZE) * 4, FLAG_OVERWRITE);
}

static int overwriting_close(void **state)
{
	kernel_ring_close(*state);
	return 0;
}

#define overwriting(test) cmocka_unit_test_setup_teardown(test, overwriting_open, overwriting_close)

static uint64_t wanted_records(void)
{
	const char *wanted = getenv("RINGVIEW_RECORDS");

	return wanted ? strtoull(wanted, NULL, 10) : RECORDS;
}

struct producer {
	struct kernel *k;
	int cpu;
	int error;
	pthread_t thread;
};

static void *produce(void *argument)
{
	struct producer *p = argument;
	const struct ring_bpf__bss *counts = p->k->skeleton->bss;
	const int program = bpf_program__fd(p->k->skeleton->progs.write_of_cpu);
	const __u64 *number = &counts->of_cpu[p->cpu % PRODUCERS];
	unsigned char packet[64] = { 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(p->cpu, &set);
	p->error = sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
	while (!p->error &&
		__atomic_load_n(number, __ATOMIC_RELAXED) < wanted_records() / PRODUCERS) {
		LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet,
			.data_size_in = sizeof(packet), .repeat = BATCH);
		const int err = bpf_prog_test_run_opts(program, &options);

		if (err && err != -EINTR && err != -EAGAIN)
			p->error = err;
	}
	return NULL;
}

static uint32_t words_of(uint64_t number)
{
	return number % 3 == 0 ? 1 : number % 3 == 1 ? 5 : 25;
}

/* Returns the bytes of the first @count records of a producer. */
static uint64_t bytes_of(uint64_t count)
{
	uint64_t bytes = 0;

	for (uint64_t number = 0; number < count; number++)
		bytes += stride_of(words_of(number) * 8);
	return bytes;
}

struct seen {
	uint64_t next[PRODUCERS], records, bytes, wrong;
};

static void see(struct seen *seen, const uint64_t *words, size_t length)
{
	const uint64_t cpu = words[0] >> 8 & 0xff, number = words[0] >> 16;
	bool right = cpu < PRODUCERS && number >= seen->next[cpu] && length == words_of(number) * 8;

	for (uint32_t i = 0; right && i < length / 8; i++)
		right = words[i] == (number << 16 | cpu << 8 | i);
	seen->records++;
	seen->bytes += stride_of((uint32_t)length);
	seen->wrong += !right;
	if (right)
		seen->next[cpu] = number + 1;
}

static void all_is_read_whole_or_counted(void **state)
{
	struct kernel *k = available(state);
	const struct ring_bpf__bss *counts = k->skeleton->bss;
	struct producer producers[PRODUCERS];
	struct ringview_statistics all;
	struct seen seen = { 0 };
	uint64_t produced;
	size_t length;
	int found, running = PRODUCERS;

	if (sysconf(_SC_NPROCESSORS_ONLN) < PRODUCERS)
		skip_because("it takes %d CPUs", PRODUCERS);
	for (int i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){ .k = k, .cpu = i };
		assert_int_equal(
			pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
	}
	do {
		while ((found = ringview_read_into(k->rv, payload, sizeof(payload), &length)) > 0)
			see(&seen, payload, length);
		if (found == 0)
			found = ringview_wait(k->rv, INT64_C(10000000));
		while (running > 0 && pthread_tryjoin_np(producers[running - 1].thread, NULL) == 0)
			running--;
	} while (found > 0 || (found >= 0 && running > 0));
	while (running > 0)
		pthread_join(producers[--running].thread, NULL);
	all = statistics(k);
	produced = bytes_of(counts->of_cpu[0]) + bytes_of(counts->of_cpu[1]);
	print_message(
		"%llu records read, %llu of %llu bytes overwritten in %llu places, %llu records wrong, "
		"%llu refused\n",
		(unsigned long long)seen.records, (unsigned long long)all.overwritten,
		(unsigned long long)produced, (unsigned long long)all.overruns,
		(unsigned long long)seen.wrong,
		(unsigned long long)(counts->refused_on_cpu[0] + counts->refused_on_cpu[1]));
	assert_int_equal(found, 0);
	assert_int_equal(producers[0].error | producers[1].error, 0);
	assert_int_equal(seen.wrong, 0);
	assert_int_equal(all.records, seen.records);
	assert_int_equal(seen.bytes + all.overwritten, produced);
	assert_true(all.overwritten > 0);
}

static void a_snapshot_has_the_last_records_and_leaves_the_ring(void **state)
{
	struct kernel *k = available(state);
	const uint64_t each = stride_of(1000), full = (k->size - 1) / each;
	unsigned char *memory = aligned_alloc(8, k->size);
	struct ringview_record record;
	struct ringview_window window;
	const uint64_t number = 2 * full;

	assert_non_null(memory);
	assert_int_equal(run(k, 1000, 0, false, (int)(3 * full)), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ringview_snapshot(k->rv, memory, k->size, &window), 0);
		assert_int_equal(window.position, number * each);
		for (uint64_t n = number; n < 3 * full; n++) {
			assert_int_equal(ringview_window_next(&window, &record), 1);
			assert_int_equal(record.length, 1000);
			assert_payload(record.data, n, 1000);
		}
		assert_int_equal(ringview_window_next(&window, &record), 0);
	}
	free(memory);
}

static void a_waiting_reader_is_notified(void **state)
{
	struct kernel *k = available(state);
	size_t length;

	/* More than a lap, so that the consumer position is overwritten. */
	assert_int_equal(run(k, 1000, 0, false, 100), 0);
	while (ringview_read_into(k->rv, payload, sizeof(payload), &length) > 0)
		;
	assert_int_equal(ringview_arm(k->rv), 0);
	assert_false(notified(k, 0));
	submit(k, 76, 0);
	assert_true(notified(k, 10000));
	assert_int_equal(ringview_wait(k->rv, -1), 1);
	assert_int_equal(ringview_read_into(k->rv, payload, sizeof(payload), &length), 1);
	assert_payload(payload, 100, 76);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		overwriting(all_is_read_whole_or_counted),
		overwriting(a_snapshot_has_the_last_records_and_leaves_the_ring),
		overwriting(a_waiting_reader_is_notified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
