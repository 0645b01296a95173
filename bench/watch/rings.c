/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/monotonic.h"
#include "watch/rings.h"

/* Shortest times between two searches for holders, which read every descriptor of every process:
 * usually, and if there is a new ring. */
#define HOLDERS_NS INT64_C(10000000000)
#define HOLDERS_NEW_NS INT64_C(2000000000)

/* Shortest times between two attachments of all rings, some 50 us for each, and between two
 * readings of a ring's accounts. */
#define ATTACHED_NS INT64_C(1000000000)
#define ACCOUNTS_NS INT64_C(100000000)

/* Headers that a sample of a ring may read, and those of all rings together. They bound the cost of
 * watching, and suffice for 51,200 records a second at 100 samples. Unused ones of at most this many
 * samples are kept for bursts. */
#define HEADERS_MOST 512
#define HEADERS_OF_ALL 4096
#define HEADERS_LEAST 16
#define HEADERS_KEPT 16

/* How long to wait for new records of a ring that was overwritten since the last sample. */
#define GLANCE_NS 10000

static bool is_one(const struct rings_wanted *wanted)
{
	return wanted->target.id || wanted->target.path;
}

/* An attached ring takes a descriptor. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Adds the ring, unless its name is not wanted. If no single ring is chosen, skips maps that are no
 * rings, or gone. */
static int add(struct rings *rings, const struct ring_target *target, struct complaint *why)
{
	const struct rings_wanted *wanted = &rings->wanted;
	struct ring **grown = realloc(rings->items, (rings->count + 1) * sizeof(struct ring *));
	struct ring *ring = grown ? calloc(1, sizeof(*ring)) : NULL;
	int err;

	if (grown)
		rings->items = grown;
	if (!ring)
		return complain(why, -ENOMEM, "out of memory");
	err = watched_ring_attach(&ring->watched, target, why);
	if (!err && (!wanted->name || strcmp(wanted->name, ring->watched.name) == 0)) {
		ring->id = ring->holders.map_id = ring->watched.id;
		ring->size = ring->watched.access.size;
		ring->is_new = true;
		memcpy(ring->name, ring->watched.name, sizeof(ring->name));
		ring_model_begin(&ring->model, ring->size);
		rings->items[rings->count++] = ring;
		rings->holders_known = false;
		return 0;
	}
	watched_ring_detach(&ring->watched);
	free(ring);
	return is_one(wanted) || (err != -ENOENT && err != -EMEDIUMTYPE) ? err : 0;
}

/* Ids count up: new maps have ids above the last one. */
static int add_new(struct rings *rings, struct complaint *why)
{
	int err = 0, last;

	while (!err && (last = bpf_map_get_next_id(rings->last_id, &rings->last_id)) == 0) {
		const struct ring_target target = { .id = rings->last_id };

		err = add(rings, &target, why);
	}
	if (!err && last == -EPERM)
		return complain(why, last,
			"listing the maps of the system needs CAP_SYS_ADMIN; run it with sudo, or "
			"give -pinned PATH");
	if (!err && last != -ENOENT)
		return complain(why, last, "cannot list the maps: %s", strerror(-last));
	return err;
}

static int find_holders(struct rings *rings, struct complaint *why)
{
	const int64_t age = monotonic_ns() - rings->holders_ns;
	struct holders *all;

	if (rings->holders_ns && age < (rings->holders_known ? HOLDERS_NS : HOLDERS_NEW_NS))
		return 0;
	all = calloc(rings->count + 1, sizeof(*all));
	if (!all)
		return complain(why, -ENOMEM, "out of memory");
	for (size_t i = 0; i < rings->count; i++)
		all[i].map_id = rings->items[i]->id;
	holders_find(all, rings->count);
	for (size_t i = 0; i < rings->count; i++) {
		rings->items[i]->holders = all[i];
		rings->items[i]->is_unwanted =
			rings->wanted.pid && !holders_have(&all[i], rings->wanted.pid);
		accounts_find(&rings->items[i]->accounts, &all[i]);
	}
	free(all);
	rings->holders_known = true;
	rings->holders_ns = monotonic_ns();
	return 0;
}

static void read_accounts(struct ring *ring)
{
	struct ring_accounts accounts;

	if (monotonic_ns() - ring->model.accounts.time_ns < ACCOUNTS_NS)
		return;
	accounts_read(&ring->accounts, &accounts);
	ring_model_account(&ring->model, &accounts);
}

static int complain_process(uint32_t pid, struct complaint *why)
{
	if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
		return complain(why, -ENOENT, "there is no process %u", pid);
	return complain(why, -ENOENT, "process %u has no ring buffer open", pid);
}

int rings_open(struct rings *rings, const struct rings_wanted *wanted, struct complaint *why)
{
	size_t wanted_count = 0;
	int err;

	*rings = (struct rings){ .wanted = *wanted, .attached_ns = monotonic_ns() };
	raise_descriptor_limit();
	err = is_one(wanted) ? add(rings, &wanted->target, why) : add_new(rings, why);
	if (!err && wanted->name && rings->count == 0)
		err = complain(why, -ENOENT,
			"there is no ring buffer named %s; watch without -map lists them",
			wanted->name);
	/* From here on, the only ring of a name is watched by its id. */
	if (!err && wanted->name && rings->count == 1) {
		rings->wanted.target.id = rings->items[0]->id;
		rings->wanted.name = NULL;
	}
	if (!err)
		err = find_holders(rings, why);
	for (size_t i = 0; i < rings->count; i++) {
		read_accounts(rings->items[i]);
		wanted_count += !rings->items[i]->is_unwanted;
	}
	if (!err && wanted->pid && wanted_count == 0)
		err = complain_process(wanted->pid, why);
	return err;
}

