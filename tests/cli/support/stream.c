/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "stream.h"

static void open_terminal(struct stream *stream)
{
	const struct winsize size = { .ws_row = TERMINAL_ROWS, .ws_col = TERMINAL_COLUMNS };
	struct termios raw;

	assert_int_equal(openpty(&stream->parent, &stream->child, NULL, NULL, &size), 0);
	/* Line ends are to arrive as they were written. */
	assert_int_equal(tcgetattr(stream->child, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(stream->child, TCSANOW, &raw), 0);
	assert_int_equal(fcntl(stream->parent, F_SETFL, O_NONBLOCK), 0);
}

void stream_open(struct stream *stream, enum stream_kind kind)
{
	int ends[2];

	*stream = (struct stream){ .kind = kind, .child = -1, .parent = -1 };
	switch (kind) {
	case STREAM_FILE:
		stream->child = memfd_create("output", MFD_CLOEXEC);
		assert_true(stream->child >= 0);
		stream->parent = dup(stream->child);
		assert_true(stream->parent >= 0);
		break;
	case STREAM_TERMINAL:
		open_terminal(stream);
		break;
	case STREAM_UNREAD:
		assert_int_equal(pipe(ends), 0);
		close(ends[0]);
		stream->child = ends[1];
		break;
	case STREAM_FULL:
		stream->child = open("/dev/full", O_WRONLY | O_CLOEXEC);
		assert_true(stream->child >= 0);
		break;
	case STREAM_NOT_OPENED:
		break;
	}
}

void stream_started(struct stream *stream)
{
	if (stream->child >= 0)
		close(stream->child);
	stream->child = -1;
}

static void append(struct stream *stream, const char *bytes, size_t count)
{
	char *grown = realloc(stream->text, stream->length + count + 1);

	assert_non_null(grown);
	memcpy(grown + stream->length, bytes, count);
	stream->text = grown;
	stream->length += count;
	grown[stream->length] = '\0';
}

void stream_pump(struct stream *stream)
{
	char bytes[4096];
	ssize_t got;

	while (stream->kind == STREAM_TERMINAL &&
		(got = read(stream->parent, bytes, sizeof(bytes))) > 0)
		append(stream, bytes, (size_t)got);
}

char *stream_close(struct stream *stream)
{
	char bytes[4096];
	off_t at = 0;
	ssize_t got;

	stream_pump(stream);
	while (stream->kind == STREAM_FILE &&
		(got = pread(stream->parent, bytes, sizeof(bytes), at)) > 0) {
		append(stream, bytes, (size_t)got);
		at += got;
	}
	append(stream, "", 0);
	if (stream->parent >= 0)
		close(stream->parent);
	return stream->text;
}
