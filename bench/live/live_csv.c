/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One row a combination and round. No field ever holds a comma, a quote or a line end.
 */
#include <inttypes.h>

#include "live/live_writers.h"

static void write_workload(FILE *out, const struct live_workload *workload)
{
	char notify[LIVE_NOTIFY_SIZE], rate[LIVE_RATE_SIZE];

	fprintf(out,
		"%s,%s,%" PRIu32 ",%s,%" PRIu32 ",%g,%" PRIu64 ",%" PRIu32 ",%s,%" PRId64
		",%" PRId64 ",%" PRId64,
		source_names[workload->source], live_producer_names[workload->producer],
		workload->producers, live_rate_text(workload, rate, sizeof(rate)),
		workload->event_size, workload->discard, workload->ring_size, workload->rings,
		live_notify_text(workload, notify, sizeof(notify)), workload->latency_budget_ns,
		workload->timer_slack_ns, workload->work_ns);
}

/* At the end, so that what was there before them keeps its place. */
static void write_later_columns(
	FILE *out, const struct live_measurement *measurement, const struct live_round *round)
{
	const struct live_workload *workload = &measurement->workload;
	const double ns = round->producer_ns_per_event;

	fprintf(out, ",%s,%" PRIu64 ",%d,", live_write_names[workload->write],
		workload->back_to_back, workload->same_cpu);
	if (measurement->unattached_ns > 0)
		fprintf(out, "%.4f,%.4f", live_slowdown_unattached(measurement, ns),
			live_slowdown_alone(measurement, ns));
	else
		fputc(',', out);
	fputc('\n', out);
}

static const char *known(char text[24], uint64_t amount)
{
	snprintf(text, 24, "%" PRIu64, amount);
	return amount == LIVE_UNKNOWN ? "" : text;
}

/* Where nothing was consumed there is no time an event, and some readers do not tell of their
 * sleeps, or how full it was: such fields are empty. */
static void write_round(FILE *out, size_t number, const struct live_round *round)
{
	char sleeps[24], wakeups[24], high_water[24];

	fprintf(out, ",%zu,%" PRId64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",", number,
		round->elapsed_ns, round->produced, round->consumed, round->lost, round->discarded);
	if (round->consumed > 0)
		fprintf(out, "%.4f", (double)round->elapsed_ns / (double)round->consumed);
	fprintf(out, ",%.4f,%.4f,%" PRId64 ",%s,%s,%s",
		round->elapsed_ns > 0 ? 1e3 * (double)round->consumed / (double)round->elapsed_ns
				      : 0,
		round->producer_ns_per_event, round->consumer_cpu_ns, known(sleeps, round->sleeps),
		known(wakeups, round->wakeups), known(high_water, round->high_water));
}

void live_write_csv_header(FILE *out)
{
	fputs("path,wait,source,producer,producers,rate,event_size,discard,ring_size,rings,notify,"
	      "latency_budget_ns,timer_slack_ns,work_ns,round,elapsed_ns,produced,consumed,lost,"
	      "discarded,ns_per_event,mevents_per_s,producer_ns_per_event,consumer_cpu_ns,sleeps,"
	      "wakeups,high_water,write,back_to_back,same_cpu,slowdown_unattached,"
	      "slowdown_alone\n",
		out);
}

void live_write_csv_rows(FILE *out, const struct live_results *results, const char *question)
{
	const struct live_workload *workload = &results->measurement->workload;

	for (size_t i = 0; i < results->result_count; i++) {
		const struct live_result *result = &results->results[i];

		for (size_t round = 0; round < result->round_count; round++) {
			if (question)
				fprintf(out, "%s,", question);
			fprintf(out, "%s,%s,", live_mode_names[result->combination.mode],
				live_wait_name(result->combination.wait));
			write_workload(out, workload);
			write_round(out, round + 1, &result->rounds[round]);
			write_later_columns(out, results->measurement, &result->rounds[round]);
		}
	}
}

void live_write_csv(FILE *out, const struct live_report *report)
{
	live_write_csv_header(out);
	live_write_csv_rows(out, report->results, NULL);
}
