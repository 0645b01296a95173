/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sudo ./paced: an agent for many events. Polls the ring every 200 us, so that no event has to wake it.
 * Prints each second, and after Ctrl-C, the events written, read and lost, and the longest that one waited.
 */
#include <bpf/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <ringview/ringview.bpf.h>
#include <ringview/ringview.h>

#include "paced.skel.h"

static struct ringview *rv;

static void stop(int signal)
{
	(void)signal;
	ringview_interrupt(rv);
}

/* Adds up the counts of the BPF program, which has one account per CPU. */
static void print(const struct bpf_map *accounts, long long read, long long waited_ns)
{
	const int cpus = libbpf_num_possible_cpus();
	struct ringview_account *cpu = calloc((size_t)cpus, sizeof(*cpu)), sum = { 0 };

	if (cpu && !bpf_map_lookup_elem(bpf_map__fd(accounts), &(__u32){ 0 }, cpu)) {
		for (int i = 0; i < cpus; i++) {
			sum.attempted += cpu[i].attempted;
			sum.failed += cpu[i].failed;
		}
		printf("events %llu, read %lld, lost %llu, waited %lld us\n", sum.attempted, read,
			sum.failed, waited_ns / 1000);
	}
	free(cpu);
}

int main(void)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct paced_bpf *bpf = paced_bpf__open_and_load();
	long long timeout = 1000000000, now, read = 0, waited = 0;
	struct ringview_record record;
	struct timespec clock, printed;
	int found;

	options.wait = RINGVIEW_WAIT_PACED;
	options.latency_budget_ns = 200000;
	found = bpf ? ringview_open(&rv, bpf_map__fd(bpf->maps.ring), &options) : -errno;
	if (!bpf || found < 0 || (found = paced_bpf__attach(bpf)) < 0) {
		fprintf(stderr, "paced: cannot start: %s; run it as root\n", strerror(-found));
		return 1; /* the kernel closes the maps and the program */
	}
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	setlinebuf(stdout); /* write each line at once, also into a pipe */
	puts("reading");
	clock_gettime(CLOCK_MONOTONIC, &printed);
	do {
		found = ringview_wait(rv, timeout);
		if (found == -ECANCELED) {
			paced_bpf__detach(bpf);
			found = 1; /* read what is left, then exit */
			timeout = 0;
		}
		clock_gettime(CLOCK_MONOTONIC, &clock); /* the clock of bpf_ktime_get_ns() */
		now = clock.tv_sec * 1000000000LL + clock.tv_nsec;
		for (; ringview_peek(rv, &record) > 0; read++) {
			const long long age = now - *(const long long *)record.data;

			waited = age > waited ? age : waited;
		}
		ringview_release(rv);
		if (clock.tv_sec != printed.tv_sec) {
			print(bpf->maps.accounts, read, waited);
			printed = clock;
			waited = 0;
		}
	} while (found > 0 || found == -EINTR || (found == 0 && timeout > 0));
	print(bpf->maps.accounts, read, waited);
	if (found < 0)
		fprintf(stderr, "paced: cannot read: %s\n", strerror(-found));
	ringview_close(rv);
	paced_bpf__destroy(bpf);
	return found < 0;
}
