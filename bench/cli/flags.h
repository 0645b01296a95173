/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command-line flags, described by a table.
 *
 * A flag has one dash or two. Its value follows an equals sign or is the next argument, whatever
 * that begins with: -n 5, --n=5, -n -5. A name cannot be abbreviated. A boolean flag stands alone or
 * has its value after an equals sign: -force, -force=false. If a flag is given twice, the last one
 * counts. -- ends the flags. Flags and other arguments may be mixed. -h and -help print the help;
 * -help=table prints it for the programs that make manual pages and completions.
 */
#ifndef BENCH_CLI_FLAGS_H
#define BENCH_CLI_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/values.h"
#include "base/complaint.h"

/* The type of the target, and how the value is written. */
enum flag_kind {
	FLAG_COUNT,    /* uint64_t, as in parse_count() */
	FLAG_SIZE,     /* uint64_t, bytes */
	FLAG_DURATION, /* int64_t, nanoseconds */
	FLAG_PERCENT,  /* double, a fraction: 1% is 0.01 */
	FLAG_STRING,   /* const char *, points into argv; not empty */
	FLAG_CHOICE,   /* int, the index of a name in choices */
	FLAG_NAMES,    /* struct flag_names: several of choices, with commas between, or all */
	FLAG_BOOLEAN,  /* bool: true, false, 1, 0, t, f */
	FLAG_CUSTOM,   /* anything, set by the function in parse */
};

/* The names that a list contains, as indices into choices: each once, in the order written. */
#define FLAG_NAMES_MAX 48
struct flag_names {
	int chosen[FLAG_NAMES_MAX];
	size_t count;
	uint64_t named; /* bits of those that were written, rather than included by "all" */
};

void flag_names_add(struct flag_names *names, int number);

static inline bool flag_names_has(const struct flag_names *names, int number)
{
	return names->named >> number & 1;
}

/*
 * @name:         without dashes
 * @commands:     bits of the commands that have it; 0: all that use the table
 * @target:       receives the value; its value before parsing is the default
 * @placeholder:  the word for the value in the help, such as "COUNT"; NULL for a boolean
 * @help:         one or more sentences, without line ends
 * @default_text: shown as the default in place of the target's value; "" shows none
 * @example:      a valid value, for error messages; NULL: the target's value
 * @minimal, @maximal: the accepted range: a percentage in whole percents, the others in the
 * target's unit; a maximal of 0 means unlimited
 * @choices:      the names of a choice or a list, NULL at the end; of other kinds, names to complete
 * @words:        further names to complete, separated by spaces; one that ends with a colon is
 * followed by more
 * @both:         of a list: bits of the names that "both" stands for; or NULL
 * @parse:        of a custom flag: stores the value and returns 0, or returns another value and sets
 * @why to "what is wrong; what to write"
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
	const uint64_t *both;
	int (*parse)(const char *text, void *target, struct complaint *why);
};

/*
 * @name:      what the user types: "bpf_ringbuf_zc_benchmark compare"
 * @arguments: its other arguments as the help shows them, or NULL
 * @bit:       selects its flags from the table; 0: all
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
 * Parses the arguments of a command, from argv[1] on, into the targets of its flags.
 * @arguments: NULL if the command takes none
 * @given:     NULL, or receives true for each flag of the table that was given
 * @others:    all commands, NULL at the end, so that @why can name the command of a flag; or NULL
 *
 * Returns 0; 1 if help was asked for and has been printed, with the defaults; or -EINVAL with @why.
 * Flags before the wrong argument have been stored then.
 */
int flags_parse(const struct flag_command *command, const struct flag_command *const *others,
	int argc, char **argv, struct flag_arguments *arguments, bool *given,
	struct complaint *why);

/* Prints the help in lines of at most 90 columns. */
void flags_print_help(FILE *stream, const struct flag_command *command);

/*
 * Prints the help for programs, as lines of fields separated by tabs. The first line has the
 * command's name, its other arguments and its summary; each other line is a flag:
 *
 *	NAME  PLACEHOLDER (empty: a boolean)  DEFAULT  NAMES it takes, separated by spaces
 *	"list" if it takes several of them with commas between  HELP
 */
void flags_print_table(FILE *stream, const struct flag_command *command);

/* For the help: whether the command has the flag; the default as text, "" if there is none to show;
 * the names that the flag takes, with @separator between. */
bool flags_has(const struct flag_command *command, const struct flag *flag);
const char *flags_default(const struct flag *flag, char text[FORMAT_SIZE]);
#define FLAGS_CHOICES_SIZE 1024
const char *flags_choices(
	const struct flag *flag, const char *separator, char text[FLAGS_CHOICES_SIZE]);

/* Returns the one of @names (NULL at the end) that @written was probably meant to be, or NULL. */
const char *flags_nearest(const char *written, size_t length, const char *const *names);

#endif
