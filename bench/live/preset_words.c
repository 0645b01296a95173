/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the figures say: ratios within this machine, which are the same questions whatever the
 * machine is, and the same ratios of the figures that were published.
 */
#include <math.h>
#include <stdio.h>

#include "live/preset.h"
#include "live/preset_published.h"
#include "results/style.h"

#define RING_LIBBPF                           \
	{                                     \
		MODE_LIBBPF, WAIT_LIBBPF_POLL \
	}
#define RING_EVENT                     \
	{                              \
		MODE_BATCH, WAIT_EVENT \
	}
#define RING_PACED                     \
	{                              \
		MODE_BATCH, WAIT_PACED \
	}
#define PERFBUF                        \
	{                              \
		MODE_PERFBUF, WAIT_OWN \
	}

struct place {
	const char *question, *setting;
	struct live_combination combination;
};

/* How many times as fast is this as that. */
static const struct remark {
	const char *what;
	struct place this, that;
} remarks[] = {
	{ "the ring, as the perf buffer, both read by libbpf, in parallel",
		{ "parallel", "", RING_LIBBPF }, { "parallel", "", PERFBUF } },
	{ "the ring, as the perf buffer, both notified once in 500 events",
		{ "parallel-sampled", "", RING_LIBBPF }, { "parallel-sampled", "", PERFBUF } },
	{ "the ring waiting paced, as waiting for notifications (batch)",
		{ "parallel", "", RING_PACED }, { "parallel", "", RING_EVENT } },
	{ "the perf buffer notified once in 500 events, as for each",
		{ "parallel-sampled", "", PERFBUF }, { "parallel", "", PERFBUF } },
	{ "the ring notified once in 500, as where it has caught up (batch)",
		{ "parallel-sampled", "", RING_EVENT }, { "parallel", "", RING_EVENT } },
	{ "the ring back to back, as in parallel (libbpf-poll)",
		{ "back-to-back", "default", RING_LIBBPF }, { "parallel", "", RING_LIBBPF } },
	{ "the ring notified once in 500, as for each, back to back",
		{ "sample-rate", "500", RING_EVENT }, { "sample-rate", "1", RING_EVENT } },
	{ "the perf buffer notified once in 500, as for each, back to back",
		{ "sample-rate", "500", PERFBUF }, { "sample-rate", "1", PERFBUF } },
	{ "output, as reserve and submit, back to back (batch)",
		{ "write-back-to-back", "output", RING_EVENT },
		{ "write-back-to-back", "reserve", RING_EVENT } },
	{ "output, as reserve and submit, in parallel, sampled (batch)",
		{ "write-sampled", "output", RING_EVENT },
		{ "write-sampled", "reserve", RING_EVENT } },
	{ "two producers on a ring, as one (libbpf-poll)", { "producers", "2", RING_LIBBPF },
		{ "producers", "1", RING_LIBBPF } },
	{ "two producers with a perf buffer each, as one", { "producers", "2", PERFBUF },
		{ "producers", "1", PERFBUF } },
};

/* NULL: not measured, or nothing was consumed in some round. */
static const struct live_result *result_at(const struct preset *preset, const struct place *place)
{
	const struct preset_part *part = preset_find(preset, place->question, place->setting);
	const struct live_result *result = part ? preset_result(part, place->combination) : NULL;

	return result && result->ns_per_event.valid ? result : NULL;
}

static double published_ratio(const struct remark *remark)
{
	const struct preset_figure *this = preset_published_for(
		remark->this.question, remark->this.setting, remark->this.combination);
	const struct preset_figure *that = preset_published_for(
		remark->that.question, remark->that.setting, remark->that.combination);

	return this && that ? this->consumed / that->consumed : NAN;
}

/* Both have intervals, and these have nothing in common. */
static bool is_clear(const struct summary *a, const struct summary *b)
{
	return a->has_interval && b->has_interval &&
	       (a->interval.high < b->interval.low || b->interval.high < a->interval.low);
}

static void write_remark(FILE *out, const struct remark *remark, const struct live_result *this,
	const struct live_result *that)
{
	const double published = published_ratio(remark);
	char theirs[16] = "-";

	if (isfinite(published))
		snprintf(theirs, sizeof(theirs), "%.2fx", published);
	fprintf(out, "%8.2fx %8s  %s%s\n", that->ns_per_event.median / this->ns_per_event.median,
		theirs, remark->what,
		is_clear(&this->ns_per_event, &that->ns_per_event) ? "" : "; unclear");
}

void preset_write_words(FILE *out, const struct preset_report *report)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]); i++) {
		const struct remark *remark = &remarks[i];
		const struct live_result *this = result_at(report->preset, &remark->this);
		const struct live_result *that = result_at(report->preset, &remark->that);

		if (!this || !that)
			continue;
		if (!any)
			fprintf(out,
				"What the figures say: how many times as fast is ...\n%9s %8s\n",
				"here", "2020");
		any = true;
		write_remark(out, remark, this, that);
	}
	if (any)
		fputs("Unclear: the intervals of the two have something in common, or there were too few rounds.\n",
			out);
}
