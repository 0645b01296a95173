/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sudo ./threads N: N rings, each for some of the CPUs, and N threads that read one each and share
 * nothing. Prints after Ctrl-C or SIGTERM the events of each thread, the events lost, and the number of the
 * most frequent system call.
 */
#include <bpf/bpf.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <ringview/ringview.bpf.h>
#include <ringview/ringview.h>

#include "threads.skel.h"

#define CALLS 1024

struct worker {
	pthread_t thread;
	int fd;
	struct ringview *rv;
	unsigned long long events, calls[CALLS];
};

static void *work(void *argument)
{
	struct worker *w = argument;
	struct ringview_record record;
	int found = 1;

	while (found != -ECANCELED) { /* then once more, for what is left */
		found = ringview_wait(w->rv, -1);
		for (; ringview_peek(w->rv, &record) > 0; w->events++)
			w->calls[*(const unsigned long long *)record.data % CALLS]++;
		ringview_release(w->rv);
	}
	return NULL;
}

static int open_ring(struct worker *w)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = RINGVIEW_WAIT_PACED;
	w->fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, 1 << 20, NULL);
	return w->fd < 0 ? w->fd : ringview_open(&w->rv, w->fd, &options);
}

int main(int argc, char **argv)
{
	const unsigned count = argc == 2 ? (unsigned)atoi(argv[1]) : 0;
	const unsigned cpus = (unsigned)libbpf_num_possible_cpus();
	struct worker workers[cpus], sum = { 0 };
	struct threads_bpf *bpf = threads_bpf__open();
	struct ringview_account account[cpus];
	unsigned call = 0, i;
	sigset_t signals;
	int err, signal, rings;

	if (count < 1 || count > cpus)
		return fputs("usage: threads N, from 1 to the number of CPUs\n", stderr), 2;
	err = !bpf || bpf_map__set_max_entries(bpf->maps.rings, cpus) || threads_bpf__load(bpf);
	for (i = 0; i < count && !err; i++)
		workers[i] = (struct worker){ 0 }, err = open_ring(&workers[i]);
	for (i = 0, rings = err ? -1 : bpf_map__fd(bpf->maps.rings); i < cpus && !err; i++)
		err = bpf_map_update_elem(rings, &i, &workers[i % count].fd, 0);
	if (err || threads_bpf__attach(bpf))
		return fputs("threads: cannot start: run it as root\n", stderr), 1;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL); /* in all threads: sigwait() takes it */
	for (i = 0; i < count; i++)
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	setlinebuf(stdout); /* write each line at once, also into a pipe */
	puts("reading");
	sigwait(&signals, &signal);
	threads_bpf__detach(bpf);
	for (i = 0; i < count; i++) {
		ringview_interrupt(workers[i].rv);
		pthread_join(workers[i].thread, NULL);
		printf("thread %u: events %llu\n", i, workers[i].events);
		for (unsigned c = 0; c < CALLS; c++)
			sum.calls[c] += workers[i].calls[c];
		ringview_close(workers[i].rv);
	}
	for (i = 0; i < CALLS; i++)
		call = sum.calls[i] > sum.calls[call] ? i : call;
	bpf_map_lookup_elem(bpf_map__fd(bpf->maps.accounts), &(__u32){ 0 }, account);
	for (i = 1; i < cpus; i++)
		account[0].failed += account[i].failed;
	printf("lost %llu, most frequent %u\n", account[0].failed, call);
	return 0; /* the kernel closes the maps and the program */
}
