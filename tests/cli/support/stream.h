/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program that is run has as its standard output or standard error.
 */
#ifndef TEST_CLI_STREAM_H
#define TEST_CLI_STREAM_H

#include <stddef.h>

enum stream_kind {
	STREAM_FILE,       /* kept, to be looked at; not a terminal */
	STREAM_TERMINAL,   /* kept too */
	STREAM_UNREAD,     /* a pipe that nobody reads from any more */
	STREAM_FULL,       /* /dev/full */
	STREAM_NOT_OPENED, /* closed */
};

/* Of the terminal: the smallest that people have. */
#define TERMINAL_COLUMNS 80
#define TERMINAL_ROWS 24

struct stream {
	enum stream_kind kind;
	int child;  /* what the program gets; -1: nothing */
	int parent; /* where its text is read; -1: nowhere */
	char *text; /* what it wrote so far, from a terminal; with an end mark */
	size_t length;
};

void stream_open(struct stream *stream, enum stream_kind kind);

/* Closes what is the program's alone; called once it runs. */
void stream_started(struct stream *stream);

/* Takes what is there now from a terminal, whose buffer is small. */
void stream_pump(struct stream *stream);

/* Closes everything, and gives the text away: to be freed. */
char *stream_close(struct stream *stream);

#endif
