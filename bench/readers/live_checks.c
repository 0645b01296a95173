/* SPDX-License-Identifier: BSD-2-Clause */
#include "readers/live_checks.h"
#include "rings/perfbuf.h"
#include "rings/plan.h"

/* Whether @events of @stride bytes are more than a buffer holds, which is never wholly full. */
static bool overflows(const struct live_workload *workload, uint64_t events, uint64_t stride)
{
	return events > (workload->ring_size - 1) / stride;
}

static struct live_obstacle perfbuf_obstacle(const struct live_workload *workload)
{
	const uint64_t largest = live_plan_of(workload).largest_stride - RECORD_HEADER;
	const uint32_t size = workload->event_size ? workload->event_size : (uint32_t)largest;

	if (size > PERFBUF_EVENT_MAX)
		return (struct live_obstacle){ "takes events of 65516 B at most",
			"give a smaller -event-size" };
	if (overflows(workload, 1, perfbuf_stride(size)))
		return (struct live_obstacle){
			"needs 16 B beside an event, and has no room for one",
			"give a larger -ring-size"
		};
	if (overflows(workload, workload->back_to_back, perfbuf_stride(size)))
		return (struct live_obstacle){ "has no room for the events of a turn",
			"give fewer -back-to-back, or a larger -ring-size" };
	return (struct live_obstacle){ 0 };
}

struct live_obstacle live_obstacle_of(const struct live_workload *workload, enum live_mode mode)
{
	const bool perfbuf = mode == MODE_PERFBUF;

	if (mode < MODE_DROPIN)
		return (struct live_obstacle){ 0 }; /* ringview's own take all there is */
	if (workload->source == SOURCE_MEMORY)
		return (struct live_obstacle){ perfbuf ? "reads only buffers of the kernel"
						       : "reads only rings of the kernel",
			"leave out -source memory" };
	if (!live_mode_waits_itself(mode))
		return (struct live_obstacle){ 0 };
	if (workload->rings > 1)
		return (struct live_obstacle){ perfbuf ? "has a buffer for each CPU, and no rings"
						       : "reads one ring",
			"leave out -rings" };
	if (perfbuf)
		return perfbuf_obstacle(workload);
	if (workload->back_to_back > 0)
		return (struct live_obstacle){ "reads in a process of its own",
			"leave out -back-to-back" };
	return (struct live_obstacle){ 0 };
}
