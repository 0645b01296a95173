/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader, on rings whose bytes and positions are all hostile and change between calls and
 * during callbacks and sleeps. The input is a program: bytes that choose calls and changes of the
 * ring. subject.c has what is demanded of each call. Inaccessible pages around the ring detect
 * other accesses; the fuzzer's time-out detects endless loops.
 */
#include "demand.h"
#include "input.h"
#include "reader.h"
#include "subject.h"
#include "support/virtual_time.h"

#define SUBJECTS 2
#define STEPS_MOST 400

static struct {
	struct input input;
	struct subject subjects[SUBJECTS], *s; /* the present target of calls */
	struct ringview_group *group;
	bool ordered; /* the group */
} fuzz;

/* Hostility. */

static void set_header(struct subject *s, uint64_t position, uint32_t header)
{
	*(uint32_t *)(s->ring.bytes + position / 8 * 8 % s->ring.size) = header;
}

/* Reserves some records as a producer does, with or without room. */
static void put_records(struct subject *s, struct input *input)
{
	const uint8_t count = take_byte(input) % 32;
	const uint32_t length = (uint32_t)take(input, 1 + count % 2);
	const uint32_t bits = (uint32_t)(take_byte(input) % 4) << 30;

	for (uint8_t i = 0; i <= count; i++) {
		set_header(s, *s->ring.producer, length | bits);
		*s->ring.producer += hostile_stride(length);
	}
}

static void change(struct subject *s, struct input *input)
{
	const uint64_t near = s->rv ? reader_position(reader_of(s->rv)) : *s->ring.consumer;
	uint64_t at;

	subject_settle(s);
	switch (take_byte(input) % 12) {
	case 0:
	case 1:
	case 2:
		put_records(s, input);
		break;
	case 3: /* a header near the reader */
		at = near + 8 * take(input, 1);
		set_header(s, at, (uint32_t)take(input, 4));
		break;
	case 4: /* commits or un-commits */
		at = near + 8 * take(input, 1);
		set_header(s, at,
			*(uint32_t *)(s->ring.bytes + at % s->ring.size / 8 * 8) ^
				(uint32_t)take(input, 1) << 30);
		break;
	case 5:
		*s->ring.producer += (uint64_t)(int8_t)take(input, 1) * 8;
		break;
	case 6:
		*s->ring.producer = *s->ring.consumer + take(input, 2);
		break;
	case 7:
		*s->ring.producer = take(input, 8);
		break;
	case 8:
		*s->ring.consumer = near + (uint64_t)(int8_t)take(input, 1) * 8;
		break;
	case 9:
		*s->ring.consumer = take(input, 8);
		break;
	case 10: /* anything anywhere */
		at = take(input, 2) % s->ring.size;
		for (uint8_t count = take_byte(input) % 32; count > 0; count--, at++)
			s->ring.bytes[at % s->ring.size] = take_byte(input);
		break;
	case 11: /* an empty ring somewhere */
		*s->ring.producer = *s->ring.consumer = take(input, 8) & ~UINT64_C(7);
		break;
	}
	subject_changed(s);
}

/* Changes the ring in the middle of a call: in a callback or during a sleep. */
static void change_within(void)
{
	change(&fuzz.subjects[take_byte(&fuzz.input) % SUBJECTS], &fuzz.input);
}

static int64_t happen(void *context, int64_t now)
{
	(void)context;
	for (size_t i = 0; i < SUBJECTS; i++)
		if (virtual_in_epoll() && fuzz.subjects[i].waits)
			subject_sleeps(&fuzz.subjects[i]);
	if (fuzz.input.left == 0)
		return VIRTUAL_NEVER;
	change_within();
	return now + 1 + (int64_t)take(&fuzz.input, 2);
}

/* Advances the clock before a wait, usually by more than BUSY spins. If the wait has a time-out,
 * something happens during it. */
static void begin_wait(int64_t timeout_ns)
{
	virtual_time_pass((int64_t)take(&fuzz.input, 1) * 100);
	if (timeout_ns > 0)
		virtual_time_expect(happen, NULL, virtual_now() + (int64_t)take(&fuzz.input, 1));
}

static void end_wait(void)
{
	virtual_time_expect(NULL, NULL, VIRTUAL_NEVER);
}

static int64_t take_timeout(void)
{
	return (int64_t)take(&fuzz.input, 1) * 64;
}

/* Calls. */

static void open_one(struct subject *s)
{
	static const int64_t lingers[] = { 0, 1, INT64_MAX };
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	const uint8_t choice = take_byte(&fuzz.input);

	options.wait = (enum ringview_wait_strategy)(choice % 3);
	options.always_notified = choice / 3 % 2;
	options.timer_slack_ns = choice / 6 % 2;
	options.linger_ns = lingers[choice / 12 % 3];
	subject_open(s, &options);
}

struct draining {
	struct subject *s;
	uint64_t calls;
	uint8_t stop_after, choice;
};

static int drained(void *context, const void *data, size_t length)
{
	struct draining *d = context;
	struct subject *s = d->s;

	subject_shows(s, data, length);
	d->calls++;
	if (d->choice & 1 && fuzz.input.left > 0)
		change_within();
	if (d->calls != d->stop_after)
		return 0;
	return d->choice & 2 ? -1234 : 1;
}

