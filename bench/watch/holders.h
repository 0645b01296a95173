/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which programs use a map, and which processes have it open, as far as this process may see.
 */
#ifndef BENCH_WATCH_HOLDERS_H
#define BENCH_WATCH_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "watch/ring_model.h"

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

/* Sets the name of a map, a program or a process. Processes choose any name: unprintable
 * characters, quotes and backslashes become question marks; an empty name becomes "-". Pure. */
void watch_name_set(char name[HOLDER_NAME_SIZE], const char *given);

/* The maps of a program; of more than fit, some. */
struct program_maps {
	uint32_t ids[256];
	uint32_t count;
	char name[HOLDER_NAME_SIZE];
};

/* Returns false if the program is gone, or the kernel refuses. */
bool program_maps_read(struct program_maps *maps, uint32_t program_id);

/*
 * Finds the holders of all @count maps, except this process. Goes through every program of the
 * system and every descriptor of every process, which takes milliseconds: not for every update.
 */
void holders_find(struct holders *holders, size_t count);

/* "agent (pid 812), handle_exec (program 31)"; "nobody that can be seen". */
char *holders_text(const struct holders *holders, char *buffer, size_t size);

/* What they mean for the ring's state. */
enum ring_holding holders_state(const struct holders *holders);

/* Whether the process @pid has it open. */
bool holders_have(const struct holders *holders, uint32_t pid);

#define HOLDERS_TEXT_SIZE 512

#endif
