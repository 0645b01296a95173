/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "demand.h"
#include "reader.h"
#include "subject.h"

/* At most the records of a ring, and a few steps that show none. */
static uint64_t steps_of(const struct subject *s)
{
	return s->ring.size / 8 + 16;
}

static void go_past(struct subject *s, uint32_t length)
{
	s->last = s->position;
	s->position += hostile_stride(length);
}

/* Returns whether the producer position is possible. */
static bool is_possible(const struct subject *s)
{
	const uint64_t producer = *s->ring.producer;

	return producer % 8 == 0 && producer - s->published <= s->ring.size &&
	       (int64_t)(producer - s->position) >= 0;
}

/* Returns whether the reader is at a header that reaches beyond what it knows. */
static bool is_before_broken(const struct subject *s)
{
	uint32_t length;
	uint64_t position = s->position;

	while (s->rv) {
		switch (hostile_ring_look(
			&s->ring, position, reader_of(s->rv)->produced, &length)) {
		case HOSTILE_BROKEN:
			return true;
		case HOSTILE_DISCARDED:
			position += hostile_stride(length);
			break;
		default:
			return false;
		}
	}
	return false;
}

/* Records what a reader that polls now may find. */
static void note(struct subject *s)
{
	const uint64_t producer = *s->ring.producer;

	s->conflict = s->conflict || *s->ring.consumer != s->published;
	s->broken = s->broken || !is_possible(s) || is_before_broken(s);
	if (is_possible(s) && (int64_t)(producer - s->limit) > 0)
		s->limit = producer;
}

/* The reader moves the consumer position only forward, and only to what it released. */
static void settle_word(struct subject *s)
{
	const uint64_t word = *s->ring.consumer;

	if (word == s->word)
		return;
	demand(s->word == s->published, "the reader overwrites another's consumer position");
	demand(word - s->published <= s->rv->released - s->published,
		"%#" PRIx64 " was not released, or it goes back from %#" PRIx64, word,
		s->published);
	s->word = s->published = word;
}

/* The reader may have skipped discarded records, and no others. */
static void follow(struct subject *s)
{
	uint32_t length = 0;

	for (uint64_t steps = steps_of(s); s->position != reader_position(reader_of(s->rv));
		steps--) {
		demand(steps > 0 && hostile_ring_look(&s->ring, s->position, s->limit, &length) ==
					    HOSTILE_DISCARDED,
			"the walk is at %#" PRIx64 ", the reader at %#" PRIx64, s->position,
			reader_position(reader_of(s->rv)));
		go_past(s, length);
	}
}

void subject_settle(struct subject *s)
{
	if (!s->rv)
		return;
	settle_word(s);
	note(s);
	follow(s);
	note(s);
}

void subject_changed(struct subject *s)
{
	s->word = *s->ring.consumer;
	s->none = false;
	s->changes++;
	if (s->rv)
		note(s);
}

void subject_before(struct subject *s)
{
	s->changes = 0;
	note(s);
	ringview_get_statistics(s->rv, &s->before);
}

/* The work of this call is bounded by the ring, whatever it contains: what the reader knew of, a
 * full ring that came before, and another one per change. */
static void check_work(const struct subject *s)
{
	struct ringview_statistics now;
	int64_t skipped;

	ringview_get_statistics(s->rv, &now);
	/* Fewer than before if some were cancelled. */
	skipped = (int64_t)(now.discarded - s->before.discarded);
	demand(skipped <= (int64_t)((2 + s->changes) * steps_of(s)),
		"%" PRId64 " discarded records in a call", skipped);
}

void subject_after(struct subject *s)
{
	subject_settle(s);
	demand(s->rv->released - s->released <= s->position - s->released,
		"more is released than was shown");
	s->released = s->rv->released;
	s->none = false;
	check_work(s);
}

