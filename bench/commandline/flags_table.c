/* SPDX-License-Identifier: BSD-2-Clause */
#include "commandline/flags.h"

static void print_names(FILE *stream, const struct flag *flag)
{
	const char *space = "";

	for (size_t i = 0; flag->choices && flag->choices[i]; i++, space = " ")
		fprintf(stream, "%s%s", space, flag->choices[i]);
	if (flag->words)
		fprintf(stream, "%s%s", space, flag->words);
}

static void print_row(FILE *stream, const struct flag *flag)
{
	char scratch[FORMAT_SIZE];
	const char *default_text = flags_default(flag, scratch);

	fprintf(stream, "%s\t%s\t%s\t", flag->name, flag->placeholder ? flag->placeholder : "",
		default_text ? default_text : "");
	print_names(stream, flag);
	fprintf(stream, "\t%s\t%s\n", flag->list ? "list" : "", flag->help);
}

void flags_print_table(FILE *stream, const struct flag_command *command)
{
	fprintf(stream, "%s\t%s\t%s\n", command->name,
		command->arguments ? command->arguments : "",
		command->summary ? command->summary : "");
	for (size_t i = 0; i < command->flag_count; i++)
		print_row(stream, &command->flags[i]);
}
