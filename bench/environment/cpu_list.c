/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/cpu_list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int take_number(const char **text)
{
	int number = 0;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		number = number * 10 + (**text - '0');
		if (number >= CPU_LIST_LIMIT)
			return -EINVAL;
	}
	return number;
}

int cpu_list_next(const char **list, int *first, int *last)
{
	if (!**list)
		return 0;
	*first = take_number(list);
	*last = *first;
	if (*first >= 0 && **list == '-') {
		(*list)++;
		*last = take_number(list);
	}
	if (*first < 0 || *last < *first)
		return -EINVAL;
	if (**list == ',') {
		(*list)++;
		return **list ? 1 : -EINVAL;
	}
	return **list ? -EINVAL : 1;
}

int cpu_list_count(const char *list)
{
	int count = 0;
	int first;
	int last;
	int found;

	while ((found = cpu_list_next(&list, &first, &last)) > 0) {
		count += last - first + 1;
		if (count > CPU_LIST_LIMIT)
			return -EINVAL;
	}
	return found < 0 || !count ? -EINVAL : count;
}

int cpu_list_first(const char *list)
{
	int first;
	int last;

	return cpu_list_next(&list, &first, &last) > 0 ? first : -EINVAL;
}

void cpu_list_print(char *text, size_t size, int cpus, int (*has)(const void *context, int cpu),
	const void *context)
{
	const char *comma = "";
	size_t used = 0;
	int first;
	int last;

	text[0] = '\0';
	for (first = 0; first < cpus; first = last + 1) {
		char range[32];

		last = first;
		if (!has(context, first))
			continue;
		while (last + 1 < cpus && has(context, last + 1))
			last++;
		if (last == first)
			snprintf(range, sizeof(range), "%s%d", comma, first);
		else
			snprintf(range, sizeof(range), "%s%d%c%d", comma, first,
				last == first + 1 ? ',' : '-', last);
		/* Always leaves room for the mark that says the list goes on. */
		if (used + strlen(range) + sizeof(",...") > size) {
			snprintf(text + used, size - used, "%s...", comma);
			return;
		}
		used += (size_t)snprintf(text + used, size - used, "%s", range);
		comma = ",";
	}
}
