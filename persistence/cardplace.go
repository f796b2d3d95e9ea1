package persistence

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence/gather"
)

// CardPlace implements domain.Places with one statement. On Postgres workspace keys that ask at the same time share it:
// what it reads does not depend on the key, and each is judged by itself.
func (s *Store) CardPlace(ctx context.Context, viewer *domain.Principal, cardID string) (*domain.CardPlace, error) {
	if !isUUID(cardID) {
		return nil, domain.NotFound("Card")
	}
	found, err := s.foundPlace(ctx, viewer, cardID)
	if err != nil {
		return nil, fmt.Errorf("read where a card lies: %w", err)
	}
	if found.CardPlace == nil {
		return nil, domain.NotFound("Card")
	}
	place := found.CardPlace
	place.Access = found.access.of(viewer, place.Board)
	place.Visible = place.Access != nil && (!place.Access.AssignedItemsOnly || found.assigned) // as visibleCards has it
	return place, nil
}

// foundPlace is where a card lies, before the viewer is judged; without a place there is no such card.
type foundPlace struct {
	*domain.CardPlace

	access   selectedAccess
	assigned bool
	err      error // the row makes no sense; those of other cards may
}

// foundPlace finds one card, in company if it may.
func (s *Store) foundPlace(ctx context.Context, viewer *domain.Principal, cardID string) (found foundPlace, err error) {
	if s.shared != nil && viewer.IsWorkspaceKey() {
		found, err = s.shared.Ask(ctx, cardID)
	} else {
		var places []foundPlace
		if places, err = s.foundPlaces(ctx, viewer, []string{cardID}); err == nil {
			found = places[0]
		}
	}
	return found, errors.Join(err, found.err)
}

// sharedPlaces finds cards for workspace keys.
type sharedPlaces = gather.Batcher[string, foundPlace]

const (
	placeFlights = 2  // leave most connections to everybody else
	placesAtOnce = 64 // cards in one statement
	placesWithin = 10 * time.Second
)

// askedCards are the cards of a list of ids, with the place of each in the list. Postgres is not told how many there are,
// so that it keeps one plan for any number.
const askedCards = "unnest((SELECT ?::uuid[])) WITH ORDINALITY q(id, n) JOIN cards c ON c.id = q.id"

// anyKey stands for every workspace key.
var anyKey = &domain.Principal{Kind: domain.WorkspaceKey}

func (s *Store) sharePlaces() *sharedPlaces {
	return gather.New(placesAtOnce, placeFlights, placesWithin, func(ctx context.Context, cardIDs []string) ([]foundPlace, error) {
		return s.foundPlaces(ctx, anyKey, cardIDs)
	})
}

// foundPlaces finds cards in one statement, which has a row for each, so that no two share anything.
func (s *Store) foundPlaces(ctx context.Context, viewer *domain.Principal, cardIDs []string) ([]foundPlace, error) {
	found := make([]foundPlace, len(cardIDs))
	r := s.newPlaceReader(viewer, cardIDs)
	err := s.each(ctx, r.query, func(line row) error {
		place, err := r.read(line)
		if err == nil || errors.Is(err, errKept) {
			found[r.number-1], err = place, nil
		}
		return err
	})
	return found, err
}

// placeReader reads places row by row, each into the same places first.
type placeReader struct {
	query     fragment
	number    int // of the question that the row answers, from 1
	board     *domain.Board
	list      *domain.List
	workspace *domain.Workspace
	access    *selectedAccess
	assigned  bool
	cards     *cardReader
}

func (s *Store) newPlaceReader(viewer *domain.Principal, cardIDs []string) *placeReader {
	var a assorted
	r, number, from, where := new(placeReader), "1", frag(" FROM cards c"), frag(" WHERE c.id = ?", cardIDs[0])
	if len(cardIDs) > 1 {
		number, from, where = "q.n", frag(" FROM "+askedCards, s.dialect.list(cardIDs)), fragment{}
	}
	a.add(frag(number), &r.number)
	r.board, r.list, r.workspace = single(&a, boards, "b"), single(&a, lists, "l"), single(&a, workspaces, "w")
	if r.access = a.addAccess(s.dialect, viewer); !viewer.IsWorkspaceKey() {
		a.add(frag("EXISTS (SELECT 1 FROM card_assignees va WHERE va.card_id = c.id AND va.user_id = ?)", viewer.UserID), &r.assigned)
	}
	with := domain.CardWith{Labels: true, Assignees: true, Values: true}
	a.add(frag(cardColumnsWith(with))) // the reader knows where to
	r.cards = newCardReader(with, a.into, nil)
	r.query = a.statement(from, frag(" JOIN boards b ON b.id = c.board_id JOIN lists l ON l.id = c.list_id"+
		" JOIN workspaces w ON w.id = c.workspace_id"), viewerRows(viewer), where)
	return r
}

func (r *placeReader) read(line row) (foundPlace, error) {
	card, err := r.cards.read(line)
	return foundPlace{
		CardPlace: &domain.CardPlace{Card: card, Board: new(*r.board), List: new(*r.list), Workspace: new(*r.workspace)},
		access:    *r.access, assigned: r.assigned, err: err,
	}, err
}
