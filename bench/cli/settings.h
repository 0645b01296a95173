/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command line asks for, of every command: one table of flags (flag_table.c), the
 * defaults, and what no flag can see of itself alone.
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
#define TOUCHES_MAX 4
#define CACHES_MAX 3
#define EVENTS_MAX 1000000000000 /* hours: more is a mistake */
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
	/* Of several commands. */
	int source; /* enum source_kind */
	int format; /* enum format; of report enum page_format, or one more: as the file's name ends
		     */
	const char *output;   /* a file; NULL: standard output */
	bool verbose;         /* of text: all details */
	uint64_t runs;        /* processes that do all of it, one after the other */
	uint64_t rounds;      /* at least: whole schedules are run */
	uint64_t ring_size;   /* of drain and sweep */
	const char *baseline; /* the reader that ratios refer to; NULL: the usual one */
	uint64_t named;       /* bits of those that "all" alone did not bring: settings_names() */

	/* drain, sweep */
	uint64_t events; /* 0: as many as sweep chooses for each size */
	const struct reader *readers[READERS_MAX];
	size_t reader_count;
	bool all_readers; /* leave out those that cannot run here, and say so */
	int64_t read_timeout_ns;
	int event;                          /* enum event_kind */
	uint64_t sizes[SIZES_MAX];          /* 0: the mix is meant */
	const struct mix *mixes[SIZES_MAX]; /* or NULL */
	size_t size_count;
	enum touch touches[TOUCHES_MAX];
	size_t touch_count;
	enum caches caches[CACHES_MAX];
	size_t caches_count;
	uint64_t cache_ring_size; /* in the place of ring_size, unless caches are cold */
	double discard;
	uint64_t batch;
	struct measure_plan plan;
	int cpu; /* -1: where the caller's affinity lets it run */

	/* live */
	struct workload workload;
	struct combination combinations[COMBINATIONS_MAX];
	size_t combination_count;
	bool preset; /* the questions of a preset, for which workload has what they share */
	bool watch;  /* show each run while it is under way */
	bool advise; /* find the ring's size for the one combination; ring_size says nothing */

	/* compare, report */
	double threshold; /* relative */
	bool force;
	int undecided; /* 1: is no failure */
	const char *files[FILES_MAX];
	size_t file_count;
};

/*
 * Parses the arguments of a command, argv[0] being its name, and checks what they mean together. 0;
 * 1 when help was asked for, which was printed; or -EINVAL with @why. Of live the combinations are
 * each mode with each wait, libbpf's own loops, and what waits in its own way; those that came by
 * "all" and cannot run are left out, with a line on standard error. Not for two threads at once.
 */
int settings_parse(struct settings *settings, enum command_bit command, int argc, char **argv,
	struct complaint *why);

/* All commands, for flags_parse(); NULL-terminated. */
extern const struct flag_command *flag_commands[];

/* A command with a table of its own, so that its flags are not taken for unknown ones; @command is
 * static. */
void settings_add_command(const struct flag_command *command);

/* Whether the reader was asked for by its name. */
bool settings_names(const struct settings *settings, const struct reader *reader);

/* Of -mode's names the reader with this number; NULL behind the last. */
const struct reader *settings_mode(int number);

/* What was typed, where settings have another type or do not tell whether it was. */
struct typed {
	struct flag_names modes, waits, touches, caches;
	uint64_t producers, rings;
	int producer, write, preset;
	bool sweep, duration_given, ring_size_given, event_given, write_given;
};

/* For settings_parse(): each 0, or -EINVAL with @why. */
int settings_conclude_drain(
	struct settings *settings, const struct typed *typed, struct complaint *why);
int settings_conclude_live(struct settings *settings, struct typed *typed, struct complaint *why);
/* The combinations of live; then out with what came by "all" and cannot take part. Peers stay: they
 * are asked first whether they are there (commands/live.c). */
int settings_combine(struct settings *settings, const struct typed *typed, struct complaint *why);
void settings_leave_out(struct settings *settings);

/* What was named by -mode and is not here; whether -baseline takes part, else what was meant. */
int settings_check_named(const struct settings *settings, struct complaint *why);
int settings_check_baseline(
	const char *baseline, bool takes_part, const char *const *names, struct complaint *why);

/* Before the flags: their defaults; and unknown peers, which are asked before -mode is
 * read, as it may name them. An error of -peer is reported when that flag is read. */
void settings_set_defaults(struct settings *settings, enum command_bit command);
void settings_find_peers(enum command_bit command, int argc, char **argv);

/* Whether a thread may run there: tries it with this one. 0, or -EINVAL with @why. */
int settings_check_cpu(int cpu, struct complaint *why);

/* Of flags (struct flag), and of sweep without them; the targets are the settings, or of live the
 * workload. */
int parse_sizes(const char *text, void *target, struct complaint *why);
int parse_event_size(const char *text, void *target, struct complaint *why);
int parse_live_event_size(const char *text, void *target, struct complaint *why);
int parse_live_rate(const char *text, void *target, struct complaint *why);
void settings_default_sizes(struct settings *settings);

/* Of drain and sweep. */
bool settings_need_caches(const struct settings *settings);
uint64_t settings_ring_size(const struct settings *settings, enum caches caches);

/* What the kernel takes, and whether an event has room. */
int settings_check_ring(uint64_t ring, const char *example, struct complaint *why);
int settings_check_ring_holds(uint64_t ring, uint64_t event, struct complaint *why);

#endif
