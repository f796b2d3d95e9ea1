package persistence

import (
	"encoding/json"
	"strings"
)

// cardDialect is what card queries do differently on the two databases.
type cardDialect interface {
	// placeholder is a parameter of the kind.
	placeholder(kind valueKind) string
	// among is the condition that x is one of the values in one parameter made by array.
	among(x string, kind valueKind) string
	// array makes one parameter of many values. The text of a statement does not depend on how many there are.
	array(values []string) any
	// sortable makes an expression sort and compare alike on both databases.
	sortable(x string, kind valueKind) string
	// length, firstElement, hasElement, sharesElement and hasElements look into a JSON array of ids: how many,
	// the first, is this one in, is one of those in a parameter made by array in, are all those in a JSON
	// parameter in. All are NULL, or false, for NULL.
	length(array string) string
	firstElement(array string) string
	hasElement(array, id string) string
	sharesElement(array string) string
	hasElements(array string) string
	// parents is a FROM item p(i, workspace_id, board_id, list_id) over one JSON parameter; see parentGroup.
	parents() string
	// daysBefore is the instant a number of days of 24 hours before an instant.
	daysBefore(instant, days string) string
	// midnight is the instant at which a day begins in UTC.
	midnight(day string) string
	// avg, least and greatest are aggregates over decimals; the result is text.
	avg(decimal string) string
	least(decimal string) string
	greatest(decimal string) string
}

// postgresTypes are the types that values of a kind are compared as.
var postgresTypes = map[valueKind]string{
	kindID: "uuid", kindText: "text", kindDay: "text", kindInt: "bigint", kindNumber: "numeric", kindTime: "timestamptz", kindBool: "boolean",
}

func (postgresDialect) placeholder(kind valueKind) string { return "?::" + postgresTypes[kind] }

func (postgresDialect) among(x string, kind valueKind) string {
	return x + " = ANY(?::" + postgresTypes[kind] + "[])"
}

func (postgresDialect) array(values []string) any {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = `"` + escape.Replace(value) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}

func (d postgresDialect) sortable(x string, kind valueKind) string {
	if kind == kindText {
		return d.byteOrder(x)
	}
	return x
}

func (postgresDialect) length(array string) string { return "jsonb_array_length(" + array + ")" }
func (postgresDialect) firstElement(array string) string {
	return "(" + array + " ->> 0)::uuid"
}
func (postgresDialect) hasElement(array, id string) string {
	return "jsonb_exists(" + array + ", " + id + "::text)"
}
func (postgresDialect) sharesElement(array string) string {
	return "jsonb_exists_any(" + array + ", ?::text[])"
}
func (postgresDialect) hasElements(array string) string {
	return "jsonb_contains(" + array + ", ?::jsonb)"
}
func (postgresDialect) parents() string {
	return "jsonb_to_recordset(?::jsonb) AS p(i int, workspace_id uuid, board_id uuid, list_id uuid)"
}
func (postgresDialect) daysBefore(instant, days string) string {
	return instant + " - make_interval(hours => 24 * " + days + ")"
}
func (postgresDialect) midnight(day string) string {
	return "(" + day + "::timestamp AT TIME ZONE 'UTC')"
}
func (postgresDialect) avg(decimal string) string      { return "avg(" + decimal + ")::text" }
func (postgresDialect) least(decimal string) string    { return "min(" + decimal + ")::text" }
func (postgresDialect) greatest(decimal string) string { return "max(" + decimal + ")::text" }
func (sqliteDialect) midnight(day string) string       { return "(unixepoch(" + day + ") * 1000)" }
func (sqliteDialect) placeholder(valueKind) string     { return "?" }
func (sqliteDialect) array(values []string) any        { return jsonList(values) }
func (sqliteDialect) length(array string) string       { return "json_array_length(" + array + ")" }
func (sqliteDialect) firstElement(array string) string { return "(" + array + " ->> 0)" }
func (sqliteDialect) avg(decimal string) string        { return "decimal_avg(" + decimal + ")" }
func (sqliteDialect) least(decimal string) string      { return "min(" + decimal + " COLLATE decimal)" }
func (sqliteDialect) greatest(decimal string) string   { return "max(" + decimal + " COLLATE decimal)" }

func (sqliteDialect) among(x string, kind valueKind) string {
	value := "value"
	if kind == kindInt {
		value = "CAST(value AS INTEGER)"
	}
	return x + " IN (SELECT " + value + " FROM json_each(?))"
}

func (d sqliteDialect) sortable(x string, kind valueKind) string {
	if kind == kindNumber {
		return d.number(x)
	}
	return x
}

func (sqliteDialect) hasElement(array, id string) string {
	return id + " IN (SELECT value FROM json_each(" + array + "))"
}
func (sqliteDialect) sharesElement(array string) string {
	return "EXISTS (SELECT 1 FROM json_each(" + array + ") h JOIN json_each(?) w ON w.value = h.value)"
}
func (sqliteDialect) hasElements(array string) string {
	return "NOT EXISTS (SELECT 1 FROM json_each(?) w WHERE w.value NOT IN (SELECT h.value FROM json_each(" + array + ") h))"
}
func (sqliteDialect) parents() string {
	return "(SELECT value ->> 'i' AS i, value ->> 'workspace_id' AS workspace_id, value ->> 'board_id' AS board_id, " +
		"value ->> 'list_id' AS list_id FROM json_each(?)) AS p"
}
func (sqliteDialect) daysBefore(instant, days string) string {
	return "(" + instant + " - 86400000 * " + days + ")"
}

// jsonList is a list as JSON text, never null.
func jsonList(values []string) string {
	if values == nil {
		return "[]"
	}
	text, _ := json.Marshal(values) // strings only
	return string(text)
}
