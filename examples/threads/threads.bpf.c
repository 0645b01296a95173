// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* An event for each system call on this system, its number, in one of several rings. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <ringview/ringview.bpf.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

RINGVIEW_RINGS(rings, 1, 4096); /* user space says of which CPUs, and makes them */

__u64 lost;

SEC("raw_tp/sys_enter")
int on_call(__u64 *context)
{
	void *ring = ringview_ring_of_cpu(&rings);
	__u64 *event = ring ? ringview_reserve(ring, sizeof(*event), NULL) : NULL;

	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	*event = context[1];
	ringview_submit(event, 0, NULL);
	return 0;
}
