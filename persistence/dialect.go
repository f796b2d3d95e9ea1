package persistence

import (
	"encoding/json"
	"strings"
)

// Names of the databases, as GORM and the migration folders spell them.
const (
	postgresName = "postgres"
	sqliteName   = "sqlite"
)

// dialect is what the two databases do differently. Its methods return SQL around the SQL they are given.
type dialect interface {
	cardDialect
	name() string
	// anyOf is the condition that a uuid column is one of the ids in one parameter made by list. The text of a
	// statement does not depend on how many there are.
	anyOf(column string) string
	// list makes the parameter of anyOf. Ids that are no UUIDs match nothing.
	list(ids []string) any
	// forUpdate ends a SELECT that locks its rows. SQLite has nothing to lock: its transactions take turns.
	forUpdate() string
	// fold brings text to lower case, in every alphabet.
	fold(text string) string
	// contains is the condition that text holds part, both as they are written.
	contains(text, part string) string
	// byteOrder makes text sort by its bytes, as SQLite does and Go.
	byteOrder(text string) string
	// bucket is the local day YYYY-MM-DD on which the bucket of an instant begins. It takes two parameters: day,
	// week (beginning on Monday) or month, and the time zone.
	bucket(instant string) string
	// number makes a decimal, also one in the form of text, compare exactly.
	number(decimal string) string
	// sum adds up decimals exactly; the result is text.
	sum(decimal string) string
	// median is the middle of decimals, or the mean of the two in the middle; the result is text.
	median(decimal string) string
	// positions is a FROM item v(id, position) over one parameter made by positionList.
	positions() string
	// records is a FROM item v over one JSON parameter, a list of objects. Columns are "name type, name type", with
	// the types of Postgres; instants are numbers of milliseconds, to be read by instant.
	records(columns string) string
	// instant is the instant that is a number of milliseconds after 1970.
	instant(milliseconds string) string
	// jsonRows gathers rows of columns in JSON, to be read by rowText; NULL or [] without rows. order begins with
	// ORDER BY, or is empty.
	jsonRows(columns, order string) string
}

type postgresDialect struct{}

func (postgresDialect) name() string               { return postgresName }
func (postgresDialect) anyOf(column string) string { return column + " = ANY(?::uuid[])" }

// forUpdate leaves others free to insert rows that refer to the locked ones.
func (postgresDialect) forUpdate() string { return " FOR NO KEY UPDATE" }

func (postgresDialect) fold(text string) string {
	return "lower(" + text + ` COLLATE "und-x-icu")`
}
func (postgresDialect) contains(text, part string) string {
	return "strpos(" + text + ", " + part + ") > 0"
}
func (postgresDialect) byteOrder(text string) string { return text + ` COLLATE "C"` }
func (postgresDialect) bucket(instant string) string {
	return "to_char(date_trunc(?, " + instant + " AT TIME ZONE ?), 'YYYY-MM-DD')"
}
func (postgresDialect) number(decimal string) string { return "(" + decimal + ")::numeric" }
func (postgresDialect) sum(decimal string) string    { return "sum(" + decimal + ")::text" }
func (postgresDialect) median(decimal string) string {
	const middle = "percentile_disc(0.5) WITHIN GROUP (ORDER BY "
	return "((" + middle + decimal + ") + " + middle + decimal + " DESC)) * 0.5)::text"
}

func (postgresDialect) positions() string {
	return "jsonb_to_recordset(?::jsonb) AS v(id uuid, position bigint)"
}

func (postgresDialect) records(columns string) string {
	return "jsonb_to_recordset(?::jsonb) AS v(" + columns + ")"
}

func (postgresDialect) instant(milliseconds string) string {
	return "to_timestamp((" + milliseconds + ") / 1000.0)"
}

func (postgresDialect) jsonRows(columns, order string) string {
	return "json_agg(json_build_array(" + columns + ")" + order + ")"
}

func (postgresDialect) list(ids []string) any {
	known := make([]string, 0, len(ids))
	for _, id := range ids {
		if isUUID(id) {
			known = append(known, id)
		}
	}
	return "{" + strings.Join(known, ",") + "}"
}

type sqliteDialect struct{}

func (sqliteDialect) name() string { return sqliteName }
func (sqliteDialect) anyOf(column string) string {
	return column + " IN (SELECT value FROM json_each(?))"
}
func (sqliteDialect) forUpdate() string       { return "" }
func (sqliteDialect) fold(text string) string { return "fold(" + text + ")" }
func (sqliteDialect) contains(text, part string) string {
	return "instr(" + text + ", " + part + ") > 0"
}
func (sqliteDialect) byteOrder(text string) string { return text }
func (sqliteDialect) bucket(instant string) string { return "kanera_bucket(" + instant + ", ?, ?)" }
func (sqliteDialect) number(decimal string) string { return "(" + decimal + " COLLATE decimal)" }
func (sqliteDialect) sum(decimal string) string    { return "decimal_sum(" + decimal + ")" }
func (sqliteDialect) median(decimal string) string { return "decimal_median(" + decimal + ")" }

func (sqliteDialect) positions() string {
	return "(SELECT value ->> 'id' AS id, value ->> 'position' AS position FROM json_each(?)) AS v"
}

func (sqliteDialect) records(columns string) string {
	parts := strings.Split(columns, ", ")
	for i, column := range parts {
		name, _, _ := strings.Cut(column, " ")
		parts[i] = "value ->> '" + name + "' AS " + name
	}
	return "(SELECT " + strings.Join(parts, ", ") + " FROM json_each(?)) AS v"
}

func (sqliteDialect) instant(milliseconds string) string { return "(" + milliseconds + ")" }

func (sqliteDialect) jsonRows(columns, order string) string {
	return "json_group_array(json_array(" + columns + ")" + order + ")"
}

func (sqliteDialect) list(ids []string) any {
	if ids == nil {
		return "[]"
	}
	text, _ := json.Marshal(ids)
	return string(text)
}
