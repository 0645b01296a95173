/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/machine.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "machine/hypervisor.h"
#include "machine/system_files.h"

#define CPU "/sys/devices/system/cpu"
#define THIS_CPU CPU "/cpu%d"

enum kind { TEXT, NUMBER, FLAG, REAL };

/*
 * Decisive: results that differ in it must not be compared. Not so what every run changes, what the
 * warnings judge, which one CPU was chosen, and the project's own version: comparing that is what a
 * comparison is for.
 */
static const struct description {
	const char *name;
	enum kind kind;
	bool decisive;
	const char *path; /* its first line is the fact; may have the CPU described in it */
} facts[FACT_COUNT] = {
	[FACT_TIMESTAMP] = { "timestamp", TEXT, false, NULL },
	[FACT_CPU_MODEL] = { "cpu_model", TEXT, true, NULL },
	[FACT_CPU_ID] = { "cpu_id", TEXT, true, NULL },
	[FACT_CPUS_ONLINE] = { "cpus_online", NUMBER, true, NULL },
	[FACT_SMT] = { "smt", FLAG, true, CPU "/smt/active" },
	[FACT_NUMA_NODES] = { "numa_nodes", NUMBER, true, NULL },
	[FACT_FREQUENCY_DRIVER] = { "frequency_driver", TEXT, true,
		THIS_CPU "/cpufreq/scaling_driver" },
	[FACT_GOVERNOR] = { "governor", TEXT, true, THIS_CPU "/cpufreq/scaling_governor" },
	[FACT_ENERGY_PREFERENCE] = { "energy_preference", TEXT, true,
		THIS_CPU "/cpufreq/energy_performance_preference" },
	[FACT_BOOST] = { "boost", FLAG, true, CPU "/cpufreq/boost" },
	[FACT_THROTTLES] = { "throttles", NUMBER, false, NULL },
	[FACT_THROTTLES_DURING_RUN] = { "throttles_during_run", NUMBER, false, NULL },
	[FACT_VIRTUAL_MACHINE] = { "virtual_machine", FLAG, true, NULL },
	[FACT_HYPERVISOR] = { "hypervisor", TEXT, true, NULL },
	[FACT_KERNEL_RELEASE] = { "kernel_release", TEXT, true, "/proc/sys/kernel/osrelease" },
	/* Not /proc/version, which also names the user and the host that built the kernel. */
	[FACT_KERNEL_VERSION] = { "kernel_version", TEXT, true, "/proc/sys/kernel/version" },
	[FACT_ARCHITECTURE] = { "architecture", TEXT, true, "/proc/sys/kernel/arch" },
	[FACT_PAGE_SIZE] = { "page_size_bytes", NUMBER, true, NULL },
	[FACT_CLOCK_SOURCE] = { "clock_source", TEXT, true,
		"/sys/devices/system/clocksource/clocksource0/current_clocksource" },
	[FACT_HUGEPAGES] = { "transparent_hugepages", TEXT, true,
		"/sys/kernel/mm/transparent_hugepage/enabled" },
	[FACT_SPECTRE_V2] = { "spectre_v2", TEXT, true, CPU "/vulnerabilities/spectre_v2" },
	[FACT_BPF_JIT] = { "bpf_jit", NUMBER, true, "/proc/sys/net/core/bpf_jit_enable" },
	[FACT_BPF_JIT_HARDEN] = { "bpf_jit_harden", NUMBER, true,
		"/proc/sys/net/core/bpf_jit_harden" },
	[FACT_BPF_STATS] = { "bpf_stats", FLAG, true, "/proc/sys/kernel/bpf_stats_enabled" },
	[FACT_LOAD] = { "load_1_minute", REAL, false, NULL },
	[FACT_OTHER_TASKS] = { "other_tasks_running", NUMBER, false, NULL },
	[FACT_STEAL_MS] = { "steal_ms", NUMBER, false, NULL },
	[FACT_STEAL_MS_DURING_RUN] = { "steal_ms_during_run", NUMBER, false, NULL },
	[FACT_AFFINITY_ASKED] = { "affinity_asked", NUMBER, false, NULL },
	[FACT_AFFINITY_CPUS] = { "affinity_cpus", NUMBER, true, NULL },
	[FACT_AFFINITY_GIVEN] = { "affinity_given", TEXT, false, NULL },
	[FACT_COMPILER] = { "compiler", TEXT, true, NULL },
	[FACT_COMPILE_FLAGS] = { "compile_flags", TEXT, true, NULL },
	[FACT_OPTIMIZED] = { "optimized", FLAG, true, NULL },
	[FACT_SANITIZED] = { "sanitized", FLAG, true, NULL },
	[FACT_LIBBPF_VERSION] = { "libbpf_version", TEXT, true, NULL },
	[FACT_RINGVIEW_VERSION] = { "ringview_version", TEXT, false, NULL },
	[FACT_RINGVIEW_COMMIT] = { "ringview_commit", TEXT, false, NULL },
};

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

#ifndef BENCH_CFLAGS
#define BENCH_CFLAGS ""
#endif

