/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "watch/holders.h"
#include "watch/watched_ring.h"

/* BPF_F_RB_OVERWRITE of Linux 6.19, which older headers lack. */
#define MAP_FLAG_OVERWRITE (1u << 19)

/* The kernel maps every page at once, 256 KiB in some us. Rings up to WHOLE_SIZE are mapped whole,
 * others in parts. */
#define WINDOW_SIZE ((size_t)256 << 10)
#define WHOLE_SIZE ((size_t)1 << 20)

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* For reading and writing, though nothing is written: the kernel does not map a ring that was opened
 * with BPF_F_RDONLY (-EINVAL, Linux 5.8 to 6.18). */
static int open_target(const struct ring_target *target)
{
	const int fd = target->path ? bpf_obj_get(target->path) : bpf_map_get_fd_by_id(target->id);

	return fd < 0 ? -errno : fd;
}

static int explain_path(const char *path, int err, struct complaint *why)
{
	struct statfs status;

	if (err == -ENOENT)
		return complain(why, err, "nothing is pinned at %s", path);
	if (statfs(path, &status) == 0 && status.f_type != BPF_FS_MAGIC)
		return complain(why, err,
			"%s is not in a bpf file system; rings are pinned below /sys/fs/bpf", path);
	if (err == -EACCES)
		return complain(why, err,
			"cannot open %s: it needs read and write permission, as the kernel does not "
			"map a ring that is open read-only; run it with sudo",
			path);
	return complain(why, err, "cannot open %s: %s", path, strerror(-err));
}

static int explain(const struct ring_target *target, int err, struct complaint *why)
{
	if (target->path)
		return explain_path(target->path, err, why);
	if (err == -ENOENT)
		return complain(why, err,
			"there is no map with id %u; watch without -map lists the ring buffers",
			target->id);
	if (err == -EPERM)
		return complain(why, err,
			"opening a map by its id needs CAP_SYS_ADMIN; run it with sudo, or give "
			"-pinned PATH");
	return complain(why, err, "cannot open map %u: %s", target->id, strerror(-err));
}

/* Programs and links can be pinned too, and answer the same calls. */
static bool is_map(int fd)
{
	static const char wanted[] = "anon_inode:bpf-map";
	char name[64], link[sizeof(wanted)] = "";

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	/* Unknown without /proc. */
	return readlink(name, link, sizeof(link) - 1) < 0 || strcmp(link, wanted) == 0;
}

int watched_ring_check(const struct bpf_map_info *info, struct complaint *why)
{
	const char *kind;

	if (info->type == BPF_MAP_TYPE_RINGBUF)
		return 0;
	kind = libbpf_bpf_map_type_str((enum bpf_map_type)info->type);
	return complain(why, -EMEDIUMTYPE,
		"map %u (%.16s) is of type %s, not ringbuf; watch without -map lists the ring "
		"buffers",
		info->id, info->name, kind ? kind : "unknown");
}

/* Bytes from the kernel's producer position to its overwrite position, which is not part of its
 * interface; 0: unknown. */
static uint32_t find_overwrite_distance(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const int32_t id =
		btf ? btf__find_by_name_kind(btf, "bpf_ringbuf", BTF_KIND_STRUCT) : -ENOENT;
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, (uint32_t)id);
	uint32_t producer = 0, overwrite = 0;

	for (uint32_t i = 0; type && i < btf_vlen(type); i++) {
		const char *name = btf__name_by_offset(btf, btf_members(type)[i].name_off);

		if (strcmp(name, "producer_pos") == 0)
			producer = btf_member_bit_offset(type, i) / 8;
		if (strcmp(name, "overwrite_pos") == 0)
			overwrite = btf_member_bit_offset(type, i) / 8;
	}
	btf__free(btf);
	return producer > 0 && overwrite > producer && overwrite - producer < page_size()
		       ? overwrite - producer
		       : 0;
}

