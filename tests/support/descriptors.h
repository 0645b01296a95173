/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TEST_DESCRIPTORS_H
#define TEST_DESCRIPTORS_H

/* File descriptors of this process that are open. */
int open_descriptors(void);

/* Mappings of this process whose line in proc(5)'s maps contains @text. */
int mappings_of(const char *text);

#endif
