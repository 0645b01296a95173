/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotonic.h"
#include "measure/consumer.h"
#include "measure/trial.h"

/* Checks that the bytes that were read, skipped and, by the reader's count, overwritten are all that
 * were written. Of mixed sizes the overwritten ones are unknown. */
static int check_overwritten(const struct live_check *c, const struct reading *r,
	const struct produced *produced, struct complaint *why)
{
	const uint64_t stride = workload_largest_stride(c->workload);
	const uint64_t written = (produced->submitted + produced->discarded) * stride;
	const uint64_t counted =
		(c->consumed + r->statistics.discarded) * stride + r->statistics.overwritten;

	if (!c->workload->overwrite || c->workload->event_size == 0 || written == counted)
		return 0;
	return complain(why, -EBADMSG,
		"the reader accounts for %llu bytes, %llu of them overwritten, of %llu that were "
		"written",
		(unsigned long long)counted, (unsigned long long)r->statistics.overwritten,
		(unsigned long long)written);
}

/* Checks that every event that was produced was read once, or is counted as lost or discarded. */
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
	/* The gaps in each producer's sequence are exactly its losses. */
	for (uint32_t i = 0; i < c->workload->producers; i++) {
		const struct consumer_stream *stream = &c->streams[i];

		if (stream->next > produced->sequences[i])
			return complain(why, -EBADMSG,
				"producer %u produced %llu events, but event %llu was read", i,
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

static void fill_round(
	struct round *round, const struct consumer *c, const struct produced *produced)
{
	const struct workload *workload = c->check.workload;
	const uint64_t full = produced->failed > 0 ? workload->ring_size : 0;

	*round = (struct round){
		/* If producers made hardly anything, the last event was read long before the stop. */
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
		.sleeps = c->reading.statistics.sleeps,
		.wakeups = c->reading.statistics.wakeups,
		.high_water = produced->high_water,
	};
	if (c->reading.statistics.high_water > round->high_water) /* or unknown */
		round->high_water = c->reading.statistics.high_water;
	if (full > round->high_water)
		round->high_water = full;
	if (c->check.bursts.size > 0 && !c->reading.reader->itself)
		round->bursts = bursts_sum_up(&c->check.bursts, workload, produced->sequences);
}

/* Producers have threads of their own and write while the consumer, which starts first, reads. */
static int run_beside(
	struct trial *trial, struct consumer *c, struct produced *produced, struct complaint *why)
{
	struct complaint ignored;
	int64_t started_ns;
	int err, stop_err;

	err = consumer_start(c, why);
	trial->reader_failed = err;
	if (err)
		return err;
	started_ns = monotonic_ns();
	err = source_start(trial->source, why);
	if (!err)
		err = trial_observe(trial, c);
	stop_err = source_stop(trial->source, produced, err ? &ignored : why);
	err = err ? err : stop_err;
	stop_err = consumer_stop(c, err ? &ignored : why);
	trial->reader_failed = !err && stop_err;
	c->started_ns = started_ns;
	return err ? err : stop_err;
}

/* The consumer's thread produces and reads in turns. */
static int run_in_turns(
	struct trial *trial, struct consumer *c, struct produced *produced, struct complaint *why)
{
	struct complaint ignored;
	int err, stop_err;

	err = source_start(trial->source, why);
	if (!err)
		err = consumer_start(c, why);
	if (!err) {
		err = trial_observe(trial, c);
		stop_err = consumer_stop(c, err ? &ignored : why);
		err = err ? err : stop_err;
	}
	stop_err = source_stop(trial->source, produced, err ? &ignored : why);
	return err ? err : stop_err;
}

int trial_run(struct trial *trial, struct complaint *why)
{
	const struct workload *workload = trial->workload;
	struct produced produced = { 0 };
	struct consumer *c = calloc(1, sizeof(*c));
	int err;

	trial->reader_failed = false;
	if (!c || bursts_begin(&c->check.bursts, workload)) {
		free(c);
		return complain(why, -ENOMEM, "out of memory");
	}
	c->check.workload = workload;
	c->check.work = trial->work;
	c->check.latency = trial->latency;
	c->reading.reader = trial->combination.reader;
	c->reading.wait = trial->combination.wait;
	c->source = trial->source;
	c->source->target = c->reading.reader->reads_perf ? TARGET_PERF_BUFFERS : TARGET_RINGS;
	err = workload->back_to_back > 0 ? run_in_turns(trial, c, &produced, why)
					 : run_beside(trial, c, &produced, why);
	if (!err) {
		err = check_balance(&c->check, &produced, why);
		if (!err)
			err = check_overwritten(&c->check, &c->reading, &produced, why);
		trial->reader_failed = err;
	}
	if (!err)
		fill_round(trial->round, c, &produced);
	bursts_end(&c->check.bursts);
	free(c);
	return err;
}
