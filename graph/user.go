package graph

import (
	"context"

	"kanera.dev/domain"
)

type userResolver struct{}

// Email shows an address only to those who share an organisation or a board with the person.
func (userResolver) Email(ctx context.Context, u *domain.User) (*string, error) {
	known, err := loadersOf(ctx).acquainted.Load(ctx, u.ID)
	if !known {
		return nil, err
	}
	return &u.Email, err
}

func (q queries) Viewer(ctx context.Context) (*Viewer, error) {
	return &Viewer{who: domain.PrincipalFrom(ctx), WebURL: q.service.WebURL}, nil
}

// Health says that the process is alive.
type Health struct {
	Ok      bool
	Service string
}

func (q queries) Health(context.Context) (*Health, error) {
	return &Health{Ok: true, Service: "kanera-gateway"}, nil
}
