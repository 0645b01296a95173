/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_GOBENCH_HEADER_H
#define BENCH_GOBENCH_HEADER_H

#include <stdio.h>

#include "machine/machine.h"

/* The lines before the first benchmark: where it ran. */
void gobench_write_header(FILE *out, const struct machine *environment);

#endif
