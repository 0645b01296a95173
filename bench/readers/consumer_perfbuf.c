/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The perf buffer of libbpf: perf_buffer__poll(), over a buffer for each CPU, each as large as a
 * ring is.
 *
 * Perf itself counts what it had no room for: in a record, which comes with the next event that
 * fits, and, since Linux 6.0, in a counter of each buffer. The producers' accounts have to agree
 * with it.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "readers/consumer_event.h"
#include "rings/perfbuf.h"

/* How late perf_buffer__poll() may find that it is to stop, or that events are there of which
 * nobody notified: it cannot be interrupted. */
#define LONGEST_POLL_MS 20

struct perfbuf_engine_state {
	struct perf_buffer *buffers;
	bool has_counters;
	int err; /* of an event: libbpf would make it another */
};

/* What follows the header of a PERF_RECORD_SAMPLE here. */
struct sample {
	struct perf_event_header header;
	uint32_t length; /* with padding */
	unsigned char data[];
};

/* PERF_RECORD_LOST. */
struct lost {
	struct perf_event_header header;
	uint64_t id;
	uint64_t lost;
};

/* The length as its producer knew it: the record has only that with padding, which is returned
 * where it is not that of such an event. */
static size_t length_of(const struct consumer *c, const struct sample *sample)
{
	uint32_t size = c->workload->event_size;
	uint64_t id;

	if (sample->length < sizeof(struct live_event))
		return sample->length;
	memcpy(&id, sample->data, sizeof(id));
	if (size == 0)
		size = live_mixed_size(id);
	return sample->length == perfbuf_length(size) ? size : sample->length;
}

static enum bpf_perf_event_ret handle_record(
	void *context, int cpu, struct perf_event_header *header)
{
	struct consumer *c = context;
	struct perfbuf_engine_state *s = c->state;
	const struct sample *sample = (const struct sample *)header;

	(void)cpu;
	if (header->type == PERF_RECORD_LOST)
		c->lost += ((const struct lost *)header)->lost;
	else if (header->type == PERF_RECORD_SAMPLE)
		s->err = consumer_handle(c, sample->data, length_of(c, sample));
	return s->err ? LIBBPF_PERF_EVENT_ERROR : LIBBPF_PERF_EVENT_CONT;
}

/*
 * When perf notifies. It has two reasons: so many events were written since, which is 1 by default;
 * or so many bytes, which is half the buffer by default, and cannot be more than the whole: that is
 * as close to never as it gets.
 */
static void set_notify(struct perf_event_attr *attributes, const struct live_workload *workload)
{
	attributes->wakeup_events = 1;
	if (workload->notify == NOTIFY_SAMPLED)
		attributes->wakeup_events = (uint32_t)workload->notify_events;
	if (workload->notify == NOTIFY_NEVER) {
		attributes->watermark = 1;
		attributes->wakeup_watermark = UINT32_MAX;
	}
}

static int open_buffers(struct consumer *c, struct perfbuf_engine_state *s)
{
	const size_t pages = c->workload->ring_size / (size_t)sysconf(_SC_PAGESIZE);
	struct perf_event_attr attributes = {
		.size = sizeof(attributes),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.read_format = s->has_counters ? PERF_FORMAT_LOST : 0,
	};

	set_notify(&attributes, c->workload);
	s->buffers = perf_buffer__new_raw(
		c->source->perf_fd, pages, &attributes, handle_record, c, NULL);
	return s->buffers ? 0 : -errno;
}

static int explain_open(const struct consumer *c, int err, struct complaint *why)
{
	const unsigned long long size = c->workload->ring_size >> 10;

	if (err == -EACCES)
		return complain(why, err,
			"opening a perf buffer takes CAP_PERFMON, which this process lacks; run it "
			"with sudo, or leave perfbuf out of -mode");
	if (err == -EPERM || err == -ENOMEM)
		return complain(why, err,
			"no memory for a perf buffer of %llu KiB on each CPU: %s; raise the limits "
			"of locked memory (ulimit -l, kernel.perf_event_mlock_kb), give a smaller "
			"-ring-size, or leave perfbuf out of -mode",
			size, strerror(-err));
	return complain(why, err, "libbpf cannot open a perf buffer: %s", strerror(-err));
}

static void perfbuf_engine_close(struct consumer *c)
{
	struct perfbuf_engine_state *s = c->state;

	perf_buffer__free(s->buffers);
	free(s);
}

static int perfbuf_engine_open(struct consumer *c)
{
	struct perfbuf_engine_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return complain(&c->why, -ENOMEM, "out of memory");
	c->state = s;
	s->has_counters = true;
	err = open_buffers(c, s);
	/* Before Linux 6.0 they are not known. */
	if (err == -EINVAL) {
		s->has_counters = false;
		err = open_buffers(c, s);
	}
	if (err) {
		free(s);
		return explain_open(c, err, &c->why);
	}
	return 0;
}

static int perfbuf_engine_read(struct consumer *c)
{
	struct perfbuf_engine_state *s = c->state;
	int count;

	c->clock_left = 0;
	c->sleeps++;
	count = perf_buffer__poll(s->buffers, LONGEST_POLL_MS);
	c->wakeups += count > 0;
	/* poll reads only buffers that notified. */
	if (count == 0)
		count = perf_buffer__consume(s->buffers);
	if (s->err)
		return s->err;
	return count < 0 && count != -EINTR ? count : 0;
}

/* All that was lost in the buffers together, by their counters. */
static int read_counters(const struct perfbuf_engine_state *s, uint64_t *lost)
{
	struct {
		uint64_t value;
		uint64_t lost;
	} counter;

	*lost = 0;
	for (size_t i = 0; i < perf_buffer__buffer_cnt(s->buffers); i++) {
		if (read(perf_buffer__buffer_fd(s->buffers, i), &counter, sizeof(counter)) !=
			sizeof(counter))
			return -errno;
		*lost += counter.lost;
	}
	return 0;
}

static int perfbuf_engine_finish(struct consumer *c)
{
	struct perfbuf_engine_state *s = c->state;
	int err = perf_buffer__consume(s->buffers);
	uint64_t lost;

	if (s->err)
		return s->err;
	if (err < 0 || !s->has_counters)
		return err < 0 ? err : 0;
	err = read_counters(s, &lost);
	if (err)
		return complain(
			&c->why, err, "cannot read what a perf buffer lost: %s", strerror(-err));
	if (c->lost > lost)
		return complain(&c->why, -EBADMSG,
			"perf's records say that %" PRIu64
			" events were lost, its counters %" PRIu64,
			c->lost, lost);
	c->lost = lost;
	c->lost_is_all = true;
	return 0;
}

static void perfbuf_engine_interrupt(struct consumer *c)
{
	(void)c;
}

const struct consumer_engine perfbuf_engine = {
	.open = perfbuf_engine_open,
	.read = perfbuf_engine_read,
	.finish = perfbuf_engine_finish,
	.interrupt = perfbuf_engine_interrupt,
	.close = perfbuf_engine_close,
};
