/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kernel_ring.h"
#include "skipping.h"

static struct kernel the_kernel;

static int print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

/* Watches the descriptor of the present reader. */
static int watch(struct kernel *k)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };

	if (k->epoll_fd >= 0)
		close(k->epoll_fd);
	k->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return k->epoll_fd < 0 ? -1
			       : epoll_ctl(k->epoll_fd, EPOLL_CTL_ADD, ringview_fd(k->rv), &event);
}

int kernel_ring_open_with(struct kernel *k, uint64_t size, uint32_t map_flags)
{
	int err;

	*k = (struct kernel){ .size = size, .epoll_fd = -1 };
	libbpf_set_print(print_nothing);
	k->skeleton = ring_bpf__open();
	if (!k->skeleton)
		return -1;
	err = bpf_map__set_max_entries(k->skeleton->maps.ring, (__u32)k->size);
	if (!err && map_flags)
		err = bpf_map__set_map_flags(k->skeleton->maps.ring, map_flags);
	if (!err)
		err = ring_bpf__load(k->skeleton);
	if (err) {
		snprintf(k->unavailable, sizeof(k->unavailable),
			"the BPF program cannot be loaded: %s", strerror(-err));
		return 0;
	}
	if (ringview_open(&k->rv, bpf_map__fd(k->skeleton->maps.ring), NULL))
		return -1;
	return watch(k);
}

int kernel_ring_open_sized(struct kernel *k, uint64_t size)
{
	return kernel_ring_open_with(k, size, 0);
}

int kernel_ring_open(struct kernel *k)
{
	return kernel_ring_open_sized(k, (uint64_t)sysconf(_SC_PAGESIZE));
}

void kernel_ring_close(struct kernel *k)
{
	if (k->epoll_fd >= 0)
		close(k->epoll_fd);
	ringview_close(k->rv);
	ring_bpf__destroy(k->skeleton);
}

int kernel_open(void **state)
{
	*state = &the_kernel;
	return kernel_ring_open(&the_kernel);
}

int kernel_close(void **state)
{
	kernel_ring_close(*state);
	return 0;
}

void kernel_reopen_with(struct kernel *k, const struct ringview_options *options)
{
	ringview_close(k->rv);
	k->rv = NULL;
	assert_int_equal(ringview_open(&k->rv, bpf_map__fd(k->skeleton->maps.ring), options), 0);
	assert_int_equal(watch(k), 0);
}

struct kernel *available(void **state)
{
	struct kernel *k = *state;

	if (k->unavailable[0])
		skip_because("%s", k->unavailable);
	return k;
}

int run(struct kernel *k, uint32_t length, uint64_t flags, bool discard, int times)
{
	struct ring_bpf__bss *command = k->skeleton->bss;
	unsigned char packet[64] = { 0 };
	uint64_t done = command->number + command->failed, until = done + (uint64_t)times;

	command->length = length;
	command->flags = flags;
	command->discard = discard;
	while (done < until) {
		LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet,
			.data_size_in = sizeof(packet), .repeat = (int)(until - done));
		int err = bpf_prog_test_run_opts(
			bpf_program__fd(k->skeleton->progs.write_record), &options);

		done = command->number + command->failed;
		if (err && err != -EINTR && err != -EAGAIN)
			return err;
		if (command->unknown)
			return -EINVAL;
	}
	return 0;
}

void submit(struct kernel *k, uint32_t length, uint64_t flags)
{
	uint64_t failed = k->skeleton->bss->failed;

	assert_int_equal(run(k, length, flags, false, 1), 0);
	assert_int_equal(k->skeleton->bss->failed, failed);
}

void assert_record(struct kernel *k, uint64_t number, uint32_t length)
{
	struct ringview_record record = { NULL, 0 };

	assert_int_equal(ringview_peek(k->rv, &record), 1);
	assert_int_equal(record.length, length);
	assert_int_equal((uintptr_t)record.data % 8, 0);
	assert_payload(record.data, number, length);
}

void assert_no_record(struct kernel *k)
{
	struct ringview_record record;

	assert_int_equal(ringview_peek(k->rv, &record), 0);
}

bool notified(struct kernel *k, int timeout_ms)
{
	struct epoll_event event;

	return epoll_wait(k->epoll_fd, &event, 1, timeout_ms) == 1;
}

struct ringview_statistics statistics(const struct kernel *k)
{
	struct ringview_statistics counted;

	ringview_get_statistics(k->rv, &counted);
	return counted;
}
