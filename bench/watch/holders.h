/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which programs use a map, which processes have it open, and what these programs count by
 * ringview.bpf.h: as far as this process has the privileges to see it.
 */
#ifndef BENCH_WATCH_HOLDERS_H
#define BENCH_WATCH_HOLDERS_H

#include <unistd.h>

#include "watch/ring_model.h"

#define HOLDERS_MAX 16      /* of each kind, for one map; others are only counted */
#define HOLDER_NAME_SIZE 17 /* as in the kernel */

struct holder {
	uint32_t id; /* of the program, or the process */
	char name[HOLDER_NAME_SIZE];
};

struct holders {
	uint32_t map_id; /* set by the caller */
	size_t program_count, process_count;
	struct holder programs[HOLDERS_MAX], processes[HOLDERS_MAX];
	/* Whether there may be others. */
	bool programs_hidden;  /* for lack of CAP_SYS_ADMIN */
	bool processes_hidden; /* for lack of CAP_SYS_PTRACE */
};

/* For __attribute__((cleanup)): closes a descriptor, unless it is negative. */
static inline void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Sets the name of a map, a program or a process, which may be anything: unprintable characters,
 * quotes and backslashes become question marks, an empty name "-". Pure. */
void watch_name_set(char name[HOLDER_NAME_SIZE], const char *given);

/* A loaded program. */
struct program {
	uint32_t maps[256]; /* ids; of a program that uses more, some */
	uint32_t map_count;
	uint32_t btf_id; /* 0: none */
	char name[HOLDER_NAME_SIZE];
};

/* Returns false if it is gone, or the kernel refuses. */
bool program_read(struct program *program, uint32_t id);

/* Finds the holders of all @count maps, except this process. Reads every program of the system and
 * every descriptor of every process, which takes milliseconds. */
void holders_find(struct holders *holders, size_t count);

#define HOLDERS_TEXT_SIZE 512

/* "agent (pid 812), handle_exec (program 31)" */
char *holders_text(const struct holders *holders, char *buffer, size_t size);

enum ring_holding holders_state(const struct holders *holders);

/* Whether the process @pid has the map open. */
bool holders_have(const struct holders *holders, uint32_t pid);

/* Maps whose values are, by their BTF, struct ringview_account. */
#define ACCOUNT_MAPS_MAX 8

struct account_maps {
	size_t count;
	uint32_t ids[ACCOUNT_MAPS_MAX], entries[ACCOUNT_MAPS_MAX];
	bool shared; /* a program that counts there writes to another ring too */
	char program[HOLDER_NAME_SIZE];
};

/* Finds those of the programs that use the map @holders->map_id. Finds none without CAP_SYS_ADMIN.
 * May read every program of the system. */
void accounts_find(struct account_maps *maps, const struct holders *holders);

/* Adds them up. The result is unknown if there are none, or one of them is gone. */
void accounts_read(const struct account_maps *maps, struct ring_accounts *accounts);

#endif
