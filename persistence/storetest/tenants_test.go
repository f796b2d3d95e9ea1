package storetest_test

import (
	"slices"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// viewers are everybody who may look at the company, and what they see of it.
var viewers = map[string]struct {
	viewer     *domain.Principal
	workspaces map[string]domain.WorkspaceRole // by name
	boards     map[string]domain.BoardAccess   // by name
	cards      []string                        // titles
}{
	"organisation owner": {
		ada, map[string]domain.WorkspaceRole{"Work": "admin", "Side": "admin"},
		map[string]domain.BoardAccess{
			"Roadmap": {Role: "editor", Source: "organisation", CanAccessWorkspace: true, IsWorkspaceAdmin: true},
			"Support": {Role: "editor", Source: "organisation", CanAccessWorkspace: true, IsWorkspaceAdmin: true},
			"Solo":    {Role: "editor", Source: "organisation", CanAccessWorkspace: true, IsWorkspaceAdmin: true},
		},
		[]string{"First", "Second", "Third"},
	},
	"member": {
		ben, map[string]domain.WorkspaceRole{"Work": "member"},
		map[string]domain.BoardAccess{"Roadmap": {Role: "observer", Source: "board", CanAccessWorkspace: true}},
		[]string{"First"},
	},
	"assigned items only": {
		cleo, nil,
		map[string]domain.BoardAccess{"Support": {Role: "editor", Source: "board", AssignedItemsOnly: true}},
		[]string{"Third"},
	},
	"workspace admin without board rows": {
		dan, map[string]domain.WorkspaceRole{"Work": "admin"},
		map[string]domain.BoardAccess{
			"Roadmap": {Role: "editor", Source: "workspace", CanAccessWorkspace: true, IsWorkspaceAdmin: true},
			"Support": {Role: "editor", Source: "workspace", CanAccessWorkspace: true, IsWorkspaceAdmin: true},
		},
		[]string{"First", "Second", "Third"},
	},
	"nobody": {eve, nil, nil, nil},
	"read key": {
		workspaceKey(domain.ScopeRead), map[string]domain.WorkspaceRole{"Work": "member"},
		map[string]domain.BoardAccess{
			"Roadmap": {Role: "observer", Source: "workspace", CanAccessWorkspace: true},
			"Support": {Role: "observer", Source: "workspace", CanAccessWorkspace: true},
		},
		[]string{"First", "Second", "Third"},
	},
	"admin key": {
		workspaceKey(domain.ScopeAdmin), map[string]domain.WorkspaceRole{"Work": "admin"},
		map[string]domain.BoardAccess{
			"Roadmap": {Role: "editor", Source: "workspace", CanAccessWorkspace: true, IsWorkspaceAdmin: true},
			"Support": {Role: "editor", Source: "workspace", CanAccessWorkspace: true, IsWorkspaceAdmin: true},
		},
		[]string{"First", "Second", "Third"},
	},
}

func TestVisibility(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		newCompany(t, store)
		for name, c := range viewers {
			roles := map[string]domain.WorkspaceRole{}
			for workspace, role := range c.workspaces {
				roles[storetest.ID(workspace)] = role
			}
			accesses, cards := map[string]*domain.BoardAccess{}, map[string]bool{}
			for board, access := range c.boards {
				accesses[storetest.ID(board)] = &access
			}
			for _, card := range c.cards {
				cards[storetest.ID(card)] = true
			}
			checkVisible(t, store, name, c.viewer, roles, accesses, cards)
		}
	})
}

func checkVisible(t *testing.T, store *persistence.Store, name string, viewer *domain.Principal, roles map[string]domain.WorkspaceRole, accesses map[string]*domain.BoardAccess, cards map[string]bool) {
	t.Helper()
	ctx := t.Context()
	check(t, name+": workspace roles", must[map[string]domain.WorkspaceRole](t)(store.WorkspaceRoles(ctx, viewer, storetest.IDs("Work", "Side", "None"))), roles)
	check(t, name+": board accesses", must[map[string]*domain.BoardAccess](t)(store.BoardAccesses(ctx, viewer, append(storetest.IDs("Roadmap", "Support", "Solo"), "odd"))), accesses)
	check(t, name+": cards", must[map[string]bool](t)(store.VisibleCards(ctx, viewer, storetest.IDs("First", "Second", "Third"))), cards)
	check(t, name+": count of boards", must[int](t)(store.CountVisibleBoards(ctx, viewer)), len(accesses))
	check(t, name+": count of workspaces", must[int](t)(store.CountVisibleWorkspaces(ctx, viewer)), len(roles))
	boards := must[domain.PageOf[*domain.Board]](t)(store.VisibleBoards(ctx, viewer, domain.Page{First: 10}))
	check(t, name+": boards", len(boards.Nodes), len(accesses))
	for _, board := range boards.Nodes {
		if accesses[board.ID] == nil {
			t.Errorf("%s sees the board %s", name, board.Name)
		}
	}
}

