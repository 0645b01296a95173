/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header is C++ as well, and links with the library: -std=c++17 -Wall -Wextra -pedantic.
 */
#include <cstdio>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ringview/ringview.h"

namespace
{

int count_one(void *context, const void *, size_t)
{
	++*static_cast<int *>(context);
	return 0;
}

int complain(const char *what)
{
	std::printf("not ok 1 - %s\n", what);
	return 1;
}

/* No record is ever in it. */
alignas(8) unsigned char data[2 * 4096];

} // namespace

int main()
{
	ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	uint64_t consumer = 0, producer = 0;
	ringview_memory memory = { &consumer, &producer, data, 4096, -1 };
	ringview_limits limits = {};
	ringview_statistics statistics;
	ringview_record record;
	ringview *reader = nullptr;
	unsigned char buffer[8];
	size_t length;
	int calls = 0;

	std::printf("1..1\n");
	memory.notify_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (ringview_open_memory(&reader, &memory, &options) != 0)
		return complain("ringview_open_memory");
	if (ringview_peek(reader, &record) != 0)
		return complain("ringview_peek");
	if (ringview_read_into(reader, buffer, sizeof(buffer), &length) != 0)
		return complain("ringview_read_into");
	if (ringview_drain(reader, count_one, &calls, &limits) != 0 || calls != 0)
		return complain("ringview_drain");
	ringview_release(reader);
	ringview_cancel(reader);
	if (ringview_restart(reader) != 0)
		return complain("ringview_restart");
	ringview_get_statistics(reader, &statistics);
	if (statistics.records != 0)
		return complain("ringview_get_statistics");
	ringview_close(reader);
	close(memory.notify_fd);
	std::printf("ok 1 - the header is C++\n");
	return 0;
}
