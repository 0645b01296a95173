/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The sizes of a stream whose events differ: what user space sets before loading, and the map that
 * it fills.
 */
#ifndef BENCH_MIX_BPF_H
#define BENCH_MIX_BPF_H

#include "events.h"

const volatile __u32 mix_count; /* of sizes in the map; 0: all events have event_size */
const volatile __u32 mix_in_order;
const volatile __u32 mix_largest;
const volatile __u32 mix_kind_count; /* 0: more than MIX_KINDS */
const volatile __u32 mix_kinds[MIX_KINDS];

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} mix_sizes SEC(".maps");

/* Of event @id: 16 to mix_largest; or 0, which there never is. */
static __always_inline __u32 mix_size(__u64 id)
{
	__u32 index = mix_index(id, mix_count, mix_in_order);
	__u32 *size = bpf_map_lookup_elem(&mix_sizes, &index);

	if (!size || *size < SIZED_EVENT_MIN || *size > mix_largest)
		return 0;
	return *size;
}

#endif
