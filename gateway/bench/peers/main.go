// Command peers measures the gateway beside PostGraphile and beside a handler written by hand for nothing else, on one
// database, in turns. Before it measures it makes sure that all answer the same.
//
// `make bench-peers` runs it beside a throw-away Postgres and Redis, which it takes for itself.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// run is one measurement.
type run struct {
	binary, limit, peer, node string // programs, and the folder of the peer
	database, redis, dir      string
	cards, rounds, processes  int
	clients                   []int
	lasting                   time.Duration

	key      string // to the gateway
	subjects []subject
	postgres family
	servers  []*server // the gateway is the first
	tallies  []*tally
	chosen   string // how the number of the peer's processes was found
	versions struct {
		postgres, golang, node, postgraphile string
		processors                           int
	}
}

func main() {
	r := &run{redis: os.Getenv("KANERA_TEST_REDIS_URL")}
	flag.StringVar(&r.binary, "server", "", "path of the kanera binary")
	flag.StringVar(&r.limit, "limit", "", "path of the limit's binary")
	flag.StringVar(&r.peer, "peer", "gateway/bench/peers/postgraphile", "folder with PostGraphile installed")
	flag.IntVar(&r.cards, "cards", 50_000, "cards to seed")
	flag.IntVar(&r.rounds, "rounds", 3, "turns of each server")
	flag.IntVar(&r.processes, "processes", 0, "processes of PostGraphile, 0 to try 1 and 2")
	flag.DurationVar(&r.lasting, "for", 2*time.Second, "length of a turn")
	clients := flag.String("clients", "1,16,64", "how many clients ask at once")
	only := flag.String("only", "", "part of the name of the workloads to measure")
	flag.Parse()
	debug.SetGCPercent(400) // who asks should take little of the processors
	err := r.parseClients(*clients)
	if err == nil {
		err = r.all(context.Background(), *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func (r *run) parseClients(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			return fmt.Errorf("-clients: %q is no number of clients", part)
		}
		r.clients = append(r.clients, n)
	}
	return nil
}

// all prepares, measures and prints.
func (r *run) all(ctx context.Context, only string) (err error) {
	beside := os.Getenv("KANERA_TEST_DATABASE_URL")
	if beside == "" || r.redis == "" {
		return errors.New("there is no database and Redis to take: run make bench-peers")
	}
	if r.dir, err = os.MkdirTemp("", "kanera-peers."); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() {
		if err == nil { // else its logs say why
			err = os.RemoveAll(r.dir)
		}
	}()
	database, drop, err := newDatabase(ctx, beside)
	if err != nil {
		return err
	}
	r.database = database
	defer func() { err = errors.Join(err, drop()) }()
	defer func() {
		for _, s := range r.servers {
			s.stop()
		}
	}()
	fmt.Fprintf(os.Stderr, "seeding %d cards\n", r.cards)
	if err := errors.Join(r.findPrograms(ctx), r.seed(ctx, r.cards)); err != nil {
		return err
	}
	if err := r.startAll(ctx); err != nil {
		return err
	}
	for i := range workloads {
		if strings.Contains(workloads[i].name, only) {
			if err := r.measure(ctx, &workloads[i]); err != nil {
				return err
			}
		}
	}
	return r.report(os.Stdout)
}

func (r *run) report(to io.Writer) error {
	r.head(to)
	err := errors.Join(figures(to, r.tallies), ratios(to, r.tallies))
	memory(to, r.tallies)
	return err
}

// startAll starts the three servers; the peer in the number of processes that serves it best.
func (r *run) startAll(ctx context.Context) error {
	ours, err := r.gateway(ctx)
	if ours != nil {
		r.servers = append(r.servers, ours)
	}
	if err != nil {
		return err
	}
	peer, err := r.bestPeer(ctx)
	if peer != nil {
		r.servers = append(r.servers, peer)
	}
	if err != nil {
		return err
	}
	limit, err := r.least(ctx)
	if limit != nil {
		r.servers = append(r.servers, limit)
	}
	return err
}

// findPrograms makes paths absolute and asks for versions. The packaged Node.js is taken before another.
func (r *run) findPrograms(ctx context.Context) (err error) {
	for _, path := range []*string{&r.binary, &r.limit, &r.peer} {
		if *path, err = filepath.Abs(*path); err != nil {
			return fmt.Errorf("find a program: %w", err)
		}
	}
	r.node = "node"
	if packaged, _ := filepath.Glob(filepath.Join(r.peer, "node_modules/node-*/bin/node")); len(packaged) > 0 {
		r.node = packaged[0]
	}
	version, err := exec.CommandContext(ctx, r.node, "--version").Output() //nolint:gosec // the program is the caller's
	if err != nil {
		return fmt.Errorf("ask Node.js for its version: %w", err)
	}
	description, err := os.ReadFile(filepath.Join(r.peer, "node_modules/postgraphile/package.json"))
	if err != nil {
		return fmt.Errorf("find PostGraphile: %w", err)
	}
	var described struct{ Version string }
	if err := json.Unmarshal(description, &described); err != nil {
		return fmt.Errorf("read PostGraphile's version: %w", err)
	}
	r.versions.node, r.versions.postgraphile = strings.TrimSpace(string(version)), described.Version
	r.versions.golang, r.versions.processors = runtime.Version(), runtime.NumCPU()
	return nil
}
