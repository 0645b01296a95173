/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers are written alike whatever the language is: German ones have a comma.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

static bool is_there(void)
{
	const bool found =
		setlocale(LC_ALL, "de_DE.UTF-8") && strcmp(localeconv()->decimal_point, ",") == 0;

	setlocale(LC_ALL, "C");
	return found;
}

/* Where the system has no German, it is made in the folder: LOCPATH shows it to libc. */
static int make_german(void **state)
{
	char command[600];

	if (folder_make(state) < 0)
		return -1;
	if (is_there())
		return 0;
	snprintf(command, sizeof(command), "localedef -i de_DE -f UTF-8 %s >/dev/null 2>&1",
		folder_path(state, "de_DE.UTF-8"));
	if (system(command) < 0)
		return -1;
	return setenv("LOCPATH", *state, 1);
}

/* What makes the program German. */
static const char *const *german(void)
{
	static const char *const environment[] = { "LC_ALL=de_DE.UTF-8", NULL };

	if (!is_there())
		skip_because("needs the locale de_DE.UTF-8, or localedef and its sources");
	return environment;
}

static void german_numbers_have_no_commas(void **state)
{
	struct outcome outcome = run_command(&(struct command){
		.arguments = ARGUMENTS(QUICK, "-n", "1000"), .environment = german() });

	(void)state;
	assert_done(&outcome);
	assert_matches(outcome.out, "^read-into \\(copy\\):     1000 events in "
				    "[0-9.]+(ns|\xc2\xb5s|ms|s) \\([0-9]+\\.[0-9]{2} Mevents/s\\), "
				    "checksum=[0-9]+$");
	outcome_free(&outcome);
}

static void german_csv_has_as_many_fields(void **state)
{
	struct outcome outcome =
		run_command(&(struct command){ .arguments = ARGUMENTS(QUICK, "-n", "1000", "-mode",
						       "copy", "-rounds", "2", "-format", "csv"),
			.environment = german() });

	(void)state;
	assert_done(&outcome);
	assert_int_equal(count_of(outcome.out, ","), 3 * 14);
	outcome_free(&outcome);
}

static void german_json_can_be_read(void **state)
{
	json_t *root = run_command_json(
		&(struct command){ .arguments = ARGUMENTS(QUICK, "-n", "1000", "-format", "json"),
			.environment = german() });

	(void)state;
	assert_true(real_in(result_of(root, 0), "mevents_per_s") > 0);
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(german_numbers_have_no_commas),
		cmocka_unit_test(german_csv_has_as_many_fields),
		cmocka_unit_test(german_json_can_be_read),
	};

	return exit_status(cmocka_run_group_tests(tests, make_german, folder_remove), COUNT(tests));
}
