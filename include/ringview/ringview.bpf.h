/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview for BPF programs: which events were lost, and whom to wake.
 *
 * A program counts what becomes of its events, so that losing some is never silent:
 *
 *	RINGVIEW_ACCOUNTS(accounts, 1);
 *
 *	struct ringview_account *account = ringview_account_of(&accounts, 0);
 *	struct event *event = ringview_reserve(&ring, sizeof(*event), account);
 *
 *	if (!event)
 *		return 0; // no room: counted
 *	event->...
 *	ringview_submit(event, ringview_notify_flags(&ring, RINGVIEW_NOTIFY_ADAPTIVE, 0), account);
 *
 * It needs clang 14, libbpf 1.1 and Linux 5.8, or later. User space may include it too, for
 * struct ringview_account and enum ringview_notify; the functions are there for BPF only.
 */
#ifndef RINGVIEW_RINGVIEW_BPF_H
#define RINGVIEW_RINGVIEW_BPF_H

#ifndef __VMLINUX_H__ /* vmlinux.h, if included, has all of the kernel's types */
#include <linux/bpf.h>
#include <linux/types.h>
#endif

/*
 * What became of the events of one account on one CPU, in events since the map was made. User space
 * reads one for each possible CPU with bpf_map_lookup_elem(), and adds them up.
 *
 * attempted = submitted + failed + discarded + what is reserved at the moment; so the three make up
 * attempted once no program runs.
 */
struct ringview_account {
	__u64 attempted; /* calls of ringview_reserve() and ringview_output() */
	__u64 submitted; /* of them, events that the reader gets */
	__u64 failed;    /* no room in the ring (or for ringview_output(): whatever error) */
	__u64 discarded; /* reserved, and given up by ringview_discard() */
};

/*
 * When the reader is woken; see ringview_notify_flags(). A notification is an interrupt of the
 * producer's own CPU, in which all sleeping readers are woken (irq_work_queue() in
 * bpf_ringbuf_commit(), kernel/bpf/ringbuf.c, Linux 5.8 to 6.18). It costs the producer several
 * hundred ns to some us, many times the event itself.
 */
enum ringview_notify {
	/*
	 * When the reader has read everything before this record, as the kernel does with flags 0:
	 * the reader learns of the first record after silence at once. Costs nothing while the
	 * reader is behind, and a notification for each event if it keeps up with every one.
	 */
	RINGVIEW_NOTIFY_ADAPTIVE = 0,

	/*
	 * Never: BPF_RB_NO_WAKEUP. Costs nothing, for readers that look at the ring by themselves.
	 *
	 * Beware of mixing it with ADAPTIVE on one ring: the kernel notifies for a record without
	 * flags only where it is the one at the consumer position, so one record of NEVER that is
	 * not yet read silences the notifications of all ADAPTIVE ones that follow. A reader that
	 * sleeps without a time-out then never wakes up, however many there are.
	 */
	RINGVIEW_NOTIFY_NEVER = 1,

	/* Always: BPF_RB_FORCE_WAKEUP. Costs a notification for every event, even if the reader is
	 * awake; wakes it whatever came before. */
	RINGVIEW_NOTIFY_FORCE = 2,

	/*
	 * When at least so many bytes wait in the ring and the reader was not notified of as many
	 * since it last released some: one notification for many events. Costs one to four
	 * bpf_ringbuf_query(), a few ns each, for each event.
	 *
	 * For any number of producers, submitted, discarded and copied events alike:
	 *
	 *   - The first record with which so many bytes wait notifies; the next one does so after
	 *     the reader has released what it was notified of, down to less than so many bytes.
	 *   - Of the records between, one notifies if the reader has read everything before it, as
	 *     with ADAPTIVE.
	 *   - Once three quarters of the ring wait, the next record notifies after each release. A
	 *     reader that leaves records unread is therefore not left asleep while the ring fills
	 *     up, unless records are larger than a quarter of the ring.
	 *
	 * The reader needs a time-out: what stays below the bound wakes nobody, and neither does an
	 * ADAPTIVE record behind it. A record that is submitted long after its flags were found
	 * (its program was interrupted between the two) may notify too early or not at all.
	 */
	RINGVIEW_NOTIFY_AT_LEAST = 3,
};

