// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Writes the path of each program that starts on this system, NUL-terminated. */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} ring SEC(".maps");

/* Only the field that is read: libbpf finds its offset in this kernel. */
struct linux_binprm {
	const char *filename;
} __attribute__((preserve_access_index));

SEC("raw_tp/sched_process_exec")
int on_exec(const struct bpf_raw_tracepoint_args *context)
{
	const struct linux_binprm *program = (const void *)context->args[2];
	char path[256];
	long length = bpf_probe_read_kernel_str(path, 256, BPF_CORE_READ(program, filename));

	if (length > 0 && length <= (long)sizeof(path))
		bpf_ringbuf_output(&ring, path, length, 0);
	return 0;
}
