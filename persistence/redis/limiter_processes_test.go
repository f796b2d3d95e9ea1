package redis_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

// What tells this program to be one of two processes that ask, and whose budget for.
const askURL, askKey = "KANERA_TEST_ASK_REDIS_URL", "KANERA_TEST_ASK_KEY"

// The processes ask for three windows, each as often as both together may.
const askLimit, askWindow, askFor = 200, 2 * time.Second, 6 * time.Second

// TestMain runs the tests, or asks.
func TestMain(m *testing.M) {
	if url := os.Getenv(askURL); url != "" {
		if err := ask(url, os.Getenv(askKey)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// ask writes down when it was let through.
func ask(url, key string) error {
	ctx, deadline := context.Background(), time.Now().Add(askFor)
	client, err := redis.Open(ctx, url)
	if err != nil {
		return err
	}
	defer client.Close()
	limiter := redis.NewShared(client)
	turn := time.NewTicker(askWindow / askLimit)
	defer turn.Stop()
	for now := range turn.C {
		if now.After(deadline) {
			return nil
		}
		verdict, err := limiter.Take(ctx, domain.Charge{Bucket: domain.Bucket{Name: "key", Key: key, Limit: askLimit, Window: askWindow}, Units: 1})
		if err != nil {
			return err
		}
		if verdict.Allowed {
			fmt.Fprintln(os.Stdout, verdict.At.UnixMicro())
		}
	}
	return nil
}

// TestTwoProcessesAtTwiceTheLimit share one budget: no window of any beginning holds more than the limit. `make limits`
// does the same to two whole servers, with the window of a minute.
func TestTwoProcessesAtTwiceTheLimit(t *testing.T) {
	t.Parallel()
	url, key := redistest.Start(t).URL, uuid.NewString()
	var passed []int64
	began := make([]func() []int64, 2)
	for i := range began {
		began[i] = asker(t, url, key)
	}
	for _, end := range began {
		let := end()
		if len(let) == 0 {
			t.Error("one of two processes was never let through")
		}
		passed = append(passed, let...)
	}
	slices.Sort(passed)
	most, first := 0, 0
	for last := range passed {
		for passed[last]-passed[first] > askWindow.Microseconds() {
			first++
		}
		most = max(most, last-first+1)
	}
	if most > askLimit || len(passed) <= askLimit {
		t.Errorf("%d passed in %v, %d may; %d in all", most, askWindow, askLimit, len(passed))
	}
}

// asker starts a process that asks. What it returns waits for its end and tells when it was let through.
func asker(t *testing.T, url, key string) func() []int64 {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env, process.Stderr = append(os.Environ(), askURL+"="+url, askKey+"="+key), os.Stderr
	output, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	return func() (passed []int64) {
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			at, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				t.Errorf("a process said %q", lines.Text())
			}
			passed = append(passed, at)
		}
		if err := process.Wait(); err != nil {
			t.Error(err)
		}
		return passed
	}
}
