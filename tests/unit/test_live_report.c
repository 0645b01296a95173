/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a live run's report says of made-up measurements: figures by hand, each verdict, and every
 * format.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <errno.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/values.h"
#include "results/result_file.h"
#include "results/style.h"
#include "support/readers.h"

#define ROUNDS 20
#define SECOND 1000000000
#define ALONE_NS 40
#define RING_SIZE (1 << 20)

/* Too large for the stack. */
static struct measurement m;
static struct table table;
static const struct live_advice *advice;
static bool verbose;

/* A combination: each round has these figures with a jitter of +- 0.5 %. */
struct made {
	const struct reader *reader;
	enum live_wait wait;
	double consumed; /* events in a round of a second */
	double lost;
	double cpu; /* share of a CPU */
	double producer_ns;
	double wakeups; /* an event; NAN: not known */
	uint64_t latency_ns, off_cpu_ns;
};

static const struct made polled = { &libbpf_reader, WAIT_LIBBPF_POLL, 2e6, 0, 0.44, 480, 0.3, 20000,
	0 };
static const struct made paced = { &batch_reader, WAIT_PACED, 14e6, 0, 0.09, 45, 0, 1000000, 0 };
static const struct made spinning = { &libbpf_reader, WAIT_LIBBPF_SPIN, 5e5, 0, 1, 1670, 0, 900,
	0 };

static void fill(struct samples *samples, const struct made *made)
{
	samples->combination = (struct combination){ made->reader, made->wait };
	for (size_t i = 0; i < m.rounds; i++) {
		const double jitter = 0.995 + 0.01 * (double)(i * 7 % ROUNDS) / ROUNDS;
		struct round *round = &samples->rounds[i];

		*round = (struct round){
			.elapsed_ns = SECOND,
			.consumed = (uint64_t)(made->consumed * jitter),
			.lost = (uint64_t)made->lost,
			.producer_ns_per_event = made->producer_ns * jitter,
			.consumer_cpu_ns = (int64_t)(made->cpu * SECOND * jitter),
			.off_cpu_ns = made->off_cpu_ns,
			.sleeps = isnan(made->wakeups) ? LIVE_UNKNOWN : 10000,
			.wakeups = isnan(made->wakeups)
					   ? LIVE_UNKNOWN
					   : (uint64_t)(made->wakeups * made->consumed),
			.high_water = made->lost > 0 ? RING_SIZE : RING_SIZE / 8,
		};
		round->produced = round->consumed + round->lost + round->discarded;
	}
	histogram_clear(&samples->latency);
	for (int i = 0; made->latency_ns > 0 && i < 1000; i++)
		histogram_add(&samples->latency, made->latency_ns);
}

/* A measurement of these; the reference runs twice, which is the first without libbpf's poll. */
static void measure_rounds(const struct made *const *made, size_t count, size_t rounds)
{
	m.count = count;
	m.rounds = rounds;
	m.reference = 0;
	m.twin = true;
	for (size_t i = 0; i < count; i++) {
		fill(&m.samples[i], made[i]);
		if (made[i]->reader == &libbpf_reader && made[i]->wait == WAIT_LIBBPF_POLL)
			m.reference = i;
	}
	fill(&m.samples[count], made[m.reference]);
}

#define MEASURE(rounds, ...)                                        \
	measure_rounds((const struct made *const[]){ __VA_ARGS__ }, \
		sizeof((const struct made *const[]){ __VA_ARGS__ }) / sizeof(void *), rounds)

static int start(void **state)
{
	(void)state;
	m.workload = (struct workload){
		.source = SOURCE_BPF,
		.producers = 1,
		.rate = PARSE_RATE_MAX,
		.duration_ns = SECOND,
		.event_size = 64,
		.ring_size = RING_SIZE,
		.rings = 1,
		.latency_budget_ns = 1000000,
		.consumer_cpu = 1,
	};
	m.alone_ns = ALONE_NS;
	m.own_memory = 1 << 20;
	advice = NULL;
	verbose = false;
	return 0;
}

#define assert_near(actual, expected) \
	assert_true(fabs((double)(actual) - (expected)) <= 1e-9 * fabs((double)(expected)))

/* Results. */

static const struct peers no_peers;

static void fill_table(void)
{
	table_free(&table);
	table.command = "live";
	table.command_line = "live -made up";
	table.workload = live_workload_json(&m);
	table.machine = json_object();
	table.warnings = json_array();
	table.peers = &no_peers;
	table.own_memory = 1 << 20;
	table.more = advice ? live_advice_json(advice) : NULL;
	if (m.count > 0)
		live_add_group(&table, &m);
}

static struct ratio ratio_of(size_t row, enum metric metric)
{
	const struct row *to = table_baseline(&table, &table.rows[row], NULL);

	assert_non_null(to);
	return table_ratio(&table, &table.rows[row], to, metric);
}

static const struct summary *summary_in(size_t row, enum metric metric)
{
	return row_summary(&table.rows[row], metric);
}

static void totals_are_sums_and_the_highest_water(void **state)
{
	(void)state;
	MEASURE(2, &paced);
	m.samples[0].rounds[0] = (struct round){ .elapsed_ns = 1,
		.produced = 10,
		.consumed = 5,
		.lost = 3,
		.discarded = 2,
		.sleeps = 7,
		.wakeups = 4,
		.high_water = 900 };
	m.samples[0].rounds[1] = (struct round){ .elapsed_ns = 1,
		.produced = 111,
		.consumed = 100,
		.lost = 10,
		.discarded = 1,
		.sleeps = 1,
		.wakeups = 1,
		.high_water = 800 };
	fill_table();
	assert_int_equal(table.row_count, 1);
	assert_near(row_value(&table.rows[0], METRIC_PRODUCED), 121);
	assert_near(row_value(&table.rows[0], METRIC_CONSUMED), 105);
	assert_near(row_value(&table.rows[0], METRIC_LOST), 13);
	assert_near(row_value(&table.rows[0], METRIC_DISCARDED), 3);
	assert_near(row_value(&table.rows[0], METRIC_SLEEPS), 8);
	assert_near(row_value(&table.rows[0], METRIC_WAKEUPS), 5);
	assert_near(row_value(&table.rows[0], METRIC_HIGH_WATER), 900);
}

static void figures_are_an_event_consumed(void **state)
{
	(void)state;
	MEASURE(1, &paced);
	m.samples[0].rounds[0] = (struct round){ .elapsed_ns = 4000,
		.produced = 30,
		.consumed = 20,
		.lost = 10,
		.producer_ns_per_event = 50,
		.consumer_cpu_ns = 1000 };
	fill_table();
	assert_near(summary_in(0, METRIC_NS)->median, 200);
	assert_near(summary_in(0, METRIC_CPU_NS)->median, 50);
	assert_near(summary_in(0, METRIC_CPU_PERCENT)->median, 25);
	assert_near(summary_in(0, METRIC_PRODUCER_NS)->median, 50);
	assert_near(row_mevents_per_s(&table.rows[0]), 5);
}

static void the_reference_is_libbpfs_poll(void **state)
{
	(void)state;
	MEASURE(ROUNDS, &paced, &spinning, &polled);
	fill_table();
	assert_int_equal(table.groups[0].reference, 2);
	assert_ptr_equal(table_baseline(&table, &table.rows[0], NULL), &table.rows[2]);
	assert_ptr_equal(table_baseline(&table, &table.rows[1], NULL), &table.rows[2]);
	assert_null(table_baseline(&table, &table.rows[2], NULL));
}

static void the_reference_is_else_the_first(void **state)
{
	(void)state;
	MEASURE(ROUNDS, &paced, &spinning);
	fill_table();
	assert_int_equal(table.groups[0].reference, 0);
	assert_ptr_equal(table_baseline(&table, &table.rows[1], NULL), &table.rows[0]);
}

