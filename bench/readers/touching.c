/* SPDX-License-Identifier: BSD-2-Clause */
#include "readers/touching.h"

static enum touching words_of(uint32_t event_size)
{
	switch (event_size) {
	case 16:
		return TOUCHING_WORDS_16;
	case 32:
		return TOUCHING_WORDS_32;
	case 48:
		return TOUCHING_WORDS_48;
	case 64:
		return TOUCHING_WORDS_64;
	case 80:
		return TOUCHING_WORDS_80;
	case 96:
		return TOUCHING_WORDS_96;
	default:
		return TOUCHING_WORDS;
	}
}

enum touching touching_of(const struct workload *workload)
{
	switch (workload->touch) {
	case TOUCH_NONE:
		return TOUCHING_NONE;
	case TOUCH_HEADER:
		return TOUCHING_HEADER;
	case TOUCH_FIELDS:
		return workload->event == EVENT_SKB_META ? TOUCHING_SKB_FIELDS
							 : words_of(workload->event_size);
	case TOUCH_BYTES:
		break;
	}
	return TOUCHING_BYTES;
}
