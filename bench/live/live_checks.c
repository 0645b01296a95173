/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "commandline/parse.h"
#include "common_settings.h"
#include "live/live_checks.h"
#include "live/perfbuf.h"
#include "live/plan.h"

#define S INT64_C(1000000000)

static int check_notify(const struct live_workload *workload, struct complaint *why)
{
	const uint64_t room = workload->ring_size - 1;
	char size[FORMAT_SIZE];

	if (workload->notify != NOTIFY_SAMPLED)
		return 0;
	/* First without the product, which may overflow. */
	if (workload->notify_events <= room && live_plan_of(workload).notify_bytes <= room)
		return 0;
	return complain(why, -EINVAL,
		"-notify: a ring of %s is full before %" PRIu64
		" events wait in it, so nobody would ever be notified; give fewer, or a larger "
		"-ring-size",
		format_size(workload->ring_size, size, sizeof(size)), workload->notify_events);
}

int live_check_ring(const struct live_workload *workload, struct complaint *why)
{
	int err = check_ring_size(workload->ring_size, "1MiB", why);

	/* Mixed ones, of size 0 here, fit into any. */
	if (!err)
		err = check_ring_holds(workload->ring_size, workload->event_size, why);
	return err ? err : check_notify(workload, why);
}

int live_check_producers(const struct live_workload *workload, struct complaint *why)
{
	const double seconds = (double)workload->duration_ns / (double)S;
	char duration[FORMAT_SIZE];

	if (workload->producer == PRODUCER_SYSCALL && workload->source == SOURCE_MEMORY)
		return complain(why, -EINVAL,
			"-producer: syscall runs a BPF program; leave it out, or leave out -source "
			"memory");
	if (workload->write == LIVE_OUTPUT && workload->source == SOURCE_MEMORY)
		return complain(why, -EINVAL,
			"-write: output is what BPF programs can do; leave it out, or leave out "
			"-source memory");
	if (workload->write == LIVE_OUTPUT && workload->discard > 0)
		return complain(why, -EINVAL,
			"-discard: what -write output has written cannot be taken back; leave out "
			"one of them");
	if (workload->discard >= 1)
		return complain(why, -EINVAL,
			"-discard: 100%% leaves no event to read; give for example -discard 1%%");
	if (workload->rate != PARSE_RATE_MAX && (double)workload->rate * seconds < 1)
		return complain(why, -EINVAL,
			"-rate: %" PRIu64 " a second is not one event in %s; give a larger one, or "
			"a longer -duration",
			workload->rate,
			format_duration(workload->duration_ns, duration, sizeof(duration)));
	return 0;
}

/* Whether @events of @stride bytes are more than a buffer holds, which is never wholly full. */
static bool overflows(const struct live_workload *workload, uint64_t events, uint64_t stride)
{
	return events > (workload->ring_size - 1) / stride;
}

int live_check_back_to_back(const struct live_workload *workload, struct complaint *why)
{
	const uint64_t events = workload->back_to_back;
	char size[FORMAT_SIZE];

	if (events == 0)
		return 0;
	if (workload->producers > 1)
		return complain(why, -EINVAL,
			"-back-to-back: the consumer makes the events itself, as the only "
			"producer; leave out -producers");
	if (workload->rate != PARSE_RATE_MAX)
		return complain(why, -EINVAL,
			"-back-to-back: events are made when those before them are read, not at a "
			"rate; leave out -rate");
	if (workload->same_cpu)
		return complain(why, -EINVAL,
			"-same-cpu: -back-to-back has but one thread; leave out -same-cpu");
	if (workload->notify == NOTIFY_SAMPLED && workload->notify_events > events)
		return complain(why, -EINVAL,
			"-notify: of the %" PRIu64 " events of a turn none would notify; give "
			"-notify sampled:%" PRIu64 ", or fewer",
			events, events);
	if (overflows(workload, events, live_plan_of(workload).largest_stride))
		return complain(why, -EINVAL,
			"-back-to-back: a ring of %s does not hold %" PRIu64
			" events, so the others of each turn would be lost; give fewer, or a "
			"larger -ring-size",
			format_size(workload->ring_size, size, sizeof(size)), events);
	return 0;
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
