/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drain: fills a ring, then measures how long reading it takes. sweep: the same for many event sizes.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "base/arena.h"
#include "base/process.h"
#include "commands/commands.h"
#include "measure/measure.h"
#include "results/style.h"

#define ROUND_BYTES (64 << 20) /* of records in a round: more than most caches hold */
#define ROUND_FILLS 16         /* in a round, of a ring that lies in a cache */

/* Some MiB, of which little is used. */
static struct measurement measurement;

/* Where a ring in a cache is written and read. */
static struct cache_place place = { -1, -1, false, NAN };

static struct counters counters;
static struct complaint no_counters; /* empty: there are counters */
static size_t workloads, workloads_done;

/* Finds where a ring in a cache is written and read, and pins this thread, which reads. */
static int prepare(struct call *call)
{
	const struct settings *s = &call->settings;
	int cpu = s->workload.consumer_cpu, err;

	if (settings_need_caches(s)) {
		place = cache_place_find(cpu);
		cpu = place.reader;
	}
	for (size_t i = 0; i < s->caches.count; i++)
		if (s->caches.chosen[i] == CACHES_OTHER && place.writer < 0)
			return complain(&call->why, -ENODEV,
				"-caches: other needs a second CPU, and this process may run on "
				"CPU %d only; leave out other",
				cpu);
	err = pin_thread(cpu);
	return err ? complain(&call->why, err, "cannot run on CPU %d: %s", cpu, strerror(-err)) : 0;
}

static void show_progress(void *context, size_t done, size_t expected)
{
	struct call *call = context;
	const double share = expected > 0 ? (double)done / (double)expected : 0;

	measuring_progress(call, ((double)workloads_done + share) / (double)workloads,
		"%zu reader%s, round %zu%s%s", call->settings.combination_count,
		call->settings.combination_count > 1 ? "s" : "", done + 1,
		TEXT_IF(expected > 0, " of %zu", expected),
		TEXT_IF(workloads > 1, ", workload %zu of %zu", workloads_done + 1, workloads));
}

/* Removes the readers of peers that failed in the last measurement, with their earlier results. */
static void drop_failed_peers(struct call *call)
{
	struct settings *s = &call->settings;
	size_t kept = 0;

	for (size_t i = 0; i < s->combination_count; i++)
		if (kept < measurement.count && combination_equal(s->combinations[i],
							measurement.samples[kept].combination))
			s->combinations[kept++] = s->combinations[i];
		else
			table_remove(&call->table, s->combinations[i].reader->name);
	s->combination_count = kept;
}

/* The name of a row in the Go format, without settings that have their default. */
static void name_row(struct row *row, const struct settings *settings)
{
	const size_t touch = strcspn(row->touch, ROW_CACHES);
	const double discard = settings->workload.discard;

	row->benchmark = text("BenchmarkRead/event=%s/size=%s/touch=%.*s/path=%s%s%s%s",
		event_names[settings->workload.event], row->size_text, (int)touch, row->touch,
		row->path, TEXT_IF(discard > 0, "/discard=%g", discard),
		row->touch[touch] ? "/caches=" : "",
		row->touch[touch] ? row->touch + touch + 1 : "");
}

static void complete(struct call *call, const json_t *runs)
{
	struct table *table = &call->table;

	(void)runs;
	for (size_t i = 0; i < table->row_count; i++)
		name_row(&table->rows[i], &call->settings);
	table->no_counters =
		json_string_value(json_object_get(table->more, "counters_unavailable"));
}

static void add_row(struct call *call, const struct samples *samples)
{
	const struct workload *workload = &measurement.workload;
	const struct counters_values *counted = &samples->counted;
	const struct reader *reader = samples->combination.reader;
	struct row *row = table_add_row(&call->table, reader->name, measurement.rounds);
	const bool cold = workload->caches == CACHES_COLD;
	double all = 0;

	row_set_size(row, workload->event_size, workload->mix);
	row->limit = reader->limit;
	row->baseline = reader->baseline > 0;
	row->checksum = text("%" PRIu64, samples->rounds[measurement.rounds - 1].checksum);
	row->touch = text("%s%s%s", touch_names[workload->touch], cold ? "" : ROW_CACHES,
		cold ? "" : caches_names[workload->caches]);
	name_row(row, &call->settings);
	for (size_t i = 0; i < measurement.rounds; i++) {
		const double ns = (double)samples->rounds[i].elapsed_ns;
		const double events = (double)samples->rounds[i].consumed;

		row_set(row, METRIC_ELAPSED_NS, i, ns);
		row_set(row, METRIC_CONSUMED, i, events);
		row_set(row, METRIC_NS, i, ns / events);
		all += events;
	}
	/* After an interrupt they have counted a part of a round, too. */
	if (counted->cycles == 0 || interrupted())
		return;
	row->scaled = counted->scaled;
	row->cells[METRIC_CYCLES].value = (double)counted->cycles / all;
	row->cells[METRIC_INSTRUCTIONS].value = (double)counted->instructions / all;
	if (counted->cache_misses >= 0)
		row->cells[METRIC_CACHE_MISSES].value = (double)counted->cache_misses / all;
}

