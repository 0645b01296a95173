/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buckets by their boundaries, quantiles against sorted values. Random numbers have fixed seeds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "statistics/histogram.h"
#include "statistics/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define VALUES_MAX 5000
#define LARGEST ((UINT64_C(1) << HISTOGRAM_MAX_BITS) - 1)

static const double quantiles[] = { 0, 0.001, 0.01, 0.07, 0.1, 0.25, 1 / 3.0, 0.5, 2 / 3.0, 0.9,
	0.95, 0.99, 0.999, 0.9999, 1 };

static struct histogram histogram, other;
static struct random_stream noise;

static int start(void **state)
{
	(void)state;
	histogram_clear(&histogram);
	histogram_clear(&other);
	noise.state = 20;
	return 0;
}

/* Buckets. */

static void small_values_have_a_bucket_each(void **state)
{
	(void)state;
	for (uint64_t value = 0; value < 128; value++)
		assert_int_equal(histogram_bucket(value), value);
}

/* Each begins a bucket, which is the next after that of the value before it. */
static void every_power_of_two_begins_a_bucket(void **state)
{
	(void)state;
	for (uint32_t bits = 1; bits < HISTOGRAM_MAX_BITS; bits++) {
		const uint64_t power = UINT64_C(1) << bits;
		const uint32_t bucket = histogram_bucket(power);

		assert_int_equal(histogram_bucket(power - 1), bucket - 1);
		assert_int_equal(histogram_bucket(power + 1), bits <= 6 ? bucket + 1 : bucket);
		if (bits >= HISTOGRAM_SUB_BITS)
			assert_int_equal(histogram_bucket(2 * power - 1), bucket + 63);
	}
}

/* Walks from the first value of each bucket to the first of the next. */
static void every_bucket_is_used_and_none_is_wider_than_its_64th(void **state)
{
	uint64_t first = 0;

	(void)state;
	for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		uint64_t width = 1;

		while (first >> HISTOGRAM_MAX_BITS == 0 && first / 64 >= 2 * width)
			width *= 2;
		assert_int_equal(histogram_bucket(first), bucket);
		assert_int_equal(histogram_bucket(first + width - 1), bucket);
		first += width;
		if (bucket + 1 < HISTOGRAM_BUCKETS)
			assert_int_equal(histogram_bucket(first), bucket + 1);
	}
	assert_true(first == LARGEST + 1);
}

static void buckets_rise_with_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		const uint64_t value = random_bits(&noise) >> random_below(&noise, 64);
		const uint64_t larger = value + random_below(&noise, 1000);

		if (larger >= value)
			assert_true(histogram_bucket(value) <= histogram_bucket(larger));
		assert_true(histogram_bucket(value) < HISTOGRAM_BUCKETS);
	}
}

static void the_largest_values_share_the_last_bucket(void **state)
{
	static const uint64_t values[] = { LARGEST, LARGEST + 1, LARGEST + 2, UINT64_MAX / 2,
		UINT64_MAX - 1, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++)
		assert_int_equal(histogram_bucket(values[i]), HISTOGRAM_BUCKETS - 1);
	assert_int_equal(histogram_bucket(LARGEST - (UINT64_C(1) << 33)), HISTOGRAM_BUCKETS - 2);
}

/* Quantiles. */

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* By the definition: the first of sorted values that has enough others below it or equal. */
static uint64_t exact_quantile(const uint64_t *sorted, size_t count, double quantile)
{
	size_t i = 0;

	/* Of rounding errors, a billionth of a value is more than enough. */
	while (i + 1 < count && (double)(i + 1) < quantile * (double)count - 1e-9)
		i++;
	return sorted[i];
}

static void assert_quantiles(uint64_t *values, size_t count)
{
	qsort(values, count, sizeof(values[0]), compare);
	for (size_t i = 0; i < COUNT(quantiles); i++) {
		const uint64_t exact = exact_quantile(values, count, quantiles[i]);
		const uint64_t found = histogram_quantile(&histogram, quantiles[i]);

		if (found < exact || found > exact + exact / 64)
			fail_msg("quantile %g of %zu values: %llu instead of %llu", quantiles[i],
				count, (unsigned long long)found, (unsigned long long)exact);
		assert_in_range(found, values[0], values[count - 1]);
	}
}

static void quantiles_are_those_of_random_values(void **state)
{
	uint64_t values[VALUES_MAX];

	(void)state;
	for (size_t count = 1; count <= VALUES_MAX; count = count * 2 + 1) {
		histogram_clear(&histogram);
		for (size_t i = 0; i < count; i++) {
			values[i] = (random_bits(&noise) & LARGEST) >> random_below(&noise, 40);
			histogram_add(&histogram, values[i]);
		}
		assert_quantiles(values, count);
	}
}

/* Few different values, so that many quantiles fall on the edge between two. */
static void quantiles_are_those_of_tied_values(void **state)
{
	static const uint64_t few[] = { 3, 100, 1000, 1023, 1024, 50000, LARGEST };
	uint64_t values[VALUES_MAX];

	(void)state;
	for (size_t count = 1; count <= 1000; count++) {
		histogram_clear(&histogram);
		for (size_t i = 0; i < count; i++) {
			values[i] = few[random_below(&noise, COUNT(few))];
			histogram_add(&histogram, values[i]);
		}
		assert_quantiles(values, count);
	}
}

