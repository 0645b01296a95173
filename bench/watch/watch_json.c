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

static json_t *identity(const struct watch_report *report)
{
	char when[32] = "";
	struct tm utc;

	if (gmtime_r(&report->time, &utc))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	return json_pack("{s:s, s:I, s:s, s:I}", "time", when, "map", (json_int_t)report->id,
		"name", report->name, "size", (json_int_t)report->size);
}

static json_t *holders(const struct watch_report *report)
{
	const struct holders *h = report->holders;

	return json_pack("{s:o, s:I, s:b, s:o, s:I, s:b}", "processes",
		list_of(h->processes, h->process_count, "pid"), "process_count",
		(json_int_t)h->process_count, "processes_hidden", h->processes_hidden, "programs",
		list_of(h->programs, h->program_count, "id"), "program_count",
		(json_int_t)h->program_count, "programs_hidden", h->programs_hidden);
}

static json_t *level(const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;
	const struct ring_sample *s = &f->sample;
	const bool sound = s->fault == FAULT_NONE || s->fault == FAULT_HEADER;
	char fault[RING_FAULT_SIZE];

	return json_pack("{s:o, s:o, s:o, s:o, s:s, s:o}", "producer_position",
		number_if(true, s->producer), "consumer_position", number_if(true, s->consumer),
		"waiting_bytes", number_if(sound, s->waiting), "fill", real_if(sound, f->fill),
		"head", ring_head_names[s->head], "impossible",
		s->fault ? json_string(ring_fault_text(s, report->size, fault, sizeof(fault)))
			 : json_null());
}

static json_t *course(const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;
	const struct ring_walk *walk = &f->walk;
	const bool walked = walk->known && f->sample.waiting > 0;

	return json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:b, s:I, "
			 "s:o, s:I, s:o}",
		"records_waiting",
		f->sample.fault          ? json_null()
		: f->sample.waiting == 0 ? json_integer(0)
					 : number_if(walked, walk->records),
		"records_waiting_is_all", f->sample.waiting == 0 || (walked && walk->all),
		"discarded_waiting", number_if(walked, walk->discarded), "written_bytes_per_s",
		json_value_real(f->written_per_s), "consumed_bytes_per_s",
		json_value_real(f->consumed_per_s), "written_records_per_s",
		json_value_real(f->records_per_s), "high_water_bytes", (json_int_t)f->high_water,
		"interval_high_water_bytes", (json_int_t)f->interval_high, "consumer_still_s",
		seconds(f->still_ns), "stalled_s", seconds(f->stalled_ns), "head_busy_s",
		seconds(f->busy_ns), "full_in_s",
		f->full_in_ns >= 0 ? seconds(f->full_in_ns) : json_null(), "full", f->full,
		"full_episodes", (json_int_t)f->full_episodes, "full_s", seconds(f->full_ns),
		"consumer_went_backwards", (json_int_t)f->moved_back, "sample_interval_s",
		seconds(report->sample_ns));
}

/* Takes the reference. 0 or -ENOMEM. */
static int write_line(FILE *out, json_t *object)
{
	int err;

	if (!object)
		return -ENOMEM;
	err = json_dumpf(object, out, JSON_REAL_PRECISION(9));
	fputc('\n', out);
	json_decref(object);
	return err && !ferror(out) ? -ENOMEM : 0;
}

int watch_write_json(FILE *out, const struct watch_report *report)
{
	json_t *object = json_value_joined(identity(report), level(report));

	object = json_value_joined(object, course(report));
	return write_line(out, json_value_joined(object, holders(report)));
}

int watch_write_list_json(FILE *out, const struct watch_report *report)
{
	json_t *object = json_value_joined(identity(report), level(report));

	return write_line(out, json_value_joined(object, holders(report)));
}
