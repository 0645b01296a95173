// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A program for watch to look at: records of chosen sizes, with and without accounts, and one that
 * stays reserved.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "ringview/ringview.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} events SEC(".maps");

RINGVIEW_ACCOUNTS(losses, 2);

struct watched_event {
	__u64 number;
	char comm[8];
};

/* Puts the type into the program's BTF, for watch -peek -type. */
const struct watched_event *unused __attribute__((unused));

__u32 length;  /* of the next record: one of the cases below */
__u64 written; /* records; also the number of the next record */

static __always_inline void put(__u32 size, struct ringview_account *account)
{
	struct watched_event *event = ringview_reserve(&events, size, account);

	if (!event)
		return;
	event->number = written++;
	__builtin_memcpy(event->comm, "watched", 8);
	ringview_submit(event, 0, account);
}

static __always_inline void put_chosen(struct ringview_account *account)
{
	switch (length) {
	case 24:
		return put(24, account);
	case 88:
		return put(88, account);
	case 600:
		return put(600, account);
	default:
		return put(3000, account);
	}
}

SEC("tc")
int produce(struct __sk_buff *skb)
{
	(void)skb;
	put_chosen(NULL);
	return 0;
}

SEC("tc")
int produce_counted(struct __sk_buff *skb)
{
	(void)skb;
	put_chosen(ringview_account_of(&losses, 1));
	return 0;
}

/* Reserves a record and submits it once the memory at *address can be read. */
SEC("syscall")
int hold(__u64 *address)
{
	struct watched_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 1;
	bpf_copy_from_user(&event->number, sizeof(event->number), (void *)*address);
	bpf_ringbuf_submit(event, 0);
	return 0;
}
