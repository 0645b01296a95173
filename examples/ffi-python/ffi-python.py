#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
ffi-python PATH COUNT: reads at least COUNT events from the ring pinned at PATH, in bursts, and prints the sum of their
first words, modulo 2^64. Calls libringview.so.0 by ctypes; no module has to be built.
"""
import ctypes as c
import os
import sys

BURST = 256
NAMES = {'EVENT': 0, 'PACED': 1, 'BUSY': 2}


class Options(c.Structure):  # struct ringview_options, up to the last field set here
    _fields_ = [('size', c.c_size_t), ('wait', c.c_int), ('latency_budget_ns', c.c_int64)]


class Record(c.Structure):
    _fields_ = [('data', c.c_void_p), ('length', c.c_uint32)]


lib = c.CDLL('libringview.so.0')
lib.ringview_open_pinned.argtypes = [c.POINTER(c.c_void_p), c.c_char_p, c.POINTER(Options)]
lib.ringview_wait.argtypes = [c.c_void_p, c.c_int64]
lib.ringview_peek_many.argtypes = [c.c_void_p, c.POINTER(Record), c.c_size_t]
lib.ringview_release.argtypes = [c.c_void_p]
lib.ringview_release.restype = None
lib.ringview_close.argtypes = [c.c_void_p]
lib.ringview_close.restype = None


def check(result):
    """Exits with the error of a negative errno value."""
    if result < 0:
        sys.exit(f'ffi-python: {os.strerror(-result)}')
    return result


class Reader:
    def __init__(self, path, wait='PACED'):
        self.rv = c.c_void_p()
        options = Options(c.sizeof(Options), NAMES[wait], 1_000_000)
        check(lib.ringview_open_pinned(c.byref(self.rv), os.fsencode(path), c.byref(options)))
        self.records = (Record * BURST)()

    def bursts(self):
        """Yields lists of memoryviews, one a record; each list is valid until the next."""
        while True:
            check(lib.ringview_wait(self.rv, -1))
            while count := check(lib.ringview_peek_many(self.rv, self.records, BURST)):
                yield [memoryview((c.c_char * r.length).from_address(r.data)).cast('B')
                       for r in self.records[:count]]
                lib.ringview_release(self.rv)

    def close(self):
        lib.ringview_close(self.rv)


def main():
    if len(sys.argv) != 3 or not sys.argv[2].isdecimal():
        sys.exit('usage: ffi-python PATH COUNT')
    reader, left = Reader(sys.argv[1]), int(sys.argv[2])
    seen = total = 0
    for burst in reader.bursts():
        for event in burst:
            seen += 1
            total += int.from_bytes(event[:8], sys.byteorder)
        if seen >= left:
            break
    reader.close()
    print(f'{seen} events, sum {total % 2**64}')


main()
