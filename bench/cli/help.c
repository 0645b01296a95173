/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/arena.h"
#include "cli/flags.h"
#include "results/style.h"

#define MARGIN_MOST 30

/* The columns of "  -name PLACEHOLDER  ". */
static size_t columns_of(const struct flag *flag)
{
	return 5 + strlen(flag->name) + (flag->placeholder ? 1 + strlen(flag->placeholder) : 0);
}

static void print_flag(FILE *stream, const struct flag *flag, size_t margin)
{
	const size_t columns = columns_of(flag);
	const bool fits = columns <= margin;
	const char *value = flags_value_text(flag, flag->default_text);
	size_t column, length;

	fprintf(stream, "  -%s%s%s%s%*s", flag->name, flag->placeholder ? " " : "",
		flag->placeholder ? flag->placeholder : "", fits ? "  " : "\n",
		(int)(fits ? margin - columns : margin), "");
	column = style_wrap(stream, flag->help, margin, margin);
	if (value[0]) {
		value = text("(default %.100s)", value);
		length = strlen(value);
		/* In one line, if there is one that is long enough. */
		if (length <= STYLE_COLUMNS - margin && column + 1 + length > STYLE_COLUMNS) {
			fprintf(stream, "\n%*s", (int)margin, "");
			column = margin;
		}
		style_wrap(stream, value, column, margin);
	}
	fputc('\n', stream);
}

void flags_print_help(FILE *stream, const struct flag_command *command)
{
	static const struct flag help = {
		.name = "help", .default_text = "", .help = "Print this help."
	};
	const struct flag *const end = command->flags + command->flag_count;
	size_t margin = columns_of(&help);

	fprintf(stream, "usage: %s [flags]%s%s\n\n", command->name, command->arguments ? " " : "",
		command->arguments ? command->arguments : "");
	style_wrap(stream, command->summary, 0, 0);
	fputs("\n\nflags:\n", stream);
	/* One long flag gets a line of its own instead of moving all the others. */
	for (const struct flag *flag = command->flags; flag < end; flag++)
		if (flags_has(command, flag) && columns_of(flag) > margin &&
			columns_of(flag) <= MARGIN_MOST)
			margin = columns_of(flag);
	for (const struct flag *flag = command->flags; flag < end; flag++)
		if (flags_has(command, flag))
			print_flag(stream, flag, margin);
	print_flag(stream, &help, margin);
}

void flags_print_table(FILE *stream, const struct flag_command *command)
{
	fprintf(stream, "%s\t%s\t%s\n", command->name, command->arguments ? command->arguments : "",
		command->summary);
	for (size_t i = 0; i < command->flag_count; i++) {
		const struct flag *flag = &command->flags[i];

		if (flags_has(command, flag))
			fprintf(stream, "%s\t%s\t%s\t%s\t%s\t%s\n", flag->name,
				flag->placeholder ? flag->placeholder : "",
				flags_value_text(flag, flag->default_text),
				flags_choices(flag, " "), flag->kind == FLAG_NAMES ? "list" : "",
				flag->help);
	}
}
