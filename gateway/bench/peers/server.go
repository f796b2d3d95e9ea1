package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"kanera.dev/gateway/bench/serving"
)

// server is one of those that are measured, as a family of processes.
type server struct {
	name    string
	command []string
	dir     string // where it runs; empty: here
	environ []string
	address string
	helper  family // what it has work done by, beside Postgres; 0 is nobody

	// write turns a workload into the text of a request; nil when the workload is nothing for this server.
	write func(w *workload, s subject) []byte

	process *exec.Cmd
}

// start starts the server, its log in a file of the folder, and waits until the probe is answered.
func (s *server) start(ctx context.Context, logs string, probe []byte) error {
	log, err := os.Create(filepath.Join(logs, s.name+".log"))
	if err != nil {
		return fmt.Errorf("make a log: %w", err)
	}
	defer log.Close()                                        //nolint:errcheck // the server holds it open
	s.process = exec.Command(s.command[0], s.command[1:]...) //nolint:noctx,gosec // ends with stop; the programs are the caller's
	s.process.Dir, s.process.Env = s.dir, append(os.Environ(), s.environ...)
	s.process.Stdout, s.process.Stderr = log, log
	if err := serving.Start(ctx, s.process, func(ctx context.Context) error { return s.try(ctx, probe) }); err != nil {
		return fmt.Errorf("see %s: %w", log.Name(), err)
	}
	return nil
}

// try asks once on a connection of its own.
func (s *server) try(ctx context.Context, request []byte) error {
	c, err := dial(ctx, s.address)
	if err != nil {
		return err
	}
	defer c.close()
	_, err = c.ask(request)
	return err
}

// stop ends the server's processes; it may have been stopped before.
func (s *server) stop() {
	if s.process == nil || s.process.Process == nil {
		return
	}
	members, _ := s.family().processes() // those that ended need no end
	for pid := range members {
		if process, err := os.FindProcess(pid); err == nil {
			_ = process.Kill() // fails only when it has ended
		}
	}
	_ = s.process.Wait() // it was killed, which counts as an error
	s.process = nil
}

func (s *server) family() family { return family(s.process.Process.Pid) }

// plenty is a budget that nobody meets.
const plenty = "=1000000000"

// gateway is ours, with everything on.
func (r *run) gateway(ctx context.Context) (*server, error) {
	address, err := serving.FreeAddress(ctx)
	redis, pidErr := redisProcess(ctx, r.redis)
	s := &server{name: "kanera", command: []string{r.binary, "serve"}, address: address, helper: redis, environ: []string{
		"KANERA_ADDR=" + address, "KANERA_DATA_DIR=" + r.dir, "KANERA_DATABASE_URL=" + r.database, "KANERA_REDIS_URL=" + r.redis,
		"KANERA_METRICS_TOKEN=0123456789abcdef", "KANERA_RATE_LIMIT_REDIS_TIMEOUT=1s", "KANERA_RATE_LIMIT_KEY_PER_MINUTE" + plenty, "KANERA_RATE_LIMIT_FAILED_KEY_PER_MINUTE" + plenty,
		"KANERA_RATE_LIMIT_ACCOUNT_PER_MINUTE" + plenty, "KANERA_GRAPHQL_COST_PER_MINUTE" + plenty, "KANERA_MONTHLY_QUOTA" + plenty}}
	s.write = func(w *workload, about subject) []byte {
		if w.document == "" {
			return request(http.MethodPost, address, about.fill(w.path), r.key, nil)
		}
		return request(http.MethodPost, address, "/graphql", r.key, about.operation(w.document))
	}
	if err := errors.Join(err, pidErr); err != nil {
		return nil, err
	}
	return s, s.start(ctx, r.dir, request(http.MethodGet, address, "/ready", "", nil))
}

// least is the limit.
func (r *run) least(ctx context.Context) (*server, error) {
	address, err := serving.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{name: "limit", command: []string{r.limit, "-addr", address, "-database", r.database}, address: address}
	s.write = func(w *workload, about subject) []byte {
		return request(http.MethodGet, address, about.fill(w.limit), "", nil)
	}
	return s, s.start(ctx, r.dir, request(http.MethodGet, address, "/aggregate", "", nil))
}

// postgraphile is the peer, in that many processes.
func (r *run) postgraphile(ctx context.Context, processes int) (*server, error) {
	address, err := serving.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(address) // made by a listener
	s := &server{name: "postgraphile", command: []string{r.node, "server.mjs"}, dir: r.peer, address: address, environ: []string{"NODE_ENV=production",
		"DATABASE_URL=" + r.database, "HOST=" + host, "PORT=" + port, fmt.Sprintf("PROCESSES=%d", processes), fmt.Sprintf("POOL=%d", peerPool)}}
	s.write = func(w *workload, about subject) []byte {
		if w.peer == "" {
			return nil
		}
		return request(http.MethodPost, address, "/graphql", "", about.operation(w.peer))
	}
	return s, s.start(ctx, r.dir, request(http.MethodPost, address, "/graphql", "", subject{}.operation("{ __typename }")))
}
