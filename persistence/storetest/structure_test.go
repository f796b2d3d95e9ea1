package storetest_test

import (
	"sync"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

func boardName(b *domain.Board) string         { return b.Name }
func workspaceName(w *domain.Workspace) string { return w.Name }

func TestNavigation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		zeta, beta := w.Organisation("zeta"), w.Organisation("Éclair")
		for _, o := range []*domain.Organisation{zeta, beta} {
			space := w.Workspace(o.Name, "Space of "+o.Name, "X")
			w.Board(space, "Board of "+o.Name, 0)
			w.BoardMember("Board of "+o.Name, "ada", domain.BoardEditor, false)
		}
		for _, name := range []string{"beta", "Alpha"} {
			standalone := w.Workspace("Acme", "Space of "+name, "Y"+name)
			standalone.Kind = domain.BoardWorkspace
			check(t, "update", store.Update(t.Context(), standalone), nil)
			w.Board(standalone, name, 0)
		}
		want := []string{"Roadmap", "Support", "Solo", "Alpha", "beta", "Board of zeta", "Board of Éclair"}
		all := must[domain.PageOf[*domain.Board]](t)(store.VisibleBoards(t.Context(), ada, domain.Page{ByRow: true, All: true}))
		check(t, "all", names(all.Nodes, boardName), want)
		check(t, "count", must[int](t)(store.CountVisibleBoards(t.Context(), ada)), len(want))
		var seen []string
		page := domain.Page{First: 2}
		for i := 0; ; {
			one := must[domain.PageOf[*domain.Board]](t)(store.VisibleBoards(t.Context(), ada, page))
			for _, board := range one.Nodes {
				check(t, "order of "+board.Name, *board.NavigationOrder, i)
				i++
			}
			seen = append(seen, names(one.Nodes, boardName)...)
			check(t, "previous page", one.PageInfo.HasPreviousPage, page.After != "")
			if !one.PageInfo.HasNextPage {
				break
			}
			page.After = *one.PageInfo.EndCursor
		}
		check(t, "page by page", seen, want)
		rows := must[domain.PageOf[*domain.Board]](t)(store.VisibleBoards(t.Context(), ada, domain.Page{ByRow: true, Offset: 1, First: 2}))
		check(t, "by row", names(rows.Nodes, boardName), want[1:3])
		check(t, "next and previous", []bool{rows.PageInfo.HasNextPage, rows.PageInfo.HasPreviousPage}, []bool{true, true})
		check(t, "delete", store.Delete(t.Context(), rows.Nodes[1]), nil)
		rest := must[domain.PageOf[*domain.Board]](t)(store.VisibleBoards(t.Context(), ada, domain.Page{First: 9, After: rows.Cursor(1)}))
		check(t, "behind a board that is gone", names(rest.Nodes, boardName), want[3:])
		spaces := must[domain.PageOf[*domain.Workspace]](t)(store.VisibleWorkspaces(t.Context(), ada, domain.Page{First: 1}))
		check(t, "workspaces", names(spaces.Nodes, workspaceName), []string{"Work"})
		spaces = must[domain.PageOf[*domain.Workspace]](t)(store.VisibleWorkspaces(t.Context(), ada, domain.Page{First: 5, After: spaces.Cursor(0)}))
		check(t, "no standalone boards", names(spaces.Nodes, workspaceName), []string{"Side"})
	})
}

