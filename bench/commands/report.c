/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report: result files as a page.
 */
#include <errno.h>

#include "commands/commands.h"
#include "report/report.h"
#include "results/output.h"

/* After those of enum page_format: by the suffix of the file's name. */
enum { FORMAT_AUTO = 2 };

static struct runs runs;

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

static int write_page(struct call *call, FILE *out)
{
	write_report(out, (enum page_format)call->settings.format, &runs);
	return 0;
}

int command_report(struct call *call)
{
	struct settings *s = &call->settings;
	int err;

	s->format = format_of(s, &call->why);
	err = s->format < 0 ? s->format : output_check(s->output, &call->why);
	if (err)
		return err;
	err = runs_read(&runs, s->files, s->file_count, &call->why);
	if (!err)
		err = command_write(call, write_page);
	runs_free(&runs);
	return err;
}
