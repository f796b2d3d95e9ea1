package gateway_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis/redistest"
)

// limited starts a gateway with limits of its own, beside a Redis of its own.
func limited(t *testing.T, limits gateway.Limits) (*gatewaytest.Gateway, *redistest.Server) {
	t.Helper()
	return limitedOn(t, gatewaytest.SQLite, limits)
}

func limitedOn(t *testing.T, backend gatewaytest.Backend, limits gateway.Limits) (*gatewaytest.Gateway, *redistest.Server) {
	t.Helper()
	server := redistest.Start(t)
	config := gatewaytest.Configure(t, backend)
	config.RedisURL, config.Limits = server.URL, limits
	if limits.RedisTimeout == 0 {
		config.Limits.RedisTimeout = gateway.Threshold(time.Second) // a busy machine is no reason to go on without Redis
	}
	return gatewaytest.NewWith(t, config), server
}

const session, viewer = "/api/v1/session", `{ viewer { user { id } } }`

// isRefused checks an answer of the REST door to a request over its budget.
func isRefused(t *testing.T, answer *gatewaytest.Response) {
	t.Helper()
	wait, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if answer.Status != 429 || answer.Code() != "RATE_LIMITED" || err != nil || wait < 1 || wait > 61 || answer.Header.Get("RateLimit-Remaining") != "0" {
		t.Errorf("not refused as it should: %d %v %s", answer.Status, answer.Header, answer.Body)
	}
}

// TestTwoGatewaysShareTheBudgetOfAKey uses both doors of two gateways on one Redis.
func TestTwoGatewaysShareTheBudgetOfAKey(t *testing.T) {
	t.Parallel()
	first, _ := limited(t, gateway.Limits{KeyPerMinute: 6, AccountPerMinute: 100, CostPerMinute: 1000})
	second := first.Another()
	key := first.Facts.WorkspaceKey
	for i := range 6 {
		g := []*gatewaytest.Gateway{first, second}[i%2]
		if i%3 == 0 {
			if answer := g.Query(key, viewer, nil); answer.Status != 200 {
				t.Fatalf("request %d: %+v", i, answer)
			}
			continue
		}
		if answer := g.Do("GET", session, key, nil); answer.Status != 200 || answer.Header.Get("Retry-After") != "" || answer.Header.Get("RateLimit-Remaining") != strconv.Itoa(5-i) {
			t.Fatalf("request %d: %d %v", i, answer.Status, answer.Header)
		}
	}
	for _, g := range []*gatewaytest.Gateway{first, second} {
		isRefused(t, g.Do("GET", session, key, nil))
		response := g.Do("POST", "/graphql", key, map[string]any{"query": viewer})
		var answer gatewaytest.Answer
		response.Decode(t, &answer)
		if response.Status != 429 || len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "RATE_LIMITED" ||
			response.Header.Get("Retry-After") == "" || response.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("GraphQL: %d %v %s", response.Status, response.Header, response.Body)
		}
		if answer := g.Do("GET", session, g.Facts.PersonalKey, nil); answer.Status != 200 {
			t.Errorf("another key is refused: %d %s", answer.Status, answer.Body)
		}
	}
}

