/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other files of the build folder. This program is bench/PROGRAM there.
 */
#ifndef BENCH_BUILD_FOLDER_H
#define BENCH_BUILD_FOLDER_H

#include <limits.h>
#include <stdbool.h>

/* Gets the folder that contains this program. Returns 0 or a negative errno. */
int build_folder_own(char folder[PATH_MAX]);

/* Gets the path of @file ("peers/aya") in the build folder, whether it exists or not. Returns 0;
 * -ENOENT if this program was moved out of that folder; or another negative errno. */
int build_folder_path(char path[PATH_MAX], const char *file);

/* Returns whether this program was moved out of the build folder, as by an installation: then ./run
 * cannot build what is missing. */
bool build_folder_was_left(void);

#endif
