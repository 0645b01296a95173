/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fuzzer's input as a stream of numbers. All are 0 at the end of the input, so loops must check
 * what is left.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct input {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t take(struct input *input, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes && input->left > 0; i++, input->left--)
		value |= (uint64_t)*input->at++ << (8 * i);
	return value;
}

static inline uint8_t take_byte(struct input *input)
{
	return (uint8_t)take(input, 1);
}

#endif
