/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libringview-libbpf, the drop-in for libbpf: a library beside the one that is linked, as both have
 * the same names.
 */
#ifndef BENCH_LIVE_DROPIN_H
#define BENCH_LIVE_DROPIN_H

#include <bpf/libbpf.h>

#include "base/complaint.h"
#include "cli/settings.h"

/* What a program calls to read rings. */
struct libbpf_calls {
	struct ring_buffer *(*open)(int map_fd, ring_buffer_sample_fn callback, void *context,
		const struct ring_buffer_opts *options);
	int (*add)(struct ring_buffer *rings, int map_fd, ring_buffer_sample_fn callback,
		void *context);
	int (*poll)(struct ring_buffer *rings, int timeout_ms);
	int (*consume)(struct ring_buffer *rings);
	void (*close)(struct ring_buffer *rings);
};

/* Takes the drop-in out of the combinations where it cannot be loaded, with a line on standard
 * error. 0, or a negative errno with @why if it was named. */
int live_dropin_choose(struct settings *settings, struct complaint *why);

/* The calls of the drop-in, which has been chosen. The next that is opened will wait so; by @wait
 * of libbpf, as it does by default. */
const struct libbpf_calls *live_dropin_calls(enum live_wait wait, int64_t latency_budget_ns);

#endif
