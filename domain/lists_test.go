package domain_test

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"kanera.dev/domain"
)

func TestListLife(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _ := h.garden()
		h.tape.entries = nil
		list, err := h.ListCreate(t.Context(), h.ida, domain.ListCreateInput{WorkspaceID: workspace.ID, Name: "Compost", Color: new(domain.ColorBrown)})
		h.must(err)
		h.happened("create", []string{"list:created"}, "created", `{"name":"Compost"}`)
		if list.Position != 3*domain.PositionStep || *list.Icon != "list" {
			t.Errorf("%+v", list)
		}
		moved, err := h.ListMove(t.Context(), h.ida, list.ID, domain.Anchor{Kind: domain.AnchorTop})
		h.must(err)
		h.happened("move", []string{"list:moved"}, "moved", `{"position":"0.0000000000","prevPosition":"3000.0000000000"}`)
		if moved.Position != 0 || moved.Version != 2 || *moved.Color != domain.ColorBrown {
			t.Errorf("%+v", moved)
		}
		_, err = h.ListUpdate(t.Context(), h.ida, list.ID, domain.ListPatch{Color: domain.Some[*domain.Color](nil), ExpectedVersion: new(1)})
		refused(t, "outdated", err, domain.CodeConflict)
		_, err = h.ListUpdate(t.Context(), h.max, list.ID, domain.ListPatch{})
		refused(t, "no member", err, domain.CodeForbidden)
		h.must(h.ListDelete(t.Context(), h.ida, list.ID))
		h.happened("delete", []string{"list:deleted"}, "deleted", `{"name":"Compost"}`)
		refused(t, "deleted twice", h.ListDelete(t.Context(), h.ida, list.ID), domain.CodeNotFound)
	})
}

func TestListRenamesAreFolded(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _ := h.garden()
		list := h.lists(workspace)[0]
		rename := func(name string) {
			t.Helper()
			_, err := h.ListUpdate(t.Context(), h.ida, list.ID, domain.ListPatch{Name: domain.Some(&name)})
			h.must(err)
		}
		entry := func() *domain.Activity {
			t.Helper()
			stored := &domain.Activity{ID: h.tape.entries[len(h.tape.entries)-1].ID}
			h.must(h.Store.Load(t.Context(), stored))
			return stored
		}
		h.tape.entries = nil
		rename("b")
		h.clock.pass(time.Minute)
		rename("c")
		if e := entry(); len(h.tape.entries) != 1 || e.CoalescedCount != 2 || !e.FeedVisible || !sameJSON(e.Payload, `{"name":"c","fromValue":"Todo","toValue":"c"}`) {
			t.Errorf("folded: %d entries, %+v %s", len(h.tape.entries), e, e.Payload)
		}
		h.clock.pass(time.Minute)
		rename("Todo")
		if e := entry(); len(h.tape.entries) != 1 || e.FeedVisible {
			t.Errorf("undone: %+v", e)
		}
		rename("d")
		if e := entry(); len(h.tape.entries) != 2 || e.CoalescedCount != 1 {
			t.Errorf("after an undo: %+v", e)
		}
		h.clock.pass(3 * time.Minute)
		rename("e")
		if len(h.tape.entries) != 3 {
			t.Errorf("after the window: %d entries", len(h.tape.entries))
		}
	})
}

func TestListMovesRebalance(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _ := h.garden()
		lists := h.lists(workspace)
		for i := range 40 {
			newest, err := h.ListCreate(t.Context(), h.ida, domain.ListCreateInput{WorkspaceID: workspace.ID, Name: fmt.Sprint(i)})
			h.must(err)
			h.tape.take()
			moved, err := h.ListMove(t.Context(), h.ida, newest.ID, domain.Anchor{Kind: domain.AnchorAfter, ID: lists[0].ID})
			h.must(err)
			if slices.Equal(h.tape.take(), []string{"list:rebalanced", "list:moved"}) {
				if moved.Position != 2*domain.PositionStep || h.lists(workspace)[1].ID != newest.ID {
					t.Errorf("rebalanced to %s", moved.Position)
				}
				return
			}
		}
		t.Error("40 moves to one place never renumbered the lists")
	})
}

