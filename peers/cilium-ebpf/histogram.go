// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"math"
	"math/bits"
)

// As in bench/statistics/histogram.h; the test compares the two.
const (
	histogramSubBits = 6
	histogramMaxBits = 40
	histogramBuckets = (histogramMaxBits - histogramSubBits + 1) << histogramSubBits
)

// histogram counts latencies in ns.
type histogram struct {
	count, max, min uint64
	buckets         [histogramBuckets]uint64
}

func newHistogram() *histogram {
	return &histogram{min: math.MaxUint64}
}

func histogramBucket(value uint64) uint64 {
	if value>>histogramMaxBits != 0 {
		return histogramBuckets - 1
	}
	if value < 1<<histogramSubBits {
		return value
	}
	shift := uint64(bits.Len64(value)) - 1 - histogramSubBits
	return shift<<histogramSubBits + value>>shift
}

func (h *histogram) add(value uint64) {
	h.buckets[histogramBucket(value)]++
	h.count++
	h.max = max(h.max, value)
	h.min = min(h.min, value)
}

// counts are the buckets that are not empty: number, count.
func (h *histogram) counts() [][2]uint64 {
	counts := [][2]uint64{} // [] in JSON, not null
	for bucket, count := range h.buckets {
		if count > 0 {
			counts = append(counts, [2]uint64{uint64(bucket), count})
		}
	}
	return counts
}
