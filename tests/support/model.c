/* SPDX-License-Identifier: BSD-2-Clause */
#include <linux/bpf.h>
#include <string.h>

#include "model.h"
#include "pattern.h"

#define VERIFIED_WHOLE 256 /* bytes; longer payloads are compared only at both ends */

static struct model_record *record_of(struct model *m, uint64_t number)
{
	return &m->records[number % MODEL_RECORDS];
}

const struct model_record *model_record(const struct model *m, uint64_t number)
{
	return &m->records[number % MODEL_RECORDS];
}

uint64_t model_position(const struct model *m, uint64_t number)
{
	return number == m->reserved ? *m->ring->producer : model_record(m, number)->position;
}

uint32_t model_below(struct model *m, uint32_t limit)
{
	return random_below(&m->random, limit);
}

void model_start(struct model *m, struct memory_ring *ring, uint64_t position, uint64_t seed)
{
	*m = (struct model){ .ring = ring, .random = { seed } };
	*ring->consumer = *ring->producer = position;
}

static uint32_t some_length(struct model *m)
{
	const uint32_t most = (uint32_t)m->ring->size - 16;

	if (!m->manner.mixed || model_below(m, 4) > 0)
		return m->manner.length;
	if (model_below(m, 50) == 0)
		return model_below(m, most + 1);
	return model_below(m, model_below(m, 2) ? 40 : 300);
}

static const char *reserve(struct model *m)
{
	const uint32_t length = some_length(m);
	const uint64_t stride = ((uint64_t)length + 8 + 7) / 8 * 8;
	const uint64_t position = *m->ring->producer;
	const uint64_t used = position - model_position(m, m->published);
	unsigned char *payload = memory_ring_reserve(m->ring, length);
	struct model_record *record = record_of(m, m->reserved);

	if ((payload != NULL) != (used + stride <= m->ring->size - 1))
		return payload ? "a producer overwrites what was not released"
			       : "a producer gets no room although it was released";
	if (!payload)
		return NULL;
	*record = (struct model_record){ position, length, MODEL_RESERVED, payload };
	for (uint32_t i = 0; i < length; i++)
		payload[i] = pattern_byte(m->reserved, i);
	m->open[m->open_count++] = m->reserved++;
	return NULL;
}

static void commit(struct model *m)
{
	const size_t at = model_below(m, (uint32_t)m->open_count);
	struct model_record *record = record_of(m, m->open[at]);
	uint64_t flags = 0;

	m->open[at] = m->open[--m->open_count];
	if (model_below(m, 100) < m->manner.unnotified)
		flags = model_below(m, 4) ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP;
	if (model_below(m, 100) < m->manner.discarded) {
		record->state = MODEL_DISCARDED;
		memory_ring_discard(m->ring, record->payload, flags);
	} else {
		record->state = MODEL_SUBMITTED;
		memory_ring_submit(m->ring, record->payload, flags);
	}
}

const char *model_produce(struct model *m)
{
	if (m->open_count == 0 || (m->open_count < m->manner.open && model_below(m, 2)))
		return reserve(m);
	commit(m);
	return NULL;
}

bool model_is_payload(const struct model *m, const void *data, uint64_t number)
{
	const uint32_t length = model_record(m, number)->length;
	const unsigned char *bytes = data;

	for (uint32_t i = 0; i < length; i++) {
		if (bytes[i] != pattern_byte(number, i))
			return false;
		if (i == VERIFIED_WHOLE && length > 2 * VERIFIED_WHOLE)
			i = length - VERIFIED_WHOLE;
	}
	return true;
}

static bool find(struct model *m)
{
	for (;;) {
		enum model_state state;

		if (m->in_pass && (int64_t)(model_position(m, m->next) - m->pass_end) >= 0) {
			m->in_pass = false;
			return false;
		}
		if (m->next == m->known) {
			if (m->known == m->reserved)
				return false;
			m->known = m->reserved;
		}
		state = model_record(m, m->next)->state;
		if (state != MODEL_DISCARDED)
			return state == MODEL_SUBMITTED;
		m->last = m->next++;
		m->discarded++;
	}
}

bool model_seek(struct model *m)
{
	const bool all_released = m->next == m->released;
	const bool found = find(m);

	/* Discarded records that nobody would release. */
	if (!found && all_released && m->next != m->released)
		model_release(m);
	return found;
}

void model_show(struct model *m)
{
	m->shown++;
	m->bytes += model_record(m, m->next)->length;
	m->last = m->next++;
}

void model_restart(struct model *m)
{
	m->next = m->known = m->last = m->published = m->released;
	m->in_pass = false;
}

void model_begin_pass(struct model *m)
{
	const uint64_t eighth = m->ring->size / 8, most = eighth < 262144 ? eighth : 262144;
	const uint64_t start = model_position(m, m->next);
	const uint64_t found = model_position(m, m->known) - start;

	m->in_pass = true;
	m->pass_end = start + (found < most ? found : most);
}

void model_release(struct model *m)
{
	uint64_t published = m->next;

	if (m->holds &&
		model_position(m, m->next) - model_position(m, m->last) <= m->ring->size / 8)
		published = m->last;
	if (published > m->published)
		m->published = published;
	m->released = m->next;
}

void model_cancel(struct model *m)
{
	for (; m->next > m->released; m->next--) {
		const struct model_record *record = model_record(m, m->next - 1);

		if (record->state == MODEL_DISCARDED) {
			m->discarded--;
		} else {
			m->shown--;
			m->bytes -= record->length;
		}
	}
	m->last = m->published;
}

bool model_arm(struct model *m)
{
	uint64_t before;
	bool found;

	m->in_pass = false;
	do {
		model_release(m);
		m->published = m->released;
		before = m->next;
		found = model_seek(m);
	} while (!found && m->next != before);
	return found;
}

bool model_number_at(
	const struct model *m, uint64_t position, uint64_t first, uint64_t last, uint64_t *number)
{
	for (; first <= last; first++) {
		if (model_position(m, first) == position) {
			*number = first;
			return true;
		}
	}
	return false;
}

bool model_skip_to(struct model *m, uint64_t number)
{
	for (; m->next < number; m->next++) {
		if (model_record(m, m->next)->state != MODEL_DISCARDED)
			return false;
		m->last = m->next;
		m->discarded++;
	}
	return true;
}
