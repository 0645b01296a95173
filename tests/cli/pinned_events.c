/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pinned_events PATH RING_SIZE COUNT: makes a ring, writes COUNT events of 80 bytes to it, numbered
 * from 0, and leaves it pinned at PATH of a BPF file system. Of test_examples.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EVENT 80

static int call(enum bpf_cmd command, union bpf_attr *attributes)
{
	int result = (int)syscall(__NR_bpf, command, attributes, sizeof(*attributes));

	if (result < 0) {
		perror("pinned_events: bpf");
		exit(1);
	}
	return result;
}

static int create(enum bpf_map_type type, uint32_t key, uint32_t value, uint32_t entries)
{
	union bpf_attr a = {
		.map_type = type, .key_size = key, .value_size = value, .max_entries = entries
	};

	return call(BPF_MAP_CREATE, &a);
}

/* Counts in the first word of the event, which the array has, and outputs it. */
static int load(int ring, int array)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4, .imm = 0 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
			.dst_reg = 1,
			.src_reg = BPF_PSEUDO_MAP_FD,
			.imm = array },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 10, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 0 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
			.dst_reg = 1,
			.src_reg = BPF_PSEUDO_MAP_FD,
			.imm = ring },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 6 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = EVENT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ringbuf_output },
		{ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = 1, .src_reg = 6 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 1, .imm = 1 },
		{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = 6, .src_reg = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr a = { .prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insns = (uintptr_t)program,
		.insn_cnt = sizeof(program) / sizeof(program[0]),
		.license = (uintptr_t) "GPL" };

	return call(BPF_PROG_LOAD, &a);
}

int main(int argc, char **argv)
{
	unsigned char packet[64] = { 0 };
	union bpf_attr run, pin;
	int ring;

	if (argc != 4)
		return 2;
	ring = create(BPF_MAP_TYPE_RINGBUF, 0, 0, (uint32_t)strtoul(argv[2], NULL, 0));
	memset(&run, 0, sizeof(run));
	run.test.prog_fd = (uint32_t)load(ring, create(BPF_MAP_TYPE_ARRAY, 4, EVENT, 1));
	run.test.data_in = (uintptr_t)packet;
	run.test.data_size_in = sizeof(packet);
	run.test.repeat = (uint32_t)strtoul(argv[3], NULL, 0);
	call(BPF_PROG_TEST_RUN, &run);
	memset(&pin, 0, sizeof(pin));
	pin.pathname = (uintptr_t)argv[1];
	pin.bpf_fd = (uint32_t)ring;
	call(BPF_OBJ_PIN, &pin);
	return 0;
}
