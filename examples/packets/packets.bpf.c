// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Writes the kernel's metadata of each packet. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "packets.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} ring SEC(".maps");

SEC("tc")
int on_packet(struct __sk_buff *skb)
{
	struct packet *packet = bpf_ringbuf_reserve(&ring, sizeof(*packet), 0);

	if (packet) {
		packet->length = skb->len;
		packet->protocol = skb->protocol;
		packet->mark = skb->mark;
		packet->priority = skb->priority;
		packet->type = skb->pkt_type;
		packet->ifindex = skb->ifindex;
		bpf_ringbuf_submit(packet, 0);
	}
	return TC_ACT_UNSPEC; /* continue with the next filter */
}
