/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <dlfcn.h>
#include <stdlib.h>

#include "consumer.h"
#include "support/skipping.h"

static struct consumer the_consumer;

int consumer_open(void **state)
{
	struct consumer *c = &the_consumer;

	memset(c, 0, sizeof(*c));
	*state = c;
	for (int i = 0; i < CONSUMER_RINGS; i++)
		c->rings[i].consumer = c;
	if (kernel_ring_open(&c->rings[0].kernel))
		return -1;
	c->rings[0].opened = true;
	if (c->rings[0].kernel.unavailable[0])
		return 0;
	c->rb = ring_buffer__new(map_fd_of(c, 0), consumer_see, &c->rings[0], NULL);
	return c->rb ? 0 : -1;
}

int consumer_close(void **state)
{
	struct consumer *c = *state;

	ring_buffer__free(c->rb);
	for (int i = 0; i < CONSUMER_RINGS; i++)
		if (c->rings[i].opened)
			kernel_ring_close(&c->rings[i].kernel);
	return 0;
}

struct consumer *consumer_of(void **state)
{
	struct consumer *c = *state;

	if (c->rings[0].kernel.unavailable[0])
		skip_because("%s", c->rings[0].kernel.unavailable);
	return c;
}

int consumer_see(void *context, void *data, size_t size)
{
	struct consumer_ring *ring = context;
	struct consumer *c = ring->consumer;
	/* Other threads look at it. */
	const size_t index = __atomic_fetch_add(&c->count, 1, __ATOMIC_RELAXED);

	assert_true(index < CONSUMER_RECORDS);
	c->seen[index] = (struct seen){ (int)(ring - c->rings), ring->next, size };
	assert_payload(data, ring->next++, (uint32_t)size);
	c->depth++;
	if (c->meanwhile)
		c->meanwhile(c);
	c->depth--;
	return c->stop_with != 0 && index + 1 == c->stop_after ? c->stop_with : 0;
}

void consumer_add(struct consumer *c, int last)
{
	for (int i = 1; i <= last; i++)
		assert_int_equal(
			ring_buffer__add(c->rb, map_fd_of(c, i), consumer_see, &c->rings[i]), 0);
}

/* Most tests need only one ring, and loading a program takes time. */
static struct kernel *kernel_of(struct consumer *c, int ring)
{
	struct consumer_ring *r = &c->rings[ring];

	if (!r->opened) {
		assert_int_equal(kernel_ring_open(&r->kernel), 0);
		r->opened = true;
	}
	return &r->kernel;
}

void produce(struct consumer *c, int ring, int times)
{
	struct kernel *kernel = kernel_of(c, ring);
	const uint64_t failed = kernel->skeleton->bss->failed;

	assert_int_equal(run(kernel, 8, 0, false, times), 0);
	assert_int_equal(kernel->skeleton->bss->failed, failed);
}

uint64_t *consumer_word(struct consumer *c, int ring)
{
	return kernel_of(c, ring)->rv->consumer;
}

int map_fd_of(struct consumer *c, int ring)
{
	return bpf_map__fd(kernel_of(c, ring)->skeleton->maps.ring);
}

static bool waits_as(const char *name)
{
	const char *wait = getenv("RINGVIEW_WAIT");

	return is_dropin() && wait && strcmp(wait, name) == 0;
}

bool looks_itself(void)
{
	return waits_as("paced") || waits_as("busy");
}

bool is_busy(void)
{
	return waits_as("busy");
}

bool is_dropin(void)
{
	Dl_info info;
	void *function = dlsym(RTLD_DEFAULT, "ring_buffer__new");

	return function && dladdr(function, &info) && strstr(info.dli_fname, "ringview") != NULL;
}

struct functions functions_of(void *handle)
{
	struct functions f;
	const struct {
		const char *name;
		void *function;
	} all[] = {
		{ "ring_buffer__new", &f.new },
		{ "ring_buffer__free", &f.free },
		{ "ring_buffer__add", &f.add },
		{ "ring_buffer__poll", &f.poll },
		{ "ring_buffer__consume", &f.consume },
		{ "ring_buffer__epoll_fd", &f.epoll_fd },
		{ "ring_buffer__consume_n", &f.consume_n },
		{ "ring_buffer__ring", &f.ring },
		{ "ring__consumer_pos", &f.consumer_pos },
		{ "ring__producer_pos", &f.producer_pos },
		{ "ring__avail_data_size", &f.avail_data_size },
		{ "ring__size", &f.size },
		{ "ring__map_fd", &f.map_fd },
		{ "ring__consume", &f.ring_consume },
		{ "ring__consume_n", &f.ring_consume_n },
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		void *function = dlsym(handle, all[i].name);

		memcpy(all[i].function, &function, sizeof(function));
	}
	return f;
}
