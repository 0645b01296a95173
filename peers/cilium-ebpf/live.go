// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf/ringbuf"
)

func (p *peer) live(command liveCommand) (any, error) {
	if err := p.closeReader(); err != nil {
		return nil, err
	}
	c := newConsumer(command)
	reader, err := openers[command.path](p.ring)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	if err := p.answer(readyAnswer{true}); err != nil {
		return nil, err
	}
	cpuBefore, err := processCPUTime()
	if err != nil {
		return nil, err
	}

	stopped := make(chan error)
	go func() { stopped <- p.awaitStop(c, reader) }()
	readErr := reader.live(c)
	if err := <-stopped; err != nil {
		return nil, err
	}
	if readErr != nil {
		return nil, readErr
	}
	cpuAfter, err := processCPUTime()
	if err != nil {
		return nil, err
	}
	return c.result(cpuAfter - cpuBefore), nil
}

// awaitStop returns after the line stop, or errInputEnded. Other commands fail.
func (p *peer) awaitStop(c *consumer, reader reader) error {
	err := errInputEnded
	for line := range p.lines {
		if line == "stop" {
			err = nil
			break
		}
		if err = p.answer(failure(fmt.Errorf("%q, but reading is live until stop", line))); err != nil {
			break
		}
	}
	c.finishing.Store(true)
	// Not SetDeadline, which waits for the lock that a blocked ReadInto holds, nor Close, after
	// which nothing can be read.
	if flushErr := reader.Flush(); flushErr != nil {
		return fmt.Errorf("cannot end the waiting: %w", flushErr)
	}
	return err
}

// live reads and waits until the reader is flushed: ReadInto then returns all that was in the ring
// at that time, and ErrFlushed after it. So nothing is lost, and nothing is left to read.
func (r *copyingReader) live(c *consumer) error {
	for {
		if err := r.ReadInto(&r.record); err != nil {
			if errors.Is(err, ringbuf.ErrFlushed) {
				return nil
			}
			return fmt.Errorf("reading failed after %d events: %w", c.consumed, err)
		}
		if err := c.handle(r.record.RawSample); err != nil {
			return err
		}
		if r.record.Remaining == 0 {
			c.readAll()
		}
	}
}
