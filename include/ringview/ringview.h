/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview: reads BPF ring buffers (BPF_MAP_TYPE_RINGBUF, Linux 5.8 and later).
 *
 * Looking is apart from giving back: ringview_peek() shows the next record where it lies in the
 * ring, as often as you like, and one ringview_release() gives everything shown so far back to the
 * producers:
 *
 *	struct ringview_record record;
 *
 *	while (ringview_wait(rv, -1) > 0) {
 *		while (ringview_peek(rv, &record) > 0)
 *			handle(record.data, record.length);
 *		ringview_release(rv);
 *	}
 *
 * Forget the release and the ring fills up: bpf_ringbuf_reserve() fails in the BPF program and
 * events are lost. Touch record.data after the release and you may read a record that a producer
 * is writing at that moment.
 *
 * Records of one ring come in the order in which they were reserved, whichever CPU submits first.
 *
 * Errors are negative errno values, everywhere. Nothing prints, nothing exits, and nothing but
 * opening, adding to a group and ordering one allocates memory. A reader belongs to one thread at a
 * time; ringview_interrupt() alone may be called from others and from signal handlers.
 *
 * A program that was built with this header runs with every later library of the same soname.
 * Structs of options, limits, memory, order and statistics may grow at their end: the library is told
 * the size that the program knows, takes what is missing as 0 or its default, and fills no more. What a
 * program sets and its library does not know is refused with -EINVAL.
 *
 * Other languages call the functions of the library of the same names; for the inline ones that
 * pass such a size, the functions that they call, which end in _sized.
 *
 * A child made by fork() has a copy of the reader that shares the ring with its parent's. It may
 * close that, which leaves the parent's alone. Or it may go on reading, by any wait or
 * ringview_arm(), if the parent does not read any more: a daemon, whose parent exits. What the
 * parent had not released is read again, at most with the record that PACED and BUSY hold back.
 *
 * The protocol is that of kernel/bpf/ringbuf.c in Linux 5.8 to 6.18, and each barrier in this
 * header names its partner there.
 *
 * Rings that overwrite (BPF_F_RB_OVERWRITE, Linux 6.19): producers do not wait for the reader, and
 * overwrite the oldest records. Such a ring is read by ringview_read_into(), which returns whole
 * records only, and by ringview_snapshot(), which copies all that is in the ring at one moment.
 * The calls that show records in place are refused with -EOPNOTSUPP, as no record is safe there.
 */
#ifndef RINGVIEW_RINGVIEW_H
#define RINGVIEW_RINGVIEW_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RINGVIEW_VERSION "0.2.0" /* of this header */

#if UINTPTR_MAX != UINT64_MAX
#error "ringview needs a 64-bit system: the kernel's ring positions are unsigned long"
#endif

/*
 * The reader. Its fields are visible only because the hot path is inline: do not read or write
 * them. The library keeps the rest of the reader's state behind this struct, so it can neither be
 * made nor copied by hand.
 */
struct ringview {
	const unsigned char *next; /* header of the next record */
	const unsigned char
		*end; /* records that end by here are shown without asking the library */
	const unsigned char *last; /* header of the last record shown */
	uint32_t expected[2];  /* lengths that the next records are likely to have, or UINT32_MAX */
	uint64_t records;      /* shown */
	uint64_t *consumer;    /* the ring's consumer position */
	uint64_t bytes;        /* of payload shown */
	uint64_t released;     /* consumer position as this reader last wrote it */
	uint64_t offset;       /* from the address of a record to its position in the ring */
	uint32_t found;        /* length of the record that ringview_internal_seek() found */
	uint32_t reserved[13]; /* 0 */
};

/* A record in the ring: valid until the next ringview_release(), _wait() or _arm(). */
struct ringview_record {
	const void *data; /* 8-byte aligned, contiguous even where the ring wraps */
	uint32_t length;  /* bytes, as given to bpf_ringbuf_reserve(); 0 is possible */
};

/*
 * How ringview_wait() waits. What decides is what the observed program pays: an event costs its
 * producer some 70 ns, a notification 1 to 25 us (an interrupt; the most in virtual machines). The
 * kernel notifies for a record that is submitted while the consumer position is that record's: when
 * the reader has released everything before it, whether or not anybody sleeps.
 */
enum ringview_wait_strategy {
	/* Sleep in epoll until the kernel notifies. The first event after silence is seen at once;
	 * a reader that keeps up makes the producer pay for a notification with nearly every
	 * event. */
	RINGVIEW_WAIT_EVENT = 0,

