package gateway_test

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis/redistest"
)

// visit is a request to one of the doors and what is to be seen of its budgets.
type visit struct {
	name    string
	path    string // of a GET; empty: body goes to /graphql
	body    string
	replay  string // Idempotency-Key
	status  int
	scripts int    // that Redis runs for it
	shown   string // the budget in RateLimit-Limit; empty: key
}

func (v visit) send(g *gatewaytest.Gateway) *gatewaytest.Response {
	header := http.Header{"Authorization": {"Bearer " + g.Facts.WorkspaceKey}}
	if v.replay != "" {
		header.Set("Idempotency-Key", v.replay)
	}
	if v.path != "" {
		return g.Send(http.MethodGet, v.path, header, nil)
	}
	header.Set("Content-Type", "application/json")
	return g.Send(http.MethodPost, "/graphql", header, v.body)
}

// visits are all kinds of requests of a key that this process knows. An Idempotency-Key takes scripts of its own: one to
// claim it, and for the first request one to keep the answer.
func visits(g *gatewaytest.Gateway) []visit {
	mutation := func(title string) string {
		return `{"query":"mutation { cardCreate(input: { boardId: \"` + g.Facts.BoardID + `\", listId: \"` + g.Facts.ListID + `\", title: \"` + title + `\" }) { card { id } } }"}`
	}
	return []visit{
		{name: "REST", path: session, status: 200, scripts: 1},
		{name: "REST, no such route", path: "/api/v1/nowhere", status: 404, scripts: 1},
		{name: "query", body: `{"query":"{ viewer { user { id } } }"}`, status: 200, scripts: 1},
		{name: "query without a price", body: `{"query":"{ __typename }"}`, status: 200, scripts: 1},
		{name: "query that gets something back", body: `{"query":"{ boards(first: 100) { nodes { id } } }"}`, status: 200, scripts: 2},
		{name: "query by GET", path: "/graphql?query=%7Bviewer%7Buser%7Bid%7D%7D%7D", status: 200, scripts: 1},
		{name: "mutation by GET", path: "/graphql?query=mutation%7Bx%7D", status: 405, scripts: 1},
		{name: "no GraphQL request", body: `{`, status: 400, scripts: 1},
		{name: "too deep", body: `{"query":"` + strings.Repeat("{a", 20) + strings.Repeat("}", 20) + `"}`, status: 400, scripts: 1},
		{name: "unknown hash", body: `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}`, status: 200, scripts: 1},
		{name: "no such operation", body: `{"query":"query a { __typename } query b { __typename }","operationName":"c"}`, status: 200, scripts: 1},
		{name: "dry run", body: `{"query":"{ boards { nodes { id } } }","extensions":{"cost":{"dryRun":true}}}`, status: 200, scripts: 1},
		{name: "dearer than the budget", body: `{"query":"{ a: boards(first: 200) { nodes { id } } b: boards(first: 200) { nodes { id } } }"}`, status: 400, scripts: 1},
		{name: "mutation", body: mutation("A"), status: 200, scripts: 1},
		{name: "mutation with a key", body: mutation("B"), replay: "k", status: 200, scripts: 3},
		{name: "its replay", body: mutation("B"), replay: "k", status: 200, scripts: 2},
		{name: "another one with its key", body: mutation("C"), replay: "k", status: 409, scripts: 2},
		{name: "bad key for replays", body: mutation("D"), replay: "\t", status: 400, scripts: 1},
		{name: "too little left", body: `{"query":"{ boards(first: 200) { nodes { id } } }"}`, status: 429, scripts: 1, shown: "220"},
		{name: "REST again", path: session, status: 200, scripts: 1},
	}
}

// TestEveryRequestIsChargedOnceInOneRoundTrip counts the scripts that Redis runs, and what is left of the key's budget.
func TestEveryRequestIsChargedOnceInOneRoundTrip(t *testing.T) {
	t.Parallel()
	const token, limit = "a token for metrics", 400
	config := gatewaytest.Configure(t, gatewaytest.SQLite)
	config.RedisURL, config.MetricsToken = redistest.Start(t).URL, token
	config.Limits = gateway.Limits{KeyPerMinute: limit, FailedKeyPerMinute: 10, AccountPerMinute: 2000, MonthlyQuota: 5000, CostPerMinute: 220,
		RedisTimeout: gateway.Threshold(time.Second)}
	g := gatewaytest.NewWith(t, config)
	g.Do("GET", session, g.Facts.WorkspaceKey, nil)
	for i, v := range visits(g) {
		before := trips(t, g, token)
		answer := v.send(g)
		if answer.Status != v.status {
			t.Errorf("%s: %d %s", v.name, answer.Status, answer.Body)
		}
		if ran := trips(t, g, token) - before; ran != v.scripts {
			t.Errorf("%s: %d scripts, want %d", v.name, ran, v.scripts)
		}
		if got := answer.Header.Get("RateLimit-Limit"); v.shown != "" && got == v.shown {
			continue
		}
		if left := answer.Header.Get("RateLimit-Remaining"); answer.Header.Get("RateLimit-Limit") != "400" || left != strconv.Itoa(limit-2-i) {
			t.Errorf("%s: %s of %s left, want %d", v.name, left, answer.Header.Get("RateLimit-Limit"), limit-2-i)
		}
	}
}

