/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings that overwrite: is each record that is returned the one that it is taken for, whole, and are
 * those that are not returned counted? Two producers of kernel/bpf/ringbuf.c, Linux 6.19, that reserve under one
 * lock and write without it, and lib/overwrite.c, which copies a record and then checks that nobody had
 * begun to overwrite it.
 *
 * Memory as in payload.pml: the accesses of one record are performed in any order that its architecture and
 * its barriers allow, at once for all CPUs. With -DX86 loads and stores are each performed in the order of
 * the program. Positions count records, of which the ring has room for CELLS, each of two words.
 *
 * Holds:  -DX86 | x86
 * Breaks: | arm64, by the overwrite position: nothing orders its store before those of the payload
 * Holds:  -DDISTANCE | arm64: what the next record's producer may write to counts as overwritten
 * Holds:  -DMEMBARRIER | arm64, a snapshot: all CPUs have performed what they had begun, then the check
 * Breaks: -DX86 -DUNCHECKED | the copy is not checked
 * Breaks: -DX86 -DCHECKED_FIRST | the check is made before the copy
 * Breaks: -DDISTANCE -DCHECKED_FIRST | the same on arm64
 * Breaks: -DDISTANCE -DPLAIN_COPY | the loads of the copy are no acquires: the check is performed before
 * Breaks: -DMEMBARRIER -DPLAIN_COPY | the same of a snapshot, whose barrier is before the end of the copy
 * Breaks: -DDISTANCE -DPLAIN_HEADER | the header's load is no acquire: a payload not yet written
 * Breaks: -DDISTANCE -DPLAIN_POSITION | the producer position's load is no acquire: a record of the lap before
 * Breaks: -DX86 -DBUSY_IGNORED | a record that is reserved and not yet submitted is returned
 * Breaks: -DX86 -DONE_TOO_MANY | a record that is overwritten is returned, when it is the next to go
 * Breaks: -DDISTANCE -DONE_TOO_MANY | the distance is a record less
 * Breaks: -DX86 -DLOST_UNCOUNTED | what was overwritten is not counted
 * Breaks: -DDISTANCE -DKERNEL_PLAIN_UNLOCK | two reservations could be under way without being visible
 * Breaks: -DDISTANCE -DKERNEL_PLAIN_POSITION | the kernel's store of the producer position were no release
 * Breaks: -DDISTANCE -DKERNEL_PLAIN_COMMIT | the kernel's xchg() of the header were a plain store
 */
#ifndef X86
#define X86 0
#endif
#ifndef DISTANCE
#define DISTANCE 0
#endif
#ifndef MEMBARRIER
#define MEMBARRIER 0
#endif
#ifndef UNCHECKED
#define UNCHECKED 0
#endif
#ifndef CHECKED_FIRST
#define CHECKED_FIRST 0
#endif
#ifndef PLAIN_COPY
#define PLAIN_COPY 0
#endif
#ifndef PLAIN_HEADER
#define PLAIN_HEADER 0
#endif
#ifndef PLAIN_POSITION
#define PLAIN_POSITION 0
#endif
#ifndef BUSY_IGNORED
#define BUSY_IGNORED 0
#endif
#ifndef ONE_TOO_MANY
#define ONE_TOO_MANY 0
#endif
#ifndef LOST_UNCOUNTED
#define LOST_UNCOUNTED 0
#endif
#ifndef KERNEL_PLAIN_UNLOCK
#define KERNEL_PLAIN_UNLOCK 0
#endif
#ifndef KERNEL_PLAIN_POSITION
#define KERNEL_PLAIN_POSITION 0
#endif
#ifndef KERNEL_PLAIN_COMMIT
#define KERNEL_PLAIN_COMMIT 0
#endif

#define CELLS 3
#define LAST 6 /* records */

mtype = { busy, submitted };

/* Of each cell. A fresh ring is all zeros, which is the header of a record that was submitted. */
mtype header[CELLS] = submitted;
byte first_word[CELLS], second_word[CELLS]; /* the number of the record, from 1 */

byte produced;   /* the last record that is reserved */
byte oldest = 1; /* overwrite_pos: the oldest record that is left */
byte unlocked;   /* the last record whose reservation has released the lock */
byte performed[2]; /* accesses of each producer's record */

#define TO_DO(access) ((done & (access)) == 0)
#define AFTER(accesses) ((done & (accesses)) == (accesses))

#define OVERWRITE 1 /* store of the overwrite position; the reader: its load, to check the copy */
#define RESERVED 2  /* store of the busy header */
#define POSITION 4  /* store of the producer position; the reader: its load */
#define UNLOCK 8
#define FIRST 16    /* stores of the payload; the reader: its loads */
#define SECOND 32
#define COMMIT 64   /* xchg() of the header */
#define HEADER 128  /* load of the header */
#define BARRIER 64  /* of the reader: membarrier(2) */

/* In order: all that come before in the program are performed. */
#define IN_ORDER(accesses) (!X86 || AFTER(accesses))