static void drain(struct subject *s)
{
	struct draining d = { .s = s };
	struct ringview_limits limits = { 0, 0, 0 };
	int result;

	d.choice = take_byte(&fuzz.input);
	d.stop_after = take_byte(&fuzz.input);
	if (d.choice & 4)
		limits.records = take_byte(&fuzz.input);
	if (d.choice & 8)
		limits.bytes = take(&fuzz.input, 2);
	if (d.choice & 16)
		limits.deadline_ns = virtual_now() + (int64_t)take(&fuzz.input, 1);
	subject_before(s);
	result = ringview_drain(s->rv, drained, &d, d.choice & 32 ? NULL : &limits);
	subject_after(s);
	if (d.calls > 0 && d.calls == d.stop_after && d.choice & 2)
		demand(result == -1234, "%d is not what the callback said", result);
	else if (d.calls > 0)
		demand(result == (int)d.calls, "%d of %d records", result, (int)d.calls);
	else if (result != 0 || limits.deadline_ns == 0) /* which may have passed before it polls */
		subject_returned(s, result);
	if (!(d.choice & 32) && limits.records > 0)
		demand(d.calls <= limits.records, "more records than are allowed");
	/* At most what it knew of, a full ring that came before the call, and another one per
	 * change: a position that was impossible becomes possible once enough is released. */
	demand(d.calls <= (2 + s->changes) * (s->ring.size / 8), "it drains what is not there");
}

/* Without a time-out, or with one of 0, it only polls. */
static void wait_one(struct subject *s, int64_t timeout_ns)
{
	const uint64_t readings = virtual_readings();
	int result;

	begin_wait(timeout_ns);
	subject_before(s);
	s->waits = true;
	result = ringview_wait(s->rv, timeout_ns);
	s->waits = false;
	end_wait();
	subject_after(s);
	/* -EINTR: the fuzzer uses a timer. */
	if (s->in_group)
		demand(result == -EINVAL, "a member is waited for by itself: %d", result);
	else if (result != -ECANCELED && result != -EINTR)
		subject_returned(s, result);
	demand(virtual_readings() - readings <= 400 + (uint64_t)timeout_ns / VIRTUAL_READING,
		"it does not come to an end");
}

static void get_statistics(struct subject *s)
{
	struct ringview_statistics statistics;

	ringview_get_statistics(s->rv, &statistics);
	demand(statistics.records <= s->shown, "%llu records are counted, %llu were shown",
		(unsigned long long)statistics.records, (unsigned long long)s->shown);
	demand(statistics.high_water <= s->ring.size, "more bytes wait than there are");
}

static void call(struct subject *s)
{
	const uint8_t which = take_byte(&fuzz.input) % 14;

	if (!s->rv) {
		open_one(s);
		return;
	}
	switch (which) {
	case 0:
		subject_peek(s);
		break;
	case 1:
	case 2:
		subject_peek_all(s);
		break;
	case 3:
		subject_release(s);
		break;
	case 4:
		subject_cancel(s);
		break;
	case 5:
		subject_read_into(
			s, take(&fuzz.input, 1) * (size_t)(1 + take_byte(&fuzz.input) % 40));
		break;
	case 6:
		drain(s);
		break;
	case 7:
		wait_one(s, 0);
		break;
	case 8:
		wait_one(s, take_timeout());
		break;
	case 9:
		subject_arm(s);
		break;
	case 10:
		ringview_interrupt(s->rv);
		break;
	case 11:
		get_statistics(s);
		break;
	case 12:
		subject_restart(s);
		break;
	case 13:
		open_one(s);
		break;
	}
}

/* Groups. */

static void before_all(void)
{
	for (size_t i = 0; i < SUBJECTS; i++)
		if (fuzz.subjects[i].rv)
			subject_before(&fuzz.subjects[i]);
}

static void after_all(void)
{
	for (size_t i = 0; i < SUBJECTS; i++)
		if (fuzz.subjects[i].rv)
			subject_after(&fuzz.subjects[i]);
}

static void open_group(void)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = (enum ringview_wait_strategy)(take_byte(&fuzz.input) % 3);
	demand(ringview_group_open(&fuzz.group, &options) == 0, "a group cannot be opened");
}

static void close_group(void)
{
	before_all();
	ringview_group_close(fuzz.group);
	fuzz.group = NULL;
	fuzz.ordered = false;
	after_all();
	for (size_t i = 0; i < SUBJECTS; i++) {
		if (fuzz.subjects[i].in_group)
			subject_member_changed(&fuzz.subjects[i]);
		fuzz.subjects[i].in_group = false;
	}
}

static struct subject *subject_of(const struct ringview *rv)
{
	for (size_t i = 0; i < SUBJECTS; i++)
		if (fuzz.subjects[i].rv == rv)
			return &fuzz.subjects[i];
	demand(false, "a turn of a reader that is none");
	return NULL;
}

/* Reads all turns of a round, each to its end. If they release, each eighth of a ring comes
 * once. */
