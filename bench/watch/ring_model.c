/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "watch/ring_model.h"

#define NS_PER_S INT64_C(1000000000)

/* If a record has no room in this share of the samples, records are almost certainly lost: only a
 * program that writes at no such moment loses none. A single sample may be chance. */
#define LOSING_SHARE 0.05
#define LOSING_SAMPLES 2

/* A reader that polls may sleep for less than this. */
#define SLOW_STILL_NS NS_PER_S
#define SLOW_FULL_IN_NS (60 * NS_PER_S)
#define SLOW_FILL 0.8

const char *const ring_state_names[] = { "BROKEN", "STUCK", "LOSING", "no reader", "slow", "ok",
	"idle", "unused" };

void ring_sizes_add(struct ring_sizes *sizes, uint32_t length)
{
	if (sizes->count == 0 || length < sizes->min)
		sizes->min = length;
	if (length > sizes->max)
		sizes->max = length;
	sizes->count++;
	sizes->sum += length;
	if (length < RING_SIZES_EXACT)
		sizes->exact[length]++;
	else
		histogram_add(&sizes->large, length);
}

uint32_t ring_sizes_quantile(const struct ring_sizes *sizes, double share)
{
	const double wanted = ceil((double)sizes->count * share);
	uint64_t seen = 0;

	for (uint32_t i = 0; i < RING_SIZES_EXACT && sizes->count > 0; i++) {
		seen += sizes->exact[i];
		if ((double)seen >= wanted)
			return i;
	}
	return (uint32_t)histogram_quantile(
		&sizes->large, (wanted - (double)seen) / (double)sizes->large.count);
}

void ring_model_begin(struct ring_model *m, uint64_t size)
{
	*m = (struct ring_model){
		.size = size,
		.trend = { .lowest = UINT64_MAX, .lowest_before = UINT64_MAX },
		.still_ns = -1,
		.busy_ns = -1,
	};
}

static bool has_possible_positions(const struct ring_sample *s)
{
	return s->fault == FAULT_NONE || s->fault == FAULT_HEADER;
}

static void add_distances(struct ring_model *m, const struct ring_sample *s)
{
	const int64_t consumed = (int64_t)(s->consumer - m->last.consumer);
	const int64_t written = (int64_t)(s->producer - m->last.producer);

	m->totals.moved_back += consumed < 0;
	if (!has_possible_positions(&m->last) || !has_possible_positions(s))
		return;
	if (written > 0)
		m->written += (uint64_t)written;
	if (consumed > 0)
		m->consumed += (uint64_t)consumed;
}

static void add_level(struct ring_model *m, const struct ring_sample *s)
{
	/* If the positions are not of one moment, the level is too high. */
	if (s->fault != FAULT_NONE || !s->settled)
		return;
	if (s->waiting < m->trend.lowest)
		m->trend.lowest = s->waiting;
	if (s->waiting > m->interval_high)
		m->interval_high = s->waiting;
	if (s->waiting > m->totals.high_water)
		m->totals.high_water = s->waiting;
}

static void add_standstill(struct ring_model *m, const struct ring_sample *s, bool moved)
{
	if (moved)
		m->moved_ns = s->time_ns;
	/* No reader can pass a busy record, so the reader does not stall there. */
	if (moved || s->waiting == 0 || s->head == HEAD_BUSY)
		m->still_ns = -1;
	if (s->waiting > 0 && s->head != HEAD_BUSY && m->still_ns < 0)
		m->still_ns = s->time_ns;
	if (moved || s->head != HEAD_BUSY)
		m->busy_ns = -1;
	if (s->head == HEAD_BUSY && m->busy_ns < 0)
		m->busy_ns = s->time_ns;
}

static uint64_t largest_of(const struct ring_model *m)
{
	const uint64_t *largest = m->window.largest;

	return largest[0] > largest[1] ? largest[0] : largest[1];
}

static void turn_window(struct ring_window *w, int64_t now)
{
	if (now - w->begun_ns < NS_PER_S)
		return;
	w->begun_ns = now;
	w->samples[1] = w->samples[0];
	w->no_room[1] = w->no_room[0];
	w->samples[0] = w->no_room[0] = 0;
	/* While no record is written, the last ones show how much room one needs. */
	if (w->largest[0] > 0) {
		w->largest[1] = w->largest[0];
		w->largest[0] = 0;
	}
}

static void add_room(struct ring_model *m, const struct ring_sample *s)
{
	const uint64_t head = s->head_stride ? s->head_stride : RING_ALIGNMENT;
	const uint64_t largest = largest_of(m);
	const bool full = !m->overwrites &&
			  ring_sample_has_no_room(s, m->size, largest > head ? largest : head);

	turn_window(&m->window, s->time_ns);
	m->window.samples[0]++;
	m->window.no_room[0] += full;
	if (full && m->totals.full)
		m->totals.full_ns += s->time_ns - m->last.time_ns;
	m->totals.full_episodes += full && !m->totals.full;
	m->totals.full = full;
}

