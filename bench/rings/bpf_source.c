/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of the kernel, written by a BPF program (bpf/producers.bpf.c) that BPF_PROG_RUN or a system
 * call runs.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live_producer.h"
#include "producers.skel.h"
#include "rings/bpf.h"
#include "rings/source.h"

/* include/uapi/linux/bpf.h of Linux 6.19; older headers lack it. */
#define MAP_FLAG_OVERWRITE (1u << 19)

#define PACKET_SIZE 128 /* that of the original benchmark; skb_meta has its length */

struct bpf_source {
	struct source source; /* first */
	uint32_t made;        /* rings */
	struct producers_bpf *skeleton;
	struct bpf_program *programs[TARGET_COUNT];
	struct bpf_link *links[TARGET_COUNT]; /* of PRODUCER_SYSCALL, one at a time */
};

static struct bpf_source *bpf_of(struct source *source)
{
	return (struct bpf_source *)source;
}

/*
 * The time that the program and its notifications took, of a BPF_PROG_RUN that took @wall ns, of
 * which the kernel says @average ns a run.
 *
 * The kernel's time excludes the system call, and other threads that ran on this CPU between two
 * runs; it includes the interrupts that notify readers, as it should. (A preemptible kernel counts
 * the time of threads that preempt a run.) But it is cut to whole nanoseconds a run. If the wall
 * time lies within that nanosecond, as it does for a long undisturbed call, it is exact; else half
 * a nanosecond is the best guess.
 */
static double time_of(uint64_t repeat, uint32_t average, uint64_t wall)
{
	const double least = (double)average * (double)repeat, most = least + (double)repeat;

	if ((double)wall >= least && (double)wall < most)
		return (double)wall;
	return least + (double)(repeat - 1) / 2;
}

static int produce_by_run(
	struct source *source, uint32_t index, uint64_t events, double *ns, struct complaint *why)
{
	const int program_fd = bpf_program__fd(bpf_of(source)->programs[source->target]);
	const unsigned char packet[PACKET_SIZE] = { 0 };
	const struct __sk_buff skb = { .mark = index };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet),
		.ctx_in = &skb, .ctx_size_in = sizeof(skb), .repeat = (int)events);
	const uint64_t start = producers_clock();
	int err = bpf_prog_test_run_opts(program_fd, &run);
	const uint64_t wall = producers_clock() - start;

	if (!err) {
		*ns += time_of(events, run.duration, wall);
		return 0;
	}
	/* A signal ended it early; the kernel does not say how long it ran. */
	if (err == -EINTR || err == -EAGAIN) {
		*ns += (double)wall;
		return 0;
	}
	return complain(why, err, "BPF_PROG_RUN failed: %s%s", strerror(-err),
		source->workload.event == EVENT_TIMED ? "; try -producer syscall" : "");
}

/* Wall time, including the system call: a traced process waits for all of it. */
static int bpf_produce(
	struct source *source, uint32_t index, uint64_t events, double *ns, struct complaint *why)
{
	const pid_t argument = (pid_t)(-1 - (int)index); /* see bpf/producers.bpf.c */
	const uint64_t start = producers_clock();

	if (source->workload.producer == PRODUCER_RUN)
		return produce_by_run(source, index, events, ns, why);
	for (uint64_t i = 0; i < events; i++)
		getpgid(argument);
	*ns += (double)(producers_clock() - start);
	return 0;
}

/* Of all targets' programs only the one of the current target may be attached. */
static int bpf_attach(struct source *source, bool attached, struct complaint *why)
{
	struct bpf_source *bpf = bpf_of(source);
	struct bpf_link **link = &bpf->links[source->target];

	if (source->workload.producer != PRODUCER_SYSCALL || (attached && *link))
		return 0;
	for (int target = 0; target < TARGET_COUNT; target++) {
		bpf_link__destroy(bpf->links[target]);
		bpf->links[target] = NULL;
	}
	if (attached)
		*link = bpf_program__attach(bpf->programs[source->target]);
	return attached && !*link ? bpf_load_explain_attach(-errno, why) : 0;
}

static int bpf_count(const struct source *source, uint32_t index, struct ringview_account *account)
{
	const struct bpf_source *bpf = (const struct bpf_source *)source;

	return bpf_accounts_sum(bpf_map__fd(bpf->skeleton->maps.accounts), index, account);
}

