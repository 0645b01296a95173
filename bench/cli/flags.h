/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command-line flags, described by a table.
 *
 * A flag has one dash or two; its value follows an equals sign or is the next argument, whatever that
 * begins with. A name cannot be abbreviated. A boolean flag stands alone or has its value after an
 * equals sign. The last of several counts. -- ends the flags. Flags and other arguments may be mixed.
 * Wherever -h or -help stands before --, it prints the help; -help=table prints it for the programs
 * that make manual pages and completions.
 */
#ifndef BENCH_CLI_FLAGS_H
#define BENCH_CLI_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/complaint.h"
#include "base/values.h"

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

struct flag {
	const char *name;      /* without dashes */
	unsigned int commands; /* bits of the commands that have it; 0: all with the table */
	enum flag_kind kind;
	void *target;               /* its value before parsing is the default */
	const char *placeholder;    /* the word for the value in the help; NULL: a boolean */
	const char *default_text;   /* in place of the target's value; "" shows none */
	const char *example;        /* for error messages; NULL: the target's value */
	int64_t minimal, maximal;   /* in percents, or as the target; maximal 0: none */
	const char *const *choices; /* NULL at the end; of other kinds than lists, to complete */
	const char *words;    /* more to complete, of a list "all"; after a colon more follows */
	const uint64_t *both; /* bits of the names that "both" stands for, or NULL */
	/* Stores the value and returns 0; else sets @why to "what is wrong; what to write". */
	int (*parse)(const char *text, void *target, struct complaint *why);
	const char *help; /* one or more sentences, without line ends */
};

struct flag_command {
	const char *name;      /* what the user types: "bpf_ringbuf_zc_benchmark compare" */
	const char *arguments; /* that are no flags, for the help; or NULL */
	const char *summary;
	unsigned int bit; /* selects its flags from the table; 0: all */
	const struct flag *flags;
	size_t flag_count;
};

/* The arguments that are no flags, in order: room for @capacity pointers, which point into argv. */
struct flag_arguments {
	const char **values;
	size_t capacity, count;
};

/* Parses the arguments of a command, from argv[1] to NULL, into the targets of its flags.
 * @arguments: NULL if the command takes none
 * @given:     NULL, or receives true for each flag of the table that was given
 * @others:    all commands, NULL at the end, so that @why can name the command of a flag; or NULL
 * Returns 0; 1 if help was asked for and has been printed, with the defaults; or -EINVAL with @why.
 * Flags before the wrong argument have been stored then. */
int flags_parse(const struct flag_command *command, const struct flag_command *const *others,
	char **argv, struct flag_arguments *arguments, bool *given, struct complaint *why);

/* If @argument is the flag @name: its value, which may be NULL; else NULL. */
const char *flags_value(char **argument, const char *name);

/* The value of the flag that asks for help, such as "table", or ""; NULL: none does. */
const char *flags_help(char **argv);

bool flags_has(const struct flag_command *command, const struct flag *flag);

/* Returns the one of @names (NULL at the end) that @written was probably meant to be, or NULL. */
const char *flags_nearest(const char *written, size_t length, const char *const *names);

#endif
