/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli/flags.h"

#define COLUMNS 80
#define MARGIN_MOST 30

/* Text that is broken into lines at its spaces, indented by a margin. */
struct wrapped {
	FILE *stream;
	size_t margin, column;
};

/* Writes a word, or some that stay together, after a space or on a new line. */
static void print_word(struct wrapped *out, const char *text, size_t length)
{
	size_t columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80; /* UTF-8 characters */
	if (out->column > out->margin) {
		const bool fits = out->column + 1 + columns <= COLUMNS;

		fputc(fits ? ' ' : '\n', out->stream);
		out->column = fits ? out->column + 1 : 0;
	}
	for (; out->column < out->margin; out->column++)
		fputc(' ', out->stream);
	fwrite(text, 1, length, out->stream);
	out->column += columns;
}

static void print_words(struct wrapped *out, const char *text)
{
	for (size_t length; text += strspn(text, " "), length = strcspn(text, " "); text += length)
		print_word(out, text, length);
}

/* The columns of "  -name PLACEHOLDER  ". */
static size_t columns_of(const struct flag *flag)
{
	return 5 + strlen(flag->name) + (flag->placeholder ? 1 + strlen(flag->placeholder) : 0);
}

static void print_flag(FILE *stream, const struct flag *flag, size_t margin)
{
	const size_t columns = columns_of(flag);
	struct wrapped out = { stream, margin, columns > margin ? 0 : columns };
	char scratch[FORMAT_SIZE], text[128];
	const char *value = flags_default(flag, scratch);

	fprintf(stream, "  -%s%s%s%s", flag->name, flag->placeholder ? " " : "",
		flag->placeholder ? flag->placeholder : "", columns > margin ? "\n" : "  ");
	print_words(&out, flag->help);
	if (value[0]) {
		snprintf(text, sizeof(text), "(default %.100s)", value);
		if (strlen(text) <= COLUMNS - margin)
			print_word(&out, text, strlen(text));
		else
			print_words(&out, text);
	}
	fputc('\n', stream);
}

void flags_print_help(FILE *stream, const struct flag_command *command)
{
	static const struct flag help = {
		.name = "help", .default_text = "", .help = "Print this help."
	};
	const struct flag *const end = command->flags + command->flag_count;
	struct wrapped summary = { .stream = stream };
	size_t margin = columns_of(&help);

	fprintf(stream, "usage: %s [flags]%s%s\n\n", command->name, command->arguments ? " " : "",
		command->arguments ? command->arguments : "");
	print_words(&summary, command->summary);
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
	char scratch[FORMAT_SIZE], names[FLAGS_CHOICES_SIZE];

	fprintf(stream, "%s\t%s\t%s\n", command->name, command->arguments ? command->arguments : "",
		command->summary);
	for (size_t i = 0; i < command->flag_count; i++) {
		const struct flag *flag = &command->flags[i];

		if (flags_has(command, flag))
			fprintf(stream, "%s\t%s\t%s\t%s\t%s\t%s\n", flag->name,
				flag->placeholder ? flag->placeholder : "",
				flags_default(flag, scratch), flags_choices(flag, " ", names),
				flag->kind == FLAG_NAMES ? "list" : "", flag->help);
	}
}