/* Returns -ENOENT if the ring is gone. */
static int attach_again(const struct rings *rings, struct ring *ring, struct complaint *why)
{
	const char *path = rings->wanted.target.path;
	const struct ring_target target = { .id = ring->id, .path = path };
	int err;

	watched_ring_detach(&ring->watched);
	err = watched_ring_attach(&ring->watched, &target, why);
	if (!err && ring->watched.id != ring->id) {
		watched_ring_detach(&ring->watched);
		return complain(why, -ENOENT, "another map, %u, is pinned at %s now",
			ring->watched.id, path);
	}
	if (err == -ENOENT)
		complain(why, err,
			path ? "map %u is gone: nothing is pinned at %s any more"
			     : "map %u is gone: no program and no process holds it any more",
			ring->id, path);
	return err;
}

int rings_refresh(struct rings *rings, struct complaint *why)
{
	const bool one = is_one(&rings->wanted);
	size_t kept = 0, wanted_count = 0;
	int err = 0;

	if (monotonic_ns() - rings->attached_ns < ATTACHED_NS)
		return 0;
	rings->attached_ns = monotonic_ns();
	for (size_t i = 0; i < rings->count; i++) {
		const int gone = attach_again(rings, rings->items[i], why);

		if (gone && !one) {
			free(rings->items[i]);
			continue;
		}
		err = gone;
		rings->items[kept++] = rings->items[i];
	}
	rings->count = kept;
	if (!err && !one)
		err = add_new(rings, why);
	if (!err)
		err = find_holders(rings, why);
	for (size_t i = 0; i < rings->count; i++)
		wanted_count += !rings->items[i]->is_unwanted;
	if (!err && rings->wanted.pid && wanted_count == 0)
		err = complain_process(rings->wanted.pid, why);
	return err;
}

/* Headers that a sample of each ring may read. */
static uint64_t headers_of_each(const struct rings *rings)
{
	const uint64_t share = rings->count ? HEADERS_OF_ALL / rings->count : HEADERS_OF_ALL;

	return share > HEADERS_MOST ? HEADERS_MOST : share < HEADERS_LEAST ? HEADERS_LEAST : share;
}

/* If producers have overwritten the whole ring since the last sample, no header of those records is
 * left. Waits for the next records. */
static void glance(struct ring *ring, const struct ring_passing *passing)
{
	const struct ring_access *access = &ring->watched.access;
	const int64_t end = monotonic_ns() + GLANCE_NS;
	uint64_t producer;

	do {
		/* Each load takes the producers' cache line away from them. */
		const int64_t next = monotonic_ns() + 1000;

		while (monotonic_ns() < next)
			;
		producer = ring_load_producer(access);
	} while (monotonic_ns() < end && producer - ring->model.at < ring->size / 4);
	ring_model_walk(&ring->model, producer, access, passing);
}

static void sample(struct rings *rings, size_t i, struct ring_passing *passing)
{
	struct ring *ring = rings->items[i];
	const struct ring_access *access = &ring->watched.access;
	const uint64_t before = ring->model.passed.records, more = headers_of_each(rings);
	struct ring_sample sample;
	uint64_t read;

	ring->headers += more;
	if (ring->headers > HEADERS_KEPT * more)
		ring->headers = HEADERS_KEPT * more;
	passing->most = passing->visit ? 0 : ring->headers;
	ring_sample(&sample, access, monotonic_ns());
	if (ring_model_add(&ring->model, &sample, access, passing) &&
		rings->turn % rings->count == i)
		glance(ring, passing);
	read = ring->model.passed.records - before;
	ring->headers -= read < ring->headers ? read : ring->headers;
}

void rings_sample(struct rings *rings,
	void (*visit)(void *context, const struct ring_record *record), void *context)
{
	struct ring_passing passing = { .visit = visit, .context = context };

	rings->turn++;
	for (size_t i = 0; i < rings->count; i++)
		if (rings->items[i]->watched.fd >= 0 && !rings->items[i]->is_unwanted)
			sample(rings, i, &passing);
}

void rings_conclude(struct rings *rings)
{
	for (size_t i = 0; i < rings->count; i++) {
		struct ring *ring = rings->items[i];
		struct ring_model *model = &ring->model;
		struct ring_waiting waiting;

		ring->is_new = !model->begun || model->last.time_ns == model->first.time_ns;
		if (ring->is_new || ring->watched.fd < 0)
			continue;
		read_accounts(ring);
		waiting = ring_count_waiting(
			&ring->watched.access, &model->last, headers_of_each(rings));
		ring_model_figures(model, &waiting, holders_state(&ring->holders), &ring->figures);
	}
}

void rings_close(struct rings *rings)
{
	for (size_t i = 0; i < rings->count; i++) {
		watched_ring_detach(&rings->items[i]->watched);
		free(rings->items[i]);
	}
	free(rings->items);
	*rings = (struct rings){ 0 };
}

int rings_print_names(FILE *out, struct complaint *why)
{
	struct rings rings = { 0 };
	const int err = add_new(&rings, why);

	for (size_t i = 0; i < rings.count && !err; i++)
		fprintf(out, "%u\n%s\n", rings.items[i]->id, rings.items[i]->name);
	rings_close(&rings);
	return err;
}
