package gateway_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"kanera.dev/gateway/gatewaytest"
)

const createCard = `mutation($board: ID!, $list: ID!, $title: String!) { cardCreate(input: { boardId: $board, listId: $list, title: $title }) { card { id title } } }`

// mutate sends a mutation that makes a card, with an idempotency key.
func mutate(g *gatewaytest.Gateway, credential, key, title string) *gatewaytest.Response {
	return attempt(g, credential, key, "POST", "/graphql", graphQLBody(createCard, cardVariables(g, title), nil))
}

func cardVariables(g *gatewaytest.Gateway, title string) map[string]any {
	return map[string]any{"board": g.Facts.BoardID, "list": g.Facts.ListID, "title": title}
}

// graphQLBody is the body of a GraphQL request.
func graphQLBody(document string, variables, extensions map[string]any) string {
	body := map[string]any{"variables": variables, "extensions": extensions}
	if document != "" {
		body["query"] = document
	}
	raw, _ := json.Marshal(body)
	return string(raw)
}

func TestARepeatedMutationIsReplayed(t *testing.T) {
	t.Parallel()
	eachRedis(t, func(t *testing.T, g *gatewaytest.Gateway) {
		first, second := mutate(g, g.Facts.WorkspaceKey, "m", "Mutation"), mutate(g, g.Facts.WorkspaceKey, "m", "Mutation")
		if first.Status != 200 || first.Header.Get("Idempotency-Replayed") != "" || !bytes.Contains(first.Body, []byte(`"Mutation"`)) {
			t.Errorf("first %d %s", first.Status, first.Body)
		}
		if second.Status != 200 || second.Header.Get("Idempotency-Replayed") != "true" || !bytes.Equal(first.Body, second.Body) {
			t.Errorf("second %d %s %v", second.Status, second.Body, second.Header)
		}
		for name, answer := range map[string]*gatewaytest.Response{
			"other variables": mutate(g, g.Facts.WorkspaceKey, "m", "Another"),
			"other document": attempt(g, g.Facts.WorkspaceKey, "m", "POST", "/graphql",
				graphQLBody("# same\n"+createCard, cardVariables(g, "Mutation"), nil)),
		} {
			if answer.Status != 409 || !bytes.Contains(answer.Body, []byte(`"CONFLICT"`)) {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			}
		}
		if answer := mutate(g, g.Facts.PersonalKey, "m", "Mutation"); answer.Status != 200 || answer.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("another credential: %d %s", answer.Status, answer.Body)
		}
		if n := countCards(t, g, "Mutation"); n != 2 {
			t.Errorf("%d cards were made by two credentials", n)
		}
	})
}

func TestARefusedMutationIsReplayed(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	for key, body := range map[string]string{
		"by-a-rule": graphQLBody(createCard, cardVariables(g, ""), nil), "by-the-schema": graphQLBody(createCard, nil, nil),
	} {
		first := attempt(g, g.Facts.WorkspaceKey, key, "POST", "/graphql", body)
		second := attempt(g, g.Facts.WorkspaceKey, key, "POST", "/graphql", body)
		if !bytes.Contains(first.Body, []byte(`"errors"`)) || second.Header.Get("Idempotency-Replayed") != "true" ||
			first.Status != second.Status || !bytes.Equal(first.Body, second.Body) {
			t.Errorf("%s: first %d %s\nsecond %d %s", key, first.Status, first.Body, second.Status, second.Body)
		}
	}
}

func TestQueriesIgnoreTheKey(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	for _, key := range []string{"q", "q", "not a key"} {
		answer := attempt(g, g.Facts.WorkspaceKey, key, "POST", "/graphql", graphQLBody(`{ viewer { user { id } } }`, nil, nil))
		if answer.Status != 200 || answer.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("query: %d %s", answer.Status, answer.Body)
		}
	}
	if answer := mutate(g, g.Facts.WorkspaceKey, "not a key", "Refused"); answer.Status != 400 || !bytes.Contains(answer.Body, []byte(`"BAD_REQUEST"`)) {
		t.Errorf("mutation: %d %s", answer.Status, answer.Body)
	}
	if answer := mutate(g, g.Facts.WorkspaceKey, "q", "After a query"); answer.Status != 200 {
		t.Errorf("the query claimed the key: %d %s", answer.Status, answer.Body)
	}
	for _, dry := range []string{"", "true"} { // asking for the cost takes no effect and no key
		answer := attempt(g, g.Facts.WorkspaceKey, "dry", "POST", "/graphql",
			graphQLBody(createCard, cardVariables(g, "Dry"), map[string]any{"cost": map[string]any{"dryRun": dry == ""}}))
		if answer.Status != 200 || answer.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("dry run: %d %s", answer.Status, answer.Body)
		}
	}
	if n := countCards(t, g, "Dry"); n != 1 {
		t.Errorf("%d cards were made", n)
	}
}

// TestAMutationByItsHash: a document named by its hash is the same mutation as the one spelled out.
func TestAMutationByItsHash(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	sum := sha256.Sum256([]byte(createCard))
	persisted := map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hex.EncodeToString(sum[:])}}
	for i, row := range []struct{ document, replayed, says string }{
		{"", "", "PERSISTED_QUERY_NOT_FOUND"}, {createCard, "", `"Hashed"`}, {"", "true", `"Hashed"`}, {createCard, "true", `"Hashed"`},
	} {
		answer := attempt(g, g.Facts.WorkspaceKey, "hash", "POST", "/graphql", graphQLBody(row.document, cardVariables(g, "Hashed"), persisted))
		if answer.Status != 200 || answer.Header.Get("Idempotency-Replayed") != row.replayed || !bytes.Contains(answer.Body, []byte(row.says)) {
			t.Errorf("%d: %d %s %v", i, answer.Status, answer.Body, fmt.Sprint(answer.Header["Idempotency-Replayed"]))
		}
	}
	if n := countCards(t, g, "Hashed"); n != 1 {
		t.Errorf("%d cards were made", n)
	}
}