static void set_text(struct machine *m, enum fact fact, const char *text)
{
	system_copy_text(m->facts[fact].text, MACHINE_TEXT_SIZE, text ? text : "");
}

static void set_number(struct machine *m, enum fact fact, double number)
{
	m->facts[fact].number = number;
}

/* Flags and settings are 0, 1 or 2; anything else is garbage. */
static void read_files(struct machine *m, const char *root, int cpu)
{
	for (int fact = 0; fact < FACT_COUNT; fact++) {
		const struct description *d = &facts[fact];
		int64_t number;
		char path[160];

		if (!d->path || (strchr(d->path, '%') && cpu < 0))
			continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(path, sizeof(path), d->path, cpu); /* of the table above */
#pragma GCC diagnostic pop
		if (d->kind == TEXT) {
			system_read_text(m->facts[fact].text, MACHINE_TEXT_SIZE, root, "%s", path);
			continue;
		}
		number = system_read_number(root, "%s", path);
		if (number >= 0 && number <= 2)
			set_number(m, fact, d->kind == FLAG ? number > 0 : (double)number);
	}
}

static void read_timestamp(struct machine *m)
{
	struct timespec now;
	struct tm utc;

	if (clock_gettime(CLOCK_REALTIME, &now) == 0 && gmtime_r(&now.tv_sec, &utc))
		strftime(m->facts[FACT_TIMESTAMP].text, MACHINE_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ",
			&utc);
}

/* How many there are in a list such as "0-3,8"; -1: it is none. */
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

/* The first CPU online, for facts of one CPU where none was asked for. */
static int read_counts(struct machine *m, const char *root)
{
	char list[4096];
	const char *rest = list;
	int first = -1, last;

	if (system_read_text(list, sizeof(list), root, "/sys/devices/system/node/online"))
		set_number(m, FACT_NUMA_NODES, count_of(list));
	if (!system_read_text(list, sizeof(list), root, CPU "/online"))
		return -1;
	set_number(m, FACT_CPUS_ONLINE, count_of(list));
	return system_next_range(&rest, &first, &last) ? first : -1;
}

/* Models by numbers where they have no name: arm64. */
static void read_processor(struct machine *m, const char *root)
{
	static const char *const names[][4] = {
		{ "vendor_id", "cpu family", "model", "stepping" },
		{ "CPU implementer", "CPU architecture", "CPU part", "CPU revision" },
	};
	char part[4][64], id[MACHINE_TEXT_SIZE];

	for (int kind = 0; kind < 2; kind++) {
		for (int i = 0; i < 4; i++)
			system_read_cpuinfo(part[i], sizeof(part[i]), root, names[kind][i]);
		if (!part[0][0])
			continue;
		snprintf(id, sizeof(id), "%s/%s/%s/%s", part[0], part[1], part[2], part[3]);
		set_text(m, FACT_CPU_ID, id);
	}
	if (!system_read_cpuinfo(
		    m->facts[FACT_CPU_MODEL].text, MACHINE_TEXT_SIZE, root, "model name"))
		set_text(m, FACT_CPU_MODEL, machine_text(m, FACT_CPU_ID));
}

static void read_affinity(struct machine *m)
{
	cpu_set_t set[64]; /* 65536 CPUs */
	char *text = m->facts[FACT_AFFINITY_GIVEN].text;
	size_t used = 0;

	if (sched_getaffinity(0, sizeof(set), set) < 0)
		return;
	set_number(m, FACT_AFFINITY_CPUS, CPU_COUNT_S(sizeof(set), set));
	for (size_t first = 0, last; first < 8 * sizeof(set); first = last + 1) {
		last = first;
		if (!CPU_ISSET_S(first, sizeof(set), set))
			continue;
		while (last + 1 < 8 * sizeof(set) && CPU_ISSET_S(last + 1, sizeof(set), set))
			last++;
		if (used + 24 > MACHINE_TEXT_SIZE) {
			strcpy(text + used, ",...");
			return;
		}
		used += (size_t)snprintf(
			text + used, MACHINE_TEXT_SIZE - used, "%s%zu", used ? "," : "", first);
		if (last > first)
			used += (size_t)snprintf(text + used, MACHINE_TEXT_SIZE - used, "%c%zu",
				last == first + 1 ? ',' : '-', last);
	}
}

static double read_steal(const char *root)
{
	unsigned long long ticks;
	char line[256];

	system_read_text(line, sizeof(line), root, "/proc/stat");
	/* The width keeps the product below within 64 bits. */
	if (sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %15llu", &ticks) != 1)
		return -1;
	return (double)(ticks * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK));
}

static void read_load(struct machine *m, const char *root)
{
	unsigned int whole, tenths, hundredths, running;
	char line[128];

	set_number(m, FACT_STEAL_MS, read_steal(root));
	system_read_text(line, sizeof(line), root, "/proc/loadavg");
	/* By its digits, because strtod() would obey the decimal point of the locale. */
	if (sscanf(line, "%9u.%1u%1u %*s %*s %9u/%*u", &whole, &tenths, &hundredths, &running) != 4)
		return;
	set_number(m, FACT_LOAD, whole + (tenths * 10 + hundredths) / 100.0);
	set_number(m, FACT_OTHER_TASKS, running > 0 ? running - 1 : 0);
}

