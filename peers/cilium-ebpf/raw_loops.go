// SPDX-License-Identifier: BSD-2-Clause

//go:build rawreader

package main

import "github.com/cilium/ebpf/ringbuf"

// rawLoop is a readLoop of ringbuf.RawReader. It commits each event, or where none is known to be
// left; what is not committed when it returns is for the caller to commit.
type rawLoop func(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error)

// rawLoops are written out for the reason that readLoops are.
var rawLoops = map[string]rawLoop{
	"NONE":       rawOnly,
	"HEADER":     rawHeaders,
	"SKB_FIELDS": rawFields,
	"WORDS":      rawWords,
	"WORDS_16":   rawWords16,
	"WORDS_32":   rawWords32,
	"WORDS_48":   rawWords48,
	"WORDS_64":   rawWords64,
	"WORDS_80":   rawWords80,
	"WORDS_96":   rawWords96,
	"BYTES":      rawBytes,
	"PROOF":      rawProof,
}

func rawOnly(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawHeaders(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += firstWord(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawFields(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += sumFields(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawWords(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += sumWords(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawWords16(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += sum16(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawWords32(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += sum32(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawWords48(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += sum48(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawWords64(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += sum64(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawWords80(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += sum80(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawWords96(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += sum96(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawBytes(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum += sumBytes(data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}

func rawProof(lease ringbuf.Lease, each bool, left, sum uint64) (uint64, uint64, error) {
	for left > 0 {
		data, remain, err := lease.ReadSample()
		if err != nil {
			return left, sum, err
		}
		if data != nil { // else it was discarded
			sum = proof(sum, data)
			left--
		}
		if each || remain == 0 {
			lease.Commit()
		}
	}
	return left, sum, nil
}
