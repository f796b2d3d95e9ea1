package persistence

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"kanera.dev/domain"
)

// LabelIDsOf implements domain.Cards.
func (s *Store) LabelIDsOf(ctx context.Context, cardIDs []string) (map[string][]string, error) {
	return s.idsOf(ctx, "SELECT r.card_id, r.label_id FROM card_labels r JOIN labels l ON l.id = r.label_id WHERE "+
		s.dialect.anyOf("r.card_id")+" ORDER BY l.position, l.id", cardIDs)
}

// AssigneeIDsOf implements domain.Cards.
func (s *Store) AssigneeIDsOf(ctx context.Context, cardIDs []string) (map[string][]string, error) {
	return s.idsOf(ctx, "SELECT r.card_id, r.user_id FROM card_assignees r WHERE "+
		s.dialect.anyOf("r.card_id")+" ORDER BY r.assigned_at, r.user_id", cardIDs)
}

// idsOf reads pairs of a card and an id that hangs on it.
func (s *Store) idsOf(ctx context.Context, query string, cardIDs []string) (map[string][]string, error) {
	found := make(map[string][]string, len(cardIDs))
	err := s.each(ctx, frag(query, s.dialect.list(cardIDs)), func(line row) error {
		var card, id string
		err := line.Scan(&card, &id)
		found[card] = append(found[card], id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what hangs on cards: %w", err)
	}
	return found, nil
}

// FieldValuesOf implements domain.Cards.
func (s *Store) FieldValuesOf(ctx context.Context, cardIDs []string) (map[string][]*domain.FieldValue, error) {
	found := make(map[string][]*domain.FieldValue, len(cardIDs))
	query := frag("SELECT v.card_id, v.field_id, f.type, v.text, v.number, v.checkbox, v.date, v.url, v.option_ids, v.user_ids, v.updated_at "+
		"FROM field_values v JOIN custom_fields f ON f.id = v.field_id WHERE "+s.dialect.anyOf("v.card_id")+" ORDER BY f.position, f.id",
		s.dialect.list(cardIDs))
	err := s.each(ctx, query, func(line row) error {
		v := &domain.FieldValue{}
		err := line.Scan(&v.CardID, &v.FieldID, &v.Type, &v.Text, &v.Number, &v.Checkbox, &v.Date, &v.URL, &v.OptionIDs, &v.UserIDs, &v.UpdatedAt)
		found[v.CardID] = append(found[v.CardID], v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read field values: %w", err)
	}
	return found, nil
}

// SetLabels implements domain.Cards.
func (s *Store) SetLabels(ctx context.Context, cardID string, labelIDs []string) error {
	return s.replaceSet(ctx, "card_labels", "label_id", cardID, labelIDs, domain.NewCardLabels(cardID, labelIDs))
}

// SetAssignees implements domain.Cards.
func (s *Store) SetAssignees(ctx context.Context, cardID string, userIDs []string, at time.Time) error {
	return s.replaceSet(ctx, "card_assignees", "user_id", cardID, userIDs, domain.NewCardAssignees(cardID, userIDs, at))
}

// replaceSet makes a card have exactly the ids: it removes the others, and inserts the rows that are missing.
func (s *Store) replaceSet(ctx context.Context, table, column, cardID string, ids []string, rows any) error {
	err := s.inTransaction(ctx, func(tx *Store) error {
		err := tx.exec(ctx, "DELETE FROM "+table+" WHERE card_id = ? AND NOT ("+tx.dialect.anyOf(column)+")", cardID, tx.dialect.list(ids))
		if err != nil {
			return err
		}
		return tx.insert(ctx, rows, " ON CONFLICT DO NOTHING")
	})
	if err != nil {
		return fmt.Errorf("set %s: %w", table, err)
	}
	return nil
}

// SetFieldValue implements domain.Cards.
func (s *Store) SetFieldValue(ctx context.Context, value *domain.FieldValue) error {
	upsert := clause.OnConflict{
		Columns:   []clause.Column{{Name: "card_id"}, {Name: "field_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"text", "number", "checkbox", "date", "url", "option_ids", "user_ids", "updated_at"}),
	}
	err := s.write(ctx, "Value", func() error { return s.db.WithContext(ctx).Clauses(upsert).Create(value).Error })
	if err != nil {
		return fmt.Errorf("set a field value: %w", err)
	}
	return nil
}
