// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Producers of an ordered group: each run submits one record to the ring of its CPU. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <ringview/ringview.bpf.h>

#include "support/percpu.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

RINGVIEW_RINGS(rings, 1, 4096);

__u64 numbers[PERCPU_MOST];   /* of the next record of each CPU; a run that fails uses no number */
__u64 delayed_ns[PERCPU_MOST]; /* the longest time from a timestamp to just before the submission */
__u64 failed, missing;
__s64 shift_ns; /* of the timestamps */

SEC("tc")
int write_percpu(struct __sk_buff *skb)
{
	const __u32 cpu = bpf_get_smp_processor_id() & (PERCPU_MOST - 1);
	void *ring = ringview_ring_of_cpu(&rings);
	const __u64 time = bpf_ktime_get_ns();
	struct percpu_record *record;
	__u64 delay;

	(void)skb;
	if (!ring) {
		missing++;
		return 0;
	}
	record = ringview_reserve(ring, sizeof(*record), NULL);
	if (!record) {
		failed++;
		return 0;
	}
	record->number = numbers[cpu]++;
	record->time = time + shift_ns;
	record->cpu = cpu;
	delay = bpf_ktime_get_ns() - time;
	if (delay > delayed_ns[cpu])
		delayed_ns[cpu] = delay;
	ringview_submit(record, 0, NULL);
	return 0;
}