static void above_one_is_better_in_every_ratio(void **state)
{
	/* CPU time an event: 0.4 / 2e6 against 0.2 / 8e6. */
	const struct made slow = { &libbpf_reader, WAIT_LIBBPF_POLL, 2e6, 0, 0.4, 400, 0, 0, 0 };
	const struct made fast = { &view_reader, WAIT_EVENT, 8e6, 0, 0.2, 50, 0, 0, 0 };

	(void)state;
	MEASURE(ROUNDS, &slow, &fast);
	fill_table();
	assert_true(fabs(ratio_of(1, METRIC_NS).median - 4) < 1e-3);
	assert_true(fabs(ratio_of(1, METRIC_CPU_NS).median - 8) < 1e-3);
	assert_true(fabs(ratio_of(1, METRIC_PRODUCER_NS).median - 8) < 1e-3);
	assert_int_equal(ratio_of(1, METRIC_NS).verdict, VERDICT_FASTER);
	assert_int_equal(ratio_of(1, METRIC_CPU_NS).verdict, VERDICT_FASTER);
	assert_int_equal(ratio_of(1, METRIC_PRODUCER_NS).verdict, VERDICT_FASTER);
}

static void ratios_are_paired_by_round(void **state)
{
	(void)state;
	MEASURE(ROUNDS, &polled, &paced);
	/* A round that is slow for all changes nothing. */
	for (size_t i = 0; i < 3; i++)
		m.samples[i].rounds[4].elapsed_ns *= 10;
	fill_table();
	assert_true(ratio_of(1, METRIC_NS).interval.high < 7.01);
	assert_true(ratio_of(1, METRIC_NS).interval.low > 6.99);
}

static void the_twin_gives_the_noise(void **state)
{
	(void)state;
	MEASURE(ROUNDS, &polled, &paced);
	for (size_t i = 0; i < ROUNDS; i++)
		m.samples[2].rounds[i].elapsed_ns = SECOND * 103LL / 100;
	fill_table();
	assert_true(fabs(table.groups[0].noise[METRIC_NS].own - 0.03) < 1e-6);
}

/* The consumer's CPU time is noisy, which says nothing against the events a second. */
static void each_figure_has_its_own_noise(void **state)
{
	const struct made twice = { &batch_reader, WAIT_PACED, 4e6, 0, 0.44, 45, 0, 0, 0 };

	(void)state;
	MEASURE(ROUNDS, &polled, &twice);
	for (size_t i = 0; i < ROUNDS; i++)
		m.samples[2].rounds[i].consumer_cpu_ns *= 3;
	fill_table();
	assert_true(table.groups[0].noise[METRIC_NS].own < 0.001);
	assert_int_equal(ratio_of(1, METRIC_NS).verdict, VERDICT_FASTER);
	assert_true(ratio_of(1, METRIC_CPU_NS).median > 1.9);
	assert_int_not_equal(ratio_of(1, METRIC_CPU_NS).verdict, VERDICT_FASTER);
}

static void without_a_twin_nothing_is_sure(void **state)
{
	(void)state;
	MEASURE(ROUNDS, &polled, &paced);
	m.twin = false;
	fill_table();
	assert_true(isinf(table.groups[0].noise[METRIC_NS].own));
	assert_int_equal(ratio_of(1, METRIC_NS).verdict, VERDICT_TOO_FEW);
}

static void one_round_has_no_interval(void **state)
{
	(void)state;
	MEASURE(1, &polled, &paced);
	fill_table();
	assert_true(summary_in(1, METRIC_NS)->valid);
	assert_false(summary_in(1, METRIC_NS)->has_interval);
	assert_true(ratio_of(1, METRIC_NS).valid);
	assert_false(ratio_of(1, METRIC_NS).has_interval);
	assert_int_equal(ratio_of(1, METRIC_NS).verdict, VERDICT_TOO_FEW);
	assert_true(isinf(table.groups[0].noise[METRIC_NS].own));
}

static void nothing_consumed_is_no_number(void **state)
{
	(void)state;
	MEASURE(ROUNDS, &polled, &paced);
	m.samples[1].rounds[3].consumed = 0;
	fill_table();
	assert_false(summary_in(1, METRIC_NS)->valid);
	assert_false(summary_in(1, METRIC_CPU_NS)->valid);
	assert_false(ratio_of(1, METRIC_NS).valid);
	assert_true(row_mevents_per_s(&table.rows[1]) == 0);
}

static void names_say_path_and_wait(void **state)
{
	char name[32];

	(void)state;
	assert_string_equal(combination_name((struct combination){ &view_reader, WAIT_EVENT }, name,
				    sizeof(name)),
		"view/event");
	assert_string_equal(
		combination_name((struct combination){ &libbpf_reader, WAIT_LIBBPF_POLL }, name,
			sizeof(name)),
		"libbpf-poll");
	assert_string_equal(
		combination_name((struct combination){ &dropin_reader, WAIT_LIBBPF_POLL }, name,
			sizeof(name)),
		"dropin/libbpf-poll");
}

/* Verdicts. */

static void assert_matches(const char *text, const char *pattern)
{
	regex_t compiled;
	int found;

	assert_int_equal(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE), 0);
	found = regexec(&compiled, text, 0, NULL, 0);
	regfree(&compiled);
	if (found != 0)
		fail_msg("no /%s/ in: %s", pattern, text);
}

/* The verdict on combination @index matches, and is whole. */
static void assert_verdict(size_t index, const char *pattern)
{
	const char *text;

	fill_table();
	text = table.rows[index].verdict;
	assert_matches(text, pattern);
	assert_matches(text, "^[A-Z].*\\.$");
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
}

#define MADE(...)            \
	&(const struct made) \
	{                    \
		__VA_ARGS__  \
	}

