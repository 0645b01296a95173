/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/machine.h"

#include <bpf/libbpf.h>
#include <glob.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/process.h"
#include "commit.h"
#include "ringview/ringview.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* What the first line of a fact's file is. OTHER: a function reads it. LIST: of CPUs or nodes; counted. */
enum kind { OTHER, TEXT, NUMBER, FLAG, LIST };

/*
 * The facts, in the order of the JSON. Results that differ in a decisive fact must not be compared.
 * Facts that change with each run, that the warnings judge, the chosen CPU and the project's version
 * are not decisive: to compare versions is what a comparison is for.
 */
static const struct {
	const char *name;
	bool decisive;
	enum kind kind;
	const char *path; /* %d: the CPU */
} facts[] = {
	{ "timestamp", false, OTHER, NULL }, /* UTC, ISO 8601 */
	{ "cpu_model", true, OTHER, NULL },
	{ "cpu_id", true, OTHER, NULL }, /* vendor/family/model/stepping, or arm64's like */
	{ "cpus_online", true, LIST, CPU_FOLDER "/online" },
	{ "smt", true, FLAG, CPU_FOLDER "/smt/active" },
	{ "numa_nodes", true, LIST, "/sys/devices/system/node/online" },
	{ "frequency_driver", true, TEXT, CPU_FOLDER "/cpu%d/cpufreq/scaling_driver" },
	{ "governor", true, TEXT, CPU_FOLDER "/cpu%d/cpufreq/scaling_governor" },
	{ "energy_preference", true, TEXT,
		CPU_FOLDER "/cpu%d/cpufreq/energy_performance_preference" },
	{ "boost", true, FLAG, CPU_FOLDER "/cpufreq/boost" },
	{ "throttles", false, OTHER, NULL }, /* since boot, of cores and packages */
	{ "throttles_during_run", false, OTHER, NULL },
	{ "virtual_machine", true, OTHER, NULL }, /* unknown without proof of either */
	{ "hypervisor", true, OTHER, NULL },
	{ "kernel_release", true, TEXT, "/proc/sys/kernel/osrelease" },
	/* Not /proc/version, which also has the user and host that built the kernel. */
	{ "kernel_version", true, TEXT, "/proc/sys/kernel/version" },
	{ "architecture", true, OTHER, NULL }, { "page_size_bytes", true, OTHER, NULL },
	{ "clock_source", true, TEXT,
		"/sys/devices/system/clocksource/clocksource0/current_clocksource" },
	{ "transparent_hugepages", true, TEXT, "/sys/kernel/mm/transparent_hugepage/enabled" },
	/* Decides the cost of an indirect call. */
	{ "spectre_v2", true, TEXT, CPU_FOLDER "/vulnerabilities/spectre_v2" },
	{ "bpf_jit", true, NUMBER, "/proc/sys/net/core/bpf_jit_enable" },
	{ "bpf_jit_harden", true, NUMBER, "/proc/sys/net/core/bpf_jit_harden" },
	{ "bpf_stats", true, FLAG, "/proc/sys/kernel/bpf_stats_enabled" },
	{ "load_1_minute", false, OTHER, NULL }, { "other_tasks_running", false, OTHER, NULL },
	{ "steal_ms", false, OTHER, NULL }, /* since boot: the host ran something else */
	{ "steal_ms_during_run", false, OTHER, NULL }, { "affinity_asked", false, OTHER, NULL },
	{ "affinity_cpus", true, OTHER, NULL },
	{ "affinity_given", false, OTHER, NULL }, /* as taskset -c prints it */
	{ "compiler", true, OTHER, NULL }, { "compile_flags", true, OTHER, NULL },
	{ "optimized", true, OTHER, NULL }, { "sanitized", true, OTHER, NULL },
	{ "libbpf_version", true, OTHER, NULL }, { "ringview_version", false, OTHER, NULL },
	{ "ringview_commit", false, OTHER, NULL }, /* "-dirty" with changes */
};

#define FACTS (sizeof(facts) / sizeof(facts[0]))

#define TEXT_SIZE 256

#ifdef __clang__
#define COMPILER __VERSION__ /* names it already, and who packaged it */
#else
#define COMPILER "GCC " __VERSION__
#endif