/*
 * Of RINGVIEW_NOTIFY_AT_LEAST: what producers remember of a ring's last notification. All zero at
 * first. Producers of one ring that do not share it are each sound by themselves, and notify once
 * each. One that rings share is not: a reader may then miss its notification.
 */
struct ringview_notified {
	__u64 producer; /* position at the last notification */
	__u64 consumer; /* position at the last notification */
	__u64 unsent;   /* notifications that were not sent until then */
};

/*
 * Not for your use. Whether a record has to notify, and remembers that it does. Racing producers
 * may store the fields of different notifications: each field by itself is of one that is sent.
 */
static inline __attribute__((always_inline)) int ringview_internal_must_notify(
	struct ringview_notified *notified, __u64 consumer, __u64 producer, __u64 ring_size,
	__u64 bytes, __u64 unsent)
{
	const __s64 still_waits = (__s64)(notified->producer - consumer); /* of what was notified */

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
 * Declares the map @name of @count accounts, each with its own values on every CPU.
 *
 * The counts are plain additions, which is what makes them cheap: they are exact as long as no two
 * programs of one account can interrupt each other on one CPU. Those that can need an account of
 * their own, which is what the index is for. As of Linux 5.8 to 6.18:
 *
 *   - kprobes, tracepoints and perf events, whatever number of programs: may share one. They run
 *     with preemption off, and one that would interrupt another on its CPU is not run at all
 *     (bpf_prog_active in trace_call_bpf(), kernel/trace/bpf_trace.c, and in
 *     bpf_overflow_handler(), kernel/events/core.c).
 *   - fentry, fexit, and raw tracepoints: an account a program. Only the same program is kept from
 *     interrupting itself (prog->active in kernel/bpf/trampoline.c, since 5.12, and in
 *     __bpf_trace_run(), since 6.1); before that not even it.
 *   - tc and XDP: may share one, as softirqs do not interrupt each other on a CPU. Not with
 *     PREEMPT_RT, and not with tracing programs, which do interrupt them.
 *   - uprobes (since 6.0), sleepable programs, those of type syscall, and whatever BPF_PROG_RUN
 *     runs: the thread may be preempted in the middle by another that runs the same. Exact with an
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
 * The account @index of the map @accounts on this CPU, or NULL where there is none of that index.
 * The other functions take NULL as well, and then count nothing: no check is needed.
 */
static __always_inline struct ringview_account *ringview_account_of(void *accounts, __u32 index)
{
	return bpf_map_lookup_elem(accounts, &index);
}

/*
 * Not for your use. Of two counts in two branches the compiler would make one, with an address that
 * it computes, which the verifier refuses to programs without CAP_PERFMON. It moves no inline
 * assembly, and nothing past it.
 */
static __always_inline void ringview_internal_count(__u64 *counter)
{
	(*counter)++;
	__asm__ volatile("" : : : "memory");
}

/*
 * Declares the map @name of @count rings, one for each CPU, each in its own cache lines and with a
 * lock that no other CPU takes. User space sets the number of entries to that of the possible CPUs
 * before loading, makes the rings, of any size (@ring_size is the template's, which the verifier
 * takes for all), puts them into the array, and reads them as a group, which may have an order.
 */
#define RINGVIEW_RINGS(name, count, ring_size)                    \
	struct {                                                  \
		__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);         \
		__uint(max_entries, count);                       \
		__type(key, __u32);                               \
		__array(                                          \
			values, struct {                          \
				__uint(type, BPF_MAP_TYPE_RINGBUF); \
				__uint(max_entries, ring_size);   \
			});                                       \
	} name SEC(".maps")

/* The ring of this CPU in the map @rings of RINGVIEW_RINGS(), or NULL where user space has put none:
 * to be checked before it is used. */
static __always_inline void *ringview_ring_of_cpu(void *rings)
{
	const __u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(rings, &cpu);
}

