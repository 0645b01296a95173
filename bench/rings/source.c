/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/values.h"
#include "machine/machine.h"
#include "rings/source.h"

int ring_set_open_reader(const struct ring_set *rings, uint32_t index,
	const struct ringview_options *options, struct ringview **reader)
{
	struct ringview_memory view;

	if (!rings->made)
		return ringview_open(reader, rings->map_fds[index], options);
	view = memory_ring_view(&rings->made[index]);
	return ringview_open_memory(reader, &view, options);
}

/* From the consumer page on: the producer page, and the data twice. */
static size_t mapping_size(const struct ring_set *rings)
{
	return 2 * ((size_t)sysconf(_SC_PAGESIZE) + rings->size);
}

void ring_set_unmap(const struct ring_set *rings, struct ring_bytes *bytes)
{
	if (!rings->made && bytes->consumer)
		munmap(bytes->consumer, mapping_size(rings));
	*bytes = (struct ring_bytes){ 0 };
}

int ring_set_map(const struct ring_set *rings, uint32_t index, struct ring_bytes *bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), size = mapping_size(rings);
	const int fd = rings->map_fds[index];
	unsigned char *pages = rings->made ? (unsigned char *)rings->made[index].consumer
					   : mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);

	if (pages == MAP_FAILED)
		return -errno;
	*bytes = (struct ring_bytes){
		.consumer = (uint64_t *)pages,
		.producer = (uint64_t *)(pages + page),
		.data = pages + 2 * page,
		.size = rings->size,
	};
	/* Only the consumer page may be mapped writable. */
	if (!rings->made && mmap(pages, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
				    0) == MAP_FAILED) {
		const int err = -errno;

		ring_set_unmap(rings, bytes);
		return err;
	}
	return 0;
}

int source_open(
	struct source **result, const struct workload *workload, bool perf, struct complaint *why)
{
	const uint64_t buffers = perf ? producers_cpus() : 0; /* each as large as a ring */
	struct source *source;
	int err = memory_check_rings(workload->rings + buffers, workload->ring_size,
		perf ? "rings and buffers" : "rings", why);

	if (err)
		return err;
	/* calloc() would not align the parts that threads write. */
	source = need(aligned_alloc(_Alignof(struct source), sizeof(*source)));
	memset(source, 0, sizeof(*source));
	source->operations = workload->source == SOURCE_MEMORY ? &memory_source : &bpf_source;
	source->perf = perf;
	source->workload = *workload;
	source->plan = live_plan_of(workload);
	source->rings = (struct ring_set){ .size = workload->ring_size, .perf_fd = -1 };
	producers_place(source);
	err = source->operations->open(source, why);
	for (uint32_t i = 0; i < source->rings.count && !err; i++) {
		err = ring_set_map(&source->rings, i, &source->mapped[i]);
		if (err)
			complain(why, err, "cannot map the ring: %s; try a smaller -ring-size",
				strerror(-err));
	}
	if (err)
		source_close(source);
	else
		*result = source;
	return err;
}

void source_close(struct source *source)
{
	if (!source)
		return;
	source_end_threads(source);
	for (uint32_t i = 0; i < source->rings.count; i++)
		ring_set_unmap(&source->rings, &source->mapped[i]);
	source->operations->close(source);
	free(source);
}

int source_bpf_available(struct complaint *why)
{
	const struct workload smallest = {
		.event = EVENT_SKB_META,
		.event_size = sizeof(struct skb_meta),
		.ring_size = (uint64_t)sysconf(_SC_PAGESIZE),
		.rings = 1,
		.producers = 1,
		.rate = PARSE_RATE_MAX,
	};
	struct source *source = NULL;
	int err = source_open(&source, &smallest, false, why);

	source_close(source);
	return err;
}

int source_count(const struct source *source, struct ringview_account *sum, struct complaint *why)
{
	int err = 0;

	*sum = (struct ringview_account){ 0 };
	for (uint32_t i = 0; i < source->workload.producers && !err; i++)
		err = source->operations->count(source, i, sum);
	return err ? complain(why, err, "cannot read what the BPF program counted: %s",
			     strerror(-err))
		   : 0;
}
