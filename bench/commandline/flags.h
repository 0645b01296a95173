/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef COMMANDLINE_FLAGS_H
#define COMMANDLINE_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "commandline/parse.h"

/*
 * Flags in the manner of Go's flag package, described by a table.
 *
 * A flag is written with one dash or two, its value behind an equals sign or as the next
 * argument, whatever that begins with: -n 5, --n=5, -n -5. A name must be written in full. A
 * boolean flag stands alone or has its value behind an equals sign: -force, -force=false. Of a
 * flag given twice the last one counts. -- ends the flags. Unlike in Go, flags and other
 * arguments may be mixed. -h and -help ask for help unless the table has flags of these names;
 * -help=table asks for the same to be read by programs, which make manual pages and completions of
 * it.
 */

/* The kind decides what the target points to and how the value is written. */
enum flag_kind {
	FLAG_COUNT,    /* uint64_t, as in parse_count() */
	FLAG_INTEGER,  /* int, as in parse_integer() */
	FLAG_SIZE,     /* uint64_t, bytes, as in parse_size() */
	FLAG_DURATION, /* int64_t, nanoseconds, as in parse_duration() */
	FLAG_PERCENT,  /* double, a fraction (1% is 0.01), as in parse_percent() */
	FLAG_STRING,   /* const char *, pointing into argv; may become the empty text */
	FLAG_CHOICE,   /* int, the index of a name in choices */
	FLAG_BOOLEAN,  /* bool, the words of Go's strconv.ParseBool */
	FLAG_CUSTOM,   /* anything, set by the function in parse */
};

/* A maximal that does not limit, for a minimal of 0 without a maximal. */
#define FLAG_UNLIMITED INT64_MAX

/*
 * One flag.
 *
 * @name:         without dashes
 * @kind:         see enum flag_kind
 * @target:       where the value goes; what it holds before parsing is the default
 * @placeholder:  the word for the value in the help, such as "COUNT"; NULL for a boolean flag
 * @help:         one or more sentences for the help, without line ends
 * @default_text: shown in the help in place of the target's value; "" shows no default. With
 *                NULL, no default is shown for a custom flag, an empty string, a boolean that is
 *                false and a choice whose index is out of range.
 * @example:      a good value for the error lines; with NULL it is the target's value if that is
 *                within the limits, else the minimal
 * @minimal, @maximal: for a count, integer, size, duration or percentage: the lowest and highest
 *                value accepted, a percentage in whole percents, the others in the target's own
 *                unit. Both 0: not limited. A maximal below the minimal: only the minimal limits.
 * @choices:      for a choice: the names, NULL at the end; for a custom flag: names that it takes,
 * or NULL
 * @words:        further names that a custom flag takes, with spaces between, or NULL; with a colon
 *                at the end where more follows
 * @list:         takes several of them, with commas between
 * @parse:        for a custom flag: puts the text into the target and returns 0; or returns
 *                another value, having written one line for the user ("what is wrong; what to do")
 *                to error, without the name of the flag; left empty, a general line is used
 * @given:        becomes true when the flag is there; or NULL
 */
struct flag {
	const char *name;
	enum flag_kind kind;
	void *target;
	const char *placeholder;
	const char *help;
	const char *default_text;
	const char *example;
	int64_t minimal;
	int64_t maximal;
	const char *const *choices;
	const char *words;
	bool list;
	int (*parse)(const char *text, void *target, char *error, size_t error_size);
	bool *given;
};

/*
 * A command and its flags.
 *
 * @name:       what the user types to start it, subcommand included: "bpf_ringbuf_zc_benchmark
 *              compare"; used in the help and for "see ... -help" in error lines
 * @arguments:  its other arguments as shown in the help, such as "OLD NEW"; or NULL
 * @summary:    one or more sentences that the help begins with; or NULL
 * @flags:      the table, @flag_count entries
 */
struct flag_command {
	const char *name;
	const char *arguments;
	const char *summary;
	const struct flag *flags;
	size_t flag_count;
};

/*
 * The arguments that are no flags, in order.
 *
 * @values:   array of the caller with room for @capacity pointers, which will point into argv
 * @count:    set by flags_parse(); whether it is enough is for the caller to check
 */
struct flag_arguments {
	const char **values;
	size_t capacity;
	size_t count;
};

/*
 * Parses the arguments of a command into the targets of its flags.
 *
 * @argc, @argv: as given to main(); argv[0] is passed over, argv[argc] is NULL. A subcommand is
 *               parsed with argc - 1 and argv + 1. argv is not changed.
 * @arguments:   receives the arguments that are no flags; NULL when there must not be any
 * @error:       receives one line without a line end, which says what is wrong and what to do;
 *               the empty text unless an error is returned. 256 bytes are a good size.
 *
 * Returns
 *   0        everything was parsed
 *   1        help was asked for before anything unknown: the targets are as they were, call
 *            flags_print_help()
 *   -EINVAL  an argument is wrong; flags in front of it have been stored already
 *   -ENOMEM  no memory
 * Uses the global state of getopt, from a fresh start in each call: not for two threads at once.
 */
int flags_parse(const struct flag_command *command, int argc, char **argv,
	struct flag_arguments *arguments, char *error, size_t error_size);

/*
 * Prints the help of a command, lines of up to 90 columns; or what flags_print_table() does, if the
 * last flags_parse() was asked for that. The defaults are what the targets hold now, each in the
 * notation of its flag.
 */
void flags_print_help(FILE *stream, const struct flag_command *command);

/*
 * The same for programs: lines of fields with tabs between. The first line has the name of the
 * command, its other arguments and its summary; the others have of each flag
 *
 *	NAME  PLACEHOLDER (none: a boolean)  DEFAULT  NAMES it takes, with spaces between
 *	"list" if it takes several of them with commas between  HELP
 */
void flags_print_table(FILE *stream, const struct flag_command *command);

/* What the help shows as the default: NULL or the empty text for none. */
const char *flags_default(const struct flag *flag, char text[FORMAT_SIZE]);

#endif
