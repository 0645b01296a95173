/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drain: fill, then time the reading, as the seed of this benchmark does. sweep: the same over many
 * event sizes.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commit.h"
#include "cli/settings.h"
#include "commands/commands.h"
#include "measure/cache.h"
#include "measure/cache_place.h"
#include "machine/machine.h"
#include "readers/peers.h"
#include "base/interrupt.h"
#include "base/pin.h"
#include "commands/progress.h"
#include "commands/runs.h"
#include "results/output.h"
#include "results/style.h"
#include "results/table_runs.h"
#include "results/texts.h"
#include "commands/typed_command.h"

#define SWEEP_BYTES (64 << 20) /* of records, for each size: more than most caches hold */
#define SWEEP_FILLS 16         /* of a ring in a cache */

/* All that a run of several workloads holds on to. */
struct benchmark {
	const struct settings *settings;
	struct complaint *why;
	struct measurement *measurement;
	struct table table;
	struct machine machine;
	struct cache_place place; /* where a ring in a cache is written and read */
	struct counters counters;
	char no_counters[COUNTERS_REASON_SIZE]; /* empty: there are */
	const struct reader *readers[READERS_MAX];
	size_t reader_count;
	struct peers peers;
	size_t workloads, workloads_done;
	struct progress progress;
};

static int pin(int cpu, struct complaint *why)
{
	int err = pin_thread(cpu);

	return err ? complain(why, err, "cannot run on CPU %d: %s", cpu, strerror(-err)) : 0;
}

/* 0: not by their number. */
static uint64_t rounds_asked(const struct settings *settings)
{
	return settings->plan.precision > 0 || settings->plan.duration_ns > 0
		       ? 0
		       : settings->rounds * settings->runs;
}

/* Where a ring in a cache is written and read; this thread is the reader from now on. */
static int find_place(struct benchmark *b)
{
	const struct settings *settings = b->settings;
	int err = cache_place_find(&b->place, settings->cpu, b->why);

	for (size_t i = 0; i < settings->caches_count && !err; i++)
		if (settings->caches[i] == CACHES_OTHER && b->place.writer < 0)
			err = complain(b->why, -ENODEV,
				"-caches: other takes a second CPU, and this process may run on CPU %d "
				"only; leave it out",
				b->place.reader);
	return err ? err : pin(b->place.reader, b->why);
}

static void show_progress(void *context, size_t done, size_t expected)
{
	struct benchmark *b = context;
	const uint64_t asked = rounds_asked(b->settings);
	double share = expected > 0 ? (double)done / (double)expected : 0;
	char of[64] = "", workload[64] = "";

	share = ((double)b->workloads_done + share) / (double)b->workloads;
	if (expected > 0)
		snprintf(of, sizeof(of), " of %zu", expected);
	if (expected > 0 && asked > 0 && asked != expected)
		snprintf(of, sizeof(of), " of %zu (%" PRIu64 " asked)", expected, asked);
	if (b->workloads > 1)
		snprintf(workload, sizeof(workload), ", workload %zu of %zu", b->workloads_done + 1,
			b->workloads);
	progress_show(&b->progress, share, "%zu readers, round %zu%s%s", b->reader_count, done + 1,
		of, workload);
}

/* The readers that can run here. */
static int choose_readers(struct benchmark *b)
{
	const struct settings *settings = b->settings;
	int err = 0;

	for (size_t i = 0; i < settings->reader_count && !err; i++) {
		const struct reader *reader = settings->readers[i];
		bool chosen;

		err = peers_choose(&b->peers, reader, settings->all_readers,
			reader_obstacle(reader, (enum source_kind)settings->source, NULL), &chosen,
			b->why);
		if (chosen)
			b->readers[b->reader_count++] = reader;
	}
	return err;
}

/* The peer's reader that made a measurement fail takes no further part, and its results are not to
 * be trusted. False when that was not the reason, or nothing is left. */