// TestForeignCursors feeds every paged list a cursor that is not one of its own.
func TestForeignCursors(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		ctx, ids := t.Context(), storetest.IDs("Work")
		boards := must[map[string]domain.PageOf[*domain.Board]](t)(store.WorkspaceBoardsOf(ctx, ids, domain.Page{First: 1}))
		spaces := must[domain.PageOf[*domain.Workspace]](t)(store.VisibleWorkspaces(ctx, ada, domain.Page{First: 1}))
		ofBoard, ofSpace := boards[w.work.ID].Cursor(0), spaces.Cursor(0)
		for name, call := range map[string]func(page domain.Page) error{
			"workspaces":       func(p domain.Page) error { _, err := store.VisibleWorkspaces(ctx, ada, p); return err },
			"boards":           func(p domain.Page) error { _, err := store.VisibleBoards(ctx, ada, p); return err },
			"workspaceMembers": func(p domain.Page) error { _, err := store.WorkspaceMembersOf(ctx, ids, p); return err },
			"boardMembers":     func(p domain.Page) error { _, err := store.BoardMembersOf(ctx, ids, p); return err },
			"boardActivity":    func(p domain.Page) error { _, err := store.BoardActivityOf(ctx, ada, ids, p); return err },
			"cardActivity":     func(p domain.Page) error { _, err := store.CardActivityOf(ctx, ids, p); return err },
			"workspaceBoards":  func(p domain.Page) error { _, err := store.WorkspaceBoardsOf(ctx, ids, p); return err },
		} {
			foreign := ofBoard
			if name == "workspaceBoards" {
				foreign = ofSpace
			}
			for _, cursor := range []string{"?", "bm90IGpzb24", "e30", foreign, foreign[:len(foreign)-4]} {
				if err := call(domain.Page{First: 1, After: cursor}); domain.CodeOf(err) != domain.CodeBadRequest {
					t.Errorf("%s with cursor %q: %v", name, cursor, err)
				}
			}
		}
	})
}

func TestStructureBelowManyParents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		w.Label(w.work, "Later", 1)
		w.Label(w.work, "Sooner", 0)
		field, gone := w.Field(w.work, "Status", domain.FieldSelect, 0), storetest.Start
		open, closed := w.Option(field, "Open", 0), w.Option(field, "Closed", 1)
		closed.ArchivedAt = &gone
		check(t, "archive", store.Update(t.Context(), closed), nil)
		w.Insert(&domain.KeyPrefix{OrganisationID: w.acme.ID, Prefix: "OLD", WorkspaceID: w.work.ID, CreatedAt: storetest.At(9000)})

		ctx, counted := persistence.CountStatements(t.Context())
		both := storetest.IDs("Work", "Side")
		check(t, "lists", must[map[string][]*domain.List](t)(store.ListsOf(ctx, both)), map[string][]*domain.List{w.work.ID: {w.todo, w.done}})
		labels := must[map[string][]*domain.Label](t)(store.LabelsOf(ctx, both))[w.work.ID]
		check(t, "labels", names(labels, func(l *domain.Label) string { return l.Name }), []string{"Sooner", "Later"})
		check(t, "fields", must[map[string][]*domain.CustomField](t)(store.CustomFieldsOf(ctx, both)), map[string][]*domain.CustomField{w.work.ID: {field}})
		check(t, "live options", must[map[string][]*domain.CustomFieldOption](t)(store.OptionsOf(ctx, []string{field.ID})), map[string][]*domain.CustomFieldOption{field.ID: {open}})
		check(t, "options by id", len(must[map[string]*domain.CustomFieldOption](t)(store.Options(ctx, storetest.IDs("Open", "Closed")))), 2)
		check(t, "prefixes", must[map[string][]string](t)(store.KeyPrefixesOf(ctx, both)), map[string][]string{w.work.ID: {"ACME", "OLD"}, w.side.ID: {"SIDE"}})
		boards := must[map[string]domain.PageOf[*domain.Board]](t)(store.WorkspaceBoardsOf(ctx, both, domain.Page{First: 1}))
		check(t, "boards", names(boards[w.work.ID].Nodes, boardName), []string{"Roadmap"})
		check(t, "boards", names(boards[w.side.ID].Nodes, boardName), []string{"Solo"})
		check(t, "counts", must[map[string]int](t)(store.CountWorkspaceBoards(ctx, both)), map[string]int{w.work.ID: 2, w.side.ID: 1})
		check(t, "statements", counted.Load(), 8)
		check(t, "by id", must[map[string]*domain.List](t)(store.Lists(ctx, storetest.IDs("Todo"))), map[string]*domain.List{w.todo.ID: w.todo})
		check(t, "by id", must[map[string]*domain.Board](t)(store.Boards(ctx, storetest.IDs("Solo"))), map[string]*domain.Board{w.solo.ID: w.solo})
		check(t, "by id", must[map[string]*domain.Workspace](t)(store.Workspaces(ctx, both))[w.side.ID], w.side)
		check(t, "by id", len(must[map[string]*domain.Label](t)(store.Labels(ctx, storetest.IDs("Later", "Todo")))), 1)
		check(t, "by id", len(must[map[string]*domain.CustomField](t)(store.CustomFields(ctx, nil))), 0)
		check(t, "rename", store.RenameKeyPrefix(ctx, w.work.ID, "NEW"), nil)
		card := &domain.Card{ID: w.first.ID}
		check(t, "load", store.Load(ctx, card), nil)
		check(t, "key", card.Key(), "NEW-1")
	})
}

