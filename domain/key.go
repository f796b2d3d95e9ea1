package domain

import "time"

// APIKey is a credential. Only the SHA-256 of its secret is kept.
type APIKey struct {
	ID             string `gorm:"primaryKey"`
	OrganisationID string
	Kind           CredentialKind
	WorkspaceID    *string // of a workspace key
	Name           *string
	Scope          Scope
	Prefix         string `gorm:"column:key_prefix"` // first 18 characters of the secret, for display
	Hash           string `gorm:"column:key_hash"`   // lower-case hexadecimal SHA-256 of the secret, unique
	CreatedByID    string
	DocumentsOnly  bool       // it runs no GraphQL documents but registered ones
	Limits         KeyLimits  `gorm:"embedded"`
	LastUsedAt     *time.Time // written at most every 5 minutes
	RevokedAt      *time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time
}