static bool drop_failed_peer(struct benchmark *b)
{
	const struct reader *failed = b->measurement->failed;
	size_t kept = 0;

	if (!failed)
		return false;
	/* "path NAME: " is before it. */
	peers_add_failure(&b->peers, failed->name, strchr(b->why->text, ':') + 2);
	table_remove(&b->table, failed->name);
	for (size_t i = 0; i < b->reader_count; i++)
		if (b->readers[i] != failed)
			b->readers[kept++] = b->readers[i];
	b->reader_count = kept;
	return kept > 0;
}

/* What ratios refer to, the best-known reader first; that one also runs twice, to learn the noise.
 */
static size_t twin_of(const struct benchmark *b)
{
	size_t best = 0;

	for (size_t i = 0; i < b->reader_count; i++) {
		const struct reader *reader = b->readers[i];

		if (b->settings->baseline && strcmp(reader->name, b->settings->baseline) == 0)
			return i;
		if (!reader->limit && reader->baseline > b->readers[best]->baseline)
			best = i;
	}
	return best;
}

/* What is by default is not in it. */
static void name_benchmark(struct row *row, const struct settings *settings)
{
	struct style_text name = { .text = row->benchmark, .size = sizeof(row->benchmark) };
	const size_t touch = strcspn(row->touch, ROW_CACHES);

	style_append(&name, "BenchmarkRead/event=%s/size=%s/touch=%.*s/path=%s",
		event_names[settings->event], row->size_text, (int)touch, row->touch, row->path);
	if (settings->discard > 0)
		style_append(&name, "/discard=%g", settings->discard);
	if (row->touch[touch])
		style_append(&name, "/caches=%s", row->touch + touch + 1);
}

static void add_row(struct table *table, const struct settings *settings,
	const struct measurement *m, const struct reader_samples *samples)
{
	const struct workload *workload = &m->workload;
	const struct counters_values *counted = &samples->counted;
	struct row *row = table_add_row(table, samples->reader->name, m->rounds);
	double all = 0;

	row_set_size(row, workload->event_size, workload->mix);
	row->limit = samples->reader->limit;
	row->baseline = samples->reader->baseline > 0;
	snprintf(row->touch, sizeof(row->touch), "%s", touch_names[workload->touch]);
	snprintf(row->checksum, sizeof(row->checksum), "%" PRIu64, samples->checksum);
	if (workload->caches != CACHES_COLD)
		snprintf(row->touch, sizeof(row->touch), "%s" ROW_CACHES "%s",
			touch_names[workload->touch], caches_names[workload->caches]);
	name_benchmark(row, settings);
	for (size_t i = 0; i < m->rounds; i++) {
		const double events = (double)m->round_events[i];

		row_set(row, METRIC_ELAPSED_NS, i, samples->rounds_ns[i]);
		row_set(row, METRIC_CONSUMED, i, events);
		row_set(row, METRIC_NS, i, samples->rounds_ns[i] / events);
		all += events;
	}
	if (counted->cycles == 0 || interrupted()) /* then of a part of a round, too */
		return;
	row->scaled = counted->scaled;
	row->cells[METRIC_CYCLES].value = (double)counted->cycles / all;
	row->cells[METRIC_INSTRUCTIONS].value = (double)counted->instructions / all;
	if (counted->cache_misses >= 0)
		row->cells[METRIC_CACHE_MISSES].value = (double)counted->cache_misses / all;
}

static json_t *workload_json(const struct benchmark *b, const struct workload *workload)
{
	const bool cold = workload->caches == CACHES_COLD;
	json_t *object = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:s}", "source",
		source_names[workload->source], "event", event_names[workload->event], "events",
		(json_int_t)workload->events, "ring_size", (json_int_t)workload->ring_size, "batch",
		(json_int_t)workload->batch, "read_timeout_ns",
		(json_int_t)workload->read_timeout_ns, "caches",
		cold && !cache_can_flush() ? "as left" : caches_names[workload->caches]);

	if (workload->discard > 0)
		json_object_set_new(object, "discard", json_real(workload->discard));
	if (settings_need_caches(b->settings))
		json_object_update_new(object,
			json_pack("{s:i, s:i, s:b, s:o}", "reader_cpu", b->place.reader,
				"writer_cpu", b->place.writer, "same_core", b->place.same_core,
				"line_transfer_ns", json_value_real(b->place.line_ns)));
	return object;
}

