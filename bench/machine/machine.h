/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine a benchmark ran on: facts that make two runs incomparable, and facts that make one
 * doubtful.
 *
 * Every fact is read from the kernel, never guessed. One that cannot be read, or is garbage, is
 * unknown: the empty text, a negative number, null in JSON. Text is one line of printable ASCII. No
 * host name, user name or path is recorded.
 */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/complaint.h"

/*
 * The facts, in the order of the JSON: the enum's name, JSON's name, the kind of value, whether it is
 * decisive, and the file whose first line it is, with the CPU for %d; or NULL. A LIST is the number of
 * CPUs or nodes in a list.
 *
 * Results that differ in a decisive fact must not be compared. Facts that change with each run, that
 * the warnings judge, the chosen CPU and the project's version are not decisive: to compare versions
 * is what a comparison is for.
 */
#define CPU_FOLDER "/sys/devices/system/cpu"
#define FACTS(X)                                                                                   \
	X(TIMESTAMP, "timestamp", TEXT, false, NULL) /* UTC, ISO 8601 */                           \
	X(CPU_MODEL, "cpu_model", TEXT, true, NULL)                                                \
	X(CPU_ID, "cpu_id", TEXT, true, NULL) /* vendor/family/model/stepping, or arm64's like */  \
	X(CPUS_ONLINE, "cpus_online", LIST, true, CPU_FOLDER "/online")                            \
	X(SMT, "smt", FLAG, true, CPU_FOLDER "/smt/active")                                        \
	X(NUMA_NODES, "numa_nodes", LIST, true, "/sys/devices/system/node/online")                 \
	X(FREQUENCY_DRIVER, "frequency_driver", TEXT, true,                                        \
		CPU_FOLDER "/cpu%d/cpufreq/scaling_driver")                                        \
	X(GOVERNOR, "governor", TEXT, true, CPU_FOLDER "/cpu%d/cpufreq/scaling_governor")          \
	X(ENERGY_PREFERENCE, "energy_preference", TEXT, true,                                      \
		CPU_FOLDER "/cpu%d/cpufreq/energy_performance_preference")                         \
	X(BOOST, "boost", FLAG, true, CPU_FOLDER "/cpufreq/boost")                                 \
	X(THROTTLES, "throttles", NUMBER, false, NULL) /* since boot, of cores and packages */     \
	X(THROTTLES_DURING_RUN, "throttles_during_run", NUMBER, false, NULL)                       \
	X(VIRTUAL_MACHINE, "virtual_machine", FLAG, true,                                          \
		NULL) /* unknown without proof of either */                                        \
	X(HYPERVISOR, "hypervisor", TEXT, true, NULL)                                              \
	X(KERNEL_RELEASE, "kernel_release", TEXT, true, "/proc/sys/kernel/osrelease")              \
	/* Not /proc/version, which also has the user and host that built the kernel. */           \
	X(KERNEL_VERSION, "kernel_version", TEXT, true, "/proc/sys/kernel/version")                \
	X(ARCHITECTURE, "architecture", TEXT, true, NULL)                                          \
	X(PAGE_SIZE, "page_size_bytes", NUMBER, true, NULL)                                        \
	X(CLOCK_SOURCE, "clock_source", TEXT, true,                                                \
		"/sys/devices/system/clocksource/clocksource0/current_clocksource")                \
	X(HUGEPAGES, "transparent_hugepages", TEXT, true,                                          \
		"/sys/kernel/mm/transparent_hugepage/enabled")                                     \
	/* Decides the cost of an indirect call. */                                                \
	X(SPECTRE_V2, "spectre_v2", TEXT, true, CPU_FOLDER "/vulnerabilities/spectre_v2")          \
	X(BPF_JIT, "bpf_jit", NUMBER, true, "/proc/sys/net/core/bpf_jit_enable")                   \
	X(BPF_JIT_HARDEN, "bpf_jit_harden", NUMBER, true, "/proc/sys/net/core/bpf_jit_harden")     \
	X(BPF_STATS, "bpf_stats", FLAG, true, "/proc/sys/kernel/bpf_stats_enabled")                \
	X(LOAD, "load_1_minute", REAL, false, NULL)                                                \
	X(OTHER_TASKS, "other_tasks_running", NUMBER, false, NULL)                                 \
	X(STEAL_MS, "steal_ms", NUMBER, false, NULL) /* since boot: the host ran something else */ \
	X(STEAL_MS_DURING_RUN, "steal_ms_during_run", NUMBER, false, NULL)                         \
	X(AFFINITY_ASKED, "affinity_asked", NUMBER, false, NULL)                                   \
	X(AFFINITY_CPUS, "affinity_cpus", NUMBER, true, NULL)                                      \
	X(AFFINITY_GIVEN, "affinity_given", TEXT, false, NULL) /* as taskset -c prints it */       \
	X(COMPILER, "compiler", TEXT, true, NULL)                                                  \
	X(COMPILE_FLAGS, "compile_flags", TEXT, true, NULL)                                        \
	X(OPTIMIZED, "optimized", FLAG, true, NULL)                                                \
	X(SANITIZED, "sanitized", FLAG, true, NULL)                                                \
	X(LIBBPF_VERSION, "libbpf_version", TEXT, true, NULL)                                      \
	X(RINGVIEW_VERSION, "ringview_version", TEXT, false, NULL)                                 \
	X(RINGVIEW_COMMIT, "ringview_commit", TEXT, false, NULL) /* "-dirty" with changes */

enum fact {
#define FACT_NAME(fact, ...) FACT_##fact,
	FACTS(FACT_NAME)
#undef FACT_NAME
		FACT_COUNT
};

