/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"
#include "reader.h"

/* Bytes between two samples of the stream. Each record of a sample costs 5 ns, so seven of eight
 * samples end after SAMPLE_SHORT records if those have expected lengths. */
#define SAMPLE_APART FORESIGHT_REACH
#define SAMPLE_SHORT 4
#define SAMPLES_SHORT 7

/* Mispredictions that a sample may have to start, and to keep, expecting lengths. Each costs as
 * much as waiting for two or three headers in the cache. */
#define SURPRISES_TO_BEGIN 3
#define SURPRISES_TO_GO_ON 5

/*
 * How far ahead lines are fetched, so that they arrive in time. To which cache is for the trials to
 * decide (24 to 2000 B at random, headers touched; 2 to 8 KiB ahead are alike):
 *
 *	ns an event                    nothing  near  far
 *	Xeon (Sapphire Rapids)              91    63   49   few buffers for lines on the way to the first
 *	EPYC (Zen 4)                       135    28  138   does nothing when told to fetch far
 */
#define FETCH_AHEAD 4096
#define FETCH_BLOCK 1024
#define LINE UINT64_C(64)

/*
 * Whether fetching pays depends on the processor and on which cache holds the ring, so trials
 * decide. A trial has three parts: the current choice, another one, the current choice again. The
 * other one has to take less than 7/8 of either. Each pair of trials that changes nothing makes the
 * next pair rarer.
 */
#define PARTS 3
#define PART_LEAD 131072 /* not timed: the processor's predictors adapt first */
#define PART_BYTES 262144
#define INTERRUPTIONS_MOST 8
#define TRIALS_APART 1048576
#define TRIALS_APART_MOST 134217728

static bool is_reached(uint64_t position, uint64_t at)
{
	return (int64_t)(position - at) >= 0;
}

static bool is_expecting(const struct ringview *rv)
{
	return rv->expected[0] != UINT32_MAX;
}

static void begin_sample(struct foresight *f)
{
	f->count = f->surprises = f->expected = 0;
	f->before = 2;
	f->lengths[0] = f->lengths[1] = UINT32_MAX;
	memset(f->follows, 0, sizeof(f->follows));
}

static void add_to_sample(struct foresight *f, uint32_t length)
{
	unsigned which = 0;

	while (which < 2 && f->lengths[which] != length && f->lengths[which] != UINT32_MAX)
		which++;
	if (which == 2) {
		f->surprises++;
	} else {
		f->lengths[which] = length;
		if (f->before < 2) {
			unsigned *follows = f->follows[f->before];

			/* The processor predicts the more frequent one. */
			f->surprises += ++follows[which] <= follows[!which];
		}
	}
	f->before = which;
	f->count++;
}

/* Adds the record found to the sample. Returns whether the sample is complete. */
static bool sample(struct reader *r)
{
	struct foresight *f = &r->foresight;
	struct ringview *rv = &r->hot;
	const unsigned most = is_expecting(rv) ? SURPRISES_TO_GO_ON : SURPRISES_TO_BEGIN;

	add_to_sample(f, rv->found);
	f->expected += rv->found == rv->expected[0] || rv->found == rv->expected[1];
	if (f->count == SAMPLE_SHORT && f->expected == SAMPLE_SHORT && f->cut_short > 0) {
		f->cut_short--;
		return true;
	}
	if (f->surprises > most)
		rv->expected[0] = rv->expected[1] = UINT32_MAX;
	else if (f->count == FORESIGHT_SAMPLE)
		memcpy(rv->expected, f->lengths, sizeof(rv->expected));
	else
		return false;
	f->cut_short = SAMPLES_SHORT;
	return true;
}

static void end_trial(struct foresight *f)
{
	f->part = PARTS;
}

/* Adds the part that has ended to the trial. Returns whether the trial is decided. */
static bool decide(struct foresight *f, double cost)
{
	enum fetch third;

	if (f->part == 0) {
		f->cost[0] = cost;
		return false;
	}
	if (f->part == 1)
		f->cost[1] = cost;
	else
		f->cost[0] = cost;
	third = (enum fetch)(FETCH_NOTHING + FETCH_NEAR + FETCH_FAR - f->chosen - f->other);
	/* A disturbance only makes a part slower, so losing against one part is enough. */
	if (f->cost[1] >= f->cost[0] * 7 / 8) {
		f->other = third;
		if (f->has_lost)
			f->apart = less(f->apart * 4, TRIALS_APART_MOST);
		f->has_lost = !f->has_lost;
		return true;
	}
	if (f->part == 1)
		return false;
	f->chosen = f->other;
	f->other = third;
	f->has_lost = false;
	f->apart = TRIALS_APART;
	return true;
}

