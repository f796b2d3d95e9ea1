package persistence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"kanera.dev/domain"
)

// Postgres error codes.
const (
	pgUniqueViolation     = "23505"
	pgForeignKeyViolation = "23503"
	pgInvalidText         = "22P02" // such as an id that is no UUID
	pgSerialization       = "40001"
	pgDeadlock            = "40P01"
)

// translate turns what the driver reports into what a caller may see. Errors of the domain and of the context
// pass as they are; what it does not know is wrapped, and shown as INTERNAL. noun names the row in messages.
func translate(ctx context.Context, err error, noun string) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*domain.Error](err); ok {
		return err
	}
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	pg, lite := driverCodes(err)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows), pg == pgInvalidText:
		return domain.NotFound(noun)
	case pg == pgUniqueViolation, lite == sqlite3.SQLITE_CONSTRAINT_UNIQUE, lite == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return domain.Conflict(noun + " already exists.")
	case pg == pgForeignKeyViolation, lite == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return domain.Conflict(noun + " refers to something that does not exist, or is still referred to.")
	}
	return fmt.Errorf("database: %w", err)
}

// isRetryable reports whether the database gave the transaction up for another one's sake.
func isRetryable(err error) bool {
	pg, lite := driverCodes(err)
	return pg == pgSerialization || pg == pgDeadlock || lite&0xff == sqlite3.SQLITE_BUSY
}

// driverCodes returns the code of the driver's error in err's chain: of Postgres or of SQLite.
func driverCodes(err error) (pg string, lite int) {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		pg = e.Code
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		lite = e.Code()
	}
	return pg, lite
}

// nouns names rows in messages, by their type.
var nouns = map[reflect.Type]string{
	reflect.TypeFor[domain.Organisation]():           "Organisation",
	reflect.TypeFor[domain.OrganisationMembership](): "Membership",
	reflect.TypeFor[domain.User]():                   "User",
	reflect.TypeFor[domain.Workspace]():              "Workspace",
	reflect.TypeFor[domain.WorkspaceMember]():        "Member",
	reflect.TypeFor[domain.KeyPrefix]():              "Key prefix",
	reflect.TypeFor[domain.Board]():                  "Board",
	reflect.TypeFor[domain.BoardMember]():            "Member",
	reflect.TypeFor[domain.List]():                   "List",
	reflect.TypeFor[domain.Label]():                  "Label",
	reflect.TypeFor[domain.CustomField]():            "Custom field",
	reflect.TypeFor[domain.CustomFieldOption]():      "Option",
	reflect.TypeFor[domain.FieldValue]():             "Value",
	reflect.TypeFor[domain.Card]():                   "Card",
	reflect.TypeFor[domain.Activity]():               "Activity",
	reflect.TypeFor[domain.APIKey]():                 "API key",
	reflect.TypeFor[domain.Webhook]():                "Webhook",
	reflect.TypeFor[domain.WebhookCursor]():          "Webhook",
	reflect.TypeFor[domain.Delivery]():               "Delivery",
}

// nounOf names a row, or the rows of a slice.
func nounOf(row any) string {
	t := reflect.TypeOf(row)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if noun, ok := nouns[t]; ok {
		return noun
	}
	return "Row"
}
