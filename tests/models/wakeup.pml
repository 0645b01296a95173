/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a wakeup ever lost? Producers reserve and commit, as kernel/bpf/ringbuf.c does; a reader arms,
 * sleeps on an epoll that watches edge-triggered, and reads, as lib/release.c, lib/seek.c,
 * lib/waiter.c and lib/sleep.c do. It ends when it has read everything. A lost wakeup is then a reader that sleeps while nothing is
 * left that could wake it, which spin reports as an invalid end state.
 *
 * Memory: the reader's stores of the consumer position wait in a store buffer for as long as they
 * like, while its loads go on: the one reordering of x86 (TSO), and the one of arm64 that matters
 * here. Positions count records, and no record is overwritten: for that see payload.pml.
 *
 * Holds:  | one producer
 * Holds:  -DPRODUCERS=2 | two producers, which commit in any order
 * Holds:  -DRINGS=2 | a group of two rings
 * Holds:  -DHOLDS -DPRODUCERS=2 | PACED, BUSY: the last record is held back, and no unseen one notifies but an armed one
 * Holds:  -DHOLDS -DRINGS=2 | a group of two rings whose last records are held back
 * Holds:  -DSILENT=1 -DBOUNDED | PACED: records without notification, and a bounded sleep
 * Breaks: -DWITHOUT_FENCE | ringview_arm() without its fence
 * Breaks: -DWITHOUT_LOOK | ringview_arm() does not look again
 * Breaks: -DKEEPS_DISCARDS | ringview_arm() sleeps with discarded records unreleased
 * Breaks: -DHOLDS -DARM_HOLDS_BACK | ringview_arm() holds the last record back, as releases do
 * Breaks: -DHOLDS -DRELEASES_ALL | nothing is held back: the kernel notifies a reader that looks by itself
 * Breaks: -DTAKES_AFTER_ARMING | notifications are taken between arming and the sleep
 * Breaks: -DRINGS=2 -DLAST_RESULT | a group goes by what the last ring says
 * Breaks: -DRINGS=2 -DFORGETS_READ | a group arms the rings that epoll names, not those that were read
 * Breaks: -DRINGS=2 -DFORGETS_NAMED | a group arms the rings that were read, not those that epoll names
 * Breaks: -DSILENT=1 | a record without notification, and an unbounded sleep
 * Breaks: -DSILENT_DISCARD=1 | the same of a record that is discarded
 * Breaks: -DKERNEL_PLAIN_COMMIT | the kernel's xchg() of the header were a plain store
 * Breaks: -DKERNEL_WORK_CLEARED_LATE | irq_work counted as pending until after it has woken
 */
#ifndef PRODUCERS
#define PRODUCERS 1
#endif
#ifndef RINGS
#define RINGS 1
#endif
#ifndef SILENT
#define SILENT 0
#endif
#ifndef SILENT_DISCARD
#define SILENT_DISCARD SILENT
#endif
#define RECORDS (4 - RINGS)             /* of the first ring, in all */
#define RECORDS_OF(ring) (RECORDS - (ring)) /* the second has one less */

mtype = { none, busy, submitted, discarded };

typedef ring_memory {
	byte produced;         /* producer position */
	byte consumer;         /* consumer position, as the producers see it */
	bool buffered;         /* the reader's store of it, on its way there */
	byte buffer;
	mtype header[RECORDS];
	bool work;             /* irq_work is pending */
	bool ready;            /* in epoll's list */
#ifdef HOLDS
	bool armed[RECORDS + 1]; /* no memory, but notes: where the reader has armed, */
	byte shown;              /* and how many records it has shown or skipped */
#endif
};

ring_memory ring[RINGS];

#define HERE ring[self]
#ifdef HOLDS
#define ARMED(at) HERE.armed[at] = true
#define GO_ON ME.last = ME.position; ME.position++; HERE.shown = ME.position
#else
#define ARMED(at) skip
#define GO_ON ME.position++
#endif

/* A producer: a BPF program on a CPU of its own. */
proctype producer(byte self)
{
	byte at, seen;
	bool silent;

	do
	:: atomic { /* __bpf_ringbuf_reserve(), under its lock; its own order is in payload.pml */
		HERE.produced < RECORDS_OF(self) ->
			at = HERE.produced;
			HERE.header[at] = busy;
			HERE.produced++
		}
		/* bpf_ringbuf_commit(): xchg() of the header, then the load of the position */
#ifdef KERNEL_PLAIN_COMMIT
		seen = HERE.consumer;
#endif
		atomic {
			if
			:: HERE.header[at] = submitted; silent = false
			:: HERE.header[at] = discarded; silent = false
			:: SILENT -> HERE.header[at] = submitted; silent = true
			:: SILENT_DISCARD -> HERE.header[at] = discarded; silent = true
			fi
		}
#ifndef KERNEL_PLAIN_COMMIT
		seen = HERE.consumer;
#endif
		atomic {
			if
			:: seen == at && !silent ->
#ifdef HOLDS
				/* That of the record just shown may, harmlessly. */
				assert(HERE.armed[at] || HERE.shown > at);
#endif
				HERE.work = true /* irq_work_queue() */
			:: else
			fi;
			at = 0; /* states alike are one */
			seen = 0;
			silent = false
		}
	:: else -> break
	od
}

