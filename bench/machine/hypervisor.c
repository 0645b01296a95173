/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/hypervisor.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"
#include "machine/system_files.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* The beginning of a cpuid signature, or of what the firmware calls the machine. */
static const struct {
	const char *text, *name;
} known[] = {
	{ "KVMKVMKVM", "KVM" },
	{ "Linux KVM Hv", "KVM" },
	{ "TCGTCGTCGTCG", MACHINE_QEMU_TCG },
	{ "Microsoft Hv", "Hyper-V" },
	{ "VMwareVMware", "VMware" },
	{ "XenVMMXenVMM", "Xen" },
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

static const char *known_name(const char *text)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(text, known[i].text, strlen(known[i].text)) == 0)
			return known[i].name;
	return NULL;
}

/* The signature in a hypervisor's own leaf; empty where there is none. */
static void read_cpuid(char *name, size_t size)
{
	name[0] = '\0';
#if defined(__x86_64__)
	unsigned int eax, ebx, ecx, edx;
	char signature[13] = "";

	/* Without this bit the leaf holds whatever the processor likes. */
	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & 1u << 31))
		return;
	__cpuid(0x40000000, eax, ebx, ecx, edx);
	memcpy(signature, &ebx, 4);
	memcpy(signature + 4, &ecx, 4);
	memcpy(signature + 8, &edx, 4);
	system_copy_text(name, size, known_name(signature) ? known_name(signature) : signature);
#else
	(void)size;
#endif
}

static bool read_firmware(const char *root, char *name, size_t size)
{
	static const char *const files[] = { "product_name", "sys_vendor", "board_vendor",
		"bios_vendor" };
	char text[128];

	/* Amazon sells whole machines too, whose firmware has the same vendor. */
	if (system_read_text(text, sizeof(text), root, "/sys/class/dmi/id/product_name") &&
		strstr(text, ".metal"))
		return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		system_read_text(text, sizeof(text), root, "/sys/class/dmi/id/%s", files[i]);
		if (!known_name(text))
			continue;
		system_copy_text(name, size, known_name(text));
		return true;
	}
	return false;
}

static bool has_word(const char *text, const char *word)
{
	const char *found = strstr(text, word);
	const size_t length = strlen(word);

	return found && (found == text || found[-1] == ' ') &&
	       (found[length] == ' ' || found[length] == '\0');
}

/* The processor "max" of QEMU on arm64, which no hypervisor offers: its maker has the number that
 * Arm leaves to software, its part is a Q. */
static bool is_emulated_arm(const char *root)
{
	char maker[16], part[16];

	return system_read_cpuinfo(maker, sizeof(maker), root, "CPU implementer") &&
	       system_read_cpuinfo(part, sizeof(part), root, "CPU part") &&
	       system_parse_number(maker) == 0 && system_parse_number(part) == 'Q';
}

int hypervisor_find(const char *root, char *name, size_t size)
{
	char flags[4096], text[64];
	const bool has_flags = system_read_cpuinfo(flags, sizeof(flags), root, "flags");

	name[0] = '\0';
	/* It tells about this machine, not about the one whose files a test made up. */
	if (!root[0])
		read_cpuid(name, size);
	if (!name[0] && is_emulated_arm(root))
		system_copy_text(name, size, MACHINE_QEMU_TCG);
	/* The file in which a kernel, rather than the firmware, says who runs it. */
	if (!name[0])
		system_read_text(name, size, root, "/sys/hypervisor/type");
	if (name[0] || read_firmware(root, name, size) ||
		(has_flags && has_word(flags, "hypervisor")))
		return 1;
	/* What QEMU and others call the machines that they make up for arm64. */
	if (system_read_text(text, sizeof(text), root, "/proc/device-tree/compatible") &&
		strncmp(text, "linux,dummy-virt", 16) == 0)
		return 1;
	return has_flags ? 0 : -1;
}