static const struct {
	const struct made *made[3];
	const char *verdicts[3]; /* of each; NULL: any */
	/* 0: as usual. */
	uint64_t rate, notify_events;
	uint32_t producers, rings;
	int64_t work_ns, latency_budget_ns, duration_ns;
	enum live_notify notify;
	bool overwrite;
} judged[] = {
	{ { MADE(&batch_reader, WAIT_PACED, 1e6, 0, 0.041, 45, 0, 1020000, 0) },
		{ "^Nothing limits it: all of 1 Mev/s were read, with 4\\.1 % of a CPU, "
		  "p99 1\\.0[0-9]+ms\\. A higher -rate" },
		.rate = 1000000 },
	{ { MADE(&view_reader, WAIT_BUSY, 1e6, 0, 1, 60, 0, 0, 0) },
		{ "with 100 % of a CPU\\. It never sleeps: -wait paced" }, .rate = 1000000 },
	{ { MADE(&batch_reader, WAIT_EVENT, 1e5, 0, 0.3, 900, 0.9, 5000, 0) },
		{ "^Nothing limits it: .*Notifications cost the producers 860 ns .* "
		  "sampled:256\\.$" },
		.rate = 100000 },
	{ { MADE(&copy_reader, WAIT_EVENT, 9e6, 1e6, 0.99, 60, 0.001, 5000, 0) },
		{ "^The consumer is the limit: it was busy for 99 % of a CPU, and 10 % of the "
		  "events were lost; it takes 110 ns per event, 50 ns of which are -work\\. "
		  "Use -mode batch, .* more consumers" },
		.work_ns = 50 },
	/* 10 Mev/s of 72 B for 4 ms: 2.9 MB. */
	{ { MADE(&batch_reader, WAIT_PACED, 9e6, 1e6, 0.12, 45, 0, 4000000, 0) },
		{ "^A ring of 1MiB is too small for the bursts: it filled up, and 10 % of the "
		  "events were lost, with the consumer busy for only 12 % of a CPU\\. Events waited "
		  "up to 4ms, which needs about -ring-size 4MiB, or a smaller -latency-budget; "
		  "-advise" },
		.rate = 0 },
	/* Whatever is slow: events that are not read in time are meant to be overwritten. */
	{ { MADE(&copy_reader, WAIT_PACED, 9e6, 1e6, 0.12, 45, 0, 4000000, 0),
		  MADE(&copy_reader, WAIT_EVENT, 5e6, 5e6, 0.99, 45, 0, 4000000, 0),
		  MADE(&copy_reader, WAIT_BUSY, 9e6, 1e6, 0.9, 45, 0, 4000000, 400000000) },
		{ "^The ring overwrites its oldest events, .*: 10 % of the events were "
		  "overwritten unread, and 9 Mev/s were read with 12 % of a CPU\\. A larger",
			"^The ring overwrites its oldest events, .*: 50 % ",
			"^The ring overwrites its oldest events" },
		.overwrite = true },
	{ { MADE(&copy_reader, WAIT_EVENT, 5e6, 5e6, 0.99, 45, 0, 4000000, 0) },
		{ "^Nothing wakes the consumer" }, .overwrite = true, .notify = NOTIFY_NEVER },
	/* Two rings share the bursts. */
	{ { MADE(&batch_reader, WAIT_EVENT, 9e6, 1e6, 0.12, 45, 0, 8000000, 0) },
		{ "-ring-size 4MiB; -advise" }, .rings = 2 },
	/* Without latencies the ring is doubled. */
	{ { MADE(&batch_reader, WAIT_EVENT, 9e6, 1e6, 0.12, 45, 0, 0, 0) },
		{ "of a CPU\\. It needs at least -ring-size 2MiB; -advise" }, .rate = 0 },
	{ { MADE(&batch_reader, WAIT_EVENT, 9e6, 1e6, 0.12, 45, 0, 9000000000, 0) },
		{ "up to 9s; no ring is large enough for that\\. Find what keeps" }, .rate = 0 },
	/* 14563 events in the ring at 10 Mev/s take 1.5 ms to read. A loop that never sleeps takes all
	 * of its CPU either way. */
	{ { MADE(&view_reader, WAIT_BUSY, 10e6, 1e6, 1, 45, 0, 1400000, 0),
		  MADE(&view_reader, WAIT_BUSY, 10e6, 1e6, 1, 45, 0, 3000, 0) },
		{ "^The consumer is the limit: .* for 100 % of a CPU, .*; it takes 100 ns per "
		  "event\\.",
			"^A ring of 1MiB is too small .* half of the events read waited less than "
			"3" },
		.rate = 0 },
	/* Few wakeups, but at microseconds each they are all that there is. */
	{ { MADE(&batch_reader, WAIT_EVENT, 6e6, 0, 0.26, 140, 0.006, 0, 0),
		  MADE(&batch_reader, WAIT_EVENT, 6e6, 0, 0.26, 340, 0.006, 0, 0) },
		{ "Notifications cost the producers 100 ns",
			"polls too often: an event costs its producer 300 ns" },
		.rate = 0 },
	{ { MADE(&view_reader, WAIT_EVENT, 1e4, 9e6, 0.01, 45, 0, 5000, 0) },
		{ "^Nothing wakes the consumer: .*-notify never.* Use -wait paced" },
		.notify = NOTIFY_NEVER },
	{ { &polled, &paced },
		{ "^The producers are the limit: .* 2 Mev/s, 480 ns .*\\. Notifications cost the "
		  "producers 440 ns per event more than alone \\(40 ns\\), with 0\\.3 "
		  "wakeups per event\\. Use -wait paced, or notify less often: -notify "
		  "sampled:128\\.$",
			"^The producers are the limit: at full rate they produced 14 Mev/s, 45 ns "
			"per event \\(40 ns alone\\), and all events were read with 9 % of a CPU\\. "
			"The consumer could read more\\. More -producers" },
		.rate = 0 },
	/* Sampling is made rarer. */
	{ { &polled }, { "-notify sampled:2000\\.$" }, .notify = NOTIFY_SAMPLED,
		.notify_events = 500 },
	{ { &polled, &spinning, &paced },
		{ NULL, "The consumer polls too often: an event costs its producer 1630 ns more "
			"than alone \\(40 ns\\), .* Use -wait paced with -mode batch, or -notify "
			"never" },
		.rate = 0 },
	{ { MADE(&batch_reader, WAIT_PACED, 5e6, 0, 0.5, 200, 0, 0, 0),
		  MADE(&view_reader, WAIT_PACED, 5e6, 0, 0.5, 200, 0, 0, 0), &paced },
		{ "polls too often.* Raise -latency-budget\\.$",
			"polls too often.* Use -mode batch, which releases many records at "
			"once\\.$" },
		.rate = 0 },
	/* The other pays notifications above all. */
	{ { MADE(&libbpf_reader, WAIT_LIBBPF_POLL, 1e6, 0, 0.4, 900, 0.4, 0, 0),
		  MADE(&batch_reader, WAIT_PACED, 5e6, 0, 0.1, 300, 0, 0, 0) },
		{ "Notifications cost",
			" 4 producers share 2 rings and wait for each other's lock: an event costs "
			"at least 300 ns .* 40 ns with one .* -rings 4\\.$" },
		.producers = 4, .rings = 2 },
	/* With a ring each there is no lock to wait for. */
	{ { MADE(&batch_reader, WAIT_PACED, 5e6, 0, 0.1, 300, 0, 0, 0) }, { "polls too often" },
		.producers = 4, .rings = 4 },
	{ { MADE(&batch_reader, WAIT_PACED, 2e6, 0, 0.1, 45, 0, 1000, 0) },
		{ "^The producers cannot sustain the rate: 2 of 8 Mev/s \\(25 %\\), at 45 ns .* "
		  "Lower -rate, or raise -producers" },
		.rate = 8000000 },
	{ { &polled }, { "^The producers cannot sustain the rate: .* Notifications cost" },
		.rate = 8000000 },
	/* Both are true. */
	{ { MADE(&batch_reader, WAIT_PACED, 1e6, 1e6, 0.12, 45, 0, 4000000, 0) },
		{ "^A ring of 1MiB is too small .* The producers reached 2 of 8 Mev/s\\.$" },
		.rate = 8000000 },
	/* Ten per cent of 20 s were lost, and it waited for its CPU for 1.2 s of them. */
	{ { MADE(&batch_reader, WAIT_PACED, 9e6, 1e6, 0.12, 45, 0, 4000000, 60000000) },
		{ "^The consumer was kept off its CPU for 1\\.2s of 20s: it was ready to run, and "
		  "the scheduler did not run it; 10 % of the events were lost\\. Give it a CPU of "
		  "its own" },
		.rate = 0 },
	/* Shorter by far than the losses. */
	{ { MADE(&batch_reader, WAIT_PACED, 9e6, 1e6, 0.12, 45, 0, 4000000, 2000000) },
		{ "^A ring of 1MiB is too small" }, .rate = 0 },
	/* 2 ms of a second are not the 1 % that is late. */
	{ { MADE(&batch_reader, WAIT_PACED, 1e5, 0, 0.02, 45, 0, 18000000, 2000000),
		  MADE(&batch_reader, WAIT_BUSY, 1e5, 0, 1, 45, 0, 18000000, 300000000) },
		{ "^Latency exceeds the budget: p99 is 18(\\.[0-9]+)?ms, the budget 200\xc2\xb5s; "
		  "none was lost\\. Lower -latency-budget",
			"^Latency exceeds the budget: .* kept off its CPU for 6s" },
		.rate = 100000, .latency_budget_ns = 200000 },
	{ { MADE(&batch_reader, WAIT_PACED, 2e5, 0, 0.02, 45, 0, 1000, 0) },
		{ "^The producers were kept off their CPUs: they ran for 0\\.9 % of the time" },
		.rate = 0 },
	{ { MADE(&batch_reader, WAIT_PACED, 1e6, 0, 0.95, 45, 0, 18000000, 0) },
		{ "^The consumer is the limit: with 95 % of a CPU it read for 20s what came in 2s\\." },
		.rate = 0, .duration_ns = 100000000 },
	{ { MADE(&view_reader, WAIT_EVENT, 0, 5, 0, 45, 0, 0, 0) },
		{ "^Nothing was consumed, and 100 events were lost" }, .rate = 0 },
};

