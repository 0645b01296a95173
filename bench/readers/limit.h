/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits: what a reader could reach that knew everything in advance, and what the machine allows.
 * They read a mapping of the ring, and know where the events are.
 */
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include "readers/reader.h"

int limit_open(struct reading *r); /* r->state becomes a struct ring_bytes */
void limit_close(struct reading *r);

#endif
