/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of the kernel, filled by a BPF program that BPF_PROG_RUN runs once for each event.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "drain.skel.h"
#include "base/interrupt.h"
#include "rings/bpf_accounts.h"
#include "rings/bpf_load.h"
#include "rings/privileges.h"
#include "rings/source.h"
#include "base/interrupt.h"
#include "rings/bpf_mix.h"

#define PACKET_SIZE 128 /* as the seed's; the program does not look into it */

struct bpf_source {
	struct source source; /* first */
	struct drain_bpf *skeleton;
	int program_fd;
	int accounts_fd;
};

static struct bpf_source *bpf_source_of(struct source *source)
{
	return (struct bpf_source *)source;
}

/* An event that found no room would be missing when the ring is read. */
static int check_failed(const struct bpf_source *bpf, uint64_t events, struct complaint *why)
{
	struct ringview_account account;
	int err = bpf_accounts_sum(bpf->accounts_fd, 0, &account);

	if (err)
		return complain(
			why, err, "cannot read what the BPF program counted: %s", strerror(-err));
	if (account.failed > 0)
		return complain(why, -ENOSPC,
			"the BPF program could not reserve %llu of %llu events: the ring "
			"was full",
			(unsigned long long)account.failed, (unsigned long long)events);
	return 0;
}

/* Runs the program until it has tried all, whatever signals interrupt. */
static int bpf_fill(struct source *source, uint64_t first, uint64_t events, struct complaint *why)
{
	struct bpf_source *bpf = bpf_source_of(source);
	__u64 *sequence = &bpf->skeleton->bss->sequence;
	unsigned char packet[PACKET_SIZE] = { 0 };
	uint64_t written = 0;

	__atomic_store_n(sequence, first, __ATOMIC_RELAXED);
	while (written < events) {
		LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = PACKET_SIZE,
			.repeat =
				(int)(events - written < INT32_MAX ? events - written : INT32_MAX));
		int err = bpf_prog_test_run_opts(bpf->program_fd, &run);

		written = __atomic_load_n(sequence, __ATOMIC_ACQUIRE) - first;
		if (interrupted())
			return -EINTR;
		if (err && err != -EINTR && err != -EAGAIN)
			return complain(why, err,
				"BPF_PROG_TEST_RUN failed after %llu of %llu events: %s",
				(unsigned long long)written, (unsigned long long)events,
				strerror(-err));
		err = check_failed(bpf, events, why);
		if (err)
			return err;
	}
	return 0;
}

static void bpf_close(struct source *source)
{
	struct bpf_source *bpf = bpf_source_of(source);

	ring_set_unmap(&source->rings, &source->ring);
	drain_bpf__destroy(bpf->skeleton);
	free(bpf);
}

static const struct source_operations bpf_operations = {
	.fill = bpf_fill,
	.close = bpf_close,
};

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
	skeleton->rodata->discard = workload_discard(workload);
	/* Only the one that is run: the other would cost the verifier its time. */
	bpf_program__set_autoload(
		skeleton->progs.write_skb_meta, workload->event == EVENT_SKB_META);
	bpf_program__set_autoload(skeleton->progs.write_sized, workload->event == EVENT_SIZED);
	err = bpf_map__set_max_entries(skeleton->maps.meta_ringbuf, (__u32)workload->ring_size);
	if (!err)
		err = bpf_mix_set(skeleton, workload->mix);
	if (!err && workload->mix)
		err = bpf_map__set_value_size(
			skeleton->maps.place, bpf_mix_room(workload->mix->largest));
	if (!err)
		err = drain_bpf__load(skeleton);
	if (!err)
		err = bpf_mix_fill(skeleton->maps.mix_sizes, workload->mix);
	if (err)
		return err;
	program = workload->event == EVENT_SKB_META ? skeleton->progs.write_skb_meta
						    : skeleton->progs.write_sized;
	bpf->program_fd = bpf_program__fd(program);
	bpf->accounts_fd = bpf_map__fd(skeleton->maps.accounts);
	bpf->source.rings.map_fds[0] = bpf_map__fd(skeleton->maps.meta_ringbuf);
	return 0;
}

static unsigned int privileges_of(const struct workload *workload)
{
	/* Only skb_meta events hold an address of the kernel. */
	return PRIVILEGE_BPF | PRIVILEGE_NET_ADMIN |
	       (workload->event == EVENT_SKB_META ? PRIVILEGE_PERFMON : 0);
}

int bpf_source_open(struct source **source, const struct workload *workload, struct complaint *why)
{
	struct bpf_source *bpf = calloc(1, sizeof(*bpf));
	int err;

	if (!bpf)
		return complain(why, -ENOMEM, "out of memory");
	bpf_load_quietly();
	bpf->source.operations = &bpf_operations;
	bpf->source.rings =
		(struct ring_set){ .count = 1, .size = workload->ring_size, .perf_fd = -1 };
	err = load(bpf, workload);
	if (err) {
		err = bpf_load_explain(err, privileges_of(workload), workload->ring_size, why);
	} else {
		err = ring_set_map(&bpf->source.rings, 0, &bpf->source.ring);
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
	struct source *source = NULL;
	int err = bpf_source_open(&source, &smallest, why);

	if (!err)
		source_close(source);
	return err;
}
