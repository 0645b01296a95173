/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_REPORT_GNUPLOT_H
#define BENCH_REPORT_GNUPLOT_H

#include <stddef.h>

#include "complaint.h"

/* Runs gnuplot with @script. 0, and what it wrote, which is for the caller to free; or a negative
 * errno with @why. */
int gnuplot_run(const char *script, size_t size, char **drawn, struct complaint *why);

#endif
