/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "live/live.h"

const char *const live_wait_names[] = { "event", "paced", "busy", "libbpf-poll", "libbpf-spin",
	NULL };
const char *const live_mode_names[] = { "copy", "view", "batch", "libbpf", NULL };
const char *const live_notify_names[] = { "default", "never", "force", "sampled", NULL };
const char *const live_producer_names[] = { "run", "syscall", NULL };

/* The waits of libbpf say already who reads. */
const char *live_combination_name(struct live_combination combination, char *text, size_t size)
{
	if (combination.mode == MODE_LIBBPF)
		snprintf(text, size, "%s", live_wait_names[combination.wait]);
	else
		snprintf(text, size, "%s/%s", live_mode_names[combination.mode],
			live_wait_names[combination.wait]);
	return text;
}
