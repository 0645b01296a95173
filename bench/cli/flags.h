/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flags in the manner of Go's flag package, described by a table.
 *
 * A flag is written with one dash or two, its value behind an equals sign or as the next argument,
 * whatever that begins with: -n 5, --n=5, -n -5. A name must be written in full. A boolean flag
 * stands alone or has its value behind an equals sign: -force, -force=false. Of a flag given twice
 * the last one counts. -- ends the flags. Unlike in Go, flags and other arguments may be mixed. -h
 * and -help ask for help; -help=table asks for the same to be read by programs, which make manual
 * pages and completions of it.
 */
#ifndef BENCH_CLI_FLAGS_H
#define BENCH_CLI_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/values.h"
#include "base/complaint.h"

/* What the target points to, and how the value is written. */
enum flag_kind {
	FLAG_COUNT,    /* uint64_t, as in parse_count() */
	FLAG_INTEGER,  /* int */
	FLAG_SIZE,     /* uint64_t, bytes */
	FLAG_DURATION, /* int64_t, nanoseconds */
	FLAG_PERCENT,  /* double, a fraction: 1% is 0.01 */
	FLAG_STRING,   /* const char *, pointing into argv; may become the empty text */
	FLAG_CHOICE,   /* int, the index of a name in choices */
	FLAG_NAMES,    /* struct flag_names: several of choices, with commas between, or all */
	FLAG_BOOLEAN,  /* bool: true, false, 1, 0, t, f */
	FLAG_CUSTOM,   /* anything, set by the function in parse */
};

/* What a list of names has chosen: numbers of names in choices, each once, in the order written. */
#define FLAG_NAMES_MAX 48
struct flag_names {
	int chosen[FLAG_NAMES_MAX];
	size_t count;   /* 0: the flag was not given */
	uint64_t named; /* bits of those that "all" alone did not bring */
};

void flag_names_add(struct flag_names *names, int number);

static inline bool flag_names_has(const struct flag_names *names, int number)
{
	return names->named >> number & 1;
}

/* A maximal that does not limit, for a minimal of 0 without a maximal. */
#define FLAG_UNLIMITED INT64_MAX

/*
 * @name:         without dashes
 * @commands:     bits of the commands that have it; 0: all that have the table
 * @target:       where the value goes; what it holds before parsing is the default
 * @placeholder:  the word for the value in the help, such as "COUNT"; NULL for a boolean
 * @help:         one or more sentences, without line ends
 * @default_text: shown as the default in place of the target's value; "" shows none
 * @example:      a good value for error lines; NULL: the target's value, or the minimal
 * @minimal, @maximal: lowest and highest value accepted, a percentage in whole percents, the others
 * in the target's unit. Both 0: not limited. A maximal below the minimal: only that limits
 * @choices:      the names of a choice or a list, NULL at the end; of a custom flag names that it
 * takes
 * @words:        further names, with spaces between; with a colon at the end where more follows. Of
 * a list they stand for several: @several puts these in
 * @parse:        of a custom flag: puts the text into the target and returns 0, or another value,
 * with one line in @why ("what is wrong; what to do") or none
 */
struct flag {
	const char *name;
	unsigned int commands;
	enum flag_kind kind;
	void *target;
	const char *placeholder, *help, *default_text, *example;
	int64_t minimal, maximal;
	const char *const *choices;
	const char *words;
	bool (*several)(const char *word, struct flag_names *names);
	int (*parse)(const char *text, void *target, struct complaint *why);
};

/*
 * @name:      what the user types: "bpf_ringbuf_zc_benchmark compare"
 * @arguments: its other arguments as the help shows them, or NULL
 * @bit:       chooses its flags from the table; 0: all
 */
struct flag_command {
	const char *name, *arguments, *summary;
	unsigned int bit;
	const struct flag *flags;
	size_t flag_count;
};

/* The arguments that are no flags, in order: room for @capacity pointers, which point into argv. */
struct flag_arguments {
	const char **values;
	size_t capacity, count;
};

/*
 * Parses the arguments of a command, argv[0] passed over, into the targets of its flags.
 * @arguments: NULL when there must not be any. @given: gets a true for each flag of the table that
 * is there; or NULL.
 *
 * 0; 1 when help was asked for, which was printed with the targets' values as defaults; or -EINVAL
 * with
 * @why: flags in front of what is wrong have been stored already. Where the flag belongs to another
 * command, @why says to which, if @others lists the commands (NULL at the end).
 */
int flags_parse(const struct flag_command *command, const struct flag_command *const *others,
	int argc, char **argv, struct flag_arguments *arguments, bool *given,
	struct complaint *why);

/* The help in lines of up to 90 columns. */
void flags_print_help(FILE *stream, const struct flag_command *command);

/*
 * The help for programs: lines of fields with tabs between. The first line has the name of the
 * command, its other arguments and its summary; the others have of each flag
 *
 *	NAME  PLACEHOLDER (none: a boolean)  DEFAULT  NAMES it takes, with spaces between
 *	"list" if it takes several of them with commas between  HELP
 */
void flags_print_table(FILE *stream, const struct flag_command *command);

/* Of a table: whether the command has the flag; what the help shows as the default, or the empty
 * text; the names that it takes, with @between in between. */
bool flags_has(const struct flag_command *command, const struct flag *flag);
const char *flags_default(const struct flag *flag, char text[FORMAT_SIZE]);

/* Whether @name is nearer to what was written than *@nearest, and near enough at all. Longer names
 * than FLAGS_NAME_MOST are near to none. */
#define FLAGS_NAME_MOST 40
bool flags_is_nearer(const char *written, size_t length, const char *name, size_t *nearest);

/* The one of @names (NULL at the end) that @written was probably meant to be, or NULL. */
const char *flags_nearest(const char *written, size_t length, const char *const *names);

#endif
