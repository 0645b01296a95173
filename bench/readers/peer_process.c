/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/values.h"
#include "base/process.h"
#include "base/monotonic.h"
#include "readers/peers.h"

#define MAP_NUMBER 3            /* the map's descriptor in the peer */
#define LOOK_MS 100             /* how often to check whether the user asked to stop */
#define END_NS 2000000000       /* at most, for exiting */
#define PATIENCE_NS 30000000000 /* at most, for an answer, without RINGVIEW_PEER_TIMEOUT */

/* 0 if the variable is wrong. */
static int64_t patience_ns(void)
{
	const char *text = getenv("RINGVIEW_PEER_TIMEOUT");
	int64_t patience;

	if (!text)
		return PATIENCE_NS;
	return parse_duration(text, &patience) < 0 || patience < 0 ? 0 : patience;
}

int64_t peer_patience_ns(int64_t expected_ns)
{
	const int64_t patience = patience_ns();

	return expected_ns < INT64_MAX - patience ? expected_ns + patience : INT64_MAX;
}

static int spawn(pid_t *pid, const char *file, int map_fd, int input, int output)
{
	char number[] = { '0' + MAP_NUMBER, '\0' };
	char *const arguments[] = { (char *)file, number, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t usual, none;
	int err;

	/* Ignored here (main.c) or blocked (the threads of live), which exec would keep. */
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGXFSZ);
	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &usual);
	posix_spawnattr_setsigmask(&attributes, &none);
	/* A group of its own, to be killed with what it has started. */
	posix_spawnattr_setflags(&attributes,
		POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_init(&actions);
	/* The map last: one of the others may have its number, but none is below (main.c). */
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, map_fd, MAP_NUMBER);
	posix_spawn_file_actions_addclosefrom_np(&actions, MAP_NUMBER + 1);
	err = posix_spawn(pid, file, &actions, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return -err;
}

int peer_start(struct peer_process *p, const char *file, int map_fd, struct complaint *why)
{
	int input[2] = { -1, -1 }, output[2] = { -1, -1 };
	int err;

	if (patience_ns() == 0)
		return complain(why, -EINVAL,
			"cannot be started: RINGVIEW_PEER_TIMEOUT is not a time such as 30s");

	if (pipe2(input, O_CLOEXEC) < 0 || pipe2(output, O_CLOEXEC) < 0)
		err = -errno;
	else
		err = spawn(&p->pid, file, map_fd, input[0], output[1]);
	close(input[0]);
	close(output[1]);
	if (err) {
		close(input[1]);
		close(output[0]);
		p->pid = 0;
		return complain(why, err, "cannot be started: %s: %s", file, strerror(-err));
	}
	p->input = input[1];
	p->output = output[0];
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	p->broken = false;
	p->length = 0;
	return 0;
}

/* Whether @descriptor becomes readable within @wait_ns, and before the user asks to stop. */
static bool await(int descriptor, int64_t wait_ns)
{
	struct pollfd polled = { .fd = descriptor, .events = POLLIN };
	const int64_t start = monotonic_ns();
	int64_t left;

	while ((left = wait_ns - (monotonic_ns() - start)) > 0 && !interrupted()) {
		const int64_t left_ms = left / 1000000 + 1;

		if (poll(&polled, 1, left_ms < LOOK_MS ? (int)left_ms : LOOK_MS) > 0)
			return true;
	}
	return poll(&polled, 1, 0) > 0;
}

int peer_end(struct peer_process *p, struct complaint *why)
{
	int status = 0;
	bool kills;

	if (p->pid == 0)
		return 0;
	close(p->input);
	close(p->output);
	kills = p->broken || p->pidfd < 0 || !await(p->pidfd, END_NS);
	if (kills)
		kill(-p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(p->pidfd);
	p->pid = 0;
	if (p->broken)
		return 0;
	if (kills)
		return complain(
			why, -ETIME, "did not exit within %.0f s and was killed", END_NS / 1e9);
	if (WIFSIGNALED(status))
		return complain(why, -ECHILD, "was ended by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		return complain(why, -ECHILD, "exited with status %d", WEXITSTATUS(status));
	return 0;
}

/* Call it when the peer has closed a pipe. Returns a negative errno with @why. */
static int gone(struct peer_process *p, struct complaint *why)
{
	const int err = peer_end(p, why);

	if (interrupted())
		return -EINTR;
	if (err == -ETIME)
		return complain(why, -EPIPE, "closed its output without exiting");
	return err ? err : complain(why, -EPIPE, "exited by itself");
}

static int receive(struct peer_process *p, int64_t wait_ns, json_t **answer, struct complaint *why)
{
	const int64_t start = monotonic_ns();
	const char *end = NULL;
	size_t length;

	while (p->pid > 0 && !(end = memchr(p->text, '\n', p->length))) {
		const int64_t left = wait_ns - (monotonic_ns() - start);
		ssize_t got;

		if (p->length == PEER_LINE_MAX)
			return complain(why, -EPROTO,
				"answered more than %d KiB without a line end",
				PEER_LINE_MAX >> 10);
		if (!await(p->output, left > 0 ? left : 0))
			return interrupted() ? -EINTR
					     : complain(why, -ETIME, "did not answer within %.3g s",
						       (double)wait_ns / 1e9);
		got = read(p->output, p->text + p->length, PEER_LINE_MAX - p->length);
		if (got == 0 || (got < 0 && errno != EINTR))
			return gone(p, why);
		p->length += got > 0 ? (size_t)got : 0;
	}
	if (!end)
		return complain(why, -EPIPE, "has exited");
	length = (size_t)(end - p->text);
	*answer = peer_answer_parse(p->text, length, why);
	p->length -= length + 1;
	memmove(p->text, end + 1, p->length);
	return *answer ? 0 : -EPROTO;
}

int peer_ask(struct peer_process *p, const char *command, int64_t wait_ns, json_t **answer,
	struct complaint *why)
{
	int err = 0;

	if (command && p->length > 0)
		err = complain(why, -EPROTO, "wrote a line without a command");
	/* Does not block: a pipe holds more, and the command before was answered. */
	else if (command && dprintf(p->input, "%s\n", command) < 0)
		err = gone(p, why);
	if (!err)
		err = receive(p, wait_ns, answer, why);
	p->broken = err;
	return err;
}
