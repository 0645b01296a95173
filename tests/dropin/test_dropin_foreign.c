/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that get libbpf's functions by dlsym() from handles: an object always reaches the
 * library that made it, whichever library's function is called. FAKES is the folder of two
 * libraries that check this.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "consumer.h"
#include "support/skipping.h"

#define THREADS 4
#define ROUNDS 300

static void *open_library(const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		fail_msg("%s", dlerror());
	return handle;
}

/* Opens fake library 1 or 2. The functions that they call must be the drop-in's. */
static struct functions fake(int number)
{
	char path[4096];

	if (!is_dropin())
		skip_because("the drop-in is not preloaded");
	snprintf(path, sizeof(path), FAKES "/libfake_libbpf_%d.so", number);
	return functions_of(open_library(path));
}

static void assert_ring_reaches(const struct functions *f, struct ring *r, int number)
{
	assert_non_null(r);
	assert_int_equal(f->consumer_pos(r), number);
	assert_int_equal(f->producer_pos(r), number);
	assert_int_equal(f->avail_data_size(r), 0);
	assert_int_equal(f->size(r), number);
	assert_int_equal(f->map_fd(r), number);
	assert_int_equal(f->ring_consume(r), number);
	assert_int_equal(f->ring_consume_n(r, 1), number);
}

static void assert_reaches(const struct functions *f, struct ring_buffer *rb, int number)
{
	assert_non_null(rb);
	assert_int_equal(f->add(rb, 0, NULL, NULL), number);
	assert_int_equal(f->poll(rb, 0), number);
	assert_int_equal(f->consume(rb), number);
	assert_int_equal(f->consume_n(rb, 1), number);
	assert_int_equal(f->epoll_fd(rb), number);
	assert_ring_reaches(f, f->ring(rb, 0), number);
	assert_null(f->ring(rb, 4));
}

static void functions_of_a_handle_reach_their_library(void **state)
{
	(void)state;
	for (int number = 1; number <= 2; number++) {
		const struct functions f = fake(number);
		struct ring_buffer *rb = f.new(0, NULL, NULL, NULL);

		assert_reaches(&f, rb, number);
		f.free(rb);
	}
}

/* Both at once, with the functions of either. */
static void functions_of_the_program_reach_the_maker(void **state)
{
	const struct functions f[] = { fake(1), fake(2) }, program = functions_of(RTLD_DEFAULT);

	(void)state;
	for (int round = 0; round < 3; round++) {
		struct ring_buffer *rbs[] = { f[0].new(0, NULL, NULL, NULL),
			f[1].new(0, NULL, NULL, NULL) };

		for (int i = 0; i < 2; i++)
			assert_reaches(&program, rbs[i], i + 1);
		/* A ring that the drop-in has not seen, called by a function that leaves no return
		 * address. */
		for (int i = 0; i < 2; i++) {
			assert_ring_reaches(&f[i], f[i].ring(rbs[i], 0), i + 1);
			assert_ring_reaches(&program, f[i].ring(rbs[i], 1), i + 1);
		}
		program.free(rbs[round % 2]);
		f[!(round % 2)].free(rbs[!(round % 2)]);
	}
}

static void a_library_can_fail_to_make_one(void **state)
{
	(void)state;
	for (int number = 1; number <= 2; number++) {
		const struct functions f = fake(number);

		errno = 0;
		assert_null(f.new(-1, NULL, NULL, NULL));
		assert_int_equal(errno, EBADF);
	}
}

static void *make_and_free(void *argument)
{
	const struct functions *f = argument, program = functions_of(RTLD_DEFAULT);

	for (int i = 0; i < ROUNDS; i++) {
		struct ring_buffer *rb = f->new (0, NULL, NULL, NULL);

		if (!rb || program.poll(rb, 0) != f->poll(rb, 0))
			return argument;
		program.free(rb);
	}
	return NULL;
}

static void threads_and_children_make_them_at_once(void **state)
{
	struct functions f[] = { fake(1), fake(2) };
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, make_and_free, &f[i % 2]), 0);
	for (int i = 0; i < 50; i++) {
		const pid_t child = fork();
		int status;

		if (child == 0) {
			alarm(100);
			_exit(make_and_free(&f[i % 2]) == NULL ? 0 : 1);
		}
		assert_true(child > 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
	for (int i = 0; i < THREADS; i++) {
		void *result;

		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_null(result);
	}
}

/* With libbpf itself: the one that this program is linked with, and a copy of it. */

static char copy_of_libbpf[] = "/tmp/libbpf.XXXXXX";

static void *copied_libbpf(void)
{
	char command[8192];
	Dl_info info;
	void *handle;

	assert_true(dladdr(dlsym(open_library("libbpf.so.1"), "bpf_map_create"), &info));
	close(mkstemp(copy_of_libbpf));
	snprintf(command, sizeof(command), "cp '%s' %s", info.dli_fname, copy_of_libbpf);
	assert_int_equal(system(command), 0);
	handle = open_library(copy_of_libbpf);
	unlink(copy_of_libbpf);
	return handle;
}

static void assert_reads(struct consumer *c, void *handle)
{
	const struct functions by_handle = functions_of(handle),
			       program = functions_of(RTLD_DEFAULT);

	for (int i = 0; i < 4; i++) {
		const struct functions *f = i % 2 ? &program : &by_handle;

		c->count = 0;
		c->rb = by_handle.new(map_fd_of(c, 0), consumer_see, &c->rings[0], NULL);
		assert_non_null(c->rb);
		assert_int_equal(f->add(c->rb, map_fd_of(c, 1), consumer_see, &c->rings[1]), 0);
		assert_int_equal(f->poll(c->rb, 0), 0);
		produce(c, 0, 4);
		produce(c, 1, 1);
		assert_int_equal(f->poll(c->rb, -1), 5);
		produce(c, 0, 2);
		assert_int_equal(f->consume(c->rb), 2);
		assert_int_equal(f->epoll_fd(c->rb), by_handle.epoll_fd(c->rb));
		if (by_handle.ring) {
			struct ring *ring = f->ring(c->rb, 1);

			produce(c, 1, 3);
			assert_int_equal(f->size(ring), c->rings[1].kernel.size);
			assert_int_equal(f->ring_consume(ring), 3);
		} else if (program.ring) {
			errno = 0;
			assert_null(program.ring(c->rb, 0));
			assert_int_equal(errno, EOPNOTSUPP);
		}
		f->free(c->rb);
	}
	errno = 0;
	assert_null(by_handle.new(-1, consumer_see, NULL, NULL));
	assert_int_not_equal(errno, 0);
}

static void libbpf_reads_what_it_made(void **state)
{
	struct consumer *c = consumer_of(state);
	struct ring_buffer *ours = c->rb;

	assert_reads(c, open_library("libbpf.so.1"));
	c->rb = ours;
}

static void another_libbpf_reads_what_it_made(void **state)
{
	struct consumer *c = consumer_of(state);
	struct ring_buffer *ours = c->rb;

	assert_reads(c, copied_libbpf());
	c->rb = ours;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_of_a_handle_reach_their_library),
		cmocka_unit_test(functions_of_the_program_reach_the_maker),
		cmocka_unit_test(a_library_can_fail_to_make_one),
		cmocka_unit_test(threads_and_children_make_them_at_once),
		consuming(libbpf_reads_what_it_made),
		consuming(another_libbpf_reads_what_it_made),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
