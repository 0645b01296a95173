/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How events lie in a perf buffer, of which each CPU has one: a header, the length, the event, and
 * padding (PERF_RECORD_SAMPLE with PERF_SAMPLE_RAW alone, perf_event_open(2)).
 */
#ifndef BENCH_PERFBUF_H
#define BENCH_PERFBUF_H

#include <stdint.h>

#define PERFBUF_HEADER 8 /* struct perf_event_header */
#define PERFBUF_LENGTH 4

/* The header has 16 bits for the size of the whole record, a multiple of 8. */
#define PERFBUF_EVENT_MAX ((UINT16_MAX & ~7) - PERFBUF_HEADER - PERFBUF_LENGTH)

/* The length that the record of an event of @size bytes says: with the padding. */
static inline uint32_t perfbuf_length(uint32_t size)
{
	return ((size + PERFBUF_LENGTH + 7) & ~UINT32_C(7)) - PERFBUF_LENGTH;
}

/* Bytes from one record to the next. */
static inline uint32_t perfbuf_stride(uint32_t size)
{
	return PERFBUF_HEADER + PERFBUF_LENGTH + perfbuf_length(size);
}

#endif
