// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/cilium/ebpf/ringbuf"
)

// reader is one way to read the ring.
type reader interface {
	drain(command drainCommand) (drainAnswer, error)
	live(c *consumer) error // until it is flushed
	SetDeadline(deadline time.Time)
	Flush() error
	Close() error
}

// openers has a function for each path.
var openers = map[string]func(r *ring) (reader, error){
	pathName: func(r *ring) (reader, error) { return openCopying(r) },
}

// drain opens a reader, which stays open for again.
func (p *peer) drain(command drainCommand) (any, error) {
	if err := p.closeReader(); err != nil {
		return nil, err
	}
	reader, err := openers[command.path](p.ring)
	if err != nil {
		return nil, err
	}
	p.reader, p.drained = reader, command
	return reader.drain(command)
}

func (p *peer) again(command againCommand) (any, error) {
	if p.reader == nil {
		return nil, errors.New("nothing was drained that could be again")
	}
	p.drained.events = command.events
	return p.reader.drain(p.drained)
}

func (p *peer) closeReader() error {
	if p.reader == nil {
		return nil
	}
	err := p.reader.Close()
	p.reader = nil
	if err != nil {
		return fmt.Errorf("cannot close the reader: %w", err)
	}
	return nil
}

// copyingReader copies each event into a record that is reused: its buffer grows to the longest
// event, then stays.
type copyingReader struct {
	*ringbuf.Reader
	record ringbuf.Record
}

func openCopying(r *ring) (*copyingReader, error) {
	m, err := r.open()
	if err != nil {
		return nil, err
	}
	reader, err := ringbuf.NewReader(m)
	if err != nil {
		return nil, fmt.Errorf("cannot open a reader: %w", err)
	}
	return &copyingReader{Reader: reader}, nil
}

func (r *copyingReader) drain(command drainCommand) (drainAnswer, error) {
	loop := readLoops[command.touching]

	return drainBy(r, command, func(left, sum uint64) (uint64, uint64, error) {
		return loop(r.Reader, &r.record, left, sum)
	}, func() {})
}

// drainBy times read, which reads until none are left or the reader fails, and commit.
func drainBy(r reader, command drainCommand,
	read func(left, sum uint64) (uint64, uint64, error), commit func()) (drainAnswer, error) {
	var sum uint64
	var err error
	left := command.events

	before := nanotime()
	for left > 0 {
		waiting := left
		r.SetDeadline(deadline(command.timeout))
		left, sum, err = read(left, sum)
		if err == nil {
			break
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return drainAnswer{}, fmt.Errorf("reading failed after %d events: %w",
				command.events-left, err)
		}
		// The time-out begins with the last event, but setting a deadline for each event
		// would cost more than reading one.
		if left == waiting || command.timeout == 0 {
			break
		}
	}
	commit()
	ns := nanotime() - before
	return drainAnswer{command.events - left, ns, sum}, nil
}

// deadline is when the reader stops waiting. The reader waits for whole milliseconds, rounded down, so
// the time-out is rounded up, as in the benchmark's path libbpf.
func deadline(timeout time.Duration) time.Time {
	const longest = 24 * time.Hour // epoll_wait() takes 32 bits of milliseconds

	now := time.Now()
	if timeout == 0 {
		return now // does not wait
	}
	timeout = min(timeout, longest)
	return now.Add((timeout + time.Millisecond - 1).Truncate(time.Millisecond)).
		Add(time.Millisecond - 1)
}
