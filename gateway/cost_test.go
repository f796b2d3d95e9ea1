package gateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
)

// cost is extensions.cost of an answer.
type cost struct {
	Requested, Actual int
	Remaining         *int
	ResetAt           *time.Time
}

func costOf(t *testing.T, answer *gatewaytest.Response) cost {
	t.Helper()
	var body struct {
		Data       json.RawMessage
		Extensions struct{ Cost *cost }
	}
	answer.Decode(t, &body)
	if body.Extensions.Cost == nil {
		t.Fatalf("no cost: %s", answer.Body)
	}
	return *body.Extensions.Cost
}

// metered runs a gateway with budgets.
func metered(t *testing.T, limits gateway.Limits) *gatewaytest.Gateway {
	t.Helper()
	config := gatewaytest.Configure(t, gatewaytest.SQLite)
	config.Limits = limits
	return gatewaytest.NewWith(t, config)
}

func ask(g *gatewaytest.Gateway, body map[string]any) *gatewaytest.Response {
	return g.Do(http.MethodPost, "/graphql", g.Facts.PersonalKey, body)
}

// codeOf is the code of the first error of a GraphQL answer.
func codeOf(t *testing.T, answer *gatewaytest.Response) string {
	t.Helper()
	var body gatewaytest.Answer
	answer.Decode(t, &body)
	if len(body.Errors) == 0 {
		return ""
	}
	return body.Errors[0].Extensions.Code
}

func TestAnOperationPaysForWhatItUsed(t *testing.T) {
	t.Parallel()
	g := metered(t, gateway.Limits{CostPerMinute: 1000})
	const boards = `{ boards(first: 200) { nodes { id } } rateLimit { cost limit remaining resetAt } }`
	answer := ask(g, map[string]any{"query": boards})
	var body struct {
		Data struct {
			Boards    struct{ Nodes []struct{ ID string } }
			RateLimit struct {
				Cost, Limit, Remaining int
				ResetAt                time.Time
			}
		}
	}
	answer.Decode(t, &body)
	used := 1 + len(body.Data.Boards.Nodes)
	paid := costOf(t, answer)
	if paid.Requested != 201 || paid.Actual != used || *paid.Remaining != 1000-used || paid.ResetAt.IsZero() {
		t.Errorf("paid %+v, want %d", paid, used)
	}
	if now := body.Data.RateLimit; now.Cost != 201 || now.Limit != 1000 || now.Remaining != 1000-201 || now.ResetAt.IsZero() {
		t.Errorf("rateLimit %+v", now)
	}
	dry := costOf(t, ask(g, map[string]any{"query": boards, "extensions": map[string]any{"cost": map[string]any{"dryRun": true}}}))
	if dry.Requested != 201 || dry.Actual != 0 || dry.Remaining != nil {
		t.Errorf("dry run %+v", dry)
	}
	if again := costOf(t, ask(g, map[string]any{"query": boards})); *again.Remaining != 1000-2*used {
		t.Errorf("the dry run was debited: %+v", again)
	}
	if rest := g.Do(http.MethodGet, "/api/v1/boards", g.Facts.PersonalKey, nil); rest.Status != http.StatusOK {
		t.Errorf("REST: %d %s", rest.Status, rest.Body)
	}
	if after := costOf(t, ask(g, map[string]any{"query": `{ rateLimit { cost } }`})); *after.Remaining != 1000-2*used {
		t.Errorf("REST was debited: %+v", after)
	}
}

