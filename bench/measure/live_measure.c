/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "measure/consumer.h"
#include "measure/live_measure.h"
#include "measure/live_observe.h"
#include "measure/memory_use.h"
#include "base/monotonic.h"
#include "statistics/samples.h"
#include "statistics/schedule.h"

/* What was read, what was skipped and what the reader counts as overwritten are all bytes that were
 * written; of mixed sizes nobody knows what was overwritten. */
static int check_overwritten(const struct live_check *c, const struct reading *r,
	const struct produced *produced, struct complaint *why)
{
	const uint64_t stride = workload_largest_stride(c->workload);
	const uint64_t written = (produced->submitted + produced->discarded) * stride;
	const uint64_t counted = (c->consumed + r->skipped) * stride + r->overwritten;

	if (!c->workload->overwrite || c->workload->event_size == 0 || written == counted)
		return 0;
	return complain(why, -EBADMSG,
		"the reader accounts for %llu bytes, %llu of them overwritten, of %llu that were "
		"written",
		(unsigned long long)counted, (unsigned long long)r->overwritten,
		(unsigned long long)written);
}

/* Every event that was produced was read, once, or is known to be lost or discarded. */
static int check_balance(
	const struct live_check *c, const struct produced *produced, struct complaint *why)
{
	const uint64_t overwritten = produced->submitted - c->consumed;
	uint64_t missing = 0;

	if (produced->attempted != produced->submitted + produced->failed + produced->discarded)
		return complain(why, -EBADMSG,
			"the producers tried %llu events, but count %llu submitted, %llu "
			"failed and %llu discarded",
			(unsigned long long)produced->attempted,
			(unsigned long long)produced->submitted,
			(unsigned long long)produced->failed,
			(unsigned long long)produced->discarded);
	if (c->consumed != produced->submitted && !c->workload->overwrite)
		return complain(why, -EBADMSG, "read %llu events of %llu that were submitted",
			(unsigned long long)c->consumed, (unsigned long long)produced->submitted);
	if (c->lost > produced->failed || (c->lost_is_all && c->lost < produced->failed))
		return complain(why, -EBADMSG,
			"perf lost %llu events, but the producers count %llu that failed",
			(unsigned long long)c->lost, (unsigned long long)produced->failed);
	/* The gaps in each producer's sequence are just its losses. */
	for (uint32_t i = 0; i < c->workload->producers; i++) {
		const struct consumer_stream *stream = &c->streams[i];

		if (stream->next > produced->sequences[i])
			return complain(why, -EBADMSG,
				"producer %u made %llu events, but event %llu was read", i,
				(unsigned long long)produced->sequences[i],
				(unsigned long long)stream->next - 1);
		missing += produced->sequences[i] - stream->read;
	}
	if (missing != produced->failed + produced->discarded + overwritten)
		return complain(why, -EBADMSG,
			"%llu events are missing, but %llu were lost and %llu discarded",
			(unsigned long long)missing, (unsigned long long)produced->failed,
			(unsigned long long)produced->discarded);
	return 0;
}

/* Lets the producers run, and stops them. */
static int produce(const struct live_trial *trial, const struct consumer *c,
	struct produced *produced, struct complaint *why)
{
	struct source *source = trial->source;
	struct complaint ignored;
	int err, stop_err;

	err = source_start(source, why);
	if (!err)
		err = live_observe_for(trial, c, trial->workload->duration_ns);
	stop_err = source_stop(source, produced, err ? &ignored : why);
	return err ? err : stop_err;
}

static void fill_round(struct live_round *round, const struct consumer *c,
	const struct workload *workload, const struct produced *produced)
{
	const uint64_t full = produced->failed > 0 ? workload->ring_size : 0;

	*round = (struct live_round){
		/* Where producers made hardly anything, the last event was read long before. */
		.elapsed_ns =
			(c->check.last_ns > c->stopped_ns ? c->check.last_ns : c->stopped_ns) -
			c->started_ns,
		.produced = produced->attempted,
		.consumed = c->check.consumed,
		.lost = produced->failed + produced->submitted - c->check.consumed,
		.discarded = produced->discarded,
		.out_of_order = c->check.out_of_order,
		.producer_ns_per_event =
			produced->attempted > 0 ? produced->ns / (double)produced->attempted : 0,
		.consumer_cpu_ns = c->check.cpu_ns,
		.off_cpu_ns = c->off_cpu_ns,
		.sleeps = c->reading.sleeps,
		.wakeups = c->reading.wakeups,
		.high_water = produced->high_water,
	};
	if (c->reading.high_water > round->high_water) /* or not known */
		round->high_water = c->reading.high_water;
	if (full > round->high_water)
		round->high_water = full;
	if (c->check.bursts.size > 0 && !c->reading.reader->itself)
		round->bursts = bursts_sum_up(&c->check.bursts, workload, produced->sequences);
}

