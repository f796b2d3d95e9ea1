package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"kanera.dev/gateway"
	"kanera.dev/gateway/demo"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

const (
	cards   = 50_000
	clients = 16
)

// documents are the hot reads; variables are filled in by vary.
var documents = []struct{ name, query string }{
	{"card_by_id", `query($card: ID!) { card(id: $card) { id key title description position completedAt board { id name } list { id name } } }`},
	{"board_view", `query($board: ID!) { board(id: $board) { id name workspace { id name } columns { list { id name color } cards(first: 50) {
		nodes { id key title position completedAt dueDate { date slot timeZone overdue } labels { id name color } assignees { id displayName avatarUrl }
			customFieldValues { field { id name type } ... on TextFieldValue { text } ... on NumberFieldValue { number } ... on CheckboxFieldValue { checked }
				... on SelectFieldValue { options { id label color } } ... on DateFieldValue { date } ... on UrlFieldValue { url }
				... on UserFieldValue { users { id displayName } } } }
		pageInfo { hasNextPage endCursor } } } } }`},
	{"cross_board_page", `query { cards(filter: { completedAt: { null: true }, dueDate: { lt: "P0D" }, labels: { none: { name: { eq: "Chore" } } } }
		orderBy: [{ field: DUE_DATE }, { field: KEY }], first: 100) {
		nodes { key title board { name } list { name } dueDate { date overdue } } pageInfo { hasNextPage endCursor } } }`},
	{"aggregate_board_list", `query { cardAggregate(groupBy: [{ dimension: LIST }, { dimension: BOARD }], orderBy: [{ measure: COUNT }], first: 100) {
		rows { keys { dimension id label color } count } totals { count } } }`},
}

// stage is one gateway on Postgres with its data.
type stage struct {
	config  gateway.Config
	gateway *gateway.Gateway
	store   *persistence.Store
	server  *httptest.Server
	facts   *demo.Facts
	cards   []string
	boards  []string
}

// setUp opens a gateway with that many cards, without budgets unless the environment (NAME=value) sets some.
func setUp(b *testing.B, cards int, log *slog.Logger, environ ...string) *stage {
	b.Helper()
	none := []string{"KANERA_RATE_LIMIT_KEY_PER_MINUTE=0", "KANERA_RATE_LIMIT_FAILED_KEY_PER_MINUTE=0", "KANERA_RATE_LIMIT_ACCOUNT_PER_MINUTE=0",
		"KANERA_GRAPHQL_COST_PER_MINUTE=0", "KANERA_DATA_DIR=" + b.TempDir(), "KANERA_ADDR=127.0.0.1:0", "KANERA_DATABASE_URL=" + storetest.EmptyPostgres(b)}
	config, err := gateway.ReadConfig(append(none, environ...), nil)
	if err != nil {
		b.Fatal(err)
	}
	store, err := gateway.OpenStore(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	facts, err := demo.Large(b.Context(), config.DemoTarget(store), cards, func(int) {})
	if err != nil {
		b.Fatal(err)
	}
	analyze(b, config.DatabaseURL)
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	transport := http.DefaultTransport.(*http.Transport)
	transport.MaxIdleConnsPerHost, transport.DisableCompression = clients, true
	s := (&stage{config: config, store: store, facts: facts}).open(b, log)
	s.learn(b)
	return s
}

// open starts a server on the data of a stage.
func (s *stage) open(b *testing.B, log *slog.Logger) *stage {
	b.Helper()
	opened, err := gateway.Open(b.Context(), s.config, log)
	if err != nil {
		b.Fatal(err)
	}
	another := *s
	another.gateway, another.server = opened, httptest.NewServer(opened.Handler())
	b.Cleanup(func() {
		another.server.Close()
		if err := opened.Close(); err != nil {
			b.Error(err)
		}
	})
	return &another
}

// analyze lets Postgres learn the data now, as it does by itself some minutes after a load.
func analyze(b *testing.B, url string) {
	b.Helper()
	pool, err := pgxpool.New(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(b.Context(), "VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
}

// learn asks the gateway for the ids that the measured requests vary over.
func (s *stage) learn(b *testing.B) {
	b.Helper()
	var answer struct {
		Data struct {
			Boards, Cards struct{ Nodes []struct{ ID string } }
		}
		Errors json.RawMessage
	}
	raw := ask(b, s.request(b.Context(), `{ boards { nodes { id } } cards(first: 200) { nodes { id } } }`, nil))
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Errors != nil {
		b.Fatalf("%v: %s", err, raw)
	}
	for _, board := range answer.Data.Boards.Nodes {
		s.boards = append(s.boards, board.ID)
	}
	for _, card := range answer.Data.Cards.Nodes {
		s.cards = append(s.cards, card.ID)
	}
}

// vary spreads requests over boards and cards.
func (s *stage) vary(n int) map[string]any {
	return map[string]any{"card": s.cards[n%len(s.cards)], "board": s.boards[n%len(s.boards)]}
}

func (s *stage) request(ctx context.Context, query string, variables map[string]any) *http.Request {
	body, _ := json.Marshal(map[string]any{"query": query, "variables": variables}) // strings only
	request, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.server.URL+"/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+s.facts.WorkspaceKey)
	return request
}

// ask sends a request and returns the answer, which has to be without errors.
func ask(b *testing.B, request *http.Request) []byte {
	b.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || bytes.Contains(raw, []byte(`"errors"`)) {
		b.Fatalf("%v: status %d: %.300s", err, response.StatusCode, raw)
	}
	return raw
}

// statements counts what one request costs the database.
func (s *stage) statements(b *testing.B, query string) int64 {
	b.Helper()
	ctx, count := persistence.CountStatements(b.Context())
	s.gateway.Handler().ServeHTTP(httptest.NewRecorder(), s.request(ctx, query, s.vary(0)))
	return count.Load()
}

// flood has the clients send n requests and returns how long each took.
func flood(n int, send func(n int)) []time.Duration {
	latencies, next := make([]time.Duration, n), make(chan int)
	var done sync.WaitGroup
	for range clients {
		done.Go(func() {
			for i := range next {
				begin := time.Now()
				send(i)
				latencies[i] = time.Since(begin)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	done.Wait()
	return latencies
}

// BenchmarkReads reports requests/s, latencies and statements of each document at 16 clients, read the fast way and the
// ordinary one.
func BenchmarkReads(b *testing.B) {
	fast := setUp(b, cards, slog.New(slog.DiscardHandler))
	switched := *fast
	switched.config.FastReads = false
	ordinary := switched.open(b, slog.New(slog.DiscardHandler))
	for _, document := range documents {
		b.Run(document.name+"/fast", func(b *testing.B) { fast.measure(b, document.query) })
		b.Run(document.name+"/ordinary", func(b *testing.B) { ordinary.measure(b, document.query) })
	}
}

func (s *stage) measure(b *testing.B, query string) {
	b.Helper()
	ask(b, s.request(b.Context(), query, s.vary(0)))
	statements := s.statements(b, query)
	b.ResetTimer()
	latencies := flood(b.N, func(n int) { ask(b, s.request(b.Context(), query, s.vary(n))) })
	b.StopTimer()
	slices.Sort(latencies)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(milliseconds(latencies[b.N/2]), "p50-ms")
	b.ReportMetric(milliseconds(latencies[min(b.N-1, b.N*99/100)]), "p99-ms")
	b.ReportMetric(float64(statements), "statements/op")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