// TestRateLimitHeaders are on every answer, whatever its status.
func TestRateLimitHeaders(t *testing.T) {
	t.Parallel()
	g, _ := limited(t, gateway.Limits{KeyPerMinute: 400, UploadPerMinute: 30, IPPerMinute: 60, FailedKeyPerMinute: 10,
		AccountPerMinute: 2000, CostPerMinute: 60_000, MonthlyQuota: 5000})
	key, unknown := g.Facts.WorkspaceKey, "kanera_dev_"+strings.Repeat("A", 43)
	known := `"key";q=400;w=60, "account";q=2000;w=60, "monthly";q=5000;w=2592000, `
	for name, row := range map[string]struct {
		method, path, key string
		body              any
		status, limit     int
		policy            string
	}{
		"REST":           {"GET", session, key, nil, 200, 400, known + `"failedKey";q=10;w=60`},
		"REST error":     {"GET", "/api/v1/cards/" + unknownID + "/detail", key, nil, 404, 400, known + `"failedKey";q=10;w=60`},
		"no such route":  {"GET", "/api/v1/nowhere", key, nil, 404, 400, known + `"failedKey";q=10;w=60`},
		"upload":         {"POST", "/api/v1/cards/" + unknownID + "/attachments", key, nil, 404, 400, known + `"upload";q=30;w=60, "failedKey";q=10;w=60`},
		"GraphQL":        {"POST", "/graphql", key, map[string]any{"query": viewer}, 200, 400, known + `"cost";q=60000;w=60, "failedKey";q=10;w=60`},
		"GraphQL error":  {"POST", "/graphql", key, "{", 400, 400, known + `"cost";q=60000;w=60, "failedKey";q=10;w=60`},
		"anonymous":      {"GET", session, "", nil, 401, 60, `"ip";q=60;w=60`},
		"page":           {"GET", "/openapi.json", "", nil, 200, 60, `"ip";q=60;w=60`},
		"nowhere at all": {"GET", "/nowhere", "", nil, 404, 60, `"ip";q=60;w=60`},
		"bad key":        {"GET", session, unknown, nil, 401, 10, `"failedKey";q=10;w=60`},
	} {
		answer := g.Do(row.method, row.path, row.key, row.body)
		left, err := strconv.Atoi(answer.Header.Get("RateLimit-Remaining"))
		reset, _ := strconv.ParseInt(answer.Header.Get("RateLimit-Reset"), 10, 64)
		until := time.Until(time.Unix(reset, 0))
		if answer.Status != row.status || answer.Header.Get("RateLimit-Limit") != strconv.Itoa(row.limit) || err != nil || left >= row.limit ||
			until < 50*time.Second || until > 63*time.Second || answer.Header.Get("Retry-After") != "" || answer.Header.Get("X-RateLimit-Degraded") != "" {
			t.Errorf("%s: %d %v", name, answer.Status, answer.Header)
		}
		if policy := answer.Header.Get("RateLimit-Policy"); policy != row.policy {
			t.Errorf("%s: policy %s\nwant %s", name, policy, row.policy)
		}
		if first := fmt.Sprintf(`;r=%d;t=6`, left); !strings.Contains(answer.Header.Get("RateLimit"), first) {
			t.Errorf("%s: RateLimit %s has no %s", name, answer.Header.Get("RateLimit"), first)
		}
	}
	if answer := g.Do("GET", "/health", "", nil); answer.Header.Get("RateLimit-Limit") != "" {
		t.Errorf("a probe is counted: %v", answer.Header)
	}
}

func TestNoLimitsNoHeaders(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	for _, key := range []string{"", g.Facts.WorkspaceKey} {
		if header := g.Do("GET", session, key, nil).Header; header.Get("RateLimit") != "" || header.Get("RateLimit-Limit") != "" {
			t.Errorf("%v", header)
		}
	}
}

// TestBadKeys uses up an address, from where even a good key is then refused, whether or not it was used before.
func TestBadKeys(t *testing.T) {
	t.Parallel()
	g, _ := limited(t, gateway.Limits{KeyPerMinute: 400, FailedKeyPerMinute: 4})
	if answer := g.Do("GET", session, g.Facts.WorkspaceKey, nil); answer.Status != 200 {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	good := "Bearer " + g.Facts.WorkspaceKey
	for i, header := range []http.Header{
		{"Authorization": {"Bearer kanera_dev_" + strings.Repeat("A", 43)}}, {"Authorization": {"Bearer nonsense"}},
		{"Authorization": {"Basic dTpw"}}, {"Authorization": {good}, "X-Kanera-Organisation-Id": {"42"}},
	} {
		if answer := g.Send("GET", session, header, nil); answer.Status != 401 || answer.Header.Get("RateLimit-Remaining") != strconv.Itoa(3-i) {
			t.Errorf("bad key %d: %d %v", i, answer.Status, answer.Header)
		}
	}
	isRefused(t, g.Do("GET", session, "nonsense", nil))
	isRefused(t, g.Do("GET", session, g.Facts.WorkspaceKey, nil)) // known to this process
	isRefused(t, g.Do("GET", session, g.Facts.PersonalKey, nil))  // never seen
	if answer := g.Do("GET", session, "", nil); answer.Status != 401 || answer.Code() != "UNAUTHORIZED" {
		t.Errorf("without a key: %d %s", answer.Status, answer.Body)
	}
}

// TestBudgetsBesideTheKeys are those of an address, an organisation, a month and uploads.
func TestBudgetsBesideTheKeys(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		limits             gateway.Limits
		method, path, door string
		keyless            bool
		passed             int // status of what is within the budget
	}{
		"address": {gateway.Limits{IPPerMinute: 2}, "GET", "/docs", "", true, 200},
		"account": {gateway.Limits{AccountPerMinute: 2}, "GET", session, "", false, 200},
		"monthly": {gateway.Limits{MonthlyQuota: 2}, "GET", session, "", false, 200},
		"upload":  {gateway.Limits{UploadPerMinute: 2}, "POST", "/api/v1/notes/" + unknownID + "/attachments", "", false, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _ := limited(t, row.limits)
			key := g.Facts.WorkspaceKey
			if row.keyless {
				key = ""
			}
			for range 2 {
				if answer := g.Do(row.method, row.path, key, nil); answer.Status != row.passed {
					t.Fatalf("%d %s", answer.Status, answer.Body)
				}
			}
			answer := g.Do(row.method, row.path, key, nil)
			if answer.Status != 429 || answer.Code() != "RATE_LIMITED" || answer.Header.Get("Retry-After") == "" {
				t.Errorf("%d %v %s", answer.Status, answer.Header, answer.Body)
			}
			if name == "account" {
				isRefused(t, g.Do("GET", session, g.Facts.PersonalKey, nil))
			}
		})
	}
}

