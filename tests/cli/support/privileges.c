/* SPDX-License-Identifier: BSD-2-Clause */
#include <grp.h>
#include <linux/securebits.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../support/skipping.h"
#include "privileges.h"

#define NOBODY 65534

static bool set_capabilities(uint64_t capabilities)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		const uint32_t half = (uint32_t)(capabilities >> (32 * i));

		data[i] = (struct __user_cap_data_struct){ half, half, half };
	}
	return syscall(__NR_capset, &header, data) == 0;
}

bool privileges_held(uint64_t capabilities)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	uint64_t held;

	if (syscall(__NR_capget, &header, data) < 0)
		return false;
	held = data[0].effective | (uint64_t)data[1].effective << 32;
	if (held & CAPABILITY(CAP_SYS_ADMIN))
		held |= BPF_CAPABILITIES;
	return (held & capabilities) == capabilities;
}

void need_bpf(void)
{
	if (!privileges_held(BPF_CAPABILITIES))
		skip_because("needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN");
}

bool tracepoints_are_there(void)
{
	return access("/sys/kernel/tracing/events/syscalls/sys_enter_getpgid", F_OK) == 0 ||
	       access("/sys/kernel/debug/tracing/events/syscalls/sys_enter_getpgid", F_OK) == 0;
}

void need_tracepoints(void)
{
	need_bpf();
	if (!tracepoints_are_there())
		skip_because("needs tracepoints of system calls; mount tracefs");
}

void need_changing_privileges(void)
{
	if (!privileges_held(CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID) |
			     CAPABILITY(CAP_SETPCAP) | BPF_CAPABILITIES))
		skip_because("needs root, to give a program other privileges");
}

bool privileges_apply(const struct privileges *privileges)
{
	/* Being root gives nothing, and setuid() takes nothing away. */
	if (prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NO_SETUID_FIXUP) < 0)
		return false;
	if (privileges->nobody &&
		(setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
			setresuid(NOBODY, NOBODY, NOBODY) < 0))
		return false;
	for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++)
		if (!(privileges->capabilities & CAPABILITY(i)) && prctl(PR_CAPBSET_DROP, i) < 0)
			return false;
	if (!set_capabilities(privileges->capabilities))
		return false;
	/* Those that are ambient survive exec. */
	for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++)
		if (privileges->capabilities & CAPABILITY(i) &&
			prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return false;
	return true;
}