void subject_shows(struct subject *s, const void *data, size_t length)
{
	const unsigned char *at = s->ring.memory.data;
	uint32_t expected = 0;
	enum hostile_kind kind;

	settle_word(s);
	note(s);
	while ((kind = hostile_ring_look(&s->ring, s->position, s->limit, &expected)) ==
		HOSTILE_DISCARDED)
		go_past(s, expected);
	demand(kind == HOSTILE_RECORD, "a record is shown at %#" PRIx64 ", where the walk finds %d",
		s->position, kind);
	demand(length == expected, "%zu bytes are shown, the walk finds %u", length, expected);
	if (data) {
		at += s->position % s->ring.size + 8;
		demand(data == at, "the payload is shown where it is not");
		demand(at + length <= (const unsigned char *)s->ring.memory.data + 2 * s->ring.size,
			"the payload ends outside of the ring");
		if (length > 0) /* can be read */
			(void)*(const volatile unsigned char *)(at + length - 1);
	}
	go_past(s, expected);
	s->shown++;
}

/* Returns where the payload of the record at the walk's position is shown. */
static const unsigned char *payload_of(const struct subject *s)
{
	return (const unsigned char *)s->ring.memory.data + s->position % s->ring.size + 8;
}

void subject_shows_found(struct subject *s, const void *data, size_t length)
{
	const unsigned char *at = data;
	uint32_t skipped = 0;

	settle_word(s);
	note(s);
	/* What this call found follows discarded records. */
	for (uint64_t steps = steps_of(s); payload_of(s) != at; steps--) {
		demand(steps > 0 && hostile_ring_look(&s->ring, s->position, s->limit, &skipped) ==
					    HOSTILE_DISCARDED,
			"the payload is shown where it is not");
		go_past(s, skipped);
	}
	demand(hostile_stride((uint32_t)length) <= s->limit - s->position,
		"%zu bytes at %#" PRIx64 " are more than there are", length, s->position);
	if (length > 0) /* can be read */
		(void)*(const volatile unsigned char *)(at + length - 1);
	go_past(s, (uint32_t)length);
	s->shown++;
}

void subject_returned(struct subject *s, int result)
{
	if (s->error)
		demand(result == s->error || (result == -EBUSY && s->conflict),
			"%d, after the error %d", result, s->error);
	if (result == -EBADMSG)
		demand(s->broken, "nothing is impossible at %#" PRIx64, s->position);
	if (result == -EBUSY)
		demand(s->conflict, "there was no other consumer");
	demand(result >= 0 || result == -EBADMSG || result == -EBUSY, "%d is no result", result);
	if (result < 0)
		s->error = result;
}

/* The stored positions, from which the reader starts. */
static void start(struct subject *s)
{
	s->position = s->last = s->released = s->published = s->word = s->limit = *s->ring.consumer;
	s->conflict = s->broken = s->none = false;
	s->error = 0;
	note(s);
}

static bool can_start(const struct subject *s)
{
	const uint64_t consumer = *s->ring.consumer, producer = *s->ring.producer;

	return consumer % 8 == 0 && producer % 8 == 0 && producer - consumer <= s->ring.size;
}

void subject_close(struct subject *s)
{
	const struct ringview *rv = s->rv;
	uint64_t released;

	if (!rv)
		return;
	released = rv->released;
	ringview_close(s->rv);
	s->rv = NULL;
	s->in_group = false;
	demand(*s->ring.consumer == s->word ||
			(s->word == s->published && *s->ring.consumer == released),
		"closing leaves the consumer position at %#" PRIx64, *s->ring.consumer);
}

void subject_open(struct subject *s, const struct ringview_options *options)
{
	int err;

	subject_close(s);
	err = ringview_open_memory(&s->rv, &s->ring.memory, options);
	demand(err == (can_start(s) ? 0 : -EBADMSG), "opening returns %d", err);
	s->shown = 0;
	start(s);
}

void subject_restart(struct subject *s)
{
	int err = ringview_restart(s->rv);

	/* What is held back is released first. */
	settle_word(s);
	demand(err == (can_start(s) ? 0 : -EBADMSG), "restarting returns %d", err);
	start(s);
	s->error = err;
	s->broken = err != 0;
}

int subject_peek(struct subject *s)
{
	struct ringview_record record = { s, 12345 };
	const bool twice = s->none;
	uint32_t length;
	int found;

	subject_before(s);
	found = ringview_peek(s->rv, &record);
	if (found > 0)
		subject_shows(s, record.data, record.length);
	subject_after(s);
	subject_returned(s, found);
	demand(found > 0 || (record.data == s && record.length == 12345),
		"a record is filled without being shown");
	/* The first 0 may end a pass; the second one follows a poll. */
	if (found == 0 && twice && !s->in_group && is_possible(s))
		demand(hostile_ring_look(&s->ring, s->position, *s->ring.producer, &length) !=
				HOSTILE_RECORD,
			"there is a record at %#" PRIx64, s->position);
	s->none = found == 0;
	return found;
}