#define MACHINE_TEXT_SIZE 256

/* No hypervisor, but QEMU's Tiny Code Generator, which emulates the processor. */
#define MACHINE_QEMU_TCG "QEMU TCG"

struct machine {
	struct {
		double number;
		char text[MACHINE_TEXT_SIZE];
	} facts[FACT_COUNT];
	bool pins_threads; /* each thread by itself: this thread's affinity does not matter */
};

/* What machine_read() cannot read. */
struct machine_request {
	int cpu; /* of -cpu, or -1 */
	bool pins_threads;
	const char *libbpf_version, *ringview_version, *ringview_commit;
};

static inline double machine_number(const struct machine *machine, enum fact fact)
{
	return machine->facts[fact].number;
}

static inline const char *machine_text(const struct machine *machine, enum fact fact)
{
	return machine->facts[fact].text;
}

/* Call it before the measurement, after the thread was pinned. */
void machine_read(struct machine *machine, const struct machine_request *request);

/* Call it after the measurement: reads the counts that grew. */
void machine_finish(struct machine *machine);

/* Returns all facts as an object by name, a new reference; NULL if out of memory. */
json_t *machine_json(const struct machine *machine);

/* Calls @tell for each decisive fact that is known in both objects of machine_json() and differs.
 * Returns how many there are. */
typedef void machine_difference_fn(
	void *context, const char *name, const json_t *old_value, const json_t *new_value);
size_t machine_differences(const json_t *old_machine, const json_t *new_machine,
	machine_difference_fn *tell, void *context);

#define MACHINE_WARNINGS 32
#define MACHINE_WARNING_SIZE 160

struct machine_warnings {
	size_t count;
	char text[MACHINE_WARNINGS][MACHINE_WARNING_SIZE];
};

/* What makes the results doubtful, worst first: each line has the problem, a colon, and what to do. An
 * unknown fact gives no warning. */
void machine_warnings(const struct machine *machine, struct machine_warnings *warnings);

/* Returns 1 if a hypervisor runs this kernel, and sets @name, which is empty if unknown; 0 if not;
 * -1 if there is no evidence and that proves nothing, as on other processors than x86. */
int hypervisor_find(char *name, size_t size);

/*
 * Bytes that can be allocated before the kernel kills a process: the least of MemAvailable and the
 * rest of each memory control group from this process's up to the root (limit minus use, with the
 * page cache counted as free; cgroup v1 and v2). UINT64_MAX if unknown.
 */
uint64_t memory_available(void);

/*
 * Call it before rings are made: the kernel allocates their memory even if it has to kill others.
 * @per_ring: bytes of each; @what: their name, "rings". Returns 0, or -ENOMEM with @why if @rings
 * of them need more than is available.
 */
int memory_check_rings(uint64_t rings, uint64_t per_ring, const char *what, struct complaint *why);

/*
 * Hardware counters of the calling thread, in user space only: perf_event_open(2). Many virtual
 * machines and containers have none: then opening fails with a reason, which results show instead
 * of numbers.
 */
#define COUNTERS_REASON_SIZE 160

enum { COUNTERS_CYCLES, COUNTERS_INSTRUCTIONS, COUNTERS_CACHE_MISSES, COUNTERS_EVENTS };

/* What read(2) returns for all of them. */
struct counters_group {
	uint64_t events, enabled_ns, running_ns;
	uint64_t count[COUNTERS_EVENTS];
};

struct counters {
	int fd[COUNTERS_EVENTS];      /* -1: not open */
	struct counters_group before; /* at counters_start() */
};

/* From counters_start() to counters_stop(). */
struct counters_values {
	uint64_t cycles, instructions; /* counted together: their ratios are exact */
	int64_t cache_misses;          /* of the last level; -1: not available with these */
	bool scaled;                   /* estimates: others used the hardware, too */
};

/* Opens them, stopped, and tests that they count. Returns 0; or a negative errno, with all closed
 * and a sentence in @reason, of COUNTERS_REASON_SIZE bytes. */
int counters_open(struct counters *counters, char *reason, size_t size);

/* Each returns 0 or a negative errno. Reading: -ENODATA if the hardware was busy with other
 * counters. */
int counters_start(struct counters *counters);
int counters_stop(struct counters *counters);
int counters_read(const struct counters *counters, struct counters_values *values);

/* They may be closed already. */
void counters_close(struct counters *counters);

/* The small text files of /proc and /sys. Their contents are not trusted: garbage is unknown, never a
 * value. */

/* Put before each path: "" for this machine, a folder in tests. */
extern const char *system_root;

/* Opens a file to read it; NULL if that fails. */
FILE *system_open(const char *path);

/* Copies one line as printable text: without blanks at the ends, "?" for other bytes than printable
 * ASCII, cut to fit. */
void system_copy_text(char *to, size_t size, const char *from);

/* Returns @text as a number, decimal or 0x hexadecimal; -1 if it is none. */
int64_t system_parse_number(const char *text);

/* Reads the first line. Returns false, and empties @text, if the file cannot be read or the line is
 * blank. */
bool system_read_text(char *text, size_t size, const char *path);

/* Returns the first line as a number; -1 if it is none. */
int64_t system_read_number(const char *path);

/* Reads the value of the first line "@name : value", with ':' or ' ' as the separator. Returns false,
 * and empties @value, if there is none. */
bool system_read_field(
	char *value, size_t size, const char *path, const char *name, char separator);

/* Reads the next range of a list of CPUs ("0-3,8"), and advances the list. Returns false at its
 * end, or if it is no list. */
bool system_next_range(const char **list, int *first, int *last);

#endif
