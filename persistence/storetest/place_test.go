package storetest_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// oddText holds what JSON and SQL write in ways of their own.
const oddText = "\"quo'ted\\ \\u0041 <b>&amp;</b>\n\t\u2028\u007f 🪴 ñ ?  $1"

// adorn fills in what the rows of a company leave empty.
func (w *company) adorn(t *testing.T) {
	t.Helper()
	at := storetest.Start.Add(123 * time.Millisecond)
	w.first.Title, w.first.Description, w.first.CompletedAt = oddText, new(oddText), &at
	w.first.DueDay, w.first.DueSlot, w.first.DueTimeZone = new("2030-02-28"), new(domain.SlotMorning), new("Europe/Berlin")
	w.roadmap.Name, w.roadmap.Description, w.roadmap.Icon, w.roadmap.IconColor = oddText, new(oddText), new("leaf"), new(domain.ColorTeal)
	w.roadmap.BackgroundGradient, w.roadmap.UpdatedAt = new(domain.BackgroundEmber), at
	w.done.Name, w.done.Icon, w.done.Color, w.done.UpdatedAt = oddText, new(oddText), new(domain.ColorRed), at
	w.work.Name, w.work.Icon, w.work.AccentColor, w.work.BoardLinkingEnabled = oddText, new(oddText), new(domain.ColorRed), false
	for _, row := range []any{w.first, w.roadmap, w.done, w.work} {
		check(t, "adorn", w.store.Update(t.Context(), row), nil)
	}
	w.List(w.work, "Archived", 2)
	archived := &domain.List{ID: storetest.ID("Archived")}
	check(t, "load", w.store.Load(t.Context(), archived), nil)
	archived.ArchivedAt = &at
	check(t, "archive", w.store.Update(t.Context(), archived), nil)
	w.adornWorkspace(t)
}

// adornWorkspace gives the workspaces labels, fields and options, one of each archived, and prefixes they had before.
func (w *company) adornWorkspace(t *testing.T) {
	t.Helper()
	w.Label(w.side, "Foreign", 0)
	w.Option(w.Field(w.side, "Foreign", domain.FieldSelect, 0), "Foreign", 0)
	size, other := w.Field(w.work, "Weight", domain.FieldSelect, 1), w.Field(w.work, "Colour", domain.FieldSelect, 0)
	gone, old, retired := w.Label(w.work, "Gone", 0), w.Option(size, "Old", 0), w.Field(w.work, "Retired", domain.FieldText, 2)
	gone.ArchivedAt, old.ArchivedAt, retired.ArchivedAt = new(storetest.Start), new(storetest.Start), new(storetest.Start)
	for _, row := range []any{gone, old, retired} {
		check(t, "archive", w.store.Update(t.Context(), row), nil)
	}
	for i, name := range []string{"Light", "Heavy", "Green"} {
		w.Label(w.work, name, 3-i)
		w.Option([]*domain.CustomField{size, other}[i%2], name, 3-i)
	}
	for i, prefix := range []string{"OLD", "OLDER", "NEWER"} {
		w.Insert(&domain.KeyPrefix{OrganisationID: w.acme.ID, Prefix: prefix, WorkspaceID: w.work.ID, CreatedAt: storetest.At([]int{7, 3, 9}[i])})
	}
}

// TestPlaces compares places with what the readers of single nouns answer, for every viewer.
func TestPlaces(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		w.adorn(t)
		w.User("guest")
		w.BoardMember("Support", "guest", domain.BoardEditor, false)
		samePlaces(t, w)
		for _, name := range []string{"ben", "cleo", "dan"} {
			end := &domain.OrganisationMembership{OrganisationID: w.acme.ID, UserID: storetest.ID(name), Role: "member", SuspendedAt: new(storetest.Start)}
			check(t, "suspend", store.Update(t.Context(), end), nil)
		}
		check(t, "suspended: access", must[*domain.CardPlace](t)(store.CardPlace(t.Context(), dan, w.first.ID)).Access, nil)
		w.support.ArchivedAt = new(storetest.Start)
		check(t, "archive", store.Update(t.Context(), w.support), nil)
		samePlaces(t, w)
	})
}