/* The producers have threads of their own, and write while the consumer reads. */
static int run_beside(struct live_trial *trial, struct consumer *c, struct produced *produced,
	struct complaint *why)
{
	struct complaint ignored;
	int64_t started_ns;
	int err, stop_err;

	err = consumer_start(c, why);
	trial->reader_failed = err;
	if (err)
		return err;
	started_ns = monotonic_ns();
	err = produce(trial, c, produced, why);
	stop_err = consumer_stop(c, err ? &ignored : why);
	trial->reader_failed = !err && stop_err;
	c->started_ns = started_ns; /* the consumer had to be there before */
	return err ? err : stop_err;
}

/* The consumer's thread lets the events be made, and reads them, in turns. */
static int run_in_turns(struct live_trial *trial, struct consumer *c, struct produced *produced,
	struct complaint *why)
{
	struct source *source = trial->source;
	struct complaint ignored;
	int err, stop_err;

	err = source_start(source, why);
	if (!err)
		err = consumer_start(c, why);
	if (!err) {
		err = live_observe_for(trial, c, trial->workload->duration_ns);
		stop_err = consumer_stop(c, err ? &ignored : why);
		err = err ? err : stop_err;
	}
	stop_err = source_stop(source, produced, err ? &ignored : why);
	return err ? err : stop_err;
}

int live_run(struct live_trial *trial, struct complaint *why)
{
	const struct workload *workload = trial->workload;
	struct produced produced = { 0 };
	struct consumer *c = calloc(1, sizeof(*c));
	int err;

	trial->reader_failed = false;
	if (!c)
		return complain(why, -ENOMEM, "out of memory");
	c->check.workload = workload;
	c->check.work = trial->work;
	c->check.latency = trial->latency;
	c->reading.reader = trial->combination.reader;
	c->reading.wait = trial->combination.wait;
	c->source = trial->source;
	c->source->target = c->reading.reader->reads_perf ? TARGET_PERF_BUFFERS : TARGET_RINGS;
	if (bursts_begin(&c->check.bursts, workload)) {
		free(c);
		return complain(why, -ENOMEM, "out of memory");
	}
	err = workload->back_to_back > 0 ? run_in_turns(trial, c, &produced, why)
					 : run_beside(trial, c, &produced, why);
	if (!err) {
		err = check_balance(&c->check, &produced, why);
		if (!err)
			err = check_overwritten(&c->check, &c->reading, &produced, why);
		trial->reader_failed = err;
	}
	if (!err)
		fill_round(trial->round, c, workload, &produced);
	bursts_end(&c->check.bursts);
	free(c);
	return err;
}

/* All that a run holds on to. */
struct live_session {
	const struct live_request *request;
	struct live_measurement *measurement;
	struct complaint *why;
	struct source *source;
	struct work work;
	size_t entries; /* combinations, and the twin */
	bool failed[COMBINATIONS_MAX + 1];
};

static bool uses_perf(const struct live_request *request)
{
	for (size_t i = 0; i < request->count; i++)
		if (request->combinations[i].reader->reads_perf)
			return true;
	return false;
}

static bool same_reader(const struct live_session *s, size_t a, size_t b)
{
	const struct live_samples *samples = s->measurement->samples;

	return combination_equal(samples[a].combination, samples[b].combination);
}

static int renew_source(struct live_session *s)
{
	source_close(s->source);
	s->source = NULL;
	return source_open(&s->source, s->request->workload, uses_perf(s->request), s->why);
}

/* Notes that the peer of @entry has failed, which takes no further part, and makes new rings: it
 * may have left anything in the old. */
static int drop_peer(struct live_session *s, size_t entry)
{
	const struct reader *reader = s->measurement->samples[entry].combination.reader;

	peers_add_failure(s->request->peers, reader->name, s->why->text);
	for (size_t i = 0; i < s->entries; i++)
		s->failed[i] |= same_reader(s, i, entry);
	return renew_source(s);
}

static int run_entry(struct live_session *s, size_t entry, size_t row)
{
	struct live_samples *samples = &s->measurement->samples[entry];
	struct live_trial trial = {
		.source = s->source,
		.workload = s->request->workload,
		.combination = samples->combination,
		.work = s->work,
		.latency = &samples->latency,
		.round = &samples->rounds[row],
		.observer = s->request->observer,
	};
	char name[64];
	struct complaint said;
	int err;

	for (size_t i = 0; i < row; i++) {
		trial.produced_before += samples->rounds[i].produced;
		trial.lost_before += samples->rounds[i].lost;
	}
	err = live_run(&trial, s->why);
	if (!err || err == -EINTR || !trial.reader_failed)
		return err;
	if (samples->combination.reader->program)
		return drop_peer(s, entry);
	said = *s->why;
	return complain(s->why, err, "%s: %s",
		combination_name(samples->combination, name, sizeof(name)), said.text);
}

