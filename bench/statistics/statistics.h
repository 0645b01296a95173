/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What samples say: medians and their 95 % intervals, ratios of two series, verdicts, and the order
 * of rounds that makes them comparable. Units are the caller's; the benchmark uses nanoseconds per
 * event. Noise and tolerance are relative: 0.01 is 1 %.
 */
#ifndef BENCH_STATISTICS_H
#define BENCH_STATISTICS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* Samples. */

#define STATISTICS_ROUNDS_MAX 1024 /* a longer series is refused, never shortened */
#define SAMPLE_MAGNITUDE_MAX 1e100 /* below it no sum, difference or ratio of two overflows */

/* Whether there are 1 to STATISTICS_ROUNDS_MAX samples, all positive and in range, as ratios need. One
 * NaN makes all unusable: leaving it out would report a measurement that did not happen. */
bool samples_positive(const double *samples, size_t count);

/* Sorts upwards in place. The samples must not hold a NaN. */
void samples_sort(double *samples, size_t count);

/* Sorts at least one sample, and returns the median. */
double samples_median(double *samples, size_t count);

/* Of samples that are sorted and at least one: the middle one, or the mean of the middle two; the
 * quantile at a share from 0 to 1, linear between the two nearest (type 7 of Hyndman and Fan, "Sample
 * quantiles in statistical packages", 1996); the median absolute deviation (MAD), not scaled. */
double sorted_median(const double *sorted, size_t count);
double sorted_quantile(const double *sorted, size_t count, double share);
double sorted_deviation(const double *sorted, size_t count);
#define SAMPLE_MAD_TO_SIGMA 1.4826 /* of normal noise */

/*
 * Whether the samples fall into two clusters: the mark of a virtual CPU that moved. The series is split
 * at its widest gap that leaves each side at least a fifth of the samples and at least three. The gap
 * must be wider than 1 % of the median and than (2 + 30 / count) * 1.4826 * the larger of the sides'
 * MADs: by simulation (tests/unit/test_statistics.c), noise with one hump is called two-humped in less
 * than 5 % of series of 8 to 15 samples and about 1 % of longer ones, and equal humps ten standard
 * deviations apart are found in about 80 % of series of 10 and 95 % of 20 or more.
 */
bool sorted_two_humped(const double *sorted, size_t count);
#define HUMPS_ROUNDS_MIN 8 /* fewer samples cannot tell two humps from chance */

/* 95 % intervals of a median. */

struct interval {
	double low, high;
};
#define INTERVAL_UNKNOWN ((struct interval){ NAN, NAN })

/* The whole range of n samples misses the median with probability 2^(1-n): 6.25 % for five, the
 * fewest for which "95 %" is not a lie. */
#define INTERVAL_ROUNDS_MIN 5

/* Between two order statistics, exact for any distribution, interpolated to 95 % between neighbouring
 * ranks (Hettmansperger and Sheather, "Confidence intervals based on interpolated order statistics",
 * 1986). With five samples the whole range. Simulated coverage: 94 to 95.5 % from 6 samples up. */
struct interval interval_binomial(const double *sorted, size_t count);

/* Of the medians of @runs runs, equally many logarithms each in the order measured: Student's t. It
 * contains what differs between runs. Of one run it is empty, from INFINITY to -INFINITY. Reorders
 * @logs within each run. */
struct interval interval_of_runs(double *logs, size_t rounds, size_t runs);

/* What one series looks like, in the samples' unit. */
struct summary {
	bool valid;        /* false: the numbers are NAN */
	bool has_interval; /* false: fewer than INTERVAL_ROUNDS_MIN rounds, the interval is NAN */
	bool two_humped;   /* sorted_two_humped(): the median describes neither cluster */
	size_t outliers;   /* counted, and part of every other value */
	double min, median, max;
	double deviation; /* sorted_deviation() */
	struct interval interval;
};

/*
 * Summarises 1 to STATISTICS_ROUNDS_MAX samples of @runs runs, equally many each. Not valid if a
 * sample is no number, or larger in magnitude than SAMPLE_MAGNITUDE_MAX. The interval is
 * interval_binomial(), of positive samples widened by interval_of_runs(). An outlier is further from
 * the median than 3.5 * 1.4826 * MAD (Iglewicz and Hoaglin, "How to detect and handle outliers", 1993),
 * or if the MAD is zero, 3.5 * 1.2533 * the mean absolute deviation.
 */
struct summary summary_of(const double *samples, size_t count, size_t runs);

/* What a ratio, its interval and the noise of the machine allow to claim. */

