/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drain: fills a ring, then measures how long reading it takes. sweep: the same for many event sizes.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "commands/measuring.h"
#include "measure/cache.h"
#include "results/style.h"

#define ROUND_BYTES (64 << 20) /* of records in a round: more than most caches hold */
#define ROUND_FILLS 16         /* in a round, of a ring that lies in a cache */

struct benchmark {
	struct measuring all;     /* first */
	struct cache_place place; /* where a ring in a cache is written and read */
	struct counters counters;
	char no_counters[COUNTERS_REASON_SIZE]; /* "": there are counters */
	struct combination readers[READERS_MAX];
	size_t reader_count;
	size_t workloads, workloads_done;
};

/* Some MiB, of which little is used. */
static struct measurement measurement;

/* Finds where a ring in a cache is written and read, and pins this thread, which reads. */
static int prepare(struct measuring *m)
{
	struct benchmark *b = (struct benchmark *)m;
	const struct settings *settings = m->settings;
	int cpu = settings->workload.consumer_cpu, err = 0;

	if (settings_need_caches(settings)) {
		err = cache_place_find(&b->place, cpu, m->why);
		cpu = b->place.reader;
	}
	for (size_t i = 0; i < settings->caches.count && !err; i++)
		if (settings->caches.chosen[i] == CACHES_OTHER && b->place.writer < 0)
			err = complain(m->why, -ENODEV,
				"-caches: other needs a second CPU, and this process may run on "
				"CPU %d only; leave out other",
				cpu);
	if (err)
		return err;
	err = pin_thread(cpu);
	return err ? complain(m->why, err, "cannot run on CPU %d: %s", cpu, strerror(-err)) : 0;
}

static void show_progress(void *context, size_t done, size_t expected)
{
	struct benchmark *b = context;
	const uint64_t asked = measuring_rounds_asked(b->all.settings);
	const double share = expected > 0 ? (double)done / (double)expected : 0;
	char line[128] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };

	if (expected > 0)
		style_append(&text, " of %zu", expected);
	if (expected > 0 && asked > 0 && asked != expected)
		style_append(&text, " (%" PRIu64 " asked)", asked);
	if (b->workloads > 1)
		style_append(&text, ", workload %zu of %zu", b->workloads_done + 1, b->workloads);
	measuring_progress(&b->all, ((double)b->workloads_done + share) / (double)b->workloads,
		"%zu readers, round %zu%s", b->reader_count, done + 1, line);
}

static int choose(struct measuring *m, size_t *count)
{
	struct benchmark *b = (struct benchmark *)m;
	const struct settings *settings = m->settings;
	int err = 0;

	for (size_t i = 0; i < settings->reader_count && !err; i++) {
		const struct reader *reader = settings->readers[i];
		bool chosen;

		err = peers_choose(&m->peers, reader, settings->all_readers,
			reader_obstacle(reader, settings->workload.source, NULL), &chosen, m->why);
		if (chosen)
			b->readers[b->reader_count++] = (struct combination){ reader, WAIT_OWN };
	}
	*count = b->reader_count;
	return err;
}

/* Removes the readers of peers that failed in the last measurement, with their earlier results. */
static void drop_failed_peers(struct benchmark *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->reader_count; i++)
		if (kept < measurement.count &&
			b->readers[i].reader == measurement.samples[kept].combination.reader)
			b->readers[kept++] = b->readers[i];
		else
			table_remove(&b->all.table, b->readers[i].reader->name);
	b->reader_count = kept;
}

/* The name of a row in the Go format, without settings that have their default. */
static void name_row(struct row *row, const struct settings *settings)
{
	struct style_text name = { .text = row->benchmark, .size = sizeof(row->benchmark) };
	const size_t touch = strcspn(row->touch, ROW_CACHES);

	style_append(&name, "BenchmarkRead/event=%s/size=%s/touch=%.*s/path=%s",
		event_names[settings->workload.event], row->size_text, (int)touch, row->touch,
		row->path);
	if (settings->workload.discard > 0)
		style_append(&name, "/discard=%g", settings->workload.discard);
	if (row->touch[touch])
		style_append(&name, "/caches=%s", row->touch + touch + 1);
}

static void complete(struct measuring *m, const json_t *runs)
{
	(void)runs;
	for (size_t i = 0; i < m->table.row_count; i++)
		name_row(&m->table.rows[i], m->settings);
	m->table.no_counters =
		json_string_value(json_object_get(m->table.more, "counters_unavailable"));
}