static void each_limit_and_cost_is_said(void **state)
{
	for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
		size_t count = 0;

		start(state);
		while (count < 3 && judged[i].made[count])
			count++;
		m.workload.rate = judged[i].rate;
		m.workload.work_ns = judged[i].work_ns;
		m.workload.notify = judged[i].notify;
		m.workload.notify_events = judged[i].notify_events;
		m.workload.overwrite = judged[i].overwrite;
		if (judged[i].producers > 0)
			m.workload.producers = judged[i].producers;
		if (judged[i].rings > 0)
			m.workload.rings = judged[i].rings;
		if (judged[i].duration_ns > 0)
			m.workload.duration_ns = judged[i].duration_ns;
		if (judged[i].latency_budget_ns > 0)
			m.workload.latency_budget_ns = judged[i].latency_budget_ns;
		measure_rounds(judged[i].made, count, ROUNDS);
		for (size_t row = 0; row < count; row++)
			if (judged[i].verdicts[row])
				assert_verdict(row, judged[i].verdicts[row]);
	}
}

static void without_knowing_the_cost_alone_none_is_blamed(void **state)
{
	(void)state;
	m.alone_ns = 0;
	MEASURE(ROUNDS, &polled);
	assert_verdict(0, "^The producers are the limit: .* More -producers");
}

static char *written(enum format format, bool colour);

/* Rows that share a limit share its line. */
static void each_limit_has_one_line(void **state)
{
	const struct made again = { &view_reader, WAIT_PACED, 14e6, 0, 0.09, 45, 0, 1000000, 0 };
	char *text;

	(void)state;
	MEASURE(ROUNDS, &polled, &paced, &again);
	text = written(FORMAT_TEXT, false);
	assert_matches(
		text, "^limit: the producers: (batch/paced view/paced|view/paced batch/paced)$");
	assert_matches(text, "^limit: the producers; notifications: libbpf-poll$");
	free(text);
	m.workload.overwrite = true;
	MEASURE(ROUNDS, MADE(&copy_reader, WAIT_PACED, 9e6, 1e6, 0.12, 45, 0, 4000000, 0));
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "^limit: the ring overwrites: copy/paced$");
	free(text);
}

static void nothing_was_to_be_kept(void **state)
{
	const struct made none = { &view_reader, WAIT_EVENT, 0, 0, 0, 0, 0, 0, 0 };

	(void)state;
	MEASURE(1, &none);
	m.samples[0].rounds[0].produced = m.samples[0].rounds[0].discarded = 7;
	assert_verdict(0, "^Nothing was consumed: the producers discarded all of 7 events");
}

/* In one round nothing was consumed: there is no median, and the totals speak. */
static void a_round_without_events_leaves_a_verdict(void **state)
{
	(void)state;
	MEASURE(ROUNDS, &paced);
	m.samples[0].rounds[3].consumed = m.samples[0].rounds[3].produced = 0;
	assert_verdict(0, "at full rate they produced 13\\.3 Mev/s");
}

static void measure_everything(size_t rounds);

/* Also one on what loses and costs at the same time. */
static void every_verdict_is_whole_sentences(void **state)
{
	static const enum live_notify notifies[] = { NOTIFY_DEFAULT, NOTIFY_NEVER, NOTIFY_SAMPLED };

	(void)state;
	m.workload.producers = LIVE_PRODUCERS_MAX;
	m.workload.rings = LIVE_RINGS_MAX - 1;
	m.workload.work_ns = 1000000;
	m.workload.notify_events = 123456;
	for (int i = 0; i < 3 * 3 * 3; i++) {
		m.workload.notify = notifies[i % 3];
		m.workload.rate = i / 3 % 3 == 0 ? PARSE_RATE_MAX : i / 3 % 3 == 1 ? 1 : 123456789;
		measure_everything(ROUNDS);
		for (size_t j = 0; j < m.count; j++)
			for (size_t round = 0; i >= 9 && round < ROUNDS; round++) {
				m.samples[j].rounds[round].producer_ns_per_event *= 1234;
				m.samples[j].rounds[round].wakeups *= i >= 18;
			}
		fill_table();
		for (size_t j = 0; j < m.count; j++) {
			assert_matches(table.rows[j].verdict, "^[A-Z][^{}]*\\.$");
		}
	}
}

/* Formats. */

static char *written(enum format format, bool colour)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fill_table();
	if (format == FORMAT_TEXT)
		live_write_text(out, &table, &m, advice, colour, verbose);
	else
		table_write(out, &table, format);
	assert_int_equal(fclose(out), 0);
	return text;
}

static size_t columns(const char *line, size_t length)
{
	size_t count = 0;

	/* Bytes that go on with a UTF-8 character are none. */
	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)line[i] & 0xc0) != 0x80;
	return count;
}

static void assert_narrow(const char *text)
{
	while (*text) {
		const size_t length = strcspn(text, "\n");

		if (columns(text, length) > STYLE_COLUMNS)
			fail_msg("too wide: %.*s", (int)length, text);
		text += length + 1;
	}
}

/* A line of drain and sweep too, whose paths have the longest names. */
static void the_note_on_two_humps_is_no_wider(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	MEASURE(ROUNDS, &polled, &paced);
	fill_table();
	for (size_t i = 0; i < 2; i++) {
		table.rows[i].cells[METRIC_NS].summary.two_humped = true;
		table.rows[i].path = "cilium-ebpf-raw";
		table.rows[i].wait = "";
		table.rows[i].event_size = 65536;
	}
	style_write_oddities(out, &table);
	assert_int_equal(fclose(out), 0);
	assert_narrow(text);
	assert_non_null(strstr(text, "cilium-ebpf-raw"));
	assert_non_null(strstr(text, "and others"));
	assert_non_null(strstr(text, "only.\n"));
	free(text);
}

#define EVERYTHING 13 /* combinations */

static void measure_everything(size_t rounds)
{
	static const struct made made[] = {
		{ &libbpf_reader, WAIT_LIBBPF_POLL, 2.1e6, 0, 0.44, 480, 0.3, 20000, 0 },
		{ &libbpf_reader, WAIT_LIBBPF_SPIN, 5e5, 0, 1, 1670, 0, 900, 0 },
		{ &copy_reader, WAIT_EVENT, 9e6, 1e6, 0.99, 60, 0.001, 5000, 0 },
		{ &copy_reader, WAIT_PACED, 9e6, 1e6, 0.12, 45, 0, 4000000, 0 },
		{ &copy_reader, WAIT_BUSY, 2e8, 3e9, 1, 12345, 0, 40000000000, 0 },
		{ &view_reader, WAIT_EVENT, 1e4, 9e6, 0.01, 45, 1, 5000, 0 },
		{ &view_reader, WAIT_PACED, 9e6, 1e6, 0.12, 45, 0, 90000000000, 0 },
		{ &view_reader, WAIT_BUSY, 9e6, 0, 0.00001, 300, 0.00001, 1, 0 },
		{ &batch_reader, WAIT_EVENT, 0, 5, 0, 0, 0, 0, 0 },
		{ &batch_reader, WAIT_PACED, 14e6, 0, 0.09, 45, 0, 1000000, 0 },
		{ &batch_reader, WAIT_BUSY, 14e6, 1, 0.2, 90, 0, 1000000, 0 },
		{ &aya_reader, WAIT_OWN, 3e6, 7, 0.4, 300, 0.1, 30000, 0 },
		{ &cilium_ebpf_reader, WAIT_OWN, 3e6, 7, 0.4, 300, NAN, 30000, 0 },
	};
	const struct made *list[EVERYTHING];

	_Static_assert(sizeof(made) / sizeof(made[0]) == EVERYTHING, "all of them");
	for (size_t i = 0; i < EVERYTHING; i++)
		list[i] = &made[i];
	measure_rounds(list, EVERYTHING, rounds);
}

