package storetest_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// TestRowsKeepEveryColumn writes each noun with every column set, and reads it back.
func TestRowsKeepEveryColumn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		at, id := time.Date(2031, 1, 2, 3, 4, 5, 678_000_000, time.UTC), storetest.ID
		status := w.Field(w.work, "Status", domain.FieldSelect, 0)
		for _, row := range []any{
			&domain.Organisation{ID: id("o"), Name: "Ö", Key: "0123456789ABCDEF", LogoURL: new("https://logo"), CreatedAt: at, UpdatedAt: at},
			&domain.OrganisationMembership{OrganisationID: id("o"), UserID: id("ada"), Role: domain.OrganisationAdmin, SuspendedAt: &at, RemovedAt: &at, AddedAt: at},
			&domain.User{ID: id("u"), Email: "É@example.com", DisplayName: "É", AvatarURL: new("https://a"), TimeZone: "UTC", LastOnlineAt: &at, RemovedAt: &at, CreatedAt: at, UpdatedAt: at},
			&domain.Workspace{
				ID: id("w"), OrganisationID: id("o"), Name: "W", CardKeyPrefix: "W", Kind: domain.BoardWorkspace, Icon: new("rocket"),
				AccentColor: new(domain.ColorTeal), CompletedCardsActiveDays: 7, BoardLinkingEnabled: true, LastCardNumber: 9, Version: 3,
				ArchivedAt: &at, CreatedAt: at, UpdatedAt: at,
			},
			&domain.KeyPrefix{OrganisationID: id("o"), Prefix: "W", WorkspaceID: id("w"), CreatedAt: at},
			&domain.WorkspaceMember{WorkspaceID: id("w"), UserID: id("u"), Role: domain.WorkspaceAdmin, AddedAt: at},
			&domain.Board{
				ID: id("b"), OrganisationID: id("o"), WorkspaceID: id("w"), Name: "B", Description: new("D"), Icon: new("bug"), IconColor: new(domain.ColorRed),
				BackgroundGradient: new(domain.BackgroundDusk), Position: -5, Version: 2, ArchivedAt: &at, CreatedAt: at, UpdatedAt: at,
			},
			&domain.BoardMember{BoardID: id("b"), UserID: id("u"), Role: domain.BoardObserver, Pinned: true, AssignedItemsOnly: true, AddedAt: &at},
			&domain.List{ID: id("l"), OrganisationID: id("o"), WorkspaceID: id("w"), Name: "L", Icon: new("list"), Color: new(domain.ColorSky), Position: 1, Version: 1, ArchivedAt: &at, CreatedAt: at, UpdatedAt: at},
			&domain.Label{ID: id("la"), OrganisationID: id("o"), WorkspaceID: id("w"), Name: "La", Color: new(domain.ColorSky), Position: 1 << 60, Version: 1, ArchivedAt: &at, CreatedAt: at, UpdatedAt: at},
			&domain.CustomField{ID: id("f"), OrganisationID: id("o"), WorkspaceID: id("w"), Name: "F", Icon: new("x"), Type: domain.FieldUser, AllowMultiple: true, ShowOnCard: true, Position: 1, Version: 1, ArchivedAt: &at, CreatedAt: at, UpdatedAt: at},
			&domain.CustomFieldOption{ID: id("op"), OrganisationID: id("o"), WorkspaceID: id("w"), FieldID: id("f"), Label: "O", Color: new(domain.ColorSky), Position: 1, Version: 1, ArchivedAt: &at, CreatedAt: at, UpdatedAt: at},
			&domain.Card{
				ID: id("c"), OrganisationID: id("o"), OrganisationKey: "K", WorkspaceID: id("w"), BoardID: id("b"), ListID: id("l"), KeyPrefix: "W", Number: 1,
				Title: "T", Description: new("D"), Position: 7, DueDay: new("2031-01-02"), DueSlot: new(domain.SlotMorning), DueTimeZone: new("UTC"),
				CompletedAt: &at, ArchivedAt: &at, CreatedByID: id("u"), CoverAttachmentID: new(id("x")), ClientToken: new(id("y")), Version: 1, CreatedAt: at, UpdatedAt: at,
			},
			&domain.CardLabel{CardID: id("c"), LabelID: id("la")},
			&domain.CardAssignee{CardID: id("c"), UserID: id("u"), AssignedAt: at},
			&domain.FieldValue{
				CardID: id("c"), FieldID: status.ID, Text: new("t"), Number: new(domain.Decimal("12345678901234567890.123456789")), Checkbox: new(true), Date: new("2031-01-02"),
				URL: new("https://u"), OptionIDs: domain.IDs{id("1"), id("2")}, UserIDs: domain.IDs{}, UpdatedAt: at,
			},
			&domain.Activity{
				ID: id("a"), OrganisationID: id("o"), WorkspaceID: id("w"), BoardID: new(id("b")), ActorID: new(id("u")), ActorKind: domain.ActorAPIKey, APIKeyID: new(id("k")),
				APIKeyName: new("K"), EntityType: "card", EntityID: id("c"), Action: "moved", Payload: []byte(`{"a": 1}`), FeedVisible: true, CoalesceKey: new("k"),
				CoalescedCount: 2, CoalescedUntil: &at, CreatedAt: at, UpdatedAt: at,
			},
			&domain.Event{ID: id("e"), OrganisationID: id("o"), WorkspaceID: id("w"), BoardID: new(id("b")), CardID: new(id("c")), Type: "card:moved", Data: []byte(`{"a": 1}`), ActorKind: domain.ActorUser, ActorName: "U", ActorID: new(id("u")), OccurredAt: at},
			&domain.APIKey{ID: id("k"), OrganisationID: id("o"), Kind: domain.WorkspaceKey, WorkspaceID: new(id("w")), Name: new("K"), Scope: domain.ScopeRead, Prefix: "kanera_test_", Hash: "h", CreatedByID: id("u"), LastUsedAt: &at, RevokedAt: &at, CreatedAt: at, UpdatedAt: at},
		} {
			w.Insert(row)
			again := keyOf(row)
			if err := store.Load(t.Context(), again); err != nil {
				t.Errorf("load %T: %v", row, err)
				continue
			}
			check(t, reflect.TypeOf(row).String(), again, row)
		}
	})
}

