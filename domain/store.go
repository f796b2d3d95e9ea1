package domain

import (
	"context"
	"time"
)

// Store keeps everything. Outside InTx every call is its own transaction. Lists come back in their natural order,
// maps are keyed by the ids that were asked for, and ids nobody knows are left out. Methods that take several parents
// need one statement, whatever the number of parents.
//
// Row methods take a pointer to a domain struct whose primary key is filled in.
type Store interface {
	Rows
	Tenants
	Structure
	Places
	Cards
	History
	Outbox
	Deliveries
	Keys
	Webhooks

	// InTx runs fn in one transaction and rolls back when it fails. The Store it passes is bound to the
	// transaction and must not outlive it. Serialisation failures are retried. The error of a write that answers nothing
	// may come late: from what fn asks next, or from InTx, which returns it whatever fn made of it. So fn must not
	// decide by such an error.
	InTx(ctx context.Context, fn func(tx Store) error) error
}

// Rows reads and writes single rows of any noun.
type Rows interface {
	// Load fills the row. NOT_FOUND when there is none.
	Load(ctx context.Context, row any) error
	// Lock is Load that also keeps others from changing the row until the transaction ends.
	Lock(ctx context.Context, row any) error
	// Insert adds a row, or every row of a slice. CONFLICT when a unique key is taken.
	Insert(ctx context.Context, rows any) error
	// Update writes all columns of a row and raises its Version, if it has one, in the row as in the database.
	Update(ctx context.Context, row any) error
	// Delete removes the row and what depends on it; no error when there is none.
	Delete(ctx context.Context, row any) error
}

// Tenants reads organisations, people and their roles.
type Tenants interface {
	Organisations(ctx context.Context, ids []string) (map[string]*Organisation, error)
	Users(ctx context.Context, ids []string) (map[string]*User, error)
	// SharedUsers returns which of the people share an organisation or a board with the viewer.
	SharedUsers(ctx context.Context, viewer *Principal, ids []string) (map[string]bool, error)
	// WorkspaceRoles returns the viewer's effective roles in workspaces; without one, the workspace is left out.
	WorkspaceRoles(ctx context.Context, viewer *Principal, workspaceIDs []string) (map[string]WorkspaceRole, error)
	// BoardAccesses returns how the viewer reaches boards; boards they cannot open are left out.
	BoardAccesses(ctx context.Context, viewer *Principal, boardIDs []string) (map[string]*BoardAccess, error)
	// WorkspaceMembersOf returns a page of members of each workspace, oldest membership first.
	WorkspaceMembersOf(ctx context.Context, workspaceIDs []string, page Page) (map[string]PageOf[*WorkspaceMember], error)
	CountWorkspaceMembers(ctx context.Context, workspaceIDs []string) (map[string]int, error)
	// BoardMembersOf returns a page of the people who can open each board, with who they are: stored members by joining, then
	// organisation admins without a row, by id.
	BoardMembersOf(ctx context.Context, boardIDs []string, page Page) (map[string]PageOf[*BoardMember], error)
	CountBoardMembers(ctx context.Context, boardIDs []string) (map[string]int, error)
	// AdminIDs returns the stored admins of a workspace.
	AdminIDs(ctx context.Context, workspaceID string) ([]string, error)
	// EditorIDs returns which of the people may be assigned on the board: its stored editors, and admins of its
	// workspace or organisation.
	EditorIDs(ctx context.Context, boardID string, userIDs []string) (map[string]bool, error)
	// MemberIDs returns which of the people are members of the workspace or admins of its organisation.
	MemberIDs(ctx context.Context, workspaceID string, userIDs []string) (map[string]bool, error)
}

// Structure reads workspaces, boards, lists, labels and fields. The by-id and by-parent readers do not judge the
// viewer: what they return is visible to whoever may see the parent.
type Structure interface {
	// VisibleWorkspaces returns a page of what Query.workspaces shows, oldest first.
	VisibleWorkspaces(ctx context.Context, viewer *Principal, page Page) (PageOf[*Workspace], error)
	CountVisibleWorkspaces(ctx context.Context, viewer *Principal) (int, error)
	// VisibleBoards returns a page of the viewer's navigation, with NavigationOrder set.
	VisibleBoards(ctx context.Context, viewer *Principal, page Page) (PageOf[*Board], error)
	CountVisibleBoards(ctx context.Context, viewer *Principal) (int, error)
	// WorkspaceBoardsOf returns a page of all boards of each workspace, by position.
	WorkspaceBoardsOf(ctx context.Context, workspaceIDs []string, page Page) (map[string]PageOf[*Board], error)
	CountWorkspaceBoards(ctx context.Context, workspaceIDs []string) (map[string]int, error)

	Workspaces(ctx context.Context, ids []string) (map[string]*Workspace, error)
	Boards(ctx context.Context, ids []string) (map[string]*Board, error)
	Lists(ctx context.Context, ids []string) (map[string]*List, error)
	Labels(ctx context.Context, ids []string) (map[string]*Label, error)
	CustomFields(ctx context.Context, ids []string) (map[string]*CustomField, error)
	Options(ctx context.Context, ids []string) (map[string]*CustomFieldOption, error)

	ListsOf(ctx context.Context, workspaceIDs []string) (map[string][]*List, error)
	LabelsOf(ctx context.Context, workspaceIDs []string) (map[string][]*Label, error)
	CustomFieldsOf(ctx context.Context, workspaceIDs []string) (map[string][]*CustomField, error)
	// OptionsOf returns the live options of fields.
	OptionsOf(ctx context.Context, fieldIDs []string) (map[string][]*CustomFieldOption, error)
	// KeyPrefixesOf returns the prefixes of workspaces: the current one first, then retired ones.
	KeyPrefixesOf(ctx context.Context, workspaceIDs []string) (map[string][]string, error)

	// Siblings returns the order that row (a *Board, *List, *Label, *CustomField or *CustomFieldOption with its
	// parent's id) belongs to, and locks it inside a transaction.
	Siblings(ctx context.Context, row any) ([]Ranked, error)
	// SetPositions writes the positions of rows of the same noun as row.
	SetPositions(ctx context.Context, row any, positions []Ranked) error
	// RenameKeyPrefix writes the prefix to every card of a workspace.
	RenameKeyPrefix(ctx context.Context, workspaceID, prefix string) error
}

