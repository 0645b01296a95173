/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"

/* Adds a warning if it is @due. */
__attribute__((format(printf, 3, 4))) static void warn(
	json_t *warnings, bool due, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (due)
		json_array_append_new(warnings, json_vsprintf(format, arguments));
	va_end(arguments);
}

static bool is(const json_t *m, const char *name, const char *text)
{
	return strcmp(machine_text(m, name), text) == 0;
}

static void warn_affinity(const json_t *m, json_t *w)
{
	const char *given = machine_text(m, "affinity_given"), *last = given + strlen(given);
	const double asked = machine_number(m, "affinity_asked");
	char cpu[24];
	bool elsewhere;

	snprintf(cpu, sizeof(cpu), "%.0f", asked);
	elsewhere = asked >= 0 && given[0] && strcmp(cpu, given) != 0;
	/* Of "0-3,5": "5". */
	while (last > given && last[-1] >= '0' && last[-1] <= '9')
		last--;
	warn(w, elsewhere,
		"asked for CPU %s but may run on %.40s: check that this CPU is online and allowed",
		cpu, given);
	warn(w, !elsewhere && machine_number(m, "affinity_cpus") > 1,
		"not pinned, may move between %.0f CPUs: give -cpu %s",
		machine_number(m, "affinity_cpus"), last);
}

json_t *machine_warnings(const json_t *m, bool pins_threads)
{
	static const char advice[] = "cpupower frequency-set -g performance";
	const double cpus = machine_number(m, "cpus_online"),
		     load = machine_number(m, "load_1_minute"),
		     others = machine_number(m, "other_tasks_running"),
		     throttles = machine_number(m, "throttles_during_run"),
		     steal_ms = machine_number(m, "steal_ms_during_run"),
		     nodes = machine_number(m, "numa_nodes");
	/* With these drivers, powersave means that the processor itself chooses. */
	const bool own_choice = is(m, "frequency_driver", "intel_pstate") ||
				is(m, "frequency_driver", "amd-pstate-epp") ||
				is(m, "frequency_driver", "amd_pstate_epp");
	const bool lowest = is(m, "governor", "powersave") && !own_choice;
	/* The governor userspace fixes the frequency. */
	const bool fixed = is(m, "governor", "") || is(m, "governor", "performance") ||
			   is(m, "governor", "userspace");
	const char *hypervisor = machine_text(m, "hypervisor");
	const bool emulated = is(m, "hypervisor", MACHINE_QEMU_TCG);
	json_t *w = json_array();

	warn(w, machine_number(m, "optimized") == 0,
		"built without optimization: build a release (-O2) before measuring");
	warn(w, machine_number(m, "sanitized") == 1,
		"built with a sanitizer: build without it before measuring");
	warn(w, machine_number(m, "bpf_jit") == 0,
		"BPF programs are interpreted: set net.core.bpf_jit_enable to 1");
	warn(w, machine_number(m, "bpf_jit") == 2,
		"the BPF JIT writes its code to the kernel log: set net.core.bpf_jit_enable to 1");
	warn(w, machine_number(m, "bpf_jit_harden") == 2,
		"the BPF JIT blinds constants, which slows programs: set net.core.bpf_jit_harden "
		"to 0 or 1");
	warn(w, machine_number(m, "bpf_stats") == 1,
		"BPF statistics slow every program: set kernel.bpf_stats_enabled to 0");
	warn(w, cpus == 1,
		"only one CPU online, writer and reader take turns on it: use two or more");
	if (!pins_threads)
		warn_affinity(m, w);
	warn(w, others > 0, "%.0f other task%s running at the start: stop other work and repeat",
		others, others == 1 ? " was" : "s were");
	warn(w, cpus > 0 && load > 0.5 * cpus,
		"load was %.2f on %.0f CPU%s: stop other work, wait a minute and repeat", load,
		cpus, cpus == 1 ? "" : "s");
	/* Growth during the run is proof; the count since boot is only a hint. */
	warn(w, throttles > 0,
		"the CPUs were slowed for heat during the run: let them cool, repeat");
	warn(w, throttles < 0 && machine_number(m, "throttles") > 0,
		"the CPUs were slowed for heat since boot: check the cooling");
	warn(w, lowest, "governor powersave keeps the CPU at its lowest frequency: %s", advice);
	warn(w, !lowest && !fixed, "governor %.60s lets the frequency follow the load: %s",
		machine_text(m, "governor"), advice);
	warn(w, machine_number(m, "boost") == 1,
		"boost is on, the frequency depends on heat and on busy cores: switch it off to "
		"compare small differences");
	warn(w, steal_ms > 0,
		"the host took %.0f ms of CPU time during the run: repeat when it is idle",
		steal_ms);
	warn(w, emulated,
		"emulated CPU (%s), timings are meaningless: measure on a real machine, or in a "
		"virtual machine with KVM",
		hypervisor);
	warn(w, !emulated && machine_number(m, "virtual_machine") == 1,
		"virtual machine (%.40s), the host may move or stop its CPUs: repeat runs and "
		"doubt small differences",
		hypervisor[0] ? hypervisor : "unknown hypervisor");
	/* Each read is a system call, and for most a slow device. */
	warn(w,
		is(m, "clock_source", "hpet") || is(m, "clock_source", "acpi_pm") ||
			is(m, "clock_source", "jiffies"),
		"clock source %s is slow to read: use tsc if the machine has it",
		machine_text(m, "clock_source"));
	warn(w, machine_number(m, "smt") == 1,
		"SMT is on, two busy threads may share a core: keep writer and reader on "
		"different cores");
	warn(w, nodes > 1, "%.0f NUMA nodes: keep writer and reader on one node", nodes);
	return w;
}
