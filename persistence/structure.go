package persistence

import (
	"context"
	"encoding/json"
	"fmt"

	"kanera.dev/domain"
)

// order is a set of siblings: the rows of a table below one parent that are not archived.
type order struct {
	table       string
	parentTable string
	parent      string // column
	parentID    string
}

func orderOf(row any) (order, error) {
	switch r := row.(type) {
	case *domain.Board:
		return order{"boards", "workspaces", "workspace_id", r.WorkspaceID}, nil
	case *domain.List:
		return order{"lists", "workspaces", "workspace_id", r.WorkspaceID}, nil
	case *domain.Label:
		return order{"labels", "workspaces", "workspace_id", r.WorkspaceID}, nil
	case *domain.CustomField:
		return order{"custom_fields", "workspaces", "workspace_id", r.WorkspaceID}, nil
	case *domain.CustomFieldOption:
		return order{"custom_field_options", "custom_fields", "field_id", r.FieldID}, nil
	}
	return order{}, fmt.Errorf("%T has no order", row)
}

// Siblings implements domain.Structure. It locks the parent, so that nothing is added to the order either.
func (s *Store) Siblings(ctx context.Context, sibling any) ([]domain.Ranked, error) {
	o, err := orderOf(sibling)
	if err != nil {
		return nil, err
	}
	if lock := s.dialect.forUpdate(); s.inTx && lock != "" {
		if _, err := s.ids(ctx, "SELECT id FROM "+o.parentTable+" WHERE id = ?"+lock, o.parentID); err != nil {
			return nil, err
		}
	}
	rows, err := s.query(ctx, "SELECT id, position FROM "+o.table+" WHERE archived_at IS NULL AND "+o.parent+" = ? ORDER BY position, id", o.parentID)
	if err != nil {
		return nil, err
	}
	siblings, err := collect(rows, func(line row) (r domain.Ranked, err error) {
		err = line.Scan(&r.ID, &r.Position)
		return r, err
	})
	return siblings, translate(ctx, err, "Row")
}

// SetPositions implements domain.Structure.
func (s *Store) SetPositions(ctx context.Context, row any, positions []domain.Ranked) error {
	o, err := orderOf(row)
	if err != nil {
		return err
	}
	return s.setPositions(ctx, o.table, positions)
}

// setPositions writes the positions of rows of a table, in one statement.
func (s *Store) setPositions(ctx context.Context, table string, positions []domain.Ranked) error {
	if len(positions) == 0 {
		return nil
	}
	return s.exec(ctx, "UPDATE "+table+" SET position = v.position FROM "+s.dialect.positions()+" WHERE "+table+".id = v.id",
		positionList(positions))
}

// positionList makes the parameter of dialect.positions.
func positionList(positions []domain.Ranked) string {
	type entry struct {
		ID       string `json:"id"`
		Position int64  `json:"position"`
	}
	entries := make([]entry, len(positions))
	for i, p := range positions {
		entries[i] = entry{p.ID, int64(p.Position)}
	}
	text, _ := json.Marshal(entries) // strings and numbers
	return string(text)
}