func samePlaces(t *testing.T, w *company) {
	t.Helper()
	everybody := map[string]*domain.Principal{
		"write key": workspaceKey(domain.ScopeWrite), "guest": {Kind: domain.PersonalKey, UserID: storetest.ID("guest")},
		"stranger": {Kind: domain.PersonalKey, UserID: storetest.ID("stranger")},
	}
	for name, c := range viewers {
		everybody[name] = c.viewer
	}
	for name, viewer := range everybody {
		for _, card := range []*domain.Card{w.first, w.second, w.third} {
			check(t, name+": place of "+card.ID, *must[*domain.CardPlace](t)(w.store.CardPlace(t.Context(), viewer, card.ID)), cardPlace(t, w, viewer, card.ID))
		}
		for _, board := range []*domain.Board{w.roadmap, w.support, w.solo} {
			for _, with := range []domain.BoardWith{{}, {Lists: true, Labels: true, KeyPrefixes: true, Fields: true}, {Lists: true}, {Labels: true}, {KeyPrefixes: true}, {Fields: true}} {
				got := must[*domain.BoardPlace](t)(w.store.BoardPlace(t.Context(), viewer, board.ID, with))
				check(t, fmt.Sprintf("%s: place of %s with %+v", name, board.ID, with), *got, boardPlace(t, w, viewer, board.ID, with))
			}
		}
	}
}

// cardPlace gathers the place of a card noun by noun.
func cardPlace(t *testing.T, w *company, viewer *domain.Principal, id string) domain.CardPlace {
	t.Helper()
	card := &domain.Card{ID: id}
	check(t, "load", w.store.Load(t.Context(), card), nil)
	card.Parts = counted(t, w.store, id)[id]
	around := boardPlace(t, w, viewer, card.BoardID, domain.BoardWith{})
	return domain.CardPlace{
		Card: card, Visible: must[map[string]bool](t)(w.store.VisibleCards(t.Context(), viewer, []string{id}))[id],
		Board: around.Board, Workspace: around.Workspace, Access: around.Access,
		List: must[map[string]*domain.List](t)(w.store.Lists(t.Context(), []string{card.ListID}))[card.ListID],
	}
}

// boardPlace gathers the place of a board noun by noun.
func boardPlace(t *testing.T, w *company, viewer *domain.Principal, id string, with domain.BoardWith) domain.BoardPlace {
	t.Helper()
	ids := []string{id}
	board := must[map[string]*domain.Board](t)(w.store.Boards(t.Context(), ids))[id]
	above := []string{board.WorkspaceID}
	place := domain.BoardPlace{
		Board: board, Access: must[map[string]*domain.BoardAccess](t)(w.store.BoardAccesses(t.Context(), viewer, ids))[id],
		Workspace: must[map[string]*domain.Workspace](t)(w.store.Workspaces(t.Context(), above))[board.WorkspaceID],
	}
	if with.Lists {
		place.Lists = must[map[string][]*domain.List](t)(w.store.ListsOf(t.Context(), above))[board.WorkspaceID]
	}
	if with.Labels {
		place.Labels = must[map[string][]*domain.Label](t)(w.store.LabelsOf(t.Context(), above))[board.WorkspaceID]
	}
	if with.KeyPrefixes {
		place.KeyPrefixes = must[map[string][]string](t)(w.store.KeyPrefixesOf(t.Context(), above))[board.WorkspaceID]
	}
	if with.Fields {
		place.Fields = must[map[string][]*domain.CustomField](t)(w.store.CustomFieldsOf(t.Context(), above))[board.WorkspaceID]
		place.Options = w.optionsOf(t, place.Fields)
	}
	return place
}

