/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process.h"

/* The page with the number of this process, which a child gets as zeros (MADV_WIPEONFORK); and the
 * last number used, which a child inherits. */
static uint64_t *mark;
static uint64_t last_number;

static uint64_t *mark_of_process(void)
{
	const size_t size = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t *none = NULL, *page;

	/* cppcheck-suppress invalidFunctionArg ; no descriptor goes with MAP_ANONYMOUS */
	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return NULL;
	/* Another thread may get here at the same time. */
	if (madvise(page, size, MADV_WIPEONFORK) == 0 &&
		__atomic_compare_exchange_n(
			&mark, &none, page, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return page;
	munmap(page, size);
	return none;
}

uint64_t process_number(void)
{
	uint64_t *page = __atomic_load_n(&mark, __ATOMIC_ACQUIRE), number, unset = 0;

	if (!page)
		page = mark_of_process();
	if (!page)
		return 0;
	number = __atomic_load_n(page, __ATOMIC_RELAXED);
	if (number)
		return number;
	number = __atomic_add_fetch(&last_number, 1, __ATOMIC_RELAXED);
	/* If several threads get here, that of the first is valid. */
	return __atomic_compare_exchange_n(
		       page, &unset, number, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
		       ? number
		       : unset;
}
