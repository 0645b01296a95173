// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"math"
	"time"
)

const (
	workTry         = 50 * time.Microsecond // far longer than reading the clock, far shorter than a time slice
	workTries       = 20                    // other processes may have the CPU during some of them
	workCalibration = 20 * time.Millisecond // at most, if the machine is busy
)

var workSink uint64 // keeps the compiler from dropping the work

// work does a number of steps, each of which depends on the one before. As bench/readers/work.h, it
// counts steps instead of reading the clock: time during which others have the CPU is not work.
//
//go:noinline
func work(steps uint64) {
	x := steps
	for ; steps > 0; steps-- {
		x = x*0x9e3779b97f4a7c15 + 1
	}
	workSink = x
}

// workSteps finds how many steps take the duration on this CPU.
func workSteps(duration time.Duration) uint64 {
	if duration <= 0 {
		return 0
	}
	return max(1, uint64(float64(duration)/workStep()+0.5))
}

// workStep is the time of a step in ns in the shortest try: disturbances only make it longer.
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
