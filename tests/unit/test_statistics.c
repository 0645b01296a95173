/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Known answers by hand, hostile input, and simulations that measure what the headers promise. All
 * random numbers have fixed seeds, so each bound is met on every run or on none.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include "statistics/random.h"
#include "statistics/statistics.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS_MAX 128
#define PATHS_MAX 96

static struct random_stream noise;

static int seed_noise(void **state)
{
	(void)state;
	noise.state = 20;
	return 0;
}

#define assert_near(actual, expected) assert_true(fabs((actual) - (expected)) <= 1e-12)

/* Distributions. */

static double uniform(void)
{
	return ((double)(random_bits(&noise) >> 11) + 0.5) / 9007199254740992.0; /* 2^53 */
}

static double exponential(void)
{
	return -log(uniform());
}

static double normal(void)
{
	return sqrt(2 * exponential()) * cos(2 * acos(-1) * uniform());
}

/* Student's t with two degrees of freedom: its variance is infinite. */
static double heavy(void)
{
	return normal() / sqrt(exponential());
}

static double lognormal(void)
{
	return exp(normal());
}

struct distribution {
	double (*draw)(void);
	double median;
};

static const struct distribution distributions[] = {
	{ normal, 0 },
	{ exponential, 0.6931471805599453 },
	{ heavy, 0 },
	{ lognormal, 1 },
	{ uniform, 0.5 },
};

/* The state of the machine in one round: sometimes on the slow CPU, for all paths alike. */
static double machine_humped(void)
{
	return uniform() < 0.4 ? 130 : 100;
}

static double machine_steady(void)
{
	return 100;
}

/* Random numbers. */

static void test_random(void **state)
{
	(void)state;
	struct random_stream zero = { 0 };
	size_t seen[7] = { 0 };

	/* The reference implementation's first numbers for seed 0. */
	assert_true(random_bits(&zero) == 0xe220a8397b1dcdafu);
	assert_true(random_bits(&zero) == 0x6e789e6aa1b965f4u);

	assert_int_equal(random_below(&noise, 0), 0);
	assert_int_equal(random_below(&noise, 1), 0);
	for (size_t i = 0; i < 70000; i++)
		seen[random_below(&noise, COUNT(seen))]++;
	for (size_t i = 0; i < COUNT(seen); i++)
		assert_in_range(seen[i], 9600, 10400);
}

/* Samples. */

static void test_samples_sort(void **state)
{
	(void)state;
	double samples[STATISTICS_ROUNDS_MAX];
	double sum = 0;

	for (size_t count = 0; count <= COUNT(samples); count = count * 2 + 1) {
		for (size_t i = 0; i < count; i++) {
			samples[i] = (double)random_below(&noise, 300);
			sum += samples[i];
		}
		samples_sort(samples, count);
		for (size_t i = 0; i < count; i++)
			sum -= samples[i];
		assert_near(sum, 0);
		for (size_t i = 1; i < count; i++)
			assert_true(samples[i - 1] <= samples[i]);
	}
}

static void test_sorted_quantile(void **state)
{
	(void)state;
	static const double four[] = { 1, 2, 4, 8 };

	assert_near(sorted_quantile(four, 4, 0), 1);
	assert_near(sorted_quantile(four, 4, 0.25), 1.75);
	assert_near(sorted_quantile(four, 4, 0.5), 3);
	assert_near(sorted_quantile(four, 4, 0.75), 5);
	assert_near(sorted_quantile(four, 4, 0.95), 7.4);
	assert_near(sorted_quantile(four, 4, 1), 8);
	assert_near(sorted_quantile(four, 1, 0.3), 1);
}

static void test_sorted_deviation(void **state)
{
	(void)state;
	static const double odd[] = { 1, 1, 2, 2, 4, 6, 9 };         /* median 2: 0 0 1 1 2 4 7 */
	static const double even[] = { 1, 2, 4, 8 };                 /* median 3: 1 1 2 5 */
	static const double lopsided[] = { 5, 5, 5, 6, 7, 8, 9, 9 }; /* 6.5: .5 .5 1.5 1.5 ... */
	static const double tied[] = { 3, 3, 3, 3, 9 };

	assert_near(sorted_deviation(odd, 7), 1);
	assert_near(sorted_deviation(even, 4), 1.5);
	assert_near(sorted_deviation(lopsided, 8), 1.5);
	assert_near(sorted_deviation(tied, 5), 0);
	assert_near(sorted_deviation(odd, 1), 0);
	assert_near(sorted_deviation(even, 2), 0.5);
}

/* Numbers that must make a ratio unusable; from the second on, a summary too. */
static const double hostile[] = { 0, NAN, INFINITY, -INFINITY, DBL_MAX, -DBL_MAX, 1e308, 1e101 };
static const double not_positive[] = { 0, -0.0, -1, -1e-300, 1e-300, DBL_MIN };

