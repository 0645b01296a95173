/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch/append.h"
#include "watch/holders.h"

void watch_name_set(char name[HOLDER_NAME_SIZE], const char *given)
{
	snprintf(name, HOLDER_NAME_SIZE, "%.16s", given[0] ? given : "-");
	for (char *c = name; *c; c++)
		if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
			*c = '?';
}

static void add(struct holder *list, size_t *count, uint32_t id, const char *name)
{
	const size_t at = *count;

	if (at > 0 && at <= HOLDERS_MAX && list[at - 1].id == id)
		return; /* it has a second descriptor */
	(*count)++;
	if (at >= HOLDERS_MAX)
		return;
	list[at].id = id;
	watch_name_set(list[at].name, name);
}

static struct holders *of_map(struct holders *holders, size_t count, uint32_t map_id)
{
	for (size_t i = 0; i < count; i++)
		if (holders[i].map_id == map_id)
			return &holders[i];
	return NULL;
}

bool program_read(struct program *program, uint32_t id)
{
	const uint32_t most = sizeof(program->maps) / sizeof(program->maps[0]);
	__attribute__((cleanup(close_fd))) const int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = { .nr_map_ids = most, .map_ids = (uintptr_t)program->maps };
	uint32_t length = sizeof(info);
	const bool known = fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &length) == 0;

	program->map_count = !known ? 0 : info.nr_map_ids < most ? info.nr_map_ids : most;
	program->btf_id = info.btf_id;
	watch_name_set(program->name, info.name);
	return known;
}

static void look_at_program(struct holders *holders, size_t count, uint32_t id)
{
	struct program program;

	if (!program_read(&program, id))
		return; /* unloaded meanwhile */
	for (uint32_t i = 0; i < program.map_count; i++) {
		struct holders *found = of_map(holders, count, program.maps[i]);

		if (found)
			add(found->programs, &found->program_count, id, program.name);
	}
}

/* Returns false if the kernel refuses. */
static bool look_at_programs(struct holders *holders, size_t count)
{
	uint32_t id = 0;

	while (bpf_prog_get_next_id(id, &id) == 0)
		look_at_program(holders, count, id);
	return errno == ENOENT;
}

/* Reads the beginning of a file; empty if it cannot be read. */
static void read_at(int folder, const char *path, char *text, size_t size)
{
	const int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	const ssize_t length = fd < 0 ? 0 : read(fd, text, size - 1);

	text[length > 0 ? length : 0] = '\0';
	close_fd(&fd);
}

/* The number behind "map_id:" in a file of fdinfo; 0: none. */
static uint32_t map_id_in(int folder, const char *path)
{
	char text[1024];
	const char *at;

	read_at(folder, path, text, sizeof(text));
	at = strstr(text, "\nmap_id:");
	return at ? (uint32_t)strtoul(at + strlen("\nmap_id:"), NULL, 10) : 0;
}

static void look_at_descriptor(
	struct holders *holders, size_t count, int folder, uint32_t pid, const char *number)
{
	char path[32], link[32] = "", name[HOLDER_NAME_SIZE];
	struct holders *found;

	snprintf(path, sizeof(path), "fd/%.16s", number);
	if (readlinkat(folder, path, link, sizeof(link) - 1) < 0 ||
		strcmp(link, "anon_inode:bpf-map") != 0)
		return;
	snprintf(path, sizeof(path), "fdinfo/%.16s", number);
	found = of_map(holders, count, map_id_in(folder, path));
	if (!found)
		return;
	read_at(folder, "comm", name, sizeof(name));
	name[strcspn(name, "\n")] = '\0';
	add(found->processes, &found->process_count, pid, name);
}

/* Returns false if this process lacks the permission. */
static bool look_at_process(struct holders *holders, size_t count, int proc, const char *number)
{
	const uint32_t pid = (uint32_t)strtoul(number, NULL, 10);
	__attribute__((cleanup(close_fd))) const int folder =
		openat(proc, number, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int fds = folder < 0 ? -1 : openat(folder, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Else it has ended. */
	const bool hidden = fds < 0 && errno != ENOENT && errno != ESRCH;
	DIR *list = fds < 0 ? NULL : fdopendir(fds);
	struct dirent *entry;

	while (list && (entry = readdir(list)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at_descriptor(holders, count, folder, pid, entry->d_name);
	if (list)
		closedir(list);
	return !hidden;
}

static bool look_at_processes(struct holders *holders, size_t count)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool all = proc != NULL;

	while (proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
			strtol(entry->d_name, NULL, 10) != getpid())
			all &= look_at_process(holders, count, dirfd(proc), entry->d_name);
	if (proc)
		closedir(proc);
	return all;
}

void holders_find(struct holders *holders, size_t count)
{
	bool programs, processes;

	for (size_t i = 0; i < count; i++)
		holders[i].program_count = holders[i].process_count = 0;
	programs = look_at_programs(holders, count);
	processes = look_at_processes(holders, count);
	for (size_t i = 0; i < count; i++) {
		holders[i].programs_hidden = !programs;
		holders[i].processes_hidden = !processes;
	}
}

static void append_list(
	struct bounded_text *text, const struct holder *list, size_t count, const char *kind)
{
	for (size_t i = 0; i < count && i < HOLDERS_MAX; i++)
		append(text, "%s%s (%s %u)", text->used ? ", " : "", list[i].name, kind,
			list[i].id);
	if (count > HOLDERS_MAX)
		append(text, " and %zu more", count - HOLDERS_MAX);
}

char *holders_text(const struct holders *h, char *buffer, size_t size)
{
	struct bounded_text text = { .text = buffer, .size = size };

	buffer[0] = '\0';
	append_list(&text, h->processes, h->process_count, "pid");
	append_list(&text, h->programs, h->program_count, "program");
	if (text.used == 0)
		append(&text, "nobody visible");
	if (h->processes_hidden || h->programs_hidden)
		append(&text, "; others may be hidden (needs %s%s%s)",
			h->programs_hidden ? "CAP_SYS_ADMIN" : "",
			h->programs_hidden && h->processes_hidden ? ", " : "",
			h->processes_hidden ? "CAP_SYS_PTRACE" : "");
	return buffer;
}

enum ring_holding holders_state(const struct holders *h)
{
	if (h->process_count > 0)
		return HELD_BY_PROCESSES;
	if (h->processes_hidden || h->programs_hidden)
		return HELD_UNKNOWN;
	return h->program_count > 0 ? HELD_BY_PROGRAMS : HELD_BY_NOBODY;
}

bool holders_have(const struct holders *h, uint32_t pid)
{
	for (size_t i = 0; i < h->process_count && i < HOLDERS_MAX; i++)
		if (h->processes[i].id == pid)
			return true;
	return false;
}
