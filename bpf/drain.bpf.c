// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The producers of `drain` and `sweep`: each run writes one event, without a notification, as
 * reading starts only when all events are there.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "events.h"
#include "mix.bpf.h"
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

const volatile __u64 discard; /* of event_is_discarded() */

/* Where events are made that are then copied. User space makes it large enough. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u64));
} place SEC(".maps");

__u64 sequence; /* of the next event; increases whether there was room or not */

static __always_inline void end(void *event, __u64 number, struct ringview_account *account)
{
	if (discard && event_is_discarded(number, discard))
		ringview_discard(event, BPF_RB_NO_WAKEUP, account);
	else
		ringview_submit(event, BPF_RB_NO_WAKEUP, account);
}

SEC("tc")
int write_skb_meta(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, 0);
	__u64 number = sequence++;
	struct skb_meta *meta;

	skb->cb[0] = number;
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
	end(meta, number, account);
	return 0;
}

static __always_inline void put(__u32 size, __u64 number, struct ringview_account *account)
{
	__u64 *words = ringview_reserve(&meta_ringbuf, size, account);

	if (!words)
		return;
	words[0] = number;
	sized_fill(words + 1, size - 8, number, 1);
	end(words, number, account);
}

/* An event of any size. There is no way to discard it. */
static __always_inline void put_copy(__u32 size, __u64 number, struct ringview_account *account)
{
	__u32 zero = 0;
	__u64 *words = bpf_map_lookup_elem(&place, &zero);

	if (!words)
		return;
	words[0] = number;
	sized_fill_any(words + 1, size - 8, mix_largest, number, 1);
	ringview_output(&meta_ringbuf, words, size, BPF_RB_NO_WAKEUP, account);
}

SEC("tc")
int write_sized(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, 0);
	__u64 number = sequence++;
	__u32 size, i;

	if (!account)
		return 0;
	if (!mix_count) {
		put(event_size, number, account);
		return 0;
	}
	size = mix_size(number);
	if (!size)
		return 0;
	if (!mix_kind_count) {
		put_copy(size, number, account);
		return 0;
	}
#pragma clang loop unroll(full)
	for (i = 0; i < MIX_KINDS; i++) {
		__u32 kind = mix_kinds[i];

		if (i < mix_kind_count && size == kind) {
			put(kind, number, account);
			break;
		}
	}
	return 0;
}
