// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// definitions asks the benchmark's own headers (testdata/definitions.c).
func definitions(t *testing.T, questions []string) []uint64 {
	t.Helper()
	compiler, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("there is no cc to compile the C definitions with")
	}
	program := filepath.Join(t.TempDir(), "definitions")
	compile := exec.Command(compiler, "-O1", "-I../../bench", "-I../../bpf", "-I../../include",
		"-o", program, "testdata/definitions.c")
	if output, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("cannot compile the C definitions: %v\n%s", err, output)
	}
	run := exec.Command(program)
	run.Stdin = strings.NewReader(strings.Join(questions, "\n") + "\n")
	output, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers []uint64
	for _, line := range strings.Fields(string(output)) {
		var answer uint64
		if _, err := fmt.Sscan(line, &answer); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	if len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions", len(answers), len(questions))
	}
	return answers
}

// pattern is what definitions.c fills events with.
func pattern(state *uint64, event []byte) {
	for i := range event {
		*state = *state*6364136223846793005 + 1442695040888963407
		event[i] = byte(*state >> 56)
	}
}

var sums = map[string]func(sum uint64, event []byte) uint64{
	"NONE":       func(sum uint64, event []byte) uint64 { return sum },
	"HEADER":     func(sum uint64, event []byte) uint64 { return sum + firstWord(event) },
	"SKB_FIELDS": func(sum uint64, event []byte) uint64 { return sum + sumFields(event) },
	"WORDS":      func(sum uint64, event []byte) uint64 { return sum + sumWords(event) },
	"WORDS_16":   func(sum uint64, event []byte) uint64 { return sum + sum16(event) },
	"WORDS_32":   func(sum uint64, event []byte) uint64 { return sum + sum32(event) },
	"WORDS_48":   func(sum uint64, event []byte) uint64 { return sum + sum48(event) },
	"WORDS_64":   func(sum uint64, event []byte) uint64 { return sum + sum64(event) },
	"WORDS_80":   func(sum uint64, event []byte) uint64 { return sum + sum80(event) },
	"WORDS_96":   func(sum uint64, event []byte) uint64 { return sum + sum96(event) },
	"BYTES":      func(sum uint64, event []byte) uint64 { return sum + sumBytes(event) },
	"PROOF":      proof,
}

func TestSumsAreThoseOfTheBenchmark(t *testing.T) {
	type question struct {
		touching string
		length   int
		seed     uint64
	}
	var asked []question
	for touching := range readLoops {
		lengths := []int{16, 17, 23, 24, 31, 32, 40, 79, 80, 81, 100, 1023, 1024, 1025, 8192, 65536}
		var fixed int
		if n, _ := fmt.Sscanf(touching, "WORDS_%d", &fixed); n == 1 {
			lengths = []int{fixed}
		}
		for i, length := range lengths {
			asked = append(asked, question{touching, length, uint64(i)})
		}
	}
	var lines []string
	for _, q := range asked {
		lines = append(lines, fmt.Sprintf("sum %s %d %d", q.touching, q.length, q.seed))
	}
	for i, want := range definitions(t, lines) {
		q := asked[i]
		seed, sum := q.seed, uint64(0)
		event := make([]byte, q.length)
		for range 3 {
			pattern(&seed, event)
			sum = sums[q.touching](sum, event)
		}
		if sum != want {
			t.Errorf("%s of %d B: %d instead of %d", q.touching, q.length, sum, want)
		}
	}
}

func TestBucketsAreThoseOfTheBenchmark(t *testing.T) {
	values := []uint64{0, math.MaxUint64}
	for shift := range 64 {
		for _, near := range []uint64{1, 2, 3, 1 << 5, 1 << 6, 1<<6 + 1} {
			values = append(values, 1<<shift-near, 1<<shift, 1<<shift+near)
		}
	}
	var lines []string
	for _, value := range values {
		lines = append(lines, fmt.Sprintf("bucket %d", value))
	}
	for i, want := range definitions(t, lines) {
		if found := histogramBucket(values[i]); found != want {
			t.Errorf("%d ns: bucket %d instead of %d", values[i], found, want)
		}
	}
}

