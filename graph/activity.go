package graph

import (
	"context"
	"time"

	"kanera.dev/domain"
)

type activityResolver struct{}

func (activityResolver) At(_ context.Context, a *domain.Activity) (*time.Time, error) {
	return &a.CreatedAt, nil
}

type actorResolver struct{}

func (actorResolver) User(ctx context.Context, a *domain.Actor) (*domain.User, error) {
	if a.UserID == nil {
		return nil, nil
	}
	return loadersOf(ctx).user.Load(ctx, *a.UserID)
}
