/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/flags.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

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
		if (strlen(names[i]) == length && memcmp(names[i], text, length) == 0)
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
static const char *format_amount(const struct flag *flag, uint64_t amount, char text[FORMAT_SIZE])
{
	if (flag->kind == FLAG_SIZE)
		return format_size(amount, text, FORMAT_SIZE);
	if (flag->kind == FLAG_DURATION)
		return format_duration((int64_t)amount, text, FORMAT_SIZE);
	snprintf(text, FORMAT_SIZE, "%" PRIu64 "%s", amount, flag->kind == FLAG_PERCENT ? "%" : "");
	return text;
}

/* The target's value; NULL if there is nothing to show. */
static const char *format_target(const struct flag *flag, char text[FORMAT_SIZE])
{
	switch (flag->kind) {
	case FLAG_COUNT:
	case FLAG_SIZE:
	case FLAG_DURATION:
		return format_amount(flag, *(const uint64_t *)flag->target, text);
	case FLAG_PERCENT:
		return format_percent(*(const double *)flag->target, text, FORMAT_SIZE);
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
	const char *found = flag->default_text ? flag->default_text : format_target(flag, text);

	return found ? found : "";
}

static const char *good_value(const struct flag *flag, char text[FORMAT_SIZE])
{
	return flag->example ? flag->example : format_target(flag, text);
}

const char *flags_choices(
	const struct flag *flag, const char *separator, char text[FLAGS_CHOICES_SIZE])
{
	const char *word = flag->words ? flag->words : "";
	size_t used = 0, length;

	text[0] = '\0';
	for (; *word && used < FLAGS_CHOICES_SIZE; word += length + (word[length] == ' ')) {
		length = strcspn(word, " ");
		used += (size_t)snprintf(text + used, FLAGS_CHOICES_SIZE - used, "%s%.*s",
			used ? separator : "", (int)length, word);
	}
	for (size_t i = 0; flag->choices && flag->choices[i] && used < FLAGS_CHOICES_SIZE; i++)
		used += (size_t)snprintf(text + used, FLAGS_CHOICES_SIZE - used, "%s%s",
			used ? separator : "", flag->choices[i]);
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
		flag->name, good_value(flag, minimal));
}

static int set_names(const struct flag *flag, const char *text, struct complaint *why)
{
	struct flag_names *names = flag->target;
	size_t length;

	*names = (struct flag_names){ 0 };
	do {
		int number;

		length = strcspn(text, ",");
		number = index_of(flag->choices, text, length);
		if (number >= 0) {
			flag_names_add(names, number);
			names->named |= UINT64_C(1) << number;
		} else if (length == 3 && memcmp(text, "all", 3) == 0) {
			for (number = 0; flag->choices[number]; number++)
				flag_names_add(names, number);
		} else if (flag->both && length == 4 && memcmp(text, "both", 4) == 0) {
			for (number = 0; flag->choices[number]; number++)
				if (*flag->both >> number & 1)
					flag_names_add(names, number);
			names->named |= *flag->both;
		} else {
			return fail_name(flag, text, length, why);
		}
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

static const struct flag *find(const struct flag_command *command, const char *name, size_t length)
{
	for (size_t i = 0; i < command->flag_count; i++)
		if (flags_has(command, &command->flags[i]) &&
			strlen(command->flags[i].name) == length &&
			memcmp(command->flags[i].name, name, length) == 0)
			return &command->flags[i];
	return NULL;
}

static int fail_unknown(const struct flag_command *command,
	const struct flag_command *const *others, const char *argument, struct complaint *why)
{
	const char *name = argument + (argument[1] == '-' ? 2 : 1), *nearest = NULL;
	const size_t length = strcspn(name, "=");
	char owners[96] = "";
	size_t used = 0;

	if (length == 0 || *name == '-')
		return complain(why, -EINVAL, "bad flag syntax \"%s\"; see %s -help",
			clip(argument, strlen(argument)).text, command->name);
	for (; others && *others && used < sizeof(owners); others++) {
		const char *last = strrchr((*others)->name, ' ');

		if (find(*others, name, length))
			used += (size_t)snprintf(owners + used, sizeof(owners) - used, "%s%s",
				used ? ", " : "", last ? last + 1 : "drain");
	}
	if (used > 0)
		return complain(why, -EINVAL, "-%s is a flag of %s; see %s -help",
			clip(name, length).text, owners, command->name);
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
	for (; others && *others; others++) {
		const char *name = strrchr((*others)->name, ' ');

		if (name && strcmp(name + 1, value) == 0)
			return complain(why, -EINVAL,
				"unexpected argument \"%s\"; a command comes first: %s", value,
				(*others)->name);
	}
	return complain(why, -EINVAL, "unexpected argument \"%s\"; see %s -help",
		clip(value, strlen(value)).text, command->name);
}

/* One pass over the arguments. */
struct walk {
	const struct flag_command *command;
	const struct flag_command *const *others;
	char **argv;
	struct flag_arguments *arguments;
	bool *given;
	bool store; /* else it only looks for help */
	struct complaint *why;
};

/* Handles the flag at argv[*@at] and moves *@at to its last argument. Returns 0, 1 for help, or
 * -EINVAL. */
static int take_flag(const struct walk *w, int *at)
{
	const char *name = w->argv[*at] + (w->argv[*at][1] == '-' ? 2 : 1), *value;
	const size_t length = strcspn(name, "=");
	const struct flag *flag = find(w->command, name, length);
	char scratch[FORMAT_SIZE];

	if ((length == 4 && memcmp(name, "help", 4) == 0) || (length == 1 && *name == 'h')) {
		(strcmp(name + length, "=table") == 0 ? flags_print_table : flags_print_help)(
			stdout, w->command);
		return 1;
	}
	if (!flag)
		return fail_unknown(w->command, w->others, w->argv[*at], w->why);
	if (name[length] == '=')
		value = name + length + 1;
	else if (flag->kind == FLAG_BOOLEAN)
		value = "true";
	else
		value = w->argv[++*at];
	if (!value) {
		const char *good = good_value(flag, scratch);

		return complain(w->why, -EINVAL, "-%s needs a value; give %s-%s %s", flag->name,
			good ? "for example " : "", flag->name, good ? good : flag->placeholder);
	}
	if (!w->store)
		return 0;
	if (w->given)
		w->given[flag - w->command->flags] = true;
	return set_flag(flag, value, w->why);
}

static int go(const struct walk *w)
{
	bool ended = false;
	int result = 0;

	for (int i = 1; w->argv[i] && result == 0; i++) {
		if (!ended && strcmp(w->argv[i], "--") == 0)
			ended = true;
		else if (!ended && w->argv[i][0] == '-' && w->argv[i][1])
			result = take_flag(w, &i);
		else if (w->store)
			result = add_argument(
				w->command, w->others, w->arguments, w->argv[i], w->why);
		if (!w->argv[i])
			break;
	}
	return result;
}

int flags_parse(const struct flag_command *command, const struct flag_command *const *others,
	int argc, char **argv, struct flag_arguments *arguments, bool *given, struct complaint *why)
{
	struct walk w = { command, others, argv, arguments, given, false, why };
	int result;

	why->text[0] = '\0';
	if (arguments)
		arguments->count = 0;
	/* First for help alone, so that it shows the defaults and not what was given. */
	result = argc > 0 ? go(&w) : 0;
	w.store = true;
	return result || argc == 0 ? result : go(&w);
}
