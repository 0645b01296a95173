/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stddef.h>

#include "base/interrupt.h"

/* Atomic, not volatile: other threads than the one that runs the handler read it. */
static int arrived;

static void note(int signal_number)
{
	(void)signal_number;
	__atomic_store_n(&arrived, 1, __ATOMIC_RELAXED);
}

static void catch (int number, const struct sigaction *action)
{
	struct sigaction before;

	/* Ignored signals stay ignored: nohup, and background jobs of a shell. */
	if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(number, action, NULL);
}

void interrupt_catch(void)
{
	/* Without SA_RESTART system calls return, and their callers check the flag. */
	struct sigaction action = { .sa_handler = note, .sa_flags = SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	catch (SIGINT, &action);
	catch (SIGTERM, &action);
	catch (SIGHUP, &action);
}

bool interrupted(void)
{
	return __atomic_load_n(&arrived, __ATOMIC_RELAXED);
}