active [2] proctype producer()
{
	byte n = _pid + 1, me = _pid, done;

	do
	:: n > LAST -> break
	/* The lock: what was done before it was released is visible. There is room: the record that is overwritten,
	 * n - CELLS, is the other producer's, who has submitted it before reserving n - 1. */
	:: atomic { n <= LAST && unlocked >= n - 1 -> done = 0; performed[me] = 0 };
		do
		/* WRITE_ONCE(rb->overwrite_pos): past the record in this one's cell. */
		:: atomic { TO_DO(OVERWRITE) ->
			if
			:: n > CELLS -> oldest = n - CELLS + 1
			:: else -> skip
			fi;
			done = done | OVERWRITE; performed[me] = done }
		:: atomic { TO_DO(RESERVED) && IN_ORDER(OVERWRITE) ->
			header[n % CELLS] = busy; done = done | RESERVED; performed[me] = done }
		/* smp_store_release(&rb->producer_pos) */
		:: atomic { TO_DO(POSITION) && (KERNEL_PLAIN_POSITION || AFTER(OVERWRITE | RESERVED)) ->
			produced = n; done = done | POSITION; performed[me] = done }
		:: atomic { TO_DO(UNLOCK) && (KERNEL_PLAIN_UNLOCK || AFTER(OVERWRITE | RESERVED | POSITION)) ->
			unlocked = n; done = done | UNLOCK; performed[me] = done }
		/* The BPF program writes: nothing keeps that after the stores of the reservation. */
		:: atomic { TO_DO(FIRST) && IN_ORDER(OVERWRITE | RESERVED | POSITION | UNLOCK) ->
			first_word[n % CELLS] = n; done = done | FIRST; performed[me] = done }
		:: atomic { TO_DO(SECOND) && IN_ORDER(OVERWRITE | RESERVED | POSITION | UNLOCK | FIRST) ->
			second_word[n % CELLS] = n; done = done | SECOND; performed[me] = done }
		/* xchg(&hdr->len), a full barrier; a plain store comes after that of the same word. */
		:: atomic { TO_DO(COMMIT) && AFTER(RESERVED) && (KERNEL_PLAIN_COMMIT ||
			AFTER(OVERWRITE | POSITION | UNLOCK | FIRST | SECOND)) ->
			header[n % CELLS] = submitted; done = done | COMMIT; performed[me] = done }
		:: AFTER(OVERWRITE | RESERVED | POSITION | UNLOCK | FIRST | SECOND | COMMIT) -> break
		od;
		n = n + 2
	od
}

/* What each CPU has begun is performed in order, so a payload only after the positions. */
#define HAS_BEGUN(who) ((performed[who] & (FIRST | SECOND | COMMIT)) != 0)
#define IS_VISIBLE(who) ((performed[who] & (OVERWRITE | POSITION)) == (OVERWRITE | POSITION))
#define ALL_IN_ORDER ((!HAS_BEGUN(0) || IS_VISIBLE(0)) && (!HAS_BEGUN(1) || IS_VISIBLE(1)))

/* The copy is certain where nobody may write to it before it is seen: the next reservation, of the record
 * behind the producer position, is the only one that is not visible yet. */
#define IS_OVERWRITTEN (!UNCHECKED && (DISTANCE -> \
	checked + 1 > next + CELLS - 1 + ONE_TOO_MANY : checked > next + ONE_TOO_MANY))

active proctype reader()
{
	byte next = 1, done, end, checked, seen, seen_too, returned, lost;
	mtype word;

	do
	:: next > LAST -> break
	:: else ->
		done = 0;
		do
		/* overwrite_refresh(): load-acquire of the producer position. */
		:: atomic { TO_DO(POSITION) -> end = produced; done = done | POSITION }
		:: atomic { TO_DO(HEADER) && (PLAIN_POSITION && !X86 || AFTER(POSITION)) ->
			word = header[next % CELLS]; done = done | HEADER }
		:: atomic { TO_DO(FIRST) && (PLAIN_POSITION && !X86 || AFTER(POSITION)) &&
			(PLAIN_HEADER && !X86 || AFTER(HEADER)) ->
			seen = first_word[next % CELLS]; done = done | FIRST }
		:: atomic { TO_DO(SECOND) && (PLAIN_POSITION && !X86 || AFTER(POSITION)) &&
			(PLAIN_HEADER && !X86 || AFTER(HEADER)) && IN_ORDER(FIRST) ->
			seen_too = second_word[next % CELLS]; done = done | SECOND }
		/* The check: after the copy. */
		:: atomic { MEMBARRIER && TO_DO(BARRIER) && ALL_IN_ORDER &&
			(PLAIN_COPY || AFTER(HEADER | FIRST | SECOND)) -> done = done | BARRIER }
		:: atomic { TO_DO(OVERWRITE) && (!MEMBARRIER || AFTER(BARRIER)) && AFTER(POSITION) &&
			(PLAIN_COPY && !X86 || CHECKED_FIRST || AFTER(HEADER | FIRST | SECOND)) ->
			checked = (DISTANCE -> produced : oldest); done = done | OVERWRITE }
		:: AFTER(POSITION | HEADER | FIRST | SECOND | OVERWRITE) -> break
		od;
		atomic {
			if
			/* leave_overwritten() */
			:: IS_OVERWRITTEN ->
				lost = lost + (DISTANCE -> checked + 1 : checked) - next;
				next = (DISTANCE -> checked + 1 : checked)
			:: else ->
				if
				:: end >= next && (word == submitted || BUSY_IGNORED) ->
					assert(seen == next && seen_too == next);
					returned++;
					next++
				:: else -> skip
				fi
			fi
		}
	od;
	assert(returned + (LOST_UNCOUNTED -> 0 : lost) == LAST)
}