func TestPagesByRow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		w.Board(w.work, "Third board", 2)
		for _, parents := range [][]string{storetest.IDs("Work"), storetest.IDs("Work", "Side")} {
			for _, c := range []struct {
				page           domain.Page
				want           []string
				next, previous bool
			}{
				{domain.Page{ByRow: true, First: 2}, []string{"Roadmap", "Support"}, true, false},
				{domain.Page{ByRow: true, First: 2, Offset: 2}, []string{"Third board"}, false, true},
				{domain.Page{ByRow: true, First: 2, Offset: 9}, nil, false, true},
				{domain.Page{ByRow: true, All: true, Offset: 9}, []string{"Roadmap", "Support", "Third board"}, false, false},
			} {
				got := must[map[string]domain.PageOf[*domain.Board]](t)(store.WorkspaceBoardsOf(t.Context(), parents, c.page))[w.work.ID]
				check(t, "rows", names(got.Nodes, boardName), c.want)
				check(t, "next and previous", []bool{got.PageInfo.HasNextPage, got.PageInfo.HasPreviousPage}, []bool{c.next, c.previous})
			}
		}
	})
}

func TestOrders(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		field := w.Field(w.work, "Status", domain.FieldSelect, 0)
		w.Option(field, "Open", 0)
		w.Label(w.work, "Bug", 0)
		for name, c := range map[string]struct {
			row  any
			want []string
		}{
			"boards":  {w.support, storetest.IDs("Roadmap", "Support")},
			"lists":   {w.todo, storetest.IDs("Todo", "Done")},
			"labels":  {&domain.Label{WorkspaceID: w.work.ID}, storetest.IDs("Bug")},
			"fields":  {&domain.CustomField{WorkspaceID: w.work.ID}, storetest.IDs("Status")},
			"options": {&domain.CustomFieldOption{FieldID: field.ID}, storetest.IDs("Open")},
		} {
			err := store.InTx(t.Context(), func(tx domain.Store) error {
				siblings, err := tx.Siblings(t.Context(), c.row)
				if err != nil {
					return err
				}
				check(t, name, names(siblings, func(r domain.Ranked) string { return r.ID }), c.want)
				for i := range siblings {
					siblings[i].Position = domain.Position(1<<60 - i) // the other way round, and beyond a double's precision
				}
				if err := tx.SetPositions(t.Context(), c.row, siblings); err != nil {
					return err
				}
				again, err := tx.Siblings(t.Context(), c.row)
				check(t, name+" turned round", again[len(again)-1], siblings[0])
				return err
			})
			check(t, name, err, nil)
		}
		check(t, "none", store.SetPositions(t.Context(), w.todo, nil), nil)
		if _, err := store.Siblings(t.Context(), w.first); err == nil {
			t.Error("cards have no such order")
		}
		if err := store.SetPositions(t.Context(), w.first, nil); err == nil {
			t.Error("cards have no such order")
		}
	})
}

// TestAppendInParallel adds lists behind the last one from many transactions: no two may end up in one place.
func TestAppendInParallel(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		const writers = 8
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				err := store.InTx(t.Context(), func(tx domain.Store) error {
					list := &domain.List{ID: domain.NewID(), OrganisationID: w.acme.ID, WorkspaceID: w.side.ID, Name: "L"}
					siblings, err := tx.Siblings(t.Context(), list)
					if err != nil {
						return err
					}
					list.Position = domain.PositionAt(len(siblings))
					return tx.Insert(t.Context(), list)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		siblings := must[[]domain.Ranked](t)(store.Siblings(t.Context(), &domain.List{WorkspaceID: w.side.ID}))
		check(t, "lists", len(siblings), writers)
		for i, sibling := range siblings {
			check(t, "position", sibling.Position, domain.PositionAt(i))
		}
	})
}
