/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Go benchmark format (golang.org/design/14313-benchmark-format), one line a path and round,
 * for benchstat. -col /path puts the paths side by side.
 */
#include <inttypes.h>

#include "results/gobench_header.h"
#include "results/report.h"

void report_write_gobench(FILE *out, const struct report *report)
{
	const struct workload *workload = report->workload;
	const struct results *results = report->results;

	gobench_write_header(out, report->environment);
	for (size_t i = 0; i < results->path_count; i++) {
		const struct path_result *result = &results->paths[i];

		for (size_t round = 0; round < result->rounds; round++) {
			double ns = result->rounds_ns[round];
			double per_event = ns / (double)result->events;

			fprintf(out,
				"BenchmarkRead/event=%s/size=%" PRIu32 "/touch=%s/path=%s %" PRIu64
				" %.4f ns/op %.2f MB/s %.0f events/s\n",
				event_names[workload->event], result->event_size,
				touch_names[result->touch], result->path->name, result->events,
				per_event, per_event > 0 ? result->event_size * 1e3 / per_event : 0,
				per_event > 0 ? 1e9 / per_event : 0);
		}
	}
}
