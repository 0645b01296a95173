/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview: reads BPF ring buffers (BPF_MAP_TYPE_RINGBUF, Linux 5.8 and later) zero-copy.
 *
 * Reading is separate from releasing. ringview_peek() returns the next record where it lies in the
 * ring. ringview_release() releases every record returned so far, which invalidates them: a
 * producer may overwrite them. Without a release the ring fills up, bpf_ringbuf_reserve() fails in
 * the BPF program, and events are lost.
 *
 * Records of one ring come in the order in which they were reserved, whichever CPU submits first.
 *
 * The library prints nothing and never exits. Only opening, ringview_group_add() and
 * ringview_group_set_order() allocate memory.
 *
 * A program that was built with this header runs with every later library of the same soname.
 * Structs of options, limits, memory, order and statistics may grow at their end, so the program
 * passes the size that it knows. The library treats fields that it was not given as 0 or their
 * default, and fails with -EINVAL if a field is set that it does not know.
 *
 * Other languages call the library's functions of the same names. For an inline function that
 * passes a size, they call the function whose name ends in _sized.
 *
 * The protocol is that of kernel/bpf/ringbuf.c in Linux 5.8 to 6.18. Each barrier in this header
 * names its partner there.
 *
 * Rings that overwrite (BPF_F_RB_OVERWRITE, Linux 6.19): in a full ring, new records overwrite the
 * oldest ones instead of being lost. Read such rings by ringview_read_into() or
 * ringview_snapshot(), which copy whole records. Functions that return records in place fail with
 * -EOPNOTSUPP.
 *
 * Errors: A function that can fail returns a negative errno value. errno itself is undefined.
 *
 * Threads: A reader belongs to one thread at a time, and so does a group with its readers.
 * Different readers may be used at the same time. Any thread may call ringview_snapshot(),
 * ringview_interrupt() and ringview_group_interrupt(); signal handlers may call the latter two.
 *
 * After fork(), the child has a copy of the reader, on the parent's ring. The child may close it,
 * which leaves the parent's reader alone. If the parent no longer reads, the child may continue
 * instead, starting with a wait, ringview_arm() or ringview_group_add(). It then gets the records
 * that the parent had not released, and the one that PACED and BUSY hold back. If the parent closes
 * its reader, it has to do so before the child starts to read.
 *
 * Example:
 *
 *	int read_events(int map_fd)
 *	{
 *		struct ringview_record record;
 *		struct ringview *rv;
 *		int err = ringview_open(&rv, map_fd, NULL);
 *
 *		if (err)
 *			return err;
 *		while ((err = ringview_wait(rv, -1)) > 0) {
 *			while (ringview_peek(rv, &record) > 0)
 *				handle(record.data, record.length);
 *			ringview_release(rv);
 *		}
 *		ringview_close(rv);
 *		return err;
 *	}
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

#define RINGVIEW_VERSION "0.2.0" /* The version of this header. */

#if UINTPTR_MAX != UINT64_MAX
#error "ringview needs a 64-bit system: the kernel's ring positions are unsigned long"
#endif

/*
 * The reader. Its fields are visible only because the hot path is inline: do not read or write
 * them. The library keeps more state behind this struct, so do not make or copy one.
 */
struct ringview {
	const unsigned char *next; /* header of the next record */
	const unsigned char
		*end; /* records that end by here are returned without calling the library */
	const unsigned char *last; /* header of the last record returned */
	uint32_t expected[2];  /* lengths that the next records are likely to have, or UINT32_MAX */
	uint64_t returned;     /* records << 32 | bytes of payload, not yet in the statistics */
	uint64_t *consumer;    /* the ring's consumer position */
	uint64_t released;     /* consumer position as this reader last wrote it */
	uint64_t offset;       /* from the address of a record to its position in the ring */
	uint32_t found;        /* length of the record that ringview_internal_seek() found */
	uint32_t reserved[15]; /* 0 */
};

/* A record in the ring: valid until the next ringview_release(), ringview_wait() or ringview_arm().
 */
struct ringview_record {
	const void *data; /* 8-byte aligned, contiguous even where the ring wraps */
	uint32_t length;  /* bytes, as given to bpf_ringbuf_reserve(); 0 is possible */
};

/*
 * How ringview_wait() waits. The choice decides what the observed program pays: an event costs its
 * producer about 70 ns, a notification 1 to 25 us (an interrupt; slowest in virtual machines). The
 * kernel notifies when a record is submitted at the consumer position, that is when the reader has
 * released everything before it, asleep or not.
 */
enum ringview_wait_strategy {
	/*
	 * Sleeps in epoll until a notification, which comes with the first event after silence. If
	 * the reader keeps up, producers pay for a notification with nearly every event, unless
	 * events come within 3 us of each other: at the end of what a wait found, ringview_peek()
	 * polls for that long for one more record before it returns 0, and skips that for a while
	 * after polls that found none (not in a group).
	 */
	RINGVIEW_WAIT_EVENT = 0,

	/*
	 * During a stream, sleeps between polls of the ring for the latency budget, or less if a
	 * quarter of the ring would fill before. Producers do not notify, as releases hold the last
	 * record back (see ringview_release()). When no record has come for @linger_ns, releases
	 * everything and sleeps until a notification.
	 *
	 * A record that is submitted with BPF_RB_NO_WAKEUP after silence waits for at most as long
	 * as the silence lasted, and at most 50 ms, or the budget if that is longer; see also
	 * @always_notified.
	 */
	RINGVIEW_WAIT_PACED = 1,

