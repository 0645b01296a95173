/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader against its model (support/model.h). Producers and the reader act in random order,
 * also within waits and callbacks. Each call must return the result of the model, show its records,
 * and leave the consumer position where the model permits. A seed determines everything, with a
 * virtual clock. A failure prints it: RINGVIEW_MODEL_SEED=S build/tests/unit/test_reader_model
 * repeats it. RINGVIEW_MODEL_STEPS=N sets the number of steps.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "reader.h"
#include "support/fixture.h"
#include "support/model.h"
#include "support/slowness.h"
#include "support/virtual_time.h"

#define STEPS 1000000
#define STEPS_OF_A_PLAY 2000
#define TIMEOUT_MOST_NS 400000
#define BUSY_TIMEOUT_MOST_NS 10000 /* which is spun through */

/* One ring, from opening to closing. */
struct play {
	struct memory_ring ring;
	struct ringview *rv;
	enum ringview_wait_strategy strategy;
	struct model model;
	uint64_t seed;
	unsigned step;
	const char *call; /* the wait in progress */
	bool waiting;
	bool interrupted; /* the next wait must report it */
	bool notified;    /* all records notify (always_notified) */
	uint64_t waits;   /* since the reader was opened, like the next ones */
	uint64_t timeouts;
	int64_t produced_ns;                       /* when a producer last acted within a wait */
	const unsigned char *views[MODEL_RECORDS]; /* where each was shown, by number, modulo */

	/* Of the drain in progress. */
	struct ringview_limits limits;
	uint64_t passed, passed_bytes, stop_after;
	int stop_with;
};

__attribute__((format(printf, 2, 3))) static void complain(
	const struct play *p, const char *format, ...)
{
	char what[200];
	va_list values;

	va_start(values, format);
	vsnprintf(what, sizeof(what), format, values);
	va_end(values);
	fail_msg("%s: %s; step %u; again with RINGVIEW_MODEL_SEED=%" PRIu64, p->call, what, p->step,
		p->seed);
}

#define require(p, condition, ...)                \
	do {                                      \
		if (!(condition))                 \
			complain(p, __VA_ARGS__); \
	} while (0)

static bool is_busy(const struct play *p)
{
	return p->strategy == RINGVIEW_WAIT_BUSY;
}

/* Of producers. */
static void produce(struct play *p)
{
	const char *what = model_produce(&p->model);

	require(p, !what, "%s", what);
}

/* Producers see all that was released but the record that is held back. */
static void check_consumer(struct play *p)
{
	const struct model *m = &p->model;
	const uint64_t word = *p->ring.consumer;

	require(p, word == model_position(m, m->published),
		"the consumer position %#" PRIx64 " is not that of record %" PRIu64 ", of %" PRIu64
		" released",
		word, m->published, m->released);
}

/* As the reader saw it, whatever has happened to the ring since. */
static void check_views(struct play *p)
{
	const struct model *m = &p->model;

	for (uint64_t n = m->released; n < m->next; n++) {
		const unsigned char *view = p->views[n % MODEL_RECORDS];

		require(p,
			model_record(m, n)->state == MODEL_DISCARDED ||
				model_is_payload(m, view, n),
			"record %" PRIu64 " was overwritten while it was shown", n);
	}
}

static void check_record(struct play *p, const void *data, size_t length)
{
	struct model *m = &p->model;
	const struct model_record *record = model_record(m, m->next);

	require(p, length == record->length, "record %" PRIu64 " of %u bytes is shown with %zu",
		m->next, record->length, length);
	require(p, model_is_payload(m, data, m->next), "record %" PRIu64 " is shown wrongly",
		m->next);
	p->views[m->next % MODEL_RECORDS] = data;
}

static void do_peek(struct play *p)
{
	struct model *m = &p->model;
	struct ringview_record record = { NULL, 0 };
	const bool expected = model_seek(m);
	const int found = ringview_peek(p->rv, &record);

	require(p, found == expected, "it is %d at record %" PRIu64 " of %" PRIu64, found, m->next,
		m->reserved);
	if (found) {
		require(p, (uintptr_t)record.data % 8 == 0, "not aligned");
		check_record(p, record.data, record.length);
		model_show(m);
	}
	check_consumer(p);
}

static void do_peek_all(struct play *p)
{
	uint64_t before;

	do {
		before = p->model.next;
		do_peek(p);
	} while (p->model.next != before);
}

static void do_release(struct play *p)
{
	check_views(p);
	ringview_release(p->rv);
	model_release(&p->model);
}

static void do_cancel(struct play *p)
{
	check_views(p);
	ringview_cancel(p->rv);
	model_cancel(&p->model);
}

