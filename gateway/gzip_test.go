package gateway_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"kanera.dev/gateway/gatewaytest"
)

// largeQuery asks for more than fits into a packet.
const largeQuery = `{ cards(first: 50) { nodes { id key title url createdAt list { id name } } } }`

// plainly sends a request that names the codings it takes, and hands out the answer as it came.
func plainly(g *gatewaytest.Gateway, method, path, codings, known string, body any) *gatewaytest.Response {
	header := http.Header{"Authorization": {"Bearer " + g.Facts.WorkspaceKey}, "Content-Type": {"application/json"}, "Accept-Encoding": {codings}}
	if known != "" {
		header.Set("If-None-Match", known)
	}
	return g.Send(method, path, header, body)
}

func unzipped(t *testing.T, body []byte) string {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLargeAnswersAreCompressedForWhoAsks(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	query := "/graphql?query=" + url.QueryEscape(largeQuery)
	rest := "/api/v1/boards/" + g.Facts.BoardID + "/open?cardLimit=50&listId=" + g.Facts.ListID
	for _, row := range []struct {
		name, method, path, codings string
		body                        any
		zipped                      bool
	}{
		{"GraphQL by GET", "GET", query, "gzip", nil, true},
		{"GraphQL by POST", "POST", "/graphql", "br, GZIP;q=0.8, *;q=0.1", map[string]any{"query": largeQuery}, true},
		{"REST", "POST", rest, "deflate, x-gzip", map[string]any{}, true},
		{"everything", "GET", query, "*", nil, true},
		{"as good as plain", "GET", query, "gzip;q=0.5, identity;q=0.5", nil, true},
		{"not asked", "GET", query, "identity", nil, false},
		{"others only", "GET", query, "br, deflate", nil, false},
		{"forbidden", "GET", query, "gzip;q=0, *", nil, false},
		{"nonsense", "GET", query, "gzip;q=much", nil, false},
		{"plain is better", "GET", query, "gzip;q=0.5, identity", nil, false},
		{"small", "POST", "/graphql", "gzip", map[string]any{"query": "{ viewer { user { id } } }"}, false},
	} {
		plain, answer := plainly(g, row.method, row.path, "identity", "", row.body), plainly(g, row.method, row.path, row.codings, "", row.body)
		if answer.Status != 200 || plain.Status != 200 || (answer.Header.Get("Content-Encoding") == "gzip") != row.zipped {
			t.Errorf("%s: %d %s %v", row.name, answer.Status, answer.Body, answer.Header)
			continue
		}
		text := string(answer.Body)
		if row.zipped {
			text = unzipped(t, answer.Body)
		}
		if row.method == "GET" && text != string(plain.Body) || len(text) < 10 || row.zipped == (len(answer.Body) == len(text)) {
			t.Errorf("%s: %s, plain it is %s", row.name, text, plain.Body)
		}
		if length := answer.Header.Get("Content-Length"); length != strconv.Itoa(len(answer.Body)) || !strings.Contains(strings.Join(answer.Header.Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%s: %d bytes, %v", row.name, len(answer.Body), answer.Header)
		}
	}
}

// A compressed answer has a tag of its own, by which it is known to be unchanged; HEAD shows the headers of GET.
func TestCompressedAnswersAreTagged(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	path := "/graphql?query=" + url.QueryEscape(largeQuery)
	plain, zipped := plainly(g, "GET", path, "identity", "", nil), plainly(g, "GET", path, "gzip", "", nil)
	mine, other := zipped.Header.Get("Etag"), plain.Header.Get("Etag")
	if mine == "" || other == "" || mine == other {
		t.Fatalf("tags %s and %s", mine, other)
	}
	for _, row := range []struct {
		name, codings, known string
		status               int
	}{
		{"compressed, known", "gzip", mine, 304}, {"compressed, known plain", "gzip", other, 200},
		{"plain, known", "identity", other, 304}, {"plain, known compressed", "identity", mine, 200},
	} {
		answer := plainly(g, "GET", path, row.codings, row.known, nil)
		if answer.Status != row.status || answer.Status == 304 && (len(answer.Body) != 0 || answer.Header.Get("Etag") != row.known || answer.Header.Get("Content-Encoding") != "") {
			t.Errorf("%s: %d %v", row.name, answer.Status, answer.Header)
		}
	}
	detail := "/api/v1/cards/" + g.Facts.CardID + "/detail"
	get, head := plainly(g, "GET", detail, "gzip", "", nil), plainly(g, "HEAD", detail, "gzip", "", nil)
	if get.Status != 200 || get.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%d %s %v", get.Status, get.Body, get.Header)
	}
	for _, name := range []string{"Etag", "Content-Encoding", "Content-Length"} {
		if len(head.Body) != 0 || head.Header.Get(name) != get.Header.Get(name) {
			t.Errorf("HEAD has %s %q, GET %q", name, head.Header.Get(name), get.Header.Get(name))
		}
	}
}

// Streams are told as things happen, which a compressor would hold back.
func TestStreamsAreNotCompressed(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	header := http.Header{"Authorization": {"Bearer " + g.Facts.WorkspaceKey}, "Content-Type": {"application/json"},
		"Accept": {"text/event-stream"}, "Accept-Encoding": {"gzip"}}
	answer := g.Send("POST", "/graphql", header, map[string]any{"query": largeQuery})
	if answer.Status != 200 || answer.Header.Get("Content-Encoding") != "" || !bytes.Contains(answer.Body, []byte("event: complete")) {
		t.Errorf("%d %v %s", answer.Status, answer.Header, answer.Body)
	}
}
