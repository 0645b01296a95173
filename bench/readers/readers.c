/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "reader_list.h"
#include "readers/live_check.h"
#include "readers/peers.h"

#define ADDRESS(name, ...) &name##_reader,

/* Readers of tests. */
#ifndef FOR_EACH_MORE
#define FOR_EACH_MORE(X)
#endif

FOR_EACH_READER(READER_DECLARE)
FOR_EACH_LIMIT(READER_DECLARE)
FOR_EACH_MORE(READER_DECLARE)

const struct reader *readers[READERS_MAX + 1] = { FOR_EACH_READER(ADDRESS) FOR_EACH_RELEASE(ADDRESS)
		FOR_EACH_LIMIT(ADDRESS) FOR_EACH_MORE(ADDRESS) NULL };

const char *const live_wait_names[] = { "event", "paced", "busy", "libbpf-poll", "libbpf-spin",
	"libbpf-sleep", NULL };

const struct reader *reader_find(const char *name)
{
	for (size_t i = 0; readers[i]; i++)
		if (strcmp(readers[i]->name, name) == 0)
			return readers[i];
	return NULL;
}

bool reader_add(const struct reader *reader)
{
	size_t at = 0;

	if (readers[READERS_MAX - 1])
		return false;
	while (readers[at] && !readers[at]->limit)
		at++;
	memmove(&readers[at + 1], &readers[at], (READERS_MAX - at) * sizeof(readers[0]));
	readers[at] = reader;
	return true;
}

int live_check_wrong(struct live_check *c, const void *data, size_t length)
{
	const uint64_t id = length >= 8 ? *(const event_word *)data : 0;
	const uint64_t producer = id >> LIVE_SEQUENCE_BITS;
	const uint64_t sequence = id & ((UINT64_C(1) << LIVE_SEQUENCE_BITS) - 1);

	if (length >= sizeof(struct live_event) && producer < c->workload->producers &&
		sequence < c->streams[producer].next)
		return complain(c->why, -EBADMSG,
			"event %llu of producer %llu came after event %llu: twice, or out of order",
			(unsigned long long)sequence, (unsigned long long)producer,
			(unsigned long long)c->streams[producer].next - 1);
	return complain(c->why, -EBADMSG,
		"an event of %zu B is not as its producer wrote it (producer %llu, event %llu)",
		length, (unsigned long long)producer, (unsigned long long)sequence);
}

int reading_open(struct reading *r)
{
	int err;

	r->state = mmap(NULL, r->reader->state_size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (r->state == MAP_FAILED)
		return complain(&r->why, -errno, "out of memory");
	err = r->reader->open(r);
	if (err)
		reading_close(r);
	return err;
}

void reading_close(struct reading *r)
{
	r->reader->close(r);
	munmap(r->state, r->reader->state_size);
}

struct obstacle reader_obstacle(const struct reader *reader, const struct workload *workload)
{
	if (reader->needs_kernel && workload->source == SOURCE_MEMORY)
		return (struct obstacle){ reader->reads_perf ? "reads only buffers of the kernel"
							     : "reads only rings of the kernel",
			"leave out -source memory" };
	if (workload->overwrite && !reader->overwritten)
		return (struct obstacle){ "does not read rings that overwrite",
			"leave out -overwrite" };
	if (reader->orders && !workload->order)
		return (struct obstacle){ "reads in the order of timestamps", "add -order" };
	if (reader->itself && workload->rings > 1)
		return (struct obstacle){ "reads one ring", "leave out -rings" };
	if (reader->itself && workload->back_to_back > 0)
		return (struct obstacle){ "reads in a process of its own",
			"leave out -back-to-back" };
	return reader->obstacle ? reader->obstacle(workload) : (struct obstacle){ 0 };
}

const char *live_wait_name(enum live_wait wait)
{
	return wait == WAIT_OWN ? "own" : live_wait_names[wait];
}

/* The name of one of libbpf's waits implies the reader; a reader without a choice implies the wait.
 */
const char *combination_name(struct combination combination, char *text, size_t size)
{
	const char *reader = combination.reader->name, *wait = live_wait_name(combination.wait);

	if (combination.wait == WAIT_OWN)
		snprintf(text, size, "%s", reader);
	else if (combination.reader->by_wait)
		snprintf(text, size, "%s", wait);
	else
		snprintf(text, size, "%s/%s", reader, wait);
	return text;
}

size_t combination_find(const struct combination *combinations, size_t count, const char *name)
{
	char own[64];

	for (size_t i = 0; i < count && name; i++)
		if (strcmp(combinations[i].reader->name, name) == 0 ||
			strcmp(combination_name(combinations[i], own, sizeof(own)), name) == 0)
			return i;
	return SIZE_MAX;
}
