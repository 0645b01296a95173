/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of the kernel, written by a BPF program (bpf/producers.bpf.c) that BPF_PROG_RUN or a system
 * call runs.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rings/source.h"
#include "producers.skel.h"

/* include/uapi/linux/bpf.h of Linux 6.19; older headers lack it. */
#define MAP_FLAG_OVERWRITE (1u << 19)

#define PACKET_SIZE 128 /* that of the original benchmark; skb_meta has its length */

/* An array has one value for each possible CPU, a multiple of 8 bytes long. */
_Static_assert(sizeof(struct ringview_account) % 8 == 0, "the kernel rounds it up");

int bpf_accounts_add(int map_fd, uint32_t index, struct ringview_account *sum)
{
	const int cpus = libbpf_num_possible_cpus();
	struct ringview_account *values;
	int err = 0;

	if (cpus < 0)
		return cpus;
	values = calloc((size_t)cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map_fd, &index, values) < 0)
		err = -errno;
	for (int i = 0; i < cpus; i++) {
		sum->attempted += values[i].attempted;
		sum->submitted += values[i].submitted;
		sum->failed += values[i].failed;
		sum->discarded += values[i].discarded;
	}
	free(values);
	return err;
}

/* Whether this process lacks capabilities that the BPF programs of a source need, found by trying
 * (tests/cli/test_privileges.c) on Linux 6.18. Lists them in @names ("CAP_BPF, CAP_NET_ADMIN").
 * CAP_BPF and CAP_PERFMON exist since Linux 5.8, as the ring buffer does. */
static bool capabilities_missing(const struct source *source, char *names, size_t size)
{
	const bool by_run = source->workload.producer == PRODUCER_RUN;
	const struct {
		const char *name;
		int number;
		bool needed;
	} capabilities[] = {
		/* To load programs and make maps. */
		{ "CAP_BPF", CAP_BPF, true },
		/* To trace; to open perf buffers; and skb_meta holds an address of the kernel. */
		{ "CAP_PERFMON", CAP_PERFMON,
			!by_run || source->perf || source->workload.event == EVENT_SKB_META },
		/* For programs of section tc. */
		{ "CAP_NET_ADMIN", CAP_NET_ADMIN, by_run },
	};
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t effective;
	size_t used = 0;

	if (syscall(__NR_capget, &header, data) < 0)
		return false; /* unknown: the kernel's own error is reported */
	effective = data[0].effective | (uint64_t)data[1].effective << 32;
	if (effective & 1ull << CAP_SYS_ADMIN) /* bpf(2) accepts it for all three */
		return false;
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
		if (capabilities[i].needed && !(effective & 1ull << capabilities[i].number))
			used += (size_t)snprintf(names + used, size - used, "%s%s",
				used ? ", " : "", capabilities[i].name);
	return used > 0;
}

/* Says why the program or the rings could not be made. Returns a negative errno. */
static int explain(const struct source *source, int err, struct complaint *why)
{
	char missing[64];

	if (err == -EMFILE || err == -ENFILE)
		return complain(why, err,
			"cannot load the BPF program: %s; raise the limit (ulimit -n)",
			strerror(-err));
	if (capabilities_missing(source, missing, sizeof(missing)))
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
			"(ulimit -l unlimited) or of the memory cgroup, or give a smaller "
			"-ring-size",
			(unsigned long long)source->rings.size >> 20, strerror(-err));
	return complain(why, err, "cannot load the BPF program: %s", strerror(-err));
}

/* Says why the program could not be attached to the tracepoint of system calls. Returns @err. */
static int explain_attach(int err, struct complaint *why)
{
	if (err == -ENOENT)
		return complain(why, err,
			"there is no tracepoint syscalls/sys_enter_getpgid: tracefs is not mounted "
			"(mount -t tracefs tracefs /sys/kernel/tracing), or the kernel is without "
			"CONFIG_FTRACE_SYSCALLS; -producer run needs neither");
	return complain(why, err,
		"cannot attach to the tracepoint syscalls/sys_enter_getpgid: %s; %s",
		strerror(-err),
		err == -EACCES || err == -EPERM
			? "this needs CAP_PERFMON and read access to /sys/kernel/tracing, which root "
			  "has; run it with sudo, or give -producer run"
			: "try -producer run");
}

/* The time that the program and its notifications took, of a BPF_PROG_RUN of @repeat runs that took
 * @wall ns. The kernel's @average of a run includes the interrupts that notify, but neither the
 * system call nor other threads between two runs (those that preempt one count). It is cut to whole
 * nanoseconds: if the wall time lies within that one, as it does for a long undisturbed call, it is
 * exact; else half a nanosecond is the best guess. */
