/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which maps of the kernel can be opened, and why others are refused. Needs CAP_BPF.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/bpf_files.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/skipping.h"

#define TYPE_USER_RINGBUF ((enum bpf_map_type)31) /* Linux 6.1 */
#define FLAG_OVERWRITE (1u << 19)                 /* Linux 6.19 */

static uint32_t page_size(void)
{
	return (uint32_t)sysconf(_SC_PAGESIZE);
}

/* Creates a map, or skips the test if the kernel has no such map or permission is missing. */
static int make_map(enum bpf_map_type type, uint32_t key_size, uint32_t value_size,
	uint32_t entries, uint32_t flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = flags);
	int fd = bpf_map_create(type, "ringview_test", key_size, value_size, entries, &options);

	if (fd < 0)
		skip_because("the kernel makes no map of type %d with flags %#x: %s", type, flags,
			strerror(errno));
	return fd;
}

/* Returns whether the kernel's BTF has a constant of this name, and its value. */
static bool kernel_has(const char *name, uint32_t *value)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool found = false;

	for (uint32_t id = 1; btf && !found && id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		for (int i = 0; btf_is_enum(type) && !found && i < btf_vlen(type); i++) {
			const struct btf_enum *constant = &btf_enum(type)[i];

			found = !strcmp(btf__name_by_offset(btf, constant->name_off), name);
			*value = (uint32_t)constant->val;
		}
	}
	btf__free(btf);
	return found;
}

/* As make_map(), for maps that not all kernels have: if this kernel has the constant @name, @value
 * must equal it and the test is not skipped. */
static int make_newer_map(enum bpf_map_type type, uint32_t flags, const char *name, uint32_t value)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = flags);
	uint32_t known;
	int fd;

	if (!kernel_has(name, &known))
		return make_map(type, 0, 0, page_size(), flags);
	assert_int_equal(known, value);
	fd = bpf_map_create(type, "ringview_test", 0, 0, page_size(), &options);
	if (fd == -EPERM)
		skip_because("without CAP_BPF, the kernel makes no map");
	assert_true(fd >= 0);
	return fd;
}

static int make_ring(void)
{
	return make_map(BPF_MAP_TYPE_RINGBUF, 0, 0, page_size(), 0);
}

/* Asserts that opening @fd fails with @error, does not set the reader and leaks nothing. */
static void assert_refused(int fd, int error)
{
	struct ringview *const untouched = (struct ringview *)&fd;
	struct ringview *rv = untouched;
	int descriptors = open_descriptors(), mappings = mappings_of("bpf-map");

	assert_int_equal(ringview_open(&rv, fd, NULL), error);
	assert_ptr_equal(rv, untouched);
	assert_int_equal(open_descriptors(), descriptors);
	assert_int_equal(mappings_of("bpf-map"), mappings);
}

static void a_ring_is_opened(void **state)
{
	struct ringview_record record;
	struct ringview *rv;
	int fd = make_ring();

	(void)state;
	assert_int_equal(ringview_open(&rv, fd, NULL), 0);
	assert_int_equal(ringview_peek(rv, &record), 0);
	ringview_close(rv);
	close(fd);
}

static void a_reader_holds_one_descriptor_and_two_mappings(void **state)
{
	int fd = make_ring(), descriptors = open_descriptors(), mappings = mappings_of("bpf-map");
	struct ringview *rv;

	(void)state;
	assert_int_equal(ringview_open(&rv, fd, NULL), 0);
	assert_int_equal(open_descriptors(), descriptors + 1);
	assert_int_equal(mappings_of("bpf-map"), mappings + 2);
	assert_int_equal(ringview_wait(rv, 0), 0);
	assert_int_equal(open_descriptors(), descriptors + 1);
	/* Two more when it sleeps. */
	assert_int_equal(ringview_wait(rv, 1000000), 0);
	assert_int_equal(open_descriptors(), descriptors + 3);
	assert_true(ringview_fd(rv) >= 0);
	assert_int_equal(open_descriptors(), descriptors + 3);
	ringview_close(rv);
	assert_int_equal(open_descriptors(), descriptors);
	assert_int_equal(mappings_of("bpf-map"), mappings);
	close(fd);
}

static void the_callers_descriptor_may_be_closed_after_opening(void **state)
{
	struct ringview *rv;
	int fd = make_ring();

	(void)state;
	assert_int_equal(ringview_open(&rv, fd, NULL), 0);
	close(fd);
	assert_int_equal(fcntl(ringview_fd(rv), F_GETFD), FD_CLOEXEC);
	assert_int_equal(ringview_wait(rv, 1000000), 0);
	ringview_close(rv);
}