static int run_round(struct live_session *s, size_t row)
{
	const struct live_request *request = s->request;
	size_t order[COMBINATIONS_MAX + 1];
	int err = 0;

	schedule_fill(s->entries, row, order);
	for (size_t i = 0; i < s->entries && !err; i++) {
		if (request->progress)
			request->progress(request->progress_context, row * s->entries + i,
				schedule_rounds(s->entries, request->rounds) * s->entries);
		if (!s->failed[order[i]])
			err = run_entry(s, order[i], row);
	}
	return err;
}

/* What an event costs when nobody reads, measured again with each new ring. */
/* Where a ring's pages lie matters for as long as it lives: some more of them, over the rounds. */
#define RINGS_MAX 8

/* What an event, or a call without a program, takes when nobody reads. */
struct alone_samples {
	double alone[RINGS_MAX], unattached[RINGS_MAX];
	size_t count;
};

static int measure_alone(struct live_session *s, struct alone_samples *samples)
{
	const size_t i = samples->count;
	int err = source_measure_alone(s->source, true, &samples->unattached[i], s->why);

	if (!err)
		err = source_measure_alone(s->source, false, &samples->alone[i], s->why);
	samples->count += !err;
	return err;
}

static double median_of(double *samples, size_t count)
{
	samples_sort(samples, count);
	return sorted_median(samples, count);
}

static int run_rounds(struct live_session *s)
{
	struct live_measurement *m = s->measurement;
	const size_t step = schedule_rows(s->entries);
	size_t wanted = schedule_rounds(s->entries, s->request->rounds);
	struct alone_samples samples = { .count = 0 };
	int err = 0;

	if (wanted > LIVE_ROUNDS_MAX)
		wanted = LIVE_ROUNDS_MAX / step * step;
	while (!err && m->rounds < wanted) {
		if (!s->source || (m->rounds % step == 0 && m->rounds / step < RINGS_MAX)) {
			err = renew_source(s);
			if (!err)
				err = measure_alone(s, &samples);
		}
		if (!err)
			err = run_round(s, m->rounds);
		m->rounds += !err;
	}
	if (!err || (err == -EINTR && m->rounds > 0)) {
		m->alone_ns = median_of(samples.alone, samples.count);
		m->unattached_ns = median_of(samples.unattached, samples.count);
	}
	return err;
}

/* Leaves out those that failed; the twin, which has no number of its own, stays the last. */
static void keep_sound(struct live_session *s)
{
	struct live_measurement *m = s->measurement;
	const size_t all = m->count;
	size_t kept = 0, reference = 0;

	if (m->twin_of < all && s->failed[m->twin_of])
		m->twin_of = SIZE_MAX;
	for (size_t i = 0; i < s->entries; i++) {
		if (s->failed[i])
			continue;
		if (i == m->twin_of)
			m->twin_of = kept;
		if (i == m->reference)
			reference = kept;
		if (kept != i)
			m->samples[kept] = m->samples[i];
		kept++;
	}
	m->count = kept - (m->twin_of < all);
	m->reference = reference;
}

/* Whether it is meant by @baseline, or, without one, the first loop of libbpf. */
static bool is_baseline(struct combination c, const char *baseline)
{
	char name[64];

	if (!baseline)
		return c.reader->by_wait && (int)c.wait == __builtin_ctz(c.reader->waits);
	return strcmp(c.reader->name, baseline) == 0 ||
	       strcmp(combination_name(c, name, sizeof(name)), baseline) == 0;
}

size_t live_reference(const struct combination *combinations, size_t count, const char *baseline)
{
	for (size_t i = 0; i < count; i++)
		if (is_baseline(combinations[i], baseline))
			return i;
	return SIZE_MAX;
}

int live_measure(const struct live_request *request, struct live_measurement *measurement,
	struct complaint *why)
{
	size_t reference = live_reference(request->combinations, request->count, request->baseline);
	/* The one that the others are compared with runs twice in each round, if there are others.
	 */
	const size_t twin_of = request->count < 2      ? SIZE_MAX
			       : reference == SIZE_MAX ? 0
						       : reference;
	struct live_session s = {
		.request = request,
		.measurement = measurement,
		.why = why,
		.entries = request->count + (twin_of < request->count),
		.work = work_calibrate(request->workload->work_ns),
	};
	int err;

	/* Not all of it, which is much where few combinations are measured. */
	memset(measurement, 0, offsetof(struct live_measurement, samples[s.entries]));
	measurement->workload = *request->workload;
	measurement->count = request->count;
	measurement->twin_of = twin_of;
	measurement->reference = twin_of < request->count ? twin_of : 0;
	for (size_t i = 0; i < s.entries; i++) {
		struct live_samples *samples = &measurement->samples[i];

		samples->combination = request->combinations[i < request->count ? i : twin_of];
		histogram_clear(&samples->latency);
	}
	memory_use_reset();
	err = run_rounds(&s);
	keep_sound(&s);
	measurement->own_memory = memory_use_peak();
	source_close(s.source);
	return err;
}