static double time_of(uint64_t repeat, uint32_t average, uint64_t wall)
{
	const double least = (double)average * (double)repeat, most = least + (double)repeat;

	if ((double)wall >= least && (double)wall < most)
		return (double)wall;
	return least + (double)(repeat - 1) / 2;
}

static int produce_by_run(struct producer *me, uint64_t events)
{
	const struct source *source = me->source;
	const int program_fd = bpf_program__fd(source->programs[source->target]);
	const unsigned char packet[PACKET_SIZE] = { 0 };
	const struct __sk_buff skb = { .mark = me->index };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet),
		.ctx_in = &skb, .ctx_size_in = sizeof(skb), .repeat = (int)events);
	const uint64_t start = monotonic_ns();
	int err = bpf_prog_test_run_opts(program_fd, &run);
	const uint64_t wall = monotonic_ns() - start;

	if (!err)
		me->ns += time_of(events, run.duration, wall);
	else if (err == -EINTR || err == -EAGAIN) /* a signal ended it early: its time is unknown */
		me->ns += (double)wall;
	else
		return complain(&me->why, err, "BPF_PROG_RUN failed: %s%s", strerror(-err),
			source->workload.event == EVENT_TIMED ? "; try -producer syscall" : "");
	return 0;
}

/* Wall time, including the system call: a traced process waits for all of it. */
static int bpf_produce(struct producer *me, uint64_t events)
{
	const pid_t argument = (pid_t)(-1 - (int)me->index); /* see bpf/producers.bpf.c */
	const uint64_t start = monotonic_ns();

	if (me->source->workload.producer == PRODUCER_RUN)
		return produce_by_run(me, events);
	for (uint64_t i = 0; i < events; i++)
		getpgid(argument);
	me->ns += (double)(monotonic_ns() - start);
	return 0;
}

/* Of all targets' programs only the one of the current target may be attached. */
static int bpf_attach(struct source *source, bool attached, struct complaint *why)
{
	struct bpf_program *program = attached ? source->programs[source->target] : NULL;

	if (source->workload.producer != PRODUCER_SYSCALL || program == source->attached)
		return 0;
	bpf_link__destroy(source->link);
	source->link = program ? bpf_program__attach(program) : NULL;
	source->attached = source->link ? program : NULL;
	return source->attached == program ? 0 : explain_attach(-errno, why);
}

static int bpf_count(const struct source *source, uint32_t index, struct ringview_account *sum)
{
	return bpf_accounts_add(bpf_map__fd(source->skeleton->maps.accounts), index, sum);
}

static void bpf_close(struct source *source)
{
	bpf_link__destroy(source->link);
	producers_bpf__destroy(source->skeleton);
	while (source->rings.count > 0)
		close(source->rings.map_fds[--source->rings.count]);
}

static int make_rings(struct source *source)
{
	struct ring_set *rings = &source->rings;
	LIBBPF_OPTS(bpf_map_create_opts, options,
		.map_flags = source->workload.overwrite ? MAP_FLAG_OVERWRITE : 0);

	for (; rings->count < source->workload.rings; rings->count++) {
		int fd = bpf_map_create(
			BPF_MAP_TYPE_RINGBUF, "bench_ring", 0, 0, (__u32)rings->size, &options);

		if (fd < 0)
			return fd;
		rings->map_fds[rings->count] = fd;
	}
	return 0;
}

static void set_constants(struct source *source)
{
	struct producers_bpf__rodata *constants = source->skeleton->rodata;
	const struct workload *workload = &source->workload;
	const struct mix *mix = workload->mix;

	constants->event_size = workload->event_size;
	constants->rings = workload->rings;
	constants->timed = workload->event == EVENT_TIMED;
	constants->order = workload->order;
	constants->notify = workload->notify;
	constants->plan = source->plan;
	/* Negative, and not the argument of a producer. */
	constants->introduction = INT32_MIN + (int32_t)(monotonic_ns() % INT32_MAX / 2);
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

static struct bpf_program *program_of(const struct source *source, const char *way)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_by_%s", way,
		live_producer_names[source->workload.producer]);
	return bpf_object__find_program_by_name(source->skeleton->obj, name);
}

