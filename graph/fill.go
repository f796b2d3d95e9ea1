package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// Cards bring along what their selection asks of them: what hangs on a card comes with its row, and everything that they
// refer to is read in one statement as soon as the cards are there. The loaders then only hand out. Without it they would
// gather keys for a while and, on a busy machine, ask several times.

// wanted is what a selection asks of cards besides their own columns.
type wanted struct {
	board, list, workspace, creator, assignees bool

	with domain.CardWith
}

// of adds what a selection asks of cards.
func (w *wanted) of(ctx context.Context, cards graphql.CollectedField) {
	for _, field := range graphql.CollectFields(graphql.GetOperationContext(ctx), cards.Selections, nil) {
		switch field.Name {
		case "board":
			w.board = true
		case "list":
			w.list = true
		case "workspace":
			w.workspace = true
		case "creator":
			w.creator = true
		case "labels", "labelIds": // the ids are in the order of the labels
			w.with.Labels = true
		case "assignees":
			w.assignees, w.with.Assignees = true, true
		case "assigneeIds":
			w.with.Assignees = true
		case "customFieldValues":
			w.with.Values = true
		}
	}
}

// wantedOfRows collects what the selection of a connection asks of its rows.
func wantedOfRows(ctx context.Context, connection graphql.CollectedField) (w wanted) {
	operation := graphql.GetOperationContext(ctx)
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

// lacking are the ids of things that are not known yet, each once.
type lacking[T any] struct {
	ids  []string
	seen map[string]bool
}

func (l *lacking[T]) add(from *one[T], ids ...string) {
	for _, id := range ids {
		if !l.seen[id] && !from.has(id) {
			l.ids, l.seen = append(l.ids, id), noted(l.seen, id)
		}
	}
}

// references are what cards refer to, as far as it is not known yet.
type references struct {
	users      lacking[*domain.User]
	workspaces lacking[*domain.Workspace]
	boards     lacking[*domain.Board]
	lists      lacking[*domain.List]
	labels     lacking[*domain.Label]
	fields     lacking[*domain.CustomField]
	options    lacking[*domain.CustomFieldOption]
}

// fill loads what is wanted of cards: what they refer to in one statement.
func (l *loaders) fill(ctx context.Context, cards []*domain.Card, w wanted) error {
	var refs references
	for _, card := range cards {
		if w.board {
			refs.boards.add(&l.board, card.BoardID)
		}
		if w.list {
			refs.lists.add(&l.list, card.ListID)
		}
		if w.workspace {
			refs.workspaces.add(&l.workspace, card.WorkspaceID)
		}
		if w.creator {
			refs.users.add(&l.user, card.CreatedByID)
		}
	}
	if err := l.fillParts(ctx, cards, w, &refs); err != nil {
		return err
	}
	return l.refer(ctx, &refs)
}

// fillParts adds what the wanted parts of cards refer to.
func (l *loaders) fillParts(ctx context.Context, cards []*domain.Card, w wanted, refs *references) error {
	if w.with.Labels {
		lists, err := partsOf(ctx, &l.labelIDsOf, cards, labelIDs)
		if err != nil {
			return err
		}
		for _, ids := range lists {
			refs.labels.add(&l.label, ids...)
		}
	}
	if w.with.Assignees {
		lists, err := partsOf(ctx, &l.assigneesOf, cards, assigneeIDs)
		if err != nil {
			return err
		}
		for _, ids := range lists {
			if w.assignees {
				refs.users.add(&l.user, ids...)
			}
		}
	}
	if w.with.Values {
		lists, err := partsOf(ctx, &l.valuesOf, cards, fieldValues)
		if err != nil {
			return err
		}
		for _, values := range lists {
			refs.ofValues(l, values)
		}
	}
	return nil
}

// ofValues adds what values refer to.
func (r *references) ofValues(l *loaders, values []*domain.FieldValue) {
	for _, value := range values {
		r.fields.add(&l.field, value.FieldID)
		r.options.add(&l.option, value.OptionIDs...)
		r.users.add(&l.user, value.UserIDs...)
	}
}

// refer loads references in one statement for all nouns.
func (l *loaders) refer(ctx context.Context, refs *references) error {
	asked := domain.References{Users: refs.users.ids, Workspaces: refs.workspaces.ids, Boards: refs.boards.ids, Lists: refs.lists.ids,
		Labels: refs.labels.ids, Fields: refs.fields.ids, Options: refs.options.ids}
	found, err := l.service.Store.Referenced(ctx, asked)
	if err != nil {
		return err
	}
	l.user.learn(asked.Users, found.Users)
	l.workspace.learn(asked.Workspaces, found.Workspaces)
	l.board.learn(asked.Boards, found.Boards)
	l.list.learn(asked.Lists, found.Lists)
	l.label.learn(asked.Labels, found.Labels)
	l.field.learn(asked.Fields, found.Fields)
	l.option.learn(asked.Options, found.Options)
	return nil
}

// placeCard takes in what was read together with a card, and loads what the selection wants of it.
func (l *loaders) placeCard(ctx context.Context, place *domain.CardPlace) (*domain.Card, error) {
	l.board.know(place.Board.ID, place.Board)
	l.boardAccess.know(place.Board.ID, place.Access)
	l.list.know(place.List.ID, place.List)
	l.workspace.know(place.Workspace.ID, place.Workspace)
	var w wanted
	w.of(ctx, graphql.GetFieldContext(ctx).Field)
	return place.Card, l.fill(ctx, []*domain.Card{place.Card}, w)
}
