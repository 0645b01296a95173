/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program for the tests of watch:
 *
 *	watched_program READER RATE SIZES [counted]
 *
 * READER is drained (reads everything at once), slow (reads two of three records, one at a time), none,
 * or stuck (drained, but one record stays reserved: its program waits, and so does every program that
 * attaches or detaches a tracepoint meanwhile). RATE is in records a second. SIZES are some of 24,
 * 88, 600 and 3000, with commas, used in turn. It prints "map ID" when it begins. After the first byte
 * on standard input it stops producing, and prints how many records it attempted and lost. It exits at
 * the end of standard input.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "ringview/ringview.h"
#include "watched.skel.h"

#define CHUNK_NS 1000000 /* between two polls, and between two bursts of records */

static struct watched_bpf *program;
static uint64_t attempted, rate;
static volatile bool ended;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void sleep_until(int64_t at)
{
	const struct timespec until = { at / 1000000000, at % 1000000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void give_up(const char *what)
{
	perror(what);
	exit(1);
}

/* At two thirds of the rate. */
static void *read_slowly(void *context)
{
	struct ringview *rv = context;
	struct ringview_record record;
	const int64_t begun = now_ns();

	for (uint64_t read = 0; !ended;) {
		const int64_t due = (now_ns() - begun) * (int64_t)(2 * rate) / 3000000000;

		if (read < (uint64_t)due && ringview_peek(rv, &record) > 0) {
			ringview_release(rv);
			read++;
		} else {
			sleep_until(now_ns() + 100000);
		}
	}
	return NULL;
}

static void *read_at_once(void *context)
{
	struct ringview *rv = context;
	struct ringview_record record;

	while (!ended) {
		while (ringview_peek(rv, &record) > 0)
			;
		ringview_release(rv);
		sleep_until(now_ns() + CHUNK_NS);
	}
	return NULL;
}

/* Memory that is never filled: a read of it never returns. */
static uint64_t unfilled_memory(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	void *at = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (uintptr_t)at, .len = page },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (fd < 0 || at == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) ||
		ioctl(fd, UFFDIO_REGISTER, &range))
		give_up("userfaultfd");
	return (uintptr_t)at;
}

static void *hold(void *context)
{
	uint64_t address = unfilled_memory();
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &address, .ctx_size_in = sizeof(address));

	(void)context;
	bpf_prog_test_run_opts(bpf_program__fd(program->progs.hold), &options);
	return NULL;
}

static void produce_one(int fd, uint32_t length)
{
	unsigned char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet, .data_size_in = sizeof(packet),
		.repeat = 1);
	int err;

	program->bss->length = length;
	do
		err = bpf_prog_test_run_opts(fd, &options);
	while (err == -EINTR || err == -EAGAIN);
	if (err)
		give_up("BPF_PROG_RUN");
	attempted++;
}

/* At a steady rate: late records are written at once. */
static void produce(int fd, const uint32_t *sizes, size_t count)
{
	const int64_t begun = now_ns();
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	for (;;) {
		const uint64_t due = (uint64_t)((now_ns() - begun) / 1000) * rate / 1000000;

		while (attempted < due)
			produce_one(fd, sizes[attempted % count]);
		if (poll(&input, 1, 0) > 0)
			return;
		sleep_until(now_ns() + CHUNK_NS);
	}
}

static size_t parse_sizes(char *text, uint32_t *sizes, size_t most)
{
	size_t count = 0;

	for (char *word; count < most && (word = strsep(&text, ","));)
		sizes[count++] = (uint32_t)strtoul(word, NULL, 10);
	return count;
}

int main(int argc, char **argv)
{
	const char *reader = argc > 3 ? argv[1] : "";
	const bool slow = strcmp(reader, "slow") == 0, stuck = strcmp(reader, "stuck") == 0;
	const bool counted = argc > 4;
	struct bpf_map_info info = { 0 };
	uint32_t length = sizeof(info), sizes[16];
	struct ringview *rv = NULL;
	pthread_t thread, holder;
	size_t count;
	char byte;
	int map_fd;

	if (argc < 4)
		return 2;
	rate = strtoull(argv[2], NULL, 10);
	count = parse_sizes(argv[3], sizes, 16);
	program = watched_bpf__open();
	if (!program)
		give_up("open");
	/* Only loaded programs use the map of accounts. */
	bpf_program__set_autoload(program->progs.produce, !counted);
	bpf_program__set_autoload(program->progs.produce_counted, counted);
	bpf_program__set_autoload(program->progs.hold, stuck);
	if (watched_bpf__load(program))
		give_up("load");
	map_fd = bpf_map__fd(program->maps.events);
	if (bpf_obj_get_info_by_fd(map_fd, &info, &length))
		give_up("info");
	if (strcmp(reader, "none") != 0) {
		if (ringview_open(&rv, map_fd, NULL))
			give_up("ringview_open");
		pthread_create(&thread, NULL, slow ? read_slowly : read_at_once, rv);
	}
	if (stuck)
		pthread_create(&holder, NULL, hold, NULL);
	printf("map %u\n", info.id);
	fflush(stdout);
	produce(bpf_program__fd(counted ? program->progs.produce_counted : program->progs.produce),
		sizes, count);
	printf("attempted %" PRIu64 " lost %" PRIu64 "\n", attempted,
		attempted - (uint64_t)program->bss->written);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	ended = true;
	if (rv)
		pthread_join(thread, NULL);
	/* The thread that holds a record sleeps in the kernel, and ends with the process. */
	_exit(0);
}
