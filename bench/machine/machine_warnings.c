/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"

struct warner {
	const struct machine *machine;
	struct machine_warnings *warnings;
};

__attribute__((format(printf, 2, 3))) static void warn(
	const struct warner *w, const char *format, ...)
{
	va_list arguments;

	if (w->warnings->count == MACHINE_WARNINGS)
		return;
	va_start(arguments, format);
	vsnprintf(w->warnings->text[w->warnings->count++], MACHINE_WARNING_SIZE, format, arguments);
	va_end(arguments);
}

static double number(const struct warner *w, enum fact fact)
{
	return machine_number(w->machine, fact);
}

static bool is(const struct warner *w, enum fact fact, const char *text)
{
	return strcmp(machine_text(w->machine, fact), text) == 0;
}

/* Facts with one bad value. */
static const struct {
	enum fact fact;
	double value;
	const char *text;
} simple[] = {
	{ FACT_OPTIMIZED, 0, "built without optimization: build a release (-O2) before measuring" },
	{ FACT_SANITIZED, 1, "built with a sanitizer: build without it before measuring" },
	{ FACT_BPF_JIT, 0, "BPF programs are interpreted: set net.core.bpf_jit_enable to 1" },
	{ FACT_BPF_JIT, 2,
		"the BPF JIT writes its code to the kernel log: set "
		"net.core.bpf_jit_enable to 1" },
	{ FACT_BPF_JIT_HARDEN, 2,
		"the BPF JIT blinds constants, which slows programs: set "
		"net.core.bpf_jit_harden to 0 or 1" },
	{ FACT_BPF_STATS, 1,
		"BPF statistics slow every program: set kernel.bpf_stats_enabled to 0" },
	{ FACT_CPUS_ONLINE, 1,
		"only one CPU online, writer and reader take turns on it: use two or more" },
};

/* Of "0-3,5": "5". */
static const char *last_number(const char *list)
{
	const char *last = list + strlen(list);

	while (last > list && last[-1] >= '0' && last[-1] <= '9')
		last--;
	return last;
}

static void warn_affinity(const struct warner *w)
{
	const char *given = machine_text(w->machine, FACT_AFFINITY_GIVEN);
	char asked[24];

	if (w->machine->pins_threads)
		return;
	snprintf(asked, sizeof(asked), "%.0f", number(w, FACT_AFFINITY_ASKED));
	if (number(w, FACT_AFFINITY_ASKED) >= 0 && given[0] && strcmp(asked, given) != 0)
		warn(w,
			"asked for CPU %s but may run on %.40s: check that this CPU is online and "
			"allowed",
			asked, given);
	else if (number(w, FACT_AFFINITY_CPUS) > 1)
		warn(w, "not pinned, may move between %.0f CPUs: give -cpu %s",
			number(w, FACT_AFFINITY_CPUS), last_number(given));
}

static void warn_load(const struct warner *w)
{
	const double cpus = number(w, FACT_CPUS_ONLINE), others = number(w, FACT_OTHER_TASKS);

	if (others > 0)
		warn(w, "%.0f other task%s running at the start: stop other work and repeat",
			others, others == 1 ? " was" : "s were");
	if (cpus > 0 && number(w, FACT_LOAD) > 0.5 * cpus)
		warn(w, "load was %.2f on %.0f CPU%s: stop other work, wait a minute and repeat",
			number(w, FACT_LOAD), cpus, cpus == 1 ? "" : "s");
	/* Growth during the run is proof; the count since boot is only a hint. */
	if (number(w, FACT_THROTTLES_DURING_RUN) > 0)
		warn(w, "the CPUs were slowed for heat during the run: let them cool, repeat");
	else if (number(w, FACT_THROTTLES_DURING_RUN) < 0 && number(w, FACT_THROTTLES) > 0)
		warn(w, "the CPUs were slowed for heat since boot: check the cooling");
}

static void warn_frequency(const struct warner *w)
{
	static const char advice[] = "cpupower frequency-set -g performance";
	/* With these drivers, powersave means that the processor itself chooses. */
	const bool own_choice = is(w, FACT_FREQUENCY_DRIVER, "intel_pstate") ||
				is(w, FACT_FREQUENCY_DRIVER, "amd-pstate-epp") ||
				is(w, FACT_FREQUENCY_DRIVER, "amd_pstate_epp");

	if (is(w, FACT_GOVERNOR, "powersave") && !own_choice)
		warn(w, "governor powersave keeps the CPU at its lowest frequency: %s", advice);
	/* Not userspace: it fixes the frequency. */
	else if (!is(w, FACT_GOVERNOR, "") && !is(w, FACT_GOVERNOR, "performance") &&
		 !is(w, FACT_GOVERNOR, "userspace"))
		warn(w, "governor %.60s lets the frequency follow the load: %s",
			machine_text(w->machine, FACT_GOVERNOR), advice);
	if (number(w, FACT_BOOST) == 1)
		warn(w, "boost is on, the frequency depends on heat and on busy cores: switch it "
			"off to compare small differences");
}

static void warn_machine(const struct warner *w)
{
	const char *hypervisor = machine_text(w->machine, FACT_HYPERVISOR);

	if (number(w, FACT_STEAL_MS_DURING_RUN) > 0)
		warn(w, "the host took %.0f ms of CPU time during the run: repeat when it is idle",
			number(w, FACT_STEAL_MS_DURING_RUN));
	if (is(w, FACT_HYPERVISOR, MACHINE_QEMU_TCG))
		warn(w,
			"emulated CPU (%s), timings are meaningless: measure on a real machine, "
			"or in a virtual machine with KVM",
			hypervisor);
	else if (number(w, FACT_VIRTUAL_MACHINE) == 1)
		warn(w,
			"virtual machine (%.40s), the host may move or stop its CPUs: repeat runs "
			"and doubt small differences",
			hypervisor[0] ? hypervisor : "unknown hypervisor");
	/* Each read is a system call, and for most a slow device. */
	if (is(w, FACT_CLOCK_SOURCE, "hpet") || is(w, FACT_CLOCK_SOURCE, "acpi_pm") ||
		is(w, FACT_CLOCK_SOURCE, "jiffies"))
		warn(w, "clock source %s is slow to read: use tsc if the machine has it",
			machine_text(w->machine, FACT_CLOCK_SOURCE));
	if (number(w, FACT_SMT) == 1)
		warn(w, "SMT is on, two busy threads may share a core: keep writer and reader on "
			"different cores");
	if (number(w, FACT_NUMA_NODES) > 1)
		warn(w, "%.0f NUMA nodes: keep writer and reader on one node",
			number(w, FACT_NUMA_NODES));
}

void machine_warnings(const struct machine *machine, struct machine_warnings *warnings)
{
	const struct warner w = { machine, warnings };

	warnings->count = 0;
	for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++)
		if (number(&w, simple[i].fact) == simple[i].value)
			warn(&w, "%s", simple[i].text);
	warn_affinity(&w);
	warn_load(&w);
	warn_frequency(&w);
	warn_machine(&w);
}
