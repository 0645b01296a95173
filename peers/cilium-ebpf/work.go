// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"math"
	"time"
)

const (
	workTry         = 50 * time.Microsecond // far above what the clock takes, far below a time slice
	workTries       = 20                    // so long: others may have the CPU in some of them
	workCalibration = 20 * time.Millisecond // all of it, if the machine is busy
)

var workSink uint64 // so that the work is not for nothing

// work is busy for a number of steps; each waits for the one before. As bench/readers/work.c,
// it counts steps instead of looking at the clock: time that others had the CPU is not work.
//
//go:noinline
func work(steps uint64) {
	x := steps
	for ; steps > 0; steps-- {
		x = x*0x9e3779b97f4a7c15 + 1
	}
	workSink = x
}

// workSteps finds how many steps take so long on this CPU.
func workSteps(duration time.Duration) uint64 {
	if duration <= 0 {
		return 0
	}
	return max(1, uint64(float64(duration)/workStep()+0.5))
}

// workStep is the time of a step, in ns, in the best try: all that disturbs makes it longer.
func workStep() float64 {
	end := nanotime() + int64(workCalibration)
	best := math.Inf(1)
	steps := uint64(1024)
	for tries := 0; tries < workTries && (nanotime() < end || tries == 0); {
		before := nanotime()
		work(steps)
		ns := nanotime() - before
		if ns > 0 {
			best = min(best, float64(ns)/float64(steps))
		}
		if ns < int64(workTry) {
			steps *= 2
		} else {
			tries++
		}
	}
	return best
}
