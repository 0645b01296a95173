/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stddef.h>

#include "base/interrupt.h"

/* Atomic, not volatile: threads that measure look here too, and not only the one that the handler
 * ran in. */
static int arrived;

static void note(int signal_number)
{
	(void)signal_number;
	__atomic_store_n(&arrived, 1, __ATOMIC_RELAXED);
}

static void catch (int number, const struct sigaction *action)
{
	struct sigaction before;

	/* What is ignored stays so: nohup, and shells that start something in the background. */
	if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(number, action, NULL);
}

void interrupt_catch(void)
{
	/* No SA_RESTART: system calls under way return, and their callers look here. */
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
