/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>

#include "rings/bpf_mix.h"

int bpf_mix_fill(const struct bpf_map *map, const struct mix *mix)
{
	uint32_t *keys, count;
	int err;

	if (!mix)
		return 0;
	count = mix->count;
	keys = malloc(count * sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		keys[i] = i;
	err = bpf_map_update_batch(bpf_map__fd(map), keys, mix->sizes, &count, NULL);
	free(keys);
	return err < 0 ? -errno : 0;
}