#ifdef __OPTIMIZE__
#define OPTIMIZED 1
#else
#define OPTIMIZED 0
#endif

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||           \
	__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static void set_text(json_t *m, const char *name, const char *text)
{
	char line[TEXT_SIZE];

	system_copy_text(line, sizeof(line), text ? text : "");
	json_object_set_new(m, name, line[0] ? json_string(line) : json_null());
}

/* If it is negative, it is unknown. */
static void set_number(json_t *m, const char *name, double number)
{
	json_object_set_new(m, name, number < 0 ? json_null() : json_integer((json_int_t)number));
}

static void set_flag(json_t *m, const char *name, bool value)
{
	json_object_set_new(m, name, json_boolean(value));
}

double machine_number(const json_t *machine, const char *name)
{
	const json_t *value = json_object_get(machine, name);

	if (json_is_boolean(value))
		return json_is_true(value);
	return json_is_number(value) ? json_number_value(value) : -1;
}

const char *machine_text(const json_t *machine, const char *name)
{
	const json_t *value = json_object_get(machine, name);

	return json_is_string(value) ? json_string_value(value) : "";
}

/* Returns the length of a list such as "0-3,8"; -1 if it is no list. */
static int count_of(const char *list)
{
	int count = 0, first, last;

	while (*list) {
		if (!system_next_range(&list, &first, &last))
			return -1;
		count += last - first + 1;
	}
	return count > 0 ? count : -1;
}

/* Facts of one CPU are those of @cpu, or of the first online if it is negative. */
static void read_files(json_t *m, int cpu)
{
	char path[160], line[4096];
	const char *rest = line;
	int last;

	system_read_text(line, sizeof(line), CPU_FOLDER "/online");
	if (cpu < 0 && !system_next_range(&rest, &cpu, &last))
		cpu = -1;
	for (size_t i = 0; i < FACTS; i++) {
		const char *name = facts[i].name;
		int64_t number;

		if (facts[i].kind == OTHER || (strchr(facts[i].path, '%') && cpu < 0))
			continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(path, sizeof(path), facts[i].path, cpu);
#pragma GCC diagnostic pop
		system_read_text(line, sizeof(line), path);
		number = system_parse_number(line);
		if (facts[i].kind == TEXT)
			set_text(m, name, line);
		else if (facts[i].kind == LIST)
			set_number(m, name, count_of(line));
		/* Flags and settings are 0, 1 or 2; anything else is garbage. */
		else if (number >= 0 && number <= 2 && facts[i].kind == FLAG)
			set_flag(m, name, number > 0);
		else if (number >= 0 && number <= 2)
			set_number(m, name, (double)number);
	}
}

/* On arm64 a model has no name, only numbers. */
static void read_processor(json_t *m)
{
	static const char *const names[][4] = {
		{ "vendor_id", "cpu family", "model", "stepping" },
		{ "CPU implementer", "CPU architecture", "CPU part", "CPU revision" },
	};
	char part[4][64], id[TEXT_SIZE] = "", model[TEXT_SIZE];

	for (int kind = 0; kind < 2 && !id[0]; kind++) {
		for (int i = 0; i < 4; i++)
			system_read_field(
				part[i], sizeof(part[i]), "/proc/cpuinfo", names[kind][i], ':');
		if (part[0][0])
			snprintf(id, sizeof(id), "%s/%s/%s/%s", part[0], part[1], part[2], part[3]);
	}
	set_text(m, "cpu_id", id);
	system_read_field(model, sizeof(model), "/proc/cpuinfo", "model name", ':');
	set_text(m, "cpu_model", model[0] ? model : id);
}

static void read_affinity(json_t *m)
{
	char text[TEXT_SIZE] = "";
	size_t used = 0, left;
	pin_set set;

	if (sched_getaffinity(0, sizeof(set), set) < 0)
		return;
	left = (size_t)CPU_COUNT_S(sizeof(set), set);
	set_number(m, "affinity_cpus", (double)left);
	for (size_t cpu = 0; left > 0 && used + 24 < sizeof(text); cpu++) {
		const size_t first = cpu;

		if (!CPU_ISSET_S(cpu, sizeof(set), set))
			continue;
		while (CPU_ISSET_S(cpu + 1, sizeof(set), set))
			cpu++;
		left -= cpu - first + 1;
		used += (size_t)snprintf(text + used, sizeof(text) - used,
			cpu > first ? "%s%zu%c%zu" : "%s%zu", used ? "," : "", first,
			cpu == first + 1 ? ',' : '-', cpu);
	}
	if (left > 0)
		strcpy(text + used, ",...");
	set_text(m, "affinity_given", text);
}

