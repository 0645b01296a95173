/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The caches: flushes them, and finds CPUs and a ring size for a ring that stays in them.
 */
#include <math.h>
#include <unistd.h>

#include "base/process.h"
#include "base/values.h"
#include "machine/machine.h"
#include "measure/rounds.h"

#if defined(__x86_64__)

#include <cpuid.h>

#define LINE 64

void cache_flush(const void *start, size_t size)
{
	const char *line = (const char *)((uintptr_t)start & ~(uintptr_t)(LINE - 1));
	const char *const end = (const char *)start + size;
	unsigned int eax, ebx, ecx, edx;
	/* CPUID 7.0: EBX bit 23 (Intel SDM 2, AMD APM 3). clflush, which all have, waits for each line. */
	const bool has_clflushopt =
		__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & 1u << 23);

	for (; line < end; line += LINE)
		if (has_clflushopt)
			__asm__ volatile("clflushopt %0" : : "m"(*line) : "memory");
		else
			__asm__ volatile("clflush %0" : : "m"(*line) : "memory");
	__asm__ volatile("mfence" : : : "memory");
}

#elif defined(__aarch64__)

/* Linux lets programs clean and invalidate, and read the line size (arch/arm64/kernel/cpufeature.c:
 * SCTLR_EL1_UCI, SCTLR_EL1_UCT). */
void cache_flush(const void *start, size_t size)
{
	const char *const end = (const char *)start + size;
	uint64_t type;
	size_t step;

	__asm__("mrs %0, ctr_el0" : "=r"(type));
	step = (size_t)4 << (type >> 16 & 15);
	for (const char *line = (const char *)((uintptr_t)start & ~(step - 1)); line < end;
		line += step)
		__asm__ volatile("dc civac, %0" : : "r"(line) : "memory");
	__asm__ volatile("dsb ish" : : : "memory");
}

#else

void cache_flush(const void *start, size_t size)
{
	(void)start;
	(void)size;
}

#endif

#define SAMPLES 21
#define ROUND_TRIPS 500 /* a sample */

/* A ball that two threads throw to each other: counts the throws. */
struct ball {
	unsigned int throws;
} __attribute__((aligned(128)));

static void catch_and_throw(struct ball *ball, unsigned int at)
{
	/* Relaxed: no other data depends on it. */
	while (__atomic_load_n(&ball->throws, __ATOMIC_RELAXED) != at)
		;
	__atomic_store_n(&ball->throws, at + 1, __ATOMIC_RELAXED);
}

static void *play(void *context)
{
	struct ball *ball = context;

	for (unsigned int at = 1; at < 2 * SAMPLES * ROUND_TRIPS; at += 2)
		catch_and_throw(ball, at);
	return NULL;
}

/* The nanoseconds of a throw between this thread's CPU and @writer: the least of some samples, as
 * disturbances only add. NAN if no thread can be started. */
static double measure_line(int writer)
{
	struct ball ball = { 0 };
	double least = INFINITY;
	unsigned int at = 0;
	pthread_t other;

	if (pin_start(&other, writer, play, &ball))
		return NAN;
	for (size_t i = 0; i < SAMPLES; i++) {
		const int64_t before = monotonic_ns();

		for (int trip = 0; trip < ROUND_TRIPS; trip++, at += 2)
			catch_and_throw(&ball, at);
		least = fmin(least, (double)(monotonic_ns() - before) / (2 * ROUND_TRIPS));
	}
	pthread_join(other, NULL);
	return least;
}

static bool share_core(int a, int b)
{
	char path[96], text[256];
	const char *list = text;
	int first, last;

	snprintf(path, sizeof(path), CPU_FOLDER "/cpu%d/topology/thread_siblings_list", a);
	system_read_text(text, sizeof(text), path);
	while (system_next_range(&list, &first, &last))
		if (first <= b && b <= last)
			return true;
	return false;
}

/* An allowed CPU of another core, or else of the same; -1: there is none. */
static int other_cpu(const cpu_set_t *allowed, size_t size, int reader)
{
	int found = -1;

	for (int cpu = 0; cpu < PIN_CPUS_MAX; cpu++) {
		if (cpu == reader || !CPU_ISSET_S((size_t)cpu, size, allowed))
			continue;
		if (!share_core(reader, cpu))
			return cpu;
		if (found < 0)
			found = cpu;
	}
	return found;
}

struct cache_place cache_place_find(int cpu)
{
	struct cache_place place = { .reader = cpu, .line_ns = NAN };
	pin_set allowed;

	sched_getaffinity(0, sizeof(allowed), allowed);
	if (cpu < 0)
		for (place.reader = PIN_CPUS_MAX - 1;
			!CPU_ISSET_S((size_t)place.reader, sizeof(allowed), allowed);
			place.reader--)
			;
	place.writer = other_cpu(allowed, sizeof(allowed), place.reader);
	if (place.writer >= 0) {
		place.same_core = share_core(place.reader, place.writer);
		if (pin_thread(place.reader) == 0)
			place.line_ns = measure_line(place.writer);
	}
	return place;
}

uint64_t cache_ring_size(void)
{
	char text[32];
	uint64_t half = 0, size = (uint64_t)sysconf(_SC_PAGESIZE);

	if (system_read_text(text, sizeof(text), CPU_FOLDER "/cpu0/cache/index2/size") &&
		parse_size(text, &half) == 0)
		half /= 2;
	if (half < size)
		half = 1 << 20;
	while (2 * size <= half)
		size *= 2;
	return size;
}
