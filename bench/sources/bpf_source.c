/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of the kernel, filled by a BPF program that BPF_PROG_RUN runs once for each event.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drain.skel.h"
#include "interrupt.h"
#include "sources/privileges.h"
#include "sources/source.h"

#define PACKET_SIZE 128 /* as the seed's; the program does not look into it */

struct bpf_source {
	struct source source; /* first */
	struct drain_bpf *skeleton;
	int program_fd;
	uint64_t ring_size;
	uint64_t stride;
	size_t page_size;
};

static struct bpf_source *bpf_source_of(struct source *source)
{
	return (struct bpf_source *)source;
}

/* Runs the program until the ring has @events more events, whatever signals interrupt. */
static int bpf_fill(struct source *source, uint64_t events, struct complaint *why)
{
	struct bpf_source *bpf = bpf_source_of(source);
	const uint64_t start = __atomic_load_n(source->ring.producer, __ATOMIC_ACQUIRE);
	unsigned char packet[PACKET_SIZE] = { 0 };
	uint64_t written = 0;

	while (written < events) {
		LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = PACKET_SIZE,
			.repeat =
				(int)(events - written < INT32_MAX ? events - written : INT32_MAX));
		int err = bpf_prog_test_run_opts(bpf->program_fd, &run);

		written = (__atomic_load_n(source->ring.producer, __ATOMIC_ACQUIRE) - start) /
			  bpf->stride;
		if (interrupted())
			return -EINTR;
		if (err && err != -EINTR && err != -EAGAIN)
			return complain(why, err,
				"BPF_PROG_TEST_RUN failed after %llu of %llu events: %s",
				(unsigned long long)written, (unsigned long long)events,
				strerror(-err));
		if (bpf->skeleton->bss->failed > 0)
			return complain(why, -ENOSPC,
				"the BPF program could not reserve %llu of %llu events: the ring "
				"was full",
				(unsigned long long)bpf->skeleton->bss->failed,
				(unsigned long long)events);
	}
	return 0;
}

static void bpf_unmap(struct source *source, struct ring_bytes *ring)
{
	const size_t page = bpf_source_of(source)->page_size;

	if (ring->consumer)
		munmap(ring->consumer, page);
	if (ring->producer)
		munmap((void *)ring->producer, page + 2 * ring->size);
	*ring = (struct ring_bytes){ 0 };
}

static int bpf_map(struct source *source, struct ring_bytes *ring)
{
	struct bpf_source *bpf = bpf_source_of(source);
	const size_t page = bpf->page_size;
	int err = 0;
	void *pages;

	*ring = (struct ring_bytes){ .size = bpf->ring_size };
	pages = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, source->map_fd, 0);
	if (pages == MAP_FAILED)
		return -errno;
	ring->consumer = pages;
	pages = mmap(
		NULL, page + 2 * ring->size, PROT_READ, MAP_SHARED, source->map_fd, (off_t)page);
	if (pages == MAP_FAILED) {
		err = -errno;
		bpf_unmap(source, ring);
		return err;
	}
	ring->producer = pages;
	ring->data = (unsigned char *)pages + page;
	return 0;
}

static int bpf_open_reader(struct source *source, struct ringview **reader)
{
	return ringview_open(reader, source->map_fd, NULL);
}

static void bpf_close(struct source *source)
{
	struct bpf_source *bpf = bpf_source_of(source);

	bpf_unmap(source, &source->ring);
	drain_bpf__destroy(bpf->skeleton);
	free(bpf);
}

static const struct source_operations bpf_operations = {
	.fill = bpf_fill,
	.map = bpf_map,
	.unmap = bpf_unmap,
	.open_reader = bpf_open_reader,
	.close = bpf_close,
};

/* libbpf explains failures at length on standard error; our one line has to do. */
static int print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

/* Why the program or its ring could not be made, as far as the kernel lets on. */
static int explain_load(int err, const struct workload *workload, struct complaint *why)
{
	char missing[128];

	if (err == -EMFILE || err == -ENFILE)
		return complain(why, err,
			"cannot load the BPF program: %s; raise the limit (ulimit -n)",
			strerror(-err));
	if (privileges_missing(workload->event, missing, sizeof(missing)))
		return complain(why, -EPERM,
			"loading the BPF program needs %s, which this process lacks; run it with "
			"sudo, or try -source memory, which needs no privileges",
			missing);
	if (err == -EINVAL && libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 0)
		return complain(why, -EOPNOTSUPP,
			"this kernel has no BPF ring buffer; Linux 5.8 or later is needed, "
			"or try -source memory");
	if (err == -ENOMEM || err == -EPERM)
		return complain(why, err,
			"no memory for a ring of %llu MiB: %s; raise the limit of locked memory "
			"(ulimit -l "
			"unlimited) or of the memory cgroup, or give a smaller -ring-size",
			(unsigned long long)workload->ring_size >> 20, strerror(-err));
	return complain(why, err, "cannot load the BPF program: %s", strerror(-err));
}

static int load(struct bpf_source *bpf, const struct workload *workload)
{
	struct drain_bpf *skeleton;
	struct bpf_program *program;
	int err;

	skeleton = drain_bpf__open();
	if (!skeleton)
		return -errno;
	bpf->skeleton = skeleton;
	skeleton->rodata->event_size = workload->event_size;
	/* Only the one that is run: the other would cost the verifier its time. */
	bpf_program__set_autoload(
		skeleton->progs.write_skb_meta, workload->event == EVENT_SKB_META);
	bpf_program__set_autoload(skeleton->progs.write_sized, workload->event == EVENT_SIZED);
	err = bpf_map__set_max_entries(skeleton->maps.meta_ringbuf, (__u32)workload->ring_size);
	if (!err)
		err = drain_bpf__load(skeleton);
	if (err)
		return err;
	program = workload->event == EVENT_SKB_META ? skeleton->progs.write_skb_meta
						    : skeleton->progs.write_sized;
	bpf->program_fd = bpf_program__fd(program);
	bpf->source.map_fd = bpf_map__fd(skeleton->maps.meta_ringbuf);
	return 0;
}

int bpf_source_open(struct source **source, const struct workload *workload, struct complaint *why)
{
	struct bpf_source *bpf = calloc(1, sizeof(*bpf));
	int err;

	if (!bpf)
		return complain(why, -ENOMEM, "out of memory");
	libbpf_set_print(print_nothing);
	bpf->source.operations = &bpf_operations;
	bpf->ring_size = workload->ring_size;
	bpf->page_size = (size_t)sysconf(_SC_PAGESIZE);
	bpf->stride = workload_stride(workload);
	err = load(bpf, workload);
	if (err) {
		err = explain_load(err, workload, why);
	} else {
		err = bpf_map(&bpf->source, &bpf->source.ring);
		if (err)
			complain(why, err, "cannot map the ring: %s; try a smaller -ring-size",
				strerror(-err));
	}
	if (err) {
		bpf_close(&bpf->source);
		return err;
	}
	*source = &bpf->source;
	return 0;
}

int bpf_source_available(struct complaint *why)
{
	const struct workload smallest = {
		.event = EVENT_SKB_META,
		.event_size = sizeof(struct skb_meta),
		.ring_size = (uint64_t)sysconf(_SC_PAGESIZE),
	};
	struct source *source;
	int err = bpf_source_open(&source, &smallest, why);

	if (!err)
		source_close(source);
	return err;
}
