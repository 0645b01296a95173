/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events that the BPF programs write and the benchmark reads.
 */
#ifndef BENCH_EVENTS_H
#define BENCH_EVENTS_H

#include <linux/types.h>

/*
 * The event of the original benchmark: the metadata of a packet. It has 76 bytes of fields; the
 * padding up to 80 is a field too, so that it is written and holds no garbage.
 *
 * cb[0] counts the events of a program (low 32 bits), so that their order can be checked.
 */
struct skb_meta {
	__u64 address; /* of the skb in the kernel */
	__u32 len;
	__u32 pkt_type;
	__u32 mark;
	__u32 queue_mapping;
	__u32 protocol;
	__u32 vlan_present;
	__u32 vlan_tci;
	__u32 vlan_proto;
	__u32 priority;
	__u32 ingress_ifindex;
	__u32 ifindex;
	__u32 tc_index;
	__u32 cb[5];
	__u32 padding; /* 0 */
};

/*
 * An event of any size: its sequence number, then a pattern in which every byte depends on it. The
 * last word is cut off if the size is not a multiple of 8.
 */
#define SIZED_EVENT_MIN 16
#define SIZED_EVENT_MAX 65536

#define SIZED_FACTOR 0x9e3779b97f4a7c15ull /* 2^64 / golden ratio: spreads the low bits */

/* The 64-bit word at @index of the sized event @sequence. */
static inline __u64 sized_word(__u64 sequence, __u64 index)
{
	return index == 0 ? sequence : (sequence + index) * SIZED_FACTOR;
}

#endif
