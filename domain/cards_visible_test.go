package domain_test

import (
	"context"
	"errors"
	"testing"

	"kanera.dev/domain"
)

func TestCardVisibility(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		private := d.newBoard("Private")
		hers, others := d.addFor(d.lena, "Hers"), d.add(d.todo, "Others")
		secret, err := d.CardCreate(t.Context(), d.ida, domain.NewCard{BoardID: private.ID, ListID: d.todo.ID, Title: "Secret"})
		d.must(err)
		writeKey, readKey := d.key(d.workspace, domain.ScopeWrite), d.key(d.workspace, domain.ScopeRead)
		orphan := *readKey
		orphan.Detached = true
		for what, row := range map[string]struct {
			who                         *domain.Principal
			hers, others, secret, edits bool
		}{
			"owner":               {d.ida, true, true, true, true},
			"editor":              {d.max, true, true, false, true},
			"observer":            {d.olga, true, true, false, false},
			"assigned cards only": {d.lena, true, false, false, true},
			"not on any board":    {d.cleo, false, false, false, false},
			"another tenant":      {d.zoe, false, false, false, false},
			"write key":           {writeKey, true, true, true, true},
			"read key":            {readKey, true, true, true, false},
			"key without creator": {&orphan, false, false, false, false},
		} {
			for card, sees := range map[*domain.Card]bool{hers: row.hers, others: row.others, secret: row.secret} {
				_, err := d.Card(t.Context(), row.who, card.ID)
				allowed(t, what+" reads "+card.Title, err, sees, domain.CodeForbidden)
				_, err = d.CardByKey(t.Context(), row.who, "0a1b2c3d4e5f6071", card.Key())
				allowed(t, what+" looks up "+card.Title, err, sees, domain.CodeNotFound)
				_, err = d.CardUpdate(t.Context(), row.who, card.ID, title(card.Title))
				allowed(t, what+" edits "+card.Title, err, sees && row.edits, domain.CodeForbidden)
			}
			_, err := d.Card(t.Context(), row.who, domain.NewID())
			refused(t, what+" reads an unknown card", err, domain.CodeNotFound)
		}
	})
}

func allowed(t *testing.T, what string, err error, yes bool, otherwise domain.Code) {
	t.Helper()
	if yes && err != nil || !yes && domain.CodeOf(err) != otherwise {
		t.Errorf("%s: %v, allowed should be %v", what, err, yes)
	}
}

func TestCardByKey(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card := d.add(d.todo, "Basil")
		_, err := d.WorkspaceUpdate(t.Context(), d.ida, d.workspace.ID, domain.WorkspacePatch{CardKeyPrefix: domain.Some(new("FERN"))})
		d.must(err)
		const fern = "0A1B2C3D4E5F6071"
		for _, row := range []struct {
			organisation, key string
			found             bool
		}{
			{fern, "FERN-1", true}, {"", "FERN-1", true}, {"0a1b2c3d4e5f6071", "fern-1", true}, {fern, "garden-1", true},
			{fern, "FERN-2", false}, {fern, "FERN-01", false}, {fern, "FERN-0", false}, {fern, "FERN", false}, {fern, "FERN-1x", false},
			{fern, "1-1", false}, {fern, "", false}, {fern, "FERN-99999999999999999999", false}, {"0A1B2C3D4E5F6072", "FERN-1", false}, {"x'--", "FERN-1", false},
		} {
			got, err := d.CardByKey(t.Context(), d.ida, row.organisation, row.key)
			allowed(t, row.organisation+" "+row.key, err, row.found, domain.CodeNotFound)
			if row.found && err == nil && (got.ID != card.ID || got.Key() != "FERN-1") {
				t.Errorf("%s: %+v", row.key, got)
			}
		}
	})
}

// An archived board takes its cards with it.
func TestCardsOfArchivedBoardsAreNotThere(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card := d.add(d.todo, "Basil")
		board := &domain.Board{ID: d.board.ID}
		d.must(d.Store.Load(t.Context(), board))
		board.ArchivedAt = new(d.Now())
		d.must(d.Store.Update(t.Context(), board))
		_, err := d.Card(t.Context(), d.ida, card.ID)
		refused(t, "read", err, domain.CodeNotFound)
		_, err = d.CardByKey(t.Context(), d.ida, "", card.Key())
		refused(t, "by key", err, domain.CodeNotFound)
		_, err = d.CardUpdate(t.Context(), d.ida, card.ID, title("x"))
		refused(t, "edit", err, domain.CodeNotFound)
	})
}