static double read_steal(void)
{
	unsigned long long ticks;
	char line[256];

	system_read_text(line, sizeof(line), "/proc/stat");
	/* The width prevents an overflow below. */
	if (sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %15llu", &ticks) != 1)
		return -1;
	return (double)ticks * 1000 / (double)sysconf(_SC_CLK_TCK);
}

static void read_load(json_t *m)
{
	unsigned int whole, tenths, hundredths, running;
	char line[128];

	set_number(m, "steal_ms", read_steal());
	system_read_text(line, sizeof(line), "/proc/loadavg");
	/* Not strtod(), whose decimal point depends on the locale. */
	if (sscanf(line, "%9u.%1u%1u %*s %*s %9u/%*u", &whole, &tenths, &hundredths, &running) != 4)
		return;
	json_object_set_new(
		m, "load_1_minute", json_real(whole + (tenths * 10 + hundredths) / 100.0));
	set_number(m, "other_tasks_running", running > 0 ? running - 1 : 0);
}

/* The sum over all CPUs online; -1 if none counts (only Intel's do). */
static double read_throttles(void)
{
	char pattern[PATH_MAX];
	glob_t counts;
	double sum = 0;

	snprintf(pattern, sizeof(pattern),
		"%s" CPU_FOLDER "/cpu[0-9]*/thermal_throttle/*_throttle_count", system_root);
	if (glob(pattern, GLOB_NOSORT, NULL, &counts) != 0)
		return -1;
	for (size_t i = 0; i < counts.gl_pathc; i++)
		sum += fmax(
			0, (double)system_read_number(counts.gl_pathv[i] + strlen(system_root)));
	globfree(&counts);
	return sum;
}

/* The beginning of a cpuid signature ("KVMKVMKVM"), or of a name in the firmware. */
static const struct {
	const char *text, *name;
} hypervisors[] = { { "Linux KVM Hv", "KVM" }, { "TCGTCGTCGTCG", MACHINE_QEMU_TCG },
	{ "Microsoft Hv", "Hyper-V" }, { "KVM", "KVM" }, { "OpenStack", "KVM" },
	{ "Google Compute Engine", "KVM" }, { "Amazon EC2", "Amazon EC2" }, { "QEMU", "QEMU" },
	{ "VMware", "VMware" }, { "innotek GmbH", "VirtualBox" }, { "VirtualBox", "VirtualBox" },
	{ "Virtual Machine", "Hyper-V" }, { "Xen", "Xen" }, { "Apple Virtualization", "Apple" } };

/* Returns the empty text if it is not known. */
static const char *known_name(const char *text)
{
	for (size_t i = 0; i < sizeof(hypervisors) / sizeof(hypervisors[0]); i++)
		if (strncmp(text, hypervisors[i].text, strlen(hypervisors[i].text)) == 0)
			return hypervisors[i].name;
	return "";
}

/* The signature in the hypervisor's leaf; empty if there is none. */
static void read_cpuid(char *name, size_t size)
{
	name[0] = '\0';
#if defined(__x86_64__)
	unsigned int eax, ebx, ecx, edx;
	char signature[13] = "";

	/* Without this bit the leaf is undefined. */
	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & 1u << 31))
		return;
	__cpuid(0x40000000, eax, ebx, ecx, edx);
	memcpy(signature, &ebx, 4);
	memcpy(signature + 4, &ecx, 4);
	memcpy(signature + 8, &edx, 4);
	system_copy_text(name, size, known_name(signature)[0] ? known_name(signature) : signature);
#else
	(void)size;
#endif
}

static bool read_firmware(char *name, size_t size)
{
	static const char *const files[] = { "/sys/class/dmi/id/product_name",
		"/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/board_vendor",
		"/sys/class/dmi/id/bios_vendor" };
	char text[128];

	/* Amazon also rents whole machines; their firmware has the same vendor. */
	if (system_read_text(text, sizeof(text), files[0]) && strstr(text, ".metal"))
		return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !name[0]; i++) {
		system_read_text(text, sizeof(text), files[i]);
		system_copy_text(name, size, known_name(text));
	}
	return name[0] != '\0';
}

