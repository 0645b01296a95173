// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The producers of `drain` and `live`. Each run writes one event. BPF_PROG_RUN or a system call runs
 * them; user space loads one program, and a second one if readers of perf buffers take part.
 *
 * What only some workloads need is guarded by a const volatile, whose value the verifier knows at
 * load time: it removes the code of the others.
 */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#include "live_producer.h"
#include "ringview/ringview.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The ring, if there is one only: looking it up would cost a tenth of an event. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20); /* user space makes the rings */
} ring SEC(".maps");

/* Several rings. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, LIVE_RINGS_MAX);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} ring_array SEC(".maps");

/*
 * Where events are built that are copied into the ring. One entry a producer, not one a CPU: of two
 * producers on a CPU, one may preempt the other. User space sets the number and the size.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct live_event));
} places SEC(".maps");

/* Perf buffers, written in place of a ring: one a CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf_buffers SEC(".maps");

/* The sizes of a mix, in the order of mix_index(). User space fills it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} mix_sizes SEC(".maps");

/* One a producer: the thread of one may preempt the thread of another. */
RINGVIEW_ACCOUNTS(accounts, LIVE_PRODUCERS_MAX);

const volatile __u32 event_size = 64; /* bytes; 0: as the mix says */
const volatile __u32 mix_count;       /* sizes in mix_sizes */
const volatile __u32 mix_in_order;
const volatile __u32 mix_largest;
const volatile __u32 mix_kind_count; /* different sizes; 0: more than MIX_KINDS */
const volatile __u32 mix_kinds[MIX_KINDS];
const volatile __u32 rings = 1;
const volatile bool timed =
	true;              /* events start with struct live_event, not with their number only */
const volatile bool order; /* each event carries the time at which it is written */
const volatile struct live_plan plan = { .query_mask = 255 };
const volatile __u32 notify;       /* enum ringview_notify */
const volatile __s32 introduction; /* see is_ours() */

struct live_state states[LIVE_PRODUCERS_MAX];
struct live_notified notified[LIVE_RINGS_MAX];
__u32 tgid; /* of the benchmark, in the first PID namespace */

/* The size of event @id: 16 to mix_largest; or 0, which the map never holds. */
static __always_inline __u32 mix_size(__u64 id)
{
	__u32 index = mix_index(id, mix_count, mix_in_order);
	__u32 *size = bpf_map_lookup_elem(&mix_sizes, &index);

	if (!size || *size < SIZED_EVENT_MIN || *size > mix_largest)
		return 0;
	return *size;
}

/* The time in an event. */
static __always_inline __u64 stamp(struct live_state *state, __u64 sequence)
{
	if (!timed)
		return 0;
	if (order)
		return bpf_ktime_get_ns();
	if (plan.interval.divisor)
		return live_next_due(state, plan.interval.ns, plan.interval.remainder,
			plan.interval.divisor, plan.interval.step);
	return sequence % LIVE_STAMP_EVERY == 0 ? bpf_ktime_get_ns() : 0;
}

static __always_inline void note_high_water(void *ringbuf, struct live_state *state, __u64 id)
{
	__u64 waiting;

	if ((id & plan.query_mask) == 0) {
		waiting = bpf_ringbuf_query(ringbuf, BPF_RB_AVAIL_DATA);
		if (waiting > state->high_water)
			state->high_water = waiting;
	}
}

/* Masks the index as produce() does, for the same reason. */
static __always_inline __u64 flags_for(void *ringbuf, __u64 id)
{
	__u32 index = (id >> LIVE_SEQUENCE_BITS) % rings;

	barrier_var(index);
	return ringview_notify_flags_of(ringbuf, notify, plan.notify_bytes,
		&notified[index & (LIVE_RINGS_MAX - 1)].of_ring);
}

static __always_inline void put_in_place(void *ringbuf, __u32 size, struct live_state *state,
	__u64 id, __u64 due, struct ringview_account *account)
{
	__u64 *event = ringview_reserve(ringbuf, size, account);
	__u64 flags;

	if (!event)
		return;
	event_fill(event, size, id, timed, due);
	note_high_water(ringbuf, state, id);
	flags = flags_for(ringbuf, id);
	if (plan.discard && event_is_discarded(id, plan.discard))
		ringview_discard(event, flags, account);
	else
		ringview_submit(event, flags, account);
}

/* Builds an event of @size bytes in the producer's own place. NULL, for the verifier only. */
static __always_inline void *make_event(__u32 size, __u64 id, __u64 due)
{
	__u32 index = id >> LIVE_SEQUENCE_BITS;
	__u64 *event = bpf_map_lookup_elem(&places, &index);

	if (event && event_size)
		event_fill(event, size, id, timed, due);
	else if (event)
		event_fill_any(event, size, mix_largest, id, timed, due);
	return event;
}

static __always_inline void put_copy(void *ringbuf, __u32 size, struct live_state *state, __u64 id,
	__u64 due, struct ringview_account *account)
{
	void *event = make_event(size, id, due);

	if (!event)
		return;
	note_high_water(ringbuf, state, id);
	ringview_output(ringbuf, event, size, flags_for(ringbuf, id), account);
}

/* A perf buffer has no reservations: a discarded event is not written at all. */
static __always_inline void put_perf(
	void *context, __u32 size, __u64 id, __u64 due, struct ringview_account *account)
{
	void *event = make_event(size, id, due);

	if (!event)
		return;
	ringview_internal_count(&account->attempted);
	if (plan.discard && event_is_discarded(id, plan.discard))
		ringview_internal_count(&account->discarded);
	else if (bpf_perf_event_output(context, &perf_buffers, BPF_F_CURRENT_CPU, event, size))
		ringview_internal_count(&account->failed);
	else
		ringview_internal_count(&account->submitted);
}