static void bpf_close(struct source *source)
{
	struct bpf_source *bpf = bpf_of(source);
	struct complaint ignored;

	bpf_attach(source, false, &ignored);
	producers_bpf__destroy(bpf->skeleton);
	while (bpf->made > 0)
		close(source->rings.map_fds[--bpf->made]);
}

static unsigned int privileges_of(const struct source *source)
{
	unsigned int privileges = PRIVILEGE_BPF;

	privileges |=
		source->workload.producer == PRODUCER_RUN ? PRIVILEGE_NET_ADMIN : PRIVILEGE_PERFMON;
	/* To open perf buffers; skb_meta holds an address of the kernel. */
	if (source->perf || source->workload.event == EVENT_SKB_META)
		privileges |= PRIVILEGE_PERFMON;
	return privileges;
}

static int make_rings(struct bpf_source *bpf)
{
	struct ring_set *rings = &bpf->source.rings;
	LIBBPF_OPTS(bpf_map_create_opts, options,
		.map_flags = bpf->source.workload.overwrite ? MAP_FLAG_OVERWRITE : 0);

	for (; bpf->made < rings->count; bpf->made++) {
		int fd = bpf_map_create(
			BPF_MAP_TYPE_RINGBUF, "bench_ring", 0, 0, (__u32)rings->size, &options);

		if (fd < 0)
			return fd;
		rings->map_fds[bpf->made] = fd;
	}
	return 0;
}

static void set_constants(struct bpf_source *bpf)
{
	struct producers_bpf__rodata *constants = bpf->skeleton->rodata;
	const struct workload *workload = &bpf->source.workload;
	const struct live_plan *plan = &bpf->source.plan;
	const struct mix *mix = workload->mix;

	constants->event_size = workload->event_size;
	constants->rings = workload->rings;
	constants->timed = workload->event == EVENT_TIMED;
	constants->order = workload->order;
	constants->discard = plan->discard;
	constants->notify = plan->notify;
	constants->notify_bytes = plan->notify_bytes;
	constants->query_mask = plan->query_mask;
	constants->interval = plan->interval;
	/* Negative, and not the argument of a producer. */
	constants->introduction = INT32_MIN + (int32_t)(producers_clock() % INT32_MAX / 2);
	if (mix) {
		constants->mix_count = mix->count;
		constants->mix_in_order = mix->in_order;
		constants->mix_largest = mix->largest;
		constants->mix_kind_count = mix->kind_count;
		memcpy((void *)constants->mix_kinds, mix->kinds, sizeof(mix->kinds));
	}
}

/* How the program for rings writes. A reservation takes one of few sizes. */
static enum live_way way_of(const struct workload *workload)
{
	return workload->mix && workload->mix->kind_count == 0 ? LIVE_OUTPUT : workload->write;
}

/* Loads one program for rings, and one for perf buffers if they are asked for. */
static int set_programs(struct bpf_source *bpf)
{
	const struct workload *workload = &bpf->source.workload;
	struct producers_bpf *skeleton = bpf->skeleton;
	struct bpf_program *const programs[][LIVE_PERF + 1] = {
		[PRODUCER_RUN] = { skeleton->progs.reserve_by_run, skeleton->progs.output_by_run,
			skeleton->progs.perf_by_run },
		[PRODUCER_SYSCALL] = { skeleton->progs.reserve_by_syscall,
			skeleton->progs.output_by_syscall, skeleton->progs.perf_by_syscall },
	};
	struct bpf_program *program = NULL;

	bpf->programs[TARGET_RINGS] = workload->event == EVENT_SKB_META
					      ? skeleton->progs.skb_meta_by_run
					      : programs[workload->producer][way_of(workload)];
	bpf->programs[TARGET_PERF_BUFFERS] = programs[workload->producer][LIVE_PERF];
	while ((program = bpf_object__next_program(skeleton->obj, program)))
		bpf_program__set_autoload(
			program, program == bpf->programs[TARGET_RINGS] ||
					 (bpf->source.perf &&
						 program == bpf->programs[TARGET_PERF_BUFFERS]));
	return bpf_map__set_autocreate(skeleton->maps.perf_buffers, bpf->source.perf);
}

