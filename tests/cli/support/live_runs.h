/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs of live of a moment, in which on a crowded machine hardly anything may happen.
 */
#ifndef TEST_CLI_LIVE_RUNS_H
#define TEST_CLI_LIVE_RUNS_H

#include <jansson.h>

#include "command.h"

/* As run_command(). Where what it wrote is JSON with a result of hardly any event, it is run again,
 * for longer; the last time whatever comes out. */
struct outcome run_command_for_events(const struct command *command);

/* Of a run that ends well, what it wrote. To be released. */
json_t *run_live_json(const char *const *arguments);

#endif