	/*
	 * While a stream lives, sleep between looks at the ring for the latency budget, or less
	 * where a quarter of the ring would fill before, and let no producer notify. When nothing has
	 * come for @linger_ns, release everything and sleep until a notification.
	 *
	 * Until then releases hold the last record back (see ringview_release()). A record that is
	 * submitted with BPF_RB_NO_WAKEUP after silence waits for as long as the silence has
	 * lasted, but 20 ms (or a budget, if that is longer) at most; see also @always_notified.
	 */
	RINGVIEW_WAIT_PACED = 1,

	/*
	 * Never sleep: spin, looking at the ring every 50 ns in silence and every 5 us under load.
	 * No producer notifies, as releases hold the last record back. Takes a whole CPU. Signals
	 * do not end the wait; ringview_interrupt() does.
	 */
	RINGVIEW_WAIT_BUSY = 2,
};

#define RINGVIEW_LATENCY_BUDGET_NS 200000 /* the default: 200 us */

/* Options of ringview_open(). Begin with RINGVIEW_OPTIONS_DEFAULT, so that fields that later
 * versions add hold their default. */
struct ringview_options {
	size_t size; /* sizeof(struct ringview_options); of another version, if the rest is 0 */
	enum ringview_wait_strategy wait;

	/*
	 * PACED: how long the reader sleeps between two looks at most, in ns, 1 to 10^9; 0 is
	 * RINGVIEW_LATENCY_BUDGET_NS. An event lies in the ring for so long at most, plus what the
	 * reader takes for the events before it and what the scheduler takes to wake the reader.
	 * A look costs the reader 5 to 25 us of CPU time: 200 us take 2 to 10 % of a CPU while a
	 * stream lives, 1 ms a fifth of that.
	 */
	int64_t latency_budget_ns;

	/*
	 * The timer slack, in ns up to 10^9, that ringview_wait() gives the thread that calls it, by
	 * prctl(PR_SET_TIMERSLACK), and leaves set; 0 leaves the thread's own (50 us by default).
	 * The kernel may end a sleep later by so much. PACED takes the slack off its sleeps, and
	 * where that is more than half of a sleep lowers the slack for its time: the budget holds
	 * with any slack.
	 */
	int64_t timer_slack_ns;

	/*
	 * PACED: not 0 says that each record is submitted, or discarded, without BPF_RB_NO_WAKEUP.
	 * Silence is then slept through until a notification. By default nothing is taken for
	 * granted: the reader also looks at the ring, at times that back off to 20 ms, which takes
	 * 0.1 % of a CPU.
	 */
	int always_notified;

	/*
	 * PACED: how long after the last record the stream counts as living, in ns. 0 is ten
	 * budgets: then the CPU time that the reader spends on looking in vain is ten times what a
	 * notification costs a producer. INT64_MAX never goes back to notifications once a record
	 * has come, for hosts where the observed program is all that counts: it costs the CPU time
	 * of a look each budget, also in silence. 1 sleeps until a notification whenever a look
	 * finds nothing, which spares the reader's CPU.
	 */
	int64_t linger_ns;
};

#define RINGVIEW_OPTIONS_DEFAULT                                                 \
	{                                                                        \
		sizeof(struct ringview_options), RINGVIEW_WAIT_EVENT, 0, 0, 0, 0 \
	}

/*
 * Opens a reader on the ring buffer behind @map_fd, at the consumer position that is stored in the
 * ring, so a pinned ring goes on where its last reader released. @options may be NULL.
 *
 * The reader keeps its own duplicate of @map_fd; yours may be closed at once. It holds that file
 * descriptor, two more from its first sleep in ringview_wait() or from ringview_fd() on, one
 * mapping of a page and one of twice the ring's size, and less than 1 KiB. A reader in a group
 * needs no more than the first.
 *
 * 0, or
 *   -EBADF       @map_fd is not open
 *   -EINVAL      not a BPF map, not a ring buffer (a user ring buffer is not one), options unknown
 *                or out of range
 *   -EOPNOTSUPP  the ring overwrites, and the kernel does not describe it in
 * /sys/kernel/btf/vmlinux -EBADMSG     the positions stored in the ring are impossible: something
 * else wrote to it -EPERM       the map's pages cannot be mapped, for instance because it is
 * frozen; bpf(2) is refused by seccomp; or, before Linux 5.19, without CAP_BPF where
 *                kernel.unprivileged_bpf_disabled is not 0
 *   -EACCES      @map_fd is for reading only (BPF_F_RDONLY): the consumer position is written
 *   -EMFILE, -ENFILE, -ENOMEM, and what bpf(2) and mmap(2) say
 *
 * A ring that overwrites is also opened where its consumer position cannot be written: the map is
 * frozen, or @map_fd is for reading only and the kernel maps it (Linux 6.18 does not: -EACCES).
 * Such a reader is passive: it starts at the oldest record, keeps its position to itself, and is
 * not notified, so its waits look at the ring at least every 20 ms. Any number of passive readers
 * can read one ring.
 */