static void test_samples_usable(void **state)
{
	(void)state;
	static double many[STATISTICS_ROUNDS_MAX + 1];
	double samples[] = { 1, 2, 3 };

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = 1;
	assert_false(summary_of(NULL, 0, 1).valid);
	assert_true(samples_positive(many, STATISTICS_ROUNDS_MAX));
	assert_false(summary_of(many, STATISTICS_ROUNDS_MAX + 1, 1).valid);

	for (size_t i = 0; i < COUNT(hostile); i++) {
		samples[2] = hostile[i];
		assert_int_equal(summary_of(samples, 3, 1).valid, i == 0);
		assert_false(samples_positive(samples, 3));
	}
	for (size_t i = 0; i < COUNT(not_positive); i++) {
		samples[2] = not_positive[i];
		assert_true(summary_of(samples, 3, 1).valid);
		assert_false(samples_positive(samples, 3));
	}
}

/* Summary. */

static void test_summary_known(void **state)
{
	(void)state;
	static const double samples[] = { 14, 10, 12, 90, 11, 13 };
	struct summary summary = summary_of(samples, COUNT(samples), 1);

	assert_true(summary.valid);
	assert_near(summary.min, 10);
	assert_near(summary.median, 12.5);
	assert_near(summary.max, 90);
	assert_near(summary.deviation, 1.5); /* .5 .5 1.5 1.5 2.5 77.5 */
	assert_int_equal(summary.outliers, 1);
	assert_false(summary.two_humped);
	assert_true(summary.has_interval);
	assert_true(summary.interval.low >= 10 && summary.interval.low < 12.5);
	assert_true(summary.interval.high > 12.5 && summary.interval.high <= 90);
}

static void test_summary_few(void **state)
{
	(void)state;
	static const double samples[] = { 7, 9, 8, 6 };
	struct summary one = summary_of(samples, 1, 1);
	struct summary two = summary_of(samples, 2, 1);
	struct summary four = summary_of(samples, 4, 1);

	assert_true(one.valid);
	assert_near(one.min, 7);
	assert_near(one.median, 7);
	assert_near(one.max, 7);
	assert_near(one.deviation, 0);
	assert_int_equal(one.outliers, 0);
	assert_false(one.has_interval);

	assert_true(two.valid);
	assert_near(two.median, 8);
	assert_near(two.deviation, 1);
	assert_false(two.has_interval);

	assert_true(four.valid);
	assert_near(four.median, 7.5);
	assert_false(four.has_interval);
}

static void test_summary_tied(void **state)
{
	(void)state;
	double samples[] = { 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 };
	struct summary equal = summary_of(samples, COUNT(samples), 1);

	assert_near(equal.deviation, 0);
	assert_int_equal(equal.outliers, 0);
	assert_false(equal.two_humped);
	assert_near(equal.interval.low, 5);
	assert_near(equal.interval.high, 5);

	/* The MAD stays zero; the mean deviation, 9.5, must still find the one far sample. */
	samples[3] = 100;
	struct summary far = summary_of(samples, COUNT(samples), 1);
	assert_near(far.deviation, 0);
	assert_int_equal(far.outliers, 1);
	assert_false(far.two_humped);
	assert_near(far.max, 100);

	/* Nor may the zero make an outlier of every sample that differs. */
	samples[0] = 4;
	samples[1] = 6;
	assert_near(summary_of(samples, COUNT(samples), 1).deviation, 0);
	assert_int_equal(summary_of(samples, COUNT(samples), 1).outliers, 1);

	/* Two neighbouring ticks of a coarse clock are not two humps. */
	static const double ticks[] = { 500, 500, 500, 500, 501, 501, 501, 501 };
	assert_false(summary_of(ticks, COUNT(ticks), 1).two_humped);
}

static void test_summary_zero_and_negative(void **state)
{
	(void)state;
	static const double zeros[ROUNDS_MAX];
	static const double mixed[] = { -3, -2, 0, 1, 2 };
	struct summary zero = summary_of(zeros, COUNT(zeros), 1);
	struct summary both = summary_of(mixed, COUNT(mixed), 1);

	assert_true(zero.valid);
	assert_near(zero.median, 0);
	assert_int_equal(zero.outliers, 0);
	assert_false(zero.two_humped);
	assert_true(both.valid);
	assert_near(both.median, 0);
	assert_near(both.deviation, 2);
}

static void assert_summary_empty(struct summary summary)
{
	assert_false(summary.valid || summary.has_interval || summary.two_humped);
	assert_int_equal(summary.outliers, 0);
	assert_true(isnan(summary.min) && isnan(summary.median) && isnan(summary.max));
	assert_true(isnan(summary.interval.low) && isnan(summary.interval.high));
}

static void test_summary_hostile(void **state)
{
	(void)state;
	static const double many[STATISTICS_ROUNDS_MAX + 1];
	double samples[] = { 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 };

	assert_summary_empty(summary_of(NULL, 0, 1));
	assert_summary_empty(summary_of(many, COUNT(many), 1));
	for (size_t i = 1; i < COUNT(hostile); i++) {
		for (size_t place = 0; place < COUNT(samples); place++) {
			double kept = samples[place];

			samples[place] = hostile[i];
			assert_summary_empty(summary_of(samples, COUNT(samples), 1));
			samples[place] = kept;
		}
	}

	/* The largest samples that are accepted must not overflow anything. */
	for (size_t i = 0; i < COUNT(samples); i++)
		samples[i] = i % 2 ? SAMPLE_MAGNITUDE_MAX : -SAMPLE_MAGNITUDE_MAX;
	struct summary extreme = summary_of(samples, COUNT(samples), 1);
	assert_true(extreme.valid);
	assert_true(isfinite(extreme.median) && isfinite(extreme.deviation));
	assert_true(isfinite(extreme.interval.low) && isfinite(extreme.interval.high));
	assert_true(extreme.two_humped);
}

