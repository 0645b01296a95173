/* SPDX-License-Identifier: BSD-2-Clause */
struct event {
	unsigned long long time; /* CLOCK_MONOTONIC, ns */
	unsigned int pid;
	int number; /* system call or signal */
};
