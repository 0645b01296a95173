// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Records each system call in a ring that overwrites, and reports each thread that a signal kills. */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "flightrecorder.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(map_flags, 1U << 19); /* BPF_F_RB_OVERWRITE, Linux 6.19 */
	__uint(max_entries, 1024 * 1024);
} recorder SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} alarms SEC(".maps");

static __always_inline int put(void *ring, int number, __u64 flags)
{
	struct event *event = bpf_ringbuf_reserve(ring, sizeof(*event), 0);

	if (event) {
		event->time = bpf_ktime_get_ns();
		event->pid = bpf_get_current_pid_tgid() >> 32;
		event->number = number;
		bpf_ringbuf_submit(event, flags);
	}
	return 0;
}

SEC("raw_tp/sys_enter")
int on_call(const struct bpf_raw_tracepoint_args *context)
{
	return put(&recorder, context->args[1], BPF_RB_NO_WAKEUP); /* no reader waits */
}

struct task_struct {
	int exit_code; /* libbpf finds its offset in this kernel */
} __attribute__((preserve_access_index));

SEC("raw_tp/sched_process_exit")
int on_exit(const struct bpf_raw_tracepoint_args *context)
{
	const int signal = BPF_CORE_READ((struct task_struct *)context->args[0], exit_code) & 0x7f;

	return signal ? put(&alarms, signal, 0) : 0;
}
