/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The producers of `live` in user space: what they write, what they say of it, and when it is due.
 */
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "base/values.h"
#include "measure/rounds.h"
#include "rings/source.h"
#include "support/fixture.h"

#define S UINT64_C(1000000000)
#define MS INT64_C(1000000)
#define ENOUGH 20000 /* events */

static const struct workload plain = {
	.source = SOURCE_MEMORY,
	.event = EVENT_TIMED,
	.producers = 1,
	.rate = PARSE_RATE_MAX,
	.event_size = 64,
	.ring_size = 1 << 16,
	.rings = 1,
	.consumer_cpu = -1,
};

/* What the consumer of one run saw. */
struct seen {
	uint32_t ring, rings; /* that is read, and how many there are */
	uint64_t events, stamped;
	uint64_t sequences[LIVE_PRODUCERS_MAX]; /* after the last event of each producer */
	uint64_t dues[LIVE_PRODUCERS_MAX];      /* of that event */
	uint64_t gaps;                          /* sequence numbers left out */
};

static struct source *open_source(const struct workload *workload)
{
	struct complaint why = { "" };
	struct source *source;
	int err = source_open(&source, workload, false, &why);

	if (err)
		fail_msg("%s", why.text);
	return source;
}

static void start(struct source *source)
{
	struct complaint why = { "" };

	if (source_start(source, &why))
		fail_msg("%s", why.text);
}

static struct produced stop(struct source *source)
{
	struct produced produced;
	struct complaint why = { "" };

	if (source_stop(source, &produced, &why))
		fail_msg("%s", why.text);
	assert_int_equal(
		produced.attempted, produced.submitted + produced.failed + produced.discarded);
	return produced;
}

/* All of its bytes are those of event @id, and it is the one that its producer's turn had. */
static void see(
	struct seen *seen, const struct ringview_record *record, const struct workload *workload)
{
	const struct live_event *event = record->data;
	const uint64_t *words = record->data;
	const uint64_t sequence = event->id & ((UINT64_C(1) << LIVE_SEQUENCE_BITS) - 1);
	const uint64_t producer = event->id >> LIVE_SEQUENCE_BITS;
	const uint32_t size = workload_size(workload, event->id);
	const uint64_t last = sized_word(event->id, size / 8);

	assert_true(producer < LIVE_PRODUCERS_MAX);
	assert_int_equal(producer % seen->rings, seen->ring);
	assert_true(event->due <= (uint64_t)monotonic_ns());
	assert_int_equal(record->length, size);
	for (uint32_t i = 2; i < size / 8; i++)
		assert_int_equal(words[i], sized_word(event->id, i));
	for (uint32_t i = 0; i < size % 8; i++)
		assert_int_equal(((const unsigned char *)(words + size / 8))[i],
			(unsigned char)(last >> (8 * i)));
	assert_true(sequence >= seen->sequences[producer]);
	assert_false(event_is_discarded(event->id, workload_discard(workload)));
	seen->gaps += sequence - seen->sequences[producer];
	seen->sequences[producer] = sequence + 1;
	seen->events++;
	seen->stamped += event->due != 0;
	seen->dues[producer] = event->due;
}

static void read_ring(
	struct seen *seen, uint32_t ring, struct ringview *rv, const struct workload *workload)
{
	struct ringview_record record;

	seen->ring = ring;
	while (ringview_peek(rv, &record) > 0)
		see(seen, &record, workload);
	ringview_release(rv);
}

static bool has_seen(const struct seen *seen, const struct workload *workload, uint64_t events)
{
	for (uint32_t i = 0; i < workload->producers; i++)
		if (seen->sequences[i] == 0)
			return false;
	return seen->events >= events;
}

/* Runs the producers until @events have been read, some of each, then reads the rest. */
static struct produced run(
	const struct workload *workload, struct source *source, uint64_t events, struct seen *seen)
{
	const uint32_t rings = source->rings.count;
	struct ringview *opened[LIVE_RINGS_MAX] = { NULL };
	struct produced produced;

	*seen = (struct seen){ .rings = rings };
	for (uint32_t i = 0; i < rings; i++)
		assert_int_equal(ring_set_open_reader(&source->rings, i, NULL, &opened[i]), 0);
	start(source);
	while (!has_seen(seen, workload, events))
		for (uint32_t i = 0; i < rings; i++)
			read_ring(seen, i, opened[i], workload);
	produced = stop(source);
	for (uint32_t i = 0; i < rings; i++) {
		read_ring(seen, i, opened[i], workload);
		ringview_close(opened[i]);
	}
	return produced;
}

