// SPDX-License-Identifier: BSD-2-Clause

//go:build rawreader

package main

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf/ringbuf"
)

const (
	rawPath      = pathName + "-raw"       // commits each event
	rawBatchPath = pathName + "-raw-batch" // commits when all known events are read
)

func init() {
	paths = append(paths, rawPath, rawBatchPath)
	openers[rawPath] = func(r *ring) (reader, error) { return openRaw(r, true) }
	openers[rawBatchPath] = func(r *ring) (reader, error) { return openRaw(r, false) }
}

// rawReader reads without copying.
type rawReader struct {
	*ringbuf.RawReader
	each bool
}

func openRaw(r *ring, each bool) (reader, error) {
	m, err := r.open()
	if err != nil {
		return nil, err
	}
	raw, err := ringbuf.NewRawReader(m)
	if err != nil {
		return nil, fmt.Errorf("cannot open a raw reader: %w", err)
	}
	return &rawReader{raw, each}, nil
}

func (r *rawReader) drain(command drainCommand) (drainAnswer, error) {
	loop := rawLoops[command.touching]
	var answer drainAnswer

	err := r.WithLease(func(lease ringbuf.Lease) (err error) {
		answer, err = drainBy(r, command, func(left, sum uint64) (uint64, uint64, error) {
			return loop(lease, r.each, left, sum)
		}, lease.Commit)
		return err
	})
	return answer, err
}

// live with batches also commits after an eighth of the ring: with a producer at full rate, remain is
// never 0, and the ring would fill up.
func (r *rawReader) live(c *consumer) error {
	return r.WithLease(func(lease ringbuf.Lease) error {
		pending, most := 0, r.BufferSize()/8

		defer lease.Commit()
		for {
			data, remain, err := lease.ReadSample()
			if err != nil {
				if errors.Is(err, ringbuf.ErrFlushed) {
					return nil
				}
				return fmt.Errorf("reading failed after %d events: %w", c.consumed, err)
			}
			if data != nil {
				if err := c.handle(data); err != nil {
					return err
				}
			}
			pending += len(data) + 8
			if r.each || remain == 0 || pending >= most {
				lease.Commit()
				pending = 0
			}
			if remain == 0 {
				c.readAll()
			}
		}
	})
}
