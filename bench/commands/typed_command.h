/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_TYPED_COMMAND_H
#define BENCH_TYPED_COMMAND_H

#include <stddef.h>

/*
 * The command as it was typed, for repeating it; cut if it is too long. @argv[0]
 * is the command's name, or, for drain, the program's. Bytes that are not printable ASCII become
 * question marks: JSON takes only valid UTF-8.
 */
void typed_command(char *text, size_t size, const char *command, int argc, char **argv);

#endif
