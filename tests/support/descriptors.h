/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TEST_DESCRIPTORS_H
#define TEST_DESCRIPTORS_H

/* Returns the number of open file descriptors of this process. */
int open_descriptors(void);

/* Returns the number of mappings of this process whose line in /proc/self/maps contains @text. */
int mappings_of(const char *text);

#endif
