/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stddef.h>

#include "interrupt.h"

static volatile sig_atomic_t arrived;

static void note(int signal_number)
{
	(void)signal_number;
	arrived = 1;
}

void interrupt_catch(void)
{
	/* No SA_RESTART: system calls under way return, and their callers look here. */
	struct sigaction action = { .sa_handler = note, .sa_flags = SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool interrupted(void)
{
	return arrived;
}
