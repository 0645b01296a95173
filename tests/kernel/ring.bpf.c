// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Producers on command: each run of write_record submits one record; each run of write_numbered
 * submits the next record of a numbered stream, which reveals each loss.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "support/numbered.h"
#include "support/pattern.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* the tests set the page size */
} ring SEC(".maps");

/* The command: set before each run. */
__u32 length;  /* one of the cases below */
__u64 flags;   /* of bpf_ringbuf_submit() and _discard() */
__u32 discard; /* 1: the record is discarded */

__u64 number;  /* of the next record; each run that writes one increments it */
__u64 failed;  /* runs that found no room */
__u64 unknown; /* runs whose length is no case */

/* A reservation's size has to be a constant for the verifier. */
static __always_inline void put(__u32 size)
{
	unsigned char *payload = bpf_ringbuf_reserve(&ring, size, 0);
	__u32 i;

	if (!payload) {
		failed++;
		return;
	}
	for (i = 0; i < size; i++)
		payload[i] = pattern_byte(number, i);
	number++;
	if (discard)
		bpf_ringbuf_discard(payload, flags);
	else
		bpf_ringbuf_submit(payload, flags);
}

SEC("tc")
int write_record(struct __sk_buff *skb)
{
	(void)skb;
	switch (length) {
	case 0:
		put(0);
		break;
	case 1:
		put(1);
		break;
	case 8:
		put(8);
		break;
	case 76:
		put(76);
		break;
	case 1000:
		put(1000);
		break;
	case 4080:
		put(4080);
		break;
	default:
		unknown++;
	}
	return 0;
}

__u64 numbered; /* the next record of write_numbered; a run that fails uses no number */

static __always_inline void put_numbered(__u32 size)
{
	unsigned char *payload = bpf_ringbuf_reserve(&ring, size, 0);
	__u32 i;

	if (!payload)
		return;
	*(__u64 *)payload = numbered;
	for (i = sizeof(numbered); i < size; i++)
		payload[i] = pattern_byte(numbered, i);
	if (numbered_is_discarded(numbered++))
		bpf_ringbuf_discard(payload, 0);
	else
		bpf_ringbuf_submit(payload, 0);
}

SEC("tc")
int write_numbered(struct __sk_buff *skb)
{
	(void)skb;
	switch (numbered_length(numbered)) {
	case 8:
		put_numbered(8);
		break;
	case 27:
		put_numbered(27);
		break;
	default:
		put_numbered(200);
	}
	return 0;
}

#define PRODUCERS 2

/* Two producers, on an even and an odd CPU: the number of the next record of each, and the refused
 * reservations. */
__u64 of_cpu[PRODUCERS];
__u64 refused_on_cpu[PRODUCERS];

static __always_inline void put_of_cpu(__u32 cpu, __u32 words)
{
	__u64 *payload = bpf_ringbuf_reserve(&ring, words * sizeof(*payload), 0);
	__u32 i;

	if (!payload) {
		refused_on_cpu[cpu]++;
		return;
	}
	for (i = 0; i < words; i++)
		payload[i] = of_cpu[cpu] << 16 | (__u64)cpu << 8 | i;
	of_cpu[cpu]++;
	bpf_ringbuf_submit(payload, 0);
}

SEC("tc")
int write_of_cpu(struct __sk_buff *skb)
{
	const __u32 cpu = bpf_get_smp_processor_id() % PRODUCERS;

	(void)skb;
	switch (of_cpu[cpu] % 3) {
	case 0:
		put_of_cpu(cpu, 1);
		break;
	case 1:
		put_of_cpu(cpu, 5);
		break;
	default:
		put_of_cpu(cpu, 25);
	}
	return 0;
}

/* Two versions of a program, to replace one by the other: both continue the numbers and write their
 * version. */
static __always_inline int put_version(__u64 version)
{
	__u64 *payload = bpf_ringbuf_reserve(&ring, 2 * sizeof(*payload), 0);

	if (payload) {
		payload[0] = numbered++;
		payload[1] = version;
		bpf_ringbuf_submit(payload, 0);
	}
	return XDP_DROP;
}

SEC("xdp")
int write_version_1(struct xdp_md *packet)
{
	(void)packet;
	return put_version(1);
}

SEC("xdp")
int write_version_2(struct xdp_md *packet)
{
	(void)packet;
	return put_version(2);
}
