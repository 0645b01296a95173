// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What ringview.bpf.h has, on command of its tests.
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

__u64 runs;
__s64 result; /* of the last ringview_output() */

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

SEC("tc")
int output_one(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, account_index);
	__u64 payload = ++runs;

	(void)skb;
	result = ringview_output(&ring, &payload, sizeof(payload),
		ringview_notify_flags(&ring, policy, bytes), account);
	return 0;
}
