package main

import (
	"bufio"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// peerSQL is what the peers are given in the database.
//
//go:embed peer.sql
var peerSQL string

// newDatabase creates a database beside the one at the URL and returns its URL, and what drops it.
func newDatabase(ctx context.Context, beside string) (made string, drop func() error, err error) {
	name := "kanera_peers_" + strings.ToLower(rand.Text())
	address, err := url.Parse(beside)
	if err != nil {
		return "", nil, errors.New("the database URL is none") // it may hold a password
	}
	address.Path = "/" + name
	drop = func() error {
		return execute(context.WithoutCancel(ctx), beside, "DROP DATABASE "+name+" WITH (FORCE)")
	}
	return address.String(), drop, execute(ctx, beside, "CREATE DATABASE "+name+" TEMPLATE template0")
}

// execute runs statements on a connection of their own.
func execute(ctx context.Context, database string, statements ...string) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing is lost
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%.60s: %w", statement, err)
		}
	}
	return nil
}

// seed fills the database with cards and what the peers are given, lets Postgres learn it, and learns itself what there
// is to ask for.
func (r *run) seed(ctx context.Context, cards int) error {
	seed := exec.CommandContext(ctx, r.binary, "seed", "--cards", strconv.Itoa(cards)) //nolint:gosec // the program is the caller's
	seed.Env = append(os.Environ(), "KANERA_DATABASE_URL="+r.database, "KANERA_DATA_DIR="+r.dir)
	facts, err := seed.Output()
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	for line := range strings.Lines(string(facts)) {
		if key, found := strings.CutPrefix(line, "KANERA_API_KEY="); found {
			r.key = strings.TrimSpace(key)
		}
	}
	if err := execute(ctx, r.database, peerSQL, "VACUUM ANALYZE"); err != nil {
		return err
	}
	return r.learn(ctx)
}

// learn reads the ids that requests vary over: three cards of every list on every board, neighbours on different boards.
func (r *run) learn(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, r.database)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing is lost
	rows, err := conn.Query(ctx, `SELECT c.id::text AS card, b.id::text AS board, l.id::text AS list, b.workspace_id::text AS workspace
		FROM (SELECT *, row_number() OVER (ORDER BY position, id) AS n FROM boards) b JOIN (SELECT *, row_number() OVER (ORDER BY position, id) AS n FROM lists) l ON true
		JOIN LATERAL (SELECT id, row_number() OVER (ORDER BY number) AS n FROM cards WHERE board_id = b.id AND list_id = l.id ORDER BY number LIMIT 3) c ON true
		ORDER BY c.n, (b.n + l.n) % 8, b.n`)
	if err != nil {
		return fmt.Errorf("read ids: %w", err)
	}
	r.subjects, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s subject, err error) {
		s.title = "A card that was measured"
		return s, row.Scan(&s.card, &s.board, &s.list, &s.workspace)
	})
	if err != nil || len(r.subjects) == 0 {
		return fmt.Errorf("read ids of cards, found %d: %w", len(r.subjects), err)
	}
	err = conn.QueryRow(ctx, `SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int, current_setting('server_version')`).Scan(&r.postgres, &r.versions.postgres)
	if err != nil {
		return fmt.Errorf("find the process of Postgres: %w", err)
	}
	return nil
}

// redisProcess asks a Redis for its process.
func redisProcess(ctx context.Context, at string) (family, error) {
	address, err := url.Parse(at)
	if err != nil {
		return 0, errors.New("the Redis URL is none") // it may hold a password
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address.Host)
	if err != nil {
		return 0, fmt.Errorf("connect to Redis: %w", err)
	}
	defer conn.Close() //nolint:errcheck // nothing is lost
	if _, err := conn.Write([]byte("INFO server\r\n")); err != nil {
		return 0, fmt.Errorf("ask Redis: %w", err)
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if pid, found := strings.CutPrefix(lines.Text(), "process_id:"); found {
			n, err := strconv.Atoi(strings.TrimSpace(pid))
			return family(n), err
		}
	}
	return 0, errors.New("redis does not say which process it is")
}

// statementLine matches what Postgres logs of a statement, its text last.
var statementLine = regexp.MustCompile(`(?m)LOG:  (?:statement|execute [^:]*): (.*)$`)

// statementsIn counts the statements in a part of Postgres's log. Beginning and ending a transaction does not count.
func statementsIn(log string) int {
	count := 0
	for _, found := range statementLine.FindAllStringSubmatch(log, -1) {
		switch strings.ToLower(strings.Trim(found[1], "; ")) {
		case "begin", "commit", "rollback":
		default:
			count++
		}
	}
	return count
}

// counting lets Postgres log every statement while the function runs, which gets the path of the log.
func (r *run) counting(ctx context.Context, during func(log string) error) (err error) {
	if err := execute(ctx, r.database, "ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, execute(ctx, r.database, "ALTER SYSTEM RESET log_statement", "SELECT pg_reload_conf()"))
	}()
	if err := r.heard(ctx); err != nil {
		return err
	}
	return during(fmt.Sprintf("/proc/%d/fd/2", r.postgres))
}

// heard waits until Postgres has read its configuration anew: it tells its processes before it makes another one.
func (r *run) heard(ctx context.Context) error {
	const settled = "DO $$ BEGIN ASSERT current_setting('log_statement') = 'all'; END $$"
	var err error
	for range 100 {
		if err = execute(ctx, r.database, settled); err == nil {
			return nil
		}
	}
	return fmt.Errorf("wait for Postgres to log: %w", err)
}

// readFrom returns the rest of a file.
func readFrom(path string, offset int64) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read a log: %w", err)
	}
	defer file.Close() //nolint:errcheck // nothing is lost
	rest, err := io.ReadAll(io.NewSectionReader(file, offset, 1<<30))
	if err != nil {
		return "", fmt.Errorf("read a log: %w", err)
	}
	return string(rest), nil
}
