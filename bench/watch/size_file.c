/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/settings.h"
#include "results/amounts.h"
#include "watch/size_file.h"

int size_file_open(struct size_file *file, const char *path, struct complaint *why)
{
	*file = (struct size_file){ .out = fopen(path, "we"), .path = path };
	return file->out ? 0 : complain(why, -errno, "cannot write %s: %s", path, strerror(errno));
}

void size_file_add(void *context, const struct ring_record *record)
{
	struct size_file *file = context;

	if (record->discarded)
		return;
	fprintf(file->out, "%" PRIu32 "\n", record->length);
	file->count++;
}

int size_file_close(struct size_file *file, const struct ring_passed *passed, struct complaint *why)
{
	const bool failed = ferror(file->out);
	char count[AMOUNT_SIZE], share[AMOUNT_SIZE];

	if (fclose(file->out) || failed)
		return complain(why, -EIO, "cannot write %s: %s", file->path, strerror(errno));
	fprintf(stderr, PROGRAM ": %s sizes in %s", amount_exact(count, sizeof(count), file->count),
		file->path);
	if (passed->unseen > 0)
		fprintf(stderr,
			"; %s of the bytes were overwritten before they were seen: give a shorter "
			"-sample",
			amount_share(share, sizeof(share),
				(double)passed->unseen / (double)(passed->bytes + passed->unseen)));
	fputc('\n', stderr);
	return 0;
}
