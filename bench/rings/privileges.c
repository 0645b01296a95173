/* SPDX-License-Identifier: BSD-2-Clause */
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rings/privileges.h"

static const struct {
	enum privilege privilege;
	int number;
	const char *name;
} capabilities[] = {
	{ PRIVILEGE_BPF, CAP_BPF, "CAP_BPF" },
	{ PRIVILEGE_PERFMON, CAP_PERFMON, "CAP_PERFMON" },
	{ PRIVILEGE_NET_ADMIN, CAP_NET_ADMIN, "CAP_NET_ADMIN" },
};

bool privileges_missing(unsigned int needed, char *names, size_t size)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t effective;
	size_t used = 0;

	names[0] = '\0';
	if (syscall(__NR_capget, &header, data) < 0)
		return false; /* not known: then the kernel's own error has to do */
	effective = data[0].effective | (uint64_t)data[1].effective << 32;
	if (effective & 1ull << CAP_SYS_ADMIN) /* stands for all three in bpf(2) */
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