// failing is a store whose inserts fail from a certain one on.
type failing struct {
	domain.Store
	left *int
}

var errDisk = errors.New("the disk is full")

func (s *failing) InTx(ctx context.Context, fn func(tx domain.Store) error) error {
	return s.Store.InTx(ctx, func(tx domain.Store) error { return fn(&failing{tx, s.left}) })
}

func (s *failing) Insert(ctx context.Context, rows any) error {
	if *s.left--; *s.left < 0 {
		return errDisk
	}
	return s.Store.Insert(ctx, rows)
}

// A use case that fails halfway leaves nothing: no change, no history, no event.
func TestCardUseCasesAreAllOrNothing(t *testing.T) {
	t.Parallel()
	onEveryValued(t, func(t *testing.T, v *valued) {
		label, autumn := v.label("Later"), v.newBoard("Autumn")
		use := map[string]func(*domain.Service) error{
			"create": func(s *domain.Service) error {
				_, err := s.CardCreate(t.Context(), v.ida, domain.NewCard{BoardID: v.board.ID, ListID: v.todo.ID, Title: "New",
					LabelIDs: []string{label.ID}, AssigneeIDs: []string{v.max.UserID}})
				return err
			},
			"update": func(s *domain.Service) error {
				_, err := s.CardUpdate(t.Context(), v.ida, v.c.ID, title("New"))
				return err
			},
			"complete": func(s *domain.Service) error {
				_, err := s.CardComplete(t.Context(), v.ida, v.c.ID, true)
				return err
			},
			"archive": func(s *domain.Service) error {
				_, err := s.CardArchive(t.Context(), v.ida, v.c.ID, true)
				return err
			},
			"move": func(s *domain.Service) error {
				_, err := s.CardMove(t.Context(), v.ida, v.c.ID, v.done.ID, top)
				return err
			},
			"move to board": func(s *domain.Service) error {
				_, err := s.CardMoveToBoard(t.Context(), v.ida, v.c.ID, autumn.ID, "")
				return err
			},
			"duplicate": func(s *domain.Service) error {
				_, err := s.CardDuplicate(t.Context(), v.ida, v.c.ID, domain.CardCopy{})
				return err
			},
			"labels": func(s *domain.Service) error {
				_, err := s.CardSetLabels(t.Context(), v.ida, v.c.ID, []string{label.ID})
				return err
			},
			"assignees": func(s *domain.Service) error {
				_, err := s.CardSetAssignees(t.Context(), v.ida, v.c.ID, []string{v.max.UserID})
				return err
			},
			"value": func(s *domain.Service) error {
				_, _, err := s.CardSetFieldValue(t.Context(), v.ida, v.c.ID, v.fields[domain.FieldText].ID, text("x"))
				return err
			},
		}
		for what, run := range use {
			before := v.everything()
			for inserts := range 9 { // fails at the first row written, at the second, …
				left := inserts
				service := &domain.Service{Store: &failing{v.Store, &left}, Now: v.Now, NewID: domain.NewID}
				err := run(service)
				if err == nil {
					if inserts == 0 {
						t.Errorf("%s inserts nothing", what)
					}
					break
				}
				if !errors.Is(err, errDisk) {
					t.Errorf("%s, failing at row %d: %v", what, inserts, err)
				}
				if now := v.everything(); now != before {
					t.Errorf("%s, failing at row %d, left %+v; it was %+v", what, inserts, now, before)
				}
				v.untouched(what)
			}
			v.again()
		}
	})
}

// state is what the use cases of a card may change.
type state struct {
	card                               domain.Card
	cards, entries, labels, who, value int
}

func (v *valued) everything() state {
	v.t.Helper()
	ctx := v.t.Context()
	entries, err := v.Store.ActivityOfCard(ctx, v.c.ID)
	v.must(err)
	labels, err := v.Store.LabelIDsOf(ctx, []string{v.c.ID})
	v.must(err)
	assignees, err := v.Store.AssigneeIDsOf(ctx, []string{v.c.ID})
	v.must(err)
	values, err := v.Store.FieldValuesOf(ctx, []string{v.c.ID})
	v.must(err)
	card := *v.now(v.c)
	card.CompletedAt, card.ArchivedAt = nil, nil // pointers differ; the version tells
	return state{card, len(v.lane(v.todo)) + len(v.lane(v.done)), len(entries), len(labels[v.c.ID]), len(assignees[v.c.ID]), len(values[v.c.ID])}
}

// again takes a new card, after a use case has changed the last one.
func (v *valued) again() { v.c = v.add(v.todo, "Basil") }
