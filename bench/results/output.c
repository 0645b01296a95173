/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
 * The place of a file, resolved once: a path resolved again may lead elsewhere, as others may write to
 * its folders. The kernel resolves it, so it follows no links of others in folders where all may
 * write (fs.protected_symlinks).
 */
struct place {
	int file;         /* an O_PATH descriptor of what is there; or -1 */
	char link[32];    /* a path that opens @file */
	int mode;         /* of a regular file, which is replaced; or -1 */
	const char *path; /* of what is not replaced, but opened: a pipe, /dev/null; or NULL */
	int created;      /* O_CREAT: it is a link to a file that does not exist; or 0 */
	int folder;       /* of what is replaced or new, after all links; or -1 */
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

/* The folder and name of place->file, a regular file. */
static int find_file(struct place *place, const struct stat *status)
{
	char path[PATH_MAX];
	const ssize_t length = readlink(place->link, path, sizeof(path) - 1);
	struct stat found;
	int err;

	if (length < 0)
		return -errno;
	path[length] = '\0';
	err = find_folder(place, path);
	if (!err && fstatat(place->folder, place->name, &found, AT_SYMLINK_NOFOLLOW) < 0)
		err = -errno;
	/* It was moved meanwhile. */
	if (!err && (found.st_dev != status->st_dev || found.st_ino != status->st_ino))
		err = -ESTALE;
	place->mode = status->st_mode & 0777;
	return err;
}

/* Returns 0 or a negative errno. In both cases the caller closes the place. */
static int find_place(struct place *place, const char *path)
{
	struct stat status;

	*place = (struct place){ .file = open(path, O_PATH | O_CLOEXEC), .mode = -1, .folder = -1 };
	if (place->file < 0 && errno != ENOENT)
		return -errno;
	if (place->file < 0 && lstat(path, &status) < 0)
		return find_folder(place, path);
	if (place->file < 0) {
		place->path = path;
		place->created = O_CREAT;
		return 0;
	}
	snprintf(place->link, sizeof(place->link), "/proc/self/fd/%d", place->file);
	if (fstat(place->file, &status) < 0)
		return -errno;
	if (S_ISREG(status.st_mode))
		return find_file(place, &status);
	place->path = place->link;
	return S_ISDIR(status.st_mode) ? -EISDIR : 0;
}

/* Writes a new file in the folder of @place, then renames it. */
static int replace(const struct place *place, const char *text, size_t size)
{
	char name[NAME_MAX + 1];
	uint32_t random;
	int fd, err;

	do {
		if (getrandom(&random, sizeof(random), 0) < 0)
			return -errno;
		if (snprintf(name, sizeof(name), "%s.%08x", place->name, random) > NAME_MAX)
			return -ENAMETOOLONG;
		fd = openat(place->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			place->mode >= 0 ? 0600 : 0644);
	} while (fd < 0 && errno == EEXIST);
	if (fd < 0)
		return -errno;
	err = place->mode >= 0 && fchmod(fd, (mode_t)place->mode) < 0 ? -errno
								      : write_all(fd, text, size);
	if (!err && fsync(fd) < 0)
		err = -errno;
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && renameat(place->folder, name, place->folder, place->name) < 0)
		err = -errno;
	if (err)
		unlinkat(place->folder, name, 0);
	return err;
}

static int write_in_place(const struct place *place, const char *text, size_t size)
{
	const int fd = open(place->path, O_WRONLY | O_TRUNC | O_CLOEXEC | place->created, 0644);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, text, size);
	return close(fd) < 0 && !err ? -errno : err;
}

static int write_file(const char *path, const char *text, size_t size)
{
	struct place place;
	int err = find_place(&place, path);

	if (!err)
		err = (place.path ? write_in_place : replace)(&place, text, size);
	close_place(&place);
	return err;
}

int output_check(const char *path, struct complaint *why)
{
	struct place place;
	int err;

	if (!path)
		return 0;
	err = find_place(&place, path);
	/* The new file is created in the folder. */
	if (!err && !place.created &&
		(place.path ? access(place.path, W_OK) : faccessat(place.folder, ".", W_OK, 0)) < 0)
		err = -errno;
	close_place(&place);
	return err ? complain(why, err, "cannot write %s: %s", path, strerror(-err)) : 0;
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
