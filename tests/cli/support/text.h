/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TEST_CLI_TEXT_H
#define TEST_CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Ends of lines in it. */
size_t count_lines(const char *text);

/* Of the line that starts at @line, without its end. */
size_t line_length(const char *line);

/* Columns on a terminal: characters of UTF-8. */
size_t columns(const char *line);

/* The line number @number, from 0 on, to be freed; fails the test when there is none. */
char *line_of(const char *text, size_t number);

/* Fails the test when a line is wider than 100 columns. A caution names what it is about, whole. */
void assert_narrow(const char *text);

/* Fails the test when @text, and a prompt below it, take more than a terminal of 80 columns and 24
 * lines. */
void assert_fits_a_screen(const char *text);

/* How often @part is in @text. */
size_t count_of(const char *text, const char *part);

/* Whether the extended regular expression @pattern matches @text. ^ and $ are those of lines. */
bool matches(const char *text, const char *pattern);

/* Fails the test, and shows @text, when it does not match. */
void assert_matches(const char *text, const char *pattern);

/* Group number @group of the match, to be freed. */
char *matched(const char *text, const char *pattern, size_t group);

/* A duration as Go writes it ("1.5ms", "1m2.5s"), in nanoseconds; negative when it is none. */
double duration_ns(const char *text);

#endif