static void test_summary_order_and_repetition(void **state)
{
	(void)state;
	double samples[STATISTICS_ROUNDS_MAX];
	double reversed[STATISTICS_ROUNDS_MAX];

	for (size_t i = 0; i < COUNT(samples); i++) {
		samples[i] = 100 + normal();
		reversed[COUNT(samples) - 1 - i] = samples[i];
	}
	double first = samples[0];
	struct summary a = summary_of(samples, COUNT(samples), 1);
	struct summary b = summary_of(reversed, COUNT(reversed), 1);

	assert_near(samples[0], first);
	assert_near(a.interval.low, b.interval.low);
	assert_near(a.interval.high, b.interval.high);
	assert_near(a.deviation, b.deviation);
	assert_true(a.interval.low < a.median && a.median < a.interval.high);
}

/* Intervals. */

static void test_interval_binomial_known(void **state)
{
	(void)state;
	static const double powers[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512 };
	struct interval five = interval_binomial(powers, 5);
	struct interval six = interval_binomial(powers, 6);
	struct interval ten = interval_binomial(powers, 10);

	assert_near(five.low, 1);
	assert_near(five.high, 16);

	/* Beyond each end: 1/64, next 7/64. part = .1, weight = 5 * .1 / (1 + 4 * .1) = 5 / 14. */
	assert_near(six.low, 1 + 5.0 / 14);
	assert_near(six.high, 32 - 16 * 5.0 / 14);

	/* 11/1024, next 56/1024. part = 14.6 / 45, weight = 8 * part / (2 + 6 * part). */
	double part = 14.6 / 45, weight = 8 * part / (2 + 6 * part);
	assert_near(ten.low, 2 + 2 * weight);
	assert_near(ten.high, 256 - 128 * weight);
}

static void test_interval_binomial_long(void **state)
{
	(void)state;
	double samples[STATISTICS_ROUNDS_MAX];

	for (size_t i = 0; i < COUNT(samples); i++)
		samples[i] = (double)i;
	struct interval interval = interval_binomial(samples, COUNT(samples));

	/* The normal approximation of the ranks: 511.5 -+ 1.96 * 16. */
	assert_true(fabs(interval.low - 480.1) < 1);
	assert_true(fabs(interval.high - 542.9) < 1);
}

static double binomial_coverage(const struct distribution *from, size_t count)
{
	enum { RUNS = 4000 };
	size_t covered = 0;

	for (size_t run = 0; run < RUNS; run++) {
		double samples[ROUNDS_MAX];

		for (size_t i = 0; i < count; i++)
			samples[i] = from->draw();
		samples_sort(samples, count);
		struct interval interval = interval_binomial(samples, count);
		covered += interval.low <= from->median && from->median <= interval.high;
	}
	return (double)covered / RUNS;
}

/* The standard error of a coverage of 95 % in 4,000 runs is 0.35 %. */
static void test_interval_binomial_coverage(void **state)
{
	(void)state;
	static const size_t counts[] = { 5, 6, 7, 8, 10, 20, 40 };

	for (size_t d = 0; d < COUNT(distributions); d++) {
		for (size_t c = 0; c < COUNT(counts); c++) {
			double coverage = binomial_coverage(&distributions[d], counts[c]);

			assert_true(coverage > 0.928 && coverage < 0.965);
		}
	}
}

static double humped_share(double (*draw)(void), size_t count, double distance)
{
	enum { RUNS = 1000 };
	size_t humped = 0;

	for (size_t run = 0; run < RUNS; run++) {
		double samples[ROUNDS_MAX];

		for (size_t i = 0; i < count; i++)
			samples[i] = 10 * (draw() + (i < count / 3 ? distance : 0));
		samples_sort(samples, count);
		humped += sorted_two_humped(samples, count);
	}
	return (double)humped / RUNS;
}

static void test_humps_absent(void **state)
{
	(void)state;
	static const size_t counts[] = { 5, 7, 8, 9, 10, 12, 15, 20, 30, 50, 100 };

	for (size_t d = 0; d < COUNT(distributions); d++) {
		for (size_t c = 0; c < COUNT(counts); c++) {
			double share = humped_share(distributions[d].draw, counts[c], 0);

			assert_true(share <= (counts[c] < 20 ? 0.05 : 0.02));
		}
	}
}

/* A third of the rounds in the other hump. */
static void test_humps_present(void **state)
{
	(void)state;
	static const size_t counts[] = { 9, 10, 12, 20, 40, 100 };

	for (size_t c = 0; c < COUNT(counts); c++) {
		assert_true(humped_share(normal, counts[c], 15) > 0.97);
		assert_true(humped_share(normal, counts[c], 10) > (counts[c] < 20 ? 0.75 : 0.95));
	}
}

static void test_humps_known(void **state)
{
	(void)state;
	double moved[] = { 100, 101, 102, 103, 104, 150, 151, 152, 153, 154 };

	assert_true(sorted_two_humped(moved, COUNT(moved)));
	assert_false(sorted_two_humped(moved, HUMPS_ROUNDS_MIN - 1));
	/* One far outlier does not hide them. */
	moved[9] = 5000;
	assert_true(sorted_two_humped(moved, COUNT(moved)));
}

