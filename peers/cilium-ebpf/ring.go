// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"fmt"

	"github.com/cilium/ebpf"
)

// ring is the map whose descriptor was inherited.
type ring struct {
	fd  int
	m   *ebpf.Map // made by the first open(); kept, since with it the descriptor would be closed
	err error     // of making it
}

// open makes the map once, even if that fails: NewMapFromFD then owns the descriptor and
// has closed it, so that another file may have its number.
func (r *ring) open() (*ebpf.Map, error) {
	if r.m == nil && r.err == nil {
		r.m, r.err = ebpf.NewMapFromFD(r.fd)
	}
	if r.err != nil {
		return nil, fmt.Errorf("descriptor %d is no map that can be used: %w", r.fd, r.err)
	}
	return r.m, nil
}