/* The 99th of 1 to 100 is 99, though 0.99 * 100 and 0.07 * 100 are not whole as doubles. */
static void a_quantile_of_whole_percents_is_that_value(void **state)
{
	(void)state;
	for (uint64_t value = 1; value <= 100; value++)
		histogram_add(&histogram, value);
	for (uint64_t percent = 1; percent <= 100; percent++)
		assert_int_equal(histogram_quantile(&histogram, (double)percent / 100), percent);
}

static void every_quantile_of_a_single_value_is_that(void **state)
{
	static const uint64_t values[] = { 0, 1, 63, 64, 127, 129, 1000003, LARGEST - 1, LARGEST,
		LARGEST + 1, UINT64_MAX };

	(void)state;
	for (size_t v = 0; v < COUNT(values); v++) {
		histogram_clear(&histogram);
		histogram_add(&histogram, values[v]);
		for (size_t i = 0; i < COUNT(quantiles); i++)
			assert_true(histogram_quantile(&histogram, quantiles[i]) == values[v]);
	}
}

static void every_quantile_of_nothing_is_0(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(quantiles); i++)
		assert_int_equal(histogram_quantile(&histogram, quantiles[i]), 0);
	assert_true(histogram.count == 0 && histogram.max == 0);
	assert_true(histogram.min == UINT64_MAX);
}

/* All that is known of those beyond the last bucket is that they are no larger than the maximum. */
static void quantiles_beyond_the_last_bucket_are_the_maximum(void **state)
{
	(void)state;
	histogram_add(&histogram, 5);
	histogram_add(&histogram, LARGEST * 2);
	histogram_add(&histogram, LARGEST * 4);
	assert_int_equal(histogram_quantile(&histogram, 0.3), 5);
	assert_true(histogram_quantile(&histogram, 0.5) == LARGEST * 4);
	assert_true(histogram_quantile(&histogram, 1) == LARGEST * 4);
}

static void the_last_quantile_is_exact(void **state)
{
	(void)state;
	for (uint64_t value = 1000; value < 1000000; value += 997)
		histogram_add(&histogram, value);
	assert_int_equal(histogram_quantile(&histogram, 1), histogram.max);
	assert_int_equal(histogram_quantile(&histogram, 0.99999), histogram.max);
}

/* The rest. */

static void max_and_min_are_exact(void **state)
{
	(void)state;
	histogram_add(&histogram, 1000001);
	histogram_add(&histogram, 1000003);
	histogram_add(&histogram, UINT64_MAX - 1);
	assert_int_equal(histogram.min, 1000001);
	assert_true(histogram.max == UINT64_MAX - 1);
	assert_int_equal(histogram.count, 3);
}

static void merging_is_as_if_all_were_added_to_one(void **state)
{
	static struct histogram all;

	(void)state;
	histogram_clear(&all);
	for (size_t i = 0; i < 10000; i++) {
		const uint64_t value = random_bits(&noise) >> random_below(&noise, 64);

		histogram_add(i % 3 ? &histogram : &other, value);
		histogram_add(&all, value);
	}
	histogram_merge(&histogram, &other);
	assert_memory_equal(&histogram, &all, sizeof(all));
}

static void merging_nothing_changes_nothing(void **state)
{
	static struct histogram before;

	(void)state;
	histogram_add(&histogram, 17);
	before = histogram;
	histogram_merge(&histogram, &other);
	assert_memory_equal(&histogram, &before, sizeof(before));
	histogram_merge(&other, &histogram);
	assert_memory_equal(&other, &before, sizeof(before));
}

static void merging_nothing_into_nothing_is_nothing(void **state)
{
	(void)state;
	histogram_merge(&histogram, &other);
	assert_memory_equal(&histogram, &other, sizeof(other));
	assert_int_equal(histogram_quantile(&histogram, 0.5), 0);
}

static void clearing_forgets_everything(void **state)
{
	(void)state;
	histogram_add(&histogram, 17);
	histogram_add(&histogram, UINT64_MAX);
	histogram_clear(&histogram);
	assert_memory_equal(&histogram, &other, sizeof(other));
}

#define TEST(test) cmocka_unit_test_setup(test, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(small_values_have_a_bucket_each),
		TEST(every_power_of_two_begins_a_bucket),
		TEST(every_bucket_is_used_and_none_is_wider_than_its_64th),
		TEST(buckets_rise_with_values),
		TEST(the_largest_values_share_the_last_bucket),
		TEST(quantiles_are_those_of_random_values),
		TEST(quantiles_are_those_of_tied_values),
		TEST(a_quantile_of_whole_percents_is_that_value),
		TEST(every_quantile_of_a_single_value_is_that),
		TEST(every_quantile_of_nothing_is_0),
		TEST(quantiles_beyond_the_last_bucket_are_the_maximum),
		TEST(the_last_quantile_is_exact),
		TEST(max_and_min_are_exact),
		TEST(merging_is_as_if_all_were_added_to_one),
		TEST(merging_nothing_changes_nothing),
		TEST(merging_nothing_into_nothing_is_nothing),
		TEST(clearing_forgets_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