static void do_read_into(struct play *p)
{
	static unsigned char buffer[MODEL_RING_MOST];
	struct model *m = &p->model;
	const bool expected = model_seek(m);
	const uint32_t wanted = expected ? model_record(m, m->next)->length : 0;
	const size_t capacity = model_below(m, 2) ? wanted : model_below(m, wanted + 20);
	size_t length = SIZE_MAX;
	int result = 0;

	if (expected)
		result = wanted > capacity ? -EMSGSIZE : 1;
	/* Fills what the call must not write with another byte. */
	buffer[capacity] = (unsigned char)p->step;
	require(p, ringview_read_into(p->rv, buffer, capacity, &length) == result,
		"not %d at record %" PRIu64 " of %u bytes, with room for %zu", result, m->next,
		wanted, capacity);
	require(p, buffer[capacity] == (unsigned char)p->step, "it writes beyond the capacity");
	require(p, length == (expected ? wanted : SIZE_MAX), "the length is %zu", length);
	if (result <= 0)
		return;
	check_record(p, buffer, length);
	model_show(m);
	model_release(m);
}

static bool is_bounded(const struct play *p)
{
	return p->passed == p->stop_after ||
	       (p->limits.records > 0 && p->passed == p->limits.records) ||
	       (p->limits.bytes > 0 && p->passed_bytes >= p->limits.bytes);
}

static int pass(void *context, const void *data, size_t length)
{
	struct play *p = context;
	struct model *m = &p->model;

	/* What ringview_drain() does between two callbacks. */
	if (p->passed > 0 &&
		model_position(m, m->next) - model_position(m, m->released) >= p->ring.size / 8)
		model_release(m);
	check_consumer(p);
	require(p, !is_bounded(p), "it goes on beyond its limits");
	require(p, model_seek(m), "record %" PRIu64 " is passed on, and should not be", m->next);
	check_record(p, data, length);
	model_show(m);
	p->passed++;
	p->passed_bytes += length;
	/* Fewer than are read, so that it ends. */
	for (uint32_t i = model_below(m, 6); i > 3; i--)
		produce(p);
	check_views(p);
	return p->passed == p->stop_after ? p->stop_with : 0;
}

static void do_drain(struct play *p)
{
	struct model *m = &p->model;
	const bool too_late = model_below(m, 10) == 0;
	int result;

	check_views(p);
	p->limits = (struct ringview_limits){ 0, 0, 0 };
	if (model_below(m, 3) == 0)
		p->limits.records = 1 + model_below(m, 40);
	if (model_below(m, 3) == 0)
		p->limits.bytes = 1 + model_below(m, (uint32_t)p->ring.size / 2);
	if (too_late || model_below(m, 10) == 0)
		p->limits.deadline_ns = virtual_now() + (too_late ? 0 : NS_PER_SECOND);
	p->passed = p->passed_bytes = 0;
	p->stop_after = model_below(m, 3) ? UINT64_MAX : 1 + model_below(m, 20);
	p->stop_with = model_below(m, 2) ? 7 : -1234;
	result = ringview_drain(p->rv, pass, p, &p->limits);
	if (too_late)
		require(p, p->passed == 0, "it goes on beyond its deadline");
	else
		require(p, is_bounded(p) || !model_seek(m), "it ends before record %" PRIu64,
			m->next);
	model_release(m);
	if (p->passed == p->stop_after && p->stop_with < 0)
		require(p, result == p->stop_with, "%d is not what the callback said", result);
	else
		require(p, result == (int)p->passed, "%d is not %" PRIu64, result, p->passed);
}

/* Within a wait, which may also release discarded records and the one held back. */
static void check_consumer_in_wait(struct play *p)
{
	struct model *m = &p->model;
	const uint64_t word = *p->ring.consumer;
	uint64_t most = m->next, number;

	while (most < m->reserved && model_record(m, most)->state == MODEL_DISCARDED)
		most++;
	require(p, model_number_at(m, word, m->published, most, &number),
		"the consumer position %#" PRIx64 " is of no record from %" PRIu64 " to %" PRIu64,
		word, m->published, most);
	require(p, !virtual_in_epoll() || number >= m->next,
		"record %" PRIu64 " is held back in a sleep that needs a notification", number);
	m->published = number;
}

/* What producers do while the reader waits. */
static int64_t produce_in_wait(void *context, int64_t now)
{
	struct play *p = context;

	/* Other calls, which may linger, see only what the model has told them. */
	if (!p->waiting)
		return now + TIMEOUT_MOST_NS;
	check_consumer_in_wait(p);
	for (uint32_t i = model_below(&p->model, 8); i > 0; i--)
		produce(p);
	p->produced_ns = now;
	return now + 1 + model_below(&p->model, 1u << model_below(&p->model, 18));
}

