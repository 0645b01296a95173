/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From libbpf's ring_buffer to ringview in three steps. Each version reads the same events until none
 * comes for 100 ms, and prints the same result. README.md explains the changes.
 *
 *	sudo ./migrate
 */
#include <bpf/bpf.h>
#include <stdio.h>

#include <ringview/ringview.h>

#include "migrate.skel.h"

static unsigned long long events, sum;

static int on_event(void *context, const void *data, size_t size)
{
	(void)context, (void)size;
	events++;
	sum += *(const __u64 *)data;
	return 0;
}

/* Step 0: libbpf. Its callback takes data without const. */
static int on_sample(void *context, void *data, size_t size)
{
	return on_event(context, data, size);
}

static int with_libbpf(int map_fd)
{
	struct ring_buffer *rb = ring_buffer__new(map_fd, on_sample, NULL, NULL);
	int n = -1;

	while (rb && (n = ring_buffer__poll(rb, 100)) > 0)
		continue;
	ring_buffer__free(rb);
	return n;
}

/* Step 1: keeps the callback. Waiting and reading are separate calls. */
static int with_callback(int map_fd)
{
	struct ringview *rv = NULL;
	int n = ringview_open(&rv, map_fd, NULL);

	while (n >= 0 && (n = ringview_wait(rv, 100000000)) > 0)
		n = ringview_drain(rv, on_event, NULL, NULL);
	ringview_close(rv);
	return n;
}

/* Step 2: a loop instead of the callback, and one release for all records. Step 3: the same, PACED. */
static int with_loop(int map_fd, const struct ringview_options *options)
{
	struct ringview *rv = NULL;
	struct ringview_record record;
	int n = ringview_open(&rv, map_fd, options);

	while (n >= 0 && (n = ringview_wait(rv, 100000000)) > 0) {
		while (ringview_peek(rv, &record) > 0)
			on_event(NULL, record.data, record.length);
		ringview_release(rv);
	}
	ringview_close(rv);
	return n;
}

int main(void)
{
	struct ringview_options paced = RINGVIEW_OPTIONS_DEFAULT;
	struct migrate_bpf *bpf = migrate_bpf__open_and_load();
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = (char[64]){ 0 }, .data_size_in = 64,
		.repeat = 1000);
	int ring, err = bpf ? 0 : -1;

	paced.wait = RINGVIEW_WAIT_PACED;
	for (int step = 0; step < 4 && !err; step++) {
		ring = bpf_map__fd(bpf->maps.ring);
		events = sum = bpf->bss->number = 0;
		err = bpf_prog_test_run_opts(bpf_program__fd(bpf->progs.write_event), &run);
		if (!err && step < 2)
			err = step == 0 ? with_libbpf(ring) : with_callback(ring);
		else if (!err)
			err = with_loop(ring, step == 3 ? &paced : NULL);
		if (!err)
			printf("step %d: %llu events, sum %llu\n", step, events, sum);
	}
	if (err)
		fprintf(stderr, "migrate: cannot run: run it as root, on Linux 5.8 or later\n");
	migrate_bpf__destroy(bpf);
	return err != 0;
}
