/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/btf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/monotonic.h"
#include "watch/peek.h"
#include "watch/watch_report.h"

#define POLL_NS 5000000 /* while waiting for records */

#define BYTES_SHOWN 4096u
#define BYTES_COPIED ((size_t)1 << 20) /* of a record */

struct peek {
	FILE *out;
	const struct ring_access *ring;
	uint64_t consumer;
	struct btf *btf;
	struct btf_dump *dump; /* NULL: hexadecimal and text */
	FILE *typed;           /* where it writes */
	uint32_t type;
	unsigned char *copy;
	uint64_t gone; /* records that were overwritten before they were copied */
};

void peek_write_bytes(FILE *out, const unsigned char *data, size_t length)
{
	const size_t shown = length < BYTES_SHOWN ? length : BYTES_SHOWN;

	for (size_t line = 0; line < shown; line += 16) {
		const size_t end = line + 16 < shown ? line + 16 : shown;

		fprintf(out, "  %04zx ", line);
		for (size_t i = line; i < line + 16; i++)
			if (i < end)
				fprintf(out, " %02x", data[i]);
			else
				fputs("   ", out);
		fputs("  ", out);
		for (size_t i = line; i < end; i++)
			fputc(data[i] >= ' ' && data[i] <= '~' ? data[i] : '.', out);
		fputc('\n', out);
	}
	if (length > shown)
		fprintf(out, "  and %zu bytes more\n", length - shown);
}

__attribute__((format(printf, 2, 0))) static void write_typed(
	void *context, const char *format, va_list arguments)
{
	vfprintf(((struct peek *)context)->typed, format, arguments);
}

/* Writes "[ 'a', 'b', ]" at @text as "ab", and returns its length; 0 if it is something else. */
static size_t write_string(FILE *out, const char *text)
{
	char string[256];
	size_t at = 1, length = 0;

	for (;; at += 4) {
		at += strspn(text + at, " \t\n");
		if (text[at] != '\'' || length == sizeof(string) || !text[at + 1] ||
			strncmp(text + at + 2, "',", 2) != 0)
			break;
		string[length++] = text[at + 1];
	}
	if (text[at] != ']' || length == 0)
		return 0;
	fputc('"', out);
	fwrite(string, 1, length, out);
	fputc('"', out);
	return at + 1;
}

/* libbpf prints strings as arrays, a line for each character. Names and characters may be anything:
 * control characters become question marks. */
static void write_readable(FILE *out, const char *text)
{
	while (*text) {
		const size_t string = *text == '[' ? write_string(out, text) : 0;
		const bool plain = (*text >= ' ' && *text <= '~') || *text == '\n' || *text == '\t';

		if (string == 0)
			fputc(plain ? *text : '?', out);
		text += string ? string : 1;
	}
}

static int32_t find_type(const struct btf *btf, const char *name)
{
	static const uint32_t kinds[] = { BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_TYPEDEF,
		BTF_KIND_ENUM, BTF_KIND_INT };
	int32_t id = -ENOENT;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && id < 0; i++)
		id = btf__find_by_name_kind(btf, name, kinds[i]);
	return id;
}

/* "struct event" means event. */
static int open_type(
	struct peek *peek, const struct ring *ring, const char *type, struct complaint *why)
{
	const struct holders *h = &ring->holders;
	const char *space = strrchr(type, ' '), *name = space ? space + 1 : type;
	struct program program;
	int32_t id = -ENOENT;

	for (size_t i = 0; i <= h->program_count && i <= HOLDERS_MAX && id < 0; i++) {
		const bool last = i == h->program_count || i == HOLDERS_MAX;

		btf__free(peek->btf);
		peek->btf = last ? btf__load_vmlinux_btf()
			    : program_read(&program, h->programs[i].id) && program.btf_id
				    ? btf__load_from_kernel_by_id(program.btf_id)
				    : NULL;
		id = peek->btf ? find_type(peek->btf, name) : -ENOENT;
	}
	if (id < 0)
		return complain(why, -ENOENT,
			"neither the programs that use map %u nor the kernel have a type %s; "
			"bpftool btf dump prog id ID lists those of a program",
			ring->id, type);
	peek->type = (uint32_t)id;
	peek->dump = btf_dump__new(peek->btf, write_typed, peek, NULL);
	return peek->dump ? 0 : complain(why, -ENOMEM, "cannot print by type %s", type);
}

static void write_content(struct peek *peek, size_t copied)
{
	LIBBPF_OPTS(btf_dump_type_data_opts, options, .indent_str = "  ", .indent_level = 1);
	char *text = NULL;
	size_t size;
	int written;

	peek->typed = peek->dump ? open_memstream(&text, &size) : NULL;
	if (!peek->typed) {
		peek_write_bytes(peek->out, peek->copy, copied);
		return;
	}
	written = btf_dump__dump_type_data(peek->dump, peek->type, peek->copy, copied, &options);
	if (fclose(peek->typed) == 0)
		write_readable(peek->out, text);
	free(text);
	fputc('\n', peek->out);
	if (written == -E2BIG)
		fputs("  (the record is shorter than the type)\n", peek->out);
	else if (written < 0)
		fprintf(peek->out, "  (cannot be printed by the type: %s)\n", strerror(-written));
}

