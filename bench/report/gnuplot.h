/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_REPORT_GNUPLOT_H
#define BENCH_REPORT_GNUPLOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"

/* Runs gnuplot with @script, for @limit_ns at most. 0, and what it wrote, which is for the caller
 * to free; or a negative errno with @why: -ETIMEDOUT, or -EINTR when the user asked to stop. */
int gnuplot_run(
	const char *script, size_t size, int64_t limit_ns, char **drawn, struct complaint *why);

#endif
