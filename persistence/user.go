package persistence

import (
	"context"
	"strings"

	"kanera.dev/domain"
)

var users = table[domain.User]{
	name: "users",
	columns: []string{
		"id", "email", "display_name", "avatar_url", "time_zone", "last_online_at", "removed_at", "created_at", "updated_at",
	},
	fields: func(u *domain.User) []any {
		return []any{
			&u.ID, &u.Email, &u.DisplayName, &u.AvatarURL, &u.TimeZone, &u.LastOnlineAt, &u.RemovedAt, &u.CreatedAt, &u.UpdatedAt,
		}
	},
}

// Users implements domain.Tenants.
func (s *Store) Users(ctx context.Context, ids []string) (map[string]*domain.User, error) {
	return byIDs(ctx, s, users, ids)
}

// UserByEmail implements domain.Keys.
func (s *Store) UserByEmail(ctx context.Context, email string) (*domain.User, error) {
	found := new(domain.User)
	err := s.db.WithContext(ctx).Where(s.dialect.fold("email")+" = ?", strings.ToLower(email)).Take(found).Error
	if err != nil {
		return nil, translate(ctx, err, "User")
	}
	return found, nil
}
