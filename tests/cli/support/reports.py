# SPDX-License-Identifier: BSD-2-Clause
"""Result files to make pages of, and TAP for the tests that do."""

import copy
import json
import os
import subprocess
import sys
import tempfile
import traceback
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("RINGVIEW_BUILD", os.path.join(HERE, "..", "..", "..", "build"))
BENCHMARK = os.path.join(BUILD, "bench", "bpf_ringbuf_zc_benchmark")

# What a string of a result file could do, if it were taken for more than a string.
HOSTILE = "\"'><script>alert(1)</script>|`x`*_[a](http://evil.example/)\\ @root #1 & \u00e9`; system 'id'"


def run(*arguments, path=None):
    """The outcome of the benchmark."""
    environment = dict(os.environ, RINGVIEW_PEERS="")
    if path is not None:
        environment["PATH"] = path
    return subprocess.run([BENCHMARK, *arguments], capture_output=True, text=True, timeout=300,
                          env=environment, check=False)


class Folder:
    """A folder for the time of the tests, and the results in it."""

    def __init__(self):
        self.place = tempfile.TemporaryDirectory()
        self.results = {}

    def path(self, name):
        return os.path.join(self.place.name, name)

    def measure(self, name, *arguments):
        """A real result, measured once."""
        if name not in self.results:
            memory = ["-source", "memory", "-format", "json"]
            outcome = run(*arguments, *memory, "-o", self.path(name + ".json"))
            assert outcome.returncode == 0, outcome.stderr
            with open(self.path(name + ".json"), encoding="utf-8") as file:
                self.results[name] = json.load(file)
        return copy.deepcopy(self.results[name])

    def drain(self):
        return self.measure("drain", "drain", "-n", "2000", "-ring-size", "1MiB", "-mode",
                            "copy,view,batch,floor,memory", "-touch", "header,bytes", "-event",
                            "sized", "-rounds", "8")

    def sweep(self):
        return self.measure("sweep", "sweep", "-n", "500", "-ring-size", "4MiB", "-sizes",
                            "16,64:256:64,4096", "-mode", "view,batch,copy,floor", "-rounds", "6")

    def live(self):
        return self.measure("live", "live", "-duration", "5ms", "-rounds", "6", "-mode",
                            "view,batch", "-wait", "event,paced,busy")

    def advice(self):
        return self.measure("advice", "live", "-duration", "5ms", "-rounds", "1", "-rate", "100k",
                            "-advise")

    def with_peers(self):
        """As it is with peers: live does not know how they sleep, and one has failed."""
        live = self.live()
        peer = copy.deepcopy(live["results"][0])
        unknown = {"sum": None, "rounds": [None] * len(peer["sleeps"]["rounds"])}
        peer.update(path="aya", wait="own", sleeps=unknown, wakeups=unknown)
        live["results"].append(peer)
        live["peers"] = [{"name": "aya", "version": "v0.14.0", "language": "rust"}]
        live["failed_peers"] = [{"name": "cilium-ebpf", "reason": "it hung for ten seconds"}]
        return live

    def write(self, name, result):
        with open(self.path(name), "w", encoding="utf-8") as file:
            if isinstance(result, str):
                file.write(result)
            else:
                json.dump(result, file)
        return self.path(name)

    def run_report(self, page, *results, more=(), path=None):
        files = [result if isinstance(result, str) else self.write(f"r{i}.json", result)
                 for i, result in enumerate(results)]
        return run("report", *files, "-o", self.path(page), *more, path=path)

    def report(self, page, *results, more=(), path=None):
        """Writes a page of results; its path. A result is one of the above, or a path."""
        outcome = self.run_report(page, *results, more=more, path=path)
        assert outcome.returncode == 0, outcome.stderr
        assert outcome.stdout == "" and outcome.stderr == "", outcome
        return self.path(page)

    def text(self, page, *results, more=()):
        with open(self.report(page, *results, more=more), encoding="utf-8") as file:
            return file.read()


def hostile(result):
    """A result each of whose strings that a program does not have to know is hostile."""
    result["command_line"] = HOSTILE
    result["warnings"] = [HOSTILE]
    result["peers"] = [{"name": HOSTILE, "version": HOSTILE, "language": HOSTILE}]
    result["failed_peers"] = [{"name": HOSTILE, "reason": HOSTILE}]
    result["environment"] = {name: HOSTILE if isinstance(value, str) else value
                             for name, value in result["environment"].items()}
    result["environment"][HOSTILE] = HOSTILE
    result["workload"][HOSTILE] = HOSTILE
    for element in result["results"] + result["ratios"] + result["noise"]:
        for name in ("path", "baseline"):
            if element.get(name) in ("view", "copy"):
                element[name] = HOSTILE[:60]
        if "verdict" in element:
            element["verdict"] = HOSTILE
    return result


def main(tests, skip=None):
    """Runs functions as tests, each with the folder. @skip: why none can run, if so."""
    folder = Folder()
    failed = 0
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        if skip:
            print(f"ok {number} - {test.__name__} # SKIP {skip}")
            continue
        try:
            test(folder)
            print(f"ok {number} - {test.__name__}")
        except unittest.SkipTest as reason:
            print(f"ok {number} - {test.__name__} # SKIP {reason}")
        except Exception:  # pylint: disable=broad-except
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print(f"not ok {number} - {test.__name__}")
        sys.stdout.flush()
    folder.place.cleanup()
    sys.exit(77 if skip else failed > 0)