func TestABudgetThatIsUsedUpAnswers429(t *testing.T) {
	t.Parallel()
	g := metered(t, gateway.Limits{CostPerMinute: 64})
	const dear = `mutation { a: cardComplete(id: "11111111-1111-4111-8111-111111111111", completed: true) { card { id } }
		b: cardComplete(id: "11111111-1111-4111-8111-111111111111", completed: true) { card { id } } }`
	for range 3 {
		if answer := ask(g, map[string]any{"query": dear}); answer.Status != http.StatusOK {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
	}
	answer := ask(g, map[string]any{"query": dear})
	wait, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if answer.Status != http.StatusTooManyRequests || codeOf(t, answer) != "RATE_LIMITED" || err != nil || wait < 1 || wait > 62 {
		t.Errorf("%d %v %s", answer.Status, answer.Header, answer.Body)
	}
}

// What apiLimits shows is what is enforced: just so much passes, and one more does not.
func TestLimitsShownAreLimitsEnforced(t *testing.T) {
	t.Parallel()
	g := metered(t, gateway.Limits{KeyPerMinute: 40, CostPerMinute: 500, IPPerMinute: 7, AccountPerMinute: 90, FailedKeyPerMinute: 8, UploadPerMinute: 9})
	var body struct{ Data struct{ APILimits apiLimits } }
	sent := 1
	ask(g, map[string]any{"query": targetQueries, "operationName": "Limits"}).Decode(t, &body)
	shown := body.Data.APILimits
	for name, row := range map[string]struct {
		limit int
		with  func(n int) string
		code  string
	}{
		"depth":   {shown.MaxDepth, func(n int) string { return strings.Repeat("{ a ", n) + strings.Repeat("}", n) }, "GRAPHQL_TOO_DEEP"},
		"aliases": {shown.MaxAliases, func(n int) string { return "{ " + repeated("a%d: health { ok } ", n) + "}" }, "GRAPHQL_TOO_MANY_ALIASES"},
		"tokens":  {shown.MaxTokens, func(n int) string { return "{ a(b: [" + strings.Repeat("1 ", n-9) + "]) }" }, "GRAPHQL_TOO_MANY_TOKENS"},
		"selections": {shown.MaxSelections, func(n int) string {
			return "{ " + strings.Repeat("...f ", n/100) + strings.Repeat("b ", n%100) + "} fragment f on Query { " + strings.Repeat("a ", 99) + "}"
		}, "GRAPHQL_TOO_MANY_SELECTIONS"},
		"page size": {shown.MaxPageSize, func(n int) string { return fmt.Sprintf("{ boards(first: %d) { totalCount } }", n) }, "VALIDATION"},
		"cost": {shown.MaxCost, func(n int) string {
			return fmt.Sprintf("{ a: boards(first: 200) { nodes { id } } b: boards(first: 200) { nodes { id } } c: boards(first: %d) { nodes { id } } }", n-403)
		}, "COST_TOO_HIGH"},
	} {
		if got := codeOf(t, ask(g, map[string]any{"query": row.with(row.limit)})); got == row.code {
			t.Errorf("%s: %d are refused", name, row.limit)
		}
		if got := codeOf(t, ask(g, map[string]any{"query": row.with(row.limit + 1)})); got != row.code {
			t.Errorf("%s: %d answer %q, want %s", name, row.limit+1, got, row.code)
		}
		sent += 2
	}
	for extra, want := range map[int]int{0: http.StatusOK, 1: http.StatusRequestEntityTooLarge} {
		text := `{"query":"{ health { ok } }"}`
		padded := text + strings.Repeat(" ", shown.MaxBodyBytes-len(text)+extra)
		if got := g.Do(http.MethodPost, "/graphql", g.Facts.PersonalKey, padded); got.Status != want {
			t.Errorf("%d bytes: %d, want %d", len(padded), got.Status, want)
		}
		sent++
	}
	checkBuckets(t, g, shown, sent)
}

func checkBuckets(t *testing.T, g *gatewaytest.Gateway, shown apiLimits, sent int) {
	t.Helper()
	buckets := map[string]int{}
	for _, bucket := range shown.Buckets {
		buckets[bucket.Name+" "+bucket.Scope] = bucket.Limit
		if bucket.WindowSeconds != 60 {
			t.Errorf("%+v", bucket)
		}
	}
	want := map[string]int{"key KEY": 40, "cost KEY": 500, "account ORGANISATION": 90, "failedKey IP": 8, "upload KEY": 9}
	if !maps.Equal(buckets, want) {
		t.Errorf("buckets %v, want %v", buckets, want)
	}
	if shown.MaxCost != 500 {
		t.Errorf("an operation may cost %d of a budget of 500", shown.MaxCost)
	}
	for range buckets["key KEY"] - sent {
		if answer := ask(g, map[string]any{"query": `{ health { ok } }`}); answer.Status != http.StatusOK {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
	}
	if answer := ask(g, map[string]any{"query": `{ health { ok } }`}); answer.Status != http.StatusTooManyRequests {
		t.Errorf("request %d of %d: %d", buckets["key KEY"]+1, buckets["key KEY"], answer.Status)
	}
}

func repeated(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestADashboardFitsTheDefaultBudget fifteen times at once, before anything is given back.
func TestADashboardFitsTheDefaultBudget(t *testing.T) {
	t.Parallel()
	config, err := gateway.ReadConfig(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := metered(t, config.Limits)
	price := costOf(t, ask(g, map[string]any{"query": targetQueries, "operationName": "BoardView", "variables": map[string]any{"id": g.Facts.BoardID},
		"extensions": map[string]any{"cost": map[string]any{"dryRun": true}}})).Requested
	if budget := int(config.Limits.CostPerMinute); price == 0 || 15*price > budget {
		t.Errorf("the board view costs %d of %d", price, budget)
	}
}