/* Up to one outlier in ten samples, however far. */
static void test_humps_not_from_outliers(void **state)
{
	(void)state;
	size_t humped = 0;

	for (size_t run = 0; run < 1000; run++) {
		double samples[30];

		for (size_t i = 0; i < COUNT(samples); i++)
			samples[i] = 100 + normal() + (i % 10 ? 0 : 300 + 10 * normal());
		samples_sort(samples, COUNT(samples));
		humped += sorted_two_humped(samples, COUNT(samples));
	}
	assert_in_range(humped, 0, 2);
}

/* Verdict. */

static enum verdict judged(double low, double ratio, double high, double noise_floor)
{
	return verdict_of(ratio, (struct interval){ low, high }, noise_floor, TOLERANCE_PAIRED);
}

static void test_verdict_rule(void **state)
{
	(void)state;
	assert_int_equal(judged(1.02, 1.03, 1.04, 0), VERDICT_FASTER);
	assert_int_equal(judged(0.96, 0.97, 0.98, 0), VERDICT_SLOWER);
	/* Surely different, but by less than matters. */
	assert_int_equal(judged(1.001, 1.003, 1.005, 0), VERDICT_SAME);
	assert_int_equal(judged(0.99, 1.005, 1.015, 0), VERDICT_SAME);
	assert_int_equal(judged(1, 1, 1, 0), VERDICT_SAME);
	/* One end of the interval is next to 1. */
	assert_int_equal(judged(1.001, 1.03, 1.05, 0), VERDICT_WITHIN_NOISE);
	assert_int_equal(judged(0.95, 0.97, 0.999, 0), VERDICT_WITHIN_NOISE);
	/* By more than matters, or perhaps so. */
	assert_int_equal(judged(1.001, 1.003, 1.025, 0), VERDICT_WITHIN_NOISE);
	assert_int_equal(judged(0.99, 1.01, 1.03, 0), VERDICT_WITHIN_NOISE);
	assert_int_equal(judged(0.97, 1.0, 1.01, 0), VERDICT_WITHIN_NOISE);
	/* The interval says the same, and the noise does not. */
	assert_int_equal(judged(1, 1, 1, 0.02), VERDICT_SAME);
	assert_int_equal(judged(1, 1, 1, 0.021), VERDICT_WITHIN_NOISE);
	assert_int_equal(judged(1, 1, 1, 0.051), VERDICT_TOO_NOISY);
	assert_int_equal(judged(1.02, 1.03, 1.04, 0.035), VERDICT_WITHIN_NOISE);
	assert_int_equal(judged(1.02, 1.03, 1.04, 0.6), VERDICT_TOO_NOISY);
	assert_int_equal(judged(0.7, 1.0, 1.4, 0), VERDICT_TOO_NOISY);
	/* However noisy, what is beyond it is clear. */
	assert_int_equal(judged(0.3, 0.4, 0.5, 0.3), VERDICT_SLOWER);
	/* A tolerance of one's own. */
	assert_int_equal(verdict_of(1.03, (struct interval){ 1.02, 1.04 }, 0,
				 (struct tolerance){ 0.1, 0.1 }),
		VERDICT_SAME);
}

static void test_verdict_hostile(void **state)
{
	(void)state;
	static const double bad[] = { NAN, INFINITY, -INFINITY, -0.1 };

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(judged(bad[i], 1.1, 1.2, 0), VERDICT_TOO_FEW);
		assert_int_equal(judged(1, bad[i], 1.2, 0), VERDICT_TOO_FEW);
		assert_int_equal(judged(1, 1.1, bad[i], 0), VERDICT_TOO_FEW);
		assert_int_equal(judged(1, 1, 1, bad[i]), VERDICT_TOO_FEW);
	}
	assert_int_equal(judged(0, 0, 0, 0), VERDICT_TOO_FEW);
	assert_int_equal(judged(0, 0.5, 0.6, 0), VERDICT_TOO_FEW);
	assert_int_equal(judged(1.2, 1.1, 1.3, 0), VERDICT_TOO_FEW);
}

static void test_verdict_name(void **state)
{
	(void)state;
	assert_string_equal(verdicts[VERDICT_FASTER].name, "faster");
	assert_string_equal(verdicts[VERDICT_SLOWER].name, "slower");
	assert_string_equal(verdicts[VERDICT_SAME].name, "same");
	assert_string_equal(verdicts[VERDICT_WITHIN_NOISE].name, "within noise");
	assert_string_equal(verdicts[VERDICT_TOO_NOISY].name, "too noisy");
	assert_string_equal(verdicts[VERDICT_TOO_FEW].name, "too few rounds");
	assert_string_equal(verdicts[VERDICT_FASTER].sign, "+");
	assert_string_equal(verdicts[VERDICT_TOO_NOISY].sign, "?");
	assert_true(verdict_decides(VERDICT_SAME) && verdict_decides(VERDICT_SLOWER));
	assert_false(verdict_decides(VERDICT_WITHIN_NOISE) || verdict_decides(VERDICT_TOO_FEW));
}

/* Ratios. */

static const double slow[] = { 200, 220, 240, 260, 280, 300 };
static const double fast[] = { 100, 110, 120, 130, 140, 150 };

