/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header's inline functions as functions of the library, for other languages.
 */
#define ringview_peek inline_peek
#define ringview_release inline_release
#define ringview_read_into inline_read_into
#include "ringview/ringview.h"
#undef ringview_peek
#undef ringview_release
#undef ringview_read_into

#include <limits.h>

#include "reader.h"

int ringview_peek(struct ringview *rv, struct ringview_record *record)
{
	return inline_peek(rv, record);
}

void ringview_release(struct ringview *rv)
{
	inline_release(rv);
}

int ringview_read_into(struct ringview *rv, void *buffer, size_t capacity, size_t *length)
{
	return inline_read_into(rv, buffer, capacity, length);
}

int ringview_peek_many(struct ringview *rv, struct ringview_record *records, size_t count)
{
	struct reader *r = reader_of(rv);
	const enum pass pass = r->pass;
	size_t filled = 0;
	int found = 0;

	if (count > INT_MAX)
		count = INT_MAX;
	while (filled < count && (found = inline_peek(rv, &records[filled])) > 0)
		filled++;
	/* The next call reports the end of the pass, or an error, which is sticky. */
	if (filled > 0 && found == 0 && pass == PASS_OF_WAIT)
		r->pass = pass;
	return filled > 0 ? (int)filled : found;
}
