/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values as people write them, and flags: what is accepted, and the line that everything else gets.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/flags.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define UNTOUCHED UINT64_C(0xfeedbeef)

/* A text, and what a parser makes of it. */
struct value {
	const char *text;
	int err;
	uint64_t value;
};

static void check(int (*parse)(const char *text, uint64_t *value), const struct value *values)
{
	for (; values->text; values++) {
		uint64_t value = UNTOUCHED;
		const int err = parse(values->text, &value);

		if (err != values->err || value != (err ? UNTOUCHED : values->value))
			fail_msg("\"%s\": %d, %llu", values->text, err, (unsigned long long)value);
	}
}

static void test_counts(void **state)
{
	static const struct value values[] = { { "0", 0, 0 }, { "500k", 0, 500000 },
		{ "500K", 0, 500000 }, { "1.5M", 0, 1500000 }, { "2G", 0, 2000000000 },
		{ "0.001k", 0, 1 }, { "1.500000000000000000000000k", 0, 1500 },
		{ "18446744073709551615", 0, UINT64_MAX }, { "18446744073709551616", -ERANGE, 0 },
		{ "18446744073709551615k", -ERANGE, 0 }, { "1.5", -EINVAL, 0 },
		{ "1.0001k", -EINVAL, 0 }, { "1.0000000000000000000001k", -EINVAL, 0 },
		{ "", -EINVAL, 0 }, { "k", -EINVAL, 0 }, { ".5k", -EINVAL, 0 },
		{ "5.k", -EINVAL, 0 }, { "-1", -EINVAL, 0 }, { "+1", -EINVAL, 0 },
		{ "1m", -EINVAL, 0 }, { "1 k", -EINVAL, 0 }, { " 1", -EINVAL, 0 },
		{ "1k ", -EINVAL, 0 }, { "0x10", -EINVAL, 0 }, { NULL, 0, 0 } };

	(void)state;
	check(parse_count, values);
}

static void test_sizes(void **state)
{
	static const struct value values[] = { { "80", 0, 80 }, { "80B", 0, 80 },
		{ "64KiB", 0, 65536 }, { "64k", 0, 65536 }, { "1.5MiB", 0, 3 << 19 },
		{ "1mib", 0, 1 << 20 }, { "1KB", 0, 1000 }, { "2gb", 0, 2000000000 },
		{ "16GiB", 0, UINT64_C(16) << 30 }, { "17179869184GiB", -ERANGE, 0 },
		{ "0.3KiB", -EINVAL, 0 }, { "1.5", -EINVAL, 0 }, { "KiB", -EINVAL, 0 },
		{ "1TiB", 0, UINT64_C(1) << 40 }, { "1tb", 0, UINT64_C(1000000000000) },
		{ "1PiB", -EINVAL, 0 }, { "1 KiB", -EINVAL, 0 }, { "1KiBs", -EINVAL, 0 },
		{ NULL, 0, 0 } };

	(void)state;
	check(parse_size, values);
}

static int parse_signed(const char *text, uint64_t *value)
{
	int64_t duration = (int64_t)UNTOUCHED;
	const int err = parse_duration(text, &duration);

	*value = (uint64_t)duration;
	return err;
}

static void test_durations(void **state)
{
	static const struct value values[] = { { "0", 0, 0 }, { "5ms", 0, 5000000 },
		{ "1.5s", 0, 1500000000 }, { "1h2m3s", 0, UINT64_C(3723000000000) },
		{ "2us", 0, 2000 }, { "2\xc2\xb5s", 0, 2000 }, { "2\xce\xbcs", 0, 2000 },
		{ "0.9999999999ns", 0, 0 }, { "1.23456789012345678901234567890s", 0, 1234567890 },
		{ "-3ns", -EINVAL, 0 }, { "9223372036854775807ns", 0, INT64_MAX },
		{ "9223372036854775808ns", -ERANGE, 0 }, { "9223372036854775807ns1ns", -ERANGE, 0 },
		{ "99999999999h", -ERANGE, 0 }, { "5", -EINVAL, 0 }, { "", -EINVAL, 0 },
		{ "-", -EINVAL, 0 }, { "ms", -EINVAL, 0 }, { "5 ms", -EINVAL, 0 },
		{ "5d", -EINVAL, 0 }, { "1s2", -EINVAL, 0 }, { "--1s", -EINVAL, 0 },
		{ NULL, 0, 0 } };

	(void)state;
	check(parse_signed, values);
}

