/* SPDX-License-Identifier: BSD-2-Clause */
#include "reader.h"

/* Bytes between two samples of the stream. Where lengths are expected that do not come any more,
 * nothing is lost; where none are and could be, each record costs twice as much. */
#define SAMPLE_AFTER_FIRST 65536
#define SAMPLE_EXPECTING 1048576
#define SAMPLE_OTHERWISE 131072

/* How many records of a sample may surprise: to begin to expect lengths, and to go on. A surprise
 * costs as much as waiting for two or three headers in the cache. */
#define SURPRISES_TO_BEGIN 3
#define SURPRISES_TO_GO_ON 5

static bool is_expecting(const struct ringview *rv)
{
	return rv->expected[0] != UINT32_MAX;
}

static void begin_sample(struct foresight *f)
{
	f->count = f->surprises = 0;
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

			/* The processor predicts what has come more often. */
			f->surprises += ++follows[which] <= follows[!which];
		}
	}
	f->before = which;
	f->count++;
}

/* Adds the record found to the sample. Whether that decides it. */
static bool sample(struct reader *r)
{
	struct foresight *f = &r->foresight;
	struct ringview *rv = &r->hot;
	const unsigned most = is_expecting(rv) ? SURPRISES_TO_GO_ON : SURPRISES_TO_BEGIN;

	add_to_sample(f, rv->found);
	if (f->surprises > most)
		rv->expected[0] = rv->expected[1] = UINT32_MAX;
	else if (f->count == FORESIGHT_SAMPLE)
		memcpy(rv->expected, f->lengths, sizeof(rv->expected));
	else
		return false;
	return true;
}

uint64_t foresee(struct reader *r, uint64_t reach)
{
	struct foresight *f = &r->foresight;
	const uint64_t position = reader_position(r);

	if ((int64_t)(position - f->sample_at) >= 0) {
		if (!sample(r))
			return 0;
		f->sample_at = position + (is_expecting(&r->hot) ? f->apart : SAMPLE_OTHERWISE);
		f->apart = SAMPLE_EXPECTING;
		begin_sample(f);
	}
	return reach < f->sample_at - position ? reach : f->sample_at - position;
}

void foresight_start(struct reader *r)
{
	struct foresight *f = &r->foresight;

	r->hot.expected[0] = r->hot.expected[1] = UINT32_MAX;
	f->apart = SAMPLE_AFTER_FIRST;
	f->sample_at = reader_position(r);
	begin_sample(f);
}

void foresight_move(struct foresight *f, uint64_t by)
{
	f->sample_at += by;
}

void foresight_pause(struct foresight *f)
{
	(void)f;
}
