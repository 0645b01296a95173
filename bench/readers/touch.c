/* SPDX-License-Identifier: BSD-2-Clause */
#include "readers/touch.h"

/* The touching of all words of events of @size bytes; 0: of different sizes. */
static enum touching words_of(uint32_t size)
{
	return size >= 16 && size <= 96 && size % 16 == 0 ? TOUCHING_WORDS_16 + size / 16 - 1
							  : TOUCHING_WORDS;
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