/* What was measured of one workload. */
static void add_group(struct benchmark *b)
{
	const struct measurement *m = b->measurement;
	const bool twin = m->twin_of < m->reader_count;

	table_add_group(
		&b->table, b->settings->caches_count > 1 ? workload_json(b, &m->workload) : NULL);
	for (size_t i = 0; i < m->reader_count + twin; i++)
		add_row(&b->table, b->settings, m, &m->samples[i]);
	table_end_group(&b->table, twin ? m->twin_of : 0, twin);
	if (m->own_memory > b->table.own_memory)
		b->table.own_memory = m->own_memory;
}

/* How many events a round has, if nobody said: as much memory as most caches do not hold; or some
 * fills of a ring that one does. */
static uint64_t events_of(const struct workload *workload)
{
	const uint64_t bytes =
		workload->caches == CACHES_COLD ? SWEEP_BYTES : SWEEP_FILLS * workload->ring_size;

	return (uint64_t)((double)bytes / workload_mean_stride(workload));
}

static int run_workload(struct benchmark *b, size_t size, enum touch touch, enum caches caches)
{
	const struct settings *settings = b->settings;
	struct workload workload = {
		.source = (enum source_kind)settings->source,
		.event = (enum event_kind)settings->event,
		.event_size = (uint32_t)settings->sizes[size],
		.mix = settings->mixes[size],
		.discard = settings->discard,
		.caches = caches,
		.consumer_cpu = b->place.reader,
		.writer_cpu = b->place.writer,
		.events = settings->events,
		.ring_size = settings_ring_size(settings, caches),
		.touch = touch,
		.batch = settings->batch,
		.read_timeout_ns = settings->read_timeout_ns,
	};
	struct measure_request request = {
		.workload = &workload,
		.readers = b->readers,
		.plan = &settings->plan,
		.counters = b->no_counters[0] ? NULL : &b->counters,
		.progress = show_progress,
		.progress_context = b,
	};
	int err;

	if (workload.events == 0)
		workload.events = events_of(&workload);
	do {
		request.reader_count = b->reader_count;
		request.twin_of = twin_of(b);
		err = measure(&request, b->measurement, b->why);
	} while (err && err != -EINTR && drop_failed_peer(b));
	/* Of a workload that was stopped the whole rounds are kept. */
	if (!err || (err == -EINTR && b->measurement->rounds > 0))
		add_group(b);
	return b->table.failed ? complain(b->why, -ENOMEM, "out of memory") : err;
}

static int run_all(struct benchmark *b)
{
	const struct settings *settings = b->settings;
	int err = 0;

	b->workloads = settings->size_count * settings->touch_count * settings->caches_count;
	progress_begin(&b->progress);
	for (size_t c = 0; c < settings->caches_count && !err; c++)
		for (size_t t = 0; t < settings->touch_count && !err; t++)
			for (size_t s = 0; s < settings->size_count && !err; s++) {
				err = run_workload(b, s, settings->touches[t], settings->caches[c]);
				b->workloads_done++;
			}
	progress_end(&b->progress);
	return err;
}

