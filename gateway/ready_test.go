package gateway

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// probe asks a handler for a path and returns the status and what was found.
func probe(t *testing.T, handler http.Handler, path string) (int, map[string]string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	var body struct {
		OK, Ready bool
		Checks    map[string]string
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil || (body.OK || body.Ready) != (recorder.Code == 200) {
		t.Errorf("%s: %d %s", path, recorder.Code, recorder.Body)
	}
	if recorder.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s may be kept by caches", path)
	}
	return recorder.Code, body.Checks
}

func TestReadyNamesWhatFailed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		harm   func(*Gateway) error
		status int
		want   map[string]string
	}{
		{"all is well", func(*Gateway) error { return nil }, 200, map[string]string{"database": "ok", "schema": "ok", "redis": "ok"}},
		{"redis is down", func(g *Gateway) error { return g.redis.Close() }, 503, map[string]string{"database": "ok", "schema": "ok", "redis": "failed"}},
		{"the database is down", func(g *Gateway) error { return g.store.Close() }, 503, map[string]string{"database": "failed", "schema": "failed", "redis": "ok"}},
		{"a newer program has migrated", migrateFurther, 503, map[string]string{"database": "ok", "schema": "failed", "redis": "ok"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			config, err := ReadConfig([]string{"KANERA_DATA_DIR=" + t.TempDir()}, nil)
			if err != nil {
				t.Fatal(err)
			}
			g, err := Open(t.Context(), config, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = g.Close() })
			if err := row.harm(g); err != nil {
				t.Fatal(err)
			}
			if status, found := probe(t, g.Handler(), "/ready"); status != row.status || !reflect.DeepEqual(found, row.want) {
				t.Errorf("%d %v, want %d %v", status, found, row.status, row.want)
			}
			if status, _ := probe(t, g.Handler(), "/health"); status != 200 {
				t.Errorf("/health: %d", status)
			}
		})
	}
}

func migrateFurther(g *Gateway) error {
	db, err := sql.Open("sqlite", filepath.Join(g.config.DataDir, "kanera.db"))
	if err != nil {
		return err
	}
	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	return errors.Join(err, db.Close())
}

func TestReadyDoesNotWaitForDeafChecks(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	var lines strings.Builder
	handler := serveReady([]check{
		{"deaf", func(context.Context) error { <-release; return nil }},
		{"secretive", func(context.Context) error { return errors.New("postgres://u:5ecre7@h/x") }},
	}, NewLog(&lines))
	status, found := probe(t, handler, "/ready")
	if status != 503 || found["deaf"] != "failed" || found["secretive"] != "failed" || strings.Contains(lines.String(), "5ecre7") {
		t.Errorf("%d %v\n%s", status, found, lines.String())
	}
}
