// SPDX-License-Identifier: BSD-2-Clause

// The reader of github.com/cilium/ebpf as a peer of the benchmark: peers/README.md has the line
// protocol, README.md here what was done to be fair.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
)

func main() {
	// This goroutine reads the ring. It stays on one thread, so that the scheduler does not move
	// it to another CPU with cold caches.
	runtime.LockOSThread()
	if err := start(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cilium-ebpf:", err)
		os.Exit(1)
	}
}

func start(arguments []string) error {
	if len(arguments) != 1 {
		return fmt.Errorf("give one argument, the number of a ring buffer's descriptor")
	}
	fd, err := strconv.ParseUint(arguments[0], 10, 31)
	if err != nil {
		return fmt.Errorf("%q is not the number of a descriptor", arguments[0])
	}
	return serve(os.Stdin, os.Stdout, &ring{fd: int(fd)})
}

// serve answers commands until the input ends.
func serve(input io.Reader, output io.Writer, from *ring) error {
	p := &peer{ring: from, lines: make(chan string), answers: output}
	if err := p.answer(identity()); err != nil {
		return err
	}

	var inputErr error
	go func() {
		defer close(p.lines)
		scanner := bufio.NewScanner(input)
		for scanner.Scan() {
			p.lines <- scanner.Text()
		}
		inputErr = scanner.Err()
	}()
	for line := range p.lines {
		found, err := p.do(line)
		if err == errInputEnded {
			break
		}
		if err != nil {
			found = failure(err)
		}
		if err := p.answer(found); err != nil {
			return err
		}
	}
	return inputErr
}

// peer is one end of the line protocol.
type peer struct {
	ring    *ring
	lines   chan string // of the input; closed where it ends
	answers io.Writer
	reader  reader       // of the last drain; nil: there is none
	drained drainCommand // that drain
}

// do carries out a command and returns its answer.
func (p *peer) do(line string) (any, error) {
	command, err := parseCommand(line)
	if err != nil {
		return nil, err
	}
	switch command := command.(type) {
	case drainCommand:
		return p.drain(command)
	case againCommand:
		return p.again(command)
	case liveCommand:
		return p.live(command)
	}
	return nil, fmt.Errorf("nothing does %q", line)
}