/* Too few is zero, so that an unfilled result claims nothing. The first three decide nothing. */
enum verdict {
	VERDICT_TOO_FEW,   /* rounds: there is no interval */
	VERDICT_TOO_NOISY, /* a difference of VERDICT_NOISE_MOST could not be seen */
	VERDICT_WITHIN_NOISE,
	VERDICT_SAME,
	VERDICT_FASTER,
	VERDICT_SLOWER,
};

extern const struct verdict_description {
	const char *name; /* "too few rounds", ... "slower" */
	const char *sign; /* "+", "-", "=", or "?" if it decides nothing */
} verdicts[];

static inline bool verdict_decides(enum verdict verdict)
{
	return verdict >= VERDICT_SAME;
}

#define VERDICT_NOISE_MOST 0.05
#define VERDICT_NEAR_ONE 0.996 /* no end of an interval that is called faster or slower is nearer */

struct tolerance {
	double least;  /* a smaller difference is not called faster or slower */
	double margin; /* same: the difference is shown to be smaller */
};
#define TOLERANCE_PAIRED ((struct tolerance){ 0.005, 0.02 }) /* measured in the same rounds */
/* ... of a single run, whose interval does not contain what differs between runs: about 1 % */
#define TOLERANCE_PAIRED_ONCE ((struct tolerance){ 0.01, 0.02 })

/* Judges a ratio of times, reference / measured. Faster (above 1) and slower: the interval is
 * beyond VERDICT_NEAR_ONE or its inverse, and the ratio differs from 1 by more than the noise and
 * tolerance.least. Same: neither, and the interval shows that any difference is smaller than the
 * margin (an equivalence test: Schuirmann, 1987). Too few rounds if a number is impossible, or the
 * ratio outside its interval. */
enum verdict verdict_of(
	double ratio, struct interval interval, double noise, struct tolerance tolerance);

/* A ratio of times: above 1 the second series is the faster one. */
struct ratio {
	bool valid;               /* false: all numbers are NAN */
	bool has_interval;        /* false: too few rounds, the interval is NAN */
	double median;            /* the ratio */
	struct interval interval; /* its 95 % interval */
	enum verdict verdict;     /* of the second series against the first */
};
#define RATIO_UNKNOWN ((struct ratio){ .median = NAN, .interval = INTERVAL_UNKNOWN })

/*
 * Two series measured in the same rounds: the median of baseline[i] / path[i], in logarithms, so that
 * swapping the series gives the inverse. What slows both samples of a round alike cancels. The interval
 * is interval_binomial(), widened by interval_of_runs(); the verdict is verdict_of() with
 * TOLERANCE_PAIRED, or of one run TOLERANCE_PAIRED_ONCE. In simulations a path against itself is called
 * faster or slower in at most 5.8 % of comparisons of 5 rounds, 5.3 % of longer ones, and less than 2 %
 * once the noise is measured. Not valid if either series is not samples_positive().
 */
struct ratio ratio_paired(
	const double *baseline, const double *path, size_t rounds, size_t runs, double noise_floor);

/*
 * Two series with nothing in common, as from two result files: median(before) / median(after), with a
 * bootstrapped interval, widened by what differs between parts of each series, in the order measured.
 * Nothing cancels: a change of the machine between the two is in neither the interval nor the noise, so
 * read faster and slower as "the runs differ".
 */
struct ratio ratio_unpaired(const double *before, size_t before_rounds, const double *after,
	size_t after_rounds, double noise_floor, struct tolerance tolerance);

/* How much one path differs from itself: both series are of the path that is in the schedule twice.
 * INFINITY, with which nothing is decided: too few rounds or an unusable sample. */
struct noise {
	/* For ratios to this path: the ratio's distance from 1, or half of its interval, if more. */
	double own;
	/* For ratios between others: only the part of the distance beyond half the width, which is
	 * not chance. The rest says nothing of them; their intervals do. */
	double shared;
};

/* Half the width is that of the binomial interval, or of one from the MAD if that is less: of few
 * rounds the binomial one is the whole range, which one outlier decides. */
struct noise noise_between(const double *first, const double *second, size_t rounds);

/*
 * The order in which readers run. A row is a round: every path once. Over a whole schedule each path
 * is equally often in each position and follows each other path equally often, so neither drift nor
 * what a path leaves behind in caches favours any (Williams, "Experimental designs balanced for the
 * estimation of residual effects of treatments", 1949).
 */
size_t schedule_rows(size_t paths); /* of one or more paths */
/* Stores the paths of one row. Rows after the last start again with the first. */
void schedule_fill(size_t paths, size_t row, size_t *order);
/* The wanted number of rounds, rounded up to whole schedules, at least one. */
size_t schedule_rounds(size_t paths, size_t wanted);

#endif
