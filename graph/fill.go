package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// Cards bring along what their selection asks of them: what hangs on a card comes with its row, and everything that they
// refer to is read in one statement as soon as the cards are there. The loaders then only hand out. Without it they would
// gather keys for a while and, on a busy machine, ask several times.

// wanted are the names of the fields that a selection asks of cards.
type wanted map[string]bool

// of adds the fields that a selection asks of cards.
func (w wanted) of(ctx context.Context, cards graphql.CollectedField) wanted {
	for _, field := range graphql.CollectFields(graphql.GetOperationContext(ctx), cards.Selections, nil) {
		w[field.Name] = true
	}
	return w
}

// wantedOfRows collects what the selection of a connection asks of its rows.
func wantedOfRows(ctx context.Context, connection graphql.CollectedField) wanted {
	w, operation := wanted{}, graphql.GetOperationContext(ctx)
	for _, part := range graphql.CollectFields(operation, connection.Selections, nil) {
		switch part.Name {
		case "nodes":
			w.of(ctx, part)
		case "edges":
			for _, inner := range graphql.CollectFields(operation, part.Selections, nil) {
				if inner.Name == "node" {
					w.of(ctx, inner)
				}
			}
		}
	}
	return w
}

// parts says what is to come with the rows of cards.
func (w wanted) parts() domain.CardWith {
	return domain.CardWith{
		Labels: w["labels"] || w["labelIds"], Assignees: w["assignees"] || w["assigneeIds"], Values: w["customFieldValues"],
	}
}

// fill loads what is wanted of cards: what they refer to in one statement.
func (l *loaders) fill(ctx context.Context, cards []*domain.Card, w wanted) error {
	if len(cards) == 0 {
		return nil
	}
	var refs domain.References
	for _, card := range cards {
		if w["board"] {
			refs.Boards = append(refs.Boards, card.BoardID)
		}
		if w["list"] {
			refs.Lists = append(refs.Lists, card.ListID)
		}
		if w["workspace"] {
			refs.Workspaces = append(refs.Workspaces, card.WorkspaceID)
		}
		if w["creator"] {
			refs.Users = append(refs.Users, card.CreatedByID)
		}
	}
	if err := l.fillParts(ctx, cards, w, &refs); err != nil {
		return err
	}
	return l.refer(ctx, refs)
}

// fillParts adds what the wanted parts of cards refer to.
func (l *loaders) fillParts(ctx context.Context, cards []*domain.Card, w wanted, refs *domain.References) error {
	with := w.parts()
	if with.Labels {
		lists, err := partsOf(ctx, l.labelIDsOf, cards, labelIDs)
		if err != nil {
			return err
		}
		refs.Labels = slices.Concat(lists...)
	}
	if with.Assignees {
		lists, err := partsOf(ctx, l.assigneesOf, cards, assigneeIDs)
		if err != nil {
			return err
		}
		if w["assignees"] {
			refs.Users = append(refs.Users, slices.Concat(lists...)...)
		}
	}
	if with.Values {
		lists, err := partsOf(ctx, l.valuesOf, cards, fieldValues)
		if err != nil {
			return err
		}
		for _, values := range lists {
			for _, value := range values {
				refs.Fields = append(refs.Fields, value.FieldID)
				refs.Options = append(refs.Options, value.OptionIDs...)
				refs.Users = append(refs.Users, value.UserIDs...)
			}
		}
	}
	return nil
}

// refer loads rows by id, as far as they are not known, in one statement for all nouns.
func (l *loaders) refer(ctx context.Context, refs domain.References) error {
	refs = domain.References{
		Users: l.user.missing(refs.Users), Workspaces: l.workspace.missing(refs.Workspaces), Boards: l.board.missing(refs.Boards),
		Lists: l.list.missing(refs.Lists), Labels: l.label.missing(refs.Labels), Fields: l.field.missing(refs.Fields),
		Options: l.option.missing(refs.Options),
	}
	found, err := l.service.Store.Referenced(ctx, refs)
	if err != nil {
		return err
	}
	l.user.learn(refs.Users, found.Users)
	l.workspace.learn(refs.Workspaces, found.Workspaces)
	l.board.learn(refs.Boards, found.Boards)
	l.list.learn(refs.Lists, found.Lists)
	l.label.learn(refs.Labels, found.Labels)
	l.field.learn(refs.Fields, found.Fields)
	l.option.learn(refs.Options, found.Options)
	return nil
}

// placeCard takes in what was read together with a card, and loads what the selection wants of it.
func (l *loaders) placeCard(ctx context.Context, place *domain.CardPlace) (*domain.Card, error) {
	l.board.know(place.Board.ID, place.Board)
	l.boardAccess.know(place.Board.ID, place.Access)
	l.list.know(place.List.ID, place.List)
	l.workspace.know(place.Workspace.ID, place.Workspace)
	return place.Card, l.fill(ctx, []*domain.Card{place.Card}, wanted{}.of(ctx, graphql.GetFieldContext(ctx).Field))
}

// placeBoard takes in what was read together with a board.
func (l *loaders) placeBoard(place *domain.BoardPlace) *domain.Board {
	l.board.know(place.Board.ID, place.Board)
	l.boardAccess.know(place.Board.ID, place.Access)
	l.workspace.know(place.Workspace.ID, place.Workspace)
	l.listsOf.know(place.Workspace.ID, place.Lists)
	for _, list := range place.Lists {
		l.list.know(list.ID, list)
	}
	return place.Board
}
