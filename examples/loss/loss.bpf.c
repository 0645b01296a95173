// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * An event for each getpid() on this system, every hundredth of them given up; all are counted.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <ringview/ringview.bpf.h>

#include "loss.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define RING_SIZE (64 * 1024)

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_SIZE);
} ring SEC(".maps");

/* One account: a tracepoint's program is not interrupted by another on its CPU. */
RINGVIEW_ACCOUNTS(accounts, 1);

SEC("tracepoint/syscalls/sys_enter_getpid")
int on_getpid(void *context)
{
	struct ringview_account *account = ringview_account_of(&accounts, 0);
	struct call *call = ringview_reserve(&ring, sizeof(*call), account);
	__u64 flags;

	(void)context;
	if (!call)
		return 0; /* lost, and counted */
	call->time = bpf_ktime_get_ns();
	call->pid = bpf_get_current_pid_tgid() >> 32;

	/* One notification for many events: when an eighth of the ring waits. */
	flags = ringview_notify_flags(&ring, RINGVIEW_NOTIFY_AT_LEAST, RING_SIZE / 8);
	if (call->time % 100 == 0)
		ringview_discard(call, flags, account);
	else
		ringview_submit(call, flags, account);
	return 0;
}