static void write_record(struct peek *peek, const struct ring_record *found)
{
	const size_t copied = found->length < BYTES_COPIED ? found->length : BYTES_COPIED;
	const unsigned char *data = peek->ring->data(
		peek->ring->context, found->position % peek->ring->size, copied + RING_HEADER);
	const bool waits = (int64_t)(found->position - peek->consumer) >= 0;
	struct ring_record now;

	if (!data || !ring_is_intact(peek->ring, found->position)) {
		peek->gone++;
		return;
	}
	/* It may have been submitted since it was found. */
	now = ring_record_load(data, found->position);
	if (!now.busy)
		memcpy(peek->copy, data + RING_HEADER, copied);
	fprintf(peek->out, "%s: %" PRIu32 " B, ", EXACT(found->position), found->length);
	if (!ring_is_intact(peek->ring, found->position)) {
		fputs("overwritten meanwhile\n", peek->out);
		return;
	}
	fprintf(peek->out, "%s, %s\n",
		now.busy        ? "reserved, not submitted"
		: now.discarded ? "discarded"
				: "submitted",
		waits ? "waits" : "consumed");
	if (!now.busy)
		write_content(peek, copied);
}

static uint64_t load_consumer(const struct ring_access *ring)
{
	struct ring_sample sample;

	ring_sample(&sample, ring, 0);
	return sample.oldest;
}

/* A circular buffer of the last records. */
struct newest {
	struct ring_record *records;
	uint64_t count, most;
};

static void keep(void *context, const struct ring_record *record)
{
	struct newest *newest = context;

	newest->records[newest->count++ % newest->most] = *record;
}

/* Keeps the records from walk->at on, until there are enough or the time is over. */
static void walk_on(struct peek *peek, struct ring_walk *walk, int64_t wait_ns)
{
	const struct newest *newest = walk->context;
	const int64_t end = monotonic_ns() + wait_ns;

	for (;;) {
		if (ring_walk(walk, peek->ring) == WALK_OVERTAKEN)
			walk->at = walk->end;
		if (newest->count >= newest->most || interrupted() || monotonic_ns() >= end)
			return;
		monotonic_sleep_until(monotonic_ns() + POLL_NS);
		walk->end = ring_load_producer(peek->ring);
	}
}

/* Writes the records that wait or pass meanwhile, and before them those that were consumed earlier,
 * which it searches for. */
static int write_records(struct peek *peek, uint64_t most, int64_t wait_ns, struct complaint *why)
{
	const uint64_t producer = ring_load_producer(peek->ring);
	const bool waits = producer - peek->consumer < peek->ring->size;
	struct newest newest = { calloc(most, sizeof(struct ring_record)), 0, most };
	struct ring_record *before = calloc(most, sizeof(*before));
	struct ring_walk walk = {
		.at = waits ? peek->consumer : producer,
		.end = producer,
		.past_busy = true,
		.visit = keep,
		.context = &newest,
	};
	const uint64_t boundary = walk.at;
	long found = -ENOMEM;

	if (newest.records && before) {
		walk_on(peek, &walk, wait_ns);
		found = newest.count >= most ? 0
					     : ring_tail(peek->ring, boundary, walk.end, before,
						       most - newest.count);
	}
	peek->consumer = load_consumer(peek->ring);
	for (long i = found - 1; i >= 0; i--)
		write_record(peek, &before[i]);
	for (uint64_t i = newest.count > most ? newest.count - most : 0;
		found >= 0 && i < newest.count; i++)
		write_record(peek, &newest.records[i % most]);
	if (found >= 0 && (uint64_t)found + newest.count < most)
		fprintf(peek->out,
			"%" PRIu64 " %s; earlier ones, if any, cannot be found with certainty.\n",
			(uint64_t)found + newest.count,
			(uint64_t)found + newest.count == 1 ? "record" : "records");
	if (peek->gone > 0)
		fprintf(peek->out, "%" PRIu64 " more were overwritten meanwhile.\n", peek->gone);
	free(newest.records);
	free(before);
	return found < 0 ? complain(why, (int)found, "out of memory") : 0;
}

int peek_write(FILE *out, struct ring *ring, uint64_t count, int64_t wait_ns, const char *type,
	struct complaint *why)
{
	struct peek peek = {
		.out = out,
		.ring = &ring->watched.access,
		.copy = malloc(BYTES_COPIED),
	};
	int err = 0;

	if (!peek.copy)
		return complain(why, -ENOMEM, "out of memory");
	if (type)
		err = open_type(&peek, ring, type, why);
	if (!err) {
		peek.consumer = load_consumer(peek.ring);
		err = write_records(&peek, count, wait_ns, why);
	}
	btf_dump__free(peek.dump);
	btf__free(peek.btf);
	free(peek.copy);
	return err;
}