static void a_closed_descriptor_is_refused(void **state)
{
	int fd = make_ring();

	(void)state;
	close(fd);
	assert_refused(fd, -EBADF);
	assert_refused(-1, -EBADF);
}

static void a_descriptor_that_is_none_of_bpf_is_refused(void **state)
{
	int fd, ring = make_ring();

	(void)state;
	fd = eventfd(0, EFD_CLOEXEC);
	assert_refused(fd, -EINVAL);
	close(fd);
	close(ring);
}

static void an_array_is_refused(void **state)
{
	int fd = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, page_size(), 0);

	(void)state;
	assert_refused(fd, -EINVAL);
	close(fd);
}

/* Its pages have the same layout, but user space is the producer. */
static void a_user_ring_buffer_is_refused(void **state)
{
	int fd = make_newer_map(
		TYPE_USER_RINGBUF, 0, "BPF_MAP_TYPE_USER_RINGBUF", TYPE_USER_RINGBUF);

	(void)state;
	assert_refused(fd, -EINVAL);
	close(fd);
}

static int make_overwriting_map(void)
{
	return make_newer_map(
		BPF_MAP_TYPE_RINGBUF, FLAG_OVERWRITE, "BPF_F_RB_OVERWRITE", FLAG_OVERWRITE);
}

static void a_ring_that_overwrites_is_opened_and_shows_nothing_in_place(void **state)
{
	int fd = make_overwriting_map();
	struct ringview_record record;
	struct ringview *rv;
	char buffer[8];
	size_t length;

	(void)state;
	assert_int_equal(ringview_open(&rv, fd, NULL), 0);
	assert_int_equal(ringview_peek(rv, &record), -EOPNOTSUPP);
	assert_int_equal(ringview_read_into(rv, buffer, sizeof(buffer), &length), 0);
	ringview_close(rv);
	close(fd);
}

static void a_frozen_ring_that_overwrites_is_read_passively(void **state)
{
	int fd = make_overwriting_map();
	struct ringview *rv;

	(void)state;
	assert_int_equal(bpf_map_freeze(fd), 0);
	assert_int_equal(ringview_open(&rv, fd, NULL), 0);
	assert_int_equal(ringview_arm(rv), -EACCES);
	ringview_close(rv);
	close(fd);
}

/* The kernel decides whether a read-only descriptor can be mapped. */
static void a_ring_that_overwrites_is_read_passively_or_refused_by_a_read_only_descriptor(
	void **state)
{
	int fd = make_overwriting_map(), reading;
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, options, .open_flags = BPF_F_RDONLY);
	struct bpf_map_info info = { 0 };
	uint32_t length = sizeof(info);
	struct ringview *rv = NULL;
	void *page;

	(void)state;
	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &length), 0);
	reading = bpf_map_get_fd_by_id_opts(info.id, &options);
	assert_true(reading >= 0);
	page = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, reading, 0);
	assert_int_equal(ringview_open(&rv, reading, NULL), page == MAP_FAILED ? -EACCES : 0);
	print_message("a descriptor for reading only is %s\n", rv ? "mapped" : "not mapped");
	assert_int_equal(rv ? ringview_arm(rv) : -EACCES, -EACCES);
	ringview_close(rv);
	if (page != MAP_FAILED)
		munmap(page, page_size());
	close(reading);
	close(fd);
}

static void a_program_is_refused(void **state)
{
	const struct bpf_insn return_0[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "return_0", "Dual BSD/GPL", return_0,
		COUNT(return_0), NULL);

	(void)state;
	if (fd < 0) {
		skip_because("the kernel loads no program: %s", strerror(errno));
	}
	assert_refused(fd, -EINVAL);
	close(fd);
}

static void a_frozen_ring_is_refused(void **state)
{
	int fd = make_ring();

	(void)state;
	if (bpf_map_freeze(fd) < 0) {
		skip_because("the kernel freezes no ring: %s", strerror(errno));
	}
	assert_refused(fd, -EPERM);
	close(fd);
}

static void impossible_positions_are_refused(void **state)
{
	uint64_t *consumer;
	int fd = make_ring();

	(void)state;
	consumer = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(consumer, MAP_FAILED);
	*consumer = 8;
	assert_refused(fd, -EBADMSG);
	munmap(consumer, page_size());
	close(fd);
}

