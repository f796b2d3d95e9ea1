package persistence

import (
	"context"
	"fmt"

	"kanera.dev/domain"
)

// lane is the condition that the card c stands in the lane of a list, on any board. It takes the id of the list.
const lane = "c.list_id = ? AND c.archived_at IS NULL"

// LaneEnd implements domain.Cards.
func (s *Store) LaneEnd(ctx context.Context, listID string, last bool) (*domain.Position, error) {
	end := laneEnd(listID, last)
	return s.position(ctx, end.text, end.args...)
}

func laneEnd(listID string, last bool) fragment {
	end := "min"
	if last {
		end = "max"
	}
	return frag("SELECT "+end+"(c.position) FROM cards c WHERE "+lane, listID)
}

// LaneNeighbour implements domain.Cards.
func (s *Store) LaneNeighbour(ctx context.Context, listID string, position domain.Position, after bool, exceptID string) (*domain.Position, error) {
	end, side := "max", "<"
	if after {
		end, side = "min", ">"
	}
	return s.position(ctx, "SELECT "+end+"(c.position) FROM cards c WHERE "+lane+" AND c.position "+side+" ? AND NOT ("+
		s.dialect.anyOf("c.id")+")", listID, int64(position), s.dialect.list([]string{exceptID}))
}

func (s *Store) position(ctx context.Context, query string, args ...any) (position *domain.Position, err error) {
	err = s.each(ctx, frag(query, args...), func(line row) error { return line.Scan(&position) })
	if err != nil {
		return nil, fmt.Errorf("read a place in a lane: %w", err)
	}
	return position, nil
}

// RenumberLane implements domain.Cards with one statement.
func (s *Store) RenumberLane(ctx context.Context, listID string) error {
	err := s.exec(ctx, "UPDATE cards SET position = r.place FROM (SELECT c.id AS id, ? * ROW_NUMBER() OVER (ORDER BY c.position, c.id) AS place "+
		"FROM cards c WHERE "+lane+") AS r WHERE cards.id = r.id", int64(domain.PositionStep), listID)
	if err != nil {
		return fmt.Errorf("renumber a lane: %w", err)
	}
	return nil
}

// LockLane implements domain.Cards: the list stands for its lane.
func (s *Store) LockLane(ctx context.Context, listID string) error {
	if err := s.exec(ctx, "SELECT l.id FROM lists l WHERE l.id = ?"+s.dialect.forUpdate(), listID); err != nil {
		return fmt.Errorf("lock a lane: %w", err)
	}
	return nil
}

// LaneCards implements domain.Cards.
func (s *Store) LaneCards(ctx context.Context, listID, boardID string) (cards []*domain.Card, err error) {
	where := all(frag(lane, listID), childOf(domain.CardParent{BoardID: boardID}))
	query := frag("SELECT "+cardColumns+" FROM cards c WHERE "+where.text+" ORDER BY c.position, c.id"+s.dialect.forUpdate(), where.args...)
	reader := newCardReader(domain.CardWith{}, nil, nil)
	err = s.each(ctx, query, func(line row) error {
		card, err := reader.read(line)
		cards = append(cards, card)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read a lane: %w", err)
	}
	return cards, nil
}
