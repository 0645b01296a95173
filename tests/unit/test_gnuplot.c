/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report and its gnuplot, in place of which a script runs here.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "report/gnuplot.h"

#define HOUR_NS (3600 * INT64_C(1000000000))

static char folder[64], program[96];

static int begin(void **state)
{
	char path[256];

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_gnuplot.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(program, sizeof(program), "%s/gnuplot", folder);
	snprintf(path, sizeof(path), "%s:/bin:/usr/bin", folder);
	return setenv("PATH", path, 1);
}

static int end(void **state)
{
	(void)state;
	unlink(program);
	return rmdir(folder);
}

static void script(const char *text)
{
	FILE *file = fopen(program, "w");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n", text);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(program, 0700), 0);
}

static void what_it_draws_is_returned(void **state)
{
	struct complaint why;
	char *drawn;

	(void)state;
	script("PATH=/bin:/usr/bin cat");
	assert_int_equal(gnuplot_run("plot", 4, HOUR_NS, &drawn, &why), 0);
	assert_string_equal(drawn, "plot");
	free(drawn);
}

static void what_it_says_is_told(void **state)
{
	struct complaint why;
	char *drawn;

	(void)state;
	script("echo no font >&2; exit 1");
	assert_int_equal(gnuplot_run("plot", 4, HOUR_NS, &drawn, &why), -EIO);
	assert_string_equal(why.text, "gnuplot cannot draw a plot: no font");
	assert_null(drawn);
}

static void one_that_hangs_is_ended(void **state)
{
	struct complaint why;
	char *drawn;

	(void)state;
	script("while :; do :; done");
	assert_int_equal(gnuplot_run("plot", 4, 1000000, &drawn, &why), -ETIMEDOUT);
	assert_non_null(strstr(why.text, "gnuplot was not done with a plot in "));
	assert_null(drawn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_it_draws_is_returned, begin, end),
		cmocka_unit_test_setup_teardown(what_it_says_is_told, begin, end),
		cmocka_unit_test_setup_teardown(one_that_hangs_is_ended, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
