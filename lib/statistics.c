/* SPDX-License-Identifier: BSD-2-Clause */
#include "reader.h"

void ringview_get_statistics(const struct ringview *rv, struct ringview_statistics *statistics)
{
	const struct reader *r = const_reader_of(rv);

	*statistics = r->statistics;
	statistics->records = rv->records;
	statistics->bytes = rv->bytes;
	waiter_count(&r->waiter, statistics);
}