// keyOf returns a row of the same type with the primary key only.
func keyOf(row any) any {
	from := reflect.ValueOf(row).Elem()
	to := reflect.New(from.Type())
	for i := range from.NumField() {
		if from.Type().Field(i).Tag.Get("gorm") == "primaryKey" {
			to.Elem().Field(i).Set(from.Field(i))
		}
	}
	return to.Interface()
}

func TestMissingRows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		id := storetest.ID("missing")
		for _, c := range []struct {
			row  any
			want string
		}{
			{&domain.Card{ID: id}, "Card not found."},
			{&domain.Card{ID: "not a uuid"}, "Card not found."},
			{&domain.Card{}, "Card not found."},
			{&domain.Board{ID: id}, "Board not found."},
			{&domain.CustomField{ID: id}, "Custom field not found."},
			{&domain.CustomFieldOption{ID: id}, "Option not found."},
			{&domain.APIKey{ID: id}, "API key not found."},
			{&domain.BoardMember{BoardID: id}, "Member not found."},
		} {
			for name, call := range map[string]func(context.Context, any) error{"load": store.Load, "lock": store.Lock, "update": store.Update} {
				err := call(t.Context(), c.row)
				if domain.CodeOf(err) != domain.CodeNotFound || err.Error() != c.want {
					t.Errorf("%s %T: got %v, want %s", name, c.row, err, c.want)
				}
			}
		}
		if err := store.Delete(t.Context(), &domain.Card{ID: id}); err != nil {
			t.Errorf("deleting what is not there: %v", err)
		}
	})
}