func TestListMoveCards(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		other, err := h.BoardCreate(t.Context(), h.ida, domain.BoardCreateInput{WorkspaceID: workspace.ID, Name: "Other"})
		h.must(err)
		todo, done := h.lists(workspace)[0], h.lists(workspace)[1]
		h.card(board, todo, "a")
		h.card(other, todo, "x")
		h.card(board, todo, "b")
		h.card(board, done, "old")
		h.tape.take()
		h.tape.entries = nil
		moved, err := h.ListMoveCards(t.Context(), h.ida, todo.ID, domain.ListMoveCardsInput{TargetListID: done.ID, BoardID: &board.ID})
		h.must(err)
		h.happened("move", []string{"card:moved", "card:moved"}, "updated", `{"cardsMoved":2,"toListId":"`+done.ID+`"}`)
		if got := h.lane(done); moved != 2 || !slices.Equal(got, []string{"a", "b", "old"}) {
			t.Errorf("%d moved, %v", moved, got)
		}
		moved, err = h.ListMoveCards(t.Context(), h.ida, done.ID, domain.ListMoveCardsInput{TargetListID: todo.ID})
		h.must(err)
		if got := h.lane(todo); moved != 3 || !slices.Equal(got, []string{"a", "b", "old", "x"}) {
			t.Errorf("%d moved back, %v", moved, got)
		}
		h.tape.take()
		h.tape.entries = nil
		moved, err = h.ListMoveCards(t.Context(), h.ida, done.ID, domain.ListMoveCardsInput{TargetListID: todo.ID})
		if err != nil || moved != 0 {
			t.Errorf("empty list: %d, %v", moved, err)
		}
		h.happened("empty list", nil, "", "")
	})
}

func TestListMoveCardsAtTheEndOfTheNumberLine(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		todo, done := h.lists(workspace)[0], h.lists(workspace)[1]
		h.card(board, todo, "a")
		top := h.card(board, done, "old")
		top.Position = math.MinInt64 + 1
		h.must(h.Store.Update(t.Context(), top))
		h.tape.take()
		_, err := h.ListMoveCards(t.Context(), h.ida, todo.ID, domain.ListMoveCardsInput{TargetListID: done.ID})
		h.must(err)
		h.heard("move", []string{"card:rebalanced", "card:moved"})
		if got := h.lane(done); !slices.Equal(got, []string{"a", "old"}) {
			t.Errorf("%v", got)
		}
	})
}

func TestListCardOperationsSpareCardsTheCallerCannotSee(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		todo, done := h.lists(workspace)[0], h.lists(workspace)[1]
		h.card(board, todo, "theirs")
		mine := h.card(board, todo, "mine")
		h.joins(h.max, workspace, board, domain.BoardEditor)
		member := &domain.BoardMember{BoardID: board.ID, UserID: h.max.UserID}
		h.must(h.Store.Load(t.Context(), member))
		member.AssignedItemsOnly = true
		h.must(h.Store.Update(t.Context(), member))
		h.must(h.Store.SetAssignees(t.Context(), mine.ID, []string{h.max.UserID}, h.clock.now()))
		moved, err := h.ListMoveCards(t.Context(), h.max, todo.ID, domain.ListMoveCardsInput{TargetListID: done.ID, BoardID: &board.ID})
		if got := h.lane(todo); err != nil || moved != 1 || !slices.Equal(got, []string{"theirs"}) {
			t.Errorf("%d moved, %v, left %v", moved, err, got)
		}
	})
}

