/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of the kernel, written by BPF programs that threads run: by BPF_PROG_RUN, or by a system
 * call that has a program attached.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live_producer.h"
#include "live.skel.h"
#include "rings/live_source.h"
#include "rings/producers.h"
#include "rings/bpf_accounts.h"
#include "rings/bpf_load.h"
#include "rings/privileges.h"
#include "rings/bpf_mix.h"

/* include/uapi/linux/bpf.h of Linux 6.19; the headers that we are built with may be older. */
#define MAP_FLAG_OVERWRITE (1u << 19)

#define PACKET_SIZE 64 /* the program does not look into it */

struct bpf_live {
	struct live_source source; /* first */
	struct live_plan plan;
	uint64_t ring_size;
	enum live_producer producer;
	enum live_way write;
	bool overwrite;
	bool perf; /* writes to perf's buffers too */
	struct live_bpf *skeleton;
	struct live_state *states; /* of the programs, which write them */
	struct bpf_program *programs[TARGET_COUNT];
	struct bpf_link *links[TARGET_COUNT]; /* of PRODUCER_SYSCALL, one at a time */
	int accounts_fd;
	struct ring_bytes mapped[LIVE_RINGS_MAX]; /* to look at them; not yet mapped: of size 0 */
	struct producers producers;
};

static struct bpf_live *bpf_of(struct live_source *source)
{
	return (struct bpf_live *)source;
}

static void bpf_begin(void *context, uint32_t index, uint64_t due)
{
	struct bpf_live *bpf = context;

	bpf->states[index] = (struct live_state){ .due = due };
}

static uint64_t bpf_attempted(const void *context, uint32_t index)
{
	const struct bpf_live *bpf = context;

	return __atomic_load_n(&bpf->states[index].sequence, __ATOMIC_RELAXED);
}

/*
 * What the program and its notifications took, of a BPF_PROG_RUN that took @wall ns, of which the
 * kernel says @average ns a run.
 *
 * The kernel's time leaves out the system call, and what other threads took when it let them on
 * this CPU in between two runs; the interrupts that notify readers are in it, as they should be.
 * (A kernel that can preempt runs counts what preempted them as theirs.) But it is cut to whole
 * nanoseconds. The wall clock tells the rest, where it lies within that nanosecond, as it does when
 * a long call was not disturbed; else half of one is the best guess.
 */
static double time_of(uint64_t repeat, uint32_t average, uint64_t wall)
{
	const double least = (double)average * (double)repeat, most = least + (double)repeat;

	if ((double)wall >= least && (double)wall < most)
		return (double)wall;
	return least + (double)(repeat - 1) / 2;
}

static int produce_by_run(
	void *context, uint32_t index, uint64_t events, double *ns, struct complaint *why)
{
	struct bpf_live *bpf = context;
	const int program_fd = bpf_program__fd(bpf->programs[bpf->source.target]);
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
	/* Something wanted this thread: it ran less often, and the kernel does not say how long. */
	if (err == -EINTR || err == -EAGAIN) {
		*ns += (double)wall;
		return 0;
	}
	return complain(why, err, "BPF_PROG_RUN failed: %s; try -producer syscall", strerror(-err));
}

/* Wall time, with the system call: that is what a traced process waits for. */
static int produce_by_syscall(
	void *context, uint32_t index, uint64_t events, double *ns, struct complaint *why)
{
	const pid_t argument = (pid_t)(-1 - (int)index); /* as bpf/live.bpf.c wants it */
	const uint64_t start = producers_clock();

	(void)context;
	(void)why;
	for (uint64_t i = 0; i < events; i++)
		getpgid(argument);
	*ns += (double)(producers_clock() - start);
	return 0;
}

/* What a reader does that has read everything. */
static int bpf_empty(void *context, struct complaint *why)
{
	struct bpf_live *bpf = context;
	struct ring_bytes ring;
	int err = ring_set_map(&bpf->source.rings, 0, &ring);

	if (!err)
		__atomic_store_n(ring.consumer, __atomic_load_n(ring.producer, __ATOMIC_ACQUIRE),
			__ATOMIC_RELEASE);
	ring_set_unmap(&bpf->source.rings, &ring);
	return err ? complain(why, err, "cannot map the ring: %s", strerror(-err)) : 0;
}

static const struct producers_job jobs[] = {
	[PRODUCER_RUN] = { bpf_begin, produce_by_run, bpf_attempted, bpf_empty },
	[PRODUCER_SYSCALL] = { bpf_begin, produce_by_syscall, bpf_attempted, bpf_empty },
};

