package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kanera.dev/gateway/demo"
	"kanera.dev/persistence/storetest"
)

const token = "a token for the measurement"

// server is a server in a process of its own.
type server struct {
	b     *testing.B
	url   string
	facts *demo.Facts
}

func start(b *testing.B) *server {
	b.Helper()
	dir := b.TempDir()
	binary := filepath.Join(dir, "kanera")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", binary, "kanera.dev/gateway/cmd/kanera").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	listener, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close() // for the server
	command := exec.CommandContext(b.Context(), binary, "serve")
	command.Env = append(os.Environ(), "KANERA_ADDR="+address, "KANERA_DATA_DIR="+dir, "KANERA_DATABASE_URL="+storetest.EmptyPostgres(b),
		"KANERA_REDIS_URL="+os.Getenv("KANERA_TEST_REDIS_URL"), "KANERA_METRICS_TOKEN="+token, "KANERA_SUBSCRIPTIONS_PER_KEY=10000",
		"KANERA_RATE_LIMIT_KEY_PER_MINUTE=0", "KANERA_RATE_LIMIT_ACCOUNT_PER_MINUTE=0", "KANERA_GRAPHQL_COST_PER_MINUTE=0")
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	})
	s := &server{b: b, url: "http://" + address}
	for range 300 {
		if s.facts, err = demo.ReadFacts(dir); err == nil && s.facts != nil && s.metric("go_goroutines") > 0 {
			return s
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Fatal("the server does not answer")
	return nil
}

// metric reads a number that the server shows; 0 when it does not answer.
func (s *server) metric(name string) float64 {
	s.b.Helper()
	request, err := http.NewRequestWithContext(s.b.Context(), http.MethodGet, s.url+"/metrics", nil)
	if err != nil {
		s.b.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	raw, _ := io.ReadAll(answer.Body) // what is missing is no number
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(raw)
	if found == nil {
		return 0
	}
	number, _ := strconv.ParseFloat(string(found[1]), 64)
	return number
}

// subscribe opens a connection with one subscription and returns it when the server has it.
func (s *server) subscribe(ctx context.Context) (*websocket.Conn, error) {
	conn, _, err := websocket.Dial(ctx, s.url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"},
		HTTPHeader: http.Header{"Authorization": {"Bearer " + s.facts.WorkspaceKey}}})
	if err != nil {
		return nil, err
	}
	subscribe, err := json.Marshal(map[string]any{"id": "1", "type": "subscribe", "payload": map[string]any{
		"query":     `subscription($board: ID!) { boardEvents(boardId: $board) { id sequence type at actor { kind name } card { id key title list { id } } data } }`,
		"variables": map[string]any{"board": s.facts.BoardID}}})
	for _, message := range [][]byte{[]byte(`{"type":"connection_init"}`), subscribe} {
		if err == nil {
			err = conn.Write(ctx, websocket.MessageText, message)
		}
	}
	if err == nil {
		_, _, err = conn.Read(ctx) // connection_ack
	}
	return conn, err
}

// open opens so many subscriptions, 50 at a time, and waits until the server has them all.
func (s *server) open(n int) []*websocket.Conn {
	s.b.Helper()
	conns, turns := make([]*websocket.Conn, n), make(chan struct{}, 50)
	var opening sync.WaitGroup
	for i := range conns {
		turns <- struct{}{}
		opening.Go(func() {
			defer func() { <-turns }()
			var err error
			if conns[i], err = s.subscribe(s.b.Context()); err != nil {
				s.b.Error(err)
			}
		})
	}
	opening.Wait()
	for s.metric("kanera_subscriptions_open") < float64(n) && !s.b.Failed() {
		time.Sleep(20 * time.Millisecond)
	}
	return conns
}

// change makes a card.
func (s *server) change() {
	s.b.Helper()
	request, err := http.NewRequestWithContext(s.b.Context(), http.MethodPost, s.url+"/api/v1/boards/"+s.facts.BoardID+"/lists/"+s.facts.ListID+"/cards",
		strings.NewReader(`{"title":"Measured"}`))
	if err != nil {
		s.b.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.facts.WorkspaceKey)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil || answer.StatusCode != http.StatusCreated {
		s.b.Fatalf("%v %+v", err, answer)
	}
	_ = answer.Body.Close()
}

// BenchmarkOpenSubscriptions opens 5,000 connections with a subscription each and tells what one weighs in the server.
func BenchmarkOpenSubscriptions(b *testing.B) {
	const n = 5000
	s := start(b)
	s.change() // whatever is made once is there
	before := map[string]float64{}
	weights := []string{"process_resident_memory_bytes", "go_memstats_heap_inuse_bytes", "go_memstats_stack_inuse_bytes", "go_goroutines"}
	for _, name := range weights {
		before[name] = s.metric(name)
	}
	for b.Loop() {
		began := time.Now()
		conns := s.open(n)
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms-to-open")
		for _, name := range weights {
			after := s.metric(name)
			b.ReportMetric((after-before[name])/n, strings.TrimPrefix(name, "go_memstats_")+"/subscription")
			b.Logf("%s: %.0f before, %.0f with %d subscriptions", name, before[name], after, n)
		}
		for _, conn := range conns {
			_ = conn.CloseNow()
		}
	}
}

// BenchmarkOneChange lets 1,000 connections hear of single changes and tells how long after the request for the change
// was sent they do. The events of one change are two: the card, and its entry in the feed.
func BenchmarkOneChange(b *testing.B) {
	const n, changes = 1000, 20
	s := start(b)
	conns := s.open(n)
	for b.Loop() {
		var all []time.Duration
		statements := s.metric(`kanera_sql_statement_duration_seconds_count\{kind="select"\}`)
		for range changes {
			all = append(all, s.reach(conns)...)
		}
		slices.Sort(all)
		at := func(part float64) float64 { return float64(all[int(part*float64(len(all)-1))].Microseconds()) / 1000 }
		b.ReportMetric(at(.5), "p50-ms")
		b.ReportMetric(at(.99), "p99-ms")
		b.ReportMetric(at(1), "max-ms")
		b.ReportMetric((s.metric(`kanera_sql_statement_duration_seconds_count\{kind="select"\}`)-statements)/changes, "selects/change")
	}
}

// reach makes a change and returns after how long each connection heard of it.
func (s *server) reach(conns []*websocket.Conn) []time.Duration {
	s.b.Helper()
	took := make([]time.Duration, len(conns))
	var hearing sync.WaitGroup
	began := time.Now()
	for i, conn := range conns {
		hearing.Go(func() {
			for heard := range 2 {
				if _, _, err := conn.Read(s.b.Context()); err != nil {
					s.b.Error(fmt.Errorf("connection %d: %w", i, err))
					return
				}
				if heard == 0 {
					took[i] = time.Since(began)
				}
			}
		})
	}
	s.change()
	hearing.Wait()
	return took
}
