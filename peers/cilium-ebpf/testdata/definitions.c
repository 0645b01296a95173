/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Says what the benchmark's own headers make of each line of its input, so that the tests compare
 * with them: "bucket VALUE", "index ID COUNT" (of a mix, in order if COUNT is even), "word SEQUENCE
 * INDEX", "sum TOUCHING LENGTH SEED".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "statistics/histogram.h"
#include "live_events.h"
#include "readers/touch.h"

#define EVENTS 3 /* one after the other, into one sum */

static uint64_t pattern(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 56;
}

static uint64_t sum_of(enum touching touching, uint32_t length, uint64_t seed)
{
	static _Alignas(8) unsigned char event[SIZED_EVENT_MAX];
	uint64_t sum = 0;

	for (int i = 0; i < EVENTS; i++) {
		for (uint32_t at = 0; at < length; at++)
			event[at] = (unsigned char)pattern(&seed);
		sum = touch_record(touching, sum, event, length);
	}
	return sum;
}

#define TOUCHING_NAME(name, unused) #name,

int main(void)
{
	static const char *const names[] = { FOR_EACH_TOUCHING(TOUCHING_NAME, ) };
	char line[128], name[16];
	uint64_t a, b;

	while (fgets(line, sizeof(line), stdin)) {
		uint64_t found;

		if (sscanf(line, "bucket %" SCNu64, &a) == 1) {
			found = histogram_bucket(a);
		} else if (sscanf(line, "index %" SCNu64 " %" SCNu64, &a, &b) == 2) {
			found = mix_index(a, (uint32_t)b, b % 2 == 0);
		} else if (sscanf(line, "word %" SCNu64 " %" SCNu64, &a, &b) == 2) {
			found = sized_word(a, b);
		} else if (sscanf(line, "sum %15s %" SCNu64 " %" SCNu64, name, &a, &b) == 3) {
			int touching = 0;

			while (touching < TOUCHING_COUNT && strcmp(names[touching], name) != 0)
				touching++;
			found = sum_of((enum touching)touching, (uint32_t)a, b);
		} else {
			return 1;
		}
		printf("%" PRIu64 "\n", found);
	}
	return 0;
}