/* Of all CPUs online together; -1 where one does not tell (only Intel's do). */
static double read_throttles(const char *root)
{
	char list[4096];
	const char *online = list;
	int first, last;
	double sum = 0;

	if (!system_read_text(list, sizeof(list), root, CPU "/online"))
		return -1;
	while (system_next_range(&online, &first, &last))
		for (int cpu = first; cpu <= last; cpu++) {
			const int64_t core = system_read_number(
				root, THIS_CPU "/thermal_throttle/core_throttle_count", cpu);
			const int64_t package = system_read_number(
				root, THIS_CPU "/thermal_throttle/package_throttle_count", cpu);

			if (core < 0)
				return -1;
			sum += (double)core + (package > 0 ? (double)package : 0);
		}
	return sum;
}

static void read_build(struct machine *m, const struct machine_request *request)
{
	set_text(m, FACT_COMPILER, COMPILER);
	set_text(m, FACT_COMPILE_FLAGS, BENCH_CFLAGS);
	set_number(m, FACT_OPTIMIZED, OPTIMIZED);
	set_number(m, FACT_SANITIZED, SANITIZED);
	set_text(m, FACT_LIBBPF_VERSION, request->libbpf_version);
	set_text(m, FACT_RINGVIEW_VERSION, request->ringview_version);
	set_text(m, FACT_RINGVIEW_COMMIT, request->ringview_commit);
	set_number(m, FACT_PAGE_SIZE, (double)sysconf(_SC_PAGESIZE));
}

void machine_read(struct machine *m, const struct machine_request *request)
{
	const char *root = request->root;
	struct utsname name;
	int64_t no_turbo;
	int first;

	memset(m, 0, sizeof(*m));
	for (int fact = 0; fact < FACT_COUNT; fact++)
		set_number(m, fact, -1);
	m->pins_threads = request->pins_threads;
	read_timestamp(m);
	read_build(m, request);
	read_affinity(m);
	set_number(m, FACT_AFFINITY_ASKED, request->cpu);
	/* Before the many files below, which themselves are work on other CPUs. */
	read_load(m, root);
	first = read_counts(m, root);
	read_files(m, root, request->cpu >= 0 ? request->cpu : first);
	/* Before Linux 6.1 only uname() says it, which ignores a test's root. */
	if (!root[0] && !machine_text(m, FACT_ARCHITECTURE)[0] && uname(&name) == 0)
		set_text(m, FACT_ARCHITECTURE, name.machine);
	no_turbo = system_read_number(root, CPU "/intel_pstate/no_turbo");
	if (no_turbo == 0 || no_turbo == 1)
		set_number(m, FACT_BOOST, !no_turbo);
	set_number(m, FACT_THROTTLES, read_throttles(root));
	read_processor(m, root);
	set_number(m, FACT_VIRTUAL_MACHINE,
		hypervisor_find(root, m->facts[FACT_HYPERVISOR].text, MACHINE_TEXT_SIZE));
}

/* Of a count that only grows: unknown if either end is, or if it fell, as when a CPU goes offline.
 */
static double growth(double before, double after)
{
	return before < 0 || after < before ? -1 : after - before;
}

void machine_finish(struct machine *m, const char *root)
{
	set_number(m, FACT_THROTTLES_DURING_RUN,
		growth(machine_number(m, FACT_THROTTLES), read_throttles(root)));
	set_number(m, FACT_STEAL_MS_DURING_RUN,
		growth(machine_number(m, FACT_STEAL_MS), read_steal(root)));
}

static json_t *fact_json(const struct machine *m, enum fact fact)
{
	const double number = machine_number(m, fact);

	if (facts[fact].kind == TEXT)
		return machine_text(m, fact)[0] ? json_string(machine_text(m, fact)) : json_null();
	if (number < 0)
		return json_null();
	if (facts[fact].kind == FLAG)
		return json_boolean(number > 0);
	return facts[fact].kind == REAL ? json_real(number) : json_integer((json_int_t)number);
}

json_t *machine_json(const struct machine *m)
{
	json_t *object = json_object();

	for (int fact = 0; fact < FACT_COUNT; fact++)
		json_object_set_new(object, facts[fact].name, fact_json(m, fact));
	return object;
}

size_t machine_differences(const json_t *old_machine, const json_t *new_machine,
	machine_difference_fn *tell, void *context)
{
	size_t differences = 0;

	for (int fact = 0; fact < FACT_COUNT; fact++) {
		const char *name = facts[fact].name;
		json_t *before = json_object_get(old_machine, name);
		json_t *after = json_object_get(new_machine, name);

		if (!facts[fact].decisive || !before || !after || json_is_null(before) ||
			json_is_null(after) || json_equal(before, after))
			continue;
		tell(context, name, before, after);
		differences++;
	}
	return differences;
}
