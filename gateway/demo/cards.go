package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"kanera.dev/domain"
)

// planned is a card before it has a number.
type planned struct {
	card      *domain.Card
	path      []step
	editors   []*domain.User // who may work on its board
	assignees []*domain.User
	byKey     bool // made by the workspace's key
}

// plan invents the cards of all boards, oldest first.
func (b *builder) plan(s *space) []*planned {
	var all []*planned
	for i, t := range s.area.boards {
		editors := b.editorsOf(s.boards[i])
		for _, title := range b.titles(t) {
			p := &planned{path: b.journey(s), editors: editors, byKey: t.restricted && b.chance(.4)}
			at := p.path[0].at
			creator := pick(b, editors)
			if p.byKey {
				creator = b.Users[owner]
			}
			p.card = &domain.Card{ID: b.id(), OrganisationID: s.row.OrganisationID, OrganisationKey: b.Organisation.Key,
				WorkspaceID: s.row.ID, BoardID: s.boards[i].ID, KeyPrefix: s.prefix, Title: title,
				CreatedByID: creator.ID, Version: 1, CreatedAt: at, UpdatedAt: at}
			if b.chance(.6) {
				text := fmt.Sprintf("%s.\n\nAsked for by %s; see the notes of the %s review.", title, pick(b, editors).DisplayName, at.Format("2 January"))
				p.card.Description = &text
			}
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(p, q *planned) int { return p.path[0].at.Compare(q.path[0].at) })
	return all
}

// editorsOf returns the people who may be assigned on a board.
func (b *builder) editorsOf(board *domain.Board) []*domain.User {
	var editors []*domain.User
	for _, m := range b.BoardMembers {
		if m.BoardID == board.ID && m.Role == domain.BoardEditor {
			at := slices.IndexFunc(b.Users, func(u *domain.User) bool { return u.ID == m.UserID })
			editors = append(editors, b.Users[at])
		}
	}
	return editors
}

// simulate lets the work happen: numbers in order of creation, then every arrival at the bottom of its lane.
func (b *builder) simulate(s *space, cards []*planned) {
	for i, p := range cards {
		p.card.Number = i + 1
		b.assign(p)
		b.label(s, p)
	}
	s.row.LastCardNumber = len(cards)
	bottom := make([]domain.Position, len(s.lists))
	for _, a := range inOrder(cards) {
		to := a.step().list
		bottom[to] += domain.PositionStep
		b.arrive(s, a, bottom[to])
	}
	for _, p := range cards {
		b.finish(s, p)
		b.due(p)
		b.values(s, p)
		b.Cards = append(b.Cards, p.card)
	}
	b.late(s, cards)
}

// late leaves the owner with four overdue cards on the first board, so that the question "what am I late with?" has
// an answer on every day.
func (b *builder) late(s *space, cards []*planned) {
	for i := 1; i <= 4 && len(cards) > 0; cards = cards[1:] {
		p := cards[0]
		if p.card.BoardID != s.boards[0].ID || p.card.CompletedAt != nil {
			continue
		}
		if !slices.Contains(p.assignees, b.Users[owner]) {
			b.appoint(p, b.Users[owner])
		}
		b.dueOn(p, b.base.AddDate(0, 0, -2*i))
		i++
	}
}

// arrive puts a card at the bottom of a list and tells history.
func (b *builder) arrive(s *space, a arrival, bottom domain.Position) {
	card, now := a.card, a.step()
	if a.index == 0 {
		card.ListID, card.Position = s.lists[now.list].ID, bottom
		b.happened(s, a.planned, now.at, "created", map[string]any{"title": card.Title, "listId": card.ListID})
		return
	}
	from, before := card.ListID, card.Position
	card.ListID, card.Position = s.lists[now.list].ID, bottom
	if from != card.ListID {
		b.happened(s, a.planned, now.at, "moved", map[string]any{
			"fromListId": from, "toListId": card.ListID, "prevPosition": before, "position": card.Position})
	}
}

// finish completes a card that reached the last list, and archives some of the old ones.
func (b *builder) finish(s *space, p *planned) {
	if !s.finished(p.path) {
		return
	}
	done := p.path[len(p.path)-1].at.Add(time.Duration(b.random.IntN(1200)) * time.Second)
	p.card.CompletedAt = &done
	b.happened(s, p, done, "completion:set", map[string]any{"completedAt": stamp(done), "fromValue": false, "toValue": true})
	if archived := done.AddDate(0, 0, 30); archived.Before(b.base) && b.chance(.25) {
		p.card.ArchivedAt = &archived
		b.happened(s, p, archived, "archived", map[string]any{"title": p.card.Title, "archivedAt": stamp(archived)})
	}
}

// happened adds an entry by somebody who works on the card.
func (b *builder) happened(s *space, p *planned, at time.Time, action string, payload map[string]any) {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic(fmt.Errorf("payload of demo activity: %w", err)) // plain strings and numbers only
	}
	entry := &domain.Activity{ID: b.id(), OrganisationID: s.row.OrganisationID, WorkspaceID: s.row.ID, BoardID: &p.card.BoardID,
		EntityType: "card", EntityID: p.card.ID, Action: action, Payload: raw, FeedVisible: true, CoalescedCount: 1, CreatedAt: at, UpdatedAt: at}
	actor := pick(b, append(slices.Clone(p.assignees), p.editors...))
	entry.ActorKind, entry.ActorID = domain.ActorUser, &actor.ID
	if action == "created" {
		entry.ActorID = &p.card.CreatedByID
		if p.byKey {
			entry.ActorKind, entry.APIKeyID, entry.APIKeyName = domain.ActorAPIKey, &s.key.ID, &s.key.Request.Name
		}
	}
	p.card.UpdatedAt = at
	b.Activities = append(b.Activities, entry)
}

func (b *builder) assign(p *planned) {
	count := []int{0, 1, 1, 1, 1, 2, 2, 3}[b.random.IntN(8)]
	for _, i := range b.random.Perm(len(p.editors))[:min(count, len(p.editors))] {
		b.appoint(p, p.editors[i])
	}
}

func (b *builder) appoint(p *planned, user *domain.User) {
	p.assignees = append(p.assignees, user)
	b.CardAssignees = append(b.CardAssignees, &domain.CardAssignee{CardID: p.card.ID, UserID: user.ID,
		AssignedAt: p.card.CreatedAt.Add(time.Duration(len(p.assignees)) * time.Millisecond)})
}

func (b *builder) label(s *space, p *planned) {
	for _, i := range b.random.Perm(len(s.labels))[:b.random.IntN(3)] {
		b.CardLabels = append(b.CardLabels, &domain.CardLabel{CardID: p.card.ID, LabelID: s.labels[i].ID})
	}
}

// due gives two cards in three a due day: around its completion, or from a fortnight ago to a month ahead.
func (b *builder) due(p *planned) {
	if !b.chance(.66) {
		return
	}
	day := b.base.AddDate(0, 0, b.random.IntN(44)-14)
	if p.card.CompletedAt != nil {
		day = p.card.CompletedAt.AddDate(0, 0, b.random.IntN(9)-3)
	}
	b.dueOn(p, day)
}

func (b *builder) dueOn(p *planned, day time.Time) {
	text, slot, zone := day.Format(time.DateOnly), pick(b, domain.DueSlots), pick(b, p.editors).TimeZone
	p.card.DueDay, p.card.DueSlot, p.card.DueTimeZone = &text, &slot, &zone
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
