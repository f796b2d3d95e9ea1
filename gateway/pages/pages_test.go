package pages_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"kanera.dev/gateway/pages"
)

var (
	tag   = regexp.MustCompile(`<(?:script|link)[^>]*(?:src|href)="([^":]+|https:[^"]+)"[^>]*>`)
	nonce = regexp.MustCompile(`'nonce-([A-Z0-9]+)'`)
)

func newPages(t *testing.T) *pages.Pages {
	t.Helper()
	p, err := pages.New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func serve(handler http.HandlerFunc, path string, header http.Header) *http.Response {
	request := httptest.NewRequest(http.MethodGet, path, nil)
	request.Header = header
	recorder := httptest.NewRecorder()
	handler(recorder, request)
	return recorder.Result()
}

// TestPages holds with and without embedded bundles: every file comes from here, or from the CDN with its hash.
func TestPages(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	for name, row := range map[string]struct {
		handler  http.HandlerFunc
		contains []string
		files    int
	}{
		"index":    {p.Index, []string{"/graphiql", "/docs", "/swagger", "/openapi.json", "/health"}, 0},
		"graphiql": {p.GraphiQL, []string{`url: "/graphql"`, "query Viewer", "Authorization"}, 4},
		"docs":     {p.Reference, []string{`url: "/openapi.json"`, "createApiReference"}, 1},
		"swagger":  {p.Swagger, []string{`url: "/openapi.json"`, "SwaggerUIBundle"}, 2},
	} {
		answer := serve(row.handler, "/", nil)
		body, _ := io.ReadAll(answer.Body)
		for _, text := range row.contains {
			if !strings.Contains(string(body), text) {
				t.Errorf("%s lacks %q", name, text)
			}
		}
		files := tag.FindAllStringSubmatch(string(body), -1)
		if len(files) != row.files {
			t.Errorf("%s loads %d files, want %d", name, len(files), row.files)
		}
		for _, file := range files {
			checkFile(t, p, file[0], file[1])
		}
		policy := answer.Header.Get("Content-Security-Policy")
		allowed := nonce.FindStringSubmatch(policy)
		if allowed == nil || !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "NONCE") {
			t.Errorf("%s: policy %q", name, policy)
		} else if scripts := strings.Count(string(body), "<script"); strings.Count(string(body), `<script nonce="`+allowed[1]+`"`) != scripts {
			t.Errorf("%s: not every script carries the nonce", name)
		}
	}
}

func checkFile(t *testing.T, p *pages.Pages, element, address string) {
	t.Helper()
	if strings.HasPrefix(address, "https://") {
		if !strings.Contains(element, `integrity="sha384-`) || !strings.Contains(element, `crossorigin="anonymous"`) {
			t.Errorf("%s is loaded unchecked", address)
		}
		return
	}
	packed := serve(p.Asset, address, http.Header{"Accept-Encoding": {"gzip"}})
	plain := serve(p.Asset, address, nil)
	body, err := io.ReadAll(plain.Body)
	if packed.StatusCode != 200 || packed.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" || len(body) < 1000 || err != nil {
		t.Errorf("%s: status %d, plain %d bytes, %v", address, packed.StatusCode, len(body), err)
	}
}

func TestNonceIsNew(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	first, second := serve(p.Swagger, "/", nil), serve(p.Swagger, "/", nil)
	if first.Header.Get("Content-Security-Policy") == second.Header.Get("Content-Security-Policy") {
		t.Error("two answers share a nonce")
	}
}

func TestUnknownAsset(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/assets/nothing.js", "/assets/..", "/assets/.gitkeep"} {
		if got := serve(newPages(t).Asset, path, nil).StatusCode; got != 404 {
			t.Errorf("%s: status %d", path, got)
		}
	}
}