static struct complaint ignored;

static void no_line_is_wider_than_a_page(void **state)
{
	static const size_t rounds[] = { 1, 4, ROUNDS, ROUNDS_MAX };
	static const uint64_t rates[] = { PARSE_RATE_MAX, 1000, 123456789 };

	(void)state;
	m.workload.producers = LIVE_PRODUCERS_MAX;
	m.workload.rings = 3;
	m.workload.notify = NOTIFY_SAMPLED;
	m.workload.notify_events = 123456789;
	m.workload.discard = 0.123456;
	m.workload.event_size = 0;
	assert_int_equal(mix_parse(MIX_NAMED, &m.workload.mix, &ignored), 0);
	m.workload.work_ns = 123456789;
	m.workload.timer_slack_ns = 123456789;
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 3; j++) {
			char *text;

			m.workload.rate = rates[j];
			measure_everything(rounds[i]);
			/* Noise that takes four digits to say. */
			for (size_t round = 0; round < rounds[i]; round++)
				m.samples[m.count].rounds[round].elapsed_ns *= 50;
			text = written(FORMAT_TEXT, false);
			assert_narrow(text);
			assert_null(strstr(text, "nan"));
			free(text);
		}
}

static void the_headline_compares_with_libbpfs_loop(void **state)
{
	char *text;

	(void)state;
	MEASURE(ROUNDS, &polled, &spinning, &paced);
	text = written(FORMAT_TEXT, false);
	assert_matches(text,
		"^batch/paced is best: 14\\.00 Mev/s, 9\\.0 % of a CPU, 7\\.00x libbpf-poll "
		"\\[7\\.00 7\\.00\\]$");
	free(text);
}

/* The next one may be as fast: only the comparison with the baseline is a verdict on both. */
static void the_headline_names_a_rival(void **state)
{
	const struct made rival = { &view_reader, WAIT_PACED, 14e6, 0, 0.09, 45, 0, 100000, 0 };
	char *text;

	(void)state;
	MEASURE(ROUNDS, &polled, &paced, &rival);
	text = written(FORMAT_TEXT, false);
	assert_matches(text,
		"^(batch|view)/paced is best: 14\\.00 Mev/s \\((view|batch)/paced: same\\), ");
	free(text);
}

static void a_reference_that_is_as_fast_is_named(void **state)
{
	const struct made twin = { &libbpf_reader, WAIT_LIBBPF_POLL, 14e6, 0, 0.09, 45, 0, 100000,
		0 };
	char *text;

	(void)state;
	MEASURE(ROUNDS, &twin, &paced);
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "^(batch/paced|libbpf-poll) is best: 14\\.00 Mev/s "
			     "\\((batch/paced|libbpf-poll): same\\), ");
	free(text);
}

/* The rate is given, so it is no merit: loss counts, then p99, then CPU, then the producer's time.
 */
static void at_a_rate_service_counts(void **state)
{
	const struct made fast = { &libbpf_reader, WAIT_LIBBPF_POLL, 1.2e6, 900, 0.01, 40, 0.3,
		9000, 0 };
	const struct made late = { &copy_reader, WAIT_PACED, 1e6, 0, 0.01, 40, 0, 80000, 0 };
	const struct made busy = { &view_reader, WAIT_BUSY, 1e6, 0, 1, 40, 0, 9000, 0 };
	const struct made dear = { &view_reader, WAIT_EVENT, 1e6, 0, 0.4, 480, 0, 9100, 0 };
	const struct made best = { &batch_reader, WAIT_EVENT, 1e6, 0, 0.4, 45, 0, 9000, 0 };
	char *text;

	(void)state;
	m.workload.rate = 1000000;
	MEASURE(ROUNDS, &fast, &late, &busy, &dear, &best);
	text = written(FORMAT_TEXT, false);
	assert_matches(
		text, "^batch/event is best: 1\\.00 Mev/s, p99 9\\.[0-9]+us, 40\\.0 % of a CPU");
	assert_matches(text, "^ranked by loss, p99, CPU, producer's cost, as the rate is fixed$");
	assert_true(strstr(text, "\nbatch/event ") < strstr(text, "\nview/event "));
	assert_true(strstr(text, "\nview/event ") < strstr(text, "\nview/busy "));
	assert_true(strstr(text, "\nview/busy ") < strstr(text, "\ncopy/paced "));
	assert_true(strstr(text, "\ncopy/paced ") < strstr(text, "\nlibbpf-poll "));
	free(text);
}

static void a_low_rate_has_digits(void **state)
{
	const struct made slow = { &batch_reader, WAIT_EVENT, 1e3, 0, 0.4, 45, 0, 9000, 0 };
	const struct made slower = { &view_reader, WAIT_EVENT, 1e3, 0, 0.4, 480, 0, 9100, 0 };
	char *text;

	(void)state;
	m.workload.rate = 1000;
	MEASURE(ROUNDS, &slow, &slower);
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "^batch/event is best: 0\\.0010 Mev/s");
	assert_matches(text, "^view/event +0\\.0010 ");
	free(text);
}

static void too_few_rounds_at_a_rate_decide_nothing(void **state)
{
	const struct made one = { &batch_reader, WAIT_EVENT, 1e6, 0, 0.4, 45, 0, 9000, 0 };
	const struct made other = { &view_reader, WAIT_EVENT, 1e6, 0, 0.4, 480, 0, 9100, 0 };
	char *text;

	(void)state;
	m.workload.rate = 1000000;
	MEASURE(2, &one, &other);
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "^undecided, too few rounds: batch/event: 1\\.00 Mev/s");
	free(text);
}

static void where_the_reference_is_best_the_next_is_named(void **state)
{
	char *text;

	(void)state;
	MEASURE(ROUNDS, &polled, &spinning);
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "^libbpf-poll is best: .*; then libbpf-spin, 0\\.25x");
	free(text);
}

static void one_combination_alone_is_compared_with_nothing(void **state)
{
	char *text;

	(void)state;
	MEASURE(ROUNDS, &paced);
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "^batch/paced: 14\\.00 Mev/s, 9\\.0 % of a CPU$");
	free(text);
}

static void nothing_consumed_at_all_is_said_first(void **state)
{
	const struct made none = { &view_reader, WAIT_EVENT, 0, 5, 0, 45, 0, 0, 0 };
	char *text;

	(void)state;
	MEASURE(ROUNDS, &none);
	text = written(FORMAT_TEXT, false);
	assert_int_equal(strncmp(text, "Nothing was consumed.\n", 22), 0);
	assert_matches(text, "^view/event +- ");
	free(text);
}

static void the_tables_have_each_figure(void **state)
{
	char *text;

	(void)state;
	MEASURE(ROUNDS, &polled, &paced);
	for (size_t i = 0; i < 2; i++)
		m.samples[i].rounds[0].lost = 12345;
	verbose = true;
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "costs its producer 40\\.0 ns\\.$");
	assert_matches(text,
		"^libbpf-poll +2\\.00 +0\\.031 20\\.[0-9]us 20\\.[0-9]us +44\\.0 +479\\.9 +0ns$");
	assert_matches(text,
		"^batch/paced +14\\.00 +7\\.00\\+ +0\\.004 1\\.0.ms 1\\.0.ms +9\\.00 +45\\.0 +0ns$");
	assert_matches(text,
		"^libbpf-poll +20\\.[0-9]us 20\\.[0-9]us 20\\.[0-9]us +\\[[0-9. ]+\\] +220\\.0 +0\\.005 +0\\.300 +12\\.5$");
	free(text);
}

