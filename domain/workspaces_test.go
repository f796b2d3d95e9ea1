package domain_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"kanera.dev/domain"
)

func TestWorkspaceCreateFurnishesWithDefaults(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board, err := h.WorkspaceCreate(t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Fern & Co"})
		h.must(err)
		h.happened("create", []string{"workspace:created"}, "", "")
		if board != nil || workspace.CardKeyPrefix != "FERNCO" || *workspace.Icon != "rocket" || workspace.Kind != domain.StandardWorkspace ||
			workspace.CompletedCardsActiveDays != 35 || !workspace.BoardLinkingEnabled || workspace.OrganisationID != h.ida.OrganisationID {
			t.Errorf("%+v, %+v", workspace, board)
		}
		lists := h.lists(workspace)
		if len(lists) != 8 || lists[0].Name != "Wishlist" || lists[7].Name != "Complete" || lists[7].Position != 8*domain.PositionStep {
			t.Errorf("lists %+v", lists)
		}
		labels, err := h.Store.LabelsOf(t.Context(), []string{workspace.ID})
		h.must(err)
		fields, err := h.Store.CustomFieldsOf(t.Context(), []string{workspace.ID})
		h.must(err)
		if l := labels[workspace.ID]; len(l) != 5 || l[4].Name != "Feature / Enhancement" || *l[4].Color != domain.ColorBlue {
			t.Errorf("labels %+v", l)
		}
		if f := fields[workspace.ID]; len(f) != 3 || f[1].Name != "Billing Hours" || f[1].Type != domain.FieldNumber || !f[1].ShowOnCard {
			t.Errorf("fields %+v", f)
		}
		admins, err := h.Store.AdminIDs(t.Context(), workspace.ID)
		if err != nil || len(admins) != 1 || admins[0] != h.ida.UserID {
			t.Errorf("admins %v, %v", admins, err)
		}
	})
}

func TestWorkspaceCreateWithSeeds(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board, err := h.WorkspaceCreate(t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Garden", CardKeyPrefix: new("gd1"),
			Lists: []*domain.ListSeedInput{{Name: " Todo ", Icon: new("star")}}, Labels: []*domain.LabelSeedInput{},
			CustomFields: []*domain.CustomFieldSeedInput{{Name: "Bed", Type: domain.FieldSelect, AllowMultiple: new(true),
				Options: []*domain.OptionSeedInput{{Label: "North"}, {Label: "South", Color: new(domain.ColorRed)}}}},
			InitialBoard: &domain.BoardSeedInput{Name: "Spring"}})
		h.must(err)
		h.happened("create", []string{"workspace:created", "board:created"}, "created", `{"name":"Spring"}`)
		if workspace.CardKeyPrefix != "GD1" || workspace.Name != "Garden" || *board.Icon != "layout-kanban" {
			t.Errorf("%+v %+v", workspace, board)
		}
		if lists := h.lists(workspace); len(lists) != 1 || lists[0].Name != "Todo" || *lists[0].Icon != "star" {
			t.Errorf("lists %+v", lists)
		}
		fields, err := h.Store.CustomFieldsOf(t.Context(), []string{workspace.ID})
		h.must(err)
		field := fields[workspace.ID][0]
		options, err := h.Store.OptionsOf(t.Context(), []string{field.ID})
		if o := options[field.ID]; err != nil || len(o) != 2 || o[1].Label != "South" || *field.Icon != "forms" || !field.AllowMultiple {
			t.Errorf("field %+v, options %+v, %v", field, o, err)
		}
		member := &domain.BoardMember{BoardID: board.ID, UserID: h.ida.UserID}
		h.must(h.Store.Load(t.Context(), member))
		if member.Role != domain.BoardEditor || !member.Pinned {
			t.Errorf("creator on the board: %+v", member)
		}
	})
}

func TestWorkspaceCreateNeedsAnOrganisationAdmin(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _ := h.garden()
		for what, test := range map[string]struct {
			who  *domain.Principal
			in   string
			code domain.Code
		}{
			"member":               {h.max, h.ida.OrganisationID, domain.CodeForbidden},
			"admin of another":     {h.zoe, h.ida.OrganisationID, domain.CodeForbidden},
			"workspace key":        {h.key(workspace, domain.ScopeAdmin), h.ida.OrganisationID, domain.CodeForbidden},
			"no such organisation": {h.ida, domain.NewID(), domain.CodeNotFound},
		} {
			_, _, err := h.WorkspaceCreate(t.Context(), test.who, domain.WorkspaceCreateInput{Name: "X", OrganisationID: &test.in})
			refused(t, what, err, test.code)
		}
	})
}