int ringview_open(struct ringview **reader, int map_fd, const struct ringview_options *options);

/* As ringview_open(), on the ring buffer that is pinned at @path of a BPF file system. Also
 * -ENOENT, and -EACCES where the file's permissions do not allow reading and writing, which is all
 * that it takes. */
int ringview_open_pinned(
	struct ringview **reader, const char *path, const struct ringview_options *options);

/*
 * A ring in memory of the caller, laid out and written as the kernel does: for the tests of your
 * own event handlers, which then need no privileges, and for producers in user space.
 */
struct ringview_memory {
	uint64_t *consumer; /* consumer position, written by the reader; NULL: see @overwrite */
	const uint64_t *producer; /* producer position */
	const void *data;         /* @size bytes, followed by a second mapping of the same bytes */
	size_t size;              /* power of two, 4 KiB to 2 GiB */
	int notify_fd;            /* non-blocking eventfd that the producer writes to as a
				   * notification; the reader duplicates it */
	const uint64_t *overwrite; /* position of the oldest record, of a ring that overwrites; else
				    * NULL. Then @consumer may be NULL: the reader is passive. */
};

/* What ringview_open_memory() calls: @memory_size is the size of *@memory, as the caller knows it.
 */
int ringview_open_memory_sized(struct ringview **reader, const struct ringview_memory *memory,
	size_t memory_size, const struct ringview_options *options);

/* As ringview_open(), on a ring in plain memory, which has to outlive the reader. -EINVAL also where
 * @notify_fd is anything but a non-blocking eventfd. */
static inline int ringview_open_memory(struct ringview **reader,
	const struct ringview_memory *memory, const struct ringview_options *options)
{
	return ringview_open_memory_sized(reader, memory, sizeof(*memory), options);
}

/* Closes the reader: invalidates every record, as their memory is unmapped. What was not released
 * stays in the ring, for the next reader; what was held back is released, except in a child of
 * fork(). NULL is fine. */
void ringview_close(struct ringview *rv);

/*
 * Waits until ringview_peek() has a record. Releases first: views end here.
 *
 * @timeout_ns: nanoseconds; 0 only looks, negative waits without end: so check what is left of a
 * deadline before passing it on. Records that are submitted
 * or discarded with BPF_RB_NO_WAKEUP wake nobody, and one of them that is unread silences the
 * notifications of all that follow (bpf_ringbuf_commit() notifies only for the record at the
 * consumer position), so give a time-out with such producers: the ring itself is looked at when it
 * is over. PACED and BUSY look without being told, and need none.
 *
 * After a wait, ringview_peek() returns 0 once at the end of what the wait found, and after an
 * eighth of the ring or 256 KiB at the latest, even if more has come since: so the reader releases,
 * comes back here, and does not run after the producers record by record, which would slow them
 * down. The next wait returns at once if something is left. A second peek looks further.
 *
 * 1 a record is there, 0 timed out, or
 *   -ECANCELED   ringview_interrupt() was called, before or during the wait; this ends its effect.
 *                Records may be there: peek until 0 before closing, if they matter
 *   -EINTR       a signal handler ran during a sleep of EVENT or PACED. Handlers run in these
 *                sleeps only, from the first on: none is missed. One that runs between the caller's
 *                own check and the first sleep ends nothing: let it call ringview_interrupt(). A
 *                signal to the process may be handled here although another thread sleeps too:
 *                block those that are another thread's before calling. A
 *                stopped and continued process, a debugger and a freezer do not end the wait.
 *   -EBADMSG, -EBUSY  as ringview_peek()
 *   -EINVAL      the reader is in a group
 *   -EMFILE, -ENFILE, -ENOMEM, -ENOSPC (the user's limit of epoll watches): the first sleep
 */
int ringview_wait(struct ringview *rv, int64_t timeout_ns);

/*
 * The file descriptor to watch for EPOLLIN in an event loop of your own, level-triggered or with
 * EPOLLET; or -EMFILE, -ENFILE, -ENOMEM or -ENOSPC. It becomes readable when the kernel notifies or
 * ringview_interrupt() is called, and stays so until ringview_arm() or a wait. It is the reader's:
 * do not read, close or change it. Call ringview_arm() each time before sleeping on it. A child of
 * fork() has to ask for its own.
 */
int ringview_fd(const struct ringview *rv);

/*
 * Prepares for sleeping on ringview_fd(): releases everything, and looks once more in a way that
 * cannot miss a record that is being submitted at this moment. Invalidates every record.
 *
 * 1 there is a record: do not sleep. 0: sleep; the next record, or the one that is reserved
 * already, makes the descriptor readable when it is submitted or discarded without
 * BPF_RB_NO_WAKEUP. -EBADMSG, -EBUSY as ringview_peek(); -EACCES for a passive reader, which is
 * never notified.
 *
 * Sleep without it and a wakeup can be lost for ever: the kernel notifies only a consumer that has
 * released everything.
 */
