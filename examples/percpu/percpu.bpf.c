// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* An event for each system call on this system, in the ring of the CPU that made it: when, and
 * where. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <ringview/ringview.bpf.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

RINGVIEW_RINGS(rings, 1, 4096); /* user space says how many, and makes them */

SEC("raw_tp/sys_enter")
int on_call(void *context)
{
	void *ring = ringview_ring_of_cpu(&rings);
	__u64 *event = ring ? ringview_reserve(ring, 2 * sizeof(*event), NULL) : NULL;

	if (!event)
		return 0;
	event[0] = bpf_ktime_get_ns();
	event[1] = bpf_get_smp_processor_id();
	ringview_submit(event, 0, NULL);
	return 0;
}
