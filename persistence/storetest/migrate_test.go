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

// oldDatabase is a database with an older schema.
type oldDatabase struct {
	db      *sql.DB
	store   *persistence.Store
	config  persistence.Config
	at, raw string // how an instant and JSON are written
}

// eachVersion runs a test on a database of both kinds whose schema has that version.
func eachVersion(t *testing.T, version int64, test func(t *testing.T, old oldDatabase)) {
	t.Helper()
	for name, row := range map[string]struct {
		dialect goose.Dialect
		driver  string
		oldDatabase
	}{
		"sqlite": {goose.DialectSQLite3, "sqlite",
			oldDatabase{config: persistence.Config{DataDir: t.TempDir()}, at: "1898845200000", raw: "CAST('%' AS BLOB)"}},
		"postgres": {goose.DialectPostgres, "pgx",
			oldDatabase{config: persistence.Config{URL: storetest.EmptyPostgres(t)}, at: "'2030-03-04 09:00:00Z'", raw: "'%'::jsonb"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := strings.Replace(row.config.URL, "pool_max_conns=", "application_name=", 1) // of a pool, which this is not
			if source == "" {
				source = filepath.Join(row.config.DataDir, "kanera.db")
			}
			row.store = must[*persistence.Store](t)(persistence.Open(t.Context(), row.config)) // it brings functions that migrations use
			defer func() { check(t, "close", row.store.Close(), nil) }()
			row.db = must[*sql.DB](t)(sql.Open(row.driver, source))
			defer func() { check(t, "close", row.db.Close(), nil) }()
			provider := must[*goose.Provider](t)(goose.NewProvider(row.dialect, row.db, os.DirFS("../migrations/"+name), goose.WithDisableGlobalRegistry(true)))
			must[[]*goose.MigrationResult](t)(provider.UpTo(t.Context(), version))
			test(t, row.oldDatabase)
		})
	}
}

// TestOldEventsAreNumbered migrates a database with events from before they had numbers.
func TestOldEventsAreNumbered(t *testing.T) {
	t.Parallel()
	eachVersion(t, 3, func(t *testing.T, old oldDatabase) {
		insertOldEvents(t, old.db, old.at, old.raw)
		check(t, "migrate", old.store.Migrate(t.Context()), nil)
		checkNumbered(t, old.store)
	})
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
