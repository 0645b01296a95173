// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/ringbuf"
	"golang.org/x/sys/unix"
)

func duplicate(t *testing.T, file interface{ Fd() uintptr }) int {
	t.Helper()
	fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

// producer writes events of 24 B, as those of live, to a ring of the kernel that has room for all that
// a test writes.
type producer struct {
	t       *testing.T
	ring    *ebpf.Map
	program *ebpf.Program
	written uint64
}

func newProducer(t *testing.T) *producer {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if errors.Is(err, ebpf.ErrNotSupported) || errors.Is(err, os.ErrPermission) {
			t.Skipf("the BPF program cannot be loaded: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ring, err := ebpf.NewMap(&ebpf.MapSpec{Type: ebpf.RingBuf, MaxEntries: 1 << 21})
	must(err)
	t.Cleanup(func() { ring.Close() })
	counter, err := ebpf.NewMap(&ebpf.MapSpec{
		Type: ebpf.Array, KeySize: 4, ValueSize: 8, MaxEntries: 1})
	must(err)
	defer counter.Close()

	program, err := ebpf.NewProgram(&ebpf.ProgramSpec{
		Type:    ebpf.SchedCLS,
		License: "Dual BSD/GPL",
		Instructions: asm.Instructions{
			asm.LoadMapValue(asm.R6, counter.FD(), 0),
			asm.LoadMem(asm.R7, asm.R6, 0, asm.DWord),
			asm.StoreMem(asm.RFP, -24, asm.R7, asm.DWord),
			asm.Mov.Reg(asm.R8, asm.R7),
			asm.Add.Imm(asm.R8, 2),
			asm.LoadImm(asm.R9, int64(-0x61c8864680b583eb), asm.DWord), // goldenFactor
			asm.Mul.Reg(asm.R8, asm.R9),
			asm.StoreMem(asm.RFP, -8, asm.R8, asm.DWord),
			asm.FnKtimeGetNs.Call(),
			asm.StoreMem(asm.RFP, -16, asm.R0, asm.DWord),
			asm.LoadMapPtr(asm.R1, ring.FD()),
			asm.Mov.Reg(asm.R2, asm.RFP),
			asm.Add.Imm(asm.R2, -24),
			asm.Mov.Imm(asm.R3, 24),
			asm.Mov.Imm(asm.R4, 0),
			asm.FnRingbufOutput.Call(),
			asm.Mov.Reg(asm.R8, asm.R0),
			asm.JNE.Imm(asm.R8, 0, "full"),
			asm.Add.Imm(asm.R7, 1),
			asm.StoreMem(asm.R6, 0, asm.R7, asm.DWord),
			asm.Mov.Imm(asm.R0, 0).WithSymbol("full"),
			asm.Return(),
		},
	})
	must(err)
	t.Cleanup(func() { program.Close() })
	return &producer{t: t, ring: ring, program: program}
}

func (p *producer) write(events int) {
	p.t.Helper()
	_, err := p.program.Run(&ebpf.RunOptions{Data: make([]byte, 64), Repeat: uint32(events)})
	if err != nil {
		p.t.Fatal(err)
	}
	p.written += uint64(events)
}

// driver talks to a peer that serves the producer's ring.
type driver struct {
	t       *testing.T
	input   *io.PipeWriter
	answers *bufio.Scanner
	done    chan error
}

func drive(t *testing.T, p *producer) *driver {
	t.Helper()
	inputRead, inputWrite := io.Pipe()
	outputRead, outputWrite := io.Pipe()
	d := &driver{t, inputWrite, bufio.NewScanner(outputRead), make(chan error, 1)}
	fd, err := unix.FcntlInt(uintptr(p.ring.FD()), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	from := &ring{fd: fd}
	go func() {
		err := serve(inputRead, outputWrite, from)
		outputWrite.Close()
		from.m.Close()
		d.done <- err
	}()
	if who := d.answer(); who["peer"] != "cilium-ebpf" {
		t.Fatalf("%v", who)
	}
	return d
}

func (d *driver) say(line string) {
	d.t.Helper()
	if _, err := fmt.Fprintln(d.input, line); err != nil {
		d.t.Fatal(err)
	}
}

func (d *driver) answer() map[string]any {
	d.t.Helper()
	if !d.answers.Scan() {
		d.t.Fatalf("no answer: %v", d.answers.Err())
	}
	answer := map[string]any{}
	if err := json.Unmarshal(d.answers.Bytes(), &answer); err != nil {
		d.t.Fatalf("%s: %v", d.answers.Text(), err)
	}
	return answer
}

func (d *driver) ask(line string) map[string]any {
	d.t.Helper()
	d.say(line)
	return d.answer()
}

// end ends the input; the peer has to say nothing more.
func (d *driver) end() {
	d.t.Helper()
	d.input.Close()
	if d.answers.Scan() {
		d.t.Errorf("after the end: %s", d.answers.Text())
	}
	if err := <-d.done; err != nil {
		d.t.Error(err)
	}
}

func TestDrainsRing(t *testing.T) {
	p := newProducer(t)
	d := drive(t, p)
	var ids uint64 // what HEADER sums up
	for round := range 3 {
		for id := p.written; id < p.written+1000; id++ {
			ids += id
		}
		p.write(1000)
		found := d.ask("drain cilium-ebpf 1000 HEADER 0")
		if found["events"] != 1000.0 || found["checksum"] != fmt.Sprint(ids) {
			t.Errorf("round %d: %v instead of a checksum of %d", round, found, ids)
		}
		ids = 0
	}
	// No more than it was told, the rest by another reader.
	p.write(5)
	for _, test := range []struct{ wanted, found float64 }{{2, 2}, {0, 0}, {9, 3}, {1, 0}} {
		found := d.ask(fmt.Sprintf("drain cilium-ebpf %v NONE 0", test.wanted))
		if found["events"] != test.found || found["checksum"] != "0" {
			t.Errorf("%v instead of %v events", found, test.found)
		}
	}
	if found := d.ask("drain cilium-ebpf 1 NONE 2500000"); found["events"] != 0.0 ||
		found["ns"].(float64) < 2500000 {
		t.Errorf("it did not wait: %v", found)
	}
	d.end()
}

func TestDrainWaitsForWhatComes(t *testing.T) {
	p := newProducer(t)
	d := drive(t, p)
	p.write(1)
	d.say("drain cilium-ebpf 3 NONE 60000000000")
	p.write(1)
	p.write(1)
	if found := d.answer(); found["events"] != 3.0 {
		t.Errorf("%v", found)
	}
	d.end()
}

func TestReadsLive(t *testing.T) {
	p := newProducer(t)
	d := drive(t, p)
	p.write(10) // before: it begins at the stored position
	if ready := d.ask("live cilium-ebpf 1 24 0"); ready["ready"] != true {
		t.Fatalf("%v", ready)
	}
	if failed := d.ask("drain cilium-ebpf 1 NONE 0"); failed["error"] == nil {
		t.Errorf("%v", failed)
	}
	for range 50 {
		p.write(1)
		p.write(999)
	}
	found := d.ask("stop") // at once: what was written last may not have been read
	var latencies float64
	for _, bucket := range found["latency"].([]any) {
		latencies += bucket.([]any)[1].(float64)
	}
	for name, want := range map[string]any{
		"consumed": float64(p.written), "read": fmt.Sprint([]uint64{p.written}),
		"next": fmt.Sprint([]uint64{p.written}), "sleeps": nil, "wakeups": nil,
	} {
		value := found[name]
		if _, is := value.([]any); is {
			value = fmt.Sprint(value)
		}
		if value != want {
			t.Errorf("%s is %v instead of %v", name, value, want)
		}
	}
	if latencies != float64(p.written) || found["latency_max"].(float64) <= 0 ||
		found["cpu_ns"].(float64) <= 0 || found["last_ns"].(float64) <= 0 {
		t.Errorf("%v", found)
	}
	if left := d.ask("drain cilium-ebpf 1 NONE 0"); left["events"] != 0.0 {
		t.Errorf("something was left: %v", left)
	}
	d.end()
}

func TestLiveWithoutEvents(t *testing.T) {
	d := drive(t, newProducer(t))
	for range 2 {
		d.ask("live cilium-ebpf 2 16 0")
		if found := d.ask("stop"); found["consumed"] != 0.0 || found["last_ns"] != 0.0 {
			t.Errorf("%v", found)
		}
	}
	d.end()
}

func TestWrongEventIsAnsweredAtStop(t *testing.T) {
	p := newProducer(t)
	d := drive(t, p)
	d.ask("live cilium-ebpf 1 80 0")
	p.write(1)
	why, _ := d.ask("stop")["error"].(string)
	if !strings.Contains(why, "an event of 24 B is not as its producer wrote it") {
		t.Errorf("%q", why)
	}
	d.end()
}

func TestEndOfInputEndsLive(t *testing.T) {
	d := drive(t, newProducer(t))
	d.ask("live cilium-ebpf 1 24 0")
	d.end()
}

func TestReadingAllocatesNothing(t *testing.T) {
	p := newProducer(t)
	reader, err := ringbuf.NewReader(p.ring)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	reader.SetDeadline(time.Now())
	p.write(1002)
	c := newConsumer(liveCommand{producers: 1, sizes: sizes{one: 24}})
	var record ringbuf.Record
	allocations := testing.AllocsPerRun(1000, func() { // and once before, where the record grows
		if err := reader.ReadInto(&record); err != nil {
			t.Fatal(err)
		}
		if err := c.handle(record.RawSample); err != nil {
			t.Fatal(err)
		}
	})
	if allocations != 0 {
		t.Errorf("%v allocations an event", allocations)
	}
}
