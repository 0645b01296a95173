// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Writes the name of each thread that exits on this system. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} ring SEC(".maps");

SEC("raw_tp/sched_process_exit")
int on_exit(void *context)
{
	char *name = bpf_ringbuf_reserve(&ring, 16, 0);

	if (!name)
		return 0; /* the ring is full: this event is lost */
	bpf_get_current_comm(name, 16);
	bpf_ringbuf_submit(name, 0);
	return 0;
}
