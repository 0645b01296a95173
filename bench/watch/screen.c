/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "watch/screen.h"
#include "base/process.h"

/* For terminals without a size, such as some serial lines. */
#define COLUMNS_DEFAULT 80
#define ROWS_DEFAULT 24

/* Hides the cursor while it moves. */
#define CURSOR_HIDE "\x1b[?25l"
#define CURSOR_SHOW "\x1b[?25h"
#define CLEAR_BELOW "\x1b[J"
#define CLEAR_WINDOW "\x1b[H\x1b[2J"
#define CLEAR_TO_END "\x1b[K"
#define COLOUR_END "\x1b[0m"

static volatile sig_atomic_t resized, continued;

static void note(int number)
{
	if (number == SIGWINCH)
		resized = 1;
	else
		continued = 1;
}

bool screen_is_possible(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && !(term && strcmp(term, "dumb") == 0);
}

void screen_begin(struct screen *screen, int fd)
{
	struct sigaction action = { .sa_handler = note, .sa_flags = SA_RESTART };

	*screen = (struct screen){ .fd = fd };
	sigemptyset(&action.sa_mask);
	sigaction(SIGWINCH, &action, NULL);
	sigaction(SIGCONT, &action, NULL);
}

size_t screen_fitting(const char *line, size_t columns)
{
	size_t used = 0, at = 0;

	while (line[at] && line[at] != '\n') {
		if (line[at] == '\x1b') {
			/* Only sequences of colours are written, which end with m. */
			while (line[at] && line[at] != '\n' && line[at] != 'm')
				at++;
			at += line[at] == 'm';
			continue;
		}
		if (((unsigned char)line[at] & 0xc0) != 0x80 && used++ == columns)
			return at;
		at++;
	}
	return at;
}

static void window_size(int fd, size_t *columns, size_t *rows)
{
	struct winsize size = { 0 };

	ioctl(fd, TIOCGWINSZ, &size);
	*columns = size.ws_col ? size.ws_col : COLUMNS_DEFAULT;
	*rows = size.ws_row ? size.ws_row : ROWS_DEFAULT;
}

size_t screen_rows(const struct screen *screen)
{
	size_t columns, rows;

	window_size(screen->fd, &columns, &rows);
	return rows;
}

/* Moves to the first line. */
static void write_start(FILE *out, struct screen *screen)
{
	if (resized) {
		/* The terminal may have wrapped lines, so where they are is unknown. */
		fputs(CLEAR_WINDOW, out);
	} else if (!continued && screen->lines > 0) {
		fprintf(out, "\r\x1b[%zuA", screen->lines);
	} else {
		fputs("\r", out); /* below what a shell has written */
	}
	resized = continued = 0;
}

/* The cursor takes the last row. */
static size_t write_lines(FILE *out, const char *text, size_t columns, size_t rows)
{
	size_t lines = 0;

	for (const char *line = text; *line && lines + 1 < rows; lines++) {
		const size_t fitting = screen_fitting(line, columns);
		const char *end = strchr(line, '\n');

		fwrite(line, 1, fitting, out);
		fprintf(out, "%s" CLEAR_TO_END "\r\n",
			memchr(line, '\x1b', fitting) ? COLOUR_END
						      : ""); /* its own may be cut off */
		line = end ? end + 1 : line + strlen(line);
	}
	return lines;
}

static int draw(struct screen *screen)
{
	size_t columns, rows, length = 0;
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, &length);
	int err;

	if (!out)
		return -ENOMEM;
	window_size(screen->fd, &columns, &rows);
	fputs(CURSOR_HIDE, out);
	write_start(out, screen);
	screen->lines = write_lines(out, screen->text, columns, rows);
	fputs(CLEAR_BELOW CURSOR_SHOW, out);
	err = fclose(out) ? -ENOMEM : write_all(screen->fd, bytes, length);
	free(bytes);
	return err;
}

int screen_show(struct screen *screen, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(screen->text);
	screen->text = copy;
	return draw(screen);
}

int screen_refresh(struct screen *screen)
{
	return screen->text && (resized || continued) ? draw(screen) : 0;
}

void screen_end(struct screen *screen, bool erase)
{
	char start[48];

	/* Also the ^C that the terminal wrote. */
	snprintf(start, sizeof(start), "\r" CLEAR_TO_END);
	if (erase && screen->lines > 0)
		snprintf(start, sizeof(start), "\r\x1b[%zuA" CLEAR_BELOW, screen->lines);
	if (screen->text)
		write_all(screen->fd, start, strlen(start));
	free(screen->text);
	*screen = (struct screen){ .fd = -1 };
}
