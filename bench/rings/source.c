/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/memory.h"
#include "rings/source.h"

int source_open(struct source **source, const struct workload *workload, struct complaint *why)
{
	int err = memory_check_rings("", 1, workload->ring_size, "rings", why);

	if (err)
		return err;
	if (workload->source == SOURCE_MEMORY)
		return memory_source_open(source, workload, why);
	return bpf_source_open(source, workload, why);
}

void source_close(struct source *source)
{
	if (source)
		source->operations->close(source);
}
