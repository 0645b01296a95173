// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The producers of `live`: one event each time they run, by BPF_PROG_RUN or by a system call.
 *
 * Whatever the workload does not ask for is behind a const volatile: the verifier knows it when the
 * program is loaded, and leaves it out.
 */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#include "live_producer.h"
#include "mix.bpf.h"
#include "ringview/ringview.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The only ring. A lookup for each event would be a tenth of its cost. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20); /* user space makes the rings */
} ring SEC(".maps");

/* Of several. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, LIVE_RINGS);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} ring_array SEC(".maps");

/*
 * Where events are made that are then copied. A place for each producer, not for each CPU: of two
 * producers on one CPU one may preempt the other. User space makes as many, and as large, as
 * needed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct live_event));
} places SEC(".maps");

/* Perf's buffers, in place of a ring: one a CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf_buffers SEC(".maps");

/* One for each producer: what runs it may be preempted by what runs another. */
RINGVIEW_ACCOUNTS(accounts, LIVE_PRODUCERS);

const volatile __u32 event_size = 64; /* 0: a mix */
const volatile __u32 rings = 1;
const volatile bool order;    /* each event has the time at which it is written */
const volatile __u64 discard; /* of event_is_discarded() */
const volatile __u32 notify;  /* enum ringview_notify */
const volatile __u64 notify_bytes;
const volatile __u64 query_mask = 255; /* how many bytes wait is asked where sequence & this is 0 */
const volatile struct live_interval interval; /* divisor 0: no rate */
const volatile __s32 introduction;            /* the argument that tells which process is ours */

struct live_state states[LIVE_PRODUCERS];
struct live_notified notified[LIVE_RINGS];
__u32 tgid; /* whose system calls are meant, as the first PID namespace calls it */

/* What an event says of its time. */
static __always_inline __u64 stamp(struct live_state *state, __u64 sequence)
{
	if (order)
		return bpf_ktime_get_ns();
	if (interval.divisor)
		return live_next_due(
			state, interval.ns, interval.remainder, interval.divisor, interval.step);
	return sequence % LIVE_STAMP_EVERY == 0 ? bpf_ktime_get_ns() : 0;
}

static __always_inline void note_high_water(void *ringbuf, struct live_state *state, __u64 id)
{
	__u64 waiting;

	if ((id & query_mask) == 0) {
		waiting = bpf_ringbuf_query(ringbuf, BPF_RB_AVAIL_DATA);
		if (waiting > state->high_water)
			state->high_water = waiting;
	}
}

/* As a producer index is: see produce(). */
static __always_inline __u64 flags_for(void *ringbuf, __u64 id)
{
	__u32 index = (id >> LIVE_SEQUENCE_BITS) % rings;

	barrier_var(index);
	return ringview_notify_flags_of(
		ringbuf, notify, notify_bytes, &notified[index & (LIVE_RINGS - 1)].of_ring);
}

static __always_inline void put_in_place(void *ringbuf, __u32 size, struct live_state *state,
	__u64 id, __u64 due, struct ringview_account *account)
{
	struct live_event *event = ringview_reserve(ringbuf, size, account);
	__u64 flags;

	if (!event)
		return;
	live_fill(event, size, id, due);
	note_high_water(ringbuf, state, id);
	flags = flags_for(ringbuf, id);
	if (discard && event_is_discarded(id, discard))
		ringview_discard(event, flags, account);
	else
		ringview_submit(event, flags, account);
}

/* An event of @size bytes in the producer's own place, or NULL, which there never is. */
static __always_inline struct live_event *make_event(__u32 size, __u64 id, __u64 due)
{
	__u32 index = id >> LIVE_SEQUENCE_BITS;
	struct live_event *event = bpf_map_lookup_elem(&places, &index);

	if (event && event_size)
		live_fill(event, size, id, due);
	else if (event)
		live_fill_any(event, size, mix_largest, id, due);
	return event;
}

static __always_inline void put_copy(void *ringbuf, __u32 size, struct live_state *state, __u64 id,
	__u64 due, struct ringview_account *account)
{
	struct live_event *event = make_event(size, id, due);

	if (!event)
		return;
	note_high_water(ringbuf, state, id);
	ringview_output(ringbuf, event, size, flags_for(ringbuf, id), account);
}

/* Nothing is reserved here: an event that is to be discarded is just not written. */
static __always_inline void put_perf(
	void *context, __u32 size, __u64 id, __u64 due, struct ringview_account *account)
{
	struct live_event *event = make_event(size, id, due);

	if (!event)
		return;
	ringview_internal_count(&account->attempted);
	if (discard && event_is_discarded(id, discard))
		ringview_internal_count(&account->discarded);
	else if (bpf_perf_event_output(context, &perf_buffers, BPF_F_CURRENT_CPU, event, size))
		ringview_internal_count(&account->failed);
	else
		ringview_internal_count(&account->submitted);
}

/*
 * @way is a constant, so that each program has only what its own way takes. With @context, the
 * program's own, for perf; and @ringbuf for the others.
 */
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

/* The size of a reservation has to be a constant for the verifier. */
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
		return; /* never: so that nothing below has to check it again */
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

	if (index >= LIVE_PRODUCERS)
		return;
	/* The compiler may have compared another register than it uses then; a mask it cannot see
	 * through convinces the verifier. */
	barrier_var(index);
	index &= LIVE_PRODUCERS - 1;
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

/* The mark of the packet is the index of the producer. */
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

/* As /sys/kernel/tracing/events/syscalls/sys_enter_getpgid/format has it on 64-bit systems. */
struct sys_enter_getpgid {
	__u64 common;
	__u64 number;
	__u64 pid;
};

/*
 * getpgid(-1 - index of the producer): no process has such a number, so the system call itself does
 * next to nothing.
 *
 * A process in a PID namespace does not know its number in the first one, which is what the helper
 * returns. So it introduces itself by a call with an argument that nobody else knows.
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