static struct produced run_once(const struct workload *workload, struct seen *seen)
{
	struct source *source = open_source(workload);
	struct produced produced = run(workload, source, ENOUGH, seen);

	source_close(source);
	return produced;
}

/* What was read is what is said to have been written. */
static void assert_balanced(const struct produced *produced, const struct seen *seen)
{
	uint64_t sequences = 0, unseen = 0;

	for (uint32_t i = 0; i < LIVE_PRODUCERS_MAX; i++) {
		assert_true(produced->sequences[i] >= seen->sequences[i]);
		sequences += produced->sequences[i];
		unseen += produced->sequences[i] - seen->sequences[i];
	}
	assert_int_equal(sequences, produced->attempted);
	assert_int_equal(seen->events, produced->submitted);
	assert_int_equal(seen->gaps + unseen, produced->failed + produced->discarded);
	assert_true(produced->ns > 0);
}

static void what_is_written_is_what_is_counted(void **state)
{
	struct produced produced;
	struct seen seen;

	(void)state;
	produced = run_once(&plain, &seen);
	assert_balanced(&produced, &seen);
	assert_int_equal(produced.discarded, 0);
	assert_true(produced.high_water >= 72 && produced.high_water <= plain.ring_size);
}

/* The ring holds one event, and producers try more than one before they look whether to stop. */
static void what_finds_no_room_is_counted(void **state)
{
	struct workload workload = plain;
	struct ringview_record record;
	struct produced produced;
	struct source *source;
	struct ringview *rv;

	(void)state;
	workload.ring_size = (uint64_t)sysconf(_SC_PAGESIZE);
	workload.event_size = (uint32_t)workload.ring_size / 2;
	source = open_source(&workload);
	assert_int_equal(ring_set_open_reader(&source->rings, 0, NULL, &rv), 0);
	start(source);
	while (ringview_peek(rv, &record) == 0)
		;
	produced = stop(source);
	assert_int_equal(produced.submitted, 1);
	assert_true(produced.failed > 0);
	assert_int_equal(produced.high_water, workload.ring_size);
	assert_int_equal(produced.sequences[0], produced.attempted);
	ringview_close(rv);
	source_close(source);
}

static void sizes_are_mixed_over_several_rings_and_producers(void **state)
{
	struct workload workload = plain;
	struct produced produced;
	struct complaint why;
	struct seen seen;

	(void)state;
	workload.event_size = 0;
	assert_int_equal(mix_parse(MIX_NAMED, &workload.mix, &why), 0);
	workload.producers = 3;
	workload.rings = 2;
	produced = run_once(&workload, &seen);
	assert_balanced(&produced, &seen);
	for (int i = 0; i < 3; i++)
		assert_true(produced.sequences[i] > 0);
	assert_int_equal(produced.sequences[3], 0);
}

static void sizes_need_not_be_multiples_of_8(void **state)
{
	struct workload workload = plain;
	struct produced produced;
	struct seen seen;

	(void)state;
	workload.event_size = 77;
	produced = run_once(&workload, &seen);
	assert_balanced(&produced, &seen);
}

static void discards_are_the_share_that_was_asked_for(void **state)
{
	struct workload workload = plain;
	struct produced produced;
	uint64_t written;
	struct seen seen;

	(void)state;
	workload.discard = 0.25;
	produced = run_once(&workload, &seen);
	assert_balanced(&produced, &seen);
	written = produced.submitted + produced.discarded;
	assert_true(produced.discarded > written / 5 && produced.discarded < written / 3);
}

static void everything_starts_again_with_each_start(void **state)
{
	struct source *source = open_source(&plain);
	double alone = 0;
	struct complaint why;
	struct seen seen;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct produced produced = run(&plain, source, ENOUGH, &seen);

		assert_balanced(&produced, &seen);
		assert_int_equal(source_measure_alone(source, false, &alone, &why), 0);
		assert_true(alone > 0);
	}
	source_close(source);
}

