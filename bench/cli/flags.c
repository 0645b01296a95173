/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/flags.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/values.h"
#include "results/style.h"

#define CLIP 48 /* bytes of the user's text that a message repeats */

struct clipped {
	char text[CLIP + 4];
};

static struct clipped clip(const char *text, size_t length)
{
	struct clipped clipped;

	snprintf(clipped.text, sizeof(clipped.text), "%.*s%s", (int)(length > CLIP ? CLIP : length),
		text, length > CLIP ? "..." : "");
	return clipped;
}

static bool is_name(const char *written, size_t length, const char *name)
{
	return strlen(name) == length && memcmp(written, name, length) == 0;
}

/* Whether @written is an abbreviation of @name, or has one letter wrong, missing or too many, or two
 * swapped. */
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

static bool is_within(const struct flag *flag, double value)
{
	const double unit = flag->kind == FLAG_PERCENT ? 100 : 1;

	return value >= (double)flag->minimal / unit &&
	       (flag->maximal == 0 || value <= (double)flag->maximal / unit);
}

/* Parses one value, checks it against the limits and stores it. Returns false, and leaves the target
 * as it was, if the value is wrong. */
static bool set_value(const struct flag *flag, const char *text)
{
	uint64_t amount;
	int64_t duration;
	double share;
	int index;

	switch (flag->kind) {
	case FLAG_COUNT:
	case FLAG_SIZE:
		if ((flag->kind == FLAG_SIZE ? parse_size : parse_count)(text, &amount) ||
			!is_within(flag, (double)amount))
			return false;
		*(uint64_t *)flag->target = amount;
		return true;
	case FLAG_DURATION:
		if (parse_duration(text, &duration) || !is_within(flag, (double)duration))
			return false;
		*(int64_t *)flag->target = duration;
		return true;
	case FLAG_PERCENT:
		if (parse_percent(text, &share) || !is_within(flag, share))
			return false;
		*(double *)flag->target = share;
		return true;
	case FLAG_STRING:
		if (text[0])
			*(const char **)flag->target = text;
		return text[0];
	case FLAG_CHOICE:
		index = index_of(flag->choices, text, strlen(text));
		if (index >= 0)
			*(int *)flag->target = index;
		return index >= 0;
	default: /* a boolean */
		if (!text[0] || !strstr(" 1 t true 0 f false ", text))
			return false;
		*(bool *)flag->target = text[0] == '1' || text[0] == 't';
		return true;
	}
}

/* A limit, or the target's value, in the notation of the flag. */
static const char *format_amount(const struct flag *flag, uint64_t amount, char *text)
{
	if (flag->kind == FLAG_SIZE)
		return format_size(amount, text, FORMAT_SIZE);
	if (flag->kind == FLAG_DURATION)
		return format_duration((int64_t)amount, text, FORMAT_SIZE);
	snprintf(text, FORMAT_SIZE, "%" PRIu64 "%s", amount, flag->kind == FLAG_PERCENT ? "%" : "");
	return text;
}

/* @text, or the target's value; NULL if there is nothing to show. */
static const char *text_or_target(
	const struct flag *flag, const char *text, char scratch[FORMAT_SIZE])
{
	if (text)
		return text;
	switch (flag->kind) {
	case FLAG_COUNT:
	case FLAG_SIZE:
	case FLAG_DURATION:
		return format_amount(flag, *(const uint64_t *)flag->target, scratch);
	case FLAG_PERCENT:
		return format_percent(*(const double *)flag->target, scratch, FORMAT_SIZE);
	case FLAG_STRING:
		return *(const char *const *)flag->target;
	case FLAG_CHOICE:
		return *(const int *)flag->target < 0 ? NULL
						      : flag->choices[*(const int *)flag->target];
	default:
		return NULL;
	}
}

const char *flags_default(const struct flag *flag, char text[FORMAT_SIZE])
{
	const char *found = text_or_target(flag, flag->default_text, text);

	return found ? found : "";
}

const char *flags_choices(
	const struct flag *flag, const char *separator, char text[FLAGS_CHOICES_SIZE])
{
	struct style_text all = { .text = text, .size = FLAGS_CHOICES_SIZE };
	const char *word = flag->words ? flag->words : "";

	text[0] = '\0';
	for (size_t length; (length = strcspn(word, " ")) > 0; word += strspn(word, " ")) {
		style_append(&all, "%s%.*s", all.used ? separator : "", (int)length, word);
		word += length;
	}
	for (size_t i = 0; flag->choices && flag->choices[i]; i++)
		style_append(&all, "%s%s", all.used ? separator : "", flag->choices[i]);
	return text;
}

static int fail_name(
	const struct flag *flag, const char *name, size_t length, struct complaint *why)
{
	const char *nearest = flags_nearest(name, length, flag->choices);
	char names[FLAGS_CHOICES_SIZE];

	if (nearest)
		return complain(why, -EINVAL, "-%s: unknown value \"%s\"; did you mean %s?",
			flag->name, clip(name, length).text, nearest);
	return complain(why, -EINVAL, "-%s: unknown value \"%s\"; give %s %s", flag->name,
		clip(name, length).text,
		flag->kind == FLAG_NAMES   ? "one or more of"
		: flag->choices[1] == NULL ? "the only value,"
					   : "one of",
		flags_choices(flag, ", ", names));
}

