/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_SINK_H
#define FUZZ_SINK_H

#include <stddef.h>

#define SINK_SIZE 32768 /* the longest help has 4 KiB */

/* Redirects stdout and stderr to the sink. Output to descriptor 1 is discarded. */
void sink_begin(void);

/* Ends the redirection and returns the output, of @length bytes. It must fit and be lines of
 * text. */
const char *sink_end(size_t *length);

#endif
