/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The perf buffer of libbpf: perf_buffer__poll() over a buffer for each CPU, each as large as a
 * ring.
 *
 * Perf counts lost events in a record, which comes with the next event that fits, and, since Linux
 * 6.0, in a counter of each buffer. Both have to agree with the producers' accounts.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "readers/live_check.h"

struct perfbuf_state {
	struct perf_buffer *buffers;
	bool has_counters;
	int err; /* of an event: libbpf returns another errno */
};

/* PERF_RECORD_SAMPLE with PERF_SAMPLE_RAW only (perf_event_open(2)). The header has 16 bits for the
 * size of the record, which is a multiple of 8. */
struct sample {
	struct perf_event_header header;
	uint32_t length; /* with padding */
	unsigned char data[];
};

#define EVENT_MAX ((UINT16_MAX & ~7) - offsetof(struct sample, data))

/* Bytes of the record of an event. */
static uint32_t record_size(uint32_t event_size)
{
	return ((uint32_t)offsetof(struct sample, data) + event_size + 7) & ~UINT32_C(7);
}

/* PERF_RECORD_LOST. */
struct lost {
	struct perf_event_header header;
	uint64_t id;
	uint64_t lost;
};

/* The length that the producer wrote. The record has only its length with padding; returns that if
 * no event of the workload has it. */
static size_t length_of(const struct workload *workload, const struct sample *sample)
{
	uint32_t size;
	uint64_t id;

	if (sample->length < sizeof(struct live_event))
		return sample->length;
	memcpy(&id, sample->data, sizeof(id));
	size = workload_size(workload, id);
	return offsetof(struct sample, data) + sample->length == record_size(size) ? size
										   : sample->length;
}

static enum bpf_perf_event_ret handle_record(
	void *context, int cpu, struct perf_event_header *header)
{
	struct reading *r = context;
	struct perfbuf_state *s = r->state;
	const struct sample *sample = (const struct sample *)header;

	(void)cpu;
	if (header->type == PERF_RECORD_LOST)
		r->live->lost += ((const struct lost *)header)->lost;
	else if (header->type == PERF_RECORD_SAMPLE)
		s->err = on_event(WORK_LIVE, r, &r->found, sample->data,
			length_of(r->live->workload, sample));
	return s->err ? LIBBPF_PERF_EVENT_ERROR : LIBBPF_PERF_EVENT_CONT;
}

static int open_buffers(struct reading *r, bool has_counters)
{
	const size_t pages = r->rings->size / (size_t)sysconf(_SC_PAGESIZE);
	const struct workload *workload = r->live->workload;
	struct perfbuf_state *s = r->state;
	struct perf_event_attr attributes = {
		.size = sizeof(attributes),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.read_format = has_counters ? PERF_FORMAT_LOST : 0,
		.wakeup_events = 1,
	};

	if (workload->notify == NOTIFY_SAMPLED)
		attributes.wakeup_events = (uint32_t)workload->notify_events;
	/* After a number of bytes, at most as many as the buffer has: comes closest to never. */
	if (workload->notify == NOTIFY_NEVER) {
		attributes.watermark = 1;
		attributes.wakeup_watermark = UINT32_MAX;
	}
	s->has_counters = has_counters;
	s->buffers =
		perf_buffer__new_raw(r->rings->perf_fd, pages, &attributes, handle_record, r, NULL);
	return s->buffers ? 0 : -errno;
}

static int perfbuf_open(struct reading *r)
{
	int err = open_buffers(r, true);

	/* Linux before 6.0 has no counters. */
	if (err == -EINVAL)
		err = open_buffers(r, false);
	if (err == -EACCES)
		return complain(&r->why, err,
			"opening a perf buffer needs CAP_PERFMON, which this process lacks; run "
			"it with sudo, or leave perfbuf out of -mode");
	if (err == -EPERM || err == -ENOMEM)
		return complain(&r->why, err,
			"no memory for a perf buffer of %" PRIu64
			" KiB on each CPU: %s; raise the limits "
			"of locked memory (ulimit -l, kernel.perf_event_mlock_kb), give a smaller "
			"-ring-size, or leave perfbuf out of -mode",
			r->rings->size >> 10, strerror(-err));
	return err ? complain(&r->why, err, "libbpf cannot open a perf buffer: %s", strerror(-err))
		   : 0;
}

static void perfbuf_close(struct reading *r)
{
	const struct perfbuf_state *s = r->state;

	perf_buffer__free(s->buffers);
}

static int perfbuf_read(struct reading *r, int64_t timeout_ns)
{
	const struct perfbuf_state *s = r->state;
	int count = 0;

	r->live->clock_left = 0;
	if (timeout_ns > 0) {
		r->statistics.sleeps++;
		count = perf_buffer__poll(s->buffers, (int)(timeout_ns / 1000000));
		r->statistics.wakeups += count > 0;
	}
	/* perf_buffer__poll() reads only buffers that notified. */
	if (count == 0)
		count = perf_buffer__consume(s->buffers);
	return s->err ? s->err : count < 0 ? count : 0;
}

/* Compares what the records say was lost with the counters of all buffers. */
static int perfbuf_finish(struct reading *r)
{
	const struct perfbuf_state *s = r->state;
	struct live_check *c = r->live;
	struct {
		uint64_t value, lost;
	} counter;
	uint64_t lost = 0;

	if (!s->has_counters)
		return 0;
	for (size_t i = 0; i < perf_buffer__buffer_cnt(s->buffers); i++) {
		if (read(perf_buffer__buffer_fd(s->buffers, i), &counter, sizeof(counter)) !=
			sizeof(counter))
			return complain(&r->why, -errno,
				"cannot read the lost events of a perf buffer: %s",
				strerror(errno));
		lost += counter.lost;
	}
	if (c->lost > lost)
		return complain(&r->why, -EBADMSG,
			"perf's records say that %" PRIu64
			" events were lost, its counters %" PRIu64,
			c->lost, lost);
	c->lost = lost;
	c->lost_is_all = true;
	return 0;
}

static struct obstacle perfbuf_obstacle(const struct workload *workload)
{
	const uint32_t size = workload->mix ? workload->mix->largest : workload->event_size;
	/* Events that a buffer, which is never entirely full, has room for. */
	const uint64_t room = (workload->ring_size - 1) / record_size(size);

	if (workload->rings > 1)
		return (struct obstacle){ "has a buffer for each CPU, and no rings",
			"leave out -rings" };
	if (size > EVENT_MAX)
		return (struct obstacle){ "takes events of at most 65516 B",
			"give a smaller -event-size" };
	if (room < 1)
		return (struct obstacle){ "needs 16 B in addition to an event, and has no room "
					  "for both",
			"give a larger -ring-size" };
	if (room < workload->back_to_back)
		return (struct obstacle){ "has no room for the events of a turn",
			"give fewer -back-to-back, or a larger -ring-size" };
	return (struct obstacle){ 0 };
}

const struct reader perfbuf_reader = {
	.name = "perfbuf",
	.summary = "perf_buffer__poll of the system's libbpf; no ring buffer",
	.lives = true,
	.needs_kernel = true,
	.reads_perf = true,
	.state_size = sizeof(struct perfbuf_state),
	.obstacle = perfbuf_obstacle,
	.open = perfbuf_open,
	.read = perfbuf_read,
	.finish = perfbuf_finish,
	.close = perfbuf_close,
};
