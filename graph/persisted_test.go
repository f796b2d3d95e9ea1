package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

// memory is domain.Documents in a map; it fails while broken.
type memory struct {
	sync.Mutex
	texts  map[string]string
	broken bool
}

func (m *memory) LoadDocument(_ context.Context, hash string) (string, error) {
	m.Lock()
	defer m.Unlock()
	if m.broken {
		return "", errors.New("out of order")
	}
	return m.texts[hash], nil
}

func (m *memory) SaveDocument(_ context.Context, hash, text string) error {
	m.Lock()
	defer m.Unlock()
	if m.broken {
		return errors.New("out of order")
	}
	m.texts[hash] = text
	return nil
}

// persisted sends a hash, and the text unless that is empty.
func persisted(hash, text string) *http.Request {
	body := map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}}
	if text != "" {
		body["query"] = text
	}
	raw, _ := json.Marshal(body) // texts and numbers always encode
	return post("application/json", string(raw))
}

func codeIn(t *testing.T, recorder *httptest.ResponseRecorder) string {
	t.Helper()
	var answer answered
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%v: %s", err, recorder.Body)
	}
	if len(answer.Errors) == 0 {
		return ""
	}
	return answer.Errors[0].Extensions.Code
}

// registry knows no registered document.
type registry struct{ domain.Store }

func (registry) Load(context.Context, any) error { return domain.NotFound("Document") }

func TestPersistedQueries(t *testing.T) {
	t.Parallel()
	const text = "{ health { ok } }"
	hash := domain.DocumentHash(text)
	long := text + " #" + strings.Repeat("x", 65<<10)
	documents := &memory{texts: map[string]string{strings.Repeat("b", 64): text}}
	handler := graph.NewHandler(newExecutorOn(registry{}, graph.Persisted(documents)))
	for _, row := range []struct {
		name, hash, text, code string
		anonymous              bool
		status                 int
	}{
		{"an unknown hash", hash, "", "PERSISTED_QUERY_NOT_FOUND", false, 200},
		{"the text of somebody without a key", hash, text, "", true, 200},
		{"which is not kept", hash, "", "PERSISTED_QUERY_NOT_FOUND", false, 200},
		{"another text's hash", strings.Repeat("a", 64), text, "PERSISTED_QUERY_HASH_MISMATCH", false, 400},
		{"which is not kept either", strings.Repeat("a", 64), "", "PERSISTED_QUERY_NOT_FOUND", false, 200},
		{"a hash that is none", "xyz", text, "BAD_REQUEST", false, 400},
		{"a document that is refused", domain.DocumentHash("{ nothing }"), "{ nothing }", "GRAPHQL_VALIDATION_FAILED", false, 200},
		{"which is not kept", domain.DocumentHash("{ nothing }"), "", "PERSISTED_QUERY_NOT_FOUND", false, 200},
		{"a document too large to be kept", domain.DocumentHash(long), long, "", false, 200},
		{"which is not kept", domain.DocumentHash(long), "", "PERSISTED_QUERY_NOT_FOUND", false, 200},
		{"what somebody else put there", strings.Repeat("b", 64), "", "PERSISTED_QUERY_NOT_FOUND", false, 200},
		{"the text", hash, text, "", false, 200},
		{"the hash from then on", hash, "", "", false, 200},
		{"for everybody", hash, "", "", true, 200},
	} {
		recorder := ask(handler, persisted(row.hash, row.text), row.anonymous)
		if code := codeIn(t, recorder); code != row.code || recorder.Code != row.status {
			t.Errorf("%s: %d %s", row.name, recorder.Code, recorder.Body)
		}
	}
	documents.broken = true
	if code := codeIn(t, ask(handler, persisted(hash, ""), false)); code != "PERSISTED_QUERY_NOT_FOUND" {
		t.Errorf("without its memory: %s", code)
	}
	if code := codeIn(t, ask(handler, persisted(hash, text), false)); code != "" {
		t.Errorf("the whole text without a memory: %s", code)
	}
}