// Cards reads and changes cards and what hangs on them.
type Cards interface {
	// CardIDByKey finds a card by its key. Empty when there is none.
	CardIDByKey(ctx context.Context, key CardKey) (string, error)
	// VisibleCards returns which of the cards the viewer may see.
	VisibleCards(ctx context.Context, viewer *Principal, ids []string) (map[string]bool, error)
	// MatchingCards returns which of the cards the query finds, whatever its order and page.
	MatchingCards(ctx context.Context, q CardQuery, ids []string) (map[string]bool, error)
	// FindCards returns a page of cards for each parent. BAD_REQUEST for a cursor of another query.
	FindCards(ctx context.Context, q CardQuery, parents []CardParent) (map[CardParent]PageOf[*Card], error)
	// CountCards counts what FindCards pages through.
	CountCards(ctx context.Context, q CardQuery, parents []CardParent) (map[CardParent]int, error)
	// AggregateCards answers CardGroups in one statement.
	AggregateCards(ctx context.Context, g CardGroups) (*CardAggregate, error)

	// LabelIDsOf returns the labels of cards in the order of the workspace.
	LabelIDsOf(ctx context.Context, cardIDs []string) (map[string][]string, error)
	// AssigneeIDsOf returns the assignees of cards in order of assignment.
	AssigneeIDsOf(ctx context.Context, cardIDs []string) (map[string][]string, error)
	// FieldValuesOf returns the values of cards in the order of the fields, emptied ones included.
	FieldValuesOf(ctx context.Context, cardIDs []string) (map[string][]*FieldValue, error)
	// SetLabels replaces the labels of a card.
	SetLabels(ctx context.Context, cardID string, labelIDs []string) error
	// SetAssignees replaces the assignees of a card; those who stay keep their place.
	SetAssignees(ctx context.Context, cardID string, userIDs []string, at time.Time) error
	// SetFieldValue inserts or replaces a value.
	SetFieldValue(ctx context.Context, value *FieldValue) error

	// LaneEnd returns the first or last position among the unarchived cards of a list; nil for an empty lane.
	LaneEnd(ctx context.Context, listID string, last bool) (*Position, error)
	// LaneNeighbour returns the position next to position (after it, or before it) among the unarchived cards of
	// a list other than exceptID; nil at the end of the lane.
	LaneNeighbour(ctx context.Context, listID string, position Position, after bool, exceptID string) (*Position, error)
	// RenumberLane gives the unarchived cards of a list the positions of PositionAt, in their order.
	RenumberLane(ctx context.Context, listID string) error
	// LockLane keeps others from moving cards in the list until the transaction ends.
	LockLane(ctx context.Context, listID string) error
	// LaneCards returns the unarchived cards of a list by position, of one board when boardID is set, and locks them.
	LaneCards(ctx context.Context, listID, boardID string) ([]*Card, error)
}

// CardParent narrows a query to the cards of a workspace, a board, a list, or a list on a board. The zero
// CardParent stands for every card the viewer may see.
type CardParent struct{ WorkspaceID, BoardID, ListID string }

// History keeps what happened.
type History interface {
	// OpenActivity returns the newest entry that may still be coalesced: same entity, actor, action and key, and
	// CoalescedUntil after now. Nil when there is none.
	OpenActivity(ctx context.Context, like *Activity, now time.Time) (*Activity, error)
	// BoardActivityOf returns a page of the visible entries of each board that a person or key caused, newest
	// first, leaving out cards the viewer cannot see.
	BoardActivityOf(ctx context.Context, viewer *Principal, boardIDs []string, page Page) (map[string]PageOf[*Activity], error)
	CountBoardActivity(ctx context.Context, viewer *Principal, boardIDs []string) (map[string]int, error)
	// CardActivityOf returns a page of the visible entries of each card, newest first.
	CardActivityOf(ctx context.Context, cardIDs []string, page Page) (map[string]PageOf[*Activity], error)
	CountCardActivity(ctx context.Context, cardIDs []string) (map[string]int, error)
	// ActivityOfCard returns every entry of a card, oldest first.
	ActivityOfCard(ctx context.Context, cardID string) ([]*Activity, error)
}

// Keys finds and keeps credentials.
type Keys interface {
	// PrincipalByKeyHash returns who a key acts for, in one statement; nil for unknown and revoked keys, and for
	// keys whose owner's account or membership has ended. For a personal key OrganisationID is the one the key
	// was made in.
	PrincipalByKeyHash(ctx context.Context, hash string) (*Principal, error)
	// PrincipalsByKeyID is PrincipalByKeyHash for several keys, by id.
	PrincipalsByKeyID(ctx context.Context, keyIDs []string) (map[string]*Principal, error)
	// APIKeysByID returns keys, revoked ones included.
	APIKeysByID(ctx context.Context, ids []string) (map[string]*APIKey, error)
	// TouchKey records that a key was used, at most once in five minutes.
	TouchKey(ctx context.Context, keyID string, now time.Time) error
	APIKeys(ctx context.Context) ([]*APIKey, error)
	// UserByEmail finds a person whatever the case of the address. NOT_FOUND when there is none.
	UserByEmail(ctx context.Context, email string) (*User, error)
}
