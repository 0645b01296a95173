/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <string.h>

#include "base/monotonic.h"
#include "rings/source.h"
#include "watch/holders.h"

/* Of a larger map only these are read: there is one account for each program or thread. */
#define ENTRIES_MAX 1024u

static bool map_info_read(struct bpf_map_info *info, uint32_t id)
{
	__attribute__((cleanup(close_fd))) const int fd = bpf_map_get_fd_by_id(id);
	uint32_t length = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return fd >= 0 && bpf_obj_get_info_by_fd(fd, info, &length) == 0;
}

/* The layout of this type is part of ringview.bpf.h. */
static bool has_accounts(const struct bpf_map_info *info)
{
	const struct btf_type *type;
	struct btf *btf;
	bool found;

	if (info->type != BPF_MAP_TYPE_PERCPU_ARRAY || !info->btf_id || !info->btf_value_type_id ||
		info->value_size != sizeof(struct ringview_account))
		return false;
	btf = btf__load_from_kernel_by_id(info->btf_id);
	if (!btf)
		return false;
	type = btf__type_by_id(btf, info->btf_value_type_id);
	found = type && btf_is_struct(type) &&
		strcmp(btf__name_by_offset(btf, type->name_off), "ringview_account") == 0;
	btf__free(btf);
	return found;
}

static bool is_known(const struct account_maps *maps, uint32_t id)
{
	for (size_t i = 0; i < maps->count; i++)
		if (maps->ids[i] == id)
			return true;
	return false;
}

static void add_accounts_of(struct account_maps *maps, const struct program *program)
{
	for (uint32_t i = 0; i < program->map_count && maps->count < ACCOUNT_MAPS_MAX; i++) {
		struct bpf_map_info info;

		if (is_known(maps, program->maps[i]) || !map_info_read(&info, program->maps[i]) ||
			!has_accounts(&info))
			continue;
		if (maps->count == 0)
			memcpy(maps->program, program->name, sizeof(maps->program));
		maps->entries[maps->count] =
			info.max_entries < ENTRIES_MAX ? info.max_entries : ENTRIES_MAX;
		maps->ids[maps->count++] = info.id;
	}
}

/* Whether the program counts there, and writes to another ring. */
static bool is_shared_by(
	const struct account_maps *maps, const struct program *program, uint32_t ring_id)
{
	bool counts = false, writes = false;
	struct bpf_map_info info;

	for (uint32_t i = 0; i < program->map_count; i++)
		counts |= is_known(maps, program->maps[i]);
	for (uint32_t i = 0; counts && !writes && i < program->map_count; i++)
		writes = program->maps[i] != ring_id && map_info_read(&info, program->maps[i]) &&
			 info.type == BPF_MAP_TYPE_RINGBUF;
	return writes;
}

void accounts_find(struct account_maps *maps, const struct holders *holders)
{
	struct program program;
	uint32_t id = 0;

	*maps = (struct account_maps){ 0 };
	for (size_t i = 0; i < holders->program_count && i < HOLDERS_MAX; i++)
		if (program_read(&program, holders->programs[i].id))
			add_accounts_of(maps, &program);
	while (maps->count > 0 && !maps->shared && bpf_prog_get_next_id(id, &id) == 0)
		maps->shared =
			program_read(&program, id) && is_shared_by(maps, &program, holders->map_id);
}

static bool add_up(uint32_t map_id, uint32_t entries, uint64_t *lost)
{
	__attribute__((cleanup(close_fd))) const int fd = bpf_map_get_fd_by_id(map_id);
	struct ringview_account sum = { 0 };
	bool known = fd >= 0;

	for (uint32_t i = 0; known && i < entries; i++)
		known = bpf_accounts_add(fd, i, &sum) == 0;
	*lost += sum.failed;
	return known;
}

void accounts_read(const struct account_maps *maps, struct ring_accounts *accounts)
{
	*accounts = (struct ring_accounts){
		.known = maps->count > 0, .shared = maps->shared, .time_ns = monotonic_ns()
	};
	memcpy(accounts->program, maps->program, sizeof(accounts->program));
	for (size_t i = 0; i < maps->count && accounts->known; i++)
		accounts->known = add_up(maps->ids[i], maps->entries[i], &accounts->lost);
}
