package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/rest"
)

// eyes are a plain member with a personal key, and what the demo says the member may see.
type eyes struct {
	*gatewaytest.Gateway
	user    *domain.User
	key     string
	visible []*domain.Card
	hidden  []*domain.Card
	secrets []string // of hidden cards: ids, titles and keys as JSON has them
}

// TestHiddenCards asks for cards in every way there is as members to whom boards are closed: Leo sees on one board what
// is assigned to him, Noor observes three of the five.
func TestHiddenCards(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			g := gatewaytest.BothWays(t, backend)
			for _, name := range []string{"Leo Brandt", "Noor Haddad"} {
				e := look(t, g, name)
				t.Logf("%s sees %d cards of %d", name, len(e.visible), len(e.visible)+len(e.hidden))
				e.askEverything(t)
				e.count(t)
				e.askForHidden(t)
				e.openBoards(t)
			}
		})
	}
}

func look(t *testing.T, g *gatewaytest.Gateway, name string) *eyes {
	t.Helper()
	e := &eyes{Gateway: g, user: g.Demo.Users[slices.IndexFunc(g.Demo.Users, func(u *domain.User) bool { return u.DisplayName == name })]}
	store, err := gateway.OpenStore(t.Context(), g.Config)
	if err != nil {
		t.Fatal(err)
	}
	service := &domain.Service{Store: store, Now: domain.SystemClock, NewID: domain.NewID}
	e.key, _, err = service.KeyCreate(t.Context(), domain.KeyRequest{Kind: domain.PersonalKey, WorkspaceID: g.Demo.Workspaces[1].ID,
		UserEmail: e.user.Email, Environment: g.Config.KeyEnvironment()})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, card := range g.Demo.Cards {
		if e.sees(card) {
			e.visible = append(e.visible, card)
		} else {
			e.hidden = append(e.hidden, card)
			e.secrets = append(e.secrets, card.ID, quoted(card.Title), quoted(card.Key()))
		}
	}
	if len(e.visible) == 0 || len(e.hidden) == 0 {
		t.Fatalf("%s sees %d cards and misses %d", name, len(e.visible), len(e.hidden))
	}
	return e
}

// membership is the member's row on a board, nil without one.
func (e *eyes) membership(board string) *domain.BoardMember {
	i := slices.IndexFunc(e.Demo.BoardMembers, func(m *domain.BoardMember) bool { return m.BoardID == board && m.UserID == e.user.ID })
	if i < 0 {
		return nil
	}
	return e.Demo.BoardMembers[i]
}

func (e *eyes) sees(card *domain.Card) bool {
	row := e.membership(card.BoardID)
	return row != nil && (!row.AssignedItemsOnly || known{Gateway: e.Gateway}.assigned(card.ID, e.user.ID))
}

// seen counts the visible cards for which fits holds.
func (e *eyes) seen(fits func(*domain.Card) bool) (count int) {
	for _, card := range e.visible {
		if fits(card) {
			count++
		}
	}
	return count
}

// mustHide looks for hidden cards in an answer.
func (e *eyes) mustHide(t *testing.T, name string, answer []byte) {
	t.Helper()
	text := string(answer)
	for _, secret := range e.secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s: %s is shown %s: %.300s", name, e.user.DisplayName, secret, text)
			return
		}
	}
}

func quoted(text string) string {
	raw, _ := json.Marshal(text) // text always marshals
	return string(raw)
}