static void begin_part(struct foresight *f, uint64_t position)
{
	f->part_start = position + PART_LEAD;
	f->part_start_ns = 0;
}

/* Another stream has come: the current part starts again when this one comes back. */
static void interrupt_trial(struct foresight *f)
{
	f->interrupted = f->part != PARTS;
}

/* Ends the trial. Returns how far the next one is away: if this one has lost, it is of the third way
 * and begins at once. */
static uint64_t await_trial(struct foresight *f, uint64_t position)
{
	const uint64_t distance = f->has_lost ? 0 : f->apart;

	end_trial(f);
	f->trial_at = position + distance;
	return distance;
}

/* Starts a trial or its next part, or ends the trial, if that is due. Returns how far the next of
 * these is away. */
static uint64_t try_other_way(struct foresight *f, uint64_t position)
{
	int64_t now;

	if (f->part == PARTS) {
		if (!is_reached(position, f->trial_at))
			return f->trial_at - position;
		f->part = f->interruptions = 0;
		begin_part(f, position);
	} else if (f->interrupted) {
		if (++f->interruptions > INTERRUPTIONS_MOST) {
			f->has_lost = false;
			return await_trial(f, position);
		}
		begin_part(f, position);
	}
	f->interrupted = false;
	if (!is_reached(position, f->part_start))
		return f->part_start - position;
	if (f->part_start_ns == 0) {
		f->part_start = position;
		f->part_start_ns = clock_now();
	}
	if (position - f->part_start < PART_BYTES)
		return f->part_start + PART_BYTES - position;
	now = clock_now();
	if (decide(f, (double)(now - f->part_start_ns) / (double)(position - f->part_start)))
		return await_trial(f, position);
	f->part++;
	begin_part(f, position);
	return PART_LEAD;
}

/* Fetches lines, and returns after how many bytes the next ones are due. Fetches only whole lines
 * that are submitted: a producer would have to take others back. */
static uint64_t fetch_ahead(struct reader *r, uint64_t position, enum fetch where)
{
	struct foresight *f = &r->foresight;
	const uint64_t reach = less(FETCH_AHEAD + FETCH_BLOCK, r->produced - position);
	const uint64_t end = (position + reach) & ~(LINE - 1);

	if (!is_reached(f->fetched, position))
		f->fetched = position & ~(LINE - 1);
	for (; !is_reached(f->fetched, end); f->fetched += LINE)
		if (where == FETCH_NEAR)
			__builtin_prefetch(reader_header(r, f->fetched), 0, 3);
		else
			__builtin_prefetch(reader_header(r, f->fetched), 0, 2);
	return FETCH_BLOCK;
}

uint64_t foresee(struct reader *r, uint64_t reach)
{
	struct foresight *f = &r->foresight;
	const uint64_t position = reader_position(r);
	enum fetch where;

	if (is_reached(position, f->sample_at)) {
		if (!sample(r))
			return 0;
		f->sample_at = position + SAMPLE_APART;
		begin_sample(f);
	}
	reach = less(reach, f->sample_at - position);
	if (is_expecting(&r->hot)) {
		interrupt_trial(f);
		return reach;
	}
	reach = less(reach, try_other_way(f, position));
	where = foresight_fetch(f);
	return where == FETCH_NOTHING ? reach : less(reach, fetch_ahead(r, position, where));
}

void foresight_start(struct reader *r)
{
	struct foresight *f = &r->foresight;

	r->hot.expected[0] = r->hot.expected[1] = UINT32_MAX;
	f->sample_at = f->fetched = reader_position(r);
	begin_sample(f);
	f->other = FETCH_NEAR;
	f->apart = TRIALS_APART;
	f->trial_at = f->sample_at + TRIALS_APART;
	end_trial(f);
}

void foresight_move(struct foresight *f, uint64_t by)
{
	f->sample_at += by;
	f->fetched += by;
	f->trial_at += by;
	end_trial(f);
}

void foresight_pause(struct reader *r)
{
	struct foresight *f = &r->foresight;

	if (f->part == PARTS)
		return;
	end_trial(f);
	/* A stream that pauses this often cannot be timed. */
	f->trial_at = reader_position(r) + TRIALS_APART;
}
