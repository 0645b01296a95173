// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Writes the time of each system call on this system. Counts lost events. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <ringview/ringview.bpf.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} ring SEC(".maps");

RINGVIEW_ACCOUNTS(accounts, 1); /* one: this program does not interrupt itself */

SEC("raw_tp/sys_enter")
int on_call(void *context)
{
	struct ringview_account *account = ringview_account_of(&accounts, 0);
	__u64 *time = ringview_reserve(&ring, sizeof(*time), account);

	if (!time)
		return 0; /* lost, and counted */
	*time = bpf_ktime_get_ns();
	/* The reader polls. A notification would cost many times the event. */
	ringview_submit(time, ringview_notify_flags(&ring, RINGVIEW_NOTIFY_NEVER, 0), account);
	return 0;
}
