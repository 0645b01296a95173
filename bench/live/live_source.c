/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/live_source.h"

int live_source_open(struct live_source **source, const struct live_workload *workload, bool perf,
	struct complaint *why)
{
	if (workload->source == SOURCE_MEMORY)
		return live_memory_source_open(source, workload, why);
	return live_bpf_source_open(source, workload, perf, why);
}

void live_source_close(struct live_source *source)
{
	if (source)
		source->operations->close(source);
}
