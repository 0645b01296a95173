/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The payload that the tests write to records. Also compiled as BPF: no includes.
 */
#ifndef TEST_PATTERN_H
#define TEST_PATTERN_H

/* Returns byte @index of the payload of record @number. */
static inline unsigned char pattern_byte(unsigned long long number, unsigned int index)
{
	return (unsigned char)(number * 157 + index * 59 + (index >> 8) + 1);
}

#endif
