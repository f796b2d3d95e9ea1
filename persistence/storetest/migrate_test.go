package storetest_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// TestOldEventsAreNumbered migrates a database with events from before they had numbers.
func TestOldEventsAreNumbered(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		config          persistence.Config
		dialect         goose.Dialect
		driver, at, raw string // how an instant and JSON are written
	}{
		"sqlite":   {persistence.Config{DataDir: t.TempDir()}, goose.DialectSQLite3, "sqlite", "1898845200000", "CAST('%' AS BLOB)"},
		"postgres": {persistence.Config{URL: storetest.EmptyPostgres(t)}, goose.DialectPostgres, "pgx", "'2030-03-04 09:00:00Z'", "'%'::jsonb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := strings.Replace(row.config.URL, "pool_max_conns=", "application_name=", 1) // of a pool, which this is not
			if source == "" {
				source = filepath.Join(row.config.DataDir, "kanera.db")
			}
			db := must[*sql.DB](t)(sql.Open(row.driver, source))
			provider := must[*goose.Provider](t)(goose.NewProvider(row.dialect, db, os.DirFS("../migrations/"+name), goose.WithDisableGlobalRegistry(true)))
			must[[]*goose.MigrationResult](t)(provider.UpTo(t.Context(), 3))
			insertOldEvents(t, db, row.at, row.raw)
			check(t, "close", db.Close(), nil)

			store := must[*persistence.Store](t)(persistence.Open(t.Context(), row.config))
			defer func() { check(t, "close", store.Close(), nil) }()
			check(t, "migrate", store.Migrate(t.Context()), nil)
			checkNumbered(t, store)
		})
	}
}

// oldEvents are events as they were kept, in the order of their ids: which workspace, which card, and their data.
var oldEvents = []struct{ workspace, card, data string }{
	{"Work", "", `{"list": {}}`},
	{"Work", "", `{"card": {"id": "basil"}}`}, // about a card, but that was not kept
	{"Side", "mint", `{"cardId": "mint"}`},
	{"Work", "basil", `{"cardId": "basil"}`},
	{"Side", "", `{"listId": "x"}`},
	{"Side", "", `{"card": {"id": "mint"}}`},
}

// insertOldEvents writes oldEvents, the last ones first.
func insertOldEvents(t *testing.T, db *sql.DB, at, raw string) {
	t.Helper()
	ids := strings.NewReplacer(`"basil"`, `"`+storetest.ID("basil")+`"`, `"mint"`, `"`+storetest.ID("mint")+`"`)
	for i, e := range slices.Backward(oldEvents) {
		card := "NULL"
		if e.card != "" {
			card = "'" + storetest.ID(e.card) + "'"
		}
		_, err := db.ExecContext(t.Context(), fmt.Sprintf("INSERT INTO events (id, organisation_id, workspace_id, card_id, type, data, actor_kind, actor_name, occurred_at)"+
			" VALUES ('00000000-0000-7000-8000-%012d', '%s', '%s', %s, 'some:thing', %s, 'system', 'Kanera', %s)",
			i, storetest.ID("Acme"), storetest.ID(e.workspace), card, strings.Replace(raw, "%", ids.Replace(e.data), 1), at))
		check(t, "insert", err, nil)
	}
}

// checkNumbered checks the numbers of oldEvents, and that new events follow them.
func checkNumbered(t *testing.T, store *persistence.Store) {
	t.Helper()
	check(t, "emit", store.Emit(t.Context(), happening("Work", "basil", 0), happening("Side", "mint", 0)), nil)
	for workspace, want := range map[string]string{"Work": "1- 2basil1 3basil2 4basil3", "Side": "1mint1 2- 3mint2 4mint3"} {
		var got []string
		for _, e := range must[[]*domain.Event](t)(store.EventsAfter(t.Context(), storetest.ID(workspace), 0, 10)) {
			about := "-"
			for _, card := range []string{"basil", "mint"} {
				if e.CardID != nil && *e.CardID == storetest.ID(card) {
					about = card + strconv.FormatInt(*e.CardSequence, 10)
				}
			}
			got = append(got, strconv.FormatInt(e.Sequence, 10)+about)
		}
		check(t, workspace, strings.Join(got, " "), want)
	}
}
