// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/cilium/ebpf/ringbuf"
)

func (p *peer) drain(command drainCommand) (any, error) {
	reader, err := p.ring.open()
	if err != nil {
		return nil, err
	}
	found, err := drain(reader, command)
	if closeErr := reader.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("cannot close the reader: %w", closeErr)
	}
	return found, err
}

func drain(reader *ringbuf.Reader, command drainCommand) (drainAnswer, error) {
	var record ringbuf.Record // reused: its buffer grows to the longest event, then stays
	var sum uint64
	var err error
	left := command.events

	before := nanotime()
	for left > 0 {
		waiting := left
		reader.SetDeadline(deadline(command.timeout))
		left, sum, err = command.loop(reader, &record, left, sum)
		if err == nil {
			break
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return drainAnswer{}, fmt.Errorf("reading failed after %d events: %w",
				command.events-left, err)
		}
		// A deadline is a point in time, the time-out begins with the last event: to
		// set it anew for each would cost more than reading one.
		if left == waiting || command.timeout == 0 {
			break
		}
	}
	ns := nanotime() - before
	return drainAnswer{command.events - left, ns, sum}, nil
}

// deadline is from when on the reader no longer waits. It waits for whole milliseconds and cuts off
// what is left, so the time-out is rounded up, as in the benchmark's path libbpf.
func deadline(timeout time.Duration) time.Time {
	const longest = 24 * time.Hour // epoll_wait() takes 32 bits of milliseconds

	now := time.Now()
	if timeout == 0 {
		return now // over when it is looked at
	}
	timeout = min(timeout, longest)
	return now.Add((timeout + time.Millisecond - 1).Truncate(time.Millisecond)).
		Add(time.Millisecond - 1)
}
