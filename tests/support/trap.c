/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "slowness.h"
#include "trap.h"

static struct {
	unsigned char *pages;
	size_t size;
	void (*happen)(void *);
	void *context;
	struct sigaction before;
	int happened;
} trap;

static void open_pages(void)
{
	if (mprotect(trap.pages, trap.size, PROT_READ | PROT_WRITE) < 0)
		abort();
}

static void on_access(int number, siginfo_t *info, void *context)
{
	const uintptr_t at = (uintptr_t)info->si_addr, pages = (uintptr_t)trap.pages;

	(void)number;
	(void)context;
	if (trap.happened || at - pages >= trap.size)
		abort();
	trap.happened = 1;
	open_pages();
	trap.happen(trap.context);
}

void trap_set(void *pages, size_t size, void (*happen)(void *), void *context)
{
	struct sigaction action = { .sa_sigaction = on_access,
		.sa_flags = SA_SIGINFO | SA_NODEFER };

	if (is_in_valgrind()) {
		print_message("valgrind does not go on at an access that a handler has repaired\n");
		skip();
	}
	trap.pages = pages;
	trap.size = size;
	trap.happen = happen;
	trap.context = context;
	trap.happened = 0;
	assert_int_equal(sigaction(SIGSEGV, &action, &trap.before), 0);
	assert_int_equal(mprotect(pages, size, PROT_NONE), 0);
}

int trap_end(void)
{
	open_pages();
	assert_int_equal(sigaction(SIGSEGV, &trap.before, NULL), 0);
	return trap.happened;
}