	/*
	 * Never sleeps: polls the ring every 50 ns in silence and every 5 us under load, and uses a
	 * whole CPU. Producers do not notify, as releases hold the last record back. Signals do not
	 * end the wait; ringview_interrupt() does.
	 */
	RINGVIEW_WAIT_BUSY = 2,
};

#define RINGVIEW_LATENCY_BUDGET_NS 200000 /* The default latency budget: 200 us. */

/* Options of ringview_open(). Initialize them with RINGVIEW_OPTIONS_DEFAULT: fields that later
 * versions add then have their default. */
struct ringview_options {
	size_t size; /* sizeof(struct ringview_options), as RINGVIEW_OPTIONS_DEFAULT sets it */
	enum ringview_wait_strategy wait;

	/*
	 * PACED: the longest sleep between two polls of the ring during a stream, in ns, 1 to 10^9;
	 * 0 means RINGVIEW_LATENCY_BUDGET_NS. An event waits in the ring for at most that long,
	 * plus the time that the reader takes for the events before it and the scheduler to wake
	 * the reader. A poll takes 5 to 30 us of CPU time: with 200 us the reader uses 2 to 14 % of
	 * a CPU during a stream, with 1 ms a fifth of that.
	 */
	int64_t latency_budget_ns;

	/*
	 * The timer slack in ns, up to 10^9, that ringview_wait() sets for its thread by
	 * prctl(PR_SET_TIMERSLACK), and leaves set; 0 keeps the current value (50 us by default).
	 * The kernel may end a sleep later by the slack. PACED keeps the budget with any slack: it
	 * subtracts the slack from its sleeps, or lowers the slack during a sleep shorter than
	 * twice the slack.
	 */
	int64_t timer_slack_ns;

	/*
	 * PACED: nonzero promises that every record is submitted, or discarded, without
	 * BPF_RB_NO_WAKEUP. The reader then sleeps through silence until a notification. By default
	 * it also polls the ring in silence, at intervals that grow to 50 ms, for 0.1 % of a CPU.
	 */
	int always_notified;

	/*
	 * PACED: how long after its last record a stream lasts, in ns; 0 means ten budgets. The
	 * empty polls after a stream then cost ten times as much CPU time as the notification that
	 * they avoid. INT64_MAX polls forever once a record has come, for hosts where only the
	 * observed program counts. 1 sleeps until a notification as soon as a poll finds nothing,
	 * which spares the reader's CPU.
	 */
	int64_t linger_ns;
};

#define RINGVIEW_OPTIONS_DEFAULT                                                 \
	{                                                                        \
		sizeof(struct ringview_options), RINGVIEW_WAIT_EVENT, 0, 0, 0, 0 \
	}

/*
 * Opens a reader on the ring buffer behind @map_fd, at the consumer position stored in the ring: a
 * pinned ring continues where its last reader released. @options may be NULL.
 *
 * The reader duplicates @map_fd, which may be closed at once. It holds that descriptor, two more
 * from its first sleep in ringview_wait() or from ringview_fd() on (not in a group), a mapping of a
 * page, one of twice the ring's size, and less than 1 KiB of memory.
 *
 * A ring that overwrites can also be opened if its consumer position is not writable: the map is
 * frozen, or @map_fd is read-only and the kernel maps it (Linux 6.18 does not: -EACCES). The reader
 * is then passive: it starts at the oldest record, stores its position in its own memory, and is
 * not notified, so its waits poll the ring at least every 20 ms (PACED during a stream: once a
 * budget). Any number of passive readers can read one ring.
 *
 * Returns 0 if the reader was opened, and sets *@reader; a negative errno otherwise:
 *   -EBADF       @map_fd is not open
 *   -EINVAL      not a BPF map, not a ring buffer (a user ring buffer is not one), or options
 *                unknown or out of range
 *   -EOPNOTSUPP  the ring overwrites, and /sys/kernel/btf/vmlinux does not describe it
 *   -EBADMSG     the positions stored in the ring are impossible: something else wrote to it
 *   -EPERM       the map's pages cannot be mapped, for instance because it is frozen; seccomp
 *                refuses bpf(2); or, before Linux 5.19, CAP_BPF is missing and
 *                kernel.unprivileged_bpf_disabled is not 0
 *   -EACCES      @map_fd is read-only (BPF_F_RDONLY)
 *   -EMFILE, -ENFILE, -ENOMEM  no descriptor or memory is left
 *
 * It also returns other errors of bpf(2) and mmap(2).
 *
 * Threads: Any thread may open and close readers; each reader belongs to one thread at a time. A
 * child of fork() may close its copy, which leaves the parent's reader alone.
 *
 * Example:
 *
 *	struct ringview *open_paced(const char *path)
 *	{
 *		struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
 *		struct ringview *rv = NULL;
 *		int err;
 *
 *		options.wait = RINGVIEW_WAIT_PACED;
 *		options.latency_budget_ns = 1000000; // 1 ms
 *		err = ringview_open_pinned(&rv, path, &options);
 *		if (err)
 *			fprintf(stderr, "%s: %s\n", path, strerror(-err));
 *		return rv;
 *	}
 */
int ringview_open(struct ringview **reader, int map_fd, const struct ringview_options *options);

/*
 * As ringview_open(), on the ring buffer pinned at @path of a BPF file system. Needs only
 * permission to read and write that file.
 *
 * Returns 0, or a negative errno as ringview_open():
 *   -ENOENT  there is no such file
 *   -EACCES  the file's permissions do not allow reading and writing
 */
