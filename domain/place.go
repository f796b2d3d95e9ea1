package domain

import (
	"context"
	"regexp"
	"strconv"
	"strings"
)

// Places reads rows of several nouns in one statement, for callers who need them together.
type Places interface {
	// Referenced reads rows by id without judging the viewer, as the by-id readers of Structure do. It runs no
	// statement when nothing is asked for.
	Referenced(ctx context.Context, refs References) (*Referenced, error)
	// CardPlace reads a card with all it lies in and how the viewer reaches it. NOT_FOUND when there is none.
	CardPlace(ctx context.Context, viewer *Principal, cardID string) (*CardPlace, error)
	// BoardPlace reads a board with what is asked for around it and how the viewer reaches it. NOT_FOUND when there is none.
	BoardPlace(ctx context.Context, viewer *Principal, boardID string, with BoardWith) (*BoardPlace, error)
	// CardGround reads what decides whether the viewer may make a card, and what it begins with; it takes the card's number
	// and keeps others from its lane until the transaction ends. Whoever then makes no card has to fail the transaction, so
	// that the number is not used up.
	CardGround(ctx context.Context, viewer *Principal, in NewCard) (*CardGround, error)
}

// References names rows of several nouns by their ids.
type References struct{ Users, Workspaces, Boards, Lists, Labels, Fields, Options []string }

// Referenced is what References named, by id. Ids nobody knows are left out; nouns that were not asked for are nil.
type Referenced struct {
	Users      map[string]*User
	Workspaces map[string]*Workspace
	Boards     map[string]*Board
	Lists      map[string]*List
	Labels     map[string]*Label
	Fields     map[string]*CustomField
	Options    map[string]*CustomFieldOption
}

// CardPlace is a card where it lies, as one viewer reaches it.
type CardPlace struct {
	Card      *Card
	Visible   bool // whether the viewer may see the card
	Board     *Board
	List      *List
	Workspace *Workspace
	Access    *BoardAccess // nil when the viewer cannot open the board
}

// BoardWith says what of a workspace is to come with one of its boards.
type BoardWith struct {
	Lists, Labels, KeyPrefixes bool
	Fields                     bool // with their options
}

// BoardPlace is a board with what lies around it, as one viewer reaches it. What was not asked for is nil.
type BoardPlace struct {
	Board     *Board
	Access    *BoardAccess // nil when the viewer cannot open the board
	Workspace *Workspace

	// Of the workspace: unarchived ones by position.
	Lists   []*List
	Labels  []*Label
	Fields  []*CustomField
	Options []*CustomFieldOption // of all its fields

	KeyPrefixes []string // as KeyPrefixesOf has them
}

// CardPlace reads a card and where it lies. It refuses as Card does.
func (s *Service) CardPlace(ctx context.Context, who *Principal, id string) (*CardPlace, error) {
	return cardPlace(ctx, s.Store, who, id, readBoard)
}

// CardKey is what people call a card by.
type CardKey struct {
	OrganisationKey string // upper-case; empty when OrganisationID says which
	OrganisationID  string
	Prefix          string // upper-case, any that the workspace ever had
	Number          int
}

var cardKeyForm = regexp.MustCompile(`^([A-Z][A-Z0-9]{1,9})-([1-9][0-9]{0,8})$`)

// CardPlaceByKey is CardPlace for a key, in any case; it refuses as CardByKey does. It takes two statements.
func (s *Service) CardPlaceByKey(ctx context.Context, who *Principal, organisationKey, key string) (*CardPlace, error) {
	part := cardKeyForm.FindStringSubmatch(strings.ToUpper(key))
	if part == nil {
		return nil, NotFound("Card")
	}
	number, _ := strconv.Atoi(part[2]) // digits only, by the pattern
	id, err := s.Store.CardIDByKey(ctx, CardKey{strings.ToUpper(organisationKey), who.OrganisationID, part[1], number})
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, NotFound("Card")
	}
	place, err := s.CardPlace(ctx, who, id)
	if CodeOf(err) == CodeForbidden {
		return nil, NotFound("Card")
	}
	return place, err
}

// BoardPlace reads a board and what is asked for around it. It refuses as Board does.
func (s *Service) BoardPlace(ctx context.Context, who *Principal, id string, with BoardWith) (*BoardPlace, error) {
	return boardPlace(ctx, s.Store, who, id, with, readBoard)
}

// cardPlace returns where a card lies that the caller may use the way need says. Cards of archived boards do not
// exist.
func cardPlace(ctx context.Context, tx Store, who *Principal, id string, need boardNeed) (*CardPlace, error) {
	place, err := tx.CardPlace(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if place.Board.ArchivedAt != nil {
		return nil, NotFound("Card")
	}
	if err := canUseBoard(who, place.Access, need); err != nil {
		return nil, err
	}
	if !place.Visible {
		return nil, Forbidden("You only see cards that are assigned to you.")
	}
	return place, nil
}

// boardPlace returns a board that the caller may use the way need says. Archived boards do not exist.
func boardPlace(ctx context.Context, tx Store, who *Principal, id string, with BoardWith, need boardNeed) (*BoardPlace, error) {
	place, err := tx.BoardPlace(ctx, who, id, with)
	if err != nil {
		return nil, err
	}
	if place.Board.ArchivedAt != nil {
		return nil, NotFound("Board")
	}
	if err := canUseBoard(who, place.Access, need); err != nil {
		return nil, err
	}
	return place, nil
}
