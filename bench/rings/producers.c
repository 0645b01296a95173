/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/interrupt.h"
#include "rings/producers.h"
#include "base/monotonic.h"
#include "statistics/samples.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)

/* Events asked for at once: what takes this long, so that stopping is prompt, and no more. */
#define BULK_NS (1.0 * MS)
#define BULK_FIRST 256
#define BULK_MAX 16384

#define START_DELAY (100 * US) /* for all threads to see that they may begin */

#define SLEEP_FROM MS         /* on a crowded CPU: sleep where nothing is due for so long */
#define SLEEP_MAX (10 * MS)   /* then look whether to stop */
#define WAKE_EARLY (200 * US) /* waking up takes time */

/* Alone: the most fills; beyond the fewest, no more than this time allows. */
#define ALONE_ROUNDS 51
#define ALONE_ROUNDS_MIN 3
#define ALONE_NS (200 * MS)

#define CPUS_MAX 8192 /* CONFIG_NR_CPUS of any kernel */
#define CPU_SETS (CPUS_MAX / CPU_SETSIZE)

enum command { WAIT, GO, STOP };

/* Where this process may run, as it was before anything pinned the main thread. */
static cpu_set_t allowed[CPU_SETS];

__attribute__((constructor)) static void remember_allowed(void)
{
	if (sched_getaffinity(0, sizeof(allowed), allowed) < 0)
		memset(allowed, 0, sizeof(allowed));
}

uint32_t producers_cpus(void)
{
	return (uint32_t)CPU_COUNT_S(sizeof(allowed), allowed);
}

/* Whether producers run where the consumer does. */
static bool shares_cpu(const struct workload *workload)
{
	return workload->same_cpu || workload->back_to_back > 0;
}

/* The CPU of producer @index among those allowed, @avoided left out where there are others; and how
 * many there are of them. -1: not known, no pinning. */
static int cpu_of(uint32_t index, int avoided, uint32_t *cpus)
{
	uint32_t count = producers_cpus(), at = 0;
	bool avoid =
		avoided >= 0 && count > 1 && CPU_ISSET_S((size_t)avoided, sizeof(allowed), allowed);

	*cpus = count - avoid;
	if (count == 0)
		return -1;
	index %= *cpus;
	for (int cpu = 0; cpu < CPUS_MAX; cpu++)
		if (CPU_ISSET_S((size_t)cpu, sizeof(allowed), allowed) &&
			!(avoid && cpu == avoided) && at++ == index)
			return cpu;
	return -1;
}

int producers_spare_cpu(const struct workload *workload)
{
	uint32_t cpus;
	/* That of one more producer, were there one. */
	const int cpu = cpu_of(workload->producers, workload->consumer_cpu, &cpus);

	return workload->producers < cpus && cpu != workload->consumer_cpu ? cpu : -1;
}

/* Whether the consumer or other producers are, or may be, on the CPU of producer @index. */
static bool is_crowded(uint32_t index, int cpu, uint32_t cpus, const struct workload *workload)
{
	if (cpu < 0 || shares_cpu(workload) || cpu == workload->consumer_cpu)
		return true;
	if (workload->consumer_cpu < 0 && workload->producers >= cpus)
		return true;
	return index % cpus + cpus < workload->producers;
}

void producers_init(struct producers *p, const struct workload *workload,
	const struct live_plan *plan, const struct producers_job *job, void *context)
{
	memset(p, 0, sizeof(*p));
	p->job = job;
	p->context = context;
	p->rate = workload->rate;
	p->interval = plan->interval;
	p->capacity = (workload->ring_size - 1) / plan->largest_stride;
	p->count = workload->producers;
	p->turn = workload->back_to_back;
	for (uint32_t i = 0; i < p->count; i++) {
		uint32_t cpus;
		int cpu = cpu_of(i, workload->consumer_cpu, &cpus);

		if (shares_cpu(workload) && workload->consumer_cpu >= 0)
			cpu = workload->consumer_cpu;
		p->list[i].all = p;
		p->list[i].index = i;
		p->list[i].cpu = cpu;
		p->list[i].crowded = is_crowded(i, cpu, cpus, workload);
	}
}

