package gateway_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence"
	"kanera.dev/persistence/redis/redistest"
)

// revocable makes a key on the database of a gateway, with the use cases of another process.
func revocable(t *testing.T, g *gatewaytest.Gateway, bus domain.Bus) (secret string, revoke func() time.Time) {
	t.Helper()
	store, err := gateway.OpenStore(t.Context(), g.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	service := &domain.Service{Store: store, Bus: bus, Now: domain.SystemClock, NewID: domain.NewID}
	secret, key, err := service.KeyCreate(t.Context(), domain.KeyRequest{Kind: domain.WorkspaceKey, WorkspaceID: g.Facts.WorkspaceID,
		Name: "Revocable", Scope: domain.ScopeRead, Environment: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	return secret, func() time.Time {
		t.Helper()
		if _, err := service.KeyRevoke(t.Context(), key.ID); err != nil {
			t.Fatal(err)
		}
		return time.Now()
	}
}

// warm uses a key for a while, so that it is as well known as it can be.
func warm(t *testing.T, secret string, gateways ...*gatewaytest.Gateway) {
	t.Helper()
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		for _, g := range gateways {
			if answer := g.Do(http.MethodGet, "/api/v1/session", secret, nil); answer.Status != 200 {
				t.Fatalf("%d %s", answer.Status, answer.Body)
			}
		}
	}
}

// refusedWithin fails when a request that is sent later than limit after the revocation is still let in. It returns
// after how long the last gateway refused.
func refusedWithin(t *testing.T, limit time.Duration, revoked time.Time, secret string, gateways ...*gatewaytest.Gateway) time.Duration {
	t.Helper()
	for _, g := range gateways {
		for {
			sent := time.Since(revoked)
			answer := g.Do(http.MethodGet, "/api/v1/session", secret, nil)
			if answer.Status == 401 {
				break
			}
			if sent > limit || answer.Status != 200 {
				t.Fatalf("%v after the revocation: %d %s", sent, answer.Status, answer.Body)
			}
		}
	}
	return time.Since(revoked)
}

// TestARevokedKeyIsRefusedByEveryProcess: through Redis at once, and without being told within a second.
func TestARevokedKeyIsRefusedByEveryProcess(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			t.Run("told by Redis", func(t *testing.T) {
				t.Parallel()
				one := gatewaytest.NewWith(t, serverRedis(t, backend))
				other := one.Another()
				bus, closeBus, err := gateway.OpenBus(t.Context(), one.Config)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = closeBus() })
				secret, revoke := revocable(t, one, bus)
				warm(t, secret, one, other)
				t.Logf("refused after %v", refusedWithin(t, time.Second, revoke(), secret, one, other))
			})
			t.Run("embedded Redis, told by nobody", func(t *testing.T) {
				t.Parallel()
				one := gatewaytest.New(t, backend)
				other := one.Another()
				secret, revoke := revocable(t, one, nil)
				warm(t, secret, one, other)
				t.Logf("refused after %v", refusedWithin(t, time.Second, revoke(), secret, one, other))
			})
		})
	}
}

// TestARevokedKeyIsRefusedWithoutRedis: when Redis hangs or is gone, no notice arrives, and the promise holds anyway.
func TestARevokedKeyIsRefusedWithoutRedis(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*redistest.Server){"hanging": (*redistest.Server).Pause, "gone": (*redistest.Server).Kill} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, config := redistest.Start(t), gatewaytest.Configure(t, gatewaytest.SQLite)
			config.RedisURL = server.URL
			one := gatewaytest.NewWith(t, config)
			other := one.Another()
			secret, revoke := revocable(t, one, nil)
			warm(t, secret, one, other)
			end(server)
			t.Logf("refused after %v", refusedWithin(t, time.Second, revoke(), secret, one, other))
			if name == "hanging" {
				server.Resume()
			}
		})
	}
}

// TestAKnownCallerCostsNoStatement: the first request of a process looks the key up, the next ones only their card.
func TestAKnownCallerCostsNoStatement(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	count := func(g *gatewaytest.Gateway) int64 {
		ctx, statements := persistence.CountStatements(context.Background())
		request := httptest.NewRequest(http.MethodGet, "/api/v1/cards/"+g.Facts.CardID+"/detail", nil).WithContext(ctx)
		request.Header.Set("Authorization", "Bearer "+g.Facts.WorkspaceKey)
		recorder := httptest.NewRecorder()
		g.Handler().ServeHTTP(recorder, request)
		if recorder.Code != 200 {
			t.Fatalf("%d %s", recorder.Code, recorder.Body)
		}
		return statements.Load()
	}
	count(g) // notes in the database that the key is in use
	fresh := g.Another()
	first := count(fresh)
	second := first
	for range 10 { // one of them comes soon enough, however busy the machine is
		second = min(second, count(fresh))
	}
	if first-second != 1 {
		t.Errorf("%d statements, later %d", first, second)
	}
}
