package gateway_test

import (
	"encoding/json"
	"testing"
)

// testBoardSubscription hears of a new card, and of what followed when it subscribes since then.
func testBoardSubscription(t *testing.T, k known) {
	var now struct {
		Data struct{ Events struct{ NextSince string } }
	}
	k.Do("POST", "/graphql", k.Facts.PersonalKey, map[string]any{"query": `query($w: ID!) { events(workspaceId: $w, since: "now") { nextSince } }`,
		"variables": map[string]any{"w": k.Facts.WorkspaceID}}).Decode(t, &now)
	w := connect(t, k.Gateway, k.Facts.PersonalKey)
	subscribe := func(id, since string) {
		payload, err := json.Marshal(map[string]any{"query": targetQueries, "operationName": "Board",
			"variables": map[string]any{"board": k.Facts.BoardID, "since": since}})
		if err != nil {
			t.Fatal(err)
		}
		w.say(frame{ID: id, Type: "subscribe", Payload: payload})
	}
	subscribe("now", now.Data.Events.NextSince)
	card := add(t, k.Gateway, "Heard of")
	created, item := w.event("now"), w.event("now")
	if created.Type != "card:created" || created.Card == nil || created.Card.ID != card || created.Card.List.ID != k.Facts.ListID ||
		created.Card.Title != "Heard of" || created.Actor.Kind == "" || created.Data["card"] == nil || item.Type != "card:feedItem:created" {
		t.Errorf("got %+v and %+v", created, item)
	}
	w.say(frame{ID: "now", Type: "complete"})
	subscribe("again", created.Sequence)
	if again := w.event("again"); again.ID != item.ID {
		t.Errorf("since then there was %+v, want %+v", again, item)
	}
}
