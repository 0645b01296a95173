/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much memory the benchmark itself takes, beside the rings.
 */
#ifndef BENCH_MEMORY_USE_H
#define BENCH_MEMORY_USE_H

#include <stdint.h>

/* Forgets the peak so far. */
void memory_use_reset(void);

/* Bytes: the peak of resident memory since the reset, without the pages of rings that are mapped
 * now (each mapping of a ring counts as resident anew). 0 when /proc does not tell. */
uint64_t memory_use_peak(void);

#endif
