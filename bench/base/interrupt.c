/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stddef.h>

#include "base/interrupt.h"

/* Atomic, not volatile: measuring threads read it too, not only the thread of the handler. */
static int arrived;

static void note(int signal_number)
{
	(void)signal_number;
	__atomic_store_n(&arrived, 1, __ATOMIC_RELAXED);
}

static void catch (int number, const struct sigaction *action)
{
	struct sigaction before;

	/* Signals that are ignored stay ignored: nohup, and shells that start a background job. */
	if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(number, action, NULL);
}

void interrupt_catch(void)
{
	/* No SA_RESTART: system calls return, and their callers check the flag. */
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
