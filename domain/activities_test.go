package domain

import (
	"encoding/json"
	"testing"
	"time"
)

func TestCoalesce(t *testing.T) {
	t.Parallel()
	start := time.Date(2030, 3, 4, 9, 0, 0, 0, time.UTC)
	report := func(at time.Time, payload map[string]any) *Activity {
		a, err := newActivity("a", Actor{Kind: ActorUser, Name: "Ida"}, entry{home: home{"o", "w", "b"}, EntityType: entityCard,
			EntityID: "c", Action: "updated", Payload: payload, CoalesceKey: "card:title", Window: 2 * time.Minute}, at)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	later := start.Add(time.Minute)
	for name, test := range map[string]struct {
		first, second map[string]any
		want          string
		visible       bool
	}{
		"first value is kept": {map[string]any{"title": "b", "fromValue": "a", "toValue": "b"},
			map[string]any{"title": "c", "fromValue": "b", "toValue": "c"}, `{"fromValue":"a","title":"c","toValue":"c"}`, true},
		"undone": {map[string]any{"fromValue": "a", "toValue": "b"},
			map[string]any{"fromValue": "b", "toValue": "a"}, `{"fromValue":"a","toValue":"a"}`, false},
		"undone list": {map[string]any{"fromValue": []string{"x"}, "toValue": []string{}},
			map[string]any{"fromValue": []string{}, "toValue": []string{"x"}}, `{"fromValue":["x"],"toValue":["x"]}`, false},
		"set again from nothing": {map[string]any{"fromValue": nil, "toValue": "a"},
			map[string]any{"fromValue": "a", "toValue": nil}, `{"fromValue":null,"toValue":null}`, false},
		"previous place is kept": {map[string]any{"prevPosition": PositionStep, "position": 2 * PositionStep},
			map[string]any{"prevPosition": 2 * PositionStep, "position": 3 * PositionStep},
			`{"position":"3000.0000000000","prevPosition":"1000.0000000000"}`, true},
		"new members join": {map[string]any{"name": "b"}, map[string]any{"color": "red"}, `{"color":"red","name":"b"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := report(start, test.first)
			if err := coalesce(open, report(later, test.second)); err != nil {
				t.Fatal(err)
			}
			until := later.Add(2 * time.Minute)
			if !test.visible {
				until = later
			}
			if string(open.Payload) != test.want || open.FeedVisible != test.visible || open.CoalescedCount != 2 ||
				!open.CoalescedUntil.Equal(until) || !open.CreatedAt.Equal(start) || !open.UpdatedAt.Equal(later) {
				t.Errorf("got %s %+v", open.Payload, open)
			}
		})
	}
}

func TestEntriesWithoutWindowStayOpenForNobody(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]entry{"no key": {Window: time.Minute}, "no window": {CoalesceKey: "k"}} {
		a, err := newActivity("a", actorOf(nil), e, time.Now())
		if err != nil || a.CoalesceKey != nil || a.CoalescedUntil != nil || a.ActorKind != ActorSystem || string(a.Payload) != "{}" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestActivityEventShape(t *testing.T) {
	t.Parallel()
	key, name := "k", "bot"
	user := "u"
	a, err := newActivity("a", Actor{Kind: ActorAPIKey, Name: name, UserID: &user, APIKeyID: &key, APIKeyName: &name},
		entry{home: home{"o", "w", ""}, EntityType: entityList, EntityID: "l", Action: "created", Payload: map[string]any{"name": "n"}},
		time.Date(2030, 3, 4, 9, 0, 0, 5e6, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(a.wire())
	want := `{"action":"created","actorAvatarUrl":null,"actorId":"u","actorKind":"apiKey","actorName":"bot","apiKeyId":"k",` +
		`"apiKeyName":"bot","boardId":null,"clientId":"o","coalesceKey":null,"coalescedCount":1,"coalescedUntil":null,` +
		`"createdAt":"2030-03-04T09:00:00.005Z","entityId":"l","entityType":"list","feedVisible":true,"id":"a",` +
		`"payload":{"name":"n"},"supportActorEmail":null,"supportSessionId":null,"updatedAt":"2030-03-04T09:00:00.005Z",` +
		`"workspaceId":"w"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}
