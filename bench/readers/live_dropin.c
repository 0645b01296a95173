/* SPDX-License-Identifier: BSD-2-Clause */
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/build_folder.h"
#include "readers/live_dropin.h"

#define LIBRARY "libringview-libbpf.so.0"

static struct libbpf_calls calls;

/* That of the build; else it is installed, where the loader looks. */
static void *load(void)
{
	char file[PATH_MAX];
	void *library = NULL;

	if (build_folder_path(file, "dropin/" LIBRARY) == 0 && access(file, F_OK) == 0)
		library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	return library ? library : dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
}

static const char *remedy(void)
{
	return build_folder_was_left() ? "install it, as Debian's libringview-libbpf0"
				       : "run: ./run build";
}

static int load_calls(struct complaint *why)
{
	const struct {
		const char *name;
		void *call;
	} wanted[] = {
		{ "ring_buffer__new", &calls.open },
		{ "ring_buffer__add", &calls.add },
		{ "ring_buffer__poll", &calls.poll },
		{ "ring_buffer__consume", &calls.consume },
		{ "ring_buffer__free", &calls.close },
	};
	void *library = load();

	if (!library)
		return complain(why, -ENOENT, "-mode: dropin cannot be loaded: %s; %s", dlerror(),
			remedy());
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		void *call = dlsym(library, wanted[i].name);

		if (!call)
			return complain(why, -ENOENT,
				"-mode: the drop-in library lacks a symbol: %s", dlerror());
		memcpy(wanted[i].call, &call, sizeof(call));
	}
	return 0;
}

int live_dropin_choose(struct settings *settings, struct complaint *why)
{
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < settings->combination_count; i++) {
		const struct live_combination combination = settings->combinations[i];

		if (combination.mode == MODE_DROPIN && !calls.open && !err)
			err = load_calls(why);
		if (combination.mode != MODE_DROPIN || !err)
			settings->combinations[kept++] = combination;
	}
	if (!err || settings->named_modes & 1u << MODE_DROPIN)
		return err;
	settings->combination_count = kept;
	fprintf(stderr, "%s: left out: there is no " LIBRARY "; %s\n", live_mode_names[MODE_DROPIN],
		remedy());
	return 0;
}

const struct libbpf_calls *live_dropin_calls(enum live_wait wait, int64_t latency_budget_ns)
{
	char budget[32];

	snprintf(budget, sizeof(budget), "%" PRId64 "ns", latency_budget_ns);
	unsetenv("RINGVIEW_LATENCY_BUDGET");
	if (wait == WAIT_PACED)
		setenv("RINGVIEW_LATENCY_BUDGET", budget, 1);
	setenv("RINGVIEW_WAIT",
		wait == WAIT_PACED || wait == WAIT_BUSY ? live_wait_names[wait] : "event", 1);
	return &calls;
}