static void test_ratio_known(void **state)
{
	(void)state;
	struct ratio twice = ratio_paired(slow, fast, 6, 1, 0.01);
	struct ratio half = ratio_paired(fast, slow, 6, 1, 0.01);
	struct ratio apart = ratio_unpaired(slow, 6, fast, 6, 0.01, TOLERANCE_PAIRED);

	assert_true(twice.valid && twice.has_interval);
	assert_near(twice.median, 2);
	assert_near(twice.interval.low, 2);
	assert_near(twice.interval.high, 2);
	assert_int_equal(twice.verdict, VERDICT_FASTER);
	assert_near(half.median, 0.5);
	assert_int_equal(half.verdict, VERDICT_SLOWER);

	assert_true(apart.valid && apart.has_interval);
	assert_near(apart.median, 2);
	assert_true(apart.interval.low > 1.3 && apart.interval.low < 2);
	assert_true(apart.interval.high > 2 && apart.interval.high < 3);
	assert_int_equal(apart.verdict, VERDICT_FASTER);
	assert_near(ratio_unpaired(slow, 5, fast, 6, 0, TOLERANCE_PAIRED).median, 240.0 / 125);
}

static void test_ratio_few_rounds(void **state)
{
	(void)state;
	for (size_t rounds = 1; rounds <= 6; rounds++) {
		struct ratio paired = ratio_paired(slow, fast, rounds, 1, 0);
		struct ratio unpaired = ratio_unpaired(slow, rounds, fast, 6, 0, TOLERANCE_PAIRED);
		bool enough = rounds >= INTERVAL_ROUNDS_MIN;

		assert_true(paired.valid && unpaired.valid);
		assert_near(paired.median, 2);
		assert_int_equal(paired.has_interval, enough);
		assert_int_equal(unpaired.has_interval, enough);
		assert_int_equal(paired.verdict, enough ? VERDICT_FASTER : VERDICT_TOO_FEW);
		assert_int_equal(unpaired.verdict, enough ? VERDICT_FASTER : VERDICT_TOO_FEW);
		assert_int_equal(isinf(noise_between(slow, fast, rounds).own) != 0, !enough);
	}
}

static void assert_ratio_empty(struct ratio ratio)
{
	assert_false(ratio.valid || ratio.has_interval);
	assert_int_equal(ratio.verdict, VERDICT_TOO_FEW);
	assert_true(isnan(ratio.median));
	assert_true(isnan(ratio.interval.low) && isnan(ratio.interval.high));
}

static void assert_ratio_refuses(double sample)
{
	double samples[] = { 100, 110, 120, 130, 140, 150 };

	for (size_t place = 0; place < COUNT(samples); place++) {
		double kept = samples[place];

		samples[place] = sample;
		assert_ratio_empty(ratio_paired(samples, fast, 6, 1, 0));
		assert_ratio_empty(ratio_paired(fast, samples, 6, 1, 0));
		assert_ratio_empty(ratio_paired(samples, samples, 6, 1, 0));
		assert_ratio_empty(ratio_unpaired(samples, 6, fast, 6, 0, TOLERANCE_PAIRED));
		assert_ratio_empty(ratio_unpaired(fast, 6, samples, 6, 0, TOLERANCE_PAIRED));
		assert_true(isinf(noise_between(samples, fast, 6).own));
		samples[place] = kept;
	}
}

static void test_ratio_hostile(void **state)
{
	(void)state;
	static const double floors[] = { NAN, INFINITY, -INFINITY, -0.1 };
	static double many[STATISTICS_ROUNDS_MAX + 1];

	for (size_t i = 0; i < COUNT(hostile); i++)
		assert_ratio_refuses(hostile[i]);
	for (size_t i = 0; i < COUNT(not_positive); i++)
		assert_ratio_refuses(not_positive[i]);

	assert_ratio_empty(ratio_paired(NULL, NULL, 0, 1, 0));
	assert_ratio_empty(ratio_unpaired(NULL, 0, fast, 6, 0, TOLERANCE_PAIRED));
	assert_ratio_empty(ratio_unpaired(fast, 6, NULL, 0, 0, TOLERANCE_PAIRED));
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = 1;
	assert_ratio_empty(ratio_paired(many, many, COUNT(many), 1, 0));
	assert_true(ratio_paired(many, many, COUNT(many) - 1, 1, 0).valid);

	for (size_t i = 0; i < COUNT(floors); i++) {
		struct ratio ratio = ratio_paired(slow, fast, 6, 1, floors[i]);

		assert_true(ratio.valid);
		assert_near(ratio.median, 2);
		assert_int_equal(ratio.verdict, VERDICT_TOO_FEW);
	}
}

/* The widest ratio that is accepted must not overflow. */
static void test_ratio_extreme(void **state)
{
	(void)state;
	double large[6], small[6];

	for (size_t i = 0; i < 6; i++) {
		large[i] = SAMPLE_MAGNITUDE_MAX;
		small[i] = 1 / SAMPLE_MAGNITUDE_MAX;
	}
	struct ratio paired = ratio_paired(large, small, 6, 1, 0);
	struct ratio unpaired = ratio_unpaired(small, 6, large, 6, 0, TOLERANCE_PAIRED);
	assert_true(paired.valid && isfinite(paired.median));
	assert_int_equal(paired.verdict, VERDICT_FASTER);
	assert_true(unpaired.valid && unpaired.median > 0);
	assert_int_equal(unpaired.verdict, VERDICT_SLOWER);
	assert_true(isfinite(noise_between(large, small, 6).own));
}

