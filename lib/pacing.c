/* SPDX-License-Identifier: BSD-2-Clause */
#include "pacing.h"

static int64_t shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void pacing_start(struct pacing *p, int64_t budget_ns, int64_t now_ns)
{
	*p = (struct pacing){
		.budget_ns = budget_ns,
		.looked_ns = now_ns,
		.found_ns = now_ns - budget_ns,
		.half_ns = INT64_MAX,
		.silent = true,
	};
}

/* The time in which @bytes in @took_ns come to half of @size. */
static int64_t half_full_ns(uint64_t bytes, uint64_t size, int64_t took_ns)
{
	double ns = (double)took_ns * (double)size / (2 * (double)bytes);

	if (ns < 1)
		return 1;
	return ns < 9e18 ? (int64_t)ns : INT64_MAX;
}

void pacing_looked(struct pacing *p, uint64_t bytes, uint64_t size, bool single, int64_t now_ns)
{
	const bool silence = p->silent;
	const int64_t took_ns = now_ns > p->looked_ns ? now_ns - p->looked_ns : 1;

	p->looked_ns = now_ns;
	/* A burst counts at once; a lull is believed only half, each time that it is seen again. */
	p->half_ns = p->half_ns < INT64_MAX / 2 ? p->half_ns * 2 : INT64_MAX;
	if (bytes == 0) {
		p->empty += p->empty < PACING_PATIENCE;
		if (p->empty == PACING_PATIENCE &&
			now_ns - p->found_ns >= PACING_PATIENCE_BUDGETS * p->budget_ns)
			p->silent = true;
		return;
	}
	p->half_ns = shorter(p->half_ns, half_full_ns(bytes, size, took_ns));
	/* How fast a burst is of which the silence before is a part is not known. */
	if (silence)
		p->half_ns = shorter(p->half_ns, (int64_t)(size / 2 / PACING_FASTEST));
	p->empty = 0;
	/* Sleeping gathers nothing then: each record would wait for its budget, and alone. */
	p->silent = single && now_ns - p->found_ns >= p->budget_ns;
	p->found_ns = now_ns;
}

int64_t pacing_next(const struct pacing *p)
{
	int64_t next;

	if (p->silent ||
		__builtin_add_overflow(p->looked_ns, shorter(p->budget_ns, p->half_ns), &next))
		return PACING_SILENCE;
	return next;
}

int64_t pacing_silence_ns(const struct pacing *p)
{
	return p->trust < PACING_TRUST_AT ? p->budget_ns : PACING_TRUSTED * p->budget_ns;
}

void pacing_silence_ended(struct pacing *p, bool notified)
{
	if (notified)
		p->trust += p->trust < PACING_TRUST_MOST;
	else
		p->trust -= p->trust < PACING_DISTRUST ? p->trust : PACING_DISTRUST;
}
