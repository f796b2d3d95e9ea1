package gateway_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/gateway/gatewaytest"
)

const readHook = `query($id: ID!, $after: String, $status: WebhookDeliveryStatus) { webhook(id: $id) {
	name eventTypes boards { id } boardIds cardFilter enabled disabledReason apiKey { id name kind revokedAt } previousSecretUntil createdBy { id } workspace { id }
	deliveries(first: 2, after: $after, status: $status) { totalCount pageInfo { nextCursor }
		nodes { eventType status attempts payload webhook { id } attemptHistory { number responseStatus error } } } } }`

type shownHook struct {
	Webhook struct {
		Name                 string
		EventTypes, BoardIDs []string
		Boards               []identified
		CardFilter           json.RawMessage
		Enabled              bool
		DisabledReason       *string
		APIKey               *struct {
			ID, Name, Kind string
			RevokedAt      *string
		}
		PreviousSecretUntil  *string
		CreatedBy, Workspace identified
		Deliveries           struct {
			TotalCount int
			PageInfo   struct{ NextCursor *string }
			Nodes      []struct {
				EventType, Status string
				Attempts          int
				Payload           *struct{ Type string }
				Webhook           identified
				AttemptHistory    []struct {
					Number         int
					ResponseStatus *int
					Error          *string
				}
			}
		}
	}
}

// warden asks as an admin of the first workspace of the demo.
type warden struct {
	*gatewaytest.Gateway
	t *testing.T
}

func (w warden) ask(document string, variables map[string]any, into any) {
	w.t.Helper()
	answer := w.Query(w.Facts.WorkspaceKey, document, variables)
	if len(answer.Errors) > 0 {
		w.t.Fatalf("%+v", answer.Errors)
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		w.t.Fatal(err)
	}
}

// A webhook is shown as it was given, and every attempt to reach it with what came back.
func TestWebhooksAreShown(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			w := warden{gatewaytest.New(t, backend), t}
			statuses := []int{http.StatusOK, http.StatusInternalServerError, http.StatusNoContent, http.StatusOK}
			receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				rw.WriteHeader(statuses[0])
				statuses = statuses[1:]
			}))
			defer receiver.Close()
			var viewer struct {
				Viewer struct{ Credential, User identified }
			}
			w.ask(`{ viewer { credential { id } user { id } } }`, nil, &viewer)
			filter := map[string]any{"title": map[string]any{"containsIgnoreCase": "x"}, "dueDate": map[string]any{"lt": "P7D"}}
			var made struct {
				WebhookCreate struct {
					Secret  string
					Webhook identified
				}
			}
			w.ask(`mutation($in: WebhookCreateInput!) { webhookCreate(input: $in) { secret webhook { id } } }`, map[string]any{"in": map[string]any{
				"workspaceId": w.Facts.WorkspaceID, "name": "Hook", "url": receiver.URL, "eventTypes": []string{"card:moved"}, "boardIds": []string{w.Facts.BoardID},
				"cardFilter": filter, "apiKeyId": viewer.Viewer.Credential.ID}}, &made)
			id := made.WebhookCreate.Webhook.ID
			for range 3 {
				w.ask(`mutation($id: ID!) { webhookTest(id: $id) { delivery { status } } }`, map[string]any{"id": id}, new(any))
			}
			var first, second, failed shownHook
			w.ask(readHook, map[string]any{"id": id}, &first)
			w.ask(readHook, map[string]any{"id": id, "after": first.Webhook.Deliveries.PageInfo.NextCursor}, &second)
			w.ask(readHook, map[string]any{"id": id, "status": "FAILED"}, &failed)
			hook := first.Webhook
			if hook.Name != "Hook" || !slices.Equal(hook.EventTypes, []string{"card:moved"}) || !slices.Equal(hook.BoardIDs, []string{w.Facts.BoardID}) ||
				len(hook.Boards) != 1 || hook.Boards[0].ID != w.Facts.BoardID || !sameAs(t, hook.CardFilter, filter) || !hook.Enabled || hook.DisabledReason != nil ||
				hook.APIKey == nil || hook.APIKey.ID != viewer.Viewer.Credential.ID || hook.APIKey.Kind != "WORKSPACE" || hook.CreatedBy != viewer.Viewer.User ||
				hook.Workspace.ID != w.Facts.WorkspaceID || hook.PreviousSecretUntil != nil {
				t.Errorf("shown as %+v", hook)
			}
			newest := first.Webhook.Deliveries
			if newest.TotalCount != 3 || len(newest.Nodes) != 2 || len(second.Webhook.Deliveries.Nodes) != 1 || second.Webhook.Deliveries.PageInfo.NextCursor != nil {
				t.Fatalf("pages %+v, %+v", newest, second.Webhook.Deliveries)
			}
			if one := newest.Nodes[0]; one.Status != "SUCCESS" || one.EventType != domain.EventWebhookTest || one.Payload == nil || one.Payload.Type != one.EventType ||
				one.Webhook.ID != id || one.Attempts != 1 || len(one.AttemptHistory) != 1 || *one.AttemptHistory[0].ResponseStatus != http.StatusNoContent || one.AttemptHistory[0].Error != nil {
				t.Errorf("newest %+v", one)
			}
			if only := failed.Webhook.Deliveries; only.TotalCount != 1 || len(only.Nodes) != 1 || *only.Nodes[0].AttemptHistory[0].ResponseStatus != 500 || only.Nodes[0].AttemptHistory[0].Error == nil {
				t.Errorf("failed %+v", only)
			}
			w.mustKeepTheSecret(made.WebhookCreate.Secret)
		})
	}
}

func sameAs(t *testing.T, raw json.RawMessage, want any) bool {
	t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	return json.Unmarshal(raw, &a) == nil && json.Unmarshal(text, &b) == nil && holdsSame(a, b)
}

func holdsSame(a, b any) bool {
	left, _ := json.Marshal(a) // both came from JSON
	right, _ := json.Marshal(b)
	return string(left) == string(right)
}

// mustKeepTheSecret looks for it wherever a reader might.
func (w warden) mustKeepTheSecret(secret string) {
	w.t.Helper()
	if len(secret) < 40 {
		w.t.Fatalf("the secret is %q", secret)
	}
	rest := w.Do(http.MethodGet, "/api/v1/workspaces/"+w.Facts.WorkspaceID+"/webhooks", w.Facts.WorkspaceKey, nil)
	if rest.Status != http.StatusOK || strings.Contains(string(rest.Body), "whsec_") {
		w.t.Errorf("REST shows %d %s", rest.Status, rest.Body)
	}
	tables := &tenants{Gateway: w.Gateway}
	tables.openTables(w.t)
	for _, table := range []string{"webhooks", "webhook_deliveries", "webhook_attempts", "events", "activities"} {
		for _, row := range tables.dumpTable(w.t, table) {
			if strings.Contains(row, secret) || strings.Contains(row, "whsec_") {
				w.t.Errorf("the database holds it in %.300s", row)
			}
		}
	}
}
