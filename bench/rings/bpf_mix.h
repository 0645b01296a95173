/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mix as bpf/mix.bpf.h has it.
 */
#ifndef BENCH_BPF_MIX_H
#define BENCH_BPF_MIX_H

#include <bpf/libbpf.h>
#include <string.h>

#include "rings/mix.h"

/* Before loading, of either skeleton; @mix may be NULL. 0, or a negative errno. */
#define bpf_mix_set(skeleton, mix)                                                           \
	((mix) ? ((skeleton)->rodata->mix_count = (mix)->count,                              \
			 (skeleton)->rodata->mix_in_order = (mix)->in_order,                 \
			 (skeleton)->rodata->mix_largest = (mix)->largest,                   \
			 (skeleton)->rodata->mix_kind_count = (mix)->kind_count,             \
			 memcpy((void *)(skeleton)->rodata->mix_kinds, (mix)->kinds,         \
				 sizeof((mix)->kinds)),                                      \
			 bpf_map__set_max_entries((skeleton)->maps.mix_sizes, (mix)->count)) \
	       : 0)

/* After it. 0, or a negative errno. */
int bpf_mix_fill(const struct bpf_map *map, const struct mix *mix);

/* Bytes for an event of any size up to @largest that is made to be copied: sized_fill_any() writes
 * more than it has. */
static inline uint32_t bpf_mix_room(uint32_t largest)
{
	return (largest + 32 + 127) / 128 * 128;
}

#endif
