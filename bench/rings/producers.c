/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the producers: where, when and for how long.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <string.h>
#include <sys/param.h>
#include <sys/prctl.h>

#include "base/process.h"
#include "rings/source.h"
#include "statistics/statistics.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)

/* Events of one call of produce(): as many as take this long, so that stopping is prompt. */
#define BULK_NS (1.0 * MS)
#define BULK_FIRST 256
#define BULK_MAX 16384

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

void producers_place(struct source *source)
{
	const struct workload *workload = &source->workload;
	const bool share = workload->same_cpu || workload->back_to_back > 0;
	const int consumer = workload->consumer_cpu;

	for (uint32_t i = 0; i < workload->producers; i++) {
		uint32_t cpus;
		const int other = cpu_of(i, consumer, &cpus);
		const int cpu = share && consumer >= 0 ? consumer : other;

		source->producers[i] = (struct producer){
			.source = source,
			.index = i,
			.cpu = cpu,
			/* The consumer or other producers may run there. */
			.crowded = cpu < 0 || share || cpu == consumer ||
				   (consumer < 0 && workload->producers >= cpus) ||
				   i % cpus + cpus < workload->producers,
		};
	}
}

int source_produce(struct source *source, uint64_t events, struct complaint *why)
{
	struct producer *first = &source->producers[0];
	const uint64_t end = producers_attempted(source, 0) + events;
	uint64_t made;

	/* A signal ends a call of the program early: it goes on until all are made. */
	while ((made = producers_attempted(source, 0)) < end) {
		first->err = source->operations->produce(first, MIN(end - made, BULK_MAX));
		if (first->err) {
			*why = first->why;
			return first->err;
		}
		if (interrupted())
			return -EINTR;
	}
	return 0;
}

int source_fill(struct source *source, uint64_t first, uint64_t events, struct complaint *why)
{
	struct ringview_account now;
	int err;

	__atomic_store_n(&source->states[0].sequence, first, __ATOMIC_RELAXED);
	err = source_produce(source, events, why);
	if (!err)
		err = source_count(source, &now, why);
	/* A failed event would be missing when the ring is read. */
	if (!err && now.failed > 0)
		err = complain(why, -ENOSPC,
			"the ring had no room for %" PRIu64 " of %" PRIu64 " events; this is a bug",
			(uint64_t)now.failed, events);
	return err;
}

static bool is_to_stop(const struct producer *me)
{
	return __atomic_load_n(&me->source->command, __ATOMIC_RELAXED) == STOP;
}

/* Waits until @at or the end. Spins, as a sleep would end late; on a crowded CPU yields or sleeps. */
static void wait_until(const struct producer *me, uint64_t at)
{
	uint64_t now;

	while ((now = monotonic_ns()) < at && !is_to_stop(me)) {
		if (me->crowded && at - now > SLEEP_FROM) {
			monotonic_sleep_until((int64_t)MIN(now + SLEEP_MAX, at - WAKE_EARLY));
		} else if (me->crowded) {
			sched_yield();
		}
	}
}

static void make_events(struct producer *me)
{
	const struct live_interval *interval = &me->source->plan.interval;
	uint64_t bulk = BULK_FIRST;

	while (!is_to_stop(me)) {
		const uint64_t made = producers_attempted(me->source, me->index);
		const uint64_t now = monotonic_ns();
		const double ns_before = me->ns;
		uint64_t due = made + bulk;

		if (interval->divisor)
			due = now < me->origin ? 0 : live_due_count(interval, now - me->origin);
		if (due <= made) {
			wait_until(me, me->origin + live_due_offset(interval, made));
			continue;
		}
		bulk = MIN(bulk, due - made);
		me->err = me->source->operations->produce(me, bulk);
		if (me->err)
			return;
		bulk = (uint64_t)fmin(
			fmax(1, BULK_NS * (double)bulk / (me->ns - ns_before)), BULK_MAX);
	}
}

static void *run_producer(void *argument)
{
	struct producer *me = argument;
	struct source *source = me->source;
	int command;

	prctl(PR_SET_TIMERSLACK, 1UL);
	__atomic_add_fetch(&source->ready, 1, __ATOMIC_RELAXED);
	/* Acquire: what source_start() set before. Pairs with its store-release. */
	while ((command = __atomic_load_n(&source->command, __ATOMIC_ACQUIRE)) == WAIT)
		sched_yield();
	if (command == GO)
		make_events(me);
	return NULL;
}

static int complain_of_cpu(struct producer *me, int err, struct complaint *why)
{
	return complain(why, err,
		"cannot start producer %u on CPU %d: %s; give fewer -producers, or raise the limits "
		"of threads and memory (ulimit -u, ulimit -v)",
		me->index, me->cpu, strerror(-err));
}

void source_end_threads(struct source *source)
{
	__atomic_store_n(&source->command, STOP, __ATOMIC_RELEASE);
	for (; source->running > 0; source->running--)
		pthread_join(source->producers[source->running - 1].thread, NULL);
}

