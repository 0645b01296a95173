/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A folder of its own for a test that writes files.
 */
#ifndef TEST_CLI_FOLDER_H
#define TEST_CLI_FOLDER_H

#include <stddef.h>

/* Setup and teardown of cmocka: *@state is the folder's path, an empty folder. */
int folder_make(void **state);
int folder_remove(void **state);

/* @name in the folder, in one of a few buffers that are used in turn. */
const char *folder_path(void **state, const char *name);

/* Files in it. */
size_t folder_count(void **state);

/* What is in a file, to be freed; fails the test when it cannot be read. */
char *file_text(const char *path);

/* Makes a file. */
void file_write(const char *path, const char *text);

#endif
