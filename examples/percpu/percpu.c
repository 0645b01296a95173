/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sudo ./percpu: one ring per CPU, so that no CPU waits for another's lock; reads all events in the order
 * of their timestamps. Prints each second, and after Ctrl-C, how many events were read, how many were lost
 * for lack of room, and how many came too late for the order.
 */
#include <bpf/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <ringview/ringview.bpf.h>
#include <ringview/ringview.h>

#include "percpu.skel.h"

static struct ringview_group *group;

static void stop(int signal)
{
	(void)signal;
	ringview_group_interrupt(group);
}

/* Loads the BPF program with one ring per CPU. Returns 0 or a negative errno. */
static int start(struct percpu_bpf *bpf, unsigned cpus)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_order order = RINGVIEW_ORDER_DEFAULT; /* the time is the first 8 bytes */
	struct ringview *rv;
	int err;

	options.wait = RINGVIEW_WAIT_PACED;
	order.lateness_ns = 10000000; /* at most 10 ms from taking the time to submitting */
	if ((err = ringview_group_open(&group, &options)) ||
		(err = ringview_group_set_order(group, &order)) ||
		(err = bpf_map__set_max_entries(bpf->maps.rings, cpus)) ||
		(err = percpu_bpf__load(bpf)))
		return err;
	for (unsigned cpu = 0; cpu < cpus && !err; cpu++) {
		const int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, 1 << 20, NULL);

		err = bpf_map_update_elem(bpf_map__fd(bpf->maps.rings), &cpu, &fd, BPF_ANY);
		if (!err)
			err = ringview_open(&rv, fd, NULL);
		if (!err)
			err = ringview_group_add(group, rv);
		close(fd); /* the map and the reader keep the ring */
	}
	return err ? err : percpu_bpf__attach(bpf);
}

int main(void)
{
	const unsigned cpus = (unsigned)libbpf_num_possible_cpus();
	struct percpu_bpf *bpf = percpu_bpf__open();
	int found = bpf ? start(bpf, cpus) : -errno;
	struct ringview_account account[cpus];
	struct ringview_statistics statistics;
	struct ringview_record record;
	long long timeout = 1000000000;
	time_t printed = time(NULL);

	if (found) {
		fprintf(stderr, "percpu: cannot start: %s; run it as root\n", strerror(-found));
		return 1;
	}
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	setlinebuf(stdout); /* write each line at once, also into a pipe */
	puts("reading");
	do {
		found = ringview_group_wait(group, timeout);
		if (found == -ECANCELED) {
			percpu_bpf__detach(bpf);
			timeout = 20000000; /* longer than the lateness: reads what is left */
			found = 1;
		}
		while (ringview_group_peek_ordered(group, &record, NULL) > 0)
			continue; /* an agent handles record.data here */
		if (found > 0 && time(NULL) == printed)
			continue;
		printed = time(NULL);
		ringview_group_get_statistics(group, &statistics);
		bpf_map_lookup_elem(bpf_map__fd(bpf->maps.accounts), &(__u32){ 0 }, account);
		for (unsigned cpu = 1; cpu < cpus; cpu++)
			account[0].failed += account[cpu].failed;
		printf("events %llu, lost %llu, late %llu\n",
			(unsigned long long)statistics.records, account[0].failed,
			(unsigned long long)statistics.late);
	} while (found > 0 || found == -EINTR || (found == 0 && timeout == 1000000000));
	return found < 0; /* the kernel closes the maps and the program */
}