int ringview_open_pinned(
	struct ringview **reader, const char *path, const struct ringview_options *options);

/*
 * A ring in the caller's memory, laid out and written as by the kernel: for tests of event handlers
 * without privileges, and for producers in user space.
 */
struct ringview_memory {
	uint64_t *consumer; /* consumer position, written by the reader; NULL: see @overwrite */
	const uint64_t *producer;  /* producer position */
	const void *data;          /* @size bytes, followed by a second mapping of the same bytes */
	size_t size;               /* power of two, 4 KiB to 2 GiB */
	int notify_fd;             /* non-blocking eventfd, of this ring alone, that the producer
				   * writes to as a notification; the reader duplicates it */
	const uint64_t *overwrite; /* position of the oldest record of a ring that overwrites; else
				    * NULL. If set, @consumer may be NULL: the reader is passive */
};

/* ringview_open_memory() calls this with the size of its struct ringview_memory. */
int ringview_open_memory_sized(struct ringview **reader, const struct ringview_memory *memory,
	size_t memory_size, const struct ringview_options *options);

/*
 * As ringview_open(), on a ring in memory, which must outlive the reader.
 *
 * Returns 0, or a negative errno as ringview_open():
 *   -EINVAL  also if @notify_fd is not a non-blocking eventfd
 */
static inline int ringview_open_memory(struct ringview **reader,
	const struct ringview_memory *memory, const struct ringview_options *options)
{
	return ringview_open_memory_sized(reader, memory, sizeof(*memory), options);
}

/*
 * Closes the reader and unmaps the ring, which invalidates every record. Records that were not
 * released stay in the ring for the next reader. A record that was held back is released, except in
 * a child of fork(). NULL does nothing.
 */
void ringview_close(struct ringview *rv);

/*
 * Releases every record returned so far, which invalidates them, and waits until ringview_peek()
 * has a record.
 *
 * @timeout_ns: nanoseconds; 0 polls once; a negative value waits without limit.
 *
 * Records that are submitted or discarded with BPF_RB_NO_WAKEUP wake nobody. While one of them is
 * unread, the records behind it do not notify either: bpf_ringbuf_commit() notifies only for the
 * record at the consumer position. With such producers give EVENT a time-out: the ring is polled
 * when it expires. PACED and BUSY poll by themselves.
 *
 * After a wait, ringview_peek() returns 0 once at the end of what the wait found, and after at most
 * an eighth of the ring or 256 KiB, whichever is less, even if more records are there. So the
 * reader releases and waits again, instead of following the producers record by record, which would
 * slow them down. If records are left, the next wait returns at once, and a further ringview_peek()
 * returns them without a wait.
 *
 * Returns 1 if a record is there; 0 if the time-out expired; a negative errno otherwise:
 *   -ECANCELED   ringview_interrupt() was called before or during the wait; this ends its effect.
 *                Records may be there: to read them all before closing, peek until 0
 *   -EINTR       a signal handler ran during a sleep of EVENT or PACED. From the first sleep of a
 *                wait on, handlers run only in its sleeps and as it returns, so none is missed. A
 *                pause of PACED of at most 2 ms ends first, and the wait returns 1 if records have
 *                come: after every wait, check the flag that the handler sets. A handler that runs
 *                between that check and the first sleep does not end the wait: let it call
 *                ringview_interrupt(). Block signals that are meant for another thread. SIGSTOP and
 *                SIGCONT, a debugger and a freezer do not end the wait
 *   -EBADMSG, -EBUSY  as ringview_peek()
 *   -EINVAL      the reader is in a group
 *   -EMFILE, -ENFILE, -ENOMEM, -ENOSPC  at the first sleep; -ENOSPC: the user's limit of epoll
 *                watches
 *
 * Threads: One thread at a time waits and reads. After pthread_cancel() of a thread that waits,
 * another may wait. A child of fork() that continues to read calls ringview_wait() or
 * ringview_arm() first.
 *
 * Example:
 *
 *	int run(struct ringview *rv) // until ringview_interrupt()
 *	{
 *		struct ringview_record record;
 *		int found;
 *
 *		while ((found = ringview_wait(rv, 1000000000)) >= 0 || found == -EINTR)
 *			while (ringview_peek(rv, &record) > 0)
 *				handle(record.data, record.length);
 *		return found == -ECANCELED ? 0 : found;
 *	}
 */
int ringview_wait(struct ringview *rv, int64_t timeout_ns);

/*
 * The file descriptor to watch for EPOLLIN in an event loop of your own, level-triggered or with
 * EPOLLET. A notification and ringview_interrupt() make it readable, until ringview_arm() or a
 * wait. Call ringview_arm() before each sleep on it. It belongs to the reader: do not read, close
 * or change it.
 *
 * Returns the descriptor, or a negative errno:
 *   -EMFILE, -ENFILE, -ENOMEM, -ENOSPC  as ringview_wait()
 *
 * Threads: A child of fork() has to call ringview_fd() again: the descriptor is its parent's.
 */
int ringview_fd(const struct ringview *rv);