static int identify(struct watched_ring *ring, bool by_path, struct complaint *why)
{
	struct bpf_map_info info = { 0 };
	uint32_t length = sizeof(info);
	int err;

	if (by_path && !is_map(ring->fd))
		return complain(why, -EMEDIUMTYPE, "the pinned object is not a map");
	if (bpf_obj_get_info_by_fd(ring->fd, &info, &length) < 0)
		return complain(why, -errno, "cannot read the id of the map: %s", strerror(errno));
	err = watched_ring_check(&info, why);
	if (err)
		return err;
	if (info.map_flags & MAP_FLAG_OVERWRITE) {
		static uint32_t distance; /* a constant of this kernel; 0: not yet found */

		if (distance == 0)
			distance = find_overwrite_distance();
		ring->overwrite_at = distance;
		if (distance == 0)
			return complain(why, -EMEDIUMTYPE,
				"map %u (%.16s) overwrites its oldest records "
				"(BPF_F_RB_OVERWRITE), and /sys/kernel/btf/vmlinux does not have its "
				"overwrite position",
				info.id, info.name);
	}
	ring->id = info.id;
	ring->access.size = info.max_entries;
	watch_name_set(ring->name, info.name);
	return 0;
}

static bool is_within(const struct ring_window_pages *w, uint64_t offset, size_t length)
{
	return w->pages && offset >= w->offset && offset + length <= w->offset + w->size;
}

static void unmap_window(struct ring_window_pages *w)
{
	if (w->pages)
		munmap(w->pages, w->size);
	w->pages = NULL;
}

/* Maps this part and what follows, in place of the part that was not used last. Read-only: the
 * kernel also refuses to make the mapping writable later. */
static struct ring_window_pages *map_window(
	struct watched_ring *ring, uint64_t offset, size_t length)
{
	struct ring_window_pages *w = &ring->windows[!ring->used];
	const size_t page = page_size();
	const uint64_t end = 2 * ring->access.size;
	const bool whole = ring->access.size <= WHOLE_SIZE;
	const uint64_t start = whole ? 0 : offset / page * page;

	unmap_window(w);
	w->offset = start;
	w->size = (offset + length - start + page - 1) / page * page;
	if (w->size < WINDOW_SIZE)
		w->size = WINDOW_SIZE;
	if (whole || w->size > end - start)
		w->size = end - start;
	/* The data is mapped twice in a row, behind the two pages of positions. */
	w->pages = mmap(NULL, w->size, PROT_READ, MAP_SHARED, ring->fd, (off_t)(2 * page + start));
	if (w->pages == MAP_FAILED)
		w->pages = NULL;
	return w->pages ? w : NULL;
}

static const unsigned char *data_of(void *context, uint64_t offset, size_t length)
{
	struct watched_ring *ring = context;
	struct ring_window_pages *w = NULL;

	for (size_t i = 0; i < 2 && !w; i++)
		if (is_within(&ring->windows[i], offset, length))
			w = &ring->windows[i];
	if (!w)
		w = map_window(ring, offset, length);
	if (!w)
		return NULL;
	ring->used = (size_t)(w - ring->windows);
	return (const unsigned char *)w->pages + (offset - w->offset);
}

static int map_positions(struct watched_ring *ring, struct complaint *why)
{
	const size_t page = page_size();
	void *pages = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, ring->fd, 0);

	if (pages == MAP_FAILED)
		return complain(why, -errno, "cannot map the ring: %s", strerror(errno));
	ring->positions = pages;
	ring->access.consumer = pages;
	ring->access.producer = (const uint64_t *)((const char *)pages + page);
	if (ring->overwrite_at)
		ring->access.overwrite =
			(const uint64_t *)((const char *)pages + page + ring->overwrite_at);
	ring->access.data = data_of;
	ring->access.context = ring;
	return 0;
}

int watched_ring_attach(
	struct watched_ring *ring, const struct ring_target *target, struct complaint *why)
{
	int err;

	*ring = (struct watched_ring){ .fd = -1 };
	ring->fd = open_target(target);
	if (ring->fd < 0)
		return explain(target, ring->fd, why);
	err = identify(ring, target->path, why);
	if (!err)
		err = map_positions(ring, why);
	if (err)
		watched_ring_detach(ring);
	return err;
}

void watched_ring_detach(struct watched_ring *ring)
{
	unmap_window(&ring->windows[0]);
	unmap_window(&ring->windows[1]);
	if (ring->positions)
		munmap(ring->positions, 2 * page_size());
	if (ring->fd >= 0)
		close(ring->fd);
	ring->positions = NULL;
	ring->fd = -1;
}
