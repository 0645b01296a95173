/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch on a ring whose every byte is hostile and changes during calls, and on names that may be
 * anything. It cannot write: its mapping is read-only, with inaccessible pages around it. All that it
 * says must be within the ring, and harmless to terminals and parsers.
 */
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "demand.h"
#include "hostile_ring.h"
#include "input.h"
#include "watch/peek.h"
#include "watch/watch_report.h"

#define SIZE ((size_t)4096)

static struct hostile_ring hostile;
static struct input input;
static struct ring ring;
static int64_t now;
static bool changes; /* the ring changes during calls */

/* Of the records visited in one call. */
static uint64_t visited, next_position;

/* Reserves a record as the kernel does, at whatever the producer position is. */
static void put(uint32_t length, uint32_t bits)
{
	const uint32_t words[] = { length | bits << 30, 3 };

	memcpy(hostile.bytes + *hostile.producer % SIZE / 8 * 8, words, sizeof(words));
	*hostile.producer += ring_stride(length);
}

static void change(void)
{
	const uint8_t what = take_byte(&input);
	const uint64_t offset = take(&input, 2) % SIZE & ~UINT64_C(7);
	uint32_t word;

	switch (what % 6) {
	case 0:
		*hostile.consumer = take(&input, what & 8 ? 8 : 2);
		break;
	case 1:
		*hostile.producer = take(&input, what & 8 ? 8 : 2);
		break;
	case 2:
		*hostile.producer += take(&input, 2) & ~UINT64_C(7);
		break;
	case 3:
		if (what & 8)
			*hostile.overwrite = take(&input, 2);
		else
			*hostile.consumer = *hostile.producer;
		break;
	case 4:
		word = (uint32_t)take(&input, 4);
		memcpy(hostile.bytes + offset, &word, sizeof(word));
		break;
	default:
		put(take_byte(&input), what >> 6);
	}
}

static const unsigned char *data_of(void *context, uint64_t offset, size_t length)
{
	(void)context;
	demand(offset < SIZE && length <= SIZE, "%zu bytes at %zu", length, (size_t)offset);
	if (changes && input.left > 0)
		change();
	if (changes && input.left > 0 && take_byte(&input) == 0)
		return NULL;
	return (const unsigned char *)hostile.memory.data + offset;
}

static void visit(void *context, const struct ring_record *record)
{
	(void)context;
	demand(visited == 0 || record->position == next_position, "a gap between two records");
	demand(ring_stride(record->length) < SIZE, "a record of %u B", record->length);
	next_position = record->position + ring_stride(record->length);
	demand(++visited <= SIZE / 8, "more records than the ring holds");
}

static void look(const struct ring_access *access)
{
	const struct ring_passing passing = { .visit = visit, .most = take_byte(&input) };
	struct ring_sample sample;

	now += (int64_t)take(&input, 4);
	ring_sample(&sample, access, now);
	demand(sample.waiting < SIZE && sample.head_stride <= sample.waiting, "more than there is");
	visited = 0;
	if (ring_model_add(&ring.model, &sample, access, &passing)) {
		visited = 0;
		ring_model_walk(&ring.model, ring_load_producer(access), access, &passing);
	}
}

static void search(const struct ring_access *access)
{
	struct ring_record records[64];
	const size_t most = take_byte(&input) % 65;
	const uint64_t producer = ring_load_producer(access);
	const uint64_t end = producer - take(&input, 2);
	const long found = ring_tail(access, end, producer, records, most);
	uint64_t position = end;

	demand(found >= 0 && (size_t)found <= most, "%ld of %zu records", found, most);
	for (long i = 0; i < found; i++) {
		demand(records[i].position + ring_stride(records[i].length) == position,
			"a gap between two records");
		position = records[i].position;
	}
	demand(producer - position < SIZE || found == 0, "records that are overwritten");
}

/* No control characters, and no line wider than @widest. */
static void check_text(const char *text, size_t widest)
{
	size_t columns = 0;

	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;

		demand(c == '\n' || (c >= ' ' && c != 0x7f), "byte %d", c);
		columns = c == '\n' ? 0 : columns + ((c & 0xc0) != 0x80);
		demand(columns <= widest, "a line of %zu columns", columns);
	}
}

static void check_json(const char *text)
{
	json_error_t error;
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	demand(object, "JSON: %s in %s", error.text, text);
	json_decref(object);
}

