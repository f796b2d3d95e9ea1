package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
)

// The servers of .ci/with-servers.
func databaseURL() string { return os.Getenv("KANERA_TEST_DATABASE_URL") }
func redisURL() string    { return os.Getenv("KANERA_TEST_REDIS_URL") }

// lastSequence is the newest event of a workspace.
func lastSequence(ctx context.Context, workspaceID string) (last int64, err error) {
	err = withDatabase(ctx, func(db *pgx.Conn) error {
		return db.QueryRow(ctx, "SELECT COALESCE(max(sequence), 0) FROM events WHERE workspace_id = $1", workspaceID).Scan(&last)
	})
	return last, err
}

// eventsAfter returns the ids of the events that a workspace has after a sequence.
func eventsAfter(ctx context.Context, workspaceID string, sequence int64) (ids []string, err error) {
	err = withDatabase(ctx, func(db *pgx.Conn) error {
		rows, err := db.Query(ctx, "SELECT id::text FROM events WHERE workspace_id = $1 AND sequence > $2 ORDER BY sequence", workspaceID, sequence)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return ids, err
}

func withDatabase(ctx context.Context, fn func(*pgx.Conn) error) error {
	db, err := pgx.Connect(ctx, databaseURL())
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	if err := errors.Join(fn(db), db.Close(ctx)); err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	return nil
}

// emptyRedis makes Redis forget everything.
func emptyRedis(ctx context.Context) error {
	address, err := url.Parse(redisURL())
	if err != nil {
		return fmt.Errorf("address of redis: %w", err)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address.Host)
	if err != nil {
		return fmt.Errorf("reach redis: %w", err)
	}
	defer conn.Close() //nolint:errcheck // the answer says what matters
	if _, err := conn.Write([]byte("FLUSHALL\r\n")); err != nil {
		return fmt.Errorf("empty redis: %w", err)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(answer, "+OK") {
		return fmt.Errorf("empty redis: answered %q: %w", answer, err)
	}
	return nil
}
