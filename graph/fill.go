package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// A page of cards brings along what its selection asks of each card: one statement for each relation, made as soon as
// the page is there. The loaders then only hand out. Without it they would gather keys for a while and, on a busy
// machine, ask several times.

// selected collects the names of the fields that a selection asks of the rows of a connection.
func selected(ctx context.Context, field graphql.CollectedField) map[string]graphql.CollectedField {
	operation := graphql.GetOperationContext(ctx)
	rows := map[string]graphql.CollectedField{}
	note := func(selections graphql.CollectedField) {
		for _, f := range graphql.CollectFields(operation, selections.Selections, nil) {
			rows[f.Name] = f
		}
	}
	for _, part := range graphql.CollectFields(operation, field.Selections, nil) {
		switch part.Name {
		case "nodes":
			note(part)
		case "edges":
			for _, inner := range graphql.CollectFields(operation, part.Selections, nil) {
				if inner.Name == "node" {
					note(inner)
				}
			}
		}
	}
	return rows
}

// fill loads for cards what is wanted of them.
func (l *loaders) fill(ctx context.Context, cards []*domain.Card, wanted map[string]graphql.CollectedField) error {
	if len(cards) == 0 {
		return nil
	}
	ids := make([]string, len(cards))
	for i, card := range cards {
		ids[i] = card.ID
	}
	wants := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { _, ok := wanted[name]; return ok })
	}
	var people []string
	if wants("labels", "labelIds") {
		labels, err := l.labelIDsOf.now(ctx, ids)
		if err != nil {
			return err
		}
		if _, err := l.label.now(ctx, flat(labels, wants("labels"))); err != nil {
			return err
		}
	}
	if wants("assignees", "assigneeIds") {
		assignees, err := l.assigneesOf.now(ctx, ids)
		if err != nil {
			return err
		}
		people = flat(assignees, wants("assignees"))
	}
	if wants("customFieldValues") {
		chosen, err := l.fillValues(ctx, ids)
		if err != nil {
			return err
		}
		people = append(people, chosen...)
	}
	for _, card := range cards {
		if wants("creator") {
			people = append(people, card.CreatedByID)
		}
	}
	if _, err := l.user.now(ctx, people); err != nil {
		return err
	}
	return l.fillPlaces(ctx, cards, wants)
}

// fillValues loads the values of cards with their fields and options, and returns the people chosen in them.
func (l *loaders) fillValues(ctx context.Context, cardIDs []string) ([]string, error) {
	values, err := l.valuesOf.now(ctx, cardIDs)
	if err != nil {
		return nil, err
	}
	var fields, options, people []string
	for _, ofCard := range values {
		for _, value := range ofCard {
			fields = append(fields, value.FieldID)
			options = append(options, value.OptionIDs...)
			people = append(people, value.UserIDs...)
		}
	}
	if _, err := l.field.now(ctx, fields); err != nil {
		return nil, err
	}
	_, err = l.option.now(ctx, options)
	return people, err
}

// fillPlaces loads where cards are.
func (l *loaders) fillPlaces(ctx context.Context, cards []*domain.Card, wants func(...string) bool) error {
	var boards, lists, workspaces []string
	for _, card := range cards {
		boards, lists, workspaces = append(boards, card.BoardID), append(lists, card.ListID), append(workspaces, card.WorkspaceID)
	}
	if wants("board") {
		if _, err := l.board.now(ctx, boards); err != nil {
			return err
		}
	}
	if wants("list") {
		if _, err := l.list.now(ctx, lists); err != nil {
			return err
		}
	}
	if wants("workspace") {
		if _, err := l.workspace.now(ctx, workspaces); err != nil {
			return err
		}
	}
	return nil
}

// flat joins lists of ids; none when they are not wanted.
func flat(lists [][]string, wanted bool) []string {
	var ids []string
	for _, list := range lists {
		if wanted {
			ids = append(ids, list...)
		}
	}
	return ids
}
