package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kanera.dev/domain"
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.must("seed")
	workspace := s.facts().WorkspaceID
	files := map[string]string{"viewer.graphql": "{ viewer { webUrl } }\n", "wrong.graphql": "{ viewer { websiteUrl } }", "deep.graphql": strings.Repeat("{ a", 20)}
	for name, text := range files {
		files[name] = filepath.Join(s.dir, name)
		if err := os.WriteFile(files[name], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		out := s.must("documents", "add", "--workspace", workspace, files["viewer.graphql"])
		if want := domain.DocumentHash("{ viewer { webUrl } }\n") + "  " + files["viewer.graphql"] + "\n"; out != want {
			t.Errorf("printed %q, want %q", out, want)
		}
	}
	for _, row := range []struct {
		workspace, file, says string
	}{
		{workspace, "wrong.graphql", "websiteUrl"},
		{workspace, "deep.graphql", "deep.graphql"},
		{workspace, "missing.graphql", "no such file"},
		{domain.NewID(), "viewer.graphql", "not found"},
	} {
		file := filepath.Join(s.dir, row.file)
		out, log, code := s.run("documents", "add", "--workspace", row.workspace, file)
		if code == 0 || out != "" || !strings.Contains(log, row.says) {
			t.Errorf("%s: exit code %d, printed %q, said %q", row.file, code, out, log)
		}
	}
	if secret := s.must("keys", "create", "--workspace", workspace, "--name", "Kiosk", "--documents-only"); secret == "" {
		t.Error("no key")
	}
}