// askEverything runs the generated queries of every field of every type. A member may be refused some, but no others.
func (e *eyes) askEverything(t *testing.T) {
	t.Helper()
	queries, _ := everyField(servedSchema())
	hours := know(t, e.Gateway).hours
	answered := 0
	for _, q := range queries {
		rows := []int{200, 200, 40, 12}[strings.Count(q.query, "N)")] // as many as an operation may cost
		answer := e.Query(e.key, q.with(rows, hours, e.Facts.WorkspaceID), nil)
		e.mustHide(t, q.name, answer.Data)
		for _, err := range answer.Errors {
			e.mustHide(t, q.name, []byte(err.Message))
			unknown := err.Extensions.Code == string(domain.CodeBadRequest) && strings.Contains(q.query, "HOURS") // of the other workspace
			if err.Extensions.Code != string(domain.CodeForbidden) && !unknown {
				t.Errorf("%s: %+v", q.name, err)
			}
		}
		if len(answer.Errors) == 0 {
			answered++
		}
	}
	if t.Logf("%s was answered %d of %d queries", e.user.DisplayName, answered, len(queries)); answered < len(queries)*2/3 {
		t.Errorf("%s was answered %d of %d queries only", e.user.DisplayName, answered, len(queries))
	}
}

type total struct{ TotalCount int }

const counts = `{
	live: cards(first: 1) { totalCount } archived: cards(first: 1, archived: true) { totalCount } cards(first: 1, archived: null) { totalCount }
	groups: cardAggregate(groupBy: [{ dimension: BOARD }], first: 200, archived: null) {
		rows { keys { id } count distinctCount } totals { count distinctCount } }
	boards { nodes { id cards(first: 1, archived: null) { totalCount } activity(first: 1) { totalCount }
		columns { list { id } cards(first: 1, archived: null) { totalCount } } } }
	workspaces { nodes { id cards(first: 1, archived: null) { totalCount } lists { id cards(first: 1, archived: null) { totalCount } }
		boards { nodes { id cards(first: 1, archived: null) { totalCount } } } } } }`

type counted struct {
	Live, Archived, Cards total
	Groups                struct {
		Rows []struct {
			Keys                 []identified
			Count, DistinctCount int
		}
		Totals struct{ Count, DistinctCount int }
	}
	Boards struct {
		Nodes []struct {
			ID              string
			Cards, Activity total
			Columns         []struct {
				List  identified
				Cards total
			}
		}
	}
	Workspaces struct {
		Nodes []struct {
			ID    string
			Cards total
			Lists []struct {
				ID    string
				Cards total
			}
			Boards struct {
				Nodes []struct {
					ID    string
					Cards total
				}
			}
		}
	}
}

// count compares every number that the member is told with a count over the demo.
func (e *eyes) count(t *testing.T) {
	t.Helper()
	answer := e.Query(e.key, counts, nil)
	var got counted
	if err := json.Unmarshal(answer.Data, &got); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("%v: %+v", err, answer.Errors)
	}
	same := func(what string, got int, fits func(*domain.Card) bool) {
		t.Helper()
		if want := e.seen(fits); got != want {
			t.Errorf("%s counts %d cards of %s, want %d", e.user.DisplayName, got, what, want)
		}
	}
	all := func(*domain.Card) bool { return true }
	same("all", got.Cards.TotalCount, all)
	same("live", got.Live.TotalCount, func(c *domain.Card) bool { return c.ArchivedAt == nil })
	same("archived", got.Archived.TotalCount, func(c *domain.Card) bool { return c.ArchivedAt != nil })
	same("the totals", got.Groups.Totals.Count, all)
	same("the distinct totals", got.Groups.Totals.DistinctCount, all)
	for _, row := range got.Groups.Rows {
		same("a group", row.Count, func(c *domain.Card) bool { return c.BoardID == row.Keys[0].ID })
		same("a group, distinct", row.DistinctCount, func(c *domain.Card) bool { return c.BoardID == row.Keys[0].ID })
	}
	for _, board := range got.Boards.Nodes {
		same("a board", board.Cards.TotalCount, func(c *domain.Card) bool { return c.BoardID == board.ID })
		e.countActivity(t, board.ID, board.Activity.TotalCount)
		for _, column := range board.Columns {
			same("a column", column.Cards.TotalCount, func(c *domain.Card) bool { return c.BoardID == board.ID && c.ListID == column.List.ID })
		}
	}
	for _, workspace := range got.Workspaces.Nodes {
		same("a workspace", workspace.Cards.TotalCount, func(c *domain.Card) bool { return c.WorkspaceID == workspace.ID })
		for _, list := range workspace.Lists {
			same("a list", list.Cards.TotalCount, func(c *domain.Card) bool { return c.ListID == list.ID })
		}
		for _, board := range workspace.Boards.Nodes {
			same("a board of a workspace", board.Cards.TotalCount, func(c *domain.Card) bool { return c.BoardID == board.ID })
		}
	}
}