static void detach(struct bpf_live *bpf)
{
	for (int target = 0; target < TARGET_COUNT; target++) {
		bpf_link__destroy(bpf->links[target]);
		bpf->links[target] = NULL;
	}
}

/* Has system calls run the program of the target, and no other. */
static int attach(struct bpf_live *bpf, struct complaint *why)
{
	const enum live_target target = bpf->source.target;

	if (bpf->producer != PRODUCER_SYSCALL || bpf->links[target])
		return 0;
	detach(bpf);
	bpf->links[target] = bpf_program__attach(bpf->programs[target]);
	return bpf->links[target] ? 0 : bpf_load_explain_attach(-errno, why);
}

static int bpf_start(struct live_source *source, struct complaint *why)
{
	struct bpf_live *bpf = bpf_of(source);
	int err = attach(bpf, why);

	if (err)
		return err;
	memset(bpf->states, 0, LIVE_PRODUCERS * sizeof(*bpf->states));
	for (uint32_t i = 0; i < bpf->producers.count; i++) {
		err = bpf_accounts_clear(bpf->accounts_fd, i);

		if (err)
			return complain(why, err, "cannot reset what the BPF program counts: %s",
				strerror(-err));
	}
	return producers_start(&bpf->producers, why);
}

static int bpf_turn(struct live_source *source, struct complaint *why)
{
	return producers_turn(&bpf_of(source)->producers, why);
}

static int add_account(const struct bpf_live *bpf, uint32_t index, struct live_produced *produced)
{
	struct ringview_account account;
	int err = bpf_accounts_sum(bpf->accounts_fd, index, &account);

	produced->attempted += account.attempted;
	produced->submitted += account.submitted;
	produced->failed += account.failed;
	produced->discarded += account.discarded;
	return err;
}

static int bpf_stop(
	struct live_source *source, struct live_produced *produced, struct complaint *why)
{
	struct bpf_live *bpf = bpf_of(source);
	int err;

	*produced = (struct live_produced){ 0 };
	err = producers_stop(&bpf->producers, &produced->ns, why);
	for (uint32_t i = 0; i < bpf->producers.count && !err; i++) {
		const struct live_state *state = &bpf->states[i];

		err = add_account(bpf, i, produced);
		if (err)
			complain(why, err, "cannot read what the BPF program counted: %s",
				strerror(-err));
		produced->sequences[i] = state->sequence;
		if (state->high_water > produced->high_water)
			produced->high_water = state->high_water;
	}
	/* Two positions read one after the other can lie further apart than they ever did. */
	if (produced->failed > 0 || produced->high_water > bpf->ring_size)
		produced->high_water = bpf->ring_size;
	if (source->target == TARGET_PERF_BUFFERS)
		produced->high_water = LIVE_UNKNOWN;
	return err;
}

static uint64_t waiting_in(struct bpf_live *bpf, uint32_t index)
{
	struct ring_bytes *ring = &bpf->mapped[index];
	uint64_t consumer, waiting;

	/* When somebody first asks. */
	if (!ring->size && ring_set_map(&bpf->source.rings, index, ring))
		return LIVE_UNKNOWN;
	/* The consumer first: so it is never ahead. Pairs with the store-release of each reader. */
	consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	waiting = __atomic_load_n(ring->producer, __ATOMIC_RELAXED) - consumer;
	return waiting < ring->size ? waiting : ring->size;
}

static void bpf_observe(
	struct live_source *source, uint64_t *attempted, uint64_t *lost, uint64_t *waiting)
{
	struct bpf_live *bpf = bpf_of(source);

	*attempted = *lost = *waiting = 0;
	for (uint32_t i = 0; i < bpf->producers.count; i++) {
		struct ringview_account account;

		*attempted += bpf_attempted(bpf, i);
		if (bpf_accounts_sum(bpf->accounts_fd, i, &account) || *lost == LIVE_UNKNOWN)
			*lost = LIVE_UNKNOWN;
		else
			*lost += account.failed;
	}
	for (uint32_t i = 0; i < source->rings.count && *waiting != LIVE_UNKNOWN; i++) {
		const uint64_t here = waiting_in(bpf, i);

		*waiting = here == LIVE_UNKNOWN ? here : *waiting + here;
	}
}

static int bpf_measure_alone(
	struct live_source *source, double *ns_per_event, struct complaint *why)
{
	return producers_measure_alone(&bpf_of(source)->producers, false, ns_per_event, why);
}

