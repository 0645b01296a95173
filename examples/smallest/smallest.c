/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest reader: prints each program that starts on this system, until Ctrl-C.
 *
 *	sudo ./smallest [COUNT]        exits after COUNT events
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ringview/ringview.h>

#include "smallest.h"
#include "smallest.skel.h"

static struct ringview *rv;

static void stop(int signal)
{
	(void)signal;
	ringview_interrupt(rv);
}

/* Prints events until it is interrupted, at most @left unless that is 0. Returns 0 or a negative
 * errno. */
static int print_events(long left)
{
	struct ringview_record record;
	int found;

	while ((found = ringview_wait(rv, -1)) > 0 || found == -EINTR) {
		while (ringview_peek(rv, &record) > 0) {
			const struct started *event = record.data;

			printf("%u %s\n", event->pid, event->command);
			if (--left == 0)
				return 0;
		}
		ringview_release(rv);
	}
	return found == -ECANCELED ? 0 : found;
}

int main(int argc, char **argv)
{
	const long count = argc > 1 ? atol(argv[1]) : 0;
	struct smallest_bpf *bpf;
	int err;

	if (argc > 2 || (argc == 2 && count <= 0)) {
		fprintf(stderr, "usage: smallest [COUNT]\n");
		return 2;
	}
	bpf = smallest_bpf__open_and_load();
	err = bpf ? smallest_bpf__attach(bpf) : -errno;
	if (!err)
		err = ringview_open(&rv, bpf_map__fd(bpf->maps.ring), NULL);
	if (err) {
		fprintf(stderr,
			"smallest: cannot start: %s; run it as root, on Linux 5.8 or later\n",
			strerror(-err));
		smallest_bpf__destroy(bpf);
		return 1;
	}
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	setlinebuf(stdout); /* write each line at once, also into a pipe */
	puts("reading");

	err = print_events(count);
	if (err)
		fprintf(stderr, "smallest: cannot read: %s\n", strerror(-err));
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	ringview_close(rv);
	smallest_bpf__destroy(bpf);
	return err != 0;
}
