/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include "measure/cache.h"

#if defined(__x86_64__)

#include <cpuid.h>

#define LINE 64

/* CPUID 7.0: EBX bit 23 (Intel SDM volume 2, AMD APM volume 3). clflush, which all CPUs have, waits
 * for each line. */
static bool has_clflushopt(void)
{
	unsigned int eax, ebx, ecx, edx;

	return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & 1u << 23);
}

void cache_flush(const void *start, size_t size)
{
	const char *line = (const char *)((uintptr_t)start & ~(uintptr_t)(LINE - 1));
	const char *const end = (const char *)start + size;

	if (has_clflushopt())
		for (; line < end; line += LINE)
			__asm__ volatile("clflushopt %0" : : "m"(*line) : "memory");
	else
		for (; line < end; line += LINE)
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
