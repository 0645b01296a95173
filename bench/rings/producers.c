/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/process.h"
#include "rings/source.h"
#include "statistics/statistics.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)

/* Events of one call of produce(): as many as take this long, so that stopping is prompt. */
#define BULK_NS (1.0 * MS)
#define BULK_FIRST 256
#define BULK_MAX PRODUCERS_BULK_MAX

#define START_DELAY (100 * US) /* until the first event is due: all threads have started then */

#define SLEEP_FROM MS         /* on a crowded CPU: sleeps if nothing is due for this long */
#define SLEEP_MAX (10 * MS)   /* then checks whether to stop */
#define WAKE_EARLY (200 * US) /* waking up takes time */

/* source_measure_alone(): fills, at most; and the time after which it stops if it has the least. */
#define ALONE_ROUNDS 51
#define ALONE_ROUNDS_MIN 3
#define ALONE_NS (200 * MS)

enum command { WAIT, GO, STOP };

/* The CPUs that this process may use, from before the main thread was pinned. */
static pin_set allowed;

__attribute__((constructor)) static void remember_allowed(void)
{
	if (sched_getaffinity(0, sizeof(allowed), allowed) < 0)
		memset(allowed, 0, sizeof(allowed));
}

uint32_t producers_cpus(void)
{
	return (uint32_t)CPU_COUNT_S(sizeof(allowed), allowed);
}

/* Whether producers run on the consumer's CPU. */
static bool shares_cpu(const struct workload *workload)
{
	return workload->same_cpu || workload->back_to_back > 0;
}

/* The CPU of producer @index, and in *@cpus the number of CPUs that producers use: the allowed ones
 * without @avoided, unless it is the only one. -1: unknown, no pinning. */
static int cpu_of(uint32_t index, int avoided, uint32_t *cpus)
{
	uint32_t count = producers_cpus(), at = 0;
	bool avoid =
		avoided >= 0 && count > 1 && CPU_ISSET_S((size_t)avoided, sizeof(allowed), allowed);

	*cpus = count - avoid;
	if (count == 0)
		return -1;
	index %= *cpus;
	for (int cpu = 0; cpu < PIN_CPUS_MAX; cpu++)
		if (CPU_ISSET_S((size_t)cpu, sizeof(allowed), allowed) &&
			!(avoid && cpu == avoided) && at++ == index)
			return cpu;
	return -1;
}

int producers_spare_cpu(const struct workload *workload)
{
	uint32_t cpus;
	/* The CPU that one more producer would get. */
	const int cpu = cpu_of(workload->producers, workload->consumer_cpu, &cpus);

	return workload->producers < cpus && cpu != workload->consumer_cpu ? cpu : -1;
}

/* Whether the consumer or other producers may run on the CPU of producer @index. */
static bool is_crowded(uint32_t index, int cpu, uint32_t cpus, const struct workload *workload)
{
	if (cpu < 0 || shares_cpu(workload) || cpu == workload->consumer_cpu)
		return true;
	if (workload->consumer_cpu < 0 && workload->producers >= cpus)
		return true;
	return index % cpus + cpus < workload->producers;
}

void producers_init(struct source *source)
{
	const struct workload *workload = &source->workload;

	for (uint32_t i = 0; i < workload->producers; i++) {
		struct producer *producer = &source->producers[i];
		uint32_t cpus;
		int cpu = cpu_of(i, workload->consumer_cpu, &cpus);

		if (shares_cpu(workload) && workload->consumer_cpu >= 0)
			cpu = workload->consumer_cpu;
		producer->source = source;
		producer->index = i;
		producer->cpu = cpu;
		producer->crowded = is_crowded(i, cpu, cpus, workload);
	}
}

uint64_t producers_attempted(const struct source *source, uint32_t index)
{
	return __atomic_load_n(&source->states[index].sequence, __ATOMIC_RELAXED);
}

int producers_produce(struct producer *me, uint64_t events, double *ns)
{
	struct source *source = me->source;

	*ns = 0;
	me->err = source->operations->produce(source, me->index, events, ns, &me->why);
	me->ns += *ns;
	return me->err;
}

