package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
)

// Shapes of §23.
var (
	hookShape = object{"id": someID, "workspaceId": "$garden", "name": "hook", "url": "$sink", "eventTypes": array{"card:created"}, "enabled": true,
		"lastSuccessfulAt": nil, "createdAt": someTime, "updatedAt": someTime}
	deliveryShape = object{"id": someID, "endpointId": "$w1", "workspaceId": "$garden", "outboxEventId": someID, "eventType": "card:created", "payload": anything,
		"status": "failed", "attempts": 8.0, "nextAttemptAt": someTime, "lastAttemptAt": anything, "responseStatus": nil, "responseBody": nil,
		"lastError": anything, "deliveredAt": nil, "createdAt": someTime, "updatedAt": someTime}
)

// contractWebhooks is §23: endpoints.
func contractWebhooks(c *contract) {
	c.garden("HOOKS")
	c.kept["sink"] = "http://127.0.0.1:1/k"
	c.keys["gardener"] = c.makeKey(c.kept["garden"], domain.ScopeWrite)
	c.keys["keeper"] = c.makeKey(c.kept["garden"], domain.ScopeAdmin)
	const hooks, hook = "/workspaces/$garden/webhooks", "/workspaces/$garden/webhooks/$w1"
	made := with(hookShape, object{"id": "=w1", "secret": someText})
	c.run(
		row{"F41", "personal", "POST " + hooks, `{"name":" hook ","url":"$sink","eventTypes":["card:created","card:created"]}`, 201, made},
		row{"by the key of the workspace", "keeper", "POST " + hooks, `{"name":"hook","url":"$sink","eventTypes":["automation:ran"],"enabled":false}`, 201,
			with(hookShape, object{"id": "=w2", "eventTypes": array{"automation:ran"}, "enabled": false, "secret": someText})},
		row{"newest first, no secrets", "keeper", "GET " + hooks, "", 200, array{with(hookShape, object{"id": "$w2", "eventTypes": array{"automation:ran"}, "enabled": false}),
			with(hookShape, object{"id": "$w1"})}},
		row{"one member", "keeper", "PATCH " + hook, `{"name":"sink"}`, 200, with(hookShape, object{"id": "$w1", "name": "sink"})},
		row{"all members", "keeper", "PATCH " + hook, `{"name":"hook","url":"$sink/2","eventTypes":[],"enabled":false}`, 200,
			with(hookShape, object{"id": "$w1", "url": "$sink/2", "eventTypes": array{}, "enabled": false})},
		row{"no member", "keeper", "PATCH " + hook, `{}`, 400, invalid(array{}, object{"code": "custom"})},
		row{"null", "keeper", "PATCH " + hook, `{"enabled":null}`, 400, invalid(array{"enabled"}, object{"code": "invalid_type", "expected": "boolean"})},
		row{"new secret", "keeper", "POST " + hook + "/secret", "", 200, with(hookShape, object{"id": "$w1", "url": "$sink/2", "eventTypes": array{}, "enabled": false, "secret": someText})},
		row{"no name", "keeper", "POST " + hooks, `{"name":" ","url":"$sink"}`, 400,
			invalid(array{"name"}, object{"code": "too_small", "origin": "string", "minimum": 1, "inclusive": true})},
		row{"long name", "keeper", "POST " + hooks, `{"name":"` + strings.Repeat("n", 121) + `","url":"$sink"}`, 400,
			invalid(array{"name"}, object{"code": "too_big", "origin": "string", "maximum": 120, "inclusive": true})},
		row{"no URL", "keeper", "POST " + hooks, `{"name":"a"}`, 400, invalid(array{"url"}, object{"code": "invalid_type", "expected": "string"})},
		row{"nonsense for a URL", "keeper", "POST " + hooks, `{"name":"a","url":"sink"}`, 400,
			invalid(array{"url"}, object{"code": "invalid_format", "origin": "string", "format": "url"})},
		row{"long type", "keeper", "POST " + hooks, `{"name":"a","url":"$sink","eventTypes":["a:` + strings.Repeat("b", 119) + `"]}`, 400,
			invalid(array{"eventTypes", 0}, object{"code": "too_big", "origin": "string", "maximum": 120, "inclusive": true})},
		row{"no admin", "gardener", "GET " + hooks, "", 403, failure("FORBIDDEN")},
		row{"no admin", "gardener", "POST " + hooks, `{"name":"a","url":"$sink"}`, 403, failure("FORBIDDEN")},
		row{"another workspace", "personal", "PATCH /workspaces/$ws/webhooks/$w1", `{"name":"a"}`, 404, failure("NOT_FOUND")},
		row{"another workspace", "personal", "DELETE /workspaces/$ws/webhooks/$w1", "", 404, failure("NOT_FOUND")},
		row{"another workspace", "personal", "GET /workspaces/$ws/webhooks/$w1/deliveries", "", 404, failure("NOT_FOUND")},
		row{"another workspace", "personal", "POST /workspaces/$ws/webhooks/$w1/secret", "", 404, failure("NOT_FOUND")},
		row{"unknown", "personal", "PATCH /workspaces/$garden/webhooks/$unknown", `{"name":"a"}`, 404, failure("NOT_FOUND")},
		row{"deleted", "keeper", "DELETE /workspaces/$garden/webhooks/$w2", "", 204, nil},
		row{"deleted twice", "keeper", "DELETE /workspaces/$garden/webhooks/$w2", "", 204, nil},
		row{"deleted in another workspace", "gardener", "DELETE /workspaces/$garden/webhooks/$w2", "", 403, failure("FORBIDDEN")},
	)
	contractDeliveries(c)
}

