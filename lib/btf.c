/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The place of the overwrite position is not part of the kernel's interface, and changed between
 * the posted patch and the release. So it is taken from the running kernel's BTF.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "btf.h"

#define SIZE_MOST ((size_t)256 << 20) /* no kernel's BTF is larger */

struct sections {
	const unsigned char *types, *types_end;
	const char *strings;
	size_t strings_length; /* the last byte is 0 */
};

static int find_sections(struct sections *s, const unsigned char *bytes, size_t size)
{
	struct btf_header header;
	uint64_t types, strings;

	if (size < sizeof(header))
		return -EINVAL;
	memcpy(&header, bytes, sizeof(header));
	types = (uint64_t)header.hdr_len + header.type_off;
	strings = (uint64_t)header.hdr_len + header.str_off;
	if (header.magic != BTF_MAGIC || types + header.type_len > size ||
		strings + header.str_len > size || header.str_len == 0 ||
		bytes[strings + header.str_len - 1] != 0)
		return -EINVAL;
	s->types = bytes + types;
	s->types_end = s->types + header.type_len;
	s->strings = (const char *)bytes + strings;
	s->strings_length = header.str_len;
	return 0;
}

static int is_named(const struct sections *s, uint32_t offset, const char *name)
{
	return offset < s->strings_length && strcmp(s->strings + offset, name) == 0;
}

/* Bytes that follow a type, by its kind; -1 if the kind is unknown. Numbers, as older versions of
 * linux/btf.h lack some kinds. */
static int64_t bytes_after(uint32_t kind, uint32_t count)
{
	static const unsigned char fixed[20] = { [1] = 4, [3] = 12, [14] = 4, [17] = 4 };
	static const unsigned char each[20] = {
		[4] = 12, [5] = 12, [6] = 8, [13] = 8, [15] = 12, [19] = 12
	};

	return kind == 0 || kind >= sizeof(fixed) ? -1 : fixed[kind] + (int64_t)each[kind] * count;
}

/* The offset in bytes of the member @name among those at @at, which follow the struct @type. */
static int64_t find_member(const struct sections *s, const struct btf_type *type,
	const unsigned char *at, const char *name)
{
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++, at += sizeof(struct btf_member)) {
		struct btf_member member;
		uint32_t bits;

		memcpy(&member, at, sizeof(member));
		bits = BTF_INFO_KFLAG(type->info) ? BTF_MEMBER_BIT_OFFSET(member.offset)
						  : member.offset;
		if (is_named(s, member.name_off, name))
			return bits / 8;
	}
	return -ENOENT;
}

int64_t btf_offset(const void *btf, size_t size, const char *name, const char *member)
{
	const unsigned char *at;
	struct sections s;

	if (find_sections(&s, btf, size))
		return -EINVAL;
	at = s.types;
	while (s.types_end - at >= (ptrdiff_t)sizeof(struct btf_type)) {
		struct btf_type type;
		int64_t more;

		memcpy(&type, at, sizeof(type));
		at += sizeof(type);
		more = bytes_after(BTF_INFO_KIND(type.info), BTF_INFO_VLEN(type.info));
		if (more < 0 || more > s.types_end - at)
			return -EINVAL;
		if (BTF_INFO_KIND(type.info) == BTF_KIND_STRUCT &&
			is_named(&s, type.name_off, name))
			return find_member(&s, &type, at, member);
		at += more;
	}
	return -ENOENT;
}

/* Reads all of it; before Linux 6.16 the file cannot be mapped. */
static int read_whole(int fd, unsigned char **bytes, size_t *size)
{
	size_t room = (size_t)8 << 20;

	*size = 0;
	*bytes = malloc(room);
	while (*bytes) {
		const ssize_t count = read(fd, *bytes + *size, room - *size);
		unsigned char *grown;

		if (count <= 0)
			return count < 0 ? -EOPNOTSUPP : 0;
		*size += (size_t)count;
		if (*size < room)
			continue;
		if (room >= SIZE_MOST)
			return -EOPNOTSUPP;
		grown = realloc(*bytes, room *= 2);
		if (!grown)
			break;
		*bytes = grown;
	}
	return -ENOMEM;
}

int64_t btf_overwrite_distance(void)
{
	int64_t producer, overwrite;
	unsigned char *bytes = NULL;
	size_t size;
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -EOPNOTSUPP;
	err = read_whole(fd, &bytes, &size);
	close(fd);
	producer = err ? err : btf_offset(bytes, size, "bpf_ringbuf", "producer_pos");
	overwrite = err ? err : btf_offset(bytes, size, "bpf_ringbuf", "overwrite_pos");
	free(bytes);
	if (err)
		return err;
	return producer < 0 || overwrite < 0 ? -EOPNOTSUPP : overwrite - producer;
}
