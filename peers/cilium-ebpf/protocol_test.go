// SPDX-License-Identifier: BSD-2-Clause

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestCommands(t *testing.T) {
	command, err := parseCommand("drain cilium-ebpf 1999999 SKB_FIELDS 5000000")
	if err != nil {
		t.Fatal(err)
	}
	drain := command.(drainCommand)
	if drain.path != pathName || drain.events != 1999999 || drain.touching != "SKB_FIELDS" ||
		drain.timeout != 5*time.Millisecond {
		t.Errorf("drain: %+v", drain)
	}
	command, err = parseCommand("live cilium-ebpf 4 64 100")
	want := liveCommand{pathName, 4, sizes{one: 64}, 100}
	if err != nil || !reflect.DeepEqual(command, want) {
		t.Errorf("live: %+v instead of %+v (%v)", command, want, err)
	}
}

func TestMixesAreReadFromTheirFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sizes")
	if err := os.WriteFile(file, []byte("64\n16\n300\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command, err := parseCommand("live cilium-ebpf 1 in-order:" + file + " 0")
	if err != nil {
		t.Fatal(err)
	}
	mix := command.(liveCommand).sizes
	for id, want := range []uint64{64, 16, 300, 64} {
		if found := mix.of(7<<sequenceBits | uint64(id)); found != want {
			t.Errorf("event %d has %d B, not %d", id, found, want)
		}
	}
	for _, wrong := range []string{"sorted:" + file, "random:/dev/null", "random:/nowhere"} {
		if _, err := parseCommand("live cilium-ebpf 1 " + wrong + " 0"); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
}

func TestCommandsThatAreWrong(t *testing.T) {
	for line, why := range map[string]string{
		"":                            "unknown command",
		"dance":                       "unknown command",
		"stop":                        "nothing is live",
		"drain":                       "single blanks",
		"drain cilium-ebpf 1 NONE":    "single blanks",
		"drain  cilium-ebpf 1 NONE 0": "single blanks",
		"drain cilium-ebpf 1 NONE 0 ": "single blanks",
		"drain aya 1 NONE 0":          "unknown path",
		"drain cilium-ebpf -1 NONE 0": "EVENTS",
		"drain cilium-ebpf 18446744073709551616 NONE 0": "EVENTS",
		"drain cilium-ebpf 1 none 0":                    "TOUCHING",
		"drain cilium-ebpf 1 NONE 5ms":                  "TIMEOUT_NS",
		"drain cilium-ebpf 1 NONE 9223372036854775808":  "TIMEOUT_NS",
		"live cilium-ebpf 0 80 0":                       "PRODUCERS",
		"live cilium-ebpf 65537 80 0":                   "PRODUCERS",
		"again":                                         "single blanks",
		"again x":                                       "EVENTS",
		"live cilium-ebpf 1 15 0":                       "EVENT_SIZE",
		"live cilium-ebpf 1 65537 0":                    "EVENT_SIZE",
		"live cilium-ebpf 1 80 x":                       "WORK_NS",
	} {
		command, err := parseCommand(line)
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, %v; it should speak of %q", line, command, err, why)
		}
	}
}

func TestAnswers(t *testing.T) {
	for want, answer := range map[string]any{
		`{"events":1999999,"ns":15384601,"checksum":"13929935402925818438"}`: drainAnswer{
			1999999, 15384601, 13929935402925818438},
		`{"ready":true}`:   readyAnswer{true},
		`{"error":"a; b"}`: failure(errors.New("a\nb")),
		`{"consumed":3,"read":[3],"next":[7],"last_ns":1,"cpu_ns":2,"sleeps":null,` +
			`"wakeups":null,"latency":[[17,3]],"latency_max":17,"latency_min":17}`: liveAnswer{
			Consumed: 3, Read: []uint64{3}, Next: []uint64{7}, LastNs: 1, CPUNs: 2,
			Latency: [][2]uint64{{17, 3}}, LatencyMax: 17, LatencyMin: 17},
	} {
		var output bytes.Buffer
		p := &peer{answers: &output}
		if err := p.answer(answer); err != nil {
			t.Fatal(err)
		}
		if output.String() != want+"\n" {
			t.Errorf("%s instead of %s", output.String(), want)
		}
	}
}

// A descriptor that is no map: the peer still says who it is, and what is wrong each time.
func TestServesWithoutMap(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close()
	var output bytes.Buffer
	// The number belongs to the ring from here on, so the file must not close it as well.
	from := &ring{fd: duplicate(t, read)}
	read.Close()
	const command = "drain cilium-ebpf 1 NONE 0\n"
	if err := serve(strings.NewReader(command+"dance\n"+command), &output, from); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(output.String(), "\n"), "\n")
	if len(lines) != 4 {
		t.Fatalf("%q", lines)
	}
	var who identityAnswer
	if err := json.Unmarshal([]byte(lines[0]), &who); err != nil || who.Peer != "cilium-ebpf" ||
		fmt.Sprint(who.Paths) != "[cilium-ebpf]" || !strings.HasPrefix(who.Language, "go") {
		t.Errorf("%s: %+v, %v", lines[0], who, err)
	}
	for _, line := range lines[1:] {
		var failed failureAnswer
		if err := json.Unmarshal([]byte(line), &failed); err != nil || failed.Error == "" {
			t.Errorf("%s: no error", line)
		}
	}
}