/* @way is a constant, so that each program holds its own way only. @context, the program's own, is
 * for perf; @ringbuf for the other ways. */
static __always_inline void put(enum live_way way, void *context, void *ringbuf, __u32 size,
	struct live_state *state, __u64 id, __u64 due, struct ringview_account *account)
{
	if (way == LIVE_PERF)
		put_perf(context, size, id, due, account);
	else if (way == LIVE_OUTPUT)
		put_copy(ringbuf, size, state, id, due, account);
	else
		put_in_place(ringbuf, size, state, id, due, account);
}

/* The verifier requires a reservation of constant size: one call for each size of the mix. */
static __always_inline void put_mixed(enum live_way way, void *context, void *ringbuf,
	struct live_state *state, __u64 id, __u64 due, struct ringview_account *account)
{
	__u32 size = mix_size(id), i;

	if (!size)
		return;
	if (way != LIVE_RESERVE) {
		put(way, context, ringbuf, size, state, id, due, account);
		return;
	}
#pragma clang loop unroll(full)
	for (i = 0; i < MIX_KINDS; i++) {
		__u32 kind = mix_kinds[i];

		if (i < mix_kind_count && size == kind) {
			put(way, context, ringbuf, kind, state, id, due, account);
			break;
		}
	}
}

static __always_inline void produce_into(
	enum live_way way, void *context, void *ringbuf, __u32 index, struct live_state *state)
{
	struct ringview_account *account = ringview_account_of(&accounts, index);
	__u64 sequence, id, due;

	if (!account)
		return; /* never happens, but the verifier requires the check */
	sequence = state->sequence++;
	id = (__u64)index << LIVE_SEQUENCE_BITS | sequence;
	due = stamp(state, sequence);
	if (event_size == 0)
		put_mixed(way, context, ringbuf, state, id, due, account);
	else
		put(way, context, ringbuf, event_size, state, id, due, account);
}

static __always_inline void produce(enum live_way way, void *context, __u32 index)
{
	__u32 ring_index;
	void *ringbuf;

	if (index >= LIVE_PRODUCERS_MAX)
		return;
	/* The verifier follows the register that the compiler compared, which may be another than the
	 * one used below. A mask that the compiler cannot remove bounds the latter. */
	barrier_var(index);
	index &= LIVE_PRODUCERS_MAX - 1;
	if (way == LIVE_PERF) {
		produce_into(way, context, NULL, index, &states[index]);
		return;
	}
	if (rings == 1) {
		produce_into(way, NULL, &ring, index, &states[index]);
		return;
	}
	ring_index = index % rings;
	ringbuf = bpf_map_lookup_elem(&ring_array, &ring_index);
	if (ringbuf)
		produce_into(way, NULL, ringbuf, index, &states[index]);
}

/* The mark of the packet is the index of the producer. skb_meta has one only. */
SEC("tc")
int skb_meta_by_run(struct __sk_buff *skb)
{
	struct ringview_account *account = ringview_account_of(&accounts, 0);
	__u64 number = states[0].sequence++;
	struct skb_meta *meta;

	skb->cb[0] = number;
	meta = ringview_reserve(&ring, sizeof(*meta), account);
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
	if (plan.discard && event_is_discarded(number, plan.discard))
		ringview_discard(meta, BPF_RB_NO_WAKEUP, account);
	else
		ringview_submit(meta, BPF_RB_NO_WAKEUP, account);
	return 0;
}

SEC("tc")
int reserve_by_run(struct __sk_buff *skb)
{
	produce(LIVE_RESERVE, NULL, skb->mark);
	return 0;
}

SEC("tc")
int output_by_run(struct __sk_buff *skb)
{
	produce(LIVE_OUTPUT, NULL, skb->mark);
	return 0;
}

SEC("tc")
int perf_by_run(struct __sk_buff *skb)
{
	produce(LIVE_PERF, skb, skb->mark);
	return 0;
}

/* /sys/kernel/tracing/events/syscalls/sys_enter_getpgid/format of 64-bit systems. */
struct sys_enter_getpgid {
	__u64 common;
	__u64 number;
	__u64 pid;
};

/*
 * Whether the benchmark called getpgid(-1 - index of the producer). No process has a negative
 * number, so the system call itself does next to nothing.
 *
 * The helper returns the process's number in the first PID namespace, which a process in another
 * one does not know. So the benchmark introduces itself by a call with a random argument.
 */
static __always_inline bool is_ours(__s32 argument)
{
	__u32 caller = bpf_get_current_pid_tgid() >> 32;

	if (caller == tgid)
		return true;
	if (argument == introduction && tgid == 0)
		tgid = caller;
	return false;
}

static __always_inline void produce_for(enum live_way way, struct sys_enter_getpgid *call)
{
	__s32 argument = call->pid;

	if (is_ours(argument))
		produce(way, call, (__u32)(-1 - argument));
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int reserve_by_syscall(struct sys_enter_getpgid *call)
{
	produce_for(LIVE_RESERVE, call);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int output_by_syscall(struct sys_enter_getpgid *call)
{
	produce_for(LIVE_OUTPUT, call);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int perf_by_syscall(struct sys_enter_getpgid *call)
{
	produce_for(LIVE_PERF, call);
	return 0;
}
