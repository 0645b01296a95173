/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monotonic.h"
#include "watch/ring_list.h"

static int add(struct ring_list *list, const struct watched_ring *ring)
{
	struct ring_entry *entry, *grown;

	grown = realloc(list->entries, (list->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	list->entries = grown;
	entry = &grown[list->count++];
	*entry = (struct ring_entry){ .id = ring->id, .size = ring->access.size };
	memcpy(entry->name, ring->name, sizeof(entry->name));
	ring_sample(&entry->sample, &ring->access, monotonic_ns());
	return 0;
}

/* Those that are no rings, or gone meanwhile, are passed over. */
static int look_at(struct ring_list *list, uint32_t id, struct complaint *why)
{
	const struct ring_target target = { .id = id };
	struct watched_ring ring;
	int err = watched_ring_attach(&ring, &target, why);

	if (err == -ENOENT || err == -EMEDIUMTYPE)
		return 0;
	if (err)
		return err;
	err = add(list, &ring);
	watched_ring_detach(&ring);
	return err ? complain(why, err, "out of memory") : 0;
}

static int find_holders(struct ring_list *list, struct complaint *why)
{
	if (list->count == 0)
		return 0;
	list->holders = calloc(list->count, sizeof(*list->holders));
	if (!list->holders)
		return complain(why, -ENOMEM, "out of memory");
	for (size_t i = 0; i < list->count; i++)
		list->holders[i].map_id = list->entries[i].id;
	holders_find(list->holders, list->count);
	return 0;
}

int ring_list_read(struct ring_list *list, struct complaint *why)
{
	uint32_t id = 0;
	int err = 0, last;

	*list = (struct ring_list){ 0 };
	while (!err && (last = bpf_map_get_next_id(id, &id)) == 0)
		err = look_at(list, id, why);
	if (!err && last == -EPERM)
		err = complain(why, last,
			"listing the maps of the system takes CAP_SYS_ADMIN, which this process "
			"lacks; run it with sudo, or give -pinned PATH");
	else if (!err && last != -ENOENT)
		err = complain(why, last, "cannot list the maps: %s", strerror(-last));
	if (!err)
		err = find_holders(list, why);
	if (err)
		ring_list_free(list);
	return err;
}

void ring_list_free(struct ring_list *list)
{
	free(list->entries);
	free(list->holders);
	*list = (struct ring_list){ 0 };
}
