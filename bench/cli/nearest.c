/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What somebody meant who wrote a name wrongly.
 */
#include <string.h>

#include "cli/flags.h"

/* How many letters must be added, left out, replaced or swapped to get from one name to the other.
 */
static size_t distance(const char *from, size_t from_length, const char *to)
{
	const size_t to_length = strlen(to);
	size_t rows[3][FLAGS_NAME_MOST + 1];

	for (size_t j = 0; j <= to_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= from_length; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= to_length; j++) {
			row[j] = above[j - 1] + (from[i - 1] != to[j - 1]);
			row[j] = above[j] + 1 < row[j] ? above[j] + 1 : row[j];
			row[j] = row[j - 1] + 1 < row[j] ? row[j - 1] + 1 : row[j];
			if (i > 1 && j > 1 && from[i - 1] == to[j - 2] &&
				from[i - 2] == to[j - 1] && two_above[j - 2] + 1 < row[j])
				row[j] = two_above[j - 2] + 1;
		}
	}
	return rows[from_length % 3][to_length];
}

/* Whether @name is nearer to what was written than *@nearest, and near enough at all. */
bool flags_is_nearer(const char *written, size_t length, const char *name, size_t *nearest)
{
	size_t far;

	if (length == 0 || length > FLAGS_NAME_MOST || strlen(name) > FLAGS_NAME_MOST)
		return false;
	/* An abbreviation is far by letters, but clear. Short names are all close to each other: at
	 * least half of the letters must be right. */
	far = length >= 2 && strncmp(written, name, length) == 0 ? 1
								 : distance(written, length, name);
	if (far > 2 || far * 2 > length || far >= *nearest)
		return false;
	*nearest = far;
	return true;
}

const char *flags_nearest(const char *written, size_t length, const char *const *names)
{
	const char *found = NULL;
	size_t nearest = SIZE_MAX;

	for (; *names; names++)
		if (flags_is_nearer(written, length, *names, &nearest))
			found = *names;
	return found;
}
