/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Go benchmark format, as results/gobench.c, one line a combination and round. -col /wait puts
 * the waits side by side. The latency is of all rounds together, and the same in each line.
 */
#include <inttypes.h>

#include "live/live_writers.h"
#include "results/gobench_header.h"
#include "results/style.h"

static void write_round(FILE *out, const struct live_measurement *measurement,
	const struct live_result *result, const struct live_round *round)
{
	const double consumed = (double)round->consumed;
	const double ns = (double)round->elapsed_ns / consumed;

	fprintf(out,
		" %" PRIu64
		" %.4f ns/op %.0f events/s %.6f lost/op %.4f cpu-ns/op %.4f producer-ns/op",
		round->consumed, ns, ns > 0 ? 1e9 / ns : 0, (double)round->lost / consumed,
		(double)round->consumer_cpu_ns / consumed, round->producer_ns_per_event);
	if (result->latency->count > 0)
		fprintf(out, " %" PRIu64 " p99-ns", histogram_quantile(result->latency, 0.99));
	if (measurement->unattached_ns > 0)
		fprintf(out, " %.4f x-unattached %.4f x-alone",
			live_slowdown_unattached(measurement, round->producer_ns_per_event),
			live_slowdown_alone(measurement, round->producer_ns_per_event));
	fputc('\n', out);
}

/* What is not as it is by default: names that are known from before stay as they were. */
static void write_variant(char *text, size_t size, const struct live_workload *workload)
{
	struct style_text variant = { .text = text, .size = size };

	style_append(&variant, "%s", "");
	if (workload->write == LIVE_OUTPUT)
		style_append(&variant, "/write=%s", live_write_names[workload->write]);
	if (workload->back_to_back > 0)
		style_append(&variant, "/back-to-back=%" PRIu64, workload->back_to_back);
	if (workload->same_cpu)
		style_append(&variant, "/cpu=same");
}

void live_write_gobench_lines(FILE *out, const struct live_results *results, const char *question)
{
	const struct live_workload *workload = &results->measurement->workload;
	char notify[LIVE_NOTIFY_SIZE], rate[LIVE_RATE_SIZE], size[16] = "mixed", variant[64];

	if (workload->event_size > 0)
		snprintf(size, sizeof(size), "%" PRIu32, workload->event_size);
	live_notify_text(workload, notify, sizeof(notify));
	live_rate_text(workload, rate, sizeof(rate));
	write_variant(variant, sizeof(variant), workload);
	for (size_t i = 0; i < results->result_count; i++) {
		const struct live_result *result = &results->results[i];

		for (size_t round = 0; round < result->round_count; round++) {
			/* Nothing consumed: there is no operation to give the time of. */
			if (result->rounds[round].consumed == 0)
				continue;
			fprintf(out,
				"BenchmarkLive%s%s/path=%s/wait=%s/size=%s/producers=%" PRIu32
				"/rate=%s/notify=%s%s",
				question ? "/question=" : "", question ? question : "",
				live_mode_names[result->combination.mode],
				live_wait_name(result->combination.wait), size, workload->producers,
				rate, notify, variant);
			write_round(out, results->measurement, result, &result->rounds[round]);
		}
	}
}

void live_write_gobench(FILE *out, const struct live_report *report)
{
	gobench_write_header(out, report->environment);
	live_write_gobench_lines(out, report->results, NULL);
}