/*
 * Prepares for a sleep on ringview_fd(): releases everything, which invalidates every record, and
 * polls once more in a way that cannot miss a record being submitted at this moment. Without it the
 * sleep may never end, as the kernel notifies only a consumer that has released everything. It also
 * clears what ringview_interrupt() left in the descriptor, so check after ringview_arm(), not
 * before, what the interrupting thread wants.
 *
 * Returns 1 if there is a record: do not sleep; 0 if there is none: the next record, or one that is
 * reserved already, makes the descriptor readable when it is submitted or discarded without
 * BPF_RB_NO_WAKEUP; a negative errno otherwise:
 *   -EBADMSG, -EBUSY  as ringview_peek()
 *   -EACCES  the reader is passive, and never notified
 *
 * Example:
 *
 *	int sleep_in_epoll(struct ringview *rv, int epoll_fd) // which watches ringview_fd(rv)
 *	{
 *		struct epoll_event event;
 *		int found = ringview_arm(rv);
 *
 *		if (found == 0)
 *			epoll_wait(epoll_fd, &event, 1, -1);
 *		return found < 0 ? found : 0;
 *	}
 */
int ringview_arm(struct ringview *rv);

/*
 * Makes the current ringview_wait(), or else the next one, return -ECANCELED. During a stream,
 * PACED finishes a pause between polls of at most 2 ms first; a longer pause ends at once.
 *
 * Threads: Any thread and signal handler may call ringview_interrupt(). The reader must not be
 * closed meanwhile.
 */
void ringview_interrupt(struct ringview *rv);

/* Called with each record by ringview_drain(). Return 0 to continue; any other value stops after
 * this record. */
typedef int (*ringview_callback)(void *context, const void *data, size_t length);

/* Bounds of one ringview_drain(). 0 means unlimited. */
struct ringview_limits {
	uint64_t records;    /* at most this many records */
	uint64_t bytes;      /* stop once this many bytes of payload have been passed on */
	int64_t deadline_ns; /* CLOCK_MONOTONIC; read before each record: about 20 ns a record */
};

/* ringview_drain() calls this with the size of its struct ringview_limits. */
int ringview_drain_sized(struct ringview *rv, ringview_callback callback, void *context,
	const struct ringview_limits *limits, size_t limits_size);

/*
 * Passes the records that are there to @callback and releases them, at the end and after each
 * eighth of the ring. Invalidates the records returned by ringview_peek(). @limits may be NULL.
 *
 * Returns the number of records passed on, at most INT_MAX, also if a positive return of the
 * callback stopped it; what the callback returned if that was negative (its record is released, as
 * with libbpf); a negative errno otherwise:
 *   -EBADMSG, -EBUSY  as ringview_peek()
 *   -EINVAL  @limits has fields set that the library does not know
 *   -EOPNOTSUPP  the ring overwrites
 *
 * Threads: The callback runs in the calling thread. It must not close the reader.
 *
 * Example:
 *
 *	static int on_event(void *context, const void *data, size_t length)
 *	{
 *		(void)data;
 *		*(uint64_t *)context += length;
 *		return 0;
 *	}
 *
 *	int drain_some(struct ringview *rv, uint64_t *bytes)
 *	{
 *		const struct ringview_limits limits = { .records = 1000 };
 *
 *		return ringview_drain(rv, on_event, bytes, &limits);
 *	}
 */
static inline int ringview_drain(struct ringview *rv, ringview_callback callback, void *context,
	const struct ringview_limits *limits)
{
	return ringview_drain_sized(rv, callback, context, limits, sizeof(*limits));
}

/* Cancels every record returned since the last release: ringview_peek() returns it again. Has no
 * effect on a ring that overwrites, whose records are released as they are read. */
void ringview_cancel(struct ringview *rv);

/*
 * Starts again at the consumer position stored in the ring, and clears the error that
 * ringview_peek() keeps returning: after -EBUSY, once the other consumer is gone; after -EBADMSG,
 * once the ring is repaired. A record that this reader had released and held back is released
 * first, and not returned again. A passive reader continues where it was.
 *
 * Returns 0, or a negative errno:
 *   -EBADMSG  the stored positions are impossible
 */
int ringview_restart(struct ringview *rv);

/* Counts since the reader was opened. */
struct ringview_statistics {
	uint64_t records;    /* returned by peek, read_into and drain, except cancelled ones */
	uint64_t bytes;      /* of their payload */
	uint64_t discarded;  /* records that a producer discarded and the reader skipped */
	uint64_t busy_stops; /* polls that stopped at a record reserved and not yet submitted */
	uint64_t waits;      /* calls of ringview_wait(), or of the group's */
	uint64_t sleeps;     /* system calls in them that could sleep */
	uint64_t wakeups;    /* sleeps that a notification ended */
	uint64_t timeouts;   /* waits that timed out */
	uint64_t high_water; /* most bytes seen waiting, headers included; at most the ring's size
			      * - 8 */

	/*
	 * Ring that overwrites: bytes that were overwritten before this reader read them, headers
	 * included. A record of n bytes takes (n + 15) / 8 * 8 bytes; if all have one length,
	 * divide to get their number, which is unknown otherwise. Bytes read, discarded and
	 * overwritten add up to those produced.
	 */
	uint64_t overwritten;
	uint64_t overruns; /* times that the reader found bytes overwritten */

	uint64_t late; /* records that ringview_group_peek_ordered() returned after a later one */
};

/* ringview_get_statistics() calls this with the size of its struct ringview_statistics. Fields that
 * the library does not know are set to 0. */
void ringview_get_statistics_sized(
	const struct ringview *rv, struct ringview_statistics *statistics, size_t size);

