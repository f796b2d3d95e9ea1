package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"kanera.dev/gateway/gatewaytest"
)

// TestErrorsAreNotStored: whoever writes an error, no cache keeps it.
func TestErrorsAreNotStored(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	json := http.Header{"Authorization": {"Bearer " + g.Facts.WorkspaceKey}, "Content-Type": {"application/json"}}
	for name, row := range map[string]struct {
		method, path, body string
		header             http.Header
		status             int
	}{
		"no route":           {"GET", "/nowhere", "", http.Header{}, 404},
		"no method":          {"PUT", "/docs", "", http.Header{}, 404},
		"no asset":           {"GET", "/assets/none.js", "", http.Header{}, 404},
		"no credential":      {"GET", "/api/v1/session", "", http.Header{}, 401},
		"bad credential":     {"POST", "/graphql", "", http.Header{"Authorization": {"Bearer nonsense"}}, 401},
		"no card":            {"GET", "/api/v1/cards/" + unknownID + "/detail", "", json, 404},
		"no JSON":            {"POST", cardsPath(g), "{", json, 400},
		"large body":         {"POST", cardsPath(g), `{"x":"` + strings.Repeat("x", 1<<20) + `"}`, json, 413},
		"no GraphQL":         {"POST", "/graphql", `{"query":7}`, json, 400},
		"mutation by GET":    {"GET", "/graphql?query=mutation%7Bx%7D", "", json, 405},
		"organisation of no": {"GET", "/api/v1/session", "", http.Header{"Authorization": json["Authorization"], "X-Kanera-Organisation-Id": {"x"}}, 401},
	} {
		answer := g.Send(row.method, row.path, row.header, row.body)
		if answer.Status != row.status || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %q, %.200s", name, answer.Status, answer.Header.Get("Cache-Control"), answer.Body)
		}
	}
}
