/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>

#include "base/arena.h"
#include "results/style.h"

const char *live_notify_text(const struct workload *workload)
{
	const char *name = live_notify_names[workload->notify];

	return workload->notify == NOTIFY_SAMPLED
		       ? text("%s:%" PRIu64, name, workload->notify_events)
		       : name;
}

/* "max", "500000" or "burst:2000/20ms". */
static const char *rate_text(const struct workload *workload)
{
	char duration[FORMAT_SIZE];

	if (workload->burst > 0)
		return text("burst:%" PRIu64 "/%s", workload->burst,
			format_duration(workload->burst_ns, duration, sizeof(duration)));
	return workload->rate == PARSE_RATE_MAX ? "max" : text("%" PRIu64, workload->rate);
}

json_t *live_workload_json(const struct measurement *m)
{
	const struct workload *w = &m->workload;
	const bool steady = w->rate != PARSE_RATE_MAX && w->burst == 0;

	return json_pack(
		"{s:s, s:s, s:s, s:I, s:b, s:I, s:o, s:I, s:I, s:o, s:b, s:I, s:I, s:s, s:I, "
		"s:I, s:I, s:o, s:o, s:o, s:s*, s:o*}",
		"source", source_names[w->source], "producer", live_producer_names[w->producer],
		"write", live_write_names[w->write], "back_to_back", (json_int_t)w->back_to_back,
		"same_cpu", w->same_cpu, "producers", (json_int_t)w->producers, "rate",
		steady ? json_integer((json_int_t)w->rate) : json_string(rate_text(w)),
		"duration_ns", (json_int_t)w->duration_ns, "event_size", (json_int_t)w->event_size,
		"discard", json_value_real(w->discard), "overwrite", w->overwrite, "ring_size",
		(json_int_t)w->ring_size, "rings", (json_int_t)w->rings, "notify",
		live_notify_text(w), "latency_budget_ns", (json_int_t)w->latency_budget_ns,
		"timer_slack_ns", (json_int_t)w->timer_slack_ns, "work_ns", (json_int_t)w->work_ns,
		"consumer_cpu", w->consumer_cpu < 0 ? json_null() : json_integer(w->consumer_cpu),
		"producer_alone_ns_per_event", json_value_real(m->alone_ns > 0 ? m->alone_ns : NAN),
		"producer_unattached_ns_per_event",
		json_value_real(m->unattached_ns > 0 ? m->unattached_ns : NAN), "event_sizes",
		w->mix ? w->mix->name : NULL, "order", w->order ? json_true() : NULL);
}

/* null for 0. */
static json_t *size_json(uint64_t size)
{
	return size > 0 ? json_integer((json_int_t)size) : json_null();
}

json_t *live_advice_json(const struct live_advice *advice)
{
	json_t *tries = json_array();

	for (size_t i = 0; i < advice->try_count; i++) {
		const struct live_try *try = &advice->tries[i];

		json_array_append_new(tries,
			json_pack("{s:I, s:I, s:I, s:I, s:I}", "ring_size",
				(json_int_t)try->ring_size, "runs", (json_int_t)try->runs,
				"produced", (json_int_t)try->produced, "lost",
				(json_int_t)try->lost, "high_water", (json_int_t)try->high_water));
	}
	return json_pack("{s:{s:o, s:o, s:b, s:b, s:o}}", "advice", "ring_size",
		size_json(advice->ring_size), "smallest", size_json(advice->smallest), "saturated",
		advice->saturated, "off_cpu", advice->off_cpu, "tries", tries);
}

static double known(uint64_t amount)
{
	return amount == LIVE_UNKNOWN ? NAN : (double)amount;
}

/* Without events or elapsed time a figure is not finite, which makes summary and ratio invalid:
 * leaving the round out would hide it. */
static void set_round(
	struct row *row, size_t i, const struct round *round, const struct measurement *m)
{
	const double elapsed = (double)round->elapsed_ns, consumed = (double)round->consumed;
	const double cpu = (double)round->consumer_cpu_ns, producer = round->producer_ns_per_event;