static void the_balance_is_exact(void **state)
{
	char *text;

	(void)state;
	MEASURE(1, &paced);
	m.samples[0].rounds[0].produced = 1234567890123 + 45 + 6;
	m.samples[0].rounds[0].consumed = 1234567890123;
	m.samples[0].rounds[0].lost = 45;
	m.samples[0].rounds[0].discarded = 6;
	text = written(FORMAT_TEXT, false);
	assert_matches(text,
		"^events: 1234567890174 produced = 1234567890123 read \\+ 45 lost \\+ 6 discarded$");
	free(text);
}

static void the_notes_tell_the_workload(void **state)
{
	char *text;

	(void)state;
	m.workload.rate = 250000;
	m.workload.producers = 2;
	m.workload.event_size = 0;
	assert_int_equal(mix_parse(MIX_NAMED, &m.workload.mix, &ignored), 0);
	m.workload.work_ns = 100;
	MEASURE(ROUNDS, &paced);
	verbose = true;
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "verified");
	assert_matches(
		text, "^2 producers \\(run\\) at 250000/s together, mixed sizes, 1 ring of 1MiB, ");
	assert_non_null(strstr(text, "work 100ns"));
	assert_matches(text, "^Latency: from when an event was due until");
	free(text);
}

static void at_the_most_latency_is_from_the_writing(void **state)
{
	char *text;

	(void)state;
	MEASURE(1, &paced);
	verbose = true;
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "^Latency: from when an event was written .* one in 64\\.$");
	free(text);
}

static void colours_are_there_when_wanted(void **state)
{
	char *plain, *coloured;

	(void)state;
	MEASURE(ROUNDS, &polled, &paced);
	plain = written(FORMAT_TEXT, false);
	coloured = written(FORMAT_TEXT, true);
	assert_null(strchr(plain, '\x1b'));
	assert_non_null(strstr(coloured, "\x1b[32m  7.00+\x1b[0m"));
	free(plain);
	free(coloured);
}

static json_t *written_json(void)
{
	char *text = written(FORMAT_JSON, false);
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(root);
	free(text);
	return root;
}

static json_int_t integer_of(const json_t *object, const char *name)
{
	assert_true(json_is_integer(json_object_get(object, name)));
	return json_integer_value(json_object_get(object, name));
}

/* What the rounds of a metric amount to: "median", "sum" or "most". */
static const json_t *amount_of(const json_t *row, const char *metric, const char *amount)
{
	const json_t *cell = json_object_get(row, metric);

	assert_true(json_is_object(cell));
	assert_non_null(json_object_get(cell, amount));
	return json_object_get(cell, amount);
}

static json_int_t sum_of(const json_t *row, const char *metric)
{
	return json_integer_value(amount_of(row, metric, "sum"));
}

static json_int_t round_of(const json_t *row, const char *metric, size_t round)
{
	const json_t *rounds = amount_of(row, metric, "rounds");

	assert_true(json_is_integer(json_array_get(rounds, round)));
	return json_integer_value(json_array_get(rounds, round));
}

static void json_balances_in_every_round(void **state)
{
	json_t *root, *row;
	size_t i;

	(void)state;
	measure_everything(ROUNDS);
	m.samples[3].rounds[1].discarded = 123456789012345;
	m.samples[3].rounds[1].produced += 123456789012345;
	root = written_json();
	assert_int_equal(json_array_size(json_object_get(root, "results")), EVERYTHING);
	json_array_foreach(json_object_get(root, "results"), i, row)
	{
		json_int_t consumed = 0;

		assert_true(
			sum_of(row, "produced") ==
			sum_of(row, "consumed") + sum_of(row, "lost") + sum_of(row, "discarded"));
		for (size_t j = 0; j < ROUNDS; j++) {
			assert_true(round_of(row, "produced", j) ==
				    round_of(row, "consumed", j) + round_of(row, "lost", j) +
					    round_of(row, "discarded", j));
			consumed += round_of(row, "consumed", j);
		}
		assert_true(consumed == sum_of(row, "consumed"));
	}
	json_decref(root);
}

static const json_t *result_in(const json_t *root, size_t index)
{
	return json_array_get(json_object_get(root, "results"), index);
}

static const char *text_of(const json_t *object, const char *name)
{
	assert_true(json_is_string(json_object_get(object, name)));
	return json_string_value(json_object_get(object, name));
}

static double real_of(const json_t *object, const char *name)
{
	assert_true(json_is_number(json_object_get(object, name)));
	return json_number_value(json_object_get(object, name));
}

static void json_has_the_figures(void **state)
{
	const json_t *result, *ratio, *latency, *workload;
	json_t *root;

	(void)state;
	m.workload.notify = NOTIFY_SAMPLED;
	m.workload.notify_events = 16;
	MEASURE(ROUNDS, &polled, &paced);
	histogram_clear(&m.samples[1].latency);
	for (int i = 1; i <= 1000; i++)
		histogram_add(&m.samples[1].latency, (uint64_t)i);
	root = written_json();
	result = result_in(root, 1);
	assert_string_equal(text_of(root, "command"), "live");
	assert_string_equal(text_of(result, "path"), "batch");
	assert_string_equal(text_of(result, "wait"), "paced");
	assert_true(fabs(real_of(result, "mevents_per_s") - 14) < 0.01);
	assert_true(fabs(real_of(json_object_get(result, "producer_ns_per_event"), "median") - 45) <
		    0.02);
	assert_true(fabs(real_of(json_object_get(result, "consumer_cpu_percent"), "median") - 9) <
		    0.01);
	latency = json_object_get(result, "latency_ns");
	assert_in_range(integer_of(latency, "p50"), 500, 508);
	assert_in_range(integer_of(latency, "p90"), 900, 915);
	assert_in_range(integer_of(latency, "p99"), 990, 998);
	assert_in_range(integer_of(latency, "p999"), 999, 999);
	assert_int_equal(integer_of(latency, "max"), 1000);
	assert_int_equal(integer_of(latency, "count"), 1000);
	assert_matches(text_of(result, "verdict"), "^The producers are the limit");
	ratio = json_array_get(json_object_get(root, "ratios"), 0);
	assert_string_equal(text_of(ratio, "metric"), "ns_per_event");
	assert_string_equal(text_of(ratio, "baseline_wait"), "libbpf-poll");
	assert_true(fabs(real_of(ratio, "median") - 7) < 0.01);
	ratio = json_array_get(json_object_get(root, "ratios"), 1);
	assert_string_equal(text_of(ratio, "metric"), "producer_ns_per_event");
	assert_string_equal(text_of(ratio, "verdict"), "faster");
	workload = json_object_get(root, "workload");
	assert_string_equal(text_of(workload, "notify"), "sampled:16");
	assert_string_equal(text_of(workload, "rate"), "max");
	assert_true(real_of(workload, "producer_alone_ns_per_event") == 40);
	json_decref(root);
}

