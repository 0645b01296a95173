/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report: result files as a page for people.
 */
#include <errno.h>
#include <string.h>

#include "commandline/flags.h"
#include "commands.h"
#include "report/sections.h"
#include "results/output.h"
#include "settings.h"

/* As of compare: whatever is wrong, there is no page. */
enum { REPORT_DONE = 0, REPORT_IMPOSSIBLE = 2 };

#define FILES_MAX 32

/* In the order of enum page_format; one more: as the file's name ends. */
static const char *const page_format_names[] = { "md", "html", "auto", NULL };
enum { FORMAT_AUTO = 2 };

/* -EINVAL with @why: neither the user nor the name says it. */
static int choose_format(int *format, const char *path, struct complaint *why)
{
	if (*format != FORMAT_AUTO)
		return 0;
	*format = PAGE_MARKDOWN;
	if (!path || ends_with(path, ".md") || ends_with(path, ".markdown"))
		return 0;
	*format = PAGE_HTML;
	if (ends_with(path, ".html") || ends_with(path, ".htm"))
		return 0;
	return complain(why, -EINVAL,
		"cannot tell the format of %s: let it end in .html or .md, or give -format html or "
		"-format md",
		path);
}

static int report(
	const char *const *names, size_t count, int format, const char *path, struct complaint *why)
{
	struct output output;
	struct runs runs;
	int err;

	err = choose_format(&format, path, why);
	if (!err)
		err = output_check(path, why);
	if (err)
		return err;
	err = output_begin(&output);
	if (err)
		return complain(why, err, "out of memory");
	err = runs_read(&runs, names, count, why);
	if (!err)
		err = write_report(output.stream, (enum page_format)format, &runs, why);
	runs_free(&runs);
	if (err) {
		output_abandon(&output);
		return err;
	}
	return output_commit(&output, path, why);
}

int command_report(int argc, char **argv)
{
	int format = FORMAT_AUTO;
	const char *names[FILES_MAX], *path = "";
	struct flag_arguments arguments = { .values = names, .capacity = FILES_MAX };
	const struct flag flags[] = {
		{ .name = "o",
			.kind = FLAG_STRING,
			.target = &path,
			.placeholder = "FILE",
			.help = "Write the page to this file: HTML when it ends in .html, Markdown "
				"when it ends in .md. Without it, to standard output, as Markdown." },
		{ .name = "format",
			.kind = FLAG_CHOICE,
			.target = &format,
			.placeholder = "FORMAT",
			.choices = page_format_names,
			.help = "html, one page with plots that refers to nothing outside of it; "
				"md, the tables for a pull request; auto, as FILE ends." },
	};
	const struct flag_command command = {
		.name = PROGRAM " report",
		.arguments = "RESULT.json...",
		.summary = "Writes results of -format json as a page for people. Of several files, "
			   "later ones are compared with earlier ones of the same workload. "
			   "Plots are drawn by gnuplot. The exit status is 0, or 2 if there is no "
			   "page.",
		.flags = flags,
		.flag_count = sizeof(flags) / sizeof(flags[0]),
	};
	struct complaint why = { "" };
	int status = command_parse_files(&command, argc, argv, &arguments, 1,
		"report needs a result file; make one with -format json -o result.json", &why);

	if (status > 0)
		return REPORT_DONE;
	if (status == 0)
		status = report(names, arguments.count, format, *path ? path : NULL, &why);
	command_end(status, &why);
	return status ? REPORT_IMPOSSIBLE : REPORT_DONE;
}