// Moves at the same time leave every list a place of its own.
func TestListMovesAtTheSameTime(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _, err := h.WorkspaceCreate(t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Busy"})
		h.must(err)
		service := *h.Service
		service.Store = h.tape.Store // the tape is for one at a time
		var all sync.WaitGroup
		for _, list := range h.lists(workspace) {
			all.Go(func() {
				if _, err := service.ListMove(t.Context(), h.ida, list.ID, domain.Anchor{Kind: domain.AnchorTop}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		places := map[domain.Position]bool{}
		for _, list := range h.lists(workspace) {
			places[list.Position] = true
		}
		if len(places) != 8 {
			t.Errorf("8 lists share %d places", len(places))
		}
	})
}

func TestListCardOperationsRefuse(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		foreign, abroad, err := h.WorkspaceCreate(t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Abroad", InitialBoard: &domain.BoardSeedInput{Name: "B"}})
		h.must(err)
		h.joins(h.max, workspace, board, domain.BoardEditor)
		todo, done, away := h.lists(workspace)[0], h.lists(workspace)[1], h.lists(foreign)[0]
		move := func(who *domain.Principal, target string, board *string) error {
			_, err := h.ListMoveCards(t.Context(), who, todo.ID, domain.ListMoveCardsInput{TargetListID: target, BoardID: board})
			return err
		}
		refused(t, "same list", move(h.ida, todo.ID, nil), domain.CodeBadRequest)
		refused(t, "foreign list", move(h.ida, away.ID, nil), domain.CodeBadRequest)
		refused(t, "foreign board", move(h.ida, done.ID, &abroad.ID), domain.CodeBadRequest)
		refused(t, "unknown list", move(h.ida, domain.NewID(), nil), domain.CodeNotFound)
		refused(t, "editor without a board", move(h.max, done.ID, nil), domain.CodeForbidden)
		h.must(move(h.max, done.ID, &board.ID))
		_, err = h.ListArchiveCards(t.Context(), h.max, todo.ID, nil)
		refused(t, "editor archives everything", err, domain.CodeForbidden)
		_, err = h.ListCompleteCards(t.Context(), h.key(workspace, domain.ScopeRead), todo.ID, board.ID, true)
		refused(t, "read key completes", err, domain.CodeForbidden)
	})
}

func TestListArchiveCards(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		todo := h.lists(workspace)[0]
		card := h.card(board, todo, "a")
		h.tape.take()
		h.tape.entries = nil
		archived, err := h.ListArchiveCards(t.Context(), h.ida, todo.ID, nil)
		h.must(err)
		h.happened("archive", []string{"card:updated"}, "updated", `{"cardsArchived":1}`)
		h.must(h.Store.Load(t.Context(), card))
		if archived != 1 || card.ArchivedAt == nil {
			t.Errorf("%d archived, %+v", archived, card)
		}
		if again, err := h.ListArchiveCards(t.Context(), h.ida, todo.ID, &board.ID); err != nil || again != 0 {
			t.Errorf("again: %d, %v", again, err)
		}
	})
}

func TestListCompleteCardsReachesEveryBoardTheCallerEdits(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		hidden, err := h.BoardCreate(t.Context(), h.ida, domain.BoardCreateInput{WorkspaceID: workspace.ID, Name: "Hidden"})
		h.must(err)
		h.joins(h.max, workspace, board, domain.BoardEditor)
		todo := h.lists(workspace)[0]
		mine, theirs := h.card(board, todo, "mine"), h.card(hidden, todo, "theirs")
		h.tape.take()
		h.tape.entries = nil
		complete := func(who *domain.Principal, completed bool, want int) {
			t.Helper()
			if n, err := h.ListCompleteCards(t.Context(), who, todo.ID, board.ID, completed); err != nil || n != want {
				t.Errorf("%d changed, %v, want %d", n, err, want)
			}
		}
		complete(h.max, true, 1)
		h.happened("complete", []string{"card:updated", "card:feedItem:created"}, "completed", `{"completedAt":"2030-03-04T09:00:00.000Z"}`)
		complete(h.max, true, 0)
		complete(h.ida, true, 1)
		h.must(h.Store.Load(t.Context(), mine))
		h.must(h.Store.Load(t.Context(), theirs))
		if mine.CompletedAt == nil || theirs.CompletedAt == nil {
			t.Errorf("%+v %+v", mine, theirs)
		}
		complete(h.key(workspace, domain.ScopeWrite), false, 2)
	})
}