static void test_percents(void **state)
{
	static const struct {
		const char *text;
		double fraction; /* negative: an error */
	} values[] = { { "1%", 0.01 }, { "0.5%", 0.005 }, { "150%", 1.5 }, { "7%", 0.07 },
		{ "0.02", 0.02 }, { "0", 0 }, { "1", -ERANGE },
		{ "99999999999999999999%", -ERANGE }, { "%", -EINVAL }, { "-1%", -EINVAL },
		{ "1 %", -EINVAL }, { "1%%", -EINVAL }, { "", -EINVAL } };

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		double fraction = -1;
		const int err = parse_percent(values[i].text, &fraction);

		assert_int_equal(err, values[i].fraction < 0 ? (int)values[i].fraction : 0);
		assert_true(err || fraction == values[i].fraction);
	}
}

static void test_formats(void **state)
{
	static const struct {
		int64_t ns;
		const char *exact, *rounded;
	} durations[] = { { 0, "0s", "0s" }, { 1, "1ns", "1ns" },
		{ 1500, "1.5\xc2\xb5s", "1.5\xc2\xb5s" }, { 33310123, "33.310123ms", "33.31ms" },
		{ 1234567890, "1.23456789s", "1.235s" }, { 60500000000, "1m0.5s", "1m0.5s" },
		{ INT64_C(3600000000000), "1h0m0s", "1h0m0s" },
		{ 999999, "999.999\xc2\xb5s", "1ms" },
		{ INT64_MAX, "2562047h47m16.854775807s", "2562047h47m17s" } };
	char text[FORMAT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(durations); i++) {
		assert_string_equal(
			format_duration(durations[i].ns, text, sizeof(text)), durations[i].exact);
		assert_string_equal(format_duration_short(durations[i].ns, text, sizeof(text)),
			durations[i].rounded);
	}
	assert_string_equal(format_size(80, text, sizeof(text)), "80B");
	assert_string_equal(format_size(64 << 20, text, sizeof(text)), "64MiB");
	assert_string_equal(format_size(1536, text, sizeof(text)), "1536B");
	assert_string_equal(format_size(UINT64_C(1) << 42, text, sizeof(text)), "4TiB");
	assert_string_equal(format_size(0, text, sizeof(text)), "0B");
	assert_string_equal(format_percent(0.0025, text, sizeof(text)), "0.25%");
}

/* Flags. */

static struct {
	uint64_t count, rounds, ring;
	int mode, only, parity;
	int64_t timeout;
	double tolerance;
	const char *output;
	bool force;
	struct flag_names names;
} t;

static const char *const modes[] = { "copy", "view", "batch", NULL };

static const char *const only[] = { "this", NULL };

static int parse_parity(const char *text, void *target, struct complaint *why)
{
	if (strcmp(text, "even") != 0 && strcmp(text, "odd") != 0)
		return complain(why, -EINVAL, "\"%s\" is no parity; give even or odd", text);
	*(int *)target = text[0] == 'e' ? 2 : 1;
	return 0;
}

static const uint64_t both = 3;

static const struct flag flags[] = {
	{ "n", 1, FLAG_COUNT, &t.count, "COUNT", .help = "records per round", .minimal = 1 },
	{ "rounds", 3, FLAG_COUNT, &t.rounds, "N", .help = "rounds of each path", .minimal = 3,
		.maximal = 64 },
	{ "ring", 1, FLAG_SIZE, &t.ring, "SIZE", .help = "size of the ring", .minimal = 4096,
		.maximal = 1 << 30 },
	{ "timeout", 1, FLAG_DURATION, &t.timeout, "TIME",
		.help = "how long to wait for a record before the round is given up as lost, for a "
			"source that may stop",
		.minimal = 2 },
	{ "tolerance", 1, FLAG_PERCENT, &t.tolerance, "PERCENT", .help = "what is not reported",
		.minimal = 0, .maximal = 7 },
	{ "output", 1, FLAG_STRING, &t.output, "FILE", .help = "where the results go" },
	{ "mode", 1, FLAG_CHOICE, &t.mode, "MODE", .help = "copy, view or batch",
		.choices = modes },
	{ "names", 1, FLAG_NAMES, &t.names, "NAMES", .help = "some", .choices = modes,
		.words = "both all", .both = &both },
	{ "only", 1, FLAG_CHOICE, &t.only, "NAME", .help = "one", .choices = only },
	{ "force", 1, FLAG_BOOLEAN, &t.force, NULL, .help = "overwrite the file" },
	{ "parity-of-the-record-numbers", 1, FLAG_CUSTOM, &t.parity, "PARITY",
		.default_text = "neither", .words = "even odd", .parse = parse_parity,
		.help = "even or odd" },
	{ "other", 2, FLAG_COUNT, &t.count, "COUNT", .help = "of the other command" },
};

