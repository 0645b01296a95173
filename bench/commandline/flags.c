/* SPDX-License-Identifier: BSD-2-Clause */
#include "commandline/flags.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "commandline/parse.h"

/* What getopt returns for the flag number 0; above all characters and its own answers. */
#define FIRST_FLAG 256

/* A text of the user is repeated in an error line up to this many bytes. */
#define CLIP_LENGTH 48

/* A clipped text: three points and the final zero byte come on top. */
#define CLIP_SIZE (CLIP_LENGTH + 4)

/* Room for the choices of a flag, or an example, in an error line. */
#define ADVICE_SIZE 160

/* Names of flags longer than this get no suggestion. */
#define NAME_LENGTH 40

#define HELP_COLUMNS 90
#define HELP_INDENT_MAX 30

/* The last flags_parse() was asked for the help to be read by programs. */
static bool table_asked;

/* Where the error line goes. */
struct error_line {
	char *text;
	size_t size;
};

/* Sets the error line and returns -EINVAL. */
__attribute__((format(printf, 2, 3))) static int fail(
	const struct error_line *line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(line->text, line->size, format, values);
	va_end(values);
	/* The text of the user may hold line ends or escape sequences for the terminal. */
	for (char *at = line->text; line->size > 0 && *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == '\x7f')
			*at = '?';
	}
	return -EINVAL;
}

