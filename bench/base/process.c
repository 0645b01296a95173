/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void set_one(pin_set set, int cpu)
{
	CPU_ZERO_S(sizeof(pin_set), set);
	CPU_SET_S((size_t)cpu, sizeof(pin_set), set);
}

int pin_thread(int cpu)
{
	pin_set set;

	if (cpu < 0)
		return 0;
	set_one(set, cpu);
	return sched_setaffinity(0, sizeof(set), set) < 0 ? -errno : 0;
}

int pin_start(pthread_t *thread, int cpu, void *(*run)(void *), void *argument)
{
	pin_set set;
	sigset_t all, before;
	pthread_attr_t attributes;
	int err = pthread_attr_init(&attributes);

	if (err)
		return -err;
	if (cpu >= 0) {
		set_one(set, cpu);
		err = pthread_attr_setaffinity_np(&attributes, sizeof(set), set);
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (!err)
		err = pthread_create(thread, &attributes, run, argument);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -err;
}

/* Atomic, not volatile: other threads than the one that runs the handler read it. */
static int arrived;

static void note(int signal_number)
{
	(void)signal_number;
	__atomic_store_n(&arrived, 1, __ATOMIC_RELAXED);
}

void interrupt_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	/* Without SA_RESTART system calls return, and their callers check the flag. */
	struct sigaction action = { .sa_handler = note, .sa_flags = SA_RESETHAND }, before;

	sigemptyset(&action.sa_mask);
	/* Ignored signals stay ignored: nohup, and background jobs of a shell. */
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

bool interrupted(void)
{
	return __atomic_load_n(&arrived, __ATOMIC_RELAXED);
}

int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		const ssize_t written = write(fd, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		text += written;
		size -= (size_t)written;
	}
	return 0;
}

int build_folder_own(char folder[PATH_MAX])
{
	const ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	if (length < 0)
		return -errno;
	folder[length] = '\0';
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	return 0;
}

/*
 * The build decides the folder, not the names of the folders around this program: else anybody who
 * can write next to a copy of it could make root run a program of theirs.
 */
bool build_folder_was_left(void)
{
	char folder[PATH_MAX];
	struct stat here, built;

	return build_folder_own(folder) || stat(folder, &here) ||
	       stat(BENCH_BUILD_FOLDER "/bench", &built) || here.st_dev != built.st_dev ||
	       here.st_ino != built.st_ino;
}

int build_folder_path(char path[PATH_MAX], const char *file)
{
	if (build_folder_was_left())
		return -ENOENT;
	return snprintf(path, PATH_MAX, "%s/%s", BENCH_BUILD_FOLDER, file) < PATH_MAX
		       ? 0
		       : -ENAMETOOLONG;
}