static json_t *workload_json(const struct settings *s)
{
	const struct workload *workload = &measurement.workload;
	const bool cold = workload->caches == CACHES_COLD;
	json_t *object = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:o*}", "source",
		source_names[workload->source], "event", event_names[workload->event], "events",
		(json_int_t)workload->events, "ring_size", (json_int_t)workload->ring_size, "batch",
		(json_int_t)workload->batch, "read_timeout_ns",
		(json_int_t)workload->read_timeout_ns, "caches",
		cold && !CACHE_CAN_FLUSH ? "as left" : caches_names[workload->caches], "discard",
		workload->discard > 0 ? json_real(workload->discard) : NULL);

	if (settings_need_caches(s))
		json_object_update_new(
			object, json_pack("{s:i, s:i, s:b, s:o}", "reader_cpu", place.reader,
					"writer_cpu", place.writer, "same_core", place.same_core,
					"line_transfer_ns", json_value_real(place.line_ns)));
	return object;
}

/* Adds the measurement to the table. */
static void add_group(struct call *call)
{
	const struct settings *s = &call->settings;
	struct table *table = &call->table;

	json_decref(table->workload); /* the file has the settings of the last one */
	table->workload = workload_json(s);
	table_add_group(table, s->caches.count > 1 ? workload_json(s) : NULL);
	for (size_t i = 0; i < measurement.count + measurement.twin; i++)
		add_row(call, &measurement.samples[i]);
	table_end_group(table, measurement.reference, measurement.twin);
	if (measurement.own_memory > table->own_memory)
		table->own_memory = measurement.own_memory;
}

static int run_workload(struct call *call, size_t size, enum touch touch, enum caches caches)
{
	const struct settings *s = &call->settings;
	struct workload workload = s->workload;
	const struct request request = {
		.workload = &workload,
		.combinations = s->combinations,
		.count = s->combination_count,
		.baseline = s->baseline,
		.plan = s->plan,
		.counters = no_counters.text[0] ? NULL : &counters,
		.progress = show_progress,
		.progress_context = call,
		.peers = &call->peers,
	};
	int err;

	workload.event_size = (uint32_t)s->sizes[size];
	workload.mix = s->mixes[size];
	workload.caches = caches;
	workload.consumer_cpu = place.reader;
	workload.writer_cpu = place.writer;
	workload.ring_size = settings_ring_size(s, caches);
	workload.touch = touch;
	if (workload.events == 0)
		workload.events = (uint64_t)((double)(caches == CACHES_COLD
							      ? ROUND_BYTES
							      : ROUND_FILLS * workload.ring_size) /
					     workload_mean_stride(&workload));
	err = measure_drain(&request, &measurement, &call->why);
	drop_failed_peers(call);
	if (measurement.rounds > 0 && (!err || err == -EINTR))
		add_group(call);
	return err;
}

static int measure(struct call *call)
{
	const struct settings *s = &call->settings;
	int err = 0;

	if (counters_open(&counters, &no_counters))
		call->table.no_counters = no_counters.text;
	workloads = s->size_count * s->touches.count * s->caches.count;
	for (; workloads_done < workloads && s->combination_count > 0 && !err; workloads_done++) {
		const size_t i = workloads_done / s->size_count;

		err = run_workload(call, workloads_done % s->size_count,
			(enum touch)s->touches.chosen[i % s->touches.count],
			(enum caches)s->caches.chosen[i / s->touches.count]);
	}
	counters_close(&counters);
	return err;
}

static void write_text(struct call *call, FILE *out, bool colour)
{
	const struct settings *s = &call->settings;

	(s->command == COMMAND_SWEEP ? sweep_write_text : drain_write_text)(
		out, &call->table, colour, s->verbose);
}

int command_drain(struct call *call)
{
	static const struct measuring_command drain = { prepare, measure, complete, write_text };

	return measuring_run(&drain, call);
}
