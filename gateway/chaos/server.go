package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"kanera.dev/gateway/bench/serving"
)

// server is one process of the program under test.
type server struct {
	binary, address, dir string
	environ              []string
	process              *exec.Cmd
}

// startServers starts the processes, which keep their files in dir; the first one seeds the demo. Those that run are
// returned also with an error.
func startServers(ctx context.Context, binary, dir string) (servers []*server, err error) {
	path, err := filepath.Abs(binary)
	if err != nil {
		return nil, fmt.Errorf("find the server: %w", err)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	for range processes {
		address, err := serving.FreeAddress(ctx)
		if err != nil {
			return servers, err
		}
		s := &server{binary: path, address: address, dir: dir, environ: append(os.Environ(),
			"KANERA_ADDR="+address, "KANERA_DATA_DIR="+dir, "KANERA_SECRET_KEY="+base64.StdEncoding.EncodeToString(key),
			"KANERA_DATABASE_URL="+databaseURL(), "KANERA_REDIS_URL="+redisURL(), "KANERA_WEBHOOK_ALLOW_PRIVATE=true",
			"KANERA_WEBHOOK_RETRY_BASE=200ms", "KANERA_WEBHOOK_TIMEOUT=1s", "KANERA_RATE_LIMIT_KEY_PER_MINUTE=0",
			"KANERA_RATE_LIMIT_ACCOUNT_PER_MINUTE=0", "KANERA_GRAPHQL_COST_PER_MINUTE=0")}
		servers = append(servers, s)
		if err := s.start(ctx); err != nil {
			return servers, err
		}
	}
	return servers, nil
}

// start starts the process and waits until it is ready.
func (s *server) start(ctx context.Context) error {
	s.process = exec.Command(s.binary, "serve") //nolint:noctx,gosec // ends with kill; the binary is the caller's
	s.process.Env = s.environ
	return serving.Start(ctx, s.process, serving.Ready("http://"+s.address+"/ready"))
}

// kill ends the process without a goodbye.
func (s *server) kill() error { return serving.Kill(s.process) }
