/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVENT: polls for one more record before the last ones are released. Also for the drop-in.
 *
 * The release makes the next record notify. That costs its producer more than anything else, and the
 * sleep that it ends costs the reader as much time as is spent here. So as long as records keep
 * coming this fast, nobody notifies and nobody sleeps. docs/measuring.md has figures.
 */
#ifndef RINGVIEW_LINGER_H
#define RINGVIEW_LINGER_H

#include <stdbool.h>

#define LINGER_NS 3000
#define LINGER_SKIPS 63

/* After an empty poll, calls do nothing: one at first, at most LINGER_SKIPS. */
struct linger {
	unsigned last;  /* calls that did nothing after the last empty poll */
	unsigned skips; /* of these, calls that are left */
};

struct ringview;

/* Call it when ringview_peek() has returned 0. Returns whether a record has come meanwhile. */
bool linger(struct ringview *rv);

#endif