int ringview_arm(struct ringview *rv);

/* Makes the ringview_wait() under way, or else the next one, return -ECANCELED. For any thread and
 * for signal handlers; the reader must not be closed meanwhile. */
void ringview_interrupt(struct ringview *rv);

/* Called with each record by ringview_drain(). 0 goes on; anything else stops after this record. */
typedef int (*ringview_callback)(void *context, const void *data, size_t length);

/* Bounds of one ringview_drain(). A field that is 0 does not bound. */
struct ringview_limits {
	uint64_t records;    /* at most so many records */
	uint64_t bytes;      /* stop once so many bytes of payload have been passed on */
	int64_t deadline_ns; /* CLOCK_MONOTONIC; read before each record: about 20 ns a record */
};

/* What ringview_drain() calls: @limits_size is the size of *@limits, as the caller knows it. */
int ringview_drain_sized(struct ringview *rv, ringview_callback callback, void *context,
	const struct ringview_limits *limits, size_t limits_size);

/*
 * Passes the records that are there to @callback, and releases them: at the end, and in between
 * whenever an eighth of the ring has been read, so that producers of a full ring need not wait
 * for the whole. @limits may be NULL. Views from ringview_peek() end here. -EOPNOTSUPP for a ring
 * that overwrites.
 *
 * The number of records passed on (INT_MAX at most a call), or what the callback returned if that
 * was negative (its record is released, as with libbpf), or -EBADMSG, -EBUSY; -EINVAL for @limits
 * that the library does not know. A positive return of the callback stops, and the count is
 * returned.
 */
static inline int ringview_drain(struct ringview *rv, ringview_callback callback, void *context,
	const struct ringview_limits *limits)
{
	return ringview_drain_sized(rv, callback, context, limits, sizeof(*limits));
}

/*
 * Forgets everything shown since the last release: the next ringview_peek() shows it again. Has no
 * effect on a ring that overwrites, of which each record is released as it is read.
 */
void ringview_cancel(struct ringview *rv);

/*
 * Starts again at the consumer position that is stored in the ring, and clears the error that
 * ringview_peek() keeps returning: after -EBUSY, when the other consumer is gone; after -EBADMSG,
 * when the ring was repaired. A record that this reader had released and held back is released
 * first, and not shown again. 0, or -EBADMSG while the stored positions are impossible. A passive
 * reader starts again where it was.
 */
int ringview_restart(struct ringview *rv);

/* Counted since the reader was opened. */
struct ringview_statistics {
	uint64_t records;    /* shown by peek, read_into and drain; a cancelled one no longer */
	uint64_t bytes;      /* of their payload */
	uint64_t discarded;  /* records that the producer discarded, and the reader skipped */
	uint64_t busy_stops; /* times that a record reserved and not yet submitted was in the way */
	uint64_t waits;      /* calls of ringview_wait(), or of the group's */
	uint64_t sleeps;     /* system calls in them that could sleep */
	uint64_t wakeups;    /* sleeps that a notification ended */
	uint64_t timeouts;   /* waits that timed out */
	uint64_t high_water; /* most bytes seen waiting, headers included; the ring holds its size
			      * - 8 at most */

	/*
	 * Of a ring that overwrites: bytes that were overwritten before this reader read them,
	 * headers included, and how often it came upon some. A record of n bytes takes (n + 15) / 8
	 * * 8, so where all have one length, the division gives the number of records; where not,
	 * nobody knows it. What was read, discarded and overwritten adds up to what was produced.
	 */
	uint64_t overwritten;
	uint64_t overruns;

	uint64_t late; /* records that ringview_group_peek_ordered() showed after one of a later
			* time */
};

/* What ringview_get_statistics() calls: @size is that of *@statistics, as the caller knows it; what
 * the library does not know is set to 0. */
void ringview_get_statistics_sized(
	const struct ringview *rv, struct ringview_statistics *statistics, size_t size);

/* Fills @statistics. To be called by the thread that reads. */
static inline void ringview_get_statistics(
	const struct ringview *rv, struct ringview_statistics *statistics)
{
	ringview_get_statistics_sized(rv, statistics, sizeof(*statistics));
}

/*
 * What ringview_snapshot() has copied, and how far ringview_window_next() has come in it.
 */
struct ringview_window {
	uint64_t position; /* of its first byte, counted since the ring was made: in a ring that
			    * overwrites, all before that is overwritten */
	uint64_t bytes;    /* headers included */
	uint64_t busy;     /* records passed that were reserved and not yet submitted */
	const unsigned char *next, *end;
	uint64_t reserved[3]; /* 0 */
};