static bool is_to_stop(const struct producer *me)
{
	return __atomic_load_n(&me->all->command, __ATOMIC_RELAXED) == STOP;
}

static int produce(struct producer *me, uint64_t events, double *ns)
{
	const struct producers *p = me->all;

	*ns = 0;
	me->err = p->job->produce(p->context, me->index, events, ns, &me->why);
	me->ns += *ns;
	return me->err;
}

static uint64_t attempted(const struct producer *me)
{
	return me->all->job->attempted(me->all->context, me->index);
}

/* How many to ask for next, when @events have taken @ns. */
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
		if (produce(me, events, &ns))
			return;
		events = next_bulk(events, ns);
	}
}

/* Until @at, or until it is to stop. A sleep would be late by what waking up takes, so it spins,
 * unless others need the CPU. */
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
	const struct live_interval *interval = &me->all->interval;
	uint64_t bulk = BULK_FIRST;
	double ns;

	while (!is_to_stop(me)) {
		uint64_t made = attempted(me), now = producers_clock(), due = 0;

		if (now >= me->origin)
			due = live_due_count(interval, now - me->origin);
		if (due <= made) {
			wait_until(me, me->origin + live_due_offset(interval, made));
			continue;
		}
		due -= made;
		if (due > bulk)
			due = bulk;
		if (produce(me, due, &ns))
			return;
		bulk = next_bulk(due, ns);
	}
}

static void *run_producer(void *argument)
{
	struct producer *me = argument;
	struct producers *p = me->all;
	int command;

	prctl(PR_SET_TIMERSLACK, 1UL);
	__atomic_add_fetch(&p->ready, 1, __ATOMIC_RELAXED);
	/* Acquire: what producers_start() set before. Pairs with its store-release. */
	while ((command = __atomic_load_n(&p->command, __ATOMIC_ACQUIRE)) == WAIT)
		sched_yield();
	if (command == GO) {
		if (p->rate)
			run_paced(me);
		else
			run_flat_out(me);
	}
	return NULL;
}

/* Runs @run with @argument in a thread, where producer @me belongs. */
static int create_thread(
	struct producer *me, void *(*run)(void *), void *argument, struct complaint *why)
{
	cpu_set_t one[CPU_SETS];
	sigset_t all, before;
	pthread_attr_t attributes;
	int err = pthread_attr_init(&attributes);