static int write_report(struct benchmark *b, const char *command, int argc, char **argv)
{
	const struct settings *settings = b->settings;
	const bool colour = !settings->output && style_colour_wanted();
	char command_line[1024];
	struct output output;
	int err;

	typed_command(command_line, sizeof(command_line), command, argc, argv);
	b->table.command = command;
	b->table.command_line = command_line;
	if (!b->table.workload)
		b->table.workload = workload_json(b, &b->measurement->workload);
	b->table.machine = &b->machine;
	b->table.peers = settings->runs > 1 ? NULL : &b->peers;
	b->table.asked = rounds_asked(settings);
	b->table.no_counters = b->no_counters[0] ? b->no_counters : NULL;
	err = output_begin(&output);
	if (err)
		return complain(b->why, err, "out of memory");
	if (settings->format != FORMAT_TEXT)
		err = table_write(output.stream, &b->table, (enum format)settings->format);
	else if (strcmp(command, "sweep") == 0)
		sweep_write_text(output.stream, &b->table, colour, settings->verbose);
	else
		drain_write_text(output.stream, &b->table, colour, settings->verbose);
	if (err) {
		output_abandon(&output);
		return complain(b->why, err, "out of memory");
	}
	return output_commit(&output, settings->output, b->why);
}

/* By processes of their own, one after the other. */
static int run_anew(struct benchmark *b, const char *command, int argc, char **argv)
{
	json_t *runs;
	int err = runs_measure(command, b->settings, argc, argv, &runs, b->why);

	if (json_array_size(runs) > 0 && (!err || err == -EINTR) &&
		table_take_runs(&b->table, runs))
		err = complain(b->why, -EINVAL, "the runs have no rows in common");
	for (size_t i = 0; i < b->table.row_count; i++)
		name_benchmark(&b->table.rows[i], b->settings);
	json_decref(runs);
	return err;
}

static int benchmark_run(const char *command, const struct settings *settings, int argc,
	char **argv, struct complaint *why)
{
	static struct benchmark b;
	const struct machine_request request = {
		.root = "",
		.cpu = settings->cpu,
		.libbpf_version = libbpf_version_string(),
		.ringview_version = ringview_version(),
		.ringview_commit = RINGVIEW_COMMIT,
	};
	const bool anew = settings->runs > 1;
	int err;

	b = (struct benchmark){ .settings = settings, .why = why, .place = { -1, -1, false, NAN } };
	err = output_check(settings->output, why);
	if (!err && settings_need_caches(settings))
		err = find_place(&b);
	else if (!err)
		err = pin(settings->cpu, why);
	if (err)
		return err;
	b.measurement = malloc(sizeof(*b.measurement));
	if (!b.measurement)
		return complain(why, -ENOMEM, "out of memory");
	if (!anew)
		err = choose_readers(&b);
	machine_read(&b.machine, &request);
	if (counters_open(&b.counters, b.no_counters, sizeof(b.no_counters)) == 0)
		b.no_counters[0] = '\0';
	if (anew)
		err = run_anew(&b, command, argc, argv);
	else if (!err && b.reader_count > 0)
		err = run_all(&b);
	machine_finish(&b.machine, "");
	b.table.partial = err == -EINTR && b.table.row_count > 0;
	if (b.table.row_count > 0 && (!err || b.table.partial)) {
		err = write_report(&b, command, argc, argv);
		if (!err && b.table.partial)
			err = -ECANCELED;
	}
	if (!anew && (!err || (b.reader_count == 0 && err != -EINTR && err != -ECANCELED)))
		err = peers_complain(&b.peers, b.reader_count > 0, why);
	counters_close(&b.counters);
	table_free(&b.table);
	free(b.measurement);
	return err;
}

static int run(const char *name, enum command_bit command, int argc, char **argv)
{
	static struct settings settings;
	struct complaint why;
	const int result = settings_parse(&settings, command, argc, argv, &why);

	if (result)
		return command_end_usage(result, &why);
	return command_end(benchmark_run(name, &settings, argc, argv, &why), &why);
}

int command_drain(int argc, char **argv)
{
	return run("drain", COMMAND_DRAIN, argc, argv);
}

int command_sweep(int argc, char **argv)
{
	return run("sweep", COMMAND_SWEEP, argc, argv);
}