static bool is_to_stop(const struct producer *me)
{
	return __atomic_load_n(&me->source->command, __ATOMIC_RELAXED) == STOP;
}

/* Events of the next call, after @events have taken @ns. */
static uint64_t next_bulk(uint64_t events, double ns)
{
	double bulk = ns > 0 ? BULK_NS * (double)events / ns : BULK_MAX;

	return bulk >= BULK_MAX ? BULK_MAX : bulk <= 1 ? 1 : (uint64_t)bulk;
}

static void run_flat_out(struct producer *me)
{
	uint64_t events = BULK_FIRST;
	double ns;

	while (!is_to_stop(me)) {
		if (producers_produce(me, events, &ns))
			return;
		events = next_bulk(events, ns);
	}
}

/* Waits until @at, or until it is to stop. It spins, as a sleep would end late; on a crowded CPU it
 * yields or sleeps. */
static void wait_until(const struct producer *me, uint64_t at)
{
	uint64_t now, wake;

	while ((now = producers_clock()) < at && !is_to_stop(me)) {
		if (me->crowded && at - now > SLEEP_FROM) {
			wake = at - now > SLEEP_MAX ? now + SLEEP_MAX : at - WAKE_EARLY;
			monotonic_sleep_until((int64_t)wake);
		} else if (me->crowded) {
			sched_yield();
		}
	}
}

static void run_paced(struct producer *me)
{
	const struct live_interval *interval = &me->source->plan.interval;
	uint64_t bulk = BULK_FIRST;
	double ns;

	while (!is_to_stop(me)) {
		uint64_t made = producers_attempted(me->source, me->index), now = producers_clock(),
			 due = 0;

		if (now >= me->origin)
			due = live_due_count(interval, now - me->origin);
		if (due <= made) {
			wait_until(me, me->origin + live_due_offset(interval, made));
			continue;
		}
		due -= made;
		if (due > bulk)
			due = bulk;
		if (producers_produce(me, due, &ns))
			return;
		bulk = next_bulk(due, ns);
	}
}

static void *run_producer(void *argument)
{
	struct producer *me = argument;
	struct source *source = me->source;
	int command;

	prctl(PR_SET_TIMERSLACK, 1UL);
	__atomic_add_fetch(&source->ready, 1, __ATOMIC_RELAXED);
	/* Acquire: what producers_start() set before. Pairs with its store-release. */
	while ((command = __atomic_load_n(&source->command, __ATOMIC_ACQUIRE)) == WAIT)
		sched_yield();
	if (command == GO) {
		if (source->plan.interval.divisor)
			run_paced(me);
		else
			run_flat_out(me);
	}
	return NULL;
}

/* Runs @run with @argument in a thread on the CPU of producer @me. */
static int create_thread(
	struct producer *me, void *(*run)(void *), void *argument, struct complaint *why)
{
	int err = pin_start(&me->thread, me->cpu, run, argument);

	return err ? complain(why, err,
			     "cannot start producer %u on CPU %d: %s; give fewer -producers, or "
			     "raise the limits of threads and memory (ulimit -u, ulimit -v)",
			     me->index, me->cpu, strerror(-err))
		   : 0;
}

static void end_threads(struct source *source)
{
	__atomic_store_n(&source->command, STOP, __ATOMIC_RELEASE);
	for (; source->running > 0; source->running--)
		pthread_join(source->producers[source->running - 1].thread, NULL);
}

/* Together the producers make one evenly spaced stream: each starts a part of the interval later.
 * Bursts start at once. */
static void set_origins(struct source *source)
{
	const struct live_interval *interval = &source->plan.interval;
	const uint64_t start = producers_clock() + START_DELAY;
	const uint32_t count = source->workload.producers;

	for (uint32_t i = 0; i < count; i++) {
		struct producer *producer = &source->producers[i];

		producer->origin = start;
		if (interval->divisor && interval->step == 1)
			producer->origin += live_due_offset(interval, i) / count;
		source->states[i] = (struct live_state){ .due = producer->origin };
	}
}

