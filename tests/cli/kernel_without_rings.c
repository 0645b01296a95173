/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To be preloaded: makes this kernel answer as those before Linux 5.8, which know of no ring
 * buffers. find_and_alloc_map(), kernel/bpf/syscall.c, says EINVAL to a type that it has no name
 * for.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <sys/syscall.h>

__attribute__((visibility("default"))) long syscall(long number, ...)
{
	static long (*real)(long, ...);
	const union bpf_attr *attributes;
	long argument[6];
	va_list arguments;

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		argument[i] = va_arg(arguments, long);
	va_end(arguments);
	attributes = (const union bpf_attr *)argument[1];
	if (number == __NR_bpf && argument[0] == BPF_MAP_CREATE &&
		attributes->map_type == BPF_MAP_TYPE_RINGBUF) {
		errno = EINVAL;
		return -1;
	}
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "syscall"); /* as dlsym(3) has it */
	return real(number, argument[0], argument[1], argument[2], argument[3], argument[4],
		argument[5]);
}
