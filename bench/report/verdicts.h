/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many ratios to one baseline, told in one line a verdict.
 */
#ifndef BENCH_REPORT_VERDICTS_H
#define BENCH_REPORT_VERDICTS_H

#include "report/page.h"

#define VERDICTS_MAX 512

struct verdicts {
	struct verdict_entry {
		char name[80];
		double ratio;
		enum tone tone;
	} entries[VERDICTS_MAX];
	size_t count;
};

/* More than there is room for are left out: no line names so many. */
void verdicts_add(struct verdicts *verdicts, const char *name, double ratio, enum tone tone);

/* Items of a list: "faster than copy: batch 3.93 times, view 3.66 times", and the same of the other
 * verdicts. */
void verdicts_write(struct page *page, struct verdicts *verdicts, const char *baseline);

#endif
