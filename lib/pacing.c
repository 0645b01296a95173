/* SPDX-License-Identifier: BSD-2-Clause */
#include "pacing.h"

static int64_t twice(int64_t ns)
{
	return ns < INT64_MAX / 2 ? ns * 2 : INT64_MAX;
}

void pacing_start(struct pacing *p, int64_t budget_ns, int64_t linger_ns, int64_t now_ns)
{
	*p = (struct pacing){
		.budget_ns = budget_ns,
		.linger_ns = linger_ns ? linger_ns : PACING_LINGER_BUDGETS * budget_ns,
		.looked_ns = now_ns,
		.found_ns = INT64_MIN / 2, /* long ago */
		.fill_ns = INT64_MAX,
		.silence_ns = budget_ns,
	};
}

/* The time to fill a quarter of @size bytes at a rate of @bytes in @took_ns. */
static int64_t fill_ns(uint64_t bytes, uint64_t size, int64_t took_ns)
{
	double ns = (double)took_ns * (double)size / (PACING_FILL_PART * (double)bytes);

	if (ns < 1)
		return 1;
	return ns < 9e18 ? (int64_t)ns : INT64_MAX;
}

void pacing_looked(struct pacing *p, uint64_t bytes, uint64_t size, bool single, int64_t now_ns)
{
	const int64_t took_ns = longer(now_ns - p->looked_ns, 1);
	const bool lingered = now_ns - p->found_ns >= p->linger_ns;

	p->looked_ns = now_ns;
	/* A higher rate counts at once; a lower one by half at each poll. */
	p->fill_ns = twice(p->fill_ns);
	if (bytes == 0) {
		if (!pacing_is_silent(p))
			p->silence_ns = lingered ? p->budget_ns : 0;
		/* A poll that comes sooner, for instance after a time-out, proves less. */
		else if (took_ns >= p->silence_ns / 2)
			p->silence_ns = shorter(
				twice(p->silence_ns), longer(p->budget_ns, PACING_SILENCE_NS));
		return;
	}
	p->fill_ns = shorter(p->fill_ns, fill_ns(bytes, size, took_ns));
	/* Part of the time was silence, so the rate is unknown: assume the worst case. */
	if (pacing_is_silent(p))
		p->fill_ns =
			shorter(p->fill_ns, (int64_t)(size / PACING_FILL_PART / PACING_FASTEST));
	/* A single record that comes later than linger_ns starts no stream. */
	p->silence_ns = single && lingered ? p->budget_ns : 0;
	p->found_ns = now_ns;
}

int64_t pacing_pause(const struct pacing *p, int64_t now_ns)
{
	if (pacing_is_silent(p))
		return p->silence_ns;
	/* Records that came during a long pass are old already. */
	if (now_ns - p->looked_ns > p->budget_ns / PACING_CHASE_PART)
		return 0;
	return shorter(p->budget_ns, p->fill_ns - (now_ns - p->looked_ns));
}
