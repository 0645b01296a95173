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

/* enum page_format, or -EINVAL with @why. */
static int format_of(const struct settings *settings, struct complaint *why)
{
	const char *path = settings->output, *suffix = path ? strrchr(path, '.') : ".md";

	if (settings->format != FORMAT_AUTO)
		return settings->format;
	if (suffix && (strcasecmp(suffix, ".md") == 0 || strcasecmp(suffix, ".markdown") == 0))
		return PAGE_MARKDOWN;
	if (suffix && (strcasecmp(suffix, ".html") == 0 || strcasecmp(suffix, ".htm") == 0))
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
	for (size_t i = 0; i < s->file_count && !err; i++)
		err = output_check_input(s->output, s->files[i], &call->why);
	if (err)
		return err;
	err = runs_read(&runs, s->files, s->file_count, &call->why);
	if (!err)
		err = command_write(call, write_page);
	runs_free(&runs);
	return err;
}
