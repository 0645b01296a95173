/* SPDX-License-Identifier: BSD-2-Clause */
/* Figures as people read them. What is no number is "-"; an interval with no end is "". */
#ifndef BENCH_REPORT_FIGURES_H
#define BENCH_REPORT_FIGURES_H

/* "94.5", "1,361", "0.373": three digits, or all before the point; "12" for a whole number. */
const char *text_number(double value);
const char *text_interval(double low, double high); /* "[85.2, 91]" */
const char *text_ratio(double ratio);               /* "0.37x" */
const char *text_ratio_interval(double low, double high);
const char *text_percent(double percent); /* "0.5 %"; never "100 %" of less */
const char *text_time(double ns);         /* "82 ns", "1.5 ms" */
const char *text_bytes(double bytes);     /* "1 MiB" */
const char *text_count(double count);     /* "17.2M" */

#endif