/*
 * Time passed in the wait, so its progress is known only within bounds: it may have skipped
 * discarded records and no other. Before it, @published was the position, up to @released.
 */
static void follow_wait(struct play *p, bool found, uint64_t published, uint64_t released)
{
	struct model *m = &p->model;
	const struct reader *r = reader_of(p->rv);
	uint64_t number;

	require(p, model_number_at(m, r->produced, m->known, m->reserved, &m->known),
		"what is known ends at no record");
	require(p,
		model_number_at(
			m, reader_position(const_reader_of(p->rv)), m->next, m->known, &number) &&
			model_skip_to(m, number),
		"a record is lost between %" PRIu64 " and %" PRIu64, m->next, m->known);
	require(p, model_number_at(m, p->rv->released, m->released, m->next, &m->released),
		"what is released ends at no record that was shown");
	require(p,
		model_number_at(m, *p->ring.consumer, published, m->released, &m->published) &&
			(m->published == m->released ||
				(m->published == published && m->released == released) ||
				(m->holds && m->published + 1 == m->released)),
		"neither is the last record held back, nor everything released");
	if (found) {
		require(p, m->next < m->known && model_record(m, m->next)->state == MODEL_SUBMITTED,
			"there is no record %" PRIu64, m->next);
		model_begin_pass(m);
		return;
	}
	require(p,
		m->next == m->reserved || model_record(m, m->next)->state != MODEL_SUBMITTED ||
			virtual_now() - p->produced_ns <= 10 * VIRTUAL_READING,
		"record %" PRIu64 " is there, and not found", m->next);
}

static void do_wait(struct play *p)
{
	struct model *m = &p->model;
	const int64_t most = is_busy(p) ? BUSY_TIMEOUT_MOST_NS : TIMEOUT_MOST_NS;
	const int64_t timeout_ns = model_below(m, 2) ? 0 : model_below(m, (uint32_t)most);
	uint64_t published, released;
	bool left = false;
	int result;

	check_views(p);
	model_release(m);
	published = m->published;
	released = m->released;
	m->in_pass = false;
	if (p->strategy != RINGVIEW_WAIT_EVENT && !p->interrupted)
		left = m->next != m->known && model_seek(m);
	p->waiting = true;
	result = ringview_wait(p->rv, timeout_ns);
	p->waiting = false;
	p->waits++;
	p->timeouts += result == 0;
	if (p->interrupted) {
		require(p, result == -ECANCELED, "%d, although interrupted", result);
		p->interrupted = false;
		return;
	}
	require(p, left ? result == 1 : result == 0 || result == 1, "%d", result);
	if (left)
		model_begin_pass(m);
	else
		follow_wait(p, result, published, released);
}

static void do_arm(struct play *p)
{
	struct model *m = &p->model;
	bool expected;

	check_views(p);
	expected = model_arm(m);
	require(p, ringview_arm(p->rv) == expected, "not %d at record %" PRIu64, expected, m->next);
}

static void do_interrupt(struct play *p)
{
	ringview_interrupt(p->rv);
	p->interrupted = true;
}

static void do_statistics(struct play *p)
{
	const struct model *m = &p->model;
	struct ringview_statistics s;

	ringview_get_statistics(p->rv, &s);
	require(p, s.records == m->shown, "%" PRIu64 " records, and not %" PRIu64, s.records,
		m->shown);
	require(p, s.bytes == m->bytes, "%" PRIu64 " bytes, and not %" PRIu64, s.bytes, m->bytes);
	require(p, s.discarded == m->discarded, "%" PRIu64 " discarded, and not %" PRIu64,
		s.discarded, m->discarded);
	require(p, s.waits == p->waits && s.timeouts == p->timeouts,
		"%" PRIu64 " waits and %" PRIu64 " time-outs", s.waits, s.timeouts);
	require(p,
		s.high_water <= p->ring.size - 8 &&
			s.high_water >= model_position(m, m->known) - *p->ring.consumer,
		"%" PRIu64 " bytes waited", s.high_water);
}

static void do_restart(struct play *p)
{
	struct model *m = &p->model;

	require(p, ringview_restart(p->rv) == 0, "it fails");
	model_restart(m);
}

