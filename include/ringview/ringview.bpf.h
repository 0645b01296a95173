/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview for BPF programs: counts lost events, and decides when the reader is woken.
 *
 * Needs clang 14, libbpf 1.1 and Linux 5.8, or later. User space may include it too, for struct
 * ringview_account and enum ringview_notify; the functions exist for BPF only.
 *
 * Threads: Any number of programs on any CPU may use these functions. RINGVIEW_ACCOUNTS() says for
 * which programs the counts are exact.
 *
 * Example:
 *
 *	struct event {
 *		__u32 pid;
 *	};
 *
 *	struct {
 *		__uint(type, BPF_MAP_TYPE_RINGBUF);
 *		__uint(max_entries, 1 << 20);
 *	} ring SEC(".maps");
 *
 *	RINGVIEW_ACCOUNTS(accounts, 1);
 *
 *	SEC("tracepoint/syscalls/sys_enter_execve")
 *	int on_execve(void *context)
 *	{
 *		struct ringview_account *account = ringview_account_of(&accounts, 0);
 *		struct event *event = ringview_reserve(&ring, sizeof(*event), account);
 *
 *		if (!event)
 *			return 0; // no room: counted
 *		event->pid = bpf_get_current_pid_tgid() >> 32;
 *		ringview_submit(event, ringview_notify_flags(&ring, RINGVIEW_NOTIFY_ADAPTIVE, 0),
 *			account);
 *		return 0;
 *	}
 */
#ifndef RINGVIEW_RINGVIEW_BPF_H
#define RINGVIEW_RINGVIEW_BPF_H

#ifndef __VMLINUX_H__ /* vmlinux.h, if included, has all of the kernel's types */
#include <linux/bpf.h>
#include <linux/types.h>
#endif

/*
 * Counts of the events of one account on one CPU since the map was made. User space reads one for
 * each possible CPU with bpf_map_lookup_elem(), and adds them up.
 *
 * attempted = submitted + failed + discarded + events reserved at the moment (0 when no program
 * runs).
 */
struct ringview_account {
	__u64 attempted; /* calls of ringview_reserve(), _reserve_dynptr() and _output() */
	__u64 submitted; /* events that the reader gets */
	__u64 failed;    /* lost: no room in the ring (ringview_output(): any error) */
	__u64 discarded; /* by ringview_discard() */
};

/*
 * When the reader is woken; see ringview_notify_flags(). A notification interrupts the producer's
 * own CPU, and the interrupt wakes all sleeping readers (irq_work_queue() in bpf_ringbuf_commit(),
 * kernel/bpf/ringbuf.c, Linux 5.8 to 6.18). It costs the producer 1 to 25 us (slowest in
 * virtual machines), where an event costs about 70 ns.
 */
enum ringview_notify {
	/*
	 * Notifies if the reader has released everything before this record, as the kernel does
	 * with flags 0. So the reader sees the first record after silence at once. Costs nothing
	 * while the reader is behind, and a notification for each event if it keeps up.
	 */
	RINGVIEW_NOTIFY_ADAPTIVE = 0,

	/*
	 * Never notifies (BPF_RB_NO_WAKEUP), which costs nothing: for readers that poll the ring.
	 *
	 * Do not mix it with ADAPTIVE on one ring. The kernel notifies for an ADAPTIVE record only
	 * if it is at the consumer position, so while a NEVER record is unread, none behind it
	 * notifies, and a reader that sleeps without a time-out never wakes.
	 */
	RINGVIEW_NOTIFY_NEVER = 1,

	/* Always notifies (BPF_RB_FORCE_WAKEUP), whatever the records before it did. Costs a
	 * notification for every event, even if the reader is awake. */
	RINGVIEW_NOTIFY_FORCE = 2,

