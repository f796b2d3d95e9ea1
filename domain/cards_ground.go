package domain

// CardGround is what decides whether a card can be made, and what it begins with.
type CardGround struct {
	Board           *Board       // nil when there is none
	Access          *BoardAccess // nil when the viewer cannot open the board
	Workspace       *Workspace   // of the board
	OrganisationKey string
	ListWorkspaceID string            // workspace of the list; empty when there is no such list
	EarlierID       string            // the card that the client token made before; empty when there is none
	Labels          map[string]*Label // those asked for, in whatever workspace
	Editors         map[string]bool   // which of the assignees asked for may be assigned
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
