/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: one run of one combination. A thread reads and checks each event; this one waits for the end
 * of the run, and observes it by counters that are kept in any case.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/process.h"
#include "machine/machine.h"
#include "measure/rounds.h"

/* At most: events that never notify have to be polled for. */
#define LONGEST_WAIT_NS 100000000

/* A signal that is handled just before the sleep does not end it. */
#define SLEEP_MOST_NS INT64_C(500000000)

/* LIVE_UNKNOWN: the clock is that of a thread that has ended. */
static uint64_t cpu_ns(clockid_t clock)
{
	struct timespec used;

	if (clock_gettime(clock, &used) < 0)
		return LIVE_UNKNOWN;
	return (uint64_t)used.tv_sec * UINT64_C(1000000000) + (uint64_t)used.tv_nsec;
}

/* The time in which this thread was ready and did not run: the second number of schedstat.
 * LIVE_UNKNOWN if the kernel does not say. */
static uint64_t thread_off_cpu_ns(void)
{
	char text[64];
	uint64_t waited;

	if (!system_read_text(text, sizeof(text), "/proc/thread-self/schedstat") ||
		sscanf(text, "%*u %" SCNu64, &waited) != 1)
		return LIVE_UNKNOWN;
	return waited;
}

/* Produces the events of the next read. */
static int take_turn(struct trial *t)
{
	const uint64_t before = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
	int err = source_produce(t->source, t->check.workload->back_to_back, &t->reading.why);

	t->turns_cpu_ns += (int64_t)(cpu_ns(CLOCK_THREAD_CPUTIME_ID) - before);
	return err;
}

/* One read. A signal ends its wait only. */
static int read_once(struct trial *t, int64_t timeout_ns)
{
	const uint64_t before = t->check.consumed;
	const int err = t->reading.reader->read(&t->reading, timeout_ns);

	if (t->check.consumed != before)
		t->check.last_ns = monotonic_ns() + t->check.saved_ns;
	return err == -EINTR ? 0 : err;
}

/* Reads what is left, without waiting. */
static int read_rest(struct trial *t)
{
	const struct reader *reader = t->reading.reader;
	int empty = 0, err = 0;

	t->check.finishing = true;
	/* Pairs with stop_consumer(): from here on, the interrupt ends the first read at most. */
	sem_wait(&t->interrupted);
	/* Until two reads found nothing: the interrupt may have ended the first. */
	while (!err && empty < 2 && !reader->itself) {
		const uint64_t before = t->check.consumed;

		err = read_once(t, 0);
		empty = t->check.consumed != before ? 0 : empty + 1;
	}
	return err || !reader->finish ? err : reader->finish(&t->reading);
}

static int read_events(struct trial *t)
{
	const struct reader *reader = t->reading.reader;
	const int64_t timeout_ns = reader->interrupt ? LONGEST_WAIT_NS : READER_LONGEST_WAIT_NS;
	const uint64_t off_before = thread_off_cpu_ns();
	const uint64_t cpu_before = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
	const bool turns = t->check.workload->back_to_back > 0;
	int err = 0;
	uint64_t off;

	if (turns)
		t->started_ns = monotonic_ns();
	while (!err && !live_check_should_stop(&t->check)) {
		if (turns)
			err = take_turn(t);
		if (!err)
			err = read_once(t, timeout_ns);
	}
	if (!err)
		err = read_rest(t);
	t->off_cpu_ns = LIVE_UNKNOWN; /* of a thread in another process */
	if (reader->itself)
		return err;
	t->check.cpu_ns = (int64_t)(cpu_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_before) -
			  t->turns_cpu_ns + t->check.saved_ns;
	off = thread_off_cpu_ns();
	if (off != LIVE_UNKNOWN && off_before != LIVE_UNKNOWN)
		t->off_cpu_ns = off - off_before;
	return err;
}

static void *consume(void *context)
{
	struct trial *t = context;

	t->open_err = reading_open(&t->reading);
	sem_post(&t->ready);
	if (t->open_err)
		return NULL;
	t->err = read_events(t);
	if (t->err && !t->reading.why.text[0])
		complain(&t->reading.why, t->err, "reading failed: %s", strerror(-t->err));
	return NULL;
}

