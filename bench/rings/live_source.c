/* SPDX-License-Identifier: BSD-2-Clause */
#include "rings/live_source.h"
#include "rings/producers.h"
#include "machine/memory.h"

int live_source_open(struct live_source **source, const struct workload *workload, bool perf,
	struct complaint *why)
{
	const uint64_t buffers = perf ? producers_cpus() : 0; /* as large as a ring */
	int err = memory_check_rings("", workload->rings + buffers, workload->ring_size,
		perf ? "rings and buffers" : "rings", why);

	if (err)
		return err;
	if (workload->source == SOURCE_MEMORY)
		return live_memory_source_open(source, workload, why);
	return live_bpf_source_open(source, workload, perf, why);
}

void live_source_close(struct live_source *source)
{
	if (source)
		source->operations->close(source);
}
