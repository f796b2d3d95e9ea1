package domain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kanera.dev/domain"
)

var (
	top    = domain.Anchor{Kind: domain.AnchorTop}
	bottom = domain.Anchor{Kind: domain.AnchorBottom}
)

func after(card *domain.Card) domain.Anchor {
	return domain.Anchor{Kind: domain.AnchorAfter, ID: card.ID}
}

func before(card *domain.Card) domain.Anchor {
	return domain.Anchor{Kind: domain.AnchorBefore, ID: card.ID}
}

// inOrder checks the titles of a lane.
func (d *desk) inOrder(what string, list *domain.List, want string) {
	d.t.Helper()
	if got := strings.Join(d.lane(list), " "); got != want {
		d.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestCardMove(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		a, b, c := d.add(d.todo, "A"), d.add(d.todo, "B"), d.add(d.todo, "C")
		d.add(d.done, "X")
		for _, step := range []struct {
			what   string
			card   *domain.Card
			list   *domain.List
			anchor domain.Anchor
			order  string
			moves  bool
		}{
			{"top of its lane", a, d.todo, top, "A B C", false}, {"bottom of its lane", c, d.todo, bottom, "A B C", false},
			{"where it is, after", b, d.todo, after(a), "A B C", false}, {"where it is, before", b, d.todo, before(c), "A B C", false},
			{"next to itself", b, d.todo, after(b), "A B C", false}, {"before itself", b, d.todo, before(b), "A B C", false},
			{"to the top", c, d.todo, top, "C A B", true}, {"to the bottom", c, d.todo, bottom, "A B C", true},
			{"after", a, d.todo, after(b), "B A C", true}, {"before", c, d.todo, before(a), "B C A", true},
		} {
			prev := d.now(step.card).Position
			card, err := d.CardMove(t.Context(), d.max, step.card.ID, step.list.ID, step.anchor)
			d.must(err)
			d.inOrder(step.what, step.list, step.order)
			if !step.moves {
				d.happened(step.what, nil, "", "")
				continue
			}
			d.told(step.what, "card:moved", map[string]any{"boardId": d.board.ID, "cardId": card.ID, "fromListId": d.todo.ID,
				"toListId": d.todo.ID, "position": card.Position, "prevPosition": prev})
			d.happened(step.what, []string{"card:moved"}, "", "") // order within a list is no history
		}
		prev := d.now(b).Position
		moved, err := d.CardMove(t.Context(), d.max, b.ID, d.done.ID, top)
		d.must(err)
		d.told("another list", "card:moved", map[string]any{"boardId": d.board.ID, "cardId": b.ID, "fromListId": d.todo.ID,
			"toListId": d.done.ID, "position": "0.0000000000", "prevPosition": prev})
		d.happened("another list", []string{"card:moved", "card:feedItem:created"}, "moved", `{"fromListId":"`+d.todo.ID+
			`","toListId":"`+d.done.ID+`","prevPosition":"`+prev.String()+`","position":"0.0000000000"}`)
		d.inOrder("another list", d.done, "B X")
		if moved.Version != d.now(b).Version || moved.ListID != d.done.ID {
			t.Errorf("moved: %+v", moved)
		}
	})
}

func TestCardMoveRefusals(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		a, x, old := d.add(d.todo, "A"), d.add(d.done, "X"), d.add(d.todo, "Old")
		d.archive(old)
		unknown := domain.Anchor{Kind: domain.AnchorAfter, ID: domain.NewID()}
		for what, row := range map[string]struct {
			who    *domain.Principal
			card   string
			list   string
			anchor domain.Anchor
			code   domain.Code
		}{
			"no anchor":             {d.ida, a.ID, d.todo.ID, domain.Anchor{}, domain.CodeValidation},
			"unknown card":          {d.ida, domain.NewID(), d.todo.ID, top, domain.CodeNotFound},
			"unknown list":          {d.ida, a.ID, domain.NewID(), top, domain.CodeNotFound},
			"foreign list":          {d.ida, a.ID, d.foreign.ID, top, domain.CodeBadRequest},
			"unknown anchor":        {d.ida, a.ID, d.todo.ID, unknown, domain.CodeBadRequest},
			"anchor elsewhere":      {d.ida, a.ID, d.todo.ID, before(x), domain.CodeBadRequest},
			"archived anchor":       {d.ida, a.ID, d.todo.ID, after(old), domain.CodeBadRequest},
			"itself, another list":  {d.ida, a.ID, d.done.ID, after(a), domain.CodeBadRequest},
			"archived":              {d.ida, old.ID, d.done.ID, top, domain.CodeBadRequest},
			"observer":              {d.olga, a.ID, d.todo.ID, bottom, domain.CodeForbidden},
			"another tenant":        {d.zoe, a.ID, d.foreign.ID, top, domain.CodeForbidden},
			"assigned to others":    {d.lena, a.ID, d.done.ID, top, domain.CodeForbidden},
			"no access, no anchor?": {d.zoe, a.ID, d.todo.ID, domain.Anchor{}, domain.CodeValidation},
		} {
			_, err := d.CardMove(t.Context(), row.who, row.card, row.list, row.anchor)
			refused(t, what, err, row.code)
			d.untouched(what)
		}
		d.inOrder("refused", d.todo, "A")
	})
}