/*
 * Fills @statistics.
 *
 * Returns nothing, and cannot fail.
 *
 * Threads: Call it in the thread that reads.
 *
 * Example:
 *
 *	void print_statistics(const struct ringview *rv)
 *	{
 *		struct ringview_statistics statistics;
 *
 *		ringview_get_statistics(rv, &statistics);
 *		printf("%llu records, at most %llu bytes waiting\n",
 *			(unsigned long long)statistics.records,
 *			(unsigned long long)statistics.high_water);
 *	}
 */
static inline void ringview_get_statistics(
	const struct ringview *rv, struct ringview_statistics *statistics)
{
	ringview_get_statistics_sized(rv, statistics, sizeof(*statistics));
}

/* A copy made by ringview_snapshot(), and how far ringview_window_next() has read it. */
struct ringview_window {
	uint64_t position;         /* of its first byte, in bytes since the ring was made */
	uint64_t bytes;            /* headers included */
	uint64_t busy;             /* records skipped that were reserved and not yet submitted */
	const unsigned char *next; /* private, as all fields below */
	const unsigned char *end;
	uint64_t reserved[3];
};

/*
 * Copies everything in the ring at one moment to @memory, for example the last seconds of a ring
 * that overwrites, when something has happened. Producers continue meanwhile; the call changes
 * neither the ring nor the position of @rv. Process the copy later: the copying is quick.
 *
 * Copies all records of a ring that overwrites, read or not; of any other ring, those that are not
 * released, with the one that PACED and BUSY hold back. All of them are whole, on all processors.
 * Compare window.position and window.bytes of two calls to find what both copied.
 *
 * @memory is aligned to 8 bytes; the ring's size in bytes always suffices.
 *
 * Returns 0 if the ring was copied, and fills *@window; a negative errno otherwise:
 *   -EMSGSIZE  @size is too small; window->bytes would have sufficed
 *   -EAGAIN    everything was overwritten while it was copied, three times
 *   -EBADMSG   the positions in the ring are impossible
 *   -EINVAL    @memory is not aligned
 *   -ENOSYS, -EINVAL, -EPERM  membarrier(2) failed, which is called only if the ring overwrites, on
 *              processors other than x86-64
 *
 * Threads: Any thread may call ringview_snapshot(), also while another reads with @rv. The reader
 * must not be closed meanwhile.
 *
 * Example:
 *
 *	int dump(const struct ringview *rv, void *memory, size_t size)
 *	{
 *		struct ringview_record record;
 *		struct ringview_window window;
 *		int err = ringview_snapshot(rv, memory, size, &window);
 *
 *		if (err)
 *			return err;
 *		while ((err = ringview_window_next(&window, &record)) > 0)
 *			handle(record.data, record.length);
 *		return err;
 *	}
 */
int ringview_snapshot(
	const struct ringview *rv, void *memory, size_t size, struct ringview_window *window);

/*
 * Finds the next record of the copy, oldest first. It is valid as long as the copy's memory. Skips
 * records that were discarded, or not yet submitted.
 *
 * Returns 1 if a record was found, and fills *@record; 0 at the end; a negative errno otherwise:
 *   -EBADMSG  a header is impossible
 */
int ringview_window_next(struct ringview_window *window, struct ringview_record *record);

/*
 * A group of rings: one wait for all of them, and fair turns.
 *
 * A turn returns at most an eighth of the ring or 256 KiB, whichever is less, so a flooded ring
 * does not starve the others. With EVENT, the cost of a wait grows with the number of rings that
 * were read or notified, not with the size of the group. PACED and BUSY poll every ring, which
 * takes 20 to 100 ns each.
 *
 * Threads: A group and its readers belong to one thread at a time; only ringview_group_interrupt()
 * may be called from others and from signal handlers. The rules for fork() are those of a reader.
 */
struct ringview_group;

/*
 * Opens an empty group, which holds two file descriptors. It waits as @options say (NULL: EVENT),
 * whatever its readers' own options.
 *
 * Returns 0 if the group was opened, and sets *@group; a negative errno otherwise:
 *   -EINVAL  options unknown or out of range
 *   -EMFILE, -ENFILE, -ENOMEM  no descriptor or memory is left
 *
 * Example:
 *
 *	int read_group(struct ringview_group *group)
 *	{
 *		struct ringview_record record;
 *		struct ringview *rv;
 *		int err;
 *
 *		while ((err = ringview_group_wait(group, -1)) > 0) {
 *			while (ringview_group_next(group, &rv) > 0) {
 *				while (ringview_peek(rv, &record) > 0)
 *					handle(record.data, record.length);
 *				ringview_release(rv);
 *			}
 *		}
 *		return err;
 *	}
 */
int ringview_group_open(struct ringview_group **group, const struct ringview_options *options);

/* Closes the group. Its readers stay open and wait again by their own options. NULL does nothing.
 */
void ringview_group_close(struct ringview_group *group);

/*
 * Adds a reader to the group, until ringview_group_remove() or until either is closed. Meanwhile
 * only the group waits for it, not ringview_wait().
 *
 * Returns 0, or a negative errno:
 *   -EEXIST  the reader is in this group or another
 *   -EOPNOTSUPP  the group has an order, and the ring overwrites
 *   -ENOMEM  no memory is left
 *   -ENOSPC  the user's limit of epoll watches
 */
int ringview_group_add(struct ringview_group *group, struct ringview *rv);

/*
 * Removes a reader from the group.
 *
 * Returns 0, or a negative errno:
 *   -ENOENT  the reader is not in this group
 */
