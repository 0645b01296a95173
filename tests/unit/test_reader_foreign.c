/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inline functions as functions of the library, which other languages call by name.
 */
#include <string.h>

#include "support/fixture.h"

/* As a program without the header declares them. */
int foreign_peek(struct ringview *rv, struct ringview_record *record) __asm__("ringview_peek");
void foreign_release(struct ringview *rv) __asm__("ringview_release");
int foreign_read_into(struct ringview *rv, void *buffer, size_t capacity, size_t *length) __asm__(
	"ringview_read_into");

static void peek_and_release_do_what_the_inline_ones_do(void **state)
{
	struct fixture *f = *state;
	struct ringview_record record;

	put_range(f, 0, 1, 24);
	assert_int_equal(foreign_peek(f->rv, &record), 1);
	assert_payload(record.data, 0, record.length);
	assert_int_equal(record.length, 24);
	assert_shows(f, 1, 24);
	assert_int_equal(foreign_peek(f->rv, &record), 0);
	assert_int_equal(consumer_position(f), 0);
	foreign_release(f->rv);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void read_into_does_what_the_inline_one_does(void **state)
{
	struct fixture *f = *state;
	unsigned char buffer[32];
	size_t length = 0;

	put(f, 7, 24);
	assert_int_equal(foreign_read_into(f->rv, buffer, 8, &length), -EMSGSIZE);
	assert_int_equal(length, 24);
	assert_int_equal(foreign_read_into(f->rv, buffer, sizeof(buffer), &length), 1);
	assert_payload(buffer, 7, 24);
	assert_int_equal(foreign_read_into(f->rv, buffer, sizeof(buffer), &length), 0);
}

static void many_records_are_shown_at_once(void **state)
{
	struct fixture *f = *state;
	struct ringview_record records[8];

	for (uint32_t i = 0; i < 20; i++)
		put(f, i, i * 3);
	for (uint32_t shown = 0; shown < 20;) {
		int count = ringview_peek_many(f->rv, records, COUNT(records));

		assert_int_equal(count, shown < 16 ? 8 : 4);
		for (int i = 0; i < count; i++, shown++) {
			assert_int_equal(records[i].length, shown * 3);
			assert_payload(records[i].data, shown, records[i].length);
		}
	}
	assert_int_equal(ringview_peek_many(f->rv, records, COUNT(records)), 0);
	assert_int_equal(ringview_peek_many(f->rv, records, 0), 0);
	assert_int_equal(consumer_position(f), 0);
}

static void many_records_before_an_error_are_shown(void **state)
{
	struct fixture *f = *state;
	struct ringview_record records[8];

	put_range(f, 0, 3, 24);
	set_header(f, 2 * stride_of(24), 4096);
	assert_int_equal(ringview_peek_many(f->rv, records, COUNT(records)), 2);
	assert_int_equal(ringview_peek_many(f->rv, records, COUNT(records)), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading_new_and_settled(peek_and_release_do_what_the_inline_ones_do),
		reading_new_and_settled(read_into_does_what_the_inline_one_does),
		reading_new_and_settled(many_records_are_shown_at_once),
		reading_new_and_settled(many_records_before_an_error_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