static void test_ratio_equal(void **state)
{
	(void)state;
	struct ratio paired = ratio_paired(fast, fast, 6, 1, 0);
	double steady[6] = { 7, 7, 7, 7, 7, 7 };
	struct ratio unpaired = ratio_unpaired(steady, 6, steady, 6, 0, TOLERANCE_PAIRED);

	assert_near(paired.median, 1);
	assert_int_equal(paired.verdict, VERDICT_SAME);
	assert_near(unpaired.median, 1);
	assert_int_equal(unpaired.verdict, VERDICT_SAME);
	assert_near(noise_between(fast, fast, 6).own, 0);
}

static void test_noise_floor_known(void **state)
{
	(void)state;
	/* Five rounds: the interval is the range of the ratios. */
	static const double first[] = { 100, 100, 100, 100, 100 };
	static const double wide[] = { 98, 99, 100, 101, 102 };
	static const double apart[] = { 110, 110, 110, 110, 110 };

	assert_near(noise_between(first, wide, 5).own, sqrt(102.0 / 98) - 1);
	assert_near(noise_between(wide, first, 5).own, sqrt(102.0 / 98) - 1);
	assert_near(noise_between(first, apart, 5).own, 0.1);
	/* All of the last is a difference that no chance explains, and nothing of the others is. */
	assert_near(noise_between(first, apart, 5).shared, 0.1);
	assert_near(noise_between(first, wide, 5).shared, 0);
}

/* One round that something else disturbed, of however few. */
static void test_noise_is_robust(void **state)
{
	static const size_t rounds[] = { 5, 6, 10, 20 };

	(void)state;
	for (size_t r = 0; r < COUNT(rounds); r++)
		for (size_t place = 0; place < rounds[r]; place++) {
			double first[20], second[20];
			struct noise found;

			for (size_t i = 0; i < rounds[r]; i++) {
				first[i] = 100 * exp(0.005 * normal());
				second[i] = 100 * exp(0.005 * normal());
			}
			second[place] *= 3;
			found = noise_between(first, second, rounds[r]);
			assert_true(found.own < 0.03);
			assert_true(found.shared < 0.02);
		}
}

/* Rounds agree within each run, and runs do not: the interval has to hold what differs between
 * them. */
static void test_ratio_of_runs(void **state)
{
	double baseline[40], path[40];
	struct ratio by_rounds, by_runs;

	(void)state;
	for (size_t i = 0; i < COUNT(path); i++) {
		baseline[i] = 100;
		path[i] = 100 * exp(0.001 * normal()) * (i / 10 % 2 ? 1.03 : 1.0);
	}
	path[39] *= 1.01;
	by_rounds = ratio_paired(baseline, path, 40, 1, 0);
	by_runs = ratio_paired(baseline, path, 40, 4, 0);
	assert_near(by_rounds.median, by_runs.median);
	assert_true(by_runs.interval.low < 0.96 && by_runs.interval.high > 1.01);
	assert_false(verdict_decides(by_runs.verdict));
	/* Runs that agree say no less than their rounds. */
	for (size_t i = 0; i < COUNT(path); i++)
		path[i] = 90 * exp(0.001 * normal());
	assert_int_equal(ratio_paired(baseline, path, 40, 4, 0).verdict, VERDICT_FASTER);
}

/* From 2 runs on the interval holds the truth in 95 % of cases. */
static void test_interval_of_runs_coverage(void **state)
{
	(void)state;
	for (size_t runs = 2; runs <= 14; runs += 3) {
		size_t held = 0;

		for (int i = 0; i < 4000; i++) {
			double logs[14];
			struct interval found;

			for (size_t r = 0; r < runs; r++)
				logs[r] = normal();
			found = interval_of_runs(logs, runs, runs);
			held += found.low <= 0 && found.high >= 0;
		}
		assert_in_range(held, 3740, 3860);
	}
}

static void test_ratio_deterministic(void **state)
{
	(void)state;
	struct ratio paired = ratio_paired(slow, fast, 6, 1, 0.01);
	struct ratio unpaired = ratio_unpaired(slow, 6, fast, 5, 0.01, TOLERANCE_PAIRED);

	struct ratio paired_again = ratio_paired(slow, fast, 6, 1, 0.01);
	struct ratio unpaired_again = ratio_unpaired(slow, 6, fast, 5, 0.01, TOLERANCE_PAIRED);

	assert_true(paired.interval.low == paired_again.interval.low);
	assert_true(paired.interval.high == paired_again.interval.high);
	assert_true(unpaired.interval.low == unpaired_again.interval.low);
	assert_true(unpaired.interval.high == unpaired_again.interval.high);
}

/* Simulated comparisons. */

struct experiment {
	double (*machine)(void); /* shared by all samples of a round */
	double (*jitter)(void);  /* each sample's own, times 1 % */
	double slowdown;         /* of the measured path */
	bool measured_floor;     /* from an A/A pair with the same baseline, else zero */
};