/* NAME{LABEL="VALUE",...} NUMBER. A value may have braces and blanks, but no quotes. */
static void check_metrics(const char *text)
{
	for (; *text; text = strchr(text, '\n') + 1) {
		const char *end = strchr(text, '\n'), *open = strchr(text, '{');
		size_t quotes = 0;

		if (*text == '#')
			continue;
		while (end > text && *end != ' ')
			end--;
		demand(open && open < end && end[-1] == '}' && end[-2] == '"', "no metric: %s",
			text);
		for (const char *c = open; c < end; c++)
			quotes += *c == '"';
		demand(quotes == 6 || quotes == 8, "%zu quotes", quotes);
	}
}

static void check_figures(const struct ring_figures *f)
{
	demand(f->fill >= 0 && f->fill < 1 && f->interval_fill >= 0 && f->interval_fill < 1,
		"fill %g", f->fill);
	demand(f->no_room >= 0 && f->no_room <= 1, "no room in %g", f->no_room);
	demand(!(f->seen < 0) && !(f->seen > 1), "%g seen", f->seen);
	demand(!(f->discarded < 0) && !(f->discarded > 1), "%g discarded", f->discarded);
	demand(!(f->records_per_s < 0) && f->written_per_s >= 0, "a negative rate");
	demand(f->state >= STATE_BROKEN && f->state <= STATE_UNUSED, "state %d", f->state);
}

static void write_all_texts(void)
{
	static const struct watch_check check = { true, 0.5, 1, 1, true };
	static const struct watch_style style = { .interval_ns = 1000000000, .sample_ns = 1 };
	struct ring *rings[] = { &ring };
	struct watch_list list = { .rows = take_byte(&input) % 30, .with_unused = true };
	char *text = NULL;
	size_t size;

	for (int what = 0; what < 7; what++) {
		FILE *out = open_memstream(&text, &size);

		demand(out, "no memory");
		if (what == 0)
			watch_write_view(out, &ring, &style);
		else if (what == 1)
			watch_write_line(out, &ring, &style);
		else if (what == 2)
			watch_check_ring(out, &check, &ring);
		else if (what == 3)
			peek_write_bytes(out, hostile.bytes, take_byte(&input));
		else if (what == 4)
			list_arrange(&list, rings, 1), watch_write_list(out, &list, &style);
		else if (what == 5)
			watch_write_metrics(out, rings, 1);
		else
			watch_write_json(out, &ring, &style);
		fclose(out);
		check_text(text, what == 4 ? WATCH_COLUMNS : 4096);
		if (what == 5)
			check_metrics(text);
		if (what == 6)
			check_json(text);
		free(text);
	}
}

static void conclude(const struct ring_access *access)
{
	const uint8_t how = take_byte(&input);
	struct ring_waiting waiting;

	if (!ring.model.begun)
		return;
	waiting = ring_count_waiting(access, &ring.model.last, 1 + how);
	demand(waiting.records <= 1u + how && waiting.records <= SIZE / 8, "more than wait");
	ring_model_figures(&ring.model, &waiting, (enum ring_holding)(how % 4), &ring.figures);
	check_figures(&ring.figures);
	write_all_texts();
}

static void begin(void)
{
	char name[20] = "";

	for (size_t i = 0; i < sizeof(name) - 1 && take_byte(&input) > 20; i++)
		name[i] = (char)take_byte(&input);
	memset(&ring, 0, sizeof(ring));
	ring.id = 1;
	ring.size = SIZE;
	ring.holders.process_count = ring.holders.program_count = take_byte(&input) % 20;
	for (size_t i = 0; i < HOLDERS_MAX; i++) {
		watch_name_set(ring.holders.processes[i].name, name);
		watch_name_set(ring.holders.programs[i].name, name);
	}
	watch_name_set(ring.name, name);
	ring_model_begin(&ring.model, SIZE);
	hostile_ring_clear(&hostile);
	now = 1;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct ring_access access;
	uint8_t kind;

	if (!hostile.bytes) {
		hostile_ring_open(&hostile, SIZE);
		demand(mprotect(hostile.memory.consumer, SIZE, PROT_READ) == 0, "no protection");
	}
	access = (struct ring_access){
		.consumer = hostile.memory.consumer,
		.producer = hostile.memory.producer,
		.size = SIZE,
		.data = data_of,
	};
	input = (struct input){ data, size };
	kind = take_byte(&input);
	changes = kind & 1;
	if (kind & 2)
		access.overwrite = hostile.memory.producer + 2;
	begin();
	while (input.left > 0)
		switch (take_byte(&input) % 5) {
		case 0:
			look(&access);
			break;
		case 1:
			conclude(&access);
			break;
		case 2:
			search(&access);
			break;
		default:
			change();
		}
	return 0;
}
