// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	pathName = "cilium-ebpf"
	library  = "github.com/cilium/ebpf"

	// As in bpf/events.h and bpf/live_events.h: the first 16 bits of an id are the producer.
	eventSizeMin = 16
	eventSizeMax = 65536
	producersMax = 1 << 16
	sequenceBits = 48
)

// errInputEnded: the input ended without a stop; nobody reads the answer.
var errInputEnded = errors.New("end of input")

// protocol is the version of peers/README.md that this speaks.
const protocol = 1

// paths are those of this build: more if the library has RawReader.
var paths = []string{pathName}

type drainCommand struct {
	path     string
	events   uint64
	touching string
	timeout  time.Duration
}

type liveCommand struct {
	path      string
	producers uint64
	sizes     sizes
	work      time.Duration
}

type againCommand struct {
	events uint64
}

// parseCommand returns a drainCommand, an againCommand, a liveCommand, or an error.
func parseCommand(line string) (any, error) {
	words := strings.Split(line, " ")
	usage, known := map[string]string{
		"drain": "drain PATH EVENTS TOUCHING TIMEOUT_NS",
		"again": "again EVENTS",
		"live":  "live PATH PRODUCERS EVENT_SIZE WORK_NS",
	}[words[0]]
	if !known {
		if words[0] == "stop" {
			return nil, errors.New("nothing is live that could stop")
		}
		return nil, fmt.Errorf("unknown command %q; there are drain, again and live", words[0])
	}
	if len(words) != len(strings.Split(usage, " ")) {
		return nil, fmt.Errorf("%q: a command is %q, with single blanks between", line, usage)
	}
	if words[0] == "again" {
		events, err := parseNumber("EVENTS", words[1], 0, math.MaxUint64)
		return againCommand{events}, err
	}
	if !slices.Contains(paths, words[1]) {
		return nil, fmt.Errorf("unknown path %q; there is %s", words[1], strings.Join(paths, ", "))
	}
	if words[0] == "drain" {
		return parseDrain(words[1], words[2:])
	}
	return parseLive(words[1], words[2:])
}

func parseDrain(path string, words []string) (any, error) {
	events, err := parseNumber("EVENTS", words[0], 0, math.MaxUint64)
	if err != nil {
		return nil, err
	}
	if _, known := readLoops[words[1]]; !known {
		return nil, fmt.Errorf("unknown TOUCHING %q", words[1])
	}
	timeout, err := parseNumber("TIMEOUT_NS", words[2], 0, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	return drainCommand{path, events, words[1], time.Duration(timeout)}, nil
}

func parseLive(path string, words []string) (any, error) {
	producers, err := parseNumber("PRODUCERS", words[0], 1, producersMax)
	if err != nil {
		return nil, err
	}
	sizes, err := parseSizes(words[1])
	if err != nil {
		return nil, err
	}
	work, err := parseNumber("WORK_NS", words[2], 0, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	return liveCommand{path, producers, sizes, time.Duration(work)}, nil
}

func parseNumber(name, word string, min, max uint64) (uint64, error) {
	number, err := strconv.ParseUint(word, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is %q; it has to be a number", name, word)
	}
	if number < min || number > max {
		return 0, fmt.Errorf("%s is %d; it has to be %d to %d", name, number, min, max)
	}
	return number, nil
}

type identityAnswer struct {
	Peer     string   `json:"peer"`
	Version  string   `json:"version"`
	Language string   `json:"language"`
	Paths    []string `json:"paths"`
	Protocol int      `json:"protocol"`
}

type drainAnswer struct {
	Events   uint64 `json:"events"`
	Ns       int64  `json:"ns"`
	Checksum uint64 `json:"checksum,string"`
}

type readyAnswer struct {
	Ready bool `json:"ready"`
}

type liveAnswer struct {
	Consumed   uint64      `json:"consumed"`
	Read       []uint64    `json:"read"`
	Next       []uint64    `json:"next"`
	LastNs     int64       `json:"last_ns"`
	CPUNs      int64       `json:"cpu_ns"`
	Sleeps     *uint64     `json:"sleeps"`  // null: the reader does not tell
	Wakeups    *uint64     `json:"wakeups"` // null
	Latency    [][2]uint64 `json:"latency"`
	LatencyMax uint64      `json:"latency_max"`
	LatencyMin uint64      `json:"latency_min"` // both 0 without any stamped event
}

type failureAnswer struct {
	Error string `json:"error"`
}

func failure(err error) failureAnswer {
	return failureAnswer{strings.ReplaceAll(err.Error(), "\n", "; ")}
}

func identity() identityAnswer {
	return identityAnswer{
		Peer:     "cilium-ebpf",
		Version:  libraryVersion(),
		Language: runtime.Version(),
		Paths:    paths,
		Protocol: protocol,
	}
}

// checkout is the commit of the library, set by the linker; empty if it is a release.
var checkout string

// libraryVersion is the library's as the linker recorded it in this program.
func libraryVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range info.Deps {
		if module.Path != library {
			continue
		}
		if checkout != "" {
			return checkout
		}
		return module.Version
	}
	return "unknown"
}

// answer writes a line of JSON at once; nothing is buffered.
func (p *peer) answer(found any) error {
	line, err := json.Marshal(found)
	if err != nil {
		return err
	}
	_, err = p.answers.Write(append(line, '\n'))
	return err
}