/* The rings exist already. The program uses the map of rings only if there are several. */
static int set_maps(struct bpf_source *bpf)
{
	const struct workload *workload = &bpf->source.workload;
	const int *fds = bpf->source.rings.map_fds;
	struct bpf_map *ring_array = bpf->skeleton->maps.ring_array;
	struct bpf_map *places = bpf->skeleton->maps.places;
	/* Bytes for the largest event: event_fill_any() writes up to 31 more than its size. */
	const uint32_t place = ((uint32_t)workload_largest_stride(workload) + 24 + 127) / 128 * 128;
	int err = bpf_map__reuse_fd(bpf->skeleton->maps.ring, fds[0]);

	if (!err)
		err = workload->rings == 1 ? bpf_map__set_autocreate(ring_array, false)
					   : bpf_map__set_inner_map_fd(ring_array, fds[0]);
	if (!err && workload->mix)
		err = bpf_map__set_max_entries(bpf->skeleton->maps.mix_sizes, workload->mix->count);
	if (!err && way_of(workload) != LIVE_OUTPUT && !bpf->source.perf)
		return bpf_map__set_autocreate(places, false);
	if (!err)
		err = bpf_map__set_value_size(places, place);
	return err ? err : bpf_map__set_max_entries(places, workload->producers);
}

/* After loading. */
static int fill_maps(struct bpf_source *bpf)
{
	const struct ring_set *rings = &bpf->source.rings;
	const struct mix *mix = bpf->source.workload.mix;
	const int ring_array = bpf_map__fd(bpf->skeleton->maps.ring_array);
	uint32_t *keys, count = mix ? mix->count : 0;
	int err = 0;

	for (uint32_t i = 0; i < rings->count && rings->count > 1; i++)
		if (bpf_map_update_elem(ring_array, &i, &rings->map_fds[i], BPF_ANY) < 0)
			return -errno;
	if (!mix)
		return 0;
	keys = malloc(count * sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		keys[i] = i;
	if (bpf_map_update_batch(
		    bpf_map__fd(bpf->skeleton->maps.mix_sizes), keys, mix->sizes, &count, NULL) < 0)
		err = -errno;
	free(keys);
	return err;
}

static int load(struct bpf_source *bpf)
{
	int err;

	bpf->skeleton = producers_bpf__open();
	if (!bpf->skeleton)
		return -errno;
	set_constants(bpf);
	err = set_programs(bpf);
	if (!err)
		err = set_maps(bpf);
	if (!err)
		err = producers_bpf__load(bpf->skeleton);
	return err ? err : fill_maps(bpf);
}

/* Attaches the program and tells it which process is the benchmark. */
static int introduce(struct bpf_source *bpf, struct complaint *why)
{
	int err = bpf_attach(&bpf->source, true, why);

	if (err || bpf->source.workload.producer != PRODUCER_SYSCALL)
		return err;
	getpgid(bpf->skeleton->rodata->introduction);
	if (__atomic_load_n(&bpf->skeleton->bss->tgid, __ATOMIC_RELAXED) == 0)
		return complain(why, -EOPNOTSUPP,
			"the tracepoint syscalls/sys_enter_getpgid does not see this process's "
			"system calls; use -producer run");
	return 0;
}

static int bpf_open(struct source *source, struct complaint *why)
{
	struct bpf_source *bpf = bpf_of(source);
	int err;

	bpf_load_quietly();
	err = make_rings(bpf);
	if (err == -EINVAL && source->workload.overwrite)
		return complain(why, err,
			"this kernel has no rings that overwrite, which Linux 6.19 added; leave out "
			"-overwrite, or give -source memory");
	if (!err)
		err = load(bpf);
	if (err)
		return bpf_load_explain(err, privileges_of(source), source->rings.size, why);
	if (source->perf)
		source->rings.perf_fd = bpf_map__fd(bpf->skeleton->maps.perf_buffers);
	source->states = bpf->skeleton->bss->states;
	return introduce(bpf, why);
}

const struct source_operations bpf_source = {
	.size = sizeof(struct bpf_source),
	.open = bpf_open,
	.produce = bpf_produce,
	.count = bpf_count,
	.attach = bpf_attach,
	.close = bpf_close,
};
