/* SPDX-License-Identifier: BSD-2-Clause */
#include "reader.h"
#include "sized.h"

void ringview_get_statistics_sized(
	const struct ringview *rv, struct ringview_statistics *statistics, size_t size)
{
	const struct reader *r = const_reader_of(rv);
	struct ringview_statistics all = r->statistics;

	all.records = rv->records;
	all.bytes = rv->bytes;
	waiter_count(&r->waiter, &all);
	sized_give(statistics, size, &all, sizeof(all));
}
