// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Calls the functions of ringview.bpf.h on command of the tests.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <ringview/ringview.bpf.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define ACCOUNTS 2

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* the tests set the page size */
} ring SEC(".maps");

RINGVIEW_ACCOUNTS(accounts, ACCOUNTS);

/* The command: set before each run. */
__u32 account_index; /* of the account; there are ACCOUNTS */
__u32 policy;        /* enum ringview_notify */
__u64 bytes;         /* of RINGVIEW_NOTIFY_AT_LEAST */

__u64 size = sizeof(__u64); /* of an event that is copied, or whose size is known only at run time */

__u64 runs;
__s64 result; /* of the last ringview_output() or ringview_reserve_dynptr() */

#define SIZE_MAX_MASK 2047

static __always_inline void end(__u64 *payload, int discard, struct ringview_account *account)
{
	__u64 flags;

	runs++;
	if (!payload)
		return;
	*payload = runs;
	flags = ringview_notify_flags(&ring, policy, bytes);
	if (discard)
		ringview_discard(payload, flags, account);
	else
		ringview_submit(payload, flags, account);
}

SEC("tc")
int submit_one(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, account_index);

	(void)skb;
	end(ringview_reserve(&ring, sizeof(__u64), account), 0, account);
	return 0;
}

SEC("tc")
int discard_one(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, account_index);

	(void)skb;
	end(ringview_reserve(&ring, sizeof(__u64), account), 1, account);
	return 0;
}

/* A record of more bytes than most thresholds. */
SEC("tc")
int submit_large(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, account_index);

	(void)skb;
	end(ringview_reserve(&ring, 1000, account), 0, account);
	return 0;
}

static __u64 copied[(SIZE_MAX_MASK + 1) / sizeof(__u64)];

SEC("tc")
int output_one(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, account_index);

	(void)skb;
	copied[0] = ++runs;
	result = ringview_output(&ring, copied, size & SIZE_MAX_MASK,
		ringview_notify_flags(&ring, policy, bytes), account);
	return 0;
}

static __always_inline void submit_to(void *ringbuf, struct ringview_notified *notified)
{
	__u64 *payload = ringview_reserve(ringbuf, sizeof(__u64), NULL);

	runs++;
	if (!payload)
		return;
	*payload = runs;
	ringview_submit(payload,
		notified ? ringview_notify_flags_of(ringbuf, policy, bytes, notified)
			 : ringview_notify_flags(ringbuf, policy, bytes),
		NULL);
}

/* The compiler does not know which ring it is. */
SEC("tc")
int submit_to_some_ring(struct __sk_buff *skb)
{
	(void)skb;
	submit_to(&ring, NULL);
	return 0;
}

static struct ringview_notified notified;

SEC("tc")
int submit_to_the_ring_of(struct __sk_buff *skb)
{
	(void)skb;
	submit_to(&ring, &notified);
	return 0;
}

/* Needs Linux 5.19; loaded only on request. */
static __always_inline void reserve_dynptr(int discard)
{
	struct ringview_account *account = ringview_account_of(&accounts, account_index);
	struct bpf_dynptr event;
	__u64 flags;

	runs++;
	result = ringview_reserve_dynptr(&ring, size, &event, account);
	if (result)
		return;
	bpf_dynptr_write(&event, 0, &runs, sizeof(runs), 0);
	flags = ringview_notify_flags(&ring, policy, bytes);
	if (discard)
		ringview_discard_dynptr(&event, flags, account);
	else
		ringview_submit_dynptr(&event, flags, account);
}

SEC("?tc")
int submit_dynptr(struct __sk_buff *skb)
{
	(void)skb;
	reserve_dynptr(0);
	return 0;
}

SEC("?tc")
int discard_dynptr(struct __sk_buff *skb)
{
	(void)skb;
	reserve_dynptr(1);
	return 0;
}
