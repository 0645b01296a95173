/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/readers.h"

#include <stdio.h>
#include <string.h>

#include "environment/system_files.h"

/* What one entry of /proc/cpuinfo says. */
struct entry {
	char vendor[64];
	char model_name[128];
	int64_t family;
	int64_t model;
	int64_t stepping;
	int64_t arm_implementer;
	int64_t arm_architecture;
	int64_t arm_part;
	int64_t arm_variant;
	int64_t arm_revision;
	/* ENVIRONMENT_UNKNOWN as long as no line with the flags was seen. */
	int hypervisor_flag;
};

struct cpuinfo {
	struct entry entry;
	int64_t wanted;
	int64_t processors;
	/* The lines belong to the entry to keep: the first one, then the wanted one. */
	bool taking;
};

static const struct entry empty_entry = {
	.family = ENVIRONMENT_UNKNOWN,
	.model = ENVIRONMENT_UNKNOWN,
	.stepping = ENVIRONMENT_UNKNOWN,
	.arm_implementer = ENVIRONMENT_UNKNOWN,
	.arm_architecture = ENVIRONMENT_UNKNOWN,
	.arm_part = ENVIRONMENT_UNKNOWN,
	.arm_variant = ENVIRONMENT_UNKNOWN,
	.arm_revision = ENVIRONMENT_UNKNOWN,
	.hypervisor_flag = ENVIRONMENT_UNKNOWN,
};

static int has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	const char *found = text;

	while ((found = strstr(found, word))) {
		char before = found == text ? ' ' : found[-1];
		char after = found[length] ? found[length] : ' ';

		if (before == ' ' && after == ' ')
			return 1;
		found += length;
	}
	return 0;
}

static void take_number(int64_t *number, const char *text)
{
	int64_t value = system_parse_number(text);

	if (value >= 0)
		*number = value;
}

static void take_fact(struct entry *entry, const char *name, const char *value)
{
	struct entry *e = entry;
	const struct {
		const char *name;
		int64_t *number;
	} numbers[] = {
		{ "cpu family", &e->family },
		{ "model", &e->model },
		{ "stepping", &e->stepping },
		{ "CPU implementer", &e->arm_implementer },
		{ "CPU architecture", &e->arm_architecture },
		{ "CPU part", &e->arm_part },
		{ "CPU variant", &e->arm_variant },
		{ "CPU revision", &e->arm_revision },
	};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (!strcmp(name, numbers[i].name))
			take_number(numbers[i].number, value);
	}
	if (!strcmp(name, "vendor_id"))
		system_copy_text(e->vendor, sizeof(e->vendor), value);
	/* "cpu" is PowerPC's, "uarch" RISC-V's. */
	else if (!strcmp(name, "model name") || !strcmp(name, "cpu") || !strcmp(name, "uarch"))
		system_copy_text(e->model_name, sizeof(e->model_name), value);
	else if (!strcmp(name, "flags"))
		e->hypervisor_flag = has_word(value, "hypervisor");
}

static void take_line(void *context, char *line)
{
	struct cpuinfo *cpuinfo = context;
	char *colon = strchr(line, ':');
	char name[32];

	if (!colon)
		return;
	*colon = '\0';
	system_copy_text(name, sizeof(name), line);
	if (!strcmp(name, "processor")) {
		int64_t number = system_parse_number(colon + 1);

		if (number < 0) {
			cpuinfo->taking = false;
			return;
		}
		cpuinfo->taking = !cpuinfo->processors++ || number == cpuinfo->wanted;
		if (cpuinfo->taking)
			cpuinfo->entry = empty_entry;
	} else if (cpuinfo->taking) {
		take_fact(&cpuinfo->entry, name, colon + 1);
	}
}

static const char *arm_vendor(int64_t implementer)
{
	static const struct {
		int64_t implementer;
		const char *name;
	} vendors[] = {
		{ 0x41, "Arm" },
		{ 0x42, "Broadcom" },
		{ 0x43, "Cavium" },
		{ 0x46, "Fujitsu" },
		{ 0x48, "HiSilicon" },
		{ 0x4e, "NVIDIA" },
		{ 0x50, "APM" },
		{ 0x51, "Qualcomm" },
		{ 0x53, "Samsung" },
		{ 0x56, "Marvell" },
		{ 0x61, "Apple" },
		{ 0x69, "Intel" },
		{ 0x6d, "Microsoft" },
		{ 0xc0, "Ampere" },
	};
	size_t i;

	for (i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		if (vendors[i].implementer == implementer)
			return vendors[i].name;
	}
	return NULL;
}

/* arm64 tells numbers only; a list of the names of all parts would always be out of date. */
static void write_arm(struct environment *e, const struct entry *entry)
{
	const char *vendor = arm_vendor(entry->arm_implementer);

	if (vendor)
		snprintf(e->cpu_vendor, sizeof(e->cpu_vendor), "%s", vendor);
	else
		snprintf(e->cpu_vendor, sizeof(e->cpu_vendor), "implementer 0x%llx",
			(unsigned long long)entry->arm_implementer);
	e->cpu_family = entry->arm_architecture;
	e->cpu_model_number = entry->arm_part;
	e->cpu_stepping = entry->arm_revision;
	if (e->cpu_model[0] || entry->arm_part < 0)
		return;
	if (entry->arm_variant < 0)
		snprintf(e->cpu_model, sizeof(e->cpu_model), "part 0x%llx",
			(unsigned long long)entry->arm_part);
	else
		snprintf(e->cpu_model, sizeof(e->cpu_model), "part 0x%llx variant 0x%llx",
			(unsigned long long)entry->arm_part,
			(unsigned long long)entry->arm_variant);
}

void environment_read_processor(struct environment *e, const char *root)
{
	struct cpuinfo cpuinfo = { .entry = empty_entry, .wanted = e->described_cpu };
	const struct entry *entry = &cpuinfo.entry;

	system_each_line(root, "/proc/cpuinfo", take_line, &cpuinfo);
	if (!cpuinfo.processors)
		return;
	if (e->cpus_online < 0)
		e->cpus_online = cpuinfo.processors;
	snprintf(e->cpu_vendor, sizeof(e->cpu_vendor), "%s", entry->vendor);
	snprintf(e->cpu_model, sizeof(e->cpu_model), "%s", entry->model_name);
	e->cpu_family = entry->family;
	e->cpu_model_number = entry->model;
	e->cpu_stepping = entry->stepping;
	e->virtual_machine = entry->hypervisor_flag;
	if (entry->arm_implementer >= 0)
		write_arm(e, entry);
}
