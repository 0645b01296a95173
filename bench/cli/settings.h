/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command line asks for, of every command but watch: one table of flags (flag_table.c),
 * their defaults, and checks of flags against each other.
 */
#ifndef BENCH_CLI_SETTINGS_H
#define BENCH_CLI_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/flags.h"
#include "base/complaint.h"
#include "measure/measure.h"
#include "readers/reader.h"
#include "rings/workload.h"

#define SIZES_MAX 512
#define EVENTS_MAX 1000000000000 /* takes hours: more is a mistake */
#define FILES_MAX 32

enum command_bit {
	COMMAND_DRAIN = 1 << 0,
	COMMAND_SWEEP = 1 << 1,
	COMMAND_LIVE = 1 << 2,
	COMMAND_COMPARE = 1 << 3,
	COMMAND_REPORT = 1 << 4,
	COMMAND_LIST = 1 << 5,
};

struct settings {
	/* drain, sweep, live: what they all measure. Sweep chooses if there are 0 events. */
	struct workload workload;

	int format;              /* enum format; of report enum page_format, or one more: by the
				  * file's name */
	const char *output;      /* a file; NULL: standard output */
	bool verbose;            /* text: all details */
	uint64_t runs;           /* processes that measure everything, one after the other */
	uint64_t rounds;         /* at least: rounded up to whole schedules */
	struct flag_names modes; /* numbers for settings_mode() */
	const char *baseline;    /* the reader that ratios refer to; NULL: the usual one */

	/* drain, sweep */
	uint64_t cache_ring_size; /* instead of workload.ring_size, unless caches are cold */
	const struct reader *readers[READERS_MAX];
	size_t reader_count;
	bool all_readers;          /* leave out those that cannot run here, and report them */
	uint64_t sizes[SIZES_MAX]; /* 0: a mix */
	const struct mix *mixes[SIZES_MAX]; /* or NULL */
	size_t size_count;
	struct flag_names touches; /* enum touch */
	struct flag_names caches;  /* enum caches */
	struct measure_plan plan;

	/* live */
	struct flag_names waits; /* enum live_wait */
	struct combination combinations[COMBINATIONS_MAX];
	size_t combination_count;
	bool preset; /* run the questions of a preset; workload has what they share */
	bool watch;  /* show each run while it is in progress */
	bool advise; /* find the ring's size for the one combination; ring_size is unused */

	/* compare, report */
	double threshold; /* relative */
	bool force;
	int undecided; /* 1: is no failure */
	const char *files[FILES_MAX];
	size_t file_count;
};

/*
 * Parses the arguments of a command, argv[0] being its name, and checks them against each other.
 * Returns 0; 1 if help was asked for and has been printed; or -EINVAL with @why. The combinations of
 * live are each mode with each wait, then libbpf's loops, then readers with one way to wait; those
 * that "all" included and that cannot run are left out, with a line on standard error. Not
 * thread-safe.
 */
int settings_parse(struct settings *settings, enum command_bit command, int argc, char **argv,
	struct complaint *why);

/* All commands, for flags_parse(); NULL-terminated. */
extern const struct flag_command *flag_commands[];

/* Adds a command with a table of its own, so that its flags are not reported as unknown. @command is
 * static. */
void settings_add_command(const struct flag_command *command);

/* Whether the reader was named, and not only included by "all". */
bool settings_names(const struct settings *settings, const struct reader *reader);

/* Returns the reader with this number in -mode's names; NULL after the last. */
const struct reader *settings_mode(int number);

/* Returns -EINVAL with @why if a reader was named that is not available here; else 0. */
int settings_check_named(const struct settings *settings, struct complaint *why);

/* drain and sweep: whether a ring in a cache is measured; the size of the ring. */
bool settings_need_caches(const struct settings *settings);
uint64_t settings_ring_size(const struct settings *settings, enum caches caches);

/*
 * The parts of settings_parse(). Those with @why return 0, or -EINVAL with @why.
 */
bool settings_given(const char *flag); /* on the command line */
void settings_default_sizes(struct settings *settings);
int settings_conclude_drain(struct settings *settings, bool sweep, struct complaint *why);
int settings_conclude_live(struct settings *settings, struct complaint *why);
/* live: chooses the combinations and checks them; then leaves out those that "all" included and that
 * cannot run. Peers stay: they are asked later whether they are available (commands/live.c). */
int settings_combine(struct settings *settings, struct complaint *why);
void settings_leave_out(struct settings *settings);

/* Combinations of flags that make no sense, ended by a line of NULL: fails with the first that is
 * wrong. */
struct rule {
	bool wrong;
	const char *line;
};
int settings_check_rules(const struct rule *rules, struct complaint *why);

int settings_fail_obstacle(const char *flag, const struct reader *reader, struct obstacle obstacle,
	struct complaint *why);
/* @names, NULL-terminated: those that could be meant. */
int settings_check_baseline(const struct settings *settings, bool takes_part,
	const char *const *names, struct complaint *why);
/* Whether the kernel accepts the size, and whether the largest event fits. */
int settings_check_ring(uint64_t ring, uint64_t event, const char *example, struct complaint *why);

/* Functions of flags (struct flag). Their target is the settings; of live the workload. */
int parse_sizes(const char *text, void *target, struct complaint *why);
int parse_event_size(const char *text, void *target, struct complaint *why);
int parse_live_event_size(const char *text, void *target, struct complaint *why);
int parse_live_rate(const char *text, void *target, struct complaint *why);
int parse_notify(const char *text, void *target, struct complaint *why);

#endif