static int bpf_measure_unattached(struct live_source *source, double *ns, struct complaint *why)
{
	struct bpf_live *bpf = bpf_of(source);
	int err;

	*ns = 0;
	if (bpf->producer != PRODUCER_SYSCALL)
		return 0;
	detach(bpf);
	err = producers_measure_alone(&bpf->producers, true, ns, why);
	return err ? err : attach(bpf, why);
}

static void bpf_close(struct live_source *source)
{
	struct bpf_live *bpf = bpf_of(source);
	struct complaint ignored;
	double ns;

	producers_stop(&bpf->producers, &ns, &ignored);
	detach(bpf);
	live_bpf__destroy(bpf->skeleton);
	for (uint32_t i = 0; i < source->rings.count; i++) {
		ring_set_unmap(&source->rings, &bpf->mapped[i]);
		if (source->rings.map_fds[i] >= 0)
			close(source->rings.map_fds[i]);
	}
	free(bpf);
}

static const struct live_source_operations bpf_operations = {
	.start = bpf_start,
	.turn = bpf_turn,
	.stop = bpf_stop,
	.measure_alone = bpf_measure_alone,
	.measure_unattached = bpf_measure_unattached,
	.observe = bpf_observe,
	.close = bpf_close,
};

static unsigned int privileges_of(const struct bpf_live *bpf)
{
	unsigned int privileges = PRIVILEGE_BPF;

	privileges |= bpf->producer == PRODUCER_RUN ? PRIVILEGE_NET_ADMIN : PRIVILEGE_PERFMON;
	if (bpf->perf) /* to open its buffers */
		privileges |= PRIVILEGE_PERFMON;
	return privileges;
}

static int make_rings(struct bpf_live *bpf)
{
	LIBBPF_OPTS(
		bpf_map_create_opts, options, .map_flags = bpf->overwrite ? MAP_FLAG_OVERWRITE : 0);

	for (uint32_t i = 0; i < bpf->source.rings.count; i++) {
		int fd = bpf_map_create(
			BPF_MAP_TYPE_RINGBUF, "live_ring", 0, 0, (__u32)bpf->ring_size, &options);

		if (fd < 0)
			return fd;
		bpf->source.rings.map_fds[i] = fd;
	}
	return 0;
}

static void set_plan(struct bpf_live *bpf)
{
	struct live_bpf__rodata *constants = bpf->skeleton->rodata;

	constants->event_size = bpf->plan.event_size;
	constants->rings = bpf->source.rings.count;
	constants->order = bpf->plan.order;
	constants->discard = bpf->plan.discard;
	constants->notify = bpf->plan.notify;
	constants->notify_bytes = bpf->plan.notify_bytes;
	constants->query_mask = bpf->plan.query_mask;
	constants->interval = bpf->plan.interval;
	/* Negative, and not the argument of a producer. */
	constants->introduction = INT32_MIN + (int32_t)(producers_clock() % INT32_MAX / 2);
}

/* The rings exist already; the map of several is made only where there are several, as it is then
 * that the program looks at it. */
static int set_rings(struct bpf_live *bpf)
{
	struct live_bpf *skeleton = bpf->skeleton;
	int err = bpf_map__reuse_fd(skeleton->maps.ring, bpf->source.rings.map_fds[0]);

	if (err)
		return err;
	if (bpf->source.rings.count == 1)
		return bpf_map__set_autocreate(skeleton->maps.ring_array, false);
	return bpf_map__set_inner_map_fd(skeleton->maps.ring_array, bpf->source.rings.map_fds[0]);
}

/* Where events are made that are copied then, for each producer. */
static int set_places(struct bpf_live *bpf)
{
	struct bpf_map *places = bpf->skeleton->maps.places;
	const uint32_t size = bpf_mix_room((uint32_t)bpf->plan.largest_stride - RECORD_HEADER);
	int err;

	if (bpf->write != LIVE_OUTPUT && !bpf->perf)
		return bpf_map__set_autocreate(places, false);
	err = bpf_map__set_value_size(places, size);
	return err ? err : bpf_map__set_max_entries(places, bpf->producers.count);
}

static int fill_ring_array(struct bpf_live *bpf)
{
	const int fd = bpf_map__fd(bpf->skeleton->maps.ring_array);

	for (uint32_t i = 0; i < bpf->source.rings.count && bpf->source.rings.count > 1; i++)
		if (bpf_map_update_elem(fd, &i, &bpf->source.rings.map_fds[i], BPF_ANY) < 0)
			return -errno;
	return 0;
}