void subject_peek_all(struct subject *s)
{
	uint64_t steps = steps_of(s);

	while (subject_peek(s) > 0)
		demand(steps-- > 0, "the ring has no end");
}

/* What a release publishes. */
static uint64_t released_to(const struct subject *s)
{
	const struct reader *r = const_reader_of(s->rv);

	if (!r->holds || r->error || s->position - s->last > s->ring.size / 8)
		return s->position;
	return (int64_t)(s->last - s->published) > 0 ? s->last : s->published;
}

void subject_release(struct subject *s)
{
	const uint64_t expected = released_to(s);

	subject_before(s);
	ringview_release(s->rv);
	subject_after(s);
	demand(s->conflict || s->published == expected,
		"%#" PRIx64 " is published, and not %#" PRIx64, s->published, expected);
}

void subject_member_changed(struct subject *s)
{
	s->last = s->position;
}

void subject_sleeps(struct subject *s)
{
	settle_word(s);
	demand(s->conflict || *s->ring.consumer != s->published ||
			s->published == reader_position(const_reader_of(s->rv)),
		"something is held back in a sleep that needs a notification");
}

/* Returns whether the bytes there can be what was shown and counted: whole records, and not more of
 * them. */
static bool can_be_what_was_shown(const struct subject *s)
{
	struct ringview_statistics left = s->before;
	uint64_t position = s->released;
	uint32_t length = 0;

	while (position != s->position) {
		const enum hostile_kind kind =
			hostile_ring_look(&s->ring, position, s->position, &length);

		/* Committed records stay committed. */
		if (kind != HOSTILE_RECORD && kind != HOSTILE_DISCARDED)
			return false;
		if (kind == HOSTILE_RECORD ? left.records-- == 0 || left.bytes < length
					   : left.discarded-- == 0)
			return false;
		left.bytes -= kind == HOSTILE_RECORD ? length : 0;
		position += hostile_stride(length);
	}
	return true;
}

void subject_cancel(struct subject *s)
{
	const struct reader *r = reader_of(s->rv);
	const int error = r->error;
	bool right;

	subject_before(s);
	right = can_be_what_was_shown(s);
	ringview_cancel(s->rv);
	s->position = s->rv->released;
	s->last = s->published;
	subject_after(s);
	if (r->error == error)
		return;
	demand(r->error == -EBADMSG && !right, "cancelling finds an error where none is");
	s->error = r->error;
	s->broken = true;
}

void subject_read_into(struct subject *s, size_t capacity)
{
	static unsigned char buffer[1 << 14];
	unsigned char *to =
		buffer + sizeof(buffer) -
		capacity; /* on the heap: the sanitizer detects accesses beyond its end */
	size_t length = 54321;
	int result;

	subject_before(s);
	result = ringview_read_into(s->rv, to, capacity, &length);
	if (result == -EMSGSIZE) {
		/* It is still the next record. */
		const uint64_t position = reader_position(reader_of(s->rv));
		uint64_t last;

		settle_word(s);
		note(s);
		follow(s);
		last = s->last;
		subject_shows(s, NULL, length);
		demand(length > capacity, "%zu bytes have room in %zu", length, capacity);
		demand(s->position - hostile_stride((uint32_t)length) == position,
			"what did not fit is not the next record");
		s->position = position;
		s->last = last;
		s->shown--;
		subject_after(s);
		return;
	}
	if (result > 0) {
		uint64_t at;

		subject_shows(s, NULL, length);
		at = s->position - hostile_stride((uint32_t)length);
		demand(memcmp(to,
			       (const unsigned char *)s->ring.memory.data + at % s->ring.size + 8,
			       length) == 0,
			"the copy is another");
	} else {
		demand(length == 54321, "the length is of no record");
	}
	subject_after(s);
	subject_returned(s, result);
}

void subject_arm(struct subject *s)
{
	int found;

	subject_before(s);
	found = ringview_arm(s->rv);
	subject_after(s);
	subject_returned(s, found);
	if (found == 0)
		demand(s->conflict || s->published == s->position,
			"something is held back from the producers");
}
