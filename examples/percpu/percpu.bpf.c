// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Writes the time of each system call into the ring of its CPU. Counts lost events. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <ringview/ringview.bpf.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

RINGVIEW_RINGS(rings, 1, 4096); /* user space sets the number of rings, and creates them */
RINGVIEW_ACCOUNTS(accounts, 1);

SEC("raw_tp/sys_enter")
int on_call(void *context)
{
	struct ringview_account *account = ringview_account_of(&accounts, 0);
	void *ring = ringview_ring_of_cpu(&rings);
	__u64 *time = ring ? ringview_reserve(ring, sizeof(*time), account) : NULL;

	if (!time)
		return 0; /* lost, and counted */
	*time = bpf_ktime_get_ns();
	ringview_submit(time, 0, account);
	return 0;
}
