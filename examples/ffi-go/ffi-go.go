// SPDX-License-Identifier: BSD-2-Clause

// ffi-go PATH COUNT reads at least COUNT events from the ring pinned at PATH, and prints the sum of their first words.
// A call into C costs some 40 ns, so each returns up to 256 events.
package main

/*
#cgo LDFLAGS: -lringview
#include <ringview/ringview.h>
#include <stdlib.h>
*/
import "C"

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// check exits with the error of a negative errno value.
func check(result C.int) int {
	if result < 0 {
		log.Fatal(syscall.Errno(-result))
	}
	return int(result)
}

// The records are in C memory: in Go memory, cgo would check each pointer on each call.
type reader struct {
	rv      *C.struct_ringview
	records *[256]C.struct_ringview_record
}

func open(path string) *reader {
	r := &reader{records: (*[256]C.struct_ringview_record)(C.calloc(256, C.sizeof_struct_ringview_record))}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	options := C.struct_ringview_options{wait: C.RINGVIEW_WAIT_PACED, latency_budget_ns: 1000000}
	options.size = C.size_t(unsafe.Sizeof(options))
	check(C.ringview_open_pinned(&r.rv, name, &options))
	return r
}

// burst waits for events and returns at most 256; they are valid until the next call.
func (r *reader) burst() []C.struct_ringview_record {
	C.ringview_release(r.rv)
	for {
		count := check(C.ringview_peek_many(r.rv, &r.records[0], C.size_t(len(r.records))))
		if count > 0 {
			return r.records[:count]
		}
		check(C.ringview_wait(r.rv, -1))
	}
}

func main() {
	var seen, sum, count uint64
	if len(os.Args) == 3 {
		count, _ = strconv.ParseUint(os.Args[2], 10, 64)
	}
	if count == 0 {
		log.Fatal("usage: ffi-go PATH COUNT")
	}
	r, start := open(os.Args[1]), time.Now()
	for seen < count {
		for _, record := range r.burst() {
			sum += binary.NativeEndian.Uint64(unsafe.Slice((*byte)(record.data), record.length))
			seen++
		}
	}
	fmt.Fprintf(os.Stderr, "%.1f ns an event\n", float64(time.Since(start).Nanoseconds())/float64(seen))
	C.ringview_close(r.rv)
	fmt.Printf("%d events, sum %d\n", seen, sum)
}