/* Starts the thread; when this returns 0, it waits for events. */
static int start_consumer(struct trial *t, struct complaint *why)
{
	int err = pin_start(&t->thread, t->check.workload->consumer_cpu, consume, t);

	if (err)
		return complain(why, err, "cannot start the consumer's thread: %s", strerror(-err));
	while (sem_wait(&t->ready) < 0 && errno == EINTR)
		;
	/* Not t->err: the thread may have continued to read, and failed already. */
	err = t->open_err;
	if (err) {
		pthread_join(t->thread, NULL);
		*why = t->reading.why;
	}
	return err;
}

/* After all producers with threads of their own have stopped: lets the consumer read what is left.
 * It fails if an event came twice, out of order or damaged, or the reader failed. */
static int stop_consumer(struct trial *t, struct complaint *why)
{
	const struct reader *reader = t->reading.reader;

	t->stopped_ns = monotonic_ns();
	/* Pairs with live_check_should_stop(). */
	__atomic_store_n(&t->check.stop, 1, __ATOMIC_RELEASE);
	if (reader->interrupt)
		reader->interrupt(&t->reading);
	sem_post(&t->interrupted);
	pthread_join(t->thread, NULL);
	reading_close(&t->reading); /* not by the thread: interrupt() must find it open */
	if (t->err)
		*why = t->reading.why;
	return t->err;
}

static void observe(struct trial *t, int64_t elapsed_ns)
{
	static struct histogram latency;
	struct source *source = t->source;
	struct observation o = {
		.combination = t->combination,
		.elapsed_ns = elapsed_ns,
		.lost = LIVE_UNKNOWN,
		.waiting = source->target == TARGET_RINGS ? 0 : LIVE_UNKNOWN, /* of perf buffers */
		.consumed = LIVE_UNKNOWN,
		.cpu_ns = LIVE_UNKNOWN,
		.capacity = source->rings.size * source->rings.count,
		.produced_before = t->produced_before,
		.lost_before = t->lost_before,
		.latency_p50 = LIVE_UNKNOWN,
		.latency_p99 = LIVE_UNKNOWN,
	};
	struct ringview_account counted;
	struct complaint ignored;
	clockid_t clock;

	for (uint32_t i = 0; i < source->workload.producers; i++)
		o.produced += producers_attempted(source, i);
	if (source_count(source, &counted, &ignored) == 0)
		o.lost = counted.failed - source->before.failed;
	for (uint32_t i = 0; i < source->rings.count && o.waiting != LIVE_UNKNOWN; i++) {
		const struct ring_bytes *ring = &source->mapped[i];

		o.waiting += ring_waiting(ring->consumer, ring->producer, ring->size);
	}
	if (!t->reading.reader->itself) {
		o.consumed = __atomic_load_n(&t->check.consumed, __ATOMIC_RELAXED);
		if (pthread_getcpuclockid(t->thread, &clock) == 0)
			o.cpu_ns = cpu_ns(clock);
	}
	histogram_copy(&latency, t->check.latency);
	if (latency.count > 0) {
		o.latency_p50 = histogram_quantile(&latency, 0.5);
		o.latency_p99 = histogram_quantile(&latency, 0.99);
	}
	t->observer->observe(t->observer->context, &o);
}

/* Waits for the end of the run. Calls the observer at its interval, which continues over the runs.
 * Returns 0, or -EINTR if the user asked to stop. */
static int wait_for_end(struct trial *t)
{
	struct observer *observer = t->observer;
	const int64_t start = monotonic_ns(), end = start + t->check.workload->duration_ns;
	int64_t now = start,
		next = observer ? observer->last_ns + observer->interval_ns : INT64_MAX;
	pin_set before;
	/* Observes from a spare CPU, if any, and then moves back: later threads would inherit it. */
	const bool moved = observer && sched_getaffinity(0, sizeof(before), before) == 0 &&
			   pin_thread(producers_spare_cpu(t->check.workload)) == 0;

	/* Overdue at the start: waits until there is something to observe. */
	if (observer && next <= start)
		next = MIN(start + observer->interval_ns, end);
	while (!interrupted() && (now < end || next <= end)) {
		if (observer && now >= next) {
			observe(t, now - start);
			observer->last_ns = now;
			next = now + observer->interval_ns;
		} else {
			monotonic_sleep_until(MIN(MIN(next, end), now + SLEEP_MOST_NS));
		}
		now = monotonic_ns();
	}
	if (moved)
		sched_setaffinity(0, sizeof(before), before);
	return interrupted() ? -EINTR : 0;
}

