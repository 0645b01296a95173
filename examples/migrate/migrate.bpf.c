// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Writes an event each time that it runs: how many it wrote before. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} ring SEC(".maps");

__u64 number;

SEC("tc")
int write_event(struct __sk_buff *skb)
{
	__u64 *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);

	if (!event)
		return 0;
	*event = number++;
	bpf_ringbuf_submit(event, 0);
	return 0;
}
