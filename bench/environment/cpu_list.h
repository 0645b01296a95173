/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ENVIRONMENT_CPU_LIST_H
#define ENVIRONMENT_CPU_LIST_H

/* The lists of numbers the kernel prints: "0", "0-3,8", "0,2". */

#include <stddef.h>

/* No kernel has as many CPUs; larger numbers are garbage, which must not be counted through. */
#define CPU_LIST_LIMIT 65536

/*
 * Take the next range off @list, which moves to the one after it.
 * Returns 1 with the range in @first and @last, 0 at the end, -EINVAL when it is no list.
 */
int cpu_list_next(const char **list, int *first, int *last);

/* How many numbers the list has, or -EINVAL when it is empty or no list. */
int cpu_list_count(const char *list);

/* The first number of the list, or -EINVAL when it is empty or no list. */
int cpu_list_first(const char *list);

/*
 * Print the CPUs for which @has(context, cpu) is true, of those below @cpus, as taskset -c
 * does: "0", "0,1", "0-2".  A list that does not fit @size ends in "...".
 */
void cpu_list_print(char *text, size_t size, int cpus, int (*has)(const void *context, int cpu),
	const void *context);

#endif