func TestEndedMembershipsAndArchivedBoardsShowNothing(t *testing.T) {
	t.Parallel()
	end := func(user string) func(w *company) any {
		return func(w *company) any {
			return &domain.OrganisationMembership{OrganisationID: w.acme.ID, UserID: storetest.ID(user), Role: "member", SuspendedAt: new(storetest.Start)}
		}
	}
	archive := func(w *company) any {
		w.support.ArchivedAt = new(storetest.Start)
		return w.support
	}
	for name, c := range map[string]struct {
		viewer *domain.Principal
		change func(w *company) any
		roles  map[string]domain.WorkspaceRole
	}{
		"member suspended":          {ben, end("ben"), nil},
		"assignee suspended":        {cleo, end("cleo"), nil},
		"workspace admin suspended": {dan, end("dan"), nil},
		"board archived":            {cleo, archive, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, store *persistence.Store) {
				w := newCompany(t, store)
				check(t, "change", store.Update(t.Context(), c.change(w)), nil)
				checkVisible(t, store, name, c.viewer, map[string]domain.WorkspaceRole{}, map[string]*domain.BoardAccess{}, map[string]bool{})
			})
		})
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		ctx := t.Context()
		w.User("guest")
		w.User("stranger")
		w.BoardMember("Support", "guest", domain.BoardEditor, false)
		everybody := append(storetest.IDs("ada", "ben", "cleo", "dan", "eve", "guest", "stranger"), "odd")
		set := func(names ...string) map[string]bool {
			all := map[string]bool{}
			for _, id := range storetest.IDs(names...) {
				all[id] = true
			}
			return all
		}
		guest := &domain.Principal{Kind: domain.PersonalKey, UserID: storetest.ID("guest")}
		for name, c := range map[string]struct{ got, want map[string]bool }{
			"shared with ben":            {must[map[string]bool](t)(store.SharedUsers(ctx, ben, everybody)), set("ada", "ben", "cleo", "dan", "eve")},
			"shared with ada":            {must[map[string]bool](t)(store.SharedUsers(ctx, ada, everybody)), set("ada", "ben", "cleo", "dan", "eve", "guest")},
			"shared with the key":        {must[map[string]bool](t)(store.SharedUsers(ctx, workspaceKey("read"), everybody)), set("ada", "ben", "cleo", "dan", "eve", "guest")},
			"shared with the guest":      {must[map[string]bool](t)(store.SharedUsers(ctx, guest, everybody)), set("cleo", "guest")},
			"editors of Support":         {must[map[string]bool](t)(store.EditorIDs(ctx, w.support.ID, everybody)), set("ada", "cleo", "dan", "guest")},
			"editors of Roadmap":         {must[map[string]bool](t)(store.EditorIDs(ctx, w.roadmap.ID, everybody)), set("ada", "dan")},
			"editors of no board":        {must[map[string]bool](t)(store.EditorIDs(ctx, storetest.ID("none"), everybody)), set()},
			"members of Work":            {must[map[string]bool](t)(store.MemberIDs(ctx, w.work.ID, everybody)), set("ada", "ben", "dan")},
			"members of Work among none": {must[map[string]bool](t)(store.MemberIDs(ctx, w.work.ID, nil)), set()},
		} {
			check(t, name, c.got, c.want)
		}
		check(t, "admins", must[[]string](t)(store.AdminIDs(ctx, w.work.ID)), storetest.IDs("dan"))
		found := must[map[string]*domain.User](t)(store.Users(ctx, everybody))
		check(t, "users", len(found), 7)
		check(t, "name", found[storetest.ID("ada")].DisplayName, "ada")
		check(t, "organisations", must[map[string]*domain.Organisation](t)(store.Organisations(ctx, storetest.IDs("Acme", "none"))), map[string]*domain.Organisation{w.acme.ID: w.acme})
	})
}

