/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks that several commands share.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/settings.h"

bool settings_names(const struct settings *settings, const struct reader *reader)
{
	for (int i = 0; settings_mode(i); i++)
		if (settings_mode(i) == reader)
			return flag_names_has(&settings->modes, i);
	return false;
}

int settings_check_rules(const struct rule *rules, struct complaint *why)
{
	for (; rules->line; rules++)
		if (rules->wrong)
			return complain(why, -EINVAL, "%s", rules->line);
	return 0;
}

int settings_check_named(const struct settings *settings, struct complaint *why)
{
	const struct reader *reader;
	struct complaint said;

	for (int i = 0; (reader = settings_mode(i)); i++)
		if (flag_names_has(&settings->modes, i) && reader->find &&
			reader->find(reader, &said))
			return complain(why, -EINVAL, "-mode: %s", said.text);
	return 0;
}

int settings_fail_obstacle(const char *flag, const struct reader *reader, struct obstacle obstacle,
	struct complaint *why)
{
	return complain(why, -EINVAL, "-%s: %s %s; leave it out, or %s", flag, reader->name,
		obstacle.reason, obstacle.remedy);
}

int settings_check_baseline(const struct settings *settings, bool takes_part,
	const char *const *names, struct complaint *why)
{
	const char *baseline = settings->baseline, *nearest;

	if (!baseline || takes_part)
		return 0;
	nearest = flags_nearest(baseline, strlen(baseline), names);
	if (nearest && strcmp(nearest, baseline) != 0)
		return complain(why, -EINVAL,
			"-baseline: unknown reader \"%.48s\"; did you mean %s?", baseline, nearest);
	return complain(why, -EINVAL,
		nearest ? "-baseline: \"%.48s\" is not measured; add it to -mode, or give a "
			  "reader that is"
			: "-baseline: unknown reader \"%.48s\"; give a reader that is measured",
		baseline);
}

int settings_check_ring(uint64_t ring, uint64_t event, const char *example, struct complaint *why)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	char size[FORMAT_SIZE], smallest[FORMAT_SIZE];

	format_size(ring, size, sizeof(size));
	if (ring < page || ring > (uint64_t)1 << 31 || (ring & (ring - 1)) != 0)
		return complain(why, -EINVAL,
			"-ring-size: %s is not a power of two from %s (a page) to 2GiB; give for "
			"example -ring-size %s",
			size, format_size(page, smallest, sizeof(smallest)), example);
	if (event + RECORD_HEADER >= ring)
		return complain(why, -EINVAL,
			"-ring-size: an event of %llu B does not fit into a ring of %s; give a "
			"larger one",
			(unsigned long long)event, size);
	return 0;
}