func (e *eyes) countActivity(t *testing.T, board string, got int) {
	t.Helper()
	want := 0
	for _, entry := range e.Demo.Activities {
		if *entry.BoardID == board && entry.FeedVisible && slices.ContainsFunc(e.visible, func(c *domain.Card) bool { return c.ID == entry.EntityID }) {
			want++
		}
	}
	if got != want || want == 0 {
		t.Errorf("%s counts %d entries of the history of a board, want %d", e.user.DisplayName, got, want)
	}
}

// askForHidden names some hidden cards of each board, through both doors.
func (e *eyes) askForHidden(t *testing.T) {
	t.Helper()
	tried := map[string]int{}
	for _, card := range e.hidden {
		if tried[card.BoardID]++; tried[card.BoardID] > 4 {
			continue
		}
		for _, row := range []struct{ document, code string }{
			{`{ card(id: "` + card.ID + `") { title } }`, "FORBIDDEN"},
			{`{ card(key: "` + card.Key() + `") { title } }`, "NOT_FOUND"},
			{`mutation { cardUpdate(id: "` + card.ID + `", input: { title: "Seen" }) { card { title } } }`, "FORBIDDEN"},
			{`mutation { cardDuplicate(id: "` + card.ID + `") { card { title } } }`, "FORBIDDEN"},
		} {
			answer := e.Query(e.key, row.document, nil)
			if e.mustHide(t, row.document, answer.Data); len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != row.code {
				t.Errorf("%s: %s %+v, want %s", row.document, answer.Data, answer.Errors, row.code)
			}
		}
		for path, status := range map[string]int{
			"/cards/" + card.ID + "/detail":                                          http.StatusForbidden,
			"/organisations/" + card.OrganisationKey + "/cards/by-key/" + card.Key(): http.StatusNotFound,
		} {
			answer := e.Do(http.MethodGet, rest.Base+path, e.key, nil)
			if e.mustHide(t, path, answer.Body); answer.Status != status {
				t.Errorf("%s: %d %s, want %d", path, answer.Status, answer.Body, status)
			}
		}
	}
}

// openBoards opens every board through REST, list by list, and reads its history.
func (e *eyes) openBoards(t *testing.T) {
	t.Helper()
	for _, board := range e.Demo.Boards {
		status := http.StatusOK
		if e.membership(board.ID) == nil {
			status = http.StatusForbidden
		}
		history := e.Do(http.MethodGet, rest.Base+"/boards/"+board.ID+"/activity?limit=200", e.key, nil)
		if e.mustHide(t, "activity", history.Body); history.Status != status {
			t.Errorf("activity of %s: %d, want %d", board.Name, history.Status, status)
		}
		for _, list := range e.Demo.Lists {
			if list.WorkspaceID != board.WorkspaceID {
				continue
			}
			path := fmt.Sprintf("%s/boards/%s/open?listId=%s&cardLimit=100&includeCompleted=true", rest.Base, board.ID, list.ID)
			answer := e.Do(http.MethodPost, path, e.key, nil)
			var page struct{ Cards []identified }
			answer.Decode(t, &page)
			want := e.seen(func(c *domain.Card) bool { return c.BoardID == board.ID && c.ListID == list.ID && c.ArchivedAt == nil })
			if e.mustHide(t, path, answer.Body); answer.Status != status || len(page.Cards) != want {
				t.Errorf("%s, %s: %d with %d cards, want %d with %d", board.Name, list.Name, answer.Status, len(page.Cards), status, want)
			}
		}
	}
}