func TestKeyPrefixes(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		card := h.card(board, h.lists(workspace)[0], "Plant basil")
		second, _, err := h.WorkspaceCreate(t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Garden"})
		h.must(err)
		if second.CardKeyPrefix != "GARDEN2" {
			t.Errorf("second derived prefix %s", second.CardKeyPrefix)
		}
		_, _, err = h.WorkspaceCreate(t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Z", CardKeyPrefix: new("garden")})
		refused(t, "asked for twice", err, domain.CodeConflict)
		_, err = h.WorkspaceUpdate(t.Context(), h.ida, second.ID, domain.WorkspacePatch{CardKeyPrefix: domain.Some(new("GARDEN"))})
		refused(t, "changed to a reserved one", err, domain.CodeConflict)
		changed, err := h.WorkspaceUpdate(t.Context(), h.ida, workspace.ID, domain.WorkspacePatch{CardKeyPrefix: domain.Some(new("veg"))})
		h.must(err)
		h.must(h.Store.Load(t.Context(), card))
		if changed.CardKeyPrefix != "VEG" || card.Key() != "VEG-1" {
			t.Errorf("prefix %s, card %s", changed.CardKeyPrefix, card.Key())
		}
		for _, key := range []string{"GARDEN-1", "veg-1"} {
			found, err := h.CardByKey(t.Context(), h.ida, "", key)
			if err != nil || found.ID != card.ID {
				t.Errorf("%s finds %v, %v", key, found, err)
			}
		}
		_, err = h.WorkspaceUpdate(t.Context(), h.ida, workspace.ID, domain.WorkspacePatch{CardKeyPrefix: domain.Some(new("GARDEN"))})
		h.must(err)
		h.must(h.WorkspaceDelete(t.Context(), h.ida, workspace.ID, "Garden"))
		_, _, err = h.WorkspaceCreate(t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Z", CardKeyPrefix: new("VEG")})
		refused(t, "reserved by a deleted workspace", err, domain.CodeConflict)
	})
}

// Workspaces of one name that are created at the same time get different prefixes.
func TestKeyPrefixesAreClaimedOneByOne(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		service := *h.Service
		service.Store = h.tape.Store // the tape is for one at a time
		prefixes := make([]string, 6)
		var all sync.WaitGroup
		for i := range prefixes {
			all.Go(func() {
				workspace, _, err := service.WorkspaceCreate(t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Garden"})
				if err != nil {
					t.Error(err)
					return
				}
				prefixes[i] = workspace.CardKeyPrefix
			})
		}
		all.Wait()
		slices.Sort(prefixes)
		want := []string{"GARDEN", "GARDEN2", "GARDEN3", "GARDEN4", "GARDEN5", "GARDEN6"}
		if !slices.Equal(prefixes, want) {
			t.Errorf("%v, want %v", prefixes, want)
		}
	})
}

func TestWorkspaceUpdate(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _ := h.garden()
		h.tape.entries = nil
		h.clock.pass(time.Hour)
		got, err := h.WorkspaceUpdate(t.Context(), h.ida, workspace.ID, domain.WorkspacePatch{Name: domain.Some(new(" ")),
			Icon: domain.Some[*string](nil), CompletedCardsActiveDays: domain.Some(new(0)), ExpectedVersion: &workspace.Version})
		h.must(err)
		h.happened("update", []string{"workspace:updated"}, "updated", `{"name":" ","icon":null,"completedCardsActiveDays":0}`)
		if got.Name != " " || got.Icon != nil || got.CompletedCardsActiveDays != 0 || got.Version != workspace.Version+1 {
			t.Errorf("%+v", got)
		}
		_, err = h.WorkspaceUpdate(t.Context(), h.ida, workspace.ID, domain.WorkspacePatch{ExpectedVersion: &workspace.Version})
		refused(t, "outdated", err, domain.CodeConflict)
		h.clock.pass(time.Hour)
		got, err = h.WorkspaceUpdate(t.Context(), h.ida, workspace.ID, domain.WorkspacePatch{})
		h.must(err)
		if !got.UpdatedAt.Equal(h.clock.now()) || got.Name != " " {
			t.Errorf("empty patch: %+v", got)
		}
	})
}

