/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

/*
 * Where a benchmark ran, so that its results can be compared and doubted.
 *
 * Every fact is read from the kernel, never guessed.  A fact that could not be read, or that
 * read as nonsense, is recorded as not known:
 *
 *   text (char [])    ""                    JSON null
 *   number (int64_t)  ENVIRONMENT_UNKNOWN   JSON null
 *   flag (int)        ENVIRONMENT_UNKNOWN   JSON null, otherwise 0 and 1: false and true
 *   real (double)     negative              JSON null
 *
 * Text is one line of printable ASCII: any other byte is recorded as '?', and text longer than
 * its array is cut.  No host name, user name, path or command line is recorded.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define ENVIRONMENT_UNKNOWN (-1)

/* The hypervisor that is none: QEMU's Tiny Code Generator emulates the processor. */
#define ENVIRONMENT_QEMU_TCG "QEMU TCG"

/* In these comments, N is the CPU of described_cpu and /sys/.../cpu is /sys/devices/system/cpu. */
struct environment {
	/* When environment_read() ran: UTC, ISO 8601, to the second. clock_gettime(2). */
	char timestamp[32];

	/*
	 * The CPU that the facts about one CPU describe: the CPU asked for, otherwise the first
	 * one online.  Others may differ from it on machines that mix kinds of cores.
	 */
	int64_t described_cpu;

	/*
	 * The processor: /proc/cpuinfo, the entry of CPU N (the first entry if it has none).
	 *
	 *                    x86          arm64
	 *   cpu_vendor       vendor_id    the company of "CPU implementer", or its number
	 *   cpu_model        model name   "part 0xd0c variant 0x3" unless there is a model name
	 *   cpu_family       cpu family   CPU architecture
	 *   cpu_model_number model        CPU part
	 *   cpu_stepping     stepping     CPU revision
	 */
	char cpu_vendor[64];
	char cpu_model[128];
	int64_t cpu_family;
	int64_t cpu_model_number;
	int64_t cpu_stepping;

	/* CPUs online, each hardware thread counted. /sys/.../cpu/online or /proc/cpuinfo. */
	int64_t cpus_online;
	/* Cores with a CPU online. /sys/.../cpu/cpu<any>/topology/thread_siblings_list. */
	int64_t cores_online;
	/*
	 * Flag: several CPUs share a core. /sys/.../cpu/smt/active, otherwise the list of threads
	 * of CPU N.  A virtual machine is often told "no" on a host where the truth is "yes".
	 */
	int smt;
	/* NUMA nodes online. /sys/devices/system/node/online. */
	int64_t numa_nodes;

	/*
	 * Bytes of the caches CPU N uses, each one instance, shared or not.
	 * /sys/.../cpu/cpu<N>/cache/index<any>/{level,type,size}.
	 */
	int64_t cache_l1d_bytes;
	int64_t cache_l2_bytes;
	int64_t cache_l3_bytes;

	/* /sys/.../cpu/cpu<N>/cpufreq/{scaling_driver,scaling_governor}. */
	char frequency_driver[32];
	char governor[32];
	/* /sys/.../cpu/cpu<N>/cpufreq/energy_performance_preference. */
	char energy_preference[32];
	/*
	 * Flag: the CPU may run above its nominal frequency. The reverse of
	 * /sys/.../cpu/intel_pstate/no_turbo, otherwise /sys/.../cpu/cpufreq/boost, otherwise
	 * /sys/.../cpu/cpu<N>/cpufreq/boost.
	 */
	int boost;

	/*
	 * Times since boot that a core, or a package, was slowed for its heat: the sum over the
	 * CPUs online, so one event of a package counts once for each of its CPUs.
	 * /sys/.../cpu/cpu<any>/thermal_throttle/{core,package}_throttle_count (Intel only).
	 */
	int64_t core_throttles;
	int64_t package_throttles;
	/* How much both grew until environment_finish(); not known before that. */
	int64_t throttles_during_run;

	/*
	 * Flag: a hypervisor runs this kernel. True on any evidence: the "hypervisor" flag of
	 * /proc/cpuinfo, the cpuid leaf 0x40000000 (x86; only when the root is ""),
	 * /sys/hypervisor/type, /proc/device-tree/{hypervisor/,}compatible, a processor that only
	 * emulators have, /sys/class/dmi/id/{sys_vendor,product_name,board_vendor,bios_vendor}.
	 * False only when
	 * the flags of /proc/cpuinfo were read and there is no evidence: elsewhere than on x86
	 * the absence of evidence proves nothing, and is recorded as not known.
	 */
	int virtual_machine;
	/* Which one, from the same places: "KVM", or its cpuid signature if that is not known;
	 * ENVIRONMENT_QEMU_TCG: software emulates the processor. */
	char hypervisor[32];

