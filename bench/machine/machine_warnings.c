/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"

/* Adds a warning if it is @due. */
__attribute__((format(printf, 3, 4))) static void warn(
	struct machine_warnings *warnings, bool due, const char *format, ...)
{
	va_list arguments;

	if (!due || warnings->count == MACHINE_WARNINGS)
		return;
	va_start(arguments, format);
	vsnprintf(warnings->text[warnings->count++], MACHINE_WARNING_SIZE, format, arguments);
	va_end(arguments);
}

static bool is(const struct machine *m, enum fact fact, const char *text)
{
	return strcmp(machine_text(m, fact), text) == 0;
}

static void warn_build(const struct machine *m, struct machine_warnings *w)
{
	warn(w, machine_number(m, FACT_OPTIMIZED) == 0,
		"built without optimization: build a release (-O2) before measuring");
	warn(w, machine_number(m, FACT_SANITIZED) == 1,
		"built with a sanitizer: build without it before measuring");
	warn(w, machine_number(m, FACT_BPF_JIT) == 0,
		"BPF programs are interpreted: set net.core.bpf_jit_enable to 1");
	warn(w, machine_number(m, FACT_BPF_JIT) == 2,
		"the BPF JIT writes its code to the kernel log: set net.core.bpf_jit_enable to 1");
	warn(w, machine_number(m, FACT_BPF_JIT_HARDEN) == 2,
		"the BPF JIT blinds constants, which slows programs: set net.core.bpf_jit_harden "
		"to 0 or 1");
	warn(w, machine_number(m, FACT_BPF_STATS) == 1,
		"BPF statistics slow every program: set kernel.bpf_stats_enabled to 0");
	warn(w, machine_number(m, FACT_CPUS_ONLINE) == 1,
		"only one CPU online, writer and reader take turns on it: use two or more");
}

static void warn_affinity(const struct machine *m, struct machine_warnings *w)
{
	const char *given = machine_text(m, FACT_AFFINITY_GIVEN), *last = given + strlen(given);
	const double asked = machine_number(m, FACT_AFFINITY_ASKED);
	char cpu[24];
	bool elsewhere;

	if (m->pins_threads)
		return;
	snprintf(cpu, sizeof(cpu), "%.0f", asked);
	elsewhere = asked >= 0 && given[0] && strcmp(cpu, given) != 0;
	/* Of "0-3,5": "5". */
	while (last > given && last[-1] >= '0' && last[-1] <= '9')
		last--;
	warn(w, elsewhere,
		"asked for CPU %s but may run on %.40s: check that this CPU is online and allowed",
		cpu, given);
	warn(w, !elsewhere && machine_number(m, FACT_AFFINITY_CPUS) > 1,
		"not pinned, may move between %.0f CPUs: give -cpu %s",
		machine_number(m, FACT_AFFINITY_CPUS), last);
}

static void warn_load(const struct machine *m, struct machine_warnings *w)
{
	const double cpus = machine_number(m, FACT_CPUS_ONLINE),
		     load = machine_number(m, FACT_LOAD),
		     others = machine_number(m, FACT_OTHER_TASKS),
		     throttles = machine_number(m, FACT_THROTTLES_DURING_RUN);

	warn(w, others > 0, "%.0f other task%s running at the start: stop other work and repeat",
		others, others == 1 ? " was" : "s were");
	warn(w, cpus > 0 && load > 0.5 * cpus,
		"load was %.2f on %.0f CPU%s: stop other work, wait a minute and repeat", load,
		cpus, cpus == 1 ? "" : "s");
	/* Growth during the run is proof; the count since boot is only a hint. */
	warn(w, throttles > 0,
		"the CPUs were slowed for heat during the run: let them cool, repeat");
	warn(w, throttles < 0 && machine_number(m, FACT_THROTTLES) > 0,
		"the CPUs were slowed for heat since boot: check the cooling");
}

static void warn_frequency(const struct machine *m, struct machine_warnings *w)
{
	static const char advice[] = "cpupower frequency-set -g performance";
	/* With these drivers, powersave means that the processor itself chooses. */
	const bool own_choice = is(m, FACT_FREQUENCY_DRIVER, "intel_pstate") ||
				is(m, FACT_FREQUENCY_DRIVER, "amd-pstate-epp") ||
				is(m, FACT_FREQUENCY_DRIVER, "amd_pstate_epp");
	const bool lowest = is(m, FACT_GOVERNOR, "powersave") && !own_choice;
	/* The governor userspace fixes the frequency. */
	const bool fixed = is(m, FACT_GOVERNOR, "") || is(m, FACT_GOVERNOR, "performance") ||
			   is(m, FACT_GOVERNOR, "userspace");

	warn(w, lowest, "governor powersave keeps the CPU at its lowest frequency: %s", advice);
	warn(w, !lowest && !fixed, "governor %.60s lets the frequency follow the load: %s",
		machine_text(m, FACT_GOVERNOR), advice);
	warn(w, machine_number(m, FACT_BOOST) == 1,
		"boost is on, the frequency depends on heat and on busy cores: switch it off to "
		"compare small differences");
}

static void warn_machine(const struct machine *m, struct machine_warnings *w)
{
	const char *hypervisor = machine_text(m, FACT_HYPERVISOR);
	const bool emulated = is(m, FACT_HYPERVISOR, MACHINE_QEMU_TCG);

	warn(w, machine_number(m, FACT_STEAL_MS_DURING_RUN) > 0,
		"the host took %.0f ms of CPU time during the run: repeat when it is idle",
		machine_number(m, FACT_STEAL_MS_DURING_RUN));
	warn(w, emulated,
		"emulated CPU (%s), timings are meaningless: measure on a real machine, or in a "
		"virtual machine with KVM",
		hypervisor);
	warn(w, !emulated && machine_number(m, FACT_VIRTUAL_MACHINE) == 1,
		"virtual machine (%.40s), the host may move or stop its CPUs: repeat runs and "
		"doubt small differences",
		hypervisor[0] ? hypervisor : "unknown hypervisor");
	/* Each read is a system call, and for most a slow device. */
	warn(w,
		is(m, FACT_CLOCK_SOURCE, "hpet") || is(m, FACT_CLOCK_SOURCE, "acpi_pm") ||
			is(m, FACT_CLOCK_SOURCE, "jiffies"),
		"clock source %s is slow to read: use tsc if the machine has it",
		machine_text(m, FACT_CLOCK_SOURCE));
	warn(w, machine_number(m, FACT_SMT) == 1,
		"SMT is on, two busy threads may share a core: keep writer and reader on "
		"different cores");
	warn(w, machine_number(m, FACT_NUMA_NODES) > 1,
		"%.0f NUMA nodes: keep writer and reader on one node",
		machine_number(m, FACT_NUMA_NODES));
}

void machine_warnings(const struct machine *machine, struct machine_warnings *warnings)
{
	warnings->count = 0;
	warn_build(machine, warnings);
	warn_affinity(machine, warnings);
	warn_load(machine, warnings);
	warn_frequency(machine, warnings);
	warn_machine(machine, warnings);
}