// optionsOf gathers the options of fields, by position whatever their field.
func (w *company) optionsOf(t *testing.T, fields []*domain.CustomField) (all []*domain.CustomFieldOption) {
	t.Helper()
	for _, field := range fields {
		all = append(all, must[map[string][]*domain.CustomFieldOption](t)(w.store.OptionsOf(t.Context(), []string{field.ID}))[field.ID]...)
	}
	slices.SortFunc(all, func(a, b *domain.CustomFieldOption) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func TestPlacesThatAreNotThere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		newCompany(t, store)
		for _, c := range []struct {
			id         string
			statements int64
		}{{storetest.ID("none"), 1}, {"odd", 0}, {"", 0}} {
			ctx, counted := persistence.CountStatements(t.Context())
			_, err := store.CardPlace(ctx, ada, c.id)
			check(t, "card "+c.id, domain.CodeOf(err), domain.CodeNotFound)
			check(t, "statements", counted.Load(), c.statements)
			_, err = store.BoardPlace(ctx, ada, c.id, domain.BoardWith{Labels: true})
			check(t, "board "+c.id, domain.CodeOf(err), domain.CodeNotFound)
			check(t, "statements", counted.Load(), 2*c.statements)
		}
	})
}

func TestReferenced(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		w.adorn(t)
		refs := w.references(t)
		ctx, counted := persistence.CountStatements(t.Context())
		got := must[*domain.Referenced](t)(store.Referenced(ctx, refs))
		check(t, "statements", counted.Load(), 1)
		check(t, "everything", *got, byNoun(t, store, refs))
		for name, one := range map[string]domain.References{
			"users": {Users: refs.Users}, "lists and options": {Lists: refs.Lists, Options: refs.Options}, "unknown": {Boards: storetest.IDs("none")},
		} {
			check(t, name, *must[*domain.Referenced](t)(store.Referenced(ctx, one)), byNoun(t, store, one))
		}
		check(t, "statements", counted.Load(), 4)
		check(t, "nothing", *must[*domain.Referenced](t)(store.Referenced(ctx, domain.References{Users: []string{}})), domain.Referenced{})
		check(t, "no statement for nothing", counted.Load(), 4)
	})
}

// references names rows of every noun, unknown ids among them.
func (w *company) references(t *testing.T) domain.References {
	t.Helper()
	at := storetest.Start.Add(456 * time.Millisecond)
	user := &domain.User{ID: storetest.ID("ada")}
	check(t, "load", w.store.Load(t.Context(), user), nil)
	user.DisplayName, user.AvatarURL, user.LastOnlineAt, user.RemovedAt = oddText, new("https://example.com/?a=1&b=<2>"), &at, &at
	field := w.Field(w.work, "Size", domain.FieldSelect, 0)
	field.Name, field.Icon, field.AllowMultiple, field.ShowOnCard, field.ArchivedAt = oddText, new("leaf"), true, true, &at
	label, option := w.Label(w.work, "Bug", 0), w.Option(field, "Large", 0)
	label.Name, label.Color, option.Label, option.Color, option.Position = oddText, new(domain.ColorRed), oddText, new(domain.ColorTeal), -1<<63
	for _, row := range []any{user, field, label, option} {
		check(t, "adorn", w.store.Update(t.Context(), row), nil)
	}
	w.Field(w.work, "Note", domain.FieldText, 1)
	and := func(names ...string) []string {
		return append(storetest.IDs(names...), storetest.ID("none"), "odd", "")
	}
	return domain.References{Users: and("ada", "ben", "ada"), Workspaces: and("Work", "Side"), Boards: and("Roadmap", "Support"),
		Lists: and("Todo", "Done", "Archived"), Labels: and("Bug"), Fields: and("Size", "Note"), Options: and("Large")}
}

// byNoun reads what is referred to noun by noun.
func byNoun(t *testing.T, store *persistence.Store, refs domain.References) domain.Referenced {
	t.Helper()
	return domain.Referenced{
		Users: rowsOf(t, store.Users, refs.Users), Workspaces: rowsOf(t, store.Workspaces, refs.Workspaces),
		Boards: rowsOf(t, store.Boards, refs.Boards), Lists: rowsOf(t, store.Lists, refs.Lists), Labels: rowsOf(t, store.Labels, refs.Labels),
		Fields: rowsOf(t, store.CustomFields, refs.Fields), Options: rowsOf(t, store.Options, refs.Options),
	}
}

func rowsOf[T any](t *testing.T, read func(context.Context, []string) (map[string]*T, error), ids []string) map[string]*T {
	t.Helper()
	if ids == nil {
		return nil
	}
	return maps.Clone(must[map[string]*T](t)(read(t.Context(), ids)))
}
