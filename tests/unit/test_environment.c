/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "environment/counters.h"
#include "environment/cpu_list.h"
#include "environment/environment.h"
#include "environment/system_files.h"

#define CPU "/sys/devices/system/cpu"

/* A directory that stands for "/" of some machine. */
static char root[64];

static int make_root(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/test_environment.XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static int remove_root(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void put_bytes(const char *path, const void *bytes, size_t size)
{
	char full[512];
	char *slash;
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (slash = strchr(full + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(!mkdir(full, 0700) || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void put(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

static void put_cache(int index, const char *level, const char *type, const char *size)
{
	char path[128];

	snprintf(path, sizeof(path), CPU "/cpu0/cache/index%d/level", index);
	put(path, level);
	snprintf(path, sizeof(path), CPU "/cpu0/cache/index%d/type", index);
	put(path, type);
	snprintf(path, sizeof(path), CPU "/cpu0/cache/index%d/size", index);
	put(path, size);
}

static void read_root(struct environment *e, int cpu)
{
	struct environment_request request = {
		.root = root,
		.cpu = cpu,
		.libbpf_version = "1.4.0",
		.ringview_version = "0.1.0",
	};

	memset(e, 0x5a, sizeof(*e));
	assert_int_equal(environment_read(e, &request), 0);
}

/* Two cores of two threads, a laptop in its usual state. */
static void put_intel(void)
{
	put("/proc/cpuinfo",
		"processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n"
		"model\t\t: 142\nmodel name\t: Intel(R) Core(TM) i5-7300U CPU @ 2.60GHz\n"
		"stepping\t: 9\nflags\t\t: fpu vme constant_tsc nohypervisor\n\n"
		"processor\t: 1\nvendor_id\t: GenuineIntel\nmodel name\t: other core\n");
	put(CPU "/online", "0-3\n");
	put(CPU "/smt/active", "1\n");
	put(CPU "/cpu0/topology/thread_siblings_list", "0,2\n");
	put(CPU "/cpu1/topology/thread_siblings_list", "1,3\n");
	put(CPU "/cpu2/topology/thread_siblings_list", "0,2\n");
	put(CPU "/cpu3/topology/thread_siblings_list", "1,3\n");
	put_cache(0, "1\n", "Data\n", "32K\n");
	put_cache(1, "1\n", "Instruction\n", "64K\n");
	put_cache(2, "2\n", "Unified\n", "256K\n");
	put_cache(3, "3\n", "Unified\n", "3072K\n");
	put(CPU "/intel_pstate/no_turbo", "0\n");
	put(CPU "/cpu0/cpufreq/scaling_driver", "intel_pstate\n");
	put(CPU "/cpu0/cpufreq/scaling_governor", "powersave\n");
	put(CPU "/cpu0/cpufreq/energy_performance_preference", "balance_performance\n");
	put(CPU "/cpu0/thermal_throttle/core_throttle_count", "3\n");
	put(CPU "/cpu1/thermal_throttle/core_throttle_count", "0\n");
	put(CPU "/cpu2/thermal_throttle/core_throttle_count", "3\n");
	put(CPU "/cpu3/thermal_throttle/core_throttle_count", "0\n");
	put("/sys/devices/system/node/online", "0\n");
	put("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
	put("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
	put(CPU "/vulnerabilities/spectre_v2", "Mitigation: Retpolines\n");
	put("/sys/class/dmi/id/sys_vendor", "LENOVO\n");
	put("/proc/sys/kernel/osrelease", "6.8.0-45-generic\n");
	put("/proc/sys/kernel/version", "#45-Ubuntu SMP PREEMPT_DYNAMIC\n");
	put("/proc/sys/kernel/arch", "x86_64\n");
	put("/proc/sys/net/core/bpf_jit_enable", "1\n");
	put("/proc/sys/net/core/bpf_jit_harden", "0\n");
	put("/proc/sys/kernel/bpf_stats_enabled", "1\n");
	put("/proc/meminfo", "MemTotal:       16000000 kB\nSwapCached: 7 kB\n"
			     "SwapTotal:       4000000 kB\nSwapFree:        3998000 kB\n");
	put("/proc/loadavg", "2.05 1.00 0.50 3/812 4711\n");
	put("/proc/stat", "cpu  1 2 3 4 5 6 7 0 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n");
}

static void test_intel_laptop(void **state)
{
	struct environment e;

	(void)state;
	put_intel();
	read_root(&e, -1);
	assert_int_equal(e.described_cpu, 0);
	assert_string_equal(e.cpu_vendor, "GenuineIntel");
	assert_string_equal(e.cpu_model, "Intel(R) Core(TM) i5-7300U CPU @ 2.60GHz");
	assert_int_equal(e.cpu_family, 6);
	assert_int_equal(e.cpu_model_number, 142);
	assert_int_equal(e.cpu_stepping, 9);
	assert_int_equal(e.cpus_online, 4);
	assert_int_equal(e.cores_online, 2);
	assert_int_equal(e.smt, 1);
	assert_int_equal(e.numa_nodes, 1);
	assert_int_equal(e.cache_l1d_bytes, 32 << 10);
	assert_int_equal(e.cache_l2_bytes, 256 << 10);
	assert_int_equal(e.cache_l3_bytes, 3 << 20);
	assert_string_equal(e.frequency_driver, "intel_pstate");
	assert_string_equal(e.governor, "powersave");
	assert_string_equal(e.energy_preference, "balance_performance");
	assert_int_equal(e.boost, 1);
	assert_int_equal(e.core_throttles, 6);
	assert_int_equal(e.package_throttles, ENVIRONMENT_UNKNOWN);
	assert_int_equal(e.throttles_during_run, ENVIRONMENT_UNKNOWN);
	assert_int_equal(e.virtual_machine, 0);
	assert_string_equal(e.hypervisor, "");
	assert_string_equal(e.kernel_release, "6.8.0-45-generic");
	assert_string_equal(e.kernel_version, "#45-Ubuntu SMP PREEMPT_DYNAMIC");
	assert_string_equal(e.architecture, "x86_64");
	assert_string_equal(e.clock_source, "tsc");
	assert_string_equal(e.transparent_hugepages, "madvise");
	assert_string_equal(e.spectre_v2, "Mitigation: Retpolines");
	assert_int_equal(e.bpf_jit, 1);
	assert_int_equal(e.bpf_jit_harden, 0);
	assert_int_equal(e.bpf_stats, 1);
	assert_int_equal(e.memory_bytes, INT64_C(16000000) * 1024);
	assert_int_equal(e.swap_used_bytes, 2000 * 1024);
	assert_true(e.load_1_minute > 2.0499 && e.load_1_minute < 2.0501);
	assert_int_equal(e.other_tasks_running, 2);
	assert_int_equal(e.steal_ms, 0);
	assert_int_equal(e.affinity_asked, ENVIRONMENT_UNKNOWN);
	assert_string_equal(e.libbpf_version, "1.4.0");
	assert_string_equal(e.ringview_version, "0.1.0");
	assert_string_equal(e.benchmark_version, "");
}

static void test_entry_of_the_cpu_asked_for(void **state)
{
	struct environment e;

	(void)state;
	put_intel();
	read_root(&e, 1);
	assert_int_equal(e.described_cpu, 1);
	assert_int_equal(e.affinity_asked, 1);
	assert_string_equal(e.cpu_model, "other core");
	/* Its entry tells neither: the first one's must not be kept. */
	assert_int_equal(e.cpu_family, ENVIRONMENT_UNKNOWN);
	assert_int_equal(e.virtual_machine, ENVIRONMENT_UNKNOWN);
	assert_string_equal(e.governor, "");
	assert_int_equal(e.cache_l2_bytes, ENVIRONMENT_UNKNOWN);
	/* No such entry: the first. */
	read_root(&e, 3);
	assert_int_equal(e.cpu_family, 6);
}

static void test_amd_virtual_machine(void **state)
{
	struct environment e;

	(void)state;
	put("/proc/cpuinfo", "processor : 0\nvendor_id : AuthenticAMD\ncpu family : 25\n"
			     "model : 17\nmodel name : AMD EPYC\nstepping : 1\n"
			     "flags : fpu hypervisor lahf_lm\n"
			     "\nprocessor : 1\nvendor_id : AuthenticAMD\n");
	put(CPU "/smt/active", "0\n");
	read_root(&e, 0);
	assert_string_equal(e.cpu_model, "AMD EPYC");
	/* Without /sys/.../online, the entries count. */
	assert_int_equal(e.cpus_online, 2);
	assert_int_equal(e.cores_online, ENVIRONMENT_UNKNOWN);
	assert_int_equal(e.smt, 0);
	assert_int_equal(e.virtual_machine, 1);
	assert_string_equal(e.hypervisor, "");
	assert_string_equal(e.governor, "");
	assert_int_equal(e.boost, ENVIRONMENT_UNKNOWN);

	put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
	read_root(&e, 0);
	assert_string_equal(e.hypervisor, "QEMU");
	put("/sys/hypervisor/type", "xen\n");
	read_root(&e, 0);
	assert_string_equal(e.hypervisor, "Xen");
}

static void test_amazon_metal_is_no_virtual_machine(void **state)
{
	struct environment e;

	(void)state;
	put_intel();
	put("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
	put("/sys/class/dmi/id/product_name", "c5.metal\n");
	read_root(&e, 0);
	assert_int_equal(e.virtual_machine, 0);
	put("/sys/class/dmi/id/product_name", "c5.large\n");
	read_root(&e, 0);
	assert_int_equal(e.virtual_machine, 1);
	assert_string_equal(e.hypervisor, "Amazon EC2");
}

static void test_arm64(void **state)
{
	static const char compatible[] = "linux,kvm";
	struct environment e;

	(void)state;
	put("/proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd\n"
			     "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\n"
			     "CPU part\t: 0xd0c\nCPU revision\t: 1\n\n");
	put(CPU "/online", "0\n");
	put(CPU "/cpu0/topology/thread_siblings_list", "0\n");
	put(CPU "/cpufreq/boost", "1\n");
	read_root(&e, -1);
	assert_string_equal(e.cpu_vendor, "Arm");
	assert_string_equal(e.cpu_model, "part 0xd0c variant 0x3");
	assert_int_equal(e.cpu_family, 8);
	assert_int_equal(e.cpu_model_number, 0xd0c);
	assert_int_equal(e.cpu_stepping, 1);
	assert_int_equal(e.smt, 0);
	assert_int_equal(e.boost, 1);
	/* No flags line: the absence of evidence is no proof. */
	assert_int_equal(e.virtual_machine, ENVIRONMENT_UNKNOWN);

	/* With the zero byte that ends every text of a device tree. */
	put_bytes("/proc/device-tree/hypervisor/compatible", compatible, sizeof(compatible));
	read_root(&e, -1);
	assert_int_equal(e.virtual_machine, 1);
	assert_string_equal(e.hypervisor, "KVM");

	put("/proc/cpuinfo", "processor : 0\nCPU implementer : 0xfe\nCPU part : 0x1\n");
	read_root(&e, -1);
	assert_string_equal(e.cpu_vendor, "implementer 0xfe");
	assert_string_equal(e.cpu_model, "part 0x1");
	assert_int_equal(e.cpu_family, ENVIRONMENT_UNKNOWN);
}

/* Facts that do not come from files below the root. */
static int is_own_fact(const char *name)
{
	static const char *const names[] = { "timestamp", "page_size_bytes", "affinity_cpus",
		"affinity_given", "compiler", "compile_flags", "optimized", "sanitized",
		"libbpf_version", "ringview_version" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(name, names[i]))
			return 1;
	}
	return 0;
}

static void assert_nothing_known(const struct environment *e)
{
	json_t *object = environment_json(e);
	const char *name;
	json_t *value;

	assert_non_null(object);
	assert_int_equal(json_object_size(object), 49);
	json_object_foreach(object, name, value)
	{
		if (!is_own_fact(name) && !json_is_null(value))
			fail_msg("%s is known", name);
	}
	json_decref(object);
}

static void test_everything_missing(void **state)
{
	struct environment_warnings warnings;
	struct environment e;

	(void)state;
	read_root(&e, -1);
	assert_nothing_known(&e);
	environment_finish(&e, root);
	assert_nothing_known(&e);
	/* Only what this process knows of itself can warn. */
	e.affinity_cpus = ENVIRONMENT_UNKNOWN;
	e.optimized = 1;
	e.sanitized = 0;
	environment_warnings(&e, &warnings);
	assert_int_equal(warnings.count, 0);
}

static const char *const numeric_files[] = { "/proc/meminfo", "/proc/loadavg", "/proc/stat",
	"/proc/cpuinfo", CPU "/online", CPU "/smt/active", CPU "/intel_pstate/no_turbo",
	CPU "/cpufreq/boost", "/sys/devices/system/node/online",
	"/proc/sys/net/core/bpf_jit_enable", "/proc/sys/net/core/bpf_jit_harden",
	"/proc/sys/kernel/bpf_stats_enabled", "/sys/kernel/mm/transparent_hugepage/enabled" };

static void test_garbage(void **state)
{
	static const char *const garbage[] = { "\n", "-1\n", "x\n", "0x\n", "1 2\n", ",\n", "3-1\n",
		"0-\n", "0,\n", "99999999999999999999999999\n", "0-99999999\n", ":\n", "::::\n",
		"processor : x\nmodel name : y\n", "MemTotal: 1 MB\n", "MemTotal: -5 kB\n",
		"MemTotal: 9223372036854775807 kB\n", "cpu 1 2 3\n", "1.5 1 1 1/2 3\n", "[never\n",
		"\xff\xfe\x01\x80\n" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		struct environment e;
		size_t file;

		for (file = 0; file < sizeof(numeric_files) / sizeof(numeric_files[0]); file++)
			put(numeric_files[file], garbage[i]);
		put_cache(0, garbage[i], "Data\n", garbage[i]);
		put_cache(1, "2\n", "Unified\n", garbage[i]);
		read_root(&e, -1);
		assert_nothing_known(&e);
	}
}

static void test_text_becomes_printable(void **state)
{
	struct environment e;
	json_t *object;

	(void)state;
	put("/proc/cpuinfo", "processor : 0\nmodel name :  A\xff\x01\"B\t \n");
	put("/proc/sys/kernel/osrelease", "\xc3\x28\n");
	read_root(&e, -1);
	assert_string_equal(e.cpu_model, "A\?\?\"B");
	object = environment_json(&e);
	assert_string_equal(json_string_value(json_object_get(object, "kernel_release")), "?(");
	json_decref(object);
}

static void test_very_long_lines(void **state)
{
	enum { LONG = 300000 };
	static const char head[] = "processor : 0\nmodel name : ";
	static const char tail[] = "\nflags : fpu ";
	char *text = malloc(2 * LONG + 100);
	struct environment e;
	size_t used = 0;

	(void)state;
	assert_non_null(text);
	memset(text, '1', LONG);
	text[LONG] = '\0';
	/* Longer than any number is no number, and longer than any list is no list. */
	put("/proc/sys/net/core/bpf_jit_enable", text);
	put(CPU "/online", text);
	put("/proc/loadavg", text);
	put("/proc/sys/kernel/osrelease", text);

	used += (size_t)sprintf(text + used, "%s", head);
	memset(text + used, 'm', LONG);
	used += LONG;
	used += (size_t)sprintf(text + used, "%s", tail);
	memset(text + used, 'f', LONG);
	used += LONG;
	sprintf(text + used, " hypervisor\n");
	put("/proc/cpuinfo", text);
	free(text);

	read_root(&e, -1);
	assert_int_equal(e.bpf_jit, ENVIRONMENT_UNKNOWN);
	assert_true(e.load_1_minute < 0);
	assert_int_equal(strlen(e.kernel_release), sizeof(e.kernel_release) - 1);
	assert_int_equal(strlen(e.cpu_model), sizeof(e.cpu_model) - 1);
	assert_int_equal(e.virtual_machine, 1);
	assert_int_equal(e.cpus_online, 1);
}

static void test_finish(void **state)
{
	struct environment e;

	(void)state;
	put_intel();
	read_root(&e, -1);
	environment_finish(&e, root);
	assert_int_equal(e.throttles_during_run, 0);
	assert_int_equal(e.steal_ms_during_run, 0);
	put(CPU "/cpu2/thermal_throttle/core_throttle_count", "5\n");
	put("/proc/stat", "cpu  1 2 3 4 5 6 7 8 0 0\n");
	environment_finish(&e, root);
	assert_int_equal(e.throttles_during_run, 2);
	assert_int_equal(e.steal_ms_during_run, 8 * 1000 / sysconf(_SC_CLK_TCK));
	/* A count that fell is no count. */
	put(CPU "/cpu2/thermal_throttle/core_throttle_count", "0\n");
	environment_finish(&e, root);
	assert_int_equal(e.throttles_during_run, ENVIRONMENT_UNKNOWN);
}

static void test_json_round_trip(void **state)
{
	struct environment e;
	json_t *object;
	json_t *again;
	char *text;

	(void)state;
	put_intel();
	read_root(&e, 2);
	object = environment_json(&e);
	assert_non_null(object);
	text = json_dumps(object, 0);
	assert_non_null(text);
	again = json_loads(text, 0, NULL);
	assert_non_null(again);
	assert_true(json_equal(object, again));
	assert_int_equal(environment_differences(object, again, NULL, NULL), 0);
	assert_true(json_is_true(json_object_get(again, "smt")));
	assert_true(json_is_false(json_object_get(again, "virtual_machine")));
	assert_true(json_is_null(json_object_get(again, "hypervisor")));
	assert_true(json_is_null(json_object_get(again, "package_throttles")));
	assert_int_equal(json_integer_value(json_object_get(again, "affinity_asked")), 2);
	assert_true(json_real_value(json_object_get(again, "load_1_minute")) > 2.04);
	free(text);
	json_decref(again);
	json_decref(object);
}

static int has_warning(const struct environment_warnings *warnings, const char *part)
{
	int found = 0;
	size_t i;

	for (i = 0; i < warnings->count; i++)
		found += !!strstr(warnings->text[i], part);
	return found;
}

static void test_emulated_arm64(void **state)
{
	static const char machine[] = "linux,dummy-virt";
	struct environment_warnings w;
	struct environment e;

	(void)state;
	/* As QEMU emulates it, without firmware and with. */
	put("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x00\n"
			     "CPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0x051\n"
			     "CPU revision\t: 0\n\n");
	put_bytes("/proc/device-tree/compatible", machine, sizeof(machine));
	read_root(&e, -1);
	assert_int_equal(e.virtual_machine, 1);
	assert_string_equal(e.hypervisor, ENVIRONMENT_QEMU_TCG);
	put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
	read_root(&e, -1);
	assert_string_equal(e.hypervisor, ENVIRONMENT_QEMU_TCG);
	environment_warnings(&e, &w);
	assert_int_equal(has_warning(&w, "software emulates this processor"), 1);
	assert_int_equal(has_warning(&w, "the host may move or stop"), 0);

	/* The same machine, with a real processor. */
	put("/proc/cpuinfo", "processor : 0\nCPU implementer : 0x41\nCPU part : 0xd0c\n");
	read_root(&e, -1);
	assert_int_equal(e.virtual_machine, 1);
	assert_string_equal(e.hypervisor, "QEMU");
	environment_warnings(&e, &w);
	assert_int_equal(has_warning(&w, "software emulates this processor"), 0);
	assert_int_equal(has_warning(&w, "the host may move or stop"), 1);
}

static void test_warnings_of_a_laptop(void **state)
{
	struct environment_warnings w;
	struct environment e;

	(void)state;
	put_intel();
	read_root(&e, -1);
	e.affinity_cpus = 4;
	e.optimized = 0;
	environment_warnings(&e, &w);
	assert_int_equal(has_warning(&w, "optimization"), 1);
	assert_int_equal(has_warning(&w, "BPF statistics"), 1);
	assert_int_equal(has_warning(&w, "not pinned"), 1);
	assert_int_equal(has_warning(&w, "2 other tasks were running"), 1);
	assert_int_equal(has_warning(&w, "load was 2.05 on 4 CPUs"), 1);
	assert_int_equal(has_warning(&w, "2 MiB swapped out"), 1);
	assert_int_equal(has_warning(&w, "since boot"), 1);
	assert_int_equal(has_warning(&w, "powersave lets"), 1);
	assert_int_equal(has_warning(&w, "boost"), 1);
	assert_int_equal(has_warning(&w, "SMT"), 1);
	assert_int_equal(has_warning(&w, "virtual machine"), 0);

	/* Nothing during the run: the counts since boot no longer matter. */
	environment_finish(&e, root);
	environment_warnings(&e, &w);
	assert_int_equal(has_warning(&w, "heat"), 1);
	assert_int_equal(has_warning(&w, "since boot"), 0);
	e.throttles_during_run = 1;
	environment_warnings(&e, &w);
	assert_int_equal(has_warning(&w, "during the run"), 1);

	/* With another driver, powersave is far worse. */
	put(CPU "/cpu0/cpufreq/scaling_driver", "acpi-cpufreq\n");
	read_root(&e, -1);
	environment_warnings(&e, &w);
	assert_int_equal(has_warning(&w, "lowest frequency"), 1);
}

static void test_no_warnings_when_quiet(void **state)
{
	struct environment_warnings w;
	struct environment e;

	(void)state;
	put_intel();
	put("/proc/sys/kernel/bpf_stats_enabled", "0\n");
	put("/proc/loadavg", "0.10 1.00 0.50 1/812 4711\n");
	put("/proc/meminfo", "SwapTotal: 5 kB\nSwapFree: 5 kB\n");
	put(CPU "/intel_pstate/no_turbo", "1\n");
	put(CPU "/smt/active", "0\n");
	put(CPU "/cpu0/cpufreq/scaling_governor", "performance\n");
	read_root(&e, 0);
	environment_finish(&e, root);
	e.optimized = 1;
	e.sanitized = 0;
	e.affinity_cpus = 1;
	strcpy(e.affinity_given, "0");
	environment_warnings(&e, &w);
	if (w.count)
		fail_msg("%s", w.text[0]);
}

static void test_all_warnings_fit(void **state)
{
	struct environment_warnings w;
	struct environment e;
	size_t i;

	(void)state;
	read_root(&e, INT32_MAX);
	memset(e.affinity_given, '1', sizeof(e.affinity_given) - 1);
	memset(e.governor, 'g', sizeof(e.governor) - 1);
	memset(e.hypervisor, 'h', sizeof(e.hypervisor) - 1);
	strcpy(e.clock_source, "hpet");
	e.affinity_cpus = e.other_tasks_running = e.swap_used_bytes = INT64_MAX / 2;
	e.throttles_during_run = e.steal_ms_during_run = e.numa_nodes = INT64_MAX / 2;
	e.cpus_online = 1;
	e.load_1_minute = 999999999;
	e.optimized = 0;
	e.sanitized = e.bpf_stats = e.boost = e.virtual_machine = e.smt = 1;
	e.bpf_jit = e.bpf_jit_harden = 2;
	environment_warnings(&e, &w);
	assert_int_equal(w.count, 18);
	for (i = 0; i < w.count; i++) {
		/* One that was cut would fill its place. */
		assert_in_range(strlen(w.text[i]), 20, ENVIRONMENT_WARNING_SIZE - 2);
		assert_null(strchr(w.text[i], '\n'));
		assert_non_null(strstr(w.text[i], ": "));
	}
}

struct seen {
	char text[1024];
};

static void see(void *context, const struct environment_difference *d)
{
	static const char *const kinds[] = { "!", "?", "-" };
	struct seen *seen = context;
	size_t used = strlen(seen->text);

	snprintf(seen->text + used, sizeof(seen->text) - used, "%s%s:%s>%s\n", kinds[d->kind],
		d->name, d->old_value, d->new_value);
}

static void test_differences(void **state)
{
	struct seen seen = { "" };
	struct environment e;
	json_t *before;
	json_t *after;

	(void)state;
	put_intel();
	read_root(&e, -1);
	before = environment_json(&e);
	strcpy(e.timestamp, "later");
	strcpy(e.cpu_model, "another");
	strcpy(e.ringview_version, "0.2.0");
	e.smt = 0;
	e.bpf_jit = ENVIRONMENT_UNKNOWN;
	e.load_1_minute = 0.25;
	after = environment_json(&e);
	json_object_set_new(before, "timestamp", json_string("earlier"));
	json_object_set_new(before, "a_fact_of_another_version", json_integer(1));
	json_object_del(before, "governor");
	assert_int_equal(environment_differences(before, after, see, &seen), 2);
	assert_string_equal(seen.text,
		"-timestamp:earlier>later\n"
		"!cpu_model:Intel(R) Core(TM) i5-7300U CPU @ 2.60GHz>another\n"
		"!smt:true>false\n"
		"?governor:unknown>powersave\n"
		"?bpf_jit:1>unknown\n"
		"-load_1_minute:2.05>0.25\n"
		"-ringview_version:0.1.0>0.2.0\n");
	json_object_set_new(after, "smt", json_string("on"));
	assert_int_equal(environment_differences(before, after, NULL, NULL), 2);
	json_decref(before);
	json_decref(after);
}

static void test_differences_of_no_objects(void **state)
{
	json_t *object = json_object();
	json_t *array = json_array();

	(void)state;
	assert_int_equal(environment_differences(NULL, object, NULL, NULL), -EINVAL);
	assert_int_equal(environment_differences(object, array, NULL, NULL), -EINVAL);
	assert_int_equal(environment_differences(object, object, NULL, NULL), 0);
	json_decref(object);
	json_decref(array);
}

static void test_bad_requests(void **state)
{
	struct environment_request request = { .cpu = -2 };
	struct environment e;

	(void)state;
	assert_int_equal(environment_read(&e, &request), -EINVAL);
	assert_int_equal(environment_read(&e, NULL), -EINVAL);
	assert_int_equal(environment_read(NULL, &request), -EINVAL);
}

static void test_this_machine(void **state)
{
	struct environment_request request = { .root = NULL, .cpu = -1 };
	struct environment e;
	cpu_set_t before;
	cpu_set_t one;
	char cpu[16];
	int first = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(environment_read(&e, &request), 0);
	assert_int_equal(e.page_size_bytes, sysconf(_SC_PAGESIZE));
	assert_int_equal(e.affinity_cpus, CPU_COUNT(&before));
	assert_int_equal(cpu_list_count(e.affinity_given), e.affinity_cpus);
	assert_int_equal(strlen(e.timestamp), strlen("2000-01-01T00:00:00Z"));
	assert_true(e.cpus_online > 0);
	assert_true(e.kernel_release[0] && e.architecture[0] && e.compiler[0]);
	environment_finish(&e, "");

	while (!CPU_ISSET(first, &before))
		first++;
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	request.cpu = first;
	assert_int_equal(environment_read(&e, &request), 0);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	snprintf(cpu, sizeof(cpu), "%d", first);
	assert_string_equal(e.affinity_given, cpu);
	assert_int_equal(e.affinity_cpus, 1);
}

static int in_set(const void *context, int cpu)
{
	return ((const char *)context)[cpu] == '1';
}

static void test_cpu_list_print(void **state)
{
	static const struct {
		const char *set;
		const char *list;
	} cases[] = {
		{ "", "" },
		{ "0000", "" },
		{ "1", "0" },
		{ "11", "0,1" },
		{ "111", "0-2" },
		{ "10111101", "0,2-5,7" },
		{ "101010101010101010101", "0,2,4,6,8,10,12,..." },
	};
	char list[20];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cpu_list_print(list, sizeof(list), (int)strlen(cases[i].set), in_set, cases[i].set);
		assert_string_equal(list, cases[i].list);
	}
}

static void test_numbers(void **state)
{
	(void)state;
	assert_int_equal(system_parse_number(" 010 \n"), 10);
	assert_int_equal(system_parse_number("0xd0c"), 0xd0c);
	assert_int_equal(system_parse_number("9223372036854775807"), INT64_MAX);
	assert_int_equal(system_parse_number("9223372036854775808"), -EINVAL);
	assert_int_equal(system_parse_number("+1"), -EINVAL);
	assert_int_equal(system_parse_number(""), -EINVAL);
}

static void test_counters_count_or_say_why(void **state)
{
	char reason[COUNTERS_REASON_SIZE];
	struct counters_values values;
	struct counters counters;
	int error = counters_open(&counters, reason, sizeof(reason));

	(void)state;
	if (error) {
		assert_true(error < 0);
		assert_true(reason[0]);
		assert_int_equal(counters_start(&counters), -EBADF);
		assert_int_equal(counters_stop(&counters), -EBADF);
		assert_int_equal(counters_read(&counters, &values), -EBADF);
		assert_int_equal(values.cycles, 0);
		assert_int_equal(values.cache_misses, -1);
	} else {
		volatile int spin;

		assert_string_equal(reason, "");
		assert_int_equal(counters_start(&counters), 0);
		for (spin = 0; spin < 10000000; spin++)
			;
		assert_int_equal(counters_stop(&counters), 0);
		assert_int_equal(counters_read(&counters, &values), 0);
		assert_true(values.instructions > 10000000);
		assert_true(values.cycles > 0);
	}
	counters_close(&counters);
	counters_close(&counters);
}

static void test_counters_reasons(void **state)
{
	char reason[COUNTERS_REASON_SIZE];

	(void)state;
	counters_reason(-ENOENT, reason, sizeof(reason));
	assert_non_null(strstr(reason, "virtual machine"));
	counters_reason(-EACCES, reason, sizeof(reason));
	assert_non_null(strstr(reason, "perf_event_paranoid"));
	assert_true(strlen(reason) < sizeof(reason) - 1);
	counters_reason(-EMFILE, reason, sizeof(reason));
	assert_non_null(strstr(reason, strerror(EMFILE)));
}

static void test_counters_scale(void **state)
{
	(void)state;
	assert_int_equal(counters_scale(100, 10, 10), 100);
	assert_int_equal(counters_scale(100, 10, 5), 200);
	assert_int_equal(counters_scale(100, 10, 0), 0);
	assert_int_equal(counters_scale(UINT64_MAX, 7, 7), UINT64_MAX);
	/* Where count * enabled exceeds 64 bits. */
	assert_int_equal(counters_scale(UINT64_C(1) << 50, UINT64_C(1) << 41, UINT64_C(1) << 40),
		UINT64_C(1) << 51);
}

#define WITH_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(test_intel_laptop),
		WITH_ROOT(test_entry_of_the_cpu_asked_for),
		WITH_ROOT(test_amd_virtual_machine),
		WITH_ROOT(test_amazon_metal_is_no_virtual_machine),
		WITH_ROOT(test_arm64),
		WITH_ROOT(test_emulated_arm64),
		WITH_ROOT(test_everything_missing),
		WITH_ROOT(test_garbage),
		WITH_ROOT(test_text_becomes_printable),
		WITH_ROOT(test_very_long_lines),
		WITH_ROOT(test_finish),
		WITH_ROOT(test_json_round_trip),
		WITH_ROOT(test_warnings_of_a_laptop),
		WITH_ROOT(test_no_warnings_when_quiet),
		WITH_ROOT(test_all_warnings_fit),
		WITH_ROOT(test_differences),
		cmocka_unit_test(test_differences_of_no_objects),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_cpu_list_print),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_counters_count_or_say_why),
		cmocka_unit_test(test_counters_reasons),
		cmocka_unit_test(test_counters_scale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
