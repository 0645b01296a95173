/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The readers and their names, for tables of tests.
 */
#ifndef TEST_READERS_H
#define TEST_READERS_H

#include "readers/peers.h"

extern const struct reader copy_reader, view_reader, batch_reader, dropin_reader, libbpf_reader,
	perfbuf_reader;

#endif
