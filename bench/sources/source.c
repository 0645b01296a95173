/* SPDX-License-Identifier: BSD-2-Clause */
#include "sources/source.h"

int source_open(struct source **source, const struct workload *workload, struct complaint *why)
{
	if (workload->source == SOURCE_MEMORY)
		return memory_source_open(source, workload, why);
	return bpf_source_open(source, workload, why);
}

void source_close(struct source *source)
{
	if (source)
		source->operations->close(source);
}