int producers_start(struct source *source, struct complaint *why)
{
	const uint32_t count = source->workload.producers;
	int err = 0;

	source->command = WAIT;
	source->ready = 0;
	for (uint32_t i = 0; i < count; i++) {
		source->producers[i].ns = 0;
		source->producers[i].err = 0;
	}
	if (source->workload.back_to_back > 0) {
		set_origins(source);
		return 0;
	}
	while (source->running < count && !err) {
		struct producer *next = &source->producers[source->running];

		err = create_thread(next, run_producer, next, why);
		source->running += !err;
	}
	if (err) {
		end_threads(source);
		return err;
	}
	while (__atomic_load_n(&source->ready, __ATOMIC_RELAXED) < count)
		sched_yield();
	set_origins(source);
	/* Release: pairs with the load-acquire in run_producer(). */
	__atomic_store_n(&source->command, GO, __ATOMIC_RELEASE);
	return 0;
}

int producers_stop(struct source *source, double *ns, struct complaint *why)
{
	int err = 0;

	end_threads(source);
	*ns = 0;
	for (uint32_t i = 0; i < source->workload.producers; i++) {
		const struct producer *producer = &source->producers[i];

		*ns += producer->ns;
		if (producer->err && !err) {
			err = producer->err;
			*why = producer->why;
		}
	}
	return err;
}

/* What measure_alone() is to do, and what it found. */
struct alone {
	struct producer *producer; /* its err and why are set */
	bool unattached;
	double ns_per_event;
};

static int fill_alone(const struct alone *alone, uint64_t events, double *ns_per_event)
{
	struct producer *me = alone->producer;
	struct source *source = me->source;
	const struct ring_bytes *ring = source_ring(source, 0);
	uint64_t before = producers_attempted(source, 0), made;
	double ns;
	int err = producers_produce(me, events, &ns);

	/* Releases everything, as a reader would. */
	__atomic_store_n(ring->consumer, __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE),
		__ATOMIC_RELEASE);
	if (err)
		return err;
	if (interrupted())
		return complain(&me->why, -EINTR, "interrupted");
	made = alone->unattached ? events : producers_attempted(source, 0) - before;
	if (made == 0)
		return complain(&me->why, -EIO, "the producer ran and produced no event");
	*ns_per_event = ns / (double)made;
	return 0;
}

static void *measure_alone(void *argument)
{
	struct alone *alone = argument;
	struct producer *me = alone->producer;
	struct source *source = me->source;
	const uint64_t capacity =
		(source->rings.size - 1) / workload_largest_stride(&source->workload);
	const uint64_t start = producers_clock();
	double samples[ALONE_ROUNDS];
	size_t rounds = 0;

	me->err = 0;
	if (capacity == 0)
		me->err = complain(&me->why, -ENOSPC,
			"the ring has no room for a single event; give a larger -ring-size");
	source->states[0] = (struct live_state){ .due = start };
	while (rounds < ALONE_ROUNDS && !me->err &&
		(rounds < ALONE_ROUNDS_MIN || producers_clock() - start < ALONE_NS))
		me->err = fill_alone(
			alone, capacity < BULK_MAX ? capacity : BULK_MAX, &samples[rounds++]);
	if (!me->err)
		alone->ns_per_event = samples_median(samples, rounds);
	return NULL;
}

int source_measure_alone(struct source *source, bool unattached, double *ns, struct complaint *why)
{
	int (*const attach)(struct source *, bool, struct complaint *) = source->operations->attach;
	struct producer *first = &source->producers[0];
	struct alone alone = { .producer = first, .unattached = unattached };
	int err;

	*ns = 0;
	if (unattached && (!attach || source->workload.producer != PRODUCER_SYSCALL))
		return 0;
	err = attach ? attach(source, !unattached, why) : 0;
	if (!err)
		err = create_thread(first, measure_alone, &alone, why);
	if (err)
		return err;
	pthread_join(first->thread, NULL);
	*ns = alone.ns_per_event;
	if (first->err)
		*why = first->why;
	return first->err;
}
