/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/flags.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/values.h"
#include "results/style.h"

#define MARGIN_MOST 30 /* columns before the texts of the help */

/* How much of the user's text a message repeats. */
static int clip(size_t length)
{
	return length > 48 ? 48 : (int)length;
}

static bool is_name(const char *written, size_t length, const char *name)
{
	return strlen(name) == length && memcmp(written, name, length) == 0;
}

/* Whether @written abbreviates @name, or has a letter wrong, missing or too many, or two swapped. */
static bool is_similar(const char *written, size_t length, const char *name)
{
	const size_t name_length = strlen(name);
	size_t head = 0, tail = 0, more, less;

	if (length >= 2 && strncmp(written, name, length) == 0)
		return true;
	while (head < length && head < name_length && written[head] == name[head])
		head++;
	while (tail < length - head && tail < name_length - head &&
		written[length - 1 - tail] == name[name_length - 1 - tail])
		tail++;
	more = length - head - tail;
	less = name_length - head - tail;
	return length > 2 && ((more <= 1 && less <= 1) ||
				     (more == 2 && less == 2 && written[head] == name[head + 1] &&
					     written[head + 1] == name[head]));
}

const char *flags_nearest(const char *written, size_t length, const char *const *names)
{
	while (*names && !is_similar(written, length, *names))
		names++;
	return *names;
}

bool flags_has(const struct flag_command *command, const struct flag *flag)
{
	return flag->commands == 0 || command->bit == 0 || flag->commands & command->bit;
}

void flag_names_add(struct flag_names *names, int number)
{
	for (size_t i = 0; i < names->count; i++)
		if (names->chosen[i] == number)
			return;
	names->chosen[names->count++] = number;
}

static int index_of(const char *const *names, const char *text, size_t length)
{
	for (int i = 0; names[i]; i++)
		if (is_name(text, length, names[i]))
			return i;
	return -1;
}

/* A limit, or the target's value, in the notation of the flag. */
static const char *format_amount(const struct flag *flag, uint64_t amount)
{
	if (flag->kind == FLAG_SIZE)
		return format_size(amount, arena_allocate(FORMAT_SIZE), FORMAT_SIZE);
	if (flag->kind == FLAG_DURATION)
		return format_duration((int64_t)amount, arena_allocate(FORMAT_SIZE), FORMAT_SIZE);
	return text("%" PRIu64 "%s", amount, flag->kind == FLAG_PERCENT ? "%" : "");
}

/* @instead, or, if that is NULL, the target's value; "" if there is none to show. */
static const char *value_text(const struct flag *flag, const char *instead)
{
	const void *target = flag->target;

	if (!instead && flag->kind <= FLAG_DURATION)
		instead = format_amount(flag, *(const uint64_t *)target);
	else if (!instead && flag->kind == FLAG_PERCENT)
		instead = format_percent(
			*(const double *)target, arena_allocate(FORMAT_SIZE), FORMAT_SIZE);
	else if (!instead && flag->kind == FLAG_STRING)
		instead = *(const char *const *)target;
	else if (!instead && flag->kind == FLAG_CHOICE && *(const int *)target >= 0)
		instead = flag->choices[*(const int *)target];
	return instead ? instead : "";
}

static const char *choices_text(const struct flag *flag, const char *separator)
{
	const char *word = flag->words ? flag->words : flag->kind == FLAG_NAMES ? "all" : "";
	const char *all = "";

	for (size_t length; (length = strcspn(word, " ")) > 0; word += strspn(word, " ")) {
		all = text("%s%s%.*s", all, *all ? separator : "", (int)length, word);
		word += length;
	}
	for (size_t i = 0; flag->choices && flag->choices[i]; i++)
		all = text("%s%s%s", all, *all ? separator : "", flag->choices[i]);
	return all;
}

static int fail_name(
	const struct flag *flag, const char *name, size_t length, struct complaint *why)
{
	const char *nearest = flags_nearest(name, length, flag->choices);

	if (nearest)
		return complain(why, -EINVAL, "-%s: unknown value \"%.*s\"; did you mean %s?",
			flag->name, clip(length), name, nearest);
	return complain(why, -EINVAL, "-%s: unknown value \"%.*s\"; give %s %s", flag->name,
		clip(length), name,
		flag->kind == FLAG_NAMES   ? "one or more of"
		: flag->choices[1] == NULL ? "the only value,"
					   : "one of",
		choices_text(flag, ", "));
}

