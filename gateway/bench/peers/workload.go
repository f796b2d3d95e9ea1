package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// workload is something asked of every server, each in its own words.
type workload struct {
	name  string
	limit string // path of the limit's answer, with {name} for what is varied

	document string // to the gateway's /graphql; empty: path is posted to
	path     string
	peer     string // to PostGraphile; empty: it is not asked
	aim      aim
}

// aim is what a workload is to reach at 16 clients; 0 is none.
type aim struct{ peer, peerCPU, limit float64 }

// workloads in the order in which they are measured: what writes is last.
var workloads = []workload{
	{
		name: "card by id", limit: "/card?card={card}", aim: aim{3, 2.5, .9},
		document: `query($card: ID!) { card(id: $card) { id key title description position completedAt board { id name } list { id name } } }`,
		peer: `query($card: UUID!) { cardByRowId(rowId: $card) { rowId keyPrefix number title description position completedAt
			board: boardByWorkspaceIdAndBoardId { rowId name } list: listByWorkspaceIdAndListId { rowId name } } }`,
	},
	{
		name: "board view", limit: "/board?board={board}", aim: aim{10, 8, .9},
		document: `query($board: ID!) { board(id: $board) { id name workspace { id name } columns { list { id name color } cards(first: 50) {
			nodes { id key title position completedAt dueDate { date slot timeZone overdue } labels { id name color } assignees { id displayName avatarUrl }
				customFieldValues { field { id name type } ... on TextFieldValue { text } ... on NumberFieldValue { number } ... on CheckboxFieldValue { checked }
					... on SelectFieldValue { options { id label color } } ... on DateFieldValue { date } ... on UrlFieldValue { url }
					... on UserFieldValue { users { id displayName } } } }
			pageInfo { hasNextPage endCursor } } } } }`,
		peer: `query($board: UUID!) { boardByRowId(rowId: $board) { rowId name workspace: workspaceByWorkspaceId { rowId name
			columns: listsByWorkspaceIdList(condition: { archivedAt: null }, orderBy: [POSITION_ASC, ROW_ID_ASC]) { rowId name color
				cards: cardsByWorkspaceIdAndListId(condition: { boardId: $board, archivedAt: null }, orderBy: [POSITION_ASC, ROW_ID_ASC], first: 50) {
					nodes { rowId keyPrefix number title position completedAt dueDay dueSlot dueTimeZone
						labels: cardLabelsByCardIdList { label: labelByLabelId { rowId name color } }
						assignees: cardAssigneesByCardIdList { user: userByUserId { rowId displayName avatarUrl } }
						customFieldValues: fieldValuesByCardIdList { field: customFieldByFieldId { rowId name type } text number checkbox date url
							options: optionsList { rowId label color } users: usersList { rowId displayName } } }
					pageInfo { hasNextPage endCursor } } } } } }`,
	},
	{
		name: "cross-board page", limit: "/page", aim: aim{1.8, 1.6, .9},
		document: `query { cards(filter: { completedAt: { null: true }, dueDate: { lt: "P0D" }, labels: { none: { name: { eq: "Chore" } } } }
			orderBy: [{ field: DUE_DATE }, { field: KEY }], first: 100) {
			nodes { key title board { name } list { name } dueDate { date overdue } } pageInfo { hasNextPage endCursor } } }`,
		peer: `query($workspace: UUID!, $today: String!) { cards: peersCardsLate(workspace: $workspace, before: $today, first: 100) {
			nodes { keyPrefix number title board: boardByWorkspaceIdAndBoardId { name } list: listByWorkspaceIdAndListId { name } dueDay dueSlot dueTimeZone }
			pageInfo { hasNextPage endCursor } } }`,
	},
	{
		name: "aggregate", limit: "/aggregate", aim: aim{1, 0, .9},
		document: `query { cardAggregate(groupBy: [{ dimension: LIST }, { dimension: BOARD }], orderBy: [{ measure: COUNT }], first: 100) {
			rows { keys { dimension id label color } count } totals { count } } }`,
		peer: `query($workspace: UUID!) { rows: peersCardsByListAndBoardList(workspace: $workspace) {
			listId listLabel listColor boardId boardLabel boardColor size total } }`,
	},
	{name: "REST open board", limit: "/open?board={board}&list={list}", path: "/api/v1/boards/{board}/open?listId={list}&cardLimit=50", aim: aim{0, 0, .9}},
	{
		name: creating, limit: "/create?board={board}&list={list}&title={title}", aim: aim{1.5, 1.6, .85},
		document: `mutation($board: ID!, $list: ID!, $title: String!) { cardCreate(input: { boardId: $board, listId: $list, title: $title }) {
			card { id key title position } } }`,
		peer: `mutation($board: UUID!, $list: UUID!, $title: String!) { peersCreateCard(input: { board: $board, list: $list, title: $title }) {
			card: result { rowId keyPrefix number title position } } }`,
	},
}

// creating is the workload that writes.
const creating = "create card"

// subject is what requests are about.
type subject struct{ card, board, list, workspace, title string }

// values are what documents and paths name.
func (s subject) values() map[string]string {
	return map[string]string{"card": s.card, "board": s.board, "list": s.list, "workspace": s.workspace, "title": s.title, "today": time.Now().UTC().Format(time.DateOnly)}
}

// fill puts the values into a path.
func (s subject) fill(path string) string {
	for name, value := range s.values() {
		path = strings.ReplaceAll(path, "{"+name+"}", url.QueryEscape(value))
	}
	return path
}

// operation is the body that asks a document, with the variables it declares.
func (s subject) operation(document string) []byte {
	variables := s.values()
	maps.DeleteFunc(variables, func(name, _ string) bool { return !strings.Contains(document, "$"+name+":") })
	body, _ := json.Marshal(map[string]any{"query": document, "variables": variables}) // strings only
	return body
}

// request writes the whole text of an HTTP request.
func request(method, address, path, key string, body []byte) []byte {
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, address)
	if key != "" {
		head += "Authorization: Bearer " + key + "\r\n"
	}
	if method == http.MethodPost {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	if body != nil {
		head += "Content-Type: application/json\r\n"
	}
	return append([]byte(head+"\r\n"), body...)
}
