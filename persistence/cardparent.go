package persistence

import (
	"encoding/json"
	"strings"

	"kanera.dev/domain"
)

// parentGroup is the parents that give the same columns, so that one condition, which indexes can serve, fits all.
type parentGroup struct {
	columns []string
	rows    []map[string]any // column to id, and i: the place among all parents
}

// parentColumns are the columns of a card that a parent gives, and the ids they have to have.
func parentColumns(parent domain.CardParent) (columns, ids []string) {
	for _, given := range [][2]string{{"workspace_id", parent.WorkspaceID}, {"board_id", parent.BoardID}, {"list_id", parent.ListID}} {
		if given[1] != "" {
			columns, ids = append(columns, given[0]), append(ids, given[1])
		}
	}
	return columns, ids
}

func groupParents(parents []domain.CardParent) []*parentGroup {
	var groups []*parentGroup
	known := map[string]*parentGroup{}
	for i, parent := range parents {
		columns, ids := parentColumns(parent)
		group := known[strings.Join(columns, " ")]
		if group == nil {
			group = &parentGroup{columns: columns}
			known[strings.Join(columns, " ")] = group
			groups = append(groups, group)
		}
		row := map[string]any{"i": i}
		for j, column := range columns {
			row[column] = ids[j]
		}
		group.rows = append(group.rows, row)
	}
	return groups
}

// from is the FROM item p over the parents of the group.
func (g *parentGroup) from(d dialect) fragment {
	raw, _ := json.Marshal(g.rows) // numbers and ids
	return frag(d.parents(), string(raw))
}

// join is the condition that the card c belongs to the parent p.
func (g *parentGroup) join() fragment {
	parts := make([]fragment, len(g.columns))
	for i, column := range g.columns {
		parts[i] = frag("c." + column + " = p." + column)
	}
	return all(parts...)
}

// childOf is the condition that the card c belongs to the parent.
func childOf(parent domain.CardParent) fragment {
	columns, ids := parentColumns(parent)
	parts := make([]fragment, len(columns))
	for i, column := range columns {
		parts[i] = frag("c."+column+" = ?", ids[i])
	}
	return all(parts...)
}
