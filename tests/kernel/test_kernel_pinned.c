/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process of user nobody, without capabilities, opens a pinned ring with the permissions of its
 * file. Needs root to pin the ring and to become nobody.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/kernel_ring.h"
#include "support/skipping.h"

#define NOBODY 65534
#define FOLDER "/tmp/ringview-pinned.XXXXXX"

enum { READ = 200, NOT_NOBODY, HAS_RIGHTS, HAS_NO_CALL, WRONG_RECORD };

static char folder[sizeof(FOLDER)]; /* a BPF file system that others may enter; or "" */
static char path[sizeof(folder) + 8];

static int close_files(void **state)
{
	(void)state;
	if (folder[0]) {
		umount(folder);
		rmdir(folder);
	}
	return 0;
}

static int open_files(void **state)
{
	(void)state;
	memcpy(folder, FOLDER, sizeof(folder));
	if (!mkdtemp(folder)) {
		folder[0] = '\0';
		return -1;
	}
	if (mount("bpf", folder, "bpf", 0, "mode=0755") < 0) {
		rmdir(folder);
		folder[0] = '\0';
	}
	snprintf(path, sizeof(path), "%s/ring", folder);
	return 0;
}

static bool become_nobody(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
	       setresuid(NOBODY, NOBODY, NOBODY) == 0 && syscall(__NR_capset, &header, none) == 0;
}

/* Returns whether the kernel refuses bpf() as such, before it checks the arguments: descriptor -1
 * never exists. */
static bool may_not_call_bpf(void)
{
	struct bpf_map_info info;
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(-1, &info, &size) == -EPERM;
}

/* In the child: reads record 0 and releases it. The exit status is READ, or the errno of
 * opening. */
static int read_as_nobody(void)
{
	struct ringview_record record;
	struct ringview *rv;
	int err, fd;

	if (!become_nobody())
		return NOT_NOBODY;
	fd = bpf_map_create(
		BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, (uint32_t)sysconf(_SC_PAGESIZE), NULL);
	if (fd >= 0)
		return HAS_RIGHTS;
	if (may_not_call_bpf())
		return HAS_NO_CALL;
	err = ringview_open_pinned(&rv, path, NULL);
	if (err)
		return -err;
	if (ringview_wait(rv, -1) != 1 || ringview_peek(rv, &record) != 1)
		return WRONG_RECORD;
	ringview_release(rv);
	ringview_close(rv);
	return READ;
}

/* Returns the status of a child of user nobody with a file of @group and @mode. */
static int status_with(struct kernel *k, gid_t group, mode_t mode)
{
	int status;
	pid_t pid;

	if (!folder[0])
		skip_because("no BPF file system can be mounted");
	assert_int_equal(bpf_obj_pin(bpf_map__fd(k->skeleton->maps.ring), path), 0);
	assert_int_equal(chown(path, 0, group), 0);
	assert_int_equal(chmod(path, mode), 0);
	submit(k, 8, 0);
	pid = fork();
	if (pid == 0)
		_exit(read_as_nobody());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unlink(path);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == HAS_RIGHTS)
		skip_because("this kernel lets everyone make maps "
			     "(kernel.unprivileged_bpf_disabled=0)");
	if (WEXITSTATUS(status) == HAS_NO_CALL)
		skip_because("this kernel lets nobody call bpf() without CAP_BPF "
			     "(kernel.unprivileged_bpf_disabled before Linux 5.19)");
	return WEXITSTATUS(status);
}

static void the_group_reads_a_ring_that_it_may_write(void **state)
{
	struct kernel *k = available(state);

	assert_int_equal(status_with(k, NOBODY, 0660), READ);
	/* And it was released. */
	assert_int_equal(ringview_restart(k->rv), 0);
	assert_no_record(k);
}

static void to_read_the_file_is_not_enough(void **state)
{
	assert_int_equal(status_with(available(state), NOBODY, 0640), EACCES);
}

static void to_write_the_file_is_not_enough(void **state)
{
	assert_int_equal(status_with(available(state), NOBODY, 0620), EACCES);
}

static void another_group_gets_nothing(void **state)
{
	assert_int_equal(status_with(available(state), 0, 0660), EACCES);
}

/* The mode with which bpf() pins it. */
static void by_default_it_is_its_owners(void **state)
{
	struct kernel *k = available(state);
	struct stat status;

	if (!folder[0])
		skip_because("no BPF file system can be mounted");
	assert_int_equal(bpf_obj_pin(bpf_map__fd(k->skeleton->maps.ring), path), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

/* The consumer position has to be written. */
static void a_descriptor_for_reading_only_is_refused(void **state)
{
	LIBBPF_OPTS(bpf_obj_get_opts, options, .file_flags = BPF_F_RDONLY);
	struct kernel *k = available(state);
	struct ringview *rv = NULL;
	int fd;

	if (!folder[0])
		skip_because("no BPF file system can be mounted");
	assert_int_equal(bpf_obj_pin(bpf_map__fd(k->skeleton->maps.ring), path), 0);
	fd = bpf_obj_get_opts(path, &options);
	unlink(path);
	assert_true(fd >= 0);
	assert_int_equal(ringview_open(&rv, fd, NULL), -EACCES);
	assert_null(rv);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_kernel(the_group_reads_a_ring_that_it_may_write),
		in_kernel(to_read_the_file_is_not_enough),
		in_kernel(to_write_the_file_is_not_enough),
		in_kernel(another_group_gets_nothing),
		in_kernel(by_default_it_is_its_owners),
		in_kernel(a_descriptor_for_reading_only_is_refused),
	};

	return exit_status(cmocka_run_group_tests(tests, open_files, close_files), COUNT(tests));
}