static const struct flag_command command = { "program", "[OLD NEW]", "Measures.", 1, flags,
	COUNT(flags) };
static const struct flag_command other = { "program other", NULL, "Other.", 2, flags,
	COUNT(flags) };
static const struct flag_command *const all[] = { &command, &other, NULL };

static const char *values[2];
static struct flag_arguments arguments;
static struct complaint why;
static bool given[COUNT(flags)];

static int parse_words(const char *const *words)
{
	char *argv[32] = { (char *)(uintptr_t) "program" };
	int argc = 1;

	for (; words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	memset(&t, 0, sizeof(t));
	memset(given, 0, sizeof(given));
	t.count = 50000;
	t.rounds = 5;
	t.ring = 64 << 20;
	t.timeout = 2000000000;
	t.mode = 2;
	arguments = (struct flag_arguments){ .values = values, .capacity = 2 };
	return flags_parse(&command, all, argv, &arguments, given, &why);
}

#define PARSE(...) parse_words((const char *const[]){ __VA_ARGS__, NULL })

static void test_spellings(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-n", "1", "--ring=1MiB", "-rounds", "3", "-timeout=5ms",
				 "-tolerance", "1%", "-output", "-x", "-mode", "view", "-force"),
		0);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.ring, 1 << 20);
	assert_int_equal(t.rounds, 3);
	assert_int_equal(t.timeout, 5000000);
	assert_true(t.tolerance == 0.01);
	assert_string_equal(t.output, "-x");
	assert_int_equal(t.mode, 1);
	assert_true(t.force && given[0] && !given[7]);
	/* The last counts; what stands alone may be switched off. */
	assert_int_equal(PARSE("-n", "1", "-n", "2", "-force", "--force=false"), 0);
	assert_int_equal(t.count, 2);
	assert_false(t.force);
	assert_int_equal(PARSE("a", "-n", "3", "--", "-b"), 0);
	assert_int_equal(arguments.count, 2);
	assert_string_equal(values[1], "-b");
	assert_int_equal(PARSE("-"), 0);
	assert_string_equal(values[0], "-");
	assert_int_equal(flags_parse(&command, all, (char *[]){ NULL }, NULL, NULL, &why), 0);
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-names", "view,copy,view"), 0);
	assert_int_equal(t.names.count, 2);
	assert_int_equal(t.names.chosen[0], 1);
	assert_true(flag_names_has(&t.names, 0) && flag_names_has(&t.names, 1));
	assert_int_equal(PARSE("-names", "all,view"), 0);
	assert_int_equal(t.names.count, 3);
	assert_true(flag_names_has(&t.names, 1) && !flag_names_has(&t.names, 0));
	assert_int_equal(PARSE("-names", "both"), 0);
	assert_int_equal(t.names.count, 2);
	assert_int_equal(t.names.named, 3);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *words[4], *line;
	} refused[] = {
		{ { "-n", "0" },
			"-n: \"0\" is not a count of at least 1; give for example -n 50000" },
		{ { "-n=x" }, "-n: \"x\" is not a count of at least 1; give for example -n 50000" },
		{ { "-n" }, "-n needs a value; give for example -n 50000" },
		{ { "-rounds", "65" },
			"-rounds: \"65\" is not a count from 3 to 64; give for example -rounds 5" },
		{ { "-ring", "1" },
			"-ring: \"1\" is not a size from 4KiB to 1GiB; give for example "
			"-ring 64MiB" },
		{ { "-timeout", "-1s" },
			"-timeout: \"-1s\" is not a duration of at least 2ns; give for "
			"example -timeout 2s" },
		{ { "-tolerance", "8%" },
			"-tolerance: \"8%\" is not a percentage from 0% to 7%; give for "
			"example -tolerance 0%" },
		{ { "-mode", "vew" }, "-mode: unknown value \"vew\"; did you mean view?" },
		{ { "-mode", "fast" },
			"-mode: unknown value \"fast\"; give one of copy, view, batch" },
		{ { "-names", "copy,vie" }, "-names: unknown value \"vie\"; did you mean view?" },
		{ { "-names", "copy," },
			"-names: unknown value \"\"; give one or more of both, all, copy, view, batch" },
		{ { "-output", "" },
			"-output: the value is empty; give a FILE, or leave out -output" },
		{ { "-output" }, "-output needs a value; give -output FILE" },
		{ { "-only", "x" }, "-only: unknown value \"x\"; give the only value, this" },
		{ { "-force=maybe" },
			"-force: \"maybe\" is not true or false; give -force or -force=false" },
		{ { "-parity-of-the-record-numbers", "x" },
			"-parity-of-the-record-numbers: \"x\" is no parity; give even or odd" },
		{ { "-ronds", "3" }, "unknown flag -ronds; did you mean -rounds?" },
		{ { "-parity" },
			"unknown flag -parity; did you mean -parity-of-the-record-numbers?" },
		{ { "-hepl" }, "unknown flag -hepl; did you mean -help?" },
		{ { "-zzz=1" }, "unknown flag -zzz; see program -help" },
		{ { "-other", "1" }, "-other is a flag of other; see program -help" },
		{ { "---n", "1" }, "bad flag syntax \"---n\"; see program -help" },
		{ { "-=1" }, "bad flag syntax \"-=1\"; see program -help" },
		{ { "a", "b", "c" }, "unexpected argument \"c\"; see program -help" },
		{ { "a", "b", "other" },
			"unexpected argument \"other\"; a command comes first: program other" },
		/* What a terminal would obey. */
		{ { "-mode", "\x1b[2J\n" },
			"-mode: unknown value \"?[2J?\"; give one of copy, view, batch" },
		{ { "-mode", "\xff\xc3\xa9\xe2\x82" },
			"-mode: unknown value \"?\xc3\xa9??\"; give one of copy, view, batch" },
	};
	char long_text[200], line[64];

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(parse_words(refused[i].words), -EINVAL);
		assert_string_equal(why.text, refused[i].line);
	}
	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(PARSE("-n", long_text), -EINVAL);
	snprintf(line, sizeof(line), "-n: \"%.48s\"", long_text);
	assert_memory_equal(why.text, line, strlen(line));
}

