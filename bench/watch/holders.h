/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which programs use a map, and which processes have it open, as far as this process may see.
 */
#ifndef BENCH_WATCH_HOLDERS_H
#define BENCH_WATCH_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOLDERS_MAX 16      /* of each kind, for one map; more are counted only */
#define HOLDER_NAME_SIZE 17 /* as long as the kernel keeps them */

struct holder {
	uint32_t id; /* of the program, or the process */
	char name[HOLDER_NAME_SIZE];
};

struct holders {
	uint32_t map_id; /* set by the caller */
	size_t program_count, process_count;
	struct holder programs[HOLDERS_MAX], processes[HOLDERS_MAX];
	/* Whether there may be more than was seen. */
	bool programs_hidden;  /* it takes CAP_SYS_ADMIN to ask for them */
	bool processes_hidden; /* it takes CAP_SYS_PTRACE to look into those of others */
};

/*
 * Finds the holders of all @count maps, this process left out. Goes through every program of the
 * system and every descriptor of every process: milliseconds, not for every update.
 */
void holders_find(struct holders *holders, size_t count);

/* "agent (pid 812), program 31 (handle_exec)"; "nobody that can be seen". */
char *holders_text(const struct holders *holders, char *buffer, size_t size);

#define HOLDERS_TEXT_SIZE 512

#endif