/* System calls: the slowdown against no program attached, and against no reader. */
static void slowdowns_are_in_all_formats(void **state)
{
	static const struct made syscalls = { &batch_reader, WAIT_PACED, 1e6, 0, 0.1, 120, 0, 900,
		0 };
	const json_t *result;
	json_t *root;
	char *text;

	(void)state;
	MEASURE(3, &syscalls);
	text = written(FORMAT_TEXT, false);
	assert_null(strstr(text, "Slowdown"));
	free(text);
	text = written(FORMAT_CSV, false);
	assert_null(strstr(text, "slowdown"));

	free(text);
	m.workload.producer = PRODUCER_SYSCALL;
	m.unattached_ns = 30;
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "Slowdown of the system call: it takes 30 ns without a BPF program, "
			     "and 1\\.33x as\nlong");
	assert_matches(text, "batch/paced +3\\.99x +(2\\.99|3\\.00)x\n");
	free(text);
	text = written(FORMAT_CSV, false);
	assert_matches(text, ",slowdown_unattached,slowdown_alone,mevents_per_s$");
	assert_matches(text, ",3\\.99[0-9]*,2\\.99[0-9]*,0\\.99[0-9]+$");
	free(text);
	text = written(FORMAT_GOBENCH, false);
	assert_matches(text, " 3\\.99[0-9]+ x-unattached 2\\.99[0-9]+ x-alone ");
	free(text);
	root = written_json();
	assert_near(
		real_of(json_object_get(root, "workload"), "producer_unattached_ns_per_event"), 30);
	result = json_array_get(json_object_get(root, "results"), 0);
	assert_true(
		fabs(real_of(json_object_get(result, "slowdown_unattached"), "median") - 4) < 0.01);
	assert_true(fabs(real_of(json_object_get(result, "slowdown_alone"), "median") - 3) < 0.01);
	json_decref(root);
	m.unattached_ns = 0;
}

static void json_has_null_for_what_is_not_known(void **state)
{
	const struct made none = { &view_reader, WAIT_EVENT, 0, 5, 0, 45, 0, 0, 0 };
	const json_t *result;
	json_t *root;

	(void)state;
	m.workload.rate = 5000;
	m.workload.consumer_cpu = -1;
	MEASURE(1, &none);
	root = written_json();
	result = result_in(root, 0);
	assert_true(integer_of(json_object_get(root, "workload"), "rate") == 5000);
	assert_true(json_is_null(json_object_get(result, "mevents_per_s")));
	assert_true(json_is_null(amount_of(result, "consumer_cpu_ns_per_event", "median")));
	assert_true(json_is_null(amount_of(result, "ns_per_event", "median")));
	assert_true(json_is_null(json_object_get(json_object_get(result, "latency_ns"), "p50")));
	assert_true(json_is_null(
		json_object_get(json_array_get(json_object_get(root, "noise"), 0), "floor")));
	assert_true(
		json_is_null(json_object_get(json_object_get(root, "workload"), "consumer_cpu")));
	json_decref(root);
}

static const struct live_advice enough = { .ring_size = 32768,
	.smallest = 8192,
	.try_count = 2,
	.tries = { { 4096, 1, 1000, 3, 4096 }, { 8192, 5, 5000, 0, 6144 } } };
static const struct live_advice never_enough = {
	.saturated = true, .try_count = 1, .tries = { { 536870912, 1, 1000, 3, 536870912 } }
};

static void advice_comes_first(void **state)
{
	char *text;

	(void)state;
	MEASURE(ROUNDS, &paced);
	advice = &enough;
	text = written(FORMAT_TEXT, false);
	assert_int_equal(
		strncmp(text, "Advice: -ring-size 32KiB, verified; the smallest size", 53), 0);
	assert_matches(text, "^4KiB +1 +1000 +3 +100\\.0$");
	assert_matches(text, "^8KiB +5 +5000 +0 +75\\.0$");
	assert_matches(text, "^batch/paced: 14\\.00");
	assert_narrow(text);
	free(text);
}

/* A size that lost something when it was measured is not advised. */
static void advice_that_lost_is_doubled(void **state)
{
	struct live_advice doubled = enough;
	char *text;

	(void)state;
	MEASURE(ROUNDS, &paced);
	m.workload.ring_size = doubled.ring_size;
	assert_false(live_advise_again(&m, &m.workload, &doubled));
	assert_int_equal(doubled.ring_size, 32768);
	m.samples[0].rounds[ROUNDS - 1].lost = 1;
	assert_true(live_advise_again(&m, &m.workload, &doubled));
	assert_int_equal(doubled.ring_size, 65536);
	assert_int_equal(m.workload.ring_size, 65536);
	m.workload.ring_size = LIVE_ADVICE_MOST;
	assert_false(live_advise_again(&m, &m.workload, &doubled));
	assert_int_equal(doubled.ring_size, 0);
	advice = &doubled;
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "^Advice: none; rings of up to 512MiB lost events\\.$");
	free(text);
	advice = NULL;
}

/* Then nothing was measured. */
static void no_ring_to_advise_is_said(void **state)
{
	char *text;
	json_t *root;

	(void)state;
	MEASURE(0, &paced);
	m.count = 0;
	advice = &never_enough;
	text = written(FORMAT_TEXT, false);
	assert_matches(text, "^Advice: none; rings of up to 512MiB lost events\\.$");
	assert_matches(text, "^The consumer is busy all the time");
	assert_matches(text, "^1 producer at full rate, 64 B, 1 ring of 1MiB; 1s each$");
	assert_narrow(text);
	free(text);
	text = written(FORMAT_CSV, false);
	assert_matches(text, "^path,wait,event_size,source,.*,round,mevents_per_s\n$");
	free(text);
	root = written_json();
	assert_int_equal(json_array_size(json_object_get(root, "results")), 0);
	assert_true(json_is_null(json_object_get(json_object_get(root, "advice"), "ring_size")));
	json_decref(root);
}

static void json_has_the_advice(void **state)
{
	const json_t *object;
	json_t *root;

	(void)state;
	MEASURE(ROUNDS, &paced);
	root = written_json();
	assert_null(json_object_get(root, "advice"));
	json_decref(root);
	advice = &enough;
	root = written_json();
	object = json_object_get(root, "advice");
	assert_int_equal(integer_of(object, "ring_size"), 32768);
	assert_int_equal(integer_of(object, "smallest"), 8192);
	assert_int_equal(json_array_size(json_object_get(object, "tries")), 2);
	object = json_array_get(json_object_get(object, "tries"), 0);
	assert_int_equal(integer_of(object, "lost"), 3);
	json_decref(root);
}

static size_t count_of(const char *text, size_t length, char character)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += text[i] == character;
	return count;
}

static void csv_has_a_row_a_round(void **state)
{
	char *text;
	size_t rows = 0, fields;

	(void)state;
	measure_everything(3);
	text = written(FORMAT_CSV, false);
	fields = count_of(text, strcspn(text, "\n"), ',');
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1, rows++)
		assert_int_equal(count_of(line, strcspn(line, "\n"), ','), fields);
	assert_int_equal(rows, 1 + 3 * EVERYTHING);
	assert_matches(text, "^path,wait,event_size,source,producer,.*,round,ns_per_event,");
	assert_matches(text, "^batch,event,64,bpf,run,");
	free(text);
}

static void gobench_leaves_out_rounds_without_events(void **state)
{
	char *text;

	(void)state;
	MEASURE(2, &polled, &paced);
	m.samples[1].rounds[0].consumed = 0;
	m.samples[1].rounds[1] = (struct round){ .elapsed_ns = 8000,
		.consumed = 100,
		.lost = 25,
		.producer_ns_per_event = 45,
		.consumer_cpu_ns = 640 };
	text = written(FORMAT_GOBENCH, false);
	assert_matches(text,
		"^BenchmarkLive/path=batch/wait=paced/size=64/producers=1/rate=max/"
		"notify=default 100 80\\.0000 ns/op 45\\.0000 producer-ns/op 6\\.4000 cpu-ns/op "
		"0\\.250000 lost/op 12500000 events/s 1000000 p99-ns$");
	assert_null(strstr(text, "inf"));
	assert_int_equal(count_of(text, strlen(text), '\n'), 3 + 3);
	free(text);
}

