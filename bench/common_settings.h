/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command lines of drain, sweep and live have in common: flags, and checks of what they
 * set. Each check returns 0, or -EINVAL with @why.
 */
#ifndef BENCH_COMMON_SETTINGS_H
#define BENCH_COMMON_SETTINGS_H

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "commandline/flags.h"
#include "commandline/parse.h"
#include "complaint.h"
#include "results/report.h"
#include "workload.h"

#define PROGRAM "bpf_ringbuf_zc_benchmark"

/* @target is an enum source_kind. */
static inline struct flag source_flag(int *target)
{
	return (struct flag){ .name = "source",
		.kind = FLAG_CHOICE,
		.target = target,
		.placeholder = "SOURCE",
		.choices = source_names,
		.help = "bpf: a ring of the kernel. memory: one in plain memory, which needs no "
			"privileges." };
}

/* @target is an enum format. */
static inline struct flag format_flag(int *target)
{
	return (struct flag){ .name = "format",
		.kind = FLAG_CHOICE,
		.target = target,
		.placeholder = "FORMAT",
		.choices = format_names,
		.help = "How to write the results; gobench is for benchstat." };
}

static inline struct flag output_flag(const char **target)
{
	return (struct flag){ .name = "o",
		.kind = FLAG_STRING,
		.target = target,
		.placeholder = "FILE",
		.help = "Write the results to a file instead of standard output." };
}

static inline int check_output(const char *output, struct complaint *why)
{
	if (!output || output[0] != '\0')
		return 0;
	return complain(
		why, -EINVAL, "-o: the name of the file is empty; give one, or leave out -o");
}

/* What the kernel takes. */
static inline int check_ring_size(uint64_t ring, const char *example, struct complaint *why)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	char size[FORMAT_SIZE];

	if (ring >= page && ring <= (uint64_t)1 << 31 && (ring & (ring - 1)) == 0)
		return 0;
	return complain(why, -EINVAL,
		"-ring-size: %s is not a power of two from %llu B (a page) to 2GiB; give for "
		"example -ring-size %s",
		format_size(ring, size, sizeof(size)), (unsigned long long)page, example);
}

static inline int check_ring_holds(uint64_t ring, uint64_t event, struct complaint *why)
{
	char size[FORMAT_SIZE];

	if (event + RECORD_HEADER < ring)
		return 0;
	return complain(why, -EINVAL,
		"-ring-size: a ring of %s holds no event of %llu B; give a larger one",
		format_size(ring, size, sizeof(size)), (unsigned long long)event);
}

#endif
