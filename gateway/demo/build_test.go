package demo_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/gateway/demo"
)

var base = time.Date(2030, 3, 4, 15, 30, 0, 0, time.UTC)

func TestSameDaySameData(t *testing.T) {
	t.Parallel()
	morning, evening := demo.Build(base), demo.Build(base.Add(5*time.Hour))
	if !reflect.DeepEqual(morning, evening) {
		t.Error("two demos of the same day differ")
	}
	if reflect.DeepEqual(morning, demo.Build(base.AddDate(0, 0, 1))) {
		t.Error("the demo of the next day has not moved on")
	}
}

func TestDemoLooksAlive(t *testing.T) {
	t.Parallel()
	d := demo.Build(base)
	var open, completed, archived, overdue, due, acme int
	for _, card := range d.Cards {
		switch {
		case card.ArchivedAt != nil:
			archived++
		case card.CompletedAt != nil:
			completed++
		default:
			open++
		}
		if now := card.Due(base); now != nil {
			due++
			if now.Overdue {
				overdue++
			}
		}
		if strings.Contains(card.Title, "Acme") {
			acme++
		}
	}
	actions := map[string]int{}
	for _, a := range d.Activities {
		actions[a.Action]++
		if a.CreatedAt.After(base) || a.CreatedAt.Before(base.AddDate(0, 0, -7*13)) {
			t.Errorf("%s at %v is outside the twelve weeks", a.Action, a.CreatedAt)
		}
	}
	t.Logf("cards %d: open %d, completed %d, archived %d; due %d, overdue %d; acme %d; %v; labels %d, assignees %d, values %d",
		len(d.Cards), open, completed, archived, due, overdue, acme, actions, len(d.CardLabels), len(d.CardAssignees), len(d.Values))
	for name, row := range map[string][3]int{
		"organisation roles": {len(d.Memberships), 10, 10}, "workspaces": {len(d.Workspaces), 2, 2}, "boards": {len(d.Boards), 5, 5},
		"people": {len(d.Users), 10, 10}, "cards": {len(d.Cards), 195, 205}, "open": {open, 60, 140}, "completed": {completed, 50, 140},
		"archived": {archived, 3, 40}, "overdue": {overdue, 10, 80}, "moves": {actions["moved"], 400, 1500}, "Acme": {acme, 5, 50},
	} {
		if row[0] < row[1] || row[0] > row[2] {
			t.Errorf("%s: %d, want %d to %d", name, row[0], row[1], row[2])
		}
	}
}

func TestRowsAreConsistent(t *testing.T) {
	t.Parallel()
	d := demo.Build(base)
	last, lane := map[string]int{}, map[string]map[domain.Position]bool{}
	for _, card := range d.Cards {
		last[card.WorkspaceID]++
		if card.Number != last[card.WorkspaceID] {
			t.Fatalf("%s follows number %d", card.Key(), last[card.WorkspaceID]-1)
		}
		if lane[card.ListID] == nil {
			lane[card.ListID] = map[domain.Position]bool{}
		}
		if lane[card.ListID][card.Position] {
			t.Errorf("%s shares its position", card.Key())
		}
		lane[card.ListID][card.Position] = true
		if card.UpdatedAt.Before(card.CreatedAt) || card.CompletedAt != nil && card.CompletedAt.Before(card.CreatedAt) {
			t.Errorf("%s was changed before it was made", card.Key())
		}
	}
	for _, w := range d.Workspaces {
		if w.LastCardNumber != last[w.ID] {
			t.Errorf("%s counts %d cards, has %d", w.Name, w.LastCardNumber, last[w.ID])
		}
	}
	pinned := map[string]int{}
	for _, m := range d.BoardMembers {
		if m.Pinned {
			pinned[m.BoardID]++
		}
	}
	for _, board := range d.Boards {
		if pinned[board.ID] < 3 {
			t.Errorf("%s lacks rows of workspace admins", board.Name)
		}
	}
}
