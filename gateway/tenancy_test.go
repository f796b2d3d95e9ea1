package gateway_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // reads tables behind the server's back

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/demo"
	"kanera.dev/gateway/gatewaytest"
)

// kind is what an id is the id of. Custom fields come by type where it matters.
type kind string

const (
	anOrganisation kind = "organisation"
	aWorkspace     kind = "workspace"
	aBoard         kind = "board"
	aList          kind = "list"
	aLabel         kind = "label"
	aField         kind = "field" // for text
	aNumberField   kind = "numberField"
	aSelectField   kind = "selectField"
	aUserField     kind = "userField"
	anOption       kind = "option"
	aCard          kind = "card"
	aUser          kind = "user"
	aToken         kind = "token" // of the creation of a card
	aWebhook       kind = "webhook"
	aDelivery      kind = "delivery"
	anAPIKey       kind = "apiKey"
	// These two are no ids, but REST has them in a path.
	anOrganisationKey kind = "organisationKey"
	aKey              kind = "key"
)

// tenants is a gateway with two organisations. The demo's is the own one; the other one is foreign: nothing of it may
// be read or changed, nor may anything of it be mentioned.
type tenants struct {
	*gatewaytest.Gateway
	service   *domain.Service // on the same database
	db        *sql.DB
	foreign   map[kind]string
	secrets   []string // ids and texts of the foreign organisation
	rows      []string // of the foreign organisation, as they were at first
	scratches atomic.Int64
}

const (
	foreignOrganisationKey = "B0000000000000B1"
	foreignCardKey         = "BULK-1"
)

func newTenants(t *testing.T, g *gatewaytest.Gateway) *tenants {
	t.Helper()
	w := &tenants{Gateway: g}
	store, err := gateway.OpenStore(t.Context(), w.Config)
	if err != nil {
		t.Fatal(err)
	}
	w.openTables(t)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.service = &domain.Service{Store: store, Now: domain.SystemClock, NewID: domain.NewID}
	own := w.dump(t)
	facts, err := demo.Large(t.Context(), w.Config.DemoTarget(store), 60, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	w.meet(t, facts)
	w.keepSecret(w.dump(t), own)
	return w
}

// openTables lets the test read tables behind the server's back.
func (w *tenants) openTables(t *testing.T) {
	t.Helper()
	driver, source := "sqlite", filepath.Join(w.Config.DataDir, "kanera.db")
	if w.Config.DatabaseURL != "" {
		driver = "pgx"
		source, _, _ = strings.Cut(w.Config.DatabaseURL, "?") // what follows is for the server's pool
	}
	var err error
	if w.db, err = sql.Open(driver, source); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.db.Close(); err != nil {
			t.Error(err)
		}
	})
}

// meet learns an id of each kind of the foreign organisation.
func (w *tenants) meet(t *testing.T, facts *demo.Facts) {
	t.Helper()
	w.foreign = map[kind]string{aWorkspace: facts.WorkspaceID, aBoard: facts.BoardID, aList: facts.ListID, aCard: facts.CardID, aToken: domain.NewID(),
		anOrganisationKey: foreignOrganisationKey, aKey: foreignCardKey}
	answer := w.Query(facts.PersonalKey, `mutation($board: ID!, $list: ID!, $token: ID!) {
		cardCreate(input: { boardId: $board, listId: $list, title: "Measured card by hand", clientToken: $token }) { card { id } } }`,
		map[string]any{"board": facts.BoardID, "list": facts.ListID, "token": w.foreign[aToken]})
	if len(answer.Errors) > 0 {
		t.Fatalf("%+v", answer.Errors)
	}
	for kind, query := range map[kind]string{
		anOrganisation: "SELECT organisation_id FROM workspaces WHERE id = '%s'",
		aUser:          "SELECT MIN(CAST(user_id AS TEXT)) FROM workspace_members WHERE workspace_id = '%s'",
		aLabel:         "SELECT id FROM labels WHERE workspace_id = '%s' ORDER BY position LIMIT 1",
		aField:         "SELECT id FROM custom_fields WHERE type = 'text' AND workspace_id = '%s' ORDER BY position LIMIT 1",
		aNumberField:   "SELECT id FROM custom_fields WHERE type = 'number' AND workspace_id = '%s' ORDER BY position LIMIT 1",
		aSelectField:   "SELECT id FROM custom_fields WHERE type = 'select' AND workspace_id = '%s' ORDER BY position LIMIT 1",
		aUserField:     "SELECT id FROM custom_fields WHERE type = 'user' AND workspace_id = '%s' ORDER BY position LIMIT 1",
		anAPIKey:       "SELECT id FROM api_keys WHERE workspace_id = '%s' ORDER BY created_at LIMIT 1",
		anOption:       "SELECT id FROM custom_field_options WHERE workspace_id = '%s' ORDER BY position LIMIT 1",
	} {
		var id string
		if err := w.db.QueryRowContext(t.Context(), fmt.Sprintf(query, facts.WorkspaceID)).Scan(&id); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		w.foreign[kind] = id
	}
	w.foreign[aWebhook], w.foreign[aDelivery] = w.hook(t, facts.PersonalKey, facts.WorkspaceID)
}

