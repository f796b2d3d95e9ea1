package main

import (
	"strings"
	"testing"

	"kanera.dev/gateway"
)

func TestKeysWithBudgetsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.must("seed")
	workspace := s.facts().WorkspaceID
	s.must("keys", "create", "--workspace", workspace, "--name", "Busy", "--rate-limit", "50", "--upload-limit", "5", "--quota", "0")
	config, err := gateway.ReadConfig(s.environ, nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := gateway.OpenStore(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := store.APIKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := keys[len(keys)-1].Limits
	if got.PerMinute == nil || *got.PerMinute != 50 || got.UploadPerMinute == nil || *got.UploadPerMinute != 5 ||
		got.CostPerMinute != nil || got.MonthlyQuota == nil || *got.MonthlyQuota != 0 {
		t.Errorf("got %+v", got)
	}
	if first := keys[0].Limits; first.PerMinute != nil || first.MonthlyQuota != nil {
		t.Errorf("a key of the demo has %+v", first)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	if _, log, code := s.run("keys", "create", "--workspace", workspace, "--name", "Less", "--cost-limit", "-1"); code == 0 || !strings.Contains(log, "limits") {
		t.Errorf("exit code %d: %s", code, log)
	}
}
