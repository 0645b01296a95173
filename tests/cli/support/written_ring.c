/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ring.skel.h"
#include "written_ring.h"

void written_ring_open(struct written_ring *ring, uint64_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct bpf_map_info info = { 0 };
	struct bpf_program *program;
	uint32_t length = sizeof(info);
	void *pages;

	*ring = (struct written_ring){ .skeleton = ring_bpf__open(), .size = size };
	assert_non_null(ring->skeleton);
	assert_int_equal(bpf_map__set_max_entries(ring->skeleton->maps.ring, (uint32_t)size), 0);
	/* Only the program that is used holds the ring. */
	bpf_object__for_each_program(program, ring->skeleton->obj)
		bpf_program__set_autoload(program, program == ring->skeleton->progs.write_record);
	assert_int_equal(ring_bpf__load(ring->skeleton), 0);
	ring->fd = bpf_map__fd(ring->skeleton->maps.ring);
	assert_int_equal(bpf_obj_get_info_by_fd(ring->fd, &info, &length), 0);
	ring->id = info.id;
	pages = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	assert_ptr_not_equal(pages, MAP_FAILED);
	ring->consumer = pages;
	pages = mmap(NULL, page, PROT_READ, MAP_SHARED, ring->fd, (off_t)page);
	assert_ptr_not_equal(pages, MAP_FAILED);
	ring->producer = pages;
	/* A program that runs has a ring when it has mapped one (command.h): not by being forked.
	 */
	assert_int_equal(madvise(ring->consumer, page, MADV_DONTFORK), 0);
	assert_int_equal(madvise(pages, page, MADV_DONTFORK), 0);
	assert_int_equal(madvise(ring->skeleton->bss, page, MADV_DONTFORK), 0);
}

void written_ring_write(struct written_ring *ring, uint32_t length, int count, bool discard)
{
	struct ring_bpf__bss *command = ring->skeleton->bss;
	unsigned char packet[64] = { 0 };

	command->length = length;
	command->flags = BPF_RB_NO_WAKEUP;
	command->discard = discard;
	for (int i = 0; i < count; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet,
			.data_size_in = sizeof(packet), .repeat = 1);
		int err;

		do
			err = bpf_prog_test_run_opts(
				bpf_program__fd(ring->skeleton->progs.write_record), &options);
		while (err == -EINTR || err == -EAGAIN);
		assert_int_equal(err, 0);
	}
	assert_int_equal(command->unknown, 0);
}

void written_ring_freeze(struct written_ring *ring)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	/* A mapping that can be written keeps a map from being frozen. */
	munmap(ring->consumer, page);
	assert_int_equal(bpf_map_freeze(ring->fd), 0);
	assert_ptr_equal(mmap(ring->consumer, page, PROT_READ, MAP_SHARED | MAP_FIXED, ring->fd, 0),
		ring->consumer);
}

void written_ring_close(struct written_ring *ring)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (!ring->skeleton)
		return;
	munmap(ring->consumer, page);
	munmap((void *)(uintptr_t)ring->producer, page);
	ring_bpf__destroy(ring->skeleton);
	ring->skeleton = NULL;
}
