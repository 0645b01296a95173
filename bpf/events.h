/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events that the BPF programs write and the benchmark reads.
 */
#ifndef BENCH_EVENTS_H
#define BENCH_EVENTS_H

#include <linux/types.h>

/*
 * The event of the original benchmark: the metadata of a packet, 76 bytes of fields. The padding up
 * to 80 is a field too, so that it is written. cb[0] is the low half of the event's number, by which
 * the order is checked.
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
 * An event of any size: its sequence number, then a pattern that depends on it in every byte. The
 * last word is cut if the size is not a multiple of 8.
 */
#define SIZED_EVENT_MIN 16
#define SIZED_EVENT_MAX 65536

#define SIZED_FACTOR 0x9e3779b97f4a7c15ull /* 2^64 / golden ratio: spreads the low bits */

/* The 64-bit word at @index of the sized event @sequence. */
static inline __u64 sized_word(__u64 sequence, __u64 index)
{
	return index == 0 ? sequence : (sequence + index) * SIZED_FACTOR;
}

/* An event's id has its sequence number in the low bits, and in `live` its producer above. */
#define EVENT_SEQUENCE_BITS 48

/* A pseudo-random number from an event's id. */
static inline __u64 event_hash(__u64 id)
{
	__u64 hash = (id + 1) * SIZED_FACTOR;

	hash ^= hash >> 29;
	hash *= 0xbf58476d1ce4e5b9ull;
	return hash ^ (hash >> 32);
}

/* Whether event @id is discarded, if @discarded / 2^32 of all events are. */
static inline int event_is_discarded(__u64 id, __u64 discarded)
{
	return (event_hash(~id) >> 32) < discarded;
}

/* The index of the size of event @id in a mix of @count sizes: the next one, or a random one. */
static inline __u32 mix_index(__u64 id, __u32 count, int in_order)
{
	if (in_order)
		return (__u32)((id & ((1ull << EVENT_SEQUENCE_BITS) - 1)) % count);
	return (__u32)((event_hash(id) >> 32) * count >> 32);
}

/* The verifier requires reservations of constant size: a mix of at most this many sizes is reserved
 * in the ring, and events of other mixes are copied into it. */
#define MIX_KINDS 8

#endif