func TestUpdateWritesAllColumnsAndRaisesTheVersion(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		w.first.Description, w.first.DueDay = new("text"), new("2030-01-01")
		w.first.UpdatedAt = storetest.At(500)
		check(t, "update", store.Update(t.Context(), w.first), nil)
		w.first.Description, w.first.Position = nil, 0
		check(t, "update", store.Update(t.Context(), w.first), nil)
		again := &domain.Card{ID: w.first.ID}
		check(t, "load", store.Load(t.Context(), again), nil)
		check(t, "card", again, w.first)
		check(t, "version", again.Version, 3)
		other := &domain.Card{ID: w.second.ID}
		check(t, "load", store.Load(t.Context(), other), nil)
		check(t, "another card", other, w.second)
	})
}

func TestUniqueKeys(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		now := storetest.Start
		w.first.ClientToken = new("token")
		check(t, "update", store.Update(t.Context(), w.first), nil)
		w.Field(w.work, "Größe", domain.FieldText, 0)
		card := func(c domain.Card) *domain.Card {
			c.ID, c.OrganisationID, c.WorkspaceID, c.BoardID, c.ListID = storetest.ID("x"), w.acme.ID, w.work.ID, w.roadmap.ID, w.todo.ID
			c.CreatedByID, c.KeyPrefix = storetest.ID("ada"), "ACME"
			return &c
		}
		for what, row := range map[string]any{
			"id":            card(domain.Card{Number: 9}),
			"e-mail":        &domain.User{ID: storetest.ID("x"), Email: "ADA@Example.com"},
			"route key":     &domain.Organisation{ID: storetest.ID("x"), Key: w.acme.Key},
			"prefix":        &domain.Workspace{ID: storetest.ID("x"), OrganisationID: w.acme.ID, CardKeyPrefix: "ACME"},
			"reservation":   &domain.KeyPrefix{OrganisationID: w.acme.ID, Prefix: "ACME", WorkspaceID: w.side.ID},
			"card number":   card(domain.Card{Number: 1}),
			"client token":  card(domain.Card{Number: 9, ClientToken: new("token")}),
			"field name":    &domain.CustomField{ID: storetest.ID("x"), OrganisationID: w.acme.ID, WorkspaceID: w.work.ID, Name: "GRÖßE"},
			"no such board": &domain.Card{ID: storetest.ID("x"), OrganisationID: w.acme.ID, WorkspaceID: w.work.ID, BoardID: w.solo.ID, ListID: w.todo.ID, Number: 9, CreatedByID: storetest.ID("ada"), CreatedAt: now},
		} {
			if what == "id" {
				row.(*domain.Card).ID = w.first.ID
			}
			if err := store.Insert(t.Context(), row); domain.CodeOf(err) != domain.CodeConflict {
				t.Errorf("%s: got %v", what, err)
			}
		}
	})
}

func TestInsertManyIsAllOrNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		rows := make([]*domain.Label, 1200) // more than one statement holds
		for i := range rows {
			rows[i] = &domain.Label{ID: domain.NewID(), OrganisationID: w.acme.ID, WorkspaceID: w.work.ID, Name: "L", Position: domain.PositionAt(i)}
		}
		last := rows[len(rows)-1]
		good := last.ID
		last.ID = rows[0].ID
		check(t, "code", domain.CodeOf(store.Insert(t.Context(), rows)), domain.CodeConflict)
		all := must[map[string][]*domain.Label](t)(store.LabelsOf(t.Context(), []string{w.work.ID}))
		check(t, "labels after the failure", len(all[w.work.ID]), 0)
		last.ID = good
		check(t, "insert", store.Insert(t.Context(), rows), nil)
		all = must[map[string][]*domain.Label](t)(store.LabelsOf(t.Context(), []string{w.work.ID}))
		check(t, "labels", len(all[w.work.ID]), len(rows))
		check(t, "insert none", store.Insert(t.Context(), []*domain.Label{}), nil)
	})
}

