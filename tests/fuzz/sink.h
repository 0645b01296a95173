/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_SINK_H
#define FUZZ_SINK_H

#include <stddef.h>

#define SINK_SIZE 32768 /* the longest help has 4 KiB */

/* From here on stdout and stderr go into the sink; what is written to descriptor 1 goes nowhere. */
void sink_begin(void);

/* Back again: what was written, of @length bytes. It has to fit, and to be lines of text. */
const char *sink_end(size_t *length);

#endif
