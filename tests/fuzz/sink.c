/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>

#include "demand.h"
#include "sink.h"

static struct {
	char text[SINK_SIZE];
	FILE *stream, *out, *error;
} sink;

static void open_sink(void)
{
	const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	sink.stream = fmemopen(sink.text, sizeof(sink.text), "w");
	demand(sink.stream && nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0, "no sink");
	close(nowhere);
}

void sink_begin(void)
{
	if (!sink.stream)
		open_sink();
	rewind(sink.stream);
	sink.out = stdout;
	sink.error = stderr;
	stdout = stderr = sink.stream;
}

const char *sink_end(size_t *length)
{
	stdout = sink.out;
	stderr = sink.error;
	demand(fflush(sink.stream) == 0 && !ferror(sink.stream), "a text without end");
	*length = (size_t)ftell(sink.stream);
	for (size_t i = 0; i < *length; i++)
		demand((unsigned char)sink.text[i] >= ' ' || sink.text[i] == '\n',
			"byte %d of what is written is %d", (int)i, sink.text[i]);
	return sink.text;
}