// Thirty cards put into the same gap use it up: the lane is renumbered, which is told before the move.
func TestCardMoveRenumbers(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		other := d.newBoard("Autumn")
		first := d.add(d.todo, "first")
		_, err := d.CardCreate(t.Context(), d.ida, domain.NewCard{BoardID: other.ID, ListID: d.todo.ID, Title: "last"})
		d.must(err)
		want := []string{"first", "last"}
		moves := 0
		for renumbered := false; !renumbered; moves++ {
			title := string(rune('a' + moves))
			card := d.add(d.done, title)
			moved, err := d.CardMove(t.Context(), d.ida, card.ID, d.todo.ID, after(first))
			d.must(err)
			want = slices.Insert(want, 1, title)
			if renumbered = d.tape.events[0].Type == "card:rebalanced"; renumbered {
				d.renumbered(moved, want)
			}
			d.forget()
		}
		if moves < 25 || moves > 35 {
			t.Errorf("renumbered after %d moves", moves)
		}
		d.inOrder("renumbered", d.todo, strings.Join(want, " "))
	})
}

// renumbered checks the events of a move that renumbered the lane, into which the card then moved after the first.
func (d *desk) renumbered(moved *domain.Card, order []string) {
	d.t.Helper()
	cards, err := d.Store.LaneCards(d.t.Context(), moved.ListID, "")
	d.must(err)
	positions, boards, others := []map[string]any{}, map[string]bool{}, 0
	for i, card := range cards {
		if card.Title != order[i] {
			d.t.Errorf("place %d: %s, want %s", i, card.Title, order[i])
		}
		if card.ID == moved.ID {
			continue
		}
		if boards[card.BoardID] = true; card.BoardID == d.board.ID {
			positions = append(positions, map[string]any{"id": card.ID, "position": domain.PositionAt(others)})
		}
		others++
	}
	d.told("renumbered", "card:rebalanced", map[string]any{"boardId": d.board.ID, "listId": moved.ListID, "positions": positions})
	d.told("renumbered", "card:moved", map[string]any{"boardId": d.board.ID, "cardId": moved.ID, "fromListId": d.done.ID,
		"toListId": moved.ListID, "position": "1500.0000000000", "prevPosition": "1000.0000000000"})
	for _, e := range d.tape.events[:2] {
		if e.Type != "card:rebalanced" || !boards[*e.BoardID] {
			d.t.Errorf("board %s heard %s, want every board of the lane to hear that it was renumbered", *e.BoardID, e.Type)
		}
		delete(boards, *e.BoardID)
	}
	d.heard("renumbered", []string{"card:rebalanced", "card:rebalanced", "card:moved", "card:feedItem:created"})
}

// Whatever is created, moved, archived and restored: a lane is in the order that lists of titles keep, and no two
// cards stand at one place.
func TestLanesAreInOrder(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		boards := []*domain.Board{d.board, d.newBoard("Autumn")}
		rapid.Check(t, func(t *rapid.T) {
			m := laneModel{desk: d, boards: boards, lists: []*domain.List{d.list(), d.list()}}
			m.lanes = make([][]*domain.Card, len(m.lists))
			for range rapid.IntRange(1, 12).Draw(t, "steps") {
				m.step(t)
				m.check(t)
			}
		})
	})
}

// list makes an empty list.
func (d *desk) list() *domain.List {
	list, err := d.ListCreate(d.t.Context(), d.ida, domain.ListCreateInput{WorkspaceID: d.workspace.ID, Name: "Lane"})
	d.must(err)
	return list
}

// laneModel keeps the order of cards in slices.
type laneModel struct {
	*desk
	boards []*domain.Board
	lists  []*domain.List
	lanes  [][]*domain.Card
}

func (m *laneModel) step(t *rapid.T) {
	to := rapid.IntRange(0, len(m.lists)-1).Draw(t, "list")
	from := rapid.IntRange(0, len(m.lists)-1).Draw(t, "from")
	if len(m.lanes[from]) == 0 || rapid.IntRange(0, 3).Draw(t, "create") == 0 {
		atTop := rapid.Bool().Draw(t, "top")
		board := rapid.SampledFrom(m.boards).Draw(t, "board")
		card, err := m.CardCreate(m.t.Context(), m.ida, domain.NewCard{BoardID: board.ID, ListID: m.lists[to].ID, Title: "card", AtTop: atTop})
		m.must(err)
		m.insert(to, map[bool]int{true: 0, false: len(m.lanes[to])}[atTop], card)
		return
	}
	at := rapid.IntRange(0, len(m.lanes[from])-1).Draw(t, "card")
	card := m.lanes[from][at]
	if rapid.IntRange(0, 9).Draw(t, "archive") == 0 {
		_, err := m.CardArchive(m.t.Context(), m.ida, card.ID, true)
		m.must(err)
		m.lanes[from] = slices.Delete(m.lanes[from], at, at+1)
		return
	}
	m.lanes[from] = slices.Delete(m.lanes[from], at, at+1)
	place, anchor := m.place(t, to)
	_, err := m.CardMove(m.t.Context(), m.ida, card.ID, m.lists[to].ID, anchor)
	m.must(err)
	m.insert(to, place, card)
}

