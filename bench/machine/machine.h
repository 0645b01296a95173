/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine a benchmark ran on: facts that make two runs incomparable, or one doubtful.
 *
 * Every fact is read from the kernel, never guessed. One that cannot be read, or is garbage, is
 * unknown, null. Text is one line of printable ASCII. No host name, user name or path is recorded.
 */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/complaint.h"

#define CPU_FOLDER "/sys/devices/system/cpu"

/* No hypervisor, but QEMU's Tiny Code Generator, which emulates the processor. */
#define MACHINE_QEMU_TCG "QEMU TCG"

/* Returns the facts as an object by name, a new reference; @cpu is that of -cpu, or -1. To be called
 * before the measurement, after the thread was pinned; then, after it, for the counts that grew. */
json_t *machine_read(int cpu);
void machine_finish(json_t *machine);

/* A fact of an object of machine_read(). If it is unknown, -1 or the empty text. Flags are 0 or 1. */
double machine_number(const json_t *machine, const char *name);
const char *machine_text(const json_t *machine, const char *name);

/* Whether results must not be compared if this fact is known of both and differs. */
bool machine_decides(const char *name);

/* Returns an array of what makes the results doubtful, worst first, a new reference: each line has the
 * problem, a colon, and what to do. An unknown fact gives no warning. @pins_threads: each thread pins
 * itself, so that the affinity of this one does not matter. */
json_t *machine_warnings(const json_t *machine, bool pins_threads);

/* Bytes that can be allocated before the kernel kills a process: the least of MemAvailable and the
 * rest of each memory control group from this process's up to the root (limit minus use, with the
 * page cache counted as free; cgroup v1 and v2). UINT64_MAX if unknown. */
uint64_t memory_available(void);

/* Call it before rings are made: the kernel allocates their memory even if it has to kill others.
 * @per_ring: bytes of each; @what: their name, "rings". Returns 0, or -ENOMEM with @why if @rings
 * of them need more than is available. */
int memory_check_rings(uint64_t rings, uint64_t per_ring, const char *what, struct complaint *why);

/* Hardware counters of the calling thread, in user space only. Many virtual machines and containers
 * have none: opening fails with a reason, which results show instead of numbers. */
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

/* What was counted between counters_start() and counters_stop(). */
struct counters_values {
	uint64_t cycles, instructions; /* counted together: their ratios are exact */
	int64_t cache_misses;          /* of the last level; -1: not available with these */
	bool scaled;                   /* estimates: others used the hardware, too */
};

/* Opens them, stopped, and tests that they count. 0; or a negative errno with @why, all closed. */
int counters_open(struct counters *counters, struct complaint *why);

/* 0 or a negative errno. Stopping adds to @sum; -ENODATA: the hardware was busy with others. */
int counters_start(struct counters *counters);
int counters_stop(struct counters *counters, struct counters_values *sum);

/* They may be closed already. */
void counters_close(struct counters *counters);

/* The small text files of /proc and /sys. Their contents are not trusted: garbage is unknown, never a
 * value. @system_root is put before each path: "" for this machine, a folder in tests. */
extern const char *system_root;
FILE *system_open(const char *path); /* to read it; NULL if that fails */

/* Copies a line without blanks at the ends, cut to fit; "?" for all but printable ASCII. */
void system_copy_text(char *to, size_t size, const char *from);

/* Reads the first line. False, with @text empty: it cannot be read, or is blank. */
bool system_read_text(char *text, size_t size, const char *path);

/* A number, decimal or 0x hexadecimal, in @text or in the first line of a file; -1 if it is none. */
int64_t system_parse_number(const char *text);
int64_t system_read_number(const char *path);

/* Reads the value of the first line "@name : value", with ':' or ' ' as the separator. Returns false,
 * and empties @value, if there is none. */
bool system_read_field(
	char *value, size_t size, const char *path, const char *name, char separator);

/* Reads the next range of a list of CPUs ("0-3,8"). False at its end, or if it is no list. */
bool system_next_range(const char **list, int *first, int *last);

#endif