/* Each function below parses a value and stores it; or leaves the target and returns -EINVAL with @why. */
static int set_number(const struct flag *flag, const char *written, struct complaint *why)
{
	static const char *const kinds[] = { "a count", "a size", "a duration", "a percentage" };
	const bool percent = flag->kind == FLAG_PERCENT;
	const double unit = percent ? 100 : 1;
	const char *minimal, *limits;
	union {
		uint64_t amount;
		int64_t duration;
		double share;
	} number = { 0 };
	const int err = flag->kind == FLAG_DURATION ? parse_duration(written, &number.duration)
			: percent                   ? parse_percent(written, &number.share)
			: flag->kind == FLAG_SIZE   ? parse_size(written, &number.amount)
						    : parse_count(written, &number.amount);
	const double value = percent ? number.share : (double)number.amount;

	if (!err && value >= (double)flag->minimal / unit &&
		(flag->maximal == 0 || value <= (double)flag->maximal / unit)) {
		memcpy(flag->target, &number, sizeof(number));
		return 0;
	}
	minimal = format_amount(flag, (uint64_t)flag->minimal);
	limits = flag->maximal > 0   ? text(" from %s to %s", minimal,
					       format_amount(flag, (uint64_t)flag->maximal))
		 : flag->minimal > 0 ? text(" of at least %s", minimal)
				     : "";
	return complain(why, -EINVAL, "-%s: \"%.48s\" is not %s%s%s; give for example -%s %s",
		flag->name, written, kinds[flag->kind], limits,
		flag->kind == FLAG_COUNT && strpbrk(written, "mg")
			? " (for mega write M, for giga G)"
			: "",
		flag->name, value_text(flag, flag->example));
}

static int set_string(const struct flag *flag, const char *text, struct complaint *why)
{
	if (!text[0])
		return complain(why, -EINVAL,
			"-%s: the value is empty; give a %s, or leave out -%s", flag->name,
			flag->placeholder, flag->name);
	*(const char **)flag->target = text;
	return 0;
}

static int set_choice(const struct flag *flag, const char *text, struct complaint *why)
{
	const int index = index_of(flag->choices, text, strlen(text));

	if (index < 0)
		return fail_name(flag, text, strlen(text), why);
	*(int *)flag->target = index;
	return 0;
}

static int set_names(const struct flag *flag, const char *text, struct complaint *why)
{
	struct flag_names *names = flag->target;
	size_t length;

	*names = (struct flag_names){ 0 };
	do {
		const int number = index_of(flag->choices, text, length = strcspn(text, ","));
		const uint64_t named = number >= 0 ? UINT64_C(1) << number
				       : flag->both && is_name(text, length, "both") ? *flag->both
										     : 0;

		if (!named && !is_name(text, length, "all"))
			return fail_name(flag, text, length, why);
		for (int i = 0; flag->choices[i]; i++)
			if (!named || named >> i & 1)
				flag_names_add(names, i);
		names->named |= named;
		text += length;
	} while (*text++ == ',');
	return 0;
}

static int set_boolean(const struct flag *flag, const char *text, struct complaint *why)
{
	if (!text[0] || !strstr(" 1 t true 0 f false ", text))
		return complain(why, -EINVAL,
			"-%s: \"%.48s\" is not true or false; give -%s or -%s=false", flag->name,
			text, flag->name, flag->name);
	*(bool *)flag->target = text[0] == '1' || text[0] == 't';
	return 0;
}

static int set_custom(const struct flag *flag, const char *text, struct complaint *why)
{
	struct complaint said = { "" };

	if (flag->parse(text, flag->target, &said) == 0)
		return 0;
	return complain(why, -EINVAL, "-%s: %s", flag->name, said.text);
}

static int (*const set[])(const struct flag *flag, const char *text, struct complaint *why) = {
	[FLAG_COUNT] = set_number,
	[FLAG_SIZE] = set_number,
	[FLAG_DURATION] = set_number,
	[FLAG_PERCENT] = set_number,
	[FLAG_STRING] = set_string,
	[FLAG_CHOICE] = set_choice,
	[FLAG_NAMES] = set_names,
	[FLAG_BOOLEAN] = set_boolean,
	[FLAG_CUSTOM] = set_custom,
};

/* An argument that is a flag: "-name", "--name" or "-name=value". */
struct written {
	const char *argument, *name, *value; /* NULL: none */
	size_t length;                       /* of the name */
};

static bool is_flag(const char *argument, struct written *flag)
{
	if (argument[0] != '-' || !argument[1])
		return false;
	flag->argument = argument;
	flag->name = argument + 1 + (argument[1] == '-');
	flag->length = strcspn(flag->name, "=");
	flag->value = flag->name[flag->length] ? flag->name + flag->length + 1 : NULL;
	return true;
}

static const struct flag *find(const struct flag_command *command, const char *name, size_t length)
{
	for (size_t i = 0; i < command->flag_count; i++)
		if (flags_has(command, &command->flags[i]) &&
			is_name(name, length, command->flags[i].name))
			return &command->flags[i];
	return NULL;
}

/* The word that chooses the command; NULL: it needs none. */
static const char *word_of(const struct flag_command *command)
{
	const char *space = strrchr(command->name, ' ');

	return space ? space + 1 : NULL;
}