/*
 * Copies all that is in the ring at one moment to @memory, for example the last seconds of a ring
 *that overwrites, when something has happened. Producers go on meanwhile; the ring, and where @rv
 * is, stay as they are. So the copy is quick, and what you make of it can take its time:
 *
 *	if (ringview_snapshot(rv, memory, size, &window) == 0)
 *		while (ringview_window_next(&window, &record) > 0)
 *			write_event(record.data, record.length);
 *
 * Of a ring that overwrites, it has all records that are not overwritten, read or not; of another,
 *those that are not released. All of them are whole, on all processors. Each call can be compared
 * with the one before by window.position and window.bytes.
 *
 * @memory is aligned to 8 bytes; @size bytes as large as the ring always suffice. 0, or
 *   -EMSGSIZE  @size is too small; window->bytes says what would have sufficed
 *   -EAGAIN    all was overwritten while it was copied, three times
 *   -EBADMSG   the positions in the ring are impossible
 *   -EINVAL    @memory is not aligned
 *   -ENOSYS, -EINVAL, -EPERM  of a ring that overwrites, on processors other than x86-64: what
 *membarrier(2) says, which is called once
 *
 * Any thread may call it, also while another reads with @rv; @rv must not be closed meanwhile.
 */
int ringview_snapshot(
	const struct ringview *rv, void *memory, size_t size, struct ringview_window *window);

/* The next record of the copy, oldest first, which is valid as long as its memory: 1 with @record
 * filled, 0 at the end, or -EBADMSG for a header that is impossible. Records that were discarded,
 * or not yet submitted, are skipped. */
int ringview_window_next(struct ringview_window *window, struct ringview_record *record);

/*
 * Many rings: one wait for all of them, and fair turns.
 *
 *	while (ringview_group_wait(group, -1) > 0) {
 *		while (ringview_group_next(group, &rv) > 0) {
 *			while (ringview_peek(rv, &record) > 0)
 *				handle(record.data, record.length);
 *			ringview_release(rv);
 *		}
 *	}
 *
 * A turn shows an eighth of the ring or 256 KiB at most: a flooded ring does not starve the others. With EVENT, and with PACED in
 * silence, a wait costs by the rings that were read or notified, however many there are. Looks of
 * PACED and BUSY cost by all: some 20 to 100 ns a ring, once a budget while a stream lives.
 *
 * A group belongs, with its readers, to one thread at a time; ringview_group_interrupt() is the
 * exception. Of fork(), the same holds as for a reader.
 */
struct ringview_group;

/* Makes an empty group that waits as @options say (NULL: EVENT), whatever its readers' own say. 0,
 * -EINVAL, -EMFILE, -ENFILE or -ENOMEM. */
int ringview_group_open(struct ringview_group **group, const struct ringview_options *options);

/* Ends the group. Its readers stay open, and are again as they were opened. NULL is fine. */
void ringview_group_close(struct ringview_group *group);

/*
 * Puts a reader into the group, until ringview_group_remove(), or until either is closed. Meanwhile
 * it is waited for with the group, not with ringview_wait(). 0, -EEXIST when it is in this group or
 * another, -EOPNOTSUPP when the group has an order and the ring overwrites, -ENOMEM, or -ENOSPC (the
 * user's limit of epoll watches).
 */
int ringview_group_add(struct ringview_group *group, struct ringview *rv);

/* Takes a reader out. 0, or -ENOENT when it is not in this group. */
int ringview_group_remove(struct ringview_group *group, struct ringview *rv);

/*
 * As ringview_wait(), for any reader of the group. Releases first, and invalidates the records of
 * all readers. Records that do not notify are found when the wait times out, or, while other rings
 * keep the group busy, within 20 ms or 0.1 ms a ring.
 *
 * A reader whose ring is broken counts as one with a record: ringview_group_next() hands it out, and
 * its ringview_peek() returns the error. Remove it, or every wait returns at once.
 */
int ringview_group_wait(struct ringview_group *group, int64_t timeout_ns);

/*
 * The next reader in turn that has a record. Its ringview_peek() returns 0 at the end of its turn,
 * and until the next. To finish a turn early is fine.
 *
 * 1 with @rv, or 0: all that the last wait found has been handed out, or the group was interrupted.
 * Wait again. -EINVAL: the group has an order, and no turns.
 */
int ringview_group_next(struct ringview_group *group, struct ringview **rv);

/* Clocks that timestamps are of: what the BPF program calls. */
enum ringview_clock {
	RINGVIEW_CLOCK_MONOTONIC = 0, /* bpf_ktime_get_ns() */
	RINGVIEW_CLOCK_BOOTTIME = 1,  /* bpf_ktime_get_boot_ns() */
	RINGVIEW_CLOCK_TAI = 2,       /* bpf_ktime_get_tai_ns(); setting the clock disturbs the
				       * order */
};

