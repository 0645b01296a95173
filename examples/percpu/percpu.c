/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring for each CPU, so that no CPU waits for another's lock, and all events in the order of
 * time. Prints each second, and after Ctrl-C, how many came, how many of them were not of the CPU of
 * the one before, and how many were too late for the order.
 *
 *	sudo ./percpu
 */
#include <bpf/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <ringview/ringview.h>

#include "percpu.skel.h"

static struct ringview_group *group;

static void stop(int signal)
{
	(void)signal;
	ringview_group_interrupt(group);
}

/* Makes a ring, puts it where the BPF program finds it on @cpu, and its reader into the group. */
static int make_ring(const struct bpf_map *rings, unsigned cpu)
{
	const int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, 1024 * 1024, NULL);
	int err = bpf_map_update_elem(bpf_map__fd(rings), &cpu, &fd, BPF_ANY);
	struct ringview *rv;

	if (!err)
		err = ringview_open(&rv, fd, NULL);
	if (!err)
		err = ringview_group_add(group, rv);
	close(fd); /* the map and the reader keep the ring */
	return err;
}

static int start(struct percpu_bpf *bpf)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_order order = RINGVIEW_ORDER_DEFAULT; /* the first 8 bytes are the time */
	const int cpus = libbpf_num_possible_cpus();
	int err;

	options.wait = RINGVIEW_WAIT_PACED;
	order.lateness_ns = 10000000; /* from the time in the event to its submission; rings hold more */
	if (!bpf || bpf_map__set_max_entries(bpf->maps.rings, (unsigned)cpus) ||
		percpu_bpf__load(bpf))
		return -1;
	err = ringview_group_open(&group, &options) || ringview_group_set_order(group, &order);
	for (unsigned cpu = 0; cpu < (unsigned)cpus && !err; cpu++)
		err = make_ring(bpf->maps.rings, cpu);
	return err ? err : percpu_bpf__attach(bpf);
}

int main(void)
{
	unsigned long long events = 0, switches = 0, last = 0, timeout = 1000000000;
	struct percpu_bpf *bpf = percpu_bpf__open();
	struct ringview_statistics statistics;
	struct ringview_record record;
	time_t printed = time(NULL);
	int found;

	if (start(bpf))
		return fputs("percpu: cannot start: run it as root\n", stderr), 1;
	signal(SIGINT, stop);
	setlinebuf(stdout); /* each line at once, into a pipe as well */
	puts("reading");
	do {
		found = ringview_group_wait(group, (long long)timeout);
		if (found == -ECANCELED) {
			percpu_bpf__detach(bpf);
			timeout = 20000000; /* what is left is shown when it is old enough */
			found = 1;
		}
		for (; ringview_group_peek_ordered(group, &record, NULL) > 0; events++) {
			const unsigned long long *event = record.data;

			switches += events > 0 && event[1] != last;
			last = event[1];
		}
		if (found > 0 && time(NULL) == printed)
			continue;
		printed = time(NULL);
		ringview_group_get_statistics(group, &statistics);
		printf("events %llu, switches %llu, late %llu\n", events, switches,
			(unsigned long long)statistics.late);
	} while (found > 0 || found == -EINTR || (found == 0 && timeout == 1000000000));
	return found < 0; /* the kernel closes what is open */
}
