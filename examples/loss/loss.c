/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls getpid() while a reader keeps up, then while nobody reads, and says what was lost. Needs
 * root.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ringview/ringview.bpf.h>
#include <ringview/ringview.h>

#include "loss.h"
#include "loss.skel.h"

#define CALLS 20000

/* What waits below the bound of the notifications wakes nobody: hence a time-out. */
#define TIMEOUT_NS 10000000

static int done;

static void *call_getpid(void *unused)
{
	(void)unused;
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getpid);
	__atomic_store_n(&done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* Reads until the thread is done and the ring is empty. Events read, or a negative errno. */
static long read_events(struct ringview *rv)
{
	struct ringview_record record;
	long events = 0;
	int found, ended;

	do {
		ended = __atomic_load_n(&done, __ATOMIC_ACQUIRE);
		found = ringview_wait(rv, ended ? 0 : TIMEOUT_NS);
		if (found == -EINTR)
			continue;
		while (found >= 0 && (found = ringview_peek(rv, &record)) > 0)
			events += ((const struct call *)record.data)->pid != 0;
		if (found < 0)
			return found;
		ringview_release(rv);
	} while (!ended);
	return events;
}

/* Adds up what the program has counted on each CPU. */
static int print_account(int accounts_fd, const char *when, long events)
{
	struct ringview_account *cpus, sum = { 0 };
	int count = libbpf_num_possible_cpus();
	__u32 index = 0;

	cpus = calloc(count > 0 ? (size_t)count : 1, sizeof(*cpus));
	if (!cpus || count < 0 || bpf_map_lookup_elem(accounts_fd, &index, cpus) < 0) {
		free(cpus);
		return -1;
	}
	for (int i = 0; i < count; i++) {
		sum.attempted += cpus[i].attempted;
		sum.submitted += cpus[i].submitted;
		sum.failed += cpus[i].failed;
		sum.discarded += cpus[i].discarded;
	}
	free(cpus);
	printf("%-20s %9llu %9llu %9llu %9llu %9ld\n", when, sum.attempted, sum.submitted,
		sum.failed, sum.discarded, events);
	return 0;
}

static int run(struct loss_bpf *skeleton, struct ringview *rv)
{
	const int accounts_fd = bpf_map__fd(skeleton->maps.accounts);
	pthread_t thread;
	long first, second;

	printf("%-20s %9s %9s %9s %9s %9s\n", "", "attempted", "submitted", "failed", "discarded",
		"read");
	if (pthread_create(&thread, NULL, call_getpid, NULL) != 0)
		return -1;
	first = read_events(rv);
	pthread_join(thread, NULL);
	if (first < 0 || print_account(accounts_fd, "with a reader", first))
		return -1;
	call_getpid(NULL);
	loss_bpf__detach(skeleton);
	second = read_events(rv);
	if (second < 0)
		return -1;
	return print_account(accounts_fd, "read only at the end", first + second);
}

int main(void)
{
	struct loss_bpf *skeleton = loss_bpf__open_and_load();
	struct ringview *rv = NULL;
	int err = -1;

	if (skeleton && !loss_bpf__attach(skeleton) &&
		!ringview_open(&rv, bpf_map__fd(skeleton->maps.ring), NULL))
		err = run(skeleton, rv);
	if (err)
		fprintf(stderr, "loss: failed; run it as root, with tracefs mounted\n");
	ringview_close(rv);
	loss_bpf__destroy(skeleton);
	return err ? 1 : 0;
}
