/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was built beside this program, which is build/bench/program.
 */
#ifndef BENCH_BUILD_FOLDER_H
#define BENCH_BUILD_FOLDER_H

#include <limits.h>
#include <stdbool.h>

/* The folder that this program is in. 0, or a negative errno. */
int build_folder_own(char folder[PATH_MAX]);

/* Where @file of the build folder is, or would be: "peers/aya". 0; -ENOENT when this program lies
 * elsewhere; or another negative errno. */
int build_folder_path(char path[PATH_MAX], const char *file);

/* Whether this program lies elsewhere than where it was built, as where it was installed: there is
 * no ./run to build what is missing. */
bool build_folder_was_left(void);

#endif
