/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of the kernel, written by a BPF program: which records are shown. Needs CAP_BPF and
 * CAP_NET_ADMIN. Busy records are in the unit tests: the verifier refuses a program that ends
 * without submitting what it reserved.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include "support/bpf_files.h"
#include "support/kernel_ring.h"
#include "support/skipping.h"

static const uint32_t lengths[] = { 0, 1, 8, 76, 1000 };

static void a_new_ring_is_empty(void **state)
{
	assert_no_record(available(state));
}

static void what_a_program_submits_is_shown(void **state)
{
	struct kernel *k = available(state);
	size_t i;

	for (i = 0; i < COUNT(lengths); i++)
		submit(k, lengths[i], 0);
	for (i = 0; i < COUNT(lengths); i++)
		assert_record(k, i, lengths[i]);
	assert_no_record(k);
}

static void records_of_all_lengths_are_shown_wherever_the_ring_wraps(void **state)
{
	struct kernel *k = available(state);
	uint64_t number = 0;

	while (number < 2000) {
		uint64_t first = number, i;

		/* Combinations change, so that the offsets vary. */
		for (i = 0; i < 3; i++)
			submit(k, lengths[(number++ * 7 + first / 9) % COUNT(lengths)], 0);
		for (i = first; i < number; i++)
			assert_record(k, i, lengths[(i * 7 + first / 9) % COUNT(lengths)]);
		assert_no_record(k);
		ringview_release(k->rv);
	}
}

static void the_largest_record_is_shown(void **state)
{
	struct kernel *k = available(state);

	if (k->size != 4096) {
		skip_because("the largest record of a ring of %llu bytes is none of the program's",
			(unsigned long long)k->size);
	}
	submit(k, 76, 0);
	assert_record(k, 0, 76);
	ringview_release(k->rv);
	submit(k, 4080, 0);
	assert_record(k, 1, 4080);
	assert_no_record(k);
	assert_int_equal(statistics(k).high_water, k->size - 8);
}

static void what_a_program_discards_is_skipped(void **state)
{
	struct kernel *k = available(state);

	assert_int_equal(run(k, 76, 0, true, 2), 0);
	submit(k, 8, 0);
	assert_int_equal(run(k, 0, 0, true, 1), 0);
	submit(k, 8, 0);
	assert_int_equal(run(k, 1, 0, true, 1), 0);
	assert_record(k, 2, 8);
	assert_record(k, 4, 8);
	assert_no_record(k);
	assert_int_equal(statistics(k).discarded, 4);
}

static void a_full_ring_takes_records_after_a_release(void **state)
{
	struct kernel *k = available(state);
	const uint64_t fit = (k->size - 8) / 16;
	uint64_t i;

	assert_int_equal(run(k, 8, 0, false, (int)fit), 0);
	submit(k, 0, 0); /* the last 8 bytes but 8 */
	assert_int_equal(run(k, 0, 0, false, 1), 0);
	assert_int_equal(k->skeleton->bss->failed, 1);

	for (i = 0; i < fit; i++)
		assert_record(k, i, 8);
	assert_record(k, fit, 0);
	assert_no_record(k);
	assert_int_equal(statistics(k).high_water, k->size - 8);
	assert_int_equal(run(k, 0, 0, false, 1), 0);
	assert_int_equal(k->skeleton->bss->failed, 2);

	ringview_release(k->rv);
	submit(k, 1000, 0);
	assert_record(k, fit + 1, 1000);
}

static void discards_take_room_until_they_are_released(void **state)
{
	struct kernel *k = available(state);
	const int fit = (int)((k->size - 8) / stride_of(1000));

	assert_int_equal(run(k, 1000, 0, true, fit), 0);
	assert_int_equal(k->skeleton->bss->failed, 0);
	assert_int_equal(run(k, 1000, 0, true, 1), 0);
	assert_int_equal(k->skeleton->bss->failed, 1);
	assert_no_record(k);
	ringview_release(k->rv);
	submit(k, 1000, 0);
}

static void the_ring_outlives_its_program_and_map_descriptor(void **state)
{
	struct kernel *k = available(state);

	submit(k, 76, 0);
	ring_bpf__destroy(k->skeleton);
	k->skeleton = NULL;
	assert_record(k, 0, 76);
	ringview_release(k->rv);
	assert_no_record(k);
}

/* Several readers, one after the other and at once. */

static void a_pinned_ring_goes_on_where_its_last_reader_released(void **state)
{
	struct kernel *k = available(state);
	char path[128];
	uint64_t i;
	int result;

	bpf_files_path(path, sizeof(path), "ring");
	for (i = 0; i < 6; i++)
		submit(k, lengths[i % COUNT(lengths)], 0);
	assert_record(k, 0, lengths[0]);
	assert_record(k, 1, lengths[1]);
	ringview_release(k->rv);
	assert_record(k, 2, lengths[2]);
	ringview_close(k->rv);
	k->rv = NULL;

	assert_int_equal(bpf_obj_pin(bpf_map__fd(k->skeleton->maps.ring), path), 0);
	result = ringview_open_pinned(&k->rv, path, NULL);
	unlink(path);
	assert_int_equal(result, 0);
	for (i = 2; i < 6; i++)
		assert_record(k, i, lengths[i % COUNT(lengths)]);
	assert_no_record(k);
}

static void a_second_reader_makes_the_first_one_stand_back(void **state)
{
	struct kernel *k = available(state);
	struct ringview_record record = { NULL, 0 };
	struct ringview *second;

	assert_int_equal(run(k, 8, 0, false, 4), 0);
	assert_record(k, 0, 8);
	assert_record(k, 1, 8);
	assert_int_equal(ringview_open(&second, bpf_map__fd(k->skeleton->maps.ring), NULL), 0);
	assert_int_equal(ringview_peek(second, &record), 1);
	ringview_release(second);
	ringview_release(k->rv);
	assert_int_equal(ringview_peek(k->rv, &record), -EBUSY);

	/* It wrote nothing, so the second one does not notice. */
	assert_int_equal(ringview_peek(second, &record), 1);
	assert_payload(record.data, 1, 8);
	ringview_release(second);
	assert_int_equal(ringview_peek(second, &record), 1);
	ringview_close(second);
	assert_int_equal(ringview_restart(k->rv), 0);
	assert_record(k, 2, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_kernel(a_new_ring_is_empty),
		in_kernel(what_a_program_submits_is_shown),
		in_kernel(records_of_all_lengths_are_shown_wherever_the_ring_wraps),
		in_kernel(the_largest_record_is_shown),
		in_kernel(what_a_program_discards_is_skipped),
		in_kernel(a_full_ring_takes_records_after_a_release),
		in_kernel(discards_take_room_until_they_are_released),
		in_kernel(the_ring_outlives_its_program_and_map_descriptor),
		in_kernel(a_pinned_ring_goes_on_where_its_last_reader_released),
		in_kernel(a_second_reader_makes_the_first_one_stand_back),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, bpf_files_teardown), COUNT(tests));
}
