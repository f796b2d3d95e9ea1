package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of the times in /proc, the same on every Linux.
const tick = 10 * time.Millisecond

// usage is what a process has used of the processors, and what those of its children that it has buried have.
type usage struct {
	parent     int
	own, child time.Duration
}

// parseStat reads the text of /proc/PID/stat. The name of the program may hold spaces and parentheses.
func parseStat(text string) (usage, error) {
	_, rest, found := cutLast(text, ')')
	fields := strings.Fields(rest)
	if !found || len(fields) < 15 {
		return usage{}, fmt.Errorf("not a process: %.80q", text)
	}
	numbers := make([]int, 5)
	for i, at := range []int{1, 11, 12, 13, 14} { // parent, user, system, and the children's
		n, err := strconv.Atoi(fields[at])
		if err != nil {
			return usage{}, fmt.Errorf("read a process: %w", err)
		}
		numbers[i] = n
	}
	return usage{numbers[0], time.Duration(numbers[1]+numbers[2]) * tick, time.Duration(numbers[3]+numbers[4]) * tick}, nil
}

func cutLast(text string, at byte) (before, after string, found bool) {
	i := strings.LastIndexByte(text, at)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

// family is a process and its children, such as Postgres's, or those of a cluster.
type family int

// processes returns what the members of the family have used; those that end meanwhile are left out.
func (f family) processes() (map[int]usage, error) {
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	members := map[int]usage{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		used, err := parseStat(string(text))
		if err != nil {
			return nil, err
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path))) // the pattern found digits
		if pid == int(f) || used.parent == int(f) {
			members[pid] = used
		}
	}
	if _, alive := members[int(f)]; !alive {
		return nil, fmt.Errorf("process %d has ended", f)
	}
	return members, nil
}

// cpu returns what the whole family has used, with its dead children.
func (f family) cpu() (total time.Duration, err error) {
	members, err := f.processes()
	for _, used := range members {
		total += used.own
	}
	return total + members[int(f)].child, err
}

// forgetPeak lets the family's peak of memory begin anew.
func (f family) forgetPeak() error {
	members, err := f.processes()
	for pid := range members {
		if failed := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); failed != nil {
			err = errors.Join(err, fmt.Errorf("forget a peak: %w", failed))
		}
	}
	return err
}

// peak returns the most memory that the members of the family have held since forgetPeak, added up.
func (f family) peak() (total int64, err error) {
	members, err := f.processes()
	for pid := range members {
		text, failed := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if failed != nil {
			return 0, fmt.Errorf("read a peak: %w", failed)
		}
		total += parsePeak(text)
	}
	return total, err
}

// parsePeak reads the bytes of VmHWM in the text of /proc/PID/status; 0 when there is none.
func parsePeak(status []byte) int64 {
	for line := range bytes.Lines(status) {
		if kilobytes, found := bytes.CutPrefix(line, []byte("VmHWM:")); found {
			n, _ := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(kilobytes), []byte("kB")))), 10, 64)
			return n << 10
		}
	}
	return 0
}
