/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/readers.h"

#include <sys/utsname.h>

#include "environment/system_files.h"

static void read_architecture(struct environment *e, const char *root)
{
	struct utsname name;

	/* Since Linux 6.1; older kernels tell only this process, so never a test's root. */
	if (!system_read_text(
		    e->architecture, sizeof(e->architecture), root, "/proc/sys/kernel/arch"))
		return;
	if (!root[0] && !uname(&name))
		system_copy_text(e->architecture, sizeof(e->architecture), name.machine);
}

/* A setting of 0, 1 or 2; anything else is garbage. */
static int64_t read_setting(const char *root, const char *path)
{
	int64_t setting = system_read_number(root, "%s", path);

	return setting >= 0 && setting <= 2 ? setting : ENVIRONMENT_UNKNOWN;
}

void environment_read_kernel(struct environment *e, const char *root)
{
	int64_t stats = read_setting(root, "/proc/sys/kernel/bpf_stats_enabled");

	system_read_text(
		e->kernel_release, sizeof(e->kernel_release), root, "/proc/sys/kernel/osrelease");
	/* Not /proc/version, which also names the user and the host that built the kernel. */
	system_read_text(
		e->kernel_version, sizeof(e->kernel_version), root, "/proc/sys/kernel/version");
	read_architecture(e, root);
	system_read_text(e->clock_source, sizeof(e->clock_source), root,
		"/sys/devices/system/clocksource/clocksource0/current_clocksource");
	system_read_text(e->spectre_v2, sizeof(e->spectre_v2), root,
		"/sys/devices/system/cpu/vulnerabilities/spectre_v2");
	e->bpf_jit = read_setting(root, "/proc/sys/net/core/bpf_jit_enable");
	e->bpf_jit_harden = read_setting(root, "/proc/sys/net/core/bpf_jit_harden");
	if (stats >= 0)
		e->bpf_stats = stats > 0;
}
