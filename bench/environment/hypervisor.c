/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/readers.h"

#include <stdio.h>
#include <string.h>

#include "environment/system_files.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#define HAVE_CPUID 1
#else
#define HAVE_CPUID 0
#endif

struct known_name {
	const char *text;
	const char *name;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void found(struct environment *e, const char *name)
{
	e->virtual_machine = 1;
	if (!e->hypervisor[0])
		system_copy_text(e->hypervisor, sizeof(e->hypervisor), name);
}

#if HAVE_CPUID
static const struct known_name signatures[] = {
	{ "KVMKVMKVM", "KVM" },
	{ "Linux KVM Hv", "KVM" },
	{ "Microsoft Hv", "Hyper-V" },
	{ "VMwareVMware", "VMware" },
	{ "XenVMMXenVMM", "Xen" },
	{ "TCGTCGTCGTCG", ENVIRONMENT_QEMU_TCG },
	{ "VBoxVBoxVBox", "VirtualBox" },
	{ "bhyve bhyve ", "bhyve" },
	{ "ACRNACRNACRN", "ACRN" },
	{ " lrpepyh  vr", "Parallels" },
	{ "prl hyperv  ", "Parallels" },
};

/* The signature that a hypervisor puts at @leaf; NULL for none. */
static const char *signature_at(unsigned int leaf, char text[13])
{
	unsigned int highest;
	unsigned int words[3];
	size_t i;

	__cpuid(leaf, highest, words[0], words[1], words[2]);
	if (highest < leaf || highest > leaf + 0xffff)
		return NULL;
	memcpy(text, words, sizeof(words));
	text[12] = '\0';
	for (i = 0; i < COUNT(signatures); i++) {
		if (!strcmp(text, signatures[i].text))
			return signatures[i].name;
	}
	return text[0] ? text : NULL;
}

static void read_cpuid(struct environment *e)
{
	unsigned int eax;
	unsigned int ebx;
	unsigned int ecx;
	unsigned int edx;
	const char *first;
	const char *second;
	char first_text[13];
	char second_text[13];

	/* Without this bit the leaves of a hypervisor hold whatever the processor likes. */
	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & (1u << 31)))
		return;
	e->virtual_machine = 1;
	/* KVM and Xen can pose as Hyper-V for Windows, and then move their own leaves up. */
	first = signature_at(0x40000000, first_text);
	second = signature_at(0x40000100, second_text);
	if (first && second && !strcmp(first, "Hyper-V") &&
		(!strcmp(second, "KVM") || !strcmp(second, "Xen")))
		first = second;
	if (first)
		found(e, first);
}
#endif

/* What the firmware calls a virtual machine; the beginning of the text decides. */
static const struct known_name firmware[] = {
	{ "KVM", "KVM" },
	{ "OpenStack", "KVM" },
	{ "KubeVirt", "KVM" },
	{ "Google Compute Engine", "KVM" },
	{ "Amazon EC2", "Amazon EC2" },
	{ "QEMU", "QEMU" },
	{ "VMware", "VMware" },
	{ "VMW", "VMware" },
	{ "innotek GmbH", "VirtualBox" },
	{ "VirtualBox", "VirtualBox" },
	{ "Virtual Machine", "Hyper-V" },
	{ "Xen", "Xen" },
	{ "Bochs", "Bochs" },
	{ "Parallels", "Parallels" },
	{ "BHYVE", "bhyve" },
	{ "Apple Virtualization", "Apple" },
};

static void read_firmware(struct environment *e, const char *root)
{
	static const char *const files[] = { "product_name", "sys_vendor", "board_vendor",
		"bios_vendor" };
	char text[128];
	size_t file;
	size_t i;

	/* Amazon sells whole machines too, whose firmware has the same vendor. */
	if (!system_read_text(text, sizeof(text), root, "/sys/class/dmi/id/product_name") &&
		strstr(text, ".metal"))
		return;
	for (file = 0; file < COUNT(files); file++) {
		if (system_read_text(text, sizeof(text), root, "/sys/class/dmi/id/%s", files[file]))
			continue;
		for (i = 0; i < COUNT(firmware); i++) {
			if (!strncmp(text, firmware[i].text, strlen(firmware[i].text))) {
				found(e, firmware[i].name);
				return;
			}
		}
	}
}

/* The two files in which a kernel, rather than the firmware, says who runs it. */
static void read_kernel(struct environment *e, const char *root)
{
	char text[64];

	if (!system_read_text(text, sizeof(text), root, "/sys/hypervisor/type"))
		found(e, !strcmp(text, "xen") ? "Xen" : text);
	if (!system_read_text(text, sizeof(text), root, "/proc/device-tree/hypervisor/compatible"))
		found(e, !strncmp(text, "linux,kvm", 9) ? "KVM"
			 : !strncmp(text, "xen,xen", 7) ? "Xen"
							: text);
}

/* The processor "max" of QEMU on arm64, which no hypervisor offers: its maker has the number that
 * Arm leaves to software, its part is a Q. A real processor that QEMU imitates cannot be told from
 * it. */
static void read_emulated_arm(struct environment *e)
{
	if (!strcmp(e->cpu_vendor, "implementer 0x0") && e->cpu_model_number == 'Q')
		found(e, ENVIRONMENT_QEMU_TCG);
}

/* What QEMU and others call the machines that they make up for arm64. */
static void read_machine(struct environment *e, const char *root)
{
	char text[64];

	if (!system_read_text(text, sizeof(text), root, "/proc/device-tree/compatible") &&
		!strncmp(text, "linux,dummy-virt", 16))
		e->virtual_machine = 1;
}

void environment_read_hypervisor(struct environment *e, const char *root)
{
#if HAVE_CPUID
	/* cpuid tells about this machine, not about the one whose files a test made up. */
	if (!root[0])
		read_cpuid(e);
#endif
	read_emulated_arm(e);
	read_kernel(e, root);
	read_firmware(e, root);
	read_machine(e, root);
}
