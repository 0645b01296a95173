/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the benchmark and keeps what it said.
 */
#ifndef TEST_CLI_COMMAND_H
#define TEST_CLI_COMMAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/resource.h>

#include "privileges.h"
#include "stream.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ARGUMENTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Where it is, below the build folder. */
#define BENCHMARK "bench/bpf_ringbuf_zc_benchmark"
#define FAULTY_BENCHMARK "tests/cli/bpf_ringbuf_zc_benchmark_faulty"

struct command {
	const char *program;             /* NULL: BENCHMARK */
	const char *const *arguments;    /* behind the program's name; ends with NULL */
	const char *const *environment;  /* "NAME=VALUE" each, beside the test's own; or NULL.
					  * Without RINGVIEW_PEERS, no peers are wanted. */
	enum stream_kind out, err;       /* standard input is closed */
	const struct privileges *rights; /* NULL: those of the test */
	const struct command_limit {
		__rlimit_resource_t resource;
		rlim_t most;
	} * limit;            /* NULL: none */
	const char *cgroup;   /* the folder of one to run in; NULL: the test's */
	int signal;           /* sent once the program has a ring; 0: none */
	const int64_t *after; /* rounds of an empty loop from its start, to send it then instead */
	const char *shown;    /* what err, a terminal, has to show, to send it then instead */
	int ignored;          /* a signal that is ignored when the program starts; 0: none */
	bool announces;       /* keeps the line that announces a long measurement in err */
	bool stutters; /* from when it has a ring, it is stopped and continued time and again */
};

struct outcome {
	int status; /* of its exit, or 128 and the signal that ended it */
	char *out, *err;
};

/* Fails the test when the program hangs. */
struct outcome run_command(const struct command *command);

/* The full name of @program below the build folder, in one buffer. */
const char *program_path(const char *program);

struct outcome run(const char *const *arguments);

void outcome_free(struct outcome *outcome);

#endif