/* Of the six, one is loaded for rings, and one for perf's buffers if they are asked for. */
static int set_programs(struct bpf_live *bpf)
{
	struct live_bpf *skeleton = bpf->skeleton;
	struct bpf_program *const programs[][LIVE_PERF + 1] = {
		[PRODUCER_RUN] = { skeleton->progs.reserve_by_run, skeleton->progs.output_by_run,
			skeleton->progs.perf_by_run },
		[PRODUCER_SYSCALL] = { skeleton->progs.reserve_by_syscall,
			skeleton->progs.output_by_syscall, skeleton->progs.perf_by_syscall },
	};
	struct bpf_program *program = NULL;

	bpf->programs[TARGET_RINGS] = programs[bpf->producer][bpf->write];
	bpf->programs[TARGET_PERF_BUFFERS] = programs[bpf->producer][LIVE_PERF];
	while ((program = bpf_object__next_program(skeleton->obj, program)))
		bpf_program__set_autoload(program,
			program == bpf->programs[TARGET_RINGS] ||
				(bpf->perf && program == bpf->programs[TARGET_PERF_BUFFERS]));
	return bpf_map__set_autocreate(skeleton->maps.perf_buffers, bpf->perf);
}

static int load(struct bpf_live *bpf)
{
	struct live_bpf *skeleton = live_bpf__open();
	int err;

	if (!skeleton)
		return -errno;
	bpf->skeleton = skeleton;
	set_plan(bpf);
	err = set_programs(bpf);
	if (!err)
		err = set_rings(bpf);
	if (!err)
		err = set_places(bpf);
	if (!err)
		err = bpf_mix_set(skeleton, bpf->plan.mix);
	if (!err)
		err = live_bpf__load(skeleton);
	if (!err)
		err = bpf_mix_fill(skeleton->maps.mix_sizes, bpf->plan.mix);
	if (!err)
		err = fill_ring_array(bpf);
	if (err)
		return err;
	if (bpf->perf)
		bpf->source.rings.perf_fd = bpf_map__fd(skeleton->maps.perf_buffers);
	bpf->accounts_fd = bpf_map__fd(skeleton->maps.accounts);
	bpf->states = skeleton->bss->states;
	return 0;
}

/* Attaches the program, and lets it know which process is this. */
static int introduce(struct bpf_live *bpf, struct complaint *why)
{
	int err = attach(bpf, why);

	if (err || bpf->producer != PRODUCER_SYSCALL)
		return err;
	getpgid(bpf->skeleton->rodata->introduction);
	if (__atomic_load_n(&bpf->skeleton->bss->tgid, __ATOMIC_RELAXED) == 0)
		return complain(why, -EOPNOTSUPP,
			"the tracepoint syscalls/sys_enter_getpgid does not see this process's "
			"system calls; use -producer run");
	return 0;
}

static int prepare(struct bpf_live *bpf, struct complaint *why)
{
	int err = make_rings(bpf);

	if (err == -EINVAL && bpf->overwrite)
		return complain(why, err,
			"the kernel makes no ring that overwrites, which takes Linux 6.19; leave out "
			"-overwrite, or give -source memory");
	if (!err)
		err = load(bpf);
	if (err)
		return bpf_load_explain(err, privileges_of(bpf), bpf->ring_size, why);
	return introduce(bpf, why);
}

int live_bpf_source_open(struct live_source **source, const struct workload *workload, bool perf,
	struct complaint *why)
{
	struct bpf_live *bpf;
	int err;

	/* calloc() would not align it as the parts that threads write ask for. */
	if (posix_memalign((void **)&bpf, _Alignof(struct bpf_live), sizeof(*bpf)))
		return complain(why, -ENOMEM, "out of memory");
	memset(bpf, 0, sizeof(*bpf));
	bpf_load_quietly();
	bpf->source.operations = &bpf_operations;
	bpf->source.rings = (struct ring_set){
		.count = workload->rings, .size = workload->ring_size, .perf_fd = -1
	};
	for (uint32_t i = 0; i < LIVE_RINGS_MAX; i++)
		bpf->source.rings.map_fds[i] = -1;
	bpf->plan = live_plan_of(workload);
	bpf->ring_size = workload->ring_size;
	bpf->producer = workload->producer;
	bpf->write = workload->write;
	bpf->overwrite = workload->overwrite;
	bpf->perf = perf;
	producers_init(&bpf->producers, workload, &bpf->plan, &jobs[workload->producer], bpf);
	err = prepare(bpf, why);
	if (err) {
		bpf_close(&bpf->source);
		return err;
	}
	*source = &bpf->source;
	return 0;
}
