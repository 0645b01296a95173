/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report: result files as a page.
 */
#include <errno.h>
#include <string.h>

#include "commands/commands.h"
#include "report/report.h"
#include "results/output.h"

/* After those of enum page_format: by the suffix of the file's name. */
enum { FORMAT_AUTO = 2 };

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), behind = strlen(end);

	return length >= behind && strcasecmp(text + length - behind, end) == 0;
}

/* enum page_format, or -EINVAL with @why. */
static int format_of(const struct settings *settings, struct complaint *why)
{
	const char *path = settings->output;

	if (settings->format != FORMAT_AUTO)
		return settings->format;
	if (!path || ends_with(path, ".md") || ends_with(path, ".markdown"))
		return PAGE_MARKDOWN;
	if (ends_with(path, ".html") || ends_with(path, ".htm"))
		return PAGE_HTML;
	return complain(why, -EINVAL,
		"cannot tell the format from the name %s; end it in .html or .md, or give -format "
		"html or -format md",
		path);
}

static int run(const struct call *call)
{
	const struct settings *settings = call->settings;
	const int format = format_of(settings, call->why);
	struct output output;
	struct runs runs;
	int err = format < 0 ? format : output_check(settings->output, call->why);

	if (err)
		return err;
	err = output_begin(&output);
	if (err)
		return complain(call->why, err, "out of memory");
	err = runs_read(&runs, settings->files, settings->file_count, call->why);
	if (!err)
		write_report(output.stream, (enum page_format)format, &runs);
	runs_free(&runs);
	if (!err)
		return output_commit(&output, settings->output, call->why);
	output_abandon(&output);
	return err;
}

int command_report(int argc, char **argv)
{
	return command_run("report", COMMAND_REPORT, run, EXIT_USAGE, argc, argv);
}
