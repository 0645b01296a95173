// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Writes the number of each system call into the ring of its CPU. Counts lost events. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <ringview/ringview.bpf.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

RINGVIEW_RINGS(rings, 1, 4096); /* user space creates rings, each for some of the CPUs */
RINGVIEW_ACCOUNTS(accounts, 1);

SEC("raw_tp/sys_enter")
int on_call(__u64 *context)
{
	struct ringview_account *account = ringview_account_of(&accounts, 0);
	void *ring = ringview_ring_of_cpu(&rings);
	__u64 *event = ring ? ringview_reserve(ring, sizeof(*event), account) : NULL;

	if (!event)
		return 0; /* lost, and counted */
	*event = context[1];
	ringview_submit(event, 0, account);
	return 0;
}
