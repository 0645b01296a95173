/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/flags.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define CLIP 48 /* bytes of a text of the user that are repeated in an error line */

#define LIMITS_SIZE (2 * FORMAT_SIZE + 16)

static bool is_continuation_byte(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* A text of the user, cut between two characters, so that there is room for the advice behind it.
 */
static const char *clip(const char *text, size_t length, char clipped[CLIP + 4])
{
	const bool cut = length > CLIP;

	length = cut ? CLIP : length;
	while (cut && length > 0 && is_continuation_byte(text[length]))
		length--;
	snprintf(clipped, CLIP + 4, "%.*s%s", (int)length, text, cut ? "..." : "");
	return clipped;
}

bool flags_has(const struct flag_command *command, const struct flag *flag)
{
	return flag->commands == 0 || command->bit == 0 || flag->commands & command->bit;
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
	return !is_limited(flag) ||
	       (value >= flag->minimal && (!has_maximal(flag) || value <= flag->maximal));
}

static bool is_share_within(const struct flag *flag, double share)
{
	/* Not share * 100, which is above 7 for 7%. */
	return !is_limited(flag) ||
	       (share >= (double)flag->minimal / 100 &&
		       (!has_maximal(flag) || share <= (double)flag->maximal / 100));
}

/* Limits end at INT64_MAX, and everything above compares with them as that does. */
static bool is_unsigned_within(const struct flag *flag, uint64_t value)
{
	return is_within(flag, value > INT64_MAX ? INT64_MAX : (int64_t)value);
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

/* Parses one value, checks it against the limits and stores it. False, and the target is as it was.
 */
static bool set_value(const struct flag *flag, const char *text)
{
	uint64_t amount;
	int64_t duration;
	double share;
	int integer;

	switch (flag->kind) {
	case FLAG_COUNT:
	case FLAG_SIZE:
		if ((flag->kind == FLAG_SIZE ? parse_size : parse_count)(text, &amount) ||
			!is_unsigned_within(flag, amount))
			return false;
		*(uint64_t *)flag->target = amount;
		return true;
	case FLAG_INTEGER:
		if (parse_integer(text, &integer) || !is_within(flag, integer))
			return false;
		*(int *)flag->target = integer;
		return true;
	case FLAG_DURATION:
		if (parse_duration(text, &duration) || !is_within(flag, duration))
			return false;
		*(int64_t *)flag->target = duration;
		return true;
	case FLAG_PERCENT:
		if (parse_percent(text, &share) || !is_share_within(flag, share))
			return false;
		*(double *)flag->target = share;
		return true;
	case FLAG_STRING:
		*(const char **)flag->target = text;
		return true;
	case FLAG_CHOICE:
		integer = index_of(flag->choices, text, strlen(text));
		if (integer < 0)
			return false;
		*(int *)flag->target = integer;
		return true;
	default: /* a boolean */
		if (!text[0] || !strstr(" 1 t true 0 f false ", text))
			return false;
		*(bool *)flag->target = text[0] == '1' || text[0] == 't';
		return true;
	}
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
		return string && *string ? string : NULL;
	case FLAG_CHOICE:
		return *(const int *)flag->target < 0 ? NULL
						      : flag->choices[*(const int *)flag->target];
	case FLAG_BOOLEAN:
		return *(const bool *)flag->target ? "true" : NULL;
	default:
		return NULL;
	}
}

const char *flags_default(const struct flag *flag, char text[FORMAT_SIZE])
{
	const char *found = flag->default_text ? flag->default_text : format_target(flag, text);

	return found ? found : "";
}

static const char *format_limit(const struct flag *flag, int64_t limit, char text[FORMAT_SIZE])
{
	if (flag->kind == FLAG_SIZE)
		return format_size((uint64_t)limit, text, FORMAT_SIZE);
	if (flag->kind == FLAG_DURATION)
		return format_duration(limit, text, FORMAT_SIZE);
	snprintf(text, FORMAT_SIZE, "%" PRId64 "%s", limit, flag->kind == FLAG_PERCENT ? "%" : "");
	return text;
}

/* A value that the flag would accept: the target's, if nothing wrong got there, or the minimal. */
static const char *good_value(const struct flag *flag, char text[FORMAT_SIZE])
{
	const char *target = format_target(flag, text);
	const bool numeric = flag->kind <= FLAG_PERCENT;
	int64_t value = 0;

	if (flag->example || !numeric)
		return flag->example ? flag->example : target;
	if (flag->kind == FLAG_INTEGER)
		value = *(const int *)flag->target;
	else if (flag->kind != FLAG_PERCENT)
		value = *(const int64_t *)flag->target;
	if (flag->kind == FLAG_PERCENT ? is_share_within(flag, *(const double *)flag->target)
				       : is_within(flag, value))
		return target;
	return format_limit(flag, flag->minimal, text);
}

/* " of at least 1", " from 1 to 64" or nothing, to follow the name of the kind. */
static const char *describe_limits(const struct flag *flag, char text[LIMITS_SIZE])
{
	char minimal[FORMAT_SIZE], maximal[FORMAT_SIZE];

	text[0] = '\0';
	if (is_limited(flag) && has_maximal(flag))
		snprintf(text, LIMITS_SIZE, " from %s to %s",
			format_limit(flag, flag->minimal, minimal),
			format_limit(flag, flag->maximal, maximal));
	else if (is_limited(flag))
		snprintf(text, LIMITS_SIZE, " of at least %s",
			format_limit(flag, flag->minimal, minimal));
	return text;
}

/* "all, or some of copy, view"; of a choice "one of run, syscall". */
static void names_with_commas(const struct flag *flag, char *text, size_t size)
{
	const bool list = flag->kind == FLAG_NAMES;
	size_t used = 0;

	for (const char *word = list && flag->words ? flag->words : ""; *word && used < size;
		word += strcspn(word, " "), word += *word == ' ')
		used += (size_t)snprintf(
			text + used, size - used, "%.*s, ", (int)strcspn(word, " "), word);
	if (used < size)
		used += (size_t)snprintf(text + used, size - used, "%s%s of ", used ? "or " : "",
			list ? "some" : "one");
	for (size_t i = 0; flag->choices[i] && used < size; i++)
		used += (size_t)snprintf(
			text + used, size - used, "%s%s", i ? ", " : "", flag->choices[i]);
}

static int fail_name(
	const struct flag *flag, const char *name, size_t length, struct complaint *why)
{
	const char *nearest = flags_nearest(name, length, flag->choices);
	char clipped[CLIP + 4], names[320];

	clip(name, length, clipped);
	if (nearest)
		return complain(why, -EINVAL, "-%s: unknown %s \"%s\"; did you mean %s?",
			flag->name, flag->kind == FLAG_NAMES ? flag->name : "value", clipped,
			nearest);
	names_with_commas(flag, names, sizeof(names));
	return complain(why, -EINVAL, "-%s: unknown %s \"%s\"; choose %s", flag->name,
		flag->kind == FLAG_NAMES ? flag->name : "value", clipped, names);
}

static int fail_value(const struct flag *flag, const char *value, struct complaint *why)
{
	static const char *const kinds[] = { "a count", "an integer", "a size", "a duration",
		"a percentage" };
	char limits[LIMITS_SIZE], clipped[CLIP + 4], scratch[FORMAT_SIZE];

	clip(value, strlen(value), clipped);
	if (flag->kind == FLAG_CHOICE)
		return fail_name(flag, value, strlen(value), why);
	if (flag->kind == FLAG_BOOLEAN)
		return complain(why, -EINVAL,
			"-%s: \"%s\" is not true or false; give -%s or -%s=false", flag->name,
			clipped, flag->name, flag->name);
	return complain(why, -EINVAL, "-%s: \"%s\" is not %s%s%s; give for example -%s %s",
		flag->name, clipped, kinds[flag->kind],
		flag->kind == FLAG_COUNT && strpbrk(value, "mg") ? " (mega is M, giga is G)" : "",
		describe_limits(flag, limits), flag->name, good_value(flag, scratch));
}

static int set_names(const struct flag *flag, const char *text, struct complaint *why)
{
	struct flag_names *names = flag->target;
	size_t length;

	*names = (struct flag_names){ 0 };
	do {
		char word[FLAGS_NAME_MOST + 1] = "";
		int number;

		length = strcspn(text, ",");
		number = index_of(flag->choices, text, length);
		if (length < sizeof(word))
			memcpy(word, text, length);
		if (number >= 0) {
			flag_names_add(names, number);
			names->named |= UINT64_C(1) << number;
		} else if (strcmp(word, "all") == 0) {
			for (number = 0; flag->choices[number]; number++)
				flag_names_add(names, number);
		} else if (!flag->several || !flag->several(word, names)) {
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

/* The commands that have the flag, with commas between; false: none has. */
static bool find_owners(const struct flag_command *const *others, const char *name, size_t length,
	char *owners, size_t size)
{
	size_t used = 0;

	owners[0] = '\0';
	for (; others && *others; others++) {
		const char *last = strrchr((*others)->name, ' ');

		if (find(*others, name, length) && used < size)
			used += (size_t)snprintf(owners + used, size - used, "%s%s",
				used ? ", " : "", last ? last + 1 : "drain");
	}
	return used > 0;
}

static int fail_unknown(const struct flag_command *command,
	const struct flag_command *const *others, const char *argument, struct complaint *why)
{
	const char *name = argument + (argument[1] == '-' ? 2 : 1), *nearest = NULL;
	const size_t length = strcspn(name, "=");
	char clipped[CLIP + 4], owners[96];
	size_t far = SIZE_MAX;

	if (length == 0 || *name == '-')
		return complain(why, -EINVAL, "bad flag syntax \"%s\"; see %s -help",
			clip(argument, strlen(argument), clipped), command->name);
	clip(name, length, clipped);
	if (find_owners(others, name, length, owners, sizeof(owners)))
		return complain(why, -EINVAL, "-%s is a flag of %s; see %s -help", clipped, owners,
			command->name);
	if (flags_is_nearer(name, length, "help", &far))
		nearest = "help";
	for (size_t i = 0; i < command->flag_count; i++)
		if (flags_has(command, &command->flags[i]) &&
			flags_is_nearer(name, length, command->flags[i].name, &far))
			nearest = command->flags[i].name;
	if (nearest)
		return complain(
			why, -EINVAL, "unknown flag -%s; did you mean -%s?", clipped, nearest);
	return complain(why, -EINVAL, "unknown flag -%s; see %s -help", clipped, command->name);
}

static int add_argument(const struct flag_command *command, struct flag_arguments *arguments,
	const char *value, struct complaint *why)
{
	char clipped[CLIP + 4];

	if (!arguments || arguments->count == arguments->capacity)
		return complain(why, -EINVAL, "unexpected argument \"%s\"; see %s -help",
			clip(value, strlen(value), clipped), command->name);
	arguments->values[arguments->count++] = value;
	return 0;
}

/* What a walk over the arguments knows. */
struct walk {
	const struct flag_command *command;
	const struct flag_command *const *others;
	char **argv;
	struct flag_arguments *arguments;
	bool *given;
	bool store; /* else it only looks for help */
	struct complaint *why;
};

/* The flag at argv[*@at], which moves to its last argument. 0, 1 for help, or -EINVAL. */
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

		return complain(w->why, -EINVAL, "-%s needs a value; %s%s%s %s", flag->name,
			good ? "give for example -" : "see ", good ? flag->name : w->command->name,
			good ? "" : " -help", good ? good : "");
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
			result = add_argument(w->command, w->arguments, w->argv[i], w->why);
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
