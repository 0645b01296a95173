/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bpf_ringbuf_zc_benchmark: measures ways of reading BPF ring buffers.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "commands/commands.h"

int main(int argc, char **argv)
{
	struct complaint why;
	int fd, status;

	/* No file gets the number of a standard stream that is closed; using that still fails. */
	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
	interrupt_catch();
	/* A closed pipe and a file that grows too large become errors of writing. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	status = commands_run(argc, argv);
	/* Only help and version go through stdout; results are written at once (results/output.h). */
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	complain(&why, -EIO, "cannot write to standard output: %s", strerror(errno));
	return command_end(-EIO, EXIT_FAILED, &why);
}