	row_set(row, METRIC_NS, i, elapsed > 0 ? elapsed / consumed : INFINITY);
	row_set(row, METRIC_PRODUCER_NS, i, producer);
	row_set(row, METRIC_CPU_NS, i, cpu / consumed);
	row_set(row, METRIC_CPU_PERCENT, i, 100 * cpu / elapsed);
	row_set(row, METRIC_ELAPSED_NS, i, elapsed);
	row_set(row, METRIC_CPU_TIME_NS, i, cpu);
	row_set(row, METRIC_OFF_CPU_NS, i, known(round->off_cpu_ns));
	row_set(row, METRIC_PRODUCED, i, (double)round->produced);
	row_set(row, METRIC_CONSUMED, i, consumed);
	row_set(row, METRIC_LOST, i, (double)round->lost);
	row_set(row, METRIC_DISCARDED, i, (double)round->discarded);
	if (m->workload.order)
		row_set(row, METRIC_OUT_OF_ORDER, i, (double)round->out_of_order);
	row_set(row, METRIC_SLEEPS, i, known(round->sleeps));
	row_set(row, METRIC_WAKEUPS, i, known(round->wakeups));
	row_set(row, METRIC_HIGH_WATER, i, known(round->high_water));
	if (round->bursts.bursts > 0) {
		row_set(row, METRIC_BURSTS, i, (double)round->bursts.bursts);
		row_set(row, METRIC_BURSTS_LOSING, i, (double)round->bursts.losing);
		row_set(row, METRIC_BURST_LOST, i, (double)round->bursts.lost_most);
		row_set(row, METRIC_BURST_LATENCY, i, round->bursts.late_ns);
		row_set(row, METRIC_BURST_LATENCY_MOST, i, round->bursts.late_most_ns);
	}
	if (m->unattached_ns > 0) {
		row_set(row, METRIC_SLOWDOWN_UNATTACHED, i, producer / m->unattached_ns);
		row_set(row, METRIC_SLOWDOWN_ALONE, i, producer / m->alone_ns);
	}
}

void live_finish_rows(struct table *table, const struct measurement *m)
{
	const struct workload *w = &m->workload;
	/* Without defaults: so names from before a flag existed stay the same. */
	const char *workload = text("producers=%" PRIu32 "/rate=%s/notify=%s%s%s%s%s%s",
		w->producers, rate_text(w), live_notify_text(w),
		w->write == LIVE_OUTPUT ? "/write=output" : "",
		TEXT_IF(w->back_to_back > 0, "/back-to-back=%" PRIu64, w->back_to_back),
		w->same_cpu ? "/cpu=same" : "", w->overwrite ? "/overwrite" : "",
		TEXT_IF(w->order, "/rings=%" PRIu32 "/order", w->rings));

	for (size_t i = 0; i < table->row_count; i++) {
		struct row *row = &table->rows[i];

		row->benchmark = text("BenchmarkLive/path=%s/wait=%s/size=%s/%s", row->path,
			row->wait, row->size_text, workload);
		live_judge(table, row, w, m->alone_ns);
	}
}

void live_add_group(struct table *table, const struct measurement *m)
{
	static const double quantiles[LATENCIES] = { 0.5, 0.9, 0.99, 0.999, 1 };

	table_add_group(table, NULL);
	for (const struct samples *s = m->samples; s < m->samples + m->count + m->twin; s++) {
		struct row *row = table_add_row(table, s->combination.reader->name, m->rounds);

		row->wait = live_wait_name(s->combination.wait);
		row_set_size(row, m->workload.event_size, m->workload.mix);
		for (size_t i = 0; i < m->rounds; i++)
			set_round(row, i, &s->rounds[i], m);
		row->latency_count = s->latency.count;
		for (int q = 0; q < LATENCIES; q++)
			row->latencies[q] = histogram_quantile(&s->latency, quantiles[q]);
	}
	table_end_group(table, m->reference, m->twin);
	live_finish_rows(table, m);
}