int ringview_group_remove(struct ringview_group *group, struct ringview *rv);

/*
 * As ringview_wait(), for any reader of the group. Releases and invalidates the records of all
 * readers first. With EVENT, records that do not notify are found when the wait times out or, while
 * other rings keep the group busy, within 20 ms or 0.1 ms a ring, whichever is longer.
 *
 * A ring's error is reported when its turn comes: ringview_group_next() returns its reader, and
 * ringview_peek() the error. Remove that reader, or every wait returns at once.
 *
 * Returns 1 if a reader has a record or an error; 0 if the time-out expired; a negative errno as
 * ringview_wait() otherwise:
 *   -ECANCELED  ringview_group_interrupt() was called
 *   -EINTR      a signal handler ran
 *   -EMFILE, -ENFILE, -ENOMEM, -ENOSPC  at the first sleep
 */
int ringview_group_wait(struct ringview_group *group, int64_t timeout_ns);

/*
 * Ends the turn of the last reader returned, and finds the next reader that has a record. Its
 * ringview_peek() returns 0 at the end of its turn, and until its next turn.
 *
 * Returns 1 if a reader was found, and sets *@rv; 0 if everything that the last wait found has been
 * returned, or the group was interrupted: wait again; a negative errno otherwise:
 *   -EINVAL  the group has an order, and no turns
 */
int ringview_group_next(struct ringview_group *group, struct ringview **rv);

/* The clock of the timestamps: what the BPF program calls. */
enum ringview_clock {
	RINGVIEW_CLOCK_MONOTONIC = 0, /* bpf_ktime_get_ns() */
	RINGVIEW_CLOCK_BOOTTIME = 1,  /* bpf_ktime_get_boot_ns() */
	RINGVIEW_CLOCK_TAI = 2,       /* bpf_ktime_get_tai_ns(); setting the clock disturbs the
				       * order */
};

/* An order of the records of all rings of a group. Initialize it with RINGVIEW_ORDER_DEFAULT:
 * fields that later versions add then have their default. */
struct ringview_order {
	size_t size; /* sizeof(struct ringview_order), as RINGVIEW_ORDER_DEFAULT sets it */

	/* Offset of the timestamp in each record, in bytes; any alignment. The timestamp is 64 bits
	 * in the machine's byte order, in ns. */
	size_t timestamp_offset;

	/*
	 * The longest time from a record's timestamp to its submission, in ns, up to 10^10; 0 means
	 * the latency budget of the group's options. It includes interrupts of the BPF program and,
	 * in a virtual machine, the time for which the host takes the CPU away. Each record is held
	 * back until it is that old, which costs latency and room in the rings. A record that is
	 * submitted later may be returned out of order.
	 */
	int64_t lateness_ns;

	enum ringview_clock clock; /* of the timestamps */
};

#define RINGVIEW_ORDER_DEFAULT                                                \
	{                                                                     \
		sizeof(struct ringview_order), 0, 0, RINGVIEW_CLOCK_MONOTONIC \
	}

/*
 * Sets or replaces the order of a group; NULL removes it. A group with an order is read only by
 * ringview_group_peek_ordered(): ringview_group_next() returns -EINVAL, and records read by a
 * member's own functions are not in order. Records returned before stay valid and unreleased.
 *
 * Returns 0, or a negative errno:
 *   -EINVAL  @order is unknown or out of range
 *   -EOPNOTSUPP  a ring of the group overwrites: its records can only be copied
 *   -ENOMEM  no memory is left
 *
 * Threads: Only the thread that the group belongs to may call ringview_group_set_order() and
 * ringview_group_peek_ordered(). ringview_group_interrupt() ends a wait from any other.
 */
int ringview_group_set_order(struct ringview_group *group, const struct ringview_order *order);

/*
 * Finds the next record of all rings in the order of their timestamps, zero-copy.
 *
 * A record is valid until the next ringview_group_wait(), which releases all records returned, or
 * until the next ringview_release() of its reader.
 *
 * An empty ring may still get a record that belongs before those of the others. So a pass begins
 * with one poll of all rings, usually in the wait, and returns the records that were at least the
 * lateness old at that time. A record that is reserved and not yet submitted counts as not there.
 *
 *   - If each record is submitted within the lateness after its timestamp, and the timestamps of
 *     each ring ascend, all records are returned in order. If timestamps are equal, the ring that
 *     was added to the group first comes first.
 *   - Records of one ring are always returned in the order of the ring.
 *   - A record older than one already returned is returned at once, and counted as late: it was
 *     submitted too late, or lies behind a newer one in its own ring. The latter happens if one BPF
 *     program interrupts another between the timestamp and bpf_ringbuf_reserve().
 *   - A record too short for a timestamp is returned right after the one before it in its ring.
 *   - A timestamp in the future is replaced by the time at which the record was found, once the
 *     record has been there for the lateness. It delays its own ring by at most about twice the
 *     lateness, and no other ring.
 *
 * A pass returns at most an eighth of each ring or 256 KiB of it. At its end the function returns 0
 * once; the next call begins another pass. An event waits for the lateness and until the next poll:
 * with PACED, for at most the lateness plus the latency budget. EVENT sleeps for the lateness after
 * a poll in which all records were too young. A poll takes 20 to 100 ns for each ring.
 *
 * ringview_group_wait() returns 1 if a record can be returned, not if all records are too young.
 * Readers may be added and removed at any time; the next call then begins another pass.
 * ringview_cancel() of a member makes its records come again, as late ones.
 *
 * Returns 1 if a record was found, fills *@record, and sets *@rv to its reader unless @rv is NULL;
 * 0 if no record may be returned now, or the group was interrupted: wait again; a negative errno
 * otherwise:
 *   -EINVAL  the group has no order
 *   -EBADMSG, -EBUSY  as ringview_peek(), with *@rv the reader of the broken ring; reported once a
 *              pass, when no record of another ring may be returned. Remove that reader, or every
 *              wait returns at once
 *
 * Example:
 *
 *	int read_in_order(struct ringview_group *group) // after ringview_group_set_order()
 *	{
 *		struct ringview_record record;
 *		int err;
 *
 *		while ((err = ringview_group_wait(group, -1)) > 0)
 *			while (ringview_group_peek_ordered(group, &record, NULL) > 0)
 *				handle(record.data, record.length);
 *		return err;
 *	}
 */