func TestEventsAreThoseOfTheBenchmark(t *testing.T) {
	var ids []uint64
	for _, producer := range []uint64{0, 1, 63} {
		for sequence := range uint64(200) {
			ids = append(ids, producer<<sequenceBits|sequence)
		}
	}
	var lines []string
	for i, id := range ids {
		lines = append(lines, fmt.Sprintf("index %d %d", id, i+1), fmt.Sprintf("word %d %d", id, i%50+2))
	}
	answers := definitions(t, lines)
	for i, id := range ids {
		if found := mixIndex(id, uint64(i)+1, i%2 > 0); found != answers[2*i] {
			t.Errorf("id %#x: size %d of %d instead of %d", id, found, i+1, answers[2*i])
		}
		event := make([]byte, 8*(i%50+3))
		binary.LittleEndian.PutUint64(event[len(event)-8:], answers[2*i+1])
		if !endIsRight(event, id) {
			t.Errorf("id %#x: the last of %d words is refused", id, i%50+3)
		}
	}
}

// The same, where no C compiler is.
func TestKnownSums(t *testing.T) {
	event := make([]byte, 80)
	for i := range event {
		event[i] = byte(i)
	}
	for touching, want := range map[string]uint64{
		"NONE":       0,
		"HEADER":     0x0706050403020100,
		"BYTES":      79 * 80 / 2,
		"SKB_FIELDS": 0x0706050403020100 + 17*0x03020100 + 0x04040404*(2+18)*17/2,
		// Each word is the first one and 8 more in each byte; the carries are lost.
		"WORDS":    0x0706050403020100*10&math.MaxUint64 + 0x0808080808080808*45&math.MaxUint64,
		"WORDS_80": 0x0706050403020100*10&math.MaxUint64 + 0x0808080808080808*45&math.MaxUint64,
	} {
		if found := sums[touching](0, event); found != want {
			t.Errorf("%s: %#x instead of %#x", touching, found, want)
		}
	}
	if found := sumFields(event[:79]); found != 1 {
		t.Errorf("fields of another length: %d instead of 1", found)
	}
	if found := sumWords([]byte{1, 2, 3}); found != 0x030201 {
		t.Errorf("bytes left over: %#x", found)
	}
	// FNV-1a's prime, an event of one byte 0x61: its length, then the byte.
	want := (uint64(1) * proofPrime) ^ 0x61
	want *= proofPrime
	if found := proof(0, []byte{0x61}); found != want {
		t.Errorf("proof: %#x instead of %#x", found, want)
	}
	if found := sumBytes(bytes.Repeat([]byte{0xff}, 4099)); found != 4099*0xff {
		t.Errorf("bytes that carry most: %d instead of %d", found, 4099*0xff)
	}
}

func TestKnownBuckets(t *testing.T) {
	for value, want := range map[uint64]uint64{
		0: 0, 63: 63, 64: 64, 127: 127, 128: 128, 129: 128, 130: 129, 4000: 445,
		1<<40 - 1: histogramBuckets - 1, 1 << 40: histogramBuckets - 1,
	} {
		if found := histogramBucket(value); found != want {
			t.Errorf("%d ns: bucket %d instead of %d", value, found, want)
		}
	}
}

func TestHistogramCounts(t *testing.T) {
	h := newHistogram()
	if counts := h.counts(); counts == nil || len(counts) != 0 {
		t.Errorf("empty: %v", counts)
	}
	for _, value := range []uint64{130, 17, 131, 1 << 50} {
		h.add(value)
	}
	want := [][2]uint64{{17, 1}, {129, 2}, {histogramBuckets - 1, 1}}
	if found := h.counts(); fmt.Sprint(found) != fmt.Sprint(want) {
		t.Errorf("%v instead of %v", found, want)
	}
	if h.count != 4 || h.max != 1<<50 || h.min != 17 {
		t.Errorf("count %d, max %d, min %d", h.count, h.max, h.min)
	}
}

func BenchmarkSums(b *testing.B) {
	for touching, sum := range sums {
		for _, length := range []int{80, 1024} {
			b.Run(fmt.Sprintf("%s/%d", touching, length), func(b *testing.B) {
				event := make([]byte, length)
				b.SetBytes(int64(length))
				var all uint64
				for b.Loop() {
					all = sum(all, event)
				}
			})
		}
	}
}