static void open_reader(struct play *p)
{
	const struct ringview_memory memory = memory_ring_view(&p->ring);
	static const int64_t lingers[] = { 0, 1, 100000, INT64_MAX };
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct model *m = &p->model;

	options.wait = p->strategy = (enum ringview_wait_strategy)model_below(m, 3);
	p->notified = model_below(m, 3) == 0;
	if (p->notified)
		m->manner.unnotified = 0;
	options.always_notified = p->notified;
	options.timer_slack_ns = model_below(m, 2);
	options.linger_ns = lingers[model_below(m, COUNT(lingers))];
	require(p, ringview_open_memory(&p->rv, &memory, &options) == 0, "it fails");
	m->holds = p->strategy != RINGVIEW_WAIT_EVENT;
	model_restart(m);
	p->interrupted = false;
	m->shown = m->bytes = m->discarded = p->waits = p->timeouts = 0;
}

static void do_reopen(struct play *p)
{
	ringview_close(p->rv);
	p->rv = NULL;
	p->model.published = p->model.released;
	check_consumer(p);
	open_reader(p);
}

static const struct {
	const char *name;
	void (*run)(struct play *p);
	uint32_t weight;
} calls[] = {
	{ "peek", do_peek, 300 },
	{ "peek until 0", do_peek_all, 60 },
	{ "release", do_release, 160 },
	{ "cancel", do_cancel, 50 },
	{ "read_into", do_read_into, 120 },
	{ "drain", do_drain, 50 },
	{ "wait", do_wait, 150 },
	{ "arm", do_arm, 50 },
	{ "interrupt", do_interrupt, 10 },
	{ "get_statistics", do_statistics, 40 },
	{ "restart", do_restart, 6 },
	{ "close and open", do_reopen, 4 },
};

#define WEIGHTS 1000 /* all of them together */

static void call_something(struct play *p)
{
	uint32_t left = model_below(&p->model, WEIGHTS);
	size_t i = 0;

	while (left >= calls[i].weight)
		left -= calls[i++].weight;
	p->call = calls[i].name;
	calls[i].run(p);
	check_consumer(p);
}

/* Also near the ends of positions of 31, 32, 63 and 64 bits. */
static uint64_t some_position(struct model *m, uint64_t size)
{
	static const uint64_t ends[] = { 0, UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 63,
		0 };
	const size_t which = model_below(m, COUNT(ends));

	return ends[which] + (which == 0 ? 0 : 0 - 8 * (uint64_t)model_below(m, (uint32_t)size));
}

static void choose_manner(struct play *p)
{
	struct model *m = &p->model;

	m->manner = (struct model_manner){
		.length = model_below(m, 4) ? model_below(m, 100) : model_below(m, 1500),
		.mixed = model_below(m, 2),
		.discarded = model_below(m, 3) ? 0 : model_below(m, 100),
		.unnotified = p->notified || model_below(m, 3) ? 0 : model_below(m, 100),
		.open = 1 + (model_below(m, 2) ? model_below(m, MODEL_OPEN_MOST) : 0),
	};
}

static struct play the_play;

static void play(uint64_t seed, uint64_t steps)
{
	static const size_t sizes[] = { 4096, 4096, 8192, MODEL_RING_MOST };
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct play *p = &the_play;
	struct model *m = &p->model;
	uint32_t productive;
	size_t size;

	memset(p, 0, sizeof(*p));
	p->seed = seed;
	p->call = "open";
	m->random.state = seed;
	size = sizes[model_below(m, COUNT(sizes))];
	if (size < page)
		size = page; /* no ring is smaller */
	require(p, memory_ring_open(&p->ring, size) == 0, "there is no ring");
	model_start(m, &p->ring, some_position(m, size), random_bits(&m->random));
	choose_manner(p);
	virtual_time_begin(produce_in_wait, p, VIRTUAL_START);
	open_reader(p);
	productive = 20 + model_below(m, 60);
	for (p->step = 0; p->step < steps; p->step++) {
		if (p->step % 256 == 255)
			choose_manner(p);
		if (model_below(m, 100) < productive)
			produce(p);
		else
			call_something(p);
	}
	do_reopen(p);
}

/* After each play, and after one that failed. */
static int end_play(void **state)
{
	(void)state;
	virtual_time_end();
	ringview_close(the_play.rv);
	memory_ring_close(&the_play.ring);
	the_play.rv = NULL;
	return 0;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static void the_reader_does_what_the_model_says(void **state)
{
	const uint64_t steps = from_environment("RINGVIEW_MODEL_STEPS", STEPS / slowness());
	const uint64_t seed = from_environment("RINGVIEW_MODEL_SEED", 1);

	for (uint64_t taken = 0, i = 0; taken < steps; taken += STEPS_OF_A_PLAY, i++) {
		play(seed + i, STEPS_OF_A_PLAY);
		end_play(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_reader_does_what_the_model_says, end_play),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
