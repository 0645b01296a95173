/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions of glibc that musl does not have and that Debian's libbpf.a and libelf.a call, so that
 * programs that contain them can be linked with musl. Debian packages neither for musl.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

/* For _FORTIFY_SOURCE: like the plain functions; the sizes are ignored. */

int __vsnprintf_chk(char *to, size_t size, int flag, size_t room, const char *format, va_list list)
{
	(void)flag;
	(void)room;
	return vsnprintf(to, size, format, list);
}

int __snprintf_chk(char *to, size_t size, int flag, size_t room, const char *format, ...)
{
	va_list list;
	int length;

	va_start(list, format);
	length = __vsnprintf_chk(to, size, flag, room, format, list);
	va_end(list);
	return length;
}

int __sprintf_chk(char *to, int flag, size_t room, const char *format, ...)
{
	va_list list;
	int length;

	va_start(list, format);
	length = __vsnprintf_chk(to, room, flag, room, format, list);
	va_end(list);
	return length;
}

int __vfprintf_chk(FILE *file, int flag, const char *format, va_list list)
{
	(void)flag;
	return vfprintf(file, format, list);
}

int __fprintf_chk(FILE *file, int flag, const char *format, ...)
{
	va_list list;
	int length;

	va_start(list, format);
	length = __vfprintf_chk(file, flag, format, list);
	va_end(list);
	return length;
}

int __vdprintf_chk(int fd, int flag, const char *format, va_list list)
{
	(void)flag;
	return vdprintf(fd, format, list);
}

char *__realpath_chk(const char *path, char *to, size_t room)
{
	(void)room;
	return realpath(path, to);
}

char *__strcpy_chk(char *to, const char *from, size_t room)
{
	(void)room;
	return strcpy(to, from);
}

char *__strcat_chk(char *to, const char *from, size_t room)
{
	(void)room;
	return strcat(to, from);
}

/* With _FILE_OFFSET_BITS=64, which musl always has. */

int fcntl64(int fd, int command, void *argument)
{
	return fcntl(fd, command, argument);
}
