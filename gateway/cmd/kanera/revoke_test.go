package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"kanera.dev/gateway"
	"kanera.dev/persistence/redis/redistest"
)

// TestRevokeReachesTheServer: a server that knows a key well refuses it as soon as the command has ended.
func TestRevokeReachesTheServer(t *testing.T) {
	t.Parallel()
	s := newShell(t, redisURL(t))
	s.must("seed")
	secret := strings.TrimSpace(s.must("keys", "create", "--workspace", s.facts().WorkspaceID, "--name", "Revocable"))
	config, err := gateway.ReadConfig(s.environ, nil)
	if err != nil {
		t.Fatal(err)
	}
	config.Limits = gateway.Limits{}
	server, err := gateway.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	status := func() int {
		request := httptest.NewRequest(http.MethodGet, "/api/v1/session", nil)
		request.Header.Set("Authorization", "Bearer "+secret)
		recorder := httptest.NewRecorder()
		server.Handler().ServeHTTP(recorder, request)
		return recorder.Code
	}
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		if got := status(); got != 200 {
			t.Fatalf("status %d", got)
		}
	}
	s.must("keys", "revoke", keyNamed(t, s, "Revocable"))
	for end := time.Now().Add(time.Second); status() != 401; {
		if time.Now().After(end) {
			t.Fatal("still let in after a second")
		}
	}
}

// TestRevokeWithoutRedis: the key is revoked, and the command says that it could not tell.
func TestRevokeWithoutRedis(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.must("seed")
	s.must("keys", "create", "--workspace", s.facts().WorkspaceID, "--name", "Revocable")
	id := keyNamed(t, s, "Revocable")
	s.environ = append(s.environ, "KANERA_REDIS_URL=redis://127.0.0.1:1/0")
	if _, log, code := s.run("keys", "revoke", id); code == 0 || !strings.Contains(log, "Revoked key "+id) || !strings.Contains(log, "could not be told") {
		t.Errorf("exit code %d: %s", code, log)
	}
}

// keyNamed finds the id of a key.
func keyNamed(t *testing.T, s *shell, name string) string {
	t.Helper()
	for line := range strings.Lines(s.must("keys", "list")) {
		if strings.Contains(line, name) {
			return strings.Fields(line)[0]
		}
	}
	t.Fatal("no key " + name)
	return ""
}

// redisURL is the setting for the Redis server for tests.
func redisURL(t *testing.T) string {
	t.Helper()
	url := os.Getenv(redistest.URLVariable)
	if url == "" {
		t.Fatal(redistest.URLVariable + " is not set: run make test, which starts a Redis for the tests")
	}
	return "KANERA_REDIS_URL=" + url
}