static void without_a_rate_one_of_many_is_stamped(void **state)
{
	struct workload workload = plain;
	struct source *source;
	struct seen seen;

	(void)state;
	workload.ring_size = 1 << 22; /* a ring that does not fill up before enough are read */
	source = open_source(&workload);
	run(&workload, source, ENOUGH, &seen);
	assert_true(seen.stamped >= 1 && seen.stamped <= seen.events / 2);
	source_close(source);
}

/* Each event is due when it has to be, whenever it was written. */
static void with_a_rate_events_are_due_evenly(void **state)
{
	struct workload workload = plain;
	struct live_plan plan;
	struct produced produced;
	uint64_t before, after;
	struct seen seen;

	(void)state;
	workload.rate = 700000; /* not a whole number of nanoseconds */
	workload.producers = 2;
	plan = live_plan_of(&workload);
	before = monotonic_ns();
	produced = run_once(&workload, &seen);
	after = monotonic_ns();
	assert_balanced(&produced, &seen);
	assert_int_equal(seen.stamped, seen.events);
	for (int i = 0; i < 2; i++) {
		const uint64_t last = seen.sequences[i] - 1;
		const uint64_t origin = seen.dues[i] - live_due_offset(&plan.interval, last);

		/* None was written before it was due, and none that was due was left out. */
		assert_true(origin >= before && seen.dues[i] <= after);
		assert_true(
			produced.sequences[i] <= live_due_count(&plan.interval, after - origin));
	}
	/* One stream of both: they are half an interval apart. */
	assert_in_range(
		seen.dues[1] - live_due_offset(&plan.interval, seen.sequences[1] - 1) + S -
			(seen.dues[0] - live_due_offset(&plan.interval, seen.sequences[0] - 1)),
		S + 1428, S + 1429);
}

/* Due times of hours ahead, without running so long. */
static void due_times_do_not_drift(void **state)
{
	struct workload workload = plain;
	struct live_state next = { 0 };
	struct live_interval interval;

	(void)state;
	workload.rate = 3;
	workload.producers = 1;
	interval = live_plan_of(&workload).interval;
	assert_int_equal(live_due_offset(&interval, 3), S);
	assert_int_equal(live_due_offset(&interval, 3 * 86400 * 365), S * 86400 * 365);
	for (uint64_t i = 0; i < 100000; i++)
		assert_int_equal(live_next_due(&next, interval.ns, interval.remainder,
					 interval.divisor, interval.step),
			live_due_offset(&interval, i));

	workload.rate = 7000000000; /* several in each nanosecond */
	interval = live_plan_of(&workload).interval;
	next = (struct live_state){ 0 };
	for (uint64_t i = 0; i < 100000; i++)
		assert_int_equal(live_next_due(&next, interval.ns, interval.remainder,
					 interval.divisor, interval.step),
			i / 7);
}

static void as_many_are_due_as_have_their_time_behind_them(void **state)
{
	static const uint64_t rates[] = { 1, 3, 999, 1000000, 999999937, 7000000000 };
	struct workload workload = plain;

	(void)state;
	for (size_t r = 0; r < COUNT(rates); r++) {
		struct live_interval interval;

		workload.rate = rates[r];
		workload.producers = 3;
		interval = live_plan_of(&workload).interval;
		for (uint64_t elapsed = 0; elapsed < 40 * S; elapsed = elapsed * 3 + 1) {
			const uint64_t count = live_due_count(&interval, elapsed);

			assert_true(count >= 1);
			assert_true(live_due_offset(&interval, count - 1) <= elapsed);
			assert_true(live_due_offset(&interval, count) > elapsed);
		}
	}
}

