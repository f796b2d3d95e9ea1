package persistence

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"kanera.dev/domain"
)

// cardReport is a compiled domain.CardGroups.
type cardReport struct {
	where     fragment
	groupings []grouping
	measures  measures
	keys      []sortKey // of the groups
	behind    fragment  // the condition of the page
	mark      string
	page      domain.Page
}

// compileReport prepares g. Cursors are bound to everything but what is shown of the groups.
func (s *Store) compileReport(g *domain.CardGroups) (*cardReport, error) {
	where, err := s.matchingCards(&g.Cards)
	if err != nil {
		return nil, err
	}
	r := &cardReport{where: s.withinReach(&g.Cards, where), measures: measuresOf(g), behind: all(), page: g.Cards.Page}
	for _, by := range g.Order {
		r.keys = append(r.keys, r.measures.sortKey(s.dialect, by))
	}
	for i, by := range g.By {
		grouping, err := compileGrouping(s.dialect, by, i, g.Cards.FieldTypes)
		if err != nil {
			return nil, err
		}
		r.groupings = append(r.groupings, grouping)
		r.keys = append(r.keys, grouping.sortKeys(s.dialect, strconv.Itoa(i))...)
	}
	if r.mark, err = queryMark(g.Cards.Filter, g.Cards.Archived, g.Cards.CompletedWithin, g.By, g.Order); err != nil {
		return nil, err
	}
	if r.page.After != "" {
		values, err := parseCursor(r.page.After, r.mark, r.keys)
		if err != nil {
			return nil, err
		}
		r.behind = after(s.dialect, r.keys, values)
	}
	return r, nil
}

// AggregateCards implements domain.Cards with one statement: the matching cards are found once, grouped, and
// measured as a whole; the groups get their names and are cut to the page; the totals stand beside every group, and
// alone when there is none.
func (s *Store) AggregateCards(ctx context.Context, g domain.CardGroups) (*domain.CardAggregate, error) {
	r, err := s.compileReport(&g)
	if err != nil {
		return nil, err
	}
	out := &domain.CardAggregate{}
	reader := r.reader(out)
	err = s.each(ctx, r.statement(s.dialect), reader.read)
	if err != nil {
		return nil, fmt.Errorf("aggregate cards: %w", err)
	}
	out.PageInfo.HasPreviousPage = r.page.After != ""
	if out.PageInfo.HasNextPage = len(out.Rows) > r.page.First; out.PageInfo.HasNextPage {
		out.Rows = out.Rows[:r.page.First]
	}
	if last := len(out.Rows) - 1; last >= 0 {
		out.PageInfo.StartCursor, out.PageInfo.EndCursor = new(reader.cursor(0)), new(reader.cursor(last))
	}
	return out, nil
}

func (r *cardReport) statement(d dialect) fragment {
	st, source, totals := r.source(d)
	positions, shown, names := "", "", ""
	for i, g := range r.groupings {
		n := strconv.Itoa(i)
		st.add(g.key, frag(" AS key"+n+", "))
		positions += ", " + strconv.Itoa(i+1)
		columns, join := g.shown(n)
		shown, names = shown+columns, names+join
	}
	st.add(frag("count(*) AS size"+r.measures.aggregates(d)), source)
	order := orderBy(r.keys)
	return st.add(
		frag(" GROUP BY "+positions[2:]+"), named AS (SELECT g.*"+shown+" FROM grouped g"+names+"), totals AS ("+totals+")"+
			" SELECT t.total"+r.measures.names("t")+", p.size"+r.measures.names("p")+r.columns()+
			" FROM totals t LEFT JOIN (SELECT * FROM named p WHERE "), r.behind,
		frag(" ORDER BY "+order+" LIMIT "+strconv.Itoa(r.page.First+1)+") AS p ON TRUE ORDER BY "+order),
	).fragment()
}

// source begins the statement, up to the keys of the groups, and says what is grouped and how the totals are made. Where
// every card stands in one group and no numbers are measured, the groups add up to the totals, and the cards are only
// counted, which an index may do; else they are found once and kept for both.
func (r *cardReport) source(d dialect) (st *statement, source fragment, totals string) {
	numbers, joins := r.measures.columns()
	var also statement
	for _, g := range r.groupings {
		also.add(g.join)
	}
	if several := also.fragment(); several.text != "" || numbers != "" {
		st = (&statement{}).add(
			frag("WITH matched AS MATERIALIZED (SELECT c.id, c.board_id, c.list_id, c.created_by_id, c.created_at, c.completed_at, c.due_day"+
				numbers+" FROM cards c"), joins, frag(" WHERE "), r.where, frag("), grouped AS (SELECT "))
		return st, (&statement{}).add(frag(" FROM matched c"), several).fragment(),
			"SELECT count(*) AS total" + r.measures.aggregates(d) + " FROM matched c"
	}
	return (&statement{}).add(frag("WITH grouped AS (SELECT ")), (&statement{}).add(frag(" FROM cards c WHERE "), r.where).fragment(),
		"SELECT CAST(coalesce(sum(g.size), 0) AS bigint) AS total FROM grouped g"
}

// columns are the keys of the groups as they are shown, and the values that their cursors need.
func (r *cardReport) columns() string {
	var b strings.Builder
	for i := range r.groupings {
		n := strconv.Itoa(i)
		b.WriteString(", p.key" + n + ", p.label" + n + ", p.color" + n)
	}
	for _, key := range r.keys {
		b.WriteString(", " + key.expr)
	}
	return b.String()
}
