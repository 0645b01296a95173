/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/environment.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void warn(
	struct environment_warnings *warnings, const char *format, ...)
{
	va_list arguments;

	if (warnings->count == ENVIRONMENT_WARNINGS)
		return;
	va_start(arguments, format);
	vsnprintf(warnings->text[warnings->count++], ENVIRONMENT_WARNING_SIZE, format, arguments);
	va_end(arguments);
}

/* The benchmark itself is not what a user would run. */
static void warn_build(const struct environment *e, struct environment_warnings *w)
{
	if (e->optimized == 0)
		warn(w, "built without optimization: build a release (-O2) before measuring");
	if (e->sanitized == 1)
		warn(w, "built with a sanitizer: build without it before measuring");
}

static void warn_bpf(const struct environment *e, struct environment_warnings *w)
{
	if (e->bpf_jit == 0)
		warn(w, "BPF programs are interpreted: set net.core.bpf_jit_enable to 1");
	if (e->bpf_jit == 2)
		warn(w, "the BPF JIT writes its code to the kernel log: set "
			"net.core.bpf_jit_enable to 1");
	if (e->bpf_jit_harden == 2)
		warn(w, "the BPF JIT blinds constants, which slows programs: set "
			"net.core.bpf_jit_harden to 0 or 1");
	if (e->bpf_stats == 1)
		warn(w, "BPF statistics slow every program: set kernel.bpf_stats_enabled to 0");
}

static void warn_affinity(const struct environment *e, struct environment_warnings *w)
{
	char asked[24];

	if (e->cpus_online == 1)
		warn(w, "only one CPU online, writer and reader take turns on it: use two or more");
	if (e->pins_threads)
		return;
	snprintf(asked, sizeof(asked), "%lld", (long long)e->affinity_asked);
	if (e->affinity_asked >= 0 && e->affinity_cpus > 0 && strcmp(asked, e->affinity_given))
		warn(w,
			"asked for CPU %s but may run on %.40s: check that this CPU is online "
			"and allowed",
			asked, e->affinity_given);
	else if (e->affinity_cpus > 1)
		warn(w, "not pinned, may move between %lld CPUs: pin it to one CPU",
			(long long)e->affinity_cpus);
}

static void warn_load(const struct environment *e, struct environment_warnings *w)
{
	if (e->other_tasks_running > 0)
		warn(w, "%lld other task%s running at the start: stop other work and repeat",
			(long long)e->other_tasks_running,
			e->other_tasks_running == 1 ? " was" : "s were");
	if (e->cpus_online > 0 && e->load_1_minute > 0.5 * (double)e->cpus_online)
		warn(w, "load was %.2f on %lld CPU%s: stop other work, wait a minute and repeat",
			e->load_1_minute, (long long)e->cpus_online,
			e->cpus_online == 1 ? "" : "s");
	if (e->swap_used_bytes > 0)
		warn(w,
			"%lld MiB swapped out, page faults may reach the disk: free memory or "
			"run swapoff -a",
			(long long)((e->swap_used_bytes + (1 << 20) - 1) >> 20));
}

static void warn_heat(const struct environment *e, struct environment_warnings *w)
{
	/* Growth during the run is proof; the counts since boot are only a reason to look. */
	if (e->throttles_during_run > 0)
		warn(w, "the CPUs were slowed for heat during the run: let them cool, repeat");
	else if (e->throttles_during_run < 0 && (e->core_throttles > 0 || e->package_throttles > 0))
		warn(w, "the CPUs were slowed for heat since boot: check the cooling");
}

static void warn_frequency(const struct environment *e, struct environment_warnings *w)
{
	static const char advice[] = "cpupower frequency-set -g performance";
	/* Only here does powersave mean that the processor itself chooses. */
	bool own_choice = !strcmp(e->frequency_driver, "intel_pstate") ||
			  !strcmp(e->frequency_driver, "amd-pstate-epp") ||
			  !strcmp(e->frequency_driver, "amd_pstate_epp");

	if (!strcmp(e->governor, "powersave") && !own_choice)
		warn(w, "governor powersave keeps the CPU at its lowest frequency: %s", advice);
	/* userspace is left out: whoever selects it fixes the frequency himself. */
	else if (e->governor[0] && strcmp(e->governor, "performance") &&
		 strcmp(e->governor, "userspace"))
		warn(w, "governor %s lets the frequency follow the load: %s", e->governor, advice);
	if (e->boost == 1)
		warn(w, "boost is on, the frequency depends on heat and on busy cores: switch it "
			"off to compare small differences");
}

static void warn_machine(const struct environment *e, struct environment_warnings *w)
{
	if (e->steal_ms_during_run > 0)
		warn(w, "the host took %lld ms of CPU time during the run: repeat when it is idle",
			(long long)e->steal_ms_during_run);
	if (!strcmp(e->hypervisor, ENVIRONMENT_QEMU_TCG))
		warn(w,
			"software emulates this processor (%s), these times are of no machine: "
			"measure on a real one, or in a virtual machine with KVM",
			e->hypervisor);
	else if (e->virtual_machine == 1)
		warn(w,
			"virtual machine (%s), the host may move or stop its CPUs: repeat runs "
			"and doubt small differences",
			e->hypervisor[0] ? e->hypervisor : "unknown hypervisor");
	/* Reading these means a system call, and for most a slow device. */
	if (!strcmp(e->clock_source, "hpet") || !strcmp(e->clock_source, "acpi_pm") ||
		!strcmp(e->clock_source, "jiffies"))
		warn(w, "clock source %s is slow to read: use tsc if the machine has it",
			e->clock_source);
	if (e->smt == 1)
		warn(w, "SMT is on, two busy threads may share a core: keep writer and reader on "
			"different cores");
	if (e->numa_nodes > 1)
		warn(w, "%lld NUMA nodes: keep writer and reader on one node",
			(long long)e->numa_nodes);
}

void environment_warnings(const struct environment *e, struct environment_warnings *warnings)
{
	warnings->count = 0;
	warn_build(e, warnings);
	warn_bpf(e, warnings);
	warn_affinity(e, warnings);
	warn_load(e, warnings);
	warn_heat(e, warnings);
	warn_frequency(e, warnings);
	warn_machine(e, warnings);
}
