/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/output.h"
#include "base/process.h"

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

/*
 * The place of a file, resolved once: a path resolved again may lead elsewhere, as others may
 * write to its folders. The kernel resolves it, so it follows no links of others in folders where
 * all may write (fs.protected_symlinks).
 */
struct place {
	int file;      /* an O_PATH descriptor of what is there; or -1 */
	char link[32]; /* a path that opens @file */
	int mode;      /* of a regular file, which is replaced; or -1 */
	/* Of what is replaced or new, after all links. -1: it is opened, as a pipe or /dev/null; or
	 * created, as it is a link to a file that does not exist. */
	int folder;
	char name[NAME_MAX + 1]; /* in it */
};

static void close_place(struct place *place)
{
	if (place->folder >= 0)
		close(place->folder);
	if (place->file >= 0)
		close(place->file);
}

/* Opens the folder of @path and stores the name in it. */
static int find_folder(struct place *place, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char folder[PATH_MAX] = ".";

	if (strlen(name) > NAME_MAX || (slash && slash - path >= PATH_MAX - 1))
		return -ENAMETOOLONG;
	if (!name[0])
		return -EISDIR;
	strcpy(place->name, name);
	if (slash)
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path) + (slash == path),
			path);
	place->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return place->folder < 0 ? -errno : 0;
}

/* Returns 0 or a negative errno. In both cases close_place() is due. */
static int find_place(struct place *place, const char *path)
{
	char target[PATH_MAX] = "";
	struct stat there, found;
	int err;

	*place = (struct place){ .file = open(path, O_PATH | O_CLOEXEC), .mode = -1, .folder = -1 };
	if (place->file < 0 && errno != ENOENT)
		return -errno;
	if (place->file < 0)
		return lstat(path, &there) < 0 ? find_folder(place, path) : 0;
	snprintf(place->link, sizeof(place->link), "/proc/self/fd/%d", place->file);
	if (fstat(place->file, &there) < 0)
		return -errno;
	if (!S_ISREG(there.st_mode))
		return S_ISDIR(there.st_mode) ? -EISDIR : 0;
	place->mode = there.st_mode & 0777;
	if (readlink(place->link, target, sizeof(target) - 1) < 0)
		return -errno;
	err = find_folder(place, target);
	if (!err && fstatat(place->folder, place->name, &found, AT_SYMLINK_NOFOLLOW) < 0)
		err = -errno;
	/* It was moved meanwhile. */
	if (!err && (found.st_dev != there.st_dev || found.st_ino != there.st_ino))
		err = -ESTALE;
	return err;
}

/* Creates a file in the folder of @place and stores its name. A descriptor, or a negative errno. */
static int make_beside(const struct place *place, char name[NAME_MAX + 1])
{
	uint32_t random;
	int fd;

	do {
		if (getrandom(&random, sizeof(random), 0) < 0)
			return -errno;
		if (snprintf(name, NAME_MAX + 1, "%s.%08x", place->name, random) > NAME_MAX)
			return -ENAMETOOLONG;
		fd = openat(place->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			place->mode >= 0 ? 0600 : 0644);
	} while (fd < 0 && errno == EEXIST);
	return fd < 0 ? -errno : fd;
}

static int write_place(const struct place *place, const char *path, const char *text, size_t size)
{
	const bool replaces = place->folder >= 0;
	const int flags = O_WRONLY | O_TRUNC | O_CLOEXEC;
	char name[NAME_MAX + 1];
	const int fd = replaces          ? make_beside(place, name)
		       : place->file < 0 ? open(path, flags | O_CREAT, 0644)
					 : open(place->link, flags);
	int err;

	if (fd < 0)
		return replaces ? fd : -errno;
	err = write_all(fd, text, size);
	if (!err && ((place->mode >= 0 && fchmod(fd, (mode_t)place->mode) < 0) ||
			    (replaces && fsync(fd) < 0)))
		err = -errno;
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && replaces && renameat(place->folder, name, place->folder, place->name) < 0)
		err = -errno;
	if (err && replaces)
		unlinkat(place->folder, name, 0);
	return err;
}

int output_check(const char *path, struct complaint *why)
{
	__attribute__((cleanup(close_place))) struct place place = { .file = -1, .folder = -1 };
	int err = path ? find_place(&place, path) : 0;

	/* The new file is created in the folder. */
	if (!err && (place.folder >= 0 ? faccessat(place.folder, ".", W_OK, 0) < 0
				       : place.file >= 0 && access(place.link, W_OK) < 0))
		err = -errno;
	return err ? complain(why, err, "cannot write %s: %s", path, strerror(-err)) : 0;
}

int output_check_input(const char *path, const char *input, struct complaint *why)
{
	struct stat to, from;

	if (!path || stat(path, &to) < 0 || stat(input, &from) < 0 || !S_ISREG(to.st_mode) ||
		to.st_dev != from.st_dev || to.st_ino != from.st_ino)
		return 0;
	return complain(why, -EINVAL, "-o %s would replace %s, which is read; give another file",
		path, input);
}

int output_commit(struct output *output, const char *path, struct complaint *why)
{
	__attribute__((cleanup(close_place))) struct place place = { .file = -1, .folder = -1 };
	int err = fclose(output->stream) == 0 ? 0 : -ENOMEM;

	output->stream = NULL;
	if (!err && path)
		err = find_place(&place, path);
	if (!err)
		err = path ? write_place(&place, path, output->text, output->size)
			   : write_all(STDOUT_FILENO, output->text, output->size);
	output_abandon(output);
	if (err)
		complain(why, err, "cannot write %s: %s", path ? path : "to standard output",
			strerror(-err));
	return err;
}