/* What SECURITY.md relies on: only the kernel writes the producer position, headers and
 * payloads. */
static void only_the_consumer_page_can_be_written(void **state)
{
	const size_t page = page_size();
	const int both = PROT_READ | PROT_WRITE;
	int fd = make_ring();
	void *pages;

	(void)state;
	pages = mmap(NULL, page, both, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(pages, MAP_FAILED);
	munmap(pages, page);
	for (size_t i = 1; i < 4; i++)
		assert_ptr_equal(
			mmap(NULL, page, both, MAP_SHARED, fd, (off_t)(i * page)), MAP_FAILED);
	assert_ptr_equal(mmap(NULL, 2 * page, both, MAP_SHARED, fd, 0), MAP_FAILED);
	/* Nor can they become writable later. */
	pages = mmap(NULL, 3 * page, PROT_READ, MAP_SHARED, fd, (off_t)page);
	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(mprotect(pages, 3 * page, both), -1);
	munmap(pages, 3 * page);
	close(fd);
}

static void larger_rings_are_opened(void **state)
{
	uint32_t size;

	(void)state;
	for (size = page_size(); size <= 1u << 20; size *= 4) {
		int fd = make_map(BPF_MAP_TYPE_RINGBUF, 0, 0, size, 0);
		struct ringview *rv;

		assert_int_equal(ringview_open(&rv, fd, NULL), 0);
		ringview_close(rv);
		close(fd);
	}
}

/* Pinned maps. */

/* Pins @fd, or skips the test. */
static void pin(int fd, char *path, size_t size)
{
	bpf_files_path(path, size, "open");
	assert_int_equal(bpf_obj_pin(fd, path), 0);
}

static void a_pinned_ring_is_opened(void **state)
{
	int fd = make_ring(), before, result;
	struct ringview *rv = NULL;
	char path[128];

	(void)state;
	pin(fd, path, sizeof(path));
	close(fd);
	before = open_descriptors();
	result = ringview_open_pinned(&rv, path, NULL);
	unlink(path);
	assert_int_equal(result, 0);
	assert_int_equal(open_descriptors(), before + 1);
	assert_int_equal(ringview_wait(rv, 0), 0);
	ringview_close(rv);
	assert_int_equal(open_descriptors(), before);
}

static void a_pinned_array_is_refused(void **state)
{
	int fd = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0), before = open_descriptors(), result;
	struct ringview *rv = NULL;
	char path[128];

	(void)state;
	pin(fd, path, sizeof(path));
	result = ringview_open_pinned(&rv, path, NULL);
	unlink(path);
	assert_int_equal(result, -EINVAL);
	assert_null(rv);
	assert_int_equal(open_descriptors(), before);
	close(fd);
}

static void a_path_at_which_nothing_is_pinned_is_refused(void **state)
{
	struct ringview *rv = NULL;
	char path[128];
	int fd = make_ring();

	(void)state;
	close(fd);
	bpf_files_path(path, sizeof(path), "nothing");
	assert_int_equal(ringview_open_pinned(&rv, path, NULL), -ENOENT);
	assert_null(rv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_is_opened),
		cmocka_unit_test(a_reader_holds_one_descriptor_and_two_mappings),
		cmocka_unit_test(the_callers_descriptor_may_be_closed_after_opening),
		cmocka_unit_test(a_closed_descriptor_is_refused),
		cmocka_unit_test(a_descriptor_that_is_none_of_bpf_is_refused),
		cmocka_unit_test(an_array_is_refused),
		cmocka_unit_test(a_user_ring_buffer_is_refused),
		cmocka_unit_test(a_ring_that_overwrites_is_opened_and_shows_nothing_in_place),
		cmocka_unit_test(a_frozen_ring_that_overwrites_is_read_passively),
		cmocka_unit_test(
			a_ring_that_overwrites_is_read_passively_or_refused_by_a_read_only_descriptor),
		cmocka_unit_test(a_program_is_refused),
		cmocka_unit_test(a_frozen_ring_is_refused),
		cmocka_unit_test(impossible_positions_are_refused),
		cmocka_unit_test(only_the_consumer_page_can_be_written),
		cmocka_unit_test(larger_rings_are_opened),
		cmocka_unit_test(a_pinned_ring_is_opened),
		cmocka_unit_test(a_pinned_array_is_refused),
		cmocka_unit_test(a_path_at_which_nothing_is_pinned_is_refused),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, bpf_files_teardown), COUNT(tests));
}
