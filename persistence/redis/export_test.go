package redis

import (
	"context"

	"kanera.dev/domain"
)

// Decide shows tests outside of the package how callers are decided at once.
func (s *Shared) Decide(ctx context.Context, callers [][]domain.Charge) ([]domain.Verdict, error) {
	return s.decide(ctx, callers)
}
