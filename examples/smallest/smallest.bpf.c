// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Writes an event for each program that starts on this system. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "smallest.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} ring SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(void *context)
{
	struct started *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);

	if (!event)
		return 0; /* the ring is full: this event is lost */
	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->command, sizeof(event->command));
	bpf_ringbuf_submit(event, 0);
	return 0;
}