/* QEMU's processor "max" on arm64, which no hypervisor has: its implementer is the number that Arm
 * reserves for software, its part is a Q. */
static bool is_emulated_arm(void)
{
	char maker[16], part[16];

	return system_read_field(maker, sizeof(maker), "/proc/cpuinfo", "CPU implementer", ':') &&
	       system_read_field(part, sizeof(part), "/proc/cpuinfo", "CPU part", ':') &&
	       system_parse_number(maker) == 0 && system_parse_number(part) == 'Q';
}

static void read_hypervisor(json_t *m)
{
	char name[TEXT_SIZE] = "", flags[4096], text[64];
	const bool has_flags =
		system_read_field(flags, sizeof(flags), "/proc/cpuinfo", "flags", ':');
	const char *flag = strstr(flags, " hypervisor");
	bool is_virtual;

	/* About this machine, not the one whose files a test made. */
	if (!system_root[0])
		read_cpuid(name, sizeof(name));
	if (!name[0] && is_emulated_arm())
		system_copy_text(name, sizeof(name), MACHINE_QEMU_TCG);
	/* In this file the kernel names its hypervisor. */
	if (!name[0])
		system_read_text(name, sizeof(name), "/sys/hypervisor/type");
	/* QEMU's and others' virtual machine for arm64. */
	system_read_text(text, sizeof(text), "/proc/device-tree/compatible");
	is_virtual = name[0] || read_firmware(name, sizeof(name)) ||
		     (flag && (flag[11] == ' ' || flag[11] == '\0')) ||
		     strncmp(text, "linux,dummy-virt", 16) == 0;
	set_text(m, "hypervisor", name);
	/* Other processors than x86 have no flags: there is no evidence, which proves nothing. */
	if (is_virtual || has_flags)
		set_flag(m, "virtual_machine", is_virtual);
}

json_t *machine_read(int cpu)
{
	json_t *m = json_object();
	const time_t now = time(NULL);
	char timestamp[32];
	struct utsname name;
	struct tm utc;
	int64_t no_turbo;

	for (size_t i = 0; i < FACTS; i++)
		json_object_set_new(m, facts[i].name, json_null());
	strftime(timestamp, sizeof(timestamp), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	set_text(m, "timestamp", timestamp);
	uname(&name);
	set_text(m, "architecture", name.machine);
	set_number(m, "page_size_bytes", (double)sysconf(_SC_PAGESIZE));
	set_number(m, "affinity_asked", cpu);
	set_text(m, "compiler", COMPILER);
	set_text(m, "compile_flags", BENCH_CFLAGS);
	set_flag(m, "optimized", OPTIMIZED);
	set_flag(m, "sanitized", SANITIZED);
	set_text(m, "libbpf_version", libbpf_version_string());
	set_text(m, "ringview_version", ringview_version());
	set_text(m, "ringview_commit", RINGVIEW_COMMIT);
	read_affinity(m);
	/* Before the files below: to read them is load, too. */
	read_load(m);
	read_files(m, cpu);
	no_turbo = system_read_number(CPU_FOLDER "/intel_pstate/no_turbo");
	if (no_turbo == 0 || no_turbo == 1)
		set_flag(m, "boost", !no_turbo);
	set_number(m, "throttles", read_throttles());
	read_processor(m);
	read_hypervisor(m);
	return m;
}

/* Of a count that only grows: -1 if either is unknown, or if it fell, as when a CPU goes offline. */
static double growth(double before, double after)
{
	return before < 0 || after < before ? -1 : after - before;
}

void machine_finish(json_t *m)
{
	set_number(m, "throttles_during_run",
		growth(machine_number(m, "throttles"), read_throttles()));
	set_number(m, "steal_ms_during_run", growth(machine_number(m, "steal_ms"), read_steal()));
}

bool machine_decides(const char *name)
{
	for (size_t i = 0; i < FACTS; i++)
		if (strcmp(facts[i].name, name) == 0)
			return facts[i].decisive;
	return false;
}