int ringview_group_peek_ordered(
	struct ringview_group *group, struct ringview_record *record, struct ringview **rv);

/* As ringview_interrupt(), for ringview_group_wait(). */
void ringview_group_interrupt(struct ringview_group *group);

/* ringview_group_get_statistics() calls this with the size of its struct ringview_statistics. */
void ringview_group_get_statistics_sized(
	const struct ringview_group *group, struct ringview_statistics *statistics, size_t size);

/* Fills @statistics: sums over the readers in the group (of high_water, the maximum), and the
 * waits, sleeps, wakeups and time-outs of the group itself. */
static inline void ringview_group_get_statistics(
	const struct ringview_group *group, struct ringview_statistics *statistics)
{
	ringview_group_get_statistics_sized(group, statistics, sizeof(*statistics));
}

/* Returns the version of the linked library, in the form of RINGVIEW_VERSION. */
const char *ringview_version(void);

/*
 * The hot path.
 */

#define RINGVIEW_HEADER_SIZE 8 /* Bytes of a record's header: BPF_RINGBUF_HDR_SZ. */

#define RINGVIEW_LIKELY(condition) __builtin_expect(!!(condition), 1)

#if defined(__SANITIZE_THREAD__)
#define RINGVIEW_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define RINGVIEW_THREAD_SANITIZER 1
#endif
#endif

/* Cold parts of the inline functions. Do not call them. */
int ringview_internal_seek(struct ringview *rv);
int ringview_internal_next(struct ringview *rv);
void ringview_internal_release(struct ringview *rv);
int ringview_internal_read_copy(struct ringview *rv, void *buffer, size_t capacity, size_t *length);

/*
 * Load-acquire of the header word at *@at: later reads through *@at see the record that was
 * committed. Pairs with the xchg() of the header in bpf_ringbuf_commit().
 *
 * x86 keeps loads in order (TSO), so only the compiler must not reorder them. An acquire would also
 * make it reload every field of the reader; making the payload's address depend on the header does
 * not: 0.8 instead of 1.0 ns a record of 16 bytes (Zen 4, gcc 12).
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

/* The address at which the record with the header @at ends. A busy or impossible length leads
 * outside of the ring, where pointer arithmetic is undefined. */
static inline uint64_t ringview_internal_end(const unsigned char *at, uint32_t length)
{
	return (uint64_t)(uintptr_t)at + ringview_internal_stride(length);
}

/*
 * Returns @length, from @expected if it is one of those. The values are equal, but the expected one
 * is available before the ring's memory has arrived: the processor predicts the branch and
 * continues with the next records. The asm hides from the compiler that they are equal, so that it
 * keeps the branches. Equal lengths jump nowhere: each jump taken costs a cycle or two.
 */
static inline uint32_t ringview_internal_expect(uint32_t length, const uint32_t expected[2])
{
	uint32_t hidden = expected[0];

	__asm__("" : "+r"(hidden));
	if (RINGVIEW_LIKELY(length == expected[0])) {
		__asm__ volatile("");
		return hidden;
	}
	hidden = expected[1];
	__asm__("" : "+r"(hidden));
	if (length == expected[1]) {
		__asm__ volatile("");
		return hidden;
	}
	return length;
}

/*
 * Whether the next record is known to be ready. Sets *@at to its header, and *@length. One
 * comparison with the end refuses busy, discarded and impossible headers: as lengths they are at
 * least 2^30, and the end is never that far away.
 */
static inline int ringview_internal_is_ready(
	const struct ringview *rv, const unsigned char **at, uint32_t *length)
{
	*at = rv->next;
	/* gcc 16 would load @next and @end as 16 bytes. The last peek has just stored half of them,
	 * so that load would wait for the store to complete. */
	__asm__("" : "+r"(*at));
	if (!RINGVIEW_LIKELY(*at < rv->end))
		return 0;
	*length = ringview_internal_expect(ringview_internal_load_header(at), rv->expected);
	return RINGVIEW_LIKELY(ringview_internal_end(*at, *length) <= (uintptr_t)rv->end) ? 1 : 0;
}

/* Finds the next record. Returns 1, and sets *@at to its header and *@length; otherwise as
 * ringview_peek(). */
static inline int ringview_internal_find(
	struct ringview *rv, const unsigned char **at, uint32_t *length)
{
	int found;

	if (ringview_internal_is_ready(rv, at, length))
		return 1;
	found = ringview_internal_seek(rv);
	*at = rv->next;
	*length = rv->found;
	return found;
}

/* Moves past the record of @length bytes whose header is @at. One store counts both the record and
 * its bytes: a ring has less than 2^32 of either. */
