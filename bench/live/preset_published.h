/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was published for the kernel's benchmark in 2020, on another machine.
 */
#ifndef BENCH_PRESET_PUBLISHED_H
#define BENCH_PRESET_PUBLISHED_H

#include "live/live.h"

#define PRESET_PUBLISHED_SOURCE                                                                 \
	"kernel commit c97099b0f227 (\"bpf: Add BPF ringbuf and perf buffer benchmarks\", May " \
	"2020), as in its mail 20200529075424.3139988-5-andriin@fb.com"
#define PRESET_PUBLISHED_MACHINE "28-core/56-thread Intel Xeon CPU E5-2680 v4 @ 2.40GHz"

/* Million events a second, each a mean and what it deviates by. */
struct preset_figure {
	const char *question, *setting; /* as in struct preset_part */
	const char *reader;             /* as it is called there */
	double consumed, consumed_deviation;
	double lost, lost_deviation;
};

/* NULL at the end of the questions. */
extern const struct preset_figure preset_published[];

/* The figure of the reader there that is like @combination here. NULL: there is none. */
const struct preset_figure *preset_published_for(
	const char *question, const char *setting, struct live_combination combination);

#endif
