/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a benchmark ran, as far as it decides what its results are worth: facts that make two runs
 * incomparable, and facts that make one doubtful.
 *
 * Every fact is read from the kernel, never guessed. One that could not be read, or that read as
 * nonsense, is unknown: the empty text, a negative number, null in JSON. Text is one line of
 * printable ASCII. No host name, user name or path is recorded.
 */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of the JSON. machine.c says where each comes from. */
enum fact {
	FACT_TIMESTAMP, /* UTC, ISO 8601 */
	FACT_CPU_MODEL,
	FACT_CPU_ID, /* vendor/family/model/stepping, and their like on arm64 */
	FACT_CPUS_ONLINE,
	FACT_SMT,
	FACT_NUMA_NODES,
	FACT_FREQUENCY_DRIVER,
	FACT_GOVERNOR,
	FACT_ENERGY_PREFERENCE,
	FACT_BOOST,
	FACT_THROTTLES, /* times since boot that a core or package was slowed for its heat */
	FACT_THROTTLES_DURING_RUN,
	FACT_VIRTUAL_MACHINE, /* unknown where the absence of evidence proves nothing */
	FACT_HYPERVISOR,
	FACT_KERNEL_RELEASE,
	FACT_KERNEL_VERSION,
	FACT_ARCHITECTURE,
	FACT_PAGE_SIZE,
	FACT_CLOCK_SOURCE,
	FACT_HUGEPAGES,
	FACT_SPECTRE_V2, /* decides what an indirect call costs */
	FACT_BPF_JIT,
	FACT_BPF_JIT_HARDEN,
	FACT_BPF_STATS,
	FACT_LOAD,
	FACT_OTHER_TASKS,
	FACT_STEAL_MS, /* of all CPUs since boot, in which the host ran something else */
	FACT_STEAL_MS_DURING_RUN,
	FACT_AFFINITY_ASKED,
	FACT_AFFINITY_CPUS,
	FACT_AFFINITY_GIVEN, /* as taskset -c prints it */
	FACT_COMPILER,
	FACT_COMPILE_FLAGS,
	FACT_OPTIMIZED,
	FACT_SANITIZED,
	FACT_LIBBPF_VERSION,
	FACT_RINGVIEW_VERSION,
	FACT_RINGVIEW_COMMIT, /* it was built from, "-dirty" with changes; unknown outside of git */
	FACT_COUNT
};

#define MACHINE_TEXT_SIZE 256

/* The hypervisor that is none: QEMU's Tiny Code Generator emulates the processor. */
#define MACHINE_QEMU_TCG "QEMU TCG"

struct machine {
	struct {
		double number;
		char text[MACHINE_TEXT_SIZE];
	} facts[FACT_COUNT];
	bool pins_threads; /* each of its threads by itself, so what this one may run on does not
			      matter */
};

/* What machine_read() cannot find out itself. */
struct machine_request {
	const char *root; /* put before each path: "" for this machine, a folder in tests */
	int cpu;          /* that the benchmark was asked to run on, or -1 */
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

/* Before the measurement, after the thread is pinned. */
void machine_read(struct machine *machine, const struct machine_request *request);

/* After it, with the same root: what grew meanwhile. */
void machine_finish(struct machine *machine, const char *root);

/* All facts as a flat object by name. A new reference; NULL when out of memory. */
json_t *machine_json(const struct machine *machine);

/* Calls @tell for each fact that both objects of machine_json() know, in which they differ, and
 * with which results must not be compared. Returns how many there are. */
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

/* What makes the numbers unsafe, a line each: the trouble, a colon, what to do about it; worst
 * first. An unknown fact gives no warning. */
void machine_warnings(const struct machine *machine, struct machine_warnings *warnings);

#endif
