/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "results/json_values.h"
#include "watch/watch_report.h"

static json_t *seconds(int64_t ns)
{
	return json_value_real((double)ns / 1e9);
}

static json_t *number_if(bool known, uint64_t value)
{
	return known && value <= INT64_MAX ? json_integer((json_int_t)value) : json_null();
}

static json_t *real_if(bool known, double value)
{
	return known ? json_value_real(value) : json_null();
}

static json_t *list_of(const struct holder *list, size_t count, const char *id)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count && i < HOLDERS_MAX; i++)
		json_array_append_new(array,
			json_pack("{s:I, s:s}", id, (json_int_t)list[i].id, "name", list[i].name));
	return array;
}

static json_t *identity(const struct ring *ring, const struct watch_style *style)
{
	char when[32] = "";
	struct tm utc;

	if (gmtime_r(&style->time, &utc))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	return json_pack("{s:s, s:I, s:s, s:I, s:s}", "time", when, "map", (json_int_t)ring->id,
		"name", ring->name, "size", (json_int_t)ring->size, "state",
		ring_state_names[ring->figures.state]);
}

static json_t *holders(const struct ring *ring)
{
	const struct holders *h = &ring->holders;

	return json_pack("{s:o, s:I, s:b, s:o, s:I, s:b}", "processes",
		list_of(h->processes, h->process_count, "pid"), "process_count",
		(json_int_t)h->process_count, "processes_hidden", h->processes_hidden, "programs",
		list_of(h->programs, h->program_count, "id"), "program_count",
		(json_int_t)h->program_count, "programs_hidden", h->programs_hidden);
}

static json_t *level(const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;
	const struct ring_sample *s = &f->sample;
	const bool sound = s->fault == FAULT_NONE || s->fault == FAULT_HEADER;
	char fault[RING_FAULT_SIZE];

	return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:s, s:o}", "producer_position",
		number_if(true, s->producer), "consumer_position", number_if(true, s->consumer),
		"waiting_bytes", number_if(sound, s->waiting), "fill", real_if(sound, f->fill),
		"high_water_bytes", (json_int_t)f->high_water, "interval_high_water_bytes",
		(json_int_t)f->interval_high, "head", ring_head_names[s->head], "impossible",
		s->fault ? json_string(ring_fault_text(s, ring->size, fault, sizeof(fault)))
			 : json_null());
}

static json_t *records(const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;
	const struct ring_sizes *s = &ring->model.sizes;
	const struct ring_waiting *w = &f->waiting;
	const bool sized = s->count > 0;

	return json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"records_waiting", number_if(w->known, w->records), "records_waiting_is_all",
		w->known && w->all, "busy_waiting", number_if(w->known, w->busy),
		"discarded_waiting", number_if(w->known, w->discarded), "written_records_per_s",
		json_value_real(f->records_per_s), "seen_share", json_value_real(f->seen),
		"discarded_share", json_value_real(f->discarded), "record_bytes_average",
		json_value_real(f->average), "sizes_seen", number_if(true, s->count),
		"record_bytes_min", number_if(sized, s->min), "record_bytes_p50",
		number_if(sized, ring_sizes_quantile(s, 0.5)), "record_bytes_p99",
		number_if(sized, ring_sizes_quantile(s, 0.99)), "record_bytes_max",
		number_if(sized, s->max));
}

static json_t *losses(const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;
	const struct ring_accounts *a = &ring->model.accounts;

	return json_pack("{s:o, s:b, s:f, s:o, s:o, s:o, s:o, s:b}", "overwritten_position",
		number_if(f->overwrites, f->sample.oldest), "losing", f->losing, "no_room_share",
		f->no_room, "largest_record_stride", number_if(f->largest > 0, f->largest),
		"lost_records", number_if(a->known, a->lost), "lost_records_per_s",
		json_value_real(f->lost_per_s), "lost_by_program",
		a->known ? json_string(a->program) : json_null(), "lost_by_program_is_shared",
		a->known && a->shared);
}

static json_t *course(const struct ring *ring, const struct watch_style *style)
{
	const struct ring_figures *f = &ring->figures;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:I, s:o, s:I, s:o, s:o}",
		"written_bytes_per_s", json_value_real(f->written_per_s), "consumed_bytes_per_s",
		json_value_real(f->consumed_per_s), "consumer_still_s", seconds(f->still_ns),
		"stalled_s", seconds(f->stalled_ns), "head_busy_s", seconds(f->busy_ns),
		"full_in_s", f->full_in_ns >= 0 ? seconds(f->full_in_ns) : json_null(), "full",
		f->full, "full_episodes", (json_int_t)f->full_episodes, "full_s",
		seconds(f->full_ns), "consumer_went_backwards", (json_int_t)f->moved_back,
		"sample_interval_s", seconds(style->sample_ns), "interval_s",
		seconds(style->interval_ns));
}

int watch_write_json(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	json_t *object = json_value_joined(identity(ring, style), level(ring));
	int err;

	object = json_value_joined(object, records(ring));
	object = json_value_joined(object, losses(ring));
	object = json_value_joined(object, course(ring, style));
	object = json_value_joined(object, holders(ring));
	if (!object)
		return -ENOMEM;
	err = json_dumpf(object, out, JSON_REAL_PRECISION(9));
	fputc('\n', out);
	json_decref(object);
	return err && !ferror(out) ? -ENOMEM : 0;
}