static int fail_value(const struct flag *flag, const char *value, struct complaint *why)
{
	static const char *const kinds[] = { "a count", "a size", "a duration", "a percentage" };
	char limits[2 * FORMAT_SIZE + 16] = "", minimal[FORMAT_SIZE], maximal[FORMAT_SIZE];

	if (flag->kind == FLAG_CHOICE)
		return fail_name(flag, value, strlen(value), why);
	if (flag->kind == FLAG_STRING)
		return complain(why, -EINVAL,
			"-%s: the value is empty; give a %s, or leave out -%s", flag->name,
			flag->placeholder, flag->name);
	if (flag->kind == FLAG_BOOLEAN)
		return complain(why, -EINVAL,
			"-%s: \"%s\" is not true or false; give -%s or -%s=false", flag->name,
			clip(value, strlen(value)).text, flag->name, flag->name);
	format_amount(flag, (uint64_t)flag->minimal, minimal);
	format_amount(flag, (uint64_t)flag->maximal, maximal);
	if (flag->maximal > 0)
		snprintf(limits, sizeof(limits), " from %s to %s", minimal, maximal);
	else if (flag->minimal > 0)
		snprintf(limits, sizeof(limits), " of at least %s", minimal);
	return complain(why, -EINVAL, "-%s: \"%s\" is not %s%s%s; give for example -%s %s",
		flag->name, clip(value, strlen(value)).text, kinds[flag->kind], limits,
		flag->kind == FLAG_COUNT && strpbrk(value, "mg") ? " (for mega write M, for giga G)"
								 : "",
		flag->name, text_or_target(flag, flag->example, minimal));
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

static int set_flag(const struct flag *flag, const char *text, struct complaint *why)
{
	struct complaint said = { "" };

	if (flag->kind == FLAG_NAMES)
		return set_names(flag, text, why);
	if (flag->kind != FLAG_CUSTOM)
		return set_value(flag, text) ? 0 : fail_value(flag, text, why);
	if (flag->parse(text, flag->target, &said) == 0)
		return 0;
	return complain(why, -EINVAL, "-%s: %s", flag->name, said.text);
}

/* The name in "-name", "--name" or "-name=value". */
static const char *name_in(const char *argument, size_t *length)
{
	const char *name = argument + 1 + (argument[1] == '-');

	*length = strcspn(name, "=");
	return name;
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
	const struct flag_command *const *others, const char *argument, struct complaint *why)
{
	size_t length;
	const char *name = name_in(argument, &length), *nearest = NULL;
	char text[96];
	struct style_text owners = { .text = text, .size = sizeof(text) };

	if (length == 0 || *name == '-')
		return complain(why, -EINVAL, "bad flag syntax \"%s\"; see %s -help",
			clip(argument, strlen(argument)).text, command->name);
	for (; others && *others; others++)
		if (find(*others, name, length))
			style_append(&owners, "%s%s", owners.used ? ", " : "",
				word_of(*others) ? word_of(*others) : "drain");
	if (owners.used > 0)
		return complain(why, -EINVAL, "-%s is a flag of %s; see %s -help",
			clip(name, length).text, text, command->name);
	if (is_similar(name, length, "help"))
		nearest = "help";
	for (size_t i = 0; i < command->flag_count && !nearest; i++)
		if (flags_has(command, &command->flags[i]) &&
			is_similar(name, length, command->flags[i].name))
			nearest = command->flags[i].name;
	if (nearest)
		return complain(why, -EINVAL, "unknown flag -%s; did you mean -%s?",
			clip(name, length).text, nearest);
	return complain(why, -EINVAL, "unknown flag -%s; see %s -help", clip(name, length).text,
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
	return complain(why, -EINVAL, "unexpected argument \"%s\"; see %s -help",
		clip(value, strlen(value)).text, command->name);
}

static bool is_flag(const char *argument)
{
	return argument[0] == '-' && argument[1];
}

const char *flags_value(char **argument, const char *name)
{
	size_t length;
	const char *written;

	if (!is_flag(argument[0]))
		return NULL;
	written = name_in(argument[0], &length);
	if (!is_name(written, length, name))
		return NULL;
	return written[length] ? written + length + 1 : argument[1];
}

const char *flags_help(char **argv)
{
	for (size_t i = 1; argv[0] && argv[i] && strcmp(argv[i], "--") != 0; i++) {
		size_t length;
		const char *name;

		if (!is_flag(argv[i]))
			continue;
		name = name_in(argv[i], &length);
		if (is_name(name, length, "help") || is_name(name, length, "h"))
			return name + length;
	}
	return NULL;
}

int flags_parse(const struct flag_command *command, const struct flag_command *const *others,
	char **argv, struct flag_arguments *arguments, bool *given, struct complaint *why)
{
	const char *help = flags_help(argv);
	bool ended = false;
	int err = 0;

	why->text[0] = '\0';
	if (help)
		(strcmp(help, "=table") == 0 ? flags_print_table : flags_print_help)(
			stdout, command);
	if (help)
		return 1;
	for (size_t i = 1; argv[0] && argv[i] && !err; i++) {
		const struct flag *flag;
		const char *name, *value;
		char scratch[FORMAT_SIZE];
		size_t length;

		if (ended || !is_flag(argv[i])) {
			err = add_argument(command, others, arguments, argv[i], why);
			continue;
		}
		ended = strcmp(argv[i], "--") == 0;
		if (ended)
			continue;
		name = name_in(argv[i], &length);
		flag = find(command, name, length);
		if (!flag)
			return fail_unknown(command, others, argv[i], why);
		value = name[length]                 ? name + length + 1
			: flag->kind == FLAG_BOOLEAN ? "true"
						     : argv[++i];
		if (!value) {
			value = text_or_target(flag, flag->example, scratch);
			return complain(why, -EINVAL, "-%s needs a value; give %s-%s %s",
				flag->name, value ? "for example " : "", flag->name,
				value ? value : flag->placeholder);
		}
		if (given)
			given[flag - command->flags] = true;
		err = set_flag(flag, value, why);
	}
	return err;
}
