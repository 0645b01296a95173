/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rings/bpf.h"

/* An array has one value for each possible CPU, a multiple of 8 bytes long. */
_Static_assert(sizeof(struct ringview_account) % 8 == 0, "the kernel rounds it up");

int bpf_accounts_sum(int map_fd, uint32_t index, struct ringview_account *sum)
{
	struct ringview_account *values;
	int cpus = libbpf_num_possible_cpus(), err = 0;

	*sum = (struct ringview_account){ 0 };
	if (cpus < 0)
		return cpus;
	values = calloc((size_t)cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map_fd, &index, values) < 0)
		err = -errno;
	for (int i = 0; i < cpus && !err; i++) {
		sum->attempted += values[i].attempted;
		sum->submitted += values[i].submitted;
		sum->failed += values[i].failed;
		sum->discarded += values[i].discarded;
	}
	free(values);
	return err;
}

static const struct {
	enum privilege privilege;
	int number;
	const char *name;
} capabilities[] = {
	{ PRIVILEGE_BPF, CAP_BPF, "CAP_BPF" },
	{ PRIVILEGE_PERFMON, CAP_PERFMON, "CAP_PERFMON" },
	{ PRIVILEGE_NET_ADMIN, CAP_NET_ADMIN, "CAP_NET_ADMIN" },
};

/* Whether this process lacks a capability of @needed, or-ed enum privilege. Lists in @names all that
 * are missing ("CAP_BPF, CAP_NET_ADMIN"). */
static bool privileges_missing(unsigned int needed, char *names, size_t size)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t effective;
	size_t used = 0;

	names[0] = '\0';
	if (syscall(__NR_capget, &header, data) < 0)
		return false; /* unknown: the kernel's own error is reported */
	effective = data[0].effective | (uint64_t)data[1].effective << 32;
	if (effective & 1ull << CAP_SYS_ADMIN) /* bpf(2) accepts it for all three */
		return false;
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		if (!(needed & capabilities[i].privilege) ||
			effective & 1ull << capabilities[i].number || used >= size)
			continue;
		used += (size_t)snprintf(
			names + used, size - used, "%s%s", used ? ", " : "", capabilities[i].name);
	}
	return used > 0;
}

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
			"cannot attach to the tracepoint syscalls/sys_enter_getpgid: %s; this needs "
			"CAP_PERFMON and read access to /sys/kernel/tracing, which root has; run it "
			"with sudo, or give -producer run",
			strerror(-err));
	return complain(why, err,
		"cannot attach to the tracepoint syscalls/sys_enter_getpgid: %s; try -producer run",
		strerror(-err));
}