static bool is_continuation_byte(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/*
 * Copies a text of the user, cut to CLIP_LENGTH bytes between two characters of UTF-8, so that
 * there is still room for the advice behind it.
 */
static const char *clip(const char *text, size_t length, char clipped[CLIP_SIZE])
{
	const char *points = "";

	if (length > CLIP_LENGTH) {
		length = CLIP_LENGTH;
		while (length > 0 && is_continuation_byte(text[length]))
			length--;
		points = "...";
	}
	memcpy(clipped, text, length);
	strcpy(clipped + length, points);
	return clipped;
}

static bool is_limited(const struct flag *flag)
{
	return flag->minimal != 0 || flag->maximal != 0;
}

static bool has_maximal(const struct flag *flag)
{
	return flag->maximal >= flag->minimal && flag->maximal != FLAG_UNLIMITED;
}

static bool is_within(const struct flag *flag, int64_t value)
{
	if (!is_limited(flag))
		return true;
	return value >= flag->minimal && (!has_maximal(flag) || value <= flag->maximal);
}

static bool is_unsigned_within(const struct flag *flag, uint64_t value)
{
	/* Limits end at INT64_MAX, and everything above compares with them as INT64_MAX does. */
	return is_within(flag, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

static bool is_percent_within(const struct flag *flag, double fraction)
{
	if (!is_limited(flag))
		return true;
	/* Not fraction * 100, which is above 7 for 7%. */
	return fraction >= (double)flag->minimal / 100 &&
	       (!has_maximal(flag) || fraction <= (double)flag->maximal / 100);
}

/* A limit of the flag in the notation of its values. */
static const char *format_limit(const struct flag *flag, int64_t limit, char text[FORMAT_SIZE])
{
	if (flag->kind == FLAG_SIZE)
		return format_size((uint64_t)limit, text, FORMAT_SIZE);
	if (flag->kind == FLAG_DURATION)
		return format_duration(limit, text, FORMAT_SIZE);
	snprintf(text, FORMAT_SIZE, "%" PRId64 "%s", limit, flag->kind == FLAG_PERCENT ? "%" : "");
	return text;
}

/* The name of the choice that the target holds, or NULL. */
static const char *choice_name(const struct flag *flag)
{
	int index = *(const int *)flag->target;

	for (int i = 0; flag->choices[i]; i++) {
		if (i == index)
			return flag->choices[i];
	}
	return NULL;
}

/* What the target holds, in the notation of the flag; NULL when there is nothing to show. */
static const char *format_target(const struct flag *flag, char text[FORMAT_SIZE])
{
	const char *string;

	switch (flag->kind) {
	case FLAG_COUNT:
		snprintf(text, FORMAT_SIZE, "%" PRIu64, *(const uint64_t *)flag->target);
		return text;
	case FLAG_INTEGER:
		snprintf(text, FORMAT_SIZE, "%d", *(const int *)flag->target);
		return text;
	case FLAG_SIZE:
		return format_size(*(const uint64_t *)flag->target, text, FORMAT_SIZE);
	case FLAG_DURATION:
		return format_duration(*(const int64_t *)flag->target, text, FORMAT_SIZE);
	case FLAG_PERCENT:
		return format_percent(*(const double *)flag->target, text, FORMAT_SIZE);
	case FLAG_STRING:
		string = *(const char *const *)flag->target;
		return string && *string != '\0' ? string : NULL;
	case FLAG_CHOICE:
		return choice_name(flag);
	case FLAG_BOOLEAN:
		return *(const bool *)flag->target ? "true" : NULL;
	case FLAG_CUSTOM:
		break;
	}
	return NULL;
}

static bool is_target_within(const struct flag *flag)
{
	switch (flag->kind) {
	case FLAG_COUNT:
	case FLAG_SIZE:
		return is_unsigned_within(flag, *(const uint64_t *)flag->target);
	case FLAG_INTEGER:
		return is_within(flag, *(const int *)flag->target);
	case FLAG_DURATION:
		return is_within(flag, *(const int64_t *)flag->target);
	case FLAG_PERCENT:
		return is_percent_within(flag, *(const double *)flag->target);
	default:
		return true;
	}
}

/* A value that the flag would accept, or NULL when none is known. */
static const char *good_value(const struct flag *flag, char text[FORMAT_SIZE])
{
	if (flag->example)
		return flag->example;
	if (is_target_within(flag))
		return format_target(flag, text);
	return format_limit(flag, flag->minimal, text);
}

static void list_choices(const struct flag *flag, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; flag->choices[i] && used < size; i++) {
		int length = snprintf(
			text + used, size - used, "%s%s", i > 0 ? ", " : "", flag->choices[i]);

		used += (size_t)length;
	}
}

/* The second half of an error line about the value of a flag: what to write in its place. */
static const char *advise(
	const struct flag_command *command, const struct flag *flag, char text[ADVICE_SIZE])
{
	char scratch[FORMAT_SIZE];
	const char *example;

	if (flag->kind == FLAG_CHOICE) {
		char choices[ADVICE_SIZE - 16];

		list_choices(flag, choices, sizeof(choices));
		snprintf(text, ADVICE_SIZE, "choose one of %s", choices);
		return text;
	}
	example = good_value(flag, scratch);
	if (example)
		snprintf(text, ADVICE_SIZE, "give for example -%s %s", flag->name, example);
	else
		snprintf(text, ADVICE_SIZE, "see %s -help", command->name);
	return text;
}

static const char *kind_name(enum flag_kind kind)
{
	switch (kind) {
	case FLAG_COUNT:
		return "a count";
	case FLAG_INTEGER:
		return "an integer";
	case FLAG_SIZE:
		return "a size";
	case FLAG_DURATION:
		return "a duration";
	case FLAG_PERCENT:
		return "a percentage";
	default:
		return "a value";
	}
}

/* " of at least 1", " from 1 to 64" or nothing, to follow the name of the kind. */
static const char *describe_limits(const struct flag *flag, char text[2 * FORMAT_SIZE + 16])
{
	char minimal[FORMAT_SIZE];
	char maximal[FORMAT_SIZE];
	const size_t size = 2 * FORMAT_SIZE + 16;

	text[0] = '\0';
	if (!is_limited(flag))
		return text;
	format_limit(flag, flag->minimal, minimal);
	if (has_maximal(flag))
		snprintf(text, size, " from %s to %s", minimal,
			format_limit(flag, flag->maximal, maximal));
	else
		snprintf(text, size, " of at least %s", minimal);
	return text;
}

static int fail_value(const struct flag_command *command, const struct flag *flag,
	const char *value, const struct error_line *line)
{
	char limits[2 * FORMAT_SIZE + 16];
	char advice[ADVICE_SIZE];
	char clipped[CLIP_SIZE];

	clip(value, strlen(value), clipped);
	advise(command, flag, advice);
	if (flag->kind == FLAG_CHOICE)
		return fail(line, "-%s: unknown value \"%s\"; %s", flag->name, clipped, advice);
	if (flag->kind == FLAG_BOOLEAN)
		return fail(line, "-%s: \"%s\" is not true or false; give -%s or -%s=false",
			flag->name, clipped, flag->name, flag->name);
	if (flag->kind == FLAG_CUSTOM)
		return fail(line, "-%s: \"%s\" is not accepted; %s", flag->name, clipped, advice);
	return fail(line, "-%s: \"%s\" is not %s%s; %s", flag->name, clipped, kind_name(flag->kind),
		describe_limits(flag, limits), advice);
}

/*
 * The set_ functions parse a value, check it against the limits of the flag and store it. They
 * return false, and leave the target alone, when the value is no good.
 */

static bool set_count_or_size(const struct flag *flag, const char *text)
{
	uint64_t value;
	int error = flag->kind == FLAG_SIZE ? parse_size(text, &value) : parse_count(text, &value);

	if (error || !is_unsigned_within(flag, value))
		return false;
	*(uint64_t *)flag->target = value;
	return true;
}

static bool set_integer(const struct flag *flag, const char *text)
{
	int value;

	if (parse_integer(text, &value) || !is_within(flag, value))
		return false;
	*(int *)flag->target = value;
	return true;
}

static bool set_duration(const struct flag *flag, const char *text)
{
	int64_t value;

	if (parse_duration(text, &value) || !is_within(flag, value))
		return false;
	*(int64_t *)flag->target = value;
	return true;
}

static bool set_percent(const struct flag *flag, const char *text)
{
	double value;

	if (parse_percent(text, &value) || !is_percent_within(flag, value))
		return false;
	*(double *)flag->target = value;
	return true;
}

static bool set_choice(const struct flag *flag, const char *text)
{
	for (int i = 0; flag->choices[i]; i++) {
		if (strcmp(text, flag->choices[i]) == 0) {
			*(int *)flag->target = i;
			return true;
		}
	}
	return false;
}

static bool set_boolean(const struct flag *flag, const char *text)
{
	static const char *const words[2][6] = {
		{ "0", "f", "F", "false", "False", "FALSE" },
		{ "1", "t", "T", "true", "True", "TRUE" },
	};

	for (size_t i = 0; i < 12; i++) {
		if (strcmp(text, words[i / 6][i % 6]) == 0) {
			*(bool *)flag->target = i / 6 == 1;
			return true;
		}
	}
	return false;
}

static int set_custom(const struct flag_command *command, const struct flag *flag, const char *text,
	const struct error_line *line)
{
	char reason[256] = "";

	if (flag->parse(text, flag->target, reason, sizeof(reason)) == 0)
		return 0;
	if (reason[0] == '\0')
		return fail_value(command, flag, text, line);
	return fail(line, "-%s: %s", flag->name, reason);
}

static int set_flag(const struct flag_command *command, const struct flag *flag, const char *text,
	const struct error_line *line)
{
	bool good = false;

	if (flag->given)
		*flag->given = true;
	switch (flag->kind) {
	case FLAG_COUNT:
	case FLAG_SIZE:
		good = set_count_or_size(flag, text);
		break;
	case FLAG_INTEGER:
		good = set_integer(flag, text);
		break;
	case FLAG_DURATION:
		good = set_duration(flag, text);
		break;
	case FLAG_PERCENT:
		good = set_percent(flag, text);
		break;
	case FLAG_STRING:
		*(const char **)flag->target = text;
		good = true;
		break;
	case FLAG_CHOICE:
		good = set_choice(flag, text);
		break;
	case FLAG_BOOLEAN:
		good = set_boolean(flag, text);
		break;
	case FLAG_CUSTOM:
		return set_custom(command, flag, text, line);
	}
	return good ? 0 : fail_value(command, flag, text, line);
}

/*
 * How many letters must be added, left out, replaced or swapped with their neighbour to get from
 * one name to the other. Only the last three rows of the table of all beginnings are needed.
 */
static size_t name_distance(const char *from, size_t from_length, const char *to, size_t to_length)
{
	size_t rows[3][NAME_LENGTH + 1];

	for (size_t j = 0; j <= to_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= from_length; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= to_length; j++) {
			size_t best = above[j - 1] + (from[i - 1] != to[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && from[i - 1] == to[j - 2] &&
				from[i - 2] == to[j - 1] && two_above[j - 2] + 1 < best)
				best = two_above[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[from_length % 3][to_length];
}

/* How far a written name is from the name of a flag; SIZE_MAX when it is no likely typo of it. */
static size_t typo_distance(const char *written, size_t written_length, const char *name)
{
	size_t name_length = strlen(name);
	size_t distance;

	if (written_length > NAME_LENGTH || name_length > NAME_LENGTH)
		return SIZE_MAX;
	/* An abbreviation is far from the name by letters, but clear in what it means. */
	if (written_length >= 2 && strncmp(written, name, written_length) == 0)
		return 1;
	distance = name_distance(written, written_length, name, name_length);
	/* Short names are all close to each other: at least half of the letters must be right. */
	return distance <= 2 && distance * 2 <= written_length ? distance : SIZE_MAX;
}

/* The name of a flag that was probably meant, or NULL. */
static const char *nearest_name(const struct flag_command *command, const char *name, size_t length)
{
	size_t nearest_distance = typo_distance(name, length, "help");
	const char *nearest = nearest_distance == SIZE_MAX ? NULL : "help";

	for (size_t i = 0; i < command->flag_count; i++) {
		size_t distance = typo_distance(name, length, command->flags[i].name);

		if (distance < nearest_distance) {
			nearest_distance = distance;
			nearest = command->flags[i].name;
		}
	}
	return nearest;
}

/* An argument that getopt will take for a flag. */
static bool looks_like_flag(const char *argument)
{
	return argument[0] == '-' && argument[1] != '\0' && strcmp(argument, "--") != 0;
}

static bool has_option(const struct option *options, const char *name, size_t length)
{
	for (; options->name; options++) {
		if (strlen(options->name) == length && memcmp(options->name, name, length) == 0)
			return true;
	}
	return false;
}

/*
 * Refuses a flag whose name is not exactly that of an option. getopt itself would take the
 * beginning of a name for the whole, and knows no good words for what is wrong.
 */
static int check_name(const struct flag_command *command, const struct option *options,
	const char *argument, const struct error_line *line)
{
	const char *name = argument + (argument[1] == '-' ? 2 : 1);
	size_t length = strcspn(name, "=");
	char clipped[CLIP_SIZE];
	const char *nearest;

	if (has_option(options, name, length))
		return 0;
	if (length == 0 || *name == '-')
		return fail(line, "bad flag syntax \"%s\"; see %s -help",
			clip(argument, strlen(argument), clipped), command->name);
	clip(name, length, clipped);
	nearest = nearest_name(command, name, length);
	if (nearest)
		return fail(line, "unknown flag -%s; did you mean -%s?", clipped, nearest);
	return fail(line, "unknown flag -%s; see %s -help", clipped, command->name);
}

/*
 * The flags for getopt, with help in two spellings at the end; NULL without memory. Where the
 * table has a flag called h or help, getopt finds that one first.
 */
static struct option *make_options(const struct flag_command *command)
{
	static const char *const help_names[] = { "help", "h" };
	struct option *options = calloc(command->flag_count + 3, sizeof(*options));
	struct option *option = options;

	if (!options)
		return NULL;
	for (size_t i = 0; i < command->flag_count; i++, option++) {
		const struct flag *flag = &command->flags[i];

		option->name = flag->name;
		option->has_arg =
			flag->kind == FLAG_BOOLEAN ? optional_argument : required_argument;
		option->val = FIRST_FLAG + (int)i;
	}
	for (size_t i = 0; i < 2; i++, option++) {
		option->name = help_names[i];
		option->has_arg = optional_argument;
		option->val = FIRST_FLAG + (int)command->flag_count;
	}
	return options;
}

static int add_argument(const struct flag_command *command, struct flag_arguments *arguments,
	const char *value, const struct error_line *line)
{
	char clipped[CLIP_SIZE];

	if (!arguments || arguments->count == arguments->capacity)
		return fail(line, "unexpected argument \"%s\"; see %s -help",
			/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a word of argv */
			clip(value, strlen(value), clipped), command->name);
	arguments->values[arguments->count++] = value;
	return 0;
}

static int fail_missing_value(
	const struct flag_command *command, const struct flag *flag, const struct error_line *line)
{
	char advice[ADVICE_SIZE];

	return fail(line, "-%s needs a value; %s", flag->name, advise(command, flag, advice));
}

/*
 * Goes once through the arguments. With store unset it only looks for help: it then stores no
 * value and no argument, and reports only errors that make it impossible to tell flags from values.
 */
static int walk(const struct flag_command *command, const struct option *options, int argc,
	char **argv, struct flag_arguments *arguments, bool store, const struct error_line *line)
{
	const int help = FIRST_FLAG + (int)command->flag_count;

	/* 0 makes glibc forget all of an earlier walk. */
	optind = 0;
	opterr = 0;
	for (;;) {
		int next = optind == 0 ? 1 : optind;
		int error = 0;
		int found;

		if (next < argc && looks_like_flag(argv[next]))
			error = check_name(command, options, argv[next], line);
		if (error)
			return error;
		/* The dash: report other arguments in place. The colon: tell a missing value. */
		found = getopt_long_only(argc, argv, "-:", options, NULL);
		if (found == -1)
			break;
		if (found == help) {
			table_asked = optarg && strcmp(optarg, "table") == 0;
			return 1;
		}
		if (found == ':')
			return fail_missing_value(
				command, &command->flags[optopt - FIRST_FLAG], line);
		/* Not reached with a checked name, but no reason to index the table with it. */
		if (found == '?')
			return fail(line, "bad flag; see %s -help", command->name);
		if (!store)
			continue;
		if (found >= FIRST_FLAG)
			error = set_flag(command, &command->flags[found - FIRST_FLAG],
				optarg ? optarg : "true", line);
		else
			error = add_argument(command, arguments, optarg, line);
		if (error)
			return error;
	}
	for (int i = optind; i < argc && store; i++) {
		int error = add_argument(command, arguments, argv[i], line);

		if (error)
			return error;
	}
	return 0;
}

int flags_parse(const struct flag_command *command, int argc, char **argv,
	struct flag_arguments *arguments, char *error, size_t error_size)
{
	const struct error_line line = { error, error_size };
	struct option *options = make_options(command);
	int result;

	table_asked = false;
	fail(&line, "%s", "");
	if (arguments)
		arguments->count = 0;
	if (!options) {
		fail(&line, "out of memory");
		return -ENOMEM;
	}
	/* First look for help alone, so that it shows the defaults and not what was given. */
	result = walk(command, options, argc, argv, arguments, false, &line);
	if (result == 0)
		result = walk(command, options, argc, argv, arguments, true, &line);
	free(options);
	return result;
}

/* Text that is broken into lines at its spaces, behind a margin. */
struct wrapped {
	FILE *stream;
	size_t margin;
	size_t column;
};

/* Columns on a terminal: the characters of UTF-8, not its bytes. */
static size_t count_columns(const char *text, size_t length)
{
	size_t columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += !is_continuation_byte(text[i]);
	return columns;
}

static void pad_to_margin(struct wrapped *out)
{
	for (; out->column < out->margin; out->column++)
		fputc(' ', out->stream);
}

/* Prints what comes in front of a word: a space, a new line, the margin. */
static void begin_word(struct wrapped *out, size_t columns)
{
	if (out->column > out->margin) {
		if (out->column + 1 + columns > HELP_COLUMNS) {
			fputc('\n', out->stream);
			out->column = 0;
		} else {
			fputc(' ', out->stream);
			out->column++;
		}
	}
	pad_to_margin(out);
	out->column += columns;
}

static void print_words(struct wrapped *out, const char *text)
{
	for (;;) {
		size_t length;

		text += strspn(text, " ");
		length = strcspn(text, " ");
		if (length == 0)
			return;
		begin_word(out, count_columns(text, length));
		fwrite(text, 1, length, out->stream);
		text += length;
	}
}

const char *flags_default(const struct flag *flag, char text[FORMAT_SIZE])
{
	return flag->default_text ? flag->default_text : format_target(flag, text);
}

static void print_default(struct wrapped *out, const struct flag *flag)
{
	char scratch[FORMAT_SIZE];
	const char *text = flags_default(flag, scratch);

	if (!text || *text == '\0')
		return;
	/* Not broken at a space: the value and its brackets stay on one line. */
	begin_word(out, strlen("(default )") + count_columns(text, strlen(text)));
	fprintf(out->stream, "(default %s)", text);
}

/* The columns of "  -name PLACEHOLDER  ". */
static size_t flag_columns(const struct flag *flag)
{
	size_t columns = 2 + 1 + count_columns(flag->name, strlen(flag->name)) + 2;

	if (flag->placeholder)
		columns += 1 + count_columns(flag->placeholder, strlen(flag->placeholder));
	return columns;
}

static size_t help_margin(const struct flag_command *command)
{
	size_t margin = flag_columns(&(struct flag){ .name = "help" });

	for (size_t i = 0; i < command->flag_count; i++) {
		size_t columns = flag_columns(&command->flags[i]);

		/* A single long flag gets a line of its own rather than move all the others. */
		if (columns > margin && columns <= HELP_INDENT_MAX)
			margin = columns;
	}
	return margin;
}

static void print_flag(FILE *stream, const struct flag *flag, size_t margin)
{
	struct wrapped out = { .stream = stream, .margin = margin, .column = flag_columns(flag) };

	fprintf(stream, "  -%s%s%s", flag->name, flag->placeholder ? " " : "",
		flag->placeholder ? flag->placeholder : "");
	if (out.column > margin) {
		fputc('\n', stream);
		out.column = 0;
	} else {
		fputs("  ", stream);
	}
	print_words(&out, flag->help);
	print_default(&out, flag);
	fputc('\n', stream);
}

void flags_print_help(FILE *stream, const struct flag_command *command)
{
	const struct flag help = { .name = "help", .kind = FLAG_CUSTOM, .help = "print this help" };
	size_t margin = help_margin(command);

	if (table_asked) {
		flags_print_table(stream, command);
		return;
	}
	fprintf(stream, "usage: %s [flags]%s%s\n", command->name, command->arguments ? " " : "",
		command->arguments ? command->arguments : "");
	if (command->summary) {
		struct wrapped out = { .stream = stream };

		fputc('\n', stream);
		print_words(&out, command->summary);
		fputc('\n', stream);
	}
	fputs("\nflags:\n", stream);
	for (size_t i = 0; i < command->flag_count; i++)
		print_flag(stream, &command->flags[i], margin);
	print_flag(stream, &help, margin);
}
