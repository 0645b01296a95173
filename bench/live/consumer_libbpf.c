/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libbpf's own two loops: ring_buffer__poll(), and ring_buffer__consume() without end.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "live/consumer_event.h"

/* How late ring_buffer__poll() may find that it is to stop: it cannot be interrupted. */
#define LONGEST_POLL_MS 20

static int handle_sample(void *context, void *data, size_t length)
{
	return consumer_handle(context, data, length);
}

static int libbpf_engine_open(struct consumer *c)
{
	struct ring_buffer *rings = ring_buffer__new(c->source->map_fds[0], handle_sample, c, NULL);
	int err = rings ? 0 : -errno;

	for (uint32_t i = 1; i < c->source->rings && !err; i++)
		err = ring_buffer__add(rings, c->source->map_fds[i], handle_sample, c);
	if (err) {
		complain(&c->why, err, "libbpf cannot read the ring: %s", strerror(-err));
		ring_buffer__free(rings);
		return err;
	}
	c->state = rings;
	return 0;
}

static int libbpf_engine_read(struct consumer *c)
{
	int count;

	c->clock_left = 0;
	if (c->combination.wait == WAIT_LIBBPF_SPIN) {
		count = ring_buffer__consume(c->state);
	} else {
		c->sleeps++;
		count = ring_buffer__poll(c->state, LONGEST_POLL_MS);
		c->wakeups += count > 0;
	}
	return count < 0 && count != -EINTR ? count : 0;
}

static int libbpf_engine_finish(struct consumer *c)
{
	int count = ring_buffer__consume(c->state);

	return count < 0 ? count : 0;
}

static void libbpf_engine_interrupt(struct consumer *c)
{
	(void)c;
}

static void libbpf_engine_close(struct consumer *c)
{
	ring_buffer__free(c->state);
}

const struct consumer_engine libbpf_engine = {
	.open = libbpf_engine_open,
	.read = libbpf_engine_read,
	.finish = libbpf_engine_finish,
	.interrupt = libbpf_engine_interrupt,
	.close = libbpf_engine_close,
};
