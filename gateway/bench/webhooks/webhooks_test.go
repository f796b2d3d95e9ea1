package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis/redistest"
)

// field is a gateway whose webhooks lead to receivers on loopback.
type field struct {
	*gatewaytest.Gateway
	b              *testing.B
	card           string
	quiet, hanging *httptest.Server

	mu    sync.Mutex
	waits map[string][]time.Duration // from events to their arrival, by webhook
	taken int
	heard chan struct{}
}

// setUp opens a gateway with some webhooks, of which the last ones lead to a receiver that never answers.
func setUp(b *testing.B, webhooks, hanging int) *field {
	b.Helper()
	config := gatewaytest.Configure(b, gatewaytest.Postgres)
	config.RedisURL = os.Getenv(redistest.URLVariable)
	f := &field{Gateway: gatewaytest.NewWith(b, config), b: b, waits: map[string][]time.Duration{}, heard: make(chan struct{}, 1)}
	f.quiet = httptest.NewServer(http.HandlerFunc(f.take))
	f.hanging = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body) // else the end of the connection is not noticed
		<-r.Context().Done()
	}))
	b.Cleanup(f.quiet.Close)
	b.Cleanup(f.hanging.Close)
	for i := range webhooks {
		address := f.quiet.URL
		if i >= webhooks-hanging {
			address = f.hanging.URL
		}
		f.ask(`mutation($input: WebhookCreateInput!) { webhookCreate(input: $input) { webhook { id } } }`, map[string]any{"input": map[string]any{
			"workspaceId": f.Facts.WorkspaceID, "name": fmt.Sprint(i), "url": fmt.Sprint(address, "/", i), "eventTypes": []string{"card:updated"}}})
	}
	var made struct {
		CardCreate struct{ Card struct{ ID string } }
	}
	raw := f.ask(`mutation($board: ID!, $list: ID!) { cardCreate(input: { boardId: $board, listId: $list, title: "Busy" }) { card { id } } }`,
		map[string]any{"board": f.Facts.BoardID, "list": f.Facts.ListID})
	if err := json.Unmarshal(raw, &made); err != nil {
		b.Fatal(err)
	}
	f.card = made.CardCreate.Card.ID
	return f
}

// deliver delivers until the benchmark ends.
func (f *field) deliver() {
	ctx, stop := context.WithCancel(f.b.Context())
	ended := make(chan struct{})
	go func() { f.Deliver(ctx); close(ended) }()
	f.b.Cleanup(func() {
		f.hanging.CloseClientConnections()
		stop()
		<-ended
	})
}

func (f *field) ask(document string, variables map[string]any) json.RawMessage {
	f.b.Helper()
	answer := f.Query(f.Facts.WorkspaceKey, document, variables)
	if len(answer.Errors) > 0 {
		f.b.Fatalf("%+v", answer.Errors)
	}
	return answer.Data
}

// change changes the card some times, each in a transaction of its own.
func (f *field) change(times int) {
	f.b.Helper()
	for begun := 0; begun < times; begun += 10 {
		var document strings.Builder
		document.WriteString("mutation {")
		for i := range min(10, times-begun) {
			fmt.Fprintf(&document, ` c%d: cardUpdate(id: %q, input: { title: "Busy %d" }) { card { id } }`, i, f.card, time.Now().UnixNano())
		}
		f.ask(document.String()+" }", nil)
	}
}

// take is the receiver that answers.
func (f *field) take(_ http.ResponseWriter, r *http.Request) {
	var event struct{ OccurredAt time.Time }
	body, _ := io.ReadAll(r.Body)
	if json.Unmarshal(body, &event) != nil {
		return // and the numbers do not add up
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waits[r.URL.Path] = append(f.waits[r.URL.Path], time.Since(event.OccurredAt))
	f.taken++
	select {
	case f.heard <- struct{}{}:
	default:
	}
}

// await waits until so many deliveries were taken.
func (f *field) await(count int) {
	f.b.Helper()
	for {
		f.mu.Lock()
		taken := f.taken
		f.mu.Unlock()
		if taken >= count {
			return
		}
		select {
		case <-f.heard:
		case <-time.After(time.Minute):
			f.b.Fatalf("%d of %d deliveries were taken", taken, count)
		}
	}
}

// percentile returns how long deliveries took that so many percent were not slower than, in milliseconds.
func (f *field) percentile(percent int) float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []time.Duration
	for _, waits := range f.waits {
		all = append(all, waits...)
	}
	slices.Sort(all)
	return float64(all[min(len(all)-1, len(all)*percent/100)].Microseconds()) / 1000
}

// steadily makes changes at a rate for some seconds, and returns how many.
func (f *field) steadily(perSecond int, seconds int) int {
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for range perSecond * seconds {
		<-tick.C
		f.change(1)
	}
	return perSecond * seconds
}

// BenchmarkBacklog reports how fast deliveries go out that have waited, from planning to what is recorded.
func BenchmarkBacklog(b *testing.B) {
	const webhooks, changes = 10, 2000
	for range b.N {
		f := setUp(b, webhooks, 0)
		f.change(changes)
		b.ResetTimer()
		f.deliver()
		f.await(webhooks * changes)
		b.ReportMetric(webhooks*changes/b.Elapsed().Seconds(), "deliveries/s")
		b.StopTimer()
	}
}

// BenchmarkLatency reports how long it takes from an event to its arrival, at some deliveries a second.
func BenchmarkLatency(b *testing.B) {
	for _, load := range []struct{ webhooks, perSecond int }{{1, 50}, {10, 50}, {10, 100}} {
		b.Run(fmt.Sprintf("%d-per-second", load.webhooks*load.perSecond), func(b *testing.B) {
			for range b.N {
				f := setUp(b, load.webhooks, 0)
				f.deliver()
				f.await(load.webhooks * f.steadily(load.perSecond, 5))
				b.ReportMetric(f.percentile(50), "p50-ms")
				b.ReportMetric(f.percentile(99), "p99-ms")
			}
		})
	}
}

// BenchmarkHanging reports the same for ten webhooks whose receivers answer, without and with ten others whose
// receivers hang.
func BenchmarkHanging(b *testing.B) {
	const answering, perSecond, seconds = 10, 30, 10
	for _, hanging := range []int{0, 10} {
		b.Run(fmt.Sprintf("%d-hang", hanging), func(b *testing.B) {
			for range b.N {
				f := setUp(b, answering+hanging, hanging)
				f.deliver()
				f.await(answering * f.steadily(perSecond, seconds))
				b.ReportMetric(f.percentile(50), "p50-ms")
				b.ReportMetric(f.percentile(95), "p95-ms")
			}
		})
	}
}
