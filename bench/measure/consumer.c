/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/process.h"
#include "measure/consumer.h"

/* At most: events that never notify have to be polled for. */
#define LONGEST_WAIT_NS 100000000

static int64_t thread_cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * INT64_C(1000000000) + used.tv_nsec;
}

/* The time in which this thread was ready and did not run: the second number of schedstat.
 * LIVE_UNKNOWN if the kernel does not say. */
static uint64_t thread_off_cpu_ns(void)
{
	uint64_t ran, waited = LIVE_UNKNOWN;
	FILE *file = fopen("/proc/thread-self/schedstat", "re");

	if (!file)
		return LIVE_UNKNOWN;
	if (fscanf(file, "%" SCNu64 " %" SCNu64, &ran, &waited) != 2)
		waited = LIVE_UNKNOWN;
	fclose(file);
	return waited;
}

/* Produces the events of the next read. */
static int take_turn(struct consumer *c)
{
	const int64_t before = thread_cpu_ns();
	int err = source_produce(c->source, c->check.workload->back_to_back, &c->reading.why);

	c->turns_cpu_ns += thread_cpu_ns() - before;
	return err;
}

/* One read. A signal ends its wait only. */
static int read_once(struct consumer *c, int64_t timeout_ns)
{
	const uint64_t before = c->check.consumed;
	const int err = c->reading.reader->read(&c->reading, timeout_ns);

	if (c->check.consumed != before)
		c->check.last_ns = monotonic_ns() + c->check.saved_ns;
	return err == -EINTR ? 0 : err;
}

/* Reads what is left, without waiting. */
static int read_rest(struct consumer *c)
{
	const struct reader *reader = c->reading.reader;
	int empty = 0, err = 0;

	c->check.finishing = true;
	/* Until two reads found nothing: a late interrupt may have ended the first. */
	while (!err && empty < 2 && !reader->itself) {
		const uint64_t before = c->check.consumed;

		err = read_once(c, 0);
		empty = c->check.consumed != before ? 0 : empty + 1;
	}
	return err || !reader->finish ? err : reader->finish(&c->reading);
}

static int read_events(struct consumer *c)
{
	const struct reader *reader = c->reading.reader;
	const uint64_t off_before = thread_off_cpu_ns();
	const int64_t cpu_before = thread_cpu_ns();
	int err = 0;
	uint64_t off;

	c->started_ns = monotonic_ns();
	while (!err && !live_check_should_stop(&c->check)) {
		if (c->check.workload->back_to_back > 0)
			err = take_turn(c);
		if (!err)
			err = read_once(
				c, reader->interrupt ? LONGEST_WAIT_NS : READER_LONGEST_WAIT_NS);
	}
	if (!err)
		err = read_rest(c);
	c->off_cpu_ns = LIVE_UNKNOWN; /* of a thread in another process */
	if (reader->itself)
		return err;
	c->check.cpu_ns = thread_cpu_ns() - cpu_before - c->turns_cpu_ns + c->check.saved_ns;
	off = thread_off_cpu_ns();
	if (off != LIVE_UNKNOWN && off_before != LIVE_UNKNOWN)
		c->off_cpu_ns = off - off_before;
	return err;
}

static void *consume(void *context)
{
	struct consumer *c = context;
	const int cpu = c->check.workload->consumer_cpu;

	c->open_err = pin_thread(cpu);
	if (c->open_err)
		complain(&c->reading.why, c->open_err,
			"the consumer cannot run on CPU %d: %s; -cpu takes 0 to %ld", cpu,
			strerror(-c->open_err), sysconf(_SC_NPROCESSORS_CONF) - 1);
	else
		c->open_err = reading_open(&c->reading);
	sem_post(&c->ready);
	if (c->open_err)
		return NULL;
	c->err = read_events(c);
	if (c->err && !c->reading.why.text[0])
		complain(&c->reading.why, c->err, "reading failed: %s", strerror(-c->err));
	return NULL;
}

int consumer_start(struct consumer *c, struct complaint *why)
{
	int err;

	c->reading.rings = &c->source->rings;
	c->reading.live = &c->check;
	c->reading.work = WORK_LIVE;
	c->check.why = &c->reading.why;
	sem_init(&c->ready, 0, 0);
	err = pin_start(&c->thread, -1, consume, c); /* consume() pins, to report an error */
	if (err) {
		complain(why, err, "cannot start the consumer's thread: %s", strerror(-err));
	} else {
		while (sem_wait(&c->ready) < 0 && errno == EINTR)
			;
		/* Not c->err: the thread may have continued to read, and failed already. */
		err = c->open_err;
		if (err) {
			pthread_join(c->thread, NULL);
			*why = c->reading.why;
		}
	}
	if (err)
		sem_destroy(&c->ready);
	return err;
}

int consumer_stop(struct consumer *c, struct complaint *why)
{
	const struct reader *reader = c->reading.reader;

	c->stopped_ns = monotonic_ns();
	/* Pairs with live_check_should_stop(). */
	__atomic_store_n(&c->check.stop, 1, __ATOMIC_RELEASE);
	if (reader->interrupt)
		reader->interrupt(&c->reading);
	pthread_join(c->thread, NULL);
	reading_close(&c->reading); /* not by the thread: interrupt() must find it open */
	sem_destroy(&c->ready);
	if (c->err)
		*why = c->reading.why;
	return c->err;
}

void consumer_observe(const struct consumer *c, uint64_t *consumed, uint64_t *cpu_ns)
{
	struct timespec used;
	clockid_t clock;

	*consumed = *cpu_ns = LIVE_UNKNOWN;
	if (c->reading.reader->itself)
		return;
	*consumed = __atomic_load_n(&c->check.consumed, __ATOMIC_RELAXED);
	if (pthread_getcpuclockid(c->thread, &clock) == 0 && clock_gettime(clock, &used) == 0)
		*cpu_ns = (uint64_t)used.tv_sec * UINT64_C(1000000000) + (uint64_t)used.tv_nsec;
}