func TestWorkspaceAuthority(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		h.joins(h.max, workspace, board, domain.BoardEditor)
		reads := func(who *domain.Principal) error {
			_, err := h.Workspace(t.Context(), who, workspace.ID)
			return err
		}
		changes := func(who *domain.Principal) error {
			_, err := h.WorkspaceUpdate(t.Context(), who, workspace.ID, domain.WorkspacePatch{})
			return err
		}
		h.must(reads(h.max))
		h.must(reads(h.key(workspace, domain.ScopeRead)))
		h.must(changes(h.key(workspace, domain.ScopeAdmin)))
		refused(t, "stranger reads", reads(h.zoe), domain.CodeForbidden)
		refused(t, "member changes", changes(h.max), domain.CodeForbidden)
		refused(t, "write key changes", changes(h.key(workspace, domain.ScopeWrite)), domain.CodeForbidden)
		_, err := h.Workspace(t.Context(), h.ida, domain.NewID())
		refused(t, "unknown", err, domain.CodeNotFound)
		refused(t, "wrong name", h.WorkspaceDelete(t.Context(), h.ida, workspace.ID, "garden"), domain.CodeBadRequest)
		refused(t, "member deletes", h.WorkspaceDelete(t.Context(), h.max, workspace.ID, "Garden"), domain.CodeForbidden)
		h.tape.take()
		h.must(h.WorkspaceDelete(t.Context(), h.ida, workspace.ID, "Garden"))
		h.heard("delete", []string{"workspace:deleted"})
		refused(t, "deleted", reads(h.ida), domain.CodeNotFound)
	})
}

func TestStandaloneBoardsAndTheirWorkspacesAreOne(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board, err := h.WorkspaceCreate(t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Ignored",
			Kind: new(domain.BoardWorkspace), InitialBoard: &domain.BoardSeedInput{Name: "Solo", IconColor: new(domain.ColorTeal)}})
		h.must(err)
		if workspace.Name != "Solo" || *workspace.Icon != "layout-kanban" || *workspace.AccentColor != domain.ColorTeal {
			t.Errorf("workspace %+v", workspace)
		}
		_, err = h.BoardCreate(t.Context(), h.ida, domain.BoardCreateInput{WorkspaceID: workspace.ID, Name: "Second"})
		refused(t, "second board", err, domain.CodeBadRequest)
		h.tape.take()
		_, err = h.BoardUpdate(t.Context(), h.ida, board.ID, domain.BoardPatch{Name: domain.Some(new("Duo")), IconColor: domain.Some[*domain.Color](nil)})
		h.must(err)
		h.heard("board renamed", []string{"board:updated", "workspace:updated"})
		_, err = h.WorkspaceUpdate(t.Context(), h.ida, workspace.ID, domain.WorkspacePatch{Icon: domain.Some(new("leaf"))})
		h.must(err)
		h.heard("workspace icon", []string{"workspace:updated", "board:updated"})
		workspace, err = h.Workspace(t.Context(), h.ida, workspace.ID)
		h.must(err)
		board, err = h.Board(t.Context(), h.ida, board.ID)
		h.must(err)
		if workspace.Name != "Duo" || workspace.AccentColor != nil || *board.Icon != "leaf" || board.Name != "Duo" {
			t.Errorf("%+v %+v", workspace, board)
		}
		long := "a name that boards are too short for"
		_, err = h.WorkspaceUpdate(t.Context(), h.ida, workspace.ID, domain.WorkspacePatch{Name: domain.Some(&long)})
		refused(t, "long name", err, domain.CodeValidation)
		h.tape.take()
		h.must(h.BoardDelete(t.Context(), h.ida, board.ID))
		h.heard("deleted", []string{"board:deleted", "workspace:deleted"})
		_, err = h.Workspace(t.Context(), h.ida, workspace.ID)
		refused(t, "workspace of a deleted board", err, domain.CodeNotFound)
	})
}