// TestLimitsOfAKey replace those of the server.
func TestLimitsOfAKey(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			g, _ := limitedOn(t, backend, gateway.Limits{KeyPerMinute: 1, MonthlyQuota: 1})
			three, none := 3, 0
			secret := keyWith(t, g, domain.KeyLimits{PerMinute: &three, MonthlyQuota: &none})
			for range 3 {
				if answer := g.Do("GET", session, secret, nil); answer.Status != 200 || answer.Header.Get("RateLimit-Policy") != `"key";q=3;w=60` {
					t.Fatalf("%d %v", answer.Status, answer.Header)
				}
			}
			isRefused(t, g.Do("GET", session, secret, nil))
		})
	}
}

// keyWith makes a key with budgets of its own.
func keyWith(t *testing.T, g *gatewaytest.Gateway, limits domain.KeyLimits) (secret string) {
	t.Helper()
	store, err := gateway.OpenStore(t.Context(), g.Config)
	if err != nil {
		t.Fatal(err)
	}
	service := &domain.Service{Store: store, Now: domain.SystemClock, NewID: domain.NewID}
	secret, _, err = service.KeyCreate(t.Context(), domain.KeyRequest{Kind: domain.WorkspaceKey, WorkspaceID: g.Facts.WorkspaceID, Name: "Busy",
		Scope: domain.ScopeRead, Environment: "dev", Limits: limits})
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	return secret
}

// TestRedisIsAway lets callers with a key go on and turns away all others, until Redis is back.
func TestRedisIsAway(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct{ begin, end func(*redistest.Server) }{
		"killed": {(*redistest.Server).Kill, (*redistest.Server).Restart},
		"paused": {(*redistest.Server).Pause, (*redistest.Server).Resume},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, server := limited(t, gateway.Limits{KeyPerMinute: 1000, IPPerMinute: 1000, FailedKeyPerMinute: 1000, CostPerMinute: 60_000,
				RedisTimeout: gateway.Threshold(3 * time.Millisecond)})
			key, list := g.Facts.WorkspaceKey, "/api/v1/boards/"+g.Facts.BoardID+"/lists/"+g.Facts.ListID+"/cards"
			if answer := g.Do("POST", list, key, map[string]any{"title": "Before"}); answer.Status != 201 {
				t.Fatalf("%d %s", answer.Status, answer.Body)
			}
			fault.begin(server)
			for path, answer := range map[string]*gatewaytest.Response{
				"read": g.Do("GET", session, key, nil), "write": g.Do("POST", list, key, map[string]any{"title": "Meanwhile"}),
				"GraphQL": g.Do("POST", "/graphql", key, map[string]any{"query": viewer}),
			} {
				if answer.Status/100 != 2 || answer.Header.Get("X-RateLimit-Degraded") != "1" || answer.Header.Get("RateLimit-Limit") != "1000" {
					t.Errorf("%s: %d %v %s", path, answer.Status, answer.Header, answer.Body)
				}
			}
			for _, path := range []string{session, "/docs", "/graphql?query=%7B__typename%7D"} {
				answer := g.Do("GET", path, "", nil)
				if answer.Status != 503 || !strings.Contains(string(answer.Body), `"UNAVAILABLE"`) || answer.Header.Get("X-RateLimit-Degraded") != "1" ||
					answer.Header.Get("Retry-After") != "" {
					t.Errorf("anonymous %s: %d %v %s", path, answer.Status, answer.Header, answer.Body)
				}
			}
			fault.end(server)
			err := redistest.Eventually(t, func() error {
				if answer := g.Do("GET", "/docs", "", nil); answer.Status != 200 {
					return fmt.Errorf("still %d", answer.Status)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