/* What is printed to standard output meanwhile, to be freed. */
static char *printed(const char *word, int *result)
{
	FILE *file = tmpfile();
	const int saved = dup(STDOUT_FILENO);
	char *text = calloc(1, 8192);

	assert_non_null(file);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	*result = PARSE("-n", "7", word);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	assert_true(fread(text, 1, 8191, file) > 0);
	fclose(file);
	return text;
}

static void test_help(void **state)
{
	int result;
	char *text = printed("-h", &result);

	(void)state;
	assert_int_equal(result, 1);
	assert_non_null(strstr(text, "usage: program [flags] [OLD NEW]\n\nMeasures.\n\nflags:\n"));
	/* The default, not what was given; the other command's flag is not there. */
	assert_non_null(strstr(text, "  -n COUNT            records per round (default 50000)\n"));
	assert_null(strstr(text, "-other"));
	assert_non_null(strstr(text, "  -parity-of-the-record-numbers PARITY\n"
				     "                      even or odd (default neither)\n"));
	assert_non_null(strstr(text, "  -force              overwrite the file\n"));
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 80);
	free(text);
	text = printed("-help=table", &result);
	assert_int_equal(result, 1);
	assert_memory_equal(text,
		"program\t[OLD NEW]\tMeasures.\nn\tCOUNT\t50000\t\t\trecords per round\n", 60);
	assert_non_null(strstr(text, "\nnames\tNAMES\t\tboth all copy view batch\tlist\tsome\n"));
	assert_non_null(strstr(text, "\nforce\t\t\t\t\toverwrite the file\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_percents),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
