/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include "readers/found_peers.h"
#include "cli/settings.h"
#include "readers/peers.h"

int settings_check_ring(uint64_t ring, const char *example, struct complaint *why)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	char size[FORMAT_SIZE];

	if (ring >= page && ring <= (uint64_t)1 << 31 && (ring & (ring - 1)) == 0)
		return 0;
	return complain(why, -EINVAL,
		"-ring-size: %s is not a power of two from %llu B (a page) to 2GiB; give for "
		"example -ring-size %s",
		format_size(ring, size, sizeof(size)), (unsigned long long)page, example);
}

int settings_check_ring_holds(uint64_t ring, uint64_t event, struct complaint *why)
{
	char size[FORMAT_SIZE];

	if (event + RECORD_HEADER < ring)
		return 0;
	return complain(why, -EINVAL,
		"-ring-size: a ring of %s holds no event of %llu B; give a larger one",
		format_size(ring, size, sizeof(size)), (unsigned long long)event);
}

/* In the order written. Both for drain, all for sweep, unless others were chosen. */
static int choose_paths(struct settings *s, const struct typed *typed, struct complaint *why)
{
	struct flag_names names = typed->paths;
	struct complaint said;

	s->all_paths = names.count == 0 && typed->sweep;
	for (int i = 0; all_paths[i] && typed->paths.count == 0; i++)
		if (typed->sweep || all_paths[i] == &copy_path || all_paths[i] == &view_path ||
			found_peer_is_named(all_paths[i]->name))
			flag_names_add(&names, i);
	for (size_t i = 0; i < names.count; i++) {
		const struct path *path = all_paths[names.chosen[i]];
		const bool named = flag_names_has(&names, names.chosen[i]);

		s->all_paths |= !named && typed->paths.count > 0;
		if (named && path->program && peers_find(path->program, &said))
			return complain(why, -EINVAL, "-mode: %s", said.text);
		s->paths[s->path_count++] = path;
	}
	return 0;
}

static int choose_sizes(struct settings *s, struct complaint *why)
{
	int err = 0;

	if (s->event == EVENT_SKB_META && s->size_count > 0 &&
		s->sizes[0] != sizeof(struct skb_meta))
		return complain(why, -EINVAL,
			"-event-size: skb_meta events have %zu B; add -event sized for others",
			sizeof(struct skb_meta));
	if (s->size_count == 0) {
		s->sizes[0] = sizeof(struct skb_meta);
		s->size_count = 1;
	}
	for (size_t i = 0; i < s->size_count && !err; i++)
		err = settings_check_ring_holds(s->ring_size, s->sizes[i], why);
	return err;
}

int settings_conclude_drain(struct settings *s, const struct typed *typed, struct complaint *why)
{
	int err = settings_check_ring(s->ring_size, "512MiB", why);

	s->plan.rounds = s->rounds;
	for (size_t i = 0; i < typed->touches.count; i++)
		s->touches[s->touch_count++] = (enum touch)typed->touches.chosen[i];
	if (s->touch_count == 0)
		s->touches[s->touch_count++] = TOUCH_FIELDS;
	if (!err)
		err = choose_paths(s, typed, why);
	if (!err)
		err = choose_sizes(s, why);
	if (err)
		return err;
	if (s->plan.precision == 0)
		return complain(why, -EINVAL,
			"-precision: an interval of width 0 is never reached; give for example "
			"-precision 1%%");
	for (size_t i = 0; i < s->path_count && s->source == SOURCE_MEMORY && !s->all_paths; i++)
		if (s->paths[i]->needs_map)
			return complain(why, -EINVAL,
				"-mode: %s reads only rings of the kernel; leave it out, or leave "
				"out -source memory",
				s->paths[i]->name);
	return 0;
}
