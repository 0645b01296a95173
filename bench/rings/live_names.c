/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "rings/live.h"

const char *const live_wait_names[] = { "event", "paced", "busy", "libbpf-poll", "libbpf-spin",
	"libbpf-sleep", NULL };
const char *live_mode_names[MODE_MAX + 1] = { "copy", "view", "batch", "dropin", "libbpf",
	"perfbuf", "libbpf-1.7", "aya", "cilium-ebpf", NULL };
static const char *programs[MODE_MAX]; /* of those that were added */
const char *const live_notify_names[] = { "default", "never", "force", "sampled", NULL };
const char *const live_producer_names[] = { "run", "syscall", NULL };
const char *const live_write_names[] = { "reserve", "output", NULL };
const char *const live_preset_names[] = { "kernel-selftests", NULL };

const char *live_mode_program(enum live_mode mode)
{
	switch (mode) {
	case MODE_LIBBPF17:
		return "libbpf-1.7";
	case MODE_AYA:
		return "aya";
	case MODE_CILIUM_EBPF:
		return "cilium-ebpf";
	default:
		return programs[mode];
	}
}

bool live_mode_add(const char *name, const char *program)
{
	int mode = 0;

	for (; live_mode_names[mode]; mode++)
		if (strcmp(live_mode_names[mode], name) == 0)
			return false;
	if (mode == MODE_MAX)
		return false;
	live_mode_names[mode] = name;
	programs[mode] = program;
	return true;
}

bool live_wait_is_of_libbpf(enum live_wait wait)
{
	return wait >= WAIT_LIBBPF_POLL && wait <= WAIT_LIBBPF_SLEEP;
}

bool live_mode_has_wait(enum live_mode mode, enum live_wait wait)
{
	const bool libbpf = live_wait_is_of_libbpf(wait);

	if (live_mode_waits_itself(mode))
		return wait == WAIT_OWN;
	if (mode == MODE_DROPIN)
		return libbpf || wait == WAIT_PACED || wait == WAIT_BUSY;
	return libbpf == (mode == MODE_LIBBPF);
}

bool live_mode_waits_itself(enum live_mode mode)
{
	return mode > MODE_LIBBPF;
}

const char *live_wait_name(enum live_wait wait)
{
	return wait == WAIT_OWN ? "own" : live_wait_names[wait];
}

/* The waits of libbpf say already who reads, and who reads says how it waits itself. */
const char *live_combination_name(struct live_combination combination, char *text, size_t size)
{
	if (combination.wait == WAIT_OWN)
		snprintf(text, size, "%s", live_mode_names[combination.mode]);
	else if (combination.mode == MODE_LIBBPF)
		snprintf(text, size, "%s", live_wait_names[combination.wait]);
	else
		snprintf(text, size, "%s/%s", live_mode_names[combination.mode],
			live_wait_names[combination.wait]);
	return text;
}

bool live_combination_equal(struct live_combination a, struct live_combination b)
{
	return a.mode == b.mode && a.wait == b.wait;
}

bool live_combination_is_reference(struct live_combination combination)
{
	return live_combination_equal(
		combination, (struct live_combination){ MODE_LIBBPF, WAIT_LIBBPF_POLL });
}