func TestMembers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		w.User("guest")
		w.BoardMember("Support", "guest", domain.BoardObserver, false)
		w.BoardMember("Support", "ada", domain.BoardObserver, true)
		ctx, counted := persistence.CountStatements(t.Context())
		ofWorkspaces := must[map[string]domain.PageOf[*domain.WorkspaceMember]](t)(store.WorkspaceMembersOf(ctx, storetest.IDs("Work", "Side"), domain.Page{First: 1}))
		check(t, "statements", counted.Load(), 1)
		work := ofWorkspaces[w.work.ID]
		check(t, "first member", []any{work.Nodes[0].UserID, work.Nodes[0].Role, *work.Nodes[0].OrganisationRole}, []any{storetest.ID("dan"), domain.WorkspaceAdmin, domain.OrganisationMember})
		check(t, "next page", work.PageInfo.HasNextPage, true)
		check(t, "members of Side", len(ofWorkspaces[w.side.ID].Nodes), 0)
		next := must[map[string]domain.PageOf[*domain.WorkspaceMember]](t)(store.WorkspaceMembersOf(ctx, storetest.IDs("Work"), domain.Page{First: 1, After: *work.PageInfo.EndCursor}))[w.work.ID]
		check(t, "second member", next.Nodes[0].UserID, storetest.ID("ben"))
		check(t, "last page", []bool{next.PageInfo.HasNextPage, next.PageInfo.HasPreviousPage}, []bool{false, true})
		check(t, "counts", must[map[string]int](t)(store.CountWorkspaceMembers(ctx, storetest.IDs("Work", "Side"))), map[string]int{w.work.ID: 2, w.side.ID: 0})

		check(t, "counts", must[map[string]int](t)(store.CountBoardMembers(ctx, storetest.IDs("Roadmap", "Support"))), map[string]int{w.roadmap.ID: 2, w.support.ID: 3})
		var seen []domain.BoardMember
		page := domain.Page{First: 1}
		for {
			one := must[map[string]domain.PageOf[*domain.BoardMember]](t)(store.BoardMembersOf(ctx, storetest.IDs("Roadmap", "Support"), page))[w.support.ID]
			for _, m := range one.Nodes {
				m.AddedAt = nil
				seen = append(seen, *m)
			}
			if !one.PageInfo.HasNextPage {
				break
			}
			page.After = *one.PageInfo.EndCursor
		}
		base := domain.BoardMember{BoardID: w.support.ID, OrganisationID: w.acme.ID}
		member := func(name string, change func(m *domain.BoardMember)) domain.BoardMember {
			m := base
			m.UserID = storetest.ID(name)
			m.Person = must[map[string]*domain.User](t)(store.Users(t.Context(), storetest.IDs(name)))[m.UserID]
			change(&m)
			return m
		}
		check(t, "members of Support", seen, []domain.BoardMember{
			member("cleo", func(m *domain.BoardMember) {
				m.Role, m.AssignedItemsOnly, m.Source, m.IsOrganisationMember = "editor", true, "board", true
			}),
			member("guest", func(m *domain.BoardMember) { m.Role, m.Source = "observer", "board" }),
			member("ada", func(m *domain.BoardMember) { m.Role, m.Source, m.IsOrganisationMember = "editor", "workspace", true }),
		})
		roadmap := must[map[string]domain.PageOf[*domain.BoardMember]](t)(store.BoardMembersOf(ctx, storetest.IDs("Roadmap"), domain.Page{ByRow: true, All: true}))[w.roadmap.ID]
		check(t, "an admin without a row comes last", []any{roadmap.Nodes[1].UserID, roadmap.Nodes[1].AddedAt == nil}, []any{storetest.ID("ada"), true})
		after := must[map[string]domain.PageOf[*domain.BoardMember]](t)(store.BoardMembersOf(ctx, storetest.IDs("Roadmap"), domain.Page{First: 5, After: roadmap.Cursor(1)}))[w.roadmap.ID]
		check(t, "nobody comes after the last", len(after.Nodes), 0)
		for i, change := range []func(om *domain.OrganisationMembership){
			func(om *domain.OrganisationMembership) { om.SuspendedAt = new(storetest.Start) },
			func(om *domain.OrganisationMembership) { om.RemovedAt = new(storetest.Start) },
		} {
			end := &domain.OrganisationMembership{OrganisationID: w.acme.ID, UserID: storetest.ID([]string{"cleo", "ada"}[i]), Role: []domain.OrganisationRole{"member", "owner"}[i]}
			change(end)
			check(t, "end", store.Update(ctx, end), nil)
		}
		check(t, "those whose membership ended are no members", must[map[string]int](t)(store.CountBoardMembers(ctx, storetest.IDs("Roadmap", "Support"))), map[string]int{w.roadmap.ID: 1, w.support.ID: 1})
	})
}

// names reads one member of each row.
func names[T any](rows []T, name func(T) string) []string {
	return slices.Collect(func(yield func(string) bool) {
		for _, row := range rows {
			if !yield(name(row)) {
				return
			}
		}
	})
}
