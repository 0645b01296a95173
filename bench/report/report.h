/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Result files as a page. A file is not trusted: what is missing, or of another type, is NAN or "?".
 */
#ifndef BENCH_REPORT_REPORT_H
#define BENCH_REPORT_REPORT_H

#include "report/page.h"
#include "results/comparison.h"

/* The most that a page shows. */
#define RUNS_MAX 200
#define RESULTS_MAX 20000
#define READINGS_MAX 500000
#define PAGE_PATHS_MAX 40
#define PAGE_WAYS_MAX 12
#define PAGE_SIZES_MAX 1024

/* Names, each once, in order of appearance. */
struct names {
	const char **list;
	size_t count;
};

/* Returns the number of @name, which is added if it is new. */
size_t names_add(struct names *names, const char *name);

struct result {
	const struct row *row;
	const json_t *json;
	const char *name; /* "batch", with what differs between results: "batch, 80 B, header",
			   * "batch/paced" */
	size_t path, way, size; /* numbers in the names of the run */
	int style; /* of its reader, and the dash of its way: the same all over a page */
	unsigned dash;
	double mevents_per_s, lost_percent, p99;
	struct mark ratio, floor; /* of speed, to run->baseline and run->floor; or NAN */
	const char *verdict;      /* on the ratio; NULL: there is none */
	double keys[4];           /* what results are sorted by */
};

/* A run; of a preset of live, one of its questions. */
struct run {
	const json_t *json; /* the document in the file */
	const char *name;   /* on the page */
	const char *question;
	bool live;
	double rate; /* of live; NAN: as fast as it can be */
	const json_t *workload;
	/* By size and way, the fastest first. At a fixed rate, at which all read as much: by loss,
	 * p99, CPU and cost to the producer. Limits are last. */
	struct result *results;
	size_t result_count;
	struct run_ratio {
		struct result *result;
		const struct row *to;
		const char *metric, *verdict;
		struct mark mark;
	} * ratios;
	size_t ratio_count;
	struct names paths, ways, sizes; /* sizes: from the smallest; mixes are last */
	const struct row *baseline; /* a row of what the others are compared with first, or NULL */
	const char *floor;          /* a limit that is a baseline, or NULL */
};

/* The runs of one file with the same workload, together for comparing. */
struct run_group {
	size_t file;
	const char *name, *task;
	json_t *runs;
	struct result_file results;
};

struct runs {
	const char *const *names; /* of the files */
	size_t file_count;
	json_t **files;
	struct result_file *documents; /* one a run in a file */
	struct run *runs;
	struct run_group *groups;
	size_t document_count, run_count, group_count;
	size_t result_count, round_count; /* of all runs */
	struct names readers;             /* that have a colour */
};

/* Reads the files. 0, or a negative errno with @why. Call runs_free() in any case. */
int runs_read(struct runs *runs, const char *const *names, size_t count, struct complaint *why);
void runs_free(struct runs *runs);

double number_in(const json_t *object, const char *name);    /* a member; NAN */
const char *text_in(const json_t *object, const char *name); /* a member; "?" */

double size_bytes(const char *size); /* of "80"; NAN: the name of a mix */
int style_of(const struct runs *runs, const char *path);
const char *row_title(const struct row *row); /* row_name() */

/* What came out of a run, in a sentence. */
const char *run_verdict(const struct run *run);
/* Adds what it measured. Returns the sheet that matters most. */
const struct sheet *add_results(struct page *page, const struct run *run);
/* Adds the advice and published figures; the workload, every round, every metric, and peers. */
const char *advice_verdict(const json_t *advice);
void add_advice(struct page *page, const struct run *run);
void add_notes(struct page *page, const struct run *run);
/* The largest noise of a run, relative. 0: nothing ran twice; NAN: too few rounds. */
double run_noise(const struct run *run);
/* A setting or fact, whose name has its unit. */
const char *value_text(const char *name, const json_t *value);

/* Adds a row for each result to @sheet, which it returns: its name, and the cells that @fill adds. */
struct sheet *add_rows(struct sheet *sheet, const struct run *run,
	void (*fill)(struct sheet *sheet, const struct run *run, const struct result *result));

/* A metric's value, its interval and its rounds. */
struct mark mark_of(const struct row *row, enum metric metric);

/* How the runs of one workload in a file compare with those of an earlier file. */
struct change {
	const char *name, *verdict;
	struct sheet *sheet;
	const char *note; /* below the sheet, or NULL */
};
/* Compares each group of a later file with the first group of an earlier file that is comparable, or
 * at least has rows in common. Returns how many there are; @changes has room for one a group. */
size_t find_changes(const struct runs *runs, struct change *changes);

/* The machine and the day; where the runs ran, in a line; all facts and cautions, and the commands. */
const char *place_title(const struct runs *runs);
const char *place_facts(const struct runs *runs);
void add_place(struct page *page, const struct runs *runs);

enum page_format { PAGE_MARKDOWN, PAGE_HTML };

/* The whole page. */
void write_report(FILE *out, enum page_format format, const struct runs *runs);

#endif
