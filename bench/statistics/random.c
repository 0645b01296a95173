/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/random.h"

uint64_t random_bits(struct random_stream *stream)
{
	uint64_t bits = stream->state += 0x9e3779b97f4a7c15u;

	bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
	bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
	return bits ^ (bits >> 31);
}

uint32_t random_below(struct random_stream *stream, uint32_t limit)
{
	/* A multiplication maps the top bits onto the range without a division. */
	return (uint32_t)(((random_bits(stream) >> 32) * limit) >> 32);
}
