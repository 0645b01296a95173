/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peers for the program to run: those that misbehave (fake_peer.c), and those that were built.
 */
#ifndef TESTS_CLI_FAKES_H
#define TESTS_CLI_FAKES_H

#include <jansson.h>

#include "checks.h"

/* Makes peer @name of the test's folder (folder.h) one that behaves so. */
void fake_peer(void **state, const char *name, const char *behaviour);

/* In a file of another name. */
void fake_peer_as(void **state, const char *file, const char *name, const char *behaviour);

/* Those that hang are not to be waited for, the others are. */
void fake_timeout_for(const char *behaviour);

/* Runs the program with the peers of @folder: live for as long as there are events (live_runs.h).
 */
struct outcome run_with_peers(const char *folder, const char *const *arguments);

/* The same where aya misbehaves: it fails with a line that has @why in it. What was written of the
 * others, to be released: add -format json. */
json_t *run_and_leave_out(const char *folder, const char *const *arguments, const char *why);

/* The folder of the peers that were built. Skips the test where there is none. */
const char *built_peers(void);

/* What a command with -format json prints with them; it has to succeed, and none of them to fail. */
json_t *run_built_peers(const char *const *arguments);

#endif
