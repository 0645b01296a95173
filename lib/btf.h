/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says of its own structs, in BTF: /sys/kernel/btf/vmlinux.
 */
#ifndef RINGVIEW_BTF_H
#define RINGVIEW_BTF_H

#include <stddef.h>
#include <stdint.h>

/* The offset in bytes of @member in struct @name by the @size bytes of @btf; -ENOENT where there is
 * no such member, -EINVAL where they are no BTF or have kinds of types that are not known here. */
int64_t btf_offset(const void *btf, size_t size, const char *name, const char *member);

/* By how many bytes overwrite_pos comes after producer_pos in this kernel's struct bpf_ringbuf; or
 * -EOPNOTSUPP where that cannot be known, or -ENOMEM. */
int64_t btf_overwrite_distance(void);

#endif