static void add_size(struct ring_model *m, const struct ring_record *record)
{
	const uint64_t stride = ring_stride(record->length);

	ring_sizes_add(&m->sizes, record->length);
	if (stride > m->window.largest[0])
		m->window.largest[0] = stride;
}

static void visit_waiting(void *context, const struct ring_record *record)
{
	add_size(context, record);
}

static void visit_passing(void *context, const struct ring_record *record)
{
	struct ring_model *m = context;

	m->passed.records++;
	m->passed.discarded += record->discarded;
	m->passed.lengths += record->length;
	m->passed.bytes += ring_stride(record->length);
	add_size(m, record);
	if (m->passing->visit)
		m->passing->visit(m->passing->context, record);
}

bool ring_model_walk(struct ring_model *m, uint64_t producer, const struct ring_access *ring,
	const struct ring_passing *passing)
{
	struct ring_walk walk = {
		.at = m->at,
		.end = producer,
		.most = passing->most,
		.visit = visit_passing,
		.context = m,
	};
	enum ring_walk_end end;

	if ((int64_t)(producer - m->at) < 0) {
		m->at = producer;
		return false;
	}
	m->passing = passing;
	end = ring_walk(&walk, ring);
	m->at = walk.at;
	/* A busy record, and those behind it, are read once it is submitted. */
	if (end == WALK_WHOLE || end == WALK_BUSY)
		return false;
	m->passed.unseen += producer - walk.at;
	m->at = producer;
	return end == WALK_OVERTAKEN;
}

/* Of the records that wait at the first sample only the sizes count: they were written before. */
static void walk_first(
	struct ring_model *m, const struct ring_access *ring, const struct ring_passing *passing)
{
	struct ring_walk walk = {
		.at = m->last.oldest,
		.end = m->last.producer,
		.most = passing->most,
		.past_busy = true,
		.visit = visit_waiting,
		.context = m,
	};

	if (m->last.fault == FAULT_NONE && m->last.settled)
		ring_walk(&walk, ring);
}

bool ring_model_add(struct ring_model *m, const struct ring_sample *s,
	const struct ring_access *ring, const struct ring_passing *passing)
{
	const bool first = !m->begun;
	const bool moved = !first && s->consumer != m->last.consumer;
	bool overtaken = false;

	m->overwrites = ring->overwrite != NULL;
	if (!first)
		add_distances(m, s);
	if (first) {
		m->moved_ns = m->window.begun_ns = m->trend.begun_ns = s->time_ns;
		m->first = m->last = *s;
		walk_first(m, ring, passing);
	}
	if (first || !has_possible_positions(s))
		m->at = s->producer;
	else
		overtaken = ring_model_walk(m, s->producer, ring, passing);
	add_level(m, s);
	add_standstill(m, s, moved);
	add_room(m, s);
	m->last = *s;
	m->begun = true;
	return overtaken;
}

struct ring_passed ring_model_passed(const struct ring_model *m)
{
	return (struct ring_passed){
		.records = m->passed_before.records + m->passed.records,
		.discarded = m->passed_before.discarded + m->passed.discarded,
		.lengths = m->passed_before.lengths + m->passed.lengths,
		.bytes = m->passed_before.bytes + m->passed.bytes,
		.unseen = m->passed_before.unseen + m->passed.unseen,
	};
}

void ring_model_account(struct ring_model *m, const struct ring_accounts *accounts)
{
	m->accounts_before = m->accounts;
	m->accounts = *accounts;
}

static void end_period(struct ring_trend *t, int64_t now)
{
	const int64_t ns = now - t->begun_ns;

	if (ns < NS_PER_S)
		return;
	t->rise = 0;
	if (t->lowest != UINT64_MAX && t->lowest > t->lowest_before)
		t->rise = (double)(t->lowest - t->lowest_before) * 1e9 / (double)ns;
	t->lowest_before = t->lowest;
	t->lowest = UINT64_MAX;
	t->begun_ns = now;
}

/* How fast the ring fills up, in bytes a second: between two reads of the consumer the level goes up
 * and down, so this is the rise of the lowest level, or, if nothing was consumed, the rate of
 * writing. */
static double growth(const struct ring_model *m, double seconds)
{
	return m->consumed == 0 && m->last.waiting > 0 ? (double)m->written / seconds
						       : m->trend.rise;
}

static int64_t full_in(const struct ring_model *m, double seconds)
{
	const double rate = growth(m, seconds);
	double ns;

	if (m->totals.full)
		return 0;
	if (m->overwrites || m->last.fault != FAULT_NONE || !(rate > 0))
		return -1;
	ns = (double)(m->size - m->last.waiting) / rate * 1e9;
	/* More than a century is never. */
	return ns < 3e18 ? (int64_t)ns : -1;
}