static bool is_notified(struct ringview *rv)
{
	struct pollfd poll_fd = { .fd = ringview_fd(rv), .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 1;
}

/* Fills the ring once, with nobody reading; whether that notified. */
static bool notifies(enum live_notify notify, uint64_t events)
{
	struct workload workload = plain;
	struct source *source;
	struct complaint why;
	struct ringview *rv;
	double alone;
	bool result;

	workload.notify = notify;
	workload.notify_events = events;
	source = open_source(&workload);
	assert_int_equal(source_measure_alone(source, false, &alone, &why), 0);
	assert_int_equal(ring_set_open_reader(&source->rings, 0, NULL, &rv), 0);
	result = is_notified(rv);
	ringview_close(rv);
	source_close(source);
	return result;
}

static void producers_notify_as_they_are_told(void **state)
{
	const uint64_t fit = (plain.ring_size - 1) / 72;

	(void)state;
	assert_true(notifies(NOTIFY_DEFAULT, 0));
	assert_false(notifies(NOTIFY_NEVER, 0));
	assert_true(notifies(NOTIFY_FORCE, 0));
	assert_true(notifies(NOTIFY_SAMPLED, fit));
	assert_false(notifies(NOTIFY_SAMPLED, fit + 1));
}

static void a_stop_without_a_start_finds_nothing(void **state)
{
	struct source *source = open_source(&plain);

	(void)state;
	assert_int_equal(stop(source).attempted, 0);
	source_close(source);
}

static void a_source_may_be_closed_while_it_writes(void **state)
{
	struct source *source = open_source(&plain);

	(void)state;
	start(source);
	source_close(source);
}

static void a_ring_that_cannot_be_made_is_told(void **state)
{
	struct workload workload = plain;
	struct complaint why = { "" };
	struct source *source;

	(void)state;
	workload.ring_size = 1000;
	workload.rings = 3;
	assert_int_equal(source_open(&source, &workload, false, &why), -EINVAL);
	assert_non_null(strstr(why.text, "-ring-size"));
}

static const struct reader *batch;
static int late_interrupt_done;
static unsigned reads_before_interrupt;

static int read_and_look(struct reading *r, int64_t timeout_ns)
{
	if (r->live->finishing && !__atomic_load_n(&late_interrupt_done, __ATOMIC_ACQUIRE))
		reads_before_interrupt++;
	return batch->read(r, timeout_ns);
}

static void interrupt_late(struct reading *r)
{
	for (int i = 0; i < 10000; i++)
		sched_yield();
	batch->interrupt(r);
	__atomic_store_n(&late_interrupt_done, 1, __ATOMIC_RELEASE);
}

/* Else one interrupt can end both of the reads that found nothing: the turns of one group, and the next
 * wait. Events that are left then count as missing. */
static void the_rest_is_read_after_the_interrupt(void **state)
{
	static struct histogram latency;
	struct workload workload = plain;
	struct reader late;
	struct complaint why = { "" };
	struct round round;
	struct trial trial = { .check.latency = &latency };

	(void)state;
	batch = reader_find("batch");
	late = *batch;
	late.read = read_and_look;
	late.interrupt = interrupt_late;
	workload.producers = workload.rings = 2;
	workload.duration_ns = (int64_t)MS;
	trial.combination = (struct combination){ &late, WAIT_EVENT };
	trial.source = open_source(&workload);
	if (trial_run(&trial, &round, &why))
		fail_msg("%s", why.text);
	assert_int_equal(reads_before_interrupt, 0);
	source_close(trial.source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_what_is_counted),
		cmocka_unit_test(what_finds_no_room_is_counted),
		cmocka_unit_test(sizes_are_mixed_over_several_rings_and_producers),
		cmocka_unit_test(sizes_need_not_be_multiples_of_8),
		cmocka_unit_test(discards_are_the_share_that_was_asked_for),
		cmocka_unit_test(everything_starts_again_with_each_start),
		cmocka_unit_test(without_a_rate_one_of_many_is_stamped),
		cmocka_unit_test(with_a_rate_events_are_due_evenly),
		cmocka_unit_test(due_times_do_not_drift),
		cmocka_unit_test(as_many_are_due_as_have_their_time_behind_them),
		cmocka_unit_test(producers_notify_as_they_are_told),
		cmocka_unit_test(a_stop_without_a_start_finds_nothing),
		cmocka_unit_test(a_source_may_be_closed_while_it_writes),
		cmocka_unit_test(a_ring_that_cannot_be_made_is_told),
		cmocka_unit_test(the_rest_is_read_after_the_interrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