/* Checks that every event that was produced was read once, or is counted as lost or discarded. Of a
 * ring that overwrites, also that the bytes that were read, skipped and, by the reader's count,
 * overwritten are all that were written, unless their sizes are mixed. */
static int check_balance(
	const struct trial *t, const struct produced *produced, struct complaint *why)
{
	const struct live_check *c = &t->check;
	const struct ringview_statistics *statistics = &t->reading.statistics;
	const uint64_t stride = workload_largest_stride(c->workload);
	const uint64_t written = (produced->submitted + produced->discarded) * stride;
	const uint64_t counted =
		(c->consumed + statistics->discarded) * stride + statistics->overwritten;
	const uint64_t overwritten = produced->submitted - c->consumed;
	uint64_t missing = 0;

	if (produced->attempted != produced->submitted + produced->failed + produced->discarded)
		return complain(why, -EBADMSG,
			"the producers tried %" PRIu64 " events, but count %" PRIu64
			" submitted, %" PRIu64 " failed and %" PRIu64 " discarded",
			produced->attempted, produced->submitted, produced->failed,
			produced->discarded);
	if (c->consumed != produced->submitted && !c->workload->overwrite)
		return complain(why, -EBADMSG,
			"read %" PRIu64 " events of %" PRIu64 " that were submitted", c->consumed,
			produced->submitted);
	if (c->lost > produced->failed || (c->lost_is_all && c->lost < produced->failed))
		return complain(why, -EBADMSG,
			"perf lost %" PRIu64 " events, but the producers count %" PRIu64
			" that failed",
			c->lost, produced->failed);
	/* The gaps in each producer's sequence are exactly its losses. */
	for (uint32_t i = 0; i < c->workload->producers; i++) {
		const struct consumer_stream *stream = &c->streams[i];

		if (stream->next > produced->sequences[i])
			return complain(why, -EBADMSG,
				"producer %u produced %" PRIu64 " events, but event %" PRIu64
				" was read",
				i, produced->sequences[i], stream->next - 1);
		missing += produced->sequences[i] - stream->read;
	}
	if (missing != produced->failed + produced->discarded + overwritten)
		return complain(why, -EBADMSG,
			"%" PRIu64 " events are missing, but %" PRIu64 " were lost and %" PRIu64
			" discarded",
			missing, produced->failed, produced->discarded);
	if (c->workload->overwrite && !c->workload->mix && written != counted)
		return complain(why, -EBADMSG,
			"the reader accounts for %" PRIu64 " bytes, %" PRIu64
			" of them overwritten, of %" PRIu64 " that were written",
			counted, statistics->overwritten, written);
	return 0;
}

static void begin_bursts(struct bursts *bursts, const struct workload *workload)
{
	if (workload->burst == 0)
		return;
	bursts->size = workload->burst / workload->producers;
	bursts->count = (size_t)((workload->duration_ns - 1) / workload->burst_ns) + 1;
	bursts->list = need(calloc(bursts->count, sizeof(*bursts->list)));
}

/* Events of burst @index to be read: tried (@sequences, by producer), and not discarded. */
static uint64_t wanted_of(const struct bursts *bursts, size_t index,
	const struct workload *workload, const uint64_t *sequences)
{
	const uint64_t discard = workload_discard(workload), first = index * bursts->size;
	uint64_t wanted = 0;

	for (uint64_t i = 0; i < workload->producers; i++)
		for (uint64_t at = first; at < first + bursts->size && at < sequences[i]; at++)
			wanted += !event_is_discarded(i << LIVE_SEQUENCE_BITS | at, discard);
	return wanted;
}

