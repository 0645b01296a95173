// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
)

const (
	goldenFactor = 0x9e3779b97f4a7c15 // SIZED_FACTOR of bpf/events.h

	// As in bench/readers/live_check.h: events that were due before the last reading of the
	// clock, without a wait in between, are handled within nanoseconds of it. One in this many
	// reads the clock.
	clockEvery = 8
	// If the last records in the ring are discarded, no event says that the ring is empty. So
	// one event in this many sets the time of the last read.
	lastEvery = 64
)

// stream counts the events read of one producer.
type stream struct {
	next uint64 // sequence number after the last event read
	read uint64
}

// consumer checks each event and records its latency, as bench/readers/live_check.h does.
type consumer struct {
	sizes     sizes
	steps     uint64 // of work on an event
	workNs    int64
	finishing atomic.Bool // the producers have stopped

	streams   []stream
	consumed  uint64
	latency   *histogram
	clockLeft uint32 // further events that count as handled at clockNs
	clockNs   int64
	lastNs    int64
	// Once the producers have stopped, the work on the events that are left, which may take
	// minutes, is not done but added to all times (docs/measuring.md).
	savedNs int64
}

func newConsumer(command liveCommand) *consumer {
	return &consumer{
		sizes:   command.sizes,
		steps:   workSteps(command.work),
		workNs:  int64(command.work),
		streams: make([]stream, command.producers),
		latency: newHistogram(),
	}
}

// handle checks an event, records its latency and does the work. It allocates only if the event is
// wrong.
func (c *consumer) handle(event []byte) error {
	if len(event) < eventSizeMin {
		return c.wrong(event)
	}
	id := binary.LittleEndian.Uint64(event)
	due := int64(binary.LittleEndian.Uint64(event[8:]))
	producer, sequence := id>>sequenceBits, id&(1<<sequenceBits-1)
	if producer >= uint64(len(c.streams)) {
		return c.wrong(event)
	}
	from := &c.streams[producer]
	if sequence < from.next || uint64(len(event)) != c.sizes.of(id) || !endIsRight(event, id) {
		return c.wrong(event)
	}
	from.next = sequence + 1
	from.read++
	if due != 0 {
		// Clocks of two CPUs may differ by some nanoseconds.
		c.latency.add(uint64(max(0, c.handledAt(due)+c.savedNs-due)))
	}
	if c.steps > 0 {
		if c.finishing.Load() {
			c.savedNs += c.workNs
		} else {
			work(c.steps)
		}
	}
	c.consumed++
	if c.consumed%lastEvery == 0 {
		c.lastNs = nanotime() + c.savedNs
	}
	return nil
}

// readAll is called when the ring is empty after an event: the next one may come any time later.
func (c *consumer) readAll() {
	c.clockLeft = 0
	c.lastNs = nanotime() + c.savedNs
}

func (c *consumer) handledAt(due int64) int64 {
	if c.clockLeft == 0 || due > c.clockNs || c.steps > 0 {
		c.clockLeft = clockEvery
		c.clockNs = nanotime()
	}
	c.clockLeft--
	return c.clockNs
}

// endIsRight: the producer wrote the last whole word last. If it is right, the event is complete.
func endIsRight(event []byte, id uint64) bool {
	if len(event) < 24 {
		return true
	}
	index := uint64(len(event))/8 - 1
	return binary.LittleEndian.Uint64(event[index*8:]) == (id+index)*goldenFactor
}

// wrong says what is wrong with an event, as live_check_wrong() does.
func (c *consumer) wrong(event []byte) error {
	var id uint64
	if len(event) >= 8 {
		id = binary.LittleEndian.Uint64(event)
	}
	producer, sequence := id>>sequenceBits, id&(1<<sequenceBits-1)
	if len(event) >= eventSizeMin && producer < uint64(len(c.streams)) &&
		sequence < c.streams[producer].next {
		return fmt.Errorf("event %d of producer %d came after event %d: twice, or out of order",
			sequence, producer, c.streams[producer].next-1)
	}
	return fmt.Errorf(
		"an event of %d B is not as its producer wrote it (producer %d, event %d)",
		len(event), producer, sequence)
}

func (c *consumer) result(cpuNs int64) liveAnswer {
	answer := liveAnswer{
		Consumed:   c.consumed,
		LastNs:     c.lastNs,
		CPUNs:      cpuNs + c.savedNs,
		Latency:    c.latency.counts(),
		LatencyMax: c.latency.max,
		LatencyMin: c.latency.min,
	}
	if c.latency.count == 0 {
		answer.LatencyMin = 0
	}
	for _, from := range c.streams {
		answer.Read = append(answer.Read, from.read)
		answer.Next = append(answer.Next, from.next)
	}
	return answer
}
