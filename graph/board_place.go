package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// A board brings along what its selection asks of its workspace, all in the statement that reads the board.

// wantedOfBoard is what a selection asks of the workspace of a board, and of lists that cards of the board are in.
func wantedOfBoard(ctx context.Context, board graphql.CollectedField) (with domain.BoardWith) {
	operation := graphql.GetOperationContext(ctx)
	for _, field := range graphql.CollectFields(operation, board.Selections, nil) {
		switch field.Name {
		case "columns":
			with.Lists = true
		case "cards":
			with.Lists = with.Lists || wantedOfRows(ctx, field).list
		case "workspace":
			for _, inner := range graphql.CollectFields(operation, field.Selections, nil) {
				switch inner.Name {
				case "lists":
					with.Lists = true
				case "labels":
					with.Labels = true
				case "customFields", "allFieldsShownOnCards":
					with.Fields = true
				case "cardKeyPrefixes":
					with.KeyPrefixes = true
				}
			}
		}
	}
	return with
}

// placeBoard takes in what was read together with a board.
func (l *loaders) placeBoard(place *domain.BoardPlace, with domain.BoardWith) *domain.Board {
	l.board.know(place.Board.ID, place.Board)
	l.boardAccess.know(place.Board.ID, place.Access)
	l.workspace.know(place.Workspace.ID, place.Workspace)
	if with.Lists {
		l.listsOf.know(place.Workspace.ID, place.Lists)
		for _, list := range place.Lists {
			l.list.know(list.ID, list)
		}
	}
	if with.Labels {
		l.labelsOf.know(place.Workspace.ID, place.Labels)
		for _, label := range place.Labels {
			l.label.know(label.ID, label)
		}
	}
	if with.KeyPrefixes {
		l.prefixesOf.know(place.Workspace.ID, place.KeyPrefixes)
	}
	if with.Fields {
		l.placeFields(place)
	}
	return place.Board
}

func (l *loaders) placeFields(place *domain.BoardPlace) {
	l.fieldsOf.know(place.Workspace.ID, place.Fields)
	options := make(map[string][]*domain.CustomFieldOption, len(place.Fields))
	for _, option := range place.Options {
		options[option.FieldID] = append(options[option.FieldID], option)
		l.option.know(option.ID, option)
	}
	for _, field := range place.Fields {
		l.field.know(field.ID, field)
		l.optionsOf.know(field.ID, options[field.ID])
	}
}

// membersOfBoards reads pages of members, who come with the people they are.
func (l *loaders) membersOfBoards(ctx context.Context, boardIDs []string, page domain.Page) (map[string]domain.PageOf[*domain.BoardMember], error) {
	pages, err := l.service.Store.BoardMembersOf(ctx, boardIDs, page)
	for _, page := range pages {
		for _, member := range page.Nodes {
			l.user.know(member.UserID, member.Person)
		}
	}
	return pages, err
}
