/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ENVIRONMENT_FIELDS_H
#define ENVIRONMENT_FIELDS_H

/* The facts of struct environment as a table, so that each is listed once for all uses. */

#include <stdbool.h>
#include <stddef.h>

enum environment_field_type {
	FIELD_TEXT,   /* char [] */
	FIELD_NUMBER, /* int64_t */
	FIELD_FLAG,   /* int */
	FIELD_REAL,   /* double */
};

struct environment_field {
	const char *name;
	enum environment_field_type type;
	/* In struct environment. */
	size_t offset;
	/* Results of runs that differ in this fact must not be compared. */
	bool decisive;
};

extern const struct environment_field environment_fields[];
extern const size_t environment_fields_count;

#endif