var scriptCount = regexp.MustCompile(`(?m)^kanera_redis_command_duration_seconds_count\{command="evalsha"\} (\d+)$`)

// trips reads how many scripts the gateway had Redis run.
func trips(t *testing.T, g *gatewaytest.Gateway, token string) int {
	t.Helper()
	found := scriptCount.FindSubmatch(g.Do("GET", "/metrics", token, nil).Body)
	if found == nil {
		t.Fatal("the metrics do not count scripts")
	}
	count, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// TestAConnectionIsChargedAsItBegins and not begun when the budget is used up.
func TestAConnectionIsChargedAsItBegins(t *testing.T) {
	t.Parallel()
	g, _ := limited(t, gateway.Limits{KeyPerMinute: 1})
	g.Do("GET", session, g.Facts.WorkspaceKey, nil)
	answer := g.Send("GET", "/graphql", http.Header{"Authorization": {"Bearer " + g.Facts.WorkspaceKey}, "Connection": {"Upgrade"}, "Upgrade": {"websocket"},
		"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}, "Sec-Websocket-Protocol": {"graphql-transport-ws"}}, nil)
	if answer.Status != 429 || codeOf(t, answer) != "RATE_LIMITED" || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%d %v %s", answer.Status, answer.Header, answer.Body)
	}
}

// TestASpentKeyIsRefusedUnread asks Redis nothing more, whatever the request is.
func TestASpentKeyIsRefusedUnread(t *testing.T) {
	t.Parallel()
	const token = "a token for metrics"
	config := gatewaytest.Configure(t, gatewaytest.SQLite)
	config.RedisURL, config.MetricsToken = redistest.Start(t).URL, token
	config.Limits = gateway.Limits{KeyPerMinute: 1, AccountPerMinute: 2000, CostPerMinute: 300, RedisTimeout: gateway.Threshold(time.Second)}
	g := gatewaytest.NewWith(t, config)
	dryRun := `{"query":"{ viewer { user { id } } }","extensions":{"cost":{"dryRun":true}}}`
	g.Do("GET", session, g.Facts.WorkspaceKey, nil)
	refused := visit{body: dryRun}.send(g) // was answered first, and is then refused
	if refused.Status != 429 || codeOf(t, refused) != "RATE_LIMITED" || strings.Contains(string(refused.Body), "data") {
		t.Errorf("%d %s", refused.Status, refused.Body)
	}
	before := trips(t, g, token)
	isRefused(t, g.Do("GET", session, g.Facts.WorkspaceKey, nil))
	for _, body := range []string{dryRun, "{", `{"query":"{ viewer { user { id } } }"}`} {
		answer := visit{body: body}.send(g)
		if answer.Status != 429 || codeOf(t, answer) != "RATE_LIMITED" || answer.Header.Get("RateLimit-Limit") != "1" ||
			answer.Header.Get("RateLimit-Remaining") != "0" || answer.Header.Get("RateLimit-Reset") != refused.Header.Get("RateLimit-Reset") ||
			answer.Header.Get("Retry-After") == "" || answer.Header.Get("RateLimit-Policy") != `"key";q=1;w=60` || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %s", body, answer.Status, answer.Header, answer.Body)
		}
	}
	if ran := trips(t, g, token) - before; ran != 0 {
		t.Errorf("Redis ran %d scripts", ran)
	}
}

// TestRequestsAtTheSameTimeShareRoundTrips and are each charged once: what is left goes down one by one.
func TestRequestsAtTheSameTimeShareRoundTrips(t *testing.T) {
	t.Parallel()
	const token, clients, each = "a token for metrics", 16, 8
	config := gatewaytest.Configure(t, gatewaytest.SQLite)
	config.RedisURL, config.MetricsToken = redistest.Start(t).URL, token
	config.Limits = gateway.Limits{KeyPerMinute: 1000, AccountPerMinute: 2000, RedisTimeout: gateway.Threshold(time.Second)}
	g := gatewaytest.NewWith(t, config)
	g.Do("GET", session, g.Facts.WorkspaceKey, nil)
	before := trips(t, g, token)
	lefts := make([][]string, clients)
	var asking sync.WaitGroup
	for i := range clients {
		asking.Go(func() {
			for range each {
				lefts[i] = append(lefts[i], g.Do("GET", session, g.Facts.WorkspaceKey, nil).Header.Get("RateLimit-Remaining"))
			}
		})
	}
	asking.Wait()
	if ran := trips(t, g, token) - before; ran > clients*each {
		t.Errorf("%d scripts for %d requests", ran, clients*each)
	}
	left := slices.Concat(lefts...)
	slices.Sort(left)
	if distinct := slices.Compact(left); len(distinct) != clients*each || distinct[0] != strconv.Itoa(999-clients*each) || distinct[len(distinct)-1] != "998" {
		t.Errorf("%d requests were told %v", clients*each, distinct)
	}
}
