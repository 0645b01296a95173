/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening and closing: which maps can be read, and the mappings of their pages.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "btf.h"
#include "clock.h"
#include "reader.h"
#include "sized.h"

/* include/uapi/linux/bpf.h of Linux 6.19; the headers that we are built with may be older. */
#define MAP_FLAG_OVERWRITE (1u << 19)

#define TRANSLATED_BYTES 1048576

static int bpf_call(enum bpf_cmd command, union bpf_attr *attributes)
{
	long result = syscall(__NR_bpf, command, attributes, sizeof(*attributes));

	return result < 0 ? -errno : (int)result;
}

static bool is_ring_size(uint64_t size, size_t page_size)
{
	return size >= page_size && size <= RING_SIZE_MAX && (size & (size - 1)) == 0;
}

struct ring_facts {
	size_t size;
	size_t overwrite_at; /* in the producer page; 0 for a ring that does not overwrite */
};

/* Finds the overwrite position, whose place only the kernel's BTF tells. */
static int find_overwrite_position(size_t page_size, size_t *at)
{
	const int64_t distance = btf_overwrite_distance();

	if (distance == -ENOMEM)
		return -ENOMEM;
	if (distance <= 0 || (uint64_t)distance > page_size - sizeof(uint64_t) || distance % 8 != 0)
		return -EOPNOTSUPP;
	*at = (size_t)distance;
	return 0;
}

/* Fills @facts about the ring behind @map_fd. Returns 0, or a negative errno if it cannot be read.
 */
static int ring_facts(int map_fd, size_t page_size, struct ring_facts *facts)
{
	struct bpf_map_info info;
	union bpf_attr attributes;
	int err;

	/* Programs and links answer this call too. If their info happens to look like a ring's,
	 * mmap() still fails. */
	memset(&info, 0, sizeof(info));
	memset(&attributes, 0, sizeof(attributes));
	attributes.info.bpf_fd = (uint32_t)map_fd;
	attributes.info.info_len = sizeof(info);
	attributes.info.info = (uintptr_t)&info;
	err = bpf_call(BPF_OBJ_GET_INFO_BY_FD, &attributes);
	if (err)
		return err == -EBADFD ? -EBADF : err; /* this command returns EBADFD for EBADF */
	if (info.type != BPF_MAP_TYPE_RINGBUF)
		return -EINVAL;
	if (!is_ring_size(info.max_entries, page_size))
		return -EINVAL;
	facts->size = info.max_entries;
	if (info.map_flags & MAP_FLAG_OVERWRITE)
		return find_overwrite_position(page_size, &facts->overwrite_at);
	return 0;
}

#if defined(__x86_64__)
#define STORES_IN_ORDER true /* TSO */
#else
#define STORES_IN_ORDER false
#endif

static struct reader *reader_new(void)
{
	struct reader *r = aligned_alloc(64, (sizeof(*r) + 63) / 64 * 64);

	if (!r)
		return NULL;
	memset(r, 0, sizeof(*r));
	r->no_consumer = 1;
	r->in_order = STORES_IN_ORDER;
	r->map_fd = r->waiter.interrupt_fd = r->waiter.epoll_fd = -1;
	r->waiter.readers = &r->itself;
	return r;
}

/* As bpf_ringbuf_alloc() lays it out and ringbuf_map_mmap_kern() allows: one page with the consumer
 * position, read-write; one with the producer position, then the data twice, read-only. */
static int map_ring(struct reader *r, const struct ring_facts *facts)
{
	size_t page = r->page_size, size = facts->size;
	void *pages;

	pages = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, r->map_fd, 0);
	if (pages != MAP_FAILED)
		r->ring_consumer = r->consumer_page = pages;
	else if (facts->overwrite_at == 0 || (errno != EACCES && errno != EPERM))
		return -errno;
	/* Producers of a ring that overwrites wait for no reader: the consumer position need not be
	 * writable. */
	pages = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, r->map_fd, (off_t)page);
	if (pages == MAP_FAILED)
		/* Linux 6.18 does not map a read-only descriptor. */
		return errno == EINVAL && !r->consumer_page ? -EACCES : -errno;
	r->producer_pages = pages;

	r->producer = r->producer_pages;
	if (facts->overwrite_at)
		r->overwrite = (const uint64_t *)((const char *)pages + facts->overwrite_at);
	r->data = (const unsigned char *)r->producer_pages + page;
	r->mask = size - 1;
	return 0;
}

int options_take(struct ringview_options *options, const struct ringview_options *given)
{
	*options = (struct ringview_options)RINGVIEW_OPTIONS_DEFAULT;
	if (!given)
		return 0;
	if (given->size < sizeof(given->size) ||
		sized_take(options, sizeof(*options), given, given->size))
		return -EINVAL;
	if ((unsigned)options->wait > RINGVIEW_WAIT_BUSY)
		return -EINVAL;
	if (options->latency_budget_ns < 0 || options->latency_budget_ns > NS_PER_SECOND)
		return -EINVAL;
	if (options->timer_slack_ns < 0 || options->timer_slack_ns > NS_PER_SECOND)
		return -EINVAL;
	return options->linger_ns < 0 ? -EINVAL : 0;
}

