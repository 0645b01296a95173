/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether this program was installed, or is that of a build folder (build/bench/program), whose
 * ./run builds what is missing.
 */
#ifndef BENCH_INSTALLED_H
#define BENCH_INSTALLED_H

#include <stdbool.h>

bool is_installed(void);

#endif
