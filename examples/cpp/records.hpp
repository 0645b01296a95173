/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A range of records: waits for more, and releases the previous ones when it waits. Ends after
 * ringview_interrupt(); throws std::system_error if the ring cannot be read.
 *
 *	for (const ringview_record &record : records{ reader })
 */
#ifndef EXAMPLE_RECORDS_HPP
#define EXAMPLE_RECORDS_HPP

#include <cstddef>
#include <ringview/ringview.h>
#include <system_error>

struct records {
	struct iterator {
		ringview *reader;
		ringview_record record;
		int found;

		iterator &operator++()
		{
			while ((found = ringview_peek(reader, &record)) == 0) {
				found = ringview_wait(reader, -1);
				if (found < 0 && found != -EINTR)
					break;
			}
			if (found < 0 && found != -ECANCELED)
				throw std::system_error(-found, std::generic_category());
			return *this;
		}
		const ringview_record &operator*() const
		{
			return record;
		}
		bool operator!=(std::nullptr_t) const
		{
			return found > 0;
		}
	};

	ringview *reader;

	iterator begin() const
	{
		return ++iterator{ reader, {}, 0 };
	}
	std::nullptr_t end() const
	{
		return nullptr;
	}
};

#endif
