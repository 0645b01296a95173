// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	_ "unsafe" // for go:linkname

	"golang.org/x/sys/unix"
)

// nanotime is CLOCK_MONOTONIC, which producers stamp events with, by the vDSO. The package time
// hides its zero, and unix.ClockGettime is a system call: more than reading ten events. The runtime
// promises to keep this one for linkname (go.dev/issue/67401).
//
//go:linkname nanotime runtime.nanotime
func nanotime() int64

// processCPUTime is what all threads have used: the runtime's work is part of the reader.
func processCPUTime() (int64, error) {
	var used unix.Timespec

	err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &used)
	return used.Nano(), err
}
