/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/machine.h"

#include <glob.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/process.h"

enum kind { TEXT, NUMBER, FLAG, REAL, LIST };

static const struct {
	const char *name;
	enum kind kind;
	bool decisive;
	const char *path;
} facts[FACT_COUNT] = {
#define FACT(fact, ...) { __VA_ARGS__ },
	FACTS(FACT)
#undef FACT
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

static void set_text(struct machine *m, enum fact fact, const char *text)
{
	system_copy_text(m->facts[fact].text, MACHINE_TEXT_SIZE, text ? text : "");
}

static void set_number(struct machine *m, enum fact fact, double number)
{
	m->facts[fact].number = number;
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

static void read_file(struct machine *m, enum fact fact, const char *path)
{
	const enum kind kind = facts[fact].kind;
	char list[4096];
	int64_t number;

	if (kind == TEXT) {
		system_read_text(m->facts[fact].text, MACHINE_TEXT_SIZE, path);
	} else if (kind == LIST) {
		system_read_text(list, sizeof(list), path);
		set_number(m, fact, count_of(list));
	} else {
		number = system_read_number(path);
		/* Flags and settings are 0, 1 or 2; anything else is garbage. */
		if (number >= 0 && number <= 2)
			set_number(m, fact, kind == FLAG ? number > 0 : (double)number);
	}
}

/* Facts of one CPU are those of @cpu, or of the first online if it is negative. */
static void read_files(struct machine *m, int cpu)
{
	char path[160], online[4096];
	const char *rest = online;
	int last;

	system_read_text(online, sizeof(online), CPU_FOLDER "/online");
	if (cpu < 0 && !system_next_range(&rest, &cpu, &last))
		cpu = -1;
	for (int fact = 0; fact < FACT_COUNT; fact++) {
		const char *format = facts[fact].path;

		if (!format || (strchr(format, '%') && cpu < 0))
			continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(path, sizeof(path), format, cpu); /* of FACTS */
#pragma GCC diagnostic pop
		read_file(m, fact, path);
	}
}

/* On arm64 a model has no name, only numbers. */
static void read_processor(struct machine *m)
{
	static const char *const names[][4] = {
		{ "vendor_id", "cpu family", "model", "stepping" },
		{ "CPU implementer", "CPU architecture", "CPU part", "CPU revision" },
	};
	char part[4][64], id[MACHINE_TEXT_SIZE];

	for (int kind = 0; kind < 2; kind++) {
		for (int i = 0; i < 4; i++)
			system_read_field(
				part[i], sizeof(part[i]), "/proc/cpuinfo", names[kind][i], ':');
		if (!part[0][0])
			continue;
		snprintf(id, sizeof(id), "%s/%s/%s/%s", part[0], part[1], part[2], part[3]);
		set_text(m, FACT_CPU_ID, id);
	}
	if (!system_read_field(m->facts[FACT_CPU_MODEL].text, MACHINE_TEXT_SIZE, "/proc/cpuinfo",
		    "model name", ':'))
		set_text(m, FACT_CPU_MODEL, machine_text(m, FACT_CPU_ID));
}

static void read_affinity(struct machine *m)
{
	char *text = m->facts[FACT_AFFINITY_GIVEN].text;
	size_t used = 0;
	pin_set set;

	if (sched_getaffinity(0, sizeof(set), set) < 0)
		return;
	set_number(m, FACT_AFFINITY_CPUS, CPU_COUNT_S(sizeof(set), set));
	for (size_t cpu = 0; cpu < PIN_CPUS_MAX; cpu++) {
		const size_t first = cpu;

		if (!CPU_ISSET_S(cpu, sizeof(set), set))
			continue;
		while (CPU_ISSET_S(cpu + 1, sizeof(set), set))
			cpu++;
		if (used + 24 > MACHINE_TEXT_SIZE) {
			strcpy(text + used, ",...");
			return;
		}
		used += (size_t)snprintf(text + used, MACHINE_TEXT_SIZE - used,
			cpu > first ? "%s%zu%c%zu" : "%s%zu", used ? "," : "", first,
			cpu == first + 1 ? ',' : '-', cpu);
	}
}

static double read_steal(void)
{
	unsigned long long ticks;
	char line[256];

	system_read_text(line, sizeof(line), "/proc/stat");
	/* The width prevents an overflow below. */
	if (sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %15llu", &ticks) != 1)
		return -1;
	return (double)(ticks * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK));
}

static void read_load(struct machine *m)
{
	unsigned int whole, tenths, hundredths, running;
	char line[128];

	set_number(m, FACT_STEAL_MS, read_steal());
	system_read_text(line, sizeof(line), "/proc/loadavg");
	/* Not strtod(), whose decimal point depends on the locale. */
	if (sscanf(line, "%9u.%1u%1u %*s %*s %9u/%*u", &whole, &tenths, &hundredths, &running) != 4)
		return;
	set_number(m, FACT_LOAD, whole + (tenths * 10 + hundredths) / 100.0);
	set_number(m, FACT_OTHER_TASKS, running > 0 ? running - 1 : 0);
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

/* Facts that are in no file. */
static void set_others(struct machine *m, const struct machine_request *request)
{
	const time_t now = time(NULL);
	struct utsname name;
	struct tm utc;

	m->pins_threads = request->pins_threads;
	set_number(m, FACT_AFFINITY_ASKED, request->cpu);
	set_text(m, FACT_COMPILER, COMPILER);
	set_text(m, FACT_COMPILE_FLAGS, BENCH_CFLAGS);
	set_number(m, FACT_OPTIMIZED, OPTIMIZED);
	set_number(m, FACT_SANITIZED, SANITIZED);
	set_text(m, FACT_LIBBPF_VERSION, request->libbpf_version);
	set_text(m, FACT_RINGVIEW_VERSION, request->ringview_version);
	set_text(m, FACT_RINGVIEW_COMMIT, request->ringview_commit);
	set_number(m, FACT_PAGE_SIZE, (double)sysconf(_SC_PAGESIZE));
	uname(&name);
	set_text(m, FACT_ARCHITECTURE, name.machine);
	strftime(m->facts[FACT_TIMESTAMP].text, MACHINE_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ",
		gmtime_r(&now, &utc));
}

void machine_read(struct machine *m, const struct machine_request *request)
{
	int64_t no_turbo;

	memset(m, 0, sizeof(*m));
	for (int fact = 0; fact < FACT_COUNT; fact++)
		set_number(m, fact, -1);
	set_others(m, request);
	read_affinity(m);
	/* Before the files below: to read them is load, too. */
	read_load(m);
	read_files(m, request->cpu);
	no_turbo = system_read_number(CPU_FOLDER "/intel_pstate/no_turbo");
	if (no_turbo == 0 || no_turbo == 1)
		set_number(m, FACT_BOOST, !no_turbo);
	set_number(m, FACT_THROTTLES, read_throttles());
	read_processor(m);
	set_number(m, FACT_VIRTUAL_MACHINE,
		hypervisor_find(m->facts[FACT_HYPERVISOR].text, MACHINE_TEXT_SIZE));
}

/* Of a count that only grows: -1 if either is unknown, or if it fell, as when a CPU goes offline. */
static double growth(double before, double after)
{
	return before < 0 || after < before ? -1 : after - before;
}

void machine_finish(struct machine *m)
{
	set_number(m, FACT_THROTTLES_DURING_RUN,
		growth(machine_number(m, FACT_THROTTLES), read_throttles()));
	set_number(m, FACT_STEAL_MS_DURING_RUN,
		growth(machine_number(m, FACT_STEAL_MS), read_steal()));
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