static struct bursts_sum sum_of_bursts(
	const struct bursts *bursts, const struct workload *workload, const uint64_t *sequences)
{
	struct bursts_sum sum = { .late_ns = NAN, .late_most_ns = NAN };
	double *late = need(malloc(bursts->count * sizeof(*late)));
	size_t seen = 0;

	for (size_t i = 0; i < bursts->count; i++) {
		const struct burst *burst = &bursts->list[i];
		const uint64_t wanted = wanted_of(bursts, i, workload, sequences);
		const uint64_t lost = wanted - burst->read;

		sum.bursts += wanted > 0;
		sum.losing += lost > 0;
		sum.lost_most = MAX(sum.lost_most, lost);
		if (burst->read > 0)
			late[seen++] = (double)burst->late;
	}
	if (seen > 0) {
		sum.late_ns = samples_median(late, seen);
		sum.late_most_ns = late[seen - 1];
	}
	free(late);
	return sum;
}

static void fill_round(struct round *round, const struct trial *t, const struct produced *produced)
{
	const struct live_check *c = &t->check;

	*round = (struct round){
		/* If producers made hardly anything, the last event was read long before the stop. */
		.elapsed_ns = MAX(c->last_ns, t->stopped_ns) - t->started_ns,
		.produced = produced->attempted,
		.consumed = c->consumed,
		.lost = produced->failed + produced->submitted - c->consumed,
		.discarded = produced->discarded,
		.out_of_order = c->out_of_order,
		.producer_ns_per_event =
			produced->attempted > 0 ? produced->ns / (double)produced->attempted : 0,
		.consumer_cpu_ns = c->cpu_ns,
		.off_cpu_ns = t->off_cpu_ns,
		.sleeps = t->reading.statistics.sleeps,
		.wakeups = t->reading.statistics.wakeups,
		/* One may be unknown. */
		.high_water = MAX(produced->high_water, t->reading.statistics.high_water),
	};
	if (c->bursts.size > 0 && !t->reading.reader->itself)
		round->bursts = sum_of_bursts(&c->bursts, c->workload, produced->sequences);
}

/* Producers have threads of their own and write while the consumer, which starts first, reads; or
 * the consumer's thread produces and reads in turns. */
static int produce_and_consume(struct trial *t, struct produced *produced, struct complaint *why)
{
	const bool turns = t->check.workload->back_to_back > 0;
	struct complaint ignored;
	int err = turns ? source_start(t->source, why) : 0, stop_err;

	if (!err) {
		err = start_consumer(t, why);
		t->reader_failed = err && !turns;
	}
	if (!err) {
		if (!turns) {
			t->started_ns = monotonic_ns();
			err = source_start(t->source, why);
		}
		if (!err)
			err = wait_for_end(t);
		source_end_threads(t->source);
		stop_err = stop_consumer(t, err ? &ignored : why);
		t->reader_failed = !err && stop_err && !turns;
		err = err ? err : stop_err;
	}
	stop_err = source_stop(t->source, produced, err ? &ignored : why);
	return err ? err : stop_err;
}

int trial_run(struct trial *t, struct round *round, struct complaint *why)
{
	const struct reader *reader = t->combination.reader;
	const struct workload *workload = &t->source->workload;
	struct produced produced;
	int err;

	t->check.workload = workload;
	t->check.why = &t->reading.why;
	t->reading.reader = reader;
	t->reading.wait = t->combination.wait;
	t->reading.rings = &t->source->rings;
	t->reading.live = &t->check;
	t->reading.work = WORK_LIVE;
	t->source->target = reader->reads_perf ? TARGET_PERF_BUFFERS : TARGET_RINGS;
	begin_bursts(&t->check.bursts, workload);
	sem_init(&t->ready, 0, 0);
	sem_init(&t->interrupted, 0, 0);
	err = produce_and_consume(t, &produced, why);
	if (!err) {
		err = check_balance(t, &produced, why);
		t->reader_failed = err;
	}
	if (!err)
		fill_round(round, t, &produced);
	sem_destroy(&t->ready);
	sem_destroy(&t->interrupted);
	free(t->check.bursts.list);
	return err;
}
