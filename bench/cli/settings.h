/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command line asks for, of every command but watch: one table of flags (flag_table.c),
 * their defaults, and checks of flags against each other.
 */
#ifndef BENCH_CLI_SETTINGS_H
#define BENCH_CLI_SETTINGS_H

#include "cli/flags.h"
#include "measure/measure.h"

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
	enum command_bit command;

	/* drain, sweep, live: what they all measure. Sweep chooses if there are 0 events. */
	struct workload workload;
	struct measure_plan plan;
	struct combination combinations[COMBINATIONS_MAX]; /* of drain and sweep with WAIT_OWN */
	size_t combination_count;

	int format;              /* enum format; of report enum page_format, or one more: by the
				  * file's name */
	const char *output;      /* a file; NULL: standard output */
	bool verbose;            /* text: all details */
	uint64_t runs;           /* processes that measure everything, one after the other */
	struct flag_names modes; /* numbers in settings_modes */
	const char *baseline;    /* the reader that ratios refer to; NULL: the usual one */

	/* The sizes of events: one, but for sweep. */
	uint64_t sizes[SIZES_MAX];          /* 0: a mix */
	const struct mix *mixes[SIZES_MAX]; /* or NULL */
	size_t size_count;

	/* drain, sweep */
	uint64_t cache_ring_size;  /* instead of workload.ring_size, unless caches are cold */
	struct flag_names touches; /* enum touch */
	struct flag_names caches;  /* enum caches */

	/* live */
	struct flag_names waits; /* enum live_wait */
	bool watch;              /* show each run while it is in progress */
	bool advise; /* find the ring's size for the one combination; ring_size is unused */

	/* compare, report */
	double threshold; /* relative */
	bool force;
	int undecided; /* 1: is no failure */
	const char *files[FILES_MAX];
	size_t file_count;
};

/* Parses the arguments of a command, argv[0] being its name, and checks them against each other.
 * Returns 0; 1 if help was asked for and has been printed; or -EINVAL with @why. Not thread-safe. */
int settings_parse(
	struct settings *settings, enum command_bit command, char **argv, struct complaint *why);

/* All commands, for flags_parse(); NULL-terminated. One with a table of its own is added, so that its
 * flags are not reported as unknown; it is static. */
extern const struct flag_command *flag_commands[];
void settings_add_command(const struct flag_command *command);

/* The readers of the command, in the order of -mode's names; NULL-terminated. */
extern const struct reader *settings_modes[];

/* Whether the reader was named, and not only included by "all". */
bool settings_names(const struct settings *settings, const struct reader *reader);

/* Returns -EINVAL with @why if a reader was named that is not available here; else 0. */
int settings_check_named(const struct settings *settings, struct complaint *why);

/* Removes the combinations of readers that "all" included and that cannot run here, with a line on
 * standard error, and of peers that fail to start. Returns 0, or a negative errno with @why. */
int settings_choose(struct settings *settings, struct peers *peers, struct complaint *why);

/* drain and sweep: whether a ring in a cache is measured; the size of the ring. */
bool settings_need_caches(const struct settings *settings);
uint64_t settings_ring_size(const struct settings *settings, enum caches caches);

/* Combinations of flags that make no sense, up to a line of NULL: fails with the first. */
struct rule {
	bool wrong;
	const char *line;
};
int settings_check_rules(const struct rule *rules, struct complaint *why);

/* The parts of settings_parse(). Those with @why return 0, or -EINVAL with @why. */
bool settings_given(const char *flag); /* on the command line */
void settings_default_sizes(struct settings *settings);
int settings_conclude(struct settings *settings, struct complaint *why);

/* Functions of flags (struct flag). Their target is the settings, or the workload. */
int parse_sizes(const char *text, void *target, struct complaint *why);
int parse_event_size(const char *text, void *target, struct complaint *why);
int parse_live_rate(const char *text, void *target, struct complaint *why);
int parse_notify(const char *text, void *target, struct complaint *why);

#endif
