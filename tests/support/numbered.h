/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream of records that contain their number, of several lengths, some discarded. Also compiled
 * as BPF: no includes.
 */
#ifndef TEST_NUMBERED_H
#define TEST_NUMBERED_H

#define NUMBERED_LONGEST 200

static inline unsigned int numbered_length(unsigned long long number)
{
	return number % 3 == 0 ? 8 : number % 3 == 1 ? 27 : NUMBERED_LONGEST;
}

static inline int numbered_is_discarded(unsigned long long number)
{
	return number % 5 == 4;
}

#endif
