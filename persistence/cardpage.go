package persistence

import (
	"slices"
	"strconv"
	"strings"

	"kanera.dev/domain"
)

// statement reads a page of cards for every parent: the parent's place, the row's place, the card, its key values.
// One parent is an ordinary query; see addMerged for cards from anywhere. Several are a query for each inside one statement
// on Postgres, which stops reading after the page, and a numbering of all their cards on SQLite, which has no such thing.
func (c *cardSelection) statement(d dialect, parents []domain.CardParent) fragment {
	var st statement
	switch {
	case len(parents) == 0:
	case len(parents) == 1 && parents[0] == domain.CardParent{} && c.spaces.text != "":
		c.addMerged(&st)
	case len(parents) == 1:
		st.add(frag("SELECT 0, 0, "+c.columns()), c.from(), frag(" WHERE "), all(childOf(parents[0]), c.where), c.pageText())
	default:
		for i, group := range groupParents(parents) {
			if i > 0 {
				st.add(frag(" UNION ALL "))
			}
			if d.name() == postgresName {
				c.addLateral(&st, d, group)
			} else {
				c.addNumbered(&st, d, group)
			}
		}
		st.add(frag(" ORDER BY 1, 2"))
	}
	return st.fragment()
}

// addMerged adds a page from all workspaces in reach: the same page from each, read off its indexes, and of those the first.
func (c *cardSelection) addMerged(st *statement) {
	each, merged := *c, cardSelection{order: &cardOrder{keys: slices.Clone(c.order.keys)}, page: c.page}
	each.page = domain.Page{First: c.offset() + c.page.First, All: c.page.All}
	for i := range merged.order.keys {
		merged.order.keys[i].expr = "x.k" + strconv.Itoa(i)
	}
	st.add(frag("SELECT 0, 0, x.* FROM ("), c.spaces, frag(") AS s(id) CROSS JOIN LATERAL (SELECT "+c.columns()), c.from(),
		frag(" WHERE c.workspace_id = s.id AND "), c.where, each.pageText(), frag(") x"), merged.pageText())
}

func (c *cardSelection) addLateral(st *statement, d dialect, group *parentGroup) {
	st.add(frag("SELECT p.i, x.* FROM "), group.from(d), frag(" CROSS JOIN LATERAL (SELECT "+c.numbered("")+c.columns()), c.from(),
		frag(" WHERE "), all(group.join(), c.where), c.pageText(), frag(") x"))
}

func (c *cardSelection) addNumbered(st *statement, d dialect, group *parentGroup) {
	st.add(frag("SELECT * FROM (SELECT p.i AS i, "+c.numbered("PARTITION BY p.i ")+c.columns()), c.from(), frag(" JOIN "), group.from(d),
		frag(" ON "), group.join(), frag(" WHERE "), c.where, frag(") AS x"))
	if !c.page.All {
		st.add(frag(" WHERE x.n > " + strconv.Itoa(c.offset()) + " AND x.n <= " + strconv.Itoa(c.offset()+c.page.First+1)))
	}
}

// columns are the card and its key values.
func (c *cardSelection) columns() string {
	var b strings.Builder
	b.WriteString(cardColumnsWith(c.with))
	for i, key := range c.order.keys {
		b.WriteString(", " + key.expr + " AS k" + strconv.Itoa(i))
	}
	return b.String()
}

func (c *cardSelection) numbered(partition string) string {
	return "ROW_NUMBER() OVER (" + partition + "ORDER BY " + orderBy(c.order.keys) + ") AS n, "
}

func (c *cardSelection) from() fragment {
	return (&statement{}).add(frag(" FROM cards c")).add(c.order.joins...).fragment()
}

// pageText ends a query with its order and limits. The limits are written out: with a parameter Postgres may settle
// for a plan that suits any limit. As they are, it may keep one plan for all parameters: on 50,000 cards a filtered page
// and a board run as fast with it as with a plan of their own, and nothing is planned anew.
func (c *cardSelection) pageText() fragment {
	text := " ORDER BY " + orderBy(c.order.keys)
	if !c.page.All {
		text += " LIMIT " + strconv.Itoa(c.page.First+1)
	}
	if c.offset() > 0 {
		text += " OFFSET " + strconv.Itoa(c.offset())
	}
	return frag(text)
}

// offset is how many rows are skipped by number; a whole list skips none.
func (c *cardSelection) offset() int {
	if !c.page.ByRow || c.page.All {
		return 0
	}
	return c.page.Offset
}

// foundCards are the cards of a parent and, one card behind the other, the key values that cursors need.
type foundCards struct {
	cards  []*domain.Card
	values []any
}

// scan returns what reads a row into the place of its parent in found.
func (c *cardSelection) scan(found []foundCards) func(row) error {
	var parent, number int
	values := make([]any, len(c.order.keys))
	behind := make([]any, len(values))
	for i := range values {
		behind[i] = loose{&values[i]}
	}
	reader := newCardReader(c.with, []any{&parent, &number}, behind)
	return func(line row) error {
		card, err := reader.read(line)
		if err != nil {
			return err
		}
		of := &found[parent]
		if of.cards == nil && !c.page.All {
			of.cards, of.values = make([]*domain.Card, 0, c.page.First+1), make([]any, 0, (c.page.First+1)*len(values))
		}
		of.cards, of.values = append(of.cards, card), append(of.values, values...)
		return nil
	}
}

func (c *cardSelection) pageOf(found foundCards) domain.PageOf[*domain.Card] {
	page := domain.PageOf[*domain.Card]{Nodes: found.cards}
	page.PageInfo.HasPreviousPage = c.offset() > 0 || !c.page.ByRow && c.page.After != ""
	if page.PageInfo.HasNextPage = !c.page.All && len(found.cards) > c.page.First; page.PageInfo.HasNextPage {
		page.Nodes = found.cards[:c.page.First]
	}
	page.Cursor = func(i int) string {
		keys := len(c.order.keys)
		return cursorOf(c.mark, c.order.keys, found.values[i*keys:(i+1)*keys])
	}
	if last := len(page.Nodes) - 1; last >= 0 {
		page.PageInfo.StartCursor, page.PageInfo.EndCursor = new(page.Cursor(0)), new(page.Cursor(last))
	}
	return page
}

// countCardsOf counts the cards of every parent: its place, its number of cards. Parents without cards may be
// missing.
func countCardsOf(d dialect, where fragment, parents []domain.CardParent) fragment {
	var st statement
	switch {
	case len(parents) == 0:
	case len(parents) == 1:
		st.add(frag("SELECT 0, count(*) FROM cards c WHERE "), all(childOf(parents[0]), where))
	default:
		for i, group := range groupParents(parents) {
			if i > 0 {
				st.add(frag(" UNION ALL "))
			}
			st.add(frag("SELECT p.i, count(*) FROM "), group.from(d), frag(" JOIN cards c ON "), group.join(), frag(" WHERE "), where,
				frag(" GROUP BY p.i"))
		}
	}
	return st.fragment()
}