/* Result files, as compare reads them. */

static char file_name[] = "/tmp/test_live_report.XXXXXX";

static int read_file(struct result_file *file, const char *text, struct complaint *why)
{
	FILE *stream = fopen(file_name, "w");

	assert_non_null(stream);
	fputs(text, stream);
	assert_int_equal(fclose(stream), 0);
	return result_file_read(file, file_name, why);
}

static int make_file(void **state)
{
	int fd = mkstemp(file_name);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(file_name);
}

static void a_result_file_is_read_back(void **state)
{
	struct result_file file;
	struct complaint why = { "" };
	struct row like = {
		.path = "batch", .wait = "paced", .touch = "", .size_text = "64", .event_size = 64
	};
	const struct row *row;
	char *text;

	(void)state;
	MEASURE(ROUNDS, &polled, &paced);
	text = written(FORMAT_JSON, false);
	assert_int_equal(read_file(&file, text, &why), 0);
	assert_true(file.live);
	assert_int_equal(file.table.row_count, 2);
	row = table_find(&file.table, &like);
	assert_non_null(row);
	assert_int_equal(row->rounds, ROUNDS);
	assert_true(fabs(row_value(row, METRIC_NS) / summary_in(1, METRIC_NS)->median - 1) < 1e-9);
	like.wait = "event";
	assert_null(table_find(&file.table, &like));
	result_file_free(&file);
	free(text);
}

static void a_round_without_events_is_read_back(void **state)
{
	struct result_file file;
	struct complaint why = { "" };
	char *text;

	(void)state;
	MEASURE(3, &paced);
	m.samples[0].rounds[1].consumed = 0;
	text = written(FORMAT_JSON, false);
	assert_int_equal(read_file(&file, text, &why), 0);
	assert_int_equal(file.table.rows[0].rounds, 3);
	assert_true(isinf(file.table.rows[0].cells[METRIC_NS].rounds[1]));
	assert_true(isfinite(row_value(&file.table.rows[0], METRIC_NS)));
	result_file_free(&file);
	free(text);
}

#define RUN(command, result)                                                             \
	"{\"schema\":\"ringview.result/2\",\"command\":\"" command                       \
	"\",\"workload\":{},\"environment\":{},\"results\":[{\"path\":\"batch\"," result \
	",\"event_size\":64}]}"
#define NS(rounds) "\"ns_per_event\":{\"rounds\":" rounds "}"
#define DRAIN_RUN RUN("drain", "\"touch\":\"none\"," NS("[5]"))
#define LIVE_RUN(rounds) RUN("live", "\"wait\":\"paced\"," NS(rounds))
#define GOOD_ROUNDS "[5]"

static void assert_refused(const char *text, const char *pattern)
{
	struct result_file file;
	struct complaint why = { "" };

	assert_int_equal(read_file(&file, text, &why), -EINVAL);
	assert_matches(why.text, pattern);
	result_file_free(&file);
}

static size_t allocations_left;

static void *allocate(size_t size)
{
	if (allocations_left == 0)
		return NULL;
	allocations_left--;
	return malloc(size);
}

/* At whichever of its allocations. */
static void a_result_file_without_memory_to_read_it_is_told_so(void **state)
{
	char path[] = "/tmp/test_live_report.XXXXXX";
	const int fd = mkstemp(path);
	struct complaint why = { "" };
	json_malloc_t allocate_before;
	json_free_t free_before;
	json_t *runs = NULL;
	size_t most = 0;
	char *text;

	(void)state;
	measure_everything(3);
	text = written(FORMAT_JSON, false);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	json_get_alloc_funcs(&allocate_before, &free_before);
	json_set_alloc_funcs(allocate, free);
	for (; !runs; most++) {
		allocations_left = most;
		runs = result_file_load(path, &why);
		if (!runs)
			assert_matches(why.text, ": out of memory$");
	}
	json_decref(runs);
	json_set_alloc_funcs(allocate_before, free_before);
	assert_true(most > 100);
	unlink(path);
	free(text);
}

static void live_and_drain_in_one_file_are_refused(void **state)
{
	(void)state;
	assert_refused(DRAIN_RUN LIVE_RUN(GOOD_ROUNDS), "run 2 is a result of live, .* are not;");
	assert_refused(LIVE_RUN(GOOD_ROUNDS) DRAIN_RUN, "run 2 is not a result of live, .* are;");
}

static void rounds_that_are_none_are_refused(void **state)
{
	static const char *const wrong[] = {
		LIVE_RUN("[]"),
		LIVE_RUN("5"),
		LIVE_RUN("{}"),
		LIVE_RUN("[0]"),
		LIVE_RUN("[-5]"),
		LIVE_RUN("[\"5\"]"),
		LIVE_RUN("[[5]]"),
		RUN("live", NS(GOOD_ROUNDS)),
		RUN("live", "\"wait\":\"paced\",\"ns_per_event\":5"),
		RUN("live", "\"wait\":\"paced\""),
	};
	struct result_file file;
	struct complaint why = { "" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_refused(wrong[i], "run 1 does not have schema ringview.result/2");
	/* That much is right about them. */
	assert_int_equal(read_file(&file, LIVE_RUN(GOOD_ROUNDS), &why), 0);
	result_file_free(&file);
}

#define TEST(test) cmocka_unit_test_setup(test, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(totals_are_sums_and_the_highest_water),
		TEST(figures_are_an_event_consumed),
		TEST(the_reference_is_libbpfs_poll),
		TEST(the_reference_is_else_the_first),
		TEST(above_one_is_better_in_every_ratio),
		TEST(ratios_are_paired_by_round),
		TEST(the_twin_gives_the_noise),
		TEST(each_figure_has_its_own_noise),
		TEST(without_a_twin_nothing_is_sure),
		TEST(one_round_has_no_interval),
		TEST(nothing_consumed_is_no_number),
		TEST(names_say_path_and_wait),
		TEST(each_limit_and_cost_is_said),
		TEST(without_knowing_the_cost_alone_none_is_blamed),
		TEST(each_limit_has_one_line),
		TEST(nothing_was_to_be_kept),
		TEST(a_round_without_events_leaves_a_verdict),
		TEST(every_verdict_is_whole_sentences),
		TEST(no_line_is_wider_than_a_page),
		TEST(the_note_on_two_humps_is_no_wider),
		TEST(the_headline_compares_with_libbpfs_loop),
		TEST(the_headline_names_a_rival),
		TEST(at_a_rate_service_counts),
		TEST(a_low_rate_has_digits),
		TEST(too_few_rounds_at_a_rate_decide_nothing),
		TEST(a_reference_that_is_as_fast_is_named),
		TEST(where_the_reference_is_best_the_next_is_named),
		TEST(one_combination_alone_is_compared_with_nothing),
		TEST(nothing_consumed_at_all_is_said_first),
		TEST(the_tables_have_each_figure),
		TEST(the_balance_is_exact),
		TEST(the_notes_tell_the_workload),
		TEST(at_the_most_latency_is_from_the_writing),
		TEST(colours_are_there_when_wanted),
		TEST(json_balances_in_every_round),
		TEST(json_has_the_figures),
		TEST(json_has_null_for_what_is_not_known),
		TEST(advice_comes_first),
		TEST(advice_that_lost_is_doubled),
		TEST(no_ring_to_advise_is_said),
		TEST(json_has_the_advice),
		TEST(csv_has_a_row_a_round),
		TEST(gobench_leaves_out_rounds_without_events),
		TEST(slowdowns_are_in_all_formats),
		TEST(a_result_file_is_read_back),
		TEST(a_result_file_without_memory_to_read_it_is_told_so),
		TEST(a_round_without_events_is_read_back),
		TEST(live_and_drain_in_one_file_are_refused),
		TEST(rounds_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
