/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sudo ./flightrecorder: prints the last system calls of each thread that a signal kills, until Ctrl-C.
 */
#include <bpf/libbpf.h>
#include <ringview/ringview.h>
#include <signal.h>
#include <stdio.h>
#include "flightrecorder.h"
#include "flightrecorder.skel.h"

static struct ringview *recorder, *alarms;
static unsigned long long memory[1024 * 1024 / 8]; /* the ring's size always suffices */

static void stop(int signal)
{
	(void)signal;
	ringview_interrupt(alarms);
}

static void dump(const struct event *alarm)
{
	struct ringview_window window;
	struct ringview_record record;

	printf("process %u: %s\n", alarm->pid, strsignal(alarm->number));
	if (ringview_snapshot(recorder, memory, sizeof(memory), &window))
		return;
	while (ringview_window_next(&window, &record) > 0) {
		const struct event *call = record.data;

		if (call->pid == alarm->pid && call->time <= alarm->time)
			printf("%10.3f ms before: system call %d\n",
				(double)(alarm->time - call->time) / 1e6, call->number);
	}
}

int main(void)
{
	struct flightrecorder_bpf *bpf = flightrecorder_bpf__open_and_load();
	struct ringview_record record;
	int found;

	if (!bpf || ringview_open(&recorder, bpf_map__fd(bpf->maps.recorder), NULL) ||
		ringview_open(&alarms, bpf_map__fd(bpf->maps.alarms), NULL) ||
		flightrecorder_bpf__attach(bpf)) {
		fputs("flightrecorder: cannot start: run it as root, on Linux 6.19 or later\n",
			stderr);
		return 1;
	}
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	setlinebuf(stdout);
	puts("reading");
	while ((found = ringview_wait(alarms, -1)) > 0 || found == -EINTR)
		while (ringview_peek(alarms, &record) > 0)
			dump(record.data);
	ringview_close(alarms);
	ringview_close(recorder);
	flightrecorder_bpf__destroy(bpf);
	return found != -ECANCELED;
}