// contractDeliveries is §23: what was sent.
func contractDeliveries(c *contract) {
	const deliveries = "/workspaces/$garden/webhooks/$w1/deliveries"
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "full", http.StatusTeapot) }))
	c.t.Cleanup(receiver.Close)
	c.kept["sink"] = receiver.URL
	c.run(
		row{"resumed", "keeper", "PATCH /workspaces/$garden/webhooks/$w1", `{"url":"$sink","enabled":true,"eventTypes":["nothing:happened"]}`, 200,
			with(hookShape, object{"id": "$w1", "eventTypes": array{"nothing:happened"}})},
		row{"none", "keeper", "GET " + deliveries, "", 200, array{}},
	)
	c.kept["d1"], c.kept["d2"] = c.failedDelivery("card:created"), c.failedDelivery("card:moved")
	shape := func(id, kind string) object { return with(deliveryShape, object{"id": id, "eventType": kind}) }
	c.run(
		row{"newest first", "keeper", "GET " + deliveries, "", 200, array{shape("$d2", "card:moved"), shape("$d1", "card:created")}},
		row{"F41", "keeper", "GET " + deliveries + "?limit=1", "", 200, array{shape("$d2", "card:moved")}},
		row{"limit", "keeper", "GET " + deliveries + "?limit=0", "", 400, invalid(array{"limit"}, object{"code": "too_small", "origin": "number", "minimum": 1, "inclusive": true})},
		row{"limit", "keeper", "GET " + deliveries + "?limit=26", "", 400, invalid(array{"limit"}, object{"code": "too_big", "origin": "number", "maximum": 25, "inclusive": true})},
		row{"retried", "keeper", "POST " + deliveries + "/$d1/retry", "", 200, with(shape("$d1", "card:created"), object{"attempts": 9.0, "lastAttemptAt": someTime,
			"responseStatus": 418.0, "responseBody": "full\n", "lastError": someText})},
		row{"of another webhook", "keeper", "POST /workspaces/$garden/webhooks/$unknown/deliveries/$d1/retry", "", 404, failure("NOT_FOUND")},
		row{"unknown", "keeper", "POST " + deliveries + "/$unknown/retry", "", 404, failure("NOT_FOUND")},
		row{"no admin", "gardener", "POST " + deliveries + "/$d1/retry", "", 403, failure("FORBIDDEN")},
		row{"deleted with its deliveries", "keeper", "DELETE /workspaces/$garden/webhooks/$w1", "", 204, nil},
		row{"gone", "keeper", "POST " + deliveries + "/$d1/retry", "", 404, failure("NOT_FOUND")},
	)
}

// failedDelivery tells of an attempt to deliver to $w1 that never was.
func (c *contract) failedDelivery(eventType string) string {
	c.t.Helper()
	store, err := gateway.OpenStore(c.t.Context(), c.Config)
	if err != nil {
		c.t.Fatal(err)
	}
	defer store.Close()
	now := domain.SystemClock()
	event := &domain.Event{ID: domain.NewID(), OrganisationID: c.kept["org"], WorkspaceID: c.kept["garden"], Type: eventType, Data: []byte(`{}`),
		ActorKind: domain.ActorSystem, OccurredAt: now}
	delivery := &domain.Delivery{ID: domain.NewID(), WebhookID: c.kept["w1"], WorkspaceID: c.kept["garden"], EventID: event.ID, EventType: eventType,
		Status: domain.DeliveryFailed, Attempts: 8, Tries: 8, CreatedAt: now, UpdatedAt: now}
	for _, err := range []error{store.Emit(c.t.Context(), event), store.Insert(c.t.Context(), delivery)} {
		if err != nil {
			c.t.Fatal(err)
		}
	}
	return delivery.ID
}

// URLs that lead inside are refused where the server is not told otherwise.
func TestWebhooksLeadOutside(t *testing.T) {
	t.Parallel()
	config := gatewaytest.Configure(t, gatewaytest.SQLite)
	config.Webhooks.AllowPrivate = ""
	g := gatewaytest.NewWith(t, config)
	for url, status := range map[string]int{
		"https://sink.test/k": http.StatusCreated, "http://sink.test/k": http.StatusBadRequest, "https://127.0.0.1/k": http.StatusBadRequest,
		"https://localhost/k": http.StatusBadRequest, "https://[::ffff:10.0.0.1]/k": http.StatusBadRequest,
	} {
		body := map[string]any{"name": "a", "url": url, "enabled": false}
		answer := g.Do("POST", "/api/v1/workspaces/"+g.Facts.WorkspaceID+"/webhooks", g.Facts.WorkspaceKey, body)
		if answer.Status != status || status == http.StatusBadRequest && !strings.Contains(string(answer.Body), `"path":["url"]`) {
			t.Errorf("%s: %d %s, want %d", url, answer.Status, answer.Body, status)
		}
	}
}