/* bpf_ringbuf_notify() by irq_work: pending no more, then it runs. */
proctype irq_work(byte self)
{
end:	do
#ifdef KERNEL_WORK_CLEARED_LATE
	:: HERE.work -> HERE.ready = true; HERE.work = false
#else
	:: atomic { HERE.work -> HERE.work = false }
		HERE.ready = true /* wake_up_all(), ep_poll_callback() */
#endif
	od
}

/* What the reader has stored becomes visible, at any time. */
proctype store_buffer(byte self)
{
end:	do
	:: atomic { HERE.buffered -> HERE.consumer = HERE.buffer; HERE.buffered = false }
	od
}

/* What struct reader keeps of each ring: of no concern to anyone else, which spares spin states. */
typedef reader_state {
	byte position;
	byte released;
	byte produced; /* the producer position that was last seen */
	bool touched;  /* to be armed before the next sleep */
#ifdef HOLDS
	byte last;     /* where the last record shown or skipped starts */
#endif
};

#define ME reader[self]
#define ALL_READ                                   \
	(reader[0].position == RECORDS_OF(0) &&    \
		reader[RINGS - 1].position == RECORDS_OF(RINGS - 1))

inline store_consumer(position_of)
{
	atomic {
		!HERE.buffered ->
			HERE.buffer = position_of;
			HERE.buffered = true;
			ME.released = position_of
	}
}

inline fence()
{
#ifdef WITHOUT_FENCE
	skip
#else
	!HERE.buffered
#endif
}

/* ringview_internal_seek(): each atomic has one load of the ring's memory. */
inline seek()
{
	do
	:: atomic { ME.position == ME.produced ->
			ME.produced = HERE.produced;
			found = false;
			if
			:: ME.position == ME.produced -> break
			:: else
			fi
		}
	:: atomic { ME.position != ME.produced ->
			header = HERE.header[ME.position];
			found = (header == submitted);
			if
			:: header == discarded -> GO_ON
			:: else -> break
			fi
		}
	od
}

/* ringview_peek() until there is no more, or the caller has enough; and ringview_release(). */
inline read()
{
	do
	:: seek();
		if
		:: found -> GO_ON
		:: else -> break
		fi
	:: break
	od;
#ifndef FORGETS_READ
	ME.touched = ME.touched || ME.position != ME.released;
#endif
#if defined(HOLDS) && !defined(RELEASES_ALL)
	if
	:: ME.last > ME.released -> store_consumer(ME.last)
	:: else
	fi
#else
	store_consumer(ME.position)
#endif
}

/* reader_arm(). What stays touched has a record, or is at a busy one. */
inline arm()
{
	do
	::
#ifdef ARM_HOLDS_BACK
		store_consumer(ME.last);
#else
		ARMED(ME.position);
		store_consumer(ME.position);
#endif
		fence();
#ifdef WITHOUT_LOOK
		found = false;
#else
		seek();
#endif
#if defined(WITHOUT_LOOK) || defined(KEEPS_DISCARDS) || defined(ARM_HOLDS_BACK)
		break
#else
		if
		:: found || ME.position == ME.released -> break
		:: else
		fi
#endif
	od;
	ME.touched = found || ME.position != ME.produced
}

/*
 * ppoll() of the epoll descriptor scans its list: a ring in it counts if ringbuf_map_poll_kern()
 * says that it has bytes, and stays then; or else it is taken off, but for a notification meanwhile.
 * Then epoll_wait() takes what is in the list.
 */
inline sleep()
{
	do
	:: atomic { ring[0].ready -> ring[0].ready = false; self = 0 }
		if
		:: HERE.produced != ME.released -> HERE.ready = true; break
		:: else
		fi
#if RINGS == 2
	:: atomic { ring[1].ready -> ring[1].ready = false; self = 1 }
		if
		:: HERE.produced != ME.released -> HERE.ready = true; break
		:: else
		fi
#endif
#ifdef BOUNDED
	:: timeout -> break
#endif
	:: ALL_READ -> break /* now it may sleep for good */
	od;
	for (self : 0 .. RINGS - 1) {
		atomic {
			if
			:: HERE.ready ->
				HERE.ready = false;
#ifndef FORGETS_NAMED
				ME.touched = true
#endif
			:: else
			fi
		}
	}
}

proctype consumer()
{
	reader_state reader[RINGS];
	byte self;
	mtype header;
	bool found, any;

	for (self : 0 .. RINGS - 1) {
		ME.touched = true
	}
	do
	:: ALL_READ -> break
	:: else ->
		any = false;
		for (self : 0 .. RINGS - 1) {
			if
			:: ME.touched ->
				arm();
#ifdef LAST_RESULT
				any = found
#else
				any = any || found
#endif
			:: else
			fi
		}
#ifdef TAKES_AFTER_ARMING
		ring[0].ready = false;
#endif
		if
		:: any
		:: else -> sleep()
		fi;
		/* One that looks by itself does so as often as it likes. */
		do
		:: for (self : 0 .. RINGS - 1) {
				read();
			}
#ifndef HOLDS
			break
#endif
		:: true -> break
		od
	od
}

init
{
	byte i, j;

	atomic {
		for (i : 0 .. RINGS - 1) {
#ifdef HOLDS
			/* The record at which a reader is opened notifies. */
			ring[i].armed[0] = true;
#endif
			for (j : 1 .. PRODUCERS) {
				run producer(i)
			}
			run irq_work(i);
			run store_buffer(i)
		}
		run consumer()
	}
}