static inline void ringview_internal_pass(
	struct ringview *rv, const unsigned char *at, uint32_t length)
{
	rv->next = (const unsigned char *)(uintptr_t)ringview_internal_end(at, length);
	rv->last = at;
	rv->returned += (UINT64_C(1) << 32) + length;
}

/*
 * Finds the next record. Releases no record that was returned, and makes no system call. Skips
 * discarded records: the next release releases them, or this call if it finds nothing and all
 * records returned are released.
 *
 * After a wait, it returns 0 once at the end of what the wait found. Without a wait, and after
 * ringview_arm(), it returns 1 for as long as producers are as fast as the caller. Producers cannot
 * use the room of records that are not released: release from time to time, as ringview_drain()
 * does after each eighth of the ring.
 *
 * Returns 1 if a record was found, and fills *@record; 0 if none is ready (there is none, or the
 * next one is reserved and not yet submitted); a negative errno otherwise, and then on every call
 * until ringview_restart():
 *   -EBADMSG  a header or a position in the ring is impossible: no record was returned from it
 *   -EBUSY    another consumer moved the ring's consumer position; this reader no longer writes it
 *   -EOPNOTSUPP  the ring overwrites: use ringview_read_into() or ringview_snapshot()
 *
 * Threads: A reader belongs to one thread at a time, and a ring has one consumer. A second one, in
 * any process, is not prevented, but detected at the next release.
 *
 * Example:
 *
 *	int read_all(struct ringview *rv)
 *	{
 *		struct ringview_record record;
 *		int found;
 *
 *		while ((found = ringview_peek(rv, &record)) > 0)
 *			handle(record.data, record.length);
 *		ringview_release(rv); // once for all of them
 *		return found;
 *	}
 */
static inline int ringview_peek(struct ringview *rv, struct ringview_record *record)
{
	const unsigned char *at;
	uint32_t length;
	int found;

	/* Two calls, so that loops keep @next and @end in registers: the library may change them
	 * and the caller's @rv, so a common path after it has to load them again. */
	if (ringview_internal_is_ready(rv, &at, &length)) {
		record->data = at + RINGVIEW_HEADER_SIZE;
		record->length = length;
		ringview_internal_pass(rv, at, length);
		return 1;
	}
	found = ringview_internal_next(rv);
	if (found > 0) {
		record->data = rv->last + RINGVIEW_HEADER_SIZE;
		record->length = rv->found;
	}
	return found;
}

/*
 * Releases every record returned so far, which invalidates them, with one store.
 *
 * PACED and BUSY hold the last record back, so that producers do not notify, unless it takes more
 * than an eighth of the ring. Producers cannot use its bytes meanwhile; if the process is killed,
 * the next reader of a pinned ring reads that record again. It is released with the next record,
 * before a sleep that needs a notification, by ringview_arm() and by ringview_close().
 *
 * If another consumer has moved the position, writes nothing, and ringview_peek() returns -EBUSY.
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
 * Finds up to @count records, as @count calls of ringview_peek() would, for languages in which a
 * call of a C function costs more than a record. If a call costs 40 ns, take 256; if it costs
 * little, 8: a processor fetches no further headers from memory while a long burst is handled.
 *
 * Returns the number of @records filled, at most INT_MAX; 0 if none is ready; a negative errno
 * otherwise:
 *   -EBADMSG, -EBUSY, -EOPNOTSUPP  as ringview_peek()
 */
int ringview_peek_many(struct ringview *rv, struct ringview_record *records, size_t count);

#define RINGVIEW_COPY_INLINE 64

/* Copies a record. Inline, 16 to 64 bytes take 65 to 90 % of the time of a call of memcpy() (Zen 4,
 * glibc 2.36); above, the two are alike. */
static inline void ringview_internal_copy(void *to, const void *from, uint32_t length)
{
	unsigned char *t = (unsigned char *)to;
	const unsigned char *f = (const unsigned char *)from;
	uint32_t at;

	if (length > RINGVIEW_COPY_INLINE) {
		memcpy(t, f, length);
		return;
	}
	/* No loop: gcc -O3 warns of one, or does not unroll it, which costs a third of the speed.
	 */
	if (length & 64)
		memcpy(t, f, 64);
	at = length & 64;
	if (length & 32) {
		memcpy(t + at, f + at, 32);
		at += 32;
	}
	if (length & 16) {
		memcpy(t + at, f + at, 16);
		at += 16;
	}
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
 * Copies the next record to @buffer and releases it, and every record returned before.
 *
 * If the ring overwrites, copies the oldest record left, and then checks that no producer had begun
 * to overwrite it. If one had, counts the loss (@overwritten of struct ringview_statistics) and
 * tries the next record; after 64 such records returns 0, and the next call continues. @buffer is
 * undefined unless it returns 1.
 *
 * Every record returned is whole on x86-64; on other processors, if no record is larger than an
 * eighth of the ring. Nothing orders a producer's stores there, so the oldest eighth of the ring
 * counts as overwritten, and a reader that falls behind that far, or opens a full ring, continues
 * with a later record. ringview_snapshot() has no such condition.
 *
 * Returns 1 if a record was copied, and sets *@length; 0 if none is ready; a negative errno
 * otherwise:
 *   -EMSGSIZE  the record has *@length bytes, more than @capacity; it stays the next record, so
 *              nothing is lost
 *   -EBADMSG, -EBUSY  as ringview_peek()
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
