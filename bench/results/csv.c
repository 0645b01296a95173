/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One row a path, size, touch and round. No field ever holds a comma, a quote or a line end.
 */
#include <inttypes.h>

#include "results/report.h"

void report_write_csv(FILE *out, const struct report *report)
{
	const struct workload *workload = report->workload;
	const struct results *results = report->results;

	fputs("path,source,event,event_size,touch,ring_size,batch,events,round,ns,ns_per_event,"
	      "mevents_per_s\n",
		out);
	for (size_t i = 0; i < results->path_count; i++) {
		const struct path_result *result = &results->paths[i];

		for (size_t round = 0; round < result->rounds; round++) {
			double ns = result->rounds_ns[round];
			double per_event = ns / (double)result->events;

			fprintf(out,
				"%s,%s,%s,%" PRIu32 ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64
				",%zu,%.0f,%.4f,%.3f\n",
				result->path->name, source_names[workload->source],
				event_names[workload->event], result->event_size,
				touch_names[result->touch], workload->ring_size, workload->batch,
				result->events, round + 1, ns, per_event,
				per_event > 0 ? 1e3 / per_event : 0);
		}
	}
}
