/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"

int folder_make(void **state)
{
	char *path = strdup("/tmp/ringview-test.XXXXXX");

	*state = path;
	return path && mkdtemp(path) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(path);
}

int folder_remove(void **state)
{
	int err = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return err;
}

const char *folder_path(void **state, const char *name)
{
	static char paths[4][PATH_MAX];
	static size_t turn;
	char *path = paths[turn++ % 4];

	snprintf(path, PATH_MAX, "%s/%s", (const char *)*state, name);
	return path;
}

size_t folder_count(void **state)
{
	DIR *folder = opendir(*state);
	size_t count = 0;
	struct dirent *entry;

	assert_non_null(folder);
	while ((entry = readdir(folder)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	return count;
}

char *file_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		fail_msg("cannot read %s", path);
	if (getdelim(&text, &size, '\0', file) < 0 && !text)
		text = strdup("");
	fclose(file);
	return text;
}

void file_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}