	/* /proc/sys/kernel/{osrelease,version}: uname -r and uname -v. */
	char kernel_release[128];
	char kernel_version[128];
	/* /proc/sys/kernel/arch, otherwise uname(2) (only when the root is ""). */
	char architecture[32];
	/* Bytes. sysconf(_SC_PAGESIZE): of this process, whatever the root. */
	int64_t page_size_bytes;
	/* /sys/devices/system/clocksource/clocksource0/current_clocksource. */
	char clock_source[32];
	/* The chosen word of /sys/kernel/mm/transparent_hugepage/enabled. */
	char transparent_hugepages[32];
	/* /sys/.../cpu/vulnerabilities/spectre_v2: decides what an indirect call costs. */
	char spectre_v2[256];
	/* /proc/sys/net/core/{bpf_jit_enable,bpf_jit_harden}: 0, 1 or 2; harden is for root. */
	int64_t bpf_jit;
	int64_t bpf_jit_harden;
	/* Flag: each BPF program is timed, which slows it. /proc/sys/kernel/bpf_stats_enabled. */
	int bpf_stats;

	/* Bytes. MemTotal, and SwapTotal - SwapFree, of /proc/meminfo. */
	int64_t memory_bytes;
	int64_t swap_used_bytes;

	/* /proc/loadavg: the first number, and the running tasks without the one that reads. */
	double load_1_minute;
	int64_t other_tasks_running;
	/*
	 * Milliseconds, of all CPUs together, in which the host ran something else: since boot,
	 * and how much that grew until environment_finish() (not known before that).  0 can also
	 * mean that the host does not tell. The eighth number of "cpu" in /proc/stat.
	 */
	int64_t steal_ms;
	int64_t steal_ms_during_run;

	/* The CPU the benchmark was asked to run on; not known when it was asked for none. */
	int64_t affinity_asked;
	/* Not a fact for the result: its threads are pinned each by itself. */
	bool pins_threads;
	/* CPUs this thread may run on, and their list as taskset -c prints it ("0,2-5").
	 * sched_getaffinity(2): of this thread, whatever the root. */
	int64_t affinity_cpus;
	char affinity_given[256];

	/* The compiler of the benchmark: the macro __VERSION__, after "GCC" or "Clang". */
	char compiler[96];
	/* The macro BENCH_CFLAGS that the build defines; not known when it does not. */
	char compile_flags[512];
	/* Flags: the benchmark is compiled with optimization; with an address, thread or memory
	 * sanitizer. Always known. */
	int optimized;
	int sanitized;

	/* As given to environment_read(). */
	char libbpf_version[32];
	char ringview_version[32];
	char benchmark_version[32];
};

/* What environment_read() cannot find out itself. */
struct environment_request {
	/* Put before each path of /proc and /sys: "" or NULL for this machine, a directory with
	 * such files in tests. */
	const char *root;
	/* The CPU the benchmark was asked to run on, or -1. */
	int cpu;
	/* It pins each of its threads by itself, so what this one may run on does not matter. */
	bool pins_threads;
	/* Versions; NULL when not known. */
	const char *libbpf_version;
	const char *ringview_version;
	const char *benchmark_version;
};

/*
 * Fill @e.  Call it after the thread is pinned and before the measurement.
 * Returns 0, also when nothing could be read; -EINVAL when a pointer is NULL or cpu < -1.
 */
int environment_read(struct environment *e, const struct environment_request *request);

/*
 * After the measurement: fill throttles_during_run and steal_ms_during_run of @e, which
 * environment_read() filled, with the same @root.  Changes nothing else.
 */
void environment_finish(struct environment *e, const char *root);

/*
 * All facts as one flat JSON object; the names are those of struct environment.
 * Returns a new reference, NULL when memory ran out.
 */
json_t *environment_json(const struct environment *e);

/* There are fewer possible warnings than ENVIRONMENT_WARNINGS, so none is ever lost. */
#define ENVIRONMENT_WARNINGS 32
#define ENVIRONMENT_WARNING_SIZE 160

struct environment_warnings {
	size_t count;
	char text[ENVIRONMENT_WARNINGS][ENVIRONMENT_WARNING_SIZE];
};

/*
 * Fill @warnings with what makes the numbers unsafe, one line each without a newline: the
 * trouble, a colon, what to do about it; worst first.  A fact not known gives no warning.
 */
void environment_warnings(const struct environment *e, struct environment_warnings *warnings);

enum environment_difference_kind {
	/* The results of the two runs must not be compared. */
	ENVIRONMENT_NOT_COMPARABLE,
	/* Would be that if it differed, but one side does not know it. */
	ENVIRONMENT_NOT_KNOWN,
	/* Expected to differ from run to run, or the very thing compared (ringview_version). */
	ENVIRONMENT_UNIMPORTANT,
};

struct environment_difference {
	enum environment_difference_kind kind;
	/* The name of the fact, as in the JSON. */
	const char *name;
	/* Both values as text, "unknown" for null and for a fact that is not there. */
	const char *old_value;
	const char *new_value;
};

/* The texts live until the callback returns. */
typedef void environment_difference_fn(void *context, const struct environment_difference *d);

/*
 * Call @report for each fact that differs between two objects of environment_json(), in the
 * order of struct environment.  A fact neither side knows is not reported, nor are names this
 * version does not have.  @report may be NULL, to count only.
 * Returns how many were ENVIRONMENT_NOT_COMPARABLE, -EINVAL when an argument is no JSON
 * object, -ENOMEM when memory ran out.
 */
int environment_differences(const json_t *old_environment, const json_t *new_environment,
	environment_difference_fn *report, void *context);

#endif