// hook makes a webhook that hears of nothing, with a delivery that failed.
func (w *tenants) hook(t *testing.T, key, workspaceID string) (webhook, delivery string) {
	t.Helper()
	answer := w.Query(key, `mutation($workspace: ID!) { webhookCreate(input: { workspaceId: $workspace, name: "Tenancy", url: "http://127.0.0.1:1/tenancy",
		eventTypes: ["nothing:happened"] }) { webhook { id } } }`, map[string]any{"workspace": workspaceID})
	var made struct{ WebhookCreate struct{ Webhook identified } }
	if err := json.Unmarshal(answer.Data, &made); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("%v: %+v", err, answer.Errors)
	}
	now := domain.SystemClock()
	row := &domain.Delivery{ID: domain.NewID(), WebhookID: made.WebhookCreate.Webhook.ID, WorkspaceID: workspaceID, EventID: domain.NewID(),
		EventType: "card:created", Status: domain.DeliveryFailed, Attempts: 8, CreatedAt: now, UpdatedAt: now}
	if err := w.service.Store.Insert(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	return row.WebhookID, row.ID
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// keepSecret notes what the foreign organisation added to the tables.
func (w *tenants) keepSecret(all, own []string) {
	known := map[string]bool{}
	for _, row := range own {
		for _, id := range uuids.FindAllString(row, -1) {
			known[id] = true
		}
	}
	secrets := map[string]bool{"Measured card": true, "Measurements": true, "bulk.": true, "BULK": true}
	for _, row := range all {
		if slices.Contains(own, row) {
			continue
		}
		w.rows = append(w.rows, row)
		for _, id := range uuids.FindAllString(row, -1) {
			secrets[id] = secrets[id] || !known[id]
		}
	}
	maps.DeleteFunc(secrets, func(_ string, secret bool) bool { return !secret })
	w.secrets = slices.Collect(maps.Keys(secrets))
}

// dump reads every row of every table as text.
func (w *tenants) dump(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, table := range []string{"organisations", "users", "organisation_memberships", "workspaces", "key_prefixes", "workspace_members",
		"boards", "board_members", "lists", "labels", "custom_fields", "custom_field_options", "cards", "card_labels", "card_assignees",
		"field_values", "activities", "events", "api_keys", "webhooks", "webhook_cursors", "webhook_deliveries"} {
		all = append(all, w.dumpTable(t, table)...)
	}
	slices.Sort(all)
	return all
}

func (w *tenants) dumpTable(t *testing.T, table string) []string {
	t.Helper()
	rows, err := w.db.QueryContext(t.Context(), "SELECT * FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, value := range values {
			if raw, ok := value.([]byte); ok {
				values[i] = string(raw)
			}
		}
		all = append(all, fmt.Sprint(table, values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// mustBeUntouched compares every row that mentions the foreign organisation with what there was at first.
func (w *tenants) mustBeUntouched(t *testing.T) {
	t.Helper()
	before := map[string]bool{}
	for _, row := range w.rows {
		before[row] = true
	}
	seen := 0
	for _, row := range w.dump(t) {
		switch {
		case before[row]:
			seen++
		case w.leak(row, "") != "":
			t.Errorf("a row was changed or added: %.400s", row)
		}
	}
	if seen != len(w.rows) {
		t.Errorf("%d rows of the foreign organisation are as they were, of %d", seen, len(w.rows))
	}
}

// leak returns what of the foreign organisation stands in the text, besides what was sent.
func (w *tenants) leak(text, sent string) string {
	for _, secret := range w.secrets {
		if secret != sent && strings.Contains(text, secret) {
			return secret
		}
	}
	return ""
}

// scratch is a workspace of the own organisation that a call may change: two of everything, and a key for it.
type scratch struct {
	name string
	key  string
	own  map[kind][]string
}

const furnish = `mutation($name: String!) { workspaceCreate(input: { name: $name
	lists: [{ name: "A" }, { name: "B" }, { name: "C" }], labels: [{ name: "A" }, { name: "B" }]
	customFields: [{ name: "A", type: TEXT }, { name: "B", type: TEXT }, { name: "C", type: NUMBER }, { name: "D", type: USER },
		{ name: "E", type: SELECT, options: [{ label: "A" }, { label: "B" }] }], initialBoard: { name: "A" } }) {
	workspace { id organisation { id } lists { id } labels { id } customFields { id type options { id } } } initialBoard { id } } }`

const populate = `mutation($workspace: ID!, $board: ID!, $list: ID!, $next: ID!) {
	second: boardCreate(input: { workspaceId: $workspace, name: "B" }) { board { id } }
	a: cardCreate(input: { boardId: $board, listId: $list, title: "A" }) { card { id key } }
	b: cardCreate(input: { boardId: $board, listId: $next, title: "B" }) { card { id key } } }`

type identified struct{ ID string }

func (w *tenants) newScratch(t *testing.T) *scratch {
	t.Helper()
	s := &scratch{name: fmt.Sprintf("Scratch %d", w.scratches.Add(1)), own: map[kind][]string{}}
	var made struct {
		WorkspaceCreate struct {
			Workspace struct {
				ID            string
				Organisation  identified
				Lists, Labels []identified
				CustomFields  []struct {
					ID, Type string
					Options  []identified
				}
			}
			InitialBoard identified
		}
	}
	w.ask(t, furnish, map[string]any{"name": s.name}, &made)
	space, board := made.WorkspaceCreate.Workspace, made.WorkspaceCreate.InitialBoard.ID
	var more struct {
		Second struct{ Board identified }
		A, B   struct{ Card struct{ ID, Key string } }
	}
	w.ask(t, populate, map[string]any{"workspace": space.ID, "board": board, "list": space.Lists[0].ID, "next": space.Lists[1].ID}, &more)
	fields, owner := space.CustomFields, owner(w.Gateway)
	twice := func(id string) []string { return []string{id, id} }
	s.own = map[kind][]string{anOrganisation: twice(space.Organisation.ID), aWorkspace: twice(space.ID), aUser: twice(owner),
		aBoard: {board, more.Second.Board.ID}, aCard: {more.A.Card.ID, more.B.Card.ID}, aToken: twice(domain.NewID()),
		aKey: {more.A.Card.Key, more.B.Card.Key}, anOrganisationKey: twice(w.Demo.Organisation.Key),
		aList: {space.Lists[0].ID, space.Lists[1].ID}, aLabel: {space.Labels[0].ID, space.Labels[1].ID},
		aField: {fields[0].ID, fields[1].ID}, aNumberField: twice(fields[2].ID), aUserField: twice(fields[3].ID),
		aSelectField: twice(fields[4].ID), anOption: {fields[4].Options[0].ID, fields[4].Options[1].ID}}
	secret, key, err := w.service.KeyCreate(t.Context(), domain.KeyRequest{Kind: domain.WorkspaceKey, WorkspaceID: space.ID, Name: "Scratch",
		Scope: domain.ScopeAdmin, Environment: w.Config.KeyEnvironment()})
	if err != nil {
		t.Fatal(err)
	}
	s.key = secret
	s.own[anAPIKey] = twice(key.ID)
	hook, delivery := w.hook(t, w.Facts.PersonalKey, space.ID)
	s.own[aWebhook], s.own[aDelivery] = twice(hook), twice(delivery)
	return s
}

// ask runs a document as the owner of the own organisation; it has to work.
func (w *tenants) ask(t *testing.T, document string, variables map[string]any, into any) {
	t.Helper()
	answer := w.Query(w.Facts.PersonalKey, document, variables)
	if len(answer.Errors) > 0 {
		t.Fatalf("%+v\n%s", answer.Errors, document)
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		t.Fatal(err)
	}
}

// resolve replaces "@kind" by the second id of the kind and "@name" by the name of the workspace, at any depth.
func (s *scratch) resolve(value any) any {
	switch value := value.(type) {
	case string:
		if value == "@name" {
			return s.name
		}
		if name, ok := strings.CutPrefix(value, "@"); ok {
			return s.own[kind(name)][1]
		}
	case []any:
		resolved := make([]any, len(value))
		for i := range value {
			resolved[i] = s.resolve(value[i])
		}
		return resolved
	case map[string]any:
		resolved := map[string]any{}
		for name := range value {
			resolved[name] = s.resolve(value[name])
		}
		return resolved
	}
	return value
}
