/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HANGS_AFTER_S 240 /* however crowded the machine is */
#define STATUS_NOT_STARTED 120
#define STUTTER_SPINS 1000
#define ARGUMENTS_MAX 64

/* RINGVIEW_BUILD, or the build folder that this test lies in. */
static void path_of(const char *program, char path[PATH_MAX])
{
	const char *build = getenv("RINGVIEW_BUILD");
	char self[PATH_MAX];
	ssize_t length;

	if (build) {
		snprintf(path, PATH_MAX, "%s/%s", build, program);
		return;
	}
	length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_true(length > 0);
	self[length] = '\0';
	if (snprintf(path, PATH_MAX, "%s/../../%s", dirname(self), program) >= PATH_MAX)
		fail_msg("the build folder has too long a name");
}

const char *program_path(const char *program)
{
	static char path[PATH_MAX];

	path_of(program, path);
	return path;
}

static const int usual_signals[] = { SIGPIPE, SIGINT, SIGTERM, SIGHUP };

static int put(const struct stream *stream, int number)
{
	if (stream->child < 0)
		return close(number);
	return dup2(stream->child, number);
}

/* Puts this process into it. */
static bool join_cgroup(const char *folder)
{
	char path[PATH_MAX];
	bool joined;
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", folder);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	joined = fd >= 0 && write(fd, "0", 1) == 1;
	close(fd);
	return joined;
}

/* In the child: becomes the program. */
static void become(const struct command *command, const struct stream *out,
	const struct stream *err, int program, char *const *arguments, const sigset_t *mask)
{
	const struct command_limit *limit = command->limit;

	/* However the test itself was started. */
	for (size_t i = 0; i < COUNT(usual_signals); i++)
		signal(usual_signals[i], SIG_DFL);
	if (command->ignored)
		signal(command->ignored, SIG_IGN);
	sigprocmask(SIG_SETMASK, mask, NULL);
	/* Whether or not peers were built here, tests that do not say so run without. */
	putenv((char *)"RINGVIEW_PEERS=");
	for (size_t i = 0; command->environment && command->environment[i]; i++)
		putenv((char *)command->environment[i]);
	if (limit && setrlimit(limit->resource, &(struct rlimit){ limit->most, limit->most }) < 0)
		_exit(STATUS_NOT_STARTED);
	if (command->cgroup && !join_cgroup(command->cgroup))
		_exit(STATUS_NOT_STARTED);
	if (command->rights && !privileges_apply(command->rights))
		_exit(STATUS_NOT_STARTED);
	if (put(out, STDOUT_FILENO) < 0 || put(err, STDERR_FILENO) < 0 || close(STDIN_FILENO) < 0)
		_exit(STATUS_NOT_STARTED);
	/* Nothing else of the test's. By its descriptor, as no folder above it may be nobody's. */
	close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
	fexecve(program, arguments, environ);
	_exit(STATUS_NOT_STARTED);
}

static int64_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static bool has_ended(int pidfd)
{
	struct pollfd poll_for = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_for, 1, 0) > 0;
}

/* Whether the process has mapped a ring, of either source. */
static bool has_ring(pid_t pid)
{
	char path[64], line[512];
	bool found = false;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && !found && fgets(line, sizeof(line), maps))
		found = strstr(line, "bpf-map") || strstr(line, "memfd:ringview");
	if (maps)
		fclose(maps);
	return found;
}

static void await_ring(pid_t pid, int pidfd)
{
	const int64_t until = now_s() + HANGS_AFTER_S;

	while (!has_ring(pid) && !has_ended(pidfd) && now_s() < until)
		sched_yield();
}

/* Stops it and lets it go on, until it has ended, or for so long that it has to hang. */
static void stutter(pid_t pid, int pidfd)
{
	const int64_t until = now_s() + HANGS_AFTER_S;
	siginfo_t info;

	while (!has_ended(pidfd) && now_s() < until) {
		kill(pid, SIGSTOP);
		waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT);
		kill(pid, SIGCONT);
		for (volatile int i = 0; i < STUTTER_SPINS && !has_ended(pidfd); i++)
			sched_yield();
	}
}