	/*
	 * Notifies when at least @bytes bytes are unreleased: once for many events. Costs one to
	 * four calls of bpf_ringbuf_query(), a few ns each, for each event.
	 *
	 * For any number of producers, and for submitted, discarded and copied events:
	 *
	 *   - The record that reaches @bytes notifies. The next notification comes after the reader
	 *     has released enough of what it was notified of to leave less than @bytes.
	 *   - A record past @bytes, between two such notifications, notifies if the reader has
	 *     released everything before it, as with ADAPTIVE.
	 *   - Once three quarters of the ring are unreleased, the next record after each release
	 *     notifies. So a reader that leaves records unread does not sleep while the ring fills
	 *     up, unless records are larger than a quarter of the ring.
	 *
	 * The reader needs a time-out: records below the bound wake nobody, and neither does an
	 * ADAPTIVE record behind them. If a program is interrupted for long between computing the
	 * flags and submitting, its record may notify too early or not at all.
	 */
	RINGVIEW_NOTIFY_AT_LEAST = 3,
};

/*
 * For RINGVIEW_NOTIFY_AT_LEAST: the last notification of a ring. Initialize it with zeros.
 * Producers of one ring may have one each; then each of them notifies. Rings must not share one, or
 * a reader may miss its notification.
 */
struct ringview_notified {
	__u64 producer; /* position at the last notification */
	__u64 consumer; /* position at the last notification */
	__u64 unsent;   /* notifications that had not been sent by then */
};

/*
 * Do not call it. Returns whether a record has to notify, and stores that it does. Racing producers
 * may store fields of different notifications; each field is of one that is sent. Volatile, as
 * clang splits a static struct that only fields are used of, and the kernel refuses its BTF then.
 */
static inline __attribute__((always_inline)) int ringview_internal_must_notify(
	volatile struct ringview_notified *notified, __u64 consumer, __u64 producer,
	__u64 ring_size, __u64 bytes, __u64 unsent)
{
	const __s64 still_waits =
		(__s64)(notified->producer - consumer); /* bytes already notified */

	if (still_waits > 0 && (__u64)still_waits >= bytes && notified->unsent == unsent &&
		(producer - consumer < ring_size / 4 * 3 || notified->consumer == consumer))
		return 0;
	notified->producer = producer;
	notified->consumer = consumer;
	notified->unsent = unsent;
	return 1;
}

#ifdef __bpf__

#include <bpf/bpf_helpers.h>

/*
 * Declares the map @name of @count accounts, each with values of its own on every CPU.
 *
 * The counts are plain additions. They are exact if no two programs of one account can interrupt
 * each other on one CPU; otherwise give each program its own account. In Linux 5.8 to 6.18:
 *
 *   - kprobes, tracepoints and perf events, any number of programs: may share one. They run with
 *     preemption off, and one that would interrupt another on its CPU is not run at all
 *     (bpf_prog_active in trace_call_bpf(), kernel/trace/bpf_trace.c, and in
 *     bpf_overflow_handler(), kernel/events/core.c).
 *   - fentry, fexit, and raw tracepoints: one account for each program. Another program can
 *     interrupt it. The same program cannot (prog->active in kernel/bpf/trampoline.c, since 5.12,
 *     and in __bpf_trace_run(), since 6.1), but on older kernels it can.
 *   - tc and XDP: may share one, as softirqs do not interrupt each other on a CPU; but not with
 *     PREEMPT_RT, and not with tracing programs, which interrupt them.
 *   - uprobes (since 6.0), sleepable programs, programs of type syscall, and those run by
 *     BPF_PROG_RUN: another thread that runs the same program may preempt this one. Exact with an
 *     account for each thread; with one for all, a count may be lost now and then.
 */
#define RINGVIEW_ACCOUNTS(name, count)                   \
	struct {                                         \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); \
		__uint(max_entries, count);              \
		__type(key, __u32);                      \
		__type(value, struct ringview_account);  \
	} name SEC(".maps")

/*
 * Returns the account @index of the map @accounts on this CPU; NULL if the map has no such index.
 * The other functions accept NULL and then count nothing, so no check is needed.
 */
static __always_inline struct ringview_account *ringview_account_of(void *accounts, __u32 index)
{
	return bpf_map_lookup_elem(accounts, &index);
}

