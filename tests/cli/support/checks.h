/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What many tests find out about one run.
 */
#ifndef TEST_CLI_CHECKS_H
#define TEST_CLI_CHECKS_H

#include <jansson.h>

#include "command.h"

/* A quick run that needs no privileges; and the same of a ring of the kernel. */
#define QUICK_BPF "-ring-size", "64KiB", "-rounds", "2"
#define QUICK QUICK_BPF, "-source", "memory"

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2, STOPPED = 130 };

/* Ended with @status, wrote one line that has @named in it to standard error, and nothing else. */
void assert_complains(const struct outcome *outcome, int status, const char *named);

void assert_command_complains(const struct command *command, int status, const char *named);

/* Ended well, without a word on standard error. */
void assert_done(const struct outcome *outcome);

/* What it wrote, to be released; fails where that is no JSON. */
json_t *parsed_json(const struct outcome *outcome);

/* The same as it is written: parsed_json() gives what the metrics of a result amount to by their names, and
 * turns their rounds into an array "rounds" of objects. */
json_t *parsed_raw_json(const struct outcome *outcome);

/* Runs it, which has to end well, and parses what it wrote: add -format json. To be released. */
json_t *run_json(const char *const *arguments);
json_t *run_command_json(const struct command *command);

/* Members of an object, which have to be there and of that type. */
json_int_t integer_in(const json_t *object, const char *name);
double real_in(const json_t *object, const char *name);
const char *text_in(const json_t *object, const char *name);
json_t *object_in(const json_t *object, const char *name);
json_t *array_in(const json_t *object, const char *name);

/* results[@index], which has to be there. */
json_t *result_of(const json_t *root, size_t index);

/* In how many rounds results[0] was measured. */
size_t rounds_of(const json_t *root);

#endif