static void add_row(struct measuring *m, const struct samples *samples)
{
	const struct workload *workload = &measurement.workload;
	const struct counters_values *counted = &samples->counted;
	const struct reader *reader = samples->combination.reader;
	struct row *row = table_add_row(&m->table, reader->name, measurement.rounds);
	const bool cold = workload->caches == CACHES_COLD;
	double all = 0;

	row_set_size(row, workload->event_size, workload->mix);
	row->limit = reader->limit;
	row->baseline = reader->baseline > 0;
	snprintf(row->checksum, sizeof(row->checksum), "%" PRIu64, samples->checksum);
	snprintf(row->touch, sizeof(row->touch), "%s%s%s", touch_names[workload->touch],
		cold ? "" : ROW_CACHES, cold ? "" : caches_names[workload->caches]);
	name_row(row, m->settings);
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

static json_t *workload_json(const struct benchmark *b)
{
	const struct workload *workload = &measurement.workload;
	const bool cold = workload->caches == CACHES_COLD;
	json_t *object = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:s}", "source",
		source_names[workload->source], "event", event_names[workload->event], "events",
		(json_int_t)workload->events, "ring_size", (json_int_t)workload->ring_size, "batch",
		(json_int_t)workload->batch, "read_timeout_ns",
		(json_int_t)workload->read_timeout_ns, "caches",
		cold && !CACHE_CAN_FLUSH ? "as left" : caches_names[workload->caches]);

	if (workload->discard > 0)
		json_object_set_new(object, "discard", json_real(workload->discard));
	if (settings_need_caches(b->all.settings))
		json_object_update_new(object,
			json_pack("{s:i, s:i, s:b, s:o}", "reader_cpu", b->place.reader,
				"writer_cpu", b->place.writer, "same_core", b->place.same_core,
				"line_transfer_ns", json_value_real(b->place.line_ns)));
	return object;
}

/* Adds the measurement to the table. */
static void add_group(struct benchmark *b)
{
	struct table *table = &b->all.table;

	json_decref(table->workload); /* the file has the settings of the last one */
	table->workload = workload_json(b);
	table_add_group(table, b->all.settings->caches.count > 1 ? workload_json(b) : NULL);
	for (size_t i = 0; i < measurement.count + measurement.twin; i++)
		add_row(&b->all, &measurement.samples[i]);
	table_end_group(table, measurement.reference, measurement.twin);
	if (measurement.own_memory > table->own_memory)
		table->own_memory = measurement.own_memory;
}

static int run_workload(struct benchmark *b, size_t size, enum touch touch, enum caches caches)
{
	const struct settings *settings = b->all.settings;
	struct workload workload = settings->workload;
	const struct request request = {
		.workload = &workload,
		.combinations = b->readers,
		.count = b->reader_count,
		.baseline = settings->baseline,
		.plan = settings->plan,
		.counters = b->no_counters[0] ? NULL : &b->counters,
		.progress = show_progress,
		.progress_context = b,
		.peers = &b->all.peers,
	};
	int err;

	workload.event_size = (uint32_t)settings->sizes[size];
	workload.mix = settings->mixes[size];
	workload.caches = caches;
	workload.consumer_cpu = b->place.reader;
	workload.writer_cpu = b->place.writer;
	workload.ring_size = settings_ring_size(settings, caches);
	workload.touch = touch;
	if (workload.events == 0)
		workload.events = (uint64_t)((double)(caches == CACHES_COLD
							      ? ROUND_BYTES
							      : ROUND_FILLS * workload.ring_size) /
					     workload_mean_stride(&workload));
	err = measure_drain(&request, &measurement, b->all.why);
	drop_failed_peers(b);
	if (measurement.rounds > 0 && (!err || err == -EINTR))
		add_group(b);
	return err;
}

static int measure_all(struct measuring *m)
{
	struct benchmark *b = (struct benchmark *)m;
	const struct settings *settings = m->settings;
	int err = 0;

	if (counters_open(&b->counters, b->no_counters, sizeof(b->no_counters)) == 0)
		b->no_counters[0] = '\0';
	else
		m->table.no_counters = b->no_counters;
	b->workloads = settings->size_count * settings->touches.count * settings->caches.count;
	for (; b->workloads_done < b->workloads && b->reader_count > 0 && !err;
		b->workloads_done++) {
		const size_t i = b->workloads_done / settings->size_count;

		err = run_workload(b, b->workloads_done % settings->size_count,
			(enum touch)settings->touches.chosen[i % settings->touches.count],
			(enum caches)settings->caches.chosen[i / settings->touches.count]);
	}
	counters_close(&b->counters);
	return err;
}

static void write_text(struct measuring *m, FILE *out, bool colour)
{
	const bool sweep = strcmp(m->table.command, "sweep") == 0;

	(sweep ? sweep_write_text : drain_write_text)(out, &m->table, colour, m->settings->verbose);
}

static int run(const struct call *call)
{
	static struct benchmark b = { .place = { -1, -1, false, NAN } };
	const struct measuring_command command = {
		.request.cpu = call->settings->workload.consumer_cpu,
		.prepare = prepare,
		.choose = choose,
		.measure = measure_all,
		.complete = complete,
		.write_text = write_text,
	};

	return measuring_run(&command, &b.all, call);
}

int command_drain(int argc, char **argv)
{
	return command_run("drain", COMMAND_DRAIN, run, EXIT_FAILED, argc, argv);
}

int command_sweep(int argc, char **argv)
{
	return command_run("sweep", COMMAND_SWEEP, run, EXIT_FAILED, argc, argv);
}
