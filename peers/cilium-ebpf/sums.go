// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"encoding/binary"
	"unsafe"
)

// What is touched of each event. encoding/binary makes single loads of these; where the length is
// known or looked at first, nothing else is checked.

const proofPrime = 0x100000001b3 // FNV-1a, 64-bit, with words for bytes

// rest is less than 8 bytes as one word filled up with zeros.
func rest(bytes []byte) uint64 {
	var word uint64
	for i, b := range bytes {
		word |= uint64(b) << (8 * i)
	}
	return word
}

func firstWord(event []byte) uint64 {
	if len(event) < 8 {
		return rest(event)
	}
	return binary.LittleEndian.Uint64(event)
}

// skbMeta is struct skb_meta of bpf/events.h, as bpf2go would generate it.
type skbMeta struct {
	address                                    uint64
	len, pktType, mark, queueMapping, protocol uint32
	vlanPresent, vlanTCI, vlanProto, priority  uint32
	ingressIfindex, ifindex, tcIndex           uint32
	cb                                         [5]uint32
	_                                          uint32
}

// sumFields adds in parallel: its sums do not depend on each other.
func sumFields(event []byte) uint64 {
	if len(event) != int(unsafe.Sizeof(skbMeta{})) {
		return 1
	}
	m := (*skbMeta)(unsafe.Pointer(unsafe.SliceData(event)))
	a := m.address + uint64(m.len) + uint64(m.pktType) + uint64(m.mark)
	b := uint64(m.queueMapping) + uint64(m.protocol) + uint64(m.vlanPresent) + uint64(m.vlanTCI)
	c := uint64(m.vlanProto) + uint64(m.priority) + uint64(m.ingressIfindex) + uint64(m.ifindex)
	d := uint64(m.tcIndex) + uint64(m.cb[0]) + uint64(m.cb[1]) + uint64(m.cb[2])
	return (a + b) + (c + d) + (uint64(m.cb[3]) + uint64(m.cb[4]))
}

func sumWords(event []byte) uint64 {
	var even, odd uint64
	for len(event) >= 32 {
		even += binary.LittleEndian.Uint64(event) + binary.LittleEndian.Uint64(event[16:])
		odd += binary.LittleEndian.Uint64(event[8:]) + binary.LittleEndian.Uint64(event[24:])
		event = event[32:]
	}
	for len(event) >= 8 {
		even += binary.LittleEndian.Uint64(event)
		event = event[8:]
	}
	return even + odd + rest(event)
}

// Of a known size. Events of another have the sum of their own.

func sum16(event []byte) uint64 {
	if len(event) != 16 {
		return sumWords(event)
	}
	return binary.LittleEndian.Uint64(event) + binary.LittleEndian.Uint64(event[8:])
}

func sum32(event []byte) uint64 {
	if len(event) != 32 {
		return sumWords(event)
	}
	return four((*[32]byte)(event))
}

func sum48(event []byte) uint64 {
	if len(event) != 48 {
		return sumWords(event)
	}
	return four((*[32]byte)(event)) + binary.LittleEndian.Uint64(event[32:]) +
		binary.LittleEndian.Uint64(event[40:])
}

func sum64(event []byte) uint64 {
	if len(event) != 64 {
		return sumWords(event)
	}
	return four((*[32]byte)(event)) + four((*[32]byte)(event[32:]))
}

func sum80(event []byte) uint64 {
	if len(event) != 80 {
		return sumWords(event)
	}
	return four((*[32]byte)(event)) + four((*[32]byte)(event[32:])) +
		(binary.LittleEndian.Uint64(event[64:]) + binary.LittleEndian.Uint64(event[72:]))
}

func sum96(event []byte) uint64 {
	if len(event) != 96 {
		return sumWords(event)
	}
	return four((*[32]byte)(event)) + four((*[32]byte)(event[32:])) +
		four((*[32]byte)(event[64:]))
}

func four(words *[32]byte) uint64 {
	return (binary.LittleEndian.Uint64(words[0:]) + binary.LittleEndian.Uint64(words[8:])) +
		(binary.LittleEndian.Uint64(words[16:]) + binary.LittleEndian.Uint64(words[24:]))
}

// sumBytes adds eight bytes at once, as vectors do in C. A word becomes four sums of two bytes, of 16
// bits each; the sums of four words still fit into 16 bits, and so does their total.
func sumBytes(event []byte) uint64 {
	var sum uint64
	for len(event) >= 32 {
		sum += sumQuarters(pairs(binary.LittleEndian.Uint64(event)) +
			pairs(binary.LittleEndian.Uint64(event[8:])) +
			pairs(binary.LittleEndian.Uint64(event[16:])) +
			pairs(binary.LittleEndian.Uint64(event[24:])))
		event = event[32:]
	}
	for len(event) >= 8 {
		sum += sumQuarters(pairs(binary.LittleEndian.Uint64(event)))
		event = event[8:]
	}
	return sum + sumQuarters(pairs(rest(event)))
}

func pairs(word uint64) uint64 {
	const everyOther = 0x00ff00ff00ff00ff

	return word&everyOther + word>>8&everyOther
}

// sumQuarters is the sum of four 16-bit numbers, which has 16 bits itself.
func sumQuarters(quarters uint64) uint64 {
	return quarters * 0x0001000100010001 >> 48
}

func proof(digest uint64, event []byte) uint64 {
	digest = (digest ^ uint64(uint32(len(event)))) * proofPrime
	for len(event) >= 8 {
		digest = (digest ^ binary.LittleEndian.Uint64(event)) * proofPrime
		event = event[8:]
	}
	if len(event) > 0 {
		digest = (digest ^ rest(event)) * proofPrime
	}
	return digest
}
