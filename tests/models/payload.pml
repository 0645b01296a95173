/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is each payload that is read that of its record, whole? A ring that has room for one record,
 * written and read again and again, so that each lap finds the header and the payload of the lap
 * before: kernel/bpf/ringbuf.c on one side, lib/seek.c and include/ringview/ringview.h on the other.
 *
 * Memory: each side's accesses of a lap are performed in any order that its architecture and its
 * barriers allow, at once for all CPUs, as arm64 and x86 do. An access that has to wait for others
 * says so by AFTER(). (That a store may stay in a store buffer past the next lap's loads changes
 * nothing here: the next record is not there before it has left.) With -DX86 the processor keeps loads before loads and before stores, whatever
 * the program says; what breaks without -DX86 only is an order that x86 has for nothing, and that
 * just the compiler must not undo. Positions count records.
 *
 * Holds:  | arm64
 * Holds:  -DX86 | x86
 * Holds:  -DX86 -DPLAIN_POSITION -DPLAIN_HEADER -DPLAIN_RELEASE | x86 keeps the reader's order by itself
 * Breaks: -DPLAIN_POSITION | the producer position's load is no acquire: a header of the lap before
 * Breaks: -DPLAIN_HEADER | the header's load is no acquire: a payload not yet written
 * Breaks: -DPLAIN_RELEASE | the consumer position's store is no release: a payload overwritten
 * Breaks: -DBUSY_IGNORED | a record that is reserved and not yet submitted is shown
 * Breaks: -DX86 -DBUSY_IGNORED | the same on x86
 * Breaks: -DX86 -DRELEASED_FIRST | released before it is read: no barrier helps
 * Breaks: -DKERNEL_PLAIN_POSITION | the kernel's store of the producer position were no release
 * Breaks: -DKERNEL_PLAIN_COMMIT | the kernel's xchg() of the header were a plain store
 */
#ifndef X86
#define X86 0
#endif
#ifndef PLAIN_POSITION
#define PLAIN_POSITION 0
#endif
#ifndef PLAIN_HEADER
#define PLAIN_HEADER 0
#endif
#ifndef PLAIN_RELEASE
#define PLAIN_RELEASE 0
#endif
#ifndef BUSY_IGNORED
#define BUSY_IGNORED 0
#endif
#ifndef RELEASED_FIRST
#define RELEASED_FIRST 0
#endif
#ifndef KERNEL_PLAIN_POSITION
#define KERNEL_PLAIN_POSITION 0
#endif
#ifndef KERNEL_PLAIN_COMMIT
#define KERNEL_PLAIN_COMMIT 0
#endif

#define LAPS 3

mtype = { busy, submitted };

/* A fresh ring is all zeros, which is the header of a record of length 0 that was submitted. */
mtype header = submitted;
byte payload;            /* the lap that wrote it */
byte produced, consumed; /* the two positions */

/* The accesses of one lap that have been performed; each is performed once. */
#define TO_DO(access) ((done & (access)) == 0)
#define AFTER(accesses) ((done & (accesses)) == (accesses))

#define SPACE 1    /* load of the consumer position */
#define RESERVED 2 /* store of the busy header */
#define POSITION 4 /* store of the producer position; the reader: its load */
#define PAYLOAD 8  /* store of the payload; the reader: its load */
#define COMMIT 16  /* xchg() of the header */
#define HEADER 32  /* load of the header */
#define RELEASE 64 /* store of the consumer position */

active proctype producer()
{
	byte lap, done;

	for (lap : 1 .. LAPS) {
		done = 0;
		do
		/* smp_load_acquire(&rb->consumer_pos); no store before the branch on it. */
		:: atomic { TO_DO(SPACE) && consumed >= lap - 1 -> done = done | SPACE }
		:: atomic { TO_DO(RESERVED) && AFTER(SPACE) ->
				header = busy; done = done | RESERVED }
		/* smp_store_release(&rb->producer_pos) */
		:: atomic { TO_DO(POSITION) && AFTER(SPACE) &&
			(KERNEL_PLAIN_POSITION || AFTER(RESERVED)) ->
				produced = lap; done = done | POSITION }
		/* The BPF program writes: nothing keeps that after the stores of the reservation. */
		:: atomic { TO_DO(PAYLOAD) && AFTER(SPACE) ->
				payload = lap; done = done | PAYLOAD }
		/* xchg(&hdr->len), a full barrier; a plain store comes after that of the same word. */
		:: atomic { TO_DO(COMMIT) && AFTER(RESERVED) &&
			(KERNEL_PLAIN_COMMIT || AFTER(POSITION | PAYLOAD)) ->
				header = submitted; done = done | COMMIT }
		:: AFTER(SPACE | RESERVED | POSITION | PAYLOAD | COMMIT) -> break
		od
	}
}

/* It looks again until the record is there: what was loaded ahead meanwhile is then void. */
#define IS_THERE (end >= lap && (BUSY_IGNORED || word == submitted))

active proctype reader()
{
	byte lap, done, end, seen;
	mtype word;

	for (lap : 1 .. LAPS) {
		done = 0;
		do
		/* refresh(): load-acquire of the producer position. */
		:: atomic { TO_DO(POSITION) -> end = produced; done = done | POSITION }
		/* The header: after the position. The branch on the position orders no load. */
		:: atomic { TO_DO(HEADER) && (PLAIN_POSITION && !X86 || AFTER(POSITION)) ->
				word = header; done = done | HEADER }
		/* The payload: after the header, by ringview_internal_load_header(). */
		:: atomic { TO_DO(PAYLOAD) && (PLAIN_POSITION && !X86 || AFTER(POSITION)) &&
			(PLAIN_HEADER && !X86 || AFTER(HEADER)) ->
				seen = payload; done = done | PAYLOAD }
		:: atomic { AFTER(POSITION | HEADER) && TO_DO(RELEASE) && !IS_THERE -> done = 0 }
		/* ringview_release(): a store that waits for the branches on what was loaded, and as
		 * a release for the payload. */
		:: atomic { TO_DO(RELEASE) && AFTER(POSITION | HEADER) && IS_THERE &&
			(PLAIN_RELEASE && !X86 || RELEASED_FIRST || AFTER(PAYLOAD)) ->
				consumed = lap; done = done | RELEASE }
		:: AFTER(POSITION | HEADER | PAYLOAD | RELEASE) ->
			assert(seen == lap);
			break
		od
	}
}
