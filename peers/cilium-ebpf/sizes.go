// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"fmt"
	"os"
	"strings"
)

// sizes are those of the events: one, or a mix of several.
type sizes struct {
	one     uint64 // 0: a mix
	list    []uint64
	inOrder bool
}

// of is the size of an event, as mix_index() of bpf/events.h says.
func (s *sizes) of(id uint64) uint64 {
	if s.one > 0 {
		return s.one
	}
	return s.list[mixIndex(id, uint64(len(s.list)), s.inOrder)]
}

func mixIndex(id, count uint64, inOrder bool) uint64 {
	if inOrder {
		return id & (1<<sequenceBits - 1) % count
	}
	return (hash(id) >> 32) * count >> 32
}

// hash is event_hash() of bpf/events.h.
func hash(id uint64) uint64 {
	hash := (id + 1) * goldenFactor
	hash ^= hash >> 29
	hash *= 0xbf58476d1ce4e5b9
	return hash ^ hash>>32
}

// parseSizes reads an EVENT_SIZE: a number; or random:FILE or in-order:FILE, with a size a line.
func parseSizes(word string) (sizes, error) {
	how, file, isMix := strings.Cut(word, ":")
	if !isMix {
		one, err := parseNumber("EVENT_SIZE", word, eventSizeMin, eventSizeMax)
		return sizes{one: one}, err
	}
	if how != "random" && how != "in-order" {
		return sizes{}, fmt.Errorf("EVENT_SIZE is %q; a mix is random:FILE or in-order:FILE", word)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return sizes{}, fmt.Errorf("cannot read the sizes: %w", err)
	}
	mix := sizes{inOrder: how == "in-order"}
	for _, line := range strings.Fields(string(text)) {
		size, err := parseNumber("a size of "+file, line, eventSizeMin, eventSizeMax)
		if err != nil {
			return sizes{}, err
		}
		mix.list = append(mix.list, size)
	}
	if len(mix.list) == 0 {
		return sizes{}, fmt.Errorf("%s has no sizes", file)
	}
	return mix, nil
}
