/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/monotonic.h"
#include "report/gnuplot.h"
#include "base/write_all.h"

#define LOOK_NS 1000000 /* how often to see whether it is done: a plot takes many times that */

/* Its standard input, output and error output: files in memory, so neither side waits for the
 * other. */
struct streams {
	int fds[3];
};

static void close_all(struct streams *streams)
{
	for (int i = 0; i < 3; i++)
		if (streams->fds[i] >= 0)
			close(streams->fds[i]);
}

static int open_all(struct streams *streams, const char *script, size_t size)
{
	int err;

	for (int i = 0; i < 3; i++)
		streams->fds[i] = memfd_create("gnuplot", MFD_CLOEXEC);
	for (int i = 0; i < 3; i++)
		if (streams->fds[i] < 0)
			return -errno;
	err = write_all(streams->fds[0], script, size);
	if (!err && lseek(streams->fds[0], 0, SEEK_SET) < 0)
		err = -errno;
	return err;
}

/* All of a file, as a string; NULL without memory. */
static char *text_of(int fd)
{
	struct stat status;
	char *text;
	size_t used = 0;

	if (fstat(fd, &status) < 0)
		return NULL;
	text = calloc(1, (size_t)status.st_size + 1);
	while (text && used < (size_t)status.st_size) {
		ssize_t got = pread(fd, text + used, (size_t)status.st_size - used, (off_t)used);

		if (got <= 0)
			break;
		used += (size_t)got;
	}
	return text;
}

/* Neither the user's settings nor the locale's decimal comma. */
static int start(const struct streams *streams, pid_t *pid)
{
	static char name[] = "gnuplot", defaults[] = "-d", locale[] = "LC_ALL=C";
	char *const arguments[] = { name, defaults, NULL }, *const environment[] = { locale, NULL };
	posix_spawn_file_actions_t actions;
	int err = posix_spawn_file_actions_init(&actions);

	if (err)
		return -err;
	for (int i = 0; i < 3 && !err; i++)
		err = posix_spawn_file_actions_adddup2(&actions, streams->fds[i], i);
	if (!err)
		err = posix_spawnp(pid, name, &actions, NULL, arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

/* Ends it when it takes longer than @limit_ns, or the user asks to stop. Its status; or a negative
 * errno with @why. */
static int await(pid_t pid, int64_t limit_ns, int *status, struct complaint *why)
{
	const int64_t end = monotonic_ns() + limit_ns;
	pid_t ended;

	while ((ended = waitpid(pid, status, WNOHANG)) == 0) {
		if (interrupted() || monotonic_ns() >= end) {
			kill(pid, SIGKILL);
			while (waitpid(pid, status, 0) < 0 && errno == EINTR)
				;
			return interrupted() ? complain(why, -EINTR, "interrupted")
					     : complain(why, -ETIMEDOUT,
						       "gnuplot was not done with a plot in %d s",
						       (int)(limit_ns / 1000000000));
		}
		monotonic_sleep_until(monotonic_ns() + LOOK_NS);
	}
	if (ended < 0)
		return complain(why, -errno, "cannot wait for gnuplot: %s", strerror(errno));
	return 0;
}

static int finish(pid_t pid, int64_t limit_ns, const struct streams *streams, struct complaint *why)
{
	char *said;
	int status, err = await(pid, limit_ns, &status, why);

	if (err)
		return err;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	said = text_of(streams->fds[2]);
	if (said)
		said[strcspn(said + strspn(said, "\n"), "\n") + strspn(said, "\n")] = '\0';
	complain(why, -EIO, "gnuplot cannot draw a plot%s%.200s", said && *said ? ": " : "",
		said ? said + strspn(said, "\n") : "");
	free(said);
	return -EIO;
}

int gnuplot_run(
	const char *script, size_t size, int64_t limit_ns, char **drawn, struct complaint *why)
{
	struct streams streams = { { -1, -1, -1 } };
	pid_t pid = -1;
	int err = open_all(&streams, script, size);

	*drawn = NULL;
	if (err) {
		complain(why, err, "cannot run gnuplot: %s", strerror(-err));
		close_all(&streams);
		return err;
	}
	err = start(&streams, &pid);
	if (err == -ENOENT)
		complain(why, err,
			"there is no gnuplot, which draws the plots: install it (Debian: "
			"gnuplot-nox), or write Markdown, which has none (-format md)");
	else if (err)
		complain(why, err, "cannot run gnuplot: %s", strerror(-err));
	else
		err = finish(pid, limit_ns, &streams, why);
	if (!err) {
		*drawn = text_of(streams.fds[1]);
		if (!*drawn)
			err = complain(why, -ENOMEM, "out of memory");
	}
	close_all(&streams);
	return err;
}
