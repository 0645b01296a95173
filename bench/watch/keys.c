/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "watch/keys.h"

static struct termios before;
static volatile sig_atomic_t begun, stopped;

/* Ctrl-Z: restores the terminal for the shell. keys_wait() takes it again. */
static void stop(int number)
{
	const int error = errno;

	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	stopped = 1;
	signal(number, SIG_DFL);
	raise(number);
	errno = error;
}

static bool is_in_foreground(void)
{
	return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void begin(void)
{
	/* SA_NODEFER: the handler raises the signal again. */
	struct sigaction action = { .sa_handler = stop, .sa_flags = SA_NODEFER };
	struct termios keys = before;

	sigemptyset(&action.sa_mask);
	stopped = 0;
	sigaction(SIGTSTP, &action, NULL);
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_cc[VMIN] = 0;
	keys.c_cc[VTIME] = 0;
	keys.c_cc[VQUIT] = _POSIX_VDISABLE; /* it would leave the terminal like this */
	tcsetattr(STDIN_FILENO, TCSANOW, &keys);
}

void keys_begin(void)
{
	if (!isatty(STDIN_FILENO) || !is_in_foreground() || tcgetattr(STDIN_FILENO, &before) < 0)
		return;
	begun = 1;
	begin();
}

void keys_end(void)
{
	if (begun)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	begun = 0;
}

int keys_decode(const char *bytes, size_t length, size_t *used)
{
	static const struct {
		const char *bytes;
		int key;
	} known[] = { { "\x1b[A", KEY_UP }, { "\x1bOA", KEY_UP }, { "k", KEY_UP },
		{ "\x1b[B", KEY_DOWN }, { "\x1bOB", KEY_DOWN }, { "j", KEY_DOWN },
		{ "\x1b[C", KEY_ENTER }, { "\x1bOC", KEY_ENTER }, { "\r", KEY_ENTER },
		{ "\n", KEY_ENTER }, { "\x1b[D", KEY_BACK }, { "\x1bOD", KEY_BACK },
		{ "\x7f", KEY_BACK }, { "\b", KEY_BACK } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		*used = strlen(known[i].bytes);
		if (*used <= length && memcmp(known[i].bytes, bytes, *used) == 0)
			return known[i].key;
	}
	*used = length > 0;
	if (length > 0 && bytes[0] == '\x1b') {
		/* Escape itself, or an unknown key, whose bytes are skipped. */
		*used = length;
		return length == 1 ? KEY_BACK : KEY_NONE;
	}
	return length > 0 && bytes[0] > ' ' && bytes[0] <= '~' ? bytes[0] : KEY_NONE;
}

/* Read, and not yet decoded. */
static char pending[64];
static size_t pending_length;

static int next_key(void)
{
	size_t used;
	const int key = keys_decode(pending, pending_length, &used);

	pending_length -= used;
	memmove(pending, pending + used, pending_length);
	return key;
}

static int read_key(bool hung_up)
{
	const ssize_t length = read(STDIN_FILENO, pending, sizeof(pending));

	/* The terminal is gone. Without a hang-up, 0 means that there is nothing to read. */
	if ((length == 0 && hung_up) || (length < 0 && errno != EINTR))
		begun = 0;
	pending_length = length > 0 ? (size_t)length : 0;
	return next_key();
}

int keys_wait(int64_t until_ns)
{
	struct pollfd input = { .fd = begun ? STDIN_FILENO : -1, .events = POLLIN };
	const int64_t left = until_ns - monotonic_ns();
	const struct timespec timeout = {
		.tv_sec = left > 0 ? left / INT64_C(1000000000) : 0,
		.tv_nsec = left > 0 ? left % INT64_C(1000000000) : 0,
	};

	if (begun && stopped && is_in_foreground())
		begin();
	if (pending_length > 0)
		return next_key();
	if (ppoll(&input, 1, &timeout, NULL) <= 0)
		return KEY_NONE;
	return read_key(input.revents & (POLLHUP | POLLERR));
}
