/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "commands/progress.h"

void progress_begin(struct progress *p)
{
	*p = (struct progress){ .allowed = isatty(STDERR_FILENO) };
	clock_gettime(CLOCK_MONOTONIC, &p->started);
}

void progress_show(struct progress *p, double share, const char *format, ...)
{
	struct timespec now;
	va_list arguments;
	double elapsed;

	clock_gettime(CLOCK_MONOTONIC, &now);
	elapsed = (double)(now.tv_sec - p->started.tv_sec) +
		  (double)(now.tv_nsec - p->started.tv_nsec) / 1e9;
	if (!p->allowed || elapsed < 1)
		return;
	fprintf(stderr, "\r%3.0f %%  ", share * 100);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	if (share > 0)
		fprintf(stderr, "; about %.0f s left", ceil(elapsed / share * (1 - share)));
	fputs("\x1b[K", stderr);
	p->shown = true;
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\x1b[K", stderr);
	p->shown = false;
}
