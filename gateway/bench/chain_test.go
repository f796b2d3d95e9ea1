package bench

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/graph"
	"kanera.dev/persistence/redis/redistest"
)

// BenchmarkChain asks for cards by their id with everything on that stands before the executor (authentication, budgets of a
// size that nobody uses up, on a real Redis, idempotency, metrics, logs), and of the executor alone. Both are asked in
// turns, a thousand requests each, so that whatever else the machine does hits both alike.
func BenchmarkChain(b *testing.B) {
	const plenty = "=1000000000"
	s := setUp(b, 2000, gateway.NewLog(io.Discard), "KANERA_REDIS_URL="+os.Getenv(redistest.URLVariable), "KANERA_METRICS_TOKEN=0123456789abcdef",
		"KANERA_RATE_LIMIT_KEY_PER_MINUTE"+plenty, "KANERA_RATE_LIMIT_FAILED_KEY_PER_MINUTE"+plenty, "KANERA_RATE_LIMIT_ACCOUNT_PER_MINUTE"+plenty,
		"KANERA_GRAPHQL_COST_PER_MINUTE"+plenty, "KANERA_MONTHLY_QUOTA"+plenty, "KANERA_RATE_LIMIT_REDIS_TIMEOUT=1s")
	bare := s.bare(b)
	addresses := map[string]string{"on": s.server.URL, "off": bare.URL}
	took := map[string]time.Duration{}
	b.ResetTimer()
	for left := b.N; left > 0; left -= 1000 {
		for chain, address := range addresses {
			began := time.Now()
			flood(min(left, 1000), func(n int) { ask(b, s.requestTo(b, address, n)) })
			took[chain] += time.Since(began)
		}
	}
	b.ReportMetric(float64(b.N)/took["on"].Seconds(), "on-requests/s")
	b.ReportMetric(float64(b.N)/took["off"].Seconds(), "off-requests/s")
	b.ReportMetric(took["off"].Seconds()/took["on"].Seconds(), "on/off")
}

// bare serves the executor on the same data, to whoever comes as the same caller.
func (s *stage) bare(b *testing.B) *httptest.Server {
	b.Helper()
	service := &domain.Service{Store: s.store, Now: domain.SystemClock, NewID: domain.NewID}
	who, err := service.Authenticate(b.Context(), s.facts.WorkspaceKey)
	if err != nil {
		b.Fatal(err)
	}
	endpoint := graph.NewHandler(graph.NewExecutor(service, slog.New(slog.DiscardHandler)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		endpoint.ServeHTTP(w, r.WithContext(domain.WithPrincipal(r.Context(), who)))
	}))
	b.Cleanup(server.Close)
	return server
}

// requestTo asks one of the servers for a card.
func (s *stage) requestTo(b *testing.B, address string, n int) *http.Request {
	b.Helper()
	request := s.request(b.Context(), documents[0].query, s.vary(n))
	to, err := url.Parse(address + "/graphql")
	if err != nil {
		b.Fatal(err)
	}
	request.URL, request.Host = to, to.Host
	return request
}
