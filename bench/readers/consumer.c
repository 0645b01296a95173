/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "readers/consumer_event.h"
#include "base/pin.h"

int consumer_wrong_event(struct consumer *c, const void *data, size_t length)
{
	const uint64_t id = length >= 8 ? *(const event_word *)data : 0;
	const uint64_t producer = id >> LIVE_SEQUENCE_BITS;
	const uint64_t sequence = id & ((UINT64_C(1) << LIVE_SEQUENCE_BITS) - 1);

	if (length >= sizeof(struct live_event) && producer < c->workload->producers &&
		sequence < c->streams[producer].next)
		return complain(&c->why, -EBADMSG,
			"event %llu of producer %llu came after event %llu: twice, or out of order",
			(unsigned long long)sequence, (unsigned long long)producer,
			(unsigned long long)c->streams[producer].next - 1);
	return complain(&c->why, -EBADMSG,
		"an event of %zu B is not as its producer wrote it (producer %llu, event %llu)",
		length, (unsigned long long)producer, (unsigned long long)sequence);
}

static int64_t thread_cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * INT64_C(1000000000) + used.tv_nsec;
}

/* How long this thread has been ready to run and not been run, since it is there: the second number
 * of schedstat. LIVE_UNKNOWN where the kernel does not tell. */
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

/* Makes the events that are read next, where no other thread does. */
static int take_turn(struct consumer *c)
{
	const int64_t before = thread_cpu_ns();
	int err = c->source->operations->turn(c->source, &c->why);

	c->turns_cpu_ns += thread_cpu_ns() - before;
	return err;
}

static int read_events(struct consumer *c)
{
	const uint64_t off_before = thread_off_cpu_ns();
	const int64_t cpu_before = thread_cpu_ns();
	uint64_t before, off;
	int err = 0;

	c->started_ns = monotonic_ns();
	while (!err && !consumer_should_stop(c)) {
		before = c->consumed;
		if (c->workload->back_to_back > 0)
			err = take_turn(c);
		if (!err)
			err = c->engine->read(c);
		if (c->consumed != before)
			c->last_ns = monotonic_ns() + c->saved_ns;
	}
	before = c->consumed;
	c->finishing = true;
	if (!err)
		err = c->engine->finish(c);
	if (c->engine->measures_itself) {
		c->off_cpu_ns = LIVE_UNKNOWN; /* its thread is another */
		return err;
	}
	if (c->consumed != before)
		c->last_ns = monotonic_ns() + c->saved_ns;
	c->cpu_ns = thread_cpu_ns() - cpu_before - c->turns_cpu_ns + c->saved_ns;
	off = thread_off_cpu_ns();
	c->off_cpu_ns =
		off == LIVE_UNKNOWN || off_before == LIVE_UNKNOWN ? LIVE_UNKNOWN : off - off_before;
	return err;
}

static void *consume(void *context)
{
	struct consumer *c = context;

	c->open_err = pin_thread(c->workload->consumer_cpu);
	if (c->open_err)
		complain(&c->why, c->open_err,
			"the consumer cannot run on CPU %d: %s; -cpu takes 0 to %ld",
			c->workload->consumer_cpu, strerror(-c->open_err),
			sysconf(_SC_NPROCESSORS_CONF) - 1);
	else
		c->open_err = c->engine->open(c);
	sem_post(&c->ready);
	if (c->open_err)
		return NULL;
	c->err = read_events(c);
	if (c->err && !c->why.text[0])
		complain(&c->why, c->err, "reading failed: %s", strerror(-c->err));
	return NULL;
}

static void wait_until_ready(struct consumer *c)
{
	while (sem_wait(&c->ready) < 0 && errno == EINTR)
		;
}

static const struct consumer_engine *engine_of(enum live_mode mode)
{
	if (live_mode_program(mode))
		return &peer_engine;
	if (mode == MODE_PERFBUF)
		return &perfbuf_engine;
	return mode == MODE_LIBBPF || mode == MODE_DROPIN ? &libbpf_engine : &ringview_engine;
}

int consumer_start(struct consumer *c, struct complaint *why)
{
	sigset_t all, before;
	int err;

	c->engine = engine_of(c->combination.mode);
	c->buffer = malloc(SIZED_EVENT_MAX);
	if (!c->buffer)
		return complain(why, -ENOMEM, "out of memory");
	sem_init(&c->ready, 0, 0);
	/* Signals are for the main thread: they are to end its waits. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = -pthread_create(&c->thread, NULL, consume, c);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err) {
		complain(why, err, "cannot start the consumer's thread: %s", strerror(-err));
	} else {
		wait_until_ready(c);
		/* Not c->err: the thread may have gone on to read, and failed already. */
		err = c->open_err;
		if (err) {
			pthread_join(c->thread, NULL);
			*why = c->why;
		}
	}
	if (err) {
		sem_destroy(&c->ready);
		free(c->buffer);
	}
	return err;
}

int consumer_stop(struct consumer *c, struct complaint *why)
{
	c->stopped_ns = monotonic_ns();
	__atomic_store_n(&c->stop, 1, __ATOMIC_RELEASE); /* pairs with consumer_should_stop() */
	c->engine->interrupt(c);
	pthread_join(c->thread, NULL);
	c->engine->close(c); /* not by the thread: interrupt() must find it open */
	sem_destroy(&c->ready);
	free(c->buffer);
	if (c->err)
		*why = c->why;
	return c->err;
}

void consumer_observe(const struct consumer *c, uint64_t *consumed, uint64_t *cpu_ns)
{
	struct timespec used;
	clockid_t clock;

	*consumed = *cpu_ns = LIVE_UNKNOWN;
	if (c->engine->measures_itself)
		return;
	*consumed = __atomic_load_n(&c->consumed, __ATOMIC_RELAXED);
	if (pthread_getcpuclockid(c->thread, &clock) == 0 && clock_gettime(clock, &used) == 0)
		*cpu_ns = (uint64_t)used.tv_sec * UINT64_C(1000000000) + (uint64_t)used.tv_nsec;
}