func TestCascades(t *testing.T) {
	t.Parallel()
	card := func(name string) any { return &domain.Card{ID: storetest.ID(name)} }
	for name, c := range map[string]struct {
		remove     func(w *company) any
		gone, left []any
	}{
		"board": {
			func(w *company) any { return w.support },
			[]any{card("Second"), card("Third"), &domain.BoardMember{BoardID: storetest.ID("Support"), UserID: storetest.ID("cleo")}, &domain.Activity{ID: storetest.ID("about Third")}, &domain.CardAssignee{CardID: storetest.ID("Third"), UserID: storetest.ID("cleo")}},
			[]any{card("First"), &domain.List{ID: storetest.ID("Todo")}},
		},
		"list": {
			func(w *company) any { return w.todo },
			[]any{card("First"), card("Second")},
			[]any{card("Third"), &domain.Board{ID: storetest.ID("Roadmap")}},
		},
		"card": {
			func(w *company) any { return w.third },
			[]any{card("Third"), &domain.CardLabel{CardID: storetest.ID("Third"), LabelID: storetest.ID("Bug")}, &domain.FieldValue{CardID: storetest.ID("Third"), FieldID: storetest.ID("Hours")}},
			[]any{&domain.Activity{ID: storetest.ID("about Third")}, &domain.Label{ID: storetest.ID("Bug")}},
		},
		"label": {
			func(*company) any { return &domain.Label{ID: storetest.ID("Bug")} },
			[]any{&domain.CardLabel{CardID: storetest.ID("Third"), LabelID: storetest.ID("Bug")}},
			[]any{card("Third")},
		},
		"field": {
			func(*company) any { return &domain.CustomField{ID: storetest.ID("Hours")} },
			[]any{&domain.CustomFieldOption{ID: storetest.ID("Some")}, &domain.FieldValue{CardID: storetest.ID("Third"), FieldID: storetest.ID("Hours")}},
			[]any{card("Third")},
		},
		"workspace": {
			func(w *company) any { return w.work },
			[]any{card("First"), card("Third"), &domain.Board{ID: storetest.ID("Roadmap")}, &domain.List{ID: storetest.ID("Todo")}, &domain.Label{ID: storetest.ID("Bug")}, &domain.CustomField{ID: storetest.ID("Hours")}, &domain.Activity{ID: storetest.ID("about Third")}, &domain.WorkspaceMember{WorkspaceID: storetest.ID("Work"), UserID: storetest.ID("ben")}, &domain.APIKey{ID: storetest.ID("key")}},
			[]any{&domain.Board{ID: storetest.ID("Solo")}, &domain.KeyPrefix{OrganisationID: storetest.ID("Acme"), Prefix: "ACME"}, &domain.Event{ID: storetest.ID("event")}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, store *persistence.Store) {
				w := newCompany(t, store)
				w.Label(w.work, "Bug", 0)
				w.Option(w.Field(w.work, "Hours", domain.FieldNumber, 0), "Some", 0)
				w.CardActivity(w.third, "ada", "about Third", "moved", storetest.Start)
				w.Insert(
					&domain.CardLabel{CardID: w.third.ID, LabelID: storetest.ID("Bug")},
					&domain.FieldValue{CardID: w.third.ID, FieldID: storetest.ID("Hours"), Number: new(domain.Decimal("1"))},
					&domain.Event{ID: storetest.ID("event"), OrganisationID: w.acme.ID, WorkspaceID: w.work.ID, Data: []byte(`{}`)},
					&domain.APIKey{ID: storetest.ID("key"), OrganisationID: w.acme.ID, WorkspaceID: &w.work.ID, Kind: domain.WorkspaceKey, CreatedByID: storetest.ID("ada")},
				)
				check(t, "delete", store.Delete(t.Context(), c.remove(w)), nil)
				for _, row := range c.gone {
					if err := store.Load(t.Context(), keyOf(row)); domain.CodeOf(err) != domain.CodeNotFound {
						t.Errorf("%T is still there: %v", row, err)
					}
				}
				for _, row := range c.left {
					if err := store.Load(t.Context(), keyOf(row)); err != nil {
						t.Errorf("%T is gone: %v", row, err)
					}
				}
			})
		})
	}
}