static void await_text(const char *text, struct stream *err, int pidfd)
{
	const int64_t until = now_s() + HANGS_AFTER_S;
	struct pollfd polled[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = err->parent, .events = POLLIN },
	};

	while (!(err->text && strstr(err->text, text)) && !has_ended(pidfd) && now_s() < until) {
		poll(polled, COUNT(polled), HANGS_AFTER_S * 1000);
		stream_pump(err);
	}
}

static void send_signal(const struct command *command, pid_t pid, int pidfd, struct stream *err)
{
	volatile int64_t spins = command->after ? *command->after : 0;

	if (command->shown)
		await_text(command->shown, err, pidfd);
	else if (!command->after)
		await_ring(pid, pidfd);
	while (spins > 0)
		spins--;
	if (command->stutters)
		stutter(pid, pidfd);
	else
		kill(pid, command->signal);
}

/* Until the program has ended. False when it hangs. */
static bool await_end(int pidfd, struct stream *out, struct stream *err)
{
	const int64_t until = now_s() + HANGS_AFTER_S;
	struct pollfd polled[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = out->kind == STREAM_TERMINAL ? out->parent : -1, .events = POLLIN },
		{ .fd = err->kind == STREAM_TERMINAL ? err->parent : -1, .events = POLLIN },
	};

	while (now_s() < until) {
		poll(polled, COUNT(polled), HANGS_AFTER_S * 1000);
		stream_pump(out);
		stream_pump(err);
		if (polled[0].revents)
			return true;
		/* Nobody has the terminal open any more. */
		for (size_t i = 1; i < COUNT(polled); i++)
			if (polled[i].revents & POLLHUP)
				polled[i].fd = -1;
	}
	return false;
}

static int status_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Whether there is an announcement depends on how long the program takes. */
static void remove_announcement(char *text)
{
	char *line = strstr(text, "bpf_ringbuf_zc_benchmark: measuring: "), *end;

	if (line && (line == text || line[-1] == '\n')) {
		end = line + strcspn(line, "\n");
		end += *end == '\n';
		memmove(line, end, strlen(end) + 1);
	}
}

struct outcome run_command(const struct command *command)
{
	char path[PATH_MAX], *arguments[ARGUMENTS_MAX] = { (char *)"bpf_ringbuf_zc_benchmark" };
	struct outcome outcome;
	struct stream out, err;
	sigset_t all, mask;
	int program, pidfd;
	size_t count = 1;
	bool ended;
	pid_t pid;

	path_of(command->program ? command->program : BENCHMARK, path);
	for (size_t i = 0; command->arguments[i]; i++) {
		assert_true(count < ARGUMENTS_MAX - 1);
		arguments[count++] = (char *)command->arguments[i];
	}
	program = open(path, O_PATH | O_CLOEXEC);
	if (program < 0)
		fail_msg("there is no %s: set RINGVIEW_BUILD to the build folder", path);
	stream_open(&out, command->out);
	stream_open(&err, command->err);
	fflush(NULL);
	/* A signal that comes before the child no longer ignores it has to wait, not to be lost. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	pid = fork();
	if (pid == 0)
		become(command, &out, &err, program, arguments, &mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	assert_true(pid > 0);
	pidfd = pidfd_open(pid, 0);
	assert_true(pidfd >= 0);
	close(program);
	stream_started(&out);
	stream_started(&err);
	if (command->signal || command->stutters)
		send_signal(command, pid, pidfd, &err);
	ended = await_end(pidfd, &out, &err);
	if (!ended)
		kill(pid, SIGKILL);
	outcome.status = status_of(pid);
	close(pidfd);
	outcome.out = stream_close(&out);
	outcome.err = stream_close(&err);
	if (!command->announces)
		remove_announcement(outcome.err);
	if (!ended)
		fail_msg("hangs");
	if (outcome.status == STATUS_NOT_STARTED)
		fail_msg("cannot start %s", path);
	return outcome;
}

struct outcome run(const char *const *arguments)
{
	return run_command(&(struct command){ .arguments = arguments });
}

void outcome_free(struct outcome *outcome)
{
	free(outcome->out);
	free(outcome->err);
	*outcome = (struct outcome){ 0 };
}
