package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"kanera.dev/gateway/gatewaytest"
)

func TestHeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	for path, status := range map[string]int{
		"/health": 200, "/api/v1/health": 200, "/api/v1/session": 401, "/nowhere": 404, "/docs": 200, "/openapi.json": 200,
	} {
		answer := g.Send(http.MethodGet, path, http.Header{"Origin": {"https://app.test"}}, nil)
		if answer.Status != status {
			t.Errorf("%s: status %d, want %d", path, answer.Status, status)
		}
		for name, want := range map[string]string{
			"Strict-Transport-Security": "max-age=31536000; includeSubDomains", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "strict-origin-when-cross-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "cross-origin",
			"Origin-Agent-Cluster": "?1", "X-DNS-Prefetch-Control": "off", "X-Download-Options": "noopen",
			"X-Permitted-Cross-Domain-Policies": "none", "X-XSS-Protection": "0",
			"Access-Control-Allow-Origin": "https://app.test", "Vary": "Origin", "Access-Control-Allow-Credentials": "", "Access-Control-Expose-Headers": "",
		} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if answer.Header.Get("X-Request-Id") == "" || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
			t.Errorf("%s: no request id or policy", path)
		}
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	for sent, echoed := range map[string]bool{
		"abc-123": true, strings.Repeat("x", 200): true, strings.Repeat("x", 201): false, "two words": false, "": false,
	} {
		got := g.Send(http.MethodGet, "/health", http.Header{"X-Request-Id": {sent}}, nil).Header.Get("X-Request-Id")
		if (got == sent) != echoed || got == "" {
			t.Errorf("sent %q, got %q", sent, got)
		}
	}
	var failed gatewaytest.Answer
	g.Send(http.MethodPost, "/graphql", http.Header{"X-Request-Id": {"mine"}, "Content-Type": {"application/json"}},
		`{"query":"{ viewer { user { id } } }"}`).Decode(t, &failed)
	if len(failed.Errors) != 1 || failed.Errors[0].Extensions.RequestID != "mine" || failed.Errors[0].Extensions.Code != "UNAUTHORIZED" {
		t.Errorf("the error does not name its request: %+v", failed.Errors)
	}
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	answer := g.Send(http.MethodOptions, "/api/v1/session", http.Header{"Origin": {"https://app.test"},
		"Access-Control-Request-Method": {"PATCH"}, "Access-Control-Request-Headers": {"authorization,content-type,idempotency-key"}}, nil)
	want := map[string]string{
		"Access-Control-Allow-Origin": "https://app.test", "Access-Control-Allow-Methods": "GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS",
		"Access-Control-Allow-Headers": "authorization,content-type,idempotency-key", "Access-Control-Max-Age": "600",
		"Vary": "Origin, Access-Control-Request-Headers",
	}
	for name, value := range want {
		if got := answer.Header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if answer.Status != http.StatusNoContent || len(answer.Body) != 0 {
		t.Errorf("status %d with %d bytes", answer.Status, len(answer.Body))
	}
}

func TestUnknownRoutes(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	for _, row := range []struct{ method, path string }{
		{"GET", "/nowhere"}, {"GET", "/api/v1/nowhere"}, {"DELETE", "/api/v1/session"}, {"PUT", "/graphql"}, {"POST", "/docs"},
		{"OPTIONS", "/api/v1/session"}, {"POST", "/"}, {"GET", "/api/v2/session"},
	} {
		answer := g.Do(row.method, row.path, "", nil)
		var body struct {
			Code, Message, Error string
			StatusCode           int
		}
		answer.Decode(t, &body)
		if answer.Status != 404 || body.Error != "Not Found" || body.StatusCode != 404 || body.Message == "" || body.Code != "" {
			t.Errorf("%s %s: %d %s", row.method, row.path, answer.Status, answer.Body)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	body := `{"name":"` + strings.Repeat("x", 1<<20) + `"}`
	for _, path := range []string{"/graphql", "/api/v1/workspaces/" + g.Facts.WorkspaceID + "/lists"} {
		answer := g.Do(http.MethodPost, path, g.Facts.WorkspaceKey, body)
		if answer.Status != http.StatusRequestEntityTooLarge || !strings.Contains(string(answer.Body), "BODY_TOO_LARGE") {
			t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
		}
	}
}
