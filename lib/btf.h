/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads offsets of the kernel's structs from its BTF, /sys/kernel/btf/vmlinux.
 */
#ifndef RINGVIEW_BTF_H
#define RINGVIEW_BTF_H

#include <stddef.h>
#include <stdint.h>

/* Returns the offset in bytes of @member in struct @name, by the @size bytes of @btf; -ENOENT if
 * there is no such member; -EINVAL if it is not BTF, or has unknown kinds of types. */
int64_t btf_offset(const void *btf, size_t size, const char *name, const char *member);

/* Returns the bytes from producer_pos to overwrite_pos in this kernel's struct bpf_ringbuf;
 * -EOPNOTSUPP if BTF does not tell; or -ENOMEM. */
int64_t btf_overwrite_distance(void);

#endif
