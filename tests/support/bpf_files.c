/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "bpf_files.h"
#include "skipping.h"

#define TEMPLATE "/tmp/ringview-bpf.XXXXXX"

static char mounted[sizeof(TEMPLATE)]; /* "": nothing is mounted */

static bool is_bpf_file_system(const char *path)
{
	struct statfs status;

	return statfs(path, &status) == 0 && status.f_type == BPF_FS_MAGIC;
}

static void mount_files(void)
{
	memcpy(mounted, TEMPLATE, sizeof(mounted));
	if (mkdtemp(mounted)) {
		if (mount("bpf", mounted, "bpf", 0, NULL) == 0)
			return;
		rmdir(mounted);
	}
	mounted[0] = '\0';
	skip_because(
		"no BPF file system at /sys/fs/bpf, and none can be mounted: %s", strerror(errno));
}

void bpf_files_path(char *path, size_t size, const char *name)
{
	const char *directory = "/sys/fs/bpf";

	if (!is_bpf_file_system(directory)) {
		if (!mounted[0])
			mount_files();
		directory = mounted;
	}
	snprintf(path, size, "%s/ringview-test-%d-%s", directory, (int)getpid(), name);
}

int bpf_files_teardown(void **state)
{
	(void)state;
	if (!mounted[0])
		return 0;
	umount(mounted);
	rmdir(mounted);
	mounted[0] = '\0';
	return 0;
}