/*
 * Do not call it. Without the asm, the compiler merges counts in two branches into one at a
 * computed address, which the verifier refuses to programs without CAP_PERFMON.
 */
static __always_inline void ringview_internal_count(__u64 *counter)
{
	(*counter)++;
	__asm__ volatile("" : : : "memory");
}

/*
 * Declares the map @name of @count rings, one for each CPU, so that CPUs share neither cache lines
 * nor a lock. Before loading, user space sets the number of entries to that of the possible CPUs.
 * Then it makes the rings, puts them into the array, and reads them as a group, which may have an
 * order. The rings may have any size; @ring_size is that of the template for the verifier.
 */
#define RINGVIEW_RINGS(name, count, ring_size)                      \
	struct {                                                    \
		__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);           \
		__uint(max_entries, count);                         \
		__type(key, __u32);                                 \
		__array(                                            \
			values, struct {                            \
				__uint(type, BPF_MAP_TYPE_RINGBUF); \
				__uint(max_entries, ring_size);     \
			});                                         \
	} name SEC(".maps")

/* Returns the ring of this CPU in the map @rings of RINGVIEW_RINGS(); NULL if user space has put
 * none there: check it. */
static __always_inline void *ringview_ring_of_cpu(void *rings)
{
	const __u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(rings, &cpu);
}

/*
 * Reserves an event of @size bytes in the ring. Counts it as attempted, and as failed if there is
 * no room. Then call ringview_submit() or ringview_discard(). @size has to be a constant ("R2 is
 * not a known constant"): use ringview_reserve_dynptr() or ringview_output() for a size known only
 * at run time.
 *
 * Returns the event's bytes; NULL if there is no room (or, rarely, if this runs in an NMI that
 * interrupted a reservation).
 */
static __always_inline void *ringview_reserve(
	void *ringbuf, __u64 size, struct ringview_account *account)
{
	void *record = bpf_ringbuf_reserve(ringbuf, size, 0);

	if (account) {
		ringview_internal_count(&account->attempted);
		if (!record)
			ringview_internal_count(&account->failed);
	}
	return record;
}

/* Submits the event. @flags are those of bpf_ringbuf_submit(); see ringview_notify_flags(). */
static __always_inline void ringview_submit(
	void *record, __u64 flags, struct ringview_account *account)
{
	bpf_ringbuf_submit(record, flags);
	if (account)
		ringview_internal_count(&account->submitted);
}

/* Discards the event: the reader skips it. Until then it takes room in the ring. It notifies like a
 * submitted one. */
static __always_inline void ringview_discard(
	void *record, __u64 flags, struct ringview_account *account)
{
	bpf_ringbuf_discard(record, flags);
	if (account)
		ringview_internal_count(&account->discarded);
}

/*
 * As ringview_reserve(), for an event whose @size is known only at run time. Write *@event by
 * bpf_dynptr_write() or bpf_dynptr_data(), then call ringview_submit_dynptr() or
 * ringview_discard_dynptr(); after an error, call neither. Programs that use it need Linux 5.19.
 *
 * Returns 0, and sets *@event; a negative errno otherwise:
 *   -EAGAIN  there is no room
 */
static __always_inline int ringview_reserve_dynptr(
	void *ringbuf, __u32 size, struct bpf_dynptr *event, struct ringview_account *account)
{
	const long err = bpf_ringbuf_reserve_dynptr(ringbuf, size, 0, event);

	if (account)
		ringview_internal_count(&account->attempted);
	if (!err)
		return 0;
	/* The kernel requires even a failed one to be discarded. The constant below tells the
	 * verifier that the caller must not do so again. */
	bpf_ringbuf_discard_dynptr(event, 0);
	if (account)
		ringview_internal_count(&account->failed);
	return -11; /* EAGAIN */
}

/* As ringview_submit(), after ringview_reserve_dynptr(). */
static __always_inline void ringview_submit_dynptr(
	struct bpf_dynptr *event, __u64 flags, struct ringview_account *account)
{
	bpf_ringbuf_submit_dynptr(event, flags);
	if (account)
		ringview_internal_count(&account->submitted);
}

