package bench

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"kanera.dev/gateway/bench/serving"
	"kanera.dev/gateway/demo"
	"kanera.dev/persistence/redis/redistest"
	"kanera.dev/persistence/storetest"
)

// lasting is how long BenchmarkTwoProcesses asks.
var lasting = flag.Duration("lasting", 190*time.Second, "how long two processes are asked for twice what a key may")

// perMinute is the budget of the key.
const perMinute = 400

// BenchmarkTwoProcesses starts two servers on one Postgres and one Redis and asks each of them, with the same key, as often as
// both together may. It reports the most requests that were let through in any 60 seconds, by the clock of who asks.
func BenchmarkTwoProcesses(b *testing.B) {
	program := filepath.Join(b.TempDir(), "kanera")
	if output, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "kanera.dev/gateway/cmd/kanera").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, output)
	}
	for b.Loop() {
		database, dir := storetest.EmptyPostgres(b), b.TempDir()
		first := serve(b, program, database, dir)
		facts, err := demo.ReadFacts(dir)
		if err != nil || facts == nil {
			b.Fatalf("no demo data: %v", err)
		}
		second := serve(b, program, database, b.TempDir())
		var mu sync.Mutex
		var passed []time.Time
		refused := 0
		deadline, group := time.Now().Add(*lasting), sync.WaitGroup{}
		for _, address := range []string{first, second} {
			group.Go(func() {
				turn := time.NewTicker(time.Minute / perMinute)
				defer turn.Stop()
				for now := range turn.C {
					if now.After(deadline) {
						return
					}
					let := letThrough(b, address, facts.WorkspaceKey)
					mu.Lock()
					if let {
						passed = append(passed, time.Now())
					} else {
						refused++
					}
					mu.Unlock()
				}
			})
		}
		group.Wait()
		b.ReportMetric(float64(len(passed)+refused), "asked")
		b.ReportMetric(float64(len(passed)), "passed")
		b.ReportMetric(float64(most(passed, time.Minute)), "most-in-60s")
	}
}

// serve starts a server and returns its address once it answers.
func serve(b *testing.B, program, database, dir string) string {
	b.Helper()
	address, err := serving.FreeAddress(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	server := exec.CommandContext(b.Context(), program, "serve")
	server.Dir = dir
	server.Env = append(os.Environ(), "KANERA_ADDR="+address, "KANERA_DATA_DIR="+dir, "KANERA_DATABASE_URL="+database,
		"KANERA_REDIS_URL="+os.Getenv(redistest.URLVariable), fmt.Sprintf("KANERA_RATE_LIMIT_KEY_PER_MINUTE=%d", perMinute), "KANERA_RATE_LIMIT_REDIS_TIMEOUT=1s")
	b.Cleanup(func() { _ = serving.Kill(server) }) // fails only when it has ended
	if err := serving.Start(b.Context(), server, serving.Ready("http://"+address+"/health")); err != nil {
		b.Fatal(err)
	}
	return address
}

// letThrough asks once and reports whether the budget allowed it.
func letThrough(b *testing.B, address, key string) bool {
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+address+"/api/v1/session", nil)
	if err != nil {
		b.Error(err)
		return false
	}
	request.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Error(err)
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusTooManyRequests {
		b.Errorf("status %d", answer.StatusCode)
	}
	return answer.StatusCode == http.StatusOK
}

// most returns how many of the moments lie in the fullest window.
func most(moments []time.Time, window time.Duration) int {
	slices.SortFunc(moments, time.Time.Compare)
	found, first := 0, 0
	for last := range moments {
		for moments[last].Sub(moments[first]) > window {
			first++
		}
		found = max(found, last-first+1)
	}
	return found
}
