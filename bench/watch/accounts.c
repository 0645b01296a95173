/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "rings/bpf_accounts.h"
#include "watch/accounts.h"

/* Of a larger map only these are read: accounts are meant as one a program or thread. */
#define ENTRIES_MAX 1024u

static bool map_info(int fd, struct bpf_map_info *info)
{
	uint32_t length = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return fd >= 0 && bpf_obj_get_info_by_fd(fd, info, &length) == 0;
}

/* Whether the values are of this type, whose layout is part of ringview.bpf.h. */
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

static void add_map(struct account_maps *maps, uint32_t id, const char *program)
{
	if (is_known(maps, id) || maps->count == ACCOUNT_MAPS_MAX)
		return;
	if (maps->count == 0)
		snprintf(maps->program, sizeof(maps->program), "%s", program);
	maps->ids[maps->count++] = id;
}

static void look_at_maps(
	struct account_maps *maps, const struct program_maps *of, const char *program)
{
	for (uint32_t i = 0; i < of->count; i++) {
		const int fd = bpf_map_get_fd_by_id(of->ids[i]);
		struct bpf_map_info info;

		if (map_info(fd, &info) && has_accounts(&info))
			add_map(maps, info.id, program);
		if (fd >= 0)
			close(fd);
	}
}

/* Whether the program counts there, and writes to another ring. */
static bool is_shared_by(
	const struct account_maps *maps, const struct program_maps *of, uint32_t ring_id)
{
	bool counts = false, writes = false;

	for (uint32_t i = 0; i < of->count; i++)
		counts |= is_known(maps, of->ids[i]);
	for (uint32_t i = 0; counts && !writes && i < of->count; i++) {
		const int fd = bpf_map_get_fd_by_id(of->ids[i]);
		struct bpf_map_info info;

		writes = map_info(fd, &info) && info.type == BPF_MAP_TYPE_RINGBUF &&
			 info.id != ring_id;
		if (fd >= 0)
			close(fd);
	}
	return writes;
}

void accounts_find(struct account_maps *maps, const struct holders *holders)
{
	struct program_maps of;
	uint32_t id = 0;

	*maps = (struct account_maps){ 0 };
	for (size_t i = 0; i < holders->program_count && i < HOLDERS_MAX; i++)
		if (program_maps_read(&of, holders->programs[i].id))
			look_at_maps(maps, &of, holders->programs[i].name);
	while (maps->count > 0 && !maps->shared && bpf_prog_get_next_id(id, &id) == 0)
		maps->shared =
			program_maps_read(&of, id) && is_shared_by(maps, &of, holders->map_id);
}

static bool add_up(uint32_t map_id, struct ring_accounts *accounts)
{
	const int fd = bpf_map_get_fd_by_id(map_id);
	struct ringview_account sum;
	struct bpf_map_info info;
	bool known = map_info(fd, &info);

	for (uint32_t i = 0; known && i < info.max_entries && i < ENTRIES_MAX; i++) {
		known = bpf_accounts_sum(fd, i, &sum) == 0;
		accounts->lost += sum.failed;
	}
	if (fd >= 0)
		close(fd);
	return known;
}

void accounts_read(const struct account_maps *maps, struct ring_accounts *accounts)
{
	*accounts = (struct ring_accounts){
		.known = maps->count > 0, .shared = maps->shared, .time_ns = monotonic_ns()
	};
	snprintf(accounts->program, sizeof(accounts->program), "%s", maps->program);
	for (size_t i = 0; i < maps->count && accounts->known; i++)
		accounts->known = add_up(maps->ids[i], accounts);
}