struct tally {
	size_t of[VERDICT_SLOWER + 1];
};

static struct tally simulate(struct experiment experiment, size_t rounds, size_t comparisons)
{
	struct tally tally = { { 0 } };

	for (size_t run = 0; run < comparisons; run++) {
		double baseline[ROUNDS_MAX], again[ROUNDS_MAX], path[ROUNDS_MAX];
		double noise_floor = 0;

		for (size_t i = 0; i < rounds; i++) {
			double machine = experiment.machine();

			baseline[i] = machine * exp(0.01 * experiment.jitter());
			again[i] = machine * exp(0.01 * experiment.jitter());
			path[i] = machine * exp(0.01 * experiment.jitter()) *
				  (1 + experiment.slowdown);
		}
		if (experiment.measured_floor)
			noise_floor = noise_between(baseline, again, rounds).own;
		tally.of[ratio_paired(baseline, path, rounds, 1, noise_floor).verdict]++;
	}
	return tally;
}

static const struct experiment against_itself[] = {
	{ machine_steady, normal, 0, false },
	{ machine_steady, normal, 0, true },
	{ machine_steady, heavy, 0, false },
	{ machine_steady, heavy, 0, true },
	{ machine_humped, normal, 0, false },
	{ machine_humped, normal, 0, true },
	{ machine_humped, heavy, 0, false },
	{ machine_humped, heavy, 0, true },
};

/*
 * Without a noise floor the interval alone bounds the false claims: 5 %, and 6.25 % for five
 * rounds; the standard error in 1,000 comparisons is 0.7 %.
 */
static void test_ratio_false_claims(void **state)
{
	(void)state;
	static const size_t rounds[] = { 5, 10, 20, 40 };

	for (size_t e = 0; e < COUNT(against_itself); e++) {
		for (size_t r = 0; r < COUNT(rounds); r++) {
			struct tally tally = simulate(against_itself[e], rounds[r], 1000);
			size_t claims = tally.of[VERDICT_FASTER] + tally.of[VERDICT_SLOWER];

			assert_in_range(claims, 0, against_itself[e].measured_floor ? 25 : 65);
		}
	}
}

static void test_ratio_same_mostly(void **state)
{
	(void)state;
	struct experiment steady = { machine_steady, normal, 0, true };
	struct experiment humped = { machine_humped, normal, 0, true };
	struct experiment tailed = { machine_steady, heavy, 0, true };

	assert_true(simulate(steady, 5, 1000).of[VERDICT_SAME] > 300);
	assert_true(simulate(steady, 10, 1000).of[VERDICT_SAME] > 840);
	assert_true(simulate(steady, 20, 1000).of[VERDICT_SAME] > 950);
	assert_true(simulate(humped, 20, 1000).of[VERDICT_SAME] > 950);
	assert_true(simulate(tailed, 20, 1000).of[VERDICT_SAME] > 720);
	assert_true(simulate(tailed, 40, 1000).of[VERDICT_SAME] > 950);
}

static void test_ratio_power(void **state)
{
	(void)state;
	struct experiment slower = { machine_humped, normal, 0.03, true };
	struct experiment slower_tailed = { machine_humped, heavy, 0.03, true };

	assert_true(simulate(slower, 5, 1000).of[VERDICT_SLOWER] > 780);
	assert_true(simulate(slower, 10, 1000).of[VERDICT_SLOWER] > 980);
	assert_int_equal(simulate(slower, 20, 1000).of[VERDICT_SLOWER], 1000);
	assert_true(simulate(slower_tailed, 20, 1000).of[VERDICT_SLOWER] > 950);
	assert_int_equal(simulate(slower, 20, 1000).of[VERDICT_FASTER], 0);

	slower.measured_floor = false;
	assert_int_equal(simulate(slower, 20, 1000).of[VERDICT_SLOWER], 1000);
	/* And the other way round. */
	slower.slowdown = -0.03;
	assert_int_equal(simulate(slower, 20, 1000).of[VERDICT_FASTER], 1000);
}

static struct tally simulate_unpaired(double (*jitter)(void), double slowdown, size_t rounds)
{
	struct tally tally = { { 0 } };

	for (size_t run = 0; run < 200; run++) {
		double before[ROUNDS_MAX], after[ROUNDS_MAX];

		for (size_t i = 0; i < rounds; i++) {
			before[i] = 100 * exp(0.01 * jitter());
			after[i] = 100 * exp(0.01 * jitter()) * (1 + slowdown);
		}
		tally.of[ratio_unpaired(before, rounds, after, rounds, 0, TOLERANCE_PAIRED)
				 .verdict]++;
	}
	return tally;
}

/* 200 comparisons each, for time: the standard error of 5 % is 1.5 %. */
static void test_ratio_unpaired_simulated(void **state)
{
	(void)state;
	static const size_t rounds[] = { 5, 10, 20 };

	for (size_t r = 0; r < COUNT(rounds); r++) {
		struct tally steady = simulate_unpaired(normal, 0, rounds[r]);
		struct tally tailed = simulate_unpaired(heavy, 0, rounds[r]);

		assert_true(steady.of[VERDICT_FASTER] + steady.of[VERDICT_SLOWER] <= 16);
		assert_true(tailed.of[VERDICT_FASTER] + tailed.of[VERDICT_SLOWER] <= 16);
	}
	assert_true(simulate_unpaired(normal, 0, 20).of[VERDICT_SAME] > 180);
	assert_true(simulate_unpaired(normal, 0.03, 20).of[VERDICT_SLOWER] > 198);
}

