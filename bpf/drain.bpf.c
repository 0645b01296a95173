// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The producers of `drain` and `sweep`: each run writes one event, without a notification, as
 * reading starts only when all events are there.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "events.h"
#include "ringview/ringview.bpf.h"
#include "sized_fill.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 29); /* the default; the benchmark sets its own */
} meta_ringbuf SEC(".maps");

RINGVIEW_ACCOUNTS(accounts, 1);

/* Set before loading: the verifier requires a constant size. */
const volatile __u32 event_size = sizeof(struct skb_meta);

__u64 sequence; /* of the next event; increases whether there was room or not */

SEC("tc")
int write_skb_meta(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, 0);
	struct skb_meta *meta;

	skb->cb[0] = sequence++;
	meta = ringview_reserve(&meta_ringbuf, sizeof(*meta), account);
	if (!meta)
		return 0;
	meta->address = (__u64)(long)skb;
	meta->len = skb->len;
	meta->pkt_type = skb->pkt_type;
	meta->mark = skb->mark;
	meta->queue_mapping = skb->queue_mapping;
	meta->protocol = skb->protocol;
	meta->vlan_present = skb->vlan_present;
	meta->vlan_tci = skb->vlan_tci;
	meta->vlan_proto = skb->vlan_proto;
	meta->priority = skb->priority;
	meta->ingress_ifindex = skb->ingress_ifindex;
	meta->ifindex = skb->ifindex;
	meta->tc_index = skb->tc_index;
	meta->cb[0] = skb->cb[0];
	meta->cb[1] = skb->cb[1];
	meta->cb[2] = skb->cb[2];
	meta->cb[3] = skb->cb[3];
	meta->cb[4] = skb->cb[4];
	meta->padding = 0;
	ringview_submit(meta, BPF_RB_NO_WAKEUP, account);
	return 0;
}

SEC("tc")
int write_sized(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, 0);
	__u64 number = sequence++;
	__u64 *words;

	words = ringview_reserve(&meta_ringbuf, event_size, account);
	if (!words)
		return 0;
	words[0] = number;
	sized_fill(words + 1, event_size - 8, number, 1);
	ringview_submit(words, BPF_RB_NO_WAKEUP, account);
	return 0;
}