static int fail_unknown(const struct flag_command *command,
	const struct flag_command *const *others, const struct written *flag, struct complaint *why)
{
	const char *name = flag->name, *nearest = NULL;
	const size_t length = flag->length;
	const char *owners = "";

	if (length == 0 || *name == '-')
		return complain(why, -EINVAL, "bad flag syntax \"%.48s\"; see %s -help",
			flag->argument, command->name);
	for (; others && *others; others++)
		if (find(*others, name, length))
			owners = text("%s%s%s", owners, *owners ? ", " : "",
				word_of(*others) ? word_of(*others) : "drain");
	if (*owners)
		return complain(why, -EINVAL, "-%.*s is a flag of %s; see %s -help", clip(length),
			name, owners, command->name);
	if (is_similar(name, length, "help"))
		nearest = "help";
	for (size_t i = 0; i < command->flag_count && !nearest; i++)
		if (flags_has(command, &command->flags[i]) &&
			is_similar(name, length, command->flags[i].name))
			nearest = command->flags[i].name;
	if (nearest)
		return complain(why, -EINVAL, "unknown flag -%.*s; did you mean -%s?", clip(length),
			name, nearest);
	return complain(why, -EINVAL, "unknown flag -%.*s; see %s -help", clip(length), name,
		command->name);
}

static int add_argument(const struct flag_command *command,
	const struct flag_command *const *others, struct flag_arguments *arguments,
	const char *value, struct complaint *why)
{
	if (arguments && arguments->count < arguments->capacity) {
		arguments->values[arguments->count++] = value;
		return 0;
	}
	for (; others && *others; others++)
		if (word_of(*others) && strcmp(word_of(*others), value) == 0)
			return complain(why, -EINVAL,
				"unexpected argument \"%s\"; a command comes first: %s", value,
				(*others)->name);
	if (arguments && arguments->capacity > 2)
		return complain(why, -E2BIG, "more than %zu files; join some with cat",
			arguments->capacity);
	return complain(
		why, -EINVAL, "unexpected argument \"%.48s\"; see %s -help", value, command->name);
}

const char *flags_value(char **argument, const char *name)
{
	struct written flag;

	if (!is_flag(argument[0], &flag) || !is_name(flag.name, flag.length, name))
		return NULL;
	return flag.value ? flag.value : argument[1];
}

const char *flags_help(char **argv)
{
	struct written flag;

	for (size_t i = 1; argv[0] && argv[i] && strcmp(argv[i], "--") != 0; i++)
		if (is_flag(argv[i], &flag) && (is_name(flag.name, flag.length, "help") ||
						       is_name(flag.name, flag.length, "h")))
			return flag.value ? flag.value : "";
	return NULL;
}

static int fail_missing(const struct flag *flag, struct complaint *why)
{
	const char *good = value_text(flag, flag->example);

	return complain(why, -EINVAL, "-%s needs a value; give %s-%s %s", flag->name,
		*good ? "for example " : "", flag->name, *good ? good : flag->placeholder);
}

/* The columns of "  -name PLACEHOLDER  ". */
static size_t columns_of(const struct flag *flag)
{
	return 5 + strlen(flag->name) + (flag->placeholder ? 1 + strlen(flag->placeholder) : 0);
}

static void print_flag(FILE *stream, const struct flag *flag, size_t margin)
{
	const size_t columns = columns_of(flag);
	const bool fits = columns <= margin;
	const char *value = value_text(flag, flag->default_text);
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

/* In lines of at most 80 columns. */
static void print_help(FILE *stream, const struct flag_command *command)
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

/* For programs, in fields separated by tabs: the command's name, its other arguments and its summary;
 * then for each flag its name, placeholder (empty: a boolean), default, the names that it takes, "list"
 * if it takes several of them with commas between, and its help. */
static void print_table(FILE *stream, const struct flag_command *command)
{
	fprintf(stream, "%s\t%s\t%s\n", command->name, command->arguments ? command->arguments : "",
		command->summary);
	for (size_t i = 0; i < command->flag_count; i++) {
		const struct flag *flag = &command->flags[i];

		if (flags_has(command, flag))
			fprintf(stream, "%s\t%s\t%s\t%s\t%s\t%s\n", flag->name,
				flag->placeholder ? flag->placeholder : "",
				value_text(flag, flag->default_text), choices_text(flag, " "),
				flag->kind == FLAG_NAMES ? "list" : "", flag->help);
	}
}

int flags_parse(const struct flag_command *command, const struct flag_command *const *others,
	char **argv, struct flag_arguments *arguments, bool *given, struct complaint *why)
{
	const char *help = flags_help(argv);
	bool ended = false;
	int err = 0;

	why->text[0] = '\0';
	if (help)
		(strcmp(help, "table") == 0 ? print_table : print_help)(stdout, command);
	if (help)
		return 1;
	for (size_t i = 1; argv[0] && argv[i] && !err; i++) {
		const struct flag *flag;
		struct written written;

		if (!ended && strcmp(argv[i], "--") == 0) {
			ended = true;
		} else if (ended || !is_flag(argv[i], &written)) {
			err = add_argument(command, others, arguments, argv[i], why);
		} else {
			flag = find(command, written.name, written.length);
			if (!flag)
				return fail_unknown(command, others, &written, why);
			if (!written.value)
				written.value = flag->kind == FLAG_BOOLEAN ? "true" : argv[++i];
			if (!written.value)
				return fail_missing(flag, why);
			if (given)
				given[flag - command->flags] = true;
			err = set[flag->kind](flag, written.value, why);
		}
	}
	return err;
}