/* A machine whose speed drifts: nearby rounds agree, and distant ones do not. */
static void test_ratio_unpaired_sees_drift(void **state)
{
	struct tally tally = { { 0 } };

	(void)state;
	for (size_t run = 0; run < 200; run++) {
		double series[2][20];

		for (size_t s = 0; s < 2; s++)
			for (size_t i = 0; i < 20; i++)
				series[s][i] =
					100 * exp(0.001 * normal()) *
					(i % 4 ? series[s][i - 1] / 100 : exp(0.04 * normal()));
		tally.of[ratio_unpaired(series[0], 20, series[1], 20, 0, TOLERANCE_PAIRED)
				 .verdict]++;
	}
	assert_true(tally.of[VERDICT_FASTER] + tally.of[VERDICT_SLOWER] <= 20);
}

/* Schedule. */

static void test_schedule_rows(void **state)
{
	(void)state;
	static const size_t expected[] = { 1, 2, 6, 4, 10, 6, 14, 8 };

	for (size_t i = 0; i < COUNT(expected); i++)
		assert_int_equal(schedule_rows(i + 1), expected[i]);
	assert_int_equal(schedule_rows(31), 62);
	assert_int_equal(schedule_rows(32), 32);
}

static void test_schedule_known(void **state)
{
	(void)state;
	static const size_t first[] = { 0, 1, 3, 2 }, second[] = { 1, 2, 0, 3 };
	size_t order[4];

	schedule_fill(4, 0, order);
	assert_memory_equal(order, first, sizeof(first));
	schedule_fill(4, 1, order);
	assert_memory_equal(order, second, sizeof(second));
	schedule_fill(4, 4, order);
	assert_memory_equal(order, first, sizeof(first));
	schedule_fill(1, 5, order);
	assert_int_equal(order[0], 0);
}

static void assert_schedule_balanced(size_t paths)
{
	size_t at[PATHS_MAX][PATHS_MAX] = { 0 };
	size_t after[PATHS_MAX][PATHS_MAX] = { 0 };
	size_t rows = schedule_rows(paths);

	for (size_t row = 0; row < rows; row++) {
		size_t order[PATHS_MAX];

		schedule_fill(paths, row, order);
		for (size_t i = 0; i < paths; i++) {
			assert_true(order[i] < paths);
			at[order[i]][i]++;
			if (i > 0)
				after[order[i - 1]][order[i]]++;
		}
	}
	for (size_t a = 0; a < paths; a++) {
		for (size_t b = 0; b < paths; b++) {
			assert_int_equal(at[a][b], rows / paths);
			assert_int_equal(after[a][b], a == b ? 0 : rows / paths);
		}
	}
}

static void test_schedule_balanced(void **state)
{
	(void)state;
	for (size_t paths = 1; paths <= PATHS_MAX; paths++)
		assert_schedule_balanced(paths);
}

static void test_schedule_rounds(void **state)
{
	(void)state;
	assert_int_equal(schedule_rounds(4, 0), 4);
	assert_int_equal(schedule_rounds(4, 1), 4);
	assert_int_equal(schedule_rounds(4, 4), 4);
	assert_int_equal(schedule_rounds(4, 5), 8);
	assert_int_equal(schedule_rounds(5, 11), 20);
	assert_int_equal(schedule_rounds(1, 7), 7);
}

#define seeded(test) cmocka_unit_test_setup(test, seed_noise)

int main(void)
{
	const struct CMUnitTest tests[] = {
		seeded(test_random),
		seeded(test_samples_sort),
		seeded(test_sorted_quantile),
		seeded(test_sorted_deviation),
		seeded(test_samples_usable),
		seeded(test_summary_known),
		seeded(test_summary_few),
		seeded(test_summary_tied),
		seeded(test_summary_zero_and_negative),
		seeded(test_summary_hostile),
		seeded(test_summary_order_and_repetition),
		seeded(test_interval_binomial_known),
		seeded(test_interval_binomial_long),
		seeded(test_interval_binomial_coverage),
		seeded(test_humps_absent),
		seeded(test_humps_present),
		seeded(test_humps_known),
		seeded(test_humps_not_from_outliers),
		seeded(test_verdict_rule),
		seeded(test_verdict_hostile),
		seeded(test_verdict_name),
		seeded(test_ratio_known),
		seeded(test_ratio_few_rounds),
		seeded(test_ratio_hostile),
		seeded(test_ratio_extreme),
		seeded(test_ratio_equal),
		seeded(test_noise_floor_known),
		seeded(test_noise_is_robust),
		seeded(test_ratio_of_runs),
		seeded(test_interval_of_runs_coverage),
		seeded(test_ratio_deterministic),
		seeded(test_ratio_false_claims),
		seeded(test_ratio_same_mostly),
		seeded(test_ratio_power),
		seeded(test_ratio_unpaired_simulated),
		seeded(test_ratio_unpaired_sees_drift),
		seeded(test_schedule_rows),
		seeded(test_schedule_known),
		seeded(test_schedule_balanced),
		seeded(test_schedule_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
