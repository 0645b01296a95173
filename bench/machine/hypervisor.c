/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "machine/machine.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* The beginning of a cpuid signature ("KVMKVMKVM"), or of a name in the firmware. */
static const struct {
	const char *text, *name;
} known[] = {
	{ "Linux KVM Hv", "KVM" },
	{ "TCGTCGTCGTCG", MACHINE_QEMU_TCG },
	{ "Microsoft Hv", "Hyper-V" },
	{ "KVM", "KVM" },
	{ "OpenStack", "KVM" },
	{ "Google Compute Engine", "KVM" },
	{ "Amazon EC2", "Amazon EC2" },
	{ "QEMU", "QEMU" },
	{ "VMware", "VMware" },
	{ "innotek GmbH", "VirtualBox" },
	{ "VirtualBox", "VirtualBox" },
	{ "Virtual Machine", "Hyper-V" },
	{ "Xen", "Xen" },
	{ "Apple Virtualization", "Apple" },
};

/* Returns the empty text if it is not known. */
static const char *known_name(const char *text)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(text, known[i].text, strlen(known[i].text)) == 0)
			return known[i].name;
	return "";
}

/* The signature in the hypervisor's leaf; empty if there is none. */
static void read_cpuid(char *name, size_t size)
{
	name[0] = '\0';
#if defined(__x86_64__)
	unsigned int eax, ebx, ecx, edx;
	char signature[13] = "";

	/* Without this bit the leaf is undefined. */
	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & 1u << 31))
		return;
	__cpuid(0x40000000, eax, ebx, ecx, edx);
	memcpy(signature, &ebx, 4);
	memcpy(signature + 4, &ecx, 4);
	memcpy(signature + 8, &edx, 4);
	system_copy_text(name, size, known_name(signature)[0] ? known_name(signature) : signature);
#else
	(void)size;
#endif
}

static bool read_firmware(char *name, size_t size)
{
	static const char *const files[] = { "/sys/class/dmi/id/product_name",
		"/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/board_vendor",
		"/sys/class/dmi/id/bios_vendor" };
	char text[128];

	/* Amazon also rents whole machines; their firmware has the same vendor. */
	if (system_read_text(text, sizeof(text), files[0]) && strstr(text, ".metal"))
		return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !name[0]; i++) {
		system_read_text(text, sizeof(text), files[i]);
		system_copy_text(name, size, known_name(text));
	}
	return name[0] != '\0';
}

/* QEMU's processor "max" on arm64, which no hypervisor has: its implementer is the number that Arm
 * reserves for software, its part is a Q. */
static bool is_emulated_arm(void)
{
	char maker[16], part[16];

	return system_read_field(maker, sizeof(maker), "/proc/cpuinfo", "CPU implementer", ':') &&
	       system_read_field(part, sizeof(part), "/proc/cpuinfo", "CPU part", ':') &&
	       system_parse_number(maker) == 0 && system_parse_number(part) == 'Q';
}

int hypervisor_find(char *name, size_t size)
{
	char flags[4096], text[64];
	const bool has_flags =
		system_read_field(flags, sizeof(flags), "/proc/cpuinfo", "flags", ':');
	const char *flag = strstr(flags, " hypervisor");

	name[0] = '\0';
	/* About this machine, not the one whose files a test made. */
	if (!system_root[0])
		read_cpuid(name, size);
	if (!name[0] && is_emulated_arm())
		system_copy_text(name, size, MACHINE_QEMU_TCG);
	/* In this file the kernel names its hypervisor. */
	if (!name[0])
		system_read_text(name, size, "/sys/hypervisor/type");
	if (name[0] || read_firmware(name, size) || (flag && (flag[11] == ' ' || flag[11] == '\0')))
		return 1;
	/* QEMU's and others' virtual machine for arm64. */
	system_read_text(text, sizeof(text), "/proc/device-tree/compatible");
	if (strncmp(text, "linux,dummy-virt", 16) == 0)
		return 1;
	return has_flags ? 0 : -1;
}
