package persistence

import (
	"strings"

	"kanera.dev/domain"
)

// Who sees what, as conditions on a table alias. There are three ways in:
//
//   - a workspace key sees exactly its workspace, with all boards and cards;
//   - organisation owners and admins see everything in their organisations;
//   - everybody else sees the boards they have a row for, or, as workspace admins, all boards of the workspace;
//     with assigned_items_only only the cards assigned to them.
//
// A suspended or ended membership of an organisation bars its owner from everything there, whatever other rows
// say. Archived boards count as not there.

const (
	// memberBoards takes the user's id.
	memberBoards = "SELECT bm.board_id FROM board_members bm WHERE bm.user_id = ?"
	// adminWorkspaces takes the user's id.
	adminWorkspaces = "SELECT wm.workspace_id FROM workspace_members wm WHERE wm.user_id = ? AND wm.role = 'admin'"
	// activeMembership is the condition that the membership under the alias om has not ended.
	activeMembership = "om.suspended_at IS NULL AND om.removed_at IS NULL"
)

// barredOrganisations takes the user's id.
var barredOrganisations = barredFrom("?")

// barredFrom selects the organisations that a user's ended memberships bar them from.
func barredFrom(user string) string {
	return "SELECT xm.organisation_id FROM organisation_memberships xm WHERE xm.user_id = " + user +
		" AND (xm.suspended_at IS NOT NULL OR xm.removed_at IS NOT NULL)"
}

// visibleCards is the condition that the viewer may see the card under the alias. It first finds boards, the archived ones of
// a key's workspace or those that a user sees, and never reads boards out of their reach.
func visibleCards(d dialect, viewer *domain.Principal, alias string) (string, []any) {
	if viewer.IsWorkspaceKey() {
		return "(" + alias + ".board_id NOT IN (SELECT ab.id FROM boards ab WHERE ab.workspace_id = ? AND ab.archived_at IS NOT NULL)" +
			" AND " + alias + ".workspace_id = ?)", []any{viewer.WorkspaceID, viewer.WorkspaceID}
	}
	var whole []string
	var args []any
	for _, way := range waysIn(d, viewer, "b", "b.id") {
		whole, args = append(whole, boardsThere+way.text), append(append(args, viewer.UserID), way.args...)
	}
	assigned := alias + ".board_id IN (" + boardsThere + "b.id IN (" + memberBoards + " AND bm.assigned_items_only))" +
		" AND EXISTS (SELECT 1 FROM card_assignees va WHERE va.card_id = " + alias + ".id AND va.user_id = ?)"
	return "(" + alias + ".board_id IN (" + strings.Join(whole, " UNION ALL ") + ") OR " + assigned + ")",
		append(args, viewer.UserID, viewer.UserID, viewer.UserID)
}

// workspacesInReach selects the workspaces of all boards that a user may see, each once.
func workspacesInReach(d dialect, user *domain.Principal) fragment {
	return frag("SELECT w.id FROM workspaces w WHERE "+d.anyOf("w.organisation_id")+" UNION "+adminWorkspaces+
		" UNION SELECT b.workspace_id FROM boards b WHERE b.id IN ("+memberBoards+")",
		d.list(user.AdministeredOrganisations()), user.UserID, user.UserID)
}

// boardsThere begins to select the boards that are neither archived nor of an organisation that bars the user. It takes the
// user's id.
var boardsThere = "SELECT b.id FROM boards b WHERE b.archived_at IS NULL AND b.organisation_id NOT IN (" + barredOrganisations + ") AND "

// waysIn are the conditions of which one makes a user see all cards of a board; see wholeBoards.
func waysIn(d dialect, viewer *domain.Principal, alias, board string) []fragment {
	return []fragment{
		frag(d.anyOf(alias+".organisation_id"), d.list(viewer.AdministeredOrganisations())),
		frag(alias+".workspace_id IN ("+adminWorkspaces+")", viewer.UserID),
		frag(board+" IN ("+memberBoards+" AND NOT bm.assigned_items_only)", viewer.UserID),
	}
}

// visibleBoards is the condition that the viewer may open the board under the alias b.
func visibleBoards(d dialect, viewer *domain.Principal) (string, []any) {
	whole, args := wholeBoards(d, viewer, "b", "b.id")
	there := "(b.archived_at IS NULL AND ("
	if viewer.IsWorkspaceKey() {
		return there + whole + "))", args
	}
	member := "b.organisation_id NOT IN (" + barredOrganisations + ") AND b.id IN (" + memberBoards + ")"
	return there + whole + " OR " + member + "))", append(args, viewer.UserID, viewer.UserID)
}

// wholeBoards is the condition that the viewer sees all cards of a board. The alias is of a row with the columns
// organisation_id and workspace_id, board names its board's id.
func wholeBoards(d dialect, viewer *domain.Principal, alias, board string) (string, []any) {
	if viewer.IsWorkspaceKey() {
		return alias + ".workspace_id = ?", []any{viewer.WorkspaceID}
	}
	ways := some(waysIn(d, viewer, alias, board)...)
	return alias + ".organisation_id NOT IN (" + barredOrganisations + ") AND " + ways.text, append([]any{viewer.UserID}, ways.args...)
}

// visibleWorkspaces is the condition that the viewer has a role in the workspace under the alias w.
func visibleWorkspaces(d dialect, viewer *domain.Principal) (string, []any) {
	if viewer.IsWorkspaceKey() {
		return "w.id = ?", []any{viewer.WorkspaceID}
	}
	condition := "(w.organisation_id NOT IN (" + barredOrganisations + ") AND (" +
		d.anyOf("w.organisation_id") +
		" OR w.id IN (SELECT wm.workspace_id FROM workspace_members wm WHERE wm.user_id = ?)))"
	user := viewer.UserID
	return condition, []any{user, d.list(viewer.AdministeredOrganisations()), user}
}
