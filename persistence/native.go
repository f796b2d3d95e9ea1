package persistence

import (
	"context"
	"database/sql/driver"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// native runs SELECTs on Postgres without database/sql between, where every value is converted twice. It shares its
// connections with GORM.
type native struct {
	connections *pgxpool.Pool
	observe     Observer
	writing     chan struct{} // holds one token for each transaction that runs; see writers
}

// writers is how many transactions run at once on so many connections. Transactions wait for each other's locks: half of
// the connections are left to those who read, and the database is spared long queues.
func writers(connections int32) int { return int(max(1, connections/2)) }

// queryNatively runs a SELECT in which ? stands for a parameter, in the transaction if there is one.
func (s *Store) queryNatively(ctx context.Context, query string, args []any) (resultSet, error) {
	values := make([]any, len(args))
	for i, arg := range args {
		var err error
		if values[i], err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil { // as database/sql does
			return nil, err
		}
	}
	if s.tx != nil {
		return s.tx.query(ctx, numbered(query), values)
	}
	return s.native.query(ctx, numbered(query), values)
}

func (n *native) query(ctx context.Context, text string, args []any) (resultSet, error) {
	countStatement(ctx)
	answered := n.observe(ctx, text)
	rows, err := n.connections.Query(ctx, text, args...)
	answered(err)
	return readNatively(rows), err
}

// numbered replaces every ? by the number of its parameter. None of our texts holds one for anything else.
func numbered(query string) string {
	var b strings.Builder
	b.Grow(len(query) + 16)
	for n := 1; ; n++ {
		before, after, more := strings.Cut(query, "?")
		b.WriteString(before)
		if !more {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = after
	}
}
