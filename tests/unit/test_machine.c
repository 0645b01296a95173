/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "machine/machine.h"
#include "results/result_file.h"

#define CPU "/sys/devices/system/cpu"

/* A folder that stands for "/" of some machine, and the facts that were read last. */
static char root[64];
static json_t *m;

/* Every second CPU up to the last one, on which this process seems to run; 0: where it does. */
static size_t last_allowed;

/* In place of the C library's. */
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	CPU_ZERO_S(size, set);
	if (last_allowed == 0)
		return syscall(SYS_sched_getaffinity, pid, size, set) < 0 ? -1 : 0;
	for (size_t cpu = 0; cpu <= last_allowed; cpu += 2)
		CPU_SET_S(cpu, size, set);
	return 0;
}

static int make_root(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/test_machine.XXXXXX");
	system_root = root;
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
	system_root = "";
	json_decref(m);
	m = NULL;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *path, const char *text)
{
	char full[512];
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *slash = strchr(full + strlen(root) + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(!mkdir(full, 0700) || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static void read_root(int cpu)
{
	json_decref(m);
	m = machine_read(cpu);
}

static void put_laptop(void)
{
	put(CPU "/online", "0-2\n");
	put(CPU "/smt/active", "1\n");
	put("/sys/devices/system/node/online", "0-1\n");
	put(CPU "/cpu2/cpufreq/scaling_driver", "intel_pstate\n");
	put(CPU "/cpu2/cpufreq/scaling_governor", "powersave\n");
	put(CPU "/cpu0/cpufreq/scaling_governor", "ondemand\n");
	put(CPU "/intel_pstate/no_turbo", "0\n");
	for (int cpu = 0; cpu < 3; cpu++) {
		char path[128];

		snprintf(
			path, sizeof(path), CPU "/cpu%d/thermal_throttle/core_throttle_count", cpu);
		put(path, "3\n");
		snprintf(path, sizeof(path), CPU "/cpu%d/thermal_throttle/package_throttle_count",
			cpu);
		put(path, "1\n");
	}
	put("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n"
			     "model\t\t: 142\nmodel name\t: Intel(R) Core(TM)  i7\nstepping\t: 10\n"
			     "flags\t\t: fpu vme hypervisors\n");
	put("/proc/loadavg", "2.05 1.00 0.50 3/500 1234\n");
	put("/proc/stat", "cpu  1 2 3 4 5 6 7 0 0 0\n");
	put("/proc/sys/kernel/osrelease", "6.18.0\n");
	put("/proc/sys/net/core/bpf_jit_enable", "1\n");
	put("/proc/sys/kernel/bpf_stats_enabled", "1\n");
	put("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
}

/* A double below 0 has no unsigned value, which the assertions compare. */
static int64_t integer(const char *name)
{
	return (int64_t)machine_number(m, name);
}

static void test_laptop(void **state)
{
	(void)state;
	put_laptop();
	read_root(2);
	assert_string_equal(machine_text(m, "cpu_model"), "Intel(R) Core(TM)  i7");
	assert_string_equal(machine_text(m, "cpu_id"), "GenuineIntel/6/142/10");
	assert_string_equal(machine_text(m, "governor"), "powersave");
	assert_string_equal(machine_text(m, "kernel_release"), "6.18.0");
	assert_string_equal(machine_text(m, "hypervisor"), "");
	assert_int_equal(integer("cpus_online"), 3);
	assert_int_equal(integer("numa_nodes"), 2);
	assert_int_equal(integer("boost"), 1);
	assert_int_equal(integer("throttles"), 12);
	assert_int_equal(integer("other_tasks_running"), 2);
	/* "hypervisors" is another word. */
	assert_int_equal(integer("virtual_machine"), 0);
	assert_int_equal(integer("bpf_jit_harden"), -1);
	assert_true(machine_number(m, "load_1_minute") > 2.04 &&
		    machine_number(m, "load_1_minute") < 2.06);
	/* Without one asked for, the first online. */
	read_root(-1);
	assert_string_equal(machine_text(m, "governor"), "ondemand");
}

static void test_growth(void **state)
{
	(void)state;
	put_laptop();
	read_root(-1);
	assert_int_equal(integer("steal_ms_during_run"), -1);
	machine_finish(m);
	assert_int_equal(integer("steal_ms_during_run"), 0);
	put(CPU "/cpu2/thermal_throttle/core_throttle_count", "5\n");
	put("/proc/stat", "cpu  1 2 3 4 5 6 7 8 0 0\n");
	machine_finish(m);
	assert_int_equal(integer("throttles_during_run"), 2);
	assert_int_equal(integer("steal_ms_during_run"), 8 * 1000 / sysconf(_SC_CLK_TCK));
	/* A count that fell is no count. */
	put(CPU "/cpu2/thermal_throttle/core_throttle_count", "0\n");
	machine_finish(m);
	assert_int_equal(integer("throttles_during_run"), -1);
}

static void test_virtual_machines(void **state)
{
	(void)state;
	put("/proc/cpuinfo", "processor : 0\nflags : fpu hypervisor lm\n");
	read_root(-1);
	assert_int_equal(integer("virtual_machine"), 1);
	assert_string_equal(machine_text(m, "hypervisor"), "");
	put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
	read_root(-1);
	assert_string_equal(machine_text(m, "hypervisor"), "QEMU");
	/* Amazon's whole machines have the firmware of its virtual ones. */
	put("/proc/cpuinfo", "processor : 0\nflags : fpu lm\n");
	put("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
	put("/sys/class/dmi/id/product_name", "c5.metal\n");
	read_root(-1);
	assert_int_equal(integer("virtual_machine"), 0);
	put("/sys/hypervisor/type", "xen\n");
	read_root(-1);
	assert_int_equal(integer("virtual_machine"), 1);
	assert_string_equal(machine_text(m, "hypervisor"), "xen");
}

static size_t count_warnings(const char *part, bool pins_threads)
{
	json_t *warnings = machine_warnings(m, pins_threads), *warning;
	size_t i, found = 0;

	json_array_foreach(warnings, i, warning) found +=
		strstr(json_string_value(warning), part) && strchr(json_string_value(warning), ':');
	json_decref(warnings);
	return found;
}

static void test_arm64(void **state)
{
	(void)state;
	/* As QEMU emulates it. */
	put("/proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x00\nCPU architecture: 8\n"
			     "CPU part\t: 0x051\nCPU revision\t: 0\n");
	read_root(-1);
	assert_string_equal(machine_text(m, "hypervisor"), MACHINE_QEMU_TCG);
	assert_int_equal(count_warnings("emulated CPU", false), 1);
	assert_int_equal(count_warnings("the host may move or stop", false), 0);
	/* A real processor. */
	put("/proc/cpuinfo", "processor : 0\nCPU implementer : 0x41\nCPU architecture: 8\n"
			     "CPU part : 0xd0c\nCPU revision : 1\n");
	read_root(-1);
	assert_string_equal(machine_text(m, "cpu_model"), "0x41/8/0xd0c/1");
	assert_int_equal(integer("virtual_machine"), -1);
	put("/proc/device-tree/compatible", "linux,dummy-virt");
	read_root(-1);
	assert_int_equal(integer("virtual_machine"), 1);
}

/* Facts of files are unknown without them, and where they hold garbage. */
static void test_nothing_and_garbage(void **state)
{
	static const char *const paths[] = { CPU "/online", CPU "/smt/active", "/proc/stat",
		"/proc/loadavg", "/proc/sys/net/core/bpf_jit_enable",
		"/sys/devices/system/node/online", "/proc/cpuinfo" };
	static const char *const garbage[] = { NULL, "", "\n", "-1\n", "999999999999999999999999\n",
		"0-\n", "3-1\n", "a: b: c\n", "\x1b[2J\xff\n" };
	static const char *const unknown[] = { "cpu_model", "cpu_id", "cpus_online", "smt",
		"numa_nodes" };

	(void)state;
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]) && garbage[i]; p++)
			put(paths[p], garbage[i]);
		read_root(-1);
		for (size_t n = 0; n < sizeof(unknown) / sizeof(unknown[0]); n++)
			assert_true(json_is_null(json_object_get(m, unknown[n])));
		assert_int_equal(integer("load_1_minute"), -1);
		assert_int_equal(integer("steal_ms"), -1);
		assert_int_equal(integer("bpf_jit"), -1);
		assert_int_equal(integer("virtual_machine"), -1);
	}
	put("/proc/sys/kernel/osrelease", " 6.1\x1b[31m\tx \n");
	read_root(-1);
	assert_string_equal(machine_text(m, "kernel_release"), "6.1?[31m x");
}

static void test_warnings(void **state)
{
	(void)state;
	put_laptop();
	read_root(2);
	assert_int_equal(count_warnings("BPF statistics slow", false), 1);
	assert_int_equal(count_warnings("slowed for heat since boot", false), 1);
	assert_int_equal(count_warnings("2 other tasks were running", false), 1);
	assert_int_equal(count_warnings("load was 2.05 on 3 CPUs", false), 1);
	assert_int_equal(count_warnings("boost is on", false), 1);
	assert_int_equal(count_warnings("SMT is on", false), 1);
	assert_int_equal(count_warnings("2 NUMA nodes", false), 1);
	/* With its own driver the processor chooses. */
	assert_int_equal(count_warnings("at its lowest frequency", false), 0);
	assert_int_equal(count_warnings("governor powersave lets", false), 1);
	put(CPU "/cpu2/cpufreq/scaling_driver", "acpi-cpufreq\n");
	read_root(2);
	assert_int_equal(count_warnings("at its lowest frequency", false), 1);
	json_object_set_new(m, "affinity_given", json_string("0-2"));
	assert_int_equal(count_warnings("asked for CPU 2 but may run on 0-2", false), 1);
	assert_int_equal(count_warnings("asked for CPU 2", true), 0);
}

/* The names of the facts that compare finds to differ. */
static void assert_differences(json_t *old_machine, json_t *new_machine, const char *wanted)
{
	struct result_file old = { .runs = json_pack("[{s:O}]", "environment", old_machine) },
			   new = { .runs = json_pack("[{s:O*}]", "environment", new_machine) };
	json_t *found = comparison_differences(&(struct comparison){ .old = &old, .new = &new }),
	       *difference;
	char names[256] = "";
	size_t i;

	json_array_foreach(found, i, difference)
	{
		strcat(strcat(names, json_string_value(json_array_get(difference, 0))), " ");
		assert_false(
			json_equal(json_array_get(difference, 1), json_array_get(difference, 2)));
	}
	assert_string_equal(names, wanted);
	json_decref(found);
	json_decref(old.runs);
	json_decref(new.runs);
}

static void test_differences(void **state)
{
	json_t *old, *new;

	(void)state;
	put_laptop();
	read_root(2);
	old = m;
	new = json_deep_copy(old);
	assert_true(json_is_true(json_object_get(old, "smt")));
	assert_true(json_is_null(json_object_get(old, "hypervisor")));
	assert_true(json_is_real(json_object_get(old, "load_1_minute")));
	assert_int_equal(json_integer_value(json_object_get(old, "affinity_asked")), 2);
	assert_differences(old, new, "");
	json_object_set_new(new, "load_1_minute", json_real(9)); /* every run's is another */
	json_object_set_new(new, "ringview_version", json_string("0.2"));
	json_object_set_new(new, "hypervisor", json_string("KVM")); /* was unknown */
	json_object_set_new(new, "kernel_release", json_string("6.19"));
	json_object_set_new(new, "smt", json_false());
	assert_differences(old, new, "smt kernel_release ");
	assert_differences(old, NULL, "");
	json_decref(new);
}

static void test_this_machine(void **state)
{
	(void)state;
	m = machine_read(-1);
	assert_true(machine_number(m, "cpus_online") >= 1);
	assert_true(machine_number(m, "affinity_cpus") >= 1);
	assert_true(strlen(machine_text(m, "affinity_given")) > 0);
	assert_true(strlen(machine_text(m, "architecture")) > 0);
	assert_true(strlen(machine_text(m, "cpu_model")) > 0);
	assert_int_equal(integer("page_size_bytes"), sysconf(_SC_PAGESIZE));
	assert_int_equal(strlen(machine_text(m, "timestamp")), strlen("2026-01-01T00:00:00Z"));
}

/* A list that fits is whole; of one that does not, the end is left out. */
static void assert_affinity_ends(size_t last, const char *end)
{
	const char *text;
	json_t *machine;

	last_allowed = last;
	machine = machine_read(-1);
	last_allowed = 0;
	text = machine_text(machine, "affinity_given");
	assert_string_equal(text + strlen(text) - strlen(end), end);
	assert_int_equal(machine_number(machine, "affinity_cpus"), last / 2 + 1);
	json_decref(machine);
}

static void test_a_long_affinity(void **state)
{
	(void)state;
	assert_affinity_ends(142, ",138,140,142");
	assert_affinity_ends(150, ",140,142,...");
}

static void test_numbers(void **state)
{
	(void)state;
	assert_int_equal(system_parse_number(" 42\n"), 42);
	assert_int_equal(system_parse_number("0x1F"), 31);
	assert_int_equal(system_parse_number("010"), 10);
	assert_int_equal(system_parse_number("-1"), -1);
	assert_int_equal(system_parse_number("1x"), -1);
	assert_int_equal(system_parse_number(""), -1);
}

static void test_counters_count_or_say_why(void **state)
{
	struct counters counters;
	struct counters_values values = { 0 };
	struct complaint why;

	(void)state;
	if (counters_open(&counters, &why)) {
		assert_true(strncmp(why.text, "not a", 5) == 0);
		assert_int_equal(counters.fd[COUNTERS_CYCLES], -1);
		return;
	}
	assert_int_equal(counters_start(&counters), 0);
	for (volatile int i = 0; i < 100000; i++)
		;
	assert_int_equal(counters_stop(&counters, &values), 0);
	assert_true(values.cycles > 0);
	assert_true(values.instructions > 100000);
	counters_close(&counters);
}

#define WITH_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

/* Memory that is available. */

#define MIB ((uint64_t)1 << 20)
#define MEMINFO "MemTotal:  8388608 kB\nMemFree:  1024 kB\nMemAvailable:    4194304 kB\n"
#define MOUNT_V2 "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
#define MOUNTS_V1                                                            \
	"31 1 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n" \
	"35 1 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
#define GROUP "/sys/fs/cgroup/a.slice"

static void without_files_the_memory_is_unknown(void **state)
{
	struct complaint why;

	(void)state;
	assert_true(memory_available() == UINT64_MAX);
	assert_int_equal(memory_check_rings(64, 2048 * MIB, "rings", &why), 0);
}

static void memory_is_what_the_kernel_says_is_available(void **state)
{
	(void)state;
	put("/proc/meminfo", MEMINFO);
	assert_true(memory_available() == 4096 * MIB);
}

static void put_v2(void)
{
	put("/proc/meminfo", MEMINFO);
	put("/proc/self/mountinfo", MOUNT_V2);
	put("/proc/self/cgroup", "0::/a.slice/b.service\n");
	put(GROUP "/b.service/memory.max", "max\n");
	put(GROUP "/b.service/memory.current", "1048576\n");
	put(GROUP "/memory.max", "1073741824\n");
	put(GROUP "/memory.current", "268435456\n");
}

static void a_group_above_limits_the_memory(void **state)
{
	(void)state;
	put_v2();
	assert_true(memory_available() == 768 * MIB);
	put(GROUP "/b.service/memory.max", "104857600\n");
	assert_true(memory_available() == 99 * MIB);
	put(GROUP "/b.service/memory.current", "204857600\n");
	assert_true(memory_available() == 0);
}

static void the_page_cache_of_a_group_can_be_taken(void **state)
{
	(void)state;
	put_v2();
	put(GROUP "/memory.stat", "anon 104857600\nfile 1\ninactive_file 134217728\nactive_file "
				  "67108864\n");
	assert_true(memory_available() == 960 * MIB);
	/* More than is used: garbage. */
	put(GROUP "/memory.stat", "inactive_file 18446744073709551615\nactive_file 1\n");
	assert_true(memory_available() == 1024 * MIB);
}

static void groups_of_version_1_limit_the_memory(void **state)
{
	(void)state;
	put("/proc/meminfo", MEMINFO);
	put("/proc/self/mountinfo", MOUNTS_V1);
	put("/proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/x/y\n0::/\n");
	put("/sys/fs/cgroup/memory/x/y/memory.limit_in_bytes", "9223372036854771712\n");
	put("/sys/fs/cgroup/memory/x/y/memory.usage_in_bytes", "4096\n");
	assert_true(memory_available() == 4096 * MIB);
	put("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "536870912\n");
	put("/sys/fs/cgroup/memory/x/memory.usage_in_bytes", "134217728\n");
	put("/sys/fs/cgroup/memory/x/memory.stat",
		"inactive_file 1\ntotal_inactive_file 67108864\n");
	assert_true(memory_available() == 448 * MIB);
}

/* The path of the group is that outside of the container, which sees it as the first. */
static void a_container_finds_its_limit(void **state)
{
	(void)state;
	put("/proc/meminfo", MEMINFO);
	put("/proc/self/mountinfo",
		"35 1 0:32 /docker/0af /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
	put("/proc/self/cgroup", "4:memory:/docker/0af\n");
	put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728\n");
	put("/sys/fs/cgroup/memory/memory.usage_in_bytes", "33554432\n");
	assert_true(memory_available() == 96 * MIB);
	put("/proc/self/mountinfo", MOUNTS_V1);
	assert_true(memory_available() == 96 * MIB);
}

static void rings_that_do_not_fit_are_refused(void **state)
{
	struct complaint why;

	(void)state;
	put("/proc/meminfo", MEMINFO);
	assert_int_equal(memory_check_rings(2, 2048 * MIB, "rings", &why), 0);
	assert_int_equal(memory_check_rings(64, 2048 * MIB, "rings", &why), -ENOMEM);
	assert_string_equal(why.text,
		"-ring-size: 64 rings of 2GiB take 128GiB, and 4GiB of memory are available; give a "
		"smaller one, or fewer -rings");
	put("/proc/meminfo", "MemAvailable: 524288 kB\n");
	assert_int_equal(memory_check_rings(1, 2048 * MIB, "rings", &why), -ENOMEM);
	assert_string_equal(why.text,
		"-ring-size: a ring of 2GiB is more than the 512MiB of memory that are available; "
		"give a smaller one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOT(test_laptop),
		WITH_ROOT(test_growth),
		WITH_ROOT(test_virtual_machines),
		WITH_ROOT(test_arm64),
		WITH_ROOT(test_nothing_and_garbage),
		WITH_ROOT(test_warnings),
		WITH_ROOT(test_differences),
		WITH_ROOT(without_files_the_memory_is_unknown),
		WITH_ROOT(memory_is_what_the_kernel_says_is_available),
		WITH_ROOT(a_group_above_limits_the_memory),
		WITH_ROOT(the_page_cache_of_a_group_can_be_taken),
		WITH_ROOT(groups_of_version_1_limit_the_memory),
		WITH_ROOT(a_container_finds_its_limit),
		WITH_ROOT(rings_that_do_not_fit_are_refused),
		cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_a_long_affinity),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_counters_count_or_say_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
