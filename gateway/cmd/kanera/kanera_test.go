package main

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"kanera.dev/gateway/demo"
	"kanera.dev/persistence/storetest"
)

// shell runs command lines in one environment.
type shell struct {
	t       *testing.T
	environ []string
	dir     string
}

func newShell(t *testing.T, more ...string) *shell {
	dir := t.TempDir()
	return &shell{t, append([]string{"KANERA_DATA_DIR=" + dir, "KANERA_ADDR=127.0.0.1:0"}, more...), dir}
}

func (s *shell) run(args ...string) (out, log string, code int) {
	var stdout, stderr bytes.Buffer
	code = run(s.t.Context(), args, s.environ, &stdout, &stderr)
	return stdout.String(), stderr.String(), code
}

// must runs a command that has to succeed and returns what it printed.
func (s *shell) must(args ...string) string {
	s.t.Helper()
	out, log, code := s.run(args...)
	if code != 0 {
		s.t.Fatalf("kanera %s: exit code %d: %s", strings.Join(args, " "), code, log)
	}
	return out
}

func (s *shell) facts() *demo.Facts {
	s.t.Helper()
	facts, err := demo.ReadFacts(s.dir)
	if err != nil || facts == nil {
		s.t.Fatalf("read facts: %v, %v", facts, err)
	}
	return facts
}

func TestKeys(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.must("seed")
	workspace := s.facts().WorkspaceID
	for _, row := range []struct {
		args []string
		form string
	}{
		{[]string{"--name", "Reader"}, `^kanera_dev_[A-Za-z0-9_-]{43}\n$`},
		{[]string{"--name", "Builder", "--scope", "admin"}, `^kanera_dev_[A-Za-z0-9_-]{43}\n$`},
		{[]string{"--personal", "--user", "HANA@brightwater.example"}, `^kanera_u_dev_[A-Za-z0-9_-]{43}\n$`},
	} {
		secret := s.must(append([]string{"keys", "create", "--workspace", workspace}, row.args...)...)
		if !regexp.MustCompile(row.form).MatchString(secret) {
			t.Errorf("%v prints %q", row.args, secret)
		}
		if list := s.must("keys", "list"); strings.Contains(list, strings.TrimSpace(secret)) || !strings.Contains(list, secret[:18]) {
			t.Errorf("%v: the list shows the secret, or does not know the key", row.args)
		}
	}
	reader := regexp.MustCompile(`(?m)^(\S+) .* Reader .*$`)
	found := reader.FindStringSubmatch(s.must("keys", "list"))
	if found == nil || !strings.HasSuffix(strings.TrimRight(found[0], " "), " -") {
		t.Fatalf("no living key Reader: %v", found)
	}
	s.must("keys", "revoke", found[1])
	s.must("keys", "revoke", found[1])
	if line := reader.FindString(s.must("keys", "list")); strings.HasSuffix(strings.TrimRight(line, " "), " -") {
		t.Errorf("not revoked: %s", line)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.must("seed")
	workspace := s.facts().WorkspaceID
	for _, row := range []struct{ line, says string }{
		{"keys create --name X", "workspace"},
		{"keys create --workspace " + workspace + " --name X --scope all", "read, write, admin"},
		{"keys create --workspace " + workspace, "name"},
		{"keys create --workspace " + workspace + " --personal", "user"},
		{"keys create --workspace " + workspace + " --personal --user nobody@brightwater.example", "not found"},
		{"keys create --workspace 0b8f7d38-6f3e-4a57-9d5c-1d3f0a2b4c5d --name X", "not found"},
		{"keys revoke 0b8f7d38-6f3e-4a57-9d5c-1d3f0a2b4c5d", "not found"},
		{"seed --cards 0", "--cards"},
		{"migrate --environment dev", "KANERA_ENVIRONMENT must be development, test, staging or production"},
		{"serve --addr nowhere", "KANERA_ADDR must be host:port"},
		{"dance", "unknown command"},
	} {
		out, log, code := s.run(strings.Fields(row.line)...)
		if code == 0 || out != "" || !strings.Contains(log, row.says) {
			t.Errorf("kanera %s: exit code %d, printed %q, said %q", row.line, code, out, log)
		}
	}
}

func TestSeedTwice(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.must("seed")
	first := *s.facts()
	if _, log, code := s.run("seed"); code != 0 || !strings.Contains(log, "nothing was seeded") || *s.facts() != first {
		t.Errorf("exit code %d: %s", code, log)
	}
}

func TestSeedLarge(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	out := s.must("seed", "--cards", "1500")
	if !strings.Contains(out, "KANERA_API_KEY=kanera_dev_") || !strings.Contains(out, "BOARD_ID=") {
		t.Errorf("printed %q", out)
	}
	if _, log, code := s.run("seed", "--cards", "10"); code == 0 || !strings.Contains(log, "already") {
		t.Errorf("a second time: exit code %d: %s", code, log)
	}
}

// TestMigrateTwiceAtOnce runs the command from two processes' worth of pools, and once more.
func TestMigrateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*shell{
		"sqlite": newShell(t), "postgres": newShell(t, "KANERA_DATABASE_URL="+storetest.EmptyPostgres(t)),
	} {
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				if _, log, code := s.run("migrate"); code != 0 {
					t.Errorf("%s: exit code %d: %s", name, code, log)
				}
			})
		}
		group.Wait()
		if _, log, _ := s.run("migrate"); !strings.Contains(log, "version 7") {
			t.Errorf("%s: %s", name, log)
		}
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &announced{ready: stop}
	if code := run(ctx, []string{"serve"}, s.environ, out, &bytes.Buffer{}); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{"/graphiql", "/docs", "/health", s.facts().WorkspaceKey} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the console is not told %q:\n%s", want, out)
		}
	}
}

// announced collects what is printed and reports when the last line is.
type announced struct {
	bytes.Buffer
	ready func()
}

func (a *announced) Write(text []byte) (int, error) {
	n, err := a.Buffer.Write(text)
	if strings.Contains(a.String(), demo.FactsFile) {
		a.ready()
	}
	return n, err
}

func TestPasswordsStaySecret(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"KANERA_DATABASE_URL=postgres://u:s3cret@127.0.0.1:1/x?connect_timeout=2", "KANERA_REDIS_URL=http://u:s3cret@x"} {
		s := newShell(t, line)
		out, log, code := s.run("migrate")
		if code == 0 || strings.Contains(fmt.Sprint(out, log), "s3cret") {
			t.Errorf("exit code %d: %s", code, log)
		}
	}
}