/* The producers make one even stream: each starts a part of the interval later; bursts, at once. */
static void reset_producers(struct source *source)
{
	const struct live_interval *interval = &source->plan.interval;
	const uint64_t start = monotonic_ns() + START_DELAY;
	const uint32_t count = source->workload.producers;

	for (uint32_t i = 0; i < count; i++) {
		struct producer *producer = &source->producers[i];

		producer->ns = 0;
		producer->err = 0;
		producer->origin = start;
		if (interval->divisor && interval->step == 1)
			producer->origin += live_due_offset(interval, i) / count;
		source->states[i] = (struct live_state){ .due = producer->origin };
	}
}

static int start_threads(struct source *source, struct complaint *why)
{
	const uint32_t count = source->workload.producers;

	source->command = WAIT;
	source->ready = 0;
	for (; source->running < count; source->running++) {
		struct producer *next = &source->producers[source->running];
		int err = pin_start(&next->thread, next->cpu, run_producer, next);

		if (err)
			return complain_of_cpu(next, err, why);
	}
	while (__atomic_load_n(&source->ready, __ATOMIC_RELAXED) < count)
		sched_yield();
	return 0;
}

int source_start(struct source *source, struct complaint *why)
{
	const bool threads = source->workload.back_to_back == 0;
	int err = source->operations->attach ? source->operations->attach(source, true, why) : 0;

	if (!err)
		err = source_count(source, &source->before, why);
	if (!err && threads)
		err = start_threads(source, why);
	if (err)
		return err;
	reset_producers(source);
	/* Release: pairs with the load-acquire in run_producer(). */
	__atomic_store_n(&source->command, GO, __ATOMIC_RELEASE);
	return 0;
}

int source_stop(struct source *source, struct produced *produced, struct complaint *why)
{
	const struct ringview_account *before = &source->before;
	struct ringview_account now;
	int err;

	source_end_threads(source);
	*produced = (struct produced){ 0 };
	for (uint32_t i = 0; i < source->workload.producers; i++) {
		const struct producer *producer = &source->producers[i];
		const struct live_state *state = &source->states[i];

		if (producer->err) {
			*why = producer->why;
			return producer->err;
		}
		produced->ns += producer->ns;
		produced->sequences[i] = state->sequence;
		produced->high_water = MAX(produced->high_water, state->high_water);
	}
	err = source_count(source, &now, why);
	if (err)
		return err;
	produced->attempted = now.attempted - before->attempted;
	produced->submitted = now.submitted - before->submitted;
	produced->failed = now.failed - before->failed;
	produced->discarded = now.discarded - before->discarded;
	/* The two positions are read one after the other, so their distance may be too large. */
	if (produced->failed > 0 || produced->high_water > source->rings.size)
		produced->high_water = source->rings.size;
	if (source->target == TARGET_PERF_BUFFERS)
		produced->high_water = LIVE_UNKNOWN;
	return 0;
}

int source_measure_alone(struct source *source, bool unattached, double *ns, struct complaint *why)
{
	const struct source_operations *operations = source->operations;
	const uint64_t capacity =
		(source->rings.size - 1) / workload_largest_stride(&source->workload);
	const uint64_t events = MIN(capacity, BULK_MAX);
	const struct ring_bytes *ring = &source->mapped[0];
	struct producer *first = &source->producers[0];
	const uint64_t start = monotonic_ns();
	double samples[ALONE_ROUNDS];
	size_t rounds = 0;
	pin_set before;
	int err;

	*ns = 0;
	if (unattached && (!operations->attach || source->workload.producer != PRODUCER_SYSCALL))
		return 0;
	if (capacity == 0)
		return complain(why, -ENOSPC,
			"the ring has no room for a single event; give a larger -ring-size");
	err = operations->attach ? operations->attach(source, !unattached, why) : 0;
	if (err)
		return err;
	sched_getaffinity(0, sizeof(before), before);
	err = pin_thread(first->cpu);
	if (err)
		return complain_of_cpu(first, err, why);
	source->states[0] = (struct live_state){ .due = start };
	while (rounds < ALONE_ROUNDS && !err &&
		(rounds < ALONE_ROUNDS_MIN || monotonic_ns() - start < ALONE_NS)) {
		const uint64_t attempted = producers_attempted(source, 0);
		uint64_t made;

		first->ns = 0;
		err = operations->produce(first, events);
		/* Releases everything, as a reader would. */
		__atomic_store_n(ring->consumer, __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE),
			__ATOMIC_RELEASE);
		made = unattached ? events : producers_attempted(source, 0) - attempted;
		if (!err && interrupted())
			err = complain(&first->why, -EINTR, "interrupted");
		if (!err && made == 0)
			err = complain(&first->why, -EIO, "the producer ran and produced no event");
		samples[rounds++] = first->ns / (double)made;
	}
	sched_setaffinity(0, sizeof(before), before);
	if (err)
		*why = first->why;
	else
		*ns = samples_median(samples, rounds);
	return err;
}
