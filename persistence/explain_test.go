package persistence

import (
	"context"

	"kanera.dev/domain"
)

// Analyze tells Postgres what its tables hold, as it does by itself from time to time.
func Analyze(ctx context.Context, s *Store) error {
	if s.dialect.name() == sqliteName {
		return nil
	}
	return s.exec(ctx, "ANALYZE")
}

// CardPlan says how the database goes about a page of cards from anywhere: lines on SQLite, JSON of what it did on Postgres.
func CardPlan(ctx context.Context, s *Store, q domain.CardQuery) (plan string, err error) {
	selection, err := s.selectCards(&q)
	if err != nil {
		return "", err
	}
	page := selection.statement(s.dialect, []domain.CardParent{{}})
	explain, before := "EXPLAIN (ANALYZE, FORMAT JSON) ", []any(nil)
	if s.dialect.name() == sqliteName {
		var ignored int
		explain, before = "EXPLAIN QUERY PLAN ", []any{&ignored, &ignored, &ignored}
	}
	err = s.each(ctx, frag(explain+page.text, page.args...), func(line row) error {
		var text string
		err := line.Scan(append(before, &text)...)
		plan += text + "\n"
		return err
	})
	return plan, err
}
