/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli/flags.h"

#define COLUMNS 90
#define MARGIN_MOST 30

/* Text that is broken into lines at its spaces, behind a margin. */
struct wrapped {
	FILE *stream;
	size_t margin, column;
};

/* Columns on a terminal: the characters of UTF-8, not its bytes. */
static size_t columns_of(const char *text, size_t length)
{
	size_t columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

/* Writes a space, or a new line and the margin, in front of a word of @columns. */
static void begin_word(struct wrapped *out, size_t columns)
{
	if (out->column > out->margin && out->column + 1 + columns > COLUMNS) {
		fputc('\n', out->stream);
		out->column = 0;
	} else if (out->column > out->margin) {
		fputc(' ', out->stream);
		out->column++;
	}
	for (; out->column < out->margin; out->column++)
		fputc(' ', out->stream);
	out->column += columns;
}

static void print_words(struct wrapped *out, const char *text)
{
	for (size_t length; text += strspn(text, " "), length = strcspn(text, " ");
		text += length) {
		begin_word(out, columns_of(text, length));
		fwrite(text, 1, length, out->stream);
	}
}

/* The columns of "  -name PLACEHOLDER  ". */
static size_t flag_columns(const struct flag *flag)
{
	return 5 + strlen(flag->name) + (flag->placeholder ? 1 + strlen(flag->placeholder) : 0);
}

static void print_flag(FILE *stream, const struct flag *flag, size_t margin)
{
	struct wrapped out = { .stream = stream, .margin = margin, .column = flag_columns(flag) };
	const char *text;
	char scratch[FORMAT_SIZE];

	fprintf(stream, "  -%s%s%s", flag->name, flag->placeholder ? " " : "",
		flag->placeholder ? flag->placeholder : "");
	fputs(out.column > margin ? "\n" : "  ", stream);
	out.column = out.column > margin ? 0 : out.column;
	print_words(&out, flag->help);
	text = flags_default(flag, scratch);
	/* Not broken at a space: the value and its brackets stay on one line. */
	if (text[0]) {
		begin_word(&out, strlen("(default )") + columns_of(text, strlen(text)));
		fprintf(stream, "(default %s)", text);
	}
	fputc('\n', stream);
}

void flags_print_help(FILE *stream, const struct flag_command *command)
{
	const struct flag help = {
		.name = "help", .kind = FLAG_CUSTOM, .default_text = "", .help = "print this help"
	};
	struct wrapped summary = { .stream = stream };
	size_t margin = flag_columns(&help);

	fprintf(stream, "usage: %s [flags]%s%s\n\n", command->name, command->arguments ? " " : "",
		command->arguments ? command->arguments : "");
	print_words(&summary, command->summary);
	fputs("\n\nflags:\n", stream);
	/* A single long flag gets a line of its own rather than move all the others. */
	for (size_t i = 0; i < command->flag_count; i++)
		if (flags_has(command, &command->flags[i]) &&
			flag_columns(&command->flags[i]) > margin &&
			flag_columns(&command->flags[i]) <= MARGIN_MOST)
			margin = flag_columns(&command->flags[i]);
	for (size_t i = 0; i < command->flag_count; i++)
		if (flags_has(command, &command->flags[i]))
			print_flag(stream, &command->flags[i], margin);
	print_flag(stream, &help, margin);
}

void flags_print_table(FILE *stream, const struct flag_command *command)
{
	fprintf(stream, "%s\t%s\t%s\n", command->name, command->arguments ? command->arguments : "",
		command->summary);
	for (size_t i = 0; i < command->flag_count; i++) {
		const struct flag *flag = &command->flags[i];
		char scratch[FORMAT_SIZE];

		if (!flags_has(command, flag))
			continue;
		fprintf(stream, "%s\t%s\t%s\t", flag->name,
			flag->placeholder ? flag->placeholder : "", flags_default(flag, scratch));
		for (size_t n = 0; flag->choices && flag->choices[n]; n++)
			fprintf(stream, "%s%s", n ? " " : "", flag->choices[n]);
		fprintf(stream, "%s%s\t%s\t%s\n", flag->choices && flag->words ? " " : "",
			flag->words ? flag->words : "", flag->kind == FLAG_NAMES ? "list" : "",
			flag->help);
	}
}
