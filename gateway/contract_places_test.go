package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"kanera.dev/gateway/gatewaytest"
)

// contractPaging is §6: no limit answers everything, an offset counts only beside a limit.
func contractPaging(c *contract) {
	for _, path := range []string{"/workspaces", "/boards", "/workspaces/$ws/boards", "/workspaces/$ws/members"} {
		ids := func(query string) string {
			var rows []struct{ ID, UserID string }
			c.replay(row{"§6", "personal", "GET " + path + query, "", 200, anything}).Decode(c.t, &rows)
			out := []string{}
			for _, r := range rows {
				out = append(out, r.ID+r.UserID)
			}
			return strings.Join(out, " ")
		}
		all := strings.Split(ids(""), " ")
		if len(all) < 2 || ids("?offset=1") != strings.Join(all, " ") || ids("?limit=101") != strings.Join(all, " ") ||
			ids("?limit=1") != all[0] || ids("?limit=1&offset=1") != all[1] || ids("?limit=2&offset=1000000") != "" || ids("?unknown=1&limit=1") != all[0] {
			c.t.Errorf("%s pages wrongly through %d rows", path, len(all))
		}
		for query, want := range map[string]object{
			"limit=0": {"code": "too_small", "origin": "number", "minimum": 1, "inclusive": true}, "limit=102": {"code": "too_big", "origin": "number", "maximum": 101, "inclusive": true},
			"offset=-1": {"code": "too_small", "origin": "number", "minimum": 0, "inclusive": true}, "offset=1000001": {"code": "too_big", "origin": "number", "maximum": 1_000_000, "inclusive": true},
			"limit=ten": {"code": "invalid_type", "expected": "number"}, "limit=": {"code": "invalid_type", "expected": "number"},
		} {
			member, _, _ := strings.Cut(query, "=")
			c.run(row{"§6", "personal", "GET " + path + "?" + query, "", 400, invalid(array{member}, want)})
		}
	}
	contractActivity(c)
}

// contractActivity walks the activity of a board page by page.
func contractActivity(c *contract) {
	entry := object{"type": "activity", "data": object{"id": someID, "boardId": "$board", "clientId": nil, "workspaceId": "$ws", "actorId": anything, "actorKind": anything,
		"apiKeyId": anything, "apiKeyName": anything, "actorName": someText, "actorAvatarUrl": nil, "supportSessionId": nil, "supportActorEmail": nil,
		"entityType": anything, "entityId": someID, "action": someText, "payload": anything, "feedVisible": true, "coalesceKey": anything, "coalescedCount": anything,
		"coalescedUntil": anything, "createdAt": someTime, "updatedAt": someTime}}
	c.run(
		row{"§6 activity", "read", "GET /boards/$board/activity?limit=1", "", 200, object{"items": array{entry}, "nextCursor": someText}},
		row{"§6 limit", "read", "GET /boards/$board/activity?limit=0", "", 400, failure("BAD_REQUEST")},
		row{"§6 limit of text", "read", "GET /boards/$board/activity?limit=x", "", 400, failure("BAD_REQUEST")},
		row{"§6 cursor", "read", "GET /boards/$board/activity?cursor=nonsense", "", 400, failure("BAD_REQUEST")},
	)
	seen, cursor, last := map[string]bool{}, "", ""
	for page := 0; ; page++ {
		var got struct {
			Items []struct {
				Data struct{ ID, CreatedAt string }
			}
			NextCursor *string
		}
		c.replay(row{"§6", "read", "GET /boards/$board/activity?limit=500" + cursor, "", 200, anything}).Decode(c.t, &got)
		for _, item := range got.Items {
			if seen[item.Data.ID] || last != "" && item.Data.CreatedAt > last {
				c.t.Errorf("§6 page %d: %+v is out of order", page, item.Data)
			}
			seen[item.Data.ID], last = true, item.Data.CreatedAt
		}
		if got.NextCursor == nil {
			break
		}
		if len(got.Items) != 200 {
			c.t.Fatalf("§6 page %d has %d entries", page, len(got.Items))
		}
		cursor = "&cursor=" + *got.NextCursor
	}
	if len(seen) < 200 {
		c.t.Errorf("§6 only %d entries", len(seen))
	}
}

