package domain

// CardGround is what decides whether a card can be made, and what it begins with.
type CardGround struct {
	Board           *Board       // its ids and ArchivedAt alone; nil when there is none
	Access          *BoardAccess // nil when the viewer cannot open the board
	KeyPrefix       string       // of the board's workspace
	OrganisationKey string
	ListWorkspaceID string            // workspace of the list; empty when there is no such list
	EarlierID       string            // the card that the client token made before; empty when there is none
	Labels          map[string]*Label // those asked for, in whatever workspace
	Editors         map[string]bool   // which of the assignees asked for may be assigned
	Number          int               // nobody else gets it; 0 when Access or EarlierID forbid a card
	LaneEnd         *Position         // at the end where the card goes; nil when the lane is empty
}

// judge refuses as boardFor does, after asking for the list.
func (g *CardGround) judge(who *Principal) error {
	if g.ListWorkspaceID == "" {
		return NotFound("List")
	}
	if g.Board == nil || g.Board.ArchivedAt != nil {
		return NotFound("Board")
	}
	return canUseBoard(who, g.Access, editBoard)
}