/* As ringview_discard(), after ringview_reserve_dynptr(). */
static __always_inline void ringview_discard_dynptr(
	struct bpf_dynptr *event, __u64 flags, struct ringview_account *account)
{
	bpf_ringbuf_discard_dynptr(event, flags);
	if (account)
		ringview_internal_count(&account->discarded);
}

/* Do not use it. Notifications that were decided on and not sent, as the copy found no room. */
static volatile __u64 ringview_internal_unsent __attribute__((unused));

/*
 * Copies @size bytes of @data into the ring as an event; @size need not be a constant.
 *
 * Returns 0, or a negative errno:
 *   -EAGAIN  there is no room
 */
static __always_inline long ringview_output(
	void *ringbuf, void *data, __u64 size, __u64 flags, struct ringview_account *account)
{
	long err = bpf_ringbuf_output(ringbuf, data, size, flags);

	if (err && (flags & BPF_RB_FORCE_WAKEUP))
		ringview_internal_unsent++;
	if (account) {
		ringview_internal_count(&account->attempted);
		if (err)
			ringview_internal_count(&account->failed);
		else
			ringview_internal_count(&account->submitted);
	}
	return err;
}

/*
 * Computes the flags to submit, discard or output with, so that the reader is woken as @policy
 * says. If @policy is a constant, for instance a const volatile that user space sets before
 * loading, the verifier drops the code of the other policies.
 *
 * @bytes, for RINGVIEW_NOTIFY_AT_LEAST: bytes that the reader has not released, with reserved
 * records and 8 bytes of header for each. Use at most an eighth of the ring, as the reader needs
 * time to wake. An event copied by ringview_output() is not in the ring yet when its flags are
 * computed: the record after it notifies.
 *
 * @notified, for RINGVIEW_NOTIFY_AT_LEAST: that of this ring, a global variable or in a map; with
 * NULL every record past the bound notifies.
 *
 * Returns BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP or 0.
 */
static __always_inline __u64 ringview_notify_flags_of(
	void *ringbuf, enum ringview_notify policy, __u64 bytes, struct ringview_notified *notified)
{
	__u64 consumer, producer;

	if (policy == RINGVIEW_NOTIFY_NEVER)
		return BPF_RB_NO_WAKEUP;
	if (policy == RINGVIEW_NOTIFY_FORCE)
		return BPF_RB_FORCE_WAKEUP;
	if (policy != RINGVIEW_NOTIFY_AT_LEAST)
		return 0;
	if (bpf_ringbuf_query(ringbuf, BPF_RB_AVAIL_DATA) < bytes)
		return BPF_RB_NO_WAKEUP;
	/* In this order, so that the consumer is never ahead. */
	consumer = bpf_ringbuf_query(ringbuf, BPF_RB_CONS_POS);
	producer = bpf_ringbuf_query(ringbuf, BPF_RB_PROD_POS);
	/* With flags 0 the kernel notifies if this record is at the consumer position: a reader
	 * that found it reserved and not yet submitted may be asleep. */
	return !notified || ringview_internal_must_notify(notified, consumer, producer,
				    bpf_ringbuf_query(ringbuf, BPF_RB_RING_SIZE), bytes,
				    ringview_internal_unsent)
		       ? BPF_RB_FORCE_WAKEUP
		       : 0;
}

/*
 * ringview_notify_flags_of() with a struct ringview_notified for each place in the program. The
 * ring has to be a named map, as &ring. With a void *, a ring that was looked up, every record past
 * the bound notifies: call ringview_notify_flags_of() instead.
 */
#define ringview_notify_flags(ringbuf, policy, bytes)                             \
	({                                                                        \
		static struct ringview_notified ringview_internal_here;           \
		ringview_notify_flags_of(ringbuf, policy, bytes,                  \
			__builtin_types_compatible_p(__typeof__(ringbuf), void *) \
				? (struct ringview_notified *)0                   \
				: &ringview_internal_here);                       \
	})

#endif

#endif
