/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/statistics.h"

size_t schedule_rows(size_t paths)
{
	return paths == 1 || paths % 2 == 0 ? paths : 2 * paths;
}

/* The first row zigzags, 0 1 k-1 2 k-2 ..., so that each step between neighbours differs. */
static size_t zigzag(size_t paths, size_t position)
{
	return position % 2 ? (position + 1) / 2 : (paths - position / 2) % paths;
}

void schedule_fill(size_t paths, size_t row, size_t *order)
{
	row %= schedule_rows(paths);
	for (size_t i = 0; i < paths; i++) {
		/* With odd k the steps pair up only against the same rows read backwards. */
		const size_t position = row < paths ? i : paths - 1 - i;

		order[i] = (zigzag(paths, position) + row) % paths;
	}
}

size_t schedule_rounds(size_t paths, size_t wanted)
{
	const size_t rows = schedule_rows(paths);

	return wanted == 0 ? rows : (wanted + rows - 1) / rows * rows;
}
