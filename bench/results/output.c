/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/output.h"
#include "write_all.h"

int output_begin(struct output *output)
{
	*output = (struct output){ 0 };
	output->stream = open_memstream(&output->text, &output->size);
	return output->stream ? 0 : -ENOMEM;
}

void output_abandon(struct output *output)
{
	if (output->stream)
		fclose(output->stream);
	free(output->text);
	*output = (struct output){ 0 };
}

/* Special files, such as /dev/null or a pipe, and links to nothing yet cannot be renamed over. */
static int is_special(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

/* Of the file that is replaced; of a new one as open() would make it, but writable by its owner
 * only, whatever the umask: others have no business to change results. */
static mode_t mode_of(const char *path)
{
	struct stat status;
	mode_t mask;

	if (lstat(path, &status) == 0)
		return status.st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0644 & ~mask;
}

static int write_file(const char *path, const char *text, size_t size)
{
	char beside[PATH_MAX], target[PATH_MAX];
	struct stat status;
	int fd, err;

	/* realpath() goes through links that the kernel does not follow (fs.protected_symlinks):
	 * those that others left in a folder where all may write. */
	if (stat(path, &status) < 0 && errno != ENOENT)
		return -errno;
	/* Through a symbolic link, as open() would: renaming would take the link's place. */
	if (realpath(path, target))
		path = target;

	if (is_special(path)) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd < 0)
			return -errno;
		err = write_all(fd, text, size);
		return close(fd) < 0 && !err ? -errno : err;
	}
	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* mkostemp() gives it to the owner alone. */
	err = fchmod(fd, mode_of(path)) < 0 ? -errno : write_all(fd, text, size);
	if (!err && fsync(fd) < 0)
		err = -errno;
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && rename(beside, path) < 0)
		err = -errno;
	if (err)
		unlink(beside);
	return err;
}

int output_check(const char *path, struct complaint *why)
{
	char target[PATH_MAX], *end;
	const char *place = target;
	struct stat status;

	if (!path)
		return 0;
	if (stat(path, &status) < 0 && errno != ENOENT)
		return complain(why, -errno, "cannot write %s: %s", path, strerror(errno));
	if (!realpath(path, target) &&
		snprintf(target, sizeof(target), "%s", path) >= (int)sizeof(target))
		return complain(
			why, -ENAMETOOLONG, "cannot write %s: %s", path, strerror(ENAMETOOLONG));
	/* Others are replaced, by a file that is made beside them. */
	if (is_special(target)) {
		end = NULL;
	} else {
		end = strrchr(target, '/');
		place = end ? target : ".";
	}
	if (end)
		end[end == target] = '\0';
	/* A link may point to what is not there yet. */
	if (access(place, W_OK) == 0 || (errno == ENOENT && is_special(target)))
		return 0;
	return complain(why, -errno, "cannot write %s: %s", path, strerror(errno));
}

int output_commit(struct output *output, const char *path, struct complaint *why)
{
	int err = 0;

	if (fclose(output->stream) != 0)
		err = -ENOMEM;
	output->stream = NULL;
	if (!err)
		err = path ? write_file(path, output->text, output->size)
			   : write_all(STDOUT_FILENO, output->text, output->size);
	output_abandon(output);
	if (err)
		complain(why, err, "cannot write %s: %s", path ? path : "to standard output",
			strerror(-err));
	return err;
}