// contractAnchors is §7 for everything that can be moved: five siblings a to e, at 1000 to 5000.
func contractAnchors(c *contract) {
	c.garden("BEDS")
	c.run(row{"a select field", "personal", "POST /workspaces/$garden/custom-fields", `{"name":"Bed","type":"select"}`, 201,
		with(fieldShape, object{"id": "=bed", "name": "Bed", "icon": "forms", "type": "select", "position": somePosition})})
	for _, thing := range []struct {
		create, body, move, member string
		more                       object // members of the answer besides id and position
	}{
		{"POST /workspaces/$garden/lists", `{"name":"x"}`, "/lists/", "List", nil},
		{"POST /workspaces/$garden/boards", `{"name":"x"}`, "/boards/", "Board", nil},
		{"POST /workspaces/$garden/card-labels", `{"name":"x"}`, "/card-labels/", "Label", nil},
		{"POST /workspaces/$garden/custom-fields", `{"name":"%d","type":"text"}`, "/custom-fields/", "Field", nil},
		{"POST /custom-fields/$bed/options", `{"label":"x"}`, "/options/", "Option", nil},
		{"POST /boards/$b1/lists/$l1/cards", `{"title":"x"}`, "/cards/", "Card", object{"listId": "$l1"}},
	} {
		base := 0.0
		for i, name := range []string{"a", "b", "c", "d", "e"} {
			var made struct{ ID, Position string }
			body := strings.Replace(thing.body, "%d", strconv.Itoa(i), 1)
			c.replay(row{"§7", "personal", thing.create, body, 201, anything}).Decode(c.t, &made)
			c.kept["x"+name] = made.ID
			if i == 0 {
				base, _ = strconv.ParseFloat(made.Position, 64)
			}
		}
		at := func(thousands float64) string { return fmt.Sprintf("%.10f", base+1000*(thousands-1)) }
		move := func(what, id, anchors string, status int, want any) {
			c.t.Helper()
			if thing.more != nil {
				anchors = strings.Replace(anchors, "{", `{"listId":"$l1",`, 1)
				anchors = strings.Replace(anchors, ",}", "}", 1)
			}
			if position, ok := want.(string); ok {
				want = with(object{"id": "$x" + id, "position": position}, thing.more)
			}
			c.run(row{"§7 " + what, "personal", "POST " + thing.move + "$x" + id + "/move", strings.ReplaceAll(anchors, "X", thing.member+"Id"), status, want})
		}
		move("after", "d", `{"afterX":"$xa"}`, 200, at(1.5))
		move("before", "e", `{"beforeX":"$xd"}`, 200, at(1.25))
		move("bottom", "a", `{"beforeX":null}`, 200, at(4))
		move("after wins", "a", `{"beforeX":"$xb","afterX":"$xc"}`, 200, at(4))
		move("after itself", "b", `{"afterX":"$xb"}`, 200, anything)
		move("unknown", "b", `{"afterX":"$unknown"}`, 400, failure("BAD_REQUEST"))
		move("unknown, before", "b", `{"beforeX":"$unknown"}`, 400, failure("BAD_REQUEST"))
		move("no id", "b", `{"beforeX":"7"}`, 400, invalid(array{"before" + thing.member + "Id"}, object{"code": "invalid_format", "origin": "string", "format": "uuid"}))
		move("nothing", "b", `{}`, 400, invalid(array{}, object{"code": "custom"}))
		if base == 1000 {
			move("top", "c", `{"afterX":null}`, 200, at(0.25))
		}
	}
	c.run(row{"§7 both ways", "personal", "POST /cards/$xa/move", `{"listId":"$l1","afterCardId":null,"afterItem":null}`, 400, invalid(array{}, object{"code": "custom"})})
}

// contractQuickstart runs what the documentation tells a newcomer to type after sourcing demo.env.
func contractQuickstart(c *contract) {
	facts := map[string]string{}
	for _, line := range regexp.MustCompile(`(?m)^(\w+)=(.*)$`).FindAllStringSubmatch(c.Facts.String(), -1) {
		facts[line[1]] = line[2]
	}
	base := strings.TrimPrefix(facts["KANERA_PUBLIC_API_URL"], "http://kanera.test")
	curl := func(method, path, body string, status int, into any) *gatewaytest.Response {
		c.t.Helper()
		for name, value := range facts {
			path = strings.ReplaceAll(path, "$"+name, value)
		}
		header := http.Header{"Authorization": {"Bearer " + facts["KANERA_API_KEY"]}}
		var sent any
		if body != "" {
			sent = body
			header.Set("Content-Type", "application/json")
		}
		answer := c.Send(method, base+path, header, sent)
		if answer.Status != status {
			c.t.Fatalf("%s %s: %d %s", method, path, answer.Status, answer.Body)
		}
		if into != nil {
			answer.Decode(c.t, into)
		}
		return answer
	}
	var session struct{ WorkspaceID string }
	curl("GET", "/session", "", 200, &session)
	if session.WorkspaceID != facts["WORKSPACE_ID"] {
		c.t.Errorf("session: %+v", session)
	}
	curl("GET", "/workspaces", "", 200, nil)
	curl("GET", "/workspaces/$WORKSPACE_ID", "", 200, nil)
	curl("GET", "/boards", "", 200, nil)
	var open struct {
		Cards []struct{ ID string }
	}
	curl("POST", "/boards/$BOARD_ID/open?listId=$LIST_ID&cardLimit=50", "", 200, &open)
	if !strings.Contains(fmt.Sprint(open.Cards), facts["CARD_ID"]) {
		c.t.Errorf("the card of demo.env is not among %d cards of its list", len(open.Cards))
	}
	var card struct{ ID, Key, OrganisationKey string }
	curl("POST", "/boards/$BOARD_ID/lists/$LIST_ID/cards", `{"title":"Call the API"}`, 201, &card)
	facts["NEW_ID"] = card.ID
	curl("PATCH", "/cards/$NEW_ID", `{"title":"Called the API"}`, 200, nil)
	curl("PATCH", "/cards/$NEW_ID/completion", `{"completed":true}`, 200, nil)
	curl("POST", "/cards/$NEW_ID/move", `{"listId":"$LIST_ID","afterCardId":null}`, 400, nil) // the shell expands only in double quotes
	curl("GET", "/organisations/"+card.OrganisationKey+"/cards/by-key/"+card.Key, "", 200, nil)
	var detail struct {
		Card struct {
			Title       string
			CompletedAt *string
		}
	}
	if err := json.Unmarshal(curl("GET", "/cards/$NEW_ID/detail", "", 200, nil).Body, &detail); err != nil || detail.Card.Title != "Called the API" || detail.Card.CompletedAt == nil {
		c.t.Errorf("detail: %+v, %v", detail, err)
	}
	curl("PATCH", "/cards/$NEW_ID/archive", `{"archived":true}`, 200, nil)
}
