package domain

import "time"

// Organisation is the tenant: it owns workspaces.
type Organisation struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	Key       string `gorm:"column:route_key"` // 16 upper-case hexadecimal characters, unique
	LogoURL   *string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// OrganisationMembership is a person's place in an organisation. Ended ones are kept, with SuspendedAt or RemovedAt.
type OrganisationMembership struct {
	OrganisationID string `gorm:"primaryKey"`
	UserID         string `gorm:"primaryKey"`
	Role           OrganisationRole
	SuspendedAt    *time.Time
	RemovedAt      *time.Time
	AddedAt        time.Time
}