	if (err)
		return complain(why, -err, "cannot start a producer: %s", strerror(err));
	if (me->cpu >= 0) {
		CPU_ZERO_S(sizeof(one), one);
		CPU_SET_S((size_t)me->cpu, sizeof(one), one);
		err = pthread_attr_setaffinity_np(&attributes, sizeof(one), one);
	}
	/* Signals are for the main thread: they are to end its waits. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (!err)
		err = pthread_create(&me->thread, &attributes, run, argument);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	if (err)
		return complain(why, -err,
			"cannot start producer %u on CPU %d: %s; give fewer -producers, or raise "
			"the limits of threads and memory (ulimit -u, ulimit -v)",
			me->index, me->cpu, strerror(err));
	return 0;
}

static void end_threads(struct producers *p)
{
	__atomic_store_n(&p->command, STOP, __ATOMIC_RELEASE);
	for (; p->running > 0; p->running--)
		pthread_join(p->list[p->running - 1].thread, NULL);
}

/* Together they make one evenly spaced stream: each begins a part of the interval later. Bursts
 * begin with all. */
static void set_origins(struct producers *p)
{
	const uint64_t start = producers_clock() + START_DELAY;

	for (uint32_t i = 0; i < p->count; i++) {
		struct producer *producer = &p->list[i];

		producer->origin = start;
		if (p->rate && p->interval.step == 1)
			producer->origin += live_due_offset(&p->interval, i) / p->count;
		p->job->begin(p->context, i, producer->origin);
	}
}

int producers_start(struct producers *p, struct complaint *why)
{
	int err = 0;

	p->command = WAIT;
	p->ready = 0;
	for (uint32_t i = 0; i < p->count; i++) {
		p->list[i].ns = 0;
		p->list[i].err = 0;
	}
	if (p->turn > 0) {
		set_origins(p);
		return 0;
	}
	while (p->running < p->count && !err) {
		struct producer *next = &p->list[p->running];

		err = create_thread(next, run_producer, next, why);
		p->running += !err;
	}
	if (err) {
		end_threads(p);
		return err;
	}
	while (__atomic_load_n(&p->ready, __ATOMIC_RELAXED) < p->count)
		sched_yield();
	set_origins(p);
	/* Release: pairs with the load-acquire in run_producer(). */
	__atomic_store_n(&p->command, GO, __ATOMIC_RELEASE);
	return 0;
}

int producers_turn(struct producers *p, struct complaint *why)
{
	struct producer *first = &p->list[0];
	double ns;
	int err = produce(first, p->turn, &ns);

	if (err)
		*why = first->why;
	return err;
}

int producers_stop(struct producers *p, double *ns, struct complaint *why)
{
	int err = 0;

	end_threads(p);
	*ns = 0;
	for (uint32_t i = 0; i < p->count; i++) {
		*ns += p->list[i].ns;
		if (p->list[i].err && !err) {
			err = p->list[i].err;
			*why = p->list[i].why;
		}
	}
	return err;
}

struct alone {
	struct producers *producers;
	bool unattached;
	double ns_per_event;
	int err;
	struct complaint why;
};

static int fill_alone(struct alone *alone, uint64_t events, double *ns_per_event)
{
	struct producers *p = alone->producers;
	uint64_t before = p->job->attempted(p->context, 0), made;
	double ns = 0;
	int err = p->job->produce(p->context, 0, events, &ns, &alone->why);

	if (!err && !alone->unattached)
		err = p->job->empty(p->context, &alone->why);
	if (err)
		return err;
	if (interrupted())
		return complain(&alone->why, -EINTR, "interrupted");
	made = alone->unattached ? events : p->job->attempted(p->context, 0) - before;
	if (made == 0)
		return complain(&alone->why, -EIO, "the producer made no event when it was run");
	*ns_per_event = ns / (double)made;
	return 0;
}

static void *measure_alone(void *argument)
{
	struct alone *alone = argument;
	struct producers *p = alone->producers;
	const uint64_t events = p->capacity < BULK_MAX ? p->capacity : BULK_MAX;
	const uint64_t start = producers_clock();
	double samples[ALONE_ROUNDS];
	size_t rounds = 0;

	p->job->begin(p->context, 0, start);
	while (rounds < ALONE_ROUNDS && !alone->err &&
		(rounds < ALONE_ROUNDS_MIN || producers_clock() - start < ALONE_NS))
		alone->err = fill_alone(alone, events, &samples[rounds++]);
	if (!alone->err) {
		samples_sort(samples, rounds);
		alone->ns_per_event = sorted_median(samples, rounds);
	}
	return NULL;
}

int producers_measure_alone(
	struct producers *p, bool unattached, double *ns_per_event, struct complaint *why)
{
	struct alone alone = { .producers = p, .unattached = unattached };
	struct producer *first = &p->list[0];
	int err;

	if (p->capacity == 0)
		return complain(why, -ENOSPC,
			"the ring has no room for a single event; give a larger -ring-size");
	err = create_thread(first, measure_alone, &alone, why);
	if (err)
		return err;
	pthread_join(first->thread, NULL);
	if (alone.err)
		*why = alone.why;
	*ns_per_event = alone.ns_per_event;
	return alone.err;
}
