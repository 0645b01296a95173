/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The range of examples/cpp, on a ring that needs no privileges.
 */
#include <cstdio>
#include <sys/eventfd.h>
#include <unistd.h>

#include "records.hpp"

namespace
{

constexpr size_t ring_size = 4096;

/* No record lies across its end. */
alignas(8) unsigned char data[2 * ring_size];

struct ring {
	uint64_t consumer = 0, producer = 0;
	const int notify_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	ringview *reader = nullptr;

	ring()
	{
		const ringview_memory memory = { &consumer, &producer, data, ring_size, notify_fd };

		if (ringview_open_memory(&reader, &memory, nullptr) != 0)
			std::printf("# the ring cannot be opened\n");
	}
	~ring()
	{
		ringview_close(reader);
		close(notify_fd);
	}
	/* As a producer does, with a header that says so many bytes. */
	void put(uint64_t value, uint32_t length)
	{
		const uint64_t header = length;

		memcpy(data + producer, &header, sizeof(header));
		memcpy(data + producer + sizeof(header), &value, sizeof(value));
		producer += sizeof(header) + sizeof(value);
	}
};

uint64_t value_of(const ringview_record &record)
{
	return *static_cast<const uint64_t *>(record.data);
}

/* Each in its turn; then it waits, which gives them back, until it is interrupted. */
bool shows_all_until_it_is_interrupted()
{
	ring r;
	uint64_t shown = 0;

	for (uint64_t i = 1; i <= 3; i++)
		r.put(i, sizeof(i));
	for (const ringview_record &record : records{ r.reader }) {
		if (value_of(record) != ++shown || record.length != sizeof(shown))
			return false;
		if (shown == 3)
			ringview_interrupt(r.reader);
	}
	return shown == 3 && r.consumer == r.producer;
}

/* Where a loop was left, the next goes on. */
bool goes_on_after_a_break()
{
	ring r;
	uint64_t shown = 0;

	for (uint64_t i = 1; i <= 2; i++)
		r.put(i, sizeof(i));
	for (const ringview_record &record : records{ r.reader }) {
		shown = value_of(record);
		break;
	}
	if (shown != 1)
		return false;
	for (const ringview_record &record : records{ r.reader }) {
		shown = value_of(record);
		break;
	}
	return shown == 2;
}

/* What is sound is shown, what is behind it is not. */
bool throws_what_is_wrong_with_the_ring()
{
	ring r;
	uint64_t shown = 0;

	r.put(1, sizeof(shown));
	r.put(2, 2 * ring_size);
	try {
		for (const ringview_record &record : records{ r.reader })
			shown += value_of(record);
	} catch (const std::system_error &error) {
		return shown == 1 && error.code() == std::errc::bad_message;
	}
	return false;
}

} // namespace

int main()
{
	const struct {
		const char *name;
		bool (*run)();
	} tests[] = {
		{ "shows_all_until_it_is_interrupted", shows_all_until_it_is_interrupted },
		{ "goes_on_after_a_break", goes_on_after_a_break },
		{ "throws_what_is_wrong_with_the_ring", throws_what_is_wrong_with_the_ring },
	};
	int number = 0, failed = 0;

	std::printf("1..3\n");
	for (const auto &test : tests) {
		const bool passed = test.run();

		std::printf("%s %d - %s\n", passed ? "ok" : "not ok", ++number, test.name);
		failed += !passed;
	}
	return failed;
}
