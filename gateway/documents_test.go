package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis/redistest"
)

// operator runs use cases that only operators have, beside the running server.
func operator(t *testing.T, g *gatewaytest.Gateway) *domain.Service {
	t.Helper()
	store, err := gateway.OpenStore(t.Context(), g.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return &domain.Service{Store: store, Now: domain.SystemClock, NewID: domain.NewID}
}

func graphQLCode(t *testing.T, response *gatewaytest.Response) string {
	t.Helper()
	var answer gatewaytest.Answer
	response.Decode(t, &answer)
	if len(answer.Errors) == 0 {
		return ""
	}
	return answer.Errors[0].Extensions.Code
}

func byHash(hash string) map[string]any {
	return map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}}
}

func TestTrustedDocuments(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			g := gatewaytest.New(t, backend)
			service := operator(t, g)
			limited, _, err := service.KeyCreate(t.Context(), domain.KeyRequest{Kind: domain.WorkspaceKey, WorkspaceID: g.Facts.WorkspaceID,
				Name: "Kiosk", Scope: domain.ScopeRead, Environment: "dev", DocumentsOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			const trusted, other = "query Trusted { viewer { credential { name } } }", "{ viewer { credential { id } } }"
			for range 2 { // registering again changes nothing
				if _, err := service.DocumentsRegister(t.Context(), g.Facts.WorkspaceID, trusted, trusted); err != nil {
					t.Fatal(err)
				}
			}
			for _, row := range []struct {
				name, key, code string
				status          int
				body            map[string]any
			}{
				{"its text", limited, "", 200, map[string]any{"query": trusted}},
				{"its hash", limited, "", 200, byHash(domain.DocumentHash(trusted))},
				{"another text", limited, "DOCUMENT_NOT_REGISTERED", 403, map[string]any{"query": other}},
				{"a text that differs by a space", limited, "DOCUMENT_NOT_REGISTERED", 403, map[string]any{"query": trusted + " "}},
				{"another hash", limited, "DOCUMENT_NOT_REGISTERED", 403, byHash(domain.DocumentHash(other))},
				{"the hash by a key of the same organisation", g.Facts.WorkspaceKey, "", 200, byHash(domain.DocumentHash(trusted))},
				{"another text by that key", g.Facts.WorkspaceKey, "", 200, map[string]any{"query": other}},
				{"the hash by nobody", "", "PERSISTED_QUERY_NOT_FOUND", 200, byHash(domain.DocumentHash(trusted))},
			} {
				response := g.Do(http.MethodPost, "/graphql", row.key, row.body)
				if code := graphQLCode(t, response); code != row.code || response.Status != row.status {
					t.Errorf("%s: %d %s", row.name, response.Status, response.Body)
				}
			}
			if answer := g.Do(http.MethodGet, "/api/v1/session", limited, nil); answer.Status != http.StatusForbidden || answer.Code() != "DOCUMENT_NOT_REGISTERED" {
				t.Errorf("REST: %d %s", answer.Status, answer.Body)
			}
		})
	}
}

func TestDocumentsOfNoWorkspace(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	_, err := operator(t, g).DocumentsRegister(t.Context(), domain.NewID(), "{ health { ok } }")
	if domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

// The whole way of a persisted query: refused, sent once, and from then on by its hash, which a GET can carry.
func TestPersistedQueryOverHTTP(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	const text = "query Mine { viewer { credential { kind } } }"
	body := byHash(domain.DocumentHash(text))
	if code := graphQLCode(t, g.Do(http.MethodPost, "/graphql", g.Facts.WorkspaceKey, body)); code != "PERSISTED_QUERY_NOT_FOUND" {
		t.Fatalf("before: %s", code)
	}
	extensions, err := json.Marshal(body["extensions"])
	if err != nil {
		t.Fatal(err)
	}
	body["query"] = text
	err = redistest.Eventually(t, func() error { // a Redis that is slow to remember is not waited for
		if code := graphQLCode(t, g.Do(http.MethodPost, "/graphql", g.Facts.WorkspaceKey, body)); code != "" {
			t.Fatalf("with the text: %s", code)
		}
		response := g.Do(http.MethodGet, "/graphql?extensions="+url.QueryEscape(string(extensions)), g.Facts.WorkspaceKey, nil)
		if code := graphQLCode(t, response); code != "" || response.Status != 200 {
			return fmt.Errorf("by GET: %d %s", response.Status, response.Body)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