/* An order of the records of all rings of a group. Begin with RINGVIEW_ORDER_DEFAULT, so that
 * fields that later versions add hold their default. */
struct ringview_order {
	size_t size; /* sizeof(struct ringview_order); of another version, if the rest is 0 */

	/* Offset of the timestamp in each record, in bytes; it need not be aligned. The timestamp
	 * is 64 bits in the machine's byte order, in ns. */
	size_t timestamp_offset;

	/*
	 * The longest time from a record's timestamp to its submission, in ns, up to 10^10. 0 is
	 * the latency budget of the group's options. It includes interrupts of the BPF program, and
	 * in a virtual machine the time for which the host takes the CPU away. Each record is held
	 * back until it is that old, which costs latency and room in the rings; a record that is
	 * submitted later may be shown out of order.
	 */
	int64_t lateness_ns;

	enum ringview_clock clock; /* of the timestamps */
};

#define RINGVIEW_ORDER_DEFAULT                                                \
	{                                                                     \
		sizeof(struct ringview_order), 0, 0, RINGVIEW_CLOCK_MONOTONIC \
	}

/*
 * Sets or replaces the order of a group; NULL removes it. A group with an order is read by
 * ringview_group_peek_ordered() only: ringview_group_next() returns -EINVAL, and what a member's
 * own functions read is out of the order. Records shown before stay valid and unreleased.
 *
 * Returns 0, -EINVAL if @order is unknown or out of range, -EOPNOTSUPP if a ring of the group
 * overwrites, whose records can only be copied, or -ENOMEM.
 */
int ringview_group_set_order(struct ringview_group *group, const struct ringview_order *order);

/*
 * Shows the next record of all rings in the order of their timestamps, zero-copy.
 *
 *	while (ringview_group_wait(group, -1) > 0)
 *		while (ringview_group_peek_ordered(group, &record, NULL) > 0)
 *			handle(record.data, record.length);
 *
 * A record is valid until the next ringview_group_wait(), which releases all that were shown, or
 *the next ringview_release() of its reader.
 *
 * A ring that is empty may get a record that belongs before those of the others. So a pass begins
 * with one look at all rings, usually in the wait, and shows the records that were at least the
 * lateness old at that time. A ring whose next record is reserved and not yet submitted holds the
 * others back as an empty one does, and no longer.
 *
 *   - If each record is submitted within the lateness after its timestamp, and the timestamps of
 *     each ring ascend, all records are shown in order. Of equal timestamps, the ring that was
 *added to the group first comes first.
 *   - Records of one ring are always shown in the order of the ring.
 *   - A record that is older than one already shown is shown at once, and counted as late: it was
 *     submitted too late, or lies behind a newer one in its own ring. The latter happens where one
 *     BPF program interrupts another between the timestamp and bpf_ringbuf_reserve().
 *   - A record too short for a timestamp is shown right after the one before it in its ring.
 *   - A timestamp in the future is replaced by the time at which the record was found, once the
 *     record has been there for the lateness. It delays its own ring by at most about twice the
 *     lateness, and no other ring.
 *
 * A pass shows at most an eighth of each ring or 256 KiB of it. At the end of a pass this function
 * returns 0 once; the next call begins another pass. An event waits for the lateness and until the
 * next look: with PACED for the lateness and the latency budget at most. EVENT, after a look at
 *which all records were too young, sleeps for the lateness. With any strategy a look takes 20 to
 *100 ns a ring.
 *
 * ringview_group_wait() returns 1 when there is something to show, not when there are only records
 * that are too young. Readers may be added and removed at any time; the next call then begins
 *another pass. ringview_cancel() of a member shows its records again, as late ones.
 *
 * Returns 1, fills *@record, and sets *@rv to its reader unless @rv is NULL; 0 if no record may be
 * shown now, or if the group was interrupted: wait again; -EINVAL if the group has no order;
 * -EBADMSG or -EBUSY as ringview_peek(), with *@rv the reader whose ring is broken. That is
 *reported once a pass, when no record of another ring may be shown, and does not hold the others
 *back. Remove the reader, or every wait returns at once.
 */
int ringview_group_peek_ordered(
	struct ringview_group *group, struct ringview_record *record, struct ringview **rv);

/* As ringview_interrupt(), for ringview_group_wait(). */
void ringview_group_interrupt(struct ringview_group *group);

/* What ringview_group_get_statistics() calls, likewise. */
void ringview_group_get_statistics_sized(
	const struct ringview_group *group, struct ringview_statistics *statistics, size_t size);

/* Fills @statistics: the sum of the readers that are in the group (of high_water, the largest), and
 * the waits, sleeps, wakeups and time-outs of the group itself. */