// place draws where a card goes in a lane, and one of the ways to say so.
func (m *laneModel) place(t *rapid.T, to int) (int, domain.Anchor) {
	lane := m.lanes[to]
	at := rapid.IntRange(0, len(lane)).Draw(t, "place")
	down := rapid.Bool().Draw(t, "down")
	switch {
	case at == 0 && (down || len(lane) == 0):
		return 0, top
	case at == len(lane) && down:
		return at, bottom
	case at == 0 || at < len(lane) && down:
		return at, before(lane[at])
	}
	return at, after(lane[at-1])
}

func (m *laneModel) insert(list, at int, card *domain.Card) {
	m.lanes[list] = slices.Insert(m.lanes[list], at, card)
}

func (m *laneModel) check(t *rapid.T) {
	for i, list := range m.lists {
		cards, err := m.Store.LaneCards(m.t.Context(), list.ID, "")
		m.must(err)
		if len(cards) != len(m.lanes[i]) {
			t.Fatalf("lane %d has %d cards, want %d", i, len(cards), len(m.lanes[i]))
		}
		for k, card := range cards {
			if card.ID != m.lanes[i][k].ID || k > 0 && cards[k-1].Position >= card.Position {
				t.Fatalf("lane %d, place %d: %s at %v after %v", i, k, card.ID, card.Position, cards[max(k-1, 0)].Position)
			}
		}
	}
}

func TestCardMoveToBoard(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		autumn, label := d.newBoard("Autumn"), d.label("Later")
		card := d.addFor(d.max, "Basil")
		d.add(d.todo, "Mint")
		_, err := d.CardSetLabels(t.Context(), d.ida, card.ID, []string{label.ID})
		d.must(err)
		_, err = d.CardMove(t.Context(), d.ida, card.ID, d.todo.ID, bottom)
		d.must(err)
		d.forget()
		moved, err := d.CardMoveToBoard(t.Context(), d.ida, card.ID, autumn.ID, "")
		d.must(err)
		d.told("to a board", "card:deleted", map[string]any{"boardId": d.board.ID, "cardId": card.ID})
		d.told("to a board", "card:created", d.cardData(moved, nil))
		d.told("to a board", "card:labels:set", map[string]any{"boardId": autumn.ID, "cardId": card.ID, "labelIds": []string{label.ID}})
		d.told("to a board", "card:assignees:set", map[string]any{"boardId": autumn.ID, "cardId": card.ID, "assigneeIds": []string{d.max.UserID}})
		d.happened("to a board", []string{"card:deleted", "card:created", "card:feedItem:created", "card:labels:set", "card:assignees:set"}, "moved",
			`{"fromBoardId":"`+d.board.ID+`","toBoardId":"`+autumn.ID+`","fromListId":"`+d.todo.ID+`","toListId":"`+d.todo.ID+
				`","fromValue":"`+d.board.ID+`","toValue":"`+autumn.ID+`"}`)
		d.inOrder("to a board", d.todo, "Basil Mint")
		d.clock.pass(59 * time.Second)
		_, err = d.CardMoveToBoard(t.Context(), d.ida, card.ID, d.board.ID, d.done.ID)
		d.must(err)
		d.heard("back", []string{"card:deleted", "card:created", "card:feedItem:deleted", "card:labels:set", "card:assignees:set"})
		d.inOrder("back", d.done, "Basil")
		away := d.newBoard("Away")
		_, err = d.CardArchive(t.Context(), d.ida, d.add(d.todo, "Old").ID, true)
		d.must(err)
		for what, row := range map[string]struct {
			who         *domain.Principal
			board, list string
			code        domain.Code
		}{
			"same board": {d.ida, d.board.ID, d.done.ID, domain.CodeBadRequest}, "foreign list": {d.ida, away.ID, d.foreign.ID, domain.CodeBadRequest},
			"unknown board": {d.ida, domain.NewID(), "", domain.CodeNotFound}, "unknown list": {d.ida, away.ID, domain.NewID(), domain.CodeNotFound},
			"not on the target": {d.max, away.ID, "", domain.CodeForbidden}, "not on the source": {d.zoe, away.ID, "", domain.CodeForbidden},
		} {
			d.forget()
			_, err := d.CardMoveToBoard(t.Context(), row.who, card.ID, row.board, row.list)
			refused(t, what, err, row.code)
			d.untouched(what)
		}
	})
}
