// SPDX-License-Identifier: BSD-2-Clause

package main

import "github.com/cilium/ebpf/ringbuf"

// readLoop reads events into the record until none are left to be read or the reader fails, and
// adds what is touched of each to the sum. It returns how many are left, and the sum.
type readLoop func(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (
	uint64, uint64, error)

// readLoops has a loop for each TOUCHING. Each is written out, so that nothing is decided for each
// event and nothing called through a pointer: Go's compiler does not specialise a function for a
// function argument or a type parameter.
var readLoops = map[string]readLoop{
	"NONE":       readOnly,
	"HEADER":     readHeaders,
	"SKB_FIELDS": readFields,
	"WORDS":      readWords,
	"WORDS_16":   readWords16,
	"WORDS_32":   readWords32,
	"WORDS_48":   readWords48,
	"WORDS_64":   readWords64,
	"WORDS_80":   readWords80,
	"WORDS_96":   readWords96,
	"BYTES":      readBytes,
	"PROOF":      readProof,
}

func readOnly(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
	}
	return left, sum, nil
}

func readHeaders(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += firstWord(record.RawSample)
	}
	return left, sum, nil
}

func readFields(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += sumFields(record.RawSample)
	}
	return left, sum, nil
}

func readWords(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += sumWords(record.RawSample)
	}
	return left, sum, nil
}

func readWords16(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += sum16(record.RawSample)
	}
	return left, sum, nil
}

func readWords32(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += sum32(record.RawSample)
	}
	return left, sum, nil
}

func readWords48(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += sum48(record.RawSample)
	}
	return left, sum, nil
}

func readWords64(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += sum64(record.RawSample)
	}
	return left, sum, nil
}

func readWords80(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += sum80(record.RawSample)
	}
	return left, sum, nil
}

func readWords96(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += sum96(record.RawSample)
	}
	return left, sum, nil
}

func readBytes(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum += sumBytes(record.RawSample)
	}
	return left, sum, nil
}

func readProof(reader *ringbuf.Reader, record *ringbuf.Record, left, sum uint64) (uint64, uint64, error) {
	for ; left > 0; left-- {
		if err := reader.ReadInto(record); err != nil {
			return left, sum, err
		}
		sum = proof(sum, record.RawSample)
	}
	return left, sum, nil
}
