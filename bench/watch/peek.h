/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the last records of a ring contain.
 */
#ifndef BENCH_WATCH_PEEK_H
#define BENCH_WATCH_PEEK_H

#include <stdio.h>

#include "watch/rings.h"

#define PEEK_MOST 10000

/* Writes the last @count records of @ring in hexadecimal and text, or, if @type is not NULL, by this
 * BTF type of the programs that use the ring, or of the kernel. If fewer wait, waits at most @wait_ns
 * for others. Returns 0, or a negative errno with @why. */
int peek_write(FILE *out, struct ring *ring, uint64_t count, int64_t wait_ns, const char *type,
	struct complaint *why);

/* Writes bytes in hexadecimal and text, 16 a line, at most the first 4 KiB. Pure. */
void peek_write_bytes(FILE *out, const unsigned char *data, size_t length);

#endif
