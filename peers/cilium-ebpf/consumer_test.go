// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// liveEvent is as a producer writes it.
func liveEvent(producer, sequence, due uint64, size int) []byte {
	id := producer<<sequenceBits | sequence
	event := make([]byte, (size+7)/8*8)
	binary.LittleEndian.PutUint64(event, id)
	binary.LittleEndian.PutUint64(event[8:], due)
	for index := 2; index < len(event)/8; index++ {
		binary.LittleEndian.PutUint64(event[8*index:], (id+uint64(index))*goldenFactor)
	}
	return event[:size]
}

func TestEventsAreCounted(t *testing.T) {
	c := newConsumer(liveCommand{producers: 2, sizes: sizes{one: 45}})
	now := uint64(nanotime())
	for _, event := range [][]byte{
		liveEvent(0, 0, 0, 45), liveEvent(1, 3, now, 45), liveEvent(0, 5, now+1e15, 45),
	} {
		if err := c.handle(event); err != nil {
			t.Fatal(err)
		}
	}
	c.readAll()
	found := c.result(1)
	if found.Consumed != 3 || found.Read[0] != 2 || found.Read[1] != 1 || found.Next[0] != 6 ||
		found.Next[1] != 4 || c.latency.count != 2 || found.LatencyMin != 0 ||
		found.LastNs < int64(now) || found.CPUNs != 1 {
		t.Errorf("%+v", found)
	}
}

func TestNothingWasRead(t *testing.T) {
	found := newConsumer(liveCommand{producers: 1, sizes: sizes{one: 16}}).result(0)
	if found.LatencyMin != 0 || found.LastNs != 0 || found.Latency == nil || found.Next[0] != 0 {
		t.Errorf("%+v", found)
	}
}

func TestMixedEvents(t *testing.T) {
	mix := sizes{list: []uint64{16, 24, 64, 200, 1000}}
	c := newConsumer(liveCommand{producers: 1, sizes: mix})
	for sequence := range uint64(100) {
		event := liveEvent(0, sequence, 0, int(mix.of(sequence)))
		if err := c.handle(event); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.handle(liveEvent(0, 100, 0, 32)); err == nil {
		t.Error("a size that is not among the mixed was taken")
	}
}

func TestEventsThatAreWrong(t *testing.T) {
	damaged := liveEvent(0, 9, 0, 24)
	damaged[23] ^= 1
	for name, test := range map[string]struct {
		event []byte
		why   string
	}{
		"twice":    {liveEvent(0, 4, 0, 24), "came after event 4"},
		"before":   {liveEvent(0, 0, 0, 24), "came after event 4"},
		"producer": {liveEvent(2, 9, 0, 24), "not as its producer wrote it (producer 2, event 9)"},
		"longer":   {liveEvent(0, 9, 0, 32), "of 32 B"},
		"shorter":  {liveEvent(0, 9, 0, 16), "of 16 B"},
		"cut off":  {liveEvent(0, 9, 0, 24)[:7], "of 7 B"},
		"damaged":  {damaged, "not as its producer wrote it"},
	} {
		c := newConsumer(liveCommand{producers: 2, sizes: sizes{one: 24}})
		if err := c.handle(liveEvent(0, 4, 0, 24)); err != nil {
			t.Fatal(err)
		}
		if err := c.handle(test.event); err == nil || !strings.Contains(err.Error(), test.why) {
			t.Errorf("%s: %v instead of %q", name, err, test.why)
		}
	}
}

func TestWorkOnWhatIsLeftIsSaved(t *testing.T) {
	const workNs = int64(1000 * time.Hour)

	c := newConsumer(liveCommand{producers: 1, sizes: sizes{one: 16}})
	c.steps, c.workNs = 1, workNs
	c.finishing.Store(true)
	for sequence := range uint64(3) {
		if err := c.handle(liveEvent(0, sequence, uint64(nanotime()), 16)); err != nil {
			t.Fatal(err)
		}
	}
	c.readAll()
	found := c.result(5)
	if c.latency.max < 2*uint64(workNs) || c.latency.max > 3*uint64(workNs) ||
		found.CPUNs != 5+3*workNs || found.LastNs < 3*workNs {
		t.Errorf("%+v", found)
	}
}

func TestHandlingAllocatesNothing(t *testing.T) {
	c := newConsumer(liveCommand{producers: 1, sizes: sizes{one: 80}})
	event, sequence := liveEvent(0, 0, 1, 80), uint64(0)
	allocations := testing.AllocsPerRun(1000, func() {
		binary.LittleEndian.PutUint64(event, sequence)
		binary.LittleEndian.PutUint64(event[72:], (sequence+9)*goldenFactor)
		if err := c.handle(event); err != nil {
			t.Fatal(err)
		}
		sequence++
	})
	if allocations != 0 {
		t.Errorf("%v allocations an event", allocations)
	}
}

func TestClockIsThatOfTheProducers(t *testing.T) {
	for range 100 {
		before := nanotime()
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
			t.Fatal(err)
		}
		if after := nanotime(); now.Nano() < before || now.Nano() > after {
			t.Fatalf("%d is not between %d and %d", now.Nano(), before, after)
		}
	}
}

func TestWorkSteps(t *testing.T) {
	if steps := workSteps(0); steps != 0 {
		t.Errorf("no work has %d steps", steps)
	}
	if steps := workSteps(1); steps == 0 {
		t.Error("a little work has no steps")
	}
	if few, many := workSteps(time.Microsecond), workSteps(time.Millisecond); many <= few {
		t.Errorf("%d steps of a microsecond, %d of a millisecond", few, many)
	}
}

func TestDeadlines(t *testing.T) {
	if d := deadline(0); d.IsZero() || d.After(time.Now()) {
		t.Errorf("no waiting: %v", d) // a zero time is no deadline at all
	}
	for timeout, whole := range map[time.Duration]int64{
		1: 1, 999999: 1, time.Millisecond: 1, time.Millisecond + 1: 2, 5 * time.Millisecond: 5,
		1<<63 - 1: 24 * 3600 * 1000,
	} {
		before := time.Now()
		left := deadline(timeout).Sub(before) - time.Since(before)
		// What the reader makes of it, unless this test was held up for a millisecond.
		if ms := left.Milliseconds(); ms > whole {
			t.Errorf("%v: %d ms instead of %d", timeout, ms, whole)
		}
		if total := deadline(timeout).Sub(before); total.Milliseconds() < whole {
			t.Errorf("%v: deadline after %v", timeout, total)
		}
	}
}