static void take_turns(bool releasing)
{
	struct ringview *rv;
	uint64_t turns = 0;

	for (;;) {
		int found;

		before_all();
		found = ringview_group_next(fuzz.group, &rv);
		after_all();
		demand((found == -EINVAL) == fuzz.ordered, "turns in an order: %d", found);
		if (found <= 0)
			break;
		demand(turns++ < 40, "the turns have no end");
		subject_peek_all(subject_of(rv));
		if (releasing)
			subject_release(subject_of(rv));
	}
}

static void set_order(void)
{
	struct ringview_order order = RINGVIEW_ORDER_DEFAULT;
	const uint8_t choice = take_byte(&fuzz.input);

	order.timestamp_offset = choice % 25;
	order.lateness_ns = (int64_t)take(&fuzz.input, 2) * 8;
	fuzz.ordered = choice < 200;
	demand(ringview_group_set_order(fuzz.group, fuzz.ordered ? &order : NULL) == 0,
		"an order is refused");
}

/* Reads one pass, and each ring's error once. */
static void read_ordered(bool releasing)
{
	uint64_t calls = 0;

	for (;;) {
		struct ringview_record record = { NULL, 0 };
		struct ringview *rv = NULL;
		int found;

		before_all();
		found = ringview_group_peek_ordered(fuzz.group, &record, &rv);
		if (found > 0)
			subject_shows_found(subject_of(rv), record.data, record.length);
		after_all();
		demand((found == -EINVAL) == !fuzz.ordered, "an order without one: %d", found);
		if (found == 0 || found == -EINVAL)
			break;
		if (found < 0)
			subject_returned(subject_of(rv), found);
		demand(calls++ < 4096 / 8 + 8192 / 8 + SUBJECTS, "the pass has no end");
		if (releasing)
			subject_release(subject_of(rv));
	}
}

static void wait_for_group(int64_t timeout_ns)
{
	int result;

	begin_wait(timeout_ns);
	before_all();
	for (size_t i = 0; i < SUBJECTS; i++)
		fuzz.subjects[i].waits = fuzz.subjects[i].in_group;
	result = ringview_group_wait(fuzz.group, timeout_ns);
	for (size_t i = 0; i < SUBJECTS; i++)
		fuzz.subjects[i].waits = false;
	end_wait();
	after_all();
	demand(result == 0 || result == 1 || result == -ECANCELED || result == -EINTR, "%d",
		result);
}

static void call_group(struct subject *s)
{
	const uint8_t choice = take_byte(&fuzz.input);
	const uint8_t which = choice < 240 ? choice % 9 : 9 + choice % 4;
	struct ringview_statistics statistics;

	if (!fuzz.group) {
		open_group();
		return;
	}
	switch (which) {
	case 0:
	case 1:
		before_all();
		if (s->rv)
			demand(ringview_group_add(fuzz.group, s->rv) == (s->in_group ? -EEXIST : 0),
				"adding");
		after_all();
		if (!s->in_group)
			subject_member_changed(s);
		s->in_group = s->rv != NULL;
		break;
	case 2:
		before_all();
		if (s->rv)
			demand(ringview_group_remove(fuzz.group, s->rv) ==
					(s->in_group ? 0 : -ENOENT),
				"removing");
		after_all();
		if (s->in_group)
			subject_member_changed(s);
		s->in_group = false;
		break;
	case 3:
		wait_for_group(0);
		break;
	case 4:
		wait_for_group(take_timeout());
		break;
	case 5:
		take_turns(false);
		break;
	case 6:
		take_turns(true);
		break;
	case 7:
		ringview_group_interrupt(fuzz.group);
		ringview_group_get_statistics(fuzz.group, &statistics);
		break;
	case 8:
		close_group();
		break;
	case 9:
		set_order();
		break;
	case 10:
	case 11:
	case 12:
		read_ordered(which != 10);
		break;
	}
}

static void step(void)
{
	const uint8_t what = take_byte(&fuzz.input);

	if (what & 1)
		fuzz.s = &fuzz.subjects[what / 2 % SUBJECTS];
	switch (what / 4 % 4) {
	case 0:
	case 1:
		change(fuzz.s, &fuzz.input);
		break;
	case 2:
		call(fuzz.s);
		break;
	case 3:
		if (what & 16)
			call_group(fuzz.s);
		else
			call(fuzz.s);
		break;
	}
}

static void begin(const unsigned char *data, size_t size)
{
	fuzz.input = (struct input){ data, size };
	for (size_t i = 0; i < SUBJECTS; i++) {
		if (!fuzz.subjects[i].ring.bytes)
			hostile_ring_open(&fuzz.subjects[i].ring, (size_t)4096 << i);
		hostile_ring_clear(&fuzz.subjects[i].ring);
	}
	fuzz.s = &fuzz.subjects[0];
	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	begin(data, size);
	for (int steps = 0; fuzz.input.left > 0 && steps < STEPS_MOST; steps++)
		step();
	if (fuzz.group)
		close_group();
	for (size_t i = 0; i < SUBJECTS; i++)
		subject_close(&fuzz.subjects[i]);
	virtual_time_end();
	return 0;
}
