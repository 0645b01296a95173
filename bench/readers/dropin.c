/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libringview-libbpf, the drop-in for libbpf. It is loaded by dlopen(), as its functions have the
 * names of those of libbpf, which is linked.
 */
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "readers/libbpf.h"
#include "readers/live_check.h"

#define LIBRARY "libringview-libbpf.so.0"

static struct libbpf_calls calls;

/* The library of the build, if there is one; else the installed one. */
static void *load(void)
{
	char file[PATH_MAX];
	void *library = NULL;

	if (build_folder_path(file, "dropin/" LIBRARY) == 0 && access(file, F_OK) == 0)
		library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	return library ? library : dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
}

#define WANTED(name) { "ring_buffer__" #name, &calls.ring_buffer__##name },

static int dropin_find(const struct reader *reader, struct complaint *why)
{
	const struct {
		const char *name;
		void *call;
	} wanted[] = { FOR_EACH_CALL(WANTED) };
	void *library = calls.ring_buffer__free ? NULL : load();

	(void)reader;
	if (calls.ring_buffer__free)
		return 0;
	if (!library)
		return complain(why, -ENOENT, "there is no " LIBRARY "; %s",
			build_folder_was_left() ? "install it, as Debian's libringview-libbpf0"
						: "run: ./run build");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		void *call = dlsym(library, wanted[i].name);

		if (!call)
			return complain(why, -ENOENT, "the drop-in library lacks a symbol: %s",
				wanted[i].name);
		memcpy(wanted[i].call, &call, sizeof(call));
	}
	return 0;
}

/* ring_buffer__new() takes the wait from the environment; one of libbpf's waits means the default.
 */
static int dropin_open(struct reading *r)
{
	const bool is_own = WAITS_OF_RINGVIEW >> r->wait & 1;
	char budget[32];

	snprintf(budget, sizeof(budget), "%" PRId64 "ns", r->live->workload->latency_budget_ns);
	unsetenv("RINGVIEW_LATENCY_BUDGET");
	if (r->wait == WAIT_PACED)
		setenv("RINGVIEW_LATENCY_BUDGET", budget, 1);
	setenv("RINGVIEW_WAIT", is_own ? live_wait_names[r->wait] : "event", 1);
	return libbpf_open(r, &calls);
}

const struct reader dropin_reader = {
	.name = "dropin",
	.summary = "libringview-libbpf, in place of libbpf",
	.lives = true,
	.needs_kernel = true,
	.waits = WAITS_OF_LIBBPF | 1u << WAIT_PACED | 1u << WAIT_BUSY,
	.state_size = sizeof(struct libbpf_state),
	.find = dropin_find,
	.open = dropin_open,
	.read = libbpf_read,
	.close = libbpf_close,
};