/* Loads one program for rings, and one for perf buffers if they are asked for. */
static int set_programs(struct source *source)
{
	const struct workload *workload = &source->workload;
	struct producers_bpf *skeleton = source->skeleton;
	struct bpf_program *program = NULL, **programs = source->programs;

	set_constants(source);
	programs[TARGET_RINGS] = program_of(source, workload->event == EVENT_SKB_META
							    ? "skb_meta"
							    : live_write_names[way_of(workload)]);
	programs[TARGET_PERF_BUFFERS] = source->perf ? program_of(source, "perf") : NULL;
	while ((program = bpf_object__next_program(skeleton->obj, program)))
		bpf_program__set_autoload(
			program, program == programs[TARGET_RINGS] ||
					 program == programs[TARGET_PERF_BUFFERS]);
	return bpf_map__set_autocreate(skeleton->maps.perf_buffers, source->perf);
}

/* The rings exist already. The program uses the map of rings only if there are several. */
static int set_maps(struct source *source)
{
	const struct workload *workload = &source->workload;
	const int *fds = source->rings.map_fds;
	struct bpf_map *ring_array = source->skeleton->maps.ring_array;
	struct bpf_map *places = source->skeleton->maps.places;
	/* Bytes for the largest event: event_fill_any() writes up to 31 more than its size. */
	const uint32_t place = ((uint32_t)workload_largest_stride(workload) + 24 + 127) / 128 * 128;
	int err = bpf_map__reuse_fd(source->skeleton->maps.ring, fds[0]);

	if (!err)
		err = workload->rings == 1 ? bpf_map__set_autocreate(ring_array, false)
					   : bpf_map__set_inner_map_fd(ring_array, fds[0]);
	if (!err && workload->mix)
		err = bpf_map__set_max_entries(
			source->skeleton->maps.mix_sizes, workload->mix->count);
	if (!err && way_of(workload) != LIVE_OUTPUT && !source->perf)
		return bpf_map__set_autocreate(places, false);
	if (!err)
		err = bpf_map__set_value_size(places, place);
	return err ? err : bpf_map__set_max_entries(places, workload->producers);
}

/* After loading. */
static int fill_maps(struct source *source)
{
	const struct ring_set *rings = &source->rings;
	const struct mix *mix = source->workload.mix;
	const int ring_array = bpf_map__fd(source->skeleton->maps.ring_array);
	uint32_t *keys, count = mix ? mix->count : 0;
	int err = 0;

	for (uint32_t i = 0; i < rings->count && rings->count > 1; i++)
		if (bpf_map_update_elem(ring_array, &i, &rings->map_fds[i], BPF_ANY) < 0)
			return -errno;
	if (!mix)
		return 0;
	keys = need(malloc(count * sizeof(*keys)));
	for (uint32_t i = 0; i < count; i++)
		keys[i] = i;
	if (bpf_map_update_batch(bpf_map__fd(source->skeleton->maps.mix_sizes), keys, mix->sizes,
		    &count, NULL) < 0)
		err = -errno;
	free(keys);
	return err;
}

/* Attaches the program and tells it which process is the benchmark. */
static int introduce(struct source *source, struct complaint *why)
{
	int err = bpf_attach(source, true, why);

	if (err || source->workload.producer != PRODUCER_SYSCALL)
		return err;
	getpgid(source->skeleton->rodata->introduction);
	if (__atomic_load_n(&source->skeleton->bss->tgid, __ATOMIC_RELAXED) == 0)
		return complain(why, -EOPNOTSUPP,
			"the tracepoint syscalls/sys_enter_getpgid does not see this process's "
			"system calls; use -producer run");
	return 0;
}

static int bpf_open(struct source *source, struct complaint *why)
{
	int err;

	libbpf_set_print(NULL); /* its long messages; ours has one line */
	err = make_rings(source);
	if (err == -EINVAL && source->workload.overwrite)
		return complain(why, err,
			"this kernel has no rings that overwrite, which Linux 6.19 added; leave out "
			"-overwrite, or give -source memory");
	if (!err) {
		source->skeleton = producers_bpf__open();
		err = source->skeleton ? set_programs(source) : -errno;
	}
	if (!err)
		err = set_maps(source);
	if (!err)
		err = producers_bpf__load(source->skeleton);
	if (!err)
		err = fill_maps(source);
	if (err)
		return explain(source, err, why);
	if (source->perf)
		source->rings.perf_fd = bpf_map__fd(source->skeleton->maps.perf_buffers);
	source->states = source->skeleton->bss->states;
	return introduce(source, why);
}

const struct source_operations bpf_source = {
	.open = bpf_open,
	.produce = bpf_produce,
	.count = bpf_count,
	.attach = bpf_attach,
	.close = bpf_close,
};
