/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Offsets of struct members from BTF: of invented types and of the running kernel.
 */
#include <errno.h>
#include <linux/btf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "btf.h"

#define INFO(kind, count) ((uint32_t)(kind) << 24 | (count))

/* Names by their offset: 1 ring, 6 first, 12 second. */
static const char names[] = "\0ring\0first\0second";

/* One type of each kind that has trailing data, then the struct. */
static const uint32_t types[] = {
	0, INFO(1, 0), 4, 0,                     /* INT */
	0, INFO(2, 0), 1,                        /* PTR */
	0, INFO(3, 0), 0, 1, 1, 8,               /* ARRAY */
	1, INFO(5, 1), 8, 6, 1, 64,              /* UNION of the same name */
	0, INFO(6, 2), 4, 0, 0, 0, 1,            /* ENUM */
	1, INFO(7, 0), 0,                        /* FWD of the same name */
	0, INFO(13, 2), 1, 0, 1, 0, 1,           /* FUNC_PROTO */
	0, INFO(14, 0), 1, 0,                    /* VAR */
	0, INFO(15, 2), 0, 1, 0, 8, 1, 8, 8,     /* DATASEC */
	0, INFO(16, 0), 8,                       /* FLOAT */
	0, INFO(17, 0), 1, 0,                    /* DECL_TAG */
	0, INFO(18, 0), 1,                       /* TYPE_TAG */
	0, INFO(19, 1), 8, 0, 1, 1,              /* ENUM64 */
	1, INFO(4, 2), 24, 6, 1, 64, 12, 1, 128, /* STRUCT */
	1, INFO(4, 2), 24, 6, 1, 8, 12, 1,
	16, /* another one of the same name: the first one counts */
};

struct made {
	struct btf_header header;
	uint32_t types[sizeof(types) / sizeof(types[0])];
	char names[sizeof(names)];
};

#define SIZE (offsetof(struct made, names) + sizeof(names))

static struct made make(void)
{
	struct made made = {
		.header = {
			.magic = BTF_MAGIC,
			.version = 1,
			.hdr_len = sizeof(struct btf_header),
			.type_len = sizeof(types),
			.str_off = sizeof(types),
			.str_len = sizeof(names),
		},
	};

	memcpy(made.types, types, sizeof(types));
	memcpy(made.names, names, sizeof(names));
	return made;
}

static void a_member_is_found_behind_types_of_all_kinds(void **state)
{
	struct made made = make();

	(void)state;
	assert_int_equal(btf_offset(&made, SIZE, "ring", "first"), 8);
	assert_int_equal(btf_offset(&made, SIZE, "ring", "second"), 16);
	assert_int_equal(btf_offset(&made, SIZE, "ring", "third"), -ENOENT);
	assert_int_equal(btf_offset(&made, SIZE, "rings", "first"), -ENOENT);
}

static void an_offset_is_found_where_members_may_be_bit_fields(void **state)
{
	struct made made = make();
	const size_t at = sizeof(types) / 4 - 18;

	(void)state;
	assert_int_equal(made.types[at + 1], INFO(4, 2));
	made.types[at + 1] |= 1u << 31;
	made.types[at + 8] |= 7u << 24;
	assert_int_equal(btf_offset(&made, SIZE, "ring", "second"), 16);
}

static void what_is_not_whole_is_refused(void **state)
{
	const struct made whole = make();
	struct made made;

	(void)state;
	for (size_t size = 0; size < SIZE; size++) {
		/* On the heap, so that the sanitizer detects reads beyond its end. */
		void *part = malloc(size ? size : 1);

		assert_non_null(part);
		memcpy(part, &whole, size);
		assert_int_equal(btf_offset(part, size, "ring", "first"), -EINVAL);
		free(part);
	}
	for (uint32_t length = 0; length < sizeof(types) - 2 * 36; length += 4) {
		made = whole;
		made.header.type_len = length;
		assert_true(btf_offset(&made, SIZE, "ring", "first") < 0);
	}
	made = whole;
	made.names[sizeof(names) - 1] = 'x';
	assert_int_equal(btf_offset(&made, SIZE, "ring", "first"), -EINVAL);
	made = whole;
	made.header.magic++;
	assert_int_equal(btf_offset(&made, SIZE, "ring", "first"), -EINVAL);
	made = whole;
	made.types[1] = INFO(20, 0);
	assert_int_equal(btf_offset(&made, SIZE, "ring", "first"), -EINVAL);
}

/* struct bpf_ringbuf has had producer_pos since Linux 5.8, at the start of a page. */
static void the_kernel_tells_of_its_ring(void **state)
{
	FILE *file = fopen("/sys/kernel/btf/vmlinux", "rb");
	size_t size, room = (size_t)64 << 20;
	int64_t producer, overwrite, distance;
	unsigned char *bytes;

	(void)state;
	if (!file)
		skip();
	bytes = malloc(room);
	assert_non_null(bytes);
	size = fread(bytes, 1, room, file);
	fclose(file);
	producer = btf_offset(bytes, size, "bpf_ringbuf", "producer_pos");
	overwrite = btf_offset(bytes, size, "bpf_ringbuf", "overwrite_pos");
	free(bytes);
	assert_true(producer > 0);
	assert_int_equal(producer % 4096, 0);
	distance = btf_overwrite_distance();
	assert_int_equal(distance, overwrite < 0 ? -EOPNOTSUPP : overwrite - producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_is_found_behind_types_of_all_kinds),
		cmocka_unit_test(an_offset_is_found_where_members_may_be_bit_fields),
		cmocka_unit_test(what_is_not_whole_is_refused),
		cmocka_unit_test(the_kernel_tells_of_its_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
