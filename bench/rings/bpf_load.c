/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "rings/bpf_load.h"
#include "rings/privileges.h"

static int print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

void bpf_load_quietly(void)
{
	libbpf_set_print(print_nothing);
}

int bpf_load_explain(int err, unsigned int privileges, uint64_t ring_size, struct complaint *why)
{
	char missing[128];

	if (err == -EMFILE || err == -ENFILE)
		return complain(why, err,
			"cannot load the BPF program: %s; raise the limit (ulimit -n)",
			strerror(-err));
	if (privileges_missing(privileges, missing, sizeof(missing)))
		return complain(why, -EPERM,
			"loading the BPF program needs %s, which this process lacks; run it with "
			"sudo, or try -source memory, which needs no privileges",
			missing);
	if (err == -EINVAL && libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 0)
		return complain(why, -EOPNOTSUPP,
			"this kernel has no BPF ring buffer; Linux 5.8 or later is needed, "
			"or try -source memory");
	if (err == -ENOMEM || err == -EPERM)
		return complain(why, err,
			"no memory for a ring of %llu MiB: %s; raise the limit of locked memory "
			"(ulimit -l unlimited) or of the memory cgroup, or give a smaller "
			"-ring-size",
			(unsigned long long)ring_size >> 20, strerror(-err));
	return complain(why, err, "cannot load the BPF program: %s", strerror(-err));
}

int bpf_load_explain_attach(int err, struct complaint *why)
{
	if (err == -ENOENT)
		return complain(why, err,
			"there is no tracepoint syscalls/sys_enter_getpgid: tracefs is not mounted "
			"(mount -t tracefs tracefs /sys/kernel/tracing), or the kernel is without "
			"CONFIG_FTRACE_SYSCALLS; -producer run needs neither");
	if (err == -EACCES || err == -EPERM)
		return complain(why, err,
			"cannot attach to the tracepoint syscalls/sys_enter_getpgid: %s; it takes "
			"CAP_PERFMON, and to read /sys/kernel/tracing, which is root's; run it with "
			"sudo, or with -producer run",
			strerror(-err));
	return complain(why, err,
		"cannot attach to the tracepoint syscalls/sys_enter_getpgid: %s; try -producer run",
		strerror(-err));
}
