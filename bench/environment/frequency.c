/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/readers.h"

#include "environment/cpu_list.h"
#include "environment/system_files.h"

#define CPU_DIRECTORY "/sys/devices/system/cpu"

static void read_boost(struct environment *e, const char *root, int cpu)
{
	int64_t no_turbo = system_read_number(root, CPU_DIRECTORY "/intel_pstate/no_turbo");
	int64_t boost;

	if (no_turbo == 0 || no_turbo == 1) {
		e->boost = !no_turbo;
		return;
	}
	boost = system_read_number(root, CPU_DIRECTORY "/cpufreq/boost");
	if (boost < 0 && cpu >= 0)
		boost = system_read_number(root, CPU_DIRECTORY "/cpu%d/cpufreq/boost", cpu);
	if (boost == 0 || boost == 1)
		e->boost = (int)boost;
}

void environment_read_frequency(struct environment *e, const char *root)
{
	int cpu = (int)e->described_cpu;

	read_boost(e, root, cpu);
	if (cpu < 0)
		return;
	system_read_text(e->frequency_driver, sizeof(e->frequency_driver), root,
		CPU_DIRECTORY "/cpu%d/cpufreq/scaling_driver", cpu);
	system_read_text(e->governor, sizeof(e->governor), root,
		CPU_DIRECTORY "/cpu%d/cpufreq/scaling_governor", cpu);
	system_read_text(e->energy_preference, sizeof(e->energy_preference), root,
		CPU_DIRECTORY "/cpu%d/cpufreq/energy_performance_preference", cpu);
}

/* Sum up the count @name of the CPUs of @online; leave @sum alone if one does not tell. */
static void sum_throttles(const char *online, const char *root, const char *name, int64_t *sum)
{
	int64_t total = 0;
	int first;
	int last;

	while (cpu_list_next(&online, &first, &last) > 0) {
		int cpu;

		for (cpu = first; cpu <= last; cpu++) {
			int64_t count = system_read_number(
				root, CPU_DIRECTORY "/cpu%d/thermal_throttle/%s", cpu, name);

			if (count < 0 || count > INT64_MAX - total)
				return;
			total += count;
		}
	}
	*sum = total;
}

void environment_read_throttles(const char *root, int64_t *core, int64_t *package)
{
	char online[4096];

	if (system_read_text(online, sizeof(online), root, CPU_DIRECTORY "/online") ||
		cpu_list_count(online) < 0)
		return;
	sum_throttles(online, root, "core_throttle_count", core);
	sum_throttles(online, root, "package_throttle_count", package);
}