static int duplicate(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -errno : copy;
}

/* Whether @fd may be a non-blocking eventfd: a write to any other could block the producer. */
static bool is_notify_fd(int fd)
{
	char link[32], target[32] = "";
	const int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return true; /* duplicate() says why */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, target, sizeof(target) - 1) > 0 &&
		strcmp(target, "anon_inode:[eventfd]") != 0)
		return false;
	return flags & O_NONBLOCK;
}

/* The last steps of each open function: completes @r and sets *@reader, or closes it. */
static int finish(
	struct ringview **reader, struct reader *r, const struct ringview_options *options, int err)
{
	if (!err && !r->ring_consumer) {
		r->is_passive = true;
		r->own_consumer = __atomic_load_n(r->overwrite, __ATOMIC_ACQUIRE);
		r->ring_consumer = &r->own_consumer;
	}
	if (!err)
		err = waiter_open(&r->waiter, options);
	if (!err)
		err = waiter_add(&r->waiter, r);
	if (!err)
		err = ringview_restart(&r->hot);
	foresight_start(r);
	if (err) {
		ringview_close(&r->hot);
		return err;
	}
	reader_set_holds(r, r->waiter.strategy != RINGVIEW_WAIT_EVENT);
	*reader = &r->hot;
	return 0;
}

/* Reads a byte of each of the next pages, up to a MiB: the first access through a new mapping waits for
 * the address to be translated, 20 ns a page (Zen 3, virtual), which the first pass would pay. */
static void translate_ahead(const struct reader *r)
{
	for (uint64_t at = 0; at < less(r->mask + 1, TRANSLATED_BYTES); at += r->page_size)
		*(const volatile unsigned char *)(r->hot.next + at);
}

int ringview_open(struct ringview **reader, int map_fd, const struct ringview_options *options)
{
	const size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
	struct ring_facts facts = { 0, 0 };
	struct ringview_options taken;
	struct reader *r;
	int err;

	err = options_take(&taken, options);
	if (!err)
		err = ring_facts(map_fd, page_size, &facts);
	if (err)
		return err;
	r = reader_new();
	if (!r)
		return -ENOMEM;
	r->page_size = page_size;
	r->map_fd = duplicate(map_fd);
	err = finish(reader, r, &taken, r->map_fd < 0 ? r->map_fd : map_ring(r, &facts));
	if (!err)
		translate_ahead(r);
	return err;
}

int ringview_open_pinned(
	struct ringview **reader, const char *path, const struct ringview_options *options)
{
	union bpf_attr attributes;
	int err, fd;

	memset(&attributes, 0, sizeof(attributes));
	attributes.pathname = (uintptr_t)path;
	fd = bpf_call(BPF_OBJ_GET, &attributes);
	if (fd < 0)
		return fd;
	err = ringview_open(reader, fd, options);
	close(fd);
	return err;
}

int ringview_open_memory_sized(struct ringview **reader, const struct ringview_memory *given,
	size_t given_size, const struct ringview_options *options)
{
	struct ringview_memory memory = { .notify_fd = -1 };
	struct ringview_options taken;
	struct reader *r;
	int err;

	err = options_take(&taken, options);
	if (!err)
		err = sized_take(&memory, sizeof(memory), given, given_size);
	if (err)
		return err;
	if (!is_ring_size(memory.size, 4096) || (!memory.consumer && !memory.overwrite) ||
		!memory.producer || !memory.data || !is_notify_fd(memory.notify_fd))
		return -EINVAL;
	r = reader_new();
	if (!r)
		return -ENOMEM;
	r->clears_fd = true;
	r->ring_consumer = memory.consumer;
	r->producer = memory.producer;
	r->overwrite = memory.overwrite;
	r->data = memory.data;
	r->mask = memory.size - 1;
	r->map_fd = duplicate(memory.notify_fd);
	return finish(reader, r, &taken, r->map_fd < 0 ? r->map_fd : 0);
}

void ringview_close(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	if (!rv)
		return;
	if (r->group)
		ringview_group_remove(r->group, rv);
	reader_release_held(r);
	waiter_close(&r->waiter);
	if (r->map_fd >= 0)
		close(r->map_fd);
	if (r->consumer_page)
		munmap(r->consumer_page, r->page_size);
	if (r->producer_pages)
		munmap(r->producer_pages, r->page_size + 2 * (r->mask + 1));
	free(r);
}

void ringview_get_statistics_sized(
	const struct ringview *rv, struct ringview_statistics *statistics, size_t size)
{
	const struct reader *r = const_reader_of(rv);
	struct ringview_statistics all = r->statistics;

	all.records += rv->returned >> 32;
	all.bytes += (uint32_t)rv->returned;
	waiter_count(&r->waiter, &all);
	sized_give(statistics, size, &all, sizeof(all));
}

const char *ringview_version(void)
{
	return RINGVIEW_VERSION;
}
