/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Go benchmark format, as results/gobench.c, one line a combination and round. -col /wait puts
 * the waits side by side. The latency is of all rounds together, and the same in each line.
 */
#include <inttypes.h>

#include "live/live_writers.h"
#include "results/gobench_header.h"

static void write_round(FILE *out, const struct live_result *result, const struct live_round *round)
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
	fputc('\n', out);
}

void live_write_gobench(FILE *out, const struct live_report *report)
{
	const struct live_results *results = report->results;
	const struct live_workload *workload = &results->measurement->workload;
	char notify[LIVE_NOTIFY_SIZE], rate[LIVE_RATE_SIZE], size[16] = "mixed";

	if (workload->event_size > 0)
		snprintf(size, sizeof(size), "%" PRIu32, workload->event_size);
	live_notify_text(workload, notify, sizeof(notify));
	live_rate_text(workload, rate, sizeof(rate));
	gobench_write_header(out, report->environment);
	for (size_t i = 0; i < results->result_count; i++) {
		const struct live_result *result = &results->results[i];

		for (size_t round = 0; round < result->round_count; round++) {
			/* Nothing consumed: there is no operation to give the time of. */
			if (result->rounds[round].consumed == 0)
				continue;
			fprintf(out,
				"BenchmarkLive/path=%s/wait=%s/size=%s/producers=%" PRIu32
				"/rate=%s/notify=%s",
				live_mode_names[result->combination.mode],
				live_wait_name(result->combination.wait), size, workload->producers,
				rate, notify);
			write_round(out, result, &result->rounds[round]);
		}
	}
}