static double ratio(uint64_t part, uint64_t whole)
{
	return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

/* Between the last two readings of the accounts. */
static double lost_per_s(const struct ring_model *m)
{
	const struct ring_accounts *now = &m->accounts, *before = &m->accounts_before;
	const double seconds = (double)(now->time_ns - before->time_ns) / 1e9;

	if (!now->known || !before->known || !(seconds > 0))
		return NAN;
	return now->lost > before->lost ? (double)(now->lost - before->lost) / seconds : 0;
}

static void add_rates(const struct ring_model *m, struct ring_figures *f)
{
	const struct ring_passed *p = &m->passed;
	const double seconds = (double)(m->last.time_ns - m->first.time_ns) / 1e9;

	f->seen = ratio(p->bytes, p->bytes + p->unseen);
	f->average = ratio(p->lengths, p->records);
	f->discarded = ratio(p->discarded, p->records);
	f->full_in_ns = -1;
	f->lost_per_s = lost_per_s(m);
	if (!(seconds > 0))
		return;
	f->written_per_s = (double)m->written / seconds;
	f->consumed_per_s = (double)m->consumed / seconds;
	/* Assumes that the records that were not seen have the same sizes. */
	f->records_per_s =
		p->unseen ? (double)p->records / f->seen / seconds : (double)p->records / seconds;
	f->full_in_ns = full_in(m, seconds);
}

static void add_losing(const struct ring_model *m, struct ring_figures *f)
{
	const uint64_t samples = m->window.samples[0] + m->window.samples[1];
	const uint64_t no_room = m->window.no_room[0] + m->window.no_room[1];

	f->no_room = samples > 0 ? (double)no_room / (double)samples : 0;
	f->largest = largest_of(m);
	f->losing = (no_room >= LOSING_SAMPLES && f->no_room >= LOSING_SHARE) ||
		    (f->lost_per_s > 0 && !m->accounts.shared);
}

static bool has_no_reader(const struct ring_figures *f, enum ring_holding holding)
{
	return holding == HELD_BY_NOBODY || holding == HELD_BY_PROGRAMS ||
	       (f->sample.consumer == 0 && f->stalled_ns >= SLOW_STILL_NS);
}

static enum ring_state state_of(const struct ring_figures *f, enum ring_holding holding)
{
	const bool written = f->written_per_s > 0;

	if (f->sample.fault != FAULT_NONE)
		return STATE_BROKEN;
	if (f->busy_ns >= RING_STILL_NS)
		return STATE_STUCK;
	if (holding == HELD_BY_NOBODY && !written)
		return STATE_UNUSED;
	/* A reader may come only after an incident. */
	if (f->overwrites)
		return written ? STATE_OK : STATE_IDLE;
	if (has_no_reader(f, holding))
		return STATE_NO_READER;
	if (f->losing)
		return STATE_LOSING;
	/* A reader that released nothing in the interval may sleep: stalled_ns says how long. */
	if (f->stalled_ns >= SLOW_STILL_NS || f->interval_fill >= SLOW_FILL ||
		(f->consumed_per_s > 0 && f->full_in_ns >= 0 && f->full_in_ns <= SLOW_FULL_IN_NS))
		return STATE_SLOW;
	return written || f->sample.waiting > 0 ? STATE_OK : STATE_IDLE;
}

static void end_interval(struct ring_model *m, double fill)
{
	if (m->history_count == RING_HISTORY)
		memmove(m->history, m->history + 1, sizeof(m->history) - sizeof(m->history[0]));
	else
		m->history_count++;
	m->history[m->history_count - 1] = (float)fill;
	m->first = m->last;
	m->written = m->consumed = 0;
	m->interval_high = 0;
	m->passed_before = ring_model_passed(m);
	memset(&m->passed, 0, sizeof(m->passed));
}

void ring_model_figures(struct ring_model *m, const struct ring_waiting *waiting,
	enum ring_holding holding, struct ring_figures *f)
{
	const int64_t now = m->last.time_ns;

	*f = (struct ring_figures){
		.overwrites = m->overwrites,
		.sample = m->last,
		.waiting = *waiting,
		.totals = m->totals,
		.fill = (double)m->last.waiting / (double)m->size,
		.interval_fill = (double)m->interval_high / (double)m->size,
		.interval_high = m->interval_high,
		.records_per_s = NAN,
		.still_ns = now - m->moved_ns,
		.stalled_ns = m->still_ns >= 0 ? now - m->still_ns : 0,
		.busy_ns = m->busy_ns >= 0 ? now - m->busy_ns : 0,
	};
	end_period(&m->trend, now);
	add_rates(m, f);
	add_losing(m, f);
	f->state = state_of(f, holding);
	end_interval(m, f->interval_fill);
}

char *ring_history_text(const struct ring_model *m, size_t count, char *text)
{
	size_t used = 0;

	for (size_t i = m->history_count > count ? m->history_count - count : 0;
		i < m->history_count; i++) {
		const int level = (int)(m->history[i] * 8);

		text[used++] = '\xe2';
		text[used++] = '\x96';
		text[used++] = (char)(0x81 + (level < 0 ? 0 : level > 7 ? 7 : level));
	}
	text[used] = '\0';
	return text;
}
