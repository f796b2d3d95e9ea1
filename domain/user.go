package domain

import "time"

// User is a person.
type User struct {
	ID           string `gorm:"primaryKey"`
	Email        string // unique whatever its case
	DisplayName  string
	AvatarURL    *string
	TimeZone     string // IANA
	LastOnlineAt *time.Time
	RemovedAt    *time.Time // the account has ended; its keys answer UNAUTHORIZED
	CreatedAt    time.Time
	UpdatedAt    time.Time
}
