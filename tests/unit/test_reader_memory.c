/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library allocates: one block of less than 1 KiB when it opens, nothing later. Link with
 * the static library and -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--
 * wrap=posix_memalign,--wrap=free.
 */
#include "support/fixture.h"

static int allocations, frees;
static size_t allocated;

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **block, size_t alignment, size_t size);
void __real_free(void *block);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **block, size_t alignment, size_t size);
void __wrap_free(void *block);

static void count(size_t size)
{
	allocations++;
	allocated += size;
}

void *__wrap_malloc(size_t size)
{
	count(size);
	return __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size)
{
	count(number * size);
	return __real_calloc(number, size);
}

void *__wrap_realloc(void *block, size_t size)
{
	count(size);
	return __real_realloc(block, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	count(size);
	return __real_aligned_alloc(alignment, size);
}

int __wrap_posix_memalign(void **block, size_t alignment, size_t size)
{
	count(size);
	return __real_posix_memalign(block, alignment, size);
}

void __wrap_free(void *block)
{
	if (block)
		frees++;
	__real_free(block);
}

static int pass_on(void *context, const void *data, size_t length)
{
	(void)context;
	(void)data;
	(void)length;
	return 0;
}

static int open_counting(void **state)
{
	int err = fixture_open(state);

	allocations = frees = 0;
	allocated = 0;
	return err;
}

#define counting(test) cmocka_unit_test_setup_teardown(test, open_counting, fixture_close)

static void opening_allocates_one_block_below_1_kib(void **state)
{
	reopen(*state);
	assert_int_equal(allocations, 1);
	assert_in_range(allocated, 64, 1023);
}

static void closing_frees_what_opening_allocated(void **state)
{
	reopen(*state);
	assert_int_equal(frees, 1);
}

static void an_open_that_fails_frees_what_it_allocated(void **state)
{
	struct ringview_memory memory = memory_ring_view(&((struct fixture *)*state)->ring);
	struct ringview *rv;

	memory.notify_fd = -1;
	assert_int_equal(ringview_open_memory(&rv, &memory, NULL), -EBADF);
	assert_int_equal(frees, allocations);
}

static void nothing_is_allocated_after_opening(void **state)
{
	struct fixture *f = *state;
	struct ringview_record record;
	unsigned char buffer[64];
	size_t length;

	put_range(f, 0, 9, 20);
	put_discarded(f, 30);
	put_range(f, 10, 19, 40);
	assert_int_equal(ringview_peek(f->rv, &record), 1);
	assert_int_equal(ringview_read_into(f->rv, buffer, 1, &length), -EMSGSIZE);
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 1);
	assert_int_equal(ringview_peek(f->rv, &record), 1);
	ringview_cancel(f->rv);
	ringview_release(f->rv);
	assert_int_equal(ringview_arm(f->rv), 1);
	assert_int_equal(ringview_drain(f->rv, pass_on, NULL, NULL), 18);
	assert_int_equal(ringview_wait(f->rv, 1), 0);
	reserve(f, 20, 20);
	assert_int_equal(ringview_wait(f->rv, 1), 0);
	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	statistics_of(f);
	set_consumer_position(f, 0);
	ringview_release(f->rv);
	assert_int_equal(ringview_peek(f->rv, &record), -EBUSY);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_int_equal(allocations, 0);
	assert_int_equal(frees, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		counting(opening_allocates_one_block_below_1_kib),
		counting(closing_frees_what_opening_allocated),
		counting(an_open_that_fails_frees_what_it_allocated),
		counting(nothing_is_allocated_after_opening),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