static inline void ringview_group_get_statistics(
	const struct ringview_group *group, struct ringview_statistics *statistics)
{
	ringview_group_get_statistics_sized(group, statistics, sizeof(*statistics));
}

/* The version of the library that is linked, as RINGVIEW_VERSION. */
const char *ringview_version(void);

/*
 * The hot path.
 */

#define RINGVIEW_HEADER_SIZE 8 /* BPF_RINGBUF_HDR_SZ of linux/bpf.h */

#define RINGVIEW_LIKELY(condition) __builtin_expect(!!(condition), 1)

#if defined(__SANITIZE_THREAD__)
#define RINGVIEW_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define RINGVIEW_THREAD_SANITIZER 1
#endif
#endif

/* Cold parts of the inline functions; not for your use. */
int ringview_internal_seek(struct ringview *rv);
void ringview_internal_release(struct ringview *rv);
int ringview_internal_read_copy(struct ringview *rv, void *buffer, size_t capacity, size_t *length);

/*
 * Load-acquire of the header word at *@at; what is read through *@at afterwards is the record that
 * was committed. Pairs with the xchg() of the header in bpf_ringbuf_commit().
 *
 * x86 keeps loads in order by itself (TSO), so only the compiler has to be told. An acquire would
 * tell it too much, that every field of the reader may have changed; to make the payload's address
 * depend on the header says just what is needed, and lets the fields stay in registers: 0.8
 * instead of 1.0 ns a record of 16 bytes (Zen 4, gcc 12).
 */
static inline uint32_t ringview_internal_load_header(const unsigned char **at)
{
#if defined(__x86_64__) && !defined(RINGVIEW_THREAD_SANITIZER)
	uint32_t header = *(const volatile uint32_t *)*at;

	__asm__("" : "+r"(*at) : "r"(header));
	return header;
#else
	return __atomic_load_n((const uint32_t *)*at, __ATOMIC_ACQUIRE);
#endif
}

/* From a record of @length bytes to the next. */
static inline uint64_t ringview_internal_stride(uint32_t length)
{
	return ((uint64_t)length + RINGVIEW_HEADER_SIZE + 7) & ~UINT64_C(7);
}

/*
 * @length; where that is one of @expected, not what was loaded but what was expected. The two are
 * equal, but the processor has the one only when the ring's memory has arrived, and the other at
 * once: it predicts the branch, and goes on to the next record and those after it. The asm keeps
 * the compiler from seeing that they are equal, and from taking the branches out.
 */
static inline uint32_t ringview_internal_expect(uint32_t length, const uint32_t expected[2])
{
	uint32_t first = expected[0], second = expected[1];

	__asm__("" : "+r"(first), "+r"(second));
	if (length == expected[0]) {
		__asm__ volatile("");
		return first;
	}
	if (length == expected[1]) {
		__asm__ volatile("");
		return second;
	}
	return length;
}

/*
 * Finds the next record: 1 with *@at its header and *@length its length, or as ringview_peek(). One
 * comparison with the end refuses what is busy, discarded or impossible: as lengths those headers
 * are 2^30 and more, and the end is never so far away.
 */
static inline int ringview_internal_find(
	struct ringview *rv, const unsigned char **at, uint32_t *length)
{
	const unsigned char *next = rv->next;
	int found;

	/* gcc 16 would load @next and @end at once, 16 bytes of which the last peek has just stored
	 * 8: that load waits until the store is done. */
	__asm__("" : "+r"(next));
	if (RINGVIEW_LIKELY(next < rv->end)) {
		*length = ringview_internal_expect(
			ringview_internal_load_header(&next), rv->expected);
		*at = next;
		if (RINGVIEW_LIKELY(
			    ringview_internal_stride(*length) <= (uint64_t)(rv->end - next)))
			return 1;
	}
	found = ringview_internal_seek(rv);
	*at = rv->next;
	*length = rv->found;
	return found;
}

/* Moves behind the record of @length bytes whose header is @at. */
static inline void ringview_internal_pass(
	struct ringview *rv, const unsigned char *at, uint32_t length)
{
	rv->next = at + ringview_internal_stride(length);
	rv->last = at;
	rv->records++;
	rv->bytes += length;
}

/*
 * Shows the next record, without giving anything back: call again for the one after it.
 *
 * 1 with @record filled, 0 when no further record is ready (none there, or the next one is
 * reserved and not yet submitted), or, and then again on every call until ringview_restart(),
 *   -EBADMSG  a header or a position in the ring is impossible: nothing of it was shown
 *   -EBUSY    another consumer moved the ring's consumer position; this reader wrote nothing since
 *   -EOPNOTSUPP  the ring overwrites: a producer could write to the record while you read it; use
 *             ringview_read_into() or ringview_snapshot()
 *
 * No system call is made. Discarded records are skipped; they are given back by the next release.
 */