/*
 * Space for an event of @size bytes in the ring; or NULL when there is no room (or, seldom, when
 * this runs in an NMI that interrupted a reservation). Counts attempted, and failed. The verifier
 * makes sure that the program ends it by ringview_submit() or ringview_discard(), and refuses a
 * @size that is not a constant ("R2 is not a known constant"): for one that is known only at run
 * time there are ringview_reserve_dynptr() and ringview_output().
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

/* Gives the event to the reader. @flags: of bpf_ringbuf_submit(); see ringview_notify_flags(). */
static __always_inline void ringview_submit(
	void *record, __u64 flags, struct ringview_account *account)
{
	bpf_ringbuf_submit(record, flags);
	if (account)
		ringview_internal_count(&account->submitted);
}

/* Gives the event up; the reader skips it. It takes room in the ring until then, and notifies just
 * as a submitted one does. */
static __always_inline void ringview_discard(
	void *record, __u64 flags, struct ringview_account *account)
{
	bpf_ringbuf_discard(record, flags);
	if (account)
		ringview_internal_count(&account->discarded);
}

/*
 * As ringview_reserve(), for an event whose @size is known only at run time: returns 0 and makes
 * *@event the space, to be written by bpf_dynptr_write() or bpf_dynptr_data(); -EAGAIN when there
 * is no room. After 0 the program has to end it by ringview_submit_dynptr() or
 * ringview_discard_dynptr(); after an error it is ended already. Needs Linux 5.19 where it is used.
 */
static __always_inline int ringview_reserve_dynptr(
	void *ringbuf, __u32 size, struct bpf_dynptr *event, struct ringview_account *account)
{
	const long err = bpf_ringbuf_reserve_dynptr(ringbuf, size, 0, event);

	if (account)
		ringview_internal_count(&account->attempted);
	if (!err)
		return 0;
	/* The kernel wants even a failed one ended. A constant, so that the verifier knows in the
	 * caller which of the two it was. */
	bpf_ringbuf_discard_dynptr(event, 0);
	if (account)
		ringview_internal_count(&account->failed);
	return -11; /* EAGAIN */
}

/* As ringview_submit(), of ringview_reserve_dynptr(). */
static __always_inline void ringview_submit_dynptr(
	struct bpf_dynptr *event, __u64 flags, struct ringview_account *account)
{
	bpf_ringbuf_submit_dynptr(event, flags);
	if (account)
		ringview_internal_count(&account->submitted);
}

/* As ringview_discard(), of ringview_reserve_dynptr(). */
static __always_inline void ringview_discard_dynptr(
	struct bpf_dynptr *event, __u64 flags, struct ringview_account *account)
{
	bpf_ringbuf_discard_dynptr(event, flags);
	if (account)
		ringview_internal_count(&account->discarded);
}

/* Not for your use. Notifications that were decided on and not sent, as the copy found no room. */
static volatile __u64 ringview_internal_unsent __attribute__((unused));

/* Copies @size bytes of @data, which need not be a constant, into the ring as an event. 0, or a
 * negative errno: -EAGAIN when there is no room. */
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
 * The flags to submit, discard or output with, so that the reader is woken as @policy says.
 *
 * @bytes: of RINGVIEW_NOTIFY_AT_LEAST: so many bytes, 8 of header for each record included, that
 * the reader has not released, with those that are reserved at the moment. At most an eighth of the
 * ring is sensible, as the reader needs time to wake up. A copy by ringview_output() is not in the
 * ring yet when its flags are found: then the record after it notifies.
 *
 * @notified: of RINGVIEW_NOTIFY_AT_LEAST: that of this ring, a global variable or in a map. NULL:
 * every record past the bound notifies.
 *
 * Where @policy is a constant, for instance a const volatile that user space sets before loading,
 * the verifier drops the policies that are not meant.
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
	/* Without a flag the kernel notifies of the record at the consumer position: a reader that
	 * found it reserved and not yet submitted may sleep until then. */
	return !notified || ringview_internal_must_notify(notified, consumer, producer,
				    bpf_ringbuf_query(ringbuf, BPF_RB_RING_SIZE), bytes,
				    ringview_internal_unsent)
		       ? BPF_RB_FORCE_WAKEUP
		       : 0;
}

/*
 * ringview_notify_flags_of() with a struct ringview_notified of its own, one for each place in the
 * program: for a map that is named, as &ring. Of a ring that was looked up, a void *, it knows not
 * which it is, and every record past the bound notifies: use ringview_notify_flags_of() for those.
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
