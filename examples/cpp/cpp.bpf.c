// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* An event for each execve() on this system: the path of the program, with the NUL behind it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} ring SEC(".maps");

struct call { /* of events/syscalls/sys_enter_execve/format in tracefs */
	__u64 common;
	__u64 number;
	__u64 arguments[6];
};

SEC("tracepoint/syscalls/sys_enter_execve")
int on_execve(const struct call *call)
{
	char path[256];
	long length = bpf_probe_read_user_str(path, sizeof(path), (void *)call->arguments[0]);

	if (length > 0 && length <= (long)sizeof(path))
		bpf_ringbuf_output(&ring, path, length, 0);
	return 0;
}