static inline int ringview_peek(struct ringview *rv, struct ringview_record *record)
{
	const unsigned char *at;
	uint32_t length;
	int found = ringview_internal_find(rv, &at, &length);

	if (found <= 0)
		return found;
	ringview_internal_pass(rv, at, length);
	record->data = at + RINGVIEW_HEADER_SIZE;
	record->length = length;
	return 1;
}

/*
 * Releases every record shown so far to the producers, with one store: invalidates them.
 *
 * PACED and BUSY hold the last record back, so that no producer notifies, unless it takes more than
 * an eighth of the ring: producers see its bytes as taken, and a process that is killed leaves it
 * to be read again, once, by the next reader of a pinned ring. It is released with the next record,
 * before a sleep that needs a notification, by ringview_arm() and by ringview_close().
 *
 * If another consumer has moved the position meanwhile, nothing is written, and ringview_peek()
 * says -EBUSY. (Seen at the next release, not prevented: a ring has one consumer.)
 */
static inline void ringview_release(struct ringview *rv)
{
	uint64_t position = (uintptr_t)rv->next + rv->offset;

	if (!RINGVIEW_LIKELY(__atomic_load_n(rv->consumer, __ATOMIC_RELAXED) == rv->released)) {
		ringview_internal_release(rv);
		return;
	}
	/* Release: the payloads have been read before producers may overwrite them. Pairs with
	 * smp_load_acquire(&rb->consumer_pos) in __bpf_ringbuf_reserve(). */
	__atomic_store_n(rv->consumer, position, __ATOMIC_RELEASE);
	rv->released = position;
}

/*
 * Shows up to @count records at once, as so many calls of ringview_peek(): for languages in which a
 * foreign call costs more than a record.
 *
 * The number of @records filled, INT_MAX at most; 0, or an error as ringview_peek().
 */
int ringview_peek_many(struct ringview *rv, struct ringview_record *records, size_t count);

#define RINGVIEW_COPY_INLINE 64

/* Copies a record. For a small one the call of memcpy() costs as much as its bytes: inline, 16 to
 * 64 bytes take 65 to 90 % of the time (Zen 4, glibc 2.36); above, the two are alike. */
static inline void ringview_internal_copy(void *to, const void *from, uint32_t length)
{
	unsigned char *t = (unsigned char *)to;
	const unsigned char *f = (const unsigned char *)from;
	uint32_t at;

	if (length > RINGVIEW_COPY_INLINE) {
		memcpy(t, f, length);
		return;
	}
	for (at = 0; at < (length & ~15u); at += 16)
		memcpy(t + at, f + at, 16);
	if (length & 8) {
		memcpy(t + at, f + at, 8);
		at += 8;
	}
	if (length & 4) {
		memcpy(t + at, f + at, 4);
		at += 4;
	}
	if (length & 2) {
		memcpy(t + at, f + at, 2);
		at += 2;
	}
	if (length & 1)
		t[at] = f[at];
}

/*
 * Copies the next record to @buffer and releases it, and with it everything shown before.
 *
 * 1 with *@length its length; 0 no record is ready; -EMSGSIZE it has *@length bytes, more than
 * @capacity, and stays the next record: nothing is lost; -EBADMSG, -EBUSY as ringview_peek().
 * *@length is left alone with the other returns.
 *
 * Of a ring that overwrites, it copies the oldest record that is left, and checks afterwards that
 * the producers had not begun to overwrite it; if they had, it counts what is lost (see
 * @overwritten of struct ringview_statistics) and tries the next one. After 64 records that were
 * lost this way it returns 0: its work is bounded, and the next call goes on. @buffer is undefined
 * with all returns but 1.
 *
 * Every record returned is whole on x86-64. On other processors that takes that no record is larger
 * than an eighth of the ring: nothing orders a producer's stores there, so the oldest eighth of the
 * ring counts as overwritten, and a reader that falls behind as far, or opens a full ring, goes on
 * with a later record that it knows of. ringview_snapshot() has neither condition.
 */
static inline int ringview_read_into(
	struct ringview *rv, void *buffer, size_t capacity, size_t *length)
{
	const unsigned char *at;
	uint32_t size;
	int found = ringview_internal_find(rv, &at, &size);

	if (found <= 0)
		return found == -EOPNOTSUPP
			       ? ringview_internal_read_copy(rv, buffer, capacity, length)
			       : found;
	*length = size;
	if (!RINGVIEW_LIKELY(size <= capacity))
		return -EMSGSIZE;
	ringview_internal_copy(buffer, at + RINGVIEW_HEADER_SIZE, size);
	ringview_internal_pass(rv, at, size);
	ringview_release(rv);
	return 1;
}

#ifdef __cplusplus
}
#endif

#endif
