/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report: result files as a page for people.
 */
#include <errno.h>
#include <string.h>

#include "cli/flags.h"
#include "commands/commands.h"
#include "base/interrupt.h"
#include "report/sections.h"
#include "results/output.h"
#include "cli/settings.h"

/* As of compare: whatever is wrong, there is no page. */
enum { REPORT_DONE = 0, REPORT_IMPOSSIBLE = 2 };

/* After those of enum page_format: as the file's name ends. */
enum { FORMAT_AUTO = 2 };

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), behind = strlen(end);

	return length >= behind && strcasecmp(text + length - behind, end) == 0;
}

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
		write_report(output.stream, (enum page_format)format, &runs);
	runs_free(&runs);
	if (err) {
		output_abandon(&output);
		return err;
	}
	return output_commit(&output, path, why);
}

int command_report(int argc, char **argv)
{
	static struct settings settings;
	struct complaint why = { "" };
	int status = settings_parse(&settings, COMMAND_REPORT, argc, argv, &why);

	if (status > 0)
		return REPORT_DONE;
	if (status == 0)
		status = report(settings.files, settings.file_count, settings.format,
			settings.output, &why);
	if (status && interrupted())
		return command_end(-EINTR, &why);
	command_end(status, &why);
	return status ? REPORT_IMPOSSIBLE : REPORT_DONE;
}
